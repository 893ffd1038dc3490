"""What a person can mend: said in one message, without a traceback."""


class KnownError(Exception):
    """The text is Norwegian: what is wrong, where, what was found and what was expected."""

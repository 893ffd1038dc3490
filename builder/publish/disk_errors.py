"""Errors of the disk in one Norwegian sentence: no room, or no permission to write."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from builder.publish.releases import PublishError
from builder.site.build import BuildError

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}
_OTHER_KIND = {errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ELOOP, errno.ENOTEMPTY}
_GONE = {errno.ENOENT}
_DAMAGED = {errno.EIO}

_IN_WORDS = _NO_ROOM | _NOT_ALLOWED | _OTHER_KIND | _GONE | _DAMAGED


@contextmanager
def disk_errors_in_words() -> Iterator[None]:
    """Raise `PublishError` in place of an error of the disk in the block, or in a build there.

    Other errors are not an editor's to mend, and are raised as they are.
    """
    try:
        yield
    except (OSError, BuildError) as error:
        cause = error if isinstance(error, OSError) else error.__cause__
        if not isinstance(cause, OSError) or cause.errno not in _IN_WORDS:
            raise
        raise PublishError(
            f"Ingenting er publisert, for {in_words(cause)} Rett det, og kjør kommandoen igjen."
        ) from None


def in_words(error: OSError) -> str:
    """The error in Norwegian, as the last clause of a sentence with its full stop."""
    if error.errno in _NO_ROOM:
        return "det er ikke plass på disken."
    path = error.filename2 or error.filename
    if error.errno in _OTHER_KIND and path:
        return f"«{path}» er ikke det den skal være: en mappe, en fil eller en lenke. Flytt den."
    if error.errno in _GONE and path:
        return f"«{path}» er borte."
    if error.errno in _DAMAGED:
        return "disken svarer med en feil."
    where = f" i «{path}»" if path else ""
    return f"brukeren din har ikke lov til å skrive{where}."

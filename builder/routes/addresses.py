"""Where pages stand: addresses in bokmål, with a slash at both ends, and the same in nynorsk."""

from builder.content.model import PAGE_NAMES, RULE_YEARS
from calc.rules import Lang

FRONT_PAGE = "forside"


def address(scheme: str | None, name: str) -> str:
    """The address of a page of a scheme, or of a general page."""
    if scheme is None:
        return "/" if name == FRONT_PAGE else f"/{name}/"
    return f"/{scheme}/" if name == PAGE_NAMES[0] else f"/{scheme}/{name}/"


def year_address(scheme: str, year: int) -> str:
    """The address of a rule year."""
    return f"/{scheme}/{RULE_YEARS}/{year}/"


def localized(path: str, lang: Lang) -> str:
    """The same page in a målform: nynorsk stands under `/nn/`."""
    return f"/nn{path}" if lang == "nn" else path

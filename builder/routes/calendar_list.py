"""Which calendars the site has, and where; `builder.data.calendars` makes them."""

from collections.abc import Iterable
from dataclasses import dataclass

from builder.content.model import Scheme
from calc.rules import Text

FILE = "frister.ics"


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A calendar in the list of them: of a scheme, or of all (no `slug`); no date is known yet."""

    slug: str | None
    short_name: Text | None
    is_empty: bool


def listed(schemes: Iterable[Scheme], *, only_all: bool) -> tuple[Listed, ...]:
    """The calendar of all schemes, and unless `only_all` that of each."""
    found = tuple(
        Listed(
            slug=scheme.slug,
            short_name=scheme.short_name,
            is_empty=all(deadline.date is None for deadline in scheme.deadlines),
        )
        for scheme in schemes
    )
    every = Listed(slug=None, short_name=None, is_empty=all(one.is_empty for one in found))
    return (every,) if only_all else (every, *found)


def address(slug: str | None) -> str:
    """The address of a scheme's calendar in bokmål, or that of all schemes."""
    return f"/{FILE}" if slug is None else f"/{slug}/{FILE}"

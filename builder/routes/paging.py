"""Long lists in several pages: how many stand on each, where the pages are, and the way between.

A list that is short enough is one page, with nothing of this on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from builder.content.model import Moment

MANY = 50
"""So many schemes still stand in one list, which scripts narrow in place. With more, the site is
large: every list is in pages of so many, and pages that list everything lead to those instead."""

_WORD = "side"
# Steps on each side of the page that is shown, beside the first and the last one.
_AROUND = 1


@dataclass(frozen=True, kw_only=True)
class Step:
    """A page of a list: its number, its address in bokmål, and when there is something on it.

    `starts` and `until` are as in `Period`: what is on a page may depend on the reader's day.
    """

    number: int
    url: str
    starts: Moment | None = None
    until: Moment | None = None


@dataclass(frozen=True, kw_only=True)
class Paging:
    """The way from a page of a list to the others: some of them, with None where some are left out.

    `previous` and `next` are None on the first and the last one.
    """

    number: int
    steps: tuple[Step | None, ...]
    previous: Step | None
    next: Step | None


def in_pages[T](items: Sequence[T], size: int = MANY) -> list[Sequence[T]]:
    """The items in pages of a size, the last with what is left; a page of nothing where empty."""
    return [items[start : start + size] for start in range(0, len(items), size)] or [items]


def page_address(first: str, number: int, others: str = "") -> str:
    """Where a page of a list stands: `first`, and the others below it, or below `others`."""
    return first if number == 1 else f"{others or first}{_WORD}-{number}/"


def paging(steps: Sequence[Step], number: int) -> Paging | None:
    """The way from the page with this number, counted from 1; None where it is the only one."""
    if len(steps) == 1:
        return None
    near = range(number - _AROUND, number + _AROUND + 1)
    shown: list[Step | None] = []
    for step in steps:
        if step.number in (1, len(steps)) or step.number in near:
            shown.append(step)
        elif shown[-1] is not None:
            shown.append(None)
    return Paging(
        number=number,
        steps=tuple(shown),
        previous=steps[number - 2] if number > 1 else None,
        next=steps[number] if number < len(steps) else None,
    )

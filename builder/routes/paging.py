"""Long lists in several pages: the items of each page, its address, and the links between pages.

A short list is one page without such links.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from builder.content.model import Moment

MANY = 50
"""The most schemes that stand in one list, which scripts filter in place.

With more schemes, the site is large: every list has pages of this many items, and pages that would
list everything link to these instead.
"""

_WORD = "side"
# Links on each side of the present page, besides those to the first and the last page.
_AROUND = 1


@dataclass(frozen=True, kw_only=True)
class Step:
    """A link to a page of a list: its number and its address in bokmål.

    The page has items from `starts` until `until` (as in `Period`), since the items of a list may
    depend on the day on which it is read. None means no limit.
    """

    number: int
    url: str
    starts: Moment | None = None
    until: Moment | None = None


@dataclass(frozen=True, kw_only=True)
class Paging:
    """The links from page `number` of a list to its other pages.

    `steps` are the links that are shown, in order; None stands for a gap of pages without links.
    `previous` is None on the first page, `next` on the last.
    """

    number: int
    steps: tuple[Step | None, ...]
    previous: Step | None
    next: Step | None


def in_pages[T](items: Sequence[T], size: int = MANY) -> list[Sequence[T]]:
    """Divide items into pages of `size`; the last may be shorter. No items make one empty page."""
    return [items[start : start + size] for start in range(0, len(items), size)] or [items]


def page_address(first: str, number: int, others: str = "") -> str:
    """The address of a page of a list, by its number.

    Page 1 has the address `first`. The addresses of other pages begin with `others`, or where that
    is empty with `first`.
    """
    return first if number == 1 else f"{others or first}{_WORD}-{number}/"


def paging(steps: Sequence[Step], number: int) -> Paging | None:
    """The links from page `number` (1 is the first); None where the list has one page only."""
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

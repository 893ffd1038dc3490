"""Lists in pages: what stands on each, and the way between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.routes.paging import MANY, Paging, Step, in_pages, page_address, paging


@given(st.integers(0, 400), st.integers(1, 120))
def test_everything_is_on_one_page_in_order(count: int, size: int) -> None:
    pages = in_pages(range(count), size)
    assert [item for page in pages for item in page] == list(range(count))
    assert all(len(page) == size for page in pages[:-1])
    assert len(pages) == max(1, -(-count // size))


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (MANY, 1), (MANY + 1, 2), (1500, 30)])
def test_as_many_pages_as_it_takes(count: int, pages: int) -> None:
    assert len(in_pages(range(count))) == pages


def test_the_first_page_stands_where_the_list_is() -> None:
    assert page_address("/frister/", 1) == "/frister/"
    assert page_address("/frister/", 2) == "/frister/side-2/"
    assert page_address("/", 3, "/ordninger/") == "/ordninger/side-3/"


def shown(way: Paging) -> list[int | None]:
    return [step and step.number for step in way.steps]


@pytest.mark.parametrize(
    ("count", "number", "numbers"),
    [
        (2, 1, [1, 2]),
        (5, 3, [1, 2, 3, 4, 5]),
        (30, 1, [1, 2, None, 30]),
        (30, 3, [1, 2, 3, 4, None, 30]),
        (30, 15, [1, None, 14, 15, 16, None, 30]),
        (30, 30, [1, None, 29, 30]),
    ],
)
def test_the_way_shows_the_ends_and_what_is_near(
    count: int, number: int, numbers: list[int | None]
) -> None:
    steps = [Step(number=n, url=f"/{n}/") for n in range(1, count + 1)]
    way = paging(steps, number)
    assert way is not None
    assert shown(way) == numbers
    assert (way.previous and way.previous.number) == (number - 1 or None)
    assert (way.next and way.next.number) == (number + 1 if number < count else None)


def test_of_one_page_there_is_no_way() -> None:
    assert paging([Step(number=1, url="/")], 1) is None

"""Where schemes stand from day to day, at the edges of each deadline."""

import datetime as dt
from typing import Any

import pytest

from builder.content.model import Body, Deadline, Scheme, Status
from calc.rules import RuleError, Source, Text

TODAY = dt.date(2030, 3, 1)


def deadline(kind: Any = "application", **facts: Any) -> Deadline:
    return Deadline(kind=kind, for_year=2030, source="a", **facts)


def scheme(*deadlines: Deadline, **changes: Any) -> Scheme:
    facts: dict[str, Any] = {
        "slug": "prove",
        "name": Text(nb="Prøve"),
        "short_name": Text(nb="Prøve"),
        "summary": Text(nb="Prøve"),
        "state": "active",
        "owner": Body(name=Text(nb="Eier")),
        "target_group": Text(nb="Alle"),
        "groups": ("adults",),
        "applicants": (Text(nb="Kommuner"),),
        "sources": {"a": Source(title="A", publisher="A")},
        "fact_sources": ("a",),
        "last_checked": TODAY,
        "review_by": TODAY,
        "rules": (),
    }
    return Scheme(deadlines=deadlines, **(facts | changes))


OPEN = deadline(date=dt.date(2030, 4, 7), time="15:00")
LATER = deadline(opens=dt.date(2030, 9, 1), date=dt.date(2030, 10, 1))
APRIL = deadline(expected="2030-04")
DECEMBER = deadline(expected="2029-12")
UNKNOWN = deadline(unknown=True)


@pytest.mark.parametrize(
    ("deadlines", "when", "status"),
    [
        ([OPEN], "2030-04-07", "open"),
        ([OPEN], "2030-04-07T15:00", "open"),
        ([OPEN], "2030-04-07T15:01", "passed"),
        ([OPEN], "2030-04-08", "passed"),
        ([LATER], "2030-08-31T23:59", "expected"),
        ([LATER], "2030-09-01", "open"),
        ([LATER], "2030-10-01T23:59", "open"),
        ([LATER], "2030-10-02", "passed"),
        ([APRIL], "2030-04-30T23:59", "expected"),
        ([APRIL], "2030-05-01", "passed"),
        ([DECEMBER], "2029-12-31", "expected"),
        ([DECEMBER], "2030-01-01", "passed"),
        ([OPEN, LATER], "2030-04-08", "expected"),
        ([UNKNOWN], "2030-04-08", "unknown"),
        ([UNKNOWN, DECEMBER], "2030-04-08", "passed"),
        ([deadline("reporting", date=dt.date(2031, 4, 1))], "2030-04-08", "unknown"),
        ([], "2030-04-08", "unknown"),
    ],
)
def test_the_status_changes_at_the_edges_of_a_deadline(
    deadlines: list[Deadline], when: str, status: Status
):
    assert scheme(*deadlines).status(when) == status


def test_a_closed_scheme_has_no_other_status():
    one = scheme(OPEN, state="closed", notice=Text(nb="Stengt."))
    assert {one.status(day) for day in ("2030-04-07", "2031-01-01")} == {"closed"}


def test_periods_follow_each_other_without_gap_or_overlap():
    periods = scheme(OPEN, LATER, APRIL).periods(TODAY)
    assert [(p.value.status, p.value.deadline, p.starts, p.until) for p in periods] == [
        ("open", OPEN, None, "2030-04-07T15:00"),
        ("expected", APRIL, "2030-04-07T15:01", "2030-04-30T23:59"),
        ("expected", LATER, "2030-05-01", "2030-08-31T23:59"),
        ("open", LATER, "2030-09-01", "2030-10-01T23:59"),
        ("passed", LATER, "2030-10-02", None),
    ]


def test_a_page_built_on_a_later_day_says_the_same_of_that_day():
    one = scheme(OPEN, LATER, APRIL)
    built = one.periods(TODAY)
    for days in range(300):
        day = TODAY + dt.timedelta(days=days)
        (holds,) = (
            p.value for p in built if (p.starts or "") <= str(day) and str(day) <= (p.until or "~")
        )
        assert holds == one.periods(day)[0].value, day


def test_a_deadline_that_has_passed_is_marked_as_passed():
    told = scheme(OPEN).deadline_periods("application", TODAY)
    assert [p.value for p in told] == [(OPEN, False), (OPEN, True)]
    assert scheme().deadline_periods("application", TODAY)[0].value is None


def test_the_soonest_deadline_comes_first():
    soon = scheme(OPEN).periods(TODAY)[0].value.rank
    late = scheme(deadline(date=dt.date(2030, 4, 8))).periods(TODAY)[0].value.rank
    expected = scheme(APRIL).periods(TODAY)[0].value.rank
    passed = scheme(DECEMBER).periods(TODAY)[0].value.rank
    closed = scheme(OPEN, state="closed", notice=Text(nb="Stengt.")).periods(TODAY)[0].value.rank
    assert soon < late < expected < passed < closed


@pytest.mark.parametrize(
    "facts",
    [
        {"opens": dt.date(2030, 4, 8), "date": dt.date(2030, 4, 7)},
        {"opens": dt.date(2030, 4, 8), "expected": "2030-05"},
    ],
)
def test_an_opening_day_comes_before_its_deadline(facts: dict[str, Any]):
    with pytest.raises(RuleError, match="opens_after_date"):
        deadline(**facts)
    assert deadline(opens=dt.date(2030, 4, 7), date=dt.date(2030, 4, 7)).opens


@pytest.mark.parametrize(
    ("today", "since"),
    [
        ("2029-12-31", "2029-01-01"),
        ("2030-01-01", "2030-01-01"),  # a new year, and December is over
        ("2030-03-01", "2030-01-01"),
        ("2030-03-02", "2030-03-02"),  # the day after `review_by`
        ("2030-04-07", "2030-03-02"),  # over in the afternoon of this day
        ("2030-04-08", "2030-04-08"),
        ("2030-08-31", "2030-05-01"),  # April is over
        ("2030-09-01", "2030-09-01"),  # one can begin to apply
        ("2030-10-01", "2030-09-01"),
        ("2030-10-02", "2030-10-02"),
        ("2031-06-01", "2031-01-01"),
    ],
)
def test_pages_are_made_for_the_first_day_on_which_they_are_the_same(
    today: str, since: str
) -> None:
    one = scheme(OPEN, LATER, APRIL, DECEMBER, UNKNOWN)
    assert str(one.unchanged_since(dt.date.fromisoformat(today))) == since

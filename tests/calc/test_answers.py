"""How typed answers are read: exactly, or not at all."""

from decimal import Decimal
from fractions import Fraction

import pytest

from calc.answers import Field, Kind, Unreadable, read_answers, read_number

NBSP, NARROW, THIN = "\u00a0", "\u202f", "\u2009"


@pytest.mark.parametrize(
    ("typed", "kind", "number"),
    [
        ("6,5", "units", Fraction(13, 2)),
        ("6.5", "units", Fraction(13, 2)),
        (" 6,50 ", "units", Fraction(13, 2)),
        ("6,5 årsverk", "units", Fraction(13, 2)),
        ("11", "units", 11),
        (Decimal("6.5"), "units", Fraction(13, 2)),
        (10, "units", 10),
        ("1 200 000", "kroner", 1_200_000),
        (f"1{NBSP}200{NBSP}000", "kroner", 1_200_000),
        (f"1{NARROW}200{NARROW}000", "kroner", 1_200_000),
        (f"1{THIN}200{THIN}000", "kroner", 1_200_000),
        ("1.200.000", "kroner", 1_200_000),
        ("1.200", "kroner", 1_200),
        ("1200000", "kroner", 1_200_000),
        ("1 200 000 kr", "kroner", 1_200_000),
        ("kr 1 200 000", "kroner", 1_200_000),
        ("kr. 500", "kroner", 500),
        ("NOK 500", "kroner", 500),
        ("500 kroner", "kroner", 500),
        ("500,-", "kroner", 500),
        ("500,- kr", "kroner", 500),
        ("500,00", "kroner", 500),
        ("1.200.000,00", "kroner", 1_200_000),
        ("0", "kroner", 0),
        ("70 %", "percent", 70),
        (f"70{NBSP}%", "percent", 70),
        ("70%", "percent", 70),
        ("66,67 prosent", "percent", Fraction(6667, 100)),
        ("+5", "units", 5),
        ("-5", "kroner", -5),
        ("\u22125", "kroner", -5),
        ("–5", "kroner", -5),
        ("12 personer", "persons", 12),
        ("2025", "year", 2025),
    ],
)
def test_a_number_is_read_as_a_norwegian_writes_it(
    typed: object, kind: Kind, number: Fraction | int
) -> None:
    assert read_number(typed, kind) == number


@pytest.mark.parametrize(
    ("typed", "kind", "code"),
    [
        ("seks", "units", "not_a_number"),
        ("6,5,5", "units", "not_a_number"),
        ("6 5", "units", "not_a_number"),
        ("1 20 000", "kroner", "not_a_number"),
        ("12 0000", "kroner", "not_a_number"),
        ("1e9", "kroner", "not_a_number"),
        ("0x10", "kroner", "not_a_number"),
        ("1_000", "kroner", "not_a_number"),
        ("½", "units", "not_a_number"),
        ("٣", "units", "not_a_number"),
        ("NaN", "kroner", "not_a_number"),
        ("inf", "kroner", "not_a_number"),
        ("5 %", "kroner", "not_a_number"),
        ("5 kr", "percent", "not_a_number"),
        ("--5", "kroner", "not_a_number"),
        ("1" * 41, "kroner", "not_a_number"),
        (True, "units", "not_a_number"),
        (6.5, "units", "not_a_number"),  # a float is never an answer: it has lost what was typed
        ([6], "units", "not_a_number"),
        ({}, "units", "not_a_number"),
        ("1.200", "units", "ambiguous"),  # 1,2 or one thousand two hundred?
        ("1,200", "kroner", "ambiguous"),
        ("0.500", "kroner", "ambiguous"),
        ("1200.500", "kroner", "ambiguous"),
        ("66,667", "percent", "ambiguous"),
        ("500,50", "kroner", "not_whole"),
        ("2,5", "persons", "not_whole"),
        ("2025,5", "year", "not_whole"),
        (Decimal("0.5"), "kroner", "not_whole"),
    ],
)
def test_a_number_that_could_be_misread_is_not_read(typed: object, kind: Kind, code: str) -> None:
    with pytest.raises(Unreadable) as unreadable:
        read_number(typed, kind)
    assert unreadable.value.code == code


POSITIONS = Field(name="positions", kind="units", low=0, high=1000)
TRACK = Field(name="track", kind="choice", options=("a", "b"))
SHARE = Field(name="share_year_3", kind="percent", high=100)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("0", None), ("1000", None), ("1000,01", "too_high"), ("-0,01", "too_low"), ("-1", "too_low")],
)
def test_bounds_hold_at_the_edge(typed: str, code: str | None) -> None:
    answers = read_answers({"positions": typed}, (POSITIONS,))
    assert [p.code for p in answers.problems] == ([] if code is None else [code])


@pytest.mark.parametrize("empty", [None, "", "   ", NBSP])
def test_an_empty_answer_is_absent_and_never_zero(empty: object) -> None:
    answers = read_answers({"positions": empty}, (POSITIONS,))
    assert answers.number("positions") is None
    assert answers.problems == ()


def test_a_choice_must_be_one_of_the_options() -> None:
    assert read_answers({"track": "a"}, (TRACK,)).given == {"track": "a"}
    for wrong in ("c", "A", 1, ["a"]):
        (problem,) = read_answers({"track": wrong}, (TRACK,)).problems
        assert problem.code == "not_an_option"


def test_every_problem_is_reported_at_once() -> None:
    typed = {"positions": "seks", "share_year_3": "101", "track": "c"}
    problems = read_answers(typed, (POSITIONS, SHARE, TRACK)).problems
    assert {p.field: p.code for p in problems} == {
        "positions": "not_a_number",
        "share_year_3": "too_high",
        "track": "not_an_option",
    }


def test_a_misspelt_name_is_a_problem_but_an_answer_nobody_asked_for_is_not() -> None:
    typed = {"postions": "5", "share_year": "5", "share_year_0": "5", "use_years": "2"}
    problems = read_answers(typed, (POSITIONS,)).problems
    assert {p.field for p in problems} == {"postions", "share_year", "share_year_0"}
    assert {p.code for p in problems} == {"unknown_field"}

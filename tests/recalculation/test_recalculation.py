"""Whoever changes a figure in the workbook gets the figures that the calculator would give."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from builder.bundle import exercise
from builder.kit.i18n import LANGS
from calc.fields import fields_of
from calc.formulas import FIXED
from calc.messages import Catalogue
from calc.plan import estimate
from calc.result import Result
from calc.rules import Figure, Lang, SchemeRules, Track
from tests.calc.strategies import answer, cases
from tests.calc.workbooks import differences, layout, made_of, number, plan_of, sheets

from .conftest import Calculators, Change, Recalculate, TextsIn

# An engine in another process, and long rules: slow is not wrong.
SLOW = settings(
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ],
)
# `PROPERTY_EXAMPLES=2000` searches longer.
EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "300"))
VALUE = 2  # the column of answers and figures, from 1


def cells_of(sheet: Worksheet) -> list[list[object]]:
    """All cells; texts are marked as such, lest the engine take `2025` for a number."""
    return [
        [f"'{v}" if isinstance(v, str) and not v.startswith("=") else v for v in row]
        for row in sheet.iter_rows(values_only=True)
    ]


def first_sheet(made: bytes, *, values: bool) -> Worksheet:
    return next(iter(sheets(made, values=values).values()))


def typed_as_number(result: Result, name: str, typed: object) -> float | None:
    """An answer as a person types it into a cell: a share of 70 % is the number 0.7."""
    given = next((i for i in result.inputs if i.field.name == name), None)
    if given is None or given.value is None or typed is None:
        return None
    assert not isinstance(given.value, str)
    return float(given.value / 100 if given.field.kind == "percent" else given.value)


def check_changed(
    recalculate: Recalculate,
    texts: Catalogue,
    scheme: SchemeRules,
    before: dict[str, object],
    after: dict[str, object],
) -> Result | None:
    """Make the workbook of the answers before, and type those after into it."""
    first, second = estimate(scheme, before), estimate(scheme, after)
    if not first.plan or not second.plan:
        return None
    sheet = first_sheet(made_of(first, texts), values=False)
    found = layout(sheet, first, texts)
    changes: list[Change] = [
        (row - 1, VALUE - 1, typed_as_number(second, name, after.get(name)))
        for name, row in found.inputs.items()
        if name not in FIXED
    ]
    values = recalculate(cells_of(sheet), changes)
    plan, totals = plan_of(reader(values), found)
    assert not list(differences(second, plan, totals))
    return second


@st.composite
def changed_cases(draw: st.DrawFn) -> tuple[SchemeRules, dict[str, object], dict[str, object]]:
    """A scheme, answers, and other answers to the questions that a workbook leaves open."""
    scheme, before = draw(cases())
    return scheme, before, draw(other_answers(scheme, before))


@st.composite
def other_answers(
    draw: st.DrawFn, scheme: SchemeRules, before: dict[str, object]
) -> dict[str, object]:
    after = dict(before)
    for f in estimate(scheme, before).fields:
        if f.name in FIXED or (f.name == "pre_project_amount" and f.name not in before):
            continue
        kind = draw(st.sampled_from(["same", "empty", "other", "other"]))
        if kind == "empty" and f.name != "pre_project_amount":
            after.pop(f.name, None)
        elif kind == "other":
            after[f.name] = draw(answer(f))
    return after


@settings(SLOW, max_examples=EXAMPLES)
@given(case=changed_cases())
def test_any_rules_and_any_change(
    recalculate: Recalculate,
    texts_in: TextsIn,
    case: tuple[SchemeRules, dict[str, object], dict[str, object]],
) -> None:
    result = check_changed(recalculate, texts_in("nb"), *case)
    assume(result is not None)
    assert result is not None
    event(result.status)


@settings(SLOW, max_examples=EXAMPLES // 2)
@given(data=st.data())
def test_the_rules_of_this_site(
    recalculate: Recalculate, calculators: Calculators, texts_in: TextsIn, data: st.DataObject
) -> None:
    scheme = calculators()[data.draw(st.sampled_from(sorted(calculators())))]
    rules = data.draw(st.sampled_from(scheme.rules))
    track_id = data.draw(st.sampled_from(sorted(rules.tracks)))
    received = data.draw(st.integers(0, 3))
    before: dict[str, object] = {"plan_year": rules.year + received, "years_received": received}
    if len(scheme.track_names()) > 1:
        before["track"] = track_id
    for f in fields_of(rules.tracks[track_id], received):
        if data.draw(st.integers(0, 3)):
            before[f.name] = data.draw(answer(f))
    after = data.draw(other_answers(scheme, before))
    lang = data.draw(st.sampled_from(LANGS))
    assume(check_changed(recalculate, texts_in(lang), scheme, before, after))


def scaled(track: Track) -> Track:
    """The same rules with other figures."""

    def other(figure: Figure) -> Figure:
        if figure.value is None:
            return figure
        if figure.unit in ("prosent", "årsverk"):
            return replace(figure, value=Decimal(figure.value) * Decimal("0.75"))
        return replace(figure, value=int(figure.value) * 3 // 4 + 1)

    assert track.caps is None or track.caps.year is None or track.caps.year.value is not None
    return replace(
        track,
        rate=track.rate and other(track.rate),
        max_units=track.max_units and other(track.max_units),
        caps=track.caps and replace(track.caps, **{n: other(f) for n, f in track.caps.items()}),
        bands=tuple(replace(b, amount=other(b.amount)) for b in track.bands),
        ladder=track.ladder
        and replace(track.ladder, years=tuple(other(y) for y in track.ladder.years)),
        pre_project=track.pre_project and other(track.pre_project),
        training=track.training
        and replace(track.training, per_unit=other(track.training.per_unit)),
    )


NUMBERED = list(enumerate(exercise.ANSWERS))


@pytest.mark.parametrize("answers", [a for _, a in NUMBERED], ids=[str(n) for n, _ in NUMBERED])
def test_another_figure_of_the_rules(
    recalculate: Recalculate, texts_in: TextsIn, answers: dict[str, object]
) -> None:
    """Figures of the rules are cells too: change them, and the plan follows."""
    texts = texts_in("nb")
    scheme = exercise.scheme()
    rules = scheme.rules[0]
    tracks = {name: scaled(track) for name, track in rules.tracks.items()}
    other = replace(scheme, rules=(replace(rules, tracks=tracks),))
    typed = {k: Decimal(str(v)) if isinstance(v, float) else v for k, v in answers.items()}
    first, second = estimate(scheme, typed), estimate(other, typed)
    if not first.plan:
        assert not second.plan
        return
    sheet = first_sheet(made_of(first, texts), values=False)
    wanted = first_sheet(made_of(second, texts), values=True)
    heading = texts.text("workbook.figures")
    labels = [str(row[0]) for row in sheet.iter_rows(values_only=True)]
    start = labels.index(heading) + 1 if heading in labels else len(labels)
    end = start + next((n for n, said in enumerate(labels[start:]) if said == "None"), 0)
    changes: list[Change] = [
        (row, VALUE - 1, value)
        for row in range(start, end)
        if number(value := wanted.cell(row + 1, VALUE).value) is not None
    ]
    values = recalculate(cells_of(sheet), changes)
    found = layout(sheet, first, texts)
    plan, totals = plan_of(reader(values), found)
    assert not list(differences(second, plan, totals))


def reader(values: list[list[object]]) -> Callable[[int, int], object]:
    """A value by row and column, from 1; the engine leaves out what is empty at the end."""

    def read(row: int, column: int) -> object:
        line = values[row - 1] if row <= len(values) else []
        return line[column - 1] if column <= len(line) else None

    return read


def near(a: object, b: object) -> bool:
    if isinstance(a, int | float) and isinstance(b, int | float):
        return abs(a - b) <= 1e-9 * max(1, abs(b))
    return (a or "") == (b or "")


@settings(SLOW, max_examples=EXAMPLES // 2)
@given(case=cases(), lang=st.sampled_from(LANGS))
def test_what_stands_beside_each_formula_is_what_it_gives(
    recalculate: Recalculate,
    texts_in: TextsIn,
    case: tuple[SchemeRules, dict[str, object]],
    lang: Lang,
) -> None:
    """Notes and sums between included, not only the plan."""
    result = estimate(*case)
    assume(result.plan)
    made = made_of(result, texts_in(lang))
    written = first_sheet(made, values=True).iter_rows(values_only=True)
    values = recalculate(cells_of(first_sheet(made, values=False)), [])
    read = reader(values)
    for n, row in enumerate(written, 1):
        for column, value in enumerate(row, 1):
            assert near(read(n, column), value), (n, column, read(n, column), value)

"""Worked examples are tests: what an example expects must be what calc gives."""

from collections.abc import Iterator

from calc.plan import estimate
from calc.result import Result
from calc.rules import Example, SchemeRules


def check_example(
    scheme: SchemeRules, example: Example
) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Where an example does not come out: (key path in the example, what it says, what is right).

    In both, amounts are kroner and `null` is what can't be said.
    """
    result = estimate(scheme, example.answers)
    for problem in result.problems:
        found = str(example.answers.get(problem.field, ""))
        yield ("answers", problem.field), found, "et svar som skjemaet tar imot"
    if result.problems:
        return  # What follows from them is no mistake of its own.
    expect = example.expect
    pairs: tuple[tuple[str, object, object], ...] = (
        ("status", expect.status, result.status),
        ("award", expect.award, tuple(row.award for row in result.plan)),
        ("own_funding", expect.own_funding, tuple(row.own_funding for row in result.plan)),
        ("positions_part", expect.positions_part, _positions_part(result)),
        ("total", expect.total, result.total("award")),
        ("missing", expect.missing, result.missing),
    )
    for name, expected, computed in pairs:
        if expected is not None and expected != computed:
            yield ("expect", name), _shown(expected), _computed(computed)
    if expect.missing is None and result.missing:
        yield ("expect", "missing"), "ingen svar som mangler", _computed(result.missing)


def _positions_part(result: Result) -> int | None:
    return None if result.full_award is None else result.full_award.positions_part


def _computed(value: object) -> str:
    return f"{_shown(value)}, som utregningen gir"


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_shown(v) for v in value)}]"
    return "null" if value is None else str(value)

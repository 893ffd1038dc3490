"""Checks of a scheme as a whole: names, sources, the first answers of its form, worked examples."""

from collections.abc import Iterator
from dataclasses import dataclass

from builder.content.files import NAMING, SLUG
from builder.content.model import Facts, Scheme
from builder.content.problems import Problem
from builder.content.unfinished import Unfinished
from builder.content.visibility import Visibility
from builder.content.yaml_file import Document, Key, at
from calc.plan import estimate
from calc.result import Result
from calc.rules import Example, Rules, SchemeRules


@dataclass(frozen=True, kw_only=True)
class RulesFile:
    """The file of a rule year as read; `rules` is None where the file has mistakes."""

    document: Document
    rules: Rules | None
    visibility: Visibility
    unfinished: Unfinished


def check_sources(
    facts: Facts, document: Document, rule_years: list[RulesFile]
) -> Iterator[Problem]:
    """Report each name of a source that stands for different sources in two files of a scheme.

    A page lists the sources of all rule years together, by name. `document` is the file of the
    facts (`scheme.yaml`).
    """
    known = {name: (source, document) for name, source in facts.sources.items()}
    for file in rule_years:
        for name, source in file.rules.sources.items() if file.rules is not None else ():
            first, where = known.setdefault(name, (source, file.document))
            if source != first:
                message = f"Kilden er en annen i {where.file.name}."
                expected = "et eget navn på hver kilde"
                yield file.document.problem(("sources", name), message, source.title, expected)


def check_names(document: Document, keys: tuple[str, ...]) -> Iterator[Problem]:
    """Report names below these keys (`tracks`, `sources`) that can't stand in an address."""
    for key in keys:
        named = at(document.data, (key,))
        for name in named if isinstance(named, dict) else ():
            # The sources of a rule year include the sources of `scheme.yaml`, which have no line in
            # the file of the rule year.
            if (key, name) in document.lines and not SLUG.fullmatch(name):
                message = "Navnet kan ikke brukes i en adresse."
                yield document.problem((key, name), message, name, NAMING)


def check_rules(scheme: Scheme, rules: Rules, document: Document) -> list[Problem]:
    """Report default answers that the form would refuse, and worked examples that are wrong.

    Default answers are the answers under `start`, with which the form begins. `rules` are the rules
    of one rule year of the scheme, and `document` is the file of these rules.
    """
    problems = []
    for track_id, track in rules.tracks.items():
        answers = {"track": track_id, "plan_year": rules.year, **track.start}
        for problem in estimate(scheme.calculator, answers).problems:
            key: Key = ("tracks", track_id, "start", problem.field)
            found = str(answers.get(problem.field, ""))
            if problem.field not in track.start:
                key = ("year",)
            problems.append(
                document.problem(
                    key,
                    "Svaret kan ikke brukes i skjemaet.",
                    found,
                    "et svar som skjemaet tar imot",
                )
            )
    for n, example in enumerate(rules.examples):
        for part, found, expected in check_example(scheme.calculator, example):
            key = ("examples", n, *part)
            problems.append(
                document.problem(key, "Eksempelet stemmer ikke med utregningen.", found, expected)
            )
    return problems


def check_example(
    scheme: SchemeRules, example: Example
) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Compare a worked example with the calculator's result, and return every difference.

    A difference is a key path in the example, the value there and the expected value, both as text.
    Amounts are whole kroner; `null` is a value that the calculator can't know.
    """
    result = estimate(scheme, example.answers)
    for problem in result.problems:
        found = str(example.answers.get(problem.field, ""))
        yield ("answers", problem.field), found, "et svar som skjemaet tar imot"
    if result.problems:
        return  # The result of answers that are wrong is no mistake of its own.
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
            yield ("expect", name), _as_text(expected), _computed(computed)
    if expect.missing is None and result.missing:
        yield ("expect", "missing"), "ingen svar som mangler", _computed(result.missing)


def _positions_part(result: Result) -> int | None:
    return None if result.full_award is None else result.full_award.positions_part


def _computed(value: object) -> str:
    return f"{_as_text(value)}, som utregningen gir"


def _as_text(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_as_text(v) for v in value)}]"
    return "null" if value is None else str(value)

"""Rule years as pages show them: rates, sources, worked examples, and whom the rules hold for."""

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from builder.content import Scheme
from builder.data.change_files import ChangeView
from builder.kit.i18n import Translations
from builder.views.changes import of_year
from builder.views.rates import RateTable, rate_tables
from calc.answers import read_answers
from calc.plan import estimate
from calc.report import answer_shown, field_label, render
from calc.rules import Example, Lang, Rules, Source, Text, Track

Reach = Literal["cohort", "transition", "year"]


@dataclass(frozen=True, kw_only=True)
class HoldsFor:
    """Whom the rules of a track hold for.

    `reach` is one of three. `cohort`: applicants with a first award in the rule year, for all their
    grant years. `transition`: applicants with a grant in the calendar year `funded_in`, for the
    rule year alone. `year`: all applicants, for the rule year alone.
    """

    track_name: Text
    reach: Reach
    funded_in: int | None


@dataclass(frozen=True, kw_only=True)
class WorkedExample:
    """A published example: label and text of each answer, and the result of calc as HTML."""

    title: Text
    inputs: tuple[tuple[str, str], ...]
    html: Markup


@dataclass(frozen=True, kw_only=True)
class RuleYear:
    """A rule year as templates see it.

    `newest` is the newest rule year of the scheme, which may be a later or an earlier year than the
    current one. `holds_for` has one entry if the rules of all tracks hold for the same applicants,
    otherwise one for each track.
    """

    year: int
    newest: int
    holds_for: tuple[HoldsFor, ...]
    tables: tuple[RateTable, ...]
    sources: dict[str, Source]
    examples: tuple[WorkedExample, ...]
    changes: tuple[ChangeView, ...]


def rule_year(
    scheme: Scheme,
    rules: Rules,
    changes: tuple[ChangeView, ...],
    lang: Lang,
    translations: Translations,
) -> RuleYear:
    """A rule year of a scheme in a målform.

    `changes` are published changes of any scheme; the result has the changes to this rule year.
    """
    return RuleYear(
        year=rules.year,
        newest=scheme.rules[0].year,
        holds_for=_holds_for(rules),
        tables=rate_tables(rules, lang, translations),
        sources=rules.sources,
        examples=tuple(examples(scheme, (rules,), lang, translations)),
        changes=of_year(changes, scheme.slug, rules.year),
    )


def _holds_for(rules: Rules) -> tuple[HoldsFor, ...]:
    each = tuple(_track_holds_for(track) for track in rules.tracks.values())
    is_same = len({(one.reach, one.funded_in) for one in each}) == 1
    return each[:1] if is_same else each


def _track_holds_for(track: Track) -> HoldsFor:
    reach: Reach = "year" if track.ladder is None else "cohort"
    if track.transition is None:
        return HoldsFor(track_name=track.name, reach=reach, funded_in=None)
    funded_in = track.transition.funded_in
    return HoldsFor(track_name=track.name, reach="transition", funded_in=funded_in)


def examples(
    scheme: Scheme, years: tuple[Rules, ...], lang: Lang, translations: Translations
) -> list[WorkedExample]:
    """The worked examples of these rule years of a scheme, in a målform."""
    return [
        _worked_example(scheme, example, lang, translations)
        for rules in years
        for example in rules.examples
    ]


def _worked_example(
    scheme: Scheme, example: Example, lang: Lang, translations: Translations
) -> WorkedExample:
    texts = translations.catalogue(lang)
    result = estimate(scheme.calculator, example.answers)
    inputs = []
    for f in sorted(result.fields, key=lambda f: f.order):
        if f.name not in example.answers:
            continue
        value = read_answers(example.answers, (f,)).given[f.name]
        if f.name == "track":
            shown = scheme.calculator.track_names()[str(value)].best(lang)[0]
        elif isinstance(value, str):
            shown = texts.text(f"option.{f.name}.{value}")
        else:
            shown = answer_shown(f, value, texts)
        inputs.append((field_label(f.label, f.number, texts), shown))
    return WorkedExample(
        title=example.title,
        inputs=tuple(inputs),
        html=Markup(render(result, texts, with_inputs=False)),  # noqa: S704  # calc escapes its arguments
    )

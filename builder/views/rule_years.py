"""Rule years as pages show them: each year's rates, sources and examples, and whom it holds for."""

from dataclasses import dataclass
from typing import Literal

from builder.content import Scheme
from builder.kit.i18n import Translations
from builder.views import calculator
from builder.views.calculator import RateTable, WorkedExample
from builder.views.changes import ChangeView, of_year
from calc.rules import Lang, Rules, Source, Text, Track

Reach = Literal["cohort", "transition", "year"]


@dataclass(frozen=True, kw_only=True)
class HoldsFor:
    """Whom the rules of a track hold for.

    `cohort`: those first awarded in the year, as long as they receive grants. `transition`: those
    who were funded in `funded_in`, in this calendar year alone. `year`: grants for this year.
    """

    track_name: Text
    reach: Reach
    funded_in: int | None


@dataclass(frozen=True, kw_only=True)
class RuleYear:
    """A rule year as templates see it.

    `holds_for` has one entry where all tracks hold for the same, else one for each track.
    `newest` is the newest rule year that the scheme has: not necessarily that of today.
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
    """A rule year of a scheme in a målform. `changes` are those of the whole site."""
    return RuleYear(
        year=rules.year,
        newest=scheme.rules[0].year,
        holds_for=_holds_for(rules),
        tables=calculator.rate_tables(rules, lang, translations),
        sources=rules.sources,
        examples=tuple(calculator.examples(scheme, (rules,), lang, translations)),
        changes=of_year(changes, scheme.slug, rules.year),
    )


def _holds_for(rules: Rules) -> tuple[HoldsFor, ...]:
    found = tuple(_track_holds_for(track) for track in rules.tracks.values())
    same = len({(one.reach, one.funded_in) for one in found}) == 1
    return found[:1] if same else found


def _track_holds_for(track: Track) -> HoldsFor:
    reach: Reach = "year" if track.ladder is None else "cohort"
    if track.transition is None:
        return HoldsFor(track_name=track.name, reach=reach, funded_in=None)
    funded_in = track.transition.funded_in
    return HoldsFor(track_name=track.name, reach="transition", funded_in=funded_in)

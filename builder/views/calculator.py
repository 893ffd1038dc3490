"""What a calculator page shows, made by calc: form, default answer, rates, examples."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from builder.content.model import Scheme
from builder.kit.i18n import Translations
from calc.answers import Field, Kind, read_answers
from calc.codec import to_json
from calc.fields import fields_of, opening_fields
from calc.messages import Catalogue, decimal, kroner, percent, whole
from calc.plan import estimate, unknown_rules
from calc.report import answer_shown, field_label, render, summary
from calc.result import Result
from calc.rules import (
    KRONER,
    Example,
    Figure,
    Lang,
    Rules,
    SchemeRules,
    Source,
    Text,
    Track,
    Unit,
)

type Answers = dict[str, Any]

_UNITS: dict[Kind, str] = {
    "kroner": "kr",
    "units": "positions",
    "persons": "persons",
    "percent": "percent",
}
_UNIT_CODES: dict[Unit, str] = {
    "kr": "kr",
    "kr per år": "kr_per_year",
    "kr per årsverk": "kr_per_position",
    "kr per person": "kr_per_person",
    "årsverk": "positions",
    "personer": "persons",
    "prosent": "percent",
    "år": "years",
}
# The parts of the form, in their order, and the questions of each by the code of their label.
GROUPS: dict[str, tuple[str, ...]] = {
    "situation": ("track", "plan_year", "years_received"),
    "own_rules": ("own_rate", "own_cap"),
    "plan": ("positions", "persons", "requested_amount", "population", "use_years"),
    "letter": ("full_award", "taper_assumption", "share_year", "award_year"),
    "costs": ("cost_per_position", "cost_per_person", "yearly_cost", "other_costs", "cost_growth"),
    "pre_project": ("pre_project_amount",),
}
# Nothing can be worked out without these: they are never folded.
_ESSENTIAL = ("situation", "own_rules", "plan")
# So many characters of a hash tell versions of a calculator apart.
_VERSION_LENGTH = 8


@dataclass(frozen=True, kw_only=True)
class FormField:
    """A question as the form shows it. All texts are in the page's language.

    `more` is a longer explanation, empty where the short help says it all.
    """

    name: str
    label: str
    help: str
    more: str
    kind: str
    unit: str
    value: str
    options: tuple[tuple[str, str | Text], ...]
    visible: bool
    inputmode: str


@dataclass(frozen=True, kw_only=True)
class FieldGroup:
    """Questions that are asked together, under a heading.

    An `optional` group comes folded, unless it is `open`: then something stands in it already.
    `step` says which of the shown groups it is ("Steg 2 av 4"), empty where it is not `visible`.
    """

    name: str
    heading: str
    intro: str
    fields: tuple[FormField, ...]
    optional: bool
    open: bool
    visible: bool
    step: str


@dataclass(frozen=True, kw_only=True)
class Form:
    """The calculator of a page: its fields, the default answer, and the data for the browser.

    `version` tells whether two answers come from the same calculator and the same rules.
    """

    slug: str
    fields: tuple[FormField, ...]
    groups: tuple[FieldGroup, ...]
    result_html: Markup
    summary: str
    rules_year: int | None
    version: str
    data: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class RateRow:
    """A figure of the rules as a row of a table; `value` is empty where only the letter tells.

    `source` is a key of `rate_sources`.
    """

    label: str
    value: str | Text
    source: str
    note: Text | None = None
    reading: Text | None = None


@dataclass(frozen=True, kw_only=True)
class RateTable:
    """The figures of one track in one rule year; `readings` are of the ladder as a whole."""

    track_name: Text
    rows: tuple[RateRow, ...]
    readings: tuple[Text, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WorkedExample:
    """A published example: what is typed, and the result as calc gives it."""

    title: Text
    inputs: tuple[tuple[str, str], ...]
    html: Markup


def own_taper(year: int) -> SchemeRules:
    """The calculator for any scheme at all: the reader types rate, cap and shares.

    `year` is the first budget year that the form proposes.
    """
    name = Text(nb="Egen nedtrapping", nn="Eiga nedtrapping")
    track = Track(name=name, own_rules=True)
    rules = Rules(year=year, sources={}, tracks={"egen": track})
    return SchemeRules(slug="egen-nedtrapping", name=name, rules=(rules,), any_year=True)


def start_answers(calculator: SchemeRules, track_id: str | None = None) -> Answers:
    """The answers that the form starts with: the newest rule year, its first track or this one."""
    latest = calculator.latest
    track_id = track_id or next(iter(latest.tracks))
    opening: Answers = {"plan_year": latest.year, "years_received": 0}
    if len(calculator.track_names()) > 1:
        opening = {"track": track_id, **opening}
    return opening | latest.tracks[track_id].start


def has_form(scheme: Scheme) -> bool:
    """Whether something of a scheme can be computed, so that its calculator asks anything."""
    return any(t.not_computable is None for rules in scheme.rules for t in rules.tracks.values())


def form(
    calculator: SchemeRules, lang: Lang, translations: Translations, calculators_hash: str
) -> Form:
    """The form of a calculator with the answer to its start values.

    A scheme of which nothing can be computed in any rule year has no fields, only the answer.
    `calculators_hash` is of the Python that will answer in the browser.
    """
    texts = translations.catalogue(lang)
    start = start_answers(calculator)
    result = estimate(calculator, start)
    shown = {f.name: f for f in result.fields}
    asked = _all_fields(calculator)
    fields = {
        f.name: _form_field(calculator, f, start.get(f.name), f.name in shown, lang, translations)
        for f in asked
    }
    # Where nothing is known, more is required: of what is shown at first, that does not count.
    required = {f.name for f in asked if shown.get(f.name, f).required}
    rules = to_json(calculator)
    return Form(
        slug=calculator.slug,
        fields=tuple(fields.values()),
        groups=_groups(asked, fields, required, lang, translations),
        result_html=result_html(result, texts),
        summary=summary(result, texts),
        rules_year=result.rules_year,
        version=_version(calculators_hash, rules),
        data={"scheme": rules, "messages": translations.of_calc(lang)},
    )


def _version(calculators_hash: str, rules: Any) -> str:
    """The same for the same Python and the same rules, in either målform."""
    told = f"{calculators_hash} {json.dumps(rules, sort_keys=True)}"
    return hashlib.sha256(told.encode()).hexdigest()[:_VERSION_LENGTH]


def _groups(
    asked: list[Field],
    fields: dict[str, FormField],
    required: set[str],
    lang: Lang,
    translations: Translations,
) -> tuple[FieldGroup, ...]:
    """The questions in their groups; a group that this calculator asks nothing of is left out."""
    t = translations.translator(lang)
    of = {
        name: tuple(fields[f.name] for f in asked if f.label in labels)
        for name, labels in GROUPS.items()
    }
    shown = [name for name, group in of.items() if any(f.visible for f in group)]
    found = []
    for name, group in of.items():
        if not group:
            continue
        visible = name in shown
        # What is not shown at first counts only in a group that is not.
        counted = {f.name for f in group if f.visible or not visible}
        step = t("form.step", number=shown.index(name) + 1, count=len(shown)) if visible else ""
        found.append(
            FieldGroup(
                name=name,
                heading=t(f"form.group.{name}"),
                intro=translations.texts[lang].get(f"form.group.{name}.intro", ""),
                fields=group,
                optional=name not in _ESSENTIAL and not counted & required,
                open=any(f.visible and f.value for f in group),
                visible=visible,
                step=step,
            )
        )
    return tuple(found)


def result_html(result: Result, texts: Catalogue) -> Markup:
    """A result as HTML for a template."""
    return Markup(render(result, texts))  # noqa: S704  # calc escapes all that it is given


def _all_fields(calculator: SchemeRules) -> list[Field]:
    """Every field that any track of any rule year may ask, in the order of the form."""
    tracks = [track for rules in calculator.rules for track in rules.tracks.values()]
    if all(track.not_computable is not None for track in tracks):
        return []  # see `has_form`
    # A year that we don't have the rules of asks what the award letter says.
    covered = [t for t in tracks if t.not_computable is None and t.transition is None]
    tracks += [unknown_rules(t) for t in covered if not t.own_rules]
    asked = [f for track in tracks for received in (0, 1) for f in fields_of(track, received)]
    by_name = {f.name: f for f in (*opening_fields(calculator), *asked)}
    return sorted(by_name.values(), key=lambda f: f.order)


def _form_field(
    calculator: SchemeRules,
    f: Field,
    value: object,
    visible: bool,
    lang: Lang,
    translations: Translations,
) -> FormField:
    texts = translations.catalogue(lang)
    options: tuple[tuple[str, str | Text], ...] = ()
    if f.name == "track":
        options = tuple(calculator.track_names().items())
    elif f.kind == "choice":
        # The choice to assume nothing comes first, and is what stands there.
        code = f"option.{f.name}"
        options = tuple((o, texts.text(f"{code}.{o or 'none'}")) for o in ("", *f.options))
        value = value or ""
    elif f.kind == "count":
        options = tuple((str(n), str(n)) for n in range(f.low, f.high + 1))
        value = f.low if value is None else value
    unit = _UNITS.get(f.kind)
    return FormField(
        name=f.name,
        label=field_label(f.label, f.number, texts),
        help=texts.text(f"field.{f.label}.help", number=str(f.number or "")),
        more=translations.texts[lang].get(f"form.more.{f.label}", ""),
        kind="choice" if options else "number",
        unit=translations.translator(lang)(f"form.unit.{unit}") if unit else "",
        value=str(value) if options or f.kind == "year" else typed(value),
        options=options,
        visible=visible,
        inputmode="decimal" if f.kind in ("units", "percent") else "numeric",
    )


def typed(value: object) -> str:
    """An answer of the rules' files as a reader would type it: `6,5`, `1 200 000`, or empty."""
    if value is None:
        return ""
    if isinstance(value, int):
        return f"{value:,}".replace(",", " ")
    return str(value).replace(".", ",")


def rate_tables(rules: Rules, lang: Lang, translations: Translations) -> tuple[RateTable, ...]:
    """The rates of a rule year, a table for each track."""
    return tuple(
        RateTable(
            track_name=track.name,
            rows=tuple(_rate_rows(track, lang, translations)),
            readings=tuple(_reading_of_ladder(track)),
        )
        for track in rules.tracks.values()
    )


def rate_sources(scheme: Scheme) -> dict[str, Source]:
    """The sources of the rates by key, those of the newest rule year first."""
    found: dict[str, Source] = {}
    for rules in scheme.rules:
        found = {**rules.sources, **found}
    return found


def _rate_rows(track: Track, lang: Lang, translations: Translations) -> Iterator[RateRow]:
    t = translations.translator(lang)
    if track.not_computable is not None:
        why = track.not_computable
        yield RateRow(label=t("rates.part.not_computable"), value=why.text, source=why.source)
    for key, figure in track.figures():
        code, values = _part(track, key)
        yield RateRow(
            label=t(f"rates.part.{code}", **values),
            value=_figure(figure, t),
            source=figure.source,
            note=figure.note,
            reading=figure.reading,
        )
    if track.payment is not None:
        yield RateRow(
            label=t("rates.part.payment"),
            value=t(f"rates.payment.{track.payment.profile}"),
            source=track.payment.source,
        )
    if track.transition is not None:
        yield RateRow(
            label=t("rates.part.transition"),
            value=t("rates.transition", year=track.transition.funded_in),
            source=track.transition.source,
        )
    if track.other_costs is not None:
        other = track.other_costs
        yield RateRow(
            label=t("rates.part.other_costs"),
            value=t("rates.other_costs.yes" if other.allowed else "rates.other_costs.no"),
            source=other.source,
            reading=other.reading,
        )
    if track.closed_from is not None:
        closed = track.closed_from
        yield RateRow(
            label=t("rates.part.closed_from", year=closed.year),
            value=closed.text,
            source=closed.source,
        )


def _part(track: Track, key: str) -> tuple[str, dict[str, object]]:
    """The message code, and its values, of the figure at a dotted key of a track."""
    part, _, place = key.partition(".")
    if part == "caps":
        return f"cap_{place}", {}
    if part == "bands":
        most = track.bands[int(place.partition(".")[0])].up_to
        return ("last_band", {}) if most is None else ("band", {"number": whole(most)})
    if part == "ladder":
        assert track.ladder is not None
        number = int(place.rpartition(".")[2]) + 1
        return "ladder_kroner" if track.ladder.in_kroner else "ladder", {"number": number}
    if part == "training":
        assert track.training is not None
        return f"training_{track.training.limit}", {}
    return part, {}


def _figure(figure: Figure, t: Any) -> str:
    """A figure with its unit; empty where the award letter tells it."""
    if figure.value is None:
        return str(t("rates.unknown_to_all")) if figure.unknown == "ingen" else ""
    if figure.unit == "prosent":
        return percent(figure.exact)
    number = kroner(int(figure.value)) if figure.unit in KRONER else decimal(figure.exact)
    return str(t(f"rates.unit.{_UNIT_CODES[figure.unit]}", number=number))


def readings(scheme: Scheme, lang: Lang) -> list[tuple[str, Text]]:
    """Our readings of unclear rules, each once: where it is (rule year and track), and the text."""
    found: dict[tuple[str, Text], None] = {}
    for rules in scheme.rules:
        for track in rules.tracks.values():
            where = f"{rules.year}, {track.name.best(lang)[0]}"
            for text in _readings_of(track):
                found[where, text] = None
    return list(found)


def _readings_of(track: Track) -> Iterator[Text]:
    for _, figure in track.figures():
        if figure.reading is not None:
            yield figure.reading
    yield from _reading_of_ladder(track)
    if track.other_costs is not None and track.other_costs.reading is not None:
        yield track.other_costs.reading


def _reading_of_ladder(track: Track) -> Iterator[Text]:
    if track.ladder is not None and track.ladder.reading is not None:
        yield track.ladder.reading


def examples(
    scheme: Scheme, years: tuple[Rules, ...], lang: Lang, translations: Translations
) -> list[WorkedExample]:
    """The worked examples of some rule years of a scheme, in their order."""
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
        html=Markup(render(result, texts, with_inputs=False)),  # noqa: S704  # as above
    )

"""The form of a calculator, and the answer to the values that the form starts with."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from builder.content.model import Scheme
from builder.kit.addresses import OWN_TAPER
from builder.kit.i18n import Translations
from calc.answers import Field, Kind
from calc.codec import to_json
from calc.fields import fields_of, opening_fields
from calc.messages import Catalogue
from calc.plan import estimate, unknown_rules
from calc.report import field_label, render, summary
from calc.result import Result
from calc.rules import Lang, Rules, SchemeRules, Text, Track

type Answers = dict[str, Any]

_UNITS: dict[Kind, str] = {
    "kroner": "kr",
    "units": "positions",
    "persons": "persons",
    "percent": "percent",
}
# The groups of questions in the order of the form; each question by the code of its label.
GROUPS: dict[str, tuple[str, ...]] = {
    "situation": ("track", "plan_year", "years_received"),
    "own_rules": ("own_rate", "own_cap"),
    "plan": ("positions", "persons", "requested_amount", "population", "use_years"),
    "letter": ("full_award", "taper_assumption", "share_year", "award_year"),
    "costs": ("cost_per_position", "cost_per_person", "yearly_cost", "other_costs", "cost_growth"),
    "pre_project": ("pre_project_amount",),
}
# No answer can be computed without these groups, so they are never folded.
_ESSENTIAL = ("situation", "own_rules", "plan")
# The hexadecimal digits of a hash that tell versions of a calculator apart.
_VERSION_LENGTH = 8


@dataclass(frozen=True, kw_only=True)
class FormField:
    """A question as the form shows it, with texts in the målform of the page.

    `kind` is `number` or `choice`. `unit` stands behind the input, and `value` is the start value
    as a reader would type it; both may be empty. `options` are value and text of each choice.
    `more` is a longer explanation than `help`, or empty. `visible`: the form shows the question at
    first. `inputmode` is the attribute of the input.
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
    """Questions that stand together under a heading.

    An `optional` group is folded at first, unless it is `open` because a field has a start value.
    `step` counts the visible groups ("Steg 2 av 4"), and is empty where the group is not `visible`.
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
    """A calculator as a page shows it: the questions, the first answer, the data for the browser.

    `result_html` and `summary` are the answer to the start values, and `rules_year` is the rule
    year that it is computed by (None where none is). `version` is a hash: two answers with the same
    version come from the same Python and the same rules. `data` has the rules and messages that the
    browser passes to calc.
    """

    slug: str
    fields: tuple[FormField, ...]
    groups: tuple[FieldGroup, ...]
    result_html: Markup
    summary: str
    rules_year: int | None
    version: str
    data: dict[str, Any]


def own_taper(year: int) -> SchemeRules:
    """The rules of the calculator without a scheme, in which readers type rate, cap and shares.

    `year` is the first budget year that the form proposes.
    """
    name = Text(nb="Egen nedtrapping", nn="Eiga nedtrapping")
    track = Track(name=name, own_rules=True)
    rules = Rules(year=year, sources={}, tracks={"egen": track})
    return SchemeRules(slug=OWN_TAPER, name=name, rules=(rules,), any_year=True)


def start_answers(calculator: SchemeRules, track_id: str | None = None) -> Answers:
    """The answers that the form starts with, by name of the field.

    The values are for the newest rule year, and for its first track unless `track_id` names another
    one.
    """
    latest = calculator.latest
    track_id = track_id or next(iter(latest.tracks))
    opening: Answers = {"plan_year": latest.year, "years_received": 0}
    if len(calculator.track_names()) > 1:
        opening = {"track": track_id, **opening}
    return opening | latest.tracks[track_id].start


def has_form(scheme: Scheme) -> bool:
    """Whether the calculator of a scheme has questions: some track of some year is computable."""
    return any(t.not_computable is None for rules in scheme.rules for t in rules.tracks.values())


def form(
    calculator: SchemeRules, lang: Lang, translations: Translations, wheel_digest: str
) -> Form:
    """The form of a calculator in a målform, with the answer to its start values.

    A calculator that can compute nothing in any rule year has an answer and no fields.
    `wheel_digest` is the hash of the Python that answers in the browser.
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
    # A field that is shown at first is required if the start answers require it. Of the others, the
    # fields of a year with unknown rules count too.
    required = {f.name for f in asked if shown.get(f.name, f).required}
    rules = to_json(calculator)
    return Form(
        slug=calculator.slug,
        fields=tuple(fields.values()),
        groups=_groups(asked, fields, required, lang, translations),
        result_html=result_html(result, texts),
        summary=summary(result, texts),
        rules_year=result.rules_year,
        version=_version(wheel_digest, rules),
        data={"scheme": rules, "messages": translations.of_calc(lang)},
    )


def _version(wheel_digest: str, rules: Any) -> str:
    """A hash of the Python and the rules, the same in both målformer."""
    text = f"{wheel_digest} {json.dumps(rules, sort_keys=True)}"
    return hashlib.sha256(text.encode()).hexdigest()[:_VERSION_LENGTH]


def _groups(
    asked: list[Field],
    fields: dict[str, FormField],
    required: set[str],
    lang: Lang,
    translations: Translations,
) -> tuple[FieldGroup, ...]:
    """The questions in their groups, but for groups without questions in this calculator."""
    t = translations.translator(lang)
    of = {
        name: tuple(fields[f.name] for f in asked if f.label in labels)
        for name, labels in GROUPS.items()
    }
    shown = [name for name, group in of.items() if any(f.visible for f in group)]
    groups = []
    for name, group in of.items():
        if not group:
            continue
        visible = name in shown
        # In a visible group, only visible fields make the group required.
        counted = {f.name for f in group if f.visible or not visible}
        step = t("form.step", number=shown.index(name) + 1, count=len(shown)) if visible else ""
        groups.append(
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
    return tuple(groups)


def result_html(result: Result, texts: Catalogue) -> Markup:
    """A result of calc as HTML for a template."""
    return Markup(render(result, texts))  # noqa: S704  # calc escapes its arguments


def _all_fields(calculator: SchemeRules) -> list[Field]:
    """Every question of any track in any rule year or in a year whose rules are unknown.

    The questions come in the order of the form. There are none where nothing is computable
    (`has_form`).
    """
    tracks = [track for rules in calculator.rules for track in rules.tracks.values()]
    if all(track.not_computable is not None for track in tracks):
        return []
    # For a year without rules, the form asks for the figures of the award letter.
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
        # The choice to assume nothing comes first, and is chosen at first.
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
    """A value of an answer as a reader would type it: `6,5`, `1 200 000`, or empty for None."""
    if value is None:
        return ""
    if isinstance(value, int):
        return f"{value:,}".replace(",", " ")
    return str(value).replace(".", ",")

"""Random requests to the calculators of the real schemes: mostly sensible, some not.

The same number and seed give the same requests, in every engine that is compared.
"""

import json
from random import Random

from builder.content import Site
from builder.kit.i18n import LANGS, Translations
from builder.views.calculator import own_taper
from calc.answers import Field
from calc.codec import to_json
from calc.fields import fields_of, opening_fields
from calc.plan import unknown_rules
from calc.rules import SchemeRules

# What people also type.
ODD: tuple[object, ...] = (
    *("", " ", "seks", "-1", "\u22125", "1e9", "1 20 000", "1.200", "1,200", "6,5,5", "NaN", "½"),
    *("kr 500", "500,-", "70 prosent", "<script>", "0x10", "12 personer", "1.200.000,00"),
    *(None, True, -1, 10**12, [1], {"a": 1}, 0.1),
)
SPACES = (" ", "\u00a0", "\u202f", "")


def requests(
    site: Site, translations: Translations, count: int, seed: int = 2026
) -> tuple[list[str], list[str]]:
    """Requests that load every scheme in both languages, and `count` that ask for estimates."""
    random = Random(seed)  # noqa: S311  # for tests, not for secrets
    calculators = [scheme.calculator for scheme in site.schemes.values()] + [own_taper(2027)]
    loads = [
        _json(op="load", lang=lang, scheme=to_json(c), messages=translations.of_calc(lang))
        for lang in LANGS
        for c in calculators
    ]
    asked = {c.slug: _fields(c) for c in calculators}
    estimates = []
    for _ in range(count):
        slug = random.choice([c.slug for c in calculators])
        answers = _answers(asked[slug], random)
        lang = random.choice(LANGS)
        estimates.append(_json(op="estimate", lang=lang, scheme=slug, answers=answers))
    return loads, estimates


def _fields(calculator: SchemeRules) -> list[Field]:
    fields = list(opening_fields(calculator))
    for rules in calculator.rules:
        for track in rules.tracks.values():
            fields += [f for received in (0, 2) for f in fields_of(track, received)]
            if track.not_computable is None and not track.own_rules:
                fields += fields_of(unknown_rules(track), 0)
    return list({f.name: f for f in fields}.values())


def _answers(fields: list[Field], random: Random) -> dict[str, object]:
    answers: dict[str, object] = {}
    for f in fields:
        if f.name == "plan_year":
            answers[f.name] = random.choice([2025, 2025, "2025", random.randint(2014, 2036)])
        elif random.random() < 0.7:
            answers[f.name] = _answer(f, random)
    if random.random() < 0.05:
        answers[random.choice([f.name for f in fields])] = random.choice(ODD)
    if random.random() < 0.02:
        answers["ukjent_felt"] = "1"
    return answers


def _answer(f: Field, random: Random) -> object:
    if f.kind == "choice":
        return random.choice([*f.options, ""])
    if f.kind in ("units", "percent"):
        hundredths = random.randint(0, min(f.high, 100) * 100)
        whole, part = divmod(hundredths, 100)
        return random.choice([f"{whole},{part:02}", f"{whole}.{part}", whole])
    if f.kind == "kroner":
        amount = random.choice([0, 1, random.randint(0, 10_000_000), 499_999, 500_000, 500_001])
        return random.choice(
            [f"{amount:,}".replace(",", random.choice(SPACES)), f"{amount} kr", amount]
        )
    return random.randint(f.low, min(f.high, 10_000) if f.kind == "persons" else f.high)


def _json(**request: object) -> str:
    return json.dumps({"v": 1, **request}, ensure_ascii=False)

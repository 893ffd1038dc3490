"""Requests that exercise every part of the calculators.

The runtime has only the modules of the standard library that calc imports while it answers these
requests. The requests are about an invented scheme with every part that rules can have, so that a
changed figure in the content does not change the runtime.
"""

import json
from datetime import date
from decimal import Decimal
from itertools import pairwise

from builder.kit.i18n import LANGS, Translations
from calc.codec import to_json
from calc.rules import (
    Band,
    Caps,
    Closed,
    Figure,
    Ladder,
    NotComputable,
    OnRequest,
    OtherCosts,
    Payment,
    Rules,
    SchemeRules,
    Source,
    Text,
    Track,
    Training,
    Transition,
    Unit,
)

_KEY = "kilde"


def _figure(value: int | Decimal | None, unit: Unit) -> Figure:
    return Figure(
        value=value,
        unknown="tilskuddsbrevet" if value is None else None,
        unit=unit,
        source=_KEY,
        reading=Text(nb="Tolkning"),
    )


def scheme() -> SchemeRules:
    """An invented scheme with every part of the rule model. None of its figures is a real rule."""
    shares = (_figure(100, "prosent"), _figure(Decimal("66.7"), "prosent"))
    unknown = (_figure(None, "prosent"),) * 2
    tracks = {
        "stillinger": Track(
            name=Text(nb="Stillinger", nn="Stillingar"),
            rate=_figure(600_000, "kr per årsverk"),
            max_units=_figure(Decimal("4.5"), "årsverk"),
            caps=Caps(team=_figure(2_500_000, "kr per år"), year=_figure(2_600_000, "kr per år")),
            other_costs=OtherCosts(allowed=True, source=_KEY, reading=Text(nb="Tolkning")),
            ladder=Ladder(years=shares + unknown, reading=Text(nb="Tolkning")),
            pre_project=_figure(300_000, "kr per år"),
            training=Training(per_unit=_figure(10_000, "kr per årsverk"), limit="fixed"),
        ),
        "personer": Track(
            name=Text(nb="Personer"),
            rate=_figure(None, "kr per person"),
            ladder=Ladder(years=unknown + shares),
            pre_project=_figure(None, "kr per år"),
            training=Training(per_unit=_figure(9_000, "kr per person"), limit="at_most"),
        ),
        "engangssum": Track(
            name=Text(nb="Engangssum"),
            on_request=OnRequest(source=_KEY),
            payment=Payment(profile="first_year", source=_KEY),
            use_years=_figure(2, "år"),
            bands=(
                Band(up_to=5_000, amount=_figure(250_000, "kr")),
                Band(amount=_figure(400_000, "kr")),
            ),
        ),
        "stige-i-kroner": Track(
            name=Text(nb="Stige i kroner"),
            ladder=Ladder(
                years=(_figure(300_000, "kr per årsverk"), _figure(None, "kr per årsverk"))
            ),
            caps=Caps(applicant=_figure(900_000, "kr per år")),
        ),
        "kroner-uten-tak": Track(
            name=Text(nb="Stige i kroner med ukjent tak"),
            ladder=Ladder(
                years=(_figure(300_000, "kr per person"), _figure(200_000, "kr per person"))
            ),
            caps=Caps(applicant=_figure(None, "kr per år")),
        ),
        "sum-med-stige": Track(
            name=Text(nb="Sum med stige"),
            rate=_figure(400_000, "kr per årsverk"),
            ladder=Ladder(years=shares + unknown),
            training=Training(per_unit=_figure(10_000, "kr per årsverk"), limit="fixed"),
            payment=Payment(profile="first_year", source=_KEY),
        ),
        "overgang": Track(
            name=Text(nb="Overgang"),
            rate=_figure(330_000, "kr per årsverk"),
            ladder=Ladder(years=shares),
            transition=Transition(funded_in=2029, source=_KEY),
        ),
        "egen": Track(name=Text(nb="Egen"), own_rules=True),
        "skjonn": Track(
            name=Text(nb="Skjønn"),
            not_computable=NotComputable(
                because="discretionary", text=Text(nb="Skjønn."), source=_KEY
            ),
            closed_from=Closed(year=2031, text=Text(nb="Stengt."), source=_KEY),
        ),
    }
    source = Source(
        title="Regelverk",
        publisher="Utgiver",
        url="https://example.org",
        published=date(2030, 1, 1),
    )
    rules = Rules(year=2030, sources={_KEY: source}, tracks=tracks)
    return SchemeRules(slug="eksempel", name=Text(nb="Eksempel"), rules=(rules,))


ANSWERS: tuple[dict[str, object], ...] = (
    {"track": "stillinger", "plan_year": 2030, "positions": "6,5", "other_costs": "100 000"},
    {
        "track": "stillinger",
        "plan_year": "2030",
        "positions": 3.25,
        "cost_per_position": "850\u00a0000 kr",
        "cost_growth": "2,5 %",
        "share_year_3": "33,3",
        "share_year_4": "20",
        "pre_project_amount": "450.000",
    },
    {"track": "stillinger", "plan_year": 2032, "years_received": 2, "full_award": 1_000_001},
    {"track": "personer", "plan_year": 2030, "persons": 12, "full_award": "1 200 000"},
    {
        "track": "engangssum",
        "plan_year": 2030,
        "requested_amount": "300 000",
        "use_years": 2,
        "population": "5 000",
    },
    {
        "track": "stillinger",
        "plan_year": 2030,
        "positions": 4,
        "cost_per_position": 900_000,
        "taper_assumption": "even",
    },
    {"track": "stillinger", "plan_year": 2030, "positions": 4, "taper_assumption": "half"},
    {
        "track": "stillinger",
        "plan_year": 2030,
        "positions": 4,
        "taper_assumption": "own",
        "share_year_3": 30,
    },
    {"track": "stige-i-kroner", "plan_year": 2030, "positions": "3,5", "award_year_2": "500 000"},
    {"track": "stige-i-kroner", "plan_year": 2030, "positions": 2},
    {"track": "overgang", "plan_year": 2030, "years_received": 1, "positions": "0,8"},
    {"track": "overgang", "plan_year": 2030, "years_received": 0, "positions": "0,8"},
    {"track": "overgang", "plan_year": 2030, "positions": 1, "full_award": "300 000"},
    {"track": "overgang", "plan_year": 2031, "years_received": 2},
    {"track": "overgang", "plan_year": 2029, "years_received": 0, "positions": 1},
    {"track": "overgang", "plan_year": 2034},
    {"track": "stige-i-kroner", "plan_year": 2030, "positions": 1, "other_costs": "50 000"},
    {"track": "kroner-uten-tak", "plan_year": 2030, "persons": 2, "award_year_1": "500 000"},
    {
        "track": "sum-med-stige",
        "plan_year": 2030,
        "positions": 2,
        "share_year_3": 30,
        "share_year_4": "10",
        "cost_per_position": "600 000",
    },
    {"track": "sum-med-stige", "plan_year": 2030, "positions": 2, "share_year_3": 30},
    {
        "track": "sum-med-stige",
        "plan_year": 2031,
        "years_received": 1,
        "positions": 2,
        "taper_assumption": "even",
    },
    {
        "track": "stillinger",
        "plan_year": 2035,
        "full_award": "2 000 000",
        "share_year_1": 100,
        "share_year_2": 80,
        "share_year_3": 50,
        "share_year_4": 20,
        "positions": 4,
        "cost_per_position": 700_000,
        "other_costs": 100_000,
    },
    {"track": "engangssum", "plan_year": 2031, "full_award": "300 000"},
    {
        "track": "personer",
        "plan_year": 2030,
        "persons": 12,
        "cost_per_person": "20 000",
        "other_costs": "5 000",
        "full_award": "300 000",
        "taper_assumption": "half",
        "pre_project_amount": "40 000",
    },
    {"track": "skjonn", "plan_year": 2029},
    {
        "track": "egen",
        "plan_year": 2030,
        "own_rate": 500_000,
        "positions": 3,
        "own_cap": 1_200_000,
        "share_year_1": 100,
    },
    {"track": "skjonn", "plan_year": 2030},
    {"track": "skjonn", "plan_year": 2031},
    {"track": "stillinger", "plan_year": 2035},
    {"track": "stillinger", "plan_year": 2030, "positions": "seks", "full_award": "1e9"},
    {"track": "ukjent", "plan_year": -1, "feil": 1},
)


PAGE = {"address": "https://example.org/kalkulator/", "date": "2030-01-31", "version": "0a1b2c"}


def requests(translations: Translations) -> list[str]:
    """The requests to `calc.browser.handle` as JSON, in order, except requests for workbooks.

    For each målform they load the rules, then ask for estimates, CSV files and comparisons. At the
    end come a request that is no JSON, and one of an unknown kind.
    """
    requests: list[str] = []
    loaded = scheme()
    for lang in LANGS:
        head = {"v": 1, "lang": lang}
        messages = translations.of_calc(lang)
        requests.append(
            _json({**head, "op": "load", "scheme": to_json(loaded), "messages": messages})
        )
        requests += [
            _json({**head, "op": "estimate", "scheme": loaded.slug, "answers": answers})
            for answers in ANSWERS
        ]
        requests += [
            _json({**head, "op": "csv", "scheme": loaded.slug, "answers": answers, "page": PAGE})
            for answers in ANSWERS
        ]
        requests += [
            _json({**head, "op": "compare", "scheme": loaded.slug, "alternatives": alternatives})
            for alternatives in _alternatives()
        ]
    return [*requests, "{", _json({"v": 1, "op": "ukjent"})]


def workbooks() -> list[str]:
    """The requests for workbooks as JSON, which need the rules that `requests` load."""
    slug = scheme().slug
    return [
        _json({"v": 1, "lang": lang, "op": "workbook", "scheme": slug, "answers": a, "page": PAGE})
        for lang in LANGS
        for a in ANSWERS
    ]


def _alternatives() -> list[list[dict[str, object]]]:
    """The alternatives of each comparison: every set of answers with the next set."""
    return [
        [{"name": "A", "answers": first}, {"name": "B", "answers": second}]
        for first, second in pairwise(ANSWERS)
    ]


def _json(request: dict[str, object]) -> str:
    return json.dumps(request, ensure_ascii=False)

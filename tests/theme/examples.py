"""Example data: a scheme with every fact, one with very few, and arguments of every macro."""

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from builder.bundle.licences import Licence
from builder.content.model import Body, Contact, Deadline, Link, Scheme
from builder.data.calendars import listed_calendars
from builder.data.change_files import ChangeView, Named
from builder.kit import addresses
from builder.routes.paging import Step, paging
from builder.views import alphabet, deadlines, portal
from builder.views.calculator import FieldGroup, FormField
from builder.views.changes import MonthPage, month_links
from builder.views.rates import RateRow, RateTable
from builder.views.rule_years import HoldsFor, RuleYear, WorkedExample
from calc.rules import Rules, Source, Text, Track
from tests.theme.environment import TODAY, TRANSLATIONS
from tests.theme.preview_examples import PREVIEW_MACROS, PREVIEW_PAGES

SOURCES = {
    "full": Source(
        title="Regelverk <2025>",
        publisher="Et direktorat",
        url="https://direktorat.example/a?b=1&c=2",
        published=dt.date(2025, 2, 7),
        read=dt.date(2026, 11, 22),
        note=Text(nb="En merknad på bokmål."),
    ),
    "bare": Source(title="Lysbilder", publisher="Et embete"),
}
DEADLINES = (
    Deadline(kind="application", for_year=2027, expected="2027-04", source="full"),
    Deadline(
        kind="application",
        for_year=2026,
        date=dt.date(2026, 4, 7),
        time="23:59",
        area=Text(nb="Oslo og Viken"),
        source="full",
    ),
    Deadline(kind="application", for_year=2025, expected="2025-04", source="bare"),
    Deadline(kind="reporting", for_year=2026, date=dt.date(2027, 4, 1), source="bare"),
    Deadline(kind="reporting", for_year=2028, unknown=True, source="bare"),
)
YEARS = tuple(
    Rules(year=year, sources={}, tracks={"a": Track(name=Text(nb="Spor A"), own_rules=True)})
    for year in (2025, 2024)
)
FULL = Scheme(
    slug="full",
    name=Text(nb="Tilskudd til alt & mer", nn="Tilskot til alt & meir"),
    short_name=Text(nb="Alt & mer", nn="Alt & meir"),
    summary=Text(nb="For kommuner som vil alt."),
    state="active",
    owner=Body(name=Text(nb="Et direktorat"), url="https://direktorat.example/"),
    administrator=Body(name=Text(nb="Statsforvalteren", nn="Statsforvaltaren")),
    target_group=Text(nb="De som trenger det"),
    groups=("children", "adults"),
    applicants=(Text(nb="Kommuner"), Text(nb="Interkommunale selskaper")),
    sources=SOURCES,
    fact_sources=("full",),
    last_checked=dt.date(2026, 11, 22),
    review_by=dt.date(2027, 2, 15),
    notice=Text(nb="Noe å passe på."),
    deadlines=DEADLINES,
    links=(
        Link(kind="form", label=Text(nb="Søknadsskjema"), url="https://skjema.example/"),
        Link(kind="rules", label=Text(nb="Regelverk"), url="https://regler.example/"),
    ),
    contacts=(Contact(name=Text(nb="Postmottak"), email="post@embete.example"),),
    rules=YEARS,
)
BARE = Scheme(
    slug="bare",
    name=Text(nb="Gammelt tilskudd"),
    short_name=Text(nb="Gammelt"),
    summary=Text(nb="Finnes ikke lenger."),
    state="archived",
    owner=Body(name=Text(nb="Et direktorat")),
    target_group=Text(nb="Noen"),
    groups=("families",),
    applicants=(Text(nb="Kommuner"),),
    sources={"bare": SOURCES["bare"]},
    fact_sources=("bare",),
    last_checked=dt.date(2026, 11, 22),
    review_by=dt.date(2027, 2, 15),
    notice=Text(nb="Ordningen er historisk.", nn="Ordninga er historisk."),
    rules=YEARS[1:],
)

MANY_SCHEMES = tuple(
    replace(
        FULL,
        slug=f"full-{n}",
        short_name=Text(nb=f"{'ABØ'[n % 3]}lt & mer {n}"),
        owner=Body(name=Text(nb=f"Direktorat {n % 15}")),
    )
    for n in range(portal.MANY + 1)
)

ALL_DEADLINES = deadlines.AllDeadlines((FULL, BARE), TODAY).page()
NO_DEADLINES = deadlines.AllDeadlines((BARE,), TODAY).page()
MANY_DEADLINES = deadlines.AllDeadlines(MANY_SCHEMES, TODAY)
COMING_PAGES = [page for _, page in MANY_DEADLINES.coming_pages()]
YEAR_PAGES = [page for _, page in MANY_DEADLINES.year_pages()]


def field(name: str, **changes: Any) -> FormField:
    facts: dict[str, Any] = {
        "name": name,
        "label": "Planlagte årsverk",
        "help": "Én stilling på 100 % er 1,0 årsverk.",
        "more": "",
        "kind": "number",
        "unit": "årsverk",
        "value": "6,5",
        "options": (),
        "visible": True,
        "inputmode": "decimal",
    }
    return FormField(**(facts | changes))


FEW = (("act-fact", Text(nb="ACT- eller FACT-team")), ("andre", Text(nb="Andre modeller")))
MANY = tuple((str(n), str(n)) for n in range(9))
FIELDS = (
    field("track", kind="choice", options=FEW, value="act-fact", unit="", help=""),
    field("years", kind="choice", options=MANY, value="3", unit="", more="Alle årene & flere."),
    field("positions", more="Mer & mer."),
    field("plan_year", unit="", help="", value="2025", inputmode="numeric"),
    field("other_costs", unit="kr", value="", visible=False),
)
GROUPS = (
    FieldGroup(
        name="situation",
        heading="Situasjonen & annet",
        intro="",
        fields=FIELDS[:2],
        optional=False,
        open=False,
        visible=True,
        step="Steg 1 av 2",
    ),
    FieldGroup(
        name="plan",
        heading="Det dere planlegger",
        intro="Ikke < 0.",
        fields=FIELDS[2:4],
        optional=True,
        open=True,
        visible=True,
        step="Steg 2 av 2",
    ),
    FieldGroup(
        name="costs",
        heading="Kostnader",
        intro="",
        fields=FIELDS[4:],
        optional=True,
        open=False,
        visible=False,
        step="",
    ),
)
RATES = tuple(
    RateTable(
        track_name=Text(nb=name),
        rows=(
            RateRow(label="Sats", value="500 000 kr per årsverk", source="full"),
            RateRow(
                label="Andel i tilskuddsår 3",
                value="",
                source="bare",
                note=Text(nb="Etter skjønn."),
                reading=Text(nb="Vi leser det slik."),
            ),
        ),
        readings=readings,
    )
    for name, readings in (("Spor A", ()), ("Spor B", (Text(nb="Vi leser stigen slik."),)))
)
RESULT = Markup(
    '<section class="result"><p class="result-summary">Inntil 1 kr.</p><h3>Slik</h3></section>'
)
WORKED = WorkedExample(
    title=Text(nb="6,5 årsverk"),
    inputs=(("Planlagte årsverk", "6,5"),),
    html=RESULT,
)
FORM = SimpleNamespace(
    slug="full",
    fields=FIELDS,
    groups=GROUPS,
    result_html=RESULT,
    summary="Inntil 1 kr & ikke mer.",
    rules_year=2025,
    version="abcdef01",
    data={"scheme": {"name": "</script><b>"}, "messages": {"calc.a": "å"}},
)
NO_FORM = SimpleNamespace(slug="full", fields=(), result_html=RESULT, data={})
NO_YEAR = SimpleNamespace(rules_year=None, version="abcdef01")
LICENCES = (
    Licence(name="Inter", version="5.3.0", licence="OFL-1.1", purpose=Text(nb="Skrifttypen")),
)
NAV = (("Om ordningen", "/full/", "page"), ("Satser", "/b/", "true"), ("Søke", "/c/", ""))
CHANGES = tuple(
    ChangeView(
        name=f"{date}-endring",
        date=date,
        kind=kind,
        scheme=Named(slug=FULL.slug, short_name=FULL.short_name),
        years=(2025, 2024),
        title=Text(nb="Satsen & taket er nye", nn=nynorsk),
        text=Text(nb="Nå gjelder <dette>."),
        source=source,
    )
    for date, kind, nynorsk, source in (
        (dt.date(2026, 11, 22), "rule_changed", "Satsen & taket er nye", SOURCES["full"]),
        (dt.date(2026, 2, 1), "correction", None, None),
        (dt.date(2025, 12, 31), "rule_changed", None, SOURCES["bare"]),
    )
)
MONTHS = month_links(CHANGES * 20)
MONTH = MonthPage(month=dt.date(2026, 11, 1), changes=CHANGES[:1], paging=None)
COHORT = HoldsFor(track_name=Text(nb="Spor A"), reach="cohort", funded_in=None)
TRANSITION = HoldsFor(track_name=Text(nb="Spor B"), reach="transition", funded_in=2021)
ONE_YEAR = HoldsFor(track_name=Text(nb="Spor C"), reach="year", funded_in=None)


def rule_year(year: int, **changes: Any) -> RuleYear:
    facts: dict[str, Any] = {
        "year": year,
        "newest": 2025,
        "holds_for": (COHORT,),
        "tables": RATES,
        "sources": SOURCES,
        "examples": (WORKED,),
        "changes": CHANGES,
    }
    return RuleYear(**(facts | changes))


NEWEST = rule_year(2025)
EARLIER = rule_year(2024, holds_for=(COHORT, TRANSITION), examples=(), changes=())
OF_ONE_YEAR = rule_year(2024, holds_for=(ONE_YEAR,))

FEW_LISTS = portal.Portals(portal.Lists(portal.listed((FULL, BARE), TODAY)), "nb", TRANSLATIONS)
MANY_LISTED = tuple(portal.listed(MANY_SCHEMES, TODAY))
MANY_LISTS = portal.Portals(portal.Lists(MANY_LISTED), "nb", TRANSLATIONS)
PORTALS = [
    page
    for lists in (FEW_LISTS, MANY_LISTS)
    for chosen in (None, *lists.choices[:2], lists.choices[-1])
    for _, page in lists.pages(chosen)
]
LISTED = tuple(portal.listed((FULL, BARE), TODAY))
NAMES = alphabet.pages(MANY_LISTED, "nn")[0]
STEPS = [
    Step(number=n, url=f"/liste/side-{n}/", starts="2027-01-01" if n == 9 else None)
    for n in range(1, 10)
]
WAYS = [paging(STEPS[:1], 1), *(paging(STEPS, n) for n in (1, 2, 5, 8, 9))]
PAGE_GROUPS = [
    (
        Text(nb="Alt & mer"),
        [("Om ordningen", "/full/", "nb"), ("Hvem kan søke", "/full/hvem-kan-soke/", "nn")],
    ),
    ("Generelt", [("Om <nettstedet>", "/om/", "nb")]),
]
CALENDARS = listed_calendars((FULL, BARE), only_all=False)
CALCULATORS = [("full", "Beregn tilskudd: Alt & mer"), ("egen", "Egen")]

# Template file, macro, and the arguments of each example.
MACROS: dict[tuple[str, str], list[dict[str, Any]]] = {
    ("brand", "logo"): [{}],
    ("brand", "stairs"): [{}],
    ("site_nav", "site_nav"): [{}],
    ("site_nav", "footer_nav"): [{}],
    ("site_nav", "language_switch"): [{}],
    ("status_tag", "status_tag"): [
        {"status": status}
        for status in ("expected", "open", "passed", "closed", "archived", "unknown")
    ],
    ("status_tag", "status_now"): [{"periods": one.periods(TODAY)} for one in (FULL, BARE)],
    # The section holds the filters and the list of each.
    ("scheme_list", "scheme_filters"): [{"portal": PORTALS[0]}],
    ("scheme_list", "scheme_list"): [{"portal": PORTALS[0]}],
    ("scheme_list", "scheme_section"): [{"portal": one} for one in PORTALS],
    ("notice", "notice"): [{"body": Text(nb="Pass på."), "label": "Viktig"}],
    ("deadline", "deadline_when"): [{"deadline": one} for one in DEADLINES],
    ("deadline", "days_left"): [{"deadline": one} for one in DEADLINES],
    ("deadline", "deadline_now"): [
        {"periods": one.deadline_periods(kind, day)}
        for one in (FULL, BARE)
        for kind in ("application", "reporting")
        for day in (dt.date(2025, 1, 1), dt.date(2026, 11, 22), dt.date(2030, 1, 1))
    ],
    ("period", "while"): [{"period": period} for period in FULL.periods(dt.date(2025, 1, 1))],
    ("deadline", "deadline_table"): [
        {"deadlines": FULL.deadlines_of(kind), "kind": kind, "sources": SOURCES}
        for kind in ("application", "reporting")
    ],
    ("deadline", "deadline_section"): [
        {"scheme": FULL, "kind": "application"},
        {"scheme": BARE, "kind": "reporting"},
    ],
    ("deadline_list", "deadline_list"): [
        {"rows": ALL_DEADLINES.coming, "caption": "Kommende", "has_passed": False},
        {"rows": ALL_DEADLINES.years[0].rows, "caption": "Tidligere", "has_passed": True},
    ],
    ("calendars", "calendar_note"): [{"scheme": FULL}, {"scheme": BARE}],
    ("calendars", "calendar_item"): [
        {"path": "/frister.ics", "label": "Alle & flere", "is_empty": is_empty}
        for is_empty in (False, True)
    ],
    ("deadline_list", "year_list"): [{"links": COMING_PAGES[0].year_links}],
    ("deadline_list", "paging_over"): [{"deadlines": one} for one in (*COMING_PAGES, NO_DEADLINES)],
    ("calendars", "calendar_list"): [
        {"calendars": listed_calendars((FULL, BARE), only_all=only_all)}
        for only_all in (False, True)
    ],
    ("paging", "paging_nav"): [{"paging": one} for one in WAYS],
    ("paging", "paging_links"): [{"paging": one} for one in WAYS],
    ("name_list", "letter_index"): [{"page": NAMES}],
    ("name_list", "name_list"): [{"page": NAMES}],
    ("metadata", "page_addresses"): [{}],
    ("metadata", "social_card"): [{"title": "Tittel & <mer>"}],
    ("metadata", "linked_data_script"): [{"data": {"name": "</script>"}}, {"data": {}}],
    ("source", "source_name"): [{"source": one} for one in SOURCES.values()],
    ("source", "source_ref"): [{"key": key, "source": one} for key, one in SOURCES.items()],
    ("source", "source_line"): [{"source": one} for one in SOURCES.values()],
    ("source", "source_list"): [{"sources": SOURCES}],
    ("source", "checked"): [
        {"scheme": FULL},
        {"scheme": replace(FULL, review_by=dt.date(2026, 11, 21))},
    ],
    ("rule_year", "year_link"): [{"scheme": FULL, "year": 2025, "label": "2025"}],
    ("rule_year", "year_switch"): [
        {"scheme": scheme, "shown": 2024, "current": current}
        for scheme in (FULL, BARE)
        for current in ("page", "true")
    ],
    ("rule_year", "holds_for"): [{"rule_year": one} for one in (NEWEST, EARLIER, OF_ONE_YEAR)],
    ("rule_year", "newer_notice"): [
        {"scheme": FULL, "rule_year": one} for one in (NEWEST, EARLIER, OF_ONE_YEAR)
    ],
    ("rule_year", "rule_files"): [{"scheme": FULL, "year": 2025}],
    ("rule_year", "newest_note"): [
        {"scheme": scheme, "rule_year": one} for scheme in (FULL, BARE) for one in (NEWEST, EARLIER)
    ],
    ("change", "change_article"): [{"change": one} for one in CHANGES],
    ("change", "change_list"): [{"changes": CHANGES}],
    ("change", "month_list"): [{"months": MONTHS}],
    ("fact_box", "fact_box"): [{"scheme": FULL}, {"scheme": BARE}],
    ("scheme_card", "scheme_card"): [{"scheme": one} for one in LISTED],
    ("scheme_header", "scheme_header"): [{"scheme": FULL, "nav": NAV}],
    ("rate_table", "rate_table"): [{"table": one, "sources": SOURCES} for one in RATES],
    ("case_note", "case_note"): [{"form": FORM}, {"form": NO_YEAR}],
    ("form_group", "field_group"): [
        {"group": group, "is_current": group is GROUPS[0]} for group in GROUPS
    ],
    ("form_group", "form_steps"): [{"is_only": True}, {"is_only": False}],
    ("result_actions", "result_actions"): [{}],
    ("result_actions", "note"): [{"place": "result"}],
    ("result_actions", "reset_form"): [{}],
    ("field", "field"): [{"field": one} for one in FIELDS],
    ("field", "start_values"): [{"fields": FIELDS}],
    ("calculator", "calculator"): [{"form": FORM}, {"form": NO_FORM}],
    ("calculator", "calculator_head"): [{"form": FORM}, {"form": NO_FORM}],
    ("calculator", "calculator_scripts"): [{"form": FORM}, {"form": NO_FORM}],
    ("worked_example", "worked_example"): [{"example": WORKED}],
    ("search", "search_form"): [{"field_id": "sok"}],
    ("search", "search_page"): [{"index_parts": 3}],
    ("page_list", "page_list"): [{"groups": PAGE_GROUPS}],
    ("embed", "embed_code"): [
        {"way": way, "slug": "full", "title": "Alt & mer"} for way in ("element", "frame")
    ],
    ("embed", "embed_names"): [{"calculators": CALCULATORS}],
    ("embed", "embed_here"): [{"slug": "full", "title": "Alt & mer"}],
    ("links", "ways_out"): [{"scheme": FULL, "label": "Lenker"}, {"scheme": BARE, "label": ""}],
    ("links", "link_list"): [{"links": FULL.links}],
    ("links", "contact_list"): [{"contacts": FULL.contacts}],
    ("licence_table", "licence_table"): [{"licences": LICENCES}],
    ("prose", "page_head"): [
        {"page": SimpleNamespace(title="Tittel", description="Ingress.", content_lang=lang)}
        for lang in ("nb", "nn")
    ],
    ("prose", "prose"): [
        {"page": SimpleNamespace(content=content, content_lang="nb")}
        for content in (Markup("<p>Tekst.</p>"), "")
    ],
    **PREVIEW_MACROS,
}

# Examples of every template by name: the template, and its context beside that of all pages.
# Pages that stand in for others have no prose of their own, nor have those of a rule year.
WITHOUT_PROSE = {
    *("not found", "offline", "moved", "schemes", "embedded", "embedded own taper"),
    *("many schemes", "schemes by name", "coming deadlines", "deadlines of a year"),
    *("changes of a month", "not found among many"),
    *(f"{name} of {scheme.slug}" for scheme in (FULL, BARE) for name in ("rule year", "earlier")),
    *PREVIEW_PAGES,
}

PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    **PREVIEW_PAGES,
    "portal": ("portal", {"portal": PORTALS[0]}),
    "schemes": ("ordninger", {"portal": PORTALS[1]}),
    "many schemes": ("ordninger", {"portal": PORTALS[5]}),
    "schemes by name": ("a-aa", {"names": NAMES}),
    "page": ("page", {}),
    "licences": ("lisenser", {"licences": LICENCES}),
    "own taper": ("egen-nedtrapping", {"form": FORM}),
    "method": (
        "slik-regner-vi",
        {
            "readings": [(FULL.short_name, [("2025, Spor A", Text(nb="Vi leser det slik."))])],
            "alphabet": "",
        },
    ),
    "method of many": ("slik-regner-vi", {"readings": (), "alphabet": addresses.NAMES}),
    "deadlines": ("frister", {"deadlines": ALL_DEADLINES, "calendars": CALENDARS}),
    "no deadlines": ("frister", {"deadlines": NO_DEADLINES, "calendars": CALENDARS[:1]}),
    "many deadlines": ("frister", {"deadlines": COMING_PAGES[0], "calendars": CALENDARS[:1]}),
    "coming deadlines": ("frister-side", {"coming": COMING_PAGES[1], "year": None}),
    "deadlines of a year": ("frister-side", {"coming": None, "year": YEAR_PAGES[0]}),
    "changes": ("endringer", {"changes": CHANGES, "months": ()}),
    "many changes": ("endringer", {"changes": CHANGES, "months": MONTHS}),
    "no changes": ("endringer", {"changes": (), "months": ()}),
    "changes of a month": ("endringer-maaned", {"month": MONTH}),
    "search": ("sok", {"page_groups": PAGE_GROUPS, "index_parts": 3}),
    "embedding": ("innebygd", {"calculators": CALCULATORS, "alphabet": ""}),
    "embedding of many": (
        "innebygd",
        {"calculators": CALCULATORS[:1], "alphabet": addresses.NAMES},
    ),
    "embedded": (
        "innebygd-kalkulator",
        {"scheme": FULL, "form": FORM, "whole_url": "/full/kalkulator/"},
    ),
    "embedded own taper": ("innebygd-kalkulator", {"form": FORM, "whole_url": "/egen/"}),
    "not found": (
        "404",
        {
            "page_groups": PAGE_GROUPS,
            "other_page": "/nn/404.html",
            "scheme_links": [(Text(nb="Alt & mer"), "/full/")],
            "names": [],
        },
    ),
    "not found among many": (
        "404",
        {
            "page_groups": PAGE_GROUPS[1:],
            "other_page": "/nn/404.html",
            "scheme_links": [("Fra A til Å", NAMES)],
            "names": [NAMES],
        },
    ),
    "offline": ("uten-nett", {}),
    "moved": ("flyttet", {"new_url": "/prove/"}),
} | {
    f"{name} of {scheme.slug}": (
        template,
        {"scheme": scheme, "page_sources": SOURCES, **more},
    )
    for scheme in (FULL, BARE)
    for name, template, more in (
        ("prose", "scheme/page", {}),
        ("front page", "scheme/om", {"changes": CHANGES}),
        ("unchanged", "scheme/om", {"changes": ()}),
        ("applying", "scheme/soknad", {}),
        ("reporting", "scheme/rapportering", {}),
        ("rates", "scheme/stotte", {"rule_year": NEWEST}),
        ("rule year", "scheme/satser", {"rule_year": NEWEST}),
        ("earlier", "scheme/satser", {"rule_year": EARLIER}),
        ("calculator", "scheme/kalkulator", {"form": FORM, "examples": [WORKED]}),
        ("no calculator", "scheme/kalkulator", {"form": NO_FORM, "examples": []}),
    )
}

"""Arbitrary valid rules, and arbitrary answers to the questions that they ask."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

from calc.answers import Field
from calc.fields import fields_of, opening_fields
from calc.messages import decimal
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

SOURCE = "kilde"
TEXT = Text(nb="Tekst", nn="Tekst")


def kroner(unit: Unit, most: int = 6_000_000, *, unknown: bool = True) -> st.SearchStrategy[Figure]:
    values = st.integers(0, most)
    return (st.none() | values if unknown else values).map(lambda v: figure(v, unit))


def figure(value: int | Decimal | None, unit: Unit) -> Figure:
    return Figure(
        value=value,
        unknown="tilskuddsbrevet" if value is None else None,
        unit=unit,
        source=SOURCE,
        reading=TEXT,
    )


PERCENT = st.integers(0, 10_000).map(lambda n: Decimal(n) / 100)


@st.composite
def ladders(draw: st.DrawFn, unit: Unit) -> Ladder:
    if unit == "prosent":
        steps: st.SearchStrategy[int | Decimal | None] = st.none() | PERCENT
    else:
        steps = st.none() | st.integers(0, 900_000)
    values = draw(st.lists(steps, min_size=1, max_size=6))
    return Ladder(years=tuple(figure(v, unit) for v in values), reading=TEXT)


@st.composite
def bands(draw: st.DrawFn) -> tuple[Band, ...]:
    limits = sorted(draw(st.sets(st.integers(1, 500_000), max_size=3)))
    closed = [Band(up_to=limit, amount=draw(kroner("kr"))) for limit in limits]
    return (*closed, Band(amount=draw(kroner("kr"))))


@st.composite
def tracks(draw: st.DrawFn) -> Track:
    """A track of any parts that may stand together."""
    maybe = st.booleans()
    basis = draw(st.sampled_from(["rate", "ladder", "on_request", "own_rules", "not_computable"]))
    if basis == "own_rules":
        return Track(name=TEXT, own_rules=True)
    per, counted = draw(
        st.sampled_from([("kr per årsverk", "årsverk"), ("kr per person", "personer")])
    )
    parts: dict[str, object] = {}
    if basis == "rate":
        parts["rate"] = draw(kroner(per, 900_000))
    if basis == "ladder":
        parts["ladder"] = draw(ladders(per))
    elif draw(maybe):
        parts["ladder"] = draw(ladders("prosent"))
    if basis == "on_request":
        parts["on_request"] = OnRequest(source=SOURCE)
    if basis == "not_computable":
        parts["not_computable"] = NotComputable(
            because=draw(st.sampled_from(["discretionary", "basis_unknown"])),
            text=TEXT,
            source=SOURCE,
        )
    if basis in ("rate", "ladder"):
        if draw(maybe):
            whole: st.SearchStrategy[int | Decimal | None] = st.none() | st.integers(0, 40)
            most = whole if counted == "personer" else whole | PERCENT
            parts["max_units"] = figure(draw(most), counted)
        if draw(maybe):
            parts["other_costs"] = OtherCosts(allowed=draw(maybe), source=SOURCE, reading=TEXT)
        if draw(maybe):
            limit = draw(st.sampled_from(["fixed", "at_most"]))
            parts["training"] = Training(per_unit=draw(kroner(per, 50_000)), limit=limit)
    if draw(maybe):
        names = draw(st.sets(st.sampled_from(["team", "year", "applicant"])))
        parts["caps"] = Caps(**{name: draw(kroner("kr per år")) for name in sorted(names)})
    if draw(maybe):
        parts["bands"] = draw(bands())
    if draw(maybe):
        parts["pre_project"] = draw(kroner("kr per år"))
    if draw(maybe):
        profile = draw(st.sampled_from(["yearly", "first_year"]))
        parts["payment"] = Payment(profile=profile, source=SOURCE)
        if profile == "first_year" and draw(maybe):
            parts["use_years"] = figure(draw(st.none() | st.integers(1, 4)), "år")
    if basis == "rate" and "ladder" in parts and draw(maybe):
        parts["transition"] = Transition(funded_in=draw(st.integers(2019, 2024)), source=SOURCE)
    if draw(maybe):
        parts["closed_from"] = Closed(year=draw(st.integers(2024, 2030)), text=TEXT, source=SOURCE)
    return Track(name=TEXT, **parts)  # type: ignore[arg-type]


@st.composite
def schemes(draw: st.DrawFn) -> SchemeRules:
    """A scheme of one or two tracks, over one or two rule years."""
    years = draw(st.sampled_from([(2024,), (2024,), (2023, 2024)]))
    ids = draw(st.sampled_from([("a",), ("a",), ("a", "b")]))
    source = Source(title="Tittel", publisher="Utgiver", url="https://example.org")
    rules = tuple(
        Rules(year=year, sources={SOURCE: source}, tracks={i: draw(tracks()) for i in ids})
        for year in years
    )
    return SchemeRules(slug="prove", name=TEXT, rules=rules)


def answer(f: Field) -> st.SearchStrategy[str]:
    """A readable answer to a field, written as a person would."""
    if f.kind == "choice":
        return st.sampled_from(f.options)
    if f.kind in ("units", "percent"):
        hundredths = st.integers(f.low * 100, f.high * 100)
        return hundredths.map(lambda n: decimal(Fraction(n, 100)))
    most = min(f.high, 8_000_000) if f.kind == "kroner" else f.high
    return st.integers(f.low, most).map(str)


@st.composite
def cases(draw: st.DrawFn) -> tuple[SchemeRules, dict[str, object]]:
    """A scheme, and answers to some of the questions that it may ask."""
    scheme = draw(schemes())
    typed: dict[str, object] = {"plan_year": draw(st.integers(2022, 2028))}
    opening = {f.name: f for f in opening_fields(scheme)}
    if "track" in opening:
        typed["track"] = draw(answer(opening["track"]))
    if draw(st.booleans()):
        typed["years_received"] = draw(st.integers(0, 4))
    fields: dict[str, Field] = {}
    for rules in scheme.rules:
        for track in rules.tracks.values():
            for received in (0, 2):
                fields |= {f.name: f for f in fields_of(track, received)}
    for name in sorted(fields):
        if draw(st.integers(0, 3)):
            typed[name] = draw(answer(fields[name]))
    return scheme, typed

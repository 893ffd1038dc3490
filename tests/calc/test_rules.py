"""Rules that the model refuses: each with a code, the part at fault and the value found there."""

from collections.abc import Callable
from decimal import Decimal

import pytest

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
    RuleError,
    Rules,
    SchemeRules,
    Source,
    Text,
    Track,
    Training,
    Transition,
    Unit,
)

NAME = Text(nb="Navn")
WHY = NotComputable(because="discretionary", text=NAME, source="s")
SOURCE = Source(title="Tittel", publisher="Utgiver")


def figure(value: int | Decimal | None = 1, unit: Unit = "kr per årsverk") -> Figure:
    return Figure(value=value, unknown="ingen" if value is None else None, unit=unit, source="s")


def track(**parts: object) -> Track:
    return Track(name=NAME, **{"rate": figure(), **parts})  # type: ignore[arg-type]


RATE, PERCENT, YEARS = figure(), figure(50, "prosent"), figure(2, "år")
LADDER = Ladder(years=(PERCENT,))
KRONER_LADDER = Ladder(years=(RATE,))
OTHER = OtherCosts(allowed=True, source="s")
FIRST_YEAR = Payment(profile="first_year", source="s")
YEARLY = Payment(profile="yearly", source="s")
TRANSITION = Transition(funded_in=2021, source="s")
CAP = figure(1, "kr per år")


REFUSED: list[tuple[Callable[[], object], str, str]] = [
    (lambda: Text(nb=" "), "empty", "nb"),
    (lambda: Text(nb="a", nn=""), "empty", "nn"),
    (lambda: Source(title="a", publisher="b", url="ftp://x"), "not_an_address", "url"),
    (lambda: Source(title="a", publisher="b", url="example.org"), "not_an_address", "url"),
    (lambda: Figure(unit="kr", source="s"), "value_or_unknown", "value"),
    (
        lambda: Figure(unit="kr", source="s", value=1, unknown="ingen"),
        "value_or_unknown",
        "value",
    ),
    (lambda: figure(Decimal("Infinity")), "not_a_number", "value"),
    (lambda: figure(Decimal("NaN")), "not_a_number", "value"),
    (lambda: figure(-1), "negative", "value"),
    (lambda: figure(Decimal("-0.1"), "prosent"), "negative", "value"),
    (lambda: figure(Decimal("0.5")), "not_whole", "value"),
    (lambda: figure(Decimal("0.5"), "kr"), "not_whole", "value"),
    (lambda: figure(Decimal("0.5"), "kr per år"), "not_whole", "value"),
    (lambda: figure(Decimal("0.5"), "kr per person"), "not_whole", "value"),
    (lambda: figure(Decimal("0.5"), "personer"), "not_whole", "value"),
    (lambda: figure(Decimal("0.5"), "år"), "not_whole", "value"),
    (lambda: figure(Decimal("100.01"), "prosent"), "above_100", "value"),
    (lambda: figure(0, "år"), "too_many_years", "value"),
    (lambda: figure(11, "år"), "too_many_years", "value"),
    (lambda: Transition(funded_in=2014, source="s"), "not_a_year", "funded_in"),
    (lambda: Closed(year=2041, text=NAME, source="s"), "not_a_year", "year"),
    (lambda: Rules(year=99999, sources={}, tracks={"a": track()}), "not_a_year", "year"),
    (lambda: Ladder(years=()), "no_years", "years"),
    (lambda: Ladder(years=(PERCENT, CAP)), "wrong_unit", "years.1.unit"),
    (lambda: Ladder(years=(PERCENT, RATE)), "wrong_unit", "years.1.unit"),
    (lambda: Training(per_unit=CAP, limit="fixed"), "wrong_unit", "per_unit.unit"),
    (lambda: track(rate=None), "one_basis", "rate"),
    (lambda: track(on_request=OnRequest(source="s")), "one_basis", "rate"),
    (lambda: track(ladder=KRONER_LADDER), "one_basis", "rate"),
    (lambda: track(own_rules=True), "one_basis", "rate"),
    (lambda: track(not_computable=WHY), "one_basis", "rate"),
    (lambda: track(rate=CAP), "wrong_unit", "rate.unit"),
    (lambda: track(max_units=figure(1, "personer")), "wrong_unit", "max_units.unit"),
    (
        lambda: track(training=Training(per_unit=figure(1, "kr per person"), limit="at_most")),
        "wrong_unit",
        "training.per_unit.unit",
    ),
    (lambda: Caps(team=RATE), "wrong_unit", "team.unit"),
    (lambda: track(pre_project=figure(1, "kr")), "wrong_unit", "pre_project.unit"),
    (lambda: track(national_frame=RATE), "wrong_unit", "national_frame.unit"),
    (
        lambda: track(payment=FIRST_YEAR, use_years=figure(2, "prosent")),
        "wrong_unit",
        "use_years.unit",
    ),
    (lambda: track(use_years=YEARS), "needs_first_year", "use_years"),
    (lambda: track(use_years=YEARS, payment=YEARLY), "needs_first_year", "use_years"),
    (lambda: track(transition=TRANSITION), "needs_ladder", "transition"),
    (
        lambda: track(rate=None, on_request=OnRequest(source="s"), other_costs=OTHER),
        "needs_units",
        "other_costs",
    ),
    (
        lambda: track(rate=None, on_request=OnRequest(source="s"), max_units=figure(1, "årsverk")),
        "needs_units",
        "max_units",
    ),
    (
        lambda: track(
            rate=None,
            on_request=OnRequest(source="s"),
            training=Training(per_unit=RATE, limit="fixed"),
        ),
        "needs_units",
        "training",
    ),
    (lambda: track(rate=None, own_rules=True, ladder=LADDER), "own_rules_alone", "ladder"),
    (
        lambda: track(rate=None, own_rules=True, caps=Caps(year=CAP)),
        "own_rules_alone",
        "caps",
    ),
    (lambda: Band(amount=RATE), "wrong_unit", "amount.unit"),
    (lambda: track(bands=(Band(amount=CAP, up_to=1),)), "last_band_open", "bands.0.up_to"),
    (
        lambda: track(bands=(Band(amount=CAP), Band(amount=CAP))),
        "last_band_open",
        "bands.0.up_to",
    ),
    (
        lambda: track(
            bands=(Band(amount=CAP, up_to=9), Band(amount=CAP, up_to=9), Band(amount=CAP))
        ),
        "bands_in_order",
        "bands.1.up_to",
    ),
    (
        lambda: track(bands=(Band(amount=CAP, up_to=0), Band(amount=CAP))),
        "bands_in_order",
        "bands.0.up_to",
    ),
    (lambda: Rules(year=2025, sources={"s": SOURCE}, tracks={}), "no_tracks", "tracks"),
    (
        lambda: Rules(year=2025, sources={"t": SOURCE}, tracks={"a": track()}),
        "unknown_source",
        "tracks.a.rate.source",
    ),
]


@pytest.mark.parametrize(
    ("make", "code", "key"), REFUSED, ids=[f"{n}-{code}" for n, (_, code, _) in enumerate(REFUSED)]
)
def test_rules_that_contradict_themselves_are_refused(
    make: Callable[[], object], code: str, key: str
) -> None:
    with pytest.raises(RuleError) as refused:
        make()
    assert (refused.value.code, refused.value.key) == (code, key)
    assert str(refused.value) == code


def test_a_refusal_carries_the_found_and_the_expected_value() -> None:
    with pytest.raises(RuleError) as refused:
        Caps(team=RATE)
    assert refused.value.values == {"found": "kr per årsverk", "expected": "kr, kr per år"}
    with pytest.raises(RuleError) as refused:
        track(rate=None)
    assert refused.value.values == {"found": "ingen av dem"}
    with pytest.raises(RuleError) as refused:
        track(own_rules=True)
    assert refused.value.values == {"found": "rate, own_rules"}
    with pytest.raises(RuleError) as refused:
        Rules(year=2025, sources={"t": SOURCE, "u": SOURCE}, tracks={"a": track()})
    assert refused.value.values == {"found": "s", "expected": "t, u"}
    for value, code in ((Decimal("Infinity"), "Infinity"), (-1, "-1")):
        with pytest.raises(RuleError) as refused:
            figure(value)
        assert refused.value.values == {"found": code}
    with pytest.raises(RuleError) as refused:
        figure(101, "prosent")
    assert refused.value.values == {"found": "101"}
    with pytest.raises(RuleError) as refused:
        Source(title="a", publisher="b", url="x")
    assert refused.value.values == {"found": "x"}
    with pytest.raises(RuleError) as refused:
        Ladder(years=(PERCENT, RATE))
    assert refused.value.values == {
        "found": "kr per årsverk",
        "expected": "prosent, som i det første året",
    }
    with pytest.raises(RuleError) as refused:
        track(bands=(Band(amount=CAP, up_to=9), Band(amount=CAP, up_to=8), Band(amount=CAP)))
    assert refused.value.values == {"found": "8"}
    with pytest.raises(RuleError) as refused:
        figure(Decimal("0.5"), "år")
    assert refused.value.values == {"found": "0.5", "unit": "år"}


ACCEPTED: list[Callable[[], object]] = [
    lambda: figure(0),
    lambda: figure(Decimal("500000.0")),
    lambda: figure(100, "prosent"),
    lambda: figure(Decimal("6.5"), "årsverk"),
    lambda: track(ladder=LADDER, transition=TRANSITION, payment=YEARLY, other_costs=OTHER),
    lambda: track(payment=FIRST_YEAR, use_years=YEARS, bands=(Band(amount=CAP),)),
    lambda: track(rate=None, ladder=KRONER_LADDER, max_units=figure(1, "årsverk")),
    lambda: track(rate=None, own_rules=True),
    lambda: track(rate=None, not_computable=WHY, ladder=LADDER, max_units=figure(1, "personer")),
    lambda: track(bands=(Band(amount=CAP, up_to=1), Band(amount=CAP))),
]


@pytest.mark.parametrize("make", ACCEPTED, ids=range(len(ACCEPTED)))
def test_parts_that_go_together_are_accepted(make: Callable[[], object]) -> None:
    make()


@pytest.mark.parametrize(("population", "amount"), [(1, 1), (9, 1), (10, 2), (11, 2), (99, 3)])
def test_a_band_holds_up_to_and_including_its_limit(population: int, amount: int) -> None:
    bands = (
        Band(amount=figure(1, "kr"), up_to=9),
        Band(amount=figure(2, "kr"), up_to=20),
        Band(amount=figure(3, "kr")),
    )
    assert track(bands=bands).band_of(population).amount.value == amount


def test_every_figure_and_source_of_a_track_is_listed_in_the_order_of_a_rate_table() -> None:
    everything = track(
        max_units=figure(1, "årsverk"),
        caps=Caps(team=CAP, year=CAP, applicant=CAP),
        bands=(Band(amount=CAP),),
        other_costs=OTHER,
        ladder=LADDER,
        pre_project=CAP,
        training=Training(per_unit=RATE, limit="fixed"),
        payment=FIRST_YEAR,
        use_years=YEARS,
        transition=TRANSITION,
        national_frame=CAP,
        closed_from=Closed(year=2030, text=NAME, source="s"),
    )
    assert [key for key, _ in everything.figures()] == [
        "rate",
        "max_units",
        "caps.team",
        "caps.year",
        "caps.applicant",
        "bands.0.amount",
        "ladder.years.0",
        "pre_project",
        "training.per_unit",
        "use_years",
        "national_frame",
    ]
    parts = {key for key, source in everything.sources() if source == "s"}
    assert {"other_costs.source", "payment.source", "transition.source", "closed_from.source"} < (
        parts
    )
    assert len(parts) == 11 + 4


def test_an_uncovered_year_has_no_rules_and_the_newest_is_only_where_forms_start() -> None:
    old = Rules(year=2023, sources={"s": SOURCE}, tracks={"a": track(), "b": track()})
    new = Rules(year=2025, sources={"s": SOURCE}, tracks={"c": track(), "a": track()})
    scheme = SchemeRules(slug="x", name=NAME, rules=(old, new))
    assert (scheme.of_year(2023), scheme.of_year(2024), scheme.of_year(2025)) == (old, None, new)
    assert scheme.latest is new
    assert list(scheme.track_names()) == ["c", "a", "b"]
    anything = SchemeRules(slug="x", name=NAME, rules=(old,), any_year=True)
    assert anything.of_year(1900) is old


def test_a_text_is_given_in_the_language_it_is_in() -> None:
    assert Text(nb="a", nn="b").best("nn") == ("b", "nn")
    assert Text(nb="a", nn="b").best("nb") == ("a", "nb")
    assert Text(nb="a").best("nn") == ("a", "nb")

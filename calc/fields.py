"""Which questions a track asks, given the answers so far. The form is made from this."""

from calc.answers import SHARE_PREFIX, Field
from calc.rules import SchemeRules, Track

# Bounds that no kommune's real answer lies outside of; they catch slips such as a lost comma.
# They are ours, not rules.
MOST_KRONER = 999_999_999
MOST_UNITS = 1_000
FIRST_YEAR, LAST_YEAR = 2015, 2040
MOST_YEARS_RECEIVED = 4
MOST_GROWTH = 25

PLAN_YEARS = 4  # the økonomiplan


def opening_fields(scheme: SchemeRules) -> tuple[Field, ...]:
    """The questions that decide which rules hold: track, first budget year, years received."""
    track_ids = tuple(dict.fromkeys(t for r in reversed(scheme.rules) for t in r.tracks))
    opening = (
        Field(name="plan_year", kind="year", low=FIRST_YEAR, high=LAST_YEAR, required=True),
        Field(name="years_received", kind="count", high=MOST_YEARS_RECEIVED),
    )
    if len(track_ids) == 1:
        return opening
    return (Field(name="track", kind="choice", options=track_ids, required=True), *opening)


def fields_of(track: Track, years_received: int) -> tuple[Field, ...]:
    """The further questions of a track for a reader who has had money for `years_received` years.

    Only what can change the answer is asked: the shares only of the shown grant years whose share
    the rules don't give, an amount for the pre-project only before the first year.
    """
    if track.not_computable is not None:
        return ()
    knows_full_rate = full_rate_known(track)
    full_award = Field(
        name="full_award", kind="kroner", high=MOST_KRONER, required=not knows_full_rate
    )
    if track.lump_sum is not None:
        most_years = track.lump_sum.use_years.value
        return (
            Field(
                name="requested_amount", kind="kroner", high=MOST_KRONER, required=knows_full_rate
            ),
            Field(name="use_years", kind="count", low=1, high=int(most_years or PLAN_YEARS)),
            full_award,
        )
    persons = track.unit == "personer"
    asked = [
        Field(
            name="persons" if persons else "positions",
            kind="persons" if persons else "units",
            high=MOST_UNITS,
            required=knows_full_rate,
        ),
        full_award,
    ]
    asked += [
        Field(name=f"{SHARE_PREFIX}{n}", kind="percent", high=100, required=True)
        for n in shares_to_ask(track, years_received)
    ]
    asked += [
        Field(name="cost_per_position", kind="kroner", high=MOST_KRONER, per_person=persons),
        Field(name="other_costs", kind="kroner", high=MOST_KRONER),
        Field(name="cost_growth", kind="percent", high=MOST_GROWTH),
    ]
    if track.pre_project is not None and not years_received:
        asked.append(Field(name="pre_project_amount", kind="kroner", high=MOST_KRONER))
    return tuple(asked)


def full_rate_known(track: Track) -> bool:
    """Whether the rules alone give the full award: no rate, maximum or cap is unknown."""
    parts = [track.rate, track.max_units, *(cap for _, cap in track.all_caps())]
    return all(figure.value is not None for figure in parts if figure is not None)


def shares_to_ask(track: Track, years_received: int) -> tuple[int, ...]:
    """The grant years (1 = first) shown in the plan whose share only the award letter tells."""
    if track.ladder is None:
        return ()
    return tuple(
        n
        for n, step in enumerate(track.ladder.years, start=1)
        if step.value is None and years_received < n <= years_received + PLAN_YEARS
    )

"""The questions that a track asks after the answers so far; the form has these fields."""

from calc.answers import AWARD_PREFIX, SHARE_PREFIX, Field
from calc.rules import FIRST_YEAR, LAST_YEAR, SchemeRules, Track

# Every kommune's real answer lies within these bounds; they catch slips such as a lost comma. These
# limits are ours, not rules.
MOST_KRONER = 999_999_999
MOST_UNITS = 1_000
MOST_PEOPLE = 1_000_000
MOST_GROWTH = 25

PLAN_YEARS = 4  # the økonomiplan
# The steps of a ladder whose rules we don't have: grant years 1 to 4, as the field calls them.
LADDER_YEARS = 4

# Ways to plan with shares that are not known yet: even steps to zero, half of the year before, or
# typed shares, which are the reader's assumption and not from the award letter.
ASSUMPTIONS = ("even", "half", "own")


def opening_fields(scheme: SchemeRules) -> tuple[Field, ...]:
    """The questions that decide which rules hold: track, first budget year, years received."""
    opening = (
        Field(name="plan_year", kind="year", low=FIRST_YEAR, high=LAST_YEAR),
        Field(name="years_received", kind="count", high=LADDER_YEARS),
    )
    track_ids = tuple(scheme.track_names())
    if len(track_ids) == 1:
        return opening
    return (Field(name="track", kind="choice", options=track_ids), *opening)


def fields_of(track: Track, years_received: int) -> tuple[Field, ...]:
    """The further questions of a track, after `years_received` years with the grant.

    A question is asked only if it can change the result: a share for a shown grant year whose share
    the rules don't give, an amount for the pre-project before the first year.
    """
    if track.not_computable is not None:
        return ()
    asked = [*_basis_fields(track), *_letter_fields(track, years_received), *_cost_fields(track)]
    if track.pre_project is not None and not years_received:
        asked.append(_kroner("pre_project_amount"))
    return tuple(asked)


def full_rate_known(track: Track) -> bool:
    """Whether the rules give the full award: no rate, maximum or cap is unknown."""
    parts = [
        track.rate,
        track.max_units,
        *(cap for _, cap in track.all_caps()),
        *(band.amount for band in track.bands),
    ]
    return all(figure.value is not None for figure in parts if figure is not None)


def steps_to_ask(track: Track, years_received: int) -> tuple[int, ...]:
    """The shown grant years (1 = first) whose share only the award letter has."""
    if track.own_rules:
        return tuple(range(years_received + 1, LADDER_YEARS + 1))
    if track.ladder is None:
        return ()
    # A sum that is paid in the first year has a part for every year of the ladder.
    shown = range(1, len(track.ladder.years) + 1)
    if not track.paid_first_year:
        shown = range(years_received + 1, years_received + PLAN_YEARS + 1)
    # Kroner per unit don't help where a cap is unknown: then the letter gives each year's award.
    of_no_use = track.ladder.in_kroner and not full_rate_known(track)
    return tuple(
        n
        for n, step in enumerate(track.ladder.years, start=1)
        if (step.value is None or of_no_use) and n in shown
    )


def _basis_fields(track: Track) -> list[Field]:
    """The fields that the full award is calculated from."""
    known = full_rate_known(track)
    fields = []
    if track.own_rules:
        fields.append(_kroner("own_rate", required=True))
    if track.unit is not None:
        persons = track.unit == "personer"
        fields.append(
            Field(
                name="persons" if persons else "positions",
                kind="persons" if persons else "units",
                high=MOST_UNITS,
                required=known,
            )
        )
    elif track.on_request is not None:
        fields.append(_kroner("requested_amount", required=known))
    if track.own_rules:
        fields.append(_kroner("own_cap"))
    if track.bands:
        fields.append(
            Field(name="population", kind="persons", low=1, high=MOST_PEOPLE, required=known)
        )
    if track.use_years is not None:
        most = int(track.use_years.value or PLAN_YEARS)
        fields.append(Field(name="use_years", kind="count", low=1, high=most))
    return fields


def _letter_fields(track: Track, years_received: int) -> list[Field]:
    """The fields whose answers only the award letter has."""
    numbers = steps_to_ask(track, years_received)
    if track.ladder is not None and track.ladder.in_kroner:
        return [_kroner(f"{AWARD_PREFIX}{n}", required=True) for n in numbers]
    if track.own_rules:
        return _share_fields(numbers, assume=False)
    letter = _kroner("full_award", required=not full_rate_known(track))
    return [letter, *_share_fields(numbers)]


def _share_fields(numbers: tuple[int, ...], *, assume: bool = True) -> list[Field]:
    if not numbers:
        return []
    shares = [
        Field(name=f"{SHARE_PREFIX}{n}", kind="percent", high=100, required=True) for n in numbers
    ]
    if not assume:
        return shares
    return [Field(name="taper_assumption", kind="choice", options=ASSUMPTIONS), *shares]


def _cost_fields(track: Track) -> list[Field]:
    if track.unit is None:
        # Where an award does not count units, the yearly cost is asked for as one amount.
        return [_kroner("yearly_cost"), _growth()] if track.ladder is not None else []
    per_unit = "cost_per_person" if track.unit == "personer" else "cost_per_position"
    return [_kroner(per_unit), _kroner("other_costs"), _growth()]


def _growth() -> Field:
    return Field(name="cost_growth", kind="percent", high=MOST_GROWTH)


def _kroner(name: str, *, required: bool = False) -> Field:
    return Field(name=name, kind="kroner", high=MOST_KRONER, required=required)

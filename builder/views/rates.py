"""The rates of a rule year as tables, their sources, and our readings of unclear rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from builder.content.model import Scheme
from builder.kit.i18n import Translations
from calc.messages import decimal, kroner, percent, whole
from calc.rules import KRONER, Figure, Lang, Rules, Source, Text, Track, Unit

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


@dataclass(frozen=True, kw_only=True)
class RateRow:
    """A figure of the rules as a row of a table, with texts in the målform of the page.

    `value` is the figure with its unit, empty where only the award letter states the figure.
    `source` is a key of `rate_sources`. `reading` is how we read a rule that is unclear.
    """

    label: str
    value: str | Text
    source: str
    note: Text | None = None
    reading: Text | None = None


@dataclass(frozen=True, kw_only=True)
class RateTable:
    """The figures of a track in a rule year; `readings` are about the whole ladder (stige)."""

    track_name: Text
    rows: tuple[RateRow, ...]
    readings: tuple[Text, ...] = ()


def rate_tables(rules: Rules, lang: Lang, translations: Translations) -> tuple[RateTable, ...]:
    """The rates of a rule year in a målform, a table for each track."""
    return tuple(
        RateTable(
            track_name=track.name,
            rows=tuple(_rate_rows(track, lang, translations)),
            readings=tuple(_reading_of_ladder(track)),
        )
        for track in rules.tracks.values()
    )


def rate_sources(scheme: Scheme) -> dict[str, Source]:
    """The sources of all rates of a scheme by key.

    Where two rule years use the same key, the source of the newer year is returned.
    """
    sources: dict[str, Source] = {}
    for rules in scheme.rules:
        sources = {**rules.sources, **sources}
    return sources


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
    """The message code, and the values of the message, for the figure at a dotted key of a track.

    The key is as in `Track.figures`, such as `caps.team` or `ladder.years.2`.
    """
    part, _, rest = key.partition(".")
    if part == "caps":
        return f"cap_{rest}", {}
    if part == "bands":
        most = track.bands[int(rest.partition(".")[0])].up_to
        return ("last_band", {}) if most is None else ("band", {"number": whole(most)})
    if part == "ladder":
        assert track.ladder is not None
        number = int(rest.rpartition(".")[2]) + 1
        return "ladder_kroner" if track.ladder.in_kroner else "ladder", {"number": number}
    if part == "training":
        assert track.training is not None
        return f"training_{track.training.limit}", {}
    return part, {}


def _figure(figure: Figure, t: Any) -> str:
    """A figure with its unit in words; empty where the award letter states the figure."""
    if figure.value is None:
        return str(t("rates.unknown_to_all")) if figure.unknown == "ingen" else ""
    if figure.unit == "prosent":
        return percent(figure.exact)
    number = kroner(int(figure.value)) if figure.unit in KRONER else decimal(figure.exact)
    return str(t(f"rates.unit.{_UNIT_CODES[figure.unit]}", number=number))


def readings(scheme: Scheme, lang: Lang) -> list[tuple[str, Text]]:
    """Our readings of a scheme's unclear rules: rule year and track, and the text of each."""
    # A dictionary, since several figures of a track may have the same reading.
    unique: dict[tuple[str, Text], None] = {}
    for rules in scheme.rules:
        for track in rules.tracks.values():
            where = f"{rules.year}, {track.name.best(lang)[0]}"
            for text in _readings_of(track):
                unique[where, text] = None
    return list(unique)


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

"""The sheet of a workbook that calculates: answers and rules as cells, the plan as formulas.

The formulas follow the order of `calc.working`. Each is written with its value, for viewers that
don't calculate; the value is calculated here, with exact numbers, from the same cells.

Functions used, which every spreadsheet program of the last ten years has: COUNT, IF, INT,
ISNUMBER, MIN, N, ROUND, ROWS, SUM. Spreadsheets calculate with binary numbers, in which 70 % of an
amount may be a hair below the whole krone. So an amount is rounded to millionths before it is
rounded to kroner. Awards are then exact up to a thousand million kroner. A cost after growth could
only differ where it is less than a millionth from half a krone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from calc.answers import AWARD_PREFIX, SHARE_PREFIX, Field
from calc.export import input_text
from calc.fields import LADDER_YEARS, full_rate_known
from calc.messages import Catalogue
from calc.money import floor_kroner, nearest_kroner
from calc.report import field_label, known_sources, place
from calc.result import Origin, Result, Row
from calc.rules import Figure, Track

_INK, _LINE, _HEAD, _FIGURE, _INPUT = "#1E2B3C", "#8B97A6", "#D5E3F0", "#E9EDF2", "#FFF4C7"
_BASE: dict[str, object] = {"font_name": "Calibri", "font_color": _INK, "valign": "top"}
_HEADS = {"bold": True, "bg_color": _HEAD, "text_wrap": True}
_TEXTS: dict[str, dict[str, object]] = {
    "plain": {},
    "beside": {"align": "left", "indent": 1},
    "wrapped": {"text_wrap": True},
    "number": {"align": "left"},
    "link": {"font_color": "#0B5394", "underline": 1, "text_wrap": True},
    "title": {"bold": True, "font_size": 16},
    "heading": {"bold": True, "font_size": 13, "bottom": 1, "bottom_color": _LINE},
    "head": _HEADS,
    "number_head": {**_HEADS, "align": "right"},
    "note_head": {**_HEADS, "align": "left", "indent": 1},
    "year": {"align": "left", "bold": True},
    "sum": {"bold": True, "top": 1, "top_color": _LINE},
}
# Formats of numbers. A spreadsheet uses the separators of the reader's settings instead.
_NUMBERS = {
    "kroner": '#,##0" kr"',
    "exact_kroner": '#,##0.00" kr"',
    "percent": "0.00%",
    "units": "0.00",
    "persons": "#,##0",
    "count": "0",
}
_LOOKS: dict[str, dict[str, object]] = {
    "plain": {},
    "bold": {"bold": True},
    "input": {"bg_color": _INPUT, "border": 1, "border_color": _LINE, "locked": False},
    "figure": {"bg_color": _FIGURE},
    "sum": {"bold": True, "top": 1, "top_color": _LINE},
}
# Answers that decide the rules and the rows of the plan: for another answer, a new workbook.
FIXED = ("track", "plan_year", "years_received", "taper_assumption")
_FIGURE_KINDS = {"årsverk": "units", "personer": "persons", "prosent": "percent"}
# Figures that no formula uses.
_SHOWN_ONLY = ("use_years", "national_frame")


# Heights of rows in points, since some programs don't find them by themselves.
TITLE_HEIGHT, HEADING_HEIGHT, HEAD_HEIGHT = 24, 20, 32


class Formats:
    """The formats of cells: for texts and for numbers, by name.

    `get` makes a format of a workbook from its properties.
    """

    def __init__(self, get: Callable[[Mapping[str, object]], Any]) -> None:
        self._get = get

    def text(self, name: str) -> Any:
        """The format of a text."""
        return self._get({**_BASE, **_TEXTS[name]})

    def number(self, kind: str, look: str = "plain") -> Any:
        """The format of a number of a kind."""
        numbers = {"align": "right", "num_format": _NUMBERS[kind]}
        return self._get({**_BASE, **numbers, **_LOOKS[look]})


@dataclass(frozen=True)
class Ref:
    """A cell: its address, and its value (kroner, units, a share from 0 to 1); None: no number.

    The reader may fill in a cell without a number, so formulas refer to it too.
    """

    at: str
    value: Fraction | None

    def __str__(self) -> str:
        return self.at

    @property
    def known(self) -> Fraction:
        """The value of a cell that has one."""
        assert self.value is not None
        return self.value

    @property
    def or_zero(self) -> Fraction:
        """The value, or zero without one, as the function N of spreadsheets."""
        return self.value or Fraction(0)


@dataclass(frozen=True)
class _Formula:
    """A formula for a cell, and its present value, a number or a text."""

    text: str
    value: Fraction | str

    @property
    def number(self) -> Fraction | None:
        return self.value if isinstance(self.value, Fraction) else None


def _floor(text: str) -> str:
    return f"INT(ROUND({text},6))"


def _plus(text: str, more: Ref | None) -> str:
    return text if more is None else f"{text}+N({more})"


def _least(amount: str, limits: Iterable[object]) -> str:
    listed = [amount, *map(str, limits)]
    return amount if len(listed) == 1 else f"MIN({','.join(listed)})"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


class Calculation:
    """The sheet that calculates: the plan, and below it the answers, the rules and the sums."""

    def __init__(self, sheet: Any, formats: Formats, result: Result, texts: Catalogue) -> None:
        assert result.track is not None
        self.sheet = sheet
        self.formats = formats
        self.result = result
        self.texts = texts
        self.track = result.track
        self.fields = {f.name: f for f in result.fields}
        self.answered = {i.field.name: i for i in result.inputs}
        self.tracks = {row.year: self._track_of(row) for row in result.plan}
        self.unknown = texts.text("cell.unknown")
        # In a transitional arrangement, each year pays its own.
        is_transition = self.track.transition is not None
        self.is_paid_first = self.track.paid_first_year and not is_transition
        in_kroner = self.track.ladder is not None and self.track.ladder.in_kroner
        self.has_shares = self.track.has_shares or (is_transition and not in_kroner)
        self.row = 0
        self.inputs: dict[str, Ref] = {}
        # By track and key.
        self.figures: dict[tuple[int, str], Ref] = {}
        self.base_cost: Ref | None = None
        # By track: the cells that the award is calculated from.
        self.full: dict[int, Ref | None] = {}
        self.counted: dict[int, Ref | None] = {}
        self.band: dict[int, Ref | None] = {}
        self.paid_first: Ref | None = None

    def _track_of(self, row: Row) -> Track:
        """The rules that hold for a row: in a transitional arrangement, the rules of its year."""
        result = self.result
        if self.track.transition is None or result.track_id is None:
            return self.track
        return result.scheme.transition_of(row.year, result.track_id) or self.track

    def write(self, lines: Iterable[tuple[str, str]], width: int) -> None:
        """Write the sheet, `width` columns wide; `lines` stand at its top, in two columns."""
        for label, value in lines:
            look = "plain" if self.row else "title"
            if not self.row:
                self.sheet.set_row(0, TITLE_HEIGHT)
            self._text(0, label, look)
            if value:
                self._text(1, value)
            self.row += 1
        plan_row = self.row
        # A heading, the heads of columns, the years, their sum, and the year after.
        self.row += len(self.result.plan) + 5
        self._write_inputs(width)
        self._write_figures(width)
        self._heading("workbook.basis", width)
        self._write_basis()
        self.row = plan_row
        self._write_plan(width)

    # Cells

    def _text(self, column: int, text: str, look: str = "plain") -> None:
        self.sheet.write_string(self.row, column, text, self.formats.text(look))

    def _heading(self, code: str, width: int) -> None:
        self.row += 1
        self.sheet.set_row(self.row, HEADING_HEIGHT)
        for column in range(width):
            self._text(column, "" if column else self.texts.text(code), "heading")
        self.row += 1

    def _at(self, column: int, row: int | None = None) -> str:
        """The address of a cell of this row; there are fewer columns than letters."""
        return f"${chr(ord('A') + column)}${(self.row if row is None else row) + 1}"

    def _number(self, column: int, value: Fraction | None, kind: str, look: str = "plain") -> Ref:
        """Write a number, or leave the cell empty."""
        form = self.formats.number(kind, look)
        if value is None:
            self.sheet.write_blank(self.row, column, None, form)
        else:
            self.sheet.write_number(self.row, column, _cached(value), form)
        return Ref(self._at(column), value)

    def _formula(self, column: int, made: _Formula, kind: str, look: str = "plain") -> Ref:
        form = self.formats.number(kind, look)
        self.sheet.write_formula(self.row, column, f"={made.text}", form, _cached(made.value))
        return Ref(self._at(column), made.number)

    def _note(self, column: int, made: _Formula | None) -> None:
        if made is not None:
            form = self.formats.text("beside" if column > 1 else "plain")
            self.sheet.write_formula(self.row, column, f"={made.text}", form, _cached(made.value))

    def _when(
        self,
        needs: Sequence[Ref | None],
        text: str,
        work: Callable[[], Fraction | int],
        otherwise: str | None = None,
    ) -> _Formula:
        """A formula that holds while all cells in `needs` have numbers, and else gives a text.

        None among the needs is a number that no cell can ever have.
        """
        said = self.unknown if otherwise is None else otherwise
        cells = {ref.at: ref for ref in needs if ref is not None}
        if None in needs:
            return _Formula(_quoted(said), said)
        is_known = all(ref.value is not None for ref in cells.values())
        made = f"IF(COUNT({','.join(cells)})={len(cells)},{text},{_quoted(said)})"
        return _Formula(made, Fraction(work()) if is_known else said)

    def _same(self, ref: Ref | None) -> _Formula:
        """A formula for the value of another cell."""
        return self._when([ref], str(ref), lambda: ref.known if ref is not None else 0)

    def _or(self, first: Ref, other: _Formula) -> _Formula:
        """A formula for the value of the cell if it is a number, else of the other one."""
        value = other.value if first.value is None else first.value
        return _Formula(f"IF(ISNUMBER({first}),{first},{other.text})", value)

    def _line(self, code: str, made: _Formula, kind: str = "kroner", number: str = "") -> Ref:
        """A row of the sums: its label and its formula."""
        self._text(0, self.texts.text(f"workbook.{code}", number=number))
        ref = self._formula(1, made, kind)
        self.row += 1
        return ref

    # The answers

    def _write_inputs(self, width: int) -> None:
        self._heading("workbook.inputs", width)
        has_pre_project = self.result.plan[0].grant_year == 0
        for f in sorted(self.result.fields, key=lambda f: f.order):
            if f.name in FIXED:
                self._write_fixed(f)
            elif f.name != "pre_project_amount" or has_pre_project:
                self._write_input(f)

    def _write_fixed(self, f: Field) -> None:
        if f.name in self.answered:
            self._text(0, field_label(f.label, f.number, self.texts))
            self._text(1, input_text(self.answered[f.name], self.result, self.texts))
            self._text(3, self.texts.text("workbook.fixed"), "beside")
            self.row += 1

    def _write_input(self, f: Field) -> None:
        answer = self.answered.get(f.name)
        value = None if answer is None else answer.value
        assert not isinstance(value, str)  # all choices are fixed
        is_percent = f.kind == "percent"
        if value is not None and is_percent:
            value /= 100
        self._text(0, field_label(f.label, f.number, self.texts))
        self.inputs[f.name] = self._number(1, value, f.kind, "input")
        self._text(2, self.texts.text(f"export.unit.{f.kind}"), "beside")
        if answer is not None and answer.origin != "default":
            self._text(3, self.texts.text(f"input.{answer.origin}"), "beside")
        allowed = {
            # The cell accepts the same values as the form.
            "validate": "decimal" if f.kind in ("units", "percent") else "integer",
            "criteria": "between",
            "minimum": f.low / 100 if is_percent else f.low,
            "maximum": f.high / 100 if is_percent else f.high,
            "error_title": self.texts.text("workbook.not_allowed"),
            "error_message": self.texts.text("workbook.not_allowed_more"),
        }
        self.sheet.data_validation(self.row, 1, self.row, 1, allowed)
        self.row += 1

    def _units(self) -> Ref | None:
        """The cell of the planned units, where the track counts any."""
        return self.inputs.get("persons" if self.track.unit == "personer" else "positions")

    # The rules

    def _write_figures(self, width: int) -> None:
        years = {id(track): year for year, track in reversed(self.tracks.items())}
        tracks = {id(track): track for track in self.tracks.values()}
        figures = [
            (track, key, figure)
            for track in tracks.values()
            for key, figure in track.figures()
            if key not in _SHOWN_ONLY
        ]
        if all(figure.value is None for _, _, figure in figures):
            return
        self._heading("workbook.figures", width)
        sources = known_sources(self.result)
        for track, key, figure in figures:
            label = self._figure_label(track, key)
            self._text(0, f"{years[id(track)]}: {label}" if len(tracks) > 1 else label)
            self._write_figure(track, key, figure)
            self._text(2, self.texts.text(f"workbook.unit.{figure.unit}"), "beside")
            source = sources[figure.source]
            self._text(3, f"{source.publisher}: {source.title}", "beside")
            self.row += 1

    def _write_figure(self, track: Track, key: str, figure: Figure) -> None:
        if figure.value is None:
            self._text(1, self.unknown)
            return
        kind = _FIGURE_KINDS.get(figure.unit, "kroner")
        value = figure.exact / 100 if kind == "percent" else figure.exact
        self.figures[id(track), key] = self._number(1, value, kind, "figure")

    def _figure_label(self, track: Track, key: str) -> str:
        part, _, rest = key.partition(".")
        if part == "caps":
            return self.texts.text("workbook.cap", kind=f"cap_{rest}")
        if part == "bands":
            most = track.bands[int(rest.partition(".")[0])].up_to
            if most is None:
                return self.texts.text("workbook.last_band")
            return self.texts.text("workbook.band", most=most)
        if part == "ladder":
            assert track.ladder is not None
            code = "ladder_kroner" if track.ladder.in_kroner else "ladder"
            number = str(int(rest.rpartition(".")[2]) + 1)
            return self.texts.text(f"workbook.{code}", number=number)
        return self.texts.text(f"workbook.{part}")

    def _figure(self, track: Track, key: str) -> Ref | None:
        return self.figures.get((id(track), key))

    def _caps(self, track: Track) -> list[Ref]:
        """The caps of a track whose caps are all known, with the cap of its population band."""
        caps = [self.figures[id(track), f"caps.{name}"] for name, _ in track.all_caps()]
        band = self.band.get(id(track))
        return caps if band is None else [*caps, band]

    # The parts of the award

    def _write_basis(self) -> None:
        self.base_cost = self._cost_per_year()
        if all(row.ended for row in self.result.plan) and not self.is_paid_first:
            return  # nothing more is paid, and nothing more is asked
        for track in {id(t): t for t in self.tracks.values()}.values():
            self.counted[id(track)] = self._counted(track)
            if full_rate_known(track):
                self.band[id(track)] = self._band(track)
            self.full[id(track)] = self._full_award(track)
        if self.is_paid_first:
            self.paid_first = self._sum_of_parts()

    def _cost_per_year(self) -> Ref | None:
        """The cost of the first shown year before rounding; None where no question asks for it."""
        if "yearly_cost" in self.inputs:
            return self.inputs["yearly_cost"]
        per = "cost_per_person" if self.track.unit == "personer" else "cost_per_position"
        per_unit, units, other = self.inputs.get(per), self._units(), self.inputs.get("other_costs")
        if per_unit is None or units is None:
            return None
        more = Fraction(0) if other is None else other.or_zero
        text = _plus(f"{per_unit}*{units}", other)
        made = self._when([per_unit, units], text, lambda: per_unit.known * units.known + more, "")
        return self._line("base_cost", made, "exact_kroner")

    def _counted(self, track: Track) -> Ref | None:
        """The planned units, at most the maximum; None where one of these is unknown."""
        units, most = self._units(), track.max_units
        if units is None or most is None:
            return units
        limit = self._figure(track, "max_units")
        if limit is None:
            return None
        kind = "persons" if track.unit == "personer" else "units"
        text = f"MIN({units},{limit})"
        made = self._when([units], text, lambda: min(units.known, limit.known))
        return self._line("counted", made, kind)

    def _band(self, track: Track) -> Ref | None:
        """The cap for a kommune with the number of inhabitants in the answer."""
        if not track.bands:
            return None
        people = self.inputs["population"]
        cells = [self.figures[id(track), f"bands.{n}.amount"] for n in range(len(track.bands))]
        text = str(cells[-1])
        for band, cell in reversed(list(zip(track.bands, cells, strict=True))[:-1]):
            text = f"IF({people}<={band.up_to},{cell},{text})"

        def work() -> Fraction:
            return cells[track.bands.index(track.band_of(int(people.known)))].known

        return self._line("this_band", self._when([people], text, work))

    def _full_award(self, track: Track) -> Ref | None:
        """The award of a year at full rate: by the rules, or by the award letter, which wins."""
        if track.ladder is not None and track.ladder.in_kroner:
            return None
        computed = self._computed(track) if full_rate_known(track) else None
        letter = self.inputs.get("full_award")
        if letter is None:
            return computed
        return self._line("full_award", self._or(letter, self._same(computed)))

    def _computed(self, track: Track) -> Ref | None:
        if track.on_request is not None:
            asked = self.inputs["requested_amount"]
            made = self._limited(track, [asked], str(asked), lambda: asked.known)
            return self._line("after_caps", made)
        rate = self.inputs["own_rate"] if track.own_rules else self.figures[id(track), "rate"]
        counted = self.counted[id(track)]
        assert counted is not None  # the form asks for units, and any maximum is known
        part = self._line(
            "rate_part",
            self._when(
                [rate, counted],
                _floor(f"{rate}*{counted}"),
                lambda: floor_kroner(rate.known * counted.known),
            ),
        )
        other = self._covered(track)
        more = Fraction(0) if other is None else other.or_zero
        made = self._limited(track, [part], _plus(str(part), other), lambda: part.known + more)
        return self._line("after_caps", made)

    def _covered(self, track: Track) -> Ref | None:
        """The cell of other costs, where the award may cover them."""
        rule = track.other_costs
        return self.inputs.get("other_costs") if rule is not None and rule.allowed else None

    def _limited(
        self, track: Track, needs: list[Ref | None], text: str, work: Callable[[], Fraction | int]
    ) -> _Formula:
        """A formula for an amount after all caps."""
        caps, own = self._caps(track), self.inputs.get("own_cap")
        limits = [str(cap) for cap in caps]
        typed = []
        if own is not None:
            limits.append(f"IF(ISNUMBER({own}),{own},{text})")
            typed = [own.value] if own.value is not None else []
        # Only the cap of a population band may be unknown: until the reader types the population.
        band = self.band.get(id(track))
        return self._when(
            needs if band is None else [*needs, band],
            _least(text, limits),
            lambda: min([work(), *(cap.known for cap in caps), *typed]),
        )

    # The ladder

    def _length(self) -> int:
        """How many grant years there are; 1 where there is no ladder."""
        if self.track.own_rules:
            return LADDER_YEARS
        return len(self.track.ladder.years) if self.track.ladder is not None else 1

    @property
    def _assumption(self) -> str:
        """The way in which the reader assumes unknown shares; empty without one."""
        given = self.answered.get("taper_assumption")
        return given.value if given is not None and isinstance(given.value, str) else ""

    def _share(self, track: Track, n: int, before: Ref | None) -> _Formula:
        """The share of grant year `n`. `before` is the cell of the year before, if there is one."""
        known = self._figure(track, f"ladder.years.{n - 1}")
        if known is not None:
            return self._same(known)
        assumed = self._assumed(track, n, before)
        typed = self.inputs.get(f"{SHARE_PREFIX}{n}")
        return assumed if typed is None else self._or(typed, assumed)

    def _assumed(self, track: Track, n: int, before: Ref | None) -> _Formula:
        if self._assumption not in ("even", "half"):
            return _Formula(_quoted(self.unknown), self.unknown)
        if n == 1:
            return _Formula("1", Fraction(1))
        if before is None:
            last = self._share(track, n - 1, None)
            text, share = f"({last.text})", last.number
        else:
            text, share = before.at, before.value
        assert share is not None  # an assumption fills every year before
        if self._assumption == "half":
            return _Formula(f"{text}/2", share / 2)
        left = self._length() - n + 1
        return _Formula(f"{text}*{left}/{left + 1}", share * Fraction(left, left + 1))

    def _share_note(self, track: Track, n: int) -> _Formula | None:
        """The origin of a share, where it is not the rules."""
        if self._figure(track, f"ladder.years.{n - 1}") is not None:
            return None
        assumes = self._assumption in ("even", "half")
        other = self._origin("assumption") if assumes else ""
        typed = self.inputs.get(f"{SHARE_PREFIX}{n}")
        mine = self._origin("assumption" if self._assumption == "own" else "reader")
        return self._typed_note(typed, mine, other)

    def _origin(self, origin: Origin) -> str:
        return self.texts.text(f"origin.{origin}")

    def _typed_note(self, typed: Ref | None, mine: str, other: str) -> _Formula | None:
        """A formula for the text `mine` while the cell `typed` has a number, else for `other`.

        Without a cell, only `other`, or None where that is empty.
        """
        if typed is None:
            return _Formula(_quoted(other), other) if other else None
        text = f"IF(ISNUMBER({typed}),{_quoted(mine)},{_quoted(other)})"
        return _Formula(text, other if typed.value is None else mine)

    def _ceiling(self, track: Track, n: int, share: Ref | None) -> _Formula:
        """The ceiling of grant year `n`."""
        if track.ladder is not None and track.ladder.in_kroner:
            return self._ceiling_in_kroner(track, n)
        full = self.full[id(track)]
        if share is None or full is None:
            return self._same(full)
        text = _floor(f"{full}*{share}")
        return self._when([full, share], text, lambda: floor_kroner(full.known * share.known))

    def _ceiling_in_kroner(self, track: Track, n: int) -> _Formula:
        typed = self._typed_award(track, n)
        if typed is not None:
            return self._same(typed)
        rate, counted = self._figure(track, f"ladder.years.{n - 1}"), self.counted[id(track)]
        if rate is None or counted is None or not full_rate_known(track):
            return self._same(None)
        other = self._covered(track)
        more = Fraction(0) if other is None else other.or_zero
        text = _plus(_floor(f"{rate}*{counted}"), other)
        return self._limited(
            track, [counted], text, lambda: floor_kroner(rate.known * counted.known) + more
        )

    def _typed_award(self, track: Track, n: int) -> Ref | None:
        """The cell of a year's award by the letter, where the rules don't give it."""
        figure = self._figure(track, f"ladder.years.{n - 1}")
        is_known = figure is not None and full_rate_known(track)
        return None if is_known else self.inputs.get(f"{AWARD_PREFIX}{n}")

    def _year_note(self, track: Track, n: int) -> _Formula | None:
        """The origin of the award of grant year `n`, where it is not the rules."""
        if track.ladder is not None and track.ladder.in_kroner:
            return self._typed_note(self._typed_award(track, n), self._origin("reader"), "")
        return self._share_note(track, n) if track.ladder is not None or track.own_rules else None

    def _sum_of_parts(self) -> Ref:
        """The sum that is paid in the first year: a part for each year of the ladder."""
        ladder = self.track.ladder
        if ladder is None:
            return self._line("paid_first_year", self._ceiling(self.track, 1, None))
        parts: list[Ref] = []
        share: Ref | None = None
        for n in range(1, self._length() + 1):
            if not ladder.in_kroner:
                made = self._share(self.track, n, share)
                share = self._line("part_share", made, "percent", number=str(n))
            made = self._ceiling(self.track, n, share)
            # Beside the part that it is about.
            self._note(3, self._year_note(self.track, n))
            parts.append(self._line("part", made, number=str(n)))
        area = ",".join(part.at for part in parts)
        total = self._when(parts, f"SUM({area})", lambda: sum(part.known for part in parts))
        return self._line("paid_first_year", total)

    # The plan

    def _columns(self) -> list[str]:
        """The columns of the plan, from left to right."""
        costs = self.base_cost is not None
        return [
            "year",
            "grant_year",
            *(["share"] if self.has_shares else []),
            *(["cost"] if costs else []),
            "ceiling",
            "award",
            *(["own_funding", "own_share"] if costs else []),
            *(["training"] if any(t.training is not None for t in self.tracks.values()) else []),
            "note",
        ]

    def _write_plan(self, width: int) -> None:
        self._heading("table.caption", width)
        self.columns = {name: column for column, name in enumerate(self._columns())}
        codes = {"own_share": "workbook.own_share", "note": "export.column.note"}
        self.sheet.set_row(self.row, HEAD_HEIGHT)
        for name, column in self.columns.items():
            is_text = name in ("year", "grant_year", "note")
            label = self.texts.text(codes.get(name, f"column.{name}"))
            looks = "note_head" if name == "note" else "head" if is_text else "number_head"
            self._text(column, label, looks)
        self.row += 1
        first = self.row
        before: tuple[Track, Ref | None] | None = None
        for row in self.result.plan:
            track = self.tracks[row.year]
            share = None if before is None or before[0] is not track else before[1]
            before = track, self._write_year(row, track, share)
            self.row += 1
        if len(self.result.plan) > 1:
            self._write_sums(first)
        self.row += 1
        self._write_after()

    def _write_year(self, row: Row, track: Track, before: Ref | None) -> Ref | None:
        """Write a year; gives the cell of its share, for the year after."""
        self.sheet.write_number(self.row, 0, row.year, self.formats.text("year"))
        self._write_place(row)
        cost = self._write_cost(row)
        share, top = self._write_ceiling(row, track, before)
        award = self._formula(self.columns["award"], self._award(row, top, cost), "kroner", "bold")
        if cost is not None:
            self._write_own(cost, award)
        self._write_training(row, track, award)
        return share

    def _write_place(self, row: Row) -> None:
        """Write the step of the ladder that a year is on, also where a sum paid at once is used."""
        said, used = place(row, self.texts), self.inputs.get("use_years")
        if not self.is_paid_first or used is None or row.grant_year == 0:
            self._text(1, said)
            return
        number = self.texts.text("grant_year.number", number=str(row.grant_year))
        ended = self.texts.text("grant_year.ended")
        length = f"IF(ISNUMBER({used}),{used},{self._length()})"
        text = f"IF({row.grant_year}>{length},{_quoted(ended)},{_quoted(number)})"
        self._note(1, _Formula(text, said))

    def _write_cost(self, row: Row) -> Ref | None:
        if self.base_cost is None or row.grant_year == 0:
            return None
        return self._formula(self.columns["cost"], self._grown(self.base_cost, row.year), "kroner")

    def _grown(self, base: Ref, year: int) -> _Formula:
        """The cost of a year: grown each year since the first, to the nearest krone."""
        years = year - self.result.plan[0].year
        growth = self.inputs.get("cost_growth")
        text, factor = str(base), Fraction(1)
        if growth is not None and years:
            text = f"{base}*(1+N({growth}))^{years}"
            factor = (1 + growth.or_zero) ** years
        text = f"ROUND(ROUND({text},6),0)"
        return self._when([base], text, lambda: nearest_kroner(base.known * factor), "")

    def _write_ceiling(
        self, row: Row, track: Track, before: Ref | None
    ) -> tuple[Ref | None, Ref | None]:
        """Write share, ceiling and note; gives the cells of the first two."""
        n, column = row.grant_year, self.columns["ceiling"]
        if n == 0:
            cap = self._figure(track, "pre_project")
            if cap is None:
                self._note(self.columns["note"], self._pre_project_note())
                return None, None
            return None, self._formula(column, self._same(cap), "kroner")
        if self.paid_first is not None and n == 1:
            return None, self._formula(column, self._same(self.paid_first), "kroner")
        if self.paid_first is not None or row.ended:
            return None, self._number(column, Fraction(0), "kroner")
        share: Ref | None = None
        if self.has_shares:
            made = self._share(track, n, before)
            share = self._formula(self.columns["share"], made, "percent")
        self._note(self.columns["note"], self._year_note(track, n))
        return share, self._formula(column, self._ceiling(track, n, share), "kroner")

    def _pre_project_note(self) -> _Formula | None:
        return self._typed_note(self.inputs["pre_project_amount"], self._origin("reader"), "")

    def _award(self, row: Row, ceiling: Ref | None, cost: Ref | None) -> _Formula:
        if row.grant_year == 0:
            asked = self.inputs["pre_project_amount"]
            if ceiling is None:
                return self._same(asked)
            text = f"MIN({asked},{ceiling})"
            return self._when([asked], text, lambda: min(asked.known, ceiling.known))
        assert ceiling is not None  # only a pre-project may have none
        if cost is None:
            return self._same(ceiling)
        text = f"IF(ISNUMBER({cost}),MIN({ceiling},{cost}),{ceiling})"
        limit = [] if cost.value is None else [cost.value]
        return self._when([ceiling], text, lambda: min([ceiling.known, *limit]))

    def _write_own(self, cost: Ref, award: Ref) -> None:
        """Own funding, and its share of the cost."""
        text = f"{cost}-{award}"
        made = self._when([cost, award], text, lambda: cost.known - award.known, "")
        own = self._formula(self.columns["own_funding"], made, "kroner")
        is_share = own.value is not None and bool(cost.value)
        share: Fraction | str = own.known / cost.known if is_share else ""
        text = f'IF(COUNT({own})=1,IF({cost}>0,{own}/{cost},""),"")'
        self._formula(self.columns["own_share"], _Formula(text, share), "percent")

    def _write_training(self, row: Row, track: Track, award: Ref) -> None:
        """The cell with the part of the award that is meant for training."""
        rate, counted = self._figure(track, "training.per_unit"), self.counted.get(id(track))
        is_over = row.ended and self.paid_first is None
        if rate is None or counted is None or row.grant_year == 0 or is_over:
            return
        text = f"MIN({award},{_floor(f'{rate}*{counted}')})"
        made = self._when(
            [award, counted],
            text,
            lambda: min(award.known, Fraction(floor_kroner(rate.known * counted.known))),
            "",
        )
        self._formula(self.columns["training"], made, "kroner")

    def _write_sums(self, first: int) -> None:
        for name, column in self.columns.items():
            label = self.texts.text("table.sum") if name == "year" else ""
            self._text(column, label, "sum")
        totals = {name: self.result.total(name) for name in ("cost", "award", "own_funding")}
        for name, total in totals.items():
            if name not in self.columns:
                continue
            # A pre-project has no planned cost, so it counts only in the sum of awards.
            has_pre_project = self.result.plan[0].grant_year == 0
            start = first + 1 if has_pre_project and name != "award" else first
            column = self.columns[name]
            area = f"{self._at(column, start)}:{self._at(column, self.row - 1)}"
            said = self.texts.text("cell.incomplete") if name == "award" else ""
            text = f"IF(COUNT({area})=ROWS({area}),SUM({area}),{_quoted(said)})"
            value: Fraction | str = said if total is None else Fraction(total)
            self._formula(column, _Formula(text, value), "kroner", "sum")

    def _write_after(self) -> None:
        """The first year without an award, which the kommune pays alone."""
        after = self.result.after_ladder
        if after is not None and self.base_cost is not None:
            self._text(0, self.texts.text("export.after_ladder", year=str(after.year)))
            self._formula(1, self._grown(self.base_cost, after.year), "kroner")


def _cached(value: Fraction | str) -> int | float | str:
    """The value of a formula for the file, which holds whole or binary numbers only."""
    if isinstance(value, str):
        return value
    return value.numerator if value.denominator == 1 else float(value)

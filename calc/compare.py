"""Two sets of answers to the same scheme, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from calc.messages import MINUS, Catalogue, escape, kroner
from calc.report import field_label, input_shown, problem_list, summary
from calc.result import Input, Result, Row, Status

# The columns that are compared for each year.
_MEASURES = ("award", "own_funding")


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """A named set of answers with its result."""

    name: str
    result: Result

    def row(self, year: int) -> Row | None:
        """The row of the plan for a calendar year; None without one."""
        return next((row for row in self.result.plan if row.year == year), None)

    @property
    def years(self) -> list[int]:
        """The calendar years of the plan."""
        return [row.year for row in self.result.plan]


def status(pair: Sequence[Alternative]) -> Status:
    """The status of a comparison: the reason that there is none, or the less complete status."""
    statuses = [a.result.status for a in pair]
    without_plan = [a.result.status for a in pair if not a.result.plan]
    if "invalid" in statuses:
        return "invalid"
    if without_plan:
        return without_plan[0]
    return "needs_input" if "needs_input" in statuses else "estimate"


def comparison(pair: tuple[Alternative, Alternative], texts: Catalogue) -> str:
    """The comparison as one HTML section; headings start at level 3.

    Where an alternative has no plan, the section gives only the reason. A difference is shown only
    where both amounts are known, since a missing amount is never counted as zero.
    """
    said = escape(in_short(pair, texts))
    parts = [f'<p class="comparison-summary">{said}</p>']
    obstacles = [a for a in pair if not a.result.plan]
    if obstacles:
        parts += [_obstacle(a, texts) for a in obstacles]
    else:
        parts += [_missing(a, texts) for a in pair if a.result.missing]
        parts.append(_table(pair, texts))
        direction = texts.html("compare.direction", a=pair[0].name, b=pair[1].name)
        parts.append(f'<p class="result-note">{direction}</p>')
        if not _same_years(pair):
            parts.append(f'<p class="result-note">{texts.html("compare.other_years")}</p>')
        parts.append(_answers(pair, texts))
        parts.append(f'<p class="result-note">{texts.html("caveat.letter")}</p>')
    return f'<section class="comparison" data-status="{status(pair)}">{"".join(parts)}</section>'


def in_short(pair: tuple[Alternative, Alternative], texts: Catalogue) -> str:
    """The difference in a plain sentence or two, which a screen reader announces too."""
    obstacles = [a.name for a in pair if not a.result.plan]
    if obstacles:
        return " ".join(texts.text("compare.obstacle", name=name) for name in obstacles)
    incomplete = [a.name for a in pair if a.result.total("award") is None]
    if incomplete:
        return " ".join(texts.text("compare.incomplete", name=name) for name in incomplete)
    a, b = pair
    ours, theirs = a.result.total("award"), b.result.total("award")
    assert ours is not None
    assert theirs is not None
    said = texts.text("compare.totals", a=a.name, b=b.name, total_a=ours, total_b=theirs)
    if not _same_years(pair):
        return said
    if ours == theirs:
        return f"{said} {texts.text('compare.equal')}"
    more = a.name if ours > theirs else b.name
    return f"{said} {texts.text('compare.more', name=more, amount=abs(ours - theirs))}"


def _same_years(pair: tuple[Alternative, Alternative]) -> bool:
    return pair[0].years == pair[1].years


def _obstacle(alternative: Alternative, texts: Catalogue) -> str:
    result = alternative.result
    problems = problem_list(result, texts) if result.problems else ""
    return (
        f'<div class="comparison-obstacle"><h3>{escape(alternative.name)}</h3>'
        f"<p>{escape(summary(result, texts))}</p>{problems}</div>"
    )


def _missing(alternative: Alternative, texts: Catalogue) -> str:
    fields = {f.name: f for f in alternative.result.fields}
    names = [
        texts.text(f"missing.{fields[n].label}", number=str(fields[n].number or ""))
        for n in alternative.result.missing
    ]
    said = texts.html("compare.missing", name=alternative.name, answers="; ".join(names))
    return f'<p class="result-missing">{said}</p>'


# The plans, side by side


def _table(pair: tuple[Alternative, Alternative], texts: Catalogue) -> str:
    shown = [
        m for m in _MEASURES if any(getattr(r, m) is not None for a in pair for r in a.result.plan)
    ] or ["award"]
    groups = "".join(
        f'<th scope="colgroup" colspan="3">{texts.html(f"column.{m}")}</th>' for m in shown
    )
    names = [*(escape(a.name) for a in pair), texts.html("compare.difference")]
    heads = "".join(f'<th scope="col" class="number">{name}</th>' for name in names) * len(shown)
    columns = "<colgroup></colgroup>" + '<colgroup span="3"></colgroup>' * len(shown)
    caption = texts.html("compare.caption", a=pair[0].name, b=pair[1].name)
    years = sorted({year for a in pair for year in a.years})
    body = "".join(_year(year, pair, shown, texts) for year in years)
    return (
        f'<div class="table-scroll" role="group" tabindex="0" aria-label="{caption}">'
        f'<table class="result-table comparison-table"><caption>{caption}</caption>'
        f'{columns}<thead><tr><th scope="col" rowspan="2">'
        f"{texts.html('column.year')}</th>{groups}</tr><tr>{heads}</tr></thead>"
        f"<tbody>{body}</tbody>{_sums(pair, shown, texts)}</table></div>"
    )


def _year(
    year: int, pair: tuple[Alternative, Alternative], shown: Sequence[str], texts: Catalogue
) -> str:
    rows = [a.row(year) for a in pair]
    cells = []
    for measure in shown:
        values = [None if row is None else getattr(row, measure) for row in rows]
        for row, value in zip(rows, values, strict=True):
            code = "compare.outside" if row is None else _absent(row, measure)
            cells.append(_cell(measure, value, code, texts))
        cells.append(_difference(measure, values, texts))
    return f'<tr data-year="{year}"><th scope="row">{year}</th>{"".join(cells)}</tr>'


def _absent(row: Row, measure: str) -> str:
    """The code of the message in place of an amount: an unknown award, or an empty cell."""
    return "cell.unknown" if measure == "award" and row.award is None else "cell.empty"


def _sums(pair: tuple[Alternative, Alternative], shown: Sequence[str], texts: Catalogue) -> str:
    cells = []
    for measure in shown:
        values = [_total(a.result, measure) for a in pair]
        code = "cell.incomplete" if measure == "award" else "cell.empty"
        cells += [_cell(measure, value, code, texts, attribute="total") for value in values]
        # Sums of different years can't be compared.
        compared = values if _same_years(pair) else [None, None]
        cells.append(_difference(measure, compared, texts))
    label = texts.html("table.sum")
    return f'<tfoot><tr><th scope="row">{label}</th>{"".join(cells)}</tr></tfoot>'


def _total(result: Result, measure: str) -> int | None:
    return result.total("award" if measure == "award" else "own_funding")


def _cell(
    measure: str, value: int | None, absent: str, texts: Catalogue, attribute: str = "value"
) -> str:
    if value is None:
        return f'<td class="number" data-field="{measure}">{texts.html(absent)}</td>'
    return (
        f'<td class="number" data-field="{measure}" data-{attribute}="{value}">'
        f"{escape(kroner(value))}</td>"
    )


def _difference(measure: str, values: Sequence[int | None], texts: Catalogue) -> str:
    """The second figure minus the first, with its sign."""
    first, second = values
    head = f'<td class="number difference" data-field="{measure}_difference"'
    if first is None or second is None:
        return f"{head}>{texts.html('cell.empty')}</td>"
    by = second - first
    sign = "+" if by > 0 else MINUS if by < 0 else ""
    return f'{head} data-value="{by}">{sign}{escape(kroner(abs(by)))}</td>'


# The answers that differ


def _answers(pair: tuple[Alternative, Alternative], texts: Catalogue) -> str:
    heading = f"<h3>{texts.html('compare.answers')}</h3>"
    given = [{i.field.name: i for i in a.result.inputs} for a in pair]
    order: dict[str, Input] = {}
    for inputs in given:
        order |= inputs
    rows = []
    for name, any_input in sorted(order.items(), key=lambda item: item[1].field.order):
        shown = [_shown(i.get(name), a, texts) for i, a in zip(given, pair, strict=True)]
        if shown[0] == shown[1]:
            continue
        label = escape(field_label(any_input.field.label, any_input.field.number, texts))
        cells = "".join(f"<td>{value}</td>" for value in shown)
        rows.append(f'<tr data-answer="{name}"><th scope="row">{label}</th>{cells}</tr>')
    if not rows:
        return f"{heading}<p>{texts.html('compare.same_answers')}</p>"
    names = "".join(f'<th scope="col">{escape(a.name)}</th>' for a in pair)
    caption = texts.html("compare.answers_caption")
    return (
        f'{heading}<div class="table-scroll" role="group" tabindex="0" aria-label="{caption}">'
        f'<table class="result-table comparison-answers"><caption>{caption}</caption><thead><tr>'
        f'<th scope="col">{texts.html("export.answer")}</th>{names}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _shown(given: Input | None, alternative: Alternative, texts: Catalogue) -> str:
    if given is None or given.value is None:
        return texts.html("compare.not_answered")
    return input_shown(given, alternative.result, texts)

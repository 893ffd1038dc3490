"""The HTML of a result: the same string at the build and in the reader's browser.

All texts from rules and readers are escaped here, so a page uses the string as it is. The wording
comes from the catalogue.
"""

import re
from fractions import Fraction

from calc.answers import Field, Problem
from calc.chart import chart
from calc.messages import MINUS, NBSP, Catalogue, decimal, escape, kroner, percent
from calc.money import nearest_kroner
from calc.result import Input, Result, Row, Step
from calc.rules import Source

_AMOUNT = re.compile(f"{MINUS}?[0-9][0-9{NBSP}]*{NBSP}kr")
CAVEATS = ("letter", "ceiling", "rounding", "part_year")
# The columns that a budget needs come first: on a phone, the others are off the screen.
COLUMNS = ("award", "own_funding", "cost", "share", "ceiling", "training")


def render(result: Result, texts: Catalogue, *, with_inputs: bool = True) -> str:
    """The whole result as one HTML section; headings start at level 3.

    The sums, the missing answers, the years and the warnings stand open. The explanation, the
    answers and the sources can be unfolded. `with_inputs` adds the list of answers, for a place
    without the form beside it.
    """
    parts = [f'<p class="result-summary">{_emphasised(summary(result, texts))}</p>']
    if result.status == "invalid":
        parts.append(problem_list(result, texts))
    if result.missing:
        parts.append(_missing(result, texts))
    if result.plan:
        parts += [_table(result, texts), _after_ladder(result, texts), chart(result, texts)]
        parts.append(_caveats(texts))
    if result.steps:
        parts.append(_steps(result, texts))
    if result.inputs and with_inputs:
        parts.append(_inputs(result, texts))
    parts.append(_sources(result, texts))
    return f'<section class="result" data-status="{result.status}">{"".join(parts)}</section>'


def summary(result: Result, texts: Catalogue) -> str:
    """The result in a few plain sentences, which a screen reader announces too."""
    total = result.total("award")
    if result.status == "estimate" and total is not None:
        paid = [row for row in result.plan if not row.ended]
        if not paid:
            return texts.text("summary.ended")
        first, last = paid[0].year, paid[-1].year
        values = {"total": total, "first": str(first), "last": str(last)}
        if first == last:
            said = texts.text("summary.one_year", **values)
        else:
            said = texts.text("summary.estimate", **values)
            said += f" {_first_year(paid[0], texts)}"
        own = result.total("own_funding")
        if own is not None:
            said += f" {texts.text('summary.own_funding', amount=own)}"
        if result.assumption is not None:
            said += f" {texts.text('summary.assumption')}"
        return said
    if result.status == "needs_input":
        known = [r.award for r in result.plan if r.award is not None and not r.ended]
        if known:
            return texts.text("summary.partial", total=sum(known), years=len(known))
    return texts.text(f"summary.{result.status}")


def _first_year(row: Row, texts: Catalogue) -> str:
    """The award of the first year of the plan, which the next budget needs, as HTML."""
    assert row.award is not None  # the sum is known, so the award of each year is
    return texts.text("summary.first_year", year=str(row.year), award=row.award)


def _emphasised(said: str) -> str:
    """A sentence as HTML with its amounts in kroner emphasised."""
    return _AMOUNT.sub(r"<strong>\g<0></strong>", escape(said))


def field_label(name: str, number: int | None, texts: Catalogue) -> str:
    """The question of a field as plain text; `number` is N of `share_year_N`."""
    return texts.text(f"field.{name}.label", number=str(number or ""))


def problem_list(result: Result, texts: Catalogue) -> str:
    """The problems of the answers, field by field, as HTML."""
    names = {f.name: f for f in result.fields}
    items = []
    for problem in result.problems:
        f = names.get(problem.field)
        label = problem.field if f is None else field_label(f.label, f.number, texts)
        message = problem_text(problem, f, texts)
        items.append(f"<li><strong>{escape(label)}:</strong> {escape(message)}</li>")
    return f'<ul class="result-problems">{"".join(items)}</ul>'


def problem_text(problem: Problem, f: Field | None, texts: Catalogue) -> str:
    """The mistake in an answer, and the allowed values, as plain text.

    `f` is the field of the answer; None where the form does not show that field.
    """
    if f is None:
        return texts.text(f"problem.{problem.code}")
    as_kroner = f.kind == "kroner"
    bounds = {
        name: kroner(bound) if as_kroner else str(bound) if f.kind == "year" else decimal(bound)
        for name, bound in (("low", f.low), ("high", f.high))
    }
    said = texts.text(f"problem.{problem.code}", **bounds)
    if problem.code in ("not_a_number", "ambiguous", "not_whole"):
        return f"{said} {texts.text(f'allowed.{f.kind}', **bounds)}"
    return said


def _missing(result: Result, texts: Catalogue) -> str:
    fields = {f.name: f for f in result.fields}
    items = "".join(
        f"<li>{texts.html(f'missing.{fields[name].label}', number=str(fields[name].number or ''))}"
        "</li>"
        for name in result.missing
    )
    return f'<div class="result-missing"><p>{texts.html("missing.lead")}</p><ul>{items}</ul></div>'


def _table(result: Result, texts: Catalogue) -> str:
    shown = [c for c in COLUMNS if is_shown(c, result)]
    head = "".join(
        f'<th scope="col" class="number">{texts.html(f"column.{c}")}</th>' for c in shown
    )
    body = "".join(_row(row, shown, texts) for row in result.plan)
    caption = texts.html("table.caption")
    return (
        f'<div class="table-scroll" role="group" tabindex="0" aria-label="{caption}">'
        f'<table class="result-table"><caption>{caption}</caption>'
        f'<thead><tr><th scope="col">{texts.html("column.year")}</th>'
        f'<th scope="col">{texts.html("column.grant_year")}</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody>{_sums(result, shown, texts)}</table></div>"
    )


def is_shown(column: str, result: Result) -> bool:
    """Whether a column is shown.

    The award always is; `share` where the track has shares; `ceiling` where the cost is; any other
    column where a row has a value.
    """
    if column == "share":
        return result.track is not None and result.track.has_shares
    if column == "ceiling":
        return is_shown("cost", result)
    return column == "award" or any(getattr(row, column) is not None for row in result.plan)


def _row(row: Row, shown: list[str], texts: Catalogue) -> str:
    cells = "".join(_cell(row, column, texts) for column in shown)
    return (
        f'<tr data-year="{row.year}" data-grant-year="{row.grant_year}">'
        f'<th scope="row">{row.year}</th><td>{escape(place(row, texts))}</td>{cells}</tr>'
    )


def place(row: Row, texts: Catalogue) -> str:
    """The step of the ladder that a year is on, as plain text."""
    if row.ended:
        return texts.text("grant_year.ended")
    if row.grant_year == 0:
        return texts.text("grant_year.pre_project")
    return texts.text("grant_year.number", number=str(row.grant_year))


def _cell(row: Row, column: str, texts: Catalogue) -> str:
    value = getattr(row, column)
    if value is None:
        # A pre-project has no share and no planned cost; elsewhere a value is missing.
        empty = row.grant_year == 0 or row.ended or column in ("training", "own_funding")
        code = "cell.empty" if empty else "cell.unknown"
        return f'<td class="number" data-field="{column}">{texts.html(code)}</td>'
    if column == "share":
        value *= 100
        said = escape(percent(value))
        data = decimal(value).replace(",", ".")
        said += _origin(row, texts)
    else:
        said, data = escape(kroner(value)), str(value)
        if column == "own_funding":
            said += _own_funding_more(row, texts)
        elif column == "award" and row.share is None:
            said += _origin(row, texts)
    return f'<td class="number" data-field="{column}" data-value="{data}">{said}</td>'


def _origin(row: Row, texts: Catalogue) -> str:
    """A mark on a figure that does not come from the rules."""
    if row.origin == "rules":
        return ""
    mark = texts.html(f"origin.{row.origin}")
    return f' <span class="origin origin-{row.origin}">{mark}</span>'


def _own_funding_more(row: Row, texts: Catalogue) -> str:
    """Own funding in per cent of the cost, and per årsverk or person."""
    more = [] if row.own_share is None else [percent(row.own_share * 100)]
    if row.own_per_unit is not None and row.own_funding:
        more.append(f"{kroner(nearest_kroner(row.own_per_unit))} {texts.text(f'per_{row.unit}')}")
    return f' <span class="cell-more">{escape(", ".join(more))}</span>' if more else ""


def _sums(result: Result, shown: list[str], texts: Catalogue) -> str:
    if len(result.plan) < 2:
        return ""
    totals = {
        "cost": result.total("cost"),
        "award": result.total("award"),
        "own_funding": result.total("own_funding"),
    }
    cells = []
    for column in shown:
        total = totals.get(column)
        if total is None:
            code = "cell.incomplete" if column == "award" else "cell.empty"
            cells.append(f'<td class="number">{texts.html(code)}</td>')
        else:
            cells.append(f'<td class="number" data-total="{column}">{escape(kroner(total))}</td>')
    label = texts.html("table.sum")
    return f'<tfoot><tr><th scope="row" colspan="2">{label}</th>{"".join(cells)}</tr></tfoot>'


def _after_ladder(result: Result, texts: Catalogue) -> str:
    after = result.after_ladder
    if after is None:
        return ""
    year = str(after.year)
    if after.cost is None:
        said = texts.html("after_ladder.unknown", year=year)
    else:
        said = texts.html("after_ladder.known", year=year, cost=after.cost)
    return f'<p class="result-after">{said}</p>'


def _inputs(result: Result, texts: Catalogue) -> str:
    items = "".join(
        f"<div><dt>{escape(field_label(i.field.label, i.field.number, texts))}</dt>"
        f"<dd>{input_shown(i, result, texts)}"
        f' <span class="input-{i.origin}">{texts.html(f"input.{i.origin}")}</span></dd></div>'
        for i in result.inputs
    )
    heading = texts.html("input.heading", number=str(len(result.inputs)))
    return _folded("inputs", heading, f'<dl class="result-inputs">{items}</dl>')


def _folded(name: str, heading: str, content: str) -> str:
    """A part that the reader unfolds, with a heading that screen readers can jump to.

    By `data-fold`, the page's script finds the same part in a new result and leaves it open.
    """
    return (
        f'<details class="ds-details result-fold" data-fold="{name}">'
        f"<summary><h3>{heading}</h3></summary><div>{content}</div></details>"
    )


def input_shown(given: Input, result: Result, texts: Catalogue) -> str:
    """An answer with its unit as HTML."""
    if given.value is None:
        return texts.html("cell.empty")
    if given.field.name == "track":
        return texts.mark(result.scheme.track_names()[str(given.value)])
    if isinstance(given.value, str):
        return texts.html(f"option.{given.field.name}.{given.value}")
    return escape(answer_shown(given.field, given.value, texts))


def answer_shown(field: Field, value: Fraction, texts: Catalogue) -> str:
    """The number of an answer with its unit: `6,5 årsverk`, `1 200 000 kr`, `70 %`, `2025`."""
    if field.kind == "kroner":
        return kroner(int(value))
    if field.kind == "percent":
        return percent(value)
    if field.kind == "year":
        return str(value)
    unit = {"units": "unit_positions", "persons": "unit_persons"}.get(field.kind)
    number = decimal(value)
    return number if unit is None else f"{number}{NBSP}{texts.text(unit)}"


def _steps(result: Result, texts: Catalogue) -> str:
    sources = known_sources(result)
    items = "".join(_step(step, sources, texts) for step in result.steps)
    steps = f'<ol class="steps">{items}</ol>'
    if not result.plan:
        # Then the reason that there is no plan is the whole answer.
        return f"<h3>{texts.html('steps.heading')}</h3>{steps}"
    return _folded("steps", texts.html("steps.counted", number=str(len(result.steps))), steps)


def _step(step: Step, sources: dict[str, Source], texts: Catalogue) -> str:
    parts = [texts.html(f"step.{step.code}", **step.values)]
    if step.note is not None:
        parts.append(f'<p class="step-note">{texts.mark(step.note)}</p>')
    if step.reading is not None:
        label = texts.html("step.reading_label")
        parts.append(f'<p class="reading"><strong>{label}</strong> {texts.mark(step.reading)}</p>')
    if step.source is not None:
        source = _short_source(sources[step.source])
        parts.append(f'<p class="step-source">{texts.html("step.source_label")} {source}</p>')
    return f'<li class="step" data-step="{step.code}">{"".join(parts)}</li>'


def known_sources(result: Result) -> dict[str, Source]:
    """The sources of every rule year by key; of one key, the source of the year that holds."""
    sources: dict[str, Source] = {}
    for rules in result.scheme.rules:
        sources |= rules.sources
    return sources if result.rules is None else {**sources, **result.rules.sources}


def _short_source(source: Source) -> str:
    """Publisher and year, as a link where the source has an address."""
    name = escape(source.publisher)
    if source.published is not None:
        name += f" ({source.published.year})"
    return name if source.url is None else f'<a href="{escape(source.url)}">{name}</a>'


def _sources(result: Result, texts: Catalogue) -> str:
    sources = used_sources(result)
    if not sources:
        return ""
    items = "".join(f"<li>{_full_source(source)}</li>" for source in sources)
    heading = texts.html("sources.counted", number=str(len(sources)))
    return _folded("sources", heading, f'<ul class="result-sources">{items}</ul>')


def used_sources(result: Result) -> list[Source]:
    """The sources of all steps, each once."""
    sources = known_sources(result)
    keys = dict.fromkeys(step.source for step in result.steps if step.source is not None)
    return [sources[key] for key in keys]


def _full_source(source: Source) -> str:
    title = escape(source.title)
    linked = title if source.url is None else f'<a href="{escape(source.url)}">{title}</a>'
    return f"{linked}. {escape(source.publisher)}."


def _caveats(texts: Catalogue) -> str:
    items = "".join(f"<li>{texts.html(f'caveat.{code}')}</li>" for code in CAVEATS)
    return f'<h3>{texts.html("caveat.heading")}</h3><ul class="caveats">{items}</ul>'

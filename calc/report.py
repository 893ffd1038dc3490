"""The HTML of a result: the same string at the build and in the reader's browser.

Everything that comes from rules or readers is escaped here; whoever puts the string into a page
does nothing else with it. Wording comes from the catalogue.
"""

from calc.messages import Catalogue, decimal, escape, kroner, percent
from calc.plan import Result, Row, Step
from calc.rules import Source

_COLUMNS = ("share", "cost", "ceiling", "award", "own_funding", "training")


def render(result: Result, texts: Catalogue) -> str:
    """The whole result as one HTML section; headings start at level 3."""
    parts = [f'<p class="result-summary">{escape(summary(result, texts))}</p>']
    if result.status == "invalid":
        parts.append(_problems(result, texts))
    if result.missing:
        parts.append(_missing(result, texts))
    if result.plan:
        parts.append(_table(result, texts))
    if result.steps:
        parts.append(_steps(result, texts))
    if result.plan:
        parts.append(_caveats(texts))
    if result.rules is not None:
        parts.append(_sources(result, texts))
    return f'<section class="result" data-status="{result.status}">{"".join(parts)}</section>'


def summary(result: Result, texts: Catalogue) -> str:
    """The answer in one or two plain sentences; also what a screen reader is told."""
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
        own = result.total("own_funding")
        return said if own is None else f"{said} {texts.text('summary.own_funding', amount=own)}"
    if result.status == "needs_input":
        known = [r.award for r in result.plan if r.award is not None and not r.ended]
        if known:
            return texts.text("summary.partial", total=sum(known), years=len(known))
    return texts.text(f"summary.{result.status}")


def field_label(name: str, number: int | None, texts: Catalogue) -> str:
    """The question of a field as plain text; `number` is N of `share_year_N`."""
    return texts.text(f"field.{name}.label", number=str(number or ""))


def _problems(result: Result, texts: Catalogue) -> str:
    names = {f.name: f for f in result.fields}
    items = []
    for problem in result.problems:
        f = names.get(problem.field)
        label = problem.field if f is None else field_label(f.label, f.number, texts)
        message = problem_text(result, problem.field, texts)
        items.append(f"<li><strong>{escape(label)}:</strong> {escape(message)}</li>")
    return f'<ul class="result-problems">{"".join(items)}</ul>'


def problem_text(result: Result, field: str, texts: Catalogue) -> str:
    """What is wrong with the answer to a field and what is allowed, as plain text."""
    problem = next(p for p in result.problems if p.field == field)
    f = next((f for f in result.fields if f.name == field), None)
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
    shown = [c for c in _COLUMNS if _is_shown(c, result)]
    head = "".join(
        f'<th scope="col" class="number">{texts.html(f"column.{c}")}</th>' for c in shown
    )
    body = "".join(_row(row, shown, texts) for row in result.plan)
    caption = texts.html("table.caption")
    return (
        f'<div class="table-scroll" role="region" tabindex="0" aria-label="{caption}">'
        f'<table class="result-table"><caption>{caption}</caption>'
        f'<thead><tr><th scope="col">{texts.html("column.year")}</th>'
        f'<th scope="col">{texts.html("column.grant_year")}</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody>{_sums(result, shown, texts)}</table></div>"
    )


def _is_shown(column: str, result: Result) -> bool:
    """Whether a column says anything here: the award always does."""
    if column == "share":
        return result.track is not None and result.track.ladder is not None
    if column == "ceiling":
        return _is_shown("cost", result)
    return column == "award" or any(getattr(row, column) is not None for row in result.plan)


def _row(row: Row, shown: list[str], texts: Catalogue) -> str:
    if row.ended:
        place = texts.html("grant_year.ended")
    elif row.grant_year == 0:
        place = texts.html("grant_year.pre_project")
    else:
        place = texts.html("grant_year.number", number=str(row.grant_year))
    cells = "".join(_cell(row, column, texts) for column in shown)
    return (
        f'<tr data-year="{row.year}" data-grant-year="{row.grant_year}">'
        f'<th scope="row">{row.year}</th><td>{place}</td>{cells}</tr>'
    )


def _cell(row: Row, column: str, texts: Catalogue) -> str:
    value = getattr(row, column)
    if value is None:
        # A pre-project has no share or planned cost; elsewhere an empty cell is something missing.
        empty = row.grant_year == 0 or row.ended or column in ("training", "own_funding")
        code = "cell.empty" if empty else "cell.unknown"
        return f'<td class="number" data-field="{column}">{texts.html(code)}</td>'
    if column == "share":
        value *= 100
        said = escape(percent(value))
        data = decimal(value).replace(",", ".")
        if row.share_is_readers:
            origin = texts.html("origin.reader")
            said += f' <span class="origin origin-reader">{origin}</span>'
    else:
        said, data = escape(kroner(value)), str(value)
    return f'<td class="number" data-field="{column}" data-value="{data}">{said}</td>'


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


def _steps(result: Result, texts: Catalogue) -> str:
    sources = result.rules.sources if result.rules is not None else {}
    items = "".join(_step(step, sources, texts) for step in result.steps)
    return f'<h3>{texts.html("steps.heading")}</h3><ol class="steps">{items}</ol>'


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


def _short_source(source: Source) -> str:
    """Publisher and year, as a link where the source has an address."""
    name = escape(source.publisher)
    if source.published is not None:
        name += f" ({source.published.year})"
    return name if source.url is None else f'<a href="{escape(source.url)}">{name}</a>'


def _sources(result: Result, texts: Catalogue) -> str:
    """The sources of the steps taken, in full, each once."""
    assert result.rules is not None
    keys = dict.fromkeys(step.source for step in result.steps if step.source is not None)
    if not keys:
        return ""
    items = "".join(f"<li>{_full_source(result.rules.sources[key])}</li>" for key in keys)
    return f'<h3>{texts.html("sources.heading")}</h3><ul class="result-sources">{items}</ul>'


def _full_source(source: Source) -> str:
    title = escape(source.title)
    linked = title if source.url is None else f'<a href="{escape(source.url)}">{title}</a>'
    return f"{linked}. {escape(source.publisher)}."


def _caveats(texts: Catalogue) -> str:
    items = "".join(
        f"<li>{texts.html(f'caveat.{code}')}</li>"
        for code in ("ceiling", "letter", "rounding", "part_year")
    )
    return f'<h3>{texts.html("caveat.heading")}</h3><ul class="caveats">{items}</ul>'

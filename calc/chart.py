"""The bar chart of a plan as SVG: a bar for each year, with own funding above the award.

Colours come from the page's style sheet by class. The chart can be read without them: own funding
is an open shape, an assumed award a dashed one. Coordinates are whole numbers, so that the build
and the browser make the same bytes.
"""

from calc.messages import Catalogue, escape, kroner, whole
from calc.result import Result, Row

# In units of the view box, which is as wide as the screen of a small phone.
_WIDTH, _HEIGHT = 360, 220
_TOP, _BOTTOM = 24, 40  # room for amounts above and years below
_GAP = 12


def chart(result: Result, texts: Catalogue) -> str:
    """The chart as an HTML figure with a legend; empty where no amount is known."""
    most = max((_height_of(row) for row in result.plan), default=0)
    if most == 0:
        return ""
    slot = _WIDTH // len(result.plan)
    bars = "".join(
        _bar(row, n * slot + _GAP // 2, slot - _GAP, most, texts)
        for n, row in enumerate(result.plan)
    )
    base = _HEIGHT - _BOTTOM
    alternative = escape(_in_words(result, texts))
    return (
        f'<figure class="chart"><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{alternative}">{bars}'
        f'<line class="chart-axis" x1="0" y1="{base}" x2="{_WIDTH}" y2="{base}"/></svg>'
        f"<figcaption>{texts.html('chart.caption')}{_legend(result, texts)}</figcaption></figure>"
    )


def _height_of(row: Row) -> int:
    """The amount (kroner) that a year's bar shows: the cost if it is known, else the award."""
    return max(row.award or 0, row.cost or 0)


def _bar(row: Row, x: int, width: int, most: int, texts: Catalogue) -> str:
    base, room = _HEIGHT - _BOTTOM, _HEIGHT - _BOTTOM - _TOP
    middle = x + width // 2
    parts = []
    if row.award is None:
        unknown = texts.html("cell.unknown")
        parts.append(
            f'<rect class="chart-unknown" x="{x}" y="{_TOP}" width="{width}" height="{room}"/>'
            f'<text class="chart-note" x="{middle}" y="{_TOP + room // 2}">{unknown}</text>'
        )
    else:
        # Even the smallest award is visible.
        award = max(row.award * room // most, 1) if row.award else 0
        kind = "assumed" if row.origin == "assumption" else "award"
        if award:
            parts.append(_rect(kind, x, base - award, width, award))
        own = row.own_funding
        if own:
            top = award + own * room // most
            parts.append(_rect("own", x, base - top, width, top - award))
        # The amount stands above the award's part; above the whole bar it would look like the sum.
        parts.append(
            f'<text class="chart-figure" x="{middle}" y="{base - award - 6}">'
            f"{whole(row.award)}</text>"
        )
    place = _place(row, texts)
    parts.append(
        f'<text class="chart-year" x="{middle}" y="{base + 16}">{row.year}</text>'
        f'<text class="chart-note" x="{middle}" y="{base + 32}">{place}</text>'
    )
    return f'<g data-year="{row.year}">{"".join(parts)}</g>'


def _rect(kind: str, x: int, y: int, width: int, height: int) -> str:
    return f'<rect class="chart-{kind}" x="{x}" y="{y}" width="{width}" height="{height}"/>'


def _place(row: Row, texts: Catalogue) -> str:
    if row.ended:
        return texts.html("chart.ended")
    if row.grant_year == 0:
        return texts.html("grant_year.pre_project")
    return texts.html("grant_year.number", number=str(row.grant_year))


def _in_words(result: Result, texts: Catalogue) -> str:
    """The chart as text: each year with its amounts, and whether they are assumed or unknown."""
    years = []
    for row in result.plan:
        year = str(row.year)
        if row.award is None:
            years.append(texts.text("chart.year_unknown", year=year))
            continue
        said = texts.text("chart.year", year=year, award=kroner(row.award))
        if row.own_funding is not None:
            said += texts.text("chart.year_own", own=kroner(row.own_funding))
        if row.origin == "assumption":
            said += texts.text("chart.year_assumed")
        years.append(said)
    return f"{texts.text('chart.alternative')} {'; '.join(years)}."


def _legend(result: Result, texts: Catalogue) -> str:
    kinds = [
        ("award", any(r.award and r.origin != "assumption" for r in result.plan)),
        ("assumed", any(r.award and r.origin == "assumption" for r in result.plan)),
        ("own", any(r.own_funding for r in result.plan)),
        ("unknown", any(r.award is None for r in result.plan)),
    ]
    items = "".join(
        f'<li class="chart-key chart-key-{kind}">{texts.html(f"chart.key.{kind}")}</li>'
        for kind, shown in kinds
        if shown
    )
    return f'<ul class="chart-legend">{items}</ul>'

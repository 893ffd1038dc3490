"""The difference between two releases in Norwegian, for the person who decides on a publish."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from builder.publish.difference import (
    AnswerChange,
    Difference,
    FigureChange,
    PageChange,
    YearChange,
)
from builder.publish.record import Outcome, RecordedFigure
from calc.answers import Field
from calc.messages import NBSP, Catalogue, kroner, whole

MOST_LISTED = 20
"""So many entries of a section are listed; the rest are counted."""

# And so many lines of a section at most, where entries have several.
_MOST_LINES = 60
# So many schemes are named where many have the same page.
_MOST_NAMED = 3


def report(difference: Difference, texts: Catalogue) -> str:
    """The whole difference in lines, by sections; `texts` are the texts of the calculators."""
    return "\n".join(_lines(difference, texts))


def summary(difference: Difference) -> str:
    """The number of differences of each kind, in one line."""
    answers = len(difference.examples) + len(difference.defaults)
    counts = (
        (len(difference.added), "ny side", "nye sider"),
        (len(difference.removed), "side borte", "sider borte"),
        (len(difference.changed), "endret side", "endrede sider"),
        (
            len(difference.dated),
            "side med ny frist eller status",
            "sider med ny frist eller status",
        ),
        (answers, "annet svar", "andre svar"),
        (len(difference.figures), "endret tall", "endrede tall"),
    )
    parts = [f"{whole(n)} {one if n == 1 else many}" for n, one, many in counts if n]
    return ", ".join(parts) or "ingen endringer i innholdet"


def figure_line(change: FigureChange) -> str:
    """A changed figure in a line: its key, its value before and its value after."""
    return f"{change.key}: {_figure(change.before)} → {_figure(change.after)}"


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of a section: one line or more, about `count` things of the schemes `slugs`."""

    text: str
    slugs: frozenset[str] = frozenset()
    count: int = 1


def _lines(difference: Difference, texts: Catalogue) -> Iterator[str]:
    names = difference.names
    examples, defaults = difference.examples, difference.defaults
    sections: tuple[tuple[str, Iterable[_Entry]], ...] = (
        ("Regneeksempler med et annet svar", _changed_answers(examples, texts)),
        ("Kalkulatorer som åpner med et annet svar", _changed_answers(defaults, texts)),
        ("Nye regneeksempler", _names(examples, is_new=True)),
        ("Regneeksempler som blir borte", _names(examples, is_new=False)),
        ("Nye kalkulatorer", _names(defaults, is_new=True)),
        ("Kalkulatorer som blir borte", _names(defaults, is_new=False)),
        ("Nye regelverksår", _years(difference.new_years, names)),
        ("Regelverksår som blir borte", _years(difference.gone_years, names)),
        (
            "Endrede tall i regelverket",
            (
                _entry(f.slug, f"{names[f.slug]} {f.year}, {figure_line(f)}")
                for f in difference.figures
            ),
        ),
        ("Nye sider", _page_entries(difference.added, names)),
        ("Sider som blir borte", _page_entries(difference.removed, names)),
        ("Endrede sider", _page_entries(difference.changed, names)),
        (
            "Sider der bare frister eller status er andre",
            _page_entries(difference.dated, names),
        ),
    )
    anything = False
    for heading, entries in sections:
        listed = list(entries)
        if listed:
            anything = True
            yield f"{heading} ({whole(sum(entry.count for entry in listed))}):"
            yield from _shortened(listed)
    if not anything:
        yield "Ingen tekster, tall eller frister er endret."
    if difference.repainted:
        n = difference.repainted
        pages = "Én side sier" if n == 1 else f"{whole(n)} sider sier"
        yield f"{pages} det samme som før, men har fått nytt utseende, ny meny eller ny kode."
    elif not anything:
        yield "Bare filer som leserne ikke ser, er nye."


def _shortened(entries: list[_Entry]) -> Iterator[str]:
    """The lines of the first entries, and the number of the rest and of their schemes."""
    lines, listed = 0, 0
    for entry in entries[:MOST_LISTED]:
        of_entry = entry.text.split("\n")
        if listed and lines + len(of_entry) > _MOST_LINES:
            break
        yield from (f"  {line}" for line in of_entry)
        lines, listed = lines + len(of_entry), listed + 1
    if left := entries[listed:]:
        schemes = frozenset[str]().union(*(entry.slugs for entry in left))
        inside = f", i {whole(len(schemes))} ordninger" if len(schemes) > 1 else ""
        yield f"  … og {whole(sum(entry.count for entry in left))} til{inside}"


def _entry(slug: str, text: str) -> _Entry:
    return _Entry(text, frozenset([slug]))


def _page_entries(pages: tuple[PageChange, ...], names: dict[str, str]) -> Iterator[_Entry]:
    """An entry for each page; where there are many, one for the same page of several schemes."""
    if len(pages) <= MOST_LISTED:
        yield from (_Entry(_page(page)) for page in pages)
        return
    alike: dict[str, list[PageChange]] = {}
    for page in pages:
        slug, rest = _parts(page)
        alike.setdefault(rest if slug in names else page.address, []).append(page)
    for address, group in sorted(alike.items(), key=lambda item: -len(item[1])):
        slugs = frozenset(slug for slug, _ in map(_parts, group) if slug in names)
        if len(group) == 1:
            yield _Entry(_page(group[0]), slugs)
            continue
        title = group[0].title.partition(" – ")[0]
        some = ", ".join(names[_parts(page)[0]] for page in group[:_MOST_NAMED])
        more = " …" if len(group) > _MOST_NAMED else ""
        text = f"/…/{address}  {title} i {whole(len(group))} ordninger ({some}{more})"
        yield _Entry(text, slugs, len(group))


def _parts(page: PageChange) -> tuple[str, str]:
    """The first folder of an address, which may be the slug of a scheme, and the rest."""
    slug, _, rest = page.address[1:].partition("/")
    return slug, rest


def _page(page: PageChange) -> str:
    title = page.title.rpartition(" – ")[0] or page.title
    which = {("nb", "nn"): "", ("nb",): " (bare bokmål)", ("nn",): " (bare nynorsk)"}
    return f"{page.address}  {title}{which[page.langs]}"


def _years(years: Iterable[YearChange], names: dict[str, str]) -> Iterator[_Entry]:
    return (_entry(year.slug, f"{names[year.slug]} {year.year}") for year in years)


def _names(answers: Iterable[AnswerChange], *, is_new: bool) -> Iterator[_Entry]:
    for answer in answers:
        if (answer.before if is_new else answer.after) is None:
            yield _entry(answer.slug, answer.name)


def _changed_answers(answers: Iterable[AnswerChange], texts: Catalogue) -> Iterator[_Entry]:
    for answer in answers:
        if answer.before is not None and answer.after is not None:
            lines = _outcomes(answer.before, answer.after, texts)
            yield _entry(answer.slug, "\n  ".join([f"{answer.name}:", *lines]))


_STATUSES = {
    "estimate": "regnet ut",
    "needs_input": "spør om mer",
    "not_eligible": "kan ikke få tilskudd",
    "not_computable": "kan ikke regnes ut",
    "closed": "stengt for nye søkere",
    "invalid": "kan ikke brukes",
}


def _outcomes(before: Outcome, after: Outcome, texts: Catalogue) -> Iterator[str]:
    """A line for each part of an answer that differs, with its value before and after."""
    if before.status != after.status:
        yield f"{_status(before)} → {_status(after)}"
    yield from _by_year("", before, before.award, after, after.award)
    yield from _by_year("egenfinansiering ", before, before.own_funding, after, after.own_funding)
    if before.positions_part != after.positions_part:
        yield f"satsdelen {_sum(before.positions_part)} → {_sum(after.positions_part)}"
    if before.total != after.total:
        yield f"til sammen {_sum(before.total)} → {_sum(after.total)}"
    if before.missing != after.missing:
        yield f"spør om {_asked(before.missing, texts)} → {_asked(after.missing, texts)}"


def _by_year(
    what: str,
    before: Outcome,
    amounts_before: tuple[int | None, ...],
    after: Outcome,
    amounts_after: tuple[int | None, ...],
) -> Iterator[str]:
    old = dict(zip(before.years, amounts_before, strict=True))
    new = dict(zip(after.years, amounts_after, strict=True))
    for year in sorted({*old, *new}):
        was = _sum(old[year]) if year in old else "ikke med"
        becomes = _sum(new[year]) if year in new else "ikke med"
        if was != becomes:
            yield f"{what}{year} {was} → {becomes}"


def _sum(amount: int | None) -> str:
    return "ukjent" if amount is None else kroner(amount)


def _status(outcome: Outcome) -> str:
    return _STATUSES.get(outcome.status, outcome.status)


def _asked(names: tuple[str, ...], texts: Catalogue) -> str:
    return ", ".join(_question(name, texts) for name in names) or "ingenting mer"


def _question(name: str, texts: Catalogue) -> str:
    """A question in the words of the calculator."""
    field = Field(name=name, kind="choice")
    try:
        return texts.text(f"missing.{field.label}", number=str(field.number or ""))
    except KeyError:  # A question that only earlier calculators had.
        return name


def _figure(figure: RecordedFigure | None) -> str:
    if figure is None:
        return "ikke med"
    if figure.value is None:
        return f"ukjent ({figure.unknown}), {figure.unit}"
    # Exact: two figures that differ could look the same if they were rounded.
    ones, point, rest = figure.value.partition(".")
    number = whole(int(ones)) + (f",{rest}" if point else "")
    return f"{number}{NBSP}{'%' if figure.unit == 'prosent' else figure.unit}"

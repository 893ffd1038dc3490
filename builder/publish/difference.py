"""What a publish would change: pages, answers of calculators, and figures, from what to what."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass

from builder.publish.record import Answer, FigureMark, Outcome, PageMark, Record
from calc.answers import Field
from calc.messages import NBSP, Catalogue, kroner, whole
from calc.rules import Lang

MOST_LISTED = 20
"""More things than these of a kind are counted and not listed."""

# And no more lines than these, where a thing has several.
_MOST_LINES = 60
# So many schemes are named that have the same page.
_MOST_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class PageChange:
    """A page that is new, gone or different: its address in bokmål, and in which målformer."""

    address: str
    title: str
    langs: tuple[Lang, ...]


@dataclass(frozen=True, kw_only=True)
class AnswerChange:
    """An answer that is new (no `before`), gone (no `after`) or another; `name` says which."""

    slug: str
    name: str
    before: Outcome | None
    after: Outcome | None


@dataclass(frozen=True, kw_only=True)
class FigureChange:
    """A figure that is new (no `before`), gone (no `after`) or another."""

    slug: str
    year: int
    key: str
    before: FigureMark | None
    after: FigureMark | None

    def __str__(self) -> str:
        return f"{self.key}: {_figure(self.before)} → {_figure(self.after)}"


@dataclass(frozen=True, kw_only=True)
class YearChange:
    """A rule year that is new or gone, of a scheme that is on the site before and after."""

    slug: str
    year: int


@dataclass(frozen=True, kw_only=True)
class Difference:
    """All that differs between two releases.

    `changed` pages tell readers something else, `dated` ones only other deadlines or statuses;
    `repainted` is how many say the same as before, in a file that is another. `figures` are those
    of rule years that both have.
    """

    added: tuple[PageChange, ...]
    removed: tuple[PageChange, ...]
    changed: tuple[PageChange, ...]
    dated: tuple[PageChange, ...]
    repainted: int
    examples: tuple[AnswerChange, ...]
    defaults: tuple[AnswerChange, ...]
    figures: tuple[FigureChange, ...]
    new_years: tuple[YearChange, ...]
    gone_years: tuple[YearChange, ...]
    names: dict[str, str]

    def told(self, texts: Catalogue) -> str:
        """All of it, a line for each thing, in the målform of these texts of the calculators."""
        return "\n".join(_told(self, texts))

    @property
    def short(self) -> str:
        """How much of each kind, in a line."""
        answers = len(self.examples) + len(self.defaults)
        counts = (
            (len(self.added), "ny side", "nye sider"),
            (len(self.removed), "side borte", "sider borte"),
            (len(self.changed), "endret side", "endrede sider"),
            (len(self.dated), "side med ny frist eller status", "sider med ny frist eller status"),
            (answers, "annet svar", "andre svar"),
            (len(self.figures), "endret tall", "endrede tall"),
        )
        said = [f"{whole(n)} {one if n == 1 else many}" for n, one, many in counts if n]
        return ", ".join(said) or "ingen endringer i innholdet"


def compare(before: Record, after: Record) -> Difference:
    """What is another in `after` than in `before`."""
    names = {scheme.slug: scheme.name for scheme in (*before.schemes, *after.schemes)}
    years_before = {scheme.slug: scheme.years for scheme in before.schemes}
    years_after = {scheme.slug: scheme.years for scheme in after.schemes}
    stay = [slug for slug in years_after if slug in years_before]
    pages = [
        (address, before.pages.get(address), after.pages.get(address))
        for address in sorted({*before.pages, *after.pages}, key=_in_order)
    ]
    return Difference(
        added=_pages(pages, lambda old, _: old is None),
        removed=_pages(pages, lambda _, new: new is None),
        changed=_pages(pages, lambda old, new: bool(old and new and old.text != new.text)),
        dated=_pages(
            pages,
            lambda old, new: bool(old and new and old.text == new.text and old.dated != new.dated),
        ),
        repainted=sum(
            old is not None and new is not None and old.whole != new.whole and _same(old, new)
            for _, old, new in pages
        ),
        examples=tuple(
            _answers(
                {(a.slug, a.year, a.name): a for a in before.examples},
                {(a.slug, a.year, a.name): a for a in after.examples},
                lambda a: f"{names[a.slug]} {a.year}, {a.title}",
            )
        ),
        defaults=tuple(
            _answers(
                {(a.slug, a.name): a for a in before.defaults},
                {(a.slug, a.name): a for a in after.defaults},
                lambda a: f"{names[a.slug]}, {a.title}",
            )
        ),
        figures=tuple(_figures(before, after)),
        new_years=tuple(
            YearChange(slug=slug, year=year)
            for slug in stay
            for year in sorted(set(years_after[slug]) - set(years_before[slug]))
        ),
        gone_years=tuple(
            YearChange(slug=slug, year=year)
            for slug in stay
            for year in sorted(set(years_before[slug]) - set(years_after[slug]))
        ),
        names=names,
    )


def _in_order(address: str) -> tuple[str, bool]:
    """The pages in nynorsk right after those in bokmål."""
    bokmaal = _bokmaal(address)
    return bokmaal, bokmaal != address


def _bokmaal(address: str) -> str:
    return address.removeprefix("/nn") if address.startswith("/nn/") else address


def _same(old: PageMark, new: PageMark) -> bool:
    return (old.text, old.dated) == (new.text, new.dated)


def _pages(
    pages: list[tuple[str, PageMark | None, PageMark | None]],
    is_meant: Callable[[PageMark | None, PageMark | None], bool],
) -> tuple[PageChange, ...]:
    """Those that are meant, the målformer of a page together."""
    found: dict[str, PageChange] = {}
    for address, old, new in pages:
        mark = new or old
        if mark is None or not is_meant(old, new):
            continue
        bokmaal = _bokmaal(address)
        lang: Lang = "nb" if address == bokmaal else "nn"
        if bokmaal in found:
            known = found[bokmaal]
            mark_title, langs = known.title, (*known.langs, lang)
        else:
            mark_title, langs = mark.title, (lang,)
        found[bokmaal] = PageChange(address=bokmaal, title=mark_title, langs=langs)
    return tuple(found.values())


def _answers[K: Hashable](
    before: dict[K, Answer], after: dict[K, Answer], name: Callable[[Answer], str]
) -> Iterator[AnswerChange]:
    for key in {**after, **before}:
        old, new = before.get(key), after.get(key)
        either = new or old
        if either is not None and (old is None or new is None or old.outcome != new.outcome):
            yield AnswerChange(
                slug=either.slug,
                name=name(either),
                before=None if old is None else old.outcome,
                after=None if new is None else new.outcome,
            )


def _figures(before: Record, after: Record) -> Iterator[FigureChange]:
    def by_place(record: Record) -> dict[tuple[str, int, str], FigureMark]:
        return {(f.slug, f.year, f.key): f for f in record.figures}

    def rule_years(record: Record) -> set[tuple[str, int]]:
        return {(scheme.slug, year) for scheme in record.schemes for year in scheme.years}

    old, new = by_place(before), by_place(after)
    in_both = rule_years(before) & rule_years(after)
    for slug, year, key in {**new, **old}:
        place = slug, year, key
        if (slug, year) in in_both and old.get(place) != new.get(place):
            yield FigureChange(
                slug=slug, year=year, key=key, before=old.get(place), after=new.get(place)
            )


# --- In words ---


@dataclass(frozen=True, slots=True)
class _Entry:
    """Something that is told, in one line or more; it is about so many things and these schemes."""

    text: str
    slugs: frozenset[str] = frozenset()
    count: int = 1


def _told(difference: Difference, texts: Catalogue) -> Iterator[str]:
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
            (_entry(f.slug, f"{names[f.slug]} {f.year}, {f}") for f in difference.figures),
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
    """The lines of the first of them, and how many more there are in how many schemes."""
    lines, shown = 0, 0
    for entry in entries[:MOST_LISTED]:
        of_entry = entry.text.split("\n")
        if shown and lines + len(of_entry) > _MOST_LINES:
            break
        yield from (f"  {line}" for line in of_entry)
        lines, shown = lines + len(of_entry), shown + 1
    if left := entries[shown:]:
        schemes = frozenset[str]().union(*(entry.slugs for entry in left))
        inside = f", i {whole(len(schemes))} ordninger" if len(schemes) > 1 else ""
        yield f"  … og {whole(sum(entry.count for entry in left))} til{inside}"


def _entry(slug: str, text: str) -> _Entry:
    return _Entry(text, frozenset([slug]))


def _page_entries(pages: tuple[PageChange, ...], names: dict[str, str]) -> Iterator[_Entry]:
    """Each page. Where there are many, the same page of several schemes is one thing."""
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
    """The scheme that a page may be of, and the rest of its address."""
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
    """What differs, from what to what, a line for each."""
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
    """What is asked for, as the calculator itself says it."""
    field = Field(name=name, kind="choice")
    try:
        return texts.text(f"missing.{field.label}", number=str(field.number or ""))
    except KeyError:  # Asked by an earlier version of the calculators only.
        return name


def _figure(figure: FigureMark | None) -> str:
    if figure is None:
        return "ikke med"
    if figure.value is None:
        return f"ukjent ({figure.unknown}), {figure.unit}"
    # Exactly as it is: rounded, two figures could look the same.
    ones, point, rest = figure.value.partition(".")
    number = whole(int(ones)) + (f",{rest}" if point else "")
    return f"{number}{NBSP}{'%' if figure.unit == 'prosent' else figure.unit}"

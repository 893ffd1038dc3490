"""What a publish would change: pages, answers of calculators, and figures, from what to what."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass

from builder.publish.page_digests import PageMark
from builder.publish.record import Answer, FigureMark, Outcome, Record
from calc.rules import Lang


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

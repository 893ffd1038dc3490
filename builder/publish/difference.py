"""The difference between two records: pages, answers of calculators, and figures."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass

from builder.publish.page_digests import PageDigest
from builder.publish.record import Answer, Outcome, Record, RecordedFigure
from calc.rules import Lang


@dataclass(frozen=True, kw_only=True)
class PageChange:
    """A page that is new, gone or changed: its address in bokmål, and the målformer in which."""

    address: str
    title: str
    langs: tuple[Lang, ...]


@dataclass(frozen=True, kw_only=True)
class AnswerChange:
    """An answer that is new (no `before`), gone (no `after`) or changed; `name` is for people."""

    slug: str
    name: str
    before: Outcome | None
    after: Outcome | None


@dataclass(frozen=True, kw_only=True)
class FigureChange:
    """A figure that is new (no `before`), gone (no `after`) or changed."""

    slug: str
    year: int
    key: str
    before: RecordedFigure | None
    after: RecordedFigure | None


@dataclass(frozen=True, kw_only=True)
class YearChange:
    """A rule year that is new or gone, of a scheme that both releases have."""

    slug: str
    year: int


@dataclass(frozen=True, kw_only=True)
class Difference:
    """All differences between two releases.

    `changed` are pages whose text differs, and `dated` pages where only deadlines or statuses do.
    `repainted` is the number of pages whose files differ, but not the text that readers see.
    `figures` are the changed figures of rule years that both releases have. `names` are the short
    names of the schemes by slug.
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
    """The difference between the live record `before` and the new record `after`."""
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
    """The sort key of an address: a page in nynorsk comes right after the same one in bokmål."""
    bokmaal = _bokmaal(address)
    return bokmaal, bokmaal != address


def _bokmaal(address: str) -> str:
    return address.removeprefix("/nn") if address.startswith("/nn/") else address


def _same(old: PageDigest, new: PageDigest) -> bool:
    return (old.text, old.dated) == (new.text, new.dated)


def _pages(
    pages: list[tuple[str, PageDigest | None, PageDigest | None]],
    is_listed: Callable[[PageDigest | None, PageDigest | None], bool],
) -> tuple[PageChange, ...]:
    """The pages for which `is_listed` holds, as one change for both målformer of a page."""
    changes: dict[str, PageChange] = {}
    for address, old, new in pages:
        either = new or old
        if either is None or not is_listed(old, new):
            continue
        bokmaal = _bokmaal(address)
        lang: Lang = "nb" if address == bokmaal else "nn"
        if bokmaal in changes:
            title, langs = changes[bokmaal].title, (*changes[bokmaal].langs, lang)
        else:
            title, langs = either.title, (lang,)
        changes[bokmaal] = PageChange(address=bokmaal, title=title, langs=langs)
    return tuple(changes.values())


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
    def by_key(record: Record) -> dict[tuple[str, int, str], RecordedFigure]:
        return {(f.slug, f.year, f.key): f for f in record.figures}

    def rule_years(record: Record) -> set[tuple[str, int]]:
        return {(scheme.slug, year) for scheme in record.schemes for year in scheme.years}

    old, new = by_key(before), by_key(after)
    in_both = rule_years(before) & rule_years(after)
    for slug, year, key in {**new, **old}:
        figure = slug, year, key
        if (slug, year) in in_both and old.get(figure) != new.get(figure):
            yield FigureChange(
                slug=slug, year=year, key=key, before=old.get(figure), after=new.get(figure)
            )

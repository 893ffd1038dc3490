"""The content as values: a Markdown page, the content of one folder, and the whole site."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from builder.content.images import Image
from builder.content.model import Change, Scheme
from builder.content.problems import Problem
from builder.content.prose import Prose
from builder.content.visibility import Visibility
from calc.rules import Lang

type PageKey = tuple[str | None, str, Lang]
"""A page by the slug of its scheme (None for a general page), its name and its målform."""

type VisibilityKey = str | tuple[str, int]
"""A scheme by its slug, or a rule year by the slug of its scheme and the year."""

_ALWAYS = Visibility()


@dataclass(frozen=True, kw_only=True)
class PageFile:
    """A Markdown page: the slug of its scheme (None for a general page), its name and its file.

    `images` are the images that the text shows, by address as the editor writes it there.
    """

    scheme: str | None
    name: str
    lang: Lang
    path: Path
    visibility: Visibility = _ALWAYS
    images: dict[str, Image] = field(default_factory=dict, hash=False)


# Pages are built folder by folder, so the prose of a few folders is enough in memory.
_MOST_FOLDERS = 8


class Texts:
    """The prose of all pages. Only a few folders of prose are in memory at a time.

    `ready` is prose that is in memory from the beginning. All other prose is fetched on demand:
    `fetch` returns the prose of all pages in the folder of a scheme (None: general pages).
    """

    def __init__(
        self,
        ready: Mapping[PageKey, Prose],
        fetch: Callable[[str | None], Mapping[PageKey, Prose]] | None = None,
    ) -> None:
        self._ready = ready
        self._fetch = fetch
        self._fetched: dict[str | None, Mapping[PageKey, Prose]] = {}

    def of(self, scheme: str | None, name: str, lang: Lang) -> Prose:
        """The prose of a page. Raises `KeyError` where the site has no such page."""
        page = (scheme, name, lang)
        if self._fetch is None or page in self._ready:
            return self._ready[page]
        if scheme not in self._fetched:
            while len(self._fetched) >= _MOST_FOLDERS:
                del self._fetched[next(iter(self._fetched))]
            self._fetched[scheme] = self._fetch(scheme)
        return self._fetched[scheme][page]


@dataclass(frozen=True, kw_only=True)
class Site:
    """All content: the schemes by slug, the pages, and the published changes, newest first.

    - `visibility` has an entry for each scheme and each rule year.
    - `unconfirmed` counts the marks `bekreft: true` in the drafts of rule years, by slug and year.
    - `unfilled` counts placeholders in drafts, and marks in `scheme.yaml`, by slug of the scheme or
      name of the general page.
    - `elsewhere` are the slugs of schemes that `only` has left out.
    - `warnings` report problems that stop nothing.
    - `digests` are the digests of the folders of schemes, by slug, and of `PAGES`.
    - `texts` has the prose of the pages.
    """

    schemes: dict[str, Scheme]
    pages: dict[PageKey, PageFile]
    changes: tuple[Change, ...]
    visibility: Mapping[VisibilityKey, Visibility] = field(default_factory=dict)
    unconfirmed: Mapping[tuple[str, int], int] = field(default_factory=dict)
    unfilled: Mapping[str, int] = field(default_factory=dict)
    elsewhere: frozenset[str] = frozenset()
    warnings: tuple[Problem, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict, compare=False)
    texts: Texts = field(default_factory=lambda: Texts({}), compare=False, repr=False)

    def page_names(self) -> tuple[str, ...]:
        """The names of the general pages, sorted."""
        return tuple(sorted({name for scheme, name, _ in self.pages if scheme is None}))

    def published(self, day: dt.date) -> "Site":
        """The part of the content that is public on a day.

        Left out are drafts, content that is not public yet or no longer, changes with a later date,
        and changes of schemes or rule years that are left out.
        """
        schemes = {}
        for slug, scheme in self.schemes.items():
            rules = [r for r in scheme.rules if self._is_published((slug, r.year), day)]
            if rules and self._is_published(slug, day):
                schemes[slug] = replace(scheme, rules=tuple(rules))
        pages = {
            key: page
            for key, page in self.pages.items()
            if page.visibility.is_published(day) and (key[0] is None or key[0] in schemes)
        }
        changes = tuple(
            change
            for change in self.changes
            if change.date <= day and change.scheme in schemes and _has_years(schemes, change)
        )
        # A page in nynorsk is not published without the same page in bokmål.
        pages = {k: p for k, p in pages.items() if (k[0], k[1], "nb") in pages}
        return replace(self, schemes=schemes, pages=pages, changes=changes)

    def only(self, slug: str) -> "Site":
        """One scheme as a site of its own, with the general pages."""
        return replace(
            self,
            schemes={slug: self.schemes[slug]},
            pages={key: page for key, page in self.pages.items() if key[0] in (None, slug)},
            changes=tuple(change for change in self.changes if change.scheme == slug),
            elsewhere=frozenset(self.schemes) - {slug},
        )

    def _is_published(self, key: VisibilityKey, day: dt.date) -> bool:
        return self.visibility.get(key, _ALWAYS).is_published(day)


def _has_years(schemes: Mapping[str, Scheme], change: Change) -> bool:
    return set(change.years) <= {rules.year for rules in schemes[change.scheme].rules}


@dataclass(kw_only=True)
class FolderContent:
    """The content of one folder, or of several taken together, with the problems found there.

    The fields are as in `Site`; `prose` has the prose of the pages. A scheme with mistakes
    is None.
    """

    schemes: dict[str, Scheme | None] = field(default_factory=dict)
    pages: dict[PageKey, PageFile] = field(default_factory=dict)
    visibility: dict[VisibilityKey, Visibility] = field(default_factory=dict)
    unconfirmed: Counter[tuple[str, int]] = field(default_factory=Counter)
    unfilled: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    prose: dict[PageKey, Prose] = field(default_factory=dict)

    def add(self, other: "FolderContent") -> None:
        """Add the content of another folder, or more of this one."""
        self.schemes |= other.schemes
        self.pages |= other.pages
        self.visibility |= other.visibility
        self.unconfirmed += other.unconfirmed
        self.unfilled += other.unfilled
        self.problems += other.problems
        self.digests |= other.digests
        self.prose |= other.prose

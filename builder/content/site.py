"""The values of `content/` as read: all of it, a Markdown file, and what stands in one folder."""

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
"""Which scheme (None for general pages), name and målform."""

_ALWAYS = Visibility()


@dataclass(frozen=True, kw_only=True)
class PageFile:
    """A Markdown file: which scheme (None for general pages), name, language and path.

    `images` are those that it shows, by address as it is written there.
    """

    scheme: str | None
    name: str
    lang: Lang
    path: Path
    visibility: Visibility = _ALWAYS
    images: dict[str, Image] = field(default_factory=dict, hash=False)


# So many folders are kept in memory: pages are made folder by folder.
_MOST_FOLDERS = 8


class Texts:
    """The prose of all pages. `fetch` gets that of a folder; what is in `made` is here already."""

    def __init__(
        self,
        made: Mapping[PageKey, Prose],
        fetch: Callable[[str | None], Mapping[PageKey, Prose]] | None = None,
    ) -> None:
        """Hold what is made, and fetch the rest."""
        self._made = made
        self._fetch = fetch
        self._fetched: dict[str | None, Mapping[PageKey, Prose]] = {}

    def of(self, scheme: str | None, name: str, lang: Lang) -> Prose:
        """The prose of a page that is there."""
        page = (scheme, name, lang)
        if self._fetch is None or page in self._made:
            return self._made[page]
        if scheme not in self._fetched:
            while len(self._fetched) >= _MOST_FOLDERS:
                del self._fetched[next(iter(self._fetched))]
            self._fetched[scheme] = self._fetch(scheme)
        return self._fetched[scheme][page]


@dataclass(frozen=True, kw_only=True)
class Site:
    """All content.

    Schemes by slug, the Markdown files by (scheme, name, language), and the published changes,
    newest first. `visibility` is that of schemes, by slug, and of rule years, by slug and year.
    `elsewhere` are slugs of schemes that have been left out. `warnings` are of what their editor
    should know, and stop nothing. `digests` are hashes of all that stands in the folder of each
    scheme, by slug, and in that of the general pages (`PAGES`). `texts` has the prose of pages.

    What is not finished in drafts is counted: `unconfirmed` what is marked `bekreft: true`, by
    scheme and rule year; `unfilled` texts, and marks in `scheme.yaml`, by scheme.
    """

    schemes: dict[str, Scheme]
    pages: dict[PageKey, PageFile]
    changes: tuple[Change, ...]
    visibility: Mapping[str | tuple[str, int], Visibility] = field(default_factory=dict)
    unconfirmed: Mapping[tuple[str, int], int] = field(default_factory=dict)
    unfilled: Mapping[str, int] = field(default_factory=dict)
    elsewhere: frozenset[str] = frozenset()
    warnings: tuple[Problem, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict, compare=False)
    texts: Texts = field(default_factory=lambda: Texts({}), compare=False, repr=False)

    def page_names(self) -> tuple[str, ...]:
        """The names of the general pages, in order."""
        return tuple(sorted({name for scheme, name, _ in self.pages if scheme is None}))

    def published(self, day: dt.date) -> "Site":
        """What is on a site that is published on that day: no drafts, nothing too early or late.

        Nor a change that is dated later, or of rules that are not there.
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
        # Nobody reads general pages that are there in nynorsk only.
        pages = {k: p for k, p in pages.items() if (k[0], k[1], "nb") in pages}
        return replace(self, schemes=schemes, pages=pages, changes=changes)

    def only(self, slug: str) -> "Site":
        """One scheme alone, with the general pages."""
        return replace(
            self,
            schemes={slug: self.schemes[slug]},
            pages={key: page for key, page in self.pages.items() if key[0] in (None, slug)},
            changes=tuple(change for change in self.changes if change.scheme == slug),
            elsewhere=frozenset(self.schemes) - {slug},
        )

    def _is_published(self, key: str | tuple[str, int], day: dt.date) -> bool:
        return self.visibility.get(key, _ALWAYS).is_published(day)


def _has_years(schemes: Mapping[str, Scheme], change: Change) -> bool:
    return set(change.years) <= {rules.year for rules in schemes[change.scheme].rules}


@dataclass
class Found:
    """What has been read, as in `Site`; a scheme that could not be read is None."""

    schemes: dict[str, Scheme | None] = field(default_factory=dict)
    pages: dict[PageKey, PageFile] = field(default_factory=dict)
    visibility: dict[str | tuple[str, int], Visibility] = field(default_factory=dict)
    unconfirmed: Counter[tuple[str, int]] = field(default_factory=Counter)
    unfilled: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    proses: dict[PageKey, Prose] = field(default_factory=dict)

    def add(self, other: "Found") -> None:
        """Take in what has been read of another folder."""
        self.schemes |= other.schemes
        self.pages |= other.pages
        self.visibility |= other.visibility
        self.unconfirmed += other.unconfirmed
        self.unfilled += other.unfilled
        self.problems += other.problems
        self.digests |= other.digests
        self.proses |= other.proses

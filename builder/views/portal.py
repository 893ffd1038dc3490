"""The list of all schemes, and the pages that narrow it: by status, target group and owner.

Made of what lists show of a scheme (`Listed`), and of nothing else of it. Where a scheme stands
depends on the reader's day, so a list by status has every scheme that has the status today or on a
later day, and each says when.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from builder.content.model import Deadline, Group, Moment, Period, Scheme, Standing, Status
from builder.kit import cache
from builder.kit.i18n import Translations
from builder.routes.paging import MANY, Paging, Step, in_pages, page_address, paging
from calc.rules import Lang, Text

# The words of addresses are Norwegian, and the same in both målformer.
FOLDER = "ordninger"
# So many choices of a facet are in view, before the others are folded away.
MOST_CHOICES = 12
_STATUS_WORDS: dict[Status, str] = {
    "open": "apen",
    "expected": "kommer",
    "passed": "frist-ute",
    "unknown": "ukjent-frist",
    "closed": "avsluttet",
    "archived": "arkiv",
}
_GROUP_WORDS: dict[Group, str] = {
    "children": "barn-og-unge",
    "adults": "voksne",
    "families": "parorende",
}

# As `theme/js/not-found.js` knows them.
_IN_ADDRESSES = str.maketrans({"æ": "ae", "ø": "o", "å": "a"})
_WORDS = {
    **{("status", str(value)): word for value, word in _STATUS_WORDS.items()},
    **{("malgruppe", str(value)): word for value, word in _GROUP_WORDS.items()},
}


@dataclass(frozen=True, kw_only=True)
class Listed:
    """What lists show of a scheme from the day of the build on.

    `owner_word` is the owner as a word of addresses; `deadlines` are as in
    `Scheme.deadline_periods`, those for applications. `mark` is a hash of all the rest.
    """

    slug: str
    short_name: Text
    summary: Text
    target_group: Text
    owner: Text
    owner_word: str
    groups: tuple[Group, ...]
    standings: tuple[Period[Standing], ...]
    deadlines: tuple[Period[tuple[Deadline, bool] | None], ...]
    mark: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "mark", cache.key(self))

    @property
    def rank(self) -> str:
        """What it is put in order by on the day of the build."""
        return self.standings[0].value.rank


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A scheme in a list: from when to when it is there, as far as is known.

    `turns` is the last moment before it first comes or goes, None where it stays as it is.
    """

    scheme: Listed
    starts: Moment | None = None
    until: Moment | None = None
    turns: Moment | None = None

    @property
    def is_shown(self) -> bool:
        """Whether it is there on the day of the build."""
        return self.starts is None


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Something to narrow the list to: `value` of a facet.

    `name` is the end of its page's address, `title` the page's heading. `count` is how many schemes
    it leaves today, and `until` the last moment that is known to be right.
    """

    facet: str
    value: str
    name: str
    label: str
    title: str
    count: int
    until: Moment | None


@dataclass(frozen=True, kw_only=True)
class Facet:
    """The choices of a facet that have a scheme, one day or another.

    Where there are many, `shown` are those that leave most schemes, and `folded` the others.
    """

    name: str
    shown: tuple[Choice, ...]
    folded: tuple[Choice, ...]

    @property
    def number(self) -> int:
        """How many there are."""
        return len(self.shown) + len(self.folded)


@dataclass(frozen=True, kw_only=True)
class Portal:
    """A page of a list: `chosen` is what the list is narrowed to, or None.

    `count` is how many are in the list today, on whatever page, and `until` the last moment that is
    known to be right. `is_large` says that lists are in pages: then this page may not have all that
    a reader could ask for, and scripts don't narrow it.
    """

    facets: tuple[Facet, ...]
    chosen: Choice | None
    entries: tuple[Entry, ...]
    count: int
    until: Moment | None
    is_large: bool
    paging: Paging | None
    facets_mark: str

    @property
    def shows(self) -> object:
        """All that stands on the page, in short: it changes when anything of it does."""
        entries = tuple((e.scheme.mark, e.starts, e.until) for e in self.entries)
        chosen = self.chosen and self.chosen.name
        return self.facets_mark, chosen, entries, self.count, self.until, self.paging


class Lists:
    """All lists of schemes of a site, whatever the målform.

    `of` has the entries of each list by facet and value, those there today first, and then the
    others by when they come; the list of all schemes stands at `("", "")`.
    """

    def __init__(self, schemes: Iterable[Listed]) -> None:
        """The lists of these schemes."""
        self.schemes = tuple(sorted(schemes, key=lambda scheme: scheme.rank))
        self.is_large = len(self.schemes) > MANY
        self.of: dict[tuple[str, str], list[Entry]] = {("", ""): []}
        self.of |= {("status", status): [] for status in _STATUS_WORDS}
        self.of |= {("malgruppe", group): [] for group in _GROUP_WORDS}
        self.of |= {("eier", word): [] for word in sorted({s.owner_word for s in self.schemes})}
        for scheme in self.schemes:
            always = Entry(scheme=scheme)
            for key in [("", ""), *_lasting(scheme)]:
                self.of[key].append(always)
            for status, entry in _by_status(scheme):
                self.of["status", status].append(entry)
        for (facet, _), entries in self.of.items():
            if facet == "status":
                entries.sort(key=lambda entry: entry.starts or "")

    @cached_property
    def owners(self) -> dict[str, Text]:
        """The name of every owner, by its word of addresses."""
        return {scheme.owner_word: scheme.owner for scheme in self.schemes}

    def addresses(self) -> Iterator[str]:
        """Where the pages of all lists stand, but for the front page."""
        for key in self.of:
            yield from (step.url for step in self.steps(*key) if step.url != "/")

    def steps(self, facet: str, value: str) -> list[Step]:
        """The pages of a list."""
        first, others = "/", f"/{FOLDER}/"
        if facet:
            first = others = f"/{FOLDER}/{_name(facet, value)}/"
        pages = self.pages(facet, value)
        return [
            _step(number, page_address(first, number, others), page)
            for number, page in enumerate(pages, 1)
        ]

    def pages(self, facet: str, value: str) -> list[tuple[Entry, ...]]:
        """The entries of a list, page by page."""
        return [tuple(page) for page in in_pages(self.of[facet, value])]

    def count(self, facet: str, value: str) -> tuple[int, Moment | None]:
        """How many are in a list today, and until when that is known to be right."""
        entries = self.of[facet, value]
        turns = [entry.turns for entry in entries if entry.turns is not None]
        return sum(entry.is_shown for entry in entries), min(turns, default=None)


class Portals:
    """The pages of all lists in a målform."""

    def __init__(self, lists: Lists, lang: Lang, translations: Translations) -> None:
        """Pages of these lists."""
        self.lists = lists
        self.choices = tuple(_choices(lists, lang, translations))
        self.facets = tuple(_facets(lists, self.choices))
        self._mark = cache.key(self.facets)

    def pages(self, chosen: Choice | None) -> Iterator[tuple[Step, Portal]]:
        """Every page of a list, with where it stands."""
        key = ("", "") if chosen is None else (chosen.facet, chosen.value)
        count, until = self.lists.count(*key)
        steps = self.lists.steps(*key)
        for step, entries in zip(steps, self.lists.pages(*key), strict=True):
            yield (
                step,
                Portal(
                    facets=self.facets,
                    chosen=chosen,
                    entries=entries,
                    count=count,
                    until=until,
                    is_large=self.lists.is_large,
                    paging=paging(steps, step.number),
                    facets_mark=self._mark,
                ),
            )


def listed(schemes: Iterable[Scheme], today: dt.date) -> Iterator[Listed]:
    """What lists show of schemes from a day on."""
    words: dict[str, str] = {}
    for scheme in schemes:
        owner = scheme.owner.name
        if owner.nb not in words:
            words[owner.nb] = owner_word(scheme)
        yield Listed(
            slug=scheme.slug,
            short_name=scheme.short_name,
            summary=scheme.summary,
            target_group=scheme.target_group,
            owner=owner,
            owner_word=words[owner.nb],
            groups=scheme.groups,
            standings=scheme.periods(today),
            deadlines=scheme.deadline_periods("application", today),
        )


def owner_word(scheme: Scheme) -> str:
    """The owner of a scheme as a word of addresses."""
    words = scheme.owner.name.nb.casefold().translate(_IN_ADDRESSES)
    plain = unicodedata.normalize("NFD", words).encode("ascii", "ignore").decode()
    return "-".join(re.findall("[a-z0-9]+", plain))


def _name(facet: str, value: str) -> str:
    return f"{facet}/{_WORDS.get((facet, value), value)}"


def _lasting(scheme: Listed) -> Iterator[tuple[str, str]]:
    """The lists that a scheme is in whatever the day."""
    yield from (("malgruppe", group) for group in scheme.groups)
    yield "eier", scheme.owner_word


def _by_status(scheme: Listed) -> Iterator[tuple[Status, Entry]]:
    """Each status that a scheme has today or later, from when it first does until it last does."""
    periods = scheme.standings
    for status in dict.fromkeys(period.value.status for period in periods):
        has = [period.value.status == status for period in periods]
        first, last = has.index(True), len(has) - 1 - has[::-1].index(True)
        turn = next((n for n in range(1, len(has)) if has[n] != has[0]), None)
        yield (
            status,
            Entry(
                scheme=scheme,
                starts=periods[first].starts,
                until=periods[last].until,
                turns=None if turn is None else periods[turn - 1].until,
            ),
        )


def _step(number: int, url: str, entries: tuple[Entry, ...]) -> Step:
    """A page of a list: there is something on it while there is an entry."""
    starts = [entry.starts or "" for entry in entries]
    until = [entry.until for entry in entries]
    # The first page is where the list is, also while nothing is in it.
    return Step(
        number=number,
        url=url,
        starts=(min(starts, default="") or None) if number > 1 else None,
        until=max((u for u in until if u is not None), default=None)
        if number > 1 and None not in until
        else None,
    )


def _choices(lists: Lists, lang: Lang, translations: Translations) -> Iterator[Choice]:
    """Everything that the list can be narrowed to, facet by facet.

    Of owners, those that there are. Of statuses and groups, all: a page that is empty today has
    something to show one day, and its address lasts.
    """
    t = translations.translator(lang)
    for facet, value in lists.of:
        if facet == "status":
            label, title = t(f"status.{value}"), t(f"filter.status.{value}")
        elif facet == "malgruppe":
            label, title = t(f"group.{value}"), t(f"filter.group.{value}")
        elif facet:
            label = lists.owners[value].best(lang)[0]
            title = t("filter.owner", owner=label)
        else:
            continue
        count, until = lists.count(facet, value)
        yield Choice(
            facet=facet,
            value=value,
            name=_name(facet, value),
            label=label,
            title=title,
            count=count,
            until=until,
        )


def _facets(lists: Lists, choices: Iterable[Choice]) -> Iterator[Facet]:
    found: dict[str, list[Choice]] = {}
    for choice in choices:
        if lists.of[choice.facet, choice.value]:
            found.setdefault(choice.facet, []).append(choice)
    for name, every in found.items():
        most = every
        if len(every) > MOST_CHOICES:
            most = sorted(every, key=lambda choice: -choice.count)[:MOST_CHOICES]
        yield Facet(
            name=name,
            shown=tuple(choice for choice in every if choice in most),
            folded=tuple(choice for choice in every if choice not in most),
        )

"""The list of all schemes, and the lists that narrow it by status, target group or owner.

The lists are built from `Listed`, the part of a scheme that lists show. The status of a scheme
depends on the day of the reader, and the page was built on an earlier day. A list by status
therefore has every scheme that has the status at the build or on a later day, and each entry
carries the moments from and until which it belongs to the list.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from builder.content.model import Deadline, Group, Moment, Period, Scheme, Standing, Status
from builder.kit import store
from builder.kit.addresses import LISTS
from builder.kit.i18n import Translations
from builder.routes.paging import MANY, Paging, Step, in_pages, page_address, paging
from calc.rules import Lang, Text

# The words of addresses are Norwegian, and the same in both målformer.
# The most choices of a facet that are in view. The others are folded away.
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

# The same letters as in `theme/js/not-found.js`.
_IN_ADDRESSES = str.maketrans({"æ": "ae", "ø": "o", "å": "a"})
_WORDS = {
    **{("status", str(value)): word for value, word in _STATUS_WORDS.items()},
    **{("malgruppe", str(value)): word for value, word in _GROUP_WORDS.items()},
}


@dataclass(frozen=True, kw_only=True)
class Listed:
    """The part of a scheme that lists show, from the day of the build on.

    `owner_word` is the word for the owner in addresses. `standings` are the periods of the scheme's
    status, and `deadlines` those of its next application deadline (`Scheme.deadline_periods`).
    `digest` is a hash of all other fields.
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
    digest: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", store.key(self))

    @property
    def rank(self) -> str:
        """The sort key of a scheme at the build: schemes that take applications come first."""
        return self.standings[0].value.rank


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A scheme in a list, which it belongs to from `starts` until `until`, as far as is known.

    `starts` is None where the scheme belongs to the list at the build, and `until` where no end is
    known. `turns` is the last moment before the scheme first enters or leaves the list, None where
    it does neither.
    """

    scheme: Listed
    starts: Moment | None = None
    until: Moment | None = None
    turns: Moment | None = None

    @property
    def is_shown(self) -> bool:
        """Whether the scheme belongs to the list at the build."""
        return self.starts is None


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A choice that narrows the list of schemes: the schemes whose `facet` has this `value`.

    `name` is the last part of the address of its page, and `title` the heading of the page. `count`
    is the number of schemes at the build, which is right until the moment `until` at least (None:
    no change is known).
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
    """The choices of a facet, except choices that no scheme belongs to at any time.

    `shown` has at most `MOST_CHOICES` choices, the ones with the most schemes; `folded` has the
    others.
    """

    name: str
    shown: tuple[Choice, ...]
    folded: tuple[Choice, ...]

    @property
    def number(self) -> int:
        """The number of choices."""
        return len(self.shown) + len(self.folded)


@dataclass(frozen=True, kw_only=True)
class Portal:
    """A page of a list. `chosen` is the choice that narrows the list, None for all schemes.

    `count` is the number of schemes on all pages of the list at the build, right until the moment
    `until` at least. `is_large`: lists stand on several pages. A script that narrows lists can't
    work then, since the page may lack schemes that a reader asks for. `facets_digest` is a hash of
    `facets`.
    """

    facets: tuple[Facet, ...]
    chosen: Choice | None
    entries: tuple[Entry, ...]
    count: int
    until: Moment | None
    is_large: bool
    paging: Paging | None
    facets_digest: str

    @property
    def fingerprint(self) -> object:
        """A short value that changes whenever something on the page does (see `page.Planned`)."""
        entries = tuple((e.scheme.digest, e.starts, e.until) for e in self.entries)
        chosen = self.chosen and self.chosen.name
        return self.facets_digest, chosen, entries, self.count, self.until, self.paging


class Lists:
    """All lists of schemes of a site, the same in both målformer.

    `of` has the entries of each list; the key is the pair of facet and value, and `("", "")` for
    the list of all schemes. Schemes that belong to a list at the build come first. The others
    follow, by the moment at which they enter the list.
    """

    def __init__(self, schemes: Iterable[Listed]) -> None:
        """The lists of these schemes, sorted by rank."""
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
        """The name of every owner by its word of addresses."""
        return {scheme.owner_word: scheme.owner for scheme in self.schemes}

    def addresses(self) -> Iterator[str]:
        """The bokmål addresses of the pages of all lists, but for the front page."""
        for key in self.of:
            yield from (step.url for step in self.steps(*key) if step.url != "/")

    def steps(self, facet: str, value: str) -> list[Step]:
        """The pages of a list by number, address and time (see `Step`)."""
        first, others = "/", f"/{LISTS}/"
        if facet:
            first = others = f"/{LISTS}/{_name(facet, value)}/"
        pages = self.pages(facet, value)
        return [
            _step(number, page_address(first, number, others), page)
            for number, page in enumerate(pages, 1)
        ]

    def pages(self, facet: str, value: str) -> list[tuple[Entry, ...]]:
        """The entries of a list, page by page. An empty list has one page."""
        return [tuple(page) for page in in_pages(self.of[facet, value])]

    def count(self, facet: str, value: str) -> tuple[int, Moment | None]:
        """The number of schemes in a list at the build, and the last moment before it may change.

        The moment is None where no change is known.
        """
        entries = self.of[facet, value]
        turns = [entry.turns for entry in entries if entry.turns is not None]
        return sum(entry.is_shown for entry in entries), min(turns, default=None)


class Portals:
    """The pages of all lists in a målform."""

    def __init__(self, lists: Lists, lang: Lang, translations: Translations) -> None:
        """The pages of these lists."""
        self.lists = lists
        self.choices = tuple(_choices(lists, lang, translations))
        self.facets = tuple(_facets(lists, self.choices))
        self._facets_digest = store.key(self.facets)

    def pages(self, chosen: Choice | None) -> Iterator[tuple[Step, Portal]]:
        """Every page of the list that `chosen` narrows (None: of all schemes), with its step."""
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
                    facets_digest=self._facets_digest,
                ),
            )


def listed(schemes: Iterable[Scheme], today: dt.date) -> Iterator[Listed]:
    """The part of each scheme that lists show, from the day `today` on."""
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
    """The owner of a scheme as a word of addresses: small letters a to z, digits and hyphens."""
    words = scheme.owner.name.nb.casefold().translate(_IN_ADDRESSES)
    plain = unicodedata.normalize("NFD", words).encode("ascii", "ignore").decode()
    return "-".join(re.findall("[a-z0-9]+", plain))


def _name(facet: str, value: str) -> str:
    return f"{facet}/{_WORDS.get((facet, value), value)}"


def _lasting(scheme: Listed) -> Iterator[tuple[str, str]]:
    """The lists that a scheme belongs to on every day."""
    yield from (("malgruppe", group) for group in scheme.groups)
    yield "eier", scheme.owner_word


def _by_status(scheme: Listed) -> Iterator[tuple[Status, Entry]]:
    """Each status that a scheme has at the build or later, from its first day until its last."""
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
    """The step of a page, from the moment of its first entry until the end of its last."""
    starts = [entry.starts or "" for entry in entries]
    until = [entry.until for entry in entries]
    # The first page stays when the list is empty.
    return Step(
        number=number,
        url=url,
        starts=(min(starts, default="") or None) if number > 1 else None,
        until=max((u for u in until if u is not None), default=None)
        if number > 1 and None not in until
        else None,
    )


def _choices(lists: Lists, lang: Lang, translations: Translations) -> Iterator[Choice]:
    """Every choice that narrows the list, facet by facet.

    Every status and every group is a choice, also without schemes: the page may get schemes one
    day, and its address stays. Owners are choices while they have a scheme.
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
    choices_of: dict[str, list[Choice]] = {}
    for choice in choices:
        if lists.of[choice.facet, choice.value]:
            choices_of.setdefault(choice.facet, []).append(choice)
    for name, every in choices_of.items():
        most = every
        if len(every) > MOST_CHOICES:
            most = sorted(every, key=lambda choice: -choice.count)[:MOST_CHOICES]
        yield Facet(
            name=name,
            shown=tuple(choice for choice in every if choice in most),
            folded=tuple(choice for choice in every if choice not in most),
        )

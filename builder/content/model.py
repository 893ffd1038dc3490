"""Schemes: their facts (`scheme.yaml`), with everything that belongs to them; published changes."""

import datetime as dt
import re
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from calc.rules import RuleError, Rules, SchemeRules, Source, Text

_FORBID = {"extra": "forbid"}

# The pages of a scheme by file name, in the order of its navigation; the first is its front page.
PAGE_NAMES = (
    "om",
    "hvem-kan-soke",
    "hva-du-kan-fa-stotte-til",
    "kalkulator",
    "slik-soker-du",
    "rapportering",
)


@dataclass(frozen=True, kw_only=True)
class Body:
    """A public body: the owner of a scheme or who runs it."""

    __pydantic_config__ = _FORBID

    name: Text
    url: str | None = None

    def __post_init__(self) -> None:
        _require_address(self.url)


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link out of the site: a form, the owner's page, the rules."""

    __pydantic_config__ = _FORBID

    kind: Literal["form", "owner", "rules"]
    label: Text
    url: str

    def __post_init__(self) -> None:
        _require_address(self.url)


@dataclass(frozen=True, kw_only=True)
class Contact:
    """An official mailbox. Never a caseworker."""

    __pydantic_config__ = _FORBID

    name: Text
    email: str

    def __post_init__(self) -> None:
        if "@" not in self.email or " " in self.email:
            raise RuleError("not_an_email", "email", found=self.email)


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """A deadline: a date, a month in which it is expected (YYYY-MM), or known to be unknown.

    `for_year` is the calendar year the money is (applied for) or was (reported on) given for;
    `area` is for whom it holds, where that is not the whole country.
    """

    __pydantic_config__ = _FORBID

    kind: Literal["application", "reporting"]
    for_year: int
    source: str
    date: dt.date | None = None
    expected: str | None = None
    unknown: bool = False
    time: str | None = None
    area: Text | None = None

    def __post_init__(self) -> None:
        if (self.date is not None) + (self.expected is not None) + self.unknown != 1:
            raise RuleError("one_date", "date")
        if self.expected is not None:
            year, dash, month = self.expected.partition("-")
            if not (dash and len(year) == 4 and year.isdigit() and month in _MONTHS):
                raise RuleError("not_a_month", "expected", found=self.expected)
        if self.time is not None and not _TIME.fullmatch(self.time):
            raise RuleError("not_a_time", "time", found=self.time)
        if self.time is not None and self.date is None:
            raise RuleError("time_without_date", "time", found=self.time)

    @property
    def expected_month(self) -> dt.date | None:
        """The first day of the month in which the deadline is expected."""
        if self.expected is None:
            return None
        year, _, month = self.expected.partition("-")
        return dt.date(int(year), int(month), 1)

    @property
    def sort_key(self) -> dt.date:
        """What deadlines are put in order by; an unknown one comes last in its year."""
        return self.date or self.expected_month or dt.date(self.for_year, 12, 31)


_MONTHS = tuple(f"{n:02}" for n in range(1, 13))
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")

State = Literal["active", "closed", "archived"]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What `scheme.yaml` says: names, bodies, deadlines, links, sources. Never a rate."""

    __pydantic_config__ = _FORBID

    name: Text
    short_name: Text
    summary: Text
    state: State
    owner: Body
    target_group: Text
    applicants: tuple[Text, ...]
    sources: dict[str, Source]
    fact_sources: tuple[str, ...]
    last_checked: dt.date
    review_by: dt.date
    notice: Text | None = None
    administrator: Body | None = None
    deadlines: tuple[Deadline, ...] = ()
    links: tuple[Link, ...] = ()
    contacts: tuple[Contact, ...] = ()

    def __post_init__(self) -> None:
        if self.state != "active" and self.notice is None:
            raise RuleError("notice_needed", "notice", found=self.state)
        if not self.applicants:
            raise RuleError("empty_list", "applicants")
        if not self.fact_sources:
            raise RuleError("empty_list", "fact_sources")
        referred = [(f"fact_sources.{n}", key) for n, key in enumerate(self.fact_sources)]
        referred += [(f"deadlines.{n}.source", d.source) for n, d in enumerate(self.deadlines)]
        for where, key in referred:
            if key not in self.sources:
                known = ", ".join(self.sources)
                raise RuleError("unknown_source", where, found=key, expected=known)


Status = Literal["archived", "closed", "open", "expected", "passed", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Scheme(Facts):
    """A scheme: its facts, its address (`slug`) and its rule years, newest first."""

    slug: str
    rules: tuple[Rules, ...]

    @classmethod
    def of(cls, facts: Facts, slug: str, rules: tuple[Rules, ...]) -> "Scheme":
        """The scheme with these facts and rules."""
        values: dict[str, Any] = {f.name: getattr(facts, f.name) for f in fields(facts)}
        newest_first = tuple(sorted(rules, key=lambda r: r.year, reverse=True))
        return cls(slug=slug, rules=newest_first, **values)

    @property
    def calculator(self) -> SchemeRules:
        """What the calculator of this scheme is given: the rules, without what only pages show."""
        return SchemeRules(
            slug=self.slug,
            name=self.short_name,
            rules=tuple(replace(rules, examples=()) for rules in reversed(self.rules)),
        )

    @property
    def all_sources(self) -> dict[str, Source]:
        """The sources by key: those of the facts, and those that only rule years have."""
        return self.sources | {key: s for rules in self.rules for key, s in rules.sources.items()}

    def deadlines_of(self, kind: Literal["application", "reporting"]) -> tuple[Deadline, ...]:
        """The deadlines of a kind, newest first."""
        chosen = (d for d in self.deadlines if d.kind == kind)
        return tuple(sorted(chosen, key=lambda d: d.sort_key, reverse=True))

    def next_deadline(self, today: dt.date) -> Deadline | None:
        """The first application deadline from `today` on that is known or expected."""
        coming = [
            d
            for d in self.deadlines_of("application")
            if (d.date is not None and d.date >= today)
            or (d.expected_month is not None and _month(d.expected_month) >= _month(today))
        ]
        return coming[-1] if coming else None

    def last_deadline(self, today: dt.date) -> Deadline | None:
        """The latest application deadline before `today` that is known or was expected."""
        gone = (d for d in self.deadlines_of("application") if not d.unknown)
        return next((d for d in gone if d.sort_key < today), None)

    def status(self, today: dt.date) -> Status:
        """Where the scheme stands on a day, for readers who want to apply."""
        if self.state != "active":
            return self.state
        coming = self.next_deadline(today)
        if coming is not None:
            return "open" if coming.date is not None else "expected"
        return "passed" if self.last_deadline(today) is not None else "unknown"


@dataclass(frozen=True, kw_only=True)
class ChangeFacts:
    """What a file of `changes/` says: that a rule has changed, or that we were wrong about it.

    `date` is the day we publish it, `years` are the rule years it is about, and `source` is a key
    among the sources of the scheme or of one of its rule years.
    """

    __pydantic_config__ = _FORBID

    date: dt.date
    kind: Literal["rule_changed", "correction"]
    scheme: str
    years: tuple[int, ...]
    title: Text
    text: Text
    source: str | None = None

    def __post_init__(self) -> None:
        if not self.years:
            raise RuleError("empty_list", "years")
        for n, year in enumerate(self.years):
            if year in self.years[:n]:
                raise RuleError("year_twice", f"years.{n}", found=str(year))
        if self.kind == "rule_changed" and self.source is None:
            raise RuleError("source_needed", "source", found="ingen kilde")


@dataclass(frozen=True, kw_only=True)
class Change(ChangeFacts):
    """A published change; `name`, that of its file, is what addresses and feeds know it by."""

    name: str

    @classmethod
    def of(cls, facts: ChangeFacts, name: str) -> "Change":
        """The change with these facts."""
        values: dict[str, Any] = {f.name: getattr(facts, f.name) for f in fields(facts)}
        return cls(name=name, **values)


def _month(day: dt.date) -> tuple[int, int]:
    return day.year, day.month


def _require_address(url: str | None) -> None:
    if url is not None and not url.startswith(("https://", "http://")):
        raise RuleError("not_an_address", "url", found=url)

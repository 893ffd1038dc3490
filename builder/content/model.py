"""The model of the content: schemes with their facts and deadlines, and published changes."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, Literal, get_args

from calc.rules import (
    Checked,
    RuleError,
    Rules,
    SchemeRules,
    Source,
    Text,
    a_year,
    an_address,
    checked,
)

_FORBID = {"extra": "forbid"}

Moment = str
"""A minute in Norwegian time (`2027-04-07T23:59`), or a day (`2027-04-07`) for its first minute.

Of two moments, the later one is the greater text.
"""

DeadlineKind = Literal["application", "reporting"]


@dataclass(frozen=True, kw_only=True)
class Body(Checked):
    """A public body: the owner of a scheme, or the body that runs it."""

    __pydantic_config__ = _FORBID

    name: Text
    url: str | None = an_address(default=None)


@dataclass(frozen=True, kw_only=True)
class Link(Checked):
    """A link to another site: the application form, the owner's page, or the rules."""

    __pydantic_config__ = _FORBID

    kind: Literal["form", "owner", "rules"]
    label: Text
    url: str = an_address()


@dataclass(frozen=True, kw_only=True)
class Contact(Checked):
    """An official mailbox, never the mailbox of a caseworker."""

    __pydantic_config__ = _FORBID

    name: Text
    email: str = checked("not_an_email", pattern="^[^ ]*@[^ ]*$")


@dataclass(frozen=True, kw_only=True)
class Deadline(Checked):
    """A deadline, by exactly one of a date, an expected month (YYYY-MM), and `unknown`.

    - `for_year` is the calendar year of the grant that is applied for or reported on.
    - `time` is the time of day on the date (HH:MM); without it, the deadline is the end of the day.
    - `opens` is the first day on which one can apply, where it is known.
    - `area` names the part of the country for which the deadline holds, unless that is all of it.
    """

    __pydantic_config__ = _FORBID

    kind: DeadlineKind
    for_year: int = a_year()
    source: str
    date: dt.date | None = None
    opens: dt.date | None = checked(needs={"date": "opens_after_date"}, default=None)
    expected: str | None = checked(
        "not_a_month", pattern="^20[0-9]{2}-(0[1-9]|1[0-2])$", default=None
    )
    unknown: bool = False
    time: str | None = checked(
        "not_a_time",
        pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$",
        needs={"date": "time_without_date"},
        default=None,
    )
    area: Text | None = None

    def __post_init__(self) -> None:
        if (self.date is not None) + (self.expected is not None) + self.unknown != 1:
            raise RuleError("one_date", "date")
        super().__post_init__()
        if self.opens is not None and self.date is not None and self.opens > self.date:
            raise RuleError("opens_after_date", "opens", found=str(self.opens))

    @cached_property
    def ends(self) -> Moment | None:
        """The last minute of the deadline, or of the expected month; None where it is unknown."""
        if self.date is not None:
            return f"{self.date}T{self.time or '23:59'}"
        if self.expected_month is None:
            return None
        next_month = (self.expected_month + dt.timedelta(days=31)).replace(day=1)
        return _shifted(str(next_month), minutes=-1)

    @cached_property
    def over_from(self) -> Moment | None:
        """The first minute after the deadline or its expected month; None without either."""
        return None if self.ends is None else _shifted(self.ends, minutes=1)

    def is_open(self, when: dt.date | Moment) -> bool:
        """Whether one can apply at a time: it has opened, and its known date has not passed."""
        opened = self.opens is None or str(self.opens) <= str(when)
        return self.date is not None and opened and not self.has_passed(when)

    def has_passed(self, when: dt.date | Moment) -> bool:
        """Whether the deadline is over at a time. An unknown deadline never is."""
        return self.ends is not None and self.ends < str(when)

    @property
    def expected_month(self) -> dt.date | None:
        """The first day of the month in which the deadline is expected."""
        if self.expected is None:
            return None
        year, _, month = self.expected.partition("-")
        return dt.date(int(year), int(month), 1)

    @property
    def sort_key(self) -> dt.date:
        """The day by which deadlines are sorted; an unknown one comes last in its year."""
        return self.date or self.expected_month or dt.date(self.for_year, 12, 31)


_A_DAY = dt.timedelta(days=1)

State = Literal["active", "closed", "archived"]
# The groups of people that a scheme is for: readers can filter the portal by them.
Group = Literal["children", "adults", "families"]


@dataclass(frozen=True, kw_only=True)
class Facts(Checked):
    """The content of `scheme.yaml`: names, bodies, deadlines, links, sources. Never a rate."""

    __pydantic_config__ = _FORBID

    name: Text
    short_name: Text
    summary: Text
    state: State
    owner: Body
    target_group: Text
    groups: tuple[Group, ...] = checked("empty_list", minItems=1)
    applicants: tuple[Text, ...] = checked("empty_list", minItems=1)
    sources: dict[str, Source]
    fact_sources: tuple[str, ...] = checked("empty_list", minItems=1)
    last_checked: dt.date
    review_by: dt.date
    notice: Text | None = None
    administrator: Body | None = None
    deadlines: tuple[Deadline, ...] = ()
    links: tuple[Link, ...] = ()
    contacts: tuple[Contact, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.state != "active" and self.notice is None:
            raise RuleError("notice_needed", "notice", found=self.state)
        referred = [(f"fact_sources.{n}", key) for n, key in enumerate(self.fact_sources)]
        referred += [(f"deadlines.{n}.source", d.source) for n, d in enumerate(self.deadlines)]
        for where, key in referred:
            if key not in self.sources:
                known = ", ".join(self.sources)
                raise RuleError("unknown_source", where, found=key, expected=known)


# Sorted by the interest of readers who want to apply: a scheme that they can apply to comes first.
Status = Literal["open", "expected", "passed", "unknown", "closed", "archived"]


@dataclass(frozen=True, kw_only=True)
class Period[T]:
    """A value with the time in which it holds: from the minute `starts` through the minute `until`.

    None is a time without a known beginning or end. The reader's browser chooses among the periods
    of a page by the clock, so that the page stays right from day to day.
    """

    value: T
    starts: Moment | None = None
    until: Moment | None = None


@dataclass(frozen=True)
class Standing:
    """The status of a scheme at a time, and the application deadline that pages show then."""

    status: Status
    deadline: Deadline | None

    @property
    def rank(self) -> str:
        """The text for sorting schemes: by status, open and expected ones also by deadline."""
        order = get_args(Status).index(self.status)
        if self.deadline is None or self.status not in ("open", "expected"):
            return str(order)
        return f"{order} {self.deadline.ends}"


@dataclass(frozen=True, kw_only=True)
class Scheme(Facts):
    """A scheme: its facts, its address (`slug`) and its rule years, newest first."""

    slug: str
    rules: tuple[Rules, ...]

    @classmethod
    def of(cls, facts: Facts, slug: str, rules: tuple[Rules, ...]) -> "Scheme":
        """The scheme with these facts, this slug and these rule years, in any order."""
        values: dict[str, Any] = {f.name: getattr(facts, f.name) for f in fields(facts)}
        newest_first = tuple(sorted(rules, key=lambda r: r.year, reverse=True))
        return cls(slug=slug, rules=newest_first, **values)

    @property
    def calculator(self) -> SchemeRules:
        """The rules for the calculator of this scheme, oldest first, without worked examples."""
        return SchemeRules(
            slug=self.slug,
            name=self.short_name,
            rules=tuple(replace(rules, examples=()) for rules in reversed(self.rules)),
        )

    @property
    def all_sources(self) -> dict[str, Source]:
        """All sources by key: the sources of the facts and of the rule years."""
        return self.sources | {key: s for rules in self.rules for key, s in rules.sources.items()}

    def deadlines_of(self, kind: DeadlineKind) -> tuple[Deadline, ...]:
        """The deadlines of a kind, newest first."""
        chosen = (d for d in self.deadlines if d.kind == kind)
        return tuple(sorted(chosen, key=lambda d: d.sort_key, reverse=True))

    def status(self, when: dt.date | Moment) -> Status:
        """The status of the scheme at a time, for readers who want to apply."""
        if self.state != "active":
            return self.state
        deadline = self.deadline("application", when)
        if deadline is None:
            return "unknown"
        if deadline.has_passed(when):
            return "passed"
        return "open" if deadline.is_open(when) else "expected"

    def deadline(self, kind: DeadlineKind, when: dt.date | Moment) -> Deadline | None:
        """The deadline of a kind that pages show at a time; None where no date or month is known.

        This is the first coming deadline that is open for applications; else the first coming one;
        else the last one that has passed.
        """
        known = [(d.ends, d) for d in self.deadlines if d.kind == kind and d.ends is not None]
        coming = [(not d.is_open(when), ends, d) for ends, d in known if not d.has_passed(when)]
        if coming:
            return min(coming, key=lambda one: one[:2])[-1]
        return max(known, key=lambda one: one[0])[-1] if known else None

    def periods(self, today: dt.date) -> tuple[Period[Standing], ...]:
        """The standing of the scheme from `today` on, as far as it is known."""
        return self._periods(
            today, lambda at: Standing(self.status(at), self.deadline("application", at))
        )

    def deadline_periods(
        self, kind: DeadlineKind, today: dt.date
    ) -> tuple[Period[tuple[Deadline, bool] | None], ...]:
        """The deadline of a kind that pages show from `today` on, and whether it has passed."""

        def deadline_at(when: Moment) -> tuple[Deadline, bool] | None:
            deadline = self.deadline(kind, when)
            return None if deadline is None else (deadline, deadline.has_passed(when))

        return self._periods(today, deadline_at)

    def unchanged_since(self, today: dt.date) -> dt.date:
        """The earliest day, in the year of `today`, since which the scheme's pages are unchanged.

        Pages built for that day are right on `today` too, so they need not be built again each day.
        """
        days = [dt.date.fromisoformat(turn[:10]) + ("T" in turn) * _A_DAY for turn in self._turns]
        days += [dt.date(today.year, 1, 1), self.review_by + _A_DAY]
        return max(day for day in days if day <= today)

    @cached_property
    def _turns(self) -> tuple[Moment, ...]:
        """The moments at which a deadline opens for applications or is over, sorted."""
        opens = {str(d.opens) for d in self.deadlines if d.opens is not None}
        return tuple(sorted(opens | {d.over_from for d in self.deadlines if d.over_from}))

    def _periods[T](self, today: dt.date, value_at: Callable[[Moment], T]) -> tuple[Period[T], ...]:
        """The periods of a value from `today` on: a new one begins where the value changes."""
        periods = [Period(value=value_at(str(today)))]
        for turn in (turn for turn in self._turns if turn > str(today)):
            value = value_at(turn)
            if value != periods[-1].value:
                periods[-1] = replace(periods[-1], until=_shifted(turn, minutes=-1))
                periods.append(Period(value=value, starts=turn))
        return tuple(periods)


def _shifted(moment: Moment, *, minutes: int) -> Moment:
    shifted = dt.datetime.fromisoformat(moment) + dt.timedelta(minutes=minutes)
    return shifted.isoformat(timespec="minutes").removesuffix("T00:00")


@dataclass(frozen=True, kw_only=True)
class ChangeFacts(Checked):
    """The content of a file in `changes/`: a rule has changed, or the site had a mistake.

    `date` is the day on which the change is published, `years` are the rule years it is about, and
    `source` is a key among the sources of the scheme or of one of its rule years.
    """

    __pydantic_config__ = _FORBID

    date: dt.date
    kind: Literal["rule_changed", "correction"]
    scheme: str
    years: tuple[int, ...] = checked("empty_list", minItems=1)
    title: Text
    text: Text
    source: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        for n, year in enumerate(self.years):
            if year in self.years[:n]:
                raise RuleError("year_twice", f"years.{n}", found=str(year))
        if self.kind == "rule_changed" and self.source is None:
            raise RuleError("source_needed", "source", found="ingen kilde")


@dataclass(frozen=True, kw_only=True)
class Change(ChangeFacts):
    """A published change. Addresses and feeds identify it by its file's name, `name`."""

    name: str

    @classmethod
    def of(cls, facts: ChangeFacts, name: str) -> "Change":
        """The change with these facts and this name."""
        values: dict[str, Any] = {f.name: getattr(facts, f.name) for f in fields(facts)}
        return cls(name=name, **values)

"""Calendars of the deadlines (iCalendar, RFC 5545): one with all schemes, and one for each scheme.

A calendar depends on the content alone and never on the clock. A second build of the same content
gives the same bytes, and subscribers get nothing new. A calendar has only deadlines with a known
date; a deadline that is expected some time in a month is left out.

Every scheme has a calendar, also where no date is known: a reader can subscribe to it, and gets the
next date when it is known.
"""

import datetime as dt
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from icalendar import (
    Alarm,
    Calendar,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vDuration,
    vRecur,
    vText,
    vUri,
)

from builder.content.model import Deadline, Scheme
from builder.kit.addresses import address, calendar_address, localized
from builder.kit.i18n import LANGS, Translations
from builder.routes.paging import MANY
from calc.rules import Lang, Text

# The page of each kind of deadline, as the last part of its address.
PAGES = {"application": "slik-soker-du", "reporting": "rapportering"}
# The days before a deadline on which a calendar reminds of it, and the time of day: people are at
# work then, and not at midnight, when the day begins.
REMINDERS = (14, 3)
REMIND_AT = dt.time(9)
OSLO = ZoneInfo("Europe/Oslo")
# The least time that a passed deadline stays in a calendar of many schemes.
_RECENT = dt.timedelta(days=365)
# How often the program of a subscriber should fetch the calendar.
REFRESH = dt.timedelta(days=1)

# The UIDs of deadlines are derived from this value. This value never changes: with other UIDs,
# every deadline would appear a second time in the calendars of subscribers.
_NAMESPACE = uuid.UUID("5d3b7f0e-6a52-5d0c-9c1e-2f8f5f1a7c44")
# Sequence numbers count days from this day: as small integers, as some calendar programs need.
_FIRST_DAY = dt.date(2020, 1, 1)
_END = b"END:VCALENDAR\r\n"
# No text of an event matches this, since a continued line begins with a space (RFC 5545, 3.1).
_EVENT = re.compile(rb"^BEGIN:VEVENT\r\n.*?^END:VEVENT\r\n", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class ListedCalendar:
    """An item of the list of calendars: the deadlines of one scheme, or of all schemes.

    The calendar of all schemes has no `slug` and no `short_name`. `is_empty`: the calendar has no
    deadline with a known date.
    """

    slug: str | None
    short_name: Text | None
    is_empty: bool


def listed_calendars(schemes: Iterable[Scheme], *, only_all: bool) -> tuple[ListedCalendar, ...]:
    """The calendar of all schemes, followed, unless `only_all`, by the calendar of each scheme."""
    of_schemes = tuple(
        ListedCalendar(
            slug=scheme.slug,
            short_name=scheme.short_name,
            is_empty=all(deadline.date is None for deadline in scheme.deadlines),
        )
        for scheme in schemes
    )
    every = ListedCalendar(
        slug=None, short_name=None, is_empty=all(one.is_empty for one in of_schemes)
    )
    return (every,) if only_all else (every, *of_schemes)


def files(
    scheme: Scheme, translations: Translations, site_address: str
) -> Iterator[tuple[str, bytes]]:
    """The calendars of a scheme in both målformer: the path of each file, and its bytes.

    `site_address` is the public address of the site without a slash at the end, or empty.
    """
    for lang in LANGS:
        data = calendar((scheme,), scheme.slug, lang, translations, site_address)
        yield path(scheme.slug, lang), data


def files_of_all(
    schemes: tuple[Scheme, ...],
    of_each: Callable[[str], bytes],
    translations: Translations,
    site_address: str,
) -> Iterator[tuple[str, bytes]]:
    """The calendar of all schemes in both målformer, built from the calendars of single schemes.

    `of_each` returns the calendar of a scheme as bytes, by its path in the site. The other
    arguments and the result are as in `files`.
    """
    for lang in LANGS:
        each = [entries(scheme, of_each(path(scheme.slug, lang))) for scheme in schemes]
        yield path(None, lang), assembled(schemes, each, None, lang, translations, site_address)


def path(slug: str | None, lang: Lang) -> str:
    """The path in the site of a scheme's calendar, or of the calendar of all schemes (None)."""
    return localized(calendar_address(slug), lang).lstrip("/")


@dataclass(frozen=True)
class Entry:
    """A deadline in a calendar: `data` is a whole VEVENT.

    `is_recent`: on the day when the scheme was last checked, the deadline was still to come or had
    passed less than a year before.
    """

    data: bytes
    is_recent: bool


def calendar(
    schemes: tuple[Scheme, ...],
    slug: str | None,
    lang: Lang,
    translations: Translations,
    site_address: str,
) -> bytes:
    """The calendar file of these schemes. `slug` names the only scheme; it is None for several."""
    each = [events(scheme, lang, translations, site_address) for scheme in schemes]
    return assembled(schemes, each, slug, lang, translations, site_address)


def events(
    scheme: Scheme, lang: Lang, translations: Translations, site_address: str
) -> tuple[Entry, ...]:
    """The deadlines of a scheme that have a known date, the earliest first."""
    data = (
        _event(scheme, deadline, uid, lang, translations, site_address).to_ical()
        for deadline, uid in known(scheme)
    )
    return _entries(scheme, data)


def entries(scheme: Scheme, data: bytes) -> tuple[Entry, ...]:
    """The same as `events`, read from `data`, the calendar file of the scheme."""
    return _entries(scheme, _EVENT.findall(data))


def _entries(scheme: Scheme, events: Iterable[bytes]) -> tuple[Entry, ...]:
    first = scheme.last_checked - _RECENT
    return tuple(
        Entry(data, deadline.date is not None and deadline.date > first)
        for (deadline, _), data in zip(known(scheme), events, strict=True)
    )


def assembled(
    schemes: tuple[Scheme, ...],
    each: Iterable[tuple[Entry, ...]],
    slug: str | None,
    lang: Lang,
    translations: Translations,
    site_address: str,
) -> bytes:
    """The calendar file of these schemes, as `calendar`; `each` has the `events` of each scheme.

    The file of many schemes has only recent deadlines, since calendar programs refuse large files.
    """
    t = translations.translator(lang)
    name = t("calendar.name")
    if slug is not None:
        name = t("calendar.name_of_scheme", scheme=schemes[0].short_name.best(lang)[0])
    here = localized(calendar_address(slug), lang)
    file = Calendar()
    file.add("VERSION", "2.0")
    file.add("PRODID", f"-//Tilskuddsstigen//Frister//{lang.upper()}")
    file.add("CALSCALE", "GREGORIAN")
    file.add("UID", str(uuid.uuid5(_NAMESPACE, f"calendar {here}")))
    file.add("LAST-MODIFIED", _midnight(max(scheme.last_checked for scheme in schemes)))
    # The X- names are older than NAME, DESCRIPTION and REFRESH-INTERVAL (RFC 7986); some calendars
    # read only the older names.
    for key in ("NAME", "X-WR-CALNAME"):
        file.add(key, vText(name))
    for key in ("DESCRIPTION", "X-WR-CALDESC"):
        file.add(key, vText(t("calendar.description")))
    file.add("X-WR-TIMEZONE", OSLO.key)
    for key in ("REFRESH-INTERVAL", "X-PUBLISHED-TTL"):
        file.add(key, vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    if site_address:
        file.add("SOURCE", vUri(site_address + here), parameters={"VALUE": "URI"})
    file.add_component(_oslo())
    is_large = len(schemes) > MANY
    shown = [one.data for entries in each for one in entries if one.is_recent or not is_large]
    head: bytes = file.to_ical()
    return head.removesuffix(_END) + b"".join(shown) + _END


def known(scheme: Scheme) -> Iterator[tuple[Deadline, str]]:
    """The deadlines of a scheme that have a known date, the earliest first, each with its UID.

    The UID is derived from kind, year and area of the deadline and not from its date: when an
    editor changes the date, calendars of subscribers move the event. Deadlines of the same kind,
    year and area are numbered in their order.
    """
    count: dict[tuple[object, ...], int] = {}
    dated = (deadline for deadline in scheme.deadlines if deadline.date is not None)
    for deadline in sorted(dated, key=lambda d: (d.sort_key, d.time or "")):
        area = "" if deadline.area is None else " ".join(deadline.area.nb.casefold().split())
        key = (scheme.slug, deadline.kind, deadline.for_year, area)
        count[key] = number = count.get(key, 0) + 1
        yield deadline, str(uuid.uuid5(_NAMESPACE, " / ".join(map(str, (*key, number)))))


def _event(
    scheme: Scheme,
    deadline: Deadline,
    uid: str,
    lang: Lang,
    translations: Translations,
    site_address: str,
) -> Event:
    assert deadline.date is not None
    t = translations.translator(lang)
    kind = t(f"calendar.kind.{deadline.kind}")
    short_name = scheme.short_name.best(lang)[0]
    summary = f"{kind}: {short_name}"
    event = Event()
    event.add("UID", uid)
    checked = _midnight(scheme.last_checked)
    event.add("DTSTAMP", checked)
    event.add("LAST-MODIFIED", checked)
    # Calendar programs accept a change only with a higher number. The content has no count of
    # changes, but an editor who changes a deadline also sets `last_checked` to that day.
    event.add("SEQUENCE", (scheme.last_checked - _FIRST_DAY).days)
    start: dt.date | dt.datetime = deadline.date
    if deadline.time is None:
        event.add("DTSTART", deadline.date)
        event.add("DTEND", deadline.date + dt.timedelta(days=1))
    else:
        # An event without an end is a point in time, as a deadline is.
        clock = dt.time.fromisoformat(deadline.time)
        start = dt.datetime.combine(deadline.date, clock, OSLO)
        event.add("DTSTART", start)
        summary += f", {t('deadline.at_time', time=deadline.time)}"
    area = deadline.area.best(lang)[0] if deadline.area else ""
    event.add("SUMMARY", f"{summary} ({area})" if area else summary)
    event.add("DESCRIPTION", "\n".join(_description(scheme, deadline, lang, translations)))
    event.add("CATEGORIES", [kind, short_name])
    # A deadline takes none of the day: calendars are not to show the subscriber as busy.
    event.add("TRANSP", "TRANSPARENT")
    if site_address:
        page = address(scheme.slug, PAGES[deadline.kind])
        event.add("URL", vUri(f"{site_address}{'/nn' if lang == 'nn' else ''}{page}"))
    for days in REMINDERS:
        alarm = Alarm()
        alarm.add("ACTION", "DISPLAY")
        alarm.add("DESCRIPTION", t("calendar.reminder", days=days, what=summary))
        alarm.add("TRIGGER", _before(days, deadline))
        event.add_component(alarm)
    return event


def _before(days: int, deadline: Deadline) -> dt.timedelta:
    """The time from the start of the event to the reminder some days before, thus negative."""
    clock = dt.time.fromisoformat(deadline.time or "00:00")
    at = dt.timedelta(hours=REMIND_AT.hour, minutes=REMIND_AT.minute)
    return at - dt.timedelta(days=days, hours=clock.hour, minutes=clock.minute)


def _description(
    scheme: Scheme, deadline: Deadline, lang: Lang, translations: Translations
) -> Iterator[str]:
    t = translations.translator(lang)
    yield t(f"calendar.for_year.{deadline.kind}", year=deadline.for_year)
    area = deadline.area.best(lang)[0] if deadline.area else t("deadline.whole_country")
    yield f"{t('deadline.column.area')}: {area}."
    source = scheme.sources[deadline.source]
    yield f"{t('source.one')}: {source.title}. {source.publisher}."
    if source.url is not None:
        yield source.url
    if source.note is not None:
        yield source.note.best(lang)[0]
    yield t("calendar.check", owner=scheme.owner.name.best(lang)[0])


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def _oslo() -> Timezone:
    """Norwegian time since 1996, by the rule for summer time that holds all over Europe.

    A rule and no list of days: such a list would depend on the time zone data of the machine.
    """
    zone = Timezone()
    zone.add("TZID", OSLO.key)
    winter, summer = dt.timedelta(hours=1), dt.timedelta(hours=2)
    for part, name, first, month, before, after in (
        (TimezoneDaylight(), "CEST", dt.datetime(1996, 3, 31, 2), 3, winter, summer),  # noqa: DTZ001
        (TimezoneStandard(), "CET", dt.datetime(1996, 10, 27, 3), 10, summer, winter),  # noqa: DTZ001
    ):
        part.add("TZNAME", name)
        part.add("DTSTART", first)
        part.add("RRULE", vRecur(FREQ="YEARLY", BYMONTH=month, BYDAY="-1SU"))
        part.add("TZOFFSETFROM", before)
        part.add("TZOFFSETTO", after)
        zone.add_component(part)
    return zone

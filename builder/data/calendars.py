"""Calendars of the deadlines (iCalendar, RFC 5545): one of all schemes, and one of each.

A calendar is made from the content alone, never from the clock: built again from the same content,
it is the same file, and whoever subscribes gets nothing new. Only known dates are in it. A month in
which a deadline is expected is no date to put in a calendar.

Every scheme has its calendar, also where no date is known: somebody may subscribe to it already,
and will get the next date when it is known.
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
from builder.kit.i18n import LANGS, Translations
from builder.routes.addresses import localized
from builder.routes.calendar_list import address
from builder.routes.paging import MANY
from calc.rules import Lang

# Where the page of each kind of deadline is, below the scheme's own address.
PAGES = {"application": "slik-soker-du", "reporting": "rapportering"}
# Days before a deadline on which a calendar reminds of it, and when: while people are at work,
# instead of at midnight, where a day begins.
REMINDERS = (14, 3)
REMIND_AT = dt.time(9)
OSLO = ZoneInfo("Europe/Oslo")
# How long after it has passed a deadline stays in a calendar of many schemes, at the least.
_RECENT = dt.timedelta(days=365)
# How often a subscriber should look for changes.
REFRESH = dt.timedelta(days=1)

# Names made from this are of our calendars; it never changes, or every deadline would be a new one.
_NAMESPACE = uuid.UUID("5d3b7f0e-6a52-5d0c-9c1e-2f8f5f1a7c44")
# Sequence numbers count days from here, since they have to be small.
_FIRST_DAY = dt.date(2020, 1, 1)
_END = b"END:VCALENDAR\r\n"
# No text can look like this: a line that goes on begins with a space.
_EVENT = re.compile(rb"^BEGIN:VEVENT\r\n.*?^END:VEVENT\r\n", re.DOTALL | re.MULTILINE)


def files(
    scheme: Scheme, translations: Translations, site_address: str
) -> Iterator[tuple[str, bytes]]:
    """The calendar of a scheme in both målformer, each by its path in the site.

    `site_address` is where the site will stand, without a slash at its end, or empty.
    """
    for lang in LANGS:
        made = calendar((scheme,), scheme.slug, lang, translations, site_address)
        yield path(scheme.slug, lang), made


def files_of_all(
    schemes: tuple[Scheme, ...],
    of_each: Callable[[str], bytes],
    translations: Translations,
    site_address: str,
) -> Iterator[tuple[str, bytes]]:
    """The calendar of all schemes in both målformer, made of what stands in that of each.

    `of_each` gives the files of each scheme, by path in the site; otherwise as `files`.
    """
    for lang in LANGS:
        found = [entries(scheme, of_each(path(scheme.slug, lang))) for scheme in schemes]
        yield path(None, lang), assembled(schemes, found, None, lang, translations, site_address)


def path(slug: str | None, lang: Lang) -> str:
    """Where the calendar of a scheme or of all is in the site."""
    return localized(address(slug), lang).lstrip("/")


@dataclass(frozen=True)
class Entry:
    """A deadline in calendars, as their format has it.

    `is_recent` unless it had passed for a year or more when the scheme was last checked.
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
    """The calendar file of some schemes; `slug` is that of the only one, or None."""
    found = [events(scheme, lang, translations, site_address) for scheme in schemes]
    return assembled(schemes, found, slug, lang, translations, site_address)


def events(
    scheme: Scheme, lang: Lang, translations: Translations, site_address: str
) -> tuple[Entry, ...]:
    """The known deadlines of a scheme, the first first."""
    made = (
        _event(scheme, deadline, uid, lang, translations, site_address).to_ical()
        for deadline, uid in known(scheme)
    )
    return _entries(scheme, made)


def entries(scheme: Scheme, data: bytes) -> tuple[Entry, ...]:
    """The `events` of a scheme, as they stand in its own calendar."""
    return _entries(scheme, _EVENT.findall(data))


def _entries(scheme: Scheme, made: Iterable[bytes]) -> tuple[Entry, ...]:
    first = scheme.last_checked - _RECENT
    return tuple(
        Entry(data, deadline.date is not None and deadline.date > first)
        for (deadline, _), data in zip(known(scheme), made, strict=True)
    )


def assembled(
    schemes: tuple[Scheme, ...],
    found: Iterable[tuple[Entry, ...]],
    slug: str | None,
    lang: Lang,
    translations: Translations,
    site_address: str,
) -> bytes:
    """The calendar file of some schemes, made of their `events`; otherwise as `calendar`.

    That of many schemes has only recent deadlines: calendar programs refuse what is too large.
    """
    t = translations.translator(lang)
    name = t("calendar.name")
    if slug is not None:
        name = t("calendar.name_of_scheme", scheme=schemes[0].short_name.best(lang)[0])
    here = f"/nn{address(slug)}" if lang == "nn" else address(slug)
    made = Calendar()
    made.add("VERSION", "2.0")
    made.add("PRODID", f"-//Tilskuddsstigen//Frister//{lang.upper()}")
    made.add("CALSCALE", "GREGORIAN")
    made.add("UID", str(uuid.uuid5(_NAMESPACE, f"calendar {here}")))
    made.add("LAST-MODIFIED", _midnight(max(scheme.last_checked for scheme in schemes)))
    # The X- names are older than NAME, DESCRIPTION and REFRESH-INTERVAL (RFC 7986); some calendars
    # read only those.
    for key in ("NAME", "X-WR-CALNAME"):
        made.add(key, vText(name))
    for key in ("DESCRIPTION", "X-WR-CALDESC"):
        made.add(key, vText(t("calendar.description")))
    made.add("X-WR-TIMEZONE", OSLO.key)
    for key in ("REFRESH-INTERVAL", "X-PUBLISHED-TTL"):
        made.add(key, vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    if site_address:
        made.add("SOURCE", vUri(site_address + here), parameters={"VALUE": "URI"})
    made.add_component(_oslo())
    is_large = len(schemes) > MANY
    shown = [one.data for entries in found for one in entries if one.is_recent or not is_large]
    head: bytes = made.to_ical()
    return head.removesuffix(_END) + b"".join(shown) + _END


def known(scheme: Scheme) -> Iterator[tuple[Deadline, str]]:
    """The deadlines of a scheme that have a date, the first first, each with its UID.

    A deadline is known by what it is for, not by its date: when the date is moved, calendars move
    the entry they have. Where a scheme has several for the same, they are told apart by their
    order.
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
    # Calendars take a change only with a higher number. We keep no count of changes, but whoever
    # changes a deadline has checked it that day.
    event.add("SEQUENCE", (scheme.last_checked - _FIRST_DAY).days)
    start: dt.date | dt.datetime = deadline.date
    if deadline.time is None:
        event.add("DTSTART", deadline.date)
        event.add("DTEND", deadline.date + dt.timedelta(days=1))
    else:
        # Without an end it is a point in time, as a deadline is.
        clock = dt.time.fromisoformat(deadline.time)
        start = dt.datetime.combine(deadline.date, clock, OSLO)
        event.add("DTSTART", start)
        summary += f", {t('deadline.at_time', time=deadline.time)}"
    area = deadline.area.best(lang)[0] if deadline.area else ""
    event.add("SUMMARY", f"{summary} ({area})" if area else summary)
    event.add("DESCRIPTION", "\n".join(_description(scheme, deadline, lang, translations)))
    event.add("CATEGORIES", [kind, short_name])
    # Nobody is busy all day because something is due.
    event.add("TRANSP", "TRANSPARENT")
    if site_address:
        page = f"/{scheme.slug}/{PAGES[deadline.kind]}/"
        event.add("URL", vUri(f"{site_address}{'/nn' if lang == 'nn' else ''}{page}"))
    for days in REMINDERS:
        alarm = Alarm()
        alarm.add("ACTION", "DISPLAY")
        alarm.add("DESCRIPTION", t("calendar.reminder", days=days, what=summary))
        alarm.add("TRIGGER", _before(days, deadline))
        event.add_component(alarm)
    return event


def _before(days: int, deadline: Deadline) -> dt.timedelta:
    """From the start of the entry to the reminder on a day before it."""
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
    """Norwegian time since 1996, by the rule that holds all over Europe.

    By rule, since a list of days depends on the time zones of the machine that builds.
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

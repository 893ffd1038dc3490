"""Calendars, read as calendar programs read them."""

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event

from builder.content import Scheme, Site
from builder.data import calendars
from builder.kit.addresses import calendar_address
from builder.kit.i18n import LANGS, Translations
from builder.routes.paging import MANY
from calc.rules import Lang, Text
from tests.data.conftest import ADDRESS
from tests.data.schemes import area, deadline, scheme
from tests.site.pages import Page, read_page, text
from tests.theme.environment import context, environment

type Read = Callable[..., Calendar]

OSLO = ZoneInfo("Europe/Oslo")


@pytest.fixture
def read(translations: Translations) -> Read:
    def read_calendar(*schemes: Scheme, lang: Lang = "nb", address: str = "") -> Calendar:
        slug = schemes[0].slug if len(schemes) == 1 else None
        data = calendars.calendar(schemes, slug, lang, translations, address)
        found = Calendar.from_ical(data)
        assert isinstance(found, Calendar)
        assert all(event.errors == [] for event in found.walk())
        return found

    return read_calendar


def uids(calendar: Calendar) -> list[str]:
    return [str(event["UID"]) for event in calendar.events]


def files(site: Path) -> Iterator[tuple[str | None, Lang, Calendar]]:
    for path in sorted(site.rglob("*.ics")):
        steps = path.relative_to(site).parent.parts
        lang: Lang = "nn" if steps[:1] == ("nn",) else "nb"
        slug = next((step for step in steps if step != "nn"), None)
        yield slug, lang, Calendar.from_ical(path.read_bytes())


# --- What is in them ---


def test_every_known_deadline_is_in_its_calendars_and_nothing_else(
    built_site: Path, site: Site
) -> None:
    there = {(slug, lang): calendar for slug, lang, calendar in files(built_site)}
    wanted = [(slug, lang) for slug in (None, *site.schemes) for lang in LANGS]
    assert sorted(there, key=str) == sorted(wanted, key=str)
    assert sum(len(calendar.events) for calendar in there.values()) > 0
    for (slug, _), calendar in there.items():
        schemes = site.schemes.values() if slug is None else [site.schemes[slug]]
        known = [d for s in schemes for d in s.deadlines if d.date is not None]
        days = [
            e.start.date() if isinstance(e.start, dt.datetime) else e.start for e in calendar.events
        ]
        assert Counter(days) == Counter(d.date for d in known)
        kinds = Counter(str(e["SUMMARY"]).partition(":")[0] for e in calendar.events)
        names = {"application": "Søknadsfrist", "reporting": "Rapporteringsfrist"}
        assert kinds == Counter(names[d.kind] for d in known)


def test_an_expected_month_and_an_unknown_day_are_no_dates(read: Read) -> None:
    calendar = read(scheme(deadline(expected="2027-04"), deadline(unknown=True)))
    # Still a whole calendar, for those who subscribe already: it must have a part (RFC 5545, 3.6).
    assert [part.name for part in calendar.subcomponents] == ["VTIMEZONE"]


def test_an_entry_has_summary_description_and_categories(read: Read) -> None:
    one = scheme(
        deadline("2027-04-07", time="12:00", area=Text(nb="Nord, sør; øst", nn="Nord og aust")),
        short_name=Text(nb="Prøver", nn="Prøver på nynorsk"),
    )
    event = read(one).events[0]
    assert str(event["SUMMARY"]) == "Søknadsfrist: Prøver, kl. 12:00 (Nord, sør; øst)"
    assert str(event["DESCRIPTION"]).splitlines() == [
        "Gjelder søknad om tilskudd for 2027.",
        "Gjelder: Nord, sør; øst.",
        "Kilde: Regelverk <2025>. Et direktorat.",
        "https://direktorat.example/a?b=1&c=2",
        "En merknad på bokmål.",
        "Sjekk alltid fristen hos Et direktorat.",
    ]
    assert list(event["CATEGORIES"].cats) == ["Søknadsfrist", "Prøver"]
    nynorsk = read(one, lang="nn")
    assert str(nynorsk["X-WR-CALNAME"]) == "Prøver på nynorsk: fristar – Tilskuddsstigen"
    assert nynorsk["NAME"] == nynorsk["X-WR-CALNAME"]
    event = nynorsk.events[0]
    assert str(event["SUMMARY"]) == "Søknadsfrist: Prøver på nynorsk, kl. 12:00 (Nord og aust)"
    assert "Gjeld søknad om tilskot for 2027." in str(event["DESCRIPTION"])


def test_addresses_are_whole_or_left_out(read: Read) -> None:
    one = scheme(deadline("2027-04-07"), deadline("2028-04-01", kind="reporting"))
    assert all("URL" not in event for event in read(one).events)
    placed = read(one, lang="nn", address=ADDRESS)
    assert [str(event["URL"]) for event in placed.events] == [
        f"{ADDRESS}/nn/prove/slik-soker-du/",
        f"{ADDRESS}/nn/prove/rapportering/",
    ]
    assert str(placed["SOURCE"]) == f"{ADDRESS}/nn/prove/frister.ics"


def test_addresses_in_the_calendars_of_a_site_lead_to_its_pages(placed_site: Path) -> None:
    found = [str(e["URL"]) for _, _, calendar in files(placed_site) for e in calendar.events]
    assert found
    for address in found:
        assert (placed_site / address.removeprefix(f"{ADDRESS}/") / "index.html").is_file()


# --- When ---


def test_a_day_without_a_time_is_a_whole_day_that_takes_no_time(read: Read) -> None:
    (event,) = read(scheme(deadline("2028-02-29"))).events
    assert (event.start, event.end) == (dt.date(2028, 2, 29), dt.date(2028, 3, 1))
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert event["TRANSP"] == "TRANSPARENT"


@pytest.mark.parametrize(
    ("day", "time", "utc"),
    [
        ("2027-03-27", "23:59", "2027-03-27T22:59"),
        ("2027-03-28", "00:00", "2027-03-27T23:00"),
        ("2027-03-28", "23:59", "2027-03-28T21:59"),
        ("2027-10-30", "23:59", "2027-10-30T21:59"),
        ("2027-10-31", "23:59", "2027-10-31T22:59"),
        ("2026-12-31", "23:59", "2026-12-31T22:59"),
    ],
)
def test_a_time_is_norwegian_in_summer_and_winter(
    read: Read, day: str, time: str, utc: str
) -> None:
    calendar = read(scheme(deadline(day, time=time)))
    (event,) = calendar.events
    (zone,) = calendar.timezones
    # By the rules of the zone in the file, as a program does that knows no zones.
    assert event["DTSTART"].params["TZID"] == str(zone["TZID"]) == "Europe/Oslo"
    local = event.start.replace(tzinfo=zone.to_tz(lookup_tzid=False))
    assert f"{local.astimezone(dt.UTC):%Y-%m-%dT%H:%M}" == utc
    assert event.start == event.end


def test_the_time_zone_in_the_file_is_that_of_norway(read: Read) -> None:
    """In the middle of each season, and a minute before and at each change between them."""
    (zone,) = read(scheme()).timezones
    ours = zone.to_tz(lookup_tzid=False)
    for year in range(2000, 2038):
        moments = [dt.datetime(year, month, 1, tzinfo=dt.UTC) for month in (1, 7)]
        for month in (3, 10):
            last = dt.datetime(year, month, 31, 1, tzinfo=dt.UTC)
            change = last - dt.timedelta(days=(last.weekday() + 1) % 7)
            moments += [change - dt.timedelta(minutes=1), change]
            offsets = [moment.astimezone(OSLO).utcoffset() for moment in moments[-2:]]
            assert offsets[0] != offsets[1]
        for moment in moments:
            assert moment.astimezone(ours).utcoffset() == moment.astimezone(OSLO).utcoffset()


@pytest.mark.parametrize("time", [None, "12:00", "23:59", "08:00"])
@pytest.mark.parametrize("day", ["2027-04-07", "2027-01-02"])
def test_reminders_come_in_the_morning_two_weeks_and_three_days_before(
    read: Read,
    day: str,
    time: str | None,
) -> None:
    (event,) = read(scheme(deadline(day, time=time))).events
    start = dt.datetime.fromisoformat(f"{day}T{time or '00:00'}")
    reminders = [start + alarm["TRIGGER"].dt for alarm in event.walk("VALARM")]
    date = dt.date.fromisoformat(day)
    assert reminders == [
        dt.datetime.combine(date - dt.timedelta(days=days), dt.time(9)) for days in (14, 3)
    ]
    assert all(alarm["ACTION"] == "DISPLAY" for alarm in event.walk("VALARM"))
    assert "14 dager" in str(event.walk("VALARM")[0]["DESCRIPTION"])


# --- The same deadline, and not the same ---


def test_a_deadline_that_is_moved_is_the_same_entry_with_a_higher_number(read: Read) -> None:
    before = scheme(deadline("2027-04-07"), last_checked=dt.date(2026, 11, 22))
    after = scheme(
        deadline("2027-04-09", time="15:00", source="bare"), last_checked=dt.date(2027, 1, 8)
    )
    (one,), (other,) = read(before).events, read(after).events
    assert one["UID"] == other["UID"]
    assert one["SEQUENCE"] < other["SEQUENCE"]
    assert one["DTSTAMP"].dt < other["DTSTAMP"].dt == other["LAST-MODIFIED"].dt
    assert other["DTSTAMP"].dt == dt.datetime(2027, 1, 8, tzinfo=dt.UTC)


def test_a_uid_is_the_same_for_ever(read: Read) -> None:
    (event,) = read(scheme(deadline("2027-04-07", area=area("Møre og Romsdal")))).events
    assert event["UID"] == "76de538d-94b9-54c6-8168-8f7ab1ac253b"
    (event,) = read(scheme(deadline("2027-05-01", area=area(" møre  og romsdal")))).events
    assert event["UID"] == "76de538d-94b9-54c6-8168-8f7ab1ac253b"


def test_deadlines_for_different_things_are_different_entries(read: Read) -> None:
    one = scheme(
        deadline("2027-04-07"),
        deadline("2027-04-07", kind="reporting"),
        deadline("2027-04-07", for_year=2028),
        deadline("2027-04-07", area=area("Agder")),
        # Two rounds in one year.
        deadline("2027-10-01"),
        deadline("2027-04-07", time="12:00", for_year=2028),
    )
    other = scheme(deadline("2027-04-07"), slug="en-annen")
    assert len(set(uids(read(one, other)))) == 7
    # The first round keeps its UID when there is a second.
    assert uids(read(scheme(deadline("2027-04-07"))))[0] in uids(read(one))


def test_uids_are_the_same_in_every_calendar_and_language(built_site: Path) -> None:
    everything = {lang: set(uids(c)) for slug, lang, c in files(built_site) if slug is None}
    assert everything["nb"] == everything["nn"]
    for lang in LANGS:
        single = [
            uid for slug, of, c in files(built_site) if slug and of == lang for uid in uids(c)
        ]
        assert len(single) == len(set(single))
        assert set(single) == everything[lang]


# --- The file ---


def test_files_are_as_the_standard_says(built_site: Path) -> None:
    for path in built_site.rglob("*.ics"):
        data = path.read_bytes()
        assert data.endswith(b"END:VCALENDAR\r\n")
        lines = data.split(b"\r\n")
        assert all(b"\n" not in line and len(line) <= 75 for line in lines)
        calendar = Calendar.from_ical(data)
        assert calendar.to_ical() == data
        for required in ("VERSION", "PRODID", "REFRESH-INTERVAL", "X-WR-CALNAME", "UID"):
            assert required in calendar
        for event in calendar.events:
            assert isinstance(event, Event)
            assert {"UID", "DTSTAMP", "SEQUENCE"} <= event.keys()


def test_a_calendar_does_not_know_what_day_it_was_built(
    built_site: Path, site: Site, translations: Translations
) -> None:
    schemes = tuple(site.schemes.values())
    data = calendars.calendar(schemes, None, "nb", translations, "")
    assert (built_site / "frister.ics").read_bytes() == data
    newest = max(s.last_checked for s in schemes)
    stamps = {event["DTSTAMP"].dt.date() for event in Calendar.from_ical(data).events}
    assert max(stamps) <= newest


@pytest.mark.parametrize("number", [2, pytest.param(MANY + 1, marks=pytest.mark.thorough)])
def test_the_calendar_of_all_has_what_stands_in_that_of_each(
    site: Site, translations: Translations, number: int
) -> None:
    name = Text(nb="BEGIN:VEVENT\r\nEND:VEVENT\r\n, \\n; å" + "æ" * 80)
    schemes = tuple(
        dataclasses.replace(real, slug=f"{real.slug}-{n}", short_name=name)
        for n in range(number // len(site.schemes) + 1)
        for real in site.schemes.values()
    )
    of_each: dict[str, bytes] = {}
    for one in schemes:
        of_each |= calendars.files(one, translations, ADDRESS)
    of_all = calendars.files_of_all(schemes, of_each.__getitem__, translations, ADDRESS)
    found = dict(of_all)
    for lang in LANGS:
        data = calendars.calendar(schemes, None, lang, translations, ADDRESS)
        assert found[calendars.path(None, lang)] == data


# --- Links ---


@pytest.mark.parametrize("lang", LANGS)
def test_pages_lead_to_the_calendars(pages: dict[str, Page], site: Site, lang: Lang) -> None:
    start = "/nn" if lang == "nn" else ""
    paths = [f"{start}{calendar_address(slug)}" for slug in (None, *site.schemes)]
    page = pages[f"{start}/frister/"]
    links = [link.get("href") for link in page.main.iter("a")]
    assert [link for link in links if str(link).endswith(".ics")] == paths
    for slug, found in site.schemes.items():
        for kind, name in calendars.PAGES.items():
            links = [a.get("href") for a in pages[f"{start}/{slug}/{name}/"].main.iter("a")]
            wanted = f"{start}/{slug}/frister.ics" in links
            assert wanted == bool(found.deadlines_of(kind))  # type: ignore[arg-type]


def test_a_site_that_knows_its_address_offers_to_subscribe(placed_pages: dict[str, Page]) -> None:
    main = placed_pages["/nn/frister/"].main
    links = [a for a in main.iter("a") if a.get("href", "").startswith("webcal:")]
    assert links[0].get("href") == "webcal://stigen.example/nn/frister.ics"
    assert links[0].get("aria-label", "").startswith(text(links[0]))
    assert f"{ADDRESS}/nn/frister.ics" in text(main)
    assert len(links) == len({link.get("aria-label") for link in links}) > 1


@pytest.mark.parametrize("day", ["", "2027-04-07"])
def test_a_page_says_when_its_calendar_is_empty(translations: Translations, day: str) -> None:
    found = deadline(day, **({} if day else {"expected": "2027-04"}))
    template = environment().get_template("scheme/soknad.html")
    page = read_page(template.render(context("nb", scheme=scheme(found), page_sources={})))
    (note,) = page.all("p", class_="calendar-note")
    said = translations.translator("nb")("calendar.empty")
    assert (said in text(note)) == (not day)

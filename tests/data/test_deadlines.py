"""The page with all deadlines, as it is on the day it was built and on later ones."""

import datetime as dt
from itertools import pairwise
from xml.etree.ElementTree import Element

import pytest

from builder.content import Scheme, Site
from builder.data.calendars import listed_calendars
from builder.views import deadlines
from calc.rules import Lang
from tests.data.conftest import EARLIER
from tests.data.schemes import area, deadline, scheme
from tests.site.pages import Page, read_page, text
from tests.theme.environment import context, environment

TEMPLATE = environment().get_template("frister.html")
SCHEMES = (
    scheme(
        deadline("2026-12-31", for_year=2026),
        deadline("2027-01-15", time="12:00", area=area("Agder")),
        deadline("2027-03-31", for_year=2028),
        deadline(expected="2027-03", kind="reporting"),
        deadline(expected="2026-11", for_year=2025),
        deadline("2024-02-29", time="23:59"),
        slug="en",
    ),
    scheme(
        deadline("2027-01-15", kind="reporting"),
        deadline(unknown=True, for_year=2027),
        deadline(unknown=True, for_year=2025),
        deadline("2027-12-31", time="23:59"),
        slug="to",
    ),
)


def built(schemes: tuple[Scheme, ...], day: dt.date, lang: Lang = "nb") -> Page:
    shown = deadlines.AllDeadlines(schemes, day).page()
    listed = listed_calendars(schemes, only_all=False)
    return read_page(TEMPLATE.render(context(lang, deadlines=shown, calendars=listed, today=day)))


def is_shown(element: Element, now: dt.datetime) -> bool:
    """What the page's script makes of an element: `until` is inclusive."""
    start, end = element.get("data-from"), element.get("data-until")
    if start is None and end is None:
        return "hidden" not in element.attrib
    if end is not None and "T" not in end:
        end += "T23:59"
    moment = f"{now:%Y-%m-%dT%H:%M}"
    return (start is None or start <= moment) and (end is None or moment <= end)


def shown(element: Element, now: dt.datetime | None) -> list[str]:
    """The rows and sentences that a reader sees; without a moment, as the file has it."""
    if not ("hidden" not in element.attrib if now is None else is_shown(element, now)):
        return []
    if element.tag in ("tr", "p", "caption", "h2"):
        return [text(element)]
    return [line for child in element for line in shown(child, now)]


def section(page: Page, name: str) -> Element:
    (found,) = page.all("section", aria_labelledby=name)
    return found


def coming(page: Page) -> list[str]:
    return shown(section(page, "kommende"), None)


DAYS = [
    dt.date(2026, 11, 22),
    dt.date(2026, 11, 30),
    dt.date(2026, 12, 1),
    dt.date(2026, 12, 31),
    dt.date(2027, 1, 1),
    dt.date(2027, 1, 15),
    dt.date(2027, 1, 16),
    dt.date(2027, 3, 1),
    dt.date(2027, 3, 31),
    dt.date(2027, 4, 1),
    dt.date(2027, 12, 31),
    dt.date(2028, 1, 1),
]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_page_shows_on_a_later_day_what_a_page_of_that_day_shows(day: dt.date) -> None:
    fresh = shown(built(SCHEMES, day).main, None)
    for before in [d for d in DAYS if d <= day]:
        old = built(SCHEMES, before)
        assert shown(old.main, dt.datetime.combine(day, dt.time())) == fresh, before


def test_the_page_differs_between_the_days_that_are_tried() -> None:
    assert len({tuple(shown(built(SCHEMES, day).main, None)) for day in DAYS}) == 6


def test_a_row_moves_at_its_minute() -> None:
    page = built(SCHEMES, dt.date(2027, 1, 15))
    for time, is_coming in (("11:59", True), ("12:00", True), ("12:01", False)):
        now = dt.datetime.fromisoformat(f"2027-01-15T{time}")
        there = [line for line in shown(section(page, "kommende"), now) if "Agder" in line]
        gone = [line for line in shown(section(page, "tidligere"), now) if "Agder" in line]
        assert (len(there), len(gone)) == ((1, 0) if is_coming else (0, 1))


def test_the_nearest_deadline_comes_first_and_unknown_ones_last() -> None:
    rows = deadlines.AllDeadlines(SCHEMES, dt.date(2026, 11, 22)).page().coming
    assert [(row.slug, str(row.deadline.date or row.deadline.expected)) for row in rows] == [
        ("en", "2026-11"),
        ("en", "2026-12-31"),
        ("en", "2027-01-15"),
        ("to", "2027-01-15"),
        # The last day of a month before some day in it.
        ("en", "2027-03-31"),
        ("en", "2027-03"),
        ("to", "2027-12-31"),
        ("to", "None"),
    ]


def test_earlier_deadlines_stand_by_year_with_the_last_first() -> None:
    page = deadlines.AllDeadlines(SCHEMES, dt.date(2028, 6, 1)).page()
    assert [year.year for year in page.years] == [2027, 2026, 2025, 2024]
    for year in page.years:
        assert not year.since
        assert all(one.until >= other.until for one, other in pairwise(year.rows))
    assert sum(len(year.rows) for year in page.years) == sum(len(s.deadlines) for s in SCHEMES)


def test_an_expected_month_is_named_and_then_past() -> None:
    one = (scheme(deadline(expected="2027-04")),)
    assert "Ventet i april 2027" in text(section(built(one, dt.date(2027, 4, 30)), "kommende"))
    gone = built(one, dt.date(2027, 5, 1))
    assert "Var ventet i april 2027" in " ".join(shown(gone.main, None))
    assert "Venta i april 2027" in text(built(one, dt.date(2027, 4, 30), "nn").main)


def test_a_page_without_deadlines_says_so() -> None:
    none = built((scheme(),), dt.date(2027, 1, 1))
    assert "Akkurat nå kjenner vi ingen dato eller måned" in " ".join(coming(none))
    assert none.main.findall(".//table") == []
    # What is known to be unknown is no date to wait for.
    unknown = built((scheme(deadline(unknown=True)),), dt.date(2027, 1, 1))
    assert "Akkurat nå kjenner vi ingen dato eller måned" in " ".join(coming(unknown))
    assert "Ikke kjent" in " ".join(coming(unknown))


def test_the_page_of_the_site_has_every_deadline(
    pages: dict[str, Page], placed_pages: dict[str, Page], site: Site
) -> None:
    everything = [(s, d) for s in site.schemes.values() for d in s.deadlines]
    for found in (pages, placed_pages):
        for lang, start in (("nb", ""), ("nn", "/nn")):
            rows = [
                row
                for row in found[f"{start}/frister/"].main.iter("tr")
                if row.find("td") is not None
            ]
            visible = [row for row in rows if "hidden" not in row.attrib]
            # A table of a year that has yet to pass is hidden as a whole.
            hidden = [
                row
                for box in found[f"{start}/frister/"].main.iter("div")
                if "hidden" in box.attrib
                for row in box.iter("tr")
            ]
            seen = [row for row in visible if row not in hidden]
            assert len(seen) == len(everything)
            for one, deadline_ in everything:
                source = f"{start}/{one.slug}/#kilde-{deadline_.source}"
                area_ = (
                    deadline_.area.best("nn" if lang == "nn" else "nb")[0] if deadline_.area else ""
                )
                kind = {"application": "Søknad", "reporting": "Rapport"}[deadline_.kind]
                fitting = [
                    row
                    for row in seen
                    if source in [a.get("href") for a in row.iter("a")]
                    and f"for {deadline_.for_year}" in text(row)
                    and kind in text(row)
                    and area_ in text(row)
                ]
                assert fitting, deadline_


def test_deadlines_that_were_to_come_on_an_earlier_day(placed_pages: dict[str, Page]) -> None:
    assert EARLIER == "2025-03-10"
    rows = [row for row in coming(placed_pages["/frister/"]) if "TryggEst" in row]
    assert len(rows) == 2
    assert rows[0].startswith("31. mars 2025 TryggEst Søknad om tilskudd for 2025")
    assert rows[1].startswith("Ikke kjent")


def test_every_page_leads_to_the_deadlines(pages: dict[str, Page]) -> None:
    # Calculators in frames have no navigation.
    whole = {url: page for url, page in pages.items() if page.all("nav", class_="site-nav")}
    assert len(whole) > len(pages) * 0.8
    for url, page in whole.items():
        wanted = "/nn/frister/" if page.lang == "nn" else "/frister/"
        for name in ("site-nav", "footer-nav"):
            links = [a.get("href") for a in page.one("nav", class_=name).iter("a")]
            assert wanted in links, url

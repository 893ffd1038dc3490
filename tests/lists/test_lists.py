"""Lists of many schemes: whole, in order, small, and right on the reader's day."""

import datetime as dt
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree as Xml
from xml.etree.ElementTree import Element

import brotli
import pytest
from jsonschema import Draft202012Validator

from builder.content import Scheme, Site
from builder.content.model import Body
from builder.data import api, calendars, change_files, sitemap
from builder.kit.addresses import CHANGES_DATA, FEED, LISTS, data_address
from builder.routes.paging import MANY
from builder.routes.register import Register
from builder.views import changes, list_pages
from builder.views.page import Planned
from builder.views.pages import Pages
from builder.views.portal import Listed, Lists, listed
from calc.rules import Text
from tests.data.test_deadlines import is_shown
from tests.lists.conftest import (
    ADDRESS,
    TODAY,
    MakePages,
    MakeSite,
    general,
    made_up,
    render,
)
from tests.site.pages import Page, read_page, text
from tests.theme.environment import TRANSLATIONS
from tests.theme.html import page_mistakes, parse_page

MOST_BYTES = 100_000
MOST_ELEMENTS = 2_000
LATER = [TODAY + dt.timedelta(days=n) for n in (0, 1, 9, 30, 400)]


def by_url(pages: Pages) -> dict[str, Planned]:
    return {planned.url: planned for planned in pages.plan()}


@pytest.fixture(scope="module")
def many(make_site: MakeSite, make_pages: MakePages) -> Pages:
    return make_pages(make_site(320, changes=130))


@pytest.fixture(scope="module")
def planned(many: Pages) -> dict[str, Planned]:
    return by_url(many)


@pytest.fixture(scope="module")
def rendered(many: Pages) -> dict[str, str]:
    return {page.url: render(many, page) for page in general(many)}


class ReadPages(dict[str, Page]):
    """Pages by address, each read when it is first asked for: that takes long."""

    def __init__(self, rendered: dict[str, str]) -> None:
        super().__init__()
        self._rendered = rendered

    def __missing__(self, url: str) -> Page:
        self[url] = read_page(self._rendered[url])
        return self[url]


@pytest.fixture(scope="module")
def read(rendered: dict[str, str]) -> dict[str, Page]:
    return ReadPages(rendered)


def pages_of(first: str, found: dict[str, Page]) -> list[Page]:
    """The pages of a list, as a reader gets them who follows «next» from the first one."""
    pages, url = [], first
    while url:
        pages.append(found[url])
        ways = [a for a in found[url].main.iter("a") if a.get("rel") == "next"]
        assert len(ways) <= 1
        url = ways[0].attrib["href"] if ways else ""
    return pages


def cards(html: str) -> list[str]:
    """The schemes whose cards stand on a page, in order."""
    return re.findall(r'<article class="scheme-card" data-scheme="([^"]+)">', html)


# --- How much it takes ---


@pytest.mark.parametrize("count", [MANY - 1, MANY])
def test_up_to_many_everything_stands_on_one_page(
    make_site: MakeSite, make_pages: MakePages, count: int
) -> None:
    pages = make_pages(make_site(count))
    found = by_url(pages)
    assert not [url for url in found if "/side-" in url and "/frister/" not in url]
    assert f"/{LISTS}/a-aa/" not in found
    html = render(pages, found["/"])
    assert sorted(cards(html)) == sorted(pages.site.schemes)
    portal = read_page(html)
    assert portal.all("p", class_="list-count", role="status")
    assert "data-part" not in portal.one("ul", class_="scheme-list").attrib
    everything = read_page(render(pages, found["/404.html"]))
    assert f"/{made_up(3).slug}/rapportering/" in [a.get("href") for a in everything.main.iter("a")]


def test_one_scheme_more_makes_a_second_page(make_site: MakeSite, make_pages: MakePages) -> None:
    pages = make_pages(make_site(MANY + 1))
    found = by_url(pages)
    portal, second = (render(pages, found[url]) for url in ("/", f"/{LISTS}/side-2/"))
    assert (len(cards(portal)), len(cards(second))) == (MANY, 1)
    assert f"{MANY + 1} ordninger" in text(read_page(portal).one("p", class_="list-count"))


# --- Everything is there ---


@pytest.mark.parametrize("start", ["", "/nn"])
def test_every_scheme_is_on_one_page_of_each_list_that_it_is_in(
    many: Pages, rendered: dict[str, str], start: str
) -> None:
    schemes = many.site.schemes
    for key in many.list_pages.lists.of:
        first = f"{start}{many.list_pages.lists.steps(*key)[0].url}"
        # Pages that have something on them only later are not led to today; their own links are.
        urls = [f"{start}{step.url}" for step in many.list_pages.lists.steps(*key)]
        there = [slug for url in urls for slug in cards(rendered[url])]
        assert len(there) == len(set(there)), first
        facet, value = key
        wanted = {
            slug
            for slug, scheme in schemes.items()
            if not facet
            or value in {"malgruppe": scheme.groups, "eier": [word(scheme)]}.get(facet, ())
            or (facet == "status" and value in [p.value.status for p in scheme.periods(TODAY)])
        }
        assert set(there) == wanted, first
        assert all(len(cards(rendered[url])) <= MANY for url in urls)


def word(scheme: Scheme) -> str:
    return scheme.owner.name.nb.lower().replace(" ", "-").replace("ø", "o").replace("å", "a")


def test_a_reader_can_go_through_the_whole_list(
    many: Pages, rendered: dict[str, str], read: dict[str, Page]
) -> None:
    pages = pages_of("/", read)
    assert len(pages) == -(-len(many.site.schemes) // MANY)
    there = [slug for page in pages for slug in cards(rendered[page_url(page)])]
    assert there == [s.slug for s in many.list_pages.lists.schemes]
    titles = [text(page.one("title")) for page in pages]
    assert len(set(titles)) == len(titles)
    for number, page in enumerate(pages, 1):
        (nav,) = page.all("nav", class_="paging")
        assert nav.get("aria-label") == "Sidene i listen"
        (current,) = [a for a in nav.iter("a") if a.get("aria-current") == "page"]
        assert text(current) == str(number)
        assert number == 1 or f"side {number}" in titles[number - 1]


def test_pages_name_their_own_address_and_those_beside_them(read: dict[str, Page]) -> None:
    for url, start in ((f"/{LISTS}/side-2/", ""), (f"/nn/{LISTS}/side-2/", "/nn")):
        page = read[url]
        links = {link.get("rel"): link.get("href") for link in page.all("link")}
        assert links["canonical"] == f"{ADDRESS}{url}"
        assert links["prev"] == f"{ADDRESS}{start}/"
        assert links["next"] == f"{ADDRESS}{start}/{LISTS}/side-3/"


def test_every_scheme_is_found_by_name(many: Pages, read: dict[str, Page]) -> None:
    for lang, start in (("nb", ""), ("nn", "/nn")):
        pages = pages_of(f"{start}/{LISTS}/a-aa/", read)
        assert len(pages) == 2
        links = [
            (text(a), a.get("href"))
            for page in pages
            for section in page.all("section", class_="letter")
            for a in section.iter("a")
        ]
        wanted = {
            (s.short_name.best(lang)[0], f"{start}/{s.slug}/") for s in many.site.schemes.values()
        }
        assert len(links) == len(wanted)
        assert set(links) == wanted
        letters = [name[0] for name, _ in links]
        assert letters == sorted(letters, key="ABCDEFGHIJKLMNOPQRSTUVWXYZÆØÅ".index)
        for a in pages[0].one("nav", class_="letter-index").iter("a"):
            url, _, place = a.attrib["href"].partition("#")
            assert place in read[url].ids


def test_names_are_in_the_order_of_dictionaries(make_site: MakeSite, make_pages: MakePages) -> None:
    names = [*("«Å bo»", "Øy", "ære", "Zoo", "Eple", "École", "bål 10", "bål 9", "3-årig", "Ål")]
    names += [f"Xyz {n}" for n in range(MANY)]
    schemes = [
        replace(made_up(n), slug=f"o-{n}", short_name=Text(nb=name)) for n, name in enumerate(names)
    ]
    (page,) = make_pages(make_site(schemes)).list_pages.by_name["nb"]
    shown = [one.name for letter in page.letters for one in letter.names]
    assert [name for name in shown if not name.startswith("Xyz")] == [
        *("3-årig", "bål 9", "bål 10", "École", "Eple", "Zoo", "ære", "Øy", "«Å bo»", "Ål")
    ]
    assert [letter.letter for letter in page.letters] == [*("0–9", *"BEXZÆØÅ")]


def test_pages_for_whoever_is_lost_lead_to_the_names(read: dict[str, Page]) -> None:
    for url in ("/404.html", "/sok/", "/innebygd/", "/slik-regner-vi/", "/"):
        links = [a.get("href") for a in read[url].main.iter("a")]
        assert f"/{LISTS}/a-aa/" in links
        assert len(links) < 200


# --- Small ---


def test_no_page_is_large(rendered: dict[str, str]) -> None:
    for url, html in rendered.items():
        assert len(html.encode()) < MOST_BYTES, url
        assert len(brotli.compress(html.encode(), quality=5)) < MOST_BYTES / 4, url
        assert html.count("<") - html.count("</") < MOST_ELEMENTS, url


@pytest.mark.thorough
def test_pages_are_no_larger_with_more_schemes(
    make_site: MakeSite, make_pages: MakePages, rendered: dict[str, str]
) -> None:
    pages = make_pages(make_site(1500, changes=600))
    found = by_url(pages)
    for url in ("/", "/frister/", "/endringer/", "/404.html", "/sok/", "/innebygd/"):
        more = len(render(pages, found[url]))
        assert more < len(rendered[url]) * 1.2 + 2000, url


def test_planning_takes_as_many_steps_for_each_scheme_of_a_large_site(
    make_site: MakeSite, make_pages: MakePages
) -> None:
    """Calls are counted instead of seconds, which depend on the rest of the machine."""

    def calls(schemes: int) -> int:
        site, counted = make_site(schemes), Counter[str]()
        sys.setprofile(lambda _frame, event, _argument: counted.update((event,)))
        try:
            assert sum(1 for _ in make_pages(site).plan()) > 12 * schemes
        finally:
            sys.setprofile(None)
        return counted["call"]

    assert calls(6 * MANY) < 3.3 * calls(2 * MANY)


def test_pages_are_well_formed(rendered: dict[str, str], planned: dict[str, Planned]) -> None:
    """Of each template and language the first, a middle and the last page.

    Those between them have other schemes, dates and numbers in the same elements.
    """
    by_template: dict[tuple[str, str], list[str]] = {}
    for url in rendered:
        # Those with links in their prose are made of it otherwise, and are looked at elsewhere.
        if planned[url].fingerprint is not None:
            by_template.setdefault((planned[url].template, url[:4] == "/nn/"), []).append(url)
    for urls in by_template.values():
        for url in {urls[0], urls[len(urls) // 2], urls[-1]}:
            assert list(page_mistakes(parse_page(rendered[url]))) == [], url


# --- On the reader's day ---


def visible(element: Element, now: dt.datetime) -> Iterator[Element]:
    """The parts of an element that the page's script leaves visible at a moment."""
    if is_shown(element, now):
        yield element
        for child in element:
            yield from visible(child, now)


def standing(page: Page, now: dt.datetime) -> dict[str, str]:
    """The status that each card of a page shows at a moment."""
    found = {}
    for card in page.all("article", class_="scheme-card"):
        (tag,) = [e for e in visible(card, now) if e.get("data-status-tag")]
        found[card.attrib["data-scheme"]] = tag.attrib["data-status-tag"]
    return found


@pytest.mark.parametrize("day", LATER, ids=str)
def test_lists_by_status_have_the_right_schemes_on_a_later_day(
    many: Pages, read: dict[str, Page], day: dt.date
) -> None:
    now = dt.datetime.combine(day, dt.time())
    for choice in many.list_pages.portals["nb"].choices:
        if choice.facet != "status":
            continue
        first = f"/{LISTS}/{choice.name}/"
        steps = many.list_pages.lists.steps("status", choice.value)
        shown: Counter[str] = Counter()
        for step in steps:
            # As theme/js/portal.js has it: those are shown that have the status now.
            found = standing(read[step.url], now)
            has = [slug for slug, status in found.items() if status == choice.value]
            shown.update(has)
            moment = f"{day}T00:00"
            is_led_to = (step.starts or "") <= moment and (step.until or "9") >= moment
            assert is_led_to or not has, step.url
        wanted = {s.slug for s in many.site.schemes.values() if s.status(day) == choice.value}
        assert shown == Counter(wanted), first
        counts = [
            text(span)
            for span in visible(read[first].one("p", class_="list-count"), now)
            if span.tag == "span"
        ]
        # A count may be gone, but it is never wrong.
        number = f"{len(wanted)} ordning" + ("" if len(wanted) == 1 else "er")
        assert counts in ([], [number])
        assert counts or day != TODAY


def test_filters_say_how_many_today_and_until_when(read: dict[str, Page], many: Pages) -> None:
    links = {a.get("data-value"): a for a in read["/"].all("a", class_="filter-choice")}
    for day in LATER:
        now = dt.datetime.combine(day, dt.time())
        (count,) = (e for e in links["open"] if e.get("class") == "filter-count")
        number = sum(s.status(day) == "open" for s in many.site.schemes.values())
        assert text(count) == str(number) or not is_shown(count, now)
    (groups,) = (e for e in links["children"] if e.get("class") == "filter-count")
    assert "data-until" not in groups.attrib


def test_owners_beyond_the_first_dozen_are_folded_away(read: dict[str, Page]) -> None:
    portal = read["/"]
    (more,) = portal.all("details", class_="filter-more")
    assert len(list(more.iter("a"))) == 2
    owners = [a for a in portal.all("a", class_="filter-choice") if a.get("data-facet") == "eier"]
    assert len(owners) == 1 + 14
    chosen = more.findall(".//a")[0].attrib["href"]
    (opened,) = read[chosen].all("details", class_="filter-more")
    assert "open" in opened.attrib
    assert "open" not in more.attrib


def test_the_word_of_an_owner_is_an_address(many: Pages) -> None:
    odd = replace(made_up(1), owner=Body(name=Text(nb="Barne-, ungdoms- og «Ære & Øl» ÅS")))
    (one,) = listed([odd], TODAY)
    assert one.owner_word == "barne-ungdoms-og-aere-ol-as"
    choices = [choice for choice in many.list_pages.portals["nb"].choices if choice.facet == "eier"]
    assert "eier/direktoratet-for-ovrige-omrader-0" in [choice.name for choice in choices]


# --- Deadlines ---


def deadline_urls(planned: dict[str, Planned]) -> list[str]:
    return [url for url in planned if url.startswith("/frister/")]


@pytest.mark.parametrize("day", LATER, ids=str)
def test_every_deadline_stands_once_whatever_the_day(
    many: Pages, planned: dict[str, Planned], read: dict[str, Page], day: dt.date
) -> None:
    now = dt.datetime.combine(day, dt.time())
    seen: Counter[str] = Counter()
    coming: Counter[str] = Counter()
    for url in deadline_urls(planned):
        there = visible(read[url].main, now)
        for row in (e for e in there if e.tag == "tr" and e.find("td") is not None):
            (name,) = row.findall("th/a")
            seen[name.attrib["href"]] += 1
            coming[name.attrib["href"]] += "data-until" in row.attrib
    schemes = many.site.schemes.values()
    assert seen == Counter({f"/{s.slug}/": len(s.deadlines) for s in schemes if s.deadlines})
    for scheme in schemes:
        # What is unknown ends with its year.
        to_come = [d for d in scheme.deadlines if (d.ends or f"{d.for_year}-12-31") >= str(day)]
        assert coming[f"/{scheme.slug}/"] == len(to_come)


def test_deadlines_are_led_to(read: dict[str, Page], planned: dict[str, Planned]) -> None:
    # On the page itself, the years; from there and from each page, the next one.
    start = [a.attrib["href"] for a in read["/frister/"].main.iter("a")]
    years = [url for url in start if url.removeprefix("/frister/").strip("/").isdigit()]
    assert [url.strip("/")[-4:] for url in years] == ["2029", "2027", "2026", "2025"]
    led_to = {
        url
        for first in ("/frister/", *years)
        for page in pages_of(first, read)
        for url in [page_url(page)]
    }
    assert led_to == set(deadline_urls(planned))
    assert "/ordning-0001/frister.ics" not in start
    assert "/frister.ics" in start


def page_url(page: Page) -> str:
    (canonical,) = page.all("link", rel="canonical")
    return canonical.attrib["href"].removeprefix(ADDRESS)


def test_a_page_says_when_all_on_it_are_over(read: dict[str, Page]) -> None:
    later = dt.datetime.fromisoformat("2026-12-31T12:00")
    first = read["/frister/"]
    said = [text(e) for e in visible(first.main, later) if e.tag == "p"]
    assert "Fristene som sto her, er ute." in said
    today = [text(e) for e in visible(first.main, dt.datetime.combine(TODAY, dt.time()))]
    assert "Fristene som sto her, er ute." not in today


# --- Changes ---


def test_the_newest_changes_are_on_one_page_and_all_on_those_of_their_months(
    many: Pages, planned: dict[str, Planned], read: dict[str, Page]
) -> None:
    def articles(url: str) -> list[str]:
        return [e.attrib["id"] for e in read[url].all("article", class_="change")]

    names = [change.name for change in many.site.changes]
    assert articles("/endringer/") == names[: change_files.NEWEST]
    urls = [url for url in planned if url.startswith("/endringer/2")]
    assert len([url for url in urls if url.endswith("/side-2/")]) == 2
    there = [name for url in urls for name in articles(url)]
    assert sorted(there) == sorted(names)
    links = [a.attrib["href"] for a in read["/endringer/"].main.iter("a")]
    assert {url for url in urls if "side" not in url} <= set(links)
    for change in many.changes:
        assert change.name in articles(change.page)


def test_a_change_stays_on_its_page_when_new_ones_come(make_site: MakeSite) -> None:
    newest = make_site(3, changes=130)
    before = replace(newest, changes=newest.changes[20:])
    pages = {change.name: change.page for change in changes.views(newest)}
    for change in changes.views(before):
        assert pages[change.name] == change.page


def test_up_to_the_newest_changes_stay_where_they_always_were(make_site: MakeSite) -> None:
    views = changes.views(make_site(3, changes=change_files.NEWEST))
    assert {change.page for change in views} == {"/endringer/"}
    assert changes.month_links(views) == ()
    assert {c.page for c in changes.views(make_site(3, changes=change_files.NEWEST + 1))} != {
        "/endringer/"
    }


def test_the_feed_has_the_newest(many: Pages) -> None:
    t = TRANSLATIONS.translator("nb")
    place = {"address": ADDRESS, "path": FEED, "zone": "Europe/Oslo"}
    data = change_files.feed(many.changes, "nb", t, author="S", built=TODAY, **place)
    atom = "{http://www.w3.org/2005/Atom}"
    entries = Xml.fromstring(data).findall(f"{atom}entry")  # noqa: S314  # our own
    assert len(entries) == change_files.NEWEST
    for entry, change in zip(entries, many.changes, strict=False):
        (link,) = entry.findall(f"{atom}link")
        assert link.get("href") == f"{ADDRESS}{change.page}#{change.name}"


# --- Data ---


@pytest.mark.parametrize(("count", "address"), [(1, ""), (10, ADDRESS), (11, ""), (30, ADDRESS)])
def test_the_index_can_be_followed_to_its_end(
    monkeypatch: pytest.MonkeyPatch, count: int, address: str
) -> None:
    monkeypatch.setattr(api, "INDEX_PAGE", 10)
    schemes = [replace(made_up(n), rules=()) for n in range(count)]
    files = dict(api.files(schemes, TODAY, address))
    schema = json.loads(files["api/v1/schema/schemes.json"])
    slugs, pages = [], 0
    place: str | None = f"{address}/api/v1/schemes.json"
    while place:
        data = json.loads(files[place.removeprefix(address).lstrip("/")])
        Draft202012Validator(schema).validate(data)
        pages += 1
        assert (data["total"], data["page"]) == (count, pages)
        assert data["pages"] == -(-count // api.INDEX_PAGE)
        slugs += [entry["slug"] for entry in data["schemes"]]
        place = data["next"]
    assert slugs == [scheme.slug for scheme in schemes]
    assert pages == data["pages"]
    assert sum(path.startswith("api/v1/schemes/") for path in files) == pages - 1


def test_changes_can_be_followed_to_their_end(make_site: MakeSite) -> None:
    site = make_site(2, changes=2 * change_files.API_PAGE + 1)
    for address in ("", ADDRESS):
        files = dict(change_files.open_data(changes.views(site), address))
        ids, place = [], f"{address}{data_address(CHANGES_DATA)}"
        while place:
            data = json.loads(files.pop(place.removeprefix(address)))
            assert (data["total"], data["pages"]) == (len(site.changes), 3)
            ids += [entry["id"] for entry in data["changes"]]
            place = data["next"]
        assert ids == [change.name for change in site.changes]
        assert files == {}


def test_the_calendar_of_many_has_no_old_deadlines() -> None:
    def uids(count: int) -> list[bytes]:
        schemes = tuple(made_up(n) for n in range(count))
        data = calendars.calendar(schemes, None, "nb", TRANSLATIONS, "")
        return [line for line in data.splitlines() if line.startswith(b"DTSTART;VALUE=DATE:")]

    few, more = uids(MANY), uids(MANY + 1)
    # They were all checked in November 2026.
    assert any(day.startswith(b"DTSTART;VALUE=DATE:20250") for day in few)
    assert {day[19:25] for day in more} <= {b"202511", b"202512"} | {
        f"{year}{month:02}".encode() for year in (2026, 2027) for month in range(1, 13)
    }
    assert any(day.startswith(b"DTSTART;VALUE=DATE:2026") for day in more)
    assert len(more) < len(few)


# --- Search engines, and editors ---


def addresses_in(data: bytes, name: str) -> list[str]:
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    root = Xml.fromstring(data)  # noqa: S314  # our own
    return [e.findtext(f"{space}loc", "") for e in root.iter(f"{space}{name}")]


def test_a_large_sitemap_is_several_and_an_index(
    many: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = list(many.for_search())
    schemes = many.site.schemes.values()
    (one, _) = sitemap.files(wanted, schemes, ADDRESS)
    assert one[0] == "sitemap.xml"
    monkeypatch.setattr(sitemap, "MOST_ADDRESSES", 1000)
    files = dict(sitemap.files(wanted, schemes, ADDRESS))
    index = addresses_in(files.pop("sitemap.xml"), "sitemap")
    files.pop("robots.txt")
    assert index == [f"{ADDRESS}/{name}" for name in files]
    found = [address for data in files.values() for address in addresses_in(data, "url")]
    assert found == addresses_in(one[1], "url")
    assert len(found) == len(set(found)) == 2 * len(wanted)
    assert all(data.count(b"<loc>") <= 1000 for data in files.values())


def test_search_engines_get_the_pages_that_allow_it(many: Pages, rendered: dict[str, str]) -> None:
    told = set(many.for_search())
    for url, html in rendered.items():
        if not url.startswith("/nn/"):
            assert (url in told) == ('content="noindex"' not in html), url


def test_pages_are_found_by_address(many: Pages, planned: dict[str, Planned]) -> None:
    for url in planned:
        if "/side-" in url or "/ordninger/" in url or url.startswith("/endringer/"):
            found = many.at(url)
            assert found is not None
            assert (found.url, found.template) == (url, planned[url].template)
    for url in ("/ordninger/side-99/", "/frister/1999/", "/ordninger/", "/endringer/2020-01/"):
        assert many.at(url) is None


def test_editors_can_link_to_every_page(many: Pages) -> None:
    known = Register(many.site, lambda: list_pages.addresses(many.site, TODAY))
    for url in (page.url for page in general(many)):
        if not url.startswith("/nn/") and url not in ("/404.html", "/uten-nett/"):
            assert url in known, url
    for url in ("/ordninger/side-99/", "/frister/1999/", "/endringer/2020-01/"):
        assert url not in known


# --- What a page is made of ---


def marks(pages: Pages) -> dict[str, str]:
    return {page.url: repr(page.fingerprint) for page in general(pages)}


class Before:
    """A site and its rendered pages, to be compared with those of a changed site."""

    def __init__(self, site: Site, pages: Pages) -> None:
        self.site = site
        self.marks = marks(pages)
        self.html = {page.url: render(pages, page) for page in general(pages)}

    def compared(self, after: Pages) -> int:
        """Compare the pages that say that they show the same; returns how many there are."""
        same = [p for p in general(after) if self.marks.get(p.url) == repr(p.fingerprint)]
        for page in same:
            assert render(after, page) == self.html[page.url], page.url
        return len(same)


@pytest.fixture(scope="module")
def before(make_site: MakeSite, make_pages: MakePages) -> Before:
    site = make_site(60, changes=55)
    return Before(site, make_pages(site))


def test_a_changed_rate_or_source_changes_no_list(
    make_site: MakeSite, make_pages: MakePages
) -> None:
    site = make_site(120, changes=60)
    slug = "ordning-0003"
    scheme = site.schemes[slug]
    other = replace(
        scheme,
        rules=scheme.rules[:1],
        fact_sources=("bare",),
        notice=Text(nb="Noe annet."),
        applicants=(Text(nb="Alle"),),
    )
    changed = replace(site, schemes=site.schemes | {slug: other})
    assert marks(make_pages(changed)) == marks(make_pages(site))


@pytest.mark.parametrize(
    "change",
    [
        {"short_name": Text(nb="Å noe nytt")},
        {"summary": Text(nb="Noe annet.")},
        {"target_group": Text(nb="Andre")},
        {"groups": ("families",)},
        {"owner": Body(name=Text(nb="En annen"))},
        {"deadlines": ()},
        {"state": "archived"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_pages_that_show_another_thing_say_so(
    before: Before, make_pages: MakePages, change: dict[str, object]
) -> None:
    """No page differs whose `fingerprint` is the same: then it could be taken from the cache."""
    slug = "ordning-0003"
    schemes = before.site.schemes
    changed = schemes | {slug: replace(schemes[slug], **change)}
    after = make_pages(replace(before.site, schemes=changed))
    before.compared(after)
    assert marks(after) != before.marks


@pytest.mark.parametrize("day", LATER[1:], ids=str)
def test_a_page_that_shows_the_same_on_a_later_day_is_the_same(
    before: Before, make_pages: MakePages, day: dt.date
) -> None:
    assert before.compared(make_pages(before.site, day))


def test_the_fingerprints_of_lists_are_small(many: Pages) -> None:
    one = many.list_pages.lists.schemes[0]
    assert isinstance(one, Listed)
    assert all(len(repr(page.fingerprint)) < 60_000 for page in general(many))
    again = Lists(listed(many.site.schemes.values(), TODAY))
    assert [scheme.digest for scheme in again.schemes] == [
        s.digest for s in many.list_pages.lists.schemes
    ]

"""Published changes: on pages, as a feed and as open data."""

import datetime as dt
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from builder.content import Site
from builder.data import change_files
from builder.kit.i18n import LANGS, Translations
from builder.views import changes
from calc.rules import Lang, Text
from tests.site.conftest import Command
from tests.site.pages import Page, find_all, read_page, text
from tests.site.test_pages import address, spaced

ATOM = "{http://www.w3.org/2005/Atom}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
FEEDS: dict[Lang, str] = {"nb": "/endringer.atom", "nn": "/nn/endringer.atom"}


# --- Pages ---


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_of_changes_has_them_all_newest_first(
    pages: dict[str, Page], site: Site, translations: Translations, lang: Lang
) -> None:
    t = translations.translator(lang)
    page = pages[address(lang, name="endringer")]
    shown = page.all("article", class_="change")
    assert site.changes
    assert [article.get("id") for article in shown] == [change.name for change in site.changes]
    for article, change in zip(shown, site.changes, strict=True):
        scheme = site.schemes[change.scheme]
        said = text(article)
        assert spaced(change.title.best(lang)[0]) in said
        assert spaced(change.text.best(lang)[0]) in said
        assert t(f"changes.kind.{change.kind}") in said
        (day,) = find_all(article, "time")
        assert day.get("datetime") == str(change.date)
        links = [link.get("href") for link in article.iter("a")]
        assert address(lang, scheme.slug) in links
        for year in change.years:
            assert address(lang, scheme.slug, f"satser/{year}") in links
        if change.source is not None:
            assert spaced(scheme.all_sources[change.source].title) in said


@pytest.mark.parametrize("lang", LANGS)
def test_the_front_page_of_a_scheme_has_its_latest_three(
    pages: dict[str, Page], site: Site, lang: Lang
) -> None:
    for slug in site.schemes:
        page = pages[address(lang, slug)]
        own = [change.name for change in site.changes if change.scheme == slug]
        links = [a.get("href") for ul in page.all("ul", class_="change-list") for a in ul.iter("a")]
        everything = address(lang, name="endringer")
        assert links == [f"{everything}#{name}" for name in own[:3]]
        assert (everything in [a.get("href") for a in page.main.iter("a")]) == bool(own)


@pytest.mark.parametrize("lang", LANGS)
def test_a_rule_year_has_the_changes_that_are_about_it(
    pages: dict[str, Page], site: Site, lang: Lang
) -> None:
    for slug, scheme in site.schemes.items():
        for rules in scheme.rules:
            page = pages[address(lang, slug, f"satser/{rules.year}")]
            shown = [article.get("id") for article in page.all("article", class_="change")]
            assert shown == [
                change.name
                for change in site.changes
                if change.scheme == slug and rules.year in change.years
            ]


@pytest.mark.thorough
def test_more_than_three_changes_and_a_correction(project: Path, run: Command) -> None:
    for n in range(1, 6):
        (project / f"content/changes/2026-11-2{n + 3}-prove.yaml").write_text(
            f"date: 2026-11-2{n + 3}\nkind: correction\nscheme: tryggest\nyears: [2025]\n"
            f"title: {{nb: Rettelse {n}}}\ntext: {{nb: Taket & <tallet> var galt.}}\n",
            "utf-8",
        )
    built = run("site", BUILD_DATE="2026-11-27")
    assert built.returncode == 0, built.stderr
    output = project / "output"
    front = read_page((output / "tryggest/index.html").read_text("utf-8"))
    (latest,) = front.all("ul", class_="change-list")
    assert [text(a) for a in latest.iter("a")] == ["Rettelse 4", "Rettelse 3", "Rettelse 2"]
    # The fifth is of the day after.
    assert "Rettelse 5" not in (output / "endringer/index.html").read_text("utf-8")
    page = read_page((output / "nn/endringer/index.html").read_text("utf-8"))
    article = page.one("article", id="2026-11-27-prove")
    assert "Vi tok feil" in text(article)
    # What nobody has written in nynorsk is marked as bokmål, on the page as in the feed.
    (title,) = find_all(next(article.iter("h3")), "span", lang="nb")
    assert text(title) == "Rettelse 4"
    newest = entries(read(output / "nn/endringer.atom"))[0]
    assert newest.get(XML_LANG) == "nb"
    assert value(newest, "title") == "Vi tok feil: Rettelse 4"
    assert "<p>Taket &amp; &lt;tallet&gt; var galt.</p>" in value(newest, "content")


# --- The feed ---


def parse(data: bytes) -> Element:
    return ElementTree.fromstring(data)  # noqa: S314  # of our own making


def read(path: Path) -> Element:
    return parse(path.read_bytes())


def entries(feed: Element) -> list[Element]:
    return feed.findall(f"{ATOM}entry")


def value(element: Element, name: str) -> str:
    (found,) = element.findall(f"{ATOM}{name}")
    assert found.text
    return found.text


def link(element: Element, rel: str) -> str | None:
    found = [e.get("href") for e in element.findall(f"{ATOM}link") if e.get("rel") == rel]
    assert len(found) <= 1
    return found[0] if found else None


def made(site: Site, translations: Translations, lang: Lang = "nb", **facts: Any) -> Element:
    given: dict[str, Any] = {
        "author": "Stigen",
        "address": "",
        "path": FEEDS[lang],
        "built": dt.date(2030, 1, 2),
        "zone": "Europe/Oslo",
    }
    t: Callable[..., str] = translations.translator(lang)
    shown = facts.pop("shown", changes.views(site))
    return parse(change_files.feed(shown, lang, t, **(given | facts)))


@pytest.mark.parametrize("lang", LANGS)
def test_the_feed_is_whole_by_its_standard(built_site: Path, site: Site, lang: Lang) -> None:
    feed = read(built_site / FEEDS[lang].lstrip("/"))
    assert (feed.tag, feed.get(XML_LANG)) == (f"{ATOM}feed", lang)
    # RFC 4287, 4.1.1: all of these once, and an author, since the entries have none.
    assert value(feed, "title")
    (author,) = feed.findall(f"{ATOM}author")
    assert value(author, "name") == "Tilskuddsstigen"
    ids = [value(feed, "id"), *(value(entry, "id") for entry in entries(feed))]
    assert len(ids) == len(set(ids)) == 1 + len(site.changes)
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", one) for one in ids)
    updated = [dt.datetime.fromisoformat(value(entry, "updated")) for entry in entries(feed)]
    assert all(one.tzinfo is not None for one in updated)
    assert [one.date() for one in updated] == [change.date for change in site.changes]
    assert dt.datetime.fromisoformat(value(feed, "updated")) == max(updated)
    for entry, change in zip(entries(feed), site.changes, strict=True):
        assert spaced(change.title.best(lang)[0]) in spaced(value(entry, "title"))
        assert change.text.best(lang)[0] in value(entry, "content")


@pytest.mark.parametrize("lang", LANGS)
def test_entries_lead_to_their_place_on_the_page(
    built_site: Path, pages: dict[str, Page], lang: Lang
) -> None:
    feed = read(built_site / FEEDS[lang].lstrip("/"))
    for element in (feed, *entries(feed)):
        # Relative to the feed, as the site is built without an address.
        target = urljoin(FEEDS[lang], link(element, "alternate"))
        path, _, name = target.partition("#")
        assert path == address(lang, name="endringer")
        assert not name or name in pages[path].ids
    # Where it is itself, it can't tell.
    assert link(feed, "self") is None


def test_with_an_address_links_are_whole_and_ids_are_as_before(
    site: Site, translations: Translations
) -> None:
    without = made(site, translations)
    at_home = made(site, translations, address="https://stigen.example")
    assert link(at_home, "self") == "https://stigen.example/endringer.atom"
    assert link(at_home, "alternate") == "https://stigen.example/endringer/"
    for here, there in zip(entries(without), entries(at_home), strict=True):
        assert value(here, "id") == value(there, "id")
        assert link(there, "alternate") == f"https://stigen.example{link(here, 'alternate')}"
    assert value(without, "id") == value(at_home, "id")


def test_ids_stay_when_the_text_of_a_change_is_mended(
    site: Site, translations: Translations
) -> None:
    shown = changes.views(site)
    mended = tuple(replace(change, title=Text(nb="Ny tittel")) for change in shown)
    before, after = made(site, translations), made(site, translations, shown=mended)
    assert [value(e, "id") for e in entries(before)] == [value(e, "id") for e in entries(after)]
    assert value(entries(after)[0], "title").endswith(": Ny tittel")


def test_the_two_feeds_share_no_ids(site: Site, translations: Translations) -> None:
    ids = [
        {value(e, "id") for e in (feed, *entries(feed))}
        for feed in (made(site, translations, lang) for lang in LANGS)
    ]
    assert not ids[0] & ids[1]


def test_a_feed_without_changes_is_as_old_as_the_site(
    site: Site, translations: Translations
) -> None:
    feed = made(site, translations, shown=())
    assert entries(feed) == []
    assert value(feed, "updated") == "2030-01-02T00:00:00+01:00"


def test_every_page_names_the_feed_of_its_language(pages: dict[str, Page]) -> None:
    for url, page in pages.items():
        if page.all("body", class_="embedded"):
            continue
        assert page.all("link", type="application/atom+xml"), url
        (feed,) = page.all("link", type="application/atom+xml")
        assert feed.get("rel") == "alternate"
        assert feed.get("title")
        assert feed.get("href") == FEEDS["nn" if page.lang == "nn" else "nb"]


# --- Open data ---


def test_open_data_has_the_same_changes(
    built_site: Path, pages: dict[str, Page], site: Site
) -> None:
    data = json.loads((built_site / "api/v1/changes.json").read_text("utf-8"))
    assert data["api_version"] == 1
    assert [entry["id"] for entry in data["changes"]] == [change.name for change in site.changes]
    for entry, change in zip(data["changes"], site.changes, strict=True):
        assert entry["date"] == str(change.date)
        assert (entry["kind"], entry["scheme"]) == (change.kind, change.scheme)
        assert sorted(entry["years"]) == sorted(change.years)
        for name, said in (("title", change.title), ("text", change.text)):
            assert entry[name] == {"nb": said.nb, "nn": said.nn}
        assert change.source is not None
        source = site.schemes[change.scheme].all_sources[change.source]
        assert (entry["source"]["title"], entry["source"]["url"]) == (source.title, source.url)
        for lang in LANGS:
            path, _, name = entry["page"][lang].partition("#")
            assert path == address(lang, name="endringer")
            assert name in pages[path].ids

"""Every rule year has a page of its own, and the way between them is the same everywhere."""

import re
from xml.etree.ElementTree import Element

import pytest

from builder.content import Scheme, Site
from builder.kit.addresses import PAGE_NAMES
from builder.kit.i18n import LANGS
from calc.rules import Lang
from tests.site.pages import Page, find_all, text
from tests.site.test_pages import SLUGS, address, spaced

SUPPORT = "hva-du-kan-fa-stotte-til"


def year_page(pages: dict[str, Page], lang: Lang, slug: str, year: int) -> Page:
    return pages[address(lang, slug, f"satser/{year}")]


def years_of(site: Site, slug: str) -> list[int]:
    return [rules.year for rules in site.schemes[slug].rules]


def is_closed(scheme: Scheme) -> bool:
    return scheme.state != "active"


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("lang", LANGS)
def test_every_rule_year_has_a_page_and_no_other_year_has(
    pages: dict[str, Page], site: Site, slug: str, lang: Lang
) -> None:
    start = address(lang, slug)
    found = {url for url in pages if re.fullmatch(rf"{start}satser/\d+/", url)}
    assert found == {f"{start}satser/{year}/" for year in years_of(site, slug)}
    for year in years_of(site, slug):
        page = year_page(pages, lang, slug, year)
        assert (page.lang, str(year) in text(page.one("h1"))) == (lang, True)
        assert str(year) in str(page.one("title").text)


def switch_of(page: Page) -> list[Element]:
    return list(page.one("nav", class_="year-switch").iter("a"))


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("lang", LANGS)
def test_the_switch_leads_to_every_year_and_names_the_one_that_is_shown(
    pages: dict[str, Page], site: Site, slug: str, lang: Lang
) -> None:
    years = years_of(site, slug)
    expected = [address(lang, slug, f"satser/{year}") for year in years]
    # The page of what can be supported shows the newest year, but is not its page.
    shown = [(address(lang, slug, f"satser/{year}"), year, "page") for year in years]
    shown += [(address(lang, slug, SUPPORT), years[0], "true")]
    for url, year, current in shown:
        page = pages[url]
        if len(years) == 1:
            assert page.all("nav", class_="year-switch") == []
            continue
        links = switch_of(page)
        assert [link.get("href") for link in links] == expected
        assert [link.get("aria-current") for link in links] == [
            current if one == year else None for one in years
        ]


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("lang", LANGS)
def test_the_page_of_what_can_be_supported_leads_to_the_lasting_address(
    pages: dict[str, Page], site: Site, slug: str, lang: Lang
) -> None:
    links = [link.get("href") for link in pages[address(lang, slug, SUPPORT)].main.iter("a")]
    assert address(lang, slug, f"satser/{years_of(site, slug)[0]}") in links


@pytest.mark.parametrize("slug", SLUGS)
def test_a_rule_year_stands_within_one_of_the_pages_of_its_scheme(
    pages: dict[str, Page], site: Site, slug: str
) -> None:
    for year in years_of(site, slug):
        nav = year_page(pages, "nb", slug, year).one("nav", class_="scheme-nav")
        marked = [(a.get("href"), a.get("aria-current")) for a in nav.iter("a")]
        assert [pair for pair in marked if pair[1]] == [(address("nb", slug, SUPPORT), "true")]


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("lang", LANGS)
def test_only_earlier_years_say_that_there_are_newer_rules(
    pages: dict[str, Page], site: Site, slug: str, lang: Lang
) -> None:
    newest, *earlier = years_of(site, slug)
    for year in (newest, *earlier):
        notices = [
            notice
            for notice in year_page(pages, lang, slug, year).all("aside", class_="notice")
            if notice.get("data-color") == "info"
        ]
        assert len(notices) == (year != newest)
        for notice in notices:
            (link,) = notice.iter("a")
            assert link.get("href") == address(lang, slug, f"satser/{newest}")
            # For whom these still hold.
            assert str(year) in text(notice)


def test_whom_a_year_holds_for_follows_from_its_rules(pages: dict[str, Page]) -> None:
    def said(slug: str, year: int) -> str:
        page = year_page(pages, "nb", slug, year)
        return text(page.one("section", aria_labelledby="gjelder"))

    for year in (2024, 2025):
        cohort = said("oppfolging-voksne", year)
        assert f"{year} som sitt første år med tilskudd" in cohort
        assert "beholder disse reglene" in cohort
    # Rules of a calendar year, for those who were funded in another.
    transition = said("kommunalt-rusarbeid", 2023)
    assert "bare kalenderåret 2023" in transition
    assert "tilskudd i 2021" in transition
    # The page that shows the newest year says the same.
    assert cohort.removeprefix("Hvem reglene gjelder for ") in text(
        pages[address("nb", "oppfolging-voksne", SUPPORT)].main
    )
    # A sum that is paid once: no cohort has it for longer.
    once = said("tryggest", 2025)
    assert "tilskudd for 2025" in once
    assert "beholder" not in once


@pytest.mark.parametrize("slug", SLUGS)
def test_the_newest_rules_are_not_taken_for_those_of_today(
    pages: dict[str, Page], site: Site, slug: str
) -> None:
    newest, *earlier = years_of(site, slug)
    # The tests' site is of 2026.
    warning = f"Vi kjenner ingen regler for {newest + 1} eller senere."
    expected = newest < 2026 and not is_closed(site.schemes[slug])
    for url in (address("nb", slug, f"satser/{newest}"), address("nb", slug, SUPPORT)):
        assert (warning in text(pages[url].main)) == expected
    for year in earlier:
        assert warning not in text(year_page(pages, "nb", slug, year).main)


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("lang", LANGS)
def test_a_rule_year_shows_its_own_worked_examples(
    pages: dict[str, Page], site: Site, slug: str, lang: Lang
) -> None:
    for rules in site.schemes[slug].rules:
        page = year_page(pages, lang, slug, rules.year)
        shown = [
            text(next(details.iter("summary")))
            for details in page.all("details", class_="worked-example")
        ]
        assert shown == [spaced(example.title.best(lang)[0]) for example in rules.examples]


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("lang", LANGS)
def test_a_rule_year_leads_to_its_rules_as_files(
    pages: dict[str, Page], site: Site, slug: str, lang: Lang
) -> None:
    for year in years_of(site, slug):
        (files,) = year_page(pages, lang, slug, year).all("ul", class_="rule-files")
        assert [link.get("href") for link in files.iter("a")] == [
            f"/{slug}/regler/{year}.yaml",
            f"/{slug}/regler/{year}.json",
        ]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_reading_of_an_unclear_rule_stands_with_the_table_it_is_about(
    pages: dict[str, Page], site: Site, slug: str
) -> None:
    for rules in site.schemes[slug].rules:
        page = year_page(pages, "nb", slug, rules.year)
        shown = " ".join(text(p) for p in page.all("p", class_="reading"))
        for track in rules.tracks.values():
            readings = [figure.reading for _, figure in track.figures()]
            readings += [part.reading for part in (track.ladder, track.other_costs) if part]
            for reading in readings:
                assert reading is None or spaced(reading.nb) in shown


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("lang", LANGS)
def test_every_page_of_a_scheme_names_its_sources_and_when_they_were_checked(
    pages: dict[str, Page], site: Site, slug: str, lang: Lang
) -> None:
    scheme = site.schemes[slug]
    names = [*PAGE_NAMES, *(f"satser/{year}" for year in years_of(site, slug))]
    for name in names:
        page = pages[address(lang, slug, name)]
        (sources,) = page.all("section", class_="sources")
        listed = [entry.get("id", "").removeprefix("kilde-") for entry in sources.iter("li")]
        assert listed
        assert set(listed) <= scheme.all_sources.keys()
        if name in ("hvem-kan-soke", SUPPORT):
            assert set(scheme.fact_sources) <= set(listed)
        (checked,) = page.all("p", class_="checked")
        (day,) = find_all(checked, "time")
        assert day.get("datetime") == str(scheme.last_checked)
        until, overdue = find_all(checked, "span")
        assert until.get("data-until") == str(scheme.review_by)
        assert "hidden" not in until.attrib
        assert "hidden" in overdue.attrib


def test_links_in_prose_stay_in_the_language_of_the_page(pages: dict[str, Page]) -> None:
    followed = 0
    for page in pages.values():
        for prose in page.all("div", class_="prose"):
            for link in prose.iter("a"):
                href = link.get("href", "")
                if href.startswith("/") and href.partition("#")[0].endswith("/"):
                    assert href.startswith("/nn/") == (page.lang == "nn"), f"{href} on {page.url}"
                    followed += 1
    assert followed > 50

"""The content of the built pages."""

import http.client
import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree.ElementTree import Element

import pytest

from builder.content import Scheme, Site
from builder.kit.addresses import PAGE_NAMES
from builder.kit.i18n import LANGS, Translations
from calc.rules import Example, Figure, Lang
from tests.patience import LONGEST
from tests.site.pages import Page, find_all, text

SLUGS = sorted(
    path.parent.name
    for path in (Path(__file__).resolve().parents[2] / "content").glob("*/scheme.yaml")
)


def address(lang: Lang, slug: str = "", name: str = "om") -> str:
    start = "/nn/" if lang == "nn" else "/"
    if slug:
        start += f"{slug}/"
    return start if name == "om" else f"{start}{name}/"


def spaced(value: str) -> str:
    return re.sub(r"\s+", " ", value).strip()


# --- Every page is there, in both målformer ---


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("lang", LANGS)
def test_every_page_of_a_scheme_is_there_and_leads_to_the_others(
    pages: dict[str, Page], slug: str, lang: Lang
) -> None:
    addresses = [address(lang, slug, name) for name in PAGE_NAMES]
    for url in addresses:
        page = pages[url]
        assert page.lang == lang
        nav = page.one("nav", class_="scheme-nav")
        links = list(nav.iter("a"))
        assert [link.get("href") for link in links] == addresses
        assert [link.get("href") for link in links if link.get("aria-current") == "page"] == [url]


def test_every_page_is_there_in_both_languages_and_leads_to_the_other(
    pages: dict[str, Page],
) -> None:
    bokmaal = [url for url in pages if not url.startswith("/nn/")]
    assert {f"/nn{url}" for url in bokmaal} == pages.keys() - set(bokmaal)
    for url in bokmaal:
        if url.endswith(".html"):
            continue
        assert pages[url].one("a", class_="language-switch").get("href") == f"/nn{url}"
        assert pages[f"/nn{url}"].one("a", class_="language-switch").get("href") == url


def test_the_portal_has_every_scheme(pages: dict[str, Page], site: Site) -> None:
    for lang in LANGS:
        portal = pages[address(lang)]
        cards = {card.get("data-scheme"): card for card in portal.all("article")}
        assert cards.keys() == site.schemes.keys()
        for slug, card in cards.items():
            assert address(lang, str(slug)) in [link.get("href") for link in card.iter("a")]
            assert site.schemes[str(slug)].short_name.best(lang)[0] in text(card)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_page_of_a_scheme_has_a_heading_and_text(pages: dict[str, Page], slug: str) -> None:
    for name in PAGE_NAMES:
        page = pages[address("nb", slug, name)]
        assert text(page.one("h1"))
        assert text(page.one("p", class_="lead"))
        assert len(text(page.main)) > 200
        assert page.one("title").text


# --- Links ---


def test_every_link_within_the_site_works(pages: dict[str, Page], served_site: str) -> None:
    links = {
        (urljoin(served_site + page.url, link), page.url)
        for page in pages.values()
        for element in page.root.iter()
        for link in (element.get("href"), element.get("src"), element.get("data-worker"))
        if link
    }
    inside = {(link, url) for link, url in links if link.startswith(served_site)}
    assert len(inside) > 300
    connection = http.client.HTTPConnection(urlsplit(served_site).netloc, timeout=LONGEST)
    statuses = {}
    for path in {urlsplit(link).path for link, _ in inside}:
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        statuses[path] = response.status
    connection.close()
    for link, url in sorted(inside):
        target = urlsplit(link)
        # Not even a redirect.
        assert statuses[target.path] == 200, f"{link} on {url}"
        if target.fragment:
            assert unquote(target.fragment) in pages[target.path].ids, f"{link} on {url}"


def test_only_links_to_follow_name_other_hosts(pages: dict[str, Page], built_site: Path) -> None:
    for page in pages.values():
        for element in page.root.iter():
            if element.tag == "a":
                continue
            for attribute in ("src", "href", "srcset", "action", "formaction", "poster", "data"):
                value = element.get(attribute, "")
                assert not re.search(r"(?i)(https?:)?//", value), f"{value} on {page.url}"
    for path in built_site.rglob("*.css"):
        assert not re.search(r"(?i)url\(['\"]?(https?:)?//|@import", path.read_text("utf-8"))


def test_pages_bring_no_script_or_style_of_their_own(pages: dict[str, Page]) -> None:
    for page in pages.values():
        assert page.all("style") == []
        for script in page.all("script"):
            is_data = script.get("type") in ("application/json", "application/ld+json")
            assert script.get("src") or is_data
        for element in page.root.iter():
            assert not [name for name in element.attrib if name.startswith("on")]
            assert "style" not in element.attrib


# --- Rates ---


def figure_on_page(figure: Figure) -> str:
    """The figure as a Norwegian writes it, without its unit; worked out apart from the builder."""
    if figure.value is None:
        return ""
    whole, _, decimals = str(figure.value).partition(".")
    grouped = f"{int(whole):,}".replace(",", " ")
    return f"{grouped},{decimals}" if decimals.strip("0") else grouped


def number_at_start(cell: str) -> str:
    match = re.match(r"\d{1,3}(?: \d{3})*(?:,\d+)?(?![\d,])", cell)
    return match[0] if match else ""


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("slug", SLUGS)
def test_rate_tables_show_every_figure_of_the_rules(
    pages: dict[str, Page], site: Site, translations: Translations, slug: str, lang: Lang
) -> None:
    scheme = site.schemes[slug]
    unknown = spaced(translations.translator(lang)("rates.unknown"))
    shown = [(rules, address(lang, slug, f"satser/{rules.year}")) for rules in scheme.rules]
    shown += [(scheme.rules[0], address(lang, slug, "hva-du-kan-fa-stotte-til"))]
    for rules, url in shown:
        tables = {
            text(next(t.iter("caption"))): t for t in pages[url].all("table", class_="rate-table")
        }
        assert list(tables) == [track.name.best(lang)[0] for track in rules.tracks.values()]
        for track in rules.tracks.values():
            expected = Counter(
                (figure_on_page(figure) or unknown, figure.source)
                for _, figure in track.figures()
                if figure.unknown != "ingen"
            )
            table = tables[track.name.best(lang)[0]]
            assert not expected - Counter(map(_row, table.iter("tr")))


def _row(row: Element) -> tuple[str, str]:
    """The number, or what stands instead of it, and the source of a row of rates."""
    values = [text(span) for span in row.iter("span") if "rate-" in span.get("class", "")]
    links = [link.get("href", "").removeprefix("#kilde-") for link in row.iter("a")]
    value = values[0] if values else ""
    return number_at_start(value) or value, links[-1] if links else ""


@pytest.mark.parametrize("slug", SLUGS)
def test_every_source_of_the_rates_stands_on_the_page(
    pages: dict[str, Page], site: Site, slug: str
) -> None:
    for rules in site.schemes[slug].rules:
        page = pages[address("nb", slug, f"satser/{rules.year}")]
        # Those of the year, and no others.
        entries = {e.get("id") for e in page.one("section", class_="sources").iter("li")}
        assert entries == {f"kilde-{key}" for key in rules.sources}
        for key, source in rules.sources.items():
            entry = page.one("li", id=f"kilde-{key}")
            assert spaced(source.title) in text(entry)
            assert spaced(source.publisher) in text(entry)
            links = [link.get("href") for link in entry.iter("a")]
            assert links == ([source.url] if source.url else [])


# --- Notices ---


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("lang", LANGS)
def test_a_notice_comes_before_anything_else(
    pages: dict[str, Page], site: Site, slug: str, lang: Lang
) -> None:
    scheme = site.schemes[slug]
    for name in PAGE_NAMES:
        page = pages[address(lang, slug, name)]
        notices = page.all("aside", class_="notice")
        if scheme.notice is None:
            assert notices == []
            continue
        (notice,) = notices
        said = scheme.notice.best(lang)[0]
        assert spaced(said) in text(notice)
        assert text(page.main).startswith(text(notice))


def test_closed_and_archived_schemes_have_a_notice(site: Site) -> None:
    states = {slug: scheme.state for slug, scheme in site.schemes.items()}
    assert sorted(states.values()).count("active") < len(states)
    for slug, state in states.items():
        assert state == "active" or site.schemes[slug].notice


# --- Målform ---


def prose_of(page: Page) -> Element:
    return page.one("div", class_="prose")


def has_nynorsk(site: Site, scheme: str | None, name: str) -> bool:
    return (scheme, name, "nn") in site.pages


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("name", PAGE_NAMES)
def test_prose_in_another_language_than_the_page_says_so(
    pages: dict[str, Page], site: Site, translations: Translations, slug: str, name: str
) -> None:
    nynorsk, bokmaal = pages[address("nn", slug, name)], pages[address("nb", slug, name)]
    prose, lead, h1 = prose_of(nynorsk), nynorsk.one("p", class_="lead"), nynorsk.one("h1")
    note = spaced(translations.translator("nn")("page.only_in_other_language"))
    if has_nynorsk(site, slug, name):
        source = site.pages[slug, name, "nn"].path.read_text("utf-8")
        title = source.splitlines()[0].removeprefix("Title:").strip()
        assert text(lead) in spaced(source)
        assert text(h1) in (title, site.schemes[slug].name.best("nn")[0])
        assert text(prose) != text(prose_of(bokmaal))
        assert [e.get("lang") for e in (prose, lead, h1)] == [None, None, None]
        assert note not in text(nynorsk.main)
    else:
        assert text(prose) == text(prose_of(bokmaal))
        assert (prose.get("lang"), lead.get("lang")) == ("nb", "nb")
        assert note in text(nynorsk.main)


def test_kommunalt_rusarbeid_is_all_in_nynorsk(pages: dict[str, Page], site: Site) -> None:
    for name in PAGE_NAMES:
        assert has_nynorsk(site, "kommunalt-rusarbeid", name)
        page = pages[address("nn", "kommunalt-rusarbeid", name)]
        foreign = [text(e) for e in page.main.iter() if e.get("lang") not in (None, "nn")]
        assert foreign == []


def test_nothing_on_bokmaal_pages_is_marked_as_another_language(pages: dict[str, Page]) -> None:
    for url, page in pages.items():
        if page.lang == "nb":
            for element in page.main.iter():
                assert element.get("lang") in (None, "nb"), f"{text(element)} on {url}"


# --- Calculators ---


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("lang", LANGS)
def test_every_worked_example_is_shown_with_what_it_must_give(
    pages: dict[str, Page], site: Site, slug: str, lang: Lang
) -> None:
    page = pages[address(lang, slug, "kalkulator")]
    shown = {
        text(next(details.iter("summary"))): details
        for details in page.all("details", class_="worked-example")
    }
    for example in _examples(site.schemes[slug]):
        details = shown.pop(spaced(example.title.best(lang)[0]))
        (result,) = find_all(details, "section", class_="result")
        assert result.get("data-status") == example.expect.status
        if example.expect.award is not None:
            cells = find_all(details, "td", data_field="award")
            assert [cell.get("data-value") for cell in cells] == [
                None if award is None else str(award) for award in example.expect.award
            ]
    assert shown == {}


def _examples(scheme: Scheme) -> list[Example]:
    return [example for rules in scheme.rules for example in rules.examples]


def test_the_site_answers_before_any_script_runs(pages: dict[str, Page]) -> None:
    forms = [
        (page, form)
        for page in pages.values()
        for form in page.all("form")
        if "data-calculator" in form.attrib
    ]
    assert forms
    for page, form in forms:
        assert form.get("data-state") == "static"
        (place,) = (e for e in form.iter("section") if "data-result" in e.attrib)
        (result,) = find_all(place, "section", class_="result")
        assert text(result), page.url

"""The metadata of pages for search engines and for sites that show links."""

import json
import struct
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from playwright.sync_api import Page as BrowserPage

from builder.commands.serve import serve_folder
from builder.content import Site
from builder.kit.i18n import LANGS, Translations
from builder.views import metadata
from calc.rules import Lang, Text
from tests.data.conftest import ADDRESS
from tests.data.schemes import scheme
from tests.site.pages import Page, read_page, text
from tests.theme.environment import TODAY, context, environment

type Nodes = dict[str, list[dict[str, Any]]]

LARGEST_IMAGE = 60_000


def linked_data(page: Page) -> Nodes:
    """The nodes on a page by type."""
    found: Nodes = {}
    for script in page.all("script", type="application/ld+json"):
        data = json.loads(script.text or "")
        assert data["@context"] == "https://schema.org"
        for node in data["@graph"]:
            found.setdefault(node["@type"], []).append(node)
    return found


def meta(page: Page) -> dict[str, str]:
    tags = [tag for tag in page.all("meta") if "property" in tag.attrib or "name" in tag.attrib]
    return {tag.get("property") or tag.attrib["name"]: tag.attrib["content"] for tag in tags}


def is_for_search(page: Page) -> bool:
    return not page.all("meta", name="robots", content="noindex")


def links(page: Page, rel: str) -> dict[str, str]:
    """Addresses by language; feeds, which are alternates of another kind, are left out."""
    found = (tag for tag in page.all("link", rel=rel) if "type" not in tag.attrib)
    return {tag.get("hreflang", ""): tag.attrib["href"] for tag in found}


# --- Linked data ---


@pytest.mark.parametrize("lang", LANGS)
def test_a_scheme_is_a_service_with_its_facts(
    pages: dict[str, Page], site: Site, lang: Lang
) -> None:
    amounts = 0
    for slug, found in site.schemes.items():
        nodes = linked_data(pages[f"{'/nn' if lang == 'nn' else ''}/{slug}/"])
        if found.state != "active":
            # Nobody can apply any more.
            assert nodes == {}
            continue
        (service,) = nodes["GovernmentService"]
        owner = next(n for n in nodes["GovernmentOrganization"] if n.get("@id"))
        assert service["name"] == found.name.best(lang)[0]
        assert service["provider"] == {"@id": owner["@id"]}
        assert owner["name"] == found.owner.name.best(lang)[0]
        assert owner.get("url") == found.owner.url
        assert service["areaServed"]["name"] == {"nb": "Norge", "nn": "Noreg"}[lang]
        said = [audience["audienceType"] for audience in service["audience"]]
        assert said == [applicant.best(lang)[0] for applicant in found.applicants]
        if found.administrator:
            name = found.administrator.name.best(lang)[0]
            assert service["serviceOperator"]["name"] == name
        # Whole addresses are not known.
        assert "url" not in service
        newest = found.rules[0]
        open_tracks = [t for t in newest.tracks.values() if not t.transition and not t.closed_from]
        grants = nodes.get("MonetaryGrant", [])
        assert [grant["name"] for grant in grants] == [t.name.best(lang)[0] for t in open_tracks]
        assert [part["@id"] for part in service["serviceOutput"]] == [g["@id"] for g in grants]
        for grant, track in zip(grants, open_tracks, strict=True):
            assert grant["funder"] == {"@id": owner["@id"]}
            assert str(newest.year) in grant["description"]
            caps = [cap.value for _, cap in track.all_caps() if cap.value is not None]
            assert [amount["maxValue"] for amount in grant.get("amount", [])] == caps
            assert all(amount["currency"] == "NOK" for amount in grant.get("amount", []))
            amounts += len(caps)
    assert amounts >= 3


def test_no_text_of_the_content_can_end_the_script(translations: Translations) -> None:
    found = scheme(name=Text(nb="</script><script>alert(1)</script>"))
    given = metadata.of_scheme_page(
        found, "om", "Om", "nb", translations, TODAY, site_name="Stigen", site_address=ADDRESS
    )
    template = environment().get_template("scheme/om.html")
    page = read_page(
        template.render(context("nb", scheme=found, linked_data=given, changes=(), page_sources={}))
    )
    (service,) = linked_data(page)["GovernmentService"]
    assert service["name"] == found.name.nb
    assert [s for s in page.all("script") if "alert" in (s.text or "")] == page.all(
        "script", type="application/ld+json"
    )


def test_every_page_of_a_scheme_has_the_trail_to_itself(placed_pages: dict[str, Page]) -> None:
    trail = linked_data(placed_pages["/nn/tryggest/rapportering/"])["BreadcrumbList"]
    steps = [(s["position"], s["name"], s["item"]) for s in trail[0]["itemListElement"]]
    title = text(placed_pages["/nn/tryggest/rapportering/"].one("h1"))
    assert steps == [
        (1, "Tilskuddsstigen", f"{ADDRESS}/nn/"),
        (2, "TryggEst", f"{ADDRESS}/nn/tryggest/"),
        (3, title, f"{ADDRESS}/nn/tryggest/rapportering/"),
    ]


def test_the_front_page_is_a_web_site(
    pages: dict[str, Page], placed_pages: dict[str, Page]
) -> None:
    (bare,) = linked_data(pages["/nn/"])["WebSite"]
    assert (bare["name"], bare["inLanguage"]) == ("Tilskuddsstigen", "nn")
    assert "url" not in bare
    (placed,) = linked_data(placed_pages["/"])["WebSite"]
    assert placed["url"] == f"{ADDRESS}/"


def test_browsers_take_no_offence(page: BrowserPage, placed_site: Path) -> None:
    page.add_init_script("delete Navigator.prototype.serviceWorker")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    with serve_folder(placed_site) as address:
        for path in ("/", "/nn/tryggest/", "/oppfolging-voksne/kalkulator/", "/frister/"):
            page.goto(f"{address}{path}", wait_until="load")
    assert said == []


# --- Addresses ---


def test_without_an_address_pages_leave_out_all_that_needs_one(
    pages: dict[str, Page], built_site: Path
) -> None:
    for url, page in pages.items():
        assert links(page, "canonical") == links(page, "alternate") == {}, url
        assert not {"og:url", "og:image"} & meta(page).keys()
        assert "BreadcrumbList" not in linked_data(page)
    assert not (built_site / "sitemap.xml").exists()
    assert (built_site / "robots.txt").read_text("utf-8") == "User-agent: *\nAllow: /\n"


def test_every_page_names_its_address_and_that_of_the_other_language(
    placed_pages: dict[str, Page],
) -> None:
    for url, page in placed_pages.items():
        if not is_for_search(page):
            assert meta(page)["robots"] == "noindex"
            assert links(page, "canonical") == links(page, "alternate") == {}
            assert not any(name.startswith("og:") for name in meta(page))
            continue
        bokmaal = url.removeprefix("/nn") if page.lang == "nn" else url
        assert links(page, "canonical") == {"": f"{ADDRESS}{url}"}
        assert links(page, "alternate") == {
            "nb": f"{ADDRESS}{bokmaal}",
            "nn": f"{ADDRESS}/nn{bokmaal}",
            "x-default": f"{ADDRESS}{bokmaal}",
        }


def test_links_to_a_page_can_be_shown(placed_pages: dict[str, Page], placed_site: Path) -> None:
    for url, page in placed_pages.items():
        if not is_for_search(page):
            continue
        said = meta(page)
        assert said["og:title"] == text(page.one("title"))
        assert said["og:description"] == said["description"]
        locales = {"nb": ("nb_NO", "nn_NO"), "nn": ("nn_NO", "nb_NO")}[page.lang]
        assert (said["og:locale"], said["og:locale:alternate"]) == locales
        assert (said["og:type"], said["og:url"]) == ("website", f"{ADDRESS}{url}")
        assert said["og:image:alt"]
    image = placed_site / said["og:image"].removeprefix(f"{ADDRESS}/")
    data = image.read_bytes()
    assert len(data) < LARGEST_IMAGE
    assert data.startswith(b"\x89PNG")
    size = (int(said["og:image:width"]), int(said["og:image:height"]))
    assert struct.unpack(">II", data[16:24]) == size == (1200, 630)


# --- Sitemap ---


def sitemap(site: Path) -> Xml.Element:
    return Xml.parse(site / "sitemap.xml").getroot()  # noqa: S314  # our own file


def test_the_sitemap_has_every_page(placed_site: Path, placed_pages: dict[str, Page]) -> None:
    names = {
        "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
        "x": "http://www.w3.org/1999/xhtml",
    }
    entries = sitemap(placed_site).findall("s:url", names)
    found = [entry.findtext("s:loc", "", names) for entry in entries]
    assert len(found) == len(set(found))
    assert set(found) == {
        f"{ADDRESS}{url}" for url in placed_pages if is_for_search(placed_pages[url])
    }
    for entry, here in zip(entries, found, strict=True):
        page = placed_pages[here.removeprefix(ADDRESS)]
        alternates = {
            e.attrib["hreflang"]: e.attrib["href"] for e in entry.findall("x:link", names)
        }
        assert alternates == links(page, "alternate")


def test_the_sitemap_has_the_day_on_which_a_scheme_was_checked(
    placed_site: Path, site: Site
) -> None:
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    for entry in sitemap(placed_site):
        path = entry.findtext("s:loc", "", names).removeprefix(f"{ADDRESS}/").removeprefix("nn/")
        found = site.schemes.get(path.partition("/")[0])
        assert entry.findtext("s:lastmod", None, names) == (
            found.last_checked.isoformat() if found else None
        )


def test_robots_txt_names_the_sitemap(placed_site: Path) -> None:
    lines = (placed_site / "robots.txt").read_text("utf-8").splitlines()
    assert lines[:2] == ["User-agent: *", "Allow: /"]
    assert f"Sitemap: {ADDRESS}/sitemap.xml" in lines

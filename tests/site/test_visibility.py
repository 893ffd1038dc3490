"""Unpublished content is nowhere in the built site; earlier addresses lead to the new ones."""

from collections.abc import Callable
from pathlib import Path

import pytest

from builder.bundle.runtime import Runtime
from builder.data import hosting
from builder.site import check
from tests.conftest import copy_project
from tests.content.sample import SCHEME
from tests.once import made_once
from tests.site.conftest import Command, run_in
from tests.site.pages import read_page, text
from tests.site.test_new_scheme import SLUG, write_scheme

ROOT = Path(__file__).resolve().parents[2]
HIDDEN = "Tilskudd til hemmeligheter"


def new_site(
    factory: pytest.TempPathFactory, name: str, change: Callable[[Path], object], *arguments: str
) -> Path:
    """A site of a copy of the project whose content is changed, made once per run."""

    def make(folder: Path) -> None:
        project = factory.mktemp(name) / "project"
        copy_project(ROOT, project)
        change(project / "content")
        result = run_in(project, "site", *arguments)
        assert result.returncode == 0, result.stderr
        (project / "output").rename(folder)

    return made_once(factory, name, make)


def hide_some(content: Path) -> None:
    write_scheme(content / SLUG)
    (content / SLUG / "scheme.yaml").write_text(SCHEME + "aliases: [/gammel/]\n", "utf-8")
    hidden = content / "hemmelig"
    write_scheme(hidden)
    scheme = SCHEME.replace("Tilskudd til prøver", HIDDEN) + "draft: true\n"
    (hidden / "scheme.yaml").write_text(scheme, "utf-8")
    rules = content / "tryggest/rules"
    earlier = (rules / "2025.yaml").read_text("utf-8")
    (rules / "2026.yaml").write_text(
        "publish_date: 2026-12-01\n" + earlier.replace("year: 2025", "year: 2026"), "utf-8"
    )
    om = content / "pages/om.md"
    om.write_text(om.read_text("utf-8").replace("\n\n", "\nAliases: /om-oss/, /hva/er/\n\n", 1))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, shipped: Runtime) -> Path:
    return new_site(tmp_path_factory, "some-hidden", hide_some)


def test_nothing_of_what_is_not_published_is_built(built: Path) -> None:
    assert not (built / "hemmelig").exists()
    assert not (built / "tryggest/satser/2026").exists()
    assert not (built / "tryggest/regler/2026.yaml").exists()
    for path in built.rglob("*"):
        if path.suffix in {".html", ".json", ".xml", ".atom", ".ics", ".js", ".txt"}:
            words = path.read_text("utf-8")
            assert HIDDEN not in words, path
            assert "/hemmelig/" not in words, path


def test_earlier_addresses_lead_to_every_page(built: Path) -> None:
    moved = hosting.read_redirects(built)
    assert moved["/gammel/"] == f"/{SLUG}/"
    assert moved["/nn/gammel/kalkulator/"] == f"/nn/{SLUG}/kalkulator/"
    assert moved["/gammel/satser/2031/"] == f"/{SLUG}/satser/2031/"
    assert moved["/gammel/regler/2031.json"] == f"/{SLUG}/regler/2031.json"
    assert moved["/nn/gammel/frister.ics"] == f"/nn/{SLUG}/frister.ics"
    assert moved["/om-oss/"] == moved["/hva/er/"] == "/om/"
    for old, new in moved.items():
        assert (built / new.lstrip("/")).exists()
        if new.endswith("/"):
            page = read_page((built / old.lstrip("/") / "index.html").read_text("utf-8"))
            assert new in [a.get("href") for a in page.main.iter("a")]
            assert page.one("meta", http_equiv="refresh").get("content") == f"0; url={new}"
            assert page.lang == ("nn" if old.startswith("/nn/") else "nb")
    assert "gammel" not in (built / "404.html").read_text("utf-8")


def add_links(content: Path) -> None:
    hvem = content / "tryggest/hvem-kan-soke.md"
    links = "[den andre](/kommunalt-rusarbeid/) og [forsiden](/tryggest/#kilder)"
    hvem.write_text(f"{hvem.read_text('utf-8')}\nSe {links}.\n", "utf-8")


@pytest.fixture(scope="module")
def tryggest(tmp_path_factory: pytest.TempPathFactory, shipped: Runtime) -> Path:
    """A site of that scheme alone, checked; in its prose are links to another and to itself."""
    return new_site(tmp_path_factory, "tryggest-alone", add_links, "--scheme", "tryggest")


def test_a_scheme_as_a_site_of_its_own(tryggest: Path) -> None:
    front = read_page((tryggest / "index.html").read_text("utf-8"))
    assert "TryggEst" in text(front.one("h1"))
    # Whoever has the address that it has where all schemes are comes to the same page.
    assert hosting.read_redirects(tryggest)["/tryggest/"] == "/"
    for missing in ("kommunalt-rusarbeid", "ordninger", "innebygd/kommunalt-rusarbeid"):
        assert not (tryggest / missing).exists()
    assert (tryggest / "nn/tryggest/kalkulator/index.html").is_file()
    assert (tryggest / "innebygd/tryggest/index.html").is_file()
    check.check(tryggest)


def test_the_script_for_other_sites_is_the_same_for_any_schemes(
    tryggest: Path, built_site: Path
) -> None:
    assert (tryggest / "embed.js").read_bytes() == (built_site / "embed.js").read_bytes()


def test_links_to_schemes_that_are_not_there_are_only_words(tryggest: Path) -> None:
    page = read_page((tryggest / "tryggest/hvem-kan-soke/index.html").read_text("utf-8"))
    prose = page.one("div", class_="prose")
    links = {text(a): a.get("href") for a in prose.iter("a")}
    assert "den andre" in text(prose)
    assert "den andre" not in links
    assert links["forsiden"] == "/#kilder"


def test_a_scheme_that_is_not_there(run: Command) -> None:
    result = run("site", "--scheme", "trygest")
    assert result.returncode == 1
    assert "Ordningen «trygest» finnes ikke" in result.stderr
    assert "Mente du «tryggest»?" in result.stderr

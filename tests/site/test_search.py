"""The search index of the built site, opened as Pagefind's script opens it."""

import gzip
import json
import re
import shutil
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from builder.data import search
from builder.data.search import SearchError
from tests.site.pages import Page, find_all, text

SIGNATURE = b"pagefind_dcd"
SEARCHED = "<main data-pagefind-body>Søk</main>"
# Shown at other addresses, in frames of others, or the search itself.
LEFT_OUT = re.compile(r"(/nn)?/(404\.html|uten-nett/|sok/|innebygd/|ordninger/|[^/]+/satser/)")


@pytest.fixture(scope="module")
def found(built_site: Path) -> dict[str, list[dict[str, Any]]]:
    """What can be found, by målform."""
    texts: dict[str, list[dict[str, Any]]] = {"nb": [], "nn": []}
    for path in (built_site / "pagefind/fragment").iterdir():
        data = gzip.decompress(path.read_bytes())
        assert data.startswith(SIGNATURE)
        texts[path.name.partition("_")[0]].append(json.loads(data.removeprefix(SIGNATURE)))
    return texts


@pytest.mark.parametrize("lang", ["nb", "nn"])
def test_every_page_is_found_once_in_its_language(
    found: dict[str, list[dict[str, Any]]], pages: dict[str, Page], lang: str
) -> None:
    wanted = {
        url for url, page in pages.items() if page.lang == lang and not LEFT_OUT.match(url)
    } | ({"/innebygd/"} if lang == "nb" else {"/nn/innebygd/"})
    urls = [item["url"] for item in found[lang]]
    assert sorted(urls) == sorted(wanted)


def test_results_say_scheme_title_and_language(
    found: dict[str, list[dict[str, Any]]], pages: dict[str, Page]
) -> None:
    for lang, items in found.items():
        for item in items:
            page, meta = pages[item["url"]], item["meta"]
            leads = page.all("p", class_="lead")
            assert meta["lang"] == leads[0].get("lang", lang)
            names = page.all("p", class_="scheme-name")
            assert meta["scheme"] == (text(names[0]) if names else "")
            assert meta["title"]
    by_url = {item["url"]: item["meta"] for item in found["nn"]}
    bokmaal = by_url["/nn/oppfolging-voksne/slik-soker-du/"]
    assert (bokmaal["title"], bokmaal["lang"]) == ("Slik søker du", "nb")
    assert by_url["/nn/kommunalt-rusarbeid/slik-soker-du/"]["lang"] == "nn"


def test_only_the_text_of_a_page_is_searched(
    found: dict[str, list[dict[str, Any]]], pages: dict[str, Page]
) -> None:
    """Nothing of the frame around it, of forms and what comes of them, and of what is repeated."""
    for items in found.values():
        for item in items:
            page, content = pages[item["url"]], item["content"]
            assert text(page.one("h1")).rstrip("?.") in content
            for outside in _outside(page):
                assert outside not in content, f"{outside!r} in {item['url']}"


def _outside(page: Page) -> list[str]:
    main: Element = page.main
    elements = [
        *page.all("a", class_="skip-link"),
        *page.all("footer"),
        *find_all(main, "p", class_="only-in"),
        *(e for e in main.iter("section") if "data-result" in e.attrib),
        *find_all(main, "section", class_="sources"),
        *find_all(main, "div", class_="worked-example-body"),
    ]
    return [t for t in map(text, elements) if t]


def test_no_more_than_what_the_search_page_asks_for(built_site: Path) -> None:
    folder = built_site / "pagefind"
    plain = {p.name for p in folder.iterdir() if p.suffix not in {".br", ".gz"}}
    metas = {name for name in plain if name.endswith(".pf_meta")}
    assert len(metas) == 2
    assert plain - metas == {
        "pagefind.js", "pagefind-entry.json", "wasm.nb.pagefind", "wasm.nn.pagefind",
        "index", "fragment",
    }  # fmt: skip


PAGE = '<!doctype html><html lang="{lang}"><title>S</title>{body}'


def write(site: Path, **pages: str) -> None:
    for name, body in pages.items():
        path = site / name / "index.html"
        path.parent.mkdir(parents=True)
        path.write_text(PAGE.format(lang=name, body=body), "utf-8")


def test_one_content_gives_one_index(tmp_path: Path) -> None:
    made = []
    for n in range(6):
        site = tmp_path / str(n)
        write(site, nb=SEARCHED, nn="<main data-pagefind-body>Søk</main>")
        search.write(site)
        folder = site / "pagefind"
        made.append({p.relative_to(folder): p.read_bytes() for p in folder.rglob("*.*")})
    assert all(files == made[0] for files in made)
    entry = json.loads((folder / "pagefind-entry.json").read_text("utf-8"))
    assert list(entry["languages"]) == ["nb", "nn"]


def test_settings_around_it_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGEFIND_FORCE_LANGUAGE", "en")
    (tmp_path / "pagefind.toml").write_text('force_language = "en"')
    monkeypatch.chdir(tmp_path)
    site = tmp_path / "site"
    write(site, **dict.fromkeys(("nb", "nn"), SEARCHED))
    search.write(site)
    assert list((site / "pagefind").glob("wasm.nn.*"))


@pytest.mark.parametrize(
    ("langs", "message"),
    [
        (["nb"], "Pagefind fant feil"),
        (["nb", "nn", "en"], r"skulle hatt målformen nb, men fikk en, nb\."),
    ],
)
def test_other_languages_than_ours_stop_the_build(
    tmp_path: Path, langs: list[str], message: str
) -> None:
    write(tmp_path / "site", **dict.fromkeys(langs, SEARCHED))
    with pytest.raises(SearchError, match=message):
        search.write(tmp_path / "site")
    assert not (tmp_path / "site/pagefind").exists()


def test_a_pagefind_that_does_not_run_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "site", nb=SEARCHED)
    monkeypatch.setattr(search, "get_executable", lambda: tmp_path / "borte")
    with pytest.raises(SearchError, match="Fikk ikke kjørt Pagefind"):
        search.write(tmp_path / "site")
    monkeypatch.setattr(search, "get_executable", lambda: Path(shutil.which("false") or ""))
    with pytest.raises(SearchError, match="Pagefind fant feil"):
        search.write(tmp_path / "site")

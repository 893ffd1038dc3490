"""Bad content, through to what readers get: nothing is published, nothing runs, nothing leaks."""

import json
from pathlib import Path

import pytest

from builder.site import check
from tests.conftest import build_site, copy_project
from tests.content.bad_content import (
    CANARY,
    CANARY_FILE,
    HARMFUL,
    PLANTED,
    both,
    link,
    picture,
    pipe,
    replace,
    write,
)
from tests.content.sample import SCHEME_FILE, SLUG, write_sample
from tests.once import made_once
from tests.site.conftest import Command
from tests.site.pages import Page, read_page
from tests.site.pages import text as words
from tests.site.test_publish import state

# One for each reader that stops it. That all kinds are found, with the same messages, is proven by
# tests/content; a publish stops at whatever is found.
TRIED = [
    "a script", "an address that runs", "a file by its place",
    "an image outside the folder, by way of it", "an image that is a script",
    "rules that are a link out", "a folder that is a link out", "a link to a device without end",
    "a text that is a pipe", "a text in UTF-16", "lists in lists without end",
    "an object of Python",
]  # fmt: skip


def plant_canary(project: Path) -> None:
    (project / CANARY_FILE).write_text(f"{CANARY}\n", encoding="utf-8")


@pytest.mark.thorough
def test_bad_content_leaves_the_live_site_as_it_is(project: Path, run: Command) -> None:
    plant_canary(project)
    first = run("publish")
    assert first.returncode == 0, first.stderr
    live = state(project / "public")
    content = project / "content"
    aside = project / "uten feil"
    for name in TRIED:
        content.rename(aside)
        write_sample(content)
        HARMFUL[name].plant(content)
        failed = run("publish")
        said = failed.stdout + failed.stderr
        assert failed.returncode == 1, name
        assert "Én feil i innholdet. Ingenting er publisert." in said
        assert HARMFUL[name].message in said
        assert "Traceback" not in said
        assert CANARY not in said
        assert state(project / "public") == live
        content.rename(project / f"feil {TRIED.index(name)}")
        aside.rename(content)
    again = run("publish")
    assert (again.returncode, state(project / "public")) == (0, live)


# What is no mistake, or only a warning: it is published, and does nothing.
HARMLESS = f"""\
Title: <script>{PLANTED}()</script> & «{{{{ 7 * 7 }}}}»
Description: <img src=x onerror={PLANTED}()> {{% include '../{CANARY_FILE}' %}}

## Slik <span lang="en">ser</span> det ut

Sju ganger sju er {{{{ 7 * 7 }}}}, og {{% include '../../{CANARY_FILE}' %}} er bare tekst.

{{filename}}../../{CANARY_FILE} og |static|../../{CANARY_FILE} er bare tekst, og `<script>` er kode.

<!-- {PLANTED}: notat til kollegaene -->

<b class="{PLANTED}" style="color: red">Uten</b> pynt, H<sub>2</sub>O.

| Sats | Kroner |
|------|-------:|
| Én   |    100 |

![Et kart over «landet» & sjøen](bilder/kart.png)
"""


SHORT_NAME = f"<script>{PLANTED}()</script> {{{{ 7 * 7 }}}}"


@pytest.fixture(scope="module")
def published(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site with a scheme whose texts try everything that is not stopped."""

    def make(folder: Path) -> None:
        root = tmp_path_factory.mktemp("harmless") / "project"
        write_harmless(root, project_root)
        build_site(root, folder)
        check.check(folder)

    return made_once(tmp_path_factory, "harmless", make)


def write_harmless(root: Path, project_root: Path) -> None:
    copy_project(project_root, root)
    plant_canary(root)
    content = root / "content"
    write_sample(content)
    both(
        write(f"{SLUG}/hvem-kan-soke.md", HARMLESS),
        picture(f"{SLUG}/bilder/kart.png", "PNG", (1200, 600)),
        picture(f"{SLUG}/bilder/ubrukt.png", "PNG", (7, 7)),
        replace(SCHEME_FILE, "{nb: Prøver}", f"{{nb: '{SHORT_NAME}'}}"),
        write("pages/hemmelig.txt", CANARY),
        write(f"{SLUG}/.hemmelig.md", CANARY),
        write(f"{SLUG}/om.md~", CANARY),
    )(content)
    link(f"{SLUG}/.#om.md", f"../{CANARY_FILE}")(content)
    pipe(f"{SLUG}/.rør")(content)


def page(site: Path, address: str) -> Page:
    return read_page((site / address.lstrip("/") / "index.html").read_text("utf-8"), address)


def test_nothing_planted_runs(published: Path) -> None:
    for path in published.rglob("*.html"):
        found = read_page(path.read_text("utf-8"))
        for element in found.root.iter():
            assert not any(name.startswith("on") or name == "style" for name in element.attrib)
            assert PLANTED not in element.get("class", "")
            if element.get("type", "").endswith("json"):
                json.loads(element.text or "")  # data, and whole
            elif element.tag in ("script", "img", "iframe", "link"):
                assert PLANTED not in words(element) + str(element.attrib)


def test_nothing_from_outside_or_between_the_lines_is_published(published: Path) -> None:
    for path in published.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            assert CANARY.encode() not in raw, path
            assert b"notat til kollegaene" not in raw, path
    names = {path.name for path in published.rglob("*")}
    assert not any("ubrukt" in name or "hemmelig" in name for name in names)


def test_what_looks_like_a_template_is_text(published: Path) -> None:
    found = page(published, f"/{SLUG}/hvem-kan-soke/")
    assert words(found.one("h1")) == f"<script>{PLANTED}()</script> & «{{{{ 7 * 7 }}}}»"
    lead = found.one("p", class_="lead")
    assert words(lead).startswith(f"<img src=x onerror={PLANTED}()> {{% include")
    prose = words(found.one("div", class_="prose"))
    assert "Sju ganger sju er {{ 7 * 7 }}, og {% include" in prose
    assert f"{{filename}}../../{CANARY_FILE} og |static|" in prose
    assert "Uten pynt, H2O." in prose
    assert SHORT_NAME in words(found.root)
    assert found.one("td", class_="align-right").text == "100"


def test_an_image_stands_in_both_målformer_and_comes_when_it_is_near(published: Path) -> None:
    images = [
        page(published, f"{nn}/{SLUG}/hvem-kan-soke/").one("img", loading="lazy")
        for nn in ("", "/nn")
    ]
    for image in images:
        assert image.attrib == {
            "src": image.attrib["src"],
            "alt": "Et kart over «landet» & sjøen",
            "width": "1200",
            "height": "600",
            "loading": "lazy",
            "decoding": "async",
        }
        assert (published / image.attrib["src"].lstrip("/")).is_file()
    assert images[0].attrib["src"] == images[1].attrib["src"]
    assert images[0].attrib["src"].startswith("/assets/kart-")


def test_the_service_worker_has_no_list_of_images(published: Path) -> None:
    assert "kart-" not in (published / "sw.js").read_text("utf-8")

"""The project as a person who knows Pelican sees it: its command, its settings, other plugins."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from pelican import Pelican, signals
from pelican.contents import Content
from pelican.settings import read_settings

from builder import content
from builder.kit.errors import KnownError
from builder.site import settings
from builder.site.contents import SitePage
from builder.site.generator import GENERATOR, SiteGenerator
from builder.site.others import take_others
from builder.site.output import OutputFolder, Unit, UnitResult
from tests.conftest import BUILD_DATE
from tests.files import snapshot
from tests.site.conftest import Command

SLUG = "tryggest"
ADDRESS = "https://stigen.example"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_DATE", BUILD_DATE)
    monkeypatch.delenv("SITE_ADDRESS", raising=False)


def pelican(project: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run Pelican's own command as its users know it."""
    command = [sys.executable, "-m", "pelican", "content", "-s", "pelican.conf.py", *options]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def read(project_root: Path, **override: Any) -> dict[str, Any]:
    found: dict[str, Any] = read_settings(str(project_root / "pelican.conf.py"), override)
    return found


def without_index(files: dict[str, bytes]) -> set[str]:
    """The paths of files, but for the search index, whose names are digests of all texts."""
    return {path for path in files if not path.startswith("pagefind/")}


def configure(project: Path, *lines: str) -> None:
    with (project / "pelican.conf.py").open("a", encoding="utf-8") as file:
        file.write("\n".join(("", *lines, "")))


# --- The command ---


@pytest.mark.thorough
def test_pelican_alone_builds_the_site(project: Path, run: Command) -> None:
    alone = pelican(project, "-o", "alene", "--fatal", "warnings")
    assert alone.returncode == 0, alone.stdout + alone.stderr
    assert re.search(r"Processed \d+ articles, .* \d{3} pages", alone.stdout.replace("\n", ""))
    ours = run("site")
    assert ours.returncode == 0, ours.stderr
    assert snapshot(project / "alene") == snapshot(project / "output")

    again = pelican(project, "-o", "alene", "--delete-output-directory")
    assert again.returncode == 0, again.stdout + again.stderr
    assert snapshot(project / "alene") == snapshot(project / "output")


@pytest.mark.thorough
def test_pelican_alone_takes_the_address_that_a_publish_takes(project: Path, run: Command) -> None:
    (project / "content/publish.yaml").write_text(f"address: {ADDRESS}\n", "utf-8")
    assert pelican(project, "-o", "alene").returncode == 0
    assert run("site").returncode == 0
    assert f'<link rel="canonical" href="{ADDRESS}/">' in (project / "alene/index.html").read_text()
    assert snapshot(project / "alene") == snapshot(project / "output")


def test_mistakes_end_pelican_with_their_sentences(project: Path) -> None:
    facts = project / "content" / SLUG / "scheme.yaml"
    facts.write_text(facts.read_text("utf-8").replace("short_name:", "shortname:"), "utf-8")
    failed = pelican(project)
    assert failed.returncode == 1
    assert f"content/{SLUG}/scheme.yaml" in failed.stderr
    assert "Traceback" not in failed.stdout + failed.stderr
    assert not (project / "output").exists()

    failed = pelican(project, "-e", 'SCHEME="trygest"')
    assert failed.returncode == 1


# --- The settings ---


def test_the_addresses_come_from_the_settings_of_publishing(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"address: {ADDRESS}\nschemes:\n  {SLUG}:\n    address: https://en.example\n"
    (project / "content/publish.yaml").write_text(text, "utf-8")

    def addresses(**override: Any) -> tuple[str, str]:
        found = read(project, **override)
        settings.set_addresses(found)
        return found["SITEURL"], found["WHOLE_SITE"]

    assert addresses() == (ADDRESS, "")
    assert addresses(SCHEME=SLUG) == ("https://en.example", ADDRESS)
    assert addresses(SITEURL="https://x.example") == ("https://x.example", "")
    assert addresses(DRAFTS=True) == ("", "")
    monkeypatch.setenv("SITE_ADDRESS", "https://y.example/")
    assert addresses() == ("https://y.example", "")


def test_the_settings_choose_the_content(project_root: Path, site: content.Site) -> None:
    def chosen(**override: Any) -> content.Site:
        return settings.chosen_site(read(project_root, SITE_CONTENT=site, **override))

    public = site.published(date.fromisoformat(BUILD_DATE))
    assert chosen() == public
    assert chosen(DRAFTS=True) == site
    assert chosen(SCHEME=SLUG) == public.only(SLUG)
    with pytest.raises(KnownError, match=r"«trygest» finnes ikke i content/. Mente du «tryggest»?"):
        chosen(SCHEME="trygest")


def one(value: int) -> int:
    return value


def other(value: int) -> int:
    return value + 1


@pytest.mark.parametrize(
    "changed",
    [
        {"SITENAME": "En annen"},
        {"TIMEZONE": "UTC"},
        {"PLUGINS": ["builder.site.plugin", "sitemap"]},
        {"SUMMARY_MAX_LENGTH": 7},
        {"JINJA_FILTERS": {"fil": other}},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_changed_setting_is_another_site(project_root: Path, changed: dict[str, Any]) -> None:
    filters: dict[str, Any] = {"JINJA_FILTERS": {"fil": one}}

    def fingerprint(**override: Any) -> str:
        return settings.fingerprint(read(project_root, **filters | override))

    assert fingerprint(**changed) != fingerprint() == fingerprint()


@pytest.mark.parametrize(
    "changed", [{"OUTPUT_PATH": "x"}, {"DEBUG": True}], ids=lambda changed: next(iter(changed))
)
def test_where_the_files_lie_is_no_other_site(project_root: Path, changed: dict[str, Any]) -> None:
    fingerprint = settings.fingerprint
    assert fingerprint(read(project_root, **changed)) == fingerprint(read(project_root))


@pytest.mark.thorough
def test_settings_that_a_user_of_pelican_knows_act(project: Path, run: Command) -> None:
    assert run("site").returncode == 0
    before = snapshot(project / "output")
    conf = (project / "pelican.conf.py").read_text("utf-8")

    shutil.copytree(project / "theme/templates", project / "overstyrt")
    page = project / "overstyrt/page.html"
    text = page.read_text("utf-8").replace("{{ prose(page) }}", "{{ hilsen | roper }}", 1)
    assert "roper" in text
    page.write_text(text, "utf-8")
    (project / "ekstra").mkdir()
    (project / "ekstra/bevis.txt").write_text("Et bevis. " * 100, "utf-8")
    configure(
        project,
        'SITENAME = "En annen stige"',
        f'SITEURL = "{ADDRESS}"',
        'TIMEZONE = "UTC"',
        'THEME_TEMPLATES_OVERRIDES = ["overstyrt"]',
        'JINJA_FILTERS = {"roper": str.upper}',
        'JINJA_GLOBALS = {"hilsen": "Hei fra Jinja"}',
        'STATIC_PATHS = ["../ekstra"]',
        'EXTRA_PATH_METADATA = {"../ekstra/bevis.txt": {"path": "bevis.txt"}}',
        'FEED_ALL_ATOM = "alt.atom"',
        "DELETE_OUTPUT_DIRECTORY = True",
    )
    for _ in range(2):
        done = run("site")
        assert done.returncode == 0, done.stdout + done.stderr
        built = snapshot(project / "output")
        assert "En annen stige</title>" in built["om/index.html"].decode()
        assert f'href="{ADDRESS}/om/"' in built["om/index.html"].decode()
        assert "HEI FRA JINJA" in built["om/index.html"].decode()
        assert b"T00:00:00+00:00</updated>" in built["endringer.atom"]
        assert b"+01:00" not in built["endringer.atom"]
        assert built["bevis.txt"].startswith(b"Et bevis.")
        assert "bevis.txt.br" in built
        assert b"<entry>" in built["alt.atom"]
        assert without_index(before) <= without_index(built)

    # And they are all gone again.
    (project / "pelican.conf.py").write_text(conf, "utf-8")
    assert run("site").returncode == 0
    assert snapshot(project / "output") == before


NEEDED = (
    *("ARTICLE_PATHS", "PAGE_PATHS", "DIRECT_TEMPLATES", "CATEGORY_SAVE_AS", "READERS"),
    *("FEED_ALL_ATOM", "CATEGORY_FEED_ATOM", "TRANSLATION_FEED_ATOM"),
    *("AUTHOR_FEED_ATOM", "AUTHOR_FEED_RSS", "TIMEZONE", "STATIC_PATHS"),
)


@pytest.mark.thorough
@pytest.mark.parametrize("name", NEEDED)
def test_a_setting_that_turns_something_off_is_needed(
    project: Path, built_site: Path, name: str
) -> None:
    # A folder that Pelican would copy: so may a scheme be called.
    if name == "STATIC_PATHS":
        shutil.copytree(project / "content" / SLUG, project / "content/images")
    configure(project, f"del {name}")
    done = pelican(project, "--fatal", "warnings")
    files = snapshot(project / "output").keys() if done.returncode == 0 else set()
    if name == "STATIC_PATHS":
        assert "images/scheme.yaml" in files
    else:
        assert files != snapshot(built_site).keys()


# --- Other plugins ---


@pytest.mark.thorough
def test_a_plugin_of_others_gets_all_pages(project: Path, run: Command) -> None:
    configure(project, f'SITEURL = "{ADDRESS}"')
    assert run("site").returncode == 0
    before = snapshot(project / "output")
    configure(project, 'PLUGINS += ["sitemap", "neighbors"]')
    for _ in range(2):
        done = run("site")
        assert done.returncode == 0, done.stdout + done.stderr
        built = snapshot(project / "output")
        space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
        places = Xml.fromstring(built["sitemap.xml"]).iter(f"{space}loc")  # noqa: S314  # our own
        listed = {place.text.removeprefix(f"{ADDRESS}/") for place in places if place.text}
        # All pages that search engines are to list.
        assert listed == {
            name.removesuffix("index.html")
            for name, data in built.items()
            if name.endswith(".html") and b'content="noindex' not in data
        }
        assert without_index(before) == without_index(built)


CHANGING = """
from pelican import signals

def change(page):
    if getattr(page, "override_url", "") == "om/":
        page._content = "<p>Fra en utvidelse.</p>"

def check(generator):
    newest, older = generator.articles[:2]
    assert newest.prev_article is older, vars(newest)

def register():
    signals.content_object_init.connect(change)
    signals.article_generator_finalized.connect(check)
"""


@pytest.mark.thorough
def test_a_plugin_may_change_the_prose_of_a_page(project: Path, run: Command) -> None:
    (project / "utvidelse.py").write_text(CHANGING, "utf-8")
    configure(project, 'PLUGINS += ["neighbors", "utvidelse"]')
    done = run("site")
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("om", "nn/om"):
        about = (project / "output" / name / "index.html").read_text("utf-8")
        assert ("<p>Fra en utvidelse.</p>" in about) == (name == "om")
    plugin = project / "utvidelse.py"
    plugin.write_text(CHANGING.replace("Fra en", "Fra en ny"), "utf-8")
    assert run("site").returncode == 0
    assert "<p>Fra en ny utvidelse.</p>" in (project / "output/om/index.html").read_text("utf-8")


def test_pages_are_built_when_a_plugin_asks_for_them(built_generator: SiteGenerator) -> None:
    heard: list[Content] = []
    with signals.content_object_init.connected_to(heard.append):
        planned = next(p for p in built_generator.pages.plan() if p.url == "/nn/om/")
        page = SitePage(planned, built_generator.settings, built_generator.context)
    assert heard == [page]
    assert "_view" not in vars(page)
    assert (page.lang, page.slug, page.url) == ("nn", "om/", "nn/om/")
    assert (page.save_as, page.status, page.in_default_lang) == (
        "nn/om/index.html",
        "published",
        False,
    )
    assert page.title == built_generator.pages.values(planned)["page"].title
    assert page.change is None
    page.title = "Ny"
    assert page.change == ("Ny", page.content)
    view = built_generator.pages.values(planned)["page"]
    assert page.changed(view).title == "Ny"
    assert page.changed(view).content == view.content


@pytest.fixture(scope="module")
def built_generator(project_root: Path, site: content.Site) -> SiteGenerator:
    """The generator with the content of the project, on `BUILD_DATE`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUILD_DATE", BUILD_DATE)
        pelican = Pelican(read(project_root, SITE_CONTENT=site))
        generator = SiteGenerator(
            context=pelican.settings.copy(),
            settings=pelican.settings,
            path=pelican.path,
            theme=pelican.theme,
            output_path=pelican.output_path,
        )
        assert generator.context[GENERATOR] is generator
        generator.begin()
        return generator


# --- Files of others ---


def test_files_of_others_belong_to_the_site_until_they_are_gone(tmp_path: Path) -> None:
    project, output = tmp_path / "prosjekt", tmp_path / "ut"
    project.mkdir()
    long = b"Side. " * 100
    ours = {"a/index.html": long, "b/index.html": long}

    def build(others: Callable[[], None]) -> dict[str, bytes]:
        folder = OutputFolder(output, project)
        folder.place([Unit("ours", "1", lambda: UnitResult(ours))])
        folder.finish()
        assert {name: (output / name).read_bytes() for name in ours} == ours
        others()
        if take_others(folder):
            folder.finish()
        folder.unlock()
        files = snapshot(output)
        assert files.keys() == folder.files().keys()
        return files

    def write() -> None:
        (output / "c").mkdir()
        (output / "c/ny.txt").write_bytes(long)
        (output / "a/index.html").write_bytes(b"Kort.")

    plain = build(lambda: None)
    for _ in range(2):
        files = build(write)
        assert files["a/index.html"] == b"Kort."
        assert "a/index.html.br" not in files
        assert {"c/ny.txt", "c/ny.txt.br", "b/index.html.br"} < files.keys()
    assert build(lambda: None) == plain

"""The content of the bar of a page, case by case."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from markupsafe import Markup

from builder import content
from builder.content import Problem, Scheme, Site
from builder.preview.bar import Bar, Hidden, bar
from builder.views.page import PageView, Planned
from calc.rules import Lang
from tests.content.sample import PAGE, PAGE_FILE, RULES_FILE, SCHEME_FILE, SLUG, write_sample

DAY = dt.date(2030, 3, 1)
TOMORROW = dt.date(2030, 3, 2)
CHANGE = """\
date: 2030-03-02
kind: rule_changed
scheme: proveordning
years: [2030]
title: {nb: Ny sats, nn: Ny sats på nynorsk}
text: {nb: Satsen er endret.}
source: utlysning
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Content of one scheme and one general page."""
    write_sample(tmp_path / "content")
    write(tmp_path, "pages/forside.md", PAGE)
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    path = root / "content" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def append(root: Path, name: str, text: str) -> None:
    write(root, name, (root / "content" / name).read_text("utf-8") + text)


def load(root: Path) -> Site:
    return content.load(root / "content")


def told(
    site: Site,
    name: str = "om",
    lang: Lang = "nb",
    *,
    slug: str | None = SLUG,
    found: tuple[Problem, ...] = (),
) -> Bar:
    """The bar of a page."""
    page = PageView(
        name=name,
        kind=name.partition("/")[0],
        title="Tittelen",
        description="",
        content=Markup(),
        content_lang=lang if (slug, name, lang) in site.pages else "nb",
        url="/",
    )
    scheme: Scheme | None = site.schemes[slug] if slug else None
    planned = Planned(url="/", template="", lang=lang, scheme=scheme, build=lambda: (page, {}))
    return bar(site, planned, page, DAY, found)


@pytest.mark.parametrize(
    ("lines", "why", "day"),
    [
        ("draft: true\n", "draft", None),
        ("publish_date: 2030-03-02\n", "not_yet", TOMORROW),
        ("publish_date: 2030-01-01\nexpiry_date: 2030-03-01\n", "expired", DAY),
    ],
)
def test_a_scheme_that_readers_do_not_see(
    root: Path, lines: str, why: str, day: dt.date | None
) -> None:
    append(root, SCHEME_FILE, lines)
    site = load(root)
    hidden = (Hidden(part="scheme", name="Prøver", why=why, day=day),)  # type: ignore[arg-type]
    assert (told(site).is_hidden, told(site).hidden) == (True, hidden)
    # A page that tells of all schemes is there without it.
    home = told(site, "forside", slug=None)
    assert (home.is_hidden, home.hidden) == (False, hidden)
    assert site.published(DAY).schemes == {}


@pytest.mark.parametrize("line", ["publish_date: 2030-03-01\n", "expiry_date: 2030-03-02\n"])
def test_the_first_and_the_last_day_are_published(root: Path, line: str) -> None:
    append(root, SCHEME_FILE, line)
    site = load(root)
    assert told(site).hidden == ()
    assert SLUG in site.published(DAY).schemes


def test_a_rule_year_that_readers_do_not_see(root: Path) -> None:
    old = (root / "content" / RULES_FILE).read_text("utf-8")
    write(
        root, f"{SLUG}/rules/2031.yaml", old.replace("year: 2030", "year: 2031") + "draft: true\n"
    )
    site = load(root)
    hidden = Hidden(part="year", name="2031", why="draft")
    for name, is_hidden, years in (
        ("kalkulator", False, (hidden,)),
        ("satser/2031", True, (hidden,)),
        ("satser/2030", False, ()),
        ("rapportering", False, ()),
    ):
        page = told(site, name)
        assert (page.is_hidden, page.hidden) == (is_hidden, years), name


def test_a_scheme_of_which_no_rule_year_is_published_yet(root: Path) -> None:
    append(root, RULES_FILE, "publish_date: 2030-03-02\n")
    site = load(root)
    page = told(site)
    assert page.is_hidden
    assert page.hidden == (Hidden(part="scheme", name="Prøver", why="no_years"),)
    assert site.published(DAY).schemes == {}


def test_nynorsk_that_is_not_published_leaves_bokmaal(root: Path) -> None:
    write(root, PAGE_FILE.replace(".md", ".nn.md"), PAGE.replace("\n\n", "\nDraft: true\n\n", 1))
    site = load(root)
    page = told(site, lang="nn")
    assert (page.is_hidden, page.nynorsk) == (False, "")
    assert page.hidden == (Hidden(part="nynorsk", name="Tittelen", why="draft"),)
    assert told(site).hidden == ()


def test_a_general_page_that_readers_do_not_see(root: Path) -> None:
    write(root, "pages/ny.md", PAGE.replace("\n\n", "\nPublish_date: 2030-03-02\n\n", 1))
    page = told(load(root), "ny", slug=None)
    assert page.is_hidden
    assert page.hidden == (Hidden(part="page", name="Tittelen", why="not_yet", day=TOMORROW),)


def test_a_change_of_tomorrow(root: Path) -> None:
    write(root, "changes/2030-03-02-ny-sats.yaml", CHANGE)
    site = load(root)
    hidden = (Hidden(part="change", name="Ny sats", why="not_yet", day=TOMORROW),)
    for name, slug in (("endringer", None), ("om", SLUG), ("satser/2030", SLUG)):
        page = told(site, name, slug=slug)
        assert (page.is_hidden, page.hidden) == (False, hidden), name
        assert "content/changes/2030-03-02-ny-sats.yaml" in page.files
    assert told(site, "endringer", "nn", slug=None).hidden[0].name == "Ny sats på nynorsk"
    assert told(site, "rapportering").hidden == ()


def test_warnings_are_those_of_the_files_of_the_page(root: Path) -> None:
    own = Problem(Path("content") / SCHEME_FILE, 3, "", "Lenken svarer ikke.", is_warning=True)
    other = Problem(Path("content/pages/om.md"), 3, "", "Lenken svarer ikke.", is_warning=True)
    mistake = Problem(Path("content/pages/om.md"), 5, "", "Tallet finnes ikke i satsene.")
    page = told(load(root), found=(mistake, own, other))
    assert (page.warnings, page.all_warnings, page.mistakes) == ((own,), 2, (mistake,))


def test_figures_that_nobody_has_confirmed(root: Path) -> None:
    site = replace(load(root))
    assert told(site, "kalkulator").unconfirmed == 0
    object.__setattr__(site, "unconfirmed", {(SLUG, 2030): 4, (SLUG, 2031): 1, ("annen", 2030): 2})
    assert told(site, "kalkulator").unconfirmed == 4
    assert told(site, "satser/2030").unconfirmed == 4
    assert told(site, "rapportering").unconfirmed == 0

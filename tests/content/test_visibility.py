"""When schemes, rule years, pages and changes are on the site, and their earlier addresses."""

import datetime as dt
from pathlib import Path

import pytest

from builder.content import Site, load, read
from tests.content.sample import (
    PAGE,
    PAGE_FILE,
    RULES,
    RULES_FILE,
    SCHEME,
    SCHEME_FILE,
    SLUG,
    problems,
    write_sample,
)
from tests.files import write

BEFORE, FIRST, LAST, AFTER = (dt.date(2030, 3, day) for day in (9, 10, 19, 20))
WINDOW = "publish_date: 2030-03-10\nexpiry_date: 2030-03-20\n"
NYNORSK = f"{SLUG}/om.nn.md"
NEXT_YEAR = f"{SLUG}/rules/2031.yaml"
CHANGE = "changes/2030-03-10-prove.yaml"


def next_year(more: str = "") -> str:
    return more + RULES.replace("year: 2030", "year: 2031")


def change(year: int = 2030) -> str:
    return (
        f"date: 2030-03-10\nkind: correction\nscheme: {SLUG}\nyears: [{year}]\n"
        "title: {nb: Rettet}\ntext: {nb: Taket var galt.}\n"
    )


def page(more: str) -> str:
    return PAGE.replace("\n\n", f"\n{more}\n\n", 1)


def years(site: Site) -> list[int]:
    return [rules.year for rules in site.schemes[SLUG].rules] if SLUG in site.schemes else []


@pytest.mark.parametrize(
    ("day", "is_there"), [(BEFORE, False), (FIRST, True), (LAST, True), (AFTER, False)]
)
def test_a_year_or_page_is_there_from_its_first_day_until_the_day_before_its_expiry(
    content: Path, day: dt.date, is_there: bool
) -> None:
    headers = "Publish_date: 2030-03-10\nExpiry_date: 2030-03-20"
    write(content, NEXT_YEAR, next_year(WINDOW))
    write(content, NYNORSK, page(headers))
    write(content, "pages/om.md", PAGE)
    write(content, "pages/nytt.md", page(headers))
    write(content, "pages/nytt.nn.md", PAGE)
    site = load(content).published(day)
    assert years(site) == ([2031, 2030] if is_there else [2030])
    assert ((SLUG, "om", "nn") in site.pages) == is_there
    assert ((None, "nytt", "nb") in site.pages) == is_there
    # Nobody finds the nynorsk of a page that is not there.
    assert ((None, "nytt", "nn") in site.pages) == is_there
    assert (None, "om", "nb") in site.pages


@pytest.mark.parametrize(
    ("day", "is_there"), [(BEFORE, False), (FIRST, True), (LAST, True), (AFTER, False)]
)
def test_a_scheme_takes_its_pages_and_changes_with_it(
    content: Path, day: dt.date, is_there: bool
) -> None:
    write(content, SCHEME_FILE, SCHEME + WINDOW)
    write(content, CHANGE, change())
    site = load(content).published(day)
    assert (SLUG in site.schemes) == is_there
    assert any(key[0] == SLUG for key in site.pages) == is_there
    assert bool(site.changes) == is_there


def test_a_change_comes_on_its_day_and_with_its_rule_year(content: Path) -> None:
    write(content, CHANGE, change())
    assert [len(load(content).published(day).changes) for day in (BEFORE, FIRST)] == [0, 1]
    write(content, CHANGE, change(2031))
    write(content, NEXT_YEAR, next_year("publish_date: 2030-03-20\n"))
    assert [len(load(content).published(day).changes) for day in (LAST, AFTER)] == [0, 1]


def test_drafts_are_loaded_but_never_published(content: Path) -> None:
    write(content, NEXT_YEAR, next_year("draft: true\n"))
    write(content, NYNORSK, page("Draft: true"))
    site = load(content)
    assert years(site) == [2031, 2030]
    assert (SLUG, "om", "nn") in site.pages
    published = site.published(dt.date(2999, 1, 1))
    assert years(published) == [2030]
    assert (SLUG, "om", "nn") not in published.pages
    write(content, SCHEME_FILE, SCHEME + "draft: true\n")
    assert not load(content).published(FIRST).schemes


def test_one_scheme_alone_knows_which_were_left_out(content: Path) -> None:
    (content / SLUG).rename(content / "en-annen")
    write_sample(content)
    write(content, "pages/om.md", PAGE)
    write(content, CHANGE, change().replace(SLUG, "en-annen"))
    site = load(content).only(SLUG)
    assert list(site.schemes) == [SLUG]
    assert {key[0] for key in site.pages} == {SLUG, None}
    assert site.elsewhere == {"en-annen"}
    assert not site.changes


MISTAKES = {
    "expires before it comes": (
        SCHEME_FILE, SCHEME + "publish_date: 2030-03-10\nexpiry_date: 2030-03-10\n",
        "expiry_date", "2030-03-10", "en dag etter «publish_date»",
    ),
    "not a date": (
        RULES_FILE, "publish_date: 2030-02-30\n" + RULES,
        "publish_date", "«2030-02-30»", "en dato som finnes",
    ),
    "draft in words": (SCHEME_FILE, SCHEME + "draft: ja\n", "draft", "«ja»", "true eller false"),
    "draft in words, Markdown": (
        NYNORSK, page("Draft: ja"), "Draft", "«ja»", "true eller false",
    ),
    "a rule year has no address of its own": (
        RULES_FILE, "aliases: [/gammel/]\n" + RULES, "aliases", "aliases", "en av: year",
    ),
    "alias without slashes": (
        SCHEME_FILE, SCHEME + "aliases: [gammel]\n", "aliases[1]", "gammel", "/gammelt-navn/",
    ),
    "alias in nynorsk": (
        PAGE_FILE, page("Aliases: /nn/gammel/"), "Aliases[1]", "/nn/gammel/", "på bokmål",
    ),
    "alias that climbs": (
        PAGE_FILE, page("Aliases: /../etc/"), "Aliases[1]", "/../etc/", "på bokmål",
    ),
    "alias on a nynorsk page": (
        NYNORSK, page("Aliases: /gammel/"), "Aliases", "", "linjen i om.md",
    ),
    "alias that is a page": (
        SCHEME_FILE, SCHEME + f"aliases: [/{SLUG}/kalkulator/]\n",
        "aliases", f"/{SLUG}/kalkulator/", "en adresse som ingen side har",
    ),
    "alias of the rates of a year": (
        SCHEME_FILE, SCHEME + f"aliases: [/{SLUG}/satser/2030/]\n",
        "aliases", f"/{SLUG}/satser/2030/", "en adresse som ingen side har",
    ),
    "alias of a part of a list": (
        PAGE_FILE, page("Aliases: /frister/2030/"),
        "aliases", "/frister/2030/", "en adresse som ingen side har",
    ),
    "alias of a page of the portal": (
        PAGE_FILE, page("Aliases: /ordninger/side-2/"),
        "aliases", "/ordninger/side-2/", "en adresse som ingen side har",
    ),
    "alias of two pages": (
        PAGE_FILE, page("Aliases: /gammel/, /gammel/"),
        "aliases", "/gammel/", "en adresse som ingen side har",
    ),
    "alias with a part that is too long": (
        SCHEME_FILE, SCHEME + f"aliases: [/ny/{'a' * 201}/]\n",
        "aliases[1]", f"/ny/{'a' * 95}…", "høyst 200 tegn",
    ),
    "alias that is too long": (
        PAGE_FILE, page(f"Aliases: /{'a/' * 1100}"),
        "Aliases[1]", f"/{'a/' * 49}…", "høyst 500 tegn",
    ),
    "alias with a name of Windows": (
        SCHEME_FILE, SCHEME + "aliases: [/gammel/con/]\n",
        "aliases[1]", "/gammel/con/", "Windows",
    ),
    "alias of a page in an escaped text": (
        SCHEME_FILE, SCHEME + f'aliases: ["/{SLUG}/k\\x61lkulator/"]\n',
        "aliases", f"/{SLUG}/kalkulator/", "en adresse som ingen side har",
    ),
    "a page that the scheme needs": (
        PAGE_FILE, page("Draft: true"), "Draft", "", "«draft» i scheme.yaml",
    ),
    "no rule year to publish": (
        RULES_FILE, "draft: true\n" + RULES, "draft", "", "«draft: true» i scheme.yaml",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_reported(content: Path, name: str) -> None:
    file, text, key, found, expected = MISTAKES[name]
    write(content, file, text)
    (problem,) = problems(content)
    named = SCHEME_FILE if name == "no rule year to publish" else file
    assert problem.file == Path("content") / named
    assert problem.line > 0
    assert (problem.key, problem.found) == (key, found)
    assert expected in problem.expected


def test_the_longest_aliases_can_be_used(content: Path) -> None:
    part = f"/{'a' * 200}/"
    whole = f"/{'a/' * 248}bb/"
    assert len(whole) == 500
    write(content, SCHEME_FILE, SCHEME + f"aliases: [{part}, {whole}]\n")
    assert load(content).visibility[SLUG].aliases == (part, whole)


@pytest.mark.parametrize(
    "name", ["st\udcf8tte", "linje\nskift", "med\x1bkode", "punktum.", "rom ", "STOR", "a\u030a"]
)
def test_a_name_that_no_address_can_have_is_reported_with_all_other_mistakes(
    content: Path, name: str
) -> None:
    (content / name).mkdir()
    for folder in (content / SLUG, content / SLUG / "bilder"):
        folder.mkdir(exist_ok=True)
        for ending in (".md", ".yaml", ".png", ""):
            (folder / f"{name}{ending}").write_text("tekst")
    write(content, SCHEME_FILE, SCHEME + "draft: ja\n")
    for cached in (False, True):
        found, problems = read(content, cached=cached)
        reported = "\n".join(map(str, problems))
        assert "draft: Verdien har feil type." in reported
        assert "Mappenavnet kan ikke brukes som adresse." in reported
        assert reported.encode()
        assert "".join(map(str, found.warnings)).encode()


def test_a_wrong_date_hides_no_other_mistake(content: Path) -> None:
    write(content, SCHEME_FILE, SCHEME.replace("state: active", "state: aktiv") + "draft: nei\n")
    assert [problem.key for problem in problems(content)] == ["state", "draft"]

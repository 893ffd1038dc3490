"""The differences between two releases, and the report of them."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from builder import content
from builder.kit import i18n
from builder.publish.difference import Difference, compare
from builder.publish.difference_report import MOST_LISTED, figure_line, report, summary
from builder.publish.page_digests import PageDigest
from builder.publish.record import Outcome, Record
from calc.messages import Catalogue
from tests.content.sample import RULES_FILE, SLUG
from tests.release.conftest import Project

MADE = dt.datetime(2030, 2, 3, tzinfo=dt.UTC)


@pytest.fixture(scope="session")
def texts(project_root: Path) -> Catalogue:
    return i18n.load(project_root / "theme/translations").catalogue("nb")


@pytest.fixture
def record(root: Path, tmp_path: Path) -> Record:
    return of_content(root, tmp_path)


def of_content(root: Path, tmp_path: Path) -> Record:
    built = tmp_path / "built"
    built.mkdir(exist_ok=True)
    site = content.load(root / "content")
    return Record.of(site, built, name="n", built=MADE, day=MADE.date())


def page(text: str = "", dated: str = "", whole: str = "", title: str = "Side") -> PageDigest:
    return PageDigest(title=f"{title} – Prøve", text=text, dated=dated, whole=whole)


def told(difference: Difference, texts: Catalogue) -> str:
    return report(difference, texts).replace("\xa0", " ")


def test_nothing_differs_from_itself(record: Record, texts: Catalogue) -> None:
    difference = compare(record, record)
    assert told(difference, texts) == (
        "Ingen tekster, tall eller frister er endret.\nBare filer som leserne ikke ser, er nye."
    )
    assert summary(difference) == "ingen endringer i innholdet"


def test_pages_new_gone_and_changed_by_what_readers_see(record: Record, texts: Catalogue) -> None:
    before = {
        "/": page("1", title="Forside"),
        "/a/": page("1"),
        "/nn/a/": page("1"),
        "/b/": page("1", "x"),
        "/c/": page("1"),
        "/d/": page("1", whole="1"),
        "/nn/nyheter/": page("1"),
    }
    after = {
        "/": page("2", title="Forside"),
        "/a/": page("2", title="Ny A"),
        "/nn/a/": page("2", title="Ny A"),
        "/b/": page("1", "y"),
        "/d/": page("1", whole="2"),
        "/nn/nyheter/": page("2"),
        "/nnn/": page("1"),
        "/e/": page(),
        "/nn/e/": page(),
    }
    difference = compare(replace(record, pages=before), replace(record, pages=after))
    assert told(difference, texts) == (
        """\
Nye sider (2):
  /e/  Side
  /nnn/  Side (bare bokmål)
Sider som blir borte (1):
  /c/  Side (bare bokmål)
Endrede sider (3):
  /  Forside (bare bokmål)
  /a/  Ny A
  /nyheter/  Side (bare nynorsk)
Sider der bare frister eller status er andre (1):
  /b/  Side (bare bokmål)
Én side sier det samme som før, men har fått nytt utseende, ny meny eller ny kode."""
    )
    assert summary(difference) == (
        "2 nye sider, 1 side borte, 3 endrede sider, 1 side med ny frist eller status"
    )


def test_long_lists_end_in_a_count(record: Record, texts: Catalogue) -> None:
    after = {f"/{n:03}/": page() for n in range(MOST_LISTED + 7)}
    lines = told(compare(record, replace(record, pages=after)), texts).splitlines()
    assert lines[0] == f"Nye sider ({MOST_LISTED + 7}):"
    assert lines[-1] == "  … og 7 til"
    assert len(lines) == MOST_LISTED + 2


def many_schemes(record: Record, number: int, value: str, text: str) -> Record:
    """A site of so many schemes that are all alike, with three pages of the whole site."""
    (scheme,), (example,) = record.schemes, record.examples
    figure = record.figures[0]
    slugs = [f"ordning-{n:04}" for n in range(number)]
    names = ("", "kalkulator/", "satser/2030/")
    pages = {
        f"/{lang}{slug}/{name}": page(text, title=f"{name or 'om'} – Ordning")
        for slug in slugs
        for name in names
        for lang in ("", "nn/")
    }
    return replace(
        record,
        schemes=tuple(replace(scheme, slug=slug, name=f"Ordning {slug[-4:]}") for slug in slugs),
        pages=pages | {f"/{n}/": page(text, title=f"Side {n}") for n in range(3)},
        examples=tuple(
            replace(example, slug=slug, outcome=replace(example.outcome, total=int(value)))
            for slug in slugs
        ),
        figures=tuple(replace(figure, slug=slug, value=value) for slug in slugs),
    )


def test_of_thousands_of_changes_the_kinds_are_told_and_the_rest_counted(
    record: Record, texts: Catalogue
) -> None:
    before = many_schemes(record, 1200, "1", "en")
    difference = compare(before, many_schemes(record, 1200, "2", "to"))
    lines = told(difference, texts).splitlines()
    assert lines[0] == "Regneeksempler med et annet svar (1 200):"
    assert "  … og 1 180 til, i 1 180 ordninger" in lines
    assert lines[lines.index("Endrede tall i regelverket (1 200):") :][1] == (
        "  Ordning 0000 2030, tracks.team.rate: 1 kr per årsverk → 2 kr per årsverk"
    )
    # The målformer of a page are one.
    some = "i 1 200 ordninger (Ordning 0000, Ordning 0001, Ordning 0002 …)"
    assert lines[lines.index("Endrede sider (3 603):") :] == [
        "Endrede sider (3 603):",
        f"  /…/  om {some}",
        f"  /…/kalkulator/  kalkulator/ {some}",
        f"  /…/satser/2030/  satser/2030/ {some}",
        "  /0/  Side 0 (bare bokmål)",
        "  /1/  Side 1 (bare bokmål)",
        "  /2/  Side 2 (bare bokmål)",
    ]
    assert len(lines) < 100
    assert summary(difference).replace("\xa0", " ") == (
        "3 603 endrede sider, 1 200 andre svar, 1 200 endrede tall"
    )


def test_answers_of_many_lines_are_fewer(record: Record, texts: Catalogue) -> None:
    (example,) = record.examples
    years = tuple(range(2030, 2055))
    nothing = (None,) * len(years)

    def site(award: int) -> Record:
        outcome = Outcome(
            status="estimate", years=years, award=(award,) * len(years), own_funding=nothing
        )
        answers = (replace(example, name=str(n), outcome=outcome) for n in range(6))
        return replace(record, examples=tuple(answers))

    lines = told(compare(site(1), site(2)), texts).splitlines()
    # Two with a heading and 25 years each.
    assert len(lines) == 1 + 2 * 26 + 1
    assert lines[-1] == "  … og 4 til"


def test_a_changed_rate_tells_figures_and_answers_from_what_to_what(
    record: Record, project: Project, tmp_path: Path, texts: Catalogue
) -> None:
    project.edit("value: 600000", "value: 610000")
    project.edit("[1200000, 800400, 600000, 0]", "[1220000, 813740, 610000, 0]")
    project.edit("total: 2600400", "total: 2643740")
    difference = compare(record, of_content(project.root, tmp_path))
    assert told(difference, texts) == (
        """\
Regneeksempler med et annet svar (1):
  Prøver 2030, To årsverk:
    2030 1 200 000 kr → 1 220 000 kr
    2031 800 400 kr → 813 740 kr
    2032 600 000 kr → 610 000 kr
    satsdelen 1 200 000 kr → 1 220 000 kr
    til sammen 2 600 400 kr → 2 643 740 kr
Kalkulatorer som åpner med et annet svar (1):
  Prøver, Team:
    2030 2 400 000 kr → 2 440 000 kr
    2031 1 600 800 kr → 1 627 480 kr
    satsdelen 2 400 000 kr → 2 440 000 kr
Endrede tall i regelverket (1):
  Prøver 2030, tracks.team.rate: 600 000 kr per årsverk → 610 000 kr per årsverk"""
    )
    assert summary(difference) == "2 andre svar, 1 endret tall"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("value: 4.5", "value: 4.25", "tracks.team.max_units: 4,5 årsverk → 4,25 årsverk"),
        (
            "value: 4.5,",
            "unknown: ingen,",
            "tracks.team.max_units: 4,5 årsverk → ukjent (ingen), årsverk",
        ),
        ("kr per år, s", "kr, s", "tracks.team.caps.team: 2 500 000 kr per år → 2 500 000 kr"),
        ("66.7", "66.701", "tracks.team.ladder.years[2]: 66,7 % → 66,701 %"),
        (
            "        - {unknown: tilskuddsbrevet, unit: prosent, source: regelverk}\n",
            "",
            "tracks.team.ladder.years[3]: ukjent (tilskuddsbrevet), prosent → ikke med",
        ),
        (
            "    start: {positions: 4}\n",
            "    pre_project: {value: 100000, unit: kr per år, source: regelverk}\n",
            "tracks.team.pre_project: ikke med → 100 000 kr per år",
        ),
    ],
)
def test_a_figure_is_told_as_it_was_and_as_it_is(
    record: Record, project: Project, tmp_path: Path, old: str, new: str, line: str
) -> None:
    text = (project.root / "content" / RULES_FILE).read_text("utf-8")
    head = text.partition("examples:")[0]
    project.edit(text, head)  # They would no longer come out.
    project.edit(old, new)
    difference = compare(record, of_content(project.root, tmp_path))
    assert [figure_line(f).replace("\xa0", " ") for f in difference.figures] == [line]


def test_sources_notes_and_readings_are_no_figures(
    record: Record, project: Project, tmp_path: Path
) -> None:
    project.edit("4.5, unit: årsverk, source: utlysning", "4.50, unit: årsverk, source: regelverk")
    assert compare(record, of_content(project.root, tmp_path)).figures == ()


def answer(record: Record, **more: object) -> Record:
    (example,) = record.examples
    outcome = replace(example.outcome, **more)  # type: ignore[arg-type]
    return replace(record, examples=(replace(example, outcome=outcome),))


@pytest.mark.parametrize(
    ("after", "lines"),
    [
        ({"status": "closed"}, ["regnet ut → stengt for nye søkere"]),
        (
            {"award": (None, 800400, 600000, 0), "total": None},
            ["2030 1 200 000 kr → ukjent", "til sammen 2 600 400 kr → ukjent"],
        ),
        (
            {"own_funding": (0, None, None, None)},
            ["egenfinansiering 2030 ukjent → 0 kr"],
        ),
        (
            {"missing": ("share_year_3", "gone_by_now")},
            [
                "spør om ingenting mer → "
                "andelen i tilskuddsår 3, som står i tilskuddsbrevet, gone_by_now"
            ],
        ),
        (
            {"years": (2031, 2032), "award": (1, 2), "own_funding": (None, None)},
            [
                "2030 1 200 000 kr → ikke med",
                "2031 800 400 kr → 1 kr",
                "2032 600 000 kr → 2 kr",
                "2033 0 kr → ikke med",
                "egenfinansiering 2030 ukjent → ikke med",
                "egenfinansiering 2033 ukjent → ikke med",
            ],
        ),
    ],
)  # fmt: skip
def test_each_part_of_an_answer_is_told(
    record: Record, texts: Catalogue, after: dict[str, object], lines: list[str]
) -> None:
    difference = compare(record, answer(record, **after))
    assert told(difference, texts).splitlines() == [
        "Regneeksempler med et annet svar (1):",
        "  Prøver 2030, To årsverk:",
        *(f"    {line}" for line in lines),
    ]


def test_new_and_gone_examples_calculators_and_years_are_named(
    record: Record, texts: Catalogue
) -> None:
    (scheme,), (example,) = record.schemes, record.examples
    before = replace(
        record,
        schemes=(replace(scheme, years=(2030, 2029)),),
        examples=(replace(example, name="Gammelt", title="Gammelt"),),
        defaults=record.defaults[:1],
    )
    after = replace(
        record, schemes=(replace(scheme, years=(2031, 2030)),), defaults=record.defaults[1:]
    )
    difference = compare(before, after)
    assert told(difference, texts) == (
        """\
Nye regneeksempler (1):
  Prøver 2030, To årsverk
Regneeksempler som blir borte (1):
  Prøver 2030, Gammelt
Nye kalkulatorer (1):
  Prøver, Etter skjønn
Kalkulatorer som blir borte (1):
  Prøver, Team
Nye regelverksår (1):
  Prøver 2031
Regelverksår som blir borte (1):
  Prøver 2029"""
    )


def test_a_whole_scheme_is_no_new_or_gone_rule_year(record: Record) -> None:
    empty = replace(record, schemes=(), examples=(), defaults=(), figures=())
    for before, after in ((empty, record), (record, empty)):
        difference = compare(before, after)
        assert (difference.new_years, difference.gone_years, difference.figures) == ((), (), ())
        assert len(difference.examples) == 1
        assert difference.names == {SLUG: "Prøver"}


def test_outcomes_of_other_lengths_never_break(record: Record, texts: Catalogue) -> None:
    difference = compare(record, answer(record, **vars(Outcome(status="invalid"))))
    assert "2030 1 200 000 kr → ikke med" in told(difference, texts)

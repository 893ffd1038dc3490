"""Who changes a figure tells readers so, and gets a file to do it in."""

import datetime as dt
import shutil
from pathlib import Path

import pytest

from builder import content
from builder.content import ContentError
from builder.content.yaml_file import read_yaml
from builder.publish.notices import stub
from builder.publish.releases import PublishError
from tests.content.sample import RULES, RULES_FILE, SCHEME_FILE, SLUG
from tests.release.conftest import DAY, Project

NAME = f"{DAY}-{SLUG}-2030.yaml"


@pytest.fixture
def changed(project: Project) -> Project:
    """A project that has published, and then changed the most årsverk that count."""
    project.publish()
    project.edit("value: 4.5", "value: 4.25")
    project.files["index.html"] += "<!-- endret -->"
    return project


def refused(project: Project, **more: object) -> str:
    """What publishing says, which is not done."""
    names = project.names
    with pytest.raises(PublishError) as raised:
        project.publish(**more)
    assert project.names == names
    return str(raised.value).replace("\xa0", " ")


def add_year(project: Project, year: int) -> None:
    """One more rule year, of the same figures."""
    rules = RULES.replace("2030", str(year)).replace("Regelverk 2030", f"Regelverk {year}")
    rules = rules.replace("regelverk", f"regelverk-{year}")
    (project.root / f"content/{SLUG}/rules/{year}.yaml").write_text(rules, "utf-8")


def tell(project: Project, years: str = "[2030]", name: str = "noe", **more: str) -> Path:
    """Write an entry."""
    path = project.root / f"content/changes/{DAY}-{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    facts = {
        "date": DAY,
        "kind": "correction",
        "scheme": SLUG,
        "years": years,
        "title": "{nb: Endret}",
        "text": "{nb: Noe er endret.}",
    } | more
    path.write_text("".join(f"{key}: {value}\n" for key, value in facts.items()), "utf-8")
    return path


def test_a_changed_figure_without_an_entry_is_refused_with_a_stub(changed: Project) -> None:
    assert refused(changed) == (
        f"""\
Regelverket er endret uten at leserne får vite det. Ingenting er publisert.

Prøver 2030: endrede tall (content/{RULES_FILE})
  tracks.team.max_units: 4,5 årsverk → 4,25 årsverk

Fortell om endringen i denne filen. Fyll ut title og text:

content/changes/{NAME}

# Melding til leserne. Fyll ut title og text på bokmål (nb) og nynorsk (nn).
# Skriver du bare på bokmål, sletter du de to linjene med nn.
# Det gjelder:
#   tracks.team.max_units: 4,5 årsverk → 4,25 årsverk
date: {DAY}
# rule_changed: regelen er endret. correction: vi tok feil.
kind: rule_changed
scheme: {SLUG}
years: [2030]
title:
  nb: ""
  nn: ""
text:
  nb: ""
  nn: ""
# Navnet på kilden. Kontroller at det er den som sier det nye.
source: utlysning
"""
    )


def test_the_stub_is_refused_until_it_is_filled_in_and_then_enough(changed: Project) -> None:
    message = refused(changed, approved=False, confirm=lambda _question: True)
    assert message == (
        f"Laget content/changes/{NAME}.\nFyll ut title og text, og kjør «make publish» igjen."
    )
    file = changed.root / "content/changes" / NAME
    with pytest.raises(ContentError) as raised:
        content.load(changed.root / "content")
    assert {(str(p.file), p.key) for p in raised.value.problems} == {
        (f"content/changes/{NAME}", key) for key in ("title.nb", "text.nb")
    }
    # One målform after the other.
    file.write_text(file.read_text("utf-8").replace('nb: ""', 'nb: "Endret"'), "utf-8")
    with pytest.raises(ContentError) as raised:
        content.load(changed.root / "content")
    assert {p.key for p in raised.value.problems} == {"title.nn", "text.nn"}
    text = file.read_text("utf-8").replace('  nn: ""\n', "", 1).replace('nn: ""', "nn: Endra")
    file.write_text(text, "utf-8")
    assert changed.publish().is_new


def test_a_person_who_says_no_gets_no_file(changed: Project) -> None:
    questions: list[str] = []

    def no(question: str) -> bool:
        questions.append(question)
        return False

    assert refused(changed, approved=False, confirm=no) == "Ingenting er publisert."
    assert questions == ["Skal jeg lage filen?"]
    assert not (changed.root / "content/changes").exists()


def test_an_entry_about_that_rule_year_is_enough_once(changed: Project) -> None:
    tell(changed)
    assert changed.publish().is_new
    changed.edit("value: 4.25", "value: 4")
    changed.files["index.html"] += "<!-- igjen -->"
    assert "4,25 årsverk → 4 årsverk" in refused(changed)
    tell(changed, name="mer")
    assert changed.publish().is_new


def test_an_entry_about_something_else_is_not_enough(changed: Project) -> None:
    add_year(changed, 2029)
    tell(changed, years="[2029]")
    message = refused(changed)
    assert "Prøver 2030: endrede tall" in message
    assert "Prøver 2029" not in message
    tell(changed, years="[2029, 2030]")
    assert changed.publish().is_new


def test_going_back_brings_the_demand_back(changed: Project) -> None:
    tell(changed)
    changed.publish()
    changed.rollback()
    assert changed.publish().is_new


def test_a_new_rule_year_is_told_of(project: Project) -> None:
    project.publish()
    add_year(project, 2031)
    project.files["index.html"] += "<!-- nytt år -->"
    message = refused(project)
    assert f"Prøver 2031: nytt regelverksår (content/{SLUG}/rules/2031.yaml)\n" in message
    assert "years: [2031]" in message
    assert "source: regelverk-2031" in message
    assert "Det gjelder" not in message
    tell(project, years="[2031]")
    assert project.publish().is_new


def test_a_rule_year_that_is_gone_is_told_of_under_one_that_is_not(project: Project) -> None:
    add_year(project, 2029)
    project.publish()
    (project.root / f"content/{SLUG}/rules/2029.yaml").unlink()
    project.files["index.html"] += "<!-- borte -->"
    message = refused(project)
    assert "Prøver 2029: regelverksår som blir borte" in message
    assert f"{DAY}-{SLUG}-2029.yaml" in message
    assert "years: [2030]" in message
    tell(project)
    assert project.publish().is_new


def test_a_new_scheme_is_no_change(project: Project) -> None:
    project.publish()
    copy = project.root / "content/annen"
    for path in (project.root / "content" / SLUG).rglob("*"):
        if path.is_file():
            place = copy / path.relative_to(project.root / "content" / SLUG)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
    project.files["index.html"] += "<!-- ny ordning -->"
    assert project.publish().is_new


def test_several_rule_years_have_a_file_each(changed: Project) -> None:
    other = changed.root / "content/changes" / NAME
    tell(changed, years="[2030]", name="gammel").rename(other)
    changed.publish()
    changed.edit("value: 4.25", "value: 4")
    changed.files["index.html"] += "<!-- igjen -->"
    add_year(changed, 2029)
    questions: list[str] = []

    def yes(question: str) -> bool:
        questions.append(question)
        return True

    message = refused(changed, approved=False, confirm=yes)
    free = NAME.replace(".yaml", "-2.yaml")
    assert f"content/changes/{free}, content/changes/{DAY}-{SLUG}-2029.yaml" in message
    assert questions == ["Skal jeg lage filene?"]


def test_the_stub_names_the_source_of_what_is_changed(project: Project) -> None:
    site = content.load(project.root / "content")
    made = stub(site.schemes[SLUG], 2030, day=dt.date.fromisoformat(DAY))
    # Of most figures, where none are named.
    assert "source: regelverk\n" in made.text
    written = made.write(project.root / "content")
    document = read_yaml(written, Path(written.name))
    assert document.problems == []
    assert isinstance(document.data, dict)
    assert set(document.data) == {"date", "kind", "scheme", "years", "title", "text", "source"}
    with pytest.raises(FileExistsError):
        made.write(project.root / "content")


def test_facts_that_are_no_figures_need_no_entry(project: Project) -> None:
    project.publish()
    project.edit("date: 2030-04-07", "date: 2030-04-09", SCHEME_FILE)
    project.files["index.html"] += "<!-- ny frist -->"
    assert project.publish().is_new


def test_of_many_that_are_not_told_the_first_are_shown_and_the_rest_counted(
    changed: Project,
) -> None:
    text = (changed.root / "content" / RULES_FILE).read_text("utf-8")
    others = [f"ordning-{n:02}" for n in range(30)]
    for slug in others:
        shutil.copytree(changed.root / "content" / SLUG, changed.root / "content" / slug)
        path = changed.root / f"content/{slug}/rules/2030.yaml"
        path.write_text(text.replace("value: 4.25", "value: 4.5"), "utf-8")
    changed.edit("value: 4.25", "value: 4.5")
    changed.publish()
    for slug in others:
        changed.edit("value: 4.5", "value: 4.25", f"{slug}/rules/2030.yaml")
    changed.files["index.html"] += "<!-- endret igjen -->"
    said = refused(changed)
    assert said.count("tracks.team.max_units: 4,5 årsverk → 4,25 årsverk") == 20 + 10
    assert "… og 10 regelverksår til" in said
    assert said.count("title:\n  nb:") == 10
    assert said.endswith("… og 20 til")
    made = refused(changed, approved=False, confirm=lambda _question: True)
    assert made.splitlines()[0].endswith("ordning-09-2030.yaml, … og 20 til.")
    assert len(list((changed.root / "content/changes").iterdir())) == 30

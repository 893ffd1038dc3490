"""The questions of a form in their groups, whatever the rules of a scheme ask."""

from pathlib import Path

import pytest

from builder import content
from builder.content import Site
from builder.kit.i18n import LANGS, Translations, load
from builder.views.calculator import GROUPS, FieldGroup, Form, form, own_taper
from calc.answers import NAMES
from calc.rules import Lang, SchemeRules

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def site() -> Site:
    return content.load(ROOT / "content")


@pytest.fixture(scope="module")
def translations() -> Translations:
    return load(ROOT / "theme/translations")


def groups(made: Form) -> dict[str, FieldGroup]:
    return {group.name: group for group in made.groups}


def test_every_question_there_is_has_one_group():
    grouped = [label for labels in GROUPS.values() for label in labels]
    assert sorted(grouped) == sorted(NAMES)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", GROUPS)
def test_every_group_has_a_heading(translations: Translations, name: str, lang: Lang):
    assert translations.texts[lang][f"form.group.{name}"]


def test_every_question_of_every_calculator_stands_in_a_group(
    site: Site, translations: Translations
):
    calculators = [*(s.calculator for s in site.schemes.values()), own_taper(2027)]
    for calculator in calculators:
        made = form(calculator, "nb", translations, "hash")
        grouped = [f for group in made.groups for f in group.fields]
        assert len(grouped) == len(made.fields)
        assert set(grouped) == set(made.fields)
        assert all(group.fields for group in made.groups)
        steps = [group.step for group in made.groups if group.visible]
        count = len(steps)
        assert steps == [f"Steg {n} av {count}" for n in range(1, count + 1)]
        assert all(group.step == "" for group in made.groups if not group.visible)


def test_what_a_plan_needs_is_not_folded_and_what_is_optional_is(
    site: Site, translations: Translations
):
    made = groups(form(site.schemes["oppfolging-voksne"].calculator, "nb", translations, "hash"))
    assert {name: group.optional for name, group in made.items()} == {
        "situation": False,
        "plan": False,
        # The shares of the last years stand in the award letter only.
        "letter": False,
        "costs": True,
        "pre_project": True,
    }
    # Here the rules give everything; the letter is required for other years only.
    made = groups(form(site.schemes["tryggest"].calculator, "nb", translations, "hash"))
    assert made["letter"].optional
    assert not made["plan"].optional


def test_an_optional_group_with_an_answer_comes_open(site: Site, translations: Translations):
    calculator = site.schemes["oppfolging-voksne"].calculator
    (closed,) = (g for g in form(calculator, "nb", translations, "h").groups if g.name == "costs")
    assert not closed.open
    latest = calculator.latest
    only = {"andre-modeller": latest.tracks["andre-modeller"]}
    started = SchemeRules(
        slug=calculator.slug,
        name=calculator.name,
        rules=(type(latest)(year=latest.year, sources=latest.sources, tracks=only),),
    )
    (opened,) = (g for g in form(started, "nb", translations, "h").groups if g.name == "costs")
    assert opened.open


def test_the_version_follows_the_python_and_the_rules_and_not_the_language(
    site: Site, translations: Translations
):
    voksne, tryggest = (site.schemes[s].calculator for s in ("oppfolging-voksne", "tryggest"))
    version = form(voksne, "nb", translations, "one").version
    assert form(voksne, "nn", translations, "one").version == version
    assert form(voksne, "nb", translations, "other").version != version
    assert form(tryggest, "nb", translations, "one").version != version

"""The content of the site: its schemes, pages, examples and sources."""

import ast
from pathlib import Path

from builder.content import Site
from builder.content.model import Deadline
from builder.content.validate import _RULE_ERRORS
from builder.kit.addresses import PAGE_NAMES
from calc.rules import Figure, Track, checked_fields

SCHEMES = {
    "bedre-tverrfaglig-innsats": "archived",
    "kommunalt-rusarbeid": "closed",
    "oppfolging-barn-unge": "active",
    "oppfolging-voksne": "active",
    "tryggest": "active",
}
# Whoever has a nynorsk version of every page.
IN_NYNORSK = {"kommunalt-rusarbeid"}


def test_the_content_has_five_schemes(site: Site) -> None:
    assert {slug: scheme.state for slug, scheme in site.schemes.items()} == SCHEMES


def test_every_scheme_has_every_page(site: Site) -> None:
    for slug in SCHEMES:
        langs = ("nb", "nn") if slug in IN_NYNORSK else ("nb",)
        for name in PAGE_NAMES:
            for lang in langs:
                assert (slug, name, lang) in site.pages


def test_every_rule_year_has_worked_examples(site: Site) -> None:
    for scheme in site.schemes.values():
        for rules in scheme.rules:
            assert rules.examples, f"{scheme.slug} {rules.year}"


def test_every_figure_names_a_source_that_readers_can_look_up(site: Site) -> None:
    figures = [
        (rules, figure)
        for scheme in site.schemes.values()
        for rules in scheme.rules
        for track in rules.tracks.values()
        for _, figure in track.figures()
    ]
    assert figures
    for rules, figure in figures:
        assert isinstance(figure, Figure)
        assert rules.sources[figure.source].title


def test_rule_years_are_newest_first_and_the_calculator_gets_them_oldest_first(site: Site) -> None:
    for scheme in site.schemes.values():
        years = [rules.year for rules in scheme.rules]
        assert years == sorted(years, reverse=True)
        assert [rules.year for rules in scheme.calculator.rules] == years[::-1]


def test_every_contradiction_that_the_model_finds_is_reported_in_norwegian(
    project_root: Path,
) -> None:
    raised = {
        call.args[0].value
        for file in ("calc/rules.py", "builder/content/model.py", "builder/content/visibility.py")
        for call in ast.walk(ast.parse((project_root / file).read_text("utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in ("RuleError", "checked")
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
    for cls in (Track, Deadline):
        raised |= {c for rules in checked_fields(cls).values() for c in rules["needs"].values()}
    assert {"value_or_unknown", "not_a_time", "needs_ladder", "alias_refused"} <= raised
    assert raised <= _RULE_ERRORS.keys()

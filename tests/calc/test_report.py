"""The report: complete, escaped, and of one piece with the plan."""

import html5lib
import pytest

from builder.bundle import exercise
from builder.kit.i18n import LANGS, Translations
from calc.messages import Catalogue, decimal, escape, kroner, percent, whole
from calc.plan import estimate
from calc.report import render, summary
from calc.rules import (
    Figure,
    Ladder,
    Lang,
    NotComputable,
    OtherCosts,
    Rules,
    SchemeRules,
    Source,
    Text,
    Track,
)
from tests.calc.conftest import Ask

EVIL = "<script>alert(1)</script>&\"'"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("answers", exercise.ANSWERS)
def test_every_kind_of_result_is_whole_html_in_both_languages(
    translations: Translations, lang: Lang, answers: dict[str, object]
) -> None:
    html = render(estimate(exercise.scheme(), answers), translations.catalogue(lang))
    parser = html5lib.HTMLParser(strict=True)
    parser.parseFragment(html)
    assert "{" not in html


def test_every_message_of_the_catalogue_can_be_reached_by_a_code(
    translations: Translations,
) -> None:
    """A message that nothing asks for is dead; the report must not lack one either."""
    asked: set[str] = set()

    class Listening(Catalogue):
        def _fill(self, code: str, values: object, *, as_html: bool) -> str:
            asked.add(f"calc.{code}")
            return super()._fill(code, values, as_html=as_html)  # type: ignore[arg-type]

    texts = Listening("nb", translations.of_calc("nb"))
    for answers in exercise.ANSWERS:
        render(estimate(exercise.scheme(), answers), texts)
    reached = {code for code in asked if code.startswith("calc.step.")}
    assert len(reached) > 20


def test_what_comes_from_rules_and_readers_is_escaped(translations: Translations) -> None:
    evil = Text(nb=EVIL)
    source = Source(title=EVIL, publisher=EVIL, url="https://example.org/?a=1&b=\"'<>")
    figure = Figure(value=1, unit="kr per årsverk", source="s", reading=evil, note=evil)
    share = Figure(unknown="tilskuddsbrevet", unit="prosent", source="s", note=evil)
    track = Track(
        name=evil,
        rate=figure,
        ladder=Ladder(years=(share,), reading=evil),
        other_costs=OtherCosts(allowed=True, source="s", reading=evil),
    )
    hopeless = Track(
        name=evil,
        not_computable=NotComputable(because="discretionary", text=evil, source="s"),
    )
    rules = Rules(year=2030, sources={"s": source}, tracks={"a": track, "b": hopeless})
    scheme = SchemeRules(slug="s", name=evil, rules=(rules,))
    texts = translations.catalogue("nn")
    for answers in (
        {"track": "a", "positions": 1, "other_costs": 5},
        {"track": "b"},
        {"track": EVIL},
        {EVIL: EVIL, "positions": EVIL},
    ):
        html = render(estimate(scheme, answers), texts)
        assert "<script" not in html
        parsed = html5lib.parseFragment(html, namespaceHTMLElements=False)
        assert not parsed.findall(".//script")


def test_bokmaal_in_a_nynorsk_report_is_marked_as_such(translations: Translations) -> None:
    result = estimate(exercise.scheme(), {"track": "skjonn"})
    assert '<span lang="nb">Skjønn.</span>' in render(result, translations.catalogue("nn"))
    assert "lang=" not in render(result, translations.catalogue("nb"))


def test_a_cell_without_a_value_never_looks_like_zero(ask: Ask, translations: Translations) -> None:
    result = ask("oppfolging-voksne", track="act-fact", positions=10)
    html = render(result, translations.catalogue("nb"))
    body = html5lib.parseFragment(html, namespaceHTMLElements=False)
    (cell,) = body.findall(".//tr[@data-grant-year='3']/td[@data-field='award']")
    assert cell.text == "Ukjent"
    assert "data-value" not in cell.attrib
    assert "Ikke komplett" in html


def test_figures_of_the_reader_are_marked_as_theirs(ask: Ask, translations: Translations) -> None:
    result = ask("oppfolging-voksne", track="act-fact", positions=1, share_year_3=70)
    html = render(result, translations.catalogue("nb"))
    assert html.count("origin-reader") == 1


def test_the_summary_tells_the_whole_or_says_what_is_missing(
    ask: Ask, translations: Translations
) -> None:
    texts = translations.catalogue("nb")
    whole_plan = ask(
        "oppfolging-voksne", track="act-fact", positions="6,5", share_year_3=70, share_year_4=40
    )
    assert "10\u00a0075\u00a0000\u00a0kr" in summary(whole_plan, texts)
    partial = ask("oppfolging-voksne", track="act-fact", positions="6,5")
    assert "6\u00a0500\u00a0000\u00a0kr" in summary(partial, texts)
    over = ask("oppfolging-voksne", track="act-fact", plan_year=2029, years_received=4)
    assert summary(over, texts) == texts.text("summary.ended")


def test_how_it_was_worked_out_is_folded_under_headings(
    ask: Ask, translations: Translations
) -> None:
    result = ask("oppfolging-voksne", track="act-fact", positions=10)
    html = render(result, translations.catalogue("nb"))
    section = html5lib.parseFragment(html, namespaceHTMLElements=False)[0]
    folds = section.findall("details")
    assert [fold.get("data-fold") for fold in folds] == ["steps", "inputs", "sources"]
    assert not [fold for fold in folds if "open" in fold.attrib]
    headings = [fold.find("summary/h3") for fold in folds]
    assert headings[0] is not None
    assert headings[0].text == f"Slik regnet vi ({len(result.steps)} trinn)"
    # All that a decision hangs on stands open, and before them.
    order = [child.get("class", "").split(" ")[-1] for child in section]
    assert order[:2] == ["result-summary", "result-missing"]
    assert order.index("caveats") < order.index("result-fold")


def test_why_there_is_no_plan_is_not_folded(translations: Translations) -> None:
    result = estimate(exercise.scheme(), {"track": "skjonn", "plan_year": 2030})
    section = html5lib.parseFragment(
        render(result, translations.catalogue("nb")), namespaceHTMLElements=False
    )[0]
    assert section.find("ol") is not None
    assert section.find("details[@data-fold='steps']") is None


def test_the_sum_and_the_next_years_award_come_first_and_stand_out(
    ask: Ask, translations: Translations
) -> None:
    result = ask(
        "oppfolging-voksne", track="act-fact", positions="6,5", share_year_3=70, share_year_4=40
    )
    html = render(result, translations.catalogue("nb"))
    first = html5lib.parseFragment(html, namespaceHTMLElements=False)[0][0]
    amounts = [strong.text for strong in first.findall("strong")]
    assert amounts == ["10\u00a0075\u00a0000\u00a0kr", "3\u00a0250\u00a0000\u00a0kr"]


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (whole(0), "0"),
        (whole(999), "999"),
        (whole(1_000), "1\u00a0000"),
        (whole(-1_234_567), "\u22121\u00a0234\u00a0567"),
        (kroner(3_250_000), "3\u00a0250\u00a0000\u00a0kr"),
        (percent(70), "70\u00a0%"),
        (decimal(-1), "\u22121"),
        (escape("<&>\"'"), "&lt;&amp;&gt;&quot;&#x27;"),
    ],
)
def test_numbers_are_written_as_in_norwegian(shown: str, expected: str) -> None:
    assert shown == expected

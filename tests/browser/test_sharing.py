"""Links that bring answers with them: shared, followed, broken, and to the other målform."""

import re
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from playwright.sync_api import Page

from builder.kit.i18n import Translations
from tests.browser.calculator import Calculator
from tests.browser.conftest import OpenCalculator, Watch, go_to_calculator
from tests.browser.engines.page import AnyPage, expect, until

HEADLINE = {"positions": "6,5", "share_year_3": "70", "share_year_4": "40"}
AWARDS = {2025: 3_250_000, 2026: 3_250_000, 2027: 2_275_000, 2028: 1_300_000}
PATH = "/oppfolging-voksne/kalkulator/"


def shared_link(calculator: Calculator) -> str:
    """The link as a reader gets it where the clipboard is not to be had."""
    page = calculator.page
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.evaluate("Object.defineProperty(navigator, 'share', {value: undefined})")
    page.locator('[data-tool="share"]').click()
    link = page.locator("#delt-lenke")
    expect(link).to_be_focused()
    return str(link.evaluate("(input) => input.value.slice(input.selectionStart)"))


def told(link: str) -> dict[str, str]:
    fragment = urlsplit(link).fragment
    assert all(character not in fragment for character in " <>\"'")
    return dict(parse_qsl(fragment, keep_blank_values=True))


def note(page: AnyPage) -> str:
    """What the form says that it was filled with."""
    place = page.locator('[data-note="form"] [data-note-text]')
    return str(until(lambda: str(place.evaluate("(p) => p.textContent")), bool))


@pytest.mark.every_engine
def test_a_shared_link_gives_the_same_answers_and_result(
    open_calculator: OpenCalculator, page: AnyPage, translations: Translations
) -> None:
    calculator = open_calculator("oppfolging-voksne")
    calculator.answer(**HEADLINE)
    calculator.expect_plan("award", AWARDS)
    link = shared_link(calculator)
    # The fragment is the part of an address that browsers never send.
    assert urlsplit(link).query == ""
    assert told(link) == {
        "svar": "1",
        "track": "act-fact",
        "plan_year": "2025",
        "years_received": "0",
        **HEADLINE,
    }
    page.goto("/")
    page.goto(link)
    followed = Calculator(page)
    followed.expect_plan("award", AWARDS)
    for name, value in HEADLINE.items():
        expect(followed.control(name)).to_have_value(value)
    assert note(page) == translations.translator("nb")("share.filled")
    # Whoever shares the address of the page itself shares no answers.
    assert page.url.endswith(PATH)


@pytest.mark.every_engine
def test_what_is_hidden_is_not_in_the_link_and_what_was_emptied_is(
    open_calculator: OpenCalculator, page: AnyPage
) -> None:
    calculator = open_calculator("oppfolging-voksne")
    calculator.answer(pre_project_amount="300 000", positions="")
    calculator.answer(plan_year="2027", years_received="2")
    expect(calculator.field("pre_project_amount")).to_be_hidden()
    link = shared_link(calculator)
    assert "pre_project_amount" not in told(link)
    assert told(link)["positions"] == ""
    page.goto("/")
    page.goto(link)
    expect(calculator.control("positions")).to_have_value("")
    expect(calculator.control("pre_project_amount")).to_have_value("")
    expect(calculator.field("share_year_3")).to_be_visible()
    assert calculator.control("years_received").first.evaluate("(e) => e.form.years_received.value")


@pytest.mark.every_engine
def test_answers_that_bring_further_questions_are_filled_in(page: AnyPage) -> None:
    shares = {f"share_year_{n}": str(100 - 10 * n) for n in range(1, 5)}
    answers = {"track": "andre-modeller", "plan_year": "2024", "full_award": "900 000", **shares}
    fragment = "&".join(f"{name}={quote(value)}" for name, value in answers.items())
    page.goto(f"{PATH}#svar=1&{fragment}")
    calculator = Calculator(page)
    calculator.expect_plan("award", {2024: 810_000, 2027: 540_000})
    checked = '[name="track"][value="andre-modeller"]'
    assert calculator.form.locator(checked).evaluate("(radio) => radio.checked")


@pytest.mark.parametrize(
    ("fragment", "code", "positions"),
    [
        # Of another calculator, of none, and an option that is not there.
        ("svar=1&positions=4&own_rate=5", "share.partly", "4"),
        ("svar=1&positions=4&nonsense=1", "share.partly", "4"),
        ("svar=1&positions=4&track=third", "share.partly", "4"),
        # Longer than any answer; longer than any link of ours.
        (f"svar=1&positions=4&other_costs={'9' * 41}", "share.partly", "4"),
        ("svar=1&positions=4" + "&x=1" * 5_000, "share.partly", "4"),
        # Nothing that we understand.
        ("svar=1", "share.unreadable", "10"),
        ("svar=1&%E0%A4%A=%", "share.unreadable", "10"),
        ("svar=1&own_rate=5", "share.unreadable", "10"),
        ("svar=2&positions=4", "share.unreadable", "10"),
        ("svar=", "share.unreadable", "10"),
    ],
    ids=lambda value: value[:40],
)
@pytest.mark.every_engine
def test_a_link_that_does_not_fit_is_told_and_does_no_harm(
    page: AnyPage, translations: Translations, fragment: str, code: str, positions: str
) -> None:
    page.goto(f"{PATH}#{fragment}")
    assert note(page) == translations.translator("nb")(code)
    calculator = Calculator(page)
    expect(calculator.control("positions")).to_have_value(positions)
    calculator.expect_state("ready")
    calculator.expect_plan("award", {2025: int(positions) * 500_000})
    assert page.url.endswith(PATH)


def test_markup_in_a_link_stays_text(page: Page) -> None:
    page.goto(f"{PATH}#svar=1&positions={quote('<img src=x onerror=alert(1)>')}")
    calculator = Calculator(page)
    expect(calculator.error("positions")).to_be_visible()
    assert page.locator("main img").count() == 0


@pytest.mark.every_engine
def test_an_ordinary_fragment_is_no_answer(page: AnyPage) -> None:
    page.goto(f"{PATH}#eksempler")
    Calculator(page).expect_state("ready")
    assert page.url.endswith("#eksempler")
    assert page.locator("[data-note][data-shown]").count() == 0


def test_a_link_followed_on_its_own_page_is_filled_in(
    open_calculator: OpenCalculator, page: Page
) -> None:
    calculator = open_calculator("oppfolging-voksne")
    calculator.answer(other_costs="1")
    page.evaluate("location.hash = '#svar=1&positions=3'")
    calculator.expect_plan("award", {2025: 1_500_000})
    expect(calculator.control("other_costs")).to_have_value("")


def test_what_is_typed_after_following_a_link_survives_a_reload(page: Page) -> None:
    page.goto(f"{PATH}#svar=1&positions=3&cost_per_position=900000")
    calculator = Calculator(page)
    calculator.expect_plan("award", {2025: 1_500_000})
    # The group that an answer stands in is open, though it comes folded.
    expect(calculator.control("cost_per_position")).to_be_visible()
    calculator.answer(positions="4")
    calculator.expect_plan("award", {2025: 2_000_000})
    kept = until(lambda: str(page.evaluate("history.state")), lambda state: "positions=4" in state)
    assert "positions=4" in kept
    page.reload()
    expect(calculator.control("positions")).to_have_value("4")
    expect(calculator.control("cost_per_position")).to_be_visible()
    calculator.expect_plan("award", {2025: 2_000_000})


@pytest.mark.every_engine
def test_the_other_language_goes_on_with_the_same_answers(
    open_calculator: OpenCalculator, page: AnyPage
) -> None:
    calculator = open_calculator("oppfolging-voksne")
    calculator.answer(**HEADLINE)
    calculator.expect_plan("award", AWARDS)
    page.locator(".language-switch").click()
    expect(page).to_have_url(re.compile(f"/nn{PATH}$"))
    calculator.expect_plan("award", AWARDS)
    expect(calculator.output.locator(".result-summary")).to_contain_text("tilskot")
    page.locator(".language-switch").click()
    expect(page).to_have_url(re.compile(f"(?<!/nn){PATH}$"))
    calculator.expect_plan("award", AWARDS)
    expect(calculator.output.locator(".result-summary")).to_contain_text("tilskudd")


@pytest.mark.every_engine
def test_an_untouched_form_brings_nothing_to_the_other_language(page: AnyPage) -> None:
    calculator = go_to_calculator(page, "oppfolging-voksne", "nb")
    calculator.expect_state("ready")
    page.locator(".language-switch").click()
    expect(page).to_have_url(re.compile(f"/nn{PATH}$"))
    calculator.expect_state("ready")
    assert page.locator("[data-note][data-shown]").count() == 0


def test_the_link_is_put_on_the_clipboard(
    open_calculator: OpenCalculator, page: Page, translations: Translations
) -> None:
    page.context.grant_permissions(["clipboard-write"])
    calculator = open_calculator("oppfolging-voksne")
    calculator.answer(positions="6,5")
    calculator.expect_plan("award", {2025: 3_250_000})
    page.locator('[data-tool="share"]').click()
    said = page.locator('[data-note="result"] [role="status"]')
    expect(said).to_have_text(translations.translator("nb")("share.copied"))
    # Pages may not read the clipboard; readers paste.
    calculator.control("other_costs").focus()
    page.keyboard.press("ControlOrMeta+V")
    pasted = calculator.control("other_costs").input_value()
    assert told(pasted)["positions"] == "6,5"


def test_on_a_phone_the_link_goes_to_the_apps_of_the_phone(page: Page, watch: Watch) -> None:
    page.add_init_script(
        """window.shared = [];
        navigator.share = async (what) => { window.shared.push(what); };
        const real = window.matchMedia;
        window.matchMedia = (query) =>
          query.includes("coarse") ? { matches: true } : real.call(window, query);"""
    )
    page.goto(f"{PATH}#svar=1&positions=3")
    calculator = Calculator(page)
    calculator.expect_plan("award", {2025: 1_500_000})
    page.locator('[data-tool="share"]').click()
    (what,) = until(lambda: page.evaluate("window.shared"), bool)
    assert told(what["url"])["positions"] == "3"
    assert what["title"] == page.title()
    # Who changes their mind is left in peace.
    page.evaluate(
        """() => {
          navigator.share = async () => {
            window.shared.push(0);
            throw new DOMException("", "AbortError");
          };
        }"""
    )
    page.locator('[data-tool="share"]').click()
    assert until(lambda: page.evaluate("window.shared.length"), lambda n: n == 2) == 2
    assert page.locator("#delt-lenke").count() == 0

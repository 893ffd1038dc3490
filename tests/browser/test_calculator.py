"""Using the calculators: typing, choosing, correcting, going back."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from builder.kit.i18n import Translations
from tests.browser.conftest import GENERAL, OpenCalculator, Watch, go_to_calculator
from tests.browser.engines.page import AnyPage, expect
from tests.patience import until

pytestmark = pytest.mark.every_engine

HEADLINE = {"positions": "6,5", "share_year_3": "70", "share_year_4": "40"}
HEADLINE_AWARDS = {2025: 3_250_000, 2026: 3_250_000, 2027: 2_275_000, 2028: 1_300_000}


@pytest.mark.smoke
def test_six_and_a_half_positions_with_shares_from_the_award_letter(
    calculator_of: OpenCalculator,
) -> None:
    calculator = calculator_of("oppfolging-voksne")
    for name, value in HEADLINE.items():
        calculator.type(name, value)
    calculator.expect_plan("award", HEADLINE_AWARDS)
    calculator.expect_plan("share", {2025: 100, 2026: 100, 2027: 70, 2028: 40})
    expect(calculator.output.locator("tfoot")).to_contain_text("10 075 000 kr")
    expect(calculator.output.locator(".result")).to_have_attribute("data-status", "estimate")


@pytest.mark.smoke
def test_the_same_in_nynorsk(calculator_of: OpenCalculator) -> None:
    calculator = calculator_of("oppfolging-voksne", "nn")
    calculator.answer(**HEADLINE)
    calculator.expect_plan("award", HEADLINE_AWARDS)
    expect(calculator.output.locator(".result-summary")).to_contain_text("tilskot")


def test_what_is_missing_does_not_look_like_zero(calculator_of: OpenCalculator) -> None:
    calculator = calculator_of("oppfolging-voksne")
    calculator.answer(positions="8", share_year_3="70")
    calculator.expect_plan("award", {2025: 4_000_000, 2026: 4_000_000, 2027: 2_800_000})
    missing = calculator.cell(2028, "award")
    expect(missing).to_have_text("Ukjent")
    assert missing.get_attribute("data-value") is None


def test_a_lump_sum_stops_at_the_cap_and_is_paid_in_the_first_year(
    calculator_of: OpenCalculator,
) -> None:
    calculator = calculator_of("tryggest")
    calculator.answer(requested_amount="450 000", use_years="2")
    calculator.expect_plan("award", {2025: 400_000, 2026: 0})
    expect(calculator.output.locator(".result-summary")).to_contain_text("400 000 kr")
    calculator.answer(requested_amount="180 000")
    calculator.expect_plan("award", {2025: 180_000, 2026: 0})


@pytest.mark.smoke
def test_costs_give_own_funding(calculator_of: OpenCalculator) -> None:
    calculator = calculator_of("oppfolging-voksne")
    calculator.answer(positions="8", cost_per_position="900 000")
    calculator.expect_plan("cost", {2025: 7_200_000})
    calculator.expect_plan("award", {2025: 4_000_000})
    calculator.expect_plan("own_funding", {2025: 3_200_000})


@pytest.mark.smoke
def test_whoever_has_other_rules_can_type_them(calculator_of: OpenCalculator) -> None:
    calculator = calculator_of(GENERAL)
    shares = {f"share_year_{n}": share for n, share in enumerate(("100", "75", "50", "25"), 1)}
    calculator.answer(
        plan_year="2027", own_rate="600 000", positions="2,5", own_cap="1 400 000", **shares
    )
    calculator.expect_plan(
        "award", {2027: 1_400_000, 2028: 1_050_000, 2029: 700_000, 2030: 350_000}
    )


# --- What the form asks ---


@pytest.mark.smoke
def test_the_track_decides_what_is_asked(calculator_of: OpenCalculator) -> None:
    calculator = calculator_of("oppfolging-barn-unge")
    expect(calculator.field("full_award")).to_be_visible()
    calculator = calculator_of("oppfolging-voksne")
    # Rules of a year that says no rates: they are in the award letter, all four shares of them.
    for name in ("share_year_1", "share_year_2"):
        expect(calculator.field(name)).to_be_hidden()
    calculator.answer(plan_year="2024")
    for name in ("share_year_1", "share_year_2", "share_year_3", "share_year_4"):
        expect(calculator.field(name)).to_be_visible()
    calculator.answer(plan_year="2025")
    for name in ("share_year_1", "share_year_2"):
        expect(calculator.field(name)).to_be_hidden()


def test_another_track_has_other_rules(calculator_of: OpenCalculator) -> None:
    calculator = calculator_of("oppfolging-voksne")
    calculator.answer(track="andre-modeller", positions="1", other_costs="400 000")
    calculator.expect_plan("award", {2025: 900_000, 2026: 900_000})
    calculator.answer(track="act-fact")
    calculator.expect_plan("award", {2025: 500_000, 2026: 500_000})


def test_whoever_has_had_two_years_is_asked_for_what_is_left(
    calculator_of: OpenCalculator,
) -> None:
    calculator = calculator_of("oppfolging-voksne")
    expect(calculator.field("pre_project_amount")).to_be_visible()
    calculator.answer(plan_year="2027", years_received="2")
    # The rules of 2025 hold: the shares of the two steps that are left, and no pre-project.
    for name in ("share_year_3", "share_year_4", "full_award"):
        expect(calculator.field(name)).to_be_visible()
    expect(calculator.field("pre_project_amount")).to_be_hidden()
    calculator.answer(full_award="3 000 000", share_year_3="70")
    calculator.expect_plan("award", {2027: 2_100_000, 2029: 0, 2030: 0})
    expect(calculator.cell(2028, "award")).to_have_text("Ukjent")


def test_what_a_hidden_field_holds_is_not_counted(calculator_of: OpenCalculator) -> None:
    calculator = calculator_of("oppfolging-voksne")
    calculator.answer(pre_project_amount="300 000")
    expect(calculator.output.locator('tr[data-grant-year="0"]')).to_have_count(1)
    calculator.answer(plan_year="2027", years_received="2")
    expect(calculator.field("pre_project_amount")).to_be_hidden()
    expect(calculator.output.locator('tr[data-grant-year="0"]')).to_have_count(0)


# --- Mistakes ---


@pytest.mark.smoke
def test_a_bad_number_is_told_at_its_field_and_heals(calculator_of: OpenCalculator) -> None:
    calculator = calculator_of("oppfolging-voksne")
    control, error = calculator.control("positions"), calculator.error("positions")
    expect(error).to_be_hidden()
    calculator.type("positions", "seks")
    calculator.page.keyboard.press("Tab")
    expect(control).to_have_attribute("aria-invalid", "true")
    expect(error).to_be_visible()
    expect(error).to_contain_text("tall")
    assert error.get_attribute("id") in str(control.get_attribute("aria-describedby")).split()
    expect(calculator.output.locator(".result")).to_have_attribute("data-status", "invalid")
    # Everything else can still be used.
    expect(calculator.control("full_award")).to_be_enabled()
    expect(calculator.control("full_award")).not_to_have_attribute("aria-invalid", "true")
    calculator.expect_state("ready")
    calculator.type("positions", "6")
    calculator.expect_plan("award", {2025: 3_000_000})
    expect(error).to_be_hidden()
    expect(control).not_to_have_attribute("aria-invalid", "true")
    assert error.get_attribute("id") not in str(control.get_attribute("aria-describedby")).split()


def test_two_bad_numbers_are_told_at_once(calculator_of: OpenCalculator) -> None:
    calculator = calculator_of("oppfolging-voksne")
    calculator.answer(positions="-1", full_award="1,5")
    calculator.page.keyboard.press("Enter")
    expect(calculator.error("positions")).to_be_visible()
    expect(calculator.error("full_award")).to_be_visible()
    expect(calculator.output.locator(".result-problems li")).to_have_count(2)


def test_a_bad_year_leaves_the_questions_that_are_shown(calculator_of: OpenCalculator) -> None:
    calculator = calculator_of("oppfolging-voksne")
    before = calculator.shown_fields.count()
    calculator.answer(plan_year="20")
    calculator.page.keyboard.press("Enter")
    expect(calculator.error("plan_year")).to_be_visible()
    expect(calculator.shown_fields).to_have_count(before)
    calculator.answer(plan_year="2025")
    expect(calculator.error("plan_year")).to_be_hidden()
    calculator.expect_plan("award", {2025: 5_000_000})


@pytest.mark.smoke
def test_what_is_typed_is_never_html(calculator_of: OpenCalculator) -> None:
    calculator = calculator_of("oppfolging-voksne")
    calculator.answer(positions="<img src=x onerror=alert(1)>")
    calculator.page.keyboard.press("Enter")
    expect(calculator.error("positions")).to_be_visible()
    expect(calculator.output.locator("img")).to_have_count(0)
    assert calculator.error("positions").locator("*").count() == 0


# --- The form as a form ---


def test_enter_shows_the_result_and_stays_on_the_page(calculator_of: OpenCalculator) -> None:
    calculator = calculator_of("oppfolging-voksne")
    page = calculator.page
    page.evaluate("window.sameDocument = true")
    address = page.url
    calculator.type("positions", "6,5")
    page.keyboard.press("Enter")
    calculator.expect_plan("award", {2025: 3_250_000})
    assert page.url == address
    assert page.evaluate("window.sameDocument") is True
    expect(calculator.control("positions")).to_be_focused()
    expect(calculator.control("positions")).to_have_value("6,5")


@pytest.mark.smoke
def test_a_reset_gives_the_first_answers_and_their_result(calculator_of: OpenCalculator) -> None:
    calculator = calculator_of("oppfolging-voksne")
    before = calculator.html()
    calculator.answer(plan_year="2024", positions="3")
    expect(calculator.field("share_year_1")).to_be_visible()
    calculator.form.evaluate("(form) => form.reset()")
    expect(calculator.control("positions")).to_have_value("10")
    calculator.expect_html(before)
    expect(calculator.field("share_year_1")).to_be_hidden()


def test_whoever_goes_back_finds_the_answers_and_their_result(
    open_calculator: OpenCalculator, page: AnyPage
) -> None:
    calculator = open_calculator("oppfolging-voksne")
    calculator.answer(**HEADLINE)
    calculator.expect_plan("award", HEADLINE_AWARDS)
    page.locator("nav.scheme-nav a").first.click()
    expect(page).to_have_url(re.compile(r"/oppfolging-voksne/$"))
    page.go_back()
    for name, value in HEADLINE.items():
        expect(calculator.control(name)).to_have_value(value)
    calculator.expect_plan("award", HEADLINE_AWARDS)


@pytest.fixture
def page_with_history(
    request: pytest.FixtureRequest, browser_name: str, base_url: str, watch: Watch
) -> Iterator[AnyPage]:
    """A page of a browser that keeps pages for going back, as readers' browsers do."""
    if browser_name != "chromium":
        yield request.getfixturevalue("page")
        return
    # Playwright switches this off, since it can't follow pages there and back.
    launch_browser: Callable[..., Browser] = request.getfixturevalue("launch_browser")
    browser = launch_browser(ignore_default_args=["--disable-back-forward-cache"])
    yield watch.over(browser.new_context(base_url=base_url)).new_page()
    browser.close()


def leave_and_come_back(page: AnyPage) -> bool:
    """Go to another page and back; whether the page that is shown then is the same one."""
    page.evaluate("addEventListener('pageshow', (event) => { window.kept = event.persisted; })")
    page.locator("nav.scheme-nav a").first.click()
    expect(page).to_have_url(re.compile(r"/oppfolging-voksne/$"))
    page.evaluate("setTimeout(() => history.back())")
    expect(page).to_have_url(re.compile(r"/kalkulator/$"))
    # The address is another before the page knows that it is shown again.
    return bool(until(lambda: page.evaluate("window.kept ?? null"), bool, seconds=2))


def test_a_page_that_the_browser_has_kept_goes_on_where_it_was(
    page_with_history: AnyPage,
) -> None:
    page = page_with_history
    calculator = go_to_calculator(page, "oppfolging-voksne", "nb")
    calculator.expect_state("ready")
    calculator.answer(**HEADLINE)
    calculator.expect_plan("award", HEADLINE_AWARDS)
    # Whether a page is kept is for the browser to decide; Firefox now and then loads it anew.
    for _ in range(6):
        calculator.expect_state("ready")
        if leave_and_come_back(page):
            break
    else:
        pytest.fail("the browser never kept the page")
    calculator.expect_plan("award", HEADLINE_AWARDS)
    # Python was stopped when the reader left, and is there again.
    calculator.expect_state("ready")
    calculator.answer(positions="3")
    calculator.expect_plan("award", {2025: 1_500_000})


def test_a_screen_reader_is_told_the_result_in_a_sentence(
    calculator_of: OpenCalculator,
) -> None:
    calculator = calculator_of("oppfolging-voksne")
    calculator.answer(**HEADLINE)
    calculator.expect_plan("award", HEADLINE_AWARDS)
    sentence = calculator.output.locator(".result-summary").inner_text()
    told = calculator.form.locator('[role="status"]').filter(has_text=sentence)
    expect(told).to_have_count(1)
    # Nothing else of the long result is read out.
    expect(calculator.output).to_have_attribute("aria-live", "off")


@pytest.mark.smoke
def test_the_keyboard_is_enough(calculator_of: OpenCalculator) -> None:
    calculator = calculator_of("oppfolging-voksne")
    page = calculator.page
    page.locator("body").click(position={"x": 1, "y": 1})
    order: list[str] = []
    while "cost_growth" not in order:
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.name ?? document.activeElement.tagName"))
        assert len(order) < 60, order
        if order[-1] in HEADLINE:
            # Tab selects what is there, so that typing replaces it.
            page.keyboard.type(HEADLINE[order[-1]])
    asked = [name for name in order if name in ("track", "plan_year", *HEADLINE)]
    assert asked == ["track", "plan_year", "positions", "share_year_3", "share_year_4"]
    calculator.expect_plan("award", HEADLINE_AWARDS)


def test_the_state_is_told_in_words(
    calculator_of: OpenCalculator, translations: Translations
) -> None:
    calculator = calculator_of("oppfolging-voksne")
    status = calculator.form.locator("p[data-status]")
    expect(status).to_have_text(translations.translator("nb")("calculator.ready"))


def test_many_keys_in_a_row_give_the_answer_to_the_last(calculator_of: OpenCalculator) -> None:
    calculator = calculator_of("oppfolging-voksne")
    for _ in range(5):
        calculator.type("positions", "1234,5")
        calculator.type("positions", "3")
    calculator.expect_plan("award", {2025: 1_500_000})
    # No late answer to an earlier key comes after it.
    calculator.answer(other_costs="1")
    calculator.expect_plan("award", {2025: 1_500_000})

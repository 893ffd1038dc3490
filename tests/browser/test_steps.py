"""The form in groups: one at a time on narrow screens, all beside the result on wide ones."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page

from builder.kit.i18n import Translations
from builder.views.calculator import GROUPS
from tests.browser.calculator import Calculator
from tests.browser.conftest import GENERAL, Watch
from tests.browser.engines.page import expect

PATH = "/oppfolging-voksne/kalkulator/"
PHONE = {"width": 360, "height": 740}
SMALLEST = {"width": 320, "height": 640}

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# What can be pressed, and how much of it, in CSS pixels: `[name, width, height]`.
TARGETS = """(form) => {
  const shown = (element) => element.checkVisibility() && getComputedStyle(element).visibility
    === "visible" && !element.closest("[data-result]");
  const size = (element) => {
    const { width, height } = element.getBoundingClientRect();
    return [element.textContent.trim() || element.name, width, height];
  };
  const alone = form.querySelectorAll(
    "button, summary, select, input:not([type=radio]), .result-bar",
  );
  const answers = form.querySelectorAll(".field-options .ds-field");
  return [...alone, ...answers].filter(shown).map(size);
}"""


@pytest.fixture
def phone(browser: Browser, base_url: str, watch: Watch) -> Iterator[Page]:
    """A page on a phone's screen."""
    with browser.new_context(base_url=base_url, viewport=PHONE) as context:  # type: ignore[arg-type]
        watch.over(context)
        # Another context beside this one brings its own to each page.
        context.add_init_script("delete Navigator.prototype.serviceWorker")
        yield context.new_page()


@pytest.fixture
def form(phone: Page) -> Calculator:
    phone.goto(PATH)
    calculator = Calculator(phone)
    calculator.expect_state("ready")
    return calculator


def group(form: Calculator, name: str) -> Locator:
    return form.page.locator(f'[data-group="{name}"]')


def expect_step(form: Calculator, name: str, number: int, count: int) -> None:
    """Only this group is shown, its place among the others is told, and it has the focus."""
    expect(form.page.locator("[data-group]").filter(visible=True)).to_have_count(1)
    heading = group(form, name).locator(".field-group-heading")
    expect(heading).to_contain_text(f"Steg {number} av {count}")
    expect(heading).to_be_focused()
    expect(heading).to_be_in_viewport()


def press(form: Calculator, tool: str) -> None:
    form.page.locator(f'[data-tool="{tool}"]').click()


@pytest.mark.smoke
def test_one_group_at_a_time_there_and_back(form: Calculator) -> None:
    expect(group(form, "situation")).to_contain_text("Steg 1 av 5")
    expect(form.page.locator('[data-tool="back"]')).to_be_hidden()
    for number, name in enumerate(("plan", "letter", "costs", "pre_project"), 2):
        press(form, "next")
        expect_step(form, name, number, 5)
    # A group that can be folded is open when it is the one that is shown.
    expect(form.control("pre_project_amount")).to_be_visible()
    expect(form.page.locator('[data-tool="next"]')).to_be_hidden()
    press(form, "back")
    expect_step(form, "costs", 4, 5)
    press(form, "next")
    press(form, "result")
    expect(form.page.locator("#resultat")).to_be_focused()
    expect(form.page.locator("#resultat")).to_be_in_viewport()


def test_answers_stay_from_step_to_step(form: Calculator) -> None:
    press(form, "next")
    form.answer(positions="6,5")
    press(form, "next")
    form.answer(share_year_3="70", share_year_4="40")
    form.expect_plan("award", {2025: 3_250_000, 2026: 3_250_000, 2027: 2_275_000, 2028: 1_300_000})
    press(form, "back")
    expect(form.control("positions")).to_have_value("6,5")


def test_a_group_that_asks_nothing_is_no_step(form: Calculator) -> None:
    form.answer(plan_year="2027", years_received="2")
    expect(group(form, "pre_project")).to_have_attribute("hidden", "")
    expect(group(form, "situation")).to_contain_text("Steg 1 av 4")
    form.answer(plan_year="2025", years_received="0")
    expect(group(form, "situation")).to_contain_text("Steg 1 av 5")


def test_all_questions_can_be_shown_at_once(form: Calculator) -> None:
    press(form, "all")
    expect(form.page.locator("[data-group]").filter(visible=True)).to_have_count(5)
    expect(group(form, "situation").locator("h3")).to_be_focused()
    expect(form.page.locator("[data-step-place]").filter(visible=True)).to_have_count(0)
    press(form, "one")
    expect_step(form, "situation", 1, 5)


def test_a_mistake_in_another_step_is_told_and_led_to(
    form: Calculator, translations: Translations
) -> None:
    press(form, "next")
    form.answer(positions="seks")
    press(form, "next")
    t = translations.translator("nb")
    told = form.page.locator("[data-step-problems]")
    expect(told.get_by_role("status")).to_have_text(t("form.steps.problems"))
    button = told.get_by_role("button", name=t("form.group.plan"))
    button.click()
    expect(form.control("positions")).to_be_focused()
    expect(form.error("positions")).to_be_visible()
    expect(told.get_by_role("button")).to_have_count(0)
    form.answer(positions="6")
    form.expect_plan("award", {2025: 3_000_000})
    press(form, "next")
    expect_step(form, "letter", 3, 5)
    expect(told).to_have_text("")


def test_a_mistake_is_not_told_while_a_button_is_pressed(phone: Page) -> None:
    """What it says would move the button away from under the pointer, and the press be lost."""
    phone.add_init_script(
        "window.answers = 0; const Real = Worker; window.Worker = class extends Real {"
        "constructor(...all) { super(...all);"
        "this.addEventListener('message', () => window.answers++); } }"
    )
    phone.goto(PATH)
    form = Calculator(phone)
    form.expect_state("ready")
    press(form, "next")
    button = phone.locator('[data-tool="next"]')
    form.control("positions").fill("seks")
    button.hover()
    said = phone.evaluate("answers")
    phone.mouse.down()
    # An answer to the field that has been left, and time to show it.
    phone.wait_for_function("said => answers > said", arg=said)
    phone.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    expect(form.error("positions")).to_be_hidden()
    phone.mouse.up()
    expect_step(form, "letter", 3, 5)
    told = phone.locator("[data-step-problems]")
    told.get_by_role("button").click()
    expect(form.error("positions")).to_be_visible()


def test_the_answer_stands_at_the_end_of_each_step(form: Calculator) -> None:
    bar = form.page.locator(".result-bar")
    press(form, "next")
    form.answer(positions="8")
    expect(bar).to_contain_text("8 000 000 kr")
    expect(bar).to_be_in_viewport(ratio=1)
    bar.click()
    expect(form.page.locator("#resultat")).to_be_in_viewport()
    expect(form.page).to_have_url(re.compile("#resultat$"))


def test_the_keyboard_is_enough(form: Calculator) -> None:
    page = form.page
    form.control("plan_year").focus()
    reached = ""
    while reached != "next":
        page.keyboard.press("Tab")
        reached = page.evaluate("document.activeElement.dataset.tool ?? ''")
    page.keyboard.press("Enter")
    expect_step(form, "plan", 2, 5)
    page.keyboard.press("Tab")
    expect(form.control("positions")).to_be_focused()
    page.keyboard.type("6,5")
    form.expect_plan("award", {2025: 3_250_000})


@pytest.mark.parametrize("path", [PATH, f"/{GENERAL}/", f"/nn{PATH}"])
def test_nothing_is_wider_than_the_smallest_screen_and_all_can_be_hit(
    phone: Page, path: str
) -> None:
    phone.set_viewport_size(SMALLEST)  # type: ignore[arg-type]
    phone.goto(path)
    calculator = Calculator(phone)
    calculator.expect_state("ready")
    press(calculator, "all")
    calculator.unfold()
    assert phone.evaluate(OVERFLOW) == 0
    targets = calculator.form.evaluate(TARGETS)
    assert len(targets) > 15
    assert [target for target in targets if min(target[1:]) < 44] == []


def test_without_the_script_of_the_steps_the_reader_is_told(
    phone: Page, watch: Watch, translations: Translations
) -> None:
    phone.route("**/calculator-tools-*.js", lambda route: route.abort())
    phone.goto(PATH)
    calculator = Calculator(phone)
    calculator.expect_state("ready")
    press(calculator, "next")
    note = phone.locator('[data-note="form"]')
    expect(note).to_contain_text(translations.translator("nb")("actions.not_loaded"))
    phone.unroute("**/calculator-tools-*.js")
    press(calculator, "next")
    expect_step(calculator, "plan", 2, 5)
    watch.complaints.clear()


# --- Wide screens ---


def test_wide_screens_show_what_is_needed_and_fold_what_is_optional(page: Page) -> None:
    page.goto(PATH)
    calculator = Calculator(page)
    calculator.expect_state("ready")
    for name in ("situation", "plan", "letter"):
        expect(group(calculator, name).locator("[data-field-for]").first).to_be_visible()
    for name in ("costs", "pre_project"):
        expect(group(calculator, name).locator("[data-field-for]").first).to_be_hidden()
        expect(group(calculator, name).locator("summary")).to_contain_text("valgfritt")
    for tool in ("next", "all"):
        expect(page.locator(f'[data-tool="{tool}"]')).to_be_hidden()
    expect(page.locator(".result-bar")).to_be_hidden()


def test_what_a_folded_group_must_answer_opens_it(page: Page) -> None:
    page.goto("/tryggest/kalkulator/")
    calculator = Calculator(page)
    calculator.expect_state("ready")
    expect(calculator.control("full_award")).to_be_hidden()
    # Of that year only the award letter tells.
    calculator.answer(plan_year="2024")
    expect(calculator.control("full_award")).to_be_visible()


def test_every_group_of_the_page_is_known(page: Page) -> None:
    page.goto(f"/{GENERAL}/")
    names = page.locator("[data-group]").evaluate_all("(all) => all.map((e) => e.dataset.group)")
    assert names == [name for name in GROUPS if name in names]
    assert names[:3] == ["situation", "own_rules", "plan"]

"""A calculator's page, used as a reader uses it."""

from typing import Any

from playwright.sync_api import Locator, Page, expect


class Calculator:
    """The form of a page. Answers go by the names of the calculator contract."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.form = page.locator("form[data-calculator]")
        self.output = self.form.locator("output")

    def expect_state(self, state: str) -> None:
        expect(self.form).to_have_attribute("data-state", state)

    # --- Questions ---

    def control(self, name: str) -> Locator:
        return self.form.locator(f'[name="{name}"]')

    def field(self, name: str) -> Locator:
        return self.form.locator(f'[data-field-for="{name}"]')

    def error(self, name: str) -> Locator:
        return self.field(name).locator(".field-error")

    def answer(self, **answers: str) -> None:
        """Give answers in this order; a question that is not shown yet is waited for."""
        for name, value in answers.items():
            control = self.control(name).first
            tag, kind = control.evaluate("(e) => [e.tagName, e.type]")
            if tag == "SELECT":
                control.select_option(value)
            elif kind == "radio":
                self.form.locator(f'[name="{name}"][value="{value}"]').check()
            else:
                control.fill(value)

    def type(self, name: str, text: str) -> None:
        """Put the cursor in a field, empty it, and press key after key."""
        self.control(name).click()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.press("Delete")
        self.control(name).press_sequentially(text)

    def expect_fields(self, names: list[str]) -> None:
        """Exactly these questions are shown."""
        shown = self.form.locator("[data-field-for]:visible")
        expect(shown).to_have_count(len(names))
        for name in names:
            expect(self.field(name)).to_be_visible()

    # --- Answers ---

    def cell(self, year: int, name: str) -> Locator:
        return self.output.locator(f'tr[data-year="{year}"] td[data-field="{name}"]')

    def expect_plan(self, name: str, values: dict[int, int]) -> None:
        """A column of the plan by calendar year, in kroner."""
        for year, value in values.items():
            expect(self.cell(year, name)).to_have_attribute("data-value", str(value))

    def html(self) -> str:
        return self.output.inner_html()

    def as_browser_writes(self, html: str) -> str:
        """HTML after the browser has read it and written it out again."""
        written: Any = self.page.evaluate(
            "(html) => { const e = document.createElement('output');"
            " e.innerHTML = html; return e.innerHTML; }",
            html,
        )
        return str(written)

    def expect_html(self, html: str) -> None:
        expect(self.output).to_have_js_property("innerHTML", self.as_browser_writes(html))

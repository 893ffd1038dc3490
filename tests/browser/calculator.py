"""A calculator's page, used as a reader uses it."""

from xml.etree import ElementTree

import html5lib
import playwright.sync_api as playwright

from tests.browser.engines.page import AnyPage, Locator, expect, until

type AnyLocator = Locator | playwright.Locator


class Calculator:
    """The form of a page. Answers go by the names of the calculator contract."""

    def __init__(self, page: AnyPage) -> None:
        self.page = page
        self.form = page.locator("form[data-calculator]")
        self.output = self.form.locator("[data-result]")

    def expect_state(self, state: str) -> None:
        expect(self.form).to_have_attribute("data-state", state)

    def unfold(self) -> None:
        """Open the groups of questions that come folded, where the page has a form."""
        self.page.evaluate(
            "() => document.querySelectorAll('.field-fold').forEach((fold) => (fold.open = true))"
        )

    # --- Questions ---

    def control(self, name: str) -> AnyLocator:
        return self.form.locator(f'[name="{name}"]')

    def field(self, name: str) -> AnyLocator:
        return self.form.locator(f'[data-field-for="{name}"]')

    @property
    def shown_fields(self) -> AnyLocator:
        return self.form.locator("[data-field-for]").filter(visible=True)

    def error(self, name: str) -> AnyLocator:
        return self.field(name).locator(".field-error")

    def answer(self, **answers: str) -> None:
        """Give answers in this order; a question that is not shown yet is waited for.

        Groups that come folded are opened.
        """
        for name, value in answers.items():
            control = self.control(name).first
            tag, kind = control.evaluate(
                """(e) => {
                  e.closest(".field-fold")?.setAttribute("open", "");
                  return [e.tagName, e.type];
                }"""
            )
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
        expect(self.shown_fields).to_have_count(len(names))
        for name in names:
            expect(self.field(name)).to_be_visible()

    # --- Answers ---

    def cell(self, year: int, name: str) -> AnyLocator:
        return self.output.locator(f'tr[data-year="{year}"] td[data-field="{name}"]')

    def expect_plan(self, name: str, values: dict[int, int]) -> None:
        """A column of the plan by calendar year, in kroner."""
        for year, value in values.items():
            expect(self.cell(year, name)).to_have_attribute("data-value", str(value))

    def html(self) -> str:
        return self.output.inner_html()

    def expect_html(self, html: str) -> None:
        """This result is shown, however the browser writes it."""
        expected = canonical(html)
        found = until(self.html, lambda found: found == html or canonical(found) == expected)
        assert canonical(found) == expected


def canonical(html: str) -> str:
    """HTML of a result as any browser that has read it would write it, written one way."""
    parsed = html5lib.parseFragment(html, container="section", namespaceHTMLElements=False)
    return ElementTree.tostring(parsed, encoding="unicode")

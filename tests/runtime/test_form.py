"""The form's script and the worker, in Chromium, with a calculator that has nothing to do with
grants: it doubles a number."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Route

from builder.bundle import assets, runtime
from builder.bundle.runtime import Runtime
from builder.commands.serve import serve_folder
from builder.kit.files import write_files
from tests.browser.engines.page import expect

from .conftest import ROOT, write_project

CALCULATOR = """
import json

def handle(request):
    asked = json.loads(request)
    if asked["op"] == "load":
        return json.dumps({"v": 1, "status": asked["messages"]["loads"]})
    answers = asked["answers"]
    if answers["track"] == "raises":
        raise ValueError("made to fail")
    if answers["track"] == "refuses":
        return json.dumps({"v": 1, "status": "bad_request", "message": "made to refuse"})
    problems = []
    try:
        double = 2 * float(answers["number"].replace(",", "."))
        if answers["number"].endswith(","):
            raise ValueError
    except ValueError:
        double = None
        problems.append({"field": "number", "code": "number", "text": "Skriv et tall."})
    fields = ["track", "number"] + ["more", "most"] * (answers["track"] == "more")
    said = f"{double} {sorted(answers)}"
    return json.dumps({
        "v": 1,
        "status": "invalid" if problems else "estimate",
        "fields": None if problems else fields,
        "problems": problems,
        "summary": f"Det dobbelte er {double}.",
        "html": f"<p id='double' data-value='{double}'>{said}</p>"
        "<details data-fold='how'><summary>Slik</summary><p id='how'>2 x</p></details>",
    })
"""
REQUESTS = [
    '{"op": "load", "messages": {"loads": "loaded"}}',
    '{"op": "estimate", "answers": {"track": "one", "number": "1,5"}}',
    '{"op": "estimate", "answers": {"track": "more", "number": "x"}}',
]
TRACKS = ("one", "more", "raises", "refuses")
PAGE = """<!doctype html>
<html lang="nb"><meta charset="utf-8"><title>Prøve</title><link rel="icon" href="data:,">
<form method="dialog" data-calculator="double" data-state="static" data-lang="nb"
  data-worker="{worker}" data-tools="{tools}" data-text-loading="Kommer"
  data-text-ready="Klar" data-text-error="Svarer ikke" data-text-retry="Prøv igjen">
<fieldset data-field-for="track"><legend>Spor</legend>{tracks}</fieldset>
<div data-field-for="number"><label for="number">Tall</label><p id="help">Hjelp</p>
<input id="number" name="number" value="2" aria-describedby="help">
<p class="field-error" id="number-error" hidden></p></div>
<div data-field-for="more" hidden><label for="more">Mer</label>
<input id="more" name="more" value="7"></div>
<div data-field-for="most" hidden><label for="most">Mest</label>
<select id="most" name="most"><option>1<option>2</select></div>
<p data-status role="status"></p>
<section aria-live="polite" data-result><p id="static">4</p></section>
<button type="reset">Nullstill</button>
</form>
<a href="/other.html">Videre</a>
<script type="application/json" id="calculator-data">{{"messages": {{"loads": "{loads}"}}}}</script>
<script type="module" src="{script}"></script>
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, shipped: Runtime) -> Runtime:
    root = write_project(tmp_path_factory.mktemp("form") / "project", CALCULATOR)
    return runtime.build(root, REQUESTS)


@pytest.fixture(scope="module")
def address(made: Runtime, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("form-site")
    theme = assets.build(ROOT, made.constants)
    write_files(folder / "assets", theme.files.items())
    write_files(folder / made.url.strip("/"), made.files.items())
    tracks = "".join(
        f'<input type="radio" name="track" id="is-{t}" value="{t}"'
        f'{" checked" if t == "one" else ""}><label for="is-{t}">{t}</label>'
        for t in TRACKS
    )
    for name, loads in (("index", "loaded"), ("broken", "bad_request")):
        page = PAGE.format(
            worker=theme.url("js/worker.js"),
            tools=theme.url("js/calculator-tools.js"),
            script=theme.url("js/calculator.js"),
            tracks=tracks,
            loads=loads,
        )
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    (folder / "other.html").write_text("<!doctype html><title>Annen</title>", encoding="utf-8")
    with serve_folder(folder) as address:
        yield address


class Form:
    """The test page, and what it says on the console."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        self.form = page.locator("form")
        self.number = page.locator("#number")
        self.error = page.locator("#number-error")
        self.status = page.locator("[data-status]")
        self.result = page.locator("[data-result]")
        self.news = self.result.locator("xpath=preceding-sibling::p[@role='status'][1]")
        self.static = page.locator("#static")
        self.double = page.locator("#double")
        self.retry = page.get_by_role("button", name="Prøv igjen")

    def open(self, state: str = "ready", path: str = "/") -> Form:
        self.page.goto(self.address + path)
        self.is_in(state)
        return self

    def is_in(self, state: str) -> None:
        expect(self.form).to_have_attribute("data-state", state)

    def shows(self, value: str) -> None:
        expect(self.double).to_have_attribute("data-value", value)

    def choose(self, track: str) -> None:
        self.page.locator(f"#is-{track}").check()


@pytest.fixture
def form(page: Page, address: str) -> Form:
    # A browser without service workers: this site has none.
    page.add_init_script("delete Navigator.prototype.serviceWorker")
    return Form(page, address)


class Gate:
    """Holds back what is asked for, until it is opened."""

    def __init__(self, page: Page, pattern: str) -> None:
        self.waiting: list[Route] = []
        self.page = page
        self.pattern = pattern
        page.route(pattern, lambda route: self.waiting.append(route))

    def open(self) -> None:
        for route in self.waiting:
            route.continue_()
        self.page.unroute(self.pattern)


def test_starts_by_itself_and_leaves_the_static_answer_alone(form: Form, made: Runtime):
    form.open()
    expect(form.status).to_have_text("Klar")
    expect(form.static).to_have_text("4")
    expect(form.double).to_have_count(0)
    assert form.said == []
    files = {url.removeprefix(form.address + made.url) for url in form.asked if made.url in url}
    assert files == set(made.lock["files"]) - {"workbook.zip"}


def test_asks_nobody_else(form: Form):
    form.open()
    form.number.fill("8")
    form.shows("16.0")
    assert [url for url in form.asked if not url.startswith((form.address, "data:"))] == []


def test_computes_what_is_typed(form: Form):
    form.open()
    form.number.fill("2,5")
    form.shows("5.0")
    expect(form.static).to_have_count(0)
    assert form.said == []


def test_computes_what_was_typed_while_python_was_coming(form: Form):
    gate = Gate(form.page, "**/pyodide.asm.wasm")
    form.open("loading")
    expect(form.status).to_have_text("Kommer")
    form.number.fill("3")
    form.number.fill("30")
    expect(form.static).to_be_visible()
    gate.open()
    form.shows("60.0")


def test_of_many_keys_the_last_one_counts(form: Form):
    form.open()
    form.number.fill("")
    form.number.press_sequentially("1234567")
    form.shows("2469134.0")


def test_tells_screen_readers_after_a_pause_and_only_the_summary(form: Form):
    form.open()
    expect(form.result).to_have_attribute("aria-live", "off")
    form.page.clock.install()
    form.number.fill("5")
    form.shows("10.0")
    expect(form.news).to_have_text("")
    form.page.clock.run_for(1000)
    expect(form.news).to_have_text("Det dobbelte er 10.0.")
    # The same sentence again is still news.
    form.number.fill("5")
    expect(form.news).to_have_text("")
    form.page.clock.run_for(1000)
    expect(form.news).to_have_text("Det dobbelte er 10.0.")


def test_half_a_number_is_no_mistake_until_the_reader_stops(form: Form):
    form.open()
    form.page.clock.install()
    form.number.fill("6")
    form.shows("12.0")
    form.number.press("End")
    form.number.press(",")
    form.page.clock.run_for(300)
    form.number.press("5")
    form.shows("13.0")
    expect(form.error).to_be_hidden()


def test_a_mistake_is_told_at_its_field_and_taken_back(form: Form):
    form.open()
    form.number.fill("seks")
    expect(form.error).to_have_text("Skriv et tall.")
    expect(form.error).to_be_visible()
    expect(form.number).to_have_attribute("aria-invalid", "true")
    expect(form.number).to_have_attribute("aria-describedby", "help number-error")
    form.number.fill("6")
    expect(form.error).to_be_hidden()
    expect(form.number).not_to_have_attribute("aria-invalid", "true")
    expect(form.number).to_have_attribute("aria-describedby", "help")


def test_leaving_the_field_tells_the_mistake_at_once(form: Form):
    form.open()
    form.page.clock.install()
    form.number.fill("seks")
    form.number.press("Tab")
    expect(form.error).to_be_visible()


def test_what_the_reader_has_opened_stays_open_in_the_next_answer(form: Form):
    form.open()
    form.number.fill("5")
    form.shows("10.0")
    how = form.page.locator("#how")
    expect(how).to_be_hidden()
    form.page.locator("summary").click()
    form.number.fill("6")
    form.shows("12.0")
    expect(how).to_be_visible()
    form.page.locator("summary").click()
    form.number.fill("7")
    form.shows("14.0")
    expect(how).to_be_hidden()


def test_on_paper_everything_is_open_and_afterwards_as_it_was(form: Form):
    form.open()
    form.number.fill("5")
    form.shows("10.0")
    how = form.page.locator("#how")
    form.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(how).to_be_visible()
    form.page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(how).to_be_hidden()


def test_answers_of_hidden_fields_are_not_sent(form: Form):
    form.open()
    form.number.fill("1")
    expect(form.double).to_have_text("2.0 ['number', 'track']")
    form.choose("more")
    expect(form.page.locator("#more")).to_be_visible()
    expect(form.double).to_have_text("2.0 ['more', 'most', 'number', 'track']")
    form.choose("one")
    expect(form.page.locator("#more")).to_be_hidden()
    form.number.fill("3")
    expect(form.double).to_have_text("6.0 ['number', 'track']")


def test_a_mistake_leaves_the_fields_as_they_are(form: Form):
    form.open()
    form.choose("more")
    expect(form.page.locator("#more")).to_be_visible()
    form.number.fill("x")
    expect(form.error).to_be_visible()
    expect(form.page.locator("#more")).to_be_visible()


def test_enter_computes_and_stays_on_the_page(form: Form):
    form.open()
    form.number.fill("seks")
    form.number.press("Enter")
    expect(form.error).to_be_visible()
    assert form.page.url == form.address + "/"


def test_reset_puts_everything_back(form: Form):
    form.open()
    form.choose("more")
    form.number.fill("9")
    form.shows("18.0")
    form.page.get_by_role("button", name="Nullstill").click()
    form.shows("4.0")
    expect(form.number).to_have_value("2")
    expect(form.page.locator("#more")).to_be_hidden()


def test_reset_without_python_shows_the_static_answer(form: Form):
    form.open()
    form.number.fill("9")
    form.shows("18.0")
    form.page.route("**/pyodide.mjs", lambda route: route.abort())
    form.choose("raises")
    form.is_in("error")
    form.retry.click()
    form.is_in("error")
    form.page.get_by_role("button", name="Nullstill").click()
    expect(form.static).to_have_text("4")


@pytest.mark.parametrize("track", ["raises", "refuses"])
def test_a_question_without_an_answer_is_no_end(form: Form, track: str):
    form.open()
    form.choose(track)
    form.is_in("error")
    expect(form.status).to_have_text("Svarer ikke")
    expect(form.static).to_be_visible()
    assert "no answer" in form.said[0]
    form.choose("one")
    form.shows("4.0")
    form.is_in("ready")
    expect(form.retry).to_have_count(0)


@pytest.mark.parametrize("missing", ["pyodide.asm.wasm", "worker-*.js"])
def test_a_missing_file_is_told_and_can_be_tried_again(form: Form, missing: str):
    form.page.route(f"**/{missing}", lambda route: route.fulfill(status=404))
    form.open("error")
    expect(form.status).to_have_text("Svarer ikke")
    expect(form.static).to_be_visible()
    form.number.fill("7")
    form.page.unroute(f"**/{missing}")
    form.retry.click()
    expect(form.status).to_be_focused()
    form.shows("14.0")
    expect(form.status).to_have_text("Klar")
    expect(form.retry).to_have_count(0)


def test_typing_after_a_failure_does_not_start_python_again_and_again(form: Form):
    form.page.route("**/pyodide.mjs", lambda route: route.fulfill(status=404))
    form.open("error")
    before = len(form.asked)
    form.number.press_sequentially("123")
    form.page.wait_for_timeout(300)
    form.is_in("error")
    assert len(form.asked) == before


def test_rules_that_python_does_not_take_are_told(form: Form):
    form.open("error", "/broken.html")
    assert "bad_request" in form.said[0]


def test_blocked_webassembly_is_told_at_once(form: Form):
    def block(route: Route) -> None:
        answer = route.fetch()
        policy = answer.headers["content-security-policy"].replace("'wasm-unsafe-eval'", "")
        route.fulfill(
            response=answer, headers={**answer.headers, "content-security-policy": policy}
        )

    form.page.route("**/worker-*.js", block)
    form.page.clock.install()
    form.open("error")
    expect(form.static).to_be_visible()


def test_too_long_a_wait_is_told_and_python_may_still_come(form: Form):
    form.page.clock.install()
    gate = Gate(form.page, "**/pyodide.asm.js")
    form.page.goto(form.address)
    form.number.fill("4")
    form.is_in("loading")
    form.page.clock.run_for(31_000)
    form.is_in("error")
    expect(form.retry).to_be_visible()
    gate.open()
    form.shows("8.0")
    form.is_in("ready")
    expect(form.retry).to_have_count(0)


def test_going_back_keeps_what_was_typed_and_computes_it(form: Form):
    form.open()
    form.number.fill("11")
    form.shows("22.0")
    form.page.get_by_role("link", name="Videre").click()
    expect(form.page).to_have_title("Annen")
    form.page.go_back()
    expect(form.number).to_have_value("11")
    form.shows("22.0")


def test_a_page_kept_for_the_back_button_gets_a_new_worker(form: Form):
    form.open()
    form.number.fill("11")
    form.shows("22.0")
    form.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    while form.page.workers:
        form.page.wait_for_timeout(20)
    form.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    form.is_in("ready")
    form.number.fill("12")
    form.shows("24.0")


def test_who_saves_data_gets_python_when_the_form_is_used(context: BrowserContext, address: str):
    context.add_init_script(
        "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"
    )
    form = Form(context.new_page(), address)
    form.open("static")
    form.page.wait_for_timeout(500)
    form.is_in("static")
    form.number.focus()
    form.is_in("ready")


def test_works_where_browsers_have_no_idle_callback(context: BrowserContext, address: str):
    context.add_init_script("delete window.requestIdleCallback")
    form = Form(context.new_page(), address).open()
    form.number.fill("1")
    form.shows("2.0")

"""Faults on the way to an answer: the page reports each one, loses nothing, and can recover.

The browser has no service worker here: tests of the service worker are in test_offline.py.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType, Locator, Page, Route

from builder.commands.serve import serve_folder
from builder.kit.headers import content_security_policy
from builder.kit.i18n import Translations
from tests.bench.network import slow_line
from tests.browser.calculator import Calculator
from tests.browser.conftest import OpenCalculator, Watch
from tests.browser.engines.page import expect

type Translate = Callable[..., str]

PATH = "/oppfolging-voksne/kalkulator/"
WORKER = "**/assets/worker-*.js"


@pytest.fixture
def t(translations: Translations) -> Translate:
    return translations.translator("nb")


@pytest.fixture(autouse=True)
def without_service_worker(page: Page) -> None:
    page.add_init_script("delete Navigator.prototype.serviceWorker")


@pytest.fixture
def expect_failure(page: Page, t: Translate, watch: Watch) -> Iterator[Callable[[], Calculator]]:
    """The page says that it failed, offers to try again, and has the built answer."""

    def look() -> Calculator:
        calculator = Calculator(page)
        calculator.expect_state("error")
        expect(calculator.form.locator("p[data-status]")).to_have_text(t("calculator.error"))
        expect(calculator.form.locator("p[data-status]")).to_have_attribute("role", "status")
        expect(retry(calculator, t)).to_be_visible()
        calculator.expect_plan("award", {2025: 5_000_000})
        return calculator

    yield look
    assert watch.complaints, "Whoever looks into the console finds the reason."
    close_broken(page, watch)


def close_broken(page: Page, watch: Watch) -> None:
    """Done with a page that had reason to complain, also of what it says at its very end."""
    page.close()
    watch.complaints.clear()


def retry(calculator: Calculator, t: Translate) -> Locator:
    return calculator.form.get_by_role("button", name=t("calculator.retry"))


def expect_it_computes(calculator: Calculator) -> None:
    calculator.expect_state("ready")
    calculator.answer(positions="6,5")
    calculator.expect_plan("award", {2025: 3_250_000})


def broken(route: Route, change: Callable[[bytes], bytes]) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=change(answer.body()))


@contextmanager
def held_back(page: Page, pattern: str) -> Iterator[Callable[[], None]]:
    """Requests that are let through only when the test says so."""
    held: list[Route] = []
    page.route(pattern, lambda route: held.append(route))

    def let_go() -> None:
        assert held
        for route in held:
            route.continue_()
        held.clear()
        page.unroute(pattern)

    yield let_go


def test_what_is_typed_before_python_is_there_is_answered_when_it_is(
    open_calculator: OpenCalculator, page: Page, t: Translate
) -> None:
    with held_back(page, "**/python_stdlib.zip") as let_go:
        calculator = open_calculator("oppfolging-voksne", wait=False)
        before = calculator.html()
        calculator.expect_state("loading")
        expect(calculator.form.locator("p[data-status]")).to_have_text(t("calculator.loading"))
        calculator.answer(positions="6,5", share_year_3="70", share_year_4="40")
        # Nothing is made up meanwhile.
        assert calculator.html() == before
        let_go()
        calculator.expect_plan(
            "award", {2025: 3_250_000, 2026: 3_250_000, 2027: 2_275_000, 2028: 1_300_000}
        )
        calculator.expect_state("ready")


FILES = ["pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip", "*.whl"]


def truncated(data: bytes) -> bytes:
    return data[: len(data) // 2]


def changed(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("change", [truncated, changed])
def test_a_file_that_is_not_what_the_build_made_is_not_used(
    page: Page,
    expect_failure: Callable[[], Calculator],
    watch: Watch,
    file: str,
    change: Callable[[bytes], bytes],
) -> None:
    page.route(f"**/runtime/*/{file}", lambda route: broken(route, change))
    page.goto(PATH)
    expect_failure()
    assert any("is not what the lock says" in said for said in watch.complaints)


@pytest.mark.parametrize("pattern", [WORKER, *(f"**/runtime/*/{file}" for file in FILES)])
def test_a_missing_file_is_told(
    page: Page, expect_failure: Callable[[], Calculator], pattern: str
) -> None:
    page.route(pattern, lambda route: route.fulfill(status=404, body="Borte"))
    page.goto(PATH)
    expect_failure()


@pytest.mark.smoke
def test_after_a_failure_it_can_be_tried_again(
    open_calculator: OpenCalculator, page: Page, watch: Watch, t: Translate
) -> None:
    page.route("**/pyodide.asm.wasm", lambda route: route.abort())
    calculator = open_calculator("oppfolging-voksne", wait=False)
    retry = calculator.form.get_by_role("button", name=t("calculator.retry"))
    calculator.expect_state("error")
    calculator.answer(positions="6")
    # Still no network.
    retry.click()
    expect(retry).to_be_visible()
    calculator.expect_state("error")
    page.unroute("**/pyodide.asm.wasm")
    retry.click()
    calculator.expect_state("ready")
    # What was typed meanwhile is answered.
    calculator.expect_plan("award", {2025: 3_000_000})
    expect(retry).to_have_count(0)
    close_broken(page, watch)


def test_a_file_that_never_comes_is_told_too(page: Page, watch: Watch, t: Translate) -> None:
    page.clock.install()
    with held_back(page, "**/pyodide.asm.wasm"):
        page.goto("/oppfolging-voksne/kalkulator/")
        calculator = Calculator(page)
        calculator.control("positions").focus()
        calculator.expect_state("loading")
        page.clock.fast_forward("05:00")
        calculator.expect_state("error")
        expect(calculator.form.locator("p[data-status]")).to_have_text(t("calculator.error"))
        expect(calculator.form.get_by_role("button", name=t("calculator.retry"))).to_be_visible()
    close_broken(page, watch)


def test_a_file_broken_in_a_cache_is_got_again(page: Page, watch: Watch) -> None:
    times = 0

    def broken_once(route: Route) -> None:
        nonlocal times
        times += 1
        if times == 1:
            broken(route, truncated)
        else:
            route.continue_()

    page.route("**/python_stdlib.zip", broken_once)
    page.goto(PATH)
    expect_it_computes(Calculator(page))
    assert times == 2
    assert [said for said in watch.complaints if "is not what the lock says" in said]
    close_broken(page, watch)


def test_wasm_that_is_not_allowed_is_told(
    page: Page, expect_failure: Callable[[], Calculator]
) -> None:
    forbidden = content_security_policy("/")
    assert "wasm" not in forbidden

    def forbid(route: Route) -> None:
        answer = route.fetch()
        headers = {**answer.headers, "content-security-policy": forbidden}
        route.fulfill(response=answer, headers=headers)

    page.route(WORKER, forbid)
    page.goto(PATH)
    expect_failure()


def test_too_little_memory_is_told(
    page: Page, expect_failure: Callable[[], Calculator], t: Translate
) -> None:
    full = b"WebAssembly.Memory = class { constructor() { throw new RangeError('no memory') } };"
    page.route(WORKER, lambda route: broken(route, lambda data: full + data))
    page.goto(PATH)
    calculator = expect_failure()
    page.unroute(WORKER)
    retry(calculator, t).click()
    expect_it_computes(calculator)


def test_a_worker_that_dies_is_told_and_can_be_started_again(
    page: Page, open_calculator: OpenCalculator, t: Translate
) -> None:
    page.clock.install()
    calculator = open_calculator("oppfolging-voksne")
    (worker,) = page.workers
    worker.evaluate("self.close()")
    calculator.answer(positions="6,5")
    page.clock.run_for(31_000)
    calculator.expect_state("error")
    calculator.expect_plan("award", {2025: 5_000_000})
    retry(calculator, t).click()
    # Nothing that was typed is lost.
    calculator.expect_plan("award", {2025: 3_250_000})
    calculator.expect_state("ready")


def test_a_server_that_goes_away_while_python_comes_is_told(
    page: Page,
    built_site: Path,
    expect_failure: Callable[[], Calculator],
    t: Translate,
    watch: Watch,
) -> None:
    with ExitStack() as server:
        address = watch.base_url = server.enter_context(serve_folder(built_site))
        held: list[Route] = []
        page.route("**/pyodide.asm.wasm", lambda route: held.append(route))
        page.goto(f"{address}{PATH}")
        Calculator(page).expect_state("loading")
        expect(page.locator("h1")).to_be_visible()
        while not held:
            page.wait_for_timeout(20)
    for route in held:
        route.continue_()
    page.unroute("**/pyodide.asm.wasm")
    calculator = expect_failure()
    with serve_folder(built_site, int(address.rpartition(":")[2])):
        retry(calculator, t).click()
        expect_it_computes(calculator)


@pytest.mark.parametrize(
    ("megabits", "milliseconds"), [(10, 40), (1.6, 150)], ids=["10 Mbit/s", "1.6 Mbit/s"]
)
def test_a_slow_network_is_waited_for(
    browser: Browser,
    served_site: str,
    watch: Watch,
    t: Translate,
    megabits: float,
    milliseconds: float,
) -> None:
    with (
        slow_line(served_site, megabits * 1e6 / 8, milliseconds / 1000) as line,
        browser.new_context(base_url=line.address) as context,
    ):
        watch.base_url = line.address
        page = watch.over(context).new_page()
        page.goto(PATH)
        calculator = Calculator(page)
        calculator.expect_state("loading")
        expect(calculator.form.locator("p[data-status]")).to_have_text(t("calculator.loading"))
        # The page is whole, and can be filled in meanwhile.
        calculator.expect_plan("award", {2025: 5_000_000})
        calculator.answer(positions="6,5")
        expect(calculator.form).to_have_attribute("data-state", "ready")
        calculator.expect_plan("award", {2025: 3_250_000})


def test_everything_is_asked_for_at_once(page: Page) -> None:
    held: list[Route] = []
    page.route("**/runtime/**", lambda route: held.append(route))
    page.goto(PATH)
    while len(held) < len(FILES):
        page.wait_for_timeout(20)
    for route in held:
        route.continue_()
    page.unroute("**/runtime/**")
    Calculator(page).expect_state("ready")


def test_text_can_be_made_html_or_script_in_one_place_only(page: Page, watch: Watch) -> None:
    page.goto(PATH)
    refused = page.evaluate(
        """async () => {
            // Out of the test's own call, for which the policy is relaxed.
            await new Promise((resolve) => setTimeout(resolve));
            const tries = {
                html: () => { document.body.innerHTML = "<b>x</b>"; },
                worker: () => new Worker("/assets/x.js"),
                script: () => { document.createElement("script").text = "1"; },
                policy: () => trustedTypes.createPolicy("another", {}),
                again: () => trustedTypes.createPolicy("tilskuddsstigen", {}),
                eval: () => (0, eval)("1"),
            };
            const isRefused = (attempt) => {
                try {
                    attempt();
                    return false;
                } catch {
                    return true;
                }
            };
            return Object.keys(tries).filter((name) => isRefused(tries[name]));
        }"""
    )
    page.close()
    assert refused == ["html", "worker", "script", "policy", "again", "eval"]
    close_broken(page, watch)


@pytest.mark.parametrize("is_whole", [True, False])
def test_without_https_it_works_and_is_checked_too(
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    served_site: str,
    is_whole: bool,
) -> None:
    # A name that is not this machine's own, as on the inner network of a kommune.
    arguments = [*browser_type_launch_args["args"], "--host-resolver-rules=MAP *.test 127.0.0.1"]
    address = served_site.replace("127.0.0.1", "innsida.test")
    with browser_type.launch(**{**browser_type_launch_args, "args": arguments}) as browser:
        page = browser.new_page()
        if not is_whole:
            page.route("**/*.whl", lambda route: route.fulfill(body=b"En annen fil"))
        page.goto(f"{address}{PATH}")
        assert page.evaluate("isSecureContext") is False
        if is_whole:
            expect_it_computes(Calculator(page))
        else:
            Calculator(page).expect_state("error")

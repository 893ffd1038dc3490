"""The cache of the service worker: pages and calculators work offline, also after a publish."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from builder.commands.serve import serve_folder
from tests.browser.calculator import Calculator
from tests.browser.engines.page import expect
from tests.browser.service_workers import expect_next_waits, open_taken_over
from tests.browser.workbooks import REQUEST, WORKBOOK, ask, watch_worker
from tests.conftest import build_site, copy_project
from tests.once import made_once

CALCULATOR = "/oppfolging-voksne/kalkulator/"
SCHEME = "/oppfolging-voksne/"
NEWS = "Denne setningen er ny i dag."

KEPT = """async () => {
    const kept = {};
    for (const name of await caches.keys()) {
        const keys = await (await caches.open(name)).keys();
        kept[name] = keys.map((request) => new URL(request.url).pathname);
    }
    return kept;
}"""

DAMAGE = """async (damage) => {
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
            if (damage === "broken") {
                await cache.put(request, new Response("<!doctype html><p>Halv"));
            } else {
                await cache.delete(request);
            }
        }
        if (damage === "deleted") {
            await caches.delete(name);
        }
    }
}"""


class Host:
    """A server that can be stopped, started again, and given another version of the site."""

    def __init__(self, link: Path, port: int) -> None:
        self.link = link
        self.port = port
        self._stack = ExitStack()

    def publish(self, version: Path) -> None:
        new = self.link.with_name("new")
        new.symlink_to(version)
        new.replace(self.link)

    def start(self) -> str:
        return self._stack.enter_context(serve_folder(self.link, self.port))

    def stop(self) -> None:
        self._stack.close()


@pytest.fixture(scope="module")
def versions(
    built_site: Path, project_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """The site, and the site after a change of prose and of calc."""

    def make(folder: Path) -> None:
        project = tmp_path_factory.mktemp("next") / "project"
        copy_project(project_root, project, own=("calc",))
        with (project / "calc/money.py").open("a") as file:
            file.write("\n\nNEXT_VERSION = True\n")
        with (project / f"content{CALCULATOR[:-1]}.md").open("a") as file:
            file.write(f"\n{NEWS}\n")
        build_site(project, folder)

    return built_site, made_once(tmp_path_factory, "next-version", make)


def runtime_of(version: Path) -> str:
    (folder,) = (version / "runtime").iterdir()
    return f"/runtime/{folder.name}/"


@pytest.fixture
def host(built_site: Path, tmp_path: Path) -> Iterator[Host]:
    link = tmp_path / "current"
    link.symlink_to(built_site)
    host = Host(link, 0)
    address = host.start()
    # At the same address again after a stop.
    host.port = int(address.rpartition(":")[2])
    yield host
    host.stop()


@pytest.fixture
def reader(browser: Browser, host: Host) -> Iterator[BrowserContext]:
    """A browser of its own, with service workers."""
    with browser.new_context(base_url=f"http://127.0.0.1:{host.port}") as context:
        yield context


@pytest.fixture
def said(reader: BrowserContext) -> list[str]:
    """Complaints on the console."""
    complaints: list[str] = []
    reader.on(
        "console",
        lambda message: (
            complaints.append(message.text) if message.type in ("error", "warning") else None
        ),
    )
    return complaints


def is_kept(page: Page, *paths: str) -> None:
    """Wait until these are kept."""
    for path in paths:
        page.evaluate(
            """async (path) => {
                const deadline = performance.now() + 20_000;
                while (!(await caches.match(path))) {
                    if (performance.now() > deadline) {
                        throw new Error(`${path} is not kept`);
                    }
                    await new Promise((resolve) => setTimeout(resolve, 50));
                }
            }""",
            path,
        )


def visit(reader: BrowserContext, version: Path, path: str = CALCULATOR) -> Page:
    """Use the calculator of a page until everything of it is kept."""
    page = reader.new_page()
    page.goto(path)
    Calculator(page).expect_state("ready")
    is_kept(page, path, *(runtime_of(version) + p.name for p in wanted(version)))
    return page


def wanted(version: Path) -> list[Path]:
    """What answers need of the runtime."""
    folder = version / runtime_of(version).strip("/")
    kinds = {".mjs", ".js", ".wasm", ".zip", ".whl"}
    return [p for p in folder.iterdir() if p.suffix in kinds and p.name != WORKBOOK]


def expect_it_computes(page: Page) -> None:
    calculator = Calculator(page)
    calculator.expect_state("ready")
    calculator.answer(positions="6,5")
    calculator.expect_plan("award", {2025: 3_250_000})


@pytest.mark.smoke
def test_a_calculator_used_once_works_without_a_network(
    reader: BrowserContext, host: Host, built_site: Path, said: list[str]
) -> None:
    visit(reader, built_site).close()
    assert said == []
    host.stop()
    page = reader.new_page()
    page.goto(CALCULATOR)
    expect_it_computes(page)
    # The page looks as it should, too: its style sheet and font have come.
    assert page.evaluate("document.fonts.check('16px \"Inter Variable\"')")
    assert page.evaluate("document.styleSheets[0].cssRules.length") > 0


def test_also_when_only_the_service_worker_has_kept_it(
    reader: BrowserContext, host: Host, built_site: Path
) -> None:
    page = visit(reader, built_site)
    reader.new_cdp_session(page).send("Network.clearBrowserCache")
    page.close()
    host.stop()
    page = reader.new_page()
    page.goto(CALCULATOR)
    expect_it_computes(page)


def test_workbooks_work_without_a_network_for_who_has_made_one(
    reader: BrowserContext, host: Host, built_site: Path, said: list[str]
) -> None:
    def open_again() -> Page:
        page = reader.new_page()
        watch_worker(page)
        page.goto(CALCULATOR)
        Calculator(page).expect_state("ready")
        return page

    file = runtime_of(built_site) + WORKBOOK
    visit(reader, built_site).close()
    page = open_again()
    assert not page.evaluate("async (path) => Boolean(await caches.match(path))", file)
    assert ask(page, REQUEST)["type"] == "response"
    is_kept(page, file)
    reader.new_cdp_session(page).send("Network.clearBrowserCache")
    page.close()
    assert said == []
    host.stop()
    assert ask(open_again(), REQUEST)["type"] == "response"


@pytest.mark.smoke
def test_a_page_never_opened_says_that_there_is_no_network(
    reader: BrowserContext, host: Host, built_site: Path
) -> None:
    visit(reader, built_site).close()
    host.stop()
    page = reader.new_page()
    page.goto("/tryggest/rapportering/")
    expect(page.locator("h1")).to_have_text("Du er uten nett")
    page.goto("/nn/tryggest/rapportering/")
    expect(page.locator("h1")).to_have_text("Du er utan nett")


@pytest.mark.parametrize("damage", ["deleted", "emptied", "broken"])
def test_without_caches_and_network_our_own_page_says_so(
    reader: BrowserContext, host: Host, built_site: Path, damage: str
) -> None:
    page = visit(reader, built_site)
    page.evaluate(DAMAGE, damage)
    reader.new_cdp_session(page).send("Network.clearBrowserCache")
    page.close()
    host.stop()
    page = reader.new_page()
    for path, lang, heading, text in (
        (CALCULATOR, "nb", "Du er uten nett", "Siden kan ikke vises nå."),
        ("/finnes-ikke/", "nb", "Du er uten nett", "Siden kan ikke vises nå."),
        (f"/nn{CALCULATOR}", "nn", "Du er utan nett", "Sida kan ikkje visast no."),
    ):
        page.goto(path)
        expect(page).to_have_title(heading)
        expect(page.locator("h1")).to_have_text(heading)
        expect(page.get_by_text(text)).to_be_visible()
        assert page.locator("html").get_attribute("lang") == lang
        assert page.evaluate("document.compatMode") == "CSS1Compat"


def test_every_page_opened_can_be_read_again_without_a_network(
    reader: BrowserContext, host: Host
) -> None:
    page = reader.new_page()
    page.goto("/")
    is_kept(page, "/")
    page.goto(f"{SCHEME}slik-soker-du/")
    heading = page.locator("h1").inner_text()
    is_kept(page, f"{SCHEME}slik-soker-du/")
    host.stop()
    page.goto("/")
    page.goto(f"{SCHEME}slik-soker-du/")
    expect(page.locator("h1")).to_have_text(heading)


def test_a_server_that_says_a_page_is_gone_is_believed(
    reader: BrowserContext, host: Host, built_site: Path, tmp_path: Path
) -> None:
    visit(reader, built_site).close()
    (tmp_path / "nothing").mkdir()
    (tmp_path / "nothing/404.html").write_text("<!doctype html><h1>Borte</h1></html>", "utf-8")
    host.publish(tmp_path / "nothing")
    answer = reader.new_page().goto(CALCULATOR)
    assert answer is not None
    assert answer.status == 404


def test_a_publish_shows_at_the_next_visit_and_nothing_old_is_left(
    reader: BrowserContext, host: Host, versions: tuple[Path, Path], said: list[str]
) -> None:
    before, after = versions
    assert runtime_of(before) != runtime_of(after)
    visit(reader, before).close()
    host.publish(after)

    page = reader.new_page()
    asked: list[str] = []
    reader.on("request", lambda request: asked.append(request.url))
    page.goto(CALCULATOR)
    expect(page.get_by_text(NEWS)).to_be_visible()
    expect_it_computes(page)
    # Nothing of the version before was used by the new page.
    assert any(runtime_of(after) in url for url in asked)
    assert not any(runtime_of(before) in url for url in asked)
    assert said == []
    # The new service worker has got all, and takes over when the last page of the old is closed.
    is_kept(page, *(runtime_of(after) + p.name for p in wanted(after)))
    expect_next_waits(page)
    page.close()
    page = open_taken_over(reader, "/")
    kept = page.evaluate(KEPT)
    assert sum("pages" in name for name in kept) == 1
    everything = [path for paths in kept.values() for path in paths]
    assert CALCULATOR in everything
    assert [path for path in everything if runtime_of(before) in path] == []

    page.close()
    host.stop()
    page = reader.new_page()
    page.goto(CALCULATOR)
    expect(page.get_by_text(NEWS)).to_be_visible()
    expect_it_computes(page)


def test_a_page_that_is_open_while_something_is_published_goes_on(
    reader: BrowserContext, host: Host, versions: tuple[Path, Path], said: list[str]
) -> None:
    before, after = versions
    old = visit(reader, before)
    host.publish(after)
    new = reader.new_page()
    new.goto(CALCULATOR)
    expect(new.get_by_text(NEWS)).to_be_visible()
    for page in (old, new, old):
        page.bring_to_front()
        expect_it_computes(page)
    old.bring_to_front()
    old.reload()
    expect(old.get_by_text(NEWS)).to_be_visible()
    expect_it_computes(old)
    assert said == []


# What may become of a kept file, and which.
BREAK = """async ([pattern, body]) => {
    let broken = 0;
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
            if (new URL(request.url).pathname.match(pattern)) {
                const { headers } = await cache.match(request);
                await cache.put(request, new Response(body, { headers }));
                broken += 1;
            }
        }
    }
    return broken;
}"""


@pytest.mark.parametrize(
    "pattern",
    [
        r"\.wasm$",
        r"python_stdlib\.zip$",
        r"\.whl$",
        r"pyodide\.mjs$",
        r"pyodide\.asm\.js$",
        r"/assets/site-.*\.css$",
        r"/assets/calculator-[^-]*\.js$",
        r"/assets/worker-.*\.js$",
        r"^/oppfolging-voksne/kalkulator/$",
    ],
)
def test_what_is_kept_and_broken_heals(
    reader: BrowserContext, host: Host, built_site: Path, pattern: str
) -> None:
    page = visit(reader, built_site)
    assert page.evaluate(BREAK, [pattern, "<h1>Halv"]) == 1
    page.close()
    page = reader.new_page()
    page.goto(CALCULATOR)
    expect_it_computes(page)
    # It has been mended where it is kept, so that it can be used without a network again.
    page.evaluate(
        """async (pattern) => {
            const isBroken = async () => {
                for (const name of await caches.keys()) {
                    const cache = await caches.open(name);
                    for (const request of await cache.keys()) {
                        if (new URL(request.url).pathname.match(pattern)) {
                            const text = await (await cache.match(request)).text();
                            return text === "<h1>Halv";
                        }
                    }
                }
                return true;
            };
            while (await isBroken()) {
                await new Promise((resolve) => setTimeout(resolve, 50));
            }
        }""",
        pattern,
    )
    page.close()
    host.stop()
    page = reader.new_page()
    page.goto(CALCULATOR)
    expect_it_computes(page)


def test_a_broken_page_is_not_shown_without_a_network(
    reader: BrowserContext, host: Host, built_site: Path
) -> None:
    page = visit(reader, built_site)
    assert page.evaluate(BREAK, [f"^{CALCULATOR}$", "<h1>Halv"]) == 1
    page.close()
    host.stop()
    page = reader.new_page()
    page.goto(CALCULATOR)
    expect(page.locator("h1")).to_have_text("Du er uten nett")


def test_nothing_that_a_reader_types_is_kept(reader: BrowserContext, built_site: Path) -> None:
    page = visit(reader, built_site)
    Calculator(page).answer(positions="3,25", cost_per_position="876 543")
    Calculator(page).expect_plan("award", {2025: 1_625_000})
    texts = page.evaluate(
        """async () => {
            const texts = [];
            for (const name of await caches.keys()) {
                const cache = await caches.open(name);
                for (const request of await cache.keys()) {
                    texts.push(request.url, await (await cache.match(request)).text());
                }
            }
            return texts.join("\\n");
        }"""
    )
    assert "876 543" not in texts
    assert "1 625 000" not in texts

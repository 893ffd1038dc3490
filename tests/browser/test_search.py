"""The search, used as readers use it: from any page, by keyboard, with and without a network."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from builder.commands.serve import serve_folder
from tests.browser.conftest import Watch
from tests.browser.engines.page import expect
from tests.conftest import build_site, copy_project
from tests.once import made_once

ALONE = "delete Navigator.prototype.serviceWorker"
ADULTS, CHILDREN = "/oppfolging-voksne/", "/oppfolging-barn-unge/"
DRUGS, SAFE = "/kommunalt-rusarbeid/", "/tryggest/"
CURRENT = (ADULTS, CHILDREN, SAFE)


def of_current(name: str) -> set[str]:
    return {f"{scheme}{name}/" for scheme in CURRENT}


# What a reader asks, and the pages of which one must come first.
QUESTIONS: dict[str, set[str]] = {
    "frister": {"/frister/"},
    "søknadsfrist": of_current("slik-soker-du") | {"/frister/"},
    "når er søknadsfristen": of_current("slik-soker-du"),
    "nedtrapping": {"/egen-nedtrapping/"},
    "FACT": {ADULTS},
    "FACT ung": {CHILDREN},
    "ACT": {ADULTS},
    "rus": {DRUGS},
    "rusarbeid": {DRUGS},
    "rapportering rus": {f"{DRUGS}rapportering/"},
    "voksne": {ADULTS},
    "barn": {CHILDREN},
    "tryggest": {SAFE},
    "BTI": {"/bedre-tverrfaglig-innsats/"},
    "hvem kan søke": of_current("hvem-kan-soke"),
    "satser": of_current("hva-du-kan-fa-stotte-til"),
    "rapportering": of_current("rapportering"),
    "forprosjekt": {f"{ADULTS}hva-du-kan-fa-stotte-til/"},
    "personvern": {"/personvern/"},
    "intranett": {"/innebygd/"},
}
QUESTIONS_IN_NYNORSK: dict[str, set[str]] = {
    "nedtrapping": {"/nn/egen-nedtrapping/"},
    "kven kan søkje": {f"/nn{DRUGS}hvem-kan-soke/"},
    "rus": {f"/nn{DRUGS}"},
    "FACT": {f"/nn{ADULTS}"},
    "tilgjenge": {"/nn/tilgjengelighet/"},
}


@pytest.fixture
def page(page: Page) -> Page:
    page.add_init_script(ALONE)
    return page


def hits(page: Page) -> list[str]:
    links = page.locator("[data-search-hits] a").all()
    return [link.get_attribute("href") or "" for link in links]


def search(page: Page, words: str) -> None:
    page.get_by_role("searchbox").fill(words)
    page.keyboard.press("Enter")
    expect(page.locator("[data-search-status]")).to_contain_text(f"«{words}»")


@pytest.mark.parametrize(
    ("start", "questions"),
    [
        pytest.param("/sok/", QUESTIONS, marks=pytest.mark.smoke),
        ("/nn/sok/", QUESTIONS_IN_NYNORSK),
    ],
)
def test_the_right_page_comes_first(page: Page, start: str, questions: dict[str, set[str]]) -> None:
    page.goto(start)
    wrong = {}
    for words, wanted in questions.items():
        search(page, words)
        if (first := (hits(page) or [""])[0]) not in wanted:
            wrong[words] = first
    assert wrong == {}


def test_deadlines_are_found_by_any_form_of_the_word(page: Page) -> None:
    page.goto("/sok/")
    found = {}
    for words in ("frist", "frister", "fristene"):
        search(page, words)
        found[words] = hits(page)
    assert found["frist"] == found["frister"] == found["fristene"]
    assert any("frist" in url or "slik-soker-du" in url for url in found["frist"][:2])


@pytest.mark.smoke
def test_from_any_page_words_go_to_the_search_without_being_sent(page: Page, watch: Watch) -> None:
    page.goto(f"{ADULTS}slik-soker-du/")
    page.get_by_role("searchbox", name="Søk på nettstedet").fill("økonomiplan & <rus>")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/sok/#q=%C3%B8konomiplan"))
    expect(page.get_by_role("searchbox")).to_have_value("økonomiplan & <rus>")
    expect(page.locator("[data-search-status]")).to_contain_text("«økonomiplan & <rus>»")
    page.reload()
    expect(page.get_by_role("searchbox")).to_have_value("økonomiplan & <rus>")
    assert not [url for url in watch.requests if "konomiplan" in url]


@pytest.mark.smoke
def test_results_come_while_typing_and_are_counted_aloud(page: Page) -> None:
    page.goto("/sok/")
    everything = page.locator("[data-all-pages]")
    expect(everything).to_be_visible()
    page.get_by_role("searchbox").press_sequentially("personv")
    status = page.get_by_role("status")
    expect(status).to_have_text(re.compile(r"^(Ett|\d+) treff for «personv»$"))
    expect(page.locator("[data-search-hits] a").first).to_have_text("Personvern")
    # The word is shown where it stands.
    expect(page.locator("[data-search-hits] mark").first).to_have_text(
        re.compile("personvern", re.IGNORECASE)
    )
    expect(everything).to_be_hidden()
    expect(page).to_have_url(re.compile(r"/sok/#q=personv$"))
    page.get_by_role("searchbox").fill("")
    expect(status).to_have_text("")
    expect(everything).to_be_visible()
    expect(page).to_have_url(re.compile(r"/sok/$"))


def test_where_nothing_is_found_all_pages_are_offered(page: Page) -> None:
    page.goto("/sok/")
    search(page, "xyzzyx")
    expect(page.get_by_role("status")).to_contain_text("Ingen treff for «xyzzyx»")
    expect(page.locator("[data-all-pages]")).to_be_visible()
    expect(page.locator("[data-search-hits]")).to_be_hidden()


def test_what_is_typed_and_found_is_text_and_never_markup(page: Page) -> None:
    page.goto("/sok/#q=" + "<img src=x onerror=alert(1)>kommune")
    expect(page.get_by_role("status")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("main img").count() == 0


def test_more_results_come_when_asked_for(page: Page) -> None:
    page.goto("/sok/")
    search(page, "kommune")
    expect(page.locator("[data-search-hits] > li")).to_have_count(10)
    more = page.get_by_role("button", name="Vis flere treff")
    more.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-search-hits] > li")).to_have_count(20)
    # The keyboard goes on at the first of those that came.
    expect(page.locator("[data-search-hits] > li").nth(10).get_by_role("link")).to_be_focused()
    count = int(re.findall(r"^\d+", page.locator("[data-search-status]").inner_text())[0])
    for shown in range(30, count + 10, 10):
        more.click()
        expect(page.locator("[data-search-hits] > li")).to_have_count(min(shown, count))
    expect(more).to_be_hidden()
    assert len(set(hits(page))) == count


def test_by_keyboard_from_the_question_to_the_page(page: Page) -> None:
    page.goto("/sok/")
    page.get_by_role("searchbox").focus()
    page.keyboard.type("tryggest")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("[data-search-hits] a").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/tryggest/$"))
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("tryggest")
    expect(page.locator("[data-search-hits] a").first).to_be_visible()


def test_pages_in_bokmaal_only_are_found_once_from_nynorsk_and_marked(page: Page) -> None:
    page.goto("/nn/sok/")
    search(page, "samarbeidsavtale")
    found = hits(page)
    assert found
    assert len(found) == len({url.removeprefix("/nn") for url in found})
    assert all(url.startswith("/nn/") for url in found)
    first = page.locator("[data-search-hits] > li").first
    expect(first).to_contain_text("På bokmål")
    expect(first.locator("p[lang=nb]")).to_be_visible()


@pytest.fixture(scope="module")
def in_parts(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site with its index in two parts, as those of many schemes have several."""

    def make(folder: Path) -> None:
        project = tmp_path_factory.mktemp("parts") / "project"
        copy_project(project_root, project)
        code = project / "builder/data/search.py"
        few = "SCHEMES_PER_PART = 2"
        text, changed = re.subn(r"(?m)^SCHEMES_PER_PART = .*", few, code.read_text("utf-8"))
        assert changed == 1
        code.write_text(text, "utf-8")
        build_site(project, folder)

    return made_once(tmp_path_factory, "search-in-parts", make)


@pytest.mark.parametrize(("start", "lang"), [("", "nb"), ("/nn", "nn")])
def test_an_index_in_parts_is_searched_as_one(
    browser: Browser, in_parts: Path, watch: Watch, start: str, lang: str
) -> None:
    with serve_folder(in_parts) as address, browser.new_context(base_url=address) as context:
        watch.base_url = address
        page = watch.over(context).new_page()
        page.add_init_script(ALONE)
        page.goto(f"{start}/sok/")
        # Of the first part, of the other, of none of the schemes, and of all.
        for words, wanted in {
            "tryggest": {SAFE},
            "BTI": {"/bedre-tverrfaglig-innsats/"},
            "personvern": {"/personvern/"},
        }.items():
            search(page, words)
            assert (hits(page) or [""])[0].removeprefix(start) in wanted
        search(page, "rapportering")
        found = {hit.removeprefix(start).split("/")[1] for hit in hits(page)}
        assert {"tryggest", "bedre-tverrfaglig-innsats"} <= found
        assert len(hits(page)) == len(set(hits(page)))
        parts = {url for url in watch.requests if url.endswith(".pf_meta")}
        assert len(parts) == 2
        assert all(f"/pagefind.{lang}_" in url for url in parts)


def test_an_address_with_a_question_is_understood(page: Page) -> None:
    page.goto("/sok/?q=nedtrapping")
    expect(page.get_by_role("searchbox")).to_have_value("nedtrapping")
    expect(page.locator("[data-search-hits] a").first).to_have_text("Egen nedtrapping")
    # A link to another question on the same page.
    page.evaluate("location.hash = '#q=tryggest'")
    expect(page.locator("[data-search-status]")).to_contain_text("«tryggest»")


def test_nothing_of_the_search_is_fetched_before_it_is_used(page: Page, watch: Watch) -> None:
    page.goto("/sok/")
    expect(page.locator("h1")).to_be_visible()
    assert not [url for url in watch.requests if "/pagefind/" in url]
    search(page, "rus")
    asked = [url for url in watch.requests if "/pagefind/" in url]
    fragments = [url for url in asked if "/fragment/" in url]
    # Of the pages' texts, only those of the results that are shown.
    assert 0 < len(fragments) <= 10
    assert not [url for url in asked if "_nn" in url or "/nn_" in url or "wasm.nn" in url]


def test_what_was_used_once_can_be_used_without_a_network(
    browser: Browser, built_site: Path
) -> None:
    with browser.new_context() as context:
        with serve_folder(built_site) as address:
            page = context.new_page()
            page.goto(f"{address}/sok/")
            page.evaluate("navigator.serviceWorker.ready.then(() => null)")
            page.reload()
            search(page, "nedtrapping")
            kept = """async () => {
                const paths = ["/sok/", "/pagefind/pagefind.js", "/pagefind/wasm.nb.pagefind"];
                const found = await Promise.all(paths.map((path) => caches.match(path)));
                return found.every(Boolean);
            }"""
            _until(page, kept)
        page.reload()
        search(page, "nedtrapping")
        expect(page.locator("[data-search-hits] a").first).to_have_text("Egen nedtrapping")


def _until(page: Page, condition: str) -> None:
    page.evaluate(
        f"""async () => {{
            const deadline = performance.now() + 15_000;
            while (!(await ({condition})())) {{
                if (performance.now() > deadline) {{
                    throw new Error("never came true");
                }}
                await new Promise((resolve) => setTimeout(resolve, 50));
            }}
        }}"""
    )


def test_a_search_that_cannot_get_its_index_says_so_and_can_be_tried_again(
    page: Page, context: BrowserContext, watch: Watch
) -> None:
    context.route("**/pagefind/**", lambda route: route.abort())
    page.goto("/sok/#q=rus")
    expect(page.get_by_role("status")).to_contain_text("Søket fikk ikke hentet")
    expect(page.locator("[data-all-pages]")).to_be_visible()
    context.unroute("**/pagefind/**")
    page.reload()
    expect(page.locator("[data-search-hits] a").first).to_be_visible()
    watch.complaints.clear()


@pytest.fixture
def plain_page(browser: Browser, base_url: str, watch: Watch) -> Iterator[Page]:
    with watch.over(browser.new_context(base_url=base_url, java_script_enabled=False)) as context:
        yield context.new_page()


@pytest.mark.parametrize("start", ["/", "/nn/"])
def test_without_javascript_the_search_leads_to_a_list_of_all_pages(
    plain_page: Page, start: str
) -> None:
    plain_page.goto(start)
    plain_page.get_by_role("searchbox").fill("rus")
    plain_page.keyboard.press("Enter")
    expect(plain_page).to_have_url(re.compile(rf"{start}sok/\?q=rus$"))
    expect(plain_page.locator("main noscript p")).to_contain_text("JavaScript")
    expect(plain_page.get_by_role("searchbox")).to_have_count(0)
    link = plain_page.locator(f'[data-all-pages] a[href="{start}kommunalt-rusarbeid/"]')
    expect(link).to_be_visible()


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_the_search_fits_the_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    for address in ("/", "/nn/", "/sok/", "/sok/#q=oppfølging", "/finnes-ikke/"):
        page.goto(address)
        box = page.get_by_role("searchbox").bounding_box()
        assert box
        assert box["width"] >= 100
        assert box["height"] >= 44
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width


@pytest.fixture(autouse=True)
def missing_pages_are_no_complaint(watch: Watch) -> Iterator[None]:
    yield
    watch.complaints[:] = [c for c in watch.complaints if "status of 404" not in c]

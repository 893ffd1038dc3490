"""Calculators on another site's pages, in a real browser and from another origin."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Frame, Page, Route

from tests.browser.calculator import Calculator
from tests.browser.conftest import Watch
from tests.browser.engines.page import expect
from tests.browser.hosts import Pages, serving
from tests.patience import Patience

SCHEME = "oppfolging-voksne"
ELEMENT = (
    f'<tilskudd-kalkulator ordning="{SCHEME}">'
    '<a href="{site}/">Kalkulator</a></tilskudd-kalkulator>'
)

type Host = Callable[..., str]


@pytest.fixture
def host(base_url: str) -> Iterator[Host]:
    """Another site: `host(body, policy=…, lang="nb")` gives the address of a page of it.

    `localhost` is another site than 127.0.0.1, so cookies and storage are those of a third party.
    """
    pages = Pages()
    with serving(pages.handler()) as port:

        def write(body: str, policy: str = "", lang: str = "nb") -> str:
            head = f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>K</title>'
            html = f"{head}<h1>Kommunen</h1>{body}"
            path = f"/{len(pages)}"
            pages[path] = html.replace("{site}", base_url), policy.replace("{site}", base_url)
            return f"http://localhost:{port}{path}"

        yield write


# As strict as a page can be that has our frames: no inline style, no HTML of text.
STRICT = (
    "default-src 'none'; script-src {site}; frame-src {site}; base-uri 'none';"
    " require-trusted-types-for 'script'; trusted-types 'none'"
)
SCRIPT = '<script type="module" src="{site}/embed.js"></script>'


@pytest.fixture
def page(browser: Browser, watch: Watch, base_url: str) -> Iterator[Page]:
    with watch.over(browser.new_context()) as context:
        yield context.new_page()
    # The other site's own requests: its pages are numbered.
    watch.requests[:] = [url for url in watch.requests if not re.search(r":\d+/\d+$", url)]
    watch.requests[:] = [url for url in watch.requests if not url.endswith("/favicon.ico")]


def frame_of(page: Page) -> Calculator:
    calculator = Calculator(page)
    frame = page.frame_locator("iframe")
    calculator.form = frame.locator("form[data-calculator]")
    calculator.output = calculator.form.locator("[data-result]")
    return calculator


def height(page: Page) -> int:
    return int(page.locator("iframe").get_attribute("height") or 0)


def expect_fit(page: Page) -> None:
    """The frame comes to be as high as what is in it: nothing to scroll, nothing left over.

    What is in it may still change, so what is asked is that both come to agree, and soon.
    """
    patience = Patience()
    while (inner := inner_heights(page)) != (height(page), height(page)):
        assert not patience.is_over(), f"{inner} in a frame of {height(page)}"
        time.sleep(0.02)


def inner_heights(page: Page) -> tuple[int, int]:
    """How high what is in the frame is, and how much of it can be seen."""
    content, seen = page.frames[-1].evaluate(
        "[Math.ceil(document.documentElement.getBoundingClientRect().height), innerHeight]"
    )
    return content, seen


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param("", id="no policy"),
        pytest.param(STRICT, id="strict policy", marks=pytest.mark.smoke),
    ],
)
def test_a_calculator_stands_in_another_site_and_its_frame_follows_the_answers(
    page: Page, host: Host, policy: str
) -> None:
    page.goto(host(SCRIPT + ELEMENT, policy=policy))
    calculator = frame_of(page)
    calculator.expect_state("ready")
    frame = page.locator("iframe")
    expect(frame).to_have_attribute("title", "Beregn tilskudd: Oppfølging av voksne")
    expect(page.locator("tilskudd-kalkulator a")).to_be_hidden()
    expect_fit(page)
    first = height(page)
    calculator.answer(positions="8", cost_per_position="900 000", share_year_3="70")
    calculator.expect_plan("own_funding", {2025: 3_200_000})
    expect_fit(page)
    assert height(page) != first
    # Narrower is higher.
    wide = height(page)
    page.set_viewport_size({"width": 360, "height": 700})
    expect(frame).not_to_have_attribute("height", str(wide))
    expect_fit(page)
    assert height(page) > wide
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360


def test_the_element_follows_its_attributes_without_steps_for_the_back_button(
    page: Page, host: Host, watch: Watch
) -> None:
    page.goto(host(SCRIPT + ELEMENT, policy=STRICT))
    frame_of(page).expect_state("ready")
    steps = page.evaluate("history.length")
    element = page.locator("tilskudd-kalkulator")
    element.evaluate("(e) => { e.lang = 'nn'; }")
    frame = page.locator("iframe")
    expect(frame).to_have_attribute("title", "Rekn ut tilskot: Oppfølging av vaksne")
    expect(frame).to_have_attribute("src", re.compile(rf"/nn/innebygd/{SCHEME}/$"))
    element.evaluate("(e) => e.setAttribute('ordning', 'tryggest')")
    expect(frame).to_have_attribute("title", "Rekn ut tilskot: TryggEst")
    frame_of(page).expect_state("ready")
    expect_fit(page)
    assert page.evaluate("history.length") == steps
    # No name of a scheme: nothing is asked for.
    for nonsense in ("../sok", "tryggest/..", "Tryggest", "a b", ""):
        element.evaluate("(e, slug) => e.setAttribute('ordning', slug)", nonsense)
        expect(frame).to_have_count(0)
        expect(page.locator("tilskudd-kalkulator a")).to_be_visible()
    element.evaluate("(e) => e.removeAttribute('ordning')")
    expect(frame).to_have_count(0)
    element.evaluate("(e) => e.setAttribute('ordning', 'egen-nedtrapping')")
    expect(frame).to_have_attribute("title", "Rekn ut eiga nedtrapping")
    assert watch.complaints == []


@pytest.mark.parametrize(
    ("lang", "general", "own"),
    [
        ("nb", "Beregn tilskudd", "Beregn tilskudd: Oppfølging av voksne"),
        ("nn", "Rekn ut tilskot", "Rekn ut tilskot: Oppfølging av vaksne"),
    ],
)
def test_a_frame_has_a_general_name_until_its_calculator_tells_its_own(
    page: Page, host: Host, lang: str, general: str, own: str
) -> None:
    held: list[Route] = []
    page.route("**/innebygd/**", lambda route: held.append(route))
    with page.expect_request("**/innebygd/**"):
        page.goto(host(SCRIPT + ELEMENT, lang=lang), wait_until="commit")
    frame = page.locator("iframe")
    expect(frame).to_have_attribute("title", general)
    expect(frame).to_have_js_property("clientHeight", 1200)
    expect_only_the_frame(page)
    for route in held:
        route.continue_()
    expect(frame).to_have_attribute("title", own)
    expect_only_the_frame(page)


def expect_only_the_frame(page: Page) -> None:
    expect(page.locator("tilskudd-kalkulator a")).to_be_hidden()
    expect(page.locator("iframe")).to_have_js_property("inert", False)
    expect(page.locator("iframe")).not_to_have_js_property("clientHeight", 0)
    assert page.get_by_role("link", name="Kalkulator").count() == 0


def expect_only_the_link(page: Page) -> None:
    """The frame is nothing that can be seen, heard or used."""
    link = page.get_by_role("link", name="Kalkulator", exact=True)
    expect(link).to_be_visible()
    expect(page.locator("iframe")).to_have_js_property("clientHeight", 0)
    assert "iframe" not in page.locator("body").aria_snapshot()
    # By the keyboard too, there is nothing but the link, and what stands after it.
    link.focus()
    page.keyboard.press("Tab")
    expect(page.locator("#etter")).to_be_focused()


AFTER = '<button id="etter">Etter</button>'


@pytest.mark.parametrize("slug", ["finnes-ikke", "constructor"])
def test_where_there_is_no_such_calculator_the_link_stands_there(
    page: Page, host: Host, watch: Watch, slug: str
) -> None:
    page.goto(host(SCRIPT + ELEMENT.replace(SCHEME, slug) + AFTER, policy=STRICT))
    expect_only_the_link(page)
    # Another one may be there.
    page.locator("tilskudd-kalkulator").evaluate("(e) => e.setAttribute('ordning', 'tryggest')")
    expect_only_the_frame(page)
    expect_fit(page)
    watch.complaints.clear()


def test_where_the_network_or_the_page_lets_no_frame_in_the_link_stands_there(
    page: Page, host: Host, watch: Watch
) -> None:
    page.goto(host(SCRIPT + ELEMENT + AFTER, policy="frame-src 'none'"))
    expect_only_the_link(page)
    page.route("**/innebygd/**", lambda route: route.abort("connectionfailed"))
    page.goto(host(SCRIPT + ELEMENT + AFTER))
    expect_only_the_link(page)
    watch.complaints.clear()


def test_a_server_that_does_not_answer_is_not_waited_for_without_end(
    page: Page, host: Host
) -> None:
    held: list[Route] = []
    page.route("**/innebygd/**", lambda route: held.append(route))
    page.clock.install()
    with page.expect_request("**/innebygd/**"):
        page.goto(host(SCRIPT + ELEMENT + AFTER), wait_until="commit")
    # The time runs from when the browser has told that the frame is in view.
    page.locator("iframe").evaluate(
        "(frame) => new Promise((resolve) => new IntersectionObserver(resolve).observe(frame))"
    )
    page.clock.fast_forward(29_000)
    expect_only_the_frame(page)
    page.clock.fast_forward(2_000)
    expect_only_the_link(page)
    for route in held:
        route.continue_()
    expect_only_the_frame(page)
    expect_fit(page)


def hear_late(page: Page) -> None:
    """Let frames hear nothing before `wake`, as if they were busy."""
    page.add_init_script(
        """if (window !== top) {
            addEventListener("message", (event) => {
                if (!globalThis.isAwake) {
                    event.stopImmediatePropagation();
                    globalThis.heard = event;
                }
            });
        }"""
    )


def wake(frame: Frame) -> None:
    frame.evaluate(
        """() => {
            isAwake = true;
            const { source, origin, data } = heard;
            dispatchEvent(new MessageEvent("message", { source, origin, data }));
        }"""
    )


def test_a_late_answer_is_still_taken(page: Page, host: Host) -> None:
    hear_late(page)
    page.goto(host(SCRIPT + ELEMENT + AFTER))
    expect_only_the_link(page)
    wake(page.frames[-1])
    expect_only_the_frame(page)
    expect_fit(page)
    frame_of(page).expect_state("ready")


def test_a_late_answer_takes_no_link_from_a_reader_who_is_on_it(page: Page, host: Host) -> None:
    hear_late(page)
    page.goto(host(SCRIPT + ELEMENT + AFTER))
    expect_only_the_link(page)
    link = page.locator("tilskudd-kalkulator a")
    link.focus()
    wake(page.frames[-1])
    expect(page.locator("iframe")).to_have_js_property("inert", False)
    expect(link).to_be_visible()
    expect(link).to_be_focused()
    page.locator("#etter").focus()
    expect_only_the_frame(page)


def test_a_frame_out_of_view_answers_too(page: Page, host: Host) -> None:
    """Browsers fetch it when the reader is on the way to it, and don't draw it before."""
    page.set_viewport_size({"width": 800, "height": 600})
    page.goto(host(SCRIPT + "<p>Tekst</p>" * 40 + ELEMENT))
    frame = page.locator("iframe")
    expect(frame).to_have_attribute("title", "Beregn tilskudd: Oppfølging av voksne")
    expect(frame).not_to_be_in_viewport()
    assert page.evaluate("scrollY") == 0
    frame.scroll_into_view_if_needed()
    expect_fit(page)


def test_the_language_is_that_of_the_page_where_the_element_says_none(
    page: Page, host: Host
) -> None:
    page.goto(host(SCRIPT + ELEMENT, lang="nn-NO"))
    expect(page.locator("iframe")).to_have_attribute("src", re.compile("/nn/innebygd/"))


def test_only_its_own_frame_can_tell_the_height(page: Page, host: Host, base_url: str) -> None:
    other = f'<iframe id="annen" src="{base_url}/innebygd/tryggest/"></iframe>'
    page.goto(host(SCRIPT + ELEMENT + other))
    page.frame_locator("tilskudd-kalkulator iframe").locator("form").wait_for()
    frame = page.locator("tilskudd-kalkulator iframe")
    expect(frame).not_to_have_attribute("height", "1200")
    before = frame.get_attribute("height")
    tell = """async (height) => {
        const message = { type: "tilskuddsstigen:height", height };
        window.parent.postMessage(message, "*");
        window.postMessage(message, "*");
    }"""
    # From the page itself, and from another frame of the right origin.
    page.evaluate(tell, 11)
    (annen,) = (f for f in page.frames if f.url.endswith("/innebygd/tryggest/"))
    annen.evaluate(tell, 12)
    page.evaluate("new Promise((resolve) => setTimeout(resolve))")
    assert frame.get_attribute("height") == before
    # What is no height, from the right frame.
    (own,) = (f for f in page.frames if f.url.endswith(f"/innebygd/{SCHEME}/"))
    for nonsense in (-5, 0, "x"):
        own.evaluate(tell, nonsense)
    page.evaluate("new Promise((resolve) => setTimeout(resolve))")
    assert frame.get_attribute("height") == before
    own.evaluate(tell, 1234.2)
    expect(frame).to_have_attribute("height", "1235")


def test_the_frame_tells_nobody_who_does_not_ask(page: Page, host: Host, base_url: str) -> None:
    page.goto(host(f'<iframe id="r" src="{base_url}/innebygd/{SCHEME}/"></iframe>'))
    listen = """() => {
        globalThis.said = [];
        addEventListener("message", ({ data }) => said.push(data));
    }"""
    page.evaluate(listen)
    page.locator("#r").evaluate("(e) => { e.width = 300; }")
    frame_of(page).expect_state("ready")
    assert page.evaluate("said") == []
    ask = """(site) => document.querySelector("#r").contentWindow.postMessage(
        { type: "tilskuddsstigen:height" }, site)"""
    page.evaluate(ask, base_url)
    # In so narrow a frame, one group of questions is asked at a time.
    frame_of(page).form.locator('[data-tool="next"]').click()
    frame_of(page).answer(positions="3")
    frame_of(page).expect_plan("award", {2025: 1_500_000})
    said = page.evaluate("said")
    assert said
    # The height and the name, and nothing of what was typed.
    assert all(message.keys() == {"type", "height", "title"} for message in said)
    assert all(isinstance(message["height"], int) for message in said)
    assert {m["title"] for m in said} == {"Beregn tilskudd: Oppfølging av voksne"}


def test_an_element_that_is_taken_out_stops_listening(page: Page, host: Host) -> None:
    page.add_init_script(
        """globalThis.listeners = 0;
        for (const [name, step] of [["addEventListener", 1], ["removeEventListener", -1]]) {
            const original = window[name];
            window[name] = function (type, ...rest) {
                listeners += type === "message" && this === window ? step : 0;
                return original.call(this, type, ...rest);
            };
        }"""
    )
    page.goto(host(SCRIPT + ELEMENT))
    expect(page.locator("iframe")).to_have_count(1)
    count = "globalThis.listeners"
    here = page.evaluate(count)
    page.evaluate(
        """() => {
            globalThis.taken = document.querySelector("tilskudd-kalkulator");
            taken.remove();
        }"""
    )
    assert page.evaluate(count) == here - 1
    page.evaluate("document.body.append(taken)")
    assert page.evaluate(count) == here
    frame_of(page).expect_state("ready")
    expect_fit(page)


def test_two_on_a_page_and_the_script_twice(page: Page, host: Host) -> None:
    page.goto(host(SCRIPT + SCRIPT.replace(".js", ".js?b") + ELEMENT + ELEMENT))
    expect(page.locator("iframe")).to_have_count(2)


def test_without_scripts_the_link_stands_there(browser: Browser, host: Host, base_url: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(host(SCRIPT + ELEMENT))
        expect(page.get_by_role("link", name="Kalkulator")).to_be_visible()
        # The frame by itself needs no script of the page's, and shows an answer without any.
        page.goto(host(f'<iframe src="{base_url}/innebygd/{SCHEME}/" height="900"></iframe>'))
        expect(page.frame_locator("iframe").locator("table.result-table")).to_be_visible()


def test_links_leave_the_frame(page: Page, host: Host, base_url: str) -> None:
    page.goto(host(SCRIPT + ELEMENT, policy=STRICT))
    frame = page.frame_locator("iframe")
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name="Åpne i Tilskuddsstigen").click()
    whole = opened.value
    expect(whole).to_have_url(f"{base_url}/{SCHEME}/kalkulator/")
    # A page like any other, not one in a sandbox.
    Calculator(whole).expect_state("ready")
    whole.close()
    # The other målform is in the frame itself.
    frame.get_by_role("link", name="Nynorsk").click()
    expect(frame.locator("html[lang=nn] h1")).to_be_visible()
    expect(page.locator("iframe")).to_have_attribute(
        "title", "Rekn ut tilskot: Oppfølging av vaksne"
    )
    expect_fit(page)


def test_nothing_is_kept_for_a_page_of_another_site(page: Page, host: Host, watch: Watch) -> None:
    # On a neighbour of ours: to frames of strangers, browsers may refuse all of this by themselves.
    page.goto(host(SCRIPT + ELEMENT).replace("localhost", "127.0.0.1"))
    frame_of(page).expect_state("ready")
    kept = page.frames[-1].evaluate(
        """async () => [
            (await navigator.serviceWorker.getRegistrations()).length,
            (await caches.keys()).length,
            localStorage.length,
            document.cookie,
        ]"""
    )
    assert kept == [0, 0, 0, ""]
    assert not [url for url in watch.requests if url.endswith("/sw.js")]


def test_it_works_where_the_browser_keeps_nothing_for_third_parties(page: Page, host: Host) -> None:
    # As browsers do it that block storage in frames of other sites.
    page.add_init_script(
        """if (window !== top) {
            const refuse = () => { throw new DOMException("blocked", "SecurityError"); };
            for (const [from, name] of [
                [Navigator.prototype, "serviceWorker"], [Window.prototype, "caches"],
                [Window.prototype, "localStorage"], [Window.prototype, "indexedDB"],
            ]) {
                Object.defineProperty(from, name, { get: refuse, configurable: true });
            }
        }"""
    )
    page.goto(host(SCRIPT + ELEMENT))
    calculator = frame_of(page)
    calculator.expect_state("ready")
    calculator.answer(positions="3")
    calculator.expect_plan("award", {2025: 1_500_000})


def test_in_a_frame_without_any_rights_the_answer_of_the_build_stays(
    page: Page, host: Host, base_url: str, watch: Watch
) -> None:
    page.goto(host(f'<iframe sandbox src="{base_url}/innebygd/{SCHEME}/" height="900"></iframe>'))
    expect(page.frame_locator("iframe").locator("table.result-table")).to_be_visible()
    page.goto(
        host(f'<iframe sandbox="allow-scripts" src="{base_url}/innebygd/{SCHEME}/"></iframe>')
    )
    expect(page.frame_locator("iframe").locator("table.result-table")).to_be_visible()
    watch.complaints.clear()


@pytest.mark.parametrize("address", ["/", f"/{SCHEME}/", f"/{SCHEME}/kalkulator/", "/innebygd/"])
def test_other_pages_refuse_to_be_framed(
    page: Page, host: Host, base_url: str, watch: Watch, address: str
) -> None:
    page.goto(host(f'<iframe src="{base_url}{address}"></iframe>'))
    expect(page.locator("h1")).to_be_visible()
    assert [c for c in watch.complaints if "frame-ancestors" in c]
    assert page.frame_locator("iframe").locator("main").count() == 0
    watch.complaints.clear()


@pytest.mark.parametrize("start", ["", "/nn"])
def test_the_page_that_tells_how_has_one_that_works(page: Page, base_url: str, start: str) -> None:
    page.goto(f"{base_url}{start}/innebygd/")
    page.locator("tilskudd-kalkulator").scroll_into_view_if_needed()
    frame_of(page).expect_state("ready")
    expect_fit(page)
    # What is to be copied, as it stands on the page, works.
    codes = page.locator("pre code").all_inner_texts()
    assert [("<tilskudd-kalkulator" in c, "<iframe" in c) for c in codes] == [
        (True, False), (False, True),
    ]  # fmt: skip


def test_what_is_to_be_copied_works(page: Page, host: Host, base_url: str) -> None:
    page.goto(f"{base_url}/innebygd/")
    samples = page.locator("pre code").all_inner_texts()
    for sample in samples:
        own = sample.replace("https://ADRESSEN-TIL-NETTSTEDET", base_url)
        assert own != sample
        page.goto(host(own))
        frame_of(page).expect_state("ready")
        expect(page.locator("iframe")).to_have_attribute("title", re.compile("Beregn tilskudd"))

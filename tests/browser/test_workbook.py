"""The files for workbooks are fetched for the first workbook, and nothing else needs them."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route

from builder.content import Site
from builder.kit.i18n import Translations
from calc.browser import handle
from calc.codec import to_json
from tests.browser.conftest import OpenCalculator, Watch
from tests.browser.workbooks import ANSWERS, REQUEST, WORKBOOK, ask, watch_worker


@pytest.fixture(autouse=True)
def before_the_page(page: Page) -> None:
    page.add_init_script("delete Navigator.prototype.serviceWorker")
    watch_worker(page)


def fetched(watch: Watch) -> int:
    return sum(url.endswith(WORKBOOK) for url in watch.requests)


@pytest.mark.smoke
def test_a_workbook_is_the_same_as_anywhere_and_its_tools_are_fetched_once(
    open_calculator: OpenCalculator,
    page: Page,
    watch: Watch,
    site: Site,
    translations: Translations,
) -> None:
    open_calculator("oppfolging-voksne").answer(positions="6,5")
    assert fetched(watch) == 0
    answers = [ask(page, REQUEST) for _ in range(2)]
    assert fetched(watch) == 1
    load = {
        "v": 1,
        "op": "load",
        "lang": "nb",
        "scheme": to_json(site.schemes["oppfolging-voksne"].calculator),
        "messages": translations.of_calc("nb"),
    }
    handle(json.dumps(load))
    expected = handle(json.dumps(REQUEST))
    assert json.loads(expected)["name"] == "oppfolging-voksne-2025.xlsx"
    assert [answer["response"] for answer in answers] == [expected] * 2


def lost(route: Route) -> None:
    route.abort("internetdisconnected")


def missing(route: Route) -> None:
    route.fulfill(status=404, body="Borte")


def changed(route: Route) -> None:
    answer = route.fetch()
    body = answer.body()
    route.fulfill(response=answer, body=body[:-1] + bytes([body[-1] ^ 1]))


@pytest.mark.parametrize("fault", [lost, missing, changed])
def test_without_its_tools_only_the_workbook_fails_and_it_can_be_asked_for_again(
    open_calculator: OpenCalculator, page: Page, watch: Watch, fault: Callable[[Route], None]
) -> None:
    calculator = open_calculator("oppfolging-voksne")
    page.route(f"**/{WORKBOOK}", fault)
    refused = ask(page, REQUEST)
    assert refused["type"] == "error"
    assert refused["message"]
    estimate = json.loads(ask(page, {**REQUEST, "op": "estimate"})["response"])
    assert estimate["status"] == "estimate"
    calculator.answer(positions="6,5")
    calculator.expect_plan("award", {2025: 3_250_000})
    calculator.expect_state("ready")

    page.unroute(f"**/{WORKBOOK}")
    made = json.loads(ask(page, REQUEST)["response"])
    assert made["base64"]
    assert watch.complaints, "Whoever looks into the console finds the reason."
    watch.complaints.clear()


def test_csv_and_comparison_need_nothing_more(
    open_calculator: OpenCalculator, page: Page, watch: Watch
) -> None:
    open_calculator("oppfolging-voksne")
    csv = json.loads(ask(page, {**REQUEST, "op": "csv"})["response"])
    assert csv["text"].startswith("\ufeff")
    alternatives = [
        {"name": "A", "answers": ANSWERS},
        {"name": "B", "answers": {**ANSWERS, "positions": "5"}},
    ]
    request = {**REQUEST, "op": "compare", "alternatives": alternatives}
    assert json.loads(ask(page, request)["response"])["status"] == "estimate"
    assert fetched(watch) == 0

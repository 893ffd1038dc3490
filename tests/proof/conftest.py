"""Every page of the built site in a browser, and what readers make of the calculators."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from tests import npm
from tests.patience import LONGEST
from tests.site.pages import addresses

# A worker that never answers. (Holding its requests back would turn off the browser's cache.)
NO_PYTHON = "globalThis.Worker = class extends EventTarget { postMessage() {} terminate() {} };"


LIGHT_AND_DARK: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")

# The processes of a run share the pages among them by such parts, so that all are busy to the end.
PARTS = 6


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.thorough)


@pytest.fixture(scope="session")
def tools() -> Path:
    """`node_modules` with the tools that judge pages."""
    return npm.install(Path(__file__).parent, "proof")


@pytest.fixture(scope="session")
def every_page(built_site: Path) -> list[str]:
    """The addresses of all pages, also of those that are shown only when something is wrong."""
    found = list(addresses(built_site))
    assert {"/", "/nn/", "/404.html", "/nn/404.html"} <= set(found)
    return found


@pytest.fixture(scope="session")
def every_calculator(built_site: Path) -> list[str]:
    """The addresses of the pages with a form."""
    found = [url for url, path in addresses(built_site).items() if _has_form(path)]
    assert len(found) > 1
    return found


@pytest.fixture(params=range(PARTS), ids="part {}".format)
def some_pages(request: pytest.FixtureRequest, every_page: list[str]) -> list[str]:
    """One part of the addresses of all pages; a test that asks for it runs once for each part."""
    return every_page[request.param :: PARTS]


@pytest.fixture(params=range(PARTS), ids="part {}".format)
def some_calculators(request: pytest.FixtureRequest, every_calculator: list[str]) -> list[str]:
    """One part of the addresses of the pages with a form, as `some_pages`."""
    return every_calculator[request.param :: PARTS]


def is_translated(address: str) -> bool:
    """Whether a page is the nynorsk one: its words differ from bokmål, its templates do not."""
    return address.startswith("/nn/")


def _has_form(path: Path) -> bool:
    return "data-calculator=" in path.read_text("utf-8")


@contextmanager
def new_tab(browser: Browser, base_url: str, *, with_python: bool = False) -> Iterator[Page]:
    """A tab of its own, in which nothing moves. Without Python, pages stay as they were built."""
    with browser.new_context(base_url=base_url, reduced_motion="reduce") as context:
        context.set_default_timeout(LONGEST * 1000)
        context.add_init_script("delete Navigator.prototype.serviceWorker")
        if not with_python:
            context.add_init_script(NO_PYTHON)
        yield context.new_page()

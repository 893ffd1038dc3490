"""Fixtures of all tests: the tiers, the project, a built site and its server, and the browser."""

import os
import shutil
import signal
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest

from builder import content
from builder.bundle import exercise, runtime
from builder.bundle.runtime import Runtime
from builder.commands.serve import serve_folder
from builder.kit import i18n
from builder.site import check
from tests import building as site
from tests.once import alone, made_once
from tests.programs import find_chromium
from tests.site.pages import Page, read_pages
from tests.tiers import THOROUGH, examples, register_profiles

# Statuses and notes on deadlines depend on the day; the tests' site is always of this one.
BUILD_DATE = "2026-11-22"

register_profiles()

# A shell that starts the tests in the background lets them ignore Ctrl-C, and all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    # Nothing but what the pages ask for.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


# What a build writes nothing to; `.cache` is shared so that nothing is made twice.
SHARED = ("calc", "theme", ".cache")
# Keys of caches depend on the locked packages too: without them, a copy compresses all anew.
OWN = ("builder", "content", "pelican.conf.py", "pyproject.toml", "requirements.txt", "LICENSE")


def copy_project(project_root: Path, root: Path, own: Collection[str] = ()) -> None:
    """Copy the project to `root`, without anything published; what is `own` may be changed too."""
    root.mkdir()
    (project_root / ".cache").mkdir(exist_ok=True)
    for name in {*OWN, *SHARED}:
        source = project_root / name
        if name in SHARED and name not in own:
            (root / name).symlink_to(source)
        elif source.is_dir():
            # With the compiled modules: the copies have the times of the originals.
            shutil.copytree(source, root / name)
        else:
            shutil.copy(source, root / name)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--after-quick",
        action="store_true",
        help="leave out the tests that `make test` has just passed on the same files",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests in a browser as thorough, but for some; leave out what an engine can't run."""
    unfit = []
    for item in items:
        if "browser_name" not in getattr(item, "fixturenames", ()):
            continue
        if item.get_closest_marker("smoke") is None:
            item.add_marker(THOROUGH)
        # Firefox and WebKitGTK are not driven by Playwright.
        is_for_all = item.get_closest_marker("every_engine") is not None
        if _browser_of(item) != "chromium" and not is_for_all:
            unfit.append(item)
    if config.getoption("--after-quick"):
        unfit += [item for item in items if _is_same_in_both_tiers(item)]
    if unfit:
        config.hook.pytest_deselected(items=unfit)
        left_out = set(unfit)
        items[:] = [item for item in items if item not in left_out]
    # Processes begin at different places of the list: one makes the browser's Python, while the
    # others do what does not need it.
    items.sort(key=lambda item: "shipped" not in getattr(item, "fixturenames", ()))


def _is_same_in_both_tiers(item: pytest.Item) -> bool:
    """Whether `make test` runs the test too, and `make test-all` would not try more in it."""
    is_property = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
    has_own_number = hasattr(getattr(item, "module", None), examples.__name__)
    is_only_in_all = item.get_closest_marker(THOROUGH) is not None
    is_more = is_property or has_own_number or is_only_in_all
    return not is_more and _browser_of(item) == "chromium"


def _browser_of(item: pytest.Item) -> str:
    callspec = getattr(item, "callspec", None)
    return callspec.params.get("browser_name", "chromium") if callspec else "chromium"


@pytest.fixture(scope="session")
def project_root() -> Path:
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shipped(project_root: Path, translations: i18n.Translations) -> Runtime:
    """The browser's Python that readers get. Whoever builds the site in `.cache` finds it there."""
    requests = exercise.requests(translations)
    # Half a minute's work from nothing, so it is not done by several processes at once.
    with alone(project_root / ".cache/runtime-of-tests.lock"):
        return runtime.build(project_root, requests, exercise.workbooks())


@pytest.fixture(scope="session", name="site")
def site_of_content(project_root: Path) -> content.Site:
    """The content of the project. To read only."""
    return content.load(project_root / "content")


@pytest.fixture(scope="session")
def translations(project_root: Path) -> i18n.Translations:
    return i18n.load(project_root / "theme/translations")


@pytest.fixture(scope="session")
def built_site(
    project_root: Path, tmp_path_factory: pytest.TempPathFactory, shipped: Runtime
) -> Path:
    """The site as `make publish` would make it on the day `BUILD_DATE`, checked. To read only."""

    def make(folder: Path) -> None:
        build_site(project_root, folder)
        check.check(folder)

    return made_once(tmp_path_factory, "site", make)


@pytest.fixture(scope="session")
def pages(built_site: Path) -> dict[str, Page]:
    """Every page of the built site by its address."""
    return read_pages(built_site)


def build_site(project_root: Path, folder: Path, day: str = BUILD_DATE) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUILD_DATE", day)
        patch.delenv("SITE_ADDRESS", raising=False)
        site.build(project_root, folder)


@pytest.fixture(scope="session")
def served_site(built_site: Path) -> Iterator[str]:
    """The address of the built site, without a slash at its end."""
    with serve_folder(built_site) as address:
        yield address


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Chromium of this machine: from CHROMIUM_PATH, or found as `make test` finds it."""
    return {
        **browser_type_launch_args,
        "executable_path": os.environ.get("CHROMIUM_PATH") or find_chromium(),
        "args": CHROMIUM_ARGUMENTS,
    }

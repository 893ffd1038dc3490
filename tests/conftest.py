"""What all tests share: the project, a built site and its server, and the browser."""

import os
import shutil
import signal
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from builder.commands.bootstrap import find_chromium
from builder.commands.serve import serve_folder
from builder.site import check, site

# Statuses and notes on deadlines depend on the day; the tests' site is always of this one.
BUILD_DATE = "2026-11-22"

# The same code passes each time, however slow the machine is. A search for more draws at random.
settings.register_profile(
    "repeatable",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="PROPERTY_EXAMPLES" not in os.environ,
)
settings.load_profile("repeatable")

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
OWN = ("builder", "content", "pelican.conf.py", "pyproject.toml", "LICENSE")


def copy_project(project_root: Path, root: Path, own: Collection[str] = ()) -> None:
    """Copy the project to `root`, without anything published; what is `own` may be changed too."""
    root.mkdir()
    (project_root / ".cache").mkdir(exist_ok=True)
    for name in {*OWN, *SHARED}:
        source = project_root / name
        if name in SHARED and name not in own:
            (root / name).symlink_to(source)
        elif source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, root / name)


@pytest.fixture(scope="session")
def project_root() -> Path:
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def built_site(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make publish` would make it on the day `BUILD_DATE`, checked."""
    folder = tmp_path_factory.mktemp("built") / "site"
    build_site(project_root, folder)
    check.check(folder)
    return folder


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

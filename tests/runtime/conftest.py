"""The runtime as it is shipped, running in Node; and small projects to build runtimes of."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from builder.bundle import exercise
from builder.bundle.node_python import PyodideInNode
from builder.bundle.runtime import WHOLE_LIBRARY, Runtime
from builder.kit.i18n import Translations
from tests.building import share_cache

ROOT = Path(__file__).resolve().parents[2]

type PyodideNode = Callable[[Sequence[str]], list[str]]
type MakeProject = Callable[..., Path]

# A calculator that repeats what it is asked, in capitals.
ECHO = """
def handle(request: str) -> str:
    return request.upper()
"""


@pytest.fixture(scope="session")
def exercises(translations: Translations) -> list[str]:
    return exercise.requests(translations)


@pytest.fixture(scope="session")
def pyodide_node(shipped: Runtime) -> Iterator[PyodideNode]:
    """Answer requests in the shipped runtime, in Node. What was loaded stays loaded."""
    with PyodideInNode(ROOT, shipped.folder) as python:
        yield lambda requests: [python.handle(request) for request in requests]


@pytest.fixture(scope="session")
def workbook_node(shipped: Runtime) -> Iterator[PyodideNode]:
    """The same, with what workbooks need."""
    with PyodideInNode(ROOT, shipped.folder) as python:
        python.add_workbook()
        yield lambda requests: [python.handle(request) for request in requests]


def write_project(root: Path, browser: str | None = ECHO) -> Path:
    """A project of its own: the real packaging, with a calculator of the test's (or the real)."""
    # Compiling the standard library takes time, and is the same for all; `shipped` has done it.
    share_cache(ROOT, root, WHOLE_LIBRARY)
    (root / "theme/js").mkdir(parents=True)
    for script in ("python.js", "node.js"):
        shutil.copy(ROOT / "theme/js" / script, root / "theme/js")
    (root / "theme/node_modules").symlink_to(ROOT / "theme/node_modules")
    for file in ("pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / file, root)
    if browser is None:
        shutil.copytree(ROOT / "calc", root / "calc", ignore=shutil.ignore_patterns("__pycache__"))
    else:
        (root / "calc").mkdir()
        (root / "calc/__init__.py").write_text('"""Calculators."""\n', encoding="utf-8")
        (root / "calc/browser.py").write_text(browser, encoding="utf-8")
    return root


@pytest.fixture
def make_project(tmp_path: Path, shipped: Runtime) -> MakeProject:
    """Make a project: `make_project(calculator, name="project")`."""
    return lambda browser=ECHO, name="project": write_project(tmp_path / name, browser)

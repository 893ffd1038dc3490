"""The shape of the code is as docs/architecture.md says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.setup.conftest import ROOT

MOST_IMPORTS = 12
MOST_LINES_OF_A_CLASS = 250
MODULES = sorted(path for name in ("builder", "calc") for path in (ROOT / name).rglob("*.py"))
OF_BUILDER = [path for path in MODULES if path.is_relative_to(ROOT / "builder")]
ROW = re.compile(r"^\| `([\w/]+)` \| \S.* \|$")
FLOOR = re.compile(r"`((?:builder|calc)[\w/.]*)`")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def modules_in(document: str) -> Iterator[str]:
    """The modules that have a row below «One line per module»: a bold line names their folder."""
    folder = ""
    section = document.partition("## One line per module")[2].partition("\n## ")[0]
    for line in section.splitlines():
        if line.startswith("**"):
            folder = "builder/" if "` and `" in line else FLOOR.findall(line)[0]
        elif row := ROW.match(line):
            yield f"{folder}{row[1]}.py"


def test_every_module_has_one_line() -> None:
    named = list(modules_in((ROOT / "docs/architecture.md").read_text("utf-8")))
    # The first file of a package says no more than its docstring, unless it has code.
    wanted = [
        name_of(path)
        for path in MODULES
        if path.name != "__init__.py" or functions_and_classes(path)
    ]
    assert sorted(named) == wanted


def functions_and_classes(path: Path) -> list[ast.stmt]:
    kinds = (ast.FunctionDef, ast.ClassDef)
    return [node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, kinds)]


def imported(path: Path) -> set[str]:
    """The modules of the project that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inside = f"{node.module}.{alias.name}"
                place = ROOT / inside.replace(".", "/")
                is_module = place.is_dir() or place.with_suffix(".py").is_file()
                found.add(inside if is_module else node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.split(".")[0] in ("builder", "calc")}


@pytest.mark.parametrize("path", OF_BUILDER, ids=name_of)
def test_no_module_is_too_large_to_read(path: Path) -> None:
    assert len(imported(path)) <= MOST_IMPORTS, sorted(imported(path))
    for node in functions_and_classes(path):
        assert node.end_lineno is not None
        lines = node.end_lineno - node.lineno + 1
        assert not isinstance(node, ast.ClassDef) or lines <= MOST_LINES_OF_A_CLASS, node.name

"""The lock files, and the wheel that readers' browsers download."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.setup.conftest import ROOT

NODE_LOCKS = [
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "theme/package-lock.json", *sorted(ROOT.glob("tests/*/package-lock.json")))
]
PYTHON_LOCKS = [
    "requirements.txt",
    "requirements-dev.txt",
    "builder/commands/uv-requirements.txt",
    "tests/bench_build/requirements.txt",
]


def pins(name: str) -> dict[str, str]:
    """Return what a lock file says of each package: version, condition and hashes."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / name).read_text("utf-8"), flags=re.MULTILINE)
    entries = text.replace("\\\n", " ").splitlines()
    return {entry.partition("==")[0]: re.sub(r"\s+", " ", entry) for entry in entries}


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_every_package_is_pinned_with_hashes(name: str) -> None:
    assert pins(name)
    for entry in pins(name).values():
        assert re.fullmatch(r"[\w.-]+==\S+ (; .+? )?(--hash=sha256:[0-9a-f]{64} ?)+", entry)


def test_publishing_uses_the_versions_that_were_tested() -> None:
    # The condition may differ: a package can be needed for testing on more systems.
    tested = {re.sub(" ;.*?(?= --)", "", entry) for entry in pins("requirements-dev.txt").values()}
    assert {
        re.sub(" ;.*?(?= --)", "", entry) for entry in pins("requirements.txt").values()
    } <= tested


@pytest.mark.parametrize("name", [*PYTHON_LOCKS, *NODE_LOCKS])
def test_no_lock_file_says_where_to_fetch_from(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert not re.search(r'--(extra-)?index-url|--find-links|"resolved"', text)
    if name.endswith(".txt"):
        assert "://" not in text


@pytest.mark.parametrize("name", NODE_LOCKS)
def test_npm_lock_file_belongs_to_its_package_json(name: str) -> None:
    package = json.loads((ROOT / name).with_name("package.json").read_text("utf-8"))
    locked = json.loads((ROOT / name).read_text("utf-8"))["packages"]
    for kind in ("dependencies", "devDependencies"):
        assert package.get(kind) == locked[""].get(kind)
    assert all("integrity" in entry for name, entry in locked.items() if name)


def test_pyodide_has_the_commands_that_the_build_uses() -> None:
    # `pyodide py-compile` and `pyodide lockfile add-wheels`
    commands = {command.name for command in entry_points(group="pyodide.cli")}
    assert {"py-compile", "lockfile"} <= commands


def test_the_wheel_holds_the_calculators_and_nothing_else(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path)]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name == "tilskuddsstigen-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read("tilskuddsstigen-0.1.0.dist-info/METADATA").decode()
    assert {name.partition("/")[0] for name in names} == {"calc", "tilskuddsstigen-0.1.0.dist-info"}
    assert {"calc/__init__.py", "calc/py.typed"} <= set(names)
    assert "Requires-Dist" not in metadata

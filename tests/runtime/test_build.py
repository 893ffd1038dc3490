"""The build of the runtime: the same bytes every time, all or nothing, with clear errors."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from builder.bundle import library, runtime
from builder.bundle.packing import RuntimeBuildError
from builder.bundle.runtime import RUNTIME, Runtime
from tests.building import cached

from .conftest import ROOT, MakeProject

BUILD = """
import sys
from pathlib import Path
from builder.bundle import runtime
print(runtime.build(Path(sys.argv[1]), ["a"]).url)
"""


def contents(made: Runtime) -> dict[str, bytes]:
    return dict(made.files)


def start_build(root: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", BUILD, str(root)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.thorough
def test_two_builds_are_the_same_bytes(
    make_project: MakeProject, exercises: list[str], monkeypatch: pytest.MonkeyPatch
):
    first = runtime.build(make_project(None, name="first"), exercises)
    elsewhere = make_project(None, name="elsewhere")
    for path in elsewhere.rglob("calc/*.py"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setenv("PYTHONHASHSEED", "12345")
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    second = runtime.build(elsewhere, exercises)
    assert contents(first) == contents(second)
    assert first.url == second.url


@pytest.mark.thorough
def test_what_is_made_is_made_once(make_project: MakeProject, monkeypatch: pytest.MonkeyPatch):
    root = make_project()
    made = runtime.build(root, ["a"])

    def fail(*_: object) -> None:
        raise AssertionError("built again")

    monkeypatch.setattr(runtime, "_build", fail)
    assert runtime.build(root, ["a"]) == made


@pytest.mark.thorough
def test_the_address_follows_what_is_shipped(make_project: MakeProject):
    root = make_project()
    made = runtime.build(root, ["a"])
    assert runtime.build(root, ["another question"]).url == made.url
    (root / "calc/browser.py").write_text("def handle(request): return 'nei'\n", encoding="utf-8")
    changed = runtime.build(root, ["a"])
    assert changed.url != made.url
    assert contents(changed)["python_stdlib.zip"] == contents(made)["python_stdlib.zip"]


@pytest.mark.thorough
def test_a_standard_library_compiled_anew_is_the_same_bytes(make_project: MakeProject):
    shared = make_project(name="shared")
    alone = make_project(name="alone")
    shutil.rmtree(alone / ".cache")
    library = "python_stdlib.zip"
    made = [contents(runtime.build(root, ["a"]))[library] for root in (shared, alone)]
    assert made[0] == made[1]


@pytest.mark.thorough
def test_a_stand_in_for_a_module_that_is_not_there_is_told(
    make_project: MakeProject, monkeypatch: pytest.MonkeyPatch
):
    root = make_project()
    shutil.rmtree(root / ".cache")
    monkeypatch.setitem(library.SUBSTITUTES, "pyodide/gone.py", "")
    with pytest.raises(RuntimeBuildError, match=r"«pyodide/gone\.py».*Ta den ut der"):
        runtime.build(root, ["a"])


@pytest.mark.thorough
def test_what_is_imported_late_is_shipped(make_project: MakeProject):
    late = """
def handle(request):
    if request == "late":
        import colorsys
        return str(colorsys.rgb_to_hsv(1, 0, 0))
    return request
"""
    root = make_project(late)
    for requests, is_shipped in ((["early"], False), (["early", "late"], True)):
        made = runtime.build(root, requests)
        with zipfile.ZipFile(BytesIO(made.files["python_stdlib.zip"])) as archive:
            assert ("colorsys.pyc" in archive.namelist()) is is_shipped


@pytest.mark.thorough
def test_an_answer_that_the_cut_library_changes_stops_the_build(make_project: MakeProject):
    # Reads what is not imported, so that the cut leaves it out.
    other = """
import zipimport, sys
def handle(request):
    library = next(path for path in sys.path if path.endswith(".zip"))
    return str(zipimport.zipimporter(library).find_spec("colorsys") is not None)
"""
    with pytest.raises(RuntimeBuildError, match="svarer annerledes"):
        runtime.build(make_project(other), ["a"])


@pytest.mark.thorough
def test_an_error_in_the_calculator_is_told(make_project: MakeProject):
    broken = "def handle(request): raise LookupError('fant ikke satsen')"
    with pytest.raises(RuntimeBuildError, match="fant ikke satsen") as error:
        runtime.build(make_project(broken), ["spørsmålet"])
    assert "spørsmålet" in str(error.value)


@pytest.mark.thorough
def test_a_calculator_that_does_not_start_is_told(make_project: MakeProject):
    with pytest.raises(RuntimeBuildError, match="No module named 'finnes_ikke'"):
        runtime.build(make_project("import finnes_ikke"), ["a"])


def test_a_wheel_that_cannot_be_made_is_told(make_project: MakeProject):
    root = make_project()
    (root / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    with pytest.raises(RuntimeBuildError, match="-m build"):
        runtime.build(root, ["a"])


@pytest.mark.thorough
def test_a_failed_build_leaves_nothing(make_project: MakeProject):
    root = make_project("import finnes_ikke")
    with pytest.raises(RuntimeBuildError):
        runtime.build(root, ["a"])
    assert not cached(root, RUNTIME)


@pytest.mark.thorough
def test_two_builds_at_once(make_project: MakeProject):
    root = make_project()
    builds = [start_build(root) for _ in range(2)]
    said = [build.communicate()[0] for build in builds]
    assert [build.returncode for build in builds] == [0, 0]
    assert said[0] == said[1]
    assert not list((root / ".cache/store").glob("new-*"))


def test_another_python_in_the_browser_is_refused(make_project: MakeProject):
    root = make_project()
    (root / "theme/node_modules").unlink()
    engine = root / "theme/node_modules/pyodide"
    engine.mkdir(parents=True)
    lock = {"info": {"python": "3.99.1"}, "packages": {}}
    (engine / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    (engine / "package.json").write_text('{"version": "399.0.0"}', encoding="utf-8")
    with pytest.raises(RuntimeBuildError, match=r"Pyodide 399\.0\.0 har Python 3\.99"):
        runtime.build(root, ["a"])


@pytest.mark.thorough
def test_other_byte_code_in_the_browser_is_refused(
    make_project: MakeProject, monkeypatch: pytest.MonkeyPatch
):
    root = make_project()
    shutil.rmtree(root / ".cache")
    monkeypatch.setattr(runtime, "MAGIC_NUMBER", b"\0\0\r\n")
    with pytest.raises(RuntimeBuildError, match="bytekode av en annen utgave"):
        runtime.build(root, ["a"])


def test_missing_pyodide_is_told(make_project: MakeProject):
    root = make_project()
    (root / "theme/node_modules").unlink()
    with pytest.raises(RuntimeBuildError, match="make clean"):
        runtime.build(root, ["a"])

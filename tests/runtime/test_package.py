"""The content of the shipped runtime."""

from __future__ import annotations

import hashlib
import json
import marshal
import sys
import zipfile
from importlib.metadata import version
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from typing import Any

import pytest

from builder.bundle.runtime import Runtime
from builder.bundle.substitutes import SUBSTITUTES

from .conftest import ROOT

ENGINE = ROOT / "theme/node_modules/pyodide"


@pytest.fixture
def lock(shipped: Runtime) -> dict[str, Any]:
    return shipped.lock


def read_zip(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert all(entry.compress_type == zipfile.ZIP_STORED for entry in archive.infolist())
        return {name: archive.read(name) for name in archive.namelist()}


def test_python_is_the_same_version_everywhere(lock: dict[str, Any]):
    minor = "{}.{}".format(*sys.version_info)
    assert (ROOT / ".python-version").read_text("utf-8").strip() == minor
    assert lock["info"]["python"].rpartition(".")[0] == minor


def test_pyodide_is_the_version_that_package_json_pins(shipped: Runtime):
    package = json.loads((ROOT / "theme/package.json").read_text("utf-8"))
    assert package["dependencies"]["pyodide"] == shipped.version
    assert f'"{shipped.version}"' in (shipped.folder / "pyodide.mjs").read_text("utf-8")


def test_the_npm_lock_names_no_addresses_of_packages():
    lock = json.loads((ROOT / "theme/package-lock.json").read_text("utf-8"))
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


def test_the_folder_holds_what_a_browser_asks_for_and_no_more(shipped: Runtime):
    assert {path.name for path in shipped.folder.iterdir()} == {
        "NOTICE.txt",
        "pyodide-lock.json",
        "pyodide.asm.js",
        "pyodide.asm.wasm",
        "pyodide.mjs",
        "python_stdlib.zip",
        "workbook.zip",
        shipped.wheel_name,
    }
    assert shipped.url == f"/runtime/{shipped.folder.name}/"


def test_pages_get_ahead_what_answers_need_but_not_what_workbooks_do(shipped: Runtime):
    urls = shipped.constants["RUNTIME_URLS"]
    assert urls == [shipped.url + name for name in shipped.lock["files"] if name != "workbook.zip"]


@pytest.mark.parametrize("name", ["pyodide.asm.js", "pyodide.asm.wasm"])
def test_the_engine_is_as_its_makers_made_it(shipped: Runtime, name: str):
    assert (shipped.folder / name).read_bytes() == (ENGINE / name).read_bytes()


def test_no_script_points_to_a_source_map_that_is_not_there(shipped: Runtime):
    for path in (*shipped.folder.glob("*.js"), *shipped.folder.glob("*.mjs")):
        assert "sourceMappingURL" not in path.read_text("utf-8")


def test_the_lock_holds_only_our_wheel(lock: dict[str, Any], shipped: Runtime):
    (package,) = lock["packages"].values()
    wheel = shipped.folder / shipped.wheel_name
    assert package["name"] == "tilskuddsstigen"
    assert package["file_name"] == shipped.wheel_name
    assert package["imports"] == ["calc"]
    assert package["depends"] == []
    assert package["sha256"] == hashlib.sha256(wheel.read_bytes()).hexdigest()


def test_the_lock_says_what_every_file_must_be(lock: dict[str, Any], shipped: Runtime):
    asked_for = {p for p in shipped.folder.iterdir() if p.suffix not in {".txt", ".json"}}
    assert lock["files"] == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in asked_for
    }
    assert json.loads((shipped.folder / "pyodide-lock.json").read_text("utf-8")) == lock


def test_the_wheel_holds_calc_compiled_and_nothing_else_but_what_only_workbooks_need(
    shipped: Runtime,
):
    names = set(read_zip(shipped.folder / shipped.wheel_name))
    apart = {n for n in read_zip(shipped.folder / "workbook.zip") if n.startswith("calc/")}
    assert apart == {"calc/workbook.pyc", "calc/formulas.pyc"}
    assert not apart & names
    sources = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "calc").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    compiled = {f"{name}c" if name.endswith(".py") else name for name in sources}
    assert {name for name in names if ".dist-info/" not in name} == compiled - apart
    assert not [name for name in names if name.endswith(".py")]


def test_the_standard_library_is_cut_and_compiled_for_the_browsers_python(shipped: Runtime):
    with zipfile.ZipFile(ENGINE / "python_stdlib.zip") as archive:
        whole = {name for name in archive.namelist() if name.endswith(".py")}
    cut = read_zip(shipped.folder / "python_stdlib.zip")
    assert {name.removesuffix("c") for name in cut} < whole
    assert len(cut) < 80
    assert "json/decoder.pyc" in cut
    # Starting a server or reading mail is not what a calculator does.
    assert not {"http/server.pyc", "socket.pyc", "zipfile/__init__.pyc"} & set(cut)
    for name, data in cut.items():
        assert data[:4] == MAGIC_NUMBER, name
        # Not to be compared with a source file, which is not there.
        assert data[4:8] == b"\1\0\0\0", name
        code = marshal.loads(data[16:])  # noqa: S302
        assert code.co_linetable == b"", name
        assert code.co_filename == f"/lib/python313.zip/{name.removesuffix('c')}"


def test_what_workbooks_need_is_compiled_and_is_nothing_that_every_reader_gets(shipped: Runtime):
    cut = read_zip(shipped.folder / "python_stdlib.zip")
    further = read_zip(shipped.folder / "workbook.zip")
    assert not set(cut) & set(further)
    assert {"xlsxwriter/worksheet.pyc", "zipfile/__init__.pyc"} <= set(further)
    with zipfile.ZipFile(ENGINE / "python_stdlib.zip") as archive:
        library = set(archive.namelist())
    for name, data in further.items():
        assert data[:4] == MAGIC_NUMBER, name
        own = name.startswith(("xlsxwriter/", "calc/"))
        assert own or name.removesuffix("c") in library
    # A package's modules are looked for where the package is.
    packages = {str(Path(name).parent) for name in cut if name.endswith("/__init__.pyc")}
    assert not {name for name in further if str(Path(name).parent) in packages}


def test_what_stands_in_for_parts_of_pyodide_is_what_is_shipped(shipped: Runtime):
    cut = read_zip(shipped.folder / "python_stdlib.zip")
    for name, source in SUBSTITUTES.items():
        used = marshal.loads(cut[f"{name}c"][16:])  # noqa: S302
        assert used.co_code == compile(source, name, "exec", optimize=2).co_code, name


def test_the_notice_says_whose_work_it_is(shipped: Runtime):
    notice = (shipped.folder / "NOTICE.txt").read_text("utf-8")
    assert f"Pyodide {shipped.version}" in notice
    assert "Mozilla Public License 2.0" in notice
    assert "Python Software Foundation License" in notice
    assert f"XlsxWriter {version('xlsxwriter')}" in notice
    assert "Redistributions in binary form must reproduce the above copyright" in " ".join(
        notice.split()
    )

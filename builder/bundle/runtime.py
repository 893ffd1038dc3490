"""The runtime: the Python of the calculators for the browser, with no file that they don't use.

Pyodide brings the whole standard library as source code, and compiles it anew in every tab, so an
unchanged Pyodide starts slowly. The build therefore

1. builds the wheel of `calc` and a lock file with this wheel alone, and compiles the wheel;
2. compiles the standard library with the Python of the build, whose byte code must be that of the
   browser's Python (once for each version of Pyodide); `builder.bundle.substitutes` replace modules
   that Pyodide imports and the calculators don't use;
3. starts Pyodide in Node with the whole library, sends requests to the calculators, and lists the
   files of the library that Python has read;
4. starts Pyodide again with these files alone, and compares every answer.

Workbooks need a package and much more of the library, and few readers download one. The files that
requests for workbooks read beyond the others lie in a second zip file.

The result are files that never change: their address has a hash of their content.
"""

import hashlib
import json
import shutil
import sys
import tempfile
import weakref
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import files
from importlib.metadata import version as installed_version
from importlib.util import MAGIC_NUMBER
from io import BytesIO
from pathlib import Path
from typing import Any

from builder.bundle.library import (
    LIBRARY_SOURCES,
    ROOT,
    WRITER,
    compile_stdlib,
    compile_writer,
    stdlib_version,
)
from builder.bundle.node_python import PyodideInNode
from builder.bundle.packing import HASH_LENGTH, RuntimeBuildError, write_zip
from builder.bundle.wheel import LOCK, NOTICE, make_wheel, move_out, seal
from builder.kit.files import write_files
from builder.kit.store import CACHE, Store, digest_of_files, key

# Files that are copied from Pyodide's npm package unchanged.
ENGINE_FILES = ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm")
STDLIB = "python_stdlib.zip"
WORKBOOK = "workbook.zip"
# Packages whose version decides the bytes of the runtime.
TOOLS = ("build", "hatchling", "pyodide-build", "pyodide-lock", WRITER)
# The modules that build the runtime: after a change in one of them it is built anew.
OWN_SOURCES = tuple(
    ROOT / f"builder/bundle/{name}.py"
    for name in ("runtime", "library", "node_python", "packing", "wheel")
)
# The kinds of the cached runtimes, and of the whole compiled standard library.
RUNTIME, WHOLE_LIBRARY = "runtime", "stdlib"


@dataclass(frozen=True)
class Runtime:
    """A built runtime: `files`, by name, are served below `url` and never change.

    `version` is that of Pyodide.
    """

    files: Mapping[str, bytes] = field(repr=False)
    version: str

    @cached_property
    def url(self) -> str:
        """The address of the folder of the files, with a hash of their content."""
        contents = [
            (name, hashlib.sha256(data).hexdigest()) for name, data in sorted(self.files.items())
        ]
        digest = hashlib.sha256(json.dumps(contents).encode()).hexdigest()
        return f"/runtime/{digest[:HASH_LENGTH]}/"

    @cached_property
    def lock(self) -> dict[str, Any]:
        """The content of the lock file."""
        lock: dict[str, Any] = json.loads(self.files[LOCK])
        return lock

    @cached_property
    def folder(self) -> Path:
        """A temporary folder with the files, which lasts as long as this object."""
        parent = Path(tempfile.mkdtemp(prefix="runtime-"))
        weakref.finalize(self, shutil.rmtree, parent, ignore_errors=True)
        folder = parent / Path(self.url).name
        write_files(folder, self.files.items())
        return folder

    @property
    def wheel_name(self) -> str:
        """The file name of the wheel of `calc`, the only package in the lock."""
        (package,) = self.lock["packages"].values()
        return str(package["file_name"])

    @property
    def wheel_digest(self) -> str:
        """The SHA-256 of the wheel of `calc`, in hexadecimal digits."""
        return str(self.lock["files"][self.wheel_name])

    @property
    def constants(self) -> dict[str, object]:
        """The constants about the runtime in the theme's scripts, by name.

        With them, a page and the Python that it loads always fit together. Pages load the files in
        `RUNTIME_URLS` ahead of use. The file that only workbooks need is not among these addresses.
        """
        return {
            "RUNTIME": {"url": self.url, "lock": self.lock},
            "RUNTIME_URLS": [self.url + name for name in self.lock["files"] if name != WORKBOOK],
        }


def build(project_root: Path, requests: Sequence[str], workbooks: Sequence[str] = ()) -> Runtime:
    """Build the runtime, or take it from the cache where the same sources were built before.

    `requests` are JSON requests to `calc.browser.handle`, in order. While the calculators answer
    them, they must import every module that they ever import, since the runtime has no other module
    of the standard library. `workbooks` are further requests, which import more.

    Raises RuntimeBuildError where a tool or a calculator fails, where Pyodide is missing or has
    another version of Python, or where the runtime gives another answer than the whole library.
    """
    project_root = project_root.resolve()
    engine = _engine(project_root)
    inputs = _inputs_hash(project_root, engine, [*requests, "", *workbooks])
    return Store(project_root / CACHE, RUNTIME).made(
        lambda: _build(project_root, engine, requests, workbooks), inputs
    )


def _engine(project_root: Path) -> Path:
    """Pyodide as npm installed it; its Python must be of this Python's minor version."""
    engine = project_root / "theme/node_modules/pyodide"
    if not (engine / LOCK).is_file():
        raise RuntimeBuildError(
            "Fant ikke Pyodide i theme/node_modules. Kjør `make clean` og `make site`, så settes "
            "alt opp på nytt."
        )
    browser = _engine_info(engine)["python"].split(".")[:2]
    here = [str(part) for part in sys.version_info[:2]]
    if browser != here:
        raise RuntimeBuildError(
            f"Pyodide {_engine_version(engine)} har Python {'.'.join(browser)}, men bygget kjører "
            f"på Python {'.'.join(here)}. De må være like, for nettleseren leser bare bytekode fra "
            f"sin egen versjon. Bruk Python {'.'.join(browser)}, eller bytt Pyodide i "
            "theme/package.json."
        )
    return engine


def _engine_info(engine: Path) -> dict[str, str]:
    info: dict[str, str] = json.loads((engine / LOCK).read_text("utf-8"))["info"]
    return info


def _engine_version(engine: Path) -> str:
    return str(json.loads((engine / "package.json").read_text("utf-8"))["version"])


def _inputs_hash(project_root: Path, engine: Path, requests: Sequence[str]) -> str:
    """A hash of everything that decides the bytes of the runtime."""
    places: tuple[str | Path, ...] = (
        *("calc", "pyproject.toml", "LICENSE", "theme/js/python.js", "theme/js/node.js"),
        *(engine / name for name in (*ENGINE_FILES, STDLIB, LOCK, "package.json")),
    )
    return key(
        digest_of_files(project_root, (project_root / place for place in places)),
        digest_of_files(ROOT, (*OWN_SOURCES, *LIBRARY_SOURCES)),
        sys.version,
        [(tool, installed_version(tool)) for tool in TOOLS],
        MAGIC_NUMBER,
        requests,
    )


def _build(
    project_root: Path, engine: Path, requests: Sequence[str], workbooks: Sequence[str]
) -> Runtime:
    with tempfile.TemporaryDirectory(prefix="runtime-") as name:
        scratch = Path(name)
        folder = scratch / "runtime"
        folder.mkdir()
        for file in ENGINE_FILES:
            shutil.copyfile(engine / file, folder / file)
        _drop_source_map(folder / "pyodide.mjs")
        _write_notice(folder / NOTICE, _engine_version(engine))
        make_wheel(project_root, _engine_info(engine), folder, scratch)

        def compiled() -> bytes:
            shutil.copyfile(engine / STDLIB, folder / STDLIB)
            _check_byte_code(project_root, folder)
            return compile_stdlib(engine / STDLIB)

        store = Store(project_root / CACHE, WHOLE_LIBRARY)
        whole = store.made(compiled, version=stdlib_version(engine / STDLIB))
        (folder / STDLIB).write_bytes(whole)
        writer = compile_writer(scratch)
        write_zip(folder / WORKBOOK, writer)
        with PyodideInNode(project_root, folder) as python:
            answers = [python.handle(request) for request in requests]
            first = python.used_files()
            python.add_workbook()
            answers += [python.handle(request) for request in workbooks]
            further = python.used_files()
        used = first["library"]
        # Python looks for the modules of a package only where the package itself lies.
        packages = {Path(file).parent for file in used if file.endswith("/__init__.pyc")}
        used += [f for f in further["library"] if f not in used and Path(f).parent in packages]
        more = {file: writer[file] for file in further["workbook"]}
        with zipfile.ZipFile(BytesIO(whole)) as archive:
            write_zip(folder / STDLIB, {file: archive.read(file) for file in used})
            more |= {file: archive.read(file) for file in further["library"] if file not in used}
        # The package calc is an exception: it has this zip file in its own path.
        more |= move_out(folder, [f for f in further["wheel"] if f not in first["wheel"]])
        write_zip(folder / WORKBOOK, more)
        _check_answers(project_root, folder, requests, workbooks, answers)
        seal(folder)
        files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    return Runtime(files, _engine_version(engine))


def _check_byte_code(project_root: Path, folder: Path) -> None:
    """Raise RuntimeBuildError unless the Python of the build writes byte code for the browser.

    Releases of one minor version share their byte code; a preview release may have another one.
    """
    with PyodideInNode(project_root, folder) as python:
        version, magic = python.python()
    if magic != MAGIC_NUMBER:
        raise RuntimeBuildError(
            f"Python {sys.version.split()[0]} her skriver bytekode av en annen utgave "
            f"({MAGIC_NUMBER.hex()}) enn Python {version} i nettleseren leser ({magic.hex()}). "
            f"Bruk en ferdig utgave av Python {version.rpartition('.')[0]}."
        )


def _check_answers(
    project_root: Path,
    folder: Path,
    requests: Sequence[str],
    workbooks: Sequence[str],
    answers: Sequence[str],
) -> None:
    """Raise RuntimeBuildError unless the runtime gives the `answers` of the whole library."""
    with PyodideInNode(project_root, folder) as python:
        for number, answer in enumerate(answers):
            if number == len(requests):
                python.add_workbook()
            request = [*requests, *workbooks][number]
            if python.handle(request) != answer:
                raise RuntimeBuildError(
                    "Kalkulatoren svarer annerledes når standardbiblioteket er kuttet.\n"
                    f"Forespørsel: {request[:500]}"
                )


def _drop_source_map(script: Path) -> None:
    """Remove the link to a source map, which is not shipped: browsers report it as missing."""
    lines = script.read_text("utf-8").splitlines(keepends=True)
    script.write_text("".join(x for x in lines if not x.startswith("//# sourceMapping")), "utf-8")


def _write_notice(path: Path, version: str) -> None:
    """Write the names of the authors and the place of the source code, as the licences require."""
    path.write_text(
        f"pyodide.mjs, pyodide.asm.js, pyodide.asm.wasm, {STDLIB}: Pyodide {version},\n"
        "Mozilla Public License 2.0, source code at https://github.com/pyodide/pyodide\n"
        f"In pyodide.asm.wasm, {STDLIB} and {WORKBOOK}: CPython and its standard library\n"
        "(compiled, and cut to what is used), Python Software Foundation License,\n"
        "https://docs.python.org/3/license.html\n"
        f"In {WORKBOOK}: XlsxWriter {installed_version(WRITER)} (compiled, and cut to what is\n"
        "used), https://github.com/jmcnamara/XlsxWriter, under this licence:\n\n"
        f"{_licence_of(WRITER)}",
        "utf-8",
    )


def _licence_of(package: str) -> str:
    """The text of the licence of an installed package, which copies of it must carry."""
    (text,) = (p.read_text("utf-8") for p in files(package) or [] if p.name == "LICENSE.txt")
    return text

"""The calculators' Python for the browser: their wheel, and Pyodide cut to what they use.

Pyodide's standard library comes as source code, and all of it. Compiling it anew in every tab is
what makes a stock Pyodide slow to start. The build therefore

1. makes the wheel of ``calc``, and a lock file that holds only this wheel, and compiles it;
2. compiles the standard library with this Python, which must write the byte code the browser's
   Python reads (once for each version of Pyodide), with `builder.bundle.substitutes` for what is
   not used;
3. starts Pyodide in Node with all of it, lets the calculators answer, and asks which files of the
   standard library were read;
4. starts Pyodide again with only these files, and compares every answer.

Workbooks need a package and much more of the library, and few readers ask for one: this lies in a
file of its own, made in the same way of what the requests for workbooks read beyond the others.

The result is a folder of files that never change: its address carries a hash of its content.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import files
from importlib.metadata import version as installed_version
from importlib.util import MAGIC_NUMBER, find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from builder.bundle.substitutes import SUBSTITUTES
from builder.kit.cache import UNFINISHED, forget_old_builds, put_in_place
from builder.kit.errors import KnownError
from builder.kit.node import node_command

# What is taken from Pyodide's npm package as it is.
ENGINE_FILES = ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm")
STDLIB = "python_stdlib.zip"
WORKBOOK = "workbook.zip"
# The package that writes workbooks, and where it lies for file names in tracebacks.
WRITER = "xlsxwriter"
WORKBOOK_IN_BROWSER = "/lib/workbook.zip"
LOCK = "pyodide-lock.json"
NOTICE = "NOTICE.txt"
# Where Pyodide puts the standard library, for the file names in tracebacks.
STDLIB_IN_BROWSER = "/lib/python{}{}.zip".format(*sys.version_info)
# Tools whose version decides how the output looks.
TOOLS = ("build", "hatchling", "pyodide-build", "pyodide-lock", WRITER)
# The oldest time a zip file can carry. One fixed time for everything: two builds of the same
# content must be the same bytes, since their hash is their address.
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
SOURCE_DATE_EPOCH = "315532800"
# The whole compiled standard library, beside the builds that are cut from it.
STDLIB_CACHE = "stdlib"
ROOT = Path(__file__).resolve().parents[2]
# What the compiled standard library is made by and of, besides Pyodide's own.
LIBRARY_SOURCES = (ROOT / "builder/bundle/bytecode.py", ROOT / "builder/bundle/substitutes.py")
# How much of a hash is used in addresses and folder names.
HASH_LENGTH = 16
# Python in Node is slow on a busy machine, but not as slow as this.
NODE_SECONDS = 120


class RuntimeBuildError(KnownError):
    """The browser's Python could not be made."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """A finished runtime: a folder of files to be served below ``url``, never to change."""

    folder: Path
    url: str
    version: str
    lock: dict[str, Any]

    @property
    def wheel_name(self) -> str:
        """The file name of the calculators' wheel, the only package of the lock."""
        (package,) = self.lock["packages"].values()
        return str(package["file_name"])

    @property
    def constants(self) -> dict[str, object]:
        """What the scripts know of the runtime, so that a page and its Python always fit.

        The worker knows it by its lock. What only workbooks need is not got ahead.
        """
        return {
            "RUNTIME": {"url": self.url, "lock": self.lock},
            "RUNTIME_URLS": [self.url + name for name in self.lock["files"] if name != WORKBOOK],
        }


class PyodideInNode:
    """The Python of a runtime folder, running in Node. A context manager."""

    def __init__(self, project_root: Path, folder: Path) -> None:
        """Start Node with the runtime in ``folder``."""
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115
        self._process = subprocess.Popen(
            [*node_command(), str(project_root / "theme/js/node.js"), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            encoding="utf-8",
        )

    def __enter__(self) -> Self:
        """Return the running Python."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End Node."""
        self.close()

    def close(self) -> None:
        """End Node."""
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def handle(self, request: str) -> str:
        """Answer a request as the calculators in the browser do."""
        answer = self._ask({"op": "request", "request": request})
        if "error" in answer:
            raise RuntimeBuildError(
                f"Kalkulatoren feilet i nettleserens Python.\nForespørsel: {request[:500]}\n"
                f"{answer['error']}"
            )
        return str(answer["response"])

    def python(self) -> tuple[str, bytes]:
        """The version of Python, and the magic number of the byte code it reads."""
        answer = self._ask({"op": "python"})
        return answer["version"], bytes.fromhex(answer["magic"])

    def add_workbook(self) -> None:
        """Put what workbooks need in Python's path."""
        self._ask({"op": "workbook"})

    def used_files(self) -> dict[str, list[str]]:
        """The files that Python has read by now of the standard library and for workbooks."""
        files: dict[str, list[str]] = self._ask({"op": "used"})
        return files

    def _ask(self, question: dict[str, str]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        # Where its WebAssembly cannot start, Pyodide waits for ever.
        watchdog = threading.Timer(NODE_SECONDS, self._process.kill)
        watchdog.start()
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            watchdog.cancel()
        if not line:
            self._process.wait()
            self._errors.seek(0)
            raise RuntimeBuildError(
                f"Nettleserens Python stoppet i Node:\n{self._errors.read()[-4000:]}"
            )
        answer: dict[str, Any] = json.loads(line)
        return answer


def build(project_root: Path, requests: Sequence[str], workbooks: Sequence[str] = ()) -> Runtime:
    """Make the runtime, or take the one made before from the same sources.

    ``requests`` are JSON requests to ``calc.browser.handle``, in order: together they must make the
    calculators import all that they ever import, since nothing else of the standard library is
    shipped. ``workbooks`` are requests that come after them and read more.
    """
    project_root = project_root.resolve()
    engine = _engine(project_root)
    cache = project_root / ".cache" / "runtime"
    finished = cache / _inputs_hash(project_root, engine, [*requests, "", *workbooks])
    if not finished.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        forget_old_builds(cache, keep=STDLIB_CACHE)
        # Beside the finished one, so that it can be moved in place in one step: a build that is
        # killed leaves nothing half-made, and of two at once the later finds the work done.
        work = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=cache))
        try:
            _make(project_root, engine, requests, workbooks, work)
            put_in_place(work, finished)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    os.utime(finished)
    (folder,) = finished.iterdir()
    return Runtime(
        folder=folder,
        url=f"/runtime/{folder.name}/",
        version=_engine_version(engine),
        lock=json.loads((folder / LOCK).read_text("utf-8")),
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
    """A hash of everything that decides what the runtime becomes."""
    calc = project_root / "calc"
    sources = [
        *sorted(p for p in calc.rglob("*") if p.is_file() and "__pycache__" not in p.parts),
        project_root / "pyproject.toml",
        project_root / "LICENSE",
        project_root / "theme/js/python.js",
        project_root / "theme/js/node.js",
        Path(__file__),
        *LIBRARY_SOURCES,
        *(engine / name for name in (*ENGINE_FILES, STDLIB, LOCK, "package.json")),
    ]
    contents = [
        (path.name, path.parent.name, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sources
        if path.is_file()
    ]
    tools = [(tool, installed_version(tool)) for tool in TOOLS]
    everything = json.dumps([contents, tools, sys.version, MAGIC_NUMBER.hex(), list(requests)])
    return hashlib.sha256(everything.encode()).hexdigest()[:HASH_LENGTH]


def _make(
    project_root: Path,
    engine: Path,
    requests: Sequence[str],
    workbooks: Sequence[str],
    work: Path,
) -> None:
    """Make the runtime as the only folder in ``work``, named after its content."""
    with tempfile.TemporaryDirectory(prefix="runtime-") as name:
        scratch = Path(name)
        folder = scratch / "runtime"
        folder.mkdir()
        for file in ENGINE_FILES:
            shutil.copyfile(engine / file, folder / file)
        _drop_source_map(folder / "pyodide.mjs")
        _write_notice(folder / NOTICE, _engine_version(engine))
        _make_wheel(project_root, _engine_info(engine), folder, scratch)

        whole = work.parent / STDLIB_CACHE / _stdlib_name(engine / STDLIB)
        if not whole.is_file():
            shutil.copyfile(engine / STDLIB, folder / STDLIB)
            _check_byte_code(project_root, folder)
            _compile_stdlib(engine / STDLIB, whole)
        shutil.copyfile(whole, folder / STDLIB)
        writer = _compile_writer(scratch)
        _write_zip(folder / WORKBOOK, writer)
        with PyodideInNode(project_root, folder) as python:
            answers = [python.handle(request) for request in requests]
            first = python.used_files()
            python.add_workbook()
            answers += [python.handle(request) for request in workbooks]
            further = python.used_files()
        used = first["library"]
        # Python looks for the modules of a package in one place: where the package itself lies.
        packages = {Path(file).parent for file in used if file.endswith("/__init__.pyc")}
        used += [f for f in further["library"] if f not in used and Path(f).parent in packages]
        more = {file: writer[file] for file in further["workbook"]}
        with zipfile.ZipFile(whole) as archive:
            _write_zip(folder / STDLIB, {file: archive.read(file) for file in used})
            more |= {file: archive.read(file) for file in further["library"] if file not in used}
        # But the package calc looks here too, for what only workbooks need of it.
        more |= _move_out(folder, [f for f in further["wheel"] if f not in first["wheel"]])
        _write_zip(folder / WORKBOOK, more)
        _check_answers(project_root, folder, requests, workbooks, answers)
        _seal(folder)

        shutil.move(folder, work / _content_hash(folder))


def _make_wheel(project_root: Path, info: dict[str, str], folder: Path, scratch: Path) -> None:
    """Put the compiled wheel of ``calc`` in the folder, and a lock that holds nothing else."""
    wheels = scratch / "wheels"
    _run("build", "--wheel", "--no-isolation", "--outdir", wheels, project_root, cwd=scratch)
    empty = scratch / "empty-lock.json"
    empty.write_text(json.dumps({"info": info, "packages": {}}), "utf-8")
    lock_file = wheels / LOCK
    # In this order: the lock is made of the wheel as built (a compiled one is refused), and
    # compiling changes its name and hash in the lock.
    _run(
        "pyodide_cli", "lockfile", "add-wheels", "--input", empty, "--output", lock_file,
        "--base-path", wheels, *wheels.glob("*.whl"), cwd=scratch,
    )  # fmt: skip
    _run("pyodide_cli", "py-compile", "--compression-level", "0", wheels, cwd=scratch)

    lock = json.loads(lock_file.read_text("utf-8"))
    (package,) = lock["packages"].values()
    compiled = wheels / package["file_name"]
    with zipfile.ZipFile(compiled) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    # py-compile notes the time of day in the wheel.
    _write_zip(folder / compiled.name, contents)
    _lock_wheel(folder, lock)


def _lock_wheel(folder: Path, lock: dict[str, Any]) -> None:
    """Write a lock that says what the wheel is now."""
    (package,) = lock["packages"].values()
    wheel = folder / package["file_name"]
    package["sha256"] = hashlib.sha256(wheel.read_bytes()).hexdigest()
    _write_lock(folder, lock)


def _move_out(folder: Path, files: Sequence[str]) -> dict[str, bytes]:
    """Take files out of the wheel, and give them by name."""
    lock = json.loads((folder / LOCK).read_text("utf-8"))
    (package,) = lock["packages"].values()
    wheel = folder / package["file_name"]
    with zipfile.ZipFile(wheel) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    moved = {name: contents.pop(name) for name in files}
    _write_zip(wheel, contents)
    _lock_wheel(folder, lock)
    return moved


def _run(module: str, *arguments: str | Path, cwd: Path) -> None:
    """Run a Python tool of this environment; a failure says all it said."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PYTHONPATH", "PYTHONHOME"}
    }
    # What is compiled is compiled without docstrings and asserts.
    environment |= {
        "PYTHONHASHSEED": "0",
        "PYTHONOPTIMIZE": "2",
        "SOURCE_DATE_EPOCH": SOURCE_DATE_EPOCH,
    }
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeBuildError(
            f"Kommandoen feilet: {' '.join(command[1:])}\n{done.stdout}{done.stderr}"
        )


def _check_byte_code(project_root: Path, folder: Path) -> None:
    """This Python must write what the browser's Python reads: both must be finished releases."""
    with PyodideInNode(project_root, folder) as python:
        version, magic = python.python()
    if magic != MAGIC_NUMBER:
        raise RuntimeBuildError(
            f"Python {sys.version.split()[0]} her skriver bytekode av en annen utgave "
            f"({MAGIC_NUMBER.hex()}) enn Python {version} i nettleseren leser ({magic.hex()}). "
            f"Bruk en ferdig utgave av Python {version.rpartition('.')[0]}."
        )


def _stdlib_name(sources: Path) -> str:
    """The name of the compiled standard library, by what it is made of and with."""
    made_by = [
        hashlib.sha256(path.read_bytes()).hexdigest() for path in (sources, *LIBRARY_SOURCES)
    ]
    wanted = json.dumps([*made_by, sys.version])
    return f"{hashlib.sha256(wanted.encode()).hexdigest()[:HASH_LENGTH]}.zip"


def _compile_stdlib(sources: Path, finished: Path) -> None:
    """Compile the whole standard library."""
    with tempfile.TemporaryDirectory(prefix="stdlib-") as name:
        folder = Path(name) / "stdlib"
        with zipfile.ZipFile(sources) as archive:
            files = [file for file in archive.namelist() if file.endswith(".py")]
            archive.extractall(folder, files)
        for file, source in SUBSTITUTES.items():
            if file not in files:
                raise RuntimeBuildError(
                    f"Pyodides standardbibliotek har ingen «{file}», som "
                    "builder/bundle/substitutes.py setter noe annet i stedet for. Ta den ut der."
                )
            (folder / file).write_text(source, "utf-8")
        _run("builder.bundle.bytecode", folder, STDLIB_IN_BROWSER, cwd=ROOT)
        new = Path(name) / "stdlib.zip"
        _write_zip(new, {f"{file}c": (folder / f"{file}c").read_bytes() for file in files})
        finished.parent.mkdir(parents=True, exist_ok=True)
        beside = finished.with_name(f"{finished.name}.{os.getpid()}")
        shutil.copyfile(new, beside)
        beside.replace(finished)


def _compile_writer(scratch: Path) -> dict[str, bytes]:
    """The package that writes workbooks, compiled, by the name of the file."""
    spec = find_spec(WRITER)
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    folder = scratch / "writer"
    shutil.copytree(package, folder / WRITER, ignore=shutil.ignore_patterns("__pycache__"))
    _run("builder.bundle.bytecode", folder, WORKBOOK_IN_BROWSER, cwd=ROOT)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*.pyc"))
    }


def _write_zip(path: Path, contents: Mapping[str, bytes]) -> None:
    """A zip file whose bytes depend on the contents alone.

    Stored, not deflated: the web server's brotli does much better on the plain bytes, and the
    browser has less to unpack.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, FIXED_TIME)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, contents[name])


def _check_answers(
    project_root: Path,
    folder: Path,
    requests: Sequence[str],
    workbooks: Sequence[str],
    answers: Sequence[str],
) -> None:
    """The cut standard library must give the answers that the whole one gave."""
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


def _seal(folder: Path) -> None:
    """Note in the lock what every file must be, for the browser to check.

    Pyodide's own lock has hashes of packages only; it leaves alone what it does not know.
    """
    lock = json.loads((folder / LOCK).read_text("utf-8"))
    lock["files"] = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.name not in {LOCK, NOTICE}
    }
    _write_lock(folder, lock)


def _write_lock(folder: Path, lock: dict[str, Any]) -> None:
    (folder / LOCK).write_text(json.dumps(lock, sort_keys=True, separators=(",", ":")), "utf-8")


def _drop_source_map(script: Path) -> None:
    """Remove the pointer to a source map that is not shipped: browsers complain about it."""
    lines = script.read_text("utf-8").splitlines(keepends=True)
    script.write_text("".join(x for x in lines if not x.startswith("//# sourceMapping")), "utf-8")


def _write_notice(path: Path, version: str) -> None:
    """Whose work this is, and where its source code is, as the licences ask."""
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
    """The licence of an installed package, which has to go with it."""
    (text,) = (p.read_text("utf-8") for p in files(package) or [] if p.name == "LICENSE.txt")
    return text


def _content_hash(folder: Path) -> str:
    contents = [
        (path.name, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted(folder.iterdir())
    ]
    return hashlib.sha256(json.dumps(contents).encode()).hexdigest()[:HASH_LENGTH]

"""Compiles the libraries of the browser's Python: the standard library, and the workbook writer."""

import shutil
import sys
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

from builder.bundle.packing import RuntimeBuildError, run_tool, write_zip
from builder.bundle.substitutes import SUBSTITUTES
from builder.kit.store import digest_of_files, key

# Where Pyodide puts the standard library, for the file names in tracebacks.
STDLIB_IN_BROWSER = "/lib/python{}{}.zip".format(*sys.version_info)
# The package that writes workbooks, and the zip file that has it in the browser.
WRITER = "xlsxwriter"
WORKBOOK_IN_BROWSER = "/lib/workbook.zip"
ROOT = Path(__file__).resolve().parents[2]
# The modules that decide the compiled standard library, besides the sources from Pyodide.
LIBRARY_SOURCES = (ROOT / "builder/bundle/bytecode.py", ROOT / "builder/bundle/substitutes.py")


def stdlib_version(sources: Path) -> str:
    """A hash of the compiler, and of `sources`, Pyodide's zip file of the standard library."""
    return key(sys.version, digest_of_files(ROOT, LIBRARY_SOURCES), sources.read_bytes())


def compile_stdlib(sources: Path) -> bytes:
    """Compile the standard library in the zip file `sources`; returns the bytes of a zip file.

    `SUBSTITUTES` take the place of some modules. Raises RuntimeBuildError where `sources` has no
    module for a substitute to replace.
    """
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
        run_tool("builder.bundle.bytecode", folder, STDLIB_IN_BROWSER, cwd=ROOT)
        new = Path(name) / "stdlib.zip"
        write_zip(new, {f"{file}c": (folder / f"{file}c").read_bytes() for file in files})
        return new.read_bytes()


def compile_writer(scratch: Path) -> dict[str, bytes]:
    """The compiled files of the package that writes workbooks, by path.

    `scratch` is a folder for the work.
    """
    spec = find_spec(WRITER)
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    folder = scratch / "writer"
    shutil.copytree(package, folder / WRITER, ignore=shutil.ignore_patterns("__pycache__"))
    run_tool("builder.bundle.bytecode", folder, WORKBOOK_IN_BROWSER, cwd=ROOT)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*.pyc"))
    }

"""Small releases with everything that targets treat differently."""

import gzip
import os
from pathlib import Path

from builder.kit.files import files_of
from builder.publish.targets.target import FilesOf

FIRST = "20260101T120000Z-0000000001"
SECOND = "20260102T120000Z-0000000002"

PAGE = '<!doctype html><html lang="nb"><title>Side</title><link href="/assets/site-{hash}.css">'


def known(*releases: tuple[str, Path]) -> FilesOf:
    """What publishing tells of releases that are here. Files that are needed are read now."""
    files = {name: files_of(folder) for name, folder in releases}
    return files.get


def leave_only(folder: Path, *names: str) -> None:
    """Delete all other files of a release: who reads them, fails."""
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).as_posix() not in names:
            path.unlink()


def record(name: str) -> bytes:
    """As publishing would write it, and with an end that tells whether it came through whole."""
    return f'{{"name": "{name}", "tekst": "«æøå»"}}\n\n'.encode()


def sent_files(release: Path) -> dict[str, bytes]:
    """The files of a release that a store or a branch gets: without compressed copies."""
    return {
        path.relative_to(release).as_posix(): path.read_bytes()
        for path in release.rglob("*")
        if path.is_file() and path.suffix not in (".br", ".gz") and path.name[0] != "."
    }


def write_release(folder: Path, style: str = "AAAA", pages: int = 2, filler: int = 0) -> Path:
    """A site whose pages all need `/assets/site-<style>.css`.

    `filler` is a number of further files of 100 kB that can't be packed.
    """
    files = {
        "index.html": PAGE.format(hash=style) * 9,
        **{f"side-{n}/index.html": PAGE.format(hash=style) + str(n) for n in range(pages)},
        f"assets/site-{style}.css": f"/* {style} */" * 99,
        "assets/inter.woff2": "font",
        "runtime/0123/pyodide.asm.wasm": "wasm" * 999,
        "runtime/0123/lock.json": '{"a": 1}' * 99,
        "embed.js": "// embed\n" * 99,
        "sw.js": f"// {style}\n" * 99,
        "robots.txt": "User-agent: *\n" * 40,
        "frister.ics": "BEGIN:VCALENDAR\n" * 40,
        "api/v1/schemes.json": '{"schemes": []}' * 40,
        "en fil med «mellomrom».txt": "tekst",
        ".inherited": "assets/site-AAAA.css\n",
        ".nojekyll-er-ikke-vår": "",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        if len(text) > 256:
            packed = gzip.compress(text.encode(), mtime=0)
            path.with_name(f"{path.name}.gz").write_bytes(packed)
            path.with_name(f"{path.name}.br").write_bytes(packed[:-1])
    for n in range(filler):
        path = folder / f"assets/fyll-{n:04}.woff2"
        # The same in every release of a test run, and different in each file.
        path.write_bytes(bytes([n % 256]) * 10 + FILLER[n : n + 100_000])
    return folder


FILLER = os.urandom(101_000)

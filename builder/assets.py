"""The theme's style sheet, scripts, font and images as files that never change.

esbuild bundles and shortens ``theme/css`` and ``theme/js``; every file it writes has a hash of its
content in its name. Templates ask by the name in ``theme/`` and get the address:
``url("css/site.css")`` gives ``/assets/site-AB12CD34.css``.
"""

import hashlib
import json
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# What pages ask for by name. A script that does not exist is left out: the pages that need it
# then say so when they ask for its address.
STYLE = "css/site.css"
SCRIPTS = ("js/calculator.js", "js/worker.js")
IMAGES = "images"
# Folders of theme/ that decide what comes out, besides the installed packages.
INPUTS = ("css", "js", "images", "fonts")
# Browsers of the last years: cascade layers, :has(), module workers. Newer syntax is rewritten.
TARGET = "chrome111,edge111,firefox115,safari16.4"
ADDRESS = "/assets/"
HASH_LENGTH = 8
# So many finished builds are kept, for switching back and forth between two branches.
KEPT_BUILDS = 5
MANIFEST = "manifest.json"
FILES = "files"
# esbuild needs less than a second; longer than this means that it hangs.
TIMEOUT_SECONDS = 120


class AssetError(Exception):
    """The style sheet, scripts or images could not be made, or a name is not one of them."""


@dataclass(frozen=True, slots=True)
class Assets:
    """The finished files: ``folder`` is to be served as ``/assets/``."""

    folder: Path
    _urls: dict[str, str] = field(repr=False)

    def url(self, name: str) -> str:
        """The address of a file, named by its place in ``theme/`` (``css/site.css``)."""
        try:
            return self._urls[name]
        except KeyError:
            known = ", ".join(sorted(self._urls))
            raise AssetError(
                f"Temaet har ingen fil «{name}». Disse finnes: {known}. "
                "Rett navnet i malen, eller legg filen i theme/."
            ) from None


def build(project_root: Path) -> Assets:
    """Make the files, or take those made before from the same sources."""
    theme = project_root / "theme"
    esbuild = _esbuild(theme)
    cache = project_root / ".cache" / "assets"
    finished = cache / _inputs_hash(theme)
    if not finished.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        _forget_old_builds(cache)
        # Made beside its place and moved in one step: nothing half-made is ever found there.
        work = Path(tempfile.mkdtemp(prefix="new-", dir=cache))
        try:
            _make(theme, esbuild, work)
            work.chmod(0o755)  # mkdtemp makes folders that only their owner can read
            _put_in_place(work, finished)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    os.utime(finished)
    urls: dict[str, str] = json.loads((finished / MANIFEST).read_text("utf-8"))
    return Assets(folder=finished / FILES, _urls=urls)


def _make(theme: Path, esbuild: Path, work: Path) -> None:
    files = work / FILES
    files.mkdir()
    outputs = _bundle(theme, esbuild, work, files)
    urls = dict(_bundled_names(theme, outputs))
    for image in sorted((theme / IMAGES).iterdir()):
        name = f"{image.stem}-{_short_hash(image.read_bytes())}{image.suffix}"
        shutil.copyfile(image, files / name)
        urls[f"{IMAGES}/{image.name}"] = ADDRESS + name
    (work / MANIFEST).write_text(json.dumps(urls, indent=1, sort_keys=True), "utf-8")


def _bundle(theme: Path, esbuild: Path, work: Path, files: Path) -> dict[str, Any]:
    """Run esbuild; gives the ``outputs`` of its metafile."""
    metafile = work / "metafile.json"
    entries = [STYLE, *(script for script in SCRIPTS if (theme / script).is_file())]
    command = [
        str(esbuild),
        *entries,
        "--bundle",
        "--minify",
        "--format=esm",
        "--charset=utf8",
        f"--target={TARGET}",
        "--loader:.woff2=file",
        f"--outdir={files}",
        "--entry-names=[name]-[hash]",
        "--asset-names=[name]-[hash]",
        f"--metafile={metafile}",
        "--log-level=warning",
        "--color=false",
    ]
    try:
        result = subprocess.run(
            command,
            cwd=theme,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=TIMEOUT_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AssetError(
            f"Fikk ikke kjørt esbuild ({error}). Kjør `make clean` og `make site`, så settes alt "
            "opp på nytt."
        ) from error
    if result.returncode != 0:
        raise AssetError(f"esbuild fant feil i theme/:\n{result.stderr.strip()}")
    outputs: dict[str, Any] = json.loads(metafile.read_text("utf-8"))["outputs"]
    metafile.unlink()
    return outputs


def _bundled_names(theme: Path, outputs: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Name in ``theme/`` and address of everything that esbuild wrote.

    Fonts come from a package, not from ``theme/``: they go by ``fonts/<file name>``.
    """
    for output, facts in outputs.items():
        address = ADDRESS + Path(output).name
        if "entryPoint" in facts:
            yield facts["entryPoint"], address
        elif output.endswith(".woff2"):
            (source,) = facts["inputs"]
            yield f"fonts/{Path(source).name}", address


def _esbuild(theme: Path) -> Path:
    """Esbuild's own program, as npm installed it for this kind of machine."""
    system = {"Windows": "win32"}.get(platform.system(), platform.system().lower())
    machine = platform.machine().lower()
    processor = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(machine, machine)
    package = theme / "node_modules" / "@esbuild" / f"{system}-{processor}"
    for program in (package / "bin" / "esbuild", package / "esbuild.exe"):
        if program.is_file():
            return program
    raise AssetError(
        f"Fant ikke esbuild for {system}-{processor} i theme/node_modules. "
        "Kjør `make clean` og `make site`, så settes alt opp på nytt."
    )


def _inputs_hash(theme: Path) -> str:
    """A hash of all that decides the result: our files, the locked packages and this module."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    digest.update((theme / "package-lock.json").read_bytes())
    for path in sorted(p for name in INPUTS for p in (theme / name).rglob("*") if p.is_file()):
        digest.update(f"\0{path.relative_to(theme).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _short_hash(content: bytes) -> str:
    """A hash as esbuild writes it in names: capital letters and digits."""
    return hashlib.sha256(content).hexdigest()[:HASH_LENGTH].upper()


def _put_in_place(work: Path, finished: Path) -> None:
    """Move a finished build to its place, where another build may have come first."""
    try:
        work.rename(finished)
    except OSError:
        if not finished.is_dir():
            raise


def _forget_old_builds(cache: Path) -> None:
    """Delete all but the last used builds."""
    builds = [p for p in cache.iterdir() if p.is_dir() and not p.name.startswith("new-")]
    builds.sort(key=lambda p: p.stat().st_mtime, reverse=True)
    for old in builds[KEPT_BUILDS - 1 :]:
        shutil.rmtree(old, ignore_errors=True)

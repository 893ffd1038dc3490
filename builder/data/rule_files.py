"""The rules of each year as files to download: as the editor wrote them, and as JSON."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from builder.content.model import Scheme
from calc.codec import to_json

FOLDER = "regler"
KINDS = ("yaml", "json")
_SCHEMA_LINE = re.compile(rb"\A# yaml-language-server: .*\n")


def address(slug: str, year: int, kind: str) -> str:
    """The address of the rules of a year, as `yaml` or `json`. The same in both målformer."""
    return f"/{slug}/{FOLDER}/{year}.{kind}"


def files(scheme: Scheme, content: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a scheme by their path in the site; `content` is the content folder.

    The YAML is the editor's file, byte for byte, without the line that tells text editors where in
    the project its schema is. The JSON is what calculators are given: it names
    its sources, and `calc.codec.from_json` makes the same rules of it.
    """
    for rules in scheme.rules:
        written = content / scheme.slug / "rules" / f"{rules.year}.yaml"
        made = json.dumps(to_json(rules), ensure_ascii=False, indent=2) + "\n"
        own = _SCHEMA_LINE.sub(b"", written.read_bytes())
        for kind, data in zip(KINDS, (own, made.encode()), strict=True):
            yield address(scheme.slug, rules.year, kind).lstrip("/"), data

"""The rules of each year as files to download: the YAML of the editor, and JSON."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from builder.content.model import Scheme
from builder.kit.addresses import RULE_FILE_KINDS, rule_file_address
from calc.codec import to_json

_SCHEMA_LINE = re.compile(rb"\A# yaml-language-server: .*\n")


def files(scheme: Scheme, content: Path) -> Iterator[tuple[str, bytes]]:
    """The rule files of a scheme: the path of each file in the site, and its bytes.

    `content` is the content folder. The YAML has the bytes of the editor's file, but for the first
    line, which names the file's schema by its path in the project. The JSON is the text that
    calculators get: it names its sources, and `calc.codec.from_json` reads it as the same rules.
    """
    for rules in scheme.rules:
        source = content / scheme.slug / "rules" / f"{rules.year}.yaml"
        as_json = json.dumps(to_json(rules), ensure_ascii=False, indent=2) + "\n"
        as_yaml = _SCHEMA_LINE.sub(b"", source.read_bytes())
        for kind, data in zip(RULE_FILE_KINDS, (as_yaml, as_json.encode()), strict=True):
            yield rule_file_address(scheme.slug, rules.year, kind).lstrip("/"), data

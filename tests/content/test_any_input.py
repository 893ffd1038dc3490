"""Whatever stands in the files, loading gives content or a `ContentError`, and no other error."""

import contextlib
import copy
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from builder.content import ContentError, load
from tests.content.sample import (
    PAGE,
    PAGE_FILE,
    RULES,
    RULES_FILE,
    SCHEME,
    SCHEME_FILE,
    write_sample,
)
from tests.tiers import examples

FILES = {SCHEME_FILE: SCHEME, RULES_FILE: RULES, PAGE_FILE: PAGE}

# Characters with a meaning in YAML or Markdown, and those that word processors slip in.
PIECES = [
    *"&*[]{}:,-?!|>%@`'\"#\\<=~.0123456789 \n\t",
    "\n  ", "\n---\n", "\n...\n", "%YAML 1.1\n", "%TAG ! a\n", "\\x0", "\\ud800", "\\UFFFFFFFF",
    "&a ", "*a", "<<: ", "!!int ", "? ", "|2\n", ">-\n", " #", "\r", "\0", "\ufeff", "\u2028", "²",
    "null", "true", "2030-02-30", "1e999", "-1", "99999999999999999999", "0.5", "nb", "value",
    "<script>", "<b ", "<!--", "<![x", "](", "![", "](bilder/", "]: ", "javascript:", "&#0;", "> ",
    "- ", "```\n", "\n\n", "\u202e", "\ufdd0",
    "unknown", "unit", "source", "year", "tracks", "[]", "{}", "kr", "prosent",
]  # fmt: skip

pieces = st.one_of(st.sampled_from(PIECES), st.text(max_size=4))
# The place, how many characters are taken away there, and those that take their place.
edits = st.lists(
    st.tuples(st.integers(0, 2000), st.integers(0, 12), pieces), min_size=1, max_size=4
)


@pytest.fixture(scope="module")
def content() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "content"
        write_sample(folder)
        load(folder)
        yield folder


@settings(max_examples=examples(15, 150))
@given(name=st.sampled_from(sorted(FILES)), edits=edits)
def test_no_text_brings_the_loading_down(
    content: Path, name: str, edits: list[tuple[int, int, str]]
) -> None:
    text = FILES[name]
    for place, length, new in edits:
        at = place % (len(text) + 1)
        text = text[:at] + new + text[at + length :]
    with_file(content, name, text.encode(errors="surrogatepass"))


@given(name=st.sampled_from(sorted(FILES)), raw=st.binary(max_size=40), place=st.integers(0, 2000))
def test_no_bytes_bring_the_loading_down(content: Path, name: str, raw: bytes, place: int) -> None:
    whole = FILES[name].encode()
    at = place % (len(whole) + 1)
    with_file(content, name, whole[:at] + raw + whole[at:])


VALUES = [
    None, True, False, 0, 1, -1, 0.5, 33.333, 101, 2031, 10**9, 10**17, "", " ", "x", "²", "nei",
    "1_000", "6,5", "2030-01-01", "2030-13", "tilskuddsbrevet", "ingen", "prosent", "kr", "år",
    "kr per person", "personer", [], {}, [1], [{}], {"nb": "x"}, {"nb": ""}, {"x": 1},
    {"value": 1, "unit": "kr", "source": "x"},
]  # fmt: skip


def _holders(data: Any) -> list[Any]:
    """Every mapping and list of a file that has something in it."""
    if not isinstance(data, dict | list) or not data:
        return []
    inside = data.values() if isinstance(data, dict) else data
    return [data, *(found for value in inside for found in _holders(value))]


def change_a_value(draw: st.DrawFn, file: Any) -> None:
    """Put another value in some place of a file, or take away what stands there."""
    holder = draw(st.sampled_from(_holders(file)))
    key = draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
    if draw(st.booleans()):
        holder[key] = copy.deepcopy(draw(st.sampled_from(VALUES)))
    else:
        del holder[key]


@given(data=st.data())
def test_no_value_brings_the_loading_down(
    real_schemes: dict[Path, list[str]], data: st.DataObject
) -> None:
    content = data.draw(st.sampled_from(sorted(real_schemes)))
    name = data.draw(st.sampled_from(real_schemes[content]))
    # JSON is YAML too.
    file = json.loads(json.dumps(YAML(typ="safe", pure=True).load(content / name), default=str))
    for _ in range(data.draw(st.integers(1, 3))):
        change_a_value(data.draw, file)
    with_file(content, name, json.dumps(file, ensure_ascii=False).encode())


@pytest.fixture(scope="module")
def real_schemes(
    project_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[Path, list[str]]:
    """Each scheme of the site in a content folder of its own, with the names of its YAML files."""
    schemes = {}
    for scheme in sorted((project_root / "content").glob("*/scheme.yaml")):
        content = tmp_path_factory.mktemp("real") / "content"
        shutil.copytree(scheme.parent, content / scheme.parent.name)
        schemes[content] = [str(p.relative_to(content)) for p in sorted(content.rglob("*.yaml"))]
    return schemes


def with_file(content: Path, name: str, raw: bytes) -> None:
    """Load the content with other bytes in one file. What is wrong can also be printed."""
    path = content / name
    before = path.read_bytes()
    try:
        path.write_bytes(raw)
        with contextlib.suppress(ContentError):
            load(content)
            return
        with pytest.raises(ContentError) as raised:
            load(content)
        assert str(raised.value).encode()
    finally:
        path.write_bytes(before)

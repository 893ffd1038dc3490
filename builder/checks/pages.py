"""Markdown pages for checks: the text that readers read, and links, images and paragraphs."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from html import escape, unescape
from pathlib import Path
from typing import NamedTuple

from markdown import Markdown
from markdown.extensions.fenced_code import FencedBlockPreprocessor
from selectolax.lexbor import LexborHTMLParser

from builder.content import prose
from builder.content.site import PageFile
from builder.content.yaml_file import read_text
from calc.rules import Lang

_INLINE_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
# Parts that readers don't see: addresses of links and images, definitions of these, comments, tags.
_NOT_SHOWN = re.compile(
    r"""(?=[(<]|^[ ]{0,3}\[)(?:
    (?<=\]) \( [^()\s]* (?:\([^()\s]*\)[^()\s]*)* (?:\s+(?:"[^"]*"|'[^']*'))? \s* \)
    | ^[ ]{0,3} \[ [^\]\n]+ \]: .* $
    | <!-- .{0,5000}? -->
    | </? [a-zA-Z] [^<>]* >
    | < [a-zA-Z][a-zA-Z+.-]+ : [^<>\s]* >)""",
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
# The prose of the site may lack parts of a text that has HTML or images. In the prose, a link whose
# address is not allowed has no address.
_NOT_PLAIN = re.compile(r"<|!\[")
_MARKS = re.compile(r"[*_\\]")
_LIST_ITEM = re.compile(r"[ ]{0,3}(?:[-*+]|\d+[.)])[ \t]")
# The characters before and after an address.
_BEFORE, _AFTER = re.compile(r"[(<\"'\s]"), re.compile(r"[)>\"'\s]|$")
_WITHOUT_ADDRESS = re.compile(r"\]\(\s*\)")
_READ_ALOUD = ("Title:", "Description:")


type HtmlOf = Callable[[PageFile], str]
"""Returns the HTML of a page's prose, as the site has it."""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A link or an image of a page: its address as in the HTML, and its line (0: unknown).

    `alt` is the alternative text of an image, and None for a link.
    """

    address: str
    line: int
    alt: str | None = None


@dataclass(frozen=True, kw_only=True)
class Page:
    """A Markdown page.

    `prose` has the lines of the source without code, addresses and marks, which readers don't read.
    `paragraphs` are the texts of paragraphs and list items, without headings, tables and code.
    """

    file: PageFile
    shown: Path
    prose: str
    links: tuple[Reference, ...]
    images: tuple[Reference, ...]
    anchors: tuple[str, ...]
    paragraphs: tuple[str, ...]

    def line_of(self, text: str) -> int:
        """The line (from 1) where a text of a paragraph begins; 0 where it is not in the source."""
        words = re.findall(r"\w+", text)
        match = re.search(r"\W+".join(words), self.prose) if words else None
        return 0 if match is None else line_at(self.prose, match.start())


class LinkedPage(NamedTuple):
    """A page with its links and its anchors: the ids that a link can point to.

    `file` is a text, since the making of so many `Path` values would take noticeable time.
    """

    scheme: str | None
    name: str
    lang: Lang
    file: str
    links: tuple[Reference, ...]
    anchors: tuple[str, ...]


def read_pages(
    root: Path, files: Iterable[PageFile], html_of: HtmlOf | None = None
) -> tuple[Page, ...]:
    """Read pages of the project at `root`.

    A page that can't be read is left out; the loading of the content has reported it. With
    `html_of`, the HTML of nearly all pages comes from there, which is far quicker than Markdown.
    """
    pages = []
    for file in files:
        shown = file.path.relative_to(root)
        text = read_text(file.path, shown, [])
        if text is not None:
            source = re.sub(r"\r\n?", "\n", text)
            html = html_of(file) if html_of and _NOT_PLAIN.search(source) is None else None
            if html is None or LexborHTMLParser(html).css_first("a:not([href])"):
                html = _html(source)
            pages.append(_page(file, shown, source, html))
    return tuple(pages)


def line_at(text: str, position: int) -> int:
    """The line (from 1) of a position in a text."""
    return text.count("\n", 0, position) + 1


@cache
def _markdown() -> Markdown:
    return Markdown(**prose.MARKDOWN)


def _html(source: str) -> str:
    """The HTML that Markdown makes of a text with its header, before it is cleaned."""
    try:
        html: str = _markdown().reset().convert(source)
    except RecursionError:  # The converter has stopped half-way, and can't be used again.
        _markdown.cache_clear()
        return ""
    return html


def _page(file: PageFile, shown: Path, source: str, html: str) -> Page:
    tree = LexborHTMLParser(html)
    # Each pair is an address, and the alternative text of an image or None for a link.
    links = [(node.attributes["href"] or "", None) for node in tree.css("a[href]")]
    images = [
        (node.attributes.get("src") or "", node.attributes.get("alt") or "")
        for node in tree.css("img")
    ]
    without_code = _without_code(_without_header(source))
    return Page(
        file=file,
        shown=shown,
        prose=_MARKS.sub("", unescape(_blank(_NOT_SHOWN, without_code))),
        links=tuple(_located(without_code, links)),
        images=tuple(_located(without_code, images)),
        anchors=tuple(node.attributes["id"] or "" for node in tree.css("[id]")),
        paragraphs=tuple(_paragraphs(tree)),
    )


# Elements whose texts are paragraphs, and elements whose texts are not, also inside paragraphs.
_BLOCKS = {"p", "li"}
_NOT_COUNTED = {"h1", "h2", "h3", "h4", "h5", "h6", "table", "pre", "code"}


def _paragraphs(tree: LexborHTMLParser) -> Iterator[str]:
    """The texts of paragraphs and list items, each without the texts of those inside it."""
    texts: list[list[str]] = []
    # The list that the text in an element belongs to, by the id of the element.
    of_element: dict[int, list[str]] = {}
    for node in tree.root.traverse(include_text=True) if tree.root else ():
        around = of_element.get(node.parent.mem_id, []) if node.parent else []
        if node.is_text_node:
            around.append(node.text_content or "")
        elif node.tag in _BLOCKS:
            texts.append([])
            of_element[node.mem_id] = texts[-1]
        else:
            of_element[node.mem_id] = [] if node.tag in _NOT_COUNTED else around
    for parts in texts:
        if text := " ".join("".join(parts).split()):
            yield text


def _located(source: str, references: Iterable[tuple[str, str | None]]) -> Iterator[Reference]:
    """The references, in the order of the page, each with its line in the source."""
    last: dict[str, int] = {}
    for address, alt in references:
        # The next reference to an address stands further down, unless both share a definition.
        position = _position(source, address, last.get(address, -1) + 1)
        if position < 0:
            position = _position(source, address, 0)
        if position >= 0:
            last[address] = position
        line = line_at(source, position) if position >= 0 else 0
        yield Reference(address=address, line=line, alt=alt)


def _position(source: str, address: str, start: int) -> int:
    """The index of an address in the source, at `start` or later; -1 where it is not there."""
    if not address:
        match = _WITHOUT_ADDRESS.search(source, start)
        return match.start() if match else -1
    positions = (_position_of(source, written, start) for written in {address, escape(address)})
    return min((position for position in positions if position >= 0), default=-1)


def _position_of(source: str, written: str, start: int) -> int:
    while (position := source.find(written, start)) >= 0:
        end = position + len(written)
        before, after = source[max(0, position - 1) : position], source[end : end + 1]
        if _BEFORE.fullmatch(before) and _AFTER.fullmatch(after):
            return position
        start = position + 1
    return -1


def _without_header(source: str) -> str:
    """The source with only the texts of title and description left of its header."""
    header, blank, body = source.partition("\n\n")
    lines = header.split("\n")
    read = (
        next((line.removeprefix(name) for name in _READ_ALOUD if line.startswith(name)), "")
        for line in lines
    )
    return "\n".join(read) + blank + body


def _without_code(source: str) -> str:
    source = _blank(FencedBlockPreprocessor.FENCED_BLOCK_RE, source)
    lines: list[str] = []
    before, in_list, in_code = "", False, False
    for line in source.split("\n"):
        if line.strip():
            is_indented = line.startswith(("    ", "\t"))
            # Inside a list, an indented line continues the item and is no code.
            in_code = is_indented and not in_list and (in_code or not before.strip())
            in_list = in_list if is_indented else _is_in_list(line, before, in_list)
        lines.append("" if in_code else line)
        before = line
    return _blank(_INLINE_CODE, "\n".join(lines))


def _is_in_list(line: str, before: str, in_list: bool) -> bool:
    """Whether a line without indentation belongs to a list: it begins an item or continues one."""
    return _LIST_ITEM.match(line) is not None or (in_list and bool(before.strip()))


def _blank(pattern: re.Pattern[str], text: str) -> str:
    """The text without the matches of a pattern; all other text stays on its line."""
    return pattern.sub(lambda match: " " + "\n" * match[0].count("\n"), text)

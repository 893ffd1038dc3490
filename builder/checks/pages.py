"""Markdown pages as checks see them: the source line by line, and what Markdown makes of it."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from html import escape, unescape
from pathlib import Path

from markdown import Markdown
from markdown.extensions.fenced_code import FencedBlockPreprocessor

from builder.content import prose
from builder.content.load import PageFile
from builder.content.yaml_file import read_text
from builder.kit.html_reader import Reader, feed

_INLINE_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
# What is not shown: the addresses of links and images, definitions of them, comments, tags.
_NOT_SHOWN = re.compile(
    r"""(?=[(<]|^[ ]{0,3}\[)(?:
    (?<=\]) \( [^()\s]* (?:\([^()\s]*\)[^()\s]*)* (?:\s+(?:"[^"]*"|'[^']*'))? \s* \)
    | ^[ ]{0,3} \[ [^\]\n]+ \]: .* $
    | <!-- .{0,5000}? -->
    | </? [a-zA-Z] [^<>]* >
    | < [a-zA-Z][a-zA-Z+.-]+ : [^<>\s]* >)""",
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
# Where HTML and images stand in a text, something may have been taken out of its prose; of a link
# whose address is not allowed, that address.
_NOT_PLAIN = re.compile(r"<|!\[")
_LOST_LINK = re.compile(r"<a(?![^>]* href=)")
_MARKS = re.compile(r"[*_\\]")
_LIST_ITEM = re.compile(r"[ ]{0,3}(?:[-*+]|\d+[.)])[ \t]")
# What stands around an address.
_BEFORE, _AFTER = re.compile(r"[(<\"'\s]"), re.compile(r"[)>\"'\s]|$")
_WITHOUT_ADDRESS = re.compile(r"\]\(\s*\)")
_READ_ALOUD = ("Title:", "Description:")


type Made = Callable[[PageFile], str] | None


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A link or an image of a page: its address as in the HTML; `alt` is None for a link."""

    address: str
    line: int
    alt: str | None = None


@dataclass(frozen=True, kw_only=True)
class Page:
    """A Markdown page.

    `prose` has the lines of the source with all that readers don't read taken out: code, addresses,
    marks. `paragraphs` are the texts of paragraphs and points, without headings, tables and code.
    """

    file: PageFile
    shown: Path
    prose: str
    links: tuple[Reference, ...]
    images: tuple[Reference, ...]
    anchors: tuple[str, ...]
    paragraphs: tuple[str, ...]

    def line_of(self, text: str) -> int:
        """The line (from 1) where a text of a paragraph begins, or 0 where it can't be told."""
        words = re.findall(r"\w+", text)
        found = re.search(r"\W+".join(words), self.prose) if words else None
        return 0 if found is None else line_at(self.prose, found.start())


def read_pages(root: Path, files: Iterable[PageFile], made: Made = None) -> tuple[Page, ...]:
    """Pages of the project at `root`. One that can't be read is left out: loading tells of it.

    `made` gives the prose of a page as the site has it, where that is at hand: nearly always it
    says all that Markdown has made, which takes long to make.
    """
    pages = []
    for file in files:
        shown = file.path.relative_to(root)
        text = read_text(file.path, shown, [])
        if text is not None:
            source = re.sub(r"\r\n?", "\n", text)
            html = made(file) if made and _NOT_PLAIN.search(source) is None else None
            if html is None or _LOST_LINK.search(html):
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
    """What Markdown makes of a text for the site, before it is cleaned."""
    try:
        html: str = _markdown().reset().convert(source)
    except RecursionError:  # Nested without end; it stopped in the middle of something.
        _markdown.cache_clear()
        return ""
    return html


def _page(file: PageFile, shown: Path, source: str, html: str) -> Page:
    reader = _Reader()
    feed(reader, html)
    without_code = _without_code(_without_header(source))
    return Page(
        file=file,
        shown=shown,
        prose=_MARKS.sub("", unescape(_blank(_NOT_SHOWN, without_code))),
        links=tuple(_located(without_code, reader.links)),
        images=tuple(_located(without_code, reader.images)),
        anchors=tuple(reader.anchors),
        paragraphs=tuple(filter(None, (" ".join("".join(p).split()) for p in reader.paragraphs))),
    )


class _Reader(Reader):
    """Takes what checks look at from the HTML of a page."""

    _BLOCKS = ("p", "li")
    _NOT_COUNTED = ("h1", "h2", "h3", "h4", "h5", "h6", "table", "pre", "code")

    def __init__(self) -> None:
        super().__init__()
        self.links: list[tuple[str, str | None]] = []
        self.images: list[tuple[str, str | None]] = []
        self.anchors: list[str] = []
        self.paragraphs: list[list[str]] = []
        self.open: list[tuple[str, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.anchors.append(values["id"])
        if tag == "a" and "href" in values:
            self.links.append((values["href"], None))
        elif tag == "img":
            self.images.append((values.get("src", ""), values.get("alt", "")))
        elif tag in self._BLOCKS:
            self.paragraphs.append([])
            self.open.append((tag, self.paragraphs[-1]))
        elif tag in self._NOT_COUNTED:
            self.open.append((tag, []))

    def handle_endtag(self, tag: str) -> None:
        names = [name for name, _ in self.open]
        if tag in names:
            del self.open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if self.open:
            self.open[-1][1].append(data)


def _located(source: str, references: Iterable[tuple[str, str | None]]) -> Iterator[Reference]:
    """The references with their lines: the same address again stands further down."""
    last: dict[str, int] = {}
    for address, alt in references:
        # Several links may share one definition of their address.
        found = _place(source, address, last.get(address, -1) + 1)
        if found < 0:
            found = _place(source, address, 0)
        if found >= 0:
            last[address] = found
        line = line_at(source, found) if found >= 0 else 0
        yield Reference(address=address, line=line, alt=alt)


def _place(source: str, address: str, start: int) -> int:
    """Where an address stands in the source from `start` on, or -1."""
    if not address:
        found = _WITHOUT_ADDRESS.search(source, start)
        return found.start() if found else -1
    places = (_place_of(source, written, start) for written in {address, escape(address)})
    return min((place for place in places if place >= 0), default=-1)


def _place_of(source: str, written: str, start: int) -> int:
    while (place := source.find(written, start)) >= 0:
        before, after = (
            source[max(0, place - 1) : place],
            source[place + len(written) : place + len(written) + 1],
        )
        if _BEFORE.fullmatch(before) and _AFTER.fullmatch(after):
            return place
        start = place + 1
    return -1


def _without_header(source: str) -> str:
    """The source with nothing but what is read of the lines at its top."""
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
            # Inside a list, indentation continues the point.
            in_code = is_indented and not in_list and (in_code or not before.strip())
            in_list = in_list if is_indented else _is_in_list(line, before, in_list)
        lines.append("" if in_code else line)
        before = line
    return _blank(_INLINE_CODE, "\n".join(lines))


def _is_in_list(line: str, before: str, in_list: bool) -> bool:
    """Whether a line that is not indented belongs to a list: a point, or more of its text."""
    return _LIST_ITEM.match(line) is not None or (in_list and bool(before.strip()))


def _blank(pattern: re.Pattern[str], text: str) -> str:
    """The text without what the pattern finds, on the same lines."""
    return pattern.sub(lambda found: " " + "\n" * found[0].count("\n"), text)

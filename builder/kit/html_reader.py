"""A reader of HTML with the results of `html.parser`, many times as quick for regular HTML.

Regular HTML is HTML as programs write it. Irregular HTML (a quote too many, half a tag, code with
tags in it) is detected and left to `html.parser`, so that the results are always the same.
"""

import re
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser
from typing import NamedTuple

type Attributes = list[tuple[str, str | None]]

_QUOTED = r"\"[^\"]*+\"|'[^']*+'"
_NAME = r"[a-zA-Z][a-zA-Z0-9-]*+"
# A regular tag, comment or declaration; else the characters that may begin an irregular one.
_MARKUP = rf"[a-zA-Z/][^\"'<>]*+(?:(?:{_QUOTED})[^\"'<>]*+)*+>|!--.*?-->|![^<>]*+>|[a-zA-Z/!?]"
_PIECES = re.compile(rf"(<(?:{_MARKUP}))", re.DOTALL)
_BUT_ENDS = re.compile(rf"<(?!/{_NAME}>)(?:{_MARKUP})", re.DOTALL)
_ATTRIBUTE = rf"[a-zA-Z_:][\w:.-]*(?:=(?:{_QUOTED}|[\w.-]+(?=[\s>])))?"
_START = re.compile(rf"<({_NAME})((?:\s+{_ATTRIBUTE})*)\s*(/?)>", re.ASCII)
_ATTRIBUTES = re.compile(rf"([a-zA-Z_:][\w:.-]*)(=(?:{_QUOTED}|[\w.-]+))?", re.ASCII)
_END = re.compile(rf"</({_NAME})\s*>", re.ASCII)
_OTHER = re.compile(r"<!doctype html>|<!--(?!-?>)(?:(?!--).)*-->", re.DOTALL | re.IGNORECASE)
# The content of these elements is text, not markup. Which of them `html.parser` knows, and how it
# reads a doubtful `&` in an attribute, depends on the version of Python.
_VERBATIM = ("script", "style", "xmp", "iframe", "noembed", "noframes", "plaintext")
_TEXT = "|".join((*_VERBATIM, "textarea", "title"))
# Such an element with more markup in it than its end tag.
_CODE = re.compile(rf"<({_TEXT})\b[^<]*<(?!/\1>)", re.IGNORECASE)
_DOUBTFUL = re.compile(r"&(?!(?:amp|lt|gt|quot|#\d+);)")
# The number of cached tags. The tags around the main text are the same on every page.
_CACHED_TAGS = 1 << 15


class IrregularError(Exception):
    """The HTML is irregular; `html.parser` must read it."""


class Tag(NamedTuple):
    """A tag: the start of an element, its end (`is_end`), or both in one (`is_whole`).

    Comments and declarations are tags with an empty name.
    """

    name: str = ""
    attributes: Attributes = []  # noqa: RUF012  # never changed
    is_end: bool = False
    is_whole: bool = False


class Reader(HTMLParser):
    """`html.parser`, with character references decoded, for irregular HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def parse_html_declaration(self, i: int) -> int:
        """Go past `<![…>` as browsers do: some versions of Python stop with an `AssertionError`."""
        if self.rawdata.startswith("<![", i):
            return self.parse_bogus_comment(i)
        return super().parse_html_declaration(i)


@lru_cache(_CACHED_TAGS)
def tag(markup: str) -> Tag:
    """The tag that a piece of markup is. Raises `IrregularError`."""
    if begins := _START.fullmatch(markup):
        attributes = [
            (name.lower(), _value(written)) for name, written in _ATTRIBUTES.findall(begins[2])
        ]
        return Tag(begins[1].lower(), attributes, is_whole=bool(begins[3]))
    if ends := _END.fullmatch(markup):
        return Tag(ends[1].lower(), is_end=True)
    if _OTHER.fullmatch(markup):
        return Tag()
    raise IrregularError


def _value(written: str) -> str | None:
    if not written:
        return None
    value = written[1:]
    if _DOUBTFUL.search(value):
        raise IrregularError
    return unescape(value[1:-1] if value[0] in "\"'" else value)


def lines(html: str) -> list[str]:
    """The HTML in pieces, cut after each line that ends with a tag. Raises `IrregularError`.

    Markup that many pages share, such as the frame around the text, gives equal pieces.
    """
    if _CODE.search(html):
        raise IrregularError
    *whole, last = html.split(">\n")
    return [*(f"{line}>" for line in whole), last]


def elements(line: str) -> list[Tag]:
    """The start tags in one of the `lines`. Raises `IrregularError`.

    Then the other lines can't be trusted either, since a quoted value may go on in them.
    """
    tags = map(tag, _BUT_ENDS.findall(line))
    return [one for one in tags if one.name and not one.is_end]


def feed(reader: Reader, html: str) -> None:
    """Call the handlers of a reader for all tags and texts of the HTML, as `reader.feed` does."""
    try:
        pieces = _PIECES.split(html)
        tags = [tag(piece) for piece in pieces[1::2]]
        if _CODE.search(html) or any(one.name in _VERBATIM for one in tags):
            raise IrregularError
    except IrregularError:
        reader.feed(html)
        reader.close()
        return
    for n, one in enumerate(tags):
        if text := pieces[2 * n]:
            reader.handle_data(unescape(text))
        if one.is_end:
            reader.handle_endtag(one.name)
        elif one.name:
            reader.handle_starttag(one.name, one.attributes)
            if one.is_whole:
                reader.handle_endtag(one.name)
    if pieces[-1]:
        reader.handle_data(unescape(pieces[-1]))

"""The HTML of the prose: Markdown is converted, and cleaned by a list of allowed elements.

Only the elements, attributes and addresses that are listed here reach a page, whatever stands in an
editor's file: no other function than `html` makes HTML of prose.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any, Protocol
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import nh3
from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.toc import slugify_unicode
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

# Elements that editors may write as HTML in their texts.
OWN_TAGS = frozenset({
    *("abbr", "br", "dd", "details", "dl", "dt", "figcaption", "figure", "kbd", "span", "sub"),
    *("summary", "sup", "caption"),
})  # fmt: skip
# All allowed elements, among them the elements that Markdown makes.
TAGS = OWN_TAGS | {
    *("a", "blockquote", "code", "div", "em", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li"),
    *("ol", "p", "pre", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul", "h1"),
}
# Allowed attributes by tag; the attributes of `*` are allowed on all elements.
ATTRIBUTES = {
    "*": {"lang"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "code": {"class"},
    "div": {"class"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "td": {"class", "colspan", "rowspan"},
    "th": {"class", "colspan", "rowspan", "scope"},
}
URL_SCHEMES = frozenset({"https", "http", "mailto", "tel"})
ADDRESSES = frozenset({"href", "src"})
# Patterns of allowed values, by attribute.
_VALUES = {
    "class": re.compile(r"toc|align-(center|right)|language-[a-z0-9+-]{1,20}"),
    # The ids that the `toc` extension makes.
    "id": re.compile(r"del-[\w-]*"),
    "lang": re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}"),
    "scope": re.compile(r"row|col|rowgroup|colgroup"),
    **dict.fromkeys(("start", "colspan", "rowspan"), re.compile(r"[0-9]{1,3}")),
}
# Elements that are removed with all that stands in them: their text is code, or part of a form.
_WITH_CONTENT = {
    *("applet", "iframe", "math", "noembed", "noframes", "noscript", "object", "script", "select"),
    *("style", "svg", "template", "textarea", "title", "xmp"),
}
# Characters that make a browser read another address than a person sees, and the characters of
# Pelican's own kind of link.
_ODD = re.compile(r"[\x00-\x20\\{}|<>\x7f-\x9f\"]")
_IMAGE = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
_SOURCE = re.compile(r' src="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Prose:
    """A Markdown file as read: title and description from its header, and the HTML of the rest."""

    title: str
    description: str
    html: str


class PlacedImage(Protocol):
    """An image of the site: its address, and its size in pixels."""

    @property
    def address(self) -> str:
        """The address, from `/`."""

    @property
    def width(self) -> int:
        """Pixels from side to side."""

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""


class _Alignment(Treeprocessor):
    """Sets the alignment of a table's columns by a class: a style is not allowed."""

    def run(self, root: Element) -> None:
        for cell in root.iter():
            style = cell.attrib.pop("style", "") if cell.tag in ("td", "th") else ""
            if match := re.search(r"center|right", style):
                cell.set("class", f"align-{match[0]}")


# Every text that a pattern of Markdown or of `smarty` could match has one of these in it.
_MARKED = re.compile(r"[`\\\[<&*_'\"\x02]|--|\.\.\.|>>|  \n")


class _Plain(Treeprocessor):
    """Sets texts without any mark aside, so that Markdown does not try all its patterns on them.

    Nearly all texts are without marks.
    """

    def run(self, root: Element) -> None:
        for element in root.iter():
            if element.text and not _MARKED.search(element.text):
                element.text = AtomicString(element.text)
            if element.tail and not _MARKED.search(element.tail):
                element.tail = AtomicString(element.tail)


class _Prose(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  # Markdown's name
        # Priorities: just before the patterns of Markdown (20) and those of `smarty` (6).
        md.treeprocessors.register(_Plain(md), "plain", 21)
        md.treeprocessors.register(_Plain(md), "plain_again", 7)
        md.treeprocessors.register(_Alignment(md), "alignment", 0)


_EXTENSIONS: dict[str, dict[str, Any]] = {
    # Blocks of code between ``` lines, as editors know them.
    "markdown.extensions.fenced_code": {},
    "markdown.extensions.meta": {},
    "markdown.extensions.tables": {},
    "markdown.extensions.sane_lists": {},
    # Headings can be linked to, and long pages list them where `[TOC]` stands. The prefix keeps
    # their ids apart from those in the templates.
    "markdown.extensions.toc": {
        "toc_depth": "2",
        "slugify": lambda title, separator: "del-" + slugify_unicode(title, separator),
    },
    "markdown.extensions.smarty": {
        # Norwegian quotation marks.
        "substitutions": {"left-double-quote": "«", "right-double-quote": "»"}
    },
}
MARKDOWN: dict[str, Any] = {
    "extensions": [*_EXTENSIONS, _Prose()],
    "extension_configs": _EXTENSIONS,
    "output_format": "html5",
}
"""The arguments of `Markdown`, for all texts of the site."""


@cache
def _markdown() -> Markdown:
    return Markdown(**MARKDOWN)


def convert(text: str) -> str:
    """The HTML that Markdown makes of a text. The HTML is not cleaned.

    Raises `RecursionError` for lists or quotations that are nested too deeply.
    """
    # The making of a converter takes as long as the conversion of a page; so one is reset instead.
    try:
        return _markdown().reset().convert(text)
    except RecursionError:  # The converter has stopped half-way, and can't be used again.
        _markdown.cache_clear()
        raise


def is_allowed(tag: str, attribute: str, value: str) -> bool:
    """Whether an element may have this attribute with this value."""
    if attribute not in ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set()):
        return False
    if attribute in ADDRESSES:
        return is_address(value)
    pattern = _VALUES.get(attribute)
    return pattern is None or pattern.fullmatch(value) is not None


def is_address(address: str) -> bool:
    """Whether an address is allowed: one on this site, or one that begins as in `URL_SCHEMES`."""
    if _ODD.search(address) or address.startswith("//"):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:  # brackets that are no IPv6 address
        return False
    is_relative = not parts.scheme and ":" not in parts.path.split("/")[0]
    return is_relative or parts.scheme in URL_SCHEMES


def clean(html: str) -> str:
    """The HTML with only the allowed elements and attributes in it, and every element closed."""
    return _CLEANER.clean(html)


_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=_WITH_CONTENT,
    attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
    attribute_filter=lambda tag, name, value: value if is_allowed(tag, name, value) else None,
    url_schemes=set(URL_SCHEMES),
    # No `rel` on links: the header Referrer-Policy hides the reader's page from other sites.
    link_rel=None,
)


def html(converted: str, images: Mapping[str, PlacedImage]) -> str:
    """The cleaned HTML of a text, ready for a page. `converted` is the result of `convert`.

    `images` are the images that the text may show, by address as the editor writes it. Each image
    gets its address on the site and its size, so that the text does not move when the image is
    loaded. All other images are left out.
    """

    def placed(match: re.Match[str]) -> str:
        source = _SOURCE.search(match[1])
        image = images.get(source[1]) if source else None
        if image is None:
            return ""
        rest = _SOURCE.sub("", match[1], count=1)
        return (
            f'<img src="{escape(image.address)}"{rest} width="{image.width}" '
            f'height="{image.height}" loading="lazy" decoding="async">'
        )

    return _IMAGE.sub(placed, clean(converted))

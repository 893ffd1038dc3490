"""The HTML of the prose: what Markdown makes, cleaned by a list of what is allowed.

Nothing but what stands here reaches a page, whatever an editor's file has in it: `html` is the one
place where the prose becomes HTML that is shown as such.
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

# What editors may write as HTML in their texts, besides what Markdown makes itself.
OWN_TAGS = frozenset({
    *("abbr", "br", "dd", "details", "dl", "dt", "figcaption", "figure", "kbd", "span", "sub"),
    *("summary", "sup", "caption"),
})  # fmt: skip
TAGS = OWN_TAGS | {
    *("a", "blockquote", "code", "div", "em", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li"),
    *("ol", "p", "pre", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul", "h1"),
}
# Attributes by tag; those of `*` are allowed on all.
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
# Whole values, by attribute.
_VALUES = {
    "class": re.compile(r"toc|align-(center|right)|language-[a-z0-9+-]{1,20}"),
    # Those that the `toc` extension makes.
    "id": re.compile(r"del-[\w-]*"),
    "lang": re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}"),
    "scope": re.compile(r"row|col|rowgroup|colgroup"),
    **dict.fromkeys(("start", "colspan", "rowspan"), re.compile(r"[0-9]{1,3}")),
}
# Their text is code or a form, and goes with them.
_WITH_CONTENT = {
    *("applet", "iframe", "math", "noembed", "noframes", "noscript", "object", "script", "select"),
    *("style", "svg", "template", "textarea", "title", "xmp"),
}
# An address that a browser takes for another than it looks like, or Pelican's own kind of link.
_ODD = re.compile(r"[\x00-\x20\\{}|<>\x7f-\x9f\"]")
_IMAGE = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
_SOURCE = re.compile(r' src="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Prose:
    """A Markdown file as read: what stands in its header, and the HTML made of the rest."""

    title: str
    description: str
    html: str


class Placed(Protocol):
    """An image that the site has: its address, and its size in pixels."""

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
    """Columns of a table that stand to the right or in the middle: a class instead of a style."""

    def run(self, root: Element) -> None:
        for cell in root.iter():
            style = cell.attrib.pop("style", "") if cell.tag in ("td", "th") else ""
            if found := re.search(r"center|right", style):
                cell.set("class", f"align-{found[0]}")


# What stands in every text that a pattern of Markdown or of `smarty` could match.
_MARKED = re.compile(r"[`\\\[<&*_'\"\x02]|--|\.\.\.|>>|  \n")


class _Plain(Treeprocessor):
    """Texts in which no mark stands are done: nearly all are, and each pattern would be tried."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            if element.text and not _MARKED.search(element.text):
                element.text = AtomicString(element.text)
            if element.tail and not _MARKED.search(element.tail):
                element.tail = AtomicString(element.tail)


class _Prose(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  # Markdown's name
        # Just before the patterns of Markdown, which have 20, and those of `smarty`, which have 6.
        md.treeprocessors.register(_Plain(md), "plain", 21)
        md.treeprocessors.register(_Plain(md), "plain_again", 7)
        md.treeprocessors.register(_Alignment(md), "alignment", 0)


_EXTENSIONS: dict[str, dict[str, Any]] = {
    # Blocks of code between ``` lines, as editors know them.
    "markdown.extensions.fenced_code": {},
    "markdown.extensions.meta": {},
    "markdown.extensions.tables": {},
    "markdown.extensions.sane_lists": {},
    # Headings can be linked to, and long pages list them where `[TOC]` stands. The ids begin in a
    # way of their own, so that they never meet one of a template.
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
"""How Markdown is read."""


@cache
def _markdown() -> Markdown:
    return Markdown(**MARKDOWN)


def convert(text: str) -> str:
    """What Markdown makes of a text, as it comes: not cleaned."""
    # To make a reader takes as long as many a page; reset, it is as good as new.
    try:
        return _markdown().reset().convert(text)
    except RecursionError:  # It stopped in the middle of something.
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
    """Whether an address leads to this site, or by one of `URL_SCHEMES` to another."""
    if _ODD.search(address) or address.startswith("//"):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:  # brackets that are no IPv6 address
        return False
    is_relative = not parts.scheme and ":" not in parts.path.split("/")[0]
    return is_relative or parts.scheme in URL_SCHEMES


def clean(html: str) -> str:
    """The HTML with nothing but what is allowed, and whole: every element is closed."""
    return _CLEANER.clean(html)


_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=_WITH_CONTENT,
    attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
    attribute_filter=lambda tag, name, value: value if is_allowed(tag, name, value) else None,
    url_schemes=set(URL_SCHEMES),
    # No page tells another where its reader comes from: a header says so for all of them.
    link_rel=None,
)


def html(made: str, images: Mapping[str, Placed]) -> str:
    """What Markdown has made, cleaned, with its images where they stand in the site.

    `images` are those that the text may show, by address as the editor writes it. Other images are
    left out. Each has its size, so that nothing moves when it comes, and comes when it is needed.
    """

    def place(found: re.Match[str]) -> str:
        source = _SOURCE.search(found[1])
        image = images.get(source[1]) if source else None
        if image is None:
            return ""
        rest = _SOURCE.sub("", found[1], count=1)
        return (
            f'<img src="{escape(image.address)}"{rest} width="{image.width}" '
            f'height="{image.height}" loading="lazy" decoding="async">'
        )

    return _IMAGE.sub(place, clean(made))

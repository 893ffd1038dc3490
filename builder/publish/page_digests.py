"""Digests of the pages of a built site: hashes of the content that readers see on each page."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from builder.kit.files import HASH_LENGTH, Files, files_of, of_each, steps
from builder.kit.headers import IMMUTABLE_FOLDERS


@dataclass(frozen=True, kw_only=True)
class PageDigest:
    """The title of a page, and three digests: the first ten hexadecimal digits of a SHA-256.

    `text` is the digest of title, description, text, links and pictures; `dated` of the parts that
    are shown for a time only, such as deadlines and statuses; `whole` of the file, so it changes
    with the menu and the addresses of style sheet and scripts as well.
    """

    title: str
    text: str
    dated: str
    whole: str


def pages_of(
    built: Path, files: Files | None = None, cached: Mapping[str, PageDigest] | None = None
) -> dict[str, PageDigest]:
    """The digest of every page of a built site, by address.

    `built` is the folder of the site. `files` are the files of the site, where the caller has
    listed them already. `cached` has digests of pages by the SHA-256 of the page's file; these
    pages are not read again.
    """
    files = files_of(built) if files is None else files
    cached = {} if cached is None else cached
    pages = [path for path in sorted(files, key=steps) if is_page(path)]
    unread = [path for path in pages if files[path].digest not in cached]
    read = dict(of_each(lambda path: _digest_of(built / path), unread, "Leser sidene"))
    return {address_of(path): read.get(path) or cached[files[path].digest] for path in pages}


def is_page(path: str) -> bool:
    """Whether a file of a site is a page; `path` begins at the folder of the site."""
    return path.endswith(".html")


def address_of(path: str) -> str:
    """The address of a page by its path in the site: `frister/index.html` is `/frister/`."""
    return f"/{path}".removesuffix("index.html")


def _digest_of(path: Path) -> PageDigest:
    data = path.read_bytes()
    title, text, dated = read_page(data.decode())
    return PageDigest(
        title=title,
        text=_shortened_digest("\n".join(text).encode()),
        dated=_shortened_digest("\n".join(dated).encode()),
        whole=_shortened_digest(data),
    )


def _shortened_digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:HASH_LENGTH]


# Attributes of elements that `theme/js/today.js` shows from a day on, or hides after it.
_DATED = {"data-from", "data-until", "data-days-until"}
_INVISIBLE = {"script", "style", "template"}
_VISIBLE_ATTRIBUTES = {"href", "src", "alt", "value", "placeholder", "aria-label"}
_VOID = {
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"),
    *("track", "wbr"),
}

# A tag: whether it ends an element, its name, and its attributes.
_TAG = r"""<(/?)([a-zA-Z][^\s/>]*+)((?:[^"'>]++|"[^"]*+"|'[^']*+')*+)>"""
# Text, a tag, or a comment. By regular expressions, since Python's own reader takes five times as
# long: more than a minute for 20 000 pages.
_PART = re.compile(rf"([^<]++|<(?![a-zA-Z/!?]))|{_TAG}|<!--.*?(?:-->|\Z)|<[^>]*+>?", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([^\s"'=<>/]++)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]++)))?""")
# Scripts and style sheets, whose content is not HTML.
_RAW = re.compile(
    r"(?P<start><(?P<name>script|style)\b[^>]*+>).*?(?=</(?P=name)\b|\Z)", re.DOTALL | re.IGNORECASE
)


def read_page(html: str) -> tuple[str, list[str], list[str]]:
    """The content that readers see on a page: title, parts that always hold, and dated parts.

    Parts are the title, the description, and the texts, links and pictures in `main`, also those
    that a script hides today; dated parts are the parts in elements with an attribute of `_DATED`.
    Left out are addresses with a digest in them and the version of the calculator, since they
    change with code that readers do not see.
    """
    html = _RAW.sub(r"\g<start>", html)
    title = version = ""
    text: list[str] = []
    dated: list[str] = []
    # For each open element: its name, and whether it is or lies in `main`, a dated element, or an
    # invisible one.
    elements = [("", False, False, False)]
    for piece, end, tag, rest in _PART.findall(html):
        around, in_main, in_dated, in_invisible = elements[-1]
        if piece:
            if around == "title" and not title:
                title = _words(piece)
                text.append(title)
            elif in_main and not in_invisible and (words := _words(piece)):
                (dated if in_dated else text).append(words)
        elif end:
            _close(elements, tag.lower())
        elif tag:
            name = tag.lower()
            in_main = in_main or name == "main"
            # For speed: the attributes of most tags outside `main` are not needed.
            attributes = (
                _attributes(rest) if rest and (in_main or name == "meta" or "data-" in rest) else {}
            )
            in_dated = in_dated or not _DATED.isdisjoint(attributes)
            if name not in _VOID and not rest.endswith("/"):
                elements.append((name, in_main, in_dated, in_invisible or name in _INVISIBLE))
            if name == "meta" and attributes.get("name") == "description":
                text.append(attributes.get("content", ""))
            version = attributes.get("data-version") or version
            if in_main:
                parts = dated if in_dated else text
                for key, value in attributes.items():
                    if (
                        value
                        and key in _VISIBLE_ATTRIBUTES
                        and not value.startswith(IMMUTABLE_FOLDERS)
                    ):
                        parts.append(value)
    return (
        title,
        [part for part in text if part != version],
        [part for part in dated if part != version],
    )


def _words(text: str) -> str:
    """The text with single spaces, and without HTML's escapes."""
    return " ".join(unescape(text).split())


def _attributes(text: str) -> dict[str, str]:
    return {name.lower(): unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(text)}


def _close(elements: list[tuple[str, bool, bool, bool]], tag: str) -> None:
    """Close the innermost open element of this name, and the elements in it."""
    if elements[-1][0] == tag or any(name == tag for name, *_ in elements):
        while elements.pop()[0] != tag:
            pass

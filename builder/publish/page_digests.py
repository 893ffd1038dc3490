"""Digests of the pages of a built site: hashes of the content that readers see on each page."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

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
# The content of templates is no part of the tree.
_INVISIBLE = {"script", "style"}
_VISIBLE_ATTRIBUTES = {"href", "src", "alt", "value", "placeholder", "aria-label"}


def read_page(html: str) -> tuple[str, list[str], list[str]]:
    """The content that readers see on a page: title, parts that always hold, and dated parts.

    Parts are the title, the description, and the texts, links and pictures in `main`, also those
    that a script hides today; dated parts are the parts in elements with an attribute of `_DATED`.
    Left out are addresses with a digest in them and the version of the calculator, since they
    change with code that readers do not see.
    """
    tree = LexborHTMLParser(html)
    title = _words(node.text() if (node := tree.css_first("title")) else "")
    text = [title] if title else []
    described = tree.css_first("meta[name=description]")
    text += [described.attributes.get("content") or ""] if described else []
    version = node.attributes["data-version"] if (node := tree.css_first("[data-version]")) else ""
    dated: list[str] = []
    main = tree.css_first("main")
    # Whether the content of an element is dated, by the id of the element.
    is_dated: dict[int, bool] = {}
    for node in main.traverse(include_text=True) if main else ():
        parent = node.parent
        in_dated = parent is not None and is_dated.get(parent.mem_id, False)
        if node.is_text_node:
            words = _words(node.text_content or "")
            if words and parent is not None and parent.tag not in _INVISIBLE:
                (dated if in_dated else text).append(words)
        elif node.is_element_node:
            attributes = node.attributes
            is_dated[node.mem_id] = in_dated = in_dated or not _DATED.isdisjoint(attributes)
            (dated if in_dated else text).extend(
                value
                for key, value in attributes.items()
                if value and key in _VISIBLE_ATTRIBUTES and not value.startswith(IMMUTABLE_FOLDERS)
            )
    return (
        title,
        [part for part in text if part != version],
        [part for part in dated if part != version],
    )


def _words(text: str) -> str:
    """The text with single spaces."""
    return " ".join(text.split())

"""What the pages of a built site say: their texts as a reader meets them, and hashes of these."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from builder.kit.headers import IMMUTABLE_FOLDERS
from builder.kit.manifest import HASH_LENGTH, Files, files_of, of_each, steps


@dataclass(frozen=True, kw_only=True)
class PageMark:
    """A page: its title, and hashes of what a reader can see there.

    `text` is of title, description, text, links and pictures; `dated` of those parts that hold for
    a time only (deadlines, statuses); `whole` of the file, with the addresses of its style sheet
    and scripts, and what stands on every page.
    """

    title: str
    text: str
    dated: str
    whole: str


def pages_of(
    built: Path, files: Files | None = None, known: Mapping[str, PageMark] | None = None
) -> dict[str, PageMark]:
    """Every page of a built site by its address.

    `files` are those of the site, where they have been looked at already; pages that are `known`
    by their files' hashes are not read.
    """
    files = files_of(built) if files is None else files
    known = {} if known is None else known
    pages = [path for path in sorted(files, key=steps) if is_page(path)]
    unread = [path for path in pages if files[path].digest not in known]
    marks = dict(of_each(lambda path: _mark(built / path), unread, "Leser sidene"))
    return {address_of(path): marks.get(path) or known[files[path].digest] for path in pages}


def is_page(path: str) -> bool:
    """Whether a file of a site is a page; `path` begins at the folder of the site."""
    return path.endswith(".html")


def address_of(path: str) -> str:
    """The address of a page by its path in the site: `frister/index.html` is `/frister/`."""
    return f"/{path}".removesuffix("index.html")


def _mark(path: Path) -> PageMark:
    data = path.read_bytes()
    title, text, dated = read_page(data.decode())
    return PageMark(
        title=title,
        text=_hash("\n".join(text)),
        dated=_hash("\n".join(dated)),
        whole=hashlib.sha256(data).hexdigest()[:HASH_LENGTH],
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:HASH_LENGTH]


# What holds from or until some time: `theme/js/today.js` shows and hides it by these.
_DATED = {"data-from", "data-until", "data-days-until"}
_UNSEEN = {"script", "style", "template"}
_SEEN_ATTRIBUTES = {"href", "src", "alt", "value", "placeholder", "aria-label"}
_VOID = {
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"),
    *("track", "wbr"),
}

# A tag: whether it ends an element, its name, and its attributes.
_TAG = r"""<(/?)([a-zA-Z][^\s/>]*+)((?:[^"'>]++|"[^"]*+"|'[^']*+')*+)>"""
# Text, a tag, or what nobody sees. By regular expressions, since Python's own reader takes five
# times as long: more than a minute for 20 000 pages.
_PART = re.compile(rf"([^<]++|<(?![a-zA-Z/!?]))|{_TAG}|<!--.*?(?:-->|\Z)|<[^>]*+>?", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([^\s"'=<>/]++)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]++)))?""")
# What stands in scripts and style sheets is no HTML.
_RAW = re.compile(
    r"(?P<start><(?P<name>script|style)\b[^>]*+>).*?(?=</(?P=name)\b|\Z)", re.DOTALL | re.IGNORECASE
)


def read_page(html: str) -> tuple[str, list[str], list[str]]:
    """Read of a page what its reader does: all of `main`, also what is hidden at the moment.

    Its title; its text, links and pictures; and those of them that hold for a time. All without
    what is new at each change of the calculators' code or rules.
    """
    html = _RAW.sub(r"\g<start>", html)
    title = version = ""
    text: list[str] = []
    dated: list[str] = []
    # Of each element that is open: its name, and whether it is (in) main, dated, unseen.
    elements = [("", False, False, False)]
    for piece, end, tag, rest in _PART.findall(html):
        around, in_main, in_dated, in_unseen = elements[-1]
        if piece:
            if around == "title" and not title:
                title = _words(piece)
                text.append(title)
            elif in_main and not in_unseen and (words := _words(piece)):
                (dated if in_dated else text).append(words)
        elif end:
            _close(elements, tag.lower())
        elif tag:
            name = tag.lower()
            in_main = in_main or name == "main"
            # Most tags have none, or are of the head and the menu.
            attributes = (
                _attributes(rest) if rest and (in_main or name == "meta" or "data-" in rest) else {}
            )
            in_dated = in_dated or not _DATED.isdisjoint(attributes)
            if name not in _VOID and not rest.endswith("/"):
                elements.append((name, in_main, in_dated, in_unseen or name in _UNSEEN))
            if name == "meta" and attributes.get("name") == "description":
                text.append(attributes.get("content", ""))
            version = attributes.get("data-version") or version
            if in_main:
                seen = dated if in_dated else text
                for key, value in attributes.items():
                    if (
                        value
                        and key in _SEEN_ATTRIBUTES
                        and not value.startswith(IMMUTABLE_FOLDERS)
                    ):
                        seen.append(value)
    return (
        title,
        [part for part in text if part != version],
        [part for part in dated if part != version],
    )


def _words(text: str) -> str:
    return " ".join(unescape(text).split())


def _attributes(text: str) -> dict[str, str]:
    return {name.lower(): unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(text)}


def _close(elements: list[tuple[str, bool, bool, bool]], tag: str) -> None:
    """An end tag that HTML lets one leave out closes with the element around it."""
    if elements[-1][0] == tag or any(name == tag for name, *_ in elements):
        while elements.pop()[0] != tag:
            pass

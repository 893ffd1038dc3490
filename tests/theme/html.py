"""The rules of all our HTML; each function yields the places that break them."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from xml.etree.ElementTree import Element

import html5lib

_DATA_SCRIPTS = {"application/json", "application/ld+json"}
_REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "for", "headers")


def parse_page(html: str) -> Element:
    """A whole page, read strictly: HTML that is not well-formed is an error."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)


def parse_fragment(html: str) -> Element:
    """A part of a page, read strictly."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parseFragment(html)


def mistakes(root: Element) -> Iterator[str]:
    """The mistakes in a page or in a part of a page."""
    for tag in root.iter():
        if not isinstance(tag.tag, str):
            continue
        named = f"<{tag.tag} {tag.attrib}>"
        for attribute in tag.attrib:
            if attribute == "style" or attribute.startswith("on"):
                yield f"inline {attribute}: {named}"
        if tag.tag == "style":
            yield f"inline style sheet: {named}"
        if tag.tag == "script" and "src" not in tag.attrib and tag.get("type") not in _DATA_SCRIPTS:
            yield f"inline script: {named}"
        if tag.tag == "img" and "alt" not in tag.attrib:
            yield f"no alt: {named}"
        if tag.tag in ("a", "button", "summary", "th", "caption", "label", "legend") and not (
            "".join(tag.itertext()).strip() or tag.get("aria-label")
        ):
            yield f"no text: {named}"
        if tag.tag == "table" and tag.find("caption") is None:
            yield f"no caption: {named}"
        if tag.tag == "th" and "scope" not in tag.attrib:
            yield f"no scope: {named}"
    for name, count in Counter(e.get("id") for e in root.iter() if e.get("id")).items():
        if count > 1:
            yield f"{count} elements have the id {name}"
    yield from _unlabelled(root)


def page_mistakes(root: Element) -> Iterator[str]:
    """The mistakes in a whole page."""
    yield from mistakes(root)
    ids = {e.get("id") for e in root.iter()}
    for tag in root.iter():
        for attribute in _REFERENCES:
            for name in (tag.get(attribute) or "").split():
                if name not in ids:
                    yield f"{attribute} points to nothing: {name}"
        href = tag.get("href") or ""
        if tag.tag == "a" and href.startswith("#") and href[1:] not in ids:
            yield f"link to nothing: {href}"
    levels = [int(e.tag[1]) for e in root.iter() if e.tag in ("h1", "h2", "h3", "h4")]
    if levels.count(1) != 1 or levels[0] != 1:
        yield f"one h1, first: {levels}"
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"heading level left out: {levels}"
    for landmark in ("header", "main", "footer"):
        if len(list(root.iter(landmark))) != 1:
            yield f"one {landmark}"


def _unlabelled(root: Element) -> Iterator[str]:
    labelled = {e.get("for") for e in root.iter("label")}
    for tag in root.iter():
        if tag.tag in ("input", "select", "textarea") and tag.get("id") not in labelled:
            yield f"no label: {tag.attrib}"
        if tag.tag == "fieldset" and tag.find("legend") is None:
            yield f"no legend: {tag.attrib}"
        if tag.tag == "nav" and not tag.get("aria-label"):
            yield "no label: <nav>"

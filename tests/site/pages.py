"""Built pages, read as a browser reads them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib


@dataclass(frozen=True)
class Page:
    """A page: its address, and its elements."""

    url: str
    root: Element

    @property
    def lang(self) -> str:
        return self.root.attrib["lang"]

    @property
    def main(self) -> Element:
        return next(self.root.iter("main"))

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """The elements of a kind; `class_` means one of the classes."""
        return list(find_all(self.root, tag, **attributes))

    def one(self, tag: str, **attributes: str) -> Element:
        (found,) = self.all(tag, **attributes)
        return found

    @property
    def ids(self) -> set[str]:
        return {element.attrib["id"] for element in self.root.iter() if "id" in element.attrib}


def find_all(root: Element, tag: str, **attributes: str) -> Iterator[Element]:
    wanted = {name.replace("_", "-"): value for name, value in attributes.items()}
    class_ = wanted.pop("class-", None)
    for element in root.iter(tag):
        if class_ is not None and class_ not in element.get("class", "").split():
            continue
        if all(element.get(name) == value for name, value in wanted.items()):
            yield element


def text(element: Element) -> str:
    """What is read, with every run of spaces (also no-break) as one."""
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


def read_page(html: str, url: str = "/") -> Page:
    return Page(url, html5lib.parse(html, namespaceHTMLElements=False))


def addresses(folder: Path) -> dict[str, Path]:
    """The file of every page of a built site by the address it is served at."""
    return {
        "/" + path.relative_to(folder).as_posix().removesuffix("index.html"): path
        for path in sorted(folder.rglob("*.html"))
    }


def read_pages(folder: Path) -> dict[str, Page]:
    """Every page of a built site by its address."""
    return {url: read_page(path.read_text("utf-8"), url) for url, path in addresses(folder).items()}

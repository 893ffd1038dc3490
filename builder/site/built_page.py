"""What a page of a built site says that is to be checked: ids, addresses, headings."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from builder.kit.html_reader import IrregularError, Reader, elements, lines

_LINKS = {"href", "src", "poster", "data", "action", "formaction", "cite", "manifest"}
_CANDIDATES = {"srcset", "imagesrcset"}
# Attributes that name ids of the same page, some of them several.
_REFERENCES = {
    *("for", "headers", "list", "form", "popovertarget", "commandfor", "aria-labelledby"),
    *("aria-describedby", "aria-details", "aria-controls", "aria-owns", "aria-flowto"),
    *("aria-activedescendant", "aria-errormessage"),
}
_DATA_ADDRESS = re.compile(r"/\w")
_FOR_SOCIAL_MEDIA = re.compile(r"(og|twitter):(url|image)")
_GOT = re.compile(r"\b(stylesheet|icon|preload|modulepreload)\b")
# What a browser gets for an element, by the attribute that names it.
_GETTING = {"link": "href", "script": "src", "img": "src"}
_REMEMBERED = 1 << 15


@dataclass
class Page:
    """What a page says, in its order.

    `ids` may stand twice; `references` are attributes with the ids they name, `links` all
    addresses, `translations` those of the page in other languages. `needs` is what a browser gets
    with the page, `scripts` are the scripts among that and their workers.
    """

    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    references: list[tuple[str, str]] = field(default_factory=list)
    canonical: str | None = None
    translations: list[str] = field(default_factory=list)
    headings: int = 0
    needs: set[str] = field(default_factory=set)
    scripts: set[str] = field(default_factory=set)
    has_calculator: bool = False

    def add(self, other: "Page") -> None:
        """Take in what comes next."""
        self.ids += other.ids
        self.links += other.links
        self.references += other.references
        self.canonical = other.canonical or self.canonical
        self.translations += other.translations
        self.headings += other.headings
        self.needs |= other.needs
        self.scripts |= other.scripts
        self.has_calculator |= other.has_calculator

    def add_element(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        """Take in the next element."""
        values = {name: value for name, value in attributes if value is not None}
        for attribute, value in values.items():
            if attribute == "id":
                self.ids.append(value)
            elif attribute in _REFERENCES:
                self.references += [(attribute, id_) for id_ in value.split()]
            elif attribute in _CANDIDATES:
                self.links += [part.split()[0] for part in value.split(",") if part.strip()]
            elif attribute in _LINKS:
                self.links.append(value)
            elif attribute.startswith("data-") and _DATA_ADDRESS.match(value):
                self.links += value.split()
        self.headings += name == "h1"
        self.has_calculator |= any(attribute == "data-calculator" for attribute, _ in attributes)
        if name == "link" and "href" in values:
            self._add_link(values)
        if name == "meta":
            self._add_meta(values)
        if name in _GETTING:
            self._add_need(name, values)
        scripts = (values.get(_GETTING.get(name, "")), values.get("data-worker"))
        self.scripts |= {script for script in scripts if script and script.endswith(".js")}

    def _add_link(self, values: dict[str, str]) -> None:
        rel = values.get("rel", "").split()
        if "canonical" in rel:
            self.canonical = values["href"]
        elif "alternate" in rel and values.get("hreflang", "x-default") != "x-default":
            self.translations.append(values["href"])

    def _add_meta(self, values: dict[str, str]) -> None:
        """Addresses stand in descriptions for social media and in redirections."""
        content = values.get("content", "")
        if values.get("http-equiv", "").lower() == "refresh" and "url=" in content.lower():
            self.links.append(re.split("url=", content, flags=re.IGNORECASE)[1])
        elif _FOR_SOCIAL_MEDIA.fullmatch(values.get("property", values.get("name", ""))):
            self.links.append(content)

    def _add_need(self, name: str, values: dict[str, str]) -> None:
        """What a browser gets at once.

        Other fonts than the one preloaded are for rare letters, and only got where those occur.
        What the reader may never come to is got when it is near.
        """
        address = values.get(_GETTING[name], "")
        is_file = name != "link" or _GOT.search(values.get("rel", "")) is not None
        if is_file and values.get("loading") != "lazy" and address.startswith("/"):
            self.needs.add(address)


def read_page(html: str) -> Page:
    """Read a page."""
    page = Page()
    try:
        parts = [part for line in lines(html) if (part := _part(line)) is not None]
    except IrregularError:
        _Reader(page).feed(html)
        return page
    for part in parts:
        page.add(part)
    return page


@lru_cache(_REMEMBERED)
def _part(line: str) -> Page | None:
    """What a line says, if it says anything. Most lines of a page stand on many others too."""
    page = Page()
    for element in elements(line):
        page.add_element(element.name, element.attributes)
    return None if page == _NOTHING else page


_NOTHING = Page()


class _Reader(Reader):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.add_element(tag, attrs)

"""A page of a built site as its checks see it: ids, links, headings, and the files it needs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

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
# The elements for which a browser gets a file, and the attribute that names the file.
_GETTING = {"link": "href", "script": "src", "img": "src"}


@dataclass
class BuiltPage:
    """The parts of a page that are checked, in the order of the page.

    `ids` has an id as often as it stands; `references` are pairs of an attribute and an id that it
    names; `links` are all addresses on the page, `translations` the addresses of the page in other
    languages; `headings` is the number of `h1`. `needs` are the addresses of files that a browser
    loads with the page, `scripts` the addresses of the scripts among these files and of their
    workers.
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

    def add_element(self, name: str, attributes: dict[str, str | None]) -> None:
        """Add an element, with its attributes; the value of one without a value is None."""
        values = {name: value for name, value in attributes.items() if value is not None}
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
        self.has_calculator |= "data-calculator" in attributes
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
        """Add the address of a redirection, or of a description for social media."""
        content = values.get("content", "")
        if values.get("http-equiv", "").lower() == "refresh" and "url=" in content.lower():
            self.links.append(re.split("url=", content, flags=re.IGNORECASE)[1])
        elif _FOR_SOCIAL_MEDIA.fullmatch(values.get("property", values.get("name", ""))):
            self.links.append(content)

    def _add_need(self, name: str, values: dict[str, str]) -> None:
        """Add the file that a browser loads at once for this element, if it does.

        Fonts that are not preloaded are for rare letters, and lazy images for parts of the page
        that the reader may never reach: neither counts.
        """
        address = values.get(_GETTING[name], "")
        is_file = name != "link" or _GOT.search(values.get("rel", "")) is not None
        if is_file and values.get("loading") != "lazy" and address.startswith("/"):
            self.needs.add(address)


def read_page(html: str) -> BuiltPage:
    """Read the HTML of a page as browsers do, contents of templates included."""
    page = BuiltPage()
    for element in _elements(LexborHTMLParser(html).root):
        if attributes := element.attributes:
            page.add_element(element.tag or "", attributes)
        elif element.tag == "h1":
            page.headings += 1
    return page


def _elements(root: LexborNode | None) -> Iterator[LexborNode]:
    """Every element in a tree, and then every element in its templates."""
    roots = [root] if root is not None else []
    while roots:
        root = roots.pop()
        yield from root.traverse()
        # A template is not among the templates of its own content.
        roots += [one for one in root.template_fragments() if one.mem_id != root.mem_id]

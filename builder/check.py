"""Checks of a built site before it is published: whole HTML, links that lead somewhere, sizes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from builder import sizes
from builder.errors import KnownError

_LINKS = {"href", "src", "poster", "data", "action", "formaction", "cite", "manifest"}
_CANDIDATES = {"srcset", "imagesrcset"}
# Attributes that name ids of the same page, some of them several.
_REFERENCES = {
    *("for", "headers", "list", "form", "popovertarget", "commandfor", "aria-labelledby"),
    *("aria-describedby", "aria-details", "aria-controls", "aria-owns", "aria-flowto"),
    *("aria-activedescendant", "aria-errormessage"),
}
_FOREIGN = ("http:", "https:", "mailto:", "data:", "tel:", "webcal:")
# What is made for other programs, and names addresses of the site.
_DATA_FILES = {".xml", ".atom", ".json", ".webmanifest", ".ics", ".txt"}
# Pyodide's own files are named by Pyodide's own rules.
_RUNTIME = "runtime"


class CheckError(KnownError):
    """The built site has mistakes; the text lists them all, in Norwegian."""


@dataclass
class _Page:
    ids: set[str] = field(default_factory=set)
    doubles: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    references: list[tuple[str, str]] = field(default_factory=list)
    canonical: str | None = None
    translations: list[str] = field(default_factory=list)
    headings: int = 0


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = _Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.headings += tag == "h1"
        values = {name: value for name, value in attrs if value is not None}
        for name, value in values.items():
            if name == "id":
                if value in self.page.ids:
                    self.page.doubles.append(value)
                self.page.ids.add(value)
            elif name in _REFERENCES:
                self.page.references += [(name, id_) for id_ in value.split()]
            elif name in _CANDIDATES:
                self.page.links += [candidate.split()[0] for candidate in value.split(",")]
            elif name in _LINKS or (name.startswith("data-") and re.match(r"/\w", value)):
                self.page.links.append(value)
        if tag == "link" and "href" in values:
            rel = values.get("rel", "").split()
            if "canonical" in rel:
                self.page.canonical = values["href"]
            elif "alternate" in rel and values.get("hreflang", "x-default") != "x-default":
                self.page.translations.append(values["href"])
        if tag == "meta":
            self._read_meta(values)

    def _read_meta(self, values: dict[str, str]) -> None:
        """Addresses stand in descriptions for social media and in redirections."""
        content = values.get("content", "")
        if values.get("http-equiv", "").lower() == "refresh" and "url=" in content.lower():
            self.page.links.append(re.split("url=", content, flags=re.IGNORECASE)[1])
        elif re.match(r"(og|twitter):(url|image)$", values.get("property", values.get("name", ""))):
            self.page.links.append(content)


def check(site: Path) -> None:
    """Check every page of a built site. Raises `CheckError` with all mistakes at once."""
    pages = {path: _read(path) for path in sorted(site.rglob("*.html"))}
    checker = _Checker(site, pages)
    problems = [
        f"{path.relative_to(site)}: {problem}"
        for path, page in pages.items()
        for problem in checker.problems(path, page)
    ]
    problems += checker.problems_of_data()
    if not (site / "index.html").is_file():
        problems.append("index.html mangler.")
    problems += [f"For stort: {size}." for size in sizes.sizes(site) if size.found > size.budget]
    if problems:
        raise CheckError(
            "Det bygde nettstedet har feil. Ingenting er publisert.\n" + "\n".join(problems)
        )


def _read(path: Path) -> _Page:
    reader = _Reader()
    reader.feed(path.read_text("utf-8"))
    return reader.page


class _Checker:
    """Looks up addresses in a built site."""

    def __init__(self, site: Path, pages: dict[Path, _Page]) -> None:
        self.site = site
        self.pages = pages
        front = pages.get(site / "index.html", _Page())
        # The address of the site itself, empty where it was built without one.
        self.address = (front.canonical or "/").removesuffix("/")

    def problems(self, path: Path, page: _Page) -> Iterator[str]:
        """What is wrong with a page."""
        if page.headings != 1:
            yield f"siden har {page.headings} hovedoverskrifter (h1), forventet 1"
        for name in page.doubles:
            yield f"id-en «{name}» står to ganger"
        for attribute, name in dict.fromkeys(page.references):
            if name not in page.ids:
                yield f"{attribute} viser til id-en «{name}», som ikke finnes på siden"
        for link in dict.fromkeys(page.links):
            yield from self._problems_of_link(path, link)
        for link in page.translations:
            translated = self._file(path, link)
            other = self.pages.get(translated)
            if other and path not in (self._file(translated, t) for t in other.translations):
                yield f"siden viser til «{link}» på et annet språk, men den viser ikke tilbake"

    def problems_of_data(self) -> Iterator[str]:
        """What is wrong with addresses in what is made for other programs."""
        for path in sorted(self.site.rglob("*")):
            name = path.relative_to(self.site)
            if path.suffix not in _DATA_FILES or name.parts[0] == _RUNTIME:
                continue
            text = path.read_text("utf-8")
            if path.suffix == ".ics":
                text = re.sub(r"\r?\n[ \t]", "", text)
            for link in dict.fromkeys(self._named_in(text)):
                for problem in self._problems_of_link(path, link):
                    yield f"{name}: {problem}"

    def _named_in(self, text: str) -> Iterator[str]:
        """The site's addresses in a text: in full, or as a path and nothing else."""
        if self.address:
            for link in re.findall(rf"{re.escape(self.address)}/[^\s\"'<>\\]*", text):
                yield unescape(link).rstrip(".,;:)")
        for link in re.findall(r"""["'>](/(?:[^/\s"'<>\\{][^\s"'<>\\{]*)?)(?=["'<])""", text):
            yield unescape(link)

    def _problems_of_link(self, path: Path, link: str) -> Iterator[str]:
        own = self._own(link)
        if own.startswith(_FOREIGN):
            return
        target = urlsplit(own)
        if target.netloc:
            yield f"lenken «{link}» mangler «https:» foran"
            return
        file = self._file(path, own)
        if not file.exists():
            yield f"lenken «{link}» fører ingen steder"
        elif (
            file in self.pages
            and target.fragment
            and unquote(target.fragment) not in self.pages[file].ids
        ):
            yield f"lenken «{link}» peker på et sted som ikke finnes på siden"

    def _own(self, link: str) -> str:
        """An address without that of the site itself."""
        if self.address and (link == self.address or link.startswith(f"{self.address}/")):
            return link.removeprefix(self.address) or "/"
        return link

    def _file(self, page: Path, link: str) -> Path:
        """The file that a server gives for an address in a page."""
        target = unquote(urlsplit(self._own(link)).path)
        if not target:
            return page
        file = self.site / target.lstrip("/") if target.startswith("/") else page.parent / target
        return file / "index.html" if target.endswith("/") else file

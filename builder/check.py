"""Checks of a built site before it is published: whole HTML, links that lead somewhere, sizes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from builder import sizes

_LINKS = {"href", "src", "data-worker", "data-index", "data-tools"}
_FOREIGN = ("http:", "https:", "mailto:", "data:", "tel:", "webcal:")


class CheckError(Exception):
    """The built site has mistakes; the text lists them all, in Norwegian."""


@dataclass
class _Page:
    ids: set[str] = field(default_factory=set)
    doubles: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    headings: int = 0


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = _Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.headings += tag == "h1"
        for name, value in attrs:
            if name == "id" and value is not None:
                if value in self.page.ids:
                    self.page.doubles.append(value)
                self.page.ids.add(value)
            elif name in _LINKS and value is not None:
                self.page.links.append(value)


def check(site: Path) -> None:
    """Check every page of a built site. Raises `CheckError` with all mistakes at once."""
    pages = {path: _read(path) for path in sorted(site.rglob("*.html"))}
    problems = [
        f"{path.relative_to(site)}: {problem}"
        for path, page in pages.items()
        for problem in _problems(site, path, page, pages)
    ]
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


def _problems(site: Path, path: Path, page: _Page, pages: dict[Path, _Page]) -> Iterator[str]:
    if page.headings != 1:
        yield f"siden har {page.headings} hovedoverskrifter (h1), forventet 1"
    for name in page.doubles:
        yield f"id-en «{name}» står to ganger"
    for link in dict.fromkeys(page.links):
        if link.startswith(_FOREIGN):
            continue
        target = urlsplit(link)
        if target.netloc:
            yield f"lenken «{link}» mangler «https:» foran"
            continue
        file = _file(site, path, unquote(target.path))
        if not file.exists():
            yield f"lenken «{link}» fører ingen steder"
        elif file in pages and target.fragment and unquote(target.fragment) not in pages[file].ids:
            yield f"lenken «{link}» peker på et sted som ikke finnes på siden"


def _file(site: Path, page: Path, target: str) -> Path:
    """The file that a server gives for an address in a page."""
    if not target:
        return page
    file = site / target.lstrip("/") if target.startswith("/") else page.parent / target
    return file / "index.html" if target.endswith("/") else file

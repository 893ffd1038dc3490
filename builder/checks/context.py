"""What checks look at: the content model, the pages and files it was read from, and the day."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from builder.checks.addresses import Addresses
from builder.checks.pages import Page, read_pages
from builder.content import Problem, Site
from builder.content.load import CHANGES
from builder.content.yaml_file import Document, Key, Plain, at, read_yaml

CONTENT = Path("content")


@dataclass(frozen=True)
class Context:
    """The content of the project at `root`, on the day `today`.

    `site` may lack schemes that have mistakes. `site_address` is where the site will stand, without
    a slash at its end; empty where that is not set. Paths of files begin with `content`.
    """

    root: Path
    site: Site
    today: dt.date
    site_address: str = ""

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """Every Markdown page."""
        return read_pages(self.root, self.site)

    @cached_property
    def documents(self) -> Mapping[Path, Document]:
        """Every YAML file of the content, by its path; those that can't be read are left out."""
        files: list[Path] = []
        for pattern in ("*/scheme.yaml", "*/rules/*.yaml", f"{CHANGES}/*.yaml"):
            files += sorted((self.root / CONTENT).glob(pattern))
        read = [read_yaml(path, path.relative_to(self.root)) for path in files if path.is_file()]
        return {document.file: document for document in read if not document.problems}

    @cached_property
    def addresses(self) -> Addresses:
        """Every address of the site, with those of what is not published yet or any more."""
        return Addresses(self.site, self.today)

    @cached_property
    def published(self) -> Site:
        """What would be published now."""
        return self.site.published(self.today)

    @cached_property
    def published_addresses(self) -> Addresses:
        """Every address that would be published now."""
        return Addresses(self.published, self.today)

    def facts(self, slug: str) -> Document:
        """The file with the facts of a scheme that was read without mistakes."""
        return self.documents[CONTENT / slug / "scheme.yaml"]

    def rules(self, slug: str, year: int) -> Document:
        """The file of a rule year of a scheme that was read without mistakes in its model."""
        # By what it says: its name may be that of another year, which is told elsewhere.
        folder = CONTENT / slug / "rules"
        of_scheme = (d for path, d in self.documents.items() if path.parent == folder)
        return next(d for d in of_scheme if at(d.data, ("year",)) == year)


@dataclass(frozen=True)
class TextValue:
    """A text of a YAML file, with its key path."""

    key: Key
    nb: str
    nn: str | None


def texts(data: Plain, key: Key = ()) -> Iterator[TextValue]:
    """Every text for readers in a YAML file."""
    if isinstance(data, list):
        for n, item in enumerate(data):
            yield from texts(item, (*key, n))
    elif isinstance(data, dict):
        nb, nn = data.get("nb"), data.get("nn")
        if isinstance(nb, str):
            yield TextValue(key, nb, nn if isinstance(nn, str) else None)
        else:
            for name, value in data.items():
                yield from texts(value, (*key, name))


def warning(
    document: Document, key: Key, message: str, found: str = "", expected: str = ""
) -> Problem:
    """A warning at a key of a YAML file."""
    return replace(document.problem(key, message, found, expected), is_warning=True)


type Check = Callable[[Context], Iterable[Problem]]

"""The input of checks of one folder: its pages, its YAML files, its scheme."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from builder.checks.pages import HtmlOf, Page, read_pages
from builder.content import Problem, Scheme
from builder.content.site import PageFile
from builder.content.yaml_file import Document, Key, Plain, at, read_yaml

CONTENT = Path("content")


@dataclass(frozen=True, kw_only=True)
class Folder:
    """The folder of a scheme or of the general pages; or the file of one change, by itself.

    - `root` is the project's folder. Paths in problems begin with `content`.
    - `yaml_files` begin with the file of the facts, or of the change.
    - `scheme` is None where the folder has none, or one with mistakes.
    - `used` are the names of the scheme's sources that changes refer to.
    - `html_of` is as for `read_pages`.
    """

    root: Path
    page_files: tuple[PageFile, ...] = ()
    yaml_files: tuple[Path, ...] = ()
    scheme: Scheme | None = None
    used: frozenset[str] = frozenset()
    html_of: HtmlOf | None = None

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """Every Markdown page that can be read."""
        return read_pages(self.root, self.page_files, self.html_of)

    @cached_property
    def documents(self) -> Mapping[Path, Document]:
        """Every YAML file without mistakes of YAML, by its path."""
        read = [read_yaml(path, path.relative_to(self.root)) for path in self.yaml_files]
        return {document.file: document for document in read if not document.problems}

    @cached_property
    def facts(self) -> Document:
        """The file with the facts of the scheme, or the file of the change; empty with mistakes."""
        path = self.yaml_files[0].relative_to(self.root)
        # The file may have got mistakes since the scheme was read from it.
        return self.documents.get(path, Document(path))

    def rules(self, year: int) -> Document:
        """The file of a rule year of the scheme; empty with mistakes."""
        # By the year inside the file: another year in its name has been reported already.
        of_year = (d for d in self.documents.values() if at(d.data, ("year",)) == year)
        return next(of_year, Document(self.facts.file.parent / "rules" / f"{year}.yaml"))


@dataclass(frozen=True)
class TextValue:
    """A text in a YAML file, in bokmål and perhaps nynorsk, with its key path."""

    key: Key
    nb: str
    nn: str | None


def texts(data: Plain, key: Key = ()) -> Iterator[TextValue]:
    """Every text for readers in a YAML file: each mapping with the key `nb`."""
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
    """A warning at a key path of a YAML file."""
    return replace(document.problem(key, message, found, expected), is_warning=True)

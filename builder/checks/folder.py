"""What checks look at in one folder of the content: its pages, its YAML files, its scheme."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from builder.checks.pages import Made, Page, read_pages
from builder.content import Problem, Scheme
from builder.content.site import PageFile
from builder.content.yaml_file import Document, Key, Plain, at, read_yaml

CONTENT = Path("content")


@dataclass(frozen=True, kw_only=True)
class Folder:
    """The folder of a scheme or of the general pages, or a file of changes by itself.

    `root` is that of the project; paths of files begin with `content`. `pages_of` are its Markdown
    files and `yaml` its YAML files. `scheme` is None where there is none or it has mistakes, and
    `used` are the names of its sources that changes elsewhere refer to. `made` is as for
    `read_pages`.
    """

    root: Path
    pages_of: tuple[PageFile, ...] = ()
    yaml: tuple[Path, ...] = ()
    scheme: Scheme | None = None
    used: frozenset[str] = frozenset()
    made: Made = None

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """Every Markdown page."""
        return read_pages(self.root, self.pages_of, self.made)

    @cached_property
    def documents(self) -> Mapping[Path, Document]:
        """Every YAML file, by its path; those that can't be read are left out."""
        read = [read_yaml(path, path.relative_to(self.root)) for path in self.yaml]
        return {document.file: document for document in read if not document.problems}

    @cached_property
    def facts(self) -> Document:
        """The file with the facts of the scheme, or the file of changes."""
        path = self.yaml[0].relative_to(self.root)
        # What has been saved since the scheme was read, may have mistakes.
        return self.documents.get(path, Document(path))

    def rules(self, year: int) -> Document:
        """The file of a rule year of the scheme."""
        # By what it says: its name may be that of another year, which is told elsewhere.
        of_year = (d for d in self.documents.values() if at(d.data, ("year",)) == year)
        return next(of_year, Document(self.facts.file.parent / "rules" / f"{year}.yaml"))


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

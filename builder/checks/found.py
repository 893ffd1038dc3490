"""What checks find in one folder, kept until something in it is another."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from builder.checks import examples, figures, images, nynorsk, readability, sources
from builder.checks.figures import Written
from builder.checks.folder import CONTENT, Folder
from builder.checks.pages import Reference
from builder.content import Change, Problem, Site
from builder.content.files import is_ours
from builder.content.load import CHANGES, PAGES, PageFile, digest_of_folder
from builder.content.yaml_file import Document, Key, Plain, dotted
from builder.kit.cache import Store, code_version, key
from builder.kit.parallel import in_parallel
from calc.rules import Lang

# What depends on a folder alone, by what it is called in reports.
OF_FOLDER = {
    "Tall i tekstene": figures.check,
    "Bilder": images.check,
    "Regneeksempler": examples.check,
    "Kilder": sources.check,
    "Nynorsk": nynorsk.check,
    "Lesbarhet": readability.check,
}
# The parts of YAML files of whose dates other checks tell, which need to know their lines.
_DATED = {"review_by", "last_checked", "date", "deadlines", "sources"}
_DATES = {"expected", "published", "read"}


class Linked(NamedTuple):
    """A page with its links and the places in it that can be linked to.

    `file` is a text: there are so many pages that the making of paths would be felt.
    """

    scheme: str | None
    name: str
    lang: Lang
    file: str
    links: tuple[Reference, ...]
    anchors: tuple[str, ...]


class Address(NamedTuple):
    """An address in a YAML file."""

    url: str
    file: Path
    line: int
    key: str


@dataclass(frozen=True)
class Findings:
    """What there is to tell of a folder, and what others need to know of it.

    `problems` are by subject. `figures` are those of the general pages and of changes, which are
    held against the rules of schemes. `facts` and `rules`, by year, know only the lines of dates.
    """

    problems: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    pages: tuple[Linked, ...] = ()
    addresses: tuple[Address, ...] = ()
    figures: tuple[Written, ...] = ()
    facts: Document | None = None
    rules: Mapping[int, Document] = field(default_factory=dict)


NOTHING = Findings()


def find(folder: Folder) -> Findings:
    """Look through a folder."""
    found = {subject: tuple(check(folder)) for subject, check in OF_FOLDER.items()}
    return Findings(
        problems={subject: problems for subject, problems in found.items() if problems},
        pages=tuple(
            Linked(p.file.scheme, p.file.name, p.file.lang, str(p.shown), p.links, p.anchors)
            for p in folder.pages
        ),
        addresses=tuple(
            Address(url, document.file, document.line(place), dotted(place))
            for document in folder.documents.values()
            for place, url in _addresses(document.data)
        ),
        figures=tuple(_figures(folder)),
        facts=_dates_of(folder.facts) if folder.documents else None,
        rules={
            rules.year: _dates_of(folder.rules(rules.year))
            for rules in (folder.scheme.rules if folder.scheme else ())
        },
    )


def find_all(
    root: Path, site: Site, store: Store | None = None, label: str = ""
) -> dict[str, Findings]:
    """Look through all folders of the project at `root`, by name, and all changes, by `name_of`.

    What is kept in the `store` is not looked at again. With a `label`, progress is told.
    """
    files: dict[str, list[PageFile]] = {name: [] for name in (*site.digests, *site.schemes)}
    for (slug, _, _), file in site.pages.items():
        files.setdefault(slug or PAGES, []).append(file)
    used: dict[str, set[str]] = {}
    for change in site.changes:
        if change.source is not None:
            used.setdefault(change.scheme, set()).add(change.source)
    version = code_version("builder", "calc")
    keys = {
        name: key(version, name, digest, sorted(used.get(name, ())))
        for name, digest in site.digests.items()
        if digest and store
    }

    def look(name: str) -> Findings:
        folder = root / CONTENT / name
        found = find(
            Folder(
                root=root,
                pages_of=tuple(files[name]),
                yaml=_yaml(folder) if name != PAGES else (),
                scheme=site.schemes.get(name),
                used=frozenset(used.get(name, ())),
                made=lambda page: site.texts.of(page.scheme, page.name, page.lang).html,
            )
        )
        if store and name in keys and _is_as_read(folder, site.digests[name]):
            store.put(keys[name], found)
        return found

    kept: dict[str, Findings] = {}
    if store:
        for name in keys:
            if (one := store.get(keys[name])) is not None:
                kept[name] = one
    unknown = [name for name in files if name not in kept]
    kept |= zip(unknown, in_parallel(look, unknown, label), strict=True)
    found = {name: kept[name] for name in sorted(files)}
    changes = key(version, CHANGES)
    found |= _find_in_changes(root, store, changes)
    if store:
        store.keep_only({*keys.values(), changes})
    return found


def name_of(change: Change) -> str:
    """What is found in the file of a change has this name."""
    return f"{CHANGES}/{change.name}"


def _find_in_changes(root: Path, store: Store | None, kept_as: str) -> dict[str, Findings]:
    """What is found in each file of changes. They are many and small: they are kept as one."""
    kept: dict[str, tuple[str, Findings]] = (store.get(kept_as) if store else None) or {}
    found = {}
    for path in sorted((root / CONTENT / CHANGES).glob("*.yaml")):
        if not path.is_file() or not is_ours(path):
            continue
        name, digest = f"{CHANGES}/{path.stem}", _digest(path)
        before = kept.get(name)
        if before is not None and before[0] == digest != "":
            found[name] = before
        else:
            new = find(Folder(root=root, yaml=(path,)))
            found[name] = (digest if _digest(path) == digest else ""), new
    if store and {n: one[0] for n, one in found.items()} != {n: one[0] for n, one in kept.items()}:
        store.put(kept_as, found)
    return {name: one for name, (_, one) in found.items()}


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:  # gone again; whoever reads it says so
        return ""


def _is_as_read(folder: Path, digest: str) -> bool:
    """Whether nothing was saved since the content was read."""
    try:
        return digest_of_folder(folder) == digest
    except OSError:
        return False


def _yaml(folder: Path) -> tuple[Path, ...]:
    """The YAML files of a scheme, the one with the facts first."""
    return folder / "scheme.yaml", *sorted((folder / "rules").glob("*.yaml"))


def _figures(folder: Folder) -> Iterator[Written]:
    """Figures that are not held against the rules of one scheme."""
    for page in folder.pages:
        if page.file.scheme is None:
            yield from figures.in_prose(page)
    for document in folder.documents.values():
        if document.file.parent == CONTENT / CHANGES:
            yield from figures.beside_rules(document)


def _addresses(data: Plain, place: Key = ()) -> Iterator[tuple[Key, str]]:
    """Every value of a key `url` in a YAML file, with its key path."""
    if isinstance(data, list):
        for n, item in enumerate(data):
            yield from _addresses(item, (*place, n))
    elif isinstance(data, dict):
        for name, value in data.items():
            if name == "url" and isinstance(value, str):
                yield (*place, name), value
            else:
                yield from _addresses(value, (*place, name))


def _dates_of(document: Document) -> Document:
    """The file with nothing but the lines of dates: all of them would take long to read."""
    lines = {place: line for place, line in document.lines.items() if _is_dated(place)}
    return Document(document.file, lines=lines)


def _is_dated(place: Key) -> bool:
    return bool(place) and place[0] in _DATED and (len(place) < 3 or place[2] in _DATES)

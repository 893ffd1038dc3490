"""Runs the checks of one folder at a time, and caches their findings until the folder changes."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from builder.checks import completeness, figures, readability
from builder.checks.figures import Written
from builder.checks.folder import CONTENT, Folder
from builder.checks.pages import LinkedPage
from builder.content import Change, Problem, Site
from builder.content.files import CHANGES, PAGES, is_content
from builder.content.folders import digest_of_folder
from builder.content.site import PageFile
from builder.content.yaml_file import Document, Key, Plain, dotted
from builder.kit.parallel import in_parallel
from builder.kit.store import Store, code_version

# The checks that depend on one folder alone, by the subject under which reports list them.
FOLDER_CHECKS = {
    "Tall i tekstene": figures.check,
    "Bilder": readability.check_images,
    "Regneeksempler": completeness.check_examples,
    "Kilder": completeness.check_sources,
    "Nynorsk": completeness.check_nynorsk,
    "Lesbarhet": readability.check_reading_ease,
}
# The keys of YAML files that the check of dates reports with their lines.
_DATED = {"review_by", "last_checked", "date", "deadlines", "sources"}
_DATES = {"expected", "published", "read"}


class YamlAddress(NamedTuple):
    """An address under a key `url` of a YAML file, with its line and its dotted key."""

    url: str
    file: Path
    line: int
    key: str


@dataclass(frozen=True)
class Findings:
    """The result of the checks of a folder, and the data in it that checks of the whole site need.

    - `problems` are by subject.
    - `figures` are those of the general pages and of changes: rules of any scheme may have them.
    - `facts` and `rules`, by year, are documents with the lines of their dates and nothing else.
    """

    problems: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    pages: tuple[LinkedPage, ...] = ()
    addresses: tuple[YamlAddress, ...] = ()
    figures: tuple[Written, ...] = ()
    facts: Document | None = None
    rules: Mapping[int, Document] = field(default_factory=dict)


NO_FINDINGS = Findings()


def check_folder(folder: Folder) -> Findings:
    """Run all checks of a folder; return its problems and the data that later checks need."""
    problems = {subject: tuple(check(folder)) for subject, check in FOLDER_CHECKS.items()}
    return Findings(
        problems={subject: some for subject, some in problems.items() if some},
        pages=tuple(
            LinkedPage(p.file.scheme, p.file.name, p.file.lang, str(p.shown), p.links, p.anchors)
            for p in folder.pages
        ),
        addresses=tuple(
            YamlAddress(url, document.file, document.line(path), dotted(path))
            for document in folder.documents.values()
            for path, url in _urls(document.data)
        ),
        figures=tuple(_figures(folder)),
        facts=_only_dates(folder.facts) if folder.documents else None,
        rules={
            rules.year: _only_dates(folder.rules(rules.year))
            for rules in (folder.scheme.rules if folder.scheme else ())
        },
    )


def check_folders(
    root: Path, site: Site, store: Store | None = None, label: str = ""
) -> dict[str, Findings]:
    """The findings in each folder of content and in each change, by name.

    `root` is the project's folder. The key of a change is its `change_name`. Folders whose findings
    are cached in the `store` are not checked again. With a `label`, progress is shown under that
    label.
    """
    files: dict[str, list[PageFile]] = {name: [] for name in (*site.digests, *site.schemes)}
    for (slug, _, _), file in site.pages.items():
        files.setdefault(slug or PAGES, []).append(file)
    used: dict[str, set[str]] = {}
    for change in site.changes:
        if change.source is not None:
            used.setdefault(change.scheme, set()).add(change.source)
    version = code_version("builder", "calc")
    versions = {
        name: (version, digest, sorted(used.get(name, ())))
        for name, digest in site.digests.items()
        if digest and store
    }

    def findings_of(name: str) -> Findings:
        folder = root / CONTENT / name
        findings = check_folder(
            Folder(
                root=root,
                page_files=tuple(files[name]),
                yaml_files=_yaml_files(folder) if name != PAGES else (),
                scheme=site.schemes.get(name),
                used=frozenset(used.get(name, ())),
                html_of=lambda page: site.texts.of(page.scheme, page.name, page.lang).html,
            )
        )
        if store and name in versions and _is_unchanged(folder, site.digests[name]):
            store.put(name, result=findings, version=versions[name])
        return findings

    by_name: dict[str, Findings] = {}
    if store:
        for name, of_name in versions.items():
            if (cached := store.get(name, version=of_name)) is not None:
                by_name[name] = cached
    others = [name for name in files if name not in by_name]
    by_name |= zip(others, in_parallel(findings_of, others, label), strict=True)
    in_order = {name: by_name[name] for name in sorted(files)}
    return in_order | _check_changes(root, store, version)


def change_name(change: Change) -> str:
    """The name under which `check_folders` returns the findings in the file of a change."""
    return f"{CHANGES}/{change.name}"


def _check_changes(root: Path, store: Store | None, version: str) -> dict[str, Findings]:
    """The findings in each file of a change, by name. The files are small: one entry caches all."""
    of_files = store.get(CHANGES, version=version) if store else None
    cached: dict[str, tuple[str, Findings]] = of_files or {}
    current = {}
    for path in sorted((root / CONTENT / CHANGES).glob("*.yaml")):
        if not path.is_file() or not is_content(path):
            continue
        name, digest = f"{CHANGES}/{path.stem}", _digest(path)
        before = cached.get(name)
        if before is not None and before[0] == digest != "":
            current[name] = before
        else:
            findings = check_folder(Folder(root=root, yaml_files=(path,)))
            # A file that was saved while it was checked has no digest, so it is checked again.
            current[name] = (digest if _digest(path) == digest else ""), findings
    if store and _digests(current) != _digests(cached):
        store.put(CHANGES, result=current, version=version)
    return {name: findings for name, (_, findings) in current.items()}


def _digests(changes: Mapping[str, tuple[str, Findings]]) -> dict[str, str]:
    return {name: digest for name, (digest, _) in changes.items()}


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:  # The file is gone again, which is reported by the next reading of it.
        return ""


def _is_unchanged(folder: Path, digest: str) -> bool:
    """Whether nothing in a folder was saved since the content was read."""
    try:
        return digest_of_folder(folder) == digest
    except OSError:
        return False


def _yaml_files(folder: Path) -> tuple[Path, ...]:
    """The YAML files of a scheme, the one with the facts first."""
    return folder / "scheme.yaml", *sorted((folder / "rules").glob("*.yaml"))


def _figures(folder: Folder) -> Iterator[Written]:
    """The figures in general pages and in a change, which belong to no scheme's folder."""
    for page in folder.pages:
        if page.file.scheme is None:
            yield from figures.in_prose(page)
    for document in folder.documents.values():
        if document.file.parent == CONTENT / CHANGES:
            yield from figures.beside_rules(document)


def _urls(data: Plain, path: Key = ()) -> Iterator[tuple[Key, str]]:
    """Every text under a key `url` of a YAML file, with its key path."""
    if isinstance(data, list):
        for n, item in enumerate(data):
            yield from _urls(item, (*path, n))
    elif isinstance(data, dict):
        for name, value in data.items():
            if name == "url" and isinstance(value, str):
                yield (*path, name), value
            else:
                yield from _urls(value, (*path, name))


def _only_dates(document: Document) -> Document:
    """The document with the lines of its dates alone: all lines would make the cache slow."""
    lines = {path: line for path, line in document.lines.items() if _is_dated(path)}
    return Document(document.file, lines=lines)


def _is_dated(path: Key) -> bool:
    return bool(path) and path[0] in _DATED and (len(path) < 3 or path[2] in _DATES)

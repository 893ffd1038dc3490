"""Reads all of `content/` into frozen schemes and pages, or says everything that is wrong."""

import datetime as dt
import hashlib
import os
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from builder.content import prose
from builder.content.changes import read_changes
from builder.content.examples import check_example
from builder.content.files import (
    NAMING,
    is_our_name,
    is_ours,
    misplaced,
    misplaced_in_pages,
    misplaced_in_scheme,
    open_plain,
    unsafe,
    why_no_name,
)
from builder.content.images import Image, read_images, unused
from builder.content.markdown_file import Text, read_markdown
from builder.content.model import PAGE_NAMES, RULE_YEARS, Change, Facts, Scheme
from builder.content.problems import ContentError, Problem
from builder.content.prose import Prose
from builder.content.texts import PageKey, Texts
from builder.content.unfinished import Unfinished, take_unfinished, unfilled_in_page
from builder.content.validate import validate
from builder.content.visibility import NAMES, NAMES_WITHOUT_ALIASES, Visibility, take
from builder.content.yaml_file import Document, Key, Plain, at, read_text, read_yaml
from builder.kit import cache
from builder.kit.cache import Store, code_version
from builder.kit.parallel import in_parallel
from calc.plan import estimate
from calc.rules import Lang, Rules

KEPT = Path(".cache/content")
"""Where folders are kept as they were read, from the root of the project."""

PAGES = "pages"
CHANGES = "changes"
# Addresses that neither a scheme nor a general page can have.
_TAKEN = {
    *("api", "assets", "hosting", "nn", "ordninger", "pagefind", "runtime", "schemes"),
    *(PAGES, CHANGES, "uten-nett"),
}
# Below these the site has pages and files of its own, such as the pages of a long list.
_TAKEN_BELOW = _TAKEN | {"endringer", "frister", "innebygd"}
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_HEADER = re.compile(r"(\w+):\s*(.*)")
# How the names of kept prose end.
_TEXTS = "-texts"
_HEADERS = ("Title", "Description")
_ALWAYS = Visibility()
# A page may have these too; see `Visibility`.
_OPTIONAL_HEADERS = {name.capitalize(): name for name in NAMES}


@dataclass(frozen=True, kw_only=True)
class PageFile:
    """A Markdown file: which scheme (None for general pages), name, language and path.

    `images` are those that it shows, by address as it is written there.
    """

    scheme: str | None
    name: str
    lang: Lang
    path: Path
    visibility: Visibility = _ALWAYS
    images: dict[str, Image] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True)
class Site:
    """All content.

    Schemes by slug, the Markdown files by (scheme, name, language), and the published changes,
    newest first. `visibility` is that of schemes, by slug, and of rule years, by slug and year.
    `elsewhere` are slugs of schemes that have been left out. `warnings` are of what their editor
    should know, and stop nothing. `digests` are hashes of all that stands in the folder of each
    scheme, by slug, and in that of the general pages (`PAGES`). `texts` has the prose of pages.

    What is not finished in drafts is counted: `unconfirmed` what is marked `bekreft: true`, by
    scheme and rule year; `unfilled` texts, and marks in `scheme.yaml`, by scheme.
    """

    schemes: dict[str, Scheme]
    pages: dict[PageKey, PageFile]
    changes: tuple[Change, ...]
    visibility: Mapping[str | tuple[str, int], Visibility] = field(default_factory=dict)
    unconfirmed: Mapping[tuple[str, int], int] = field(default_factory=dict)
    unfilled: Mapping[str, int] = field(default_factory=dict)
    elsewhere: frozenset[str] = frozenset()
    warnings: tuple[Problem, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict, compare=False)
    texts: Texts = field(default_factory=lambda: Texts({}), compare=False, repr=False)

    def page_names(self) -> tuple[str, ...]:
        """The names of the general pages, in order."""
        return tuple(sorted({name for scheme, name, _ in self.pages if scheme is None}))

    def published(self, day: dt.date) -> "Site":
        """What is on a site that is published on that day: no drafts, nothing too early or late.

        Nor a change that is dated later, or of rules that are not there.
        """
        schemes = {}
        for slug, scheme in self.schemes.items():
            rules = [r for r in scheme.rules if self._is_published((slug, r.year), day)]
            if rules and self._is_published(slug, day):
                schemes[slug] = replace(scheme, rules=tuple(rules))
        pages = {
            key: page
            for key, page in self.pages.items()
            if page.visibility.is_published(day) and (key[0] is None or key[0] in schemes)
        }
        changes = tuple(
            change
            for change in self.changes
            if change.date <= day and change.scheme in schemes and _has_years(schemes, change)
        )
        # Nobody reads general pages that are there in nynorsk only.
        pages = {k: p for k, p in pages.items() if (k[0], k[1], "nb") in pages}
        return replace(self, schemes=schemes, pages=pages, changes=changes)

    def only(self, slug: str) -> "Site":
        """One scheme alone, with the general pages."""
        return replace(
            self,
            schemes={slug: self.schemes[slug]},
            pages={key: page for key, page in self.pages.items() if key[0] in (None, slug)},
            changes=tuple(change for change in self.changes if change.scheme == slug),
            elsewhere=frozenset(self.schemes) - {slug},
        )

    def _is_published(self, key: str | tuple[str, int], day: dt.date) -> bool:
        return self.visibility.get(key, _ALWAYS).is_published(day)


def _has_years(schemes: Mapping[str, Scheme], change: Change) -> bool:
    return set(change.years) <= {rules.year for rules in schemes[change.scheme].rules}


@dataclass
class _Found:
    """What has been read, as in `Site`; a scheme that could not be read is None."""

    schemes: dict[str, Scheme | None] = field(default_factory=dict)
    pages: dict[PageKey, PageFile] = field(default_factory=dict)
    visibility: dict[str | tuple[str, int], Visibility] = field(default_factory=dict)
    unconfirmed: Counter[tuple[str, int]] = field(default_factory=Counter)
    unfilled: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    proses: dict[PageKey, Prose] = field(default_factory=dict)

    def add(self, other: "_Found") -> None:
        """Take in what has been read of another folder."""
        self.schemes |= other.schemes
        self.pages |= other.pages
        self.visibility |= other.visibility
        self.unconfirmed += other.unconfirmed
        self.unfilled += other.unfilled
        self.problems += other.problems
        self.digests |= other.digests
        self.proses |= other.proses


# Folders as they were read, each with the state its files had then.
type Memory = dict[Path, tuple[object, _Found]]

# So coarse may a file system's clock be: a file as new as this may be written again unnoticed.
_COARSE_NS = 2_000_000_000


def is_address(name: str) -> bool:
    """Whether a scheme could have this name in addresses, if no other part of the site has it."""
    return not why_no_name(name) and name not in _TAKEN


def load(content: Path, memory: Memory | None = None, *, keep: bool = False) -> Site:
    """Read and validate the content folder. Raises `ContentError` with all problems at once.

    `memory` and `keep` are for whoever loads again and again, as for `read`.
    """
    site, problems = read(content, memory, keep=keep)
    if problems:
        raise ContentError(problems)
    return site


def read(
    content: Path, memory: Memory | None = None, *, keep: bool = False
) -> tuple[Site, list[Problem]]:
    """What can be read of the content folder, and all that is wrong with the rest.

    A scheme with mistakes is left out of the schemes; its pages stay among the pages. What stands
    in a folder does not depend on others, so it is taken from `memory` where no file has changed,
    and where it is to `keep`, from the cache of the project, by what stands in it. The others are
    read on all cores. Raises `ContentError` where nothing may be read: it could be something else
    than content.
    """
    if problems := unsafe(content):
        raise ContentError(problems)
    found = _Found(problems=list(misplaced(content, PAGES)))
    memory = {} if memory is None else memory
    folders = [p for p in content.iterdir() if p.is_dir() and is_ours(p) and p.name != CHANGES]
    for gone in memory.keys() - set(folders):
        del memory[gone]
    reader = _FolderReader(content, memory, Store(content.parent / KEPT) if keep else None)
    for part in reader.read_all(sorted(folders)):
        found.add(part)
    shown = _shown(content, content / CHANGES)
    changes = read_changes(content / CHANGES, shown, found.schemes, found.problems)
    found.problems += _check_addresses(content, found.pages)
    site = Site(
        schemes={slug: scheme for slug, scheme in found.schemes.items() if scheme is not None},
        pages=found.pages,
        changes=changes,
        visibility=found.visibility,
        unconfirmed=+found.unconfirmed,
        unfilled=+found.unfilled,
        warnings=tuple(sorted({problem for problem in found.problems if problem.is_warning})),
        digests=found.digests,
        texts=Texts(found.proses, lambda slug: reader.proses(slug or PAGES, found.digests)),
    )
    found.problems += _check_aliases(content, site)
    return site, [problem for problem in found.problems if not problem.is_warning]


class _FolderReader:
    """Reads the folders of schemes and of the general pages, unless it is known what they hold."""

    def __init__(self, content: Path, memory: Memory, store: Store | None) -> None:
        self.content = content
        self.memory = memory
        self.store = store

    def read_all(self, folders: list[Path]) -> Iterator[_Found]:
        """What each of the folders holds, in order."""
        known = self._remembered(folders) if self.store is None else self._kept(folders)
        others = [folder for folder in folders if folder not in known]
        read = dict(zip(others, in_parallel(self.read, others, "Leser innholdet"), strict=True))
        if self.store is None:
            self._remember(read)
        else:
            names = {self._name(name, d) for f in (known, read) for name, d in _digests(f)}
            self.store.keep_only(names | {f"{name}{_TEXTS}" for name in names})
        for folder in folders:
            yield known[folder] if folder in known else read[folder]

    def _kept(self, folders: list[Path]) -> dict[Path, _Found]:
        """What is kept of folders, by what stands in them."""
        assert self.store is not None
        known = {}
        for folder in folders:
            with suppress(OSError):  # Told where the file is read.
                name = self._name(folder.name, digest_of_folder(folder))
                if (found := self.store.get(name)) is not None:
                    known[folder] = found
        return known

    def _remembered(self, folders: list[Path]) -> dict[Path, _Found]:
        """What is remembered of folders that are as they were."""
        # Before they are read: what is saved meanwhile makes another state.
        self.now = time.time_ns()
        self.states = {folder: _state(folder) for folder in folders}
        known = {f: self.memory[f] for f in folders if f in self.memory}
        return {folder: kept[1] for folder, kept in known.items() if kept[0] == self.states[folder]}

    def _remember(self, read: dict[Path, _Found]) -> None:
        for folder, found in read.items():
            self.memory.pop(folder, None)
            if all(self.now - changed > _COARSE_NS for _, changed, *_ in self.states[folder]):
                self.memory[folder] = self.states[folder], found

    def read(self, folder: Path) -> _Found:
        """What a folder holds. Where it is kept, the prose is left there."""
        try:
            digest = digest_of_folder(folder)
        except OSError:  # Told where the file is read.
            return self._read(folder, "")
        found = self._read(folder, digest)
        # What is wrong may be of the file system, and not of what stands in the files.
        if self.store is not None and all(problem.is_warning for problem in found.problems):
            name = self._name(folder.name, digest)
            # First, so that it is there when the rest is.
            self.store.put(f"{name}{_TEXTS}", found.proses)
            found = replace(found, proses={})
            self.store.put(name, found)
        return found

    def proses(self, folder: str, digests: Mapping[str, str]) -> dict[PageKey, Prose]:
        """The prose in a folder as it was read: kept, or read again if it is not any more."""
        digest = digests[folder]
        kept: dict[PageKey, Prose] | None = None
        if self.store is not None:
            kept = self.store.get(self._name(folder, digest) + _TEXTS)
        return self._read(self.content / folder, digest).proses if kept is None else kept

    def _read(self, folder: Path, digest: str) -> _Found:
        found = _Found(digests={folder.name: digest})
        if folder.name == PAGES:
            found.problems += misplaced_in_pages(self.content, folder)
            _read_pages(self.content, folder, None, found)
        else:
            found.problems += misplaced_in_scheme(self.content, folder)
            found.schemes[folder.name] = _read_scheme(self.content, folder, found)
            _read_pages(self.content, folder, folder.name, found)
        return found

    def _name(self, folder: str, digest: str) -> str:
        # Files are known by where they are.
        return cache.key(code_version("builder", "calc"), str(self.content), folder, digest)


def digest_of_folder(folder: Path) -> str:
    """A hash of what stands in a folder, wherever the folder is."""
    digest = hashlib.sha256()
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(filter(is_our_name, folders))
        inside = place.removeprefix(str(folder))
        digest.update(f"{inside}\0{'/'.join(folders)}\0".encode())
        for name in sorted(filter(is_our_name, files)):
            # As `read_bytes`; thousands of folders are looked at.
            with open(f"{place}/{name}", "rb", opener=open_plain) as file:
                data = file.read()
            digest.update(f"{name}\0{len(data)}\0".encode())
            digest.update(data)
    return digest.hexdigest()


def _digests(found: dict[Path, _Found]) -> Iterator[tuple[str, str]]:
    return (pair for one in found.values() for pair in one.digests.items())


def _state(folder: Path) -> list[tuple[str, int, int, int, int]]:
    """What tells whether a file in a folder is another than before, whatever saved it how."""
    found = []
    for path in sorted(folder.rglob("*")):
        try:
            stat = path.stat()
        except OSError:  # gone again, as text editors' own files are, or leads nowhere
            continue
        found.append((str(path), stat.st_ctime_ns, stat.st_mtime_ns, stat.st_size, stat.st_ino))
    return found


def _shown(content: Path, path: Path) -> Path:
    """The path as messages name it: from the folder that `content` lies in."""
    return path.relative_to(content.parent)


# Pages


def _check_addresses(content: Path, pages: dict[PageKey, PageFile]) -> Iterator[Problem]:
    """Each general page has an address of its own, and is there in bokmål."""
    schemes = {scheme for scheme, _, _ in pages}
    for page in pages.values():
        if page.scheme is not None:
            continue
        shown = _shown(content, page.path)
        if page.name in schemes | _TAKEN:
            message = "Adressen er i bruk til noe annet."
            yield Problem(shown, 0, "", message, f"/{page.name}/", "et annet filnavn")
        if (None, page.name, "nb") not in pages:
            message, expected = "Siden finnes bare på nynorsk.", f"{page.name}.md ved siden av"
            yield Problem(shown, 0, "", message, page.path.name, expected)


def _read_pages(
    content: Path,
    folder: Path,
    scheme: str | None,
    found: _Found,
) -> None:
    problems = found.problems
    is_draft = scheme in found.visibility and found.visibility[scheme].draft
    images = read_images(folder, _shown(content, folder), problems)
    used: set[str] = set()
    for path in sorted(path for path in folder.glob("*.md") if is_ours(path)):
        stem, dot, suffix = path.stem.partition(".")
        lang: Lang = "nn" if suffix == "nn" else "nb"
        shown = _shown(content, path)
        if (dot and suffix != "nn") or why_no_name(stem):
            problems.append(
                Problem(
                    shown,
                    0,
                    "",
                    "Filnavnet kan ikke brukes som adresse.",
                    path.name,
                    f"{why_no_name(stem) or NAMING}, og .md eller .nn.md til slutt",
                )
            )
        elif scheme is not None and stem not in PAGE_NAMES:
            problems.append(
                Problem(
                    shown,
                    0,
                    "",
                    "En ordning har ikke en side med dette navnet.",
                    path.name,
                    f"en av: {', '.join(PAGE_NAMES)}",
                )
            )
        else:
            page = PageFile(scheme=scheme, name=stem, lang=lang, path=path)
            text = read_text(path, shown, problems)
            header, visibility, wrong = _check_header(page, shown, text)
            problems += wrong
            read = Text("", [], set(images)) if text is None else read_markdown(text, shown, images)
            problems += read.problems
            used |= read.shows
            placed = {name: image for name, image in images.items() if image and name in read.shows}
            found.pages[scheme, stem, lang] = replace(page, visibility=visibility, images=placed)
            found.proses[scheme, stem, lang] = Prose(
                title=header.get("Title", ""),
                description=header.get("Description", ""),
                html=prose.html(read.html, placed),
            )
            unfilled = list(unfilled_in_page(text or "", shown))
            if is_draft or visibility.draft:
                found.unfilled[scheme or stem] += len(unfilled)
            else:
                problems += unfilled
    problems += unused(folder, images, used, _shown(content, folder))
    if scheme is not None:
        problems += [
            Problem(
                _shown(content, folder / f"{name}.md"),
                0,
                "",
                "Siden mangler.",
                expected="en Markdown-fil med dette navnet",
            )
            for name in PAGE_NAMES
            if (scheme, name, "nb") not in found.pages
        ]


def _check_header(
    page: PageFile, shown: Path, text: str | None
) -> tuple[dict[str, str], Visibility, list[Problem]]:
    """A page starts with `Title:` and `Description:`, each on one line, then a blank line.

    Between them may stand when it is published and its earlier addresses.
    """
    problems: list[Problem] = []
    if text is None:
        return {}, Visibility(), problems
    header = Document(shown, {})
    assert isinstance(header.data, dict)
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            break
        match = _HEADER.fullmatch(line)
        allowed = (*_HEADERS, *_OPTIONAL_HEADERS)
        if match is None or match[1] not in allowed or not match[2].strip():
            problems.append(
                Problem(
                    shown,
                    number,
                    "",
                    "Linjen hører ikke til i toppen av siden.",
                    line.strip(),
                    "«Title: …», «Description: …», og så en tom linje",
                )
            )
        elif (match[1],) in header.lines:
            first = header.lines[match[1],]
            problems.append(
                Problem(
                    shown,
                    number,
                    match[1],
                    f"«{match[1]}:» står to ganger; den første er på linje {first}.",
                    line.strip(),
                    "hver av dem bare én gang",
                )
            )
        else:
            name = _OPTIONAL_HEADERS.get(match[1], match[1])
            header.lines[match[1],] = header.lines[name,] = number
            header.data[name] = _header_value(name, match[2].strip())
    problems += [
        Problem(shown, 1, name, f"«{name}:» mangler øverst på siden.", expected=f"{name}: …")
        for name in _HEADERS
        if name not in header.data
    ]
    visibility, wrong = take(header)
    problems += (replace(problem, key=problem.key.capitalize()) for problem in wrong)
    if not wrong:
        problems += _check_visibility(page, visibility, header)
    texts = {name: str(header.data[name]) for name in _HEADERS if name in header.data}
    return texts, visibility, problems


def _header_value(name: str, written: str) -> Plain:
    """What stands after a name at the top of a page, as it would be in YAML."""
    if name == "aliases":
        return [part.strip() for part in written.split(",")]
    return {"true": True, "false": False}.get(written, written) if name == "draft" else written


def _check_visibility(
    page: PageFile, visibility: Visibility, header: Document
) -> Iterator[Problem]:
    """What a scheme can't be without is always there; addresses are those in bokmål."""
    if page.lang == "nn" and visibility.aliases:
        message = "Tidligere adresser skal stå på siden på bokmål."
        expected = f"linjen i {page.name}.md"
        yield replace(header.problem(("aliases",), message, expected=expected), key="Aliases")
    if page.scheme is not None and page.lang == "nb" and not visibility.is_always:
        key = next(name for name in NAMES if getattr(visibility, name))
        message = "En ordning trenger denne siden."
        expected = f"«{key}» i scheme.yaml, så det gjelder hele ordningen"
        yield replace(header.problem((key,), message, expected=expected), key=key.capitalize())


def _check_aliases(content: Path, site: Site) -> Iterator[Problem]:
    """An earlier address leads to one place, and is not that of a page."""
    used = {f"/{name}/" for name in (*site.schemes, *site.page_names(), *_TAKEN)}
    used |= {f"/{s}/{name}/" for s, name, _ in site.pages if s is not None}
    named = [
        (content / slug / "scheme.yaml", visibility)
        for slug, visibility in site.visibility.items()
        if isinstance(slug, str)
    ] + [(page.path, page.visibility) for page in site.pages.values()]
    for path, visibility in named:
        for alias in visibility.aliases:
            _, first, second, *_ = alias.split("/")
            is_taken = first in _TAKEN_BELOW or (first in site.schemes and second == RULE_YEARS)
            if alias in used or is_taken:
                message = "Den tidligere adressen er i bruk til noe annet."
                expected = "en adresse som ingen side har"
                lines = path.read_text("utf-8-sig").splitlines()
                line = next(n for n, written in enumerate(lines, 1) if alias in written)
                yield Problem(_shown(content, path), line, "aliases", message, alias, expected)
            used.add(alias)


# Schemes


@dataclass(frozen=True, kw_only=True)
class _RulesFile:
    """A file of a rule year; `rules` is None where it could not be read."""

    document: Document
    rules: Rules | None
    visibility: Visibility
    unfinished: Unfinished


def _read_scheme(content: Path, folder: Path, found: _Found) -> Scheme | None:
    problems = found.problems
    shown = _shown(content, folder)
    taken = "et navn som ikke er i bruk til noe annet" if folder.name in _TAKEN else ""
    if why := taken or why_no_name(folder.name):
        message = "Mappenavnet kan ikke brukes som adresse."
        problems.append(Problem(shown, 0, "", message, folder.name, why))
        return None
    facts_file = folder / "scheme.yaml"
    if not facts_file.is_file():
        problems.append(
            Problem(
                _shown(content, facts_file),
                0,
                "",
                "Filen mangler.",
                expected="en scheme.yaml i hver ordning",
            )
        )
        return None
    document = read_yaml(facts_file, _shown(content, facts_file))
    unfinished = take_unfinished(Facts, document)
    visibility, wrong = take(document)
    facts = validate(Facts, document)
    problems += [*document.problems, *unfinished.mistakes, *wrong]
    found.visibility[folder.name] = visibility
    if visibility.draft:
        found.unfilled[folder.name] += len(unfinished.unconfirmed) + len(unfinished.unfilled)
    else:
        problems += [*unfinished.unconfirmed, *unfinished.unfilled]
    if facts is not None:
        problems += _check_names(document, ("sources",))
    rule_files = sorted(path for path in (folder / "rules").glob("*.yaml") if is_ours(path))
    if not rule_files:
        problems.append(
            Problem(
                shown / "rules",
                0,
                "",
                "Ordningen har ingen regelverksår.",
                expected="en fil per år, for eksempel rules/2025.yaml",
            )
        )
    read = [_read_rules(content, path, document, facts) for path in rule_files]
    rules: list[Rules] = []
    for file in read:
        problems += file.document.problems
        if not visibility.draft and not file.visibility.draft:
            problems += [*file.unfinished.unconfirmed, *file.unfinished.unfilled]
        elif file.rules is not None:
            found.unconfirmed[folder.name, file.rules.year] = len(file.unfinished.unconfirmed)
            found.unfilled[folder.name] += len(file.unfinished.unfilled)
        if file.rules is not None:
            rules.append(file.rules)
            found.visibility[folder.name, file.rules.year] = file.visibility
    if facts is None or len(rules) < len(rule_files) or not rules:
        return None
    is_known = not any(file.document.problems for file in read)
    if is_known and not visibility.draft and all(file.visibility.draft for file in read):
        message = "Alle regelverksårene er utkast, men ordningen er det ikke."
        expected = "«draft: true» i scheme.yaml, eller minst ett regelverksår som ikke er utkast"
        problems.append(document.problem(("draft",), message, expected=expected))
    problems += _check_sources(facts, document, read)
    scheme = Scheme.of(facts, folder.name, tuple(rules))
    for file in read:
        assert file.rules is not None
        # In a file for another year than it says, every example would be wrong too.
        if not file.document.problems:
            problems += _check_rules(scheme, file.rules, file.document)
    return scheme


def _read_rules(content: Path, path: Path, scheme: Document, facts: Facts | None) -> _RulesFile:
    document = read_yaml(path, _shown(content, path))
    unfinished = take_unfinished(Rules, document)
    visibility, wrong = take(document, NAMES_WITHOUT_ALIASES)
    if isinstance(document.data, dict):
        own = document.data.get("sources")
        if own is None or isinstance(own, dict):
            shared = _shared_sources(document.data, scheme, facts)
            document.data["sources"] = {**shared, **(own or {})}
    rules = validate(Rules, document)
    document.problems += [*unfinished.mistakes, *wrong]
    if rules is not None:
        if str(rules.year) != path.stem:
            message = "Året stemmer ikke med filnavnet."
            problem = document.problem(("year",), message, str(rules.year), path.stem)
            document.problems.append(problem)
        document.problems += _check_names(document, ("tracks", "sources"))
        used = {key for track in rules.tracks.values() for _, key in track.sources()}
        sources = {key: source for key, source in rules.sources.items() if key in used}
        rules = replace(rules, sources=sources)
    return _RulesFile(document=document, rules=rules, visibility=visibility, unfinished=unfinished)


def _check_sources(facts: Facts, document: Document, read: list[_RulesFile]) -> Iterator[Problem]:
    """A source has one meaning in all files of a scheme: a page lists those of every rule year."""
    known = {name: (source, document) for name, source in facts.sources.items()}
    for file in read:
        for name, source in file.rules.sources.items() if file.rules is not None else ():
            same, where = known.setdefault(name, (source, file.document))
            if source != same:
                message = f"Kilden er en annen i {where.file.name}."
                expected = "et eget navn på hver kilde"
                yield file.document.problem(("sources", name), message, source.title, expected)


def _check_names(document: Document, keys: tuple[str, ...]) -> Iterator[Problem]:
    """Tracks and sources have names that can stand in an address."""
    for key in keys:
        named = at(document.data, (key,))
        for name in named if isinstance(named, dict) else ():
            # What is not in this file is another's.
            if (key, name) in document.lines and not _SLUG.fullmatch(name):
                message = "Navnet kan ikke brukes i en adresse."
                expected = "små bokstaver a–z, tall og bindestrek"
                yield document.problem((key, name), message, name, expected)


def _shared_sources(rules: Plain, scheme: Document, facts: Facts | None) -> dict[str, Plain]:
    """The sources of scheme.yaml for a rule year that refers to them.

    A mistake in scheme.yaml is told there, and not once more for each rule year: then the sources
    it names, or where it can't be read, those that the rule year refers to, are taken for right.
    """
    data = scheme.data if isinstance(scheme.data, dict) else {}
    sources = data.get("sources")
    if facts is not None and isinstance(sources, dict):
        return sources
    names = sources if isinstance(sources, dict) else _referred(rules)
    return {name: {"title": "?", "publisher": "?"} for name in names}


def _referred(data: Plain) -> set[str]:
    """Every name that stands after `source:` in a file."""
    if isinstance(data, list):
        return set().union(*(_referred(item) for item in data))
    if not isinstance(data, dict):
        return set()
    source = data.get("source")
    inside = set().union(*(_referred(value) for value in data.values()))
    return inside | {source} if isinstance(source, str) else inside


def _check_rules(scheme: Scheme, rules: Rules, document: Document) -> list[Problem]:
    """What the form starts with must be answerable, and the worked examples must come out."""
    problems = []
    for track_id, track in rules.tracks.items():
        answers = {"track": track_id, "plan_year": rules.year, **track.start}
        for problem in estimate(scheme.calculator, answers).problems:
            key: Key = ("tracks", track_id, "start", problem.field)
            found = str(answers.get(problem.field, ""))
            if problem.field not in track.start:
                key = ("year",)
            problems.append(
                document.problem(
                    key,
                    "Svaret kan ikke brukes i skjemaet.",
                    found,
                    "et svar som skjemaet tar imot",
                )
            )
    for n, example in enumerate(rules.examples):
        for part, found, expected in check_example(scheme.calculator, example):
            key = ("examples", n, *part)
            problems.append(
                document.problem(key, "Eksempelet stemmer ikke med utregningen.", found, expected)
            )
    return problems

"""Reads all of `content/` into frozen schemes and pages, or says everything that is wrong."""

import dataclasses
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from builder.content.changes import read_changes
from builder.content.examples import check_example
from builder.content.model import PAGE_NAMES, Change, Facts, Scheme
from builder.content.problems import ContentError, Problem
from builder.content.unfinished import Unfinished, take_unfinished, unfilled_in_page
from builder.content.validate import validate
from builder.content.visibility import Visibility
from builder.content.yaml_file import Document, Key, Plain, at, read_text, read_yaml
from calc.plan import estimate
from calc.rules import Lang, Rules

PAGES = "pages"
CHANGES = "changes"
# Folders that are not schemes.
_FOLDERS = {PAGES, CHANGES}
# Addresses that neither a scheme nor a general page can have.
_TAKEN = {
    *("api", "assets", "hosting", "nn", "ordninger", "pagefind", "runtime", "schemes"),
    *(PAGES, CHANGES),
}
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_HEADER = re.compile(r"(\w+):\s*(.*)")
_HEADERS = ("Title", "Description")


@dataclass(frozen=True, kw_only=True)
class PageFile:
    """A Markdown file: which scheme (None for general pages), name, language and path."""

    scheme: str | None
    name: str
    lang: Lang
    path: Path


@dataclass(frozen=True, kw_only=True)
class Site:
    """All content.

    Schemes by slug, the Markdown files by (scheme, name, language), and the published changes,
    newest first.

    What is not finished in drafts is counted: `unconfirmed` what is marked `bekreft: true`, by
    scheme and rule year; `unfilled` texts, and marks in `scheme.yaml`, by scheme.
    """

    schemes: dict[str, Scheme]
    pages: dict[tuple[str | None, str, Lang], PageFile]
    changes: tuple[Change, ...]
    unconfirmed: Mapping[tuple[str, int], int] = field(default_factory=dict)
    unfilled: Mapping[str, int] = field(default_factory=dict)

    def page_names(self) -> tuple[str, ...]:
        """The names of the general pages, in order."""
        return tuple(sorted({name for scheme, name, _ in self.pages if scheme is None}))


@dataclass
class _Drafts:
    """Which schemes are drafts, and what is not finished in drafts, as in `Site`."""

    schemes: set[str] = field(default_factory=set)
    unconfirmed: Counter[tuple[str, int]] = field(default_factory=Counter)
    unfilled: Counter[str] = field(default_factory=Counter)


def is_address(name: str) -> bool:
    """Whether a scheme could have this name in addresses, if no other part of the site has it."""
    return _SLUG.fullmatch(name) is not None and name not in _TAKEN


def load(content: Path) -> Site:
    """Read and validate the content folder. Raises `ContentError` with all problems at once."""
    problems: list[Problem] = []
    schemes: dict[str, Scheme | None] = {}
    pages: dict[tuple[str | None, str, Lang], PageFile] = {}
    drafts = _Drafts()
    for folder in sorted(p for p in content.iterdir() if p.is_dir()):
        if folder.name.startswith("."):
            continue  # of the operating system or the text editor, or not yet in its place
        if folder.name == PAGES:
            _read_pages(content, folder, None, pages, problems)
        elif folder.name not in _FOLDERS:
            _read_pages(content, folder, folder.name, pages, problems)
            schemes[folder.name] = _read_scheme(content, folder, drafts, problems)
    changes = read_changes(content / CHANGES, _shown(content, content / CHANGES), schemes, problems)
    problems += _check_addresses(content, pages)
    problems += _check_filled_in(content, pages, drafts)
    if problems:
        raise ContentError(problems)
    whole = {slug: scheme for slug, scheme in schemes.items() if scheme is not None}
    return Site(
        schemes=whole,
        pages=pages,
        changes=changes,
        unconfirmed=+drafts.unconfirmed,
        unfilled=+drafts.unfilled,
    )


def _shown(content: Path, path: Path) -> Path:
    """The path as messages name it: from the folder that `content` lies in."""
    return path.relative_to(content.parent)


# Pages


def _check_addresses(
    content: Path, pages: dict[tuple[str | None, str, Lang], PageFile]
) -> Iterator[Problem]:
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
    pages: dict[tuple[str | None, str, Lang], PageFile],
    problems: list[Problem],
) -> None:
    for path in sorted(folder.glob("*.md")):
        stem, dot, suffix = path.stem.partition(".")
        lang: Lang = "nn" if suffix == "nn" else "nb"
        shown = _shown(content, path)
        if (dot and suffix != "nn") or not _SLUG.fullmatch(stem):
            problems.append(
                Problem(
                    shown,
                    0,
                    "",
                    "Filnavnet kan ikke brukes som adresse.",
                    path.name,
                    "små bokstaver a–z, tall og bindestrek, og .md eller .nn.md til slutt",
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
            pages[scheme, stem, lang] = PageFile(scheme=scheme, name=stem, lang=lang, path=path)
            problems += _check_header(path, shown)
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
            if (scheme, name, "nb") not in pages
        ]


def _check_filled_in(
    content: Path, pages: dict[tuple[str | None, str, Lang], PageFile], drafts: _Drafts
) -> Iterator[Problem]:
    """Nothing is left to fill in on the pages of what is not a draft."""
    for page in pages.values():
        shown = _shown(content, page.path)
        # What keeps it from being read has been told.
        unfilled = list(unfilled_in_page(read_text(page.path, shown, []) or "", shown))
        if page.scheme is None or page.scheme not in drafts.schemes:
            yield from unfilled
        else:
            drafts.unfilled[page.scheme] += len(unfilled)


def _check_header(path: Path, shown: Path) -> list[Problem]:
    """A page starts with `Title:` and `Description:`, each on one line, then a blank line."""
    problems: list[Problem] = []
    text = read_text(path, shown, problems)
    if text is None:
        return problems
    header: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            break
        match = _HEADER.fullmatch(line)
        if match is None or match[1] not in _HEADERS or not match[2].strip():
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
        elif match[1] in header:
            problems.append(
                Problem(
                    shown,
                    number,
                    match[1],
                    f"«{match[1]}:» står to ganger; den første er på linje {header[match[1]]}.",
                    line.strip(),
                    "hver av dem bare én gang",
                )
            )
        else:
            header[match[1]] = number
    problems += [
        Problem(shown, 1, name, f"«{name}:» mangler øverst på siden.", expected=f"{name}: …")
        for name in _HEADERS
        if name not in header
    ]
    return problems


# Schemes


@dataclass(frozen=True, kw_only=True)
class _RulesFile:
    """A file of a rule year; `rules` is None where it could not be read."""

    document: Document
    rules: Rules | None
    is_draft: bool
    unfinished: Unfinished


def _read_scheme(
    content: Path, folder: Path, drafts: _Drafts, problems: list[Problem]
) -> Scheme | None:
    shown = _shown(content, folder)
    if not is_address(folder.name):
        problems.append(
            Problem(
                shown,
                0,
                "",
                "Mappenavnet kan ikke brukes som adresse.",
                folder.name,
                "små bokstaver a–z, tall og bindestrek"
                if folder.name not in _TAKEN
                else "et navn som ikke er i bruk til noe annet",
            )
        )
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
    is_draft, mistakes = _take_draft(document)
    facts = validate(Facts, document)
    problems += [*document.problems, *unfinished.mistakes, *mistakes]
    if is_draft:
        drafts.schemes.add(folder.name)
        drafts.unfilled[folder.name] += len(unfinished.unconfirmed) + len(unfinished.unfilled)
    else:
        problems += [*unfinished.unconfirmed, *unfinished.unfilled]
    if facts is not None:
        problems += _check_names(document, ("sources",))
    rule_files = sorted((folder / "rules").glob("*.yaml"))
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
        if not is_draft and not file.is_draft:
            problems += [*file.unfinished.unconfirmed, *file.unfinished.unfilled]
        elif file.rules is not None:
            drafts.unconfirmed[folder.name, file.rules.year] = len(file.unfinished.unconfirmed)
            drafts.unfilled[folder.name] += len(file.unfinished.unfilled)
        if file.rules is not None:
            rules.append(file.rules)
    if facts is None or len(rules) < len(rule_files) or not rules:
        return None
    problems += _check_sources(facts, document, read)
    scheme = Scheme.of(facts, folder.name, tuple(rules))
    for file in read:
        assert file.rules is not None
        # In a file for another year than it says, every example would be wrong too.
        if not file.document.problems:
            problems += _check_rules(scheme, file.rules, file.document)
    return scheme


def _take_draft(document: Document) -> tuple[bool, list[Problem]]:
    """Whether a file is a draft, and mistakes in what it says of that, which is taken out of it."""
    data = document.data if isinstance(document.data, dict) else {}
    keys = [f.name for f in dataclasses.fields(Visibility) if f.name in data]
    own = Document(document.file, {key: data.pop(key) for key in keys}, document.lines)
    visibility = validate(Visibility, own)
    # Of a file that can't be read it is not known: then nothing more is wrong with it.
    is_draft = visibility is None or visibility.draft or not isinstance(document.data, dict)
    return is_draft, own.problems


def _read_rules(content: Path, path: Path, scheme: Document, facts: Facts | None) -> _RulesFile:
    document = read_yaml(path, _shown(content, path))
    unfinished = take_unfinished(Rules, document)
    is_draft, mistakes = _take_draft(document)
    if isinstance(document.data, dict):
        own = document.data.get("sources")
        if own is None or isinstance(own, dict):
            shared = _shared_sources(document.data, scheme, facts)
            document.data["sources"] = {**shared, **(own or {})}
    rules = validate(Rules, document)
    document.problems += [*unfinished.mistakes, *mistakes]
    if rules is None:
        return _RulesFile(document=document, rules=None, is_draft=is_draft, unfinished=unfinished)
    if str(rules.year) != path.stem:
        document.problems.append(
            document.problem(
                ("year",), "Året stemmer ikke med filnavnet.", str(rules.year), path.stem
            )
        )
    document.problems += _check_names(document, ("tracks", "sources"))
    used = {key for track in rules.tracks.values() for _, key in track.sources()}
    rules = replace(rules, sources={key: s for key, s in rules.sources.items() if key in used})
    return _RulesFile(document=document, rules=rules, is_draft=is_draft, unfinished=unfinished)


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

"""Reads all of `content/` into frozen schemes and pages, or says everything that is wrong."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from builder.content.changes import read_changes
from builder.content.examples import check_example
from builder.content.files import NAMING, is_ours, misplaced, unsafe, why_no_name
from builder.content.images import Image, read_images, unused
from builder.content.markdown_file import check_markdown
from builder.content.model import PAGE_NAMES, Change, Facts, Scheme
from builder.content.problems import ContentError, Problem
from builder.content.validate import validate
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
    """A Markdown file: which scheme (None for general pages), name, language and path.

    `images` are those that it shows, by address as it is written there.
    """

    scheme: str | None
    name: str
    lang: Lang
    path: Path
    images: dict[str, Image] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Site:
    """All content.

    Schemes by slug, the Markdown files by (scheme, name, language), and the published changes,
    newest first. `warnings` are of what their editor should know, and stop nothing.
    """

    schemes: dict[str, Scheme]
    pages: dict[tuple[str | None, str, Lang], PageFile]
    changes: tuple[Change, ...]
    warnings: tuple[Problem, ...] = ()

    def page_names(self) -> tuple[str, ...]:
        """The names of the general pages, in order."""
        return tuple(sorted({name for scheme, name, _ in self.pages if scheme is None}))


def load(content: Path) -> Site:
    """Read and validate the content folder. Raises `ContentError` with all problems at once."""
    problems = unsafe(content)
    if problems:
        raise ContentError(problems)
    problems += misplaced(content, PAGES, CHANGES)
    schemes: dict[str, Scheme | None] = {}
    pages: dict[tuple[str | None, str, Lang], PageFile] = {}
    for folder in sorted(p for p in content.iterdir() if p.is_dir() and is_ours(p)):
        if folder.name == PAGES:
            _read_pages(content, folder, None, pages, problems)
        elif folder.name not in _FOLDERS:
            _read_pages(content, folder, folder.name, pages, problems)
            schemes[folder.name] = _read_scheme(content, folder, problems)
    changes = read_changes(content / CHANGES, _shown(content, content / CHANGES), schemes, problems)
    problems += _check_addresses(content, pages)
    errors = [problem for problem in problems if not problem.is_warning]
    if errors:
        raise ContentError(errors)
    whole = {slug: scheme for slug, scheme in schemes.items() if scheme is not None}
    return Site(schemes=whole, pages=pages, changes=changes, warnings=tuple(sorted(set(problems))))


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
            problems += _check_header(path, shown)
            shows = _check_text(path, shown, images, problems)
            used |= shows
            placed = {name: image for name, image in images.items() if image and name in shows}
            pages[scheme, stem, lang] = PageFile(
                scheme=scheme, name=stem, lang=lang, path=path, images=placed
            )
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
            if (scheme, name, "nb") not in pages
        ]


def _check_text(
    path: Path, shown: Path, images: dict[str, Image | None], problems: list[Problem]
) -> set[str]:
    """The images that a text shows; what is wrong in it is added to `problems`."""
    text = read_text(path, shown, problems)
    if text is None:
        return set(images)
    found, used = check_markdown(text, shown, images)
    problems += found
    return used


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


def _read_scheme(content: Path, folder: Path, problems: list[Problem]) -> Scheme | None:
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
    facts = validate(Facts, document)
    problems += document.problems
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
    for rule_document, year in read:
        problems += rule_document.problems
        if year is not None:
            rules.append(year)
    if facts is None or len(rules) < len(rule_files) or not rules:
        return None
    problems += _check_sources(facts, document, read)
    scheme = Scheme.of(facts, folder.name, tuple(rules))
    for rule_document, year in read:
        assert year is not None
        # In a file for another year than it says, every example would be wrong too.
        if not rule_document.problems:
            problems += _check_rules(scheme, year, rule_document)
    return scheme


def _read_rules(
    content: Path, path: Path, scheme: Document, facts: Facts | None
) -> tuple[Document, Rules | None]:
    document = read_yaml(path, _shown(content, path))
    if isinstance(document.data, dict):
        own = document.data.get("sources")
        if own is None or isinstance(own, dict):
            shared = _shared_sources(document.data, scheme, facts)
            document.data["sources"] = {**shared, **(own or {})}
    rules = validate(Rules, document)
    if rules is None:
        return document, None
    if str(rules.year) != path.stem:
        document.problems.append(
            document.problem(
                ("year",), "Året stemmer ikke med filnavnet.", str(rules.year), path.stem
            )
        )
    document.problems += _check_names(document, ("tracks", "sources"))
    used = {key for track in rules.tracks.values() for _, key in track.sources()}
    return document, replace(
        rules, sources={key: s for key, s in rules.sources.items() if key in used}
    )


def _check_sources(
    facts: Facts, document: Document, read: list[tuple[Document, Rules | None]]
) -> Iterator[Problem]:
    """A source has one meaning in all files of a scheme: a page lists those of every rule year."""
    known = {name: (source, document) for name, source in facts.sources.items()}
    for rule_document, rules in read:
        for name, source in rules.sources.items() if rules is not None else ():
            same, where = known.setdefault(name, (source, rule_document))
            if source != same:
                message = f"Kilden er en annen i {where.file.name}."
                expected = "et eget navn på hver kilde"
                yield rule_document.problem(("sources", name), message, source.title, expected)


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

"""Reads the YAML files of a scheme: `scheme.yaml` and its rule years."""

from dataclasses import replace
from pathlib import Path

from builder.content.files import is_content, shown_path, why_no_name
from builder.content.model import Facts, Scheme
from builder.content.problems import Problem
from builder.content.reserved import RESERVED
from builder.content.scheme_checks import RulesFile, check_names, check_rules, check_sources
from builder.content.site import FolderContent
from builder.content.unfinished import take_unfinished
from builder.content.validate import validate
from builder.content.visibility import NAMES_WITHOUT_ALIASES, take_visibility
from builder.content.yaml_file import Document, Plain, read_yaml
from calc.rules import Rules


def read_scheme(content: Path, folder: Path) -> FolderContent:
    """Read the scheme in a folder of `content` from its YAML files, and report their mistakes.

    The slug of the scheme is the name of the folder. With mistakes, the scheme is None.
    """
    read = FolderContent(schemes={folder.name: None})
    problems = read.problems
    shown = shown_path(content, folder)
    taken = "et navn som ikke er i bruk til noe annet" if folder.name in RESERVED else ""
    if why := taken or why_no_name(folder.name):
        message = "Mappenavnet kan ikke brukes som adresse."
        problems.append(Problem(shown, 0, "", message, folder.name, why))
        return read
    facts_file = folder / "scheme.yaml"
    if not facts_file.is_file():
        problems.append(
            Problem(
                shown_path(content, facts_file),
                0,
                "",
                "Filen mangler.",
                expected="en scheme.yaml i hver ordning",
            )
        )
        return read
    document = read_yaml(facts_file, shown_path(content, facts_file))
    unfinished = take_unfinished(Facts, document)
    visibility, mistakes = take_visibility(document)
    facts = validate(Facts, document)
    problems += [*document.problems, *unfinished.mistakes, *mistakes]
    read.visibility[folder.name] = visibility
    if visibility.draft:
        read.unfilled[folder.name] += len(unfinished.unconfirmed) + len(unfinished.unfilled)
    else:
        problems += [*unfinished.unconfirmed, *unfinished.unfilled]
    if facts is not None:
        problems += check_names(document, ("sources",))
    rule_files = sorted(path for path in (folder / "rules").glob("*.yaml") if is_content(path))
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
    rule_years = [_read_rules(content, path, document, facts) for path in rule_files]
    rules: list[Rules] = []
    for file in rule_years:
        problems += file.document.problems
        if not visibility.draft and not file.visibility.draft:
            problems += [*file.unfinished.unconfirmed, *file.unfinished.unfilled]
        elif file.rules is not None:
            read.unconfirmed[folder.name, file.rules.year] = len(file.unfinished.unconfirmed)
            read.unfilled[folder.name] += len(file.unfinished.unfilled)
        if file.rules is not None:
            rules.append(file.rules)
            read.visibility[folder.name, file.rules.year] = file.visibility
    if facts is None or len(rules) < len(rule_files) or not rules:
        return read
    is_valid = not any(file.document.problems for file in rule_years)
    if is_valid and not visibility.draft and all(file.visibility.draft for file in rule_years):
        message = "Alle regelverksårene er utkast, men ordningen er det ikke."
        expected = "«draft: true» i scheme.yaml, eller minst ett regelverksår som ikke er utkast"
        problems.append(document.problem(("draft",), message, expected=expected))
    problems += check_sources(facts, document, rule_years)
    scheme = read.schemes[folder.name] = Scheme.of(facts, folder.name, tuple(rules))
    for file in rule_years:
        assert file.rules is not None
        # A file with the wrong year has been reported; each of its examples would fail as well.
        if not file.document.problems:
            problems += check_rules(scheme, file.rules, file.document)
    return read


def _read_rules(content: Path, path: Path, scheme: Document, facts: Facts | None) -> RulesFile:
    """Read the file of a rule year.

    `scheme` is the `scheme.yaml` beside it, whose sources the rule year may name; `facts` are None
    where that file has mistakes.
    """
    document = read_yaml(path, shown_path(content, path))
    unfinished = take_unfinished(Rules, document)
    visibility, mistakes = take_visibility(document, NAMES_WITHOUT_ALIASES)
    if isinstance(document.data, dict):
        own = document.data.get("sources")
        if own is None or isinstance(own, dict):
            shared = _shared_sources(document.data, scheme, facts)
            document.data["sources"] = {**shared, **(own or {})}
    rules = validate(Rules, document)
    document.problems += [*unfinished.mistakes, *mistakes]
    if rules is not None:
        if str(rules.year) != path.stem:
            message = "Året stemmer ikke med filnavnet."
            problem = document.problem(("year",), message, str(rules.year), path.stem)
            document.problems.append(problem)
        document.problems += check_names(document, ("tracks", "sources"))
        used = {key for track in rules.tracks.values() for _, key in track.sources()}
        sources = {key: source for key, source in rules.sources.items() if key in used}
        rules = replace(rules, sources=sources)
    return RulesFile(document=document, rules=rules, visibility=visibility, unfinished=unfinished)


def _shared_sources(rules: Plain, scheme: Document, facts: Facts | None) -> dict[str, Plain]:
    """The sources in `scheme.yaml` for a rule year that refers to them.

    A mistake in `scheme.yaml` is reported there, and not once more for each rule year. So where
    that file has mistakes, each source that it names counts as valid; where it can't be read, each
    source that the rule year refers to.
    """
    data = scheme.data if isinstance(scheme.data, dict) else {}
    sources = data.get("sources")
    if facts is not None and isinstance(sources, dict):
        return sources
    names = sources if isinstance(sources, dict) else _named_sources(rules)
    return {name: {"title": "?", "publisher": "?"} for name in names}


def _named_sources(data: Plain) -> set[str]:
    """Every value of a key `source` in a file."""
    if isinstance(data, list):
        return set().union(*(_named_sources(item) for item in data))
    if not isinstance(data, dict):
        return set()
    source = data.get("source")
    inside = set().union(*(_named_sources(value) for value in data.values()))
    return inside | {source} if isinstance(source, str) else inside

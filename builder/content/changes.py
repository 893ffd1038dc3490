"""Reads `content/changes/`: one file for each change that is announced to readers."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from builder.content.files import is_content
from builder.content.model import Change, ChangeFacts, Scheme
from builder.content.problems import Problem
from builder.content.unfinished import unfilled
from builder.content.validate import suggestion, validate
from builder.content.yaml_file import Document, read_yaml

_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-[a-z0-9]+(-[a-z0-9]+)*")
_EXPECTED_NAME = "datoen, et navn av små bokstaver a–z, tall og bindestrek, og .yaml til slutt"


def read_changes(
    folder: Path, shown: Path, schemes: Mapping[str, Scheme | None], problems: list[Problem]
) -> tuple[Change, ...]:
    """The changes in a folder, newest first; mistakes are added to `problems`.

    `shown` is the folder as messages name it. `schemes` are all schemes by slug. A scheme with
    mistakes is None, and then the rule years and the source of its changes are not checked.
    """
    changes = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not is_content(path):
            continue
        if not _has_valid_name(path):
            message = "Filnavnet kan ikke brukes for en endring."
            problems.append(Problem(shown / path.name, 0, "", message, path.name, _EXPECTED_NAME))
            continue
        document = read_yaml(path, shown / path.name)
        facts = validate(ChangeFacts, document)
        problems += [*document.problems, *unfilled(document)]
        if facts is not None:
            problems += _check(document, facts, path.stem[:10], schemes)
            changes.append(Change.of(facts, path.stem))
    return tuple(sorted(changes, key=lambda change: change.date, reverse=True))


def _has_valid_name(path: Path) -> bool:
    name = _NAME.fullmatch(path.stem)
    try:
        return name is not None and path.suffix == ".yaml" and bool(dt.date.fromisoformat(name[1]))
    except ValueError:  # the 30th of February
        return False


def _check(
    document: Document, facts: ChangeFacts, day: str, schemes: Mapping[str, Scheme | None]
) -> Iterator[Problem]:
    """Report a date that differs from the file name, and an unknown scheme, rule year or source."""
    if str(facts.date) != day:
        message = "Datoen stemmer ikke med filnavnet."
        yield document.problem(("date",), message, str(facts.date), day)
    if facts.scheme not in schemes:
        expected = suggestion(facts.scheme, list(schemes))
        yield document.problem(("scheme",), "Ordningen finnes ikke.", facts.scheme, expected)
    scheme = schemes.get(facts.scheme)
    if scheme is None:
        return
    years = [str(rules.year) for rules in scheme.rules]
    for n, year in enumerate(facts.years):
        if str(year) not in years:
            message = f"«{scheme.slug}» har ikke dette regelverksåret."
            expected = f"en av: {', '.join(years)}"
            yield document.problem(("years", n), message, str(year), expected)
    sources = scheme.all_sources
    if facts.source is not None and facts.source not in sources:
        message = f"«{scheme.slug}» har ikke denne kilden."
        expected = suggestion(facts.source, list(sources))
        yield document.problem(("source",), message, facts.source, expected)

"""Sources: readers can follow them, and each is a source of something."""

from collections.abc import Iterator, Mapping

from builder.checks.folder import Folder, warning
from builder.content import Problem
from builder.content.yaml_file import Document
from calc.rules import Source


def check(folder: Folder) -> Iterator[Problem]:
    """Sources without an address, one warning for each file, and those that nothing refers to."""
    scheme = folder.scheme
    if scheme is None:
        return
    yield from _without_address(folder.facts, scheme.sources)
    used = {*folder.used, *scheme.fact_sources}
    used |= {deadline.source for deadline in scheme.deadlines}
    used |= {name for rules in scheme.rules for name in rules.sources}
    yield from _unused(folder.facts, used)
    for rules in scheme.rules:
        document = folder.rules(rules.year)
        # The model has those of the scheme as well, and of its own those that are used.
        own = {k: s for k, s in rules.sources.items() if ("sources", k) in document.lines}
        yield from _without_address(document, own)
        yield from _unused(document, used)


def _without_address(document: Document, sources: Mapping[str, Source]) -> Iterator[Problem]:
    names = [name for name, source in sources.items() if source.url is None]
    if names:
        message = f"{len(names)} av {len(sources)} kilder har ingen lenke."
        expected = "url: https://…, for dem som ligger på nettet"
        yield warning(document, ("sources",), message, ", ".join(names), expected)


def _unused(document: Document, used: set[str]) -> Iterator[Problem]:
    data = document.data if isinstance(document.data, dict) else {}
    sources = data.get("sources")
    for name in sources if isinstance(sources, dict) else ():
        if name not in used:
            message = "Ingenting viser til kilden."
            expected = "«source» eller «fact_sources» med dette navnet, eller ingen slik kilde"
            yield warning(document, ("sources", name), message, name, expected)

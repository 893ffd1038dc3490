"""Reports parts that are missing: worked examples, addresses of sources, texts in nynorsk."""

from collections.abc import Iterator, Mapping

from builder.checks.folder import CONTENT, Folder, texts, warning
from builder.content import Problem
from builder.content.files import PAGES
from builder.content.yaml_file import Document
from calc.plan import estimate
from calc.rules import Source

_LONGEST_SHOWN = 60


def check_examples(folder: Folder) -> Iterator[Problem]:
    """A warning for each track of a rule year without a worked example in that year.

    Tracks that nothing can be calculated for need none.
    """
    scheme = folder.scheme
    for rules in scheme.rules if scheme else ():
        assert scheme is not None
        # By the calculator's result: answers for a form with one track don't name the track.
        shown = {estimate(scheme.calculator, e.answers).track_id for e in rules.examples}
        for track_id, track in rules.tracks.items():
            if track.not_computable is None and track_id not in shown:
                message = "Sporet har ikke noe regneeksempel."
                expected = f"et eksempel under «examples» med «track: {track_id}»"
                document = folder.rules(rules.year)
                yield warning(document, ("tracks", track_id), message, expected=expected)


def check_sources(folder: Folder) -> Iterator[Problem]:
    """A warning for each file with sources without an address, and for each unused source."""
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
        # The rules in the model have the sources of `scheme.yaml` too, which have no line in this
        # file.
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


def check_nynorsk(folder: Folder) -> Iterator[Problem]:
    """A warning for each folder with pages that lack nynorsk, and for each YAML text that does."""
    yield from _pages(folder)
    for document in folder.documents.values():
        for text in texts(document.data):
            if text.nn is None:
                message = "Teksten mangler på nynorsk."
                yield warning(document, text.key, message, _short(text.nb), "nn: …")


def _pages(folder: Folder) -> Iterator[Problem]:
    names = [file.name for file in folder.page_files if file.lang == "nb"]
    in_nynorsk = {file.name for file in folder.page_files if file.lang == "nn"}
    missing = [name for name in names if name not in in_nynorsk]
    if missing:
        path = CONTENT / (folder.page_files[0].scheme or PAGES)
        message, found = "Ingen av sidene finnes på nynorsk.", ""
        if len(missing) < len(names):
            message = f"{len(missing)} av {len(names)} sider mangler på nynorsk."
            found = ", ".join(f"{name}.md" for name in missing)
        expected = f"{missing[0]}.nn.md" + (" og så videre" if len(missing) > 1 else "")
        yield Problem(path, 0, "", message, found, expected, is_warning=True)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"

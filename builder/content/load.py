"""Reads all of `content/` as a frozen site, and reports every problem at once."""

from pathlib import Path

from builder.content.changes import read_changes
from builder.content.files import CHANGES, PAGES, is_content, misplaced, shown_path, unsafe
from builder.content.folders import FolderReader, Memory
from builder.content.problems import ContentError, Problem
from builder.content.reserved import check_addresses, check_aliases
from builder.content.site import FolderContent, Site, Texts
from builder.kit.store import CACHE, Store


def load(content: Path, memory: Memory | None = None, *, cached: bool = False) -> Site:
    """Read and validate the content folder. Raises `ContentError` with all problems at once.

    `memory` and `cached` say where unchanged folders come from, as in `read`.
    """
    site, problems = read(content, memory, cached=cached)
    if problems:
        raise ContentError(problems)
    return site


def read(
    content: Path, memory: Memory | None = None, *, cached: bool = False
) -> tuple[Site, list[Problem]]:
    """Read the content folder: the site without the parts that have mistakes, and all mistakes.

    A scheme with mistakes is left out of `Site.schemes`; its pages stay among `Site.pages`.
    Warnings are in `Site.warnings`.

    Folders are read on all cores. A folder that has not changed is not read again: with `cached`,
    its content comes from the project's cache on disk; else from `memory`, a dictionary that the
    caller passes from one call to the next.

    Raises `ContentError` where the folder has links or other files that must not be opened at all.
    """
    if problems := unsafe(content):
        raise ContentError(problems)
    every = FolderContent(problems=list(misplaced(content)))
    memory = {} if memory is None else memory
    folders = [p for p in content.iterdir() if p.is_dir() and is_content(p) and p.name != CHANGES]
    for gone in memory.keys() - set(folders):
        del memory[gone]
    # The path of the content is part of the names, since the values name their files.
    store = Store(content.parent / CACHE, "content", str(content)) if cached else None
    reader = FolderReader(content, memory, store)
    for folder_content in reader.read_all(sorted(folders)):
        every.add(folder_content)
    shown = shown_path(content, content / CHANGES)
    changes = read_changes(content / CHANGES, shown, every.schemes, every.problems)
    every.problems += check_addresses(content, every.pages)
    site = Site(
        schemes={slug: scheme for slug, scheme in every.schemes.items() if scheme is not None},
        pages=every.pages,
        changes=changes,
        visibility=every.visibility,
        unconfirmed=+every.unconfirmed,
        unfilled=+every.unfilled,
        warnings=tuple(sorted({problem for problem in every.problems if problem.is_warning})),
        digests=every.digests,
        texts=Texts(every.prose, lambda slug: reader.prose(slug or PAGES, every.digests)),
    )
    every.problems += check_aliases(content, site)
    return site, [problem for problem in every.problems if not problem.is_warning]

"""Reads all of `content/` into a frozen site, or reports everything that is wrong with it."""

from pathlib import Path

from builder.content.changes import read_changes
from builder.content.files import CHANGES, PAGES, is_ours, misplaced, shown_path, unsafe
from builder.content.folders import FolderReader, Memory
from builder.content.problems import ContentError, Problem
from builder.content.reserved import check_addresses, check_aliases
from builder.content.site import Found, Site, Texts
from builder.kit.cache import Store

KEPT = Path(".cache/content")
"""Where folders are kept as they were read, from the root of the project."""


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
    found = Found(problems=list(misplaced(content, PAGES)))
    memory = {} if memory is None else memory
    folders = [p for p in content.iterdir() if p.is_dir() and is_ours(p) and p.name != CHANGES]
    for gone in memory.keys() - set(folders):
        del memory[gone]
    reader = FolderReader(content, memory, Store(content.parent / KEPT) if keep else None)
    for part in reader.read_all(sorted(folders)):
        found.add(part)
    shown = shown_path(content, content / CHANGES)
    changes = read_changes(content / CHANGES, shown, found.schemes, found.problems)
    found.problems += check_addresses(content, found.pages)
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
    found.problems += check_aliases(content, site)
    return site, [problem for problem in found.problems if not problem.is_warning]

"""Going back to an earlier release: its site goes live again, as a release of its own.

A release never changes, and going back must not take anything from pages that were opened in the
meantime. So what goes live is new: the files of the earlier release, as further links to them, and
what open pages may still ask for.

Going back twice goes two steps back, as undoing twice does. To go forward again, one names the
release, or publishes.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from builder.kit import ask, i18n
from builder.kit.ask import Confirm
from builder.kit.manifest import files_of, link_all
from builder.publish.difference import compare
from builder.publish.publish import (
    ROOT,
    Clock,
    Live,
    Published,
    Say,
    go_live,
    in_words,
    kept_for,
    live_now,
    made,
    may_go_on,
    now,
    options,
    resumed,
    tell,
)
from builder.publish.releases import PublishError, Release, Releases, digest_of, entry_of
from builder.publish.targets import place


def rollback(
    project_root: Path,
    *,
    to: str | None = None,
    scheme: str | None = None,
    confirm: Confirm | None = None,
    approved: bool = False,
    say: Say = print,
    clock: Clock = now,
) -> Published:
    """Let the site of an earlier release go live again: the one before, or the one named `to`.

    Shows what changes and asks, as publishing does. Raises `PublishError` or `TargetError`.
    """
    where = place(project_root, scheme)
    releases = Releases(where.public, kept_for(project_root, where.public))
    with in_words(), releases.alone(), releases.work() as work:
        live = live_now(where, releases)
        if live is None:
            raise PublishError("Ingenting er publisert, så det er ikke noe å gå tilbake til.")
        chosen = _named(releases, live, to) if to else _before(releases, live)
        _show(live, chosen, project_root, say)
        if not may_go_on("Gå tilbake?", "rollback", live, confirm, approved=approved):
            return Published(release=live.release, place=where, was_declined=True)
        release = _again(releases, live, chosen, work / "site", clock)
        go_live(where, releases, live, release, say)
        return Published(release=release, place=where, is_new=True)


def _named(releases: Releases, live: Live, name: str) -> Release:
    chosen = next((release for release in releases.all() if release.name == name), None)
    if chosen is None:
        raise PublishError(f"Publiseringen «{name}» finnes ikke. «make releases» viser dem.")
    if chosen.digest == digest_of(live.name):
        raise PublishError(f"Publiseringen «{name}» er det som ligger ute nå.")
    return chosen


def _before(releases: Releases, live: Live) -> Release:
    """The site that was live before this one."""
    earlier = [
        release
        for release in releases.all()
        if release.name < live.name and release.digest != digest_of(live.name)
    ]
    if live.record is not None:
        # By its site: after a rollback, there are two releases of one, and the first is deleted.
        wanted = digest_of(live.record.previous or "")
        earlier = [release for release in earlier if release.digest == wanted]
    if not earlier:
        raise PublishError("Det finnes ingen eldre publisering å gå tilbake til.")
    return earlier[-1]


def _show(live: Live, chosen: Release, project_root: Path, say: Say) -> None:
    say(f"Tilbake til {chosen.name}.")
    if live.record is None or chosen.record is None:
        say("Vi mangler opplysninger om den ene av de to, og kan ikke vise hva som blir endret.")
    else:
        texts = i18n.load(project_root / "theme/translations").catalogue("nb")
        say(f"Dette blir endret:\n\n{compare(live.record, chosen.record).told(texts)}\n")


def _again(releases: Releases, live: Live, chosen: Release, folder: Path, clock: Clock) -> Release:
    """A new release of the same site."""
    name = releases.next_name(chosen.digest, clock(), after=live.name)
    taken: set[str] = set()
    record = None
    if chosen.record is not None:
        taken = set(chosen.record.inherited)
        record = replace(
            chosen.record,
            name=name,
            made=clock(),
            restores=chosen.record.restores or chosen.name,
            inherited={},
            summary="",
        )
        if waiting := resumed(releases, live, record, clock):
            return waiting
    all_files = files_of(chosen.folder, "Leser filene")
    files = {address: file for address, file in all_files.items() if entry_of(address) not in taken}
    link_all(chosen.folder, folder, files)
    return made(releases, live, folder, files, name, record, clock)


def main(argv: Sequence[str]) -> int:
    """`make rollback`: asks whoever sits at the terminal. Saying no is no error."""
    parser = argparse.ArgumentParser(prog="builder rollback")
    parser.add_argument("--to", metavar="NAVN", help="navnet på publiseringen")
    given = options(parser, argv)
    done = rollback(
        ROOT,
        to=given.to,
        scheme=given.scheme,
        confirm=ask.person(),
        approved=ask.is_approved(),
    )
    if done.was_declined:
        print("Ingenting er endret.")
    else:
        tell(done, given.scheme)
    return 0

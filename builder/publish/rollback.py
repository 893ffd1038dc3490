"""Earlier releases: a list of them, and the roll-back to one.

A release never changes, and a roll-back must not remove files that pages opened in the meantime
still need. So a roll-back makes a new release: links to the files of the earlier release, and to
the files that open pages may still ask for.

A second roll-back goes one step further back, as a second undo does. The way forward again is a
roll-back to a named release, or a publish.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from builder.kit.environment import Confirm, is_approved, person
from builder.kit.files import link_all, make_folders
from builder.publish.asking import difference_in_words, may_go_on
from builder.publish.assembly import copied, entry_of
from builder.publish.command import (
    ROOT,
    Clock,
    Published,
    Say,
    built_site,
    now,
    options,
    report,
)
from builder.publish.difference import compare
from builder.publish.disk_errors import disk_errors_in_words
from builder.publish.live import Live, go_live, live_now
from builder.publish.new_release import release_of, waiting_release
from builder.publish.releases import PublishError, Release, Releases, digest_of
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
    """Make the site of an earlier release live again: the one named `to`, or the one before.

    Shows the difference and asks for a yes, as `publish` does, with the same arguments. Raises
    `PublishError` or `TargetError`.
    """
    where = place(project_root, scheme)
    releases = Releases(where.public)
    with disk_errors_in_words(), releases.alone(), releases.work() as work:
        live = live_now(where, releases)
        if live is None:
            raise PublishError("Ingenting er publisert, så det er ikke noe å gå tilbake til.")
        chosen = _named(releases, live, to) if to else _before(releases, live)
        _show(live, chosen, project_root, say)
        if not may_go_on("Gå tilbake?", "rollback", live, confirm, approved=approved):
            return Published(release=live.release, place=where, was_declined=True)
        built = built_site(project_root, scheme)
        release = _again(releases, live, chosen, work / "site", clock, built)
        go_live(where, releases, live, release, say)
        return Published(release=release, place=where, is_new=True)


def _named(releases: Releases, live: Live, name: str) -> Release:
    """The release of this name; raises `PublishError` where it is missing or live."""
    chosen = next((release for release in releases.all() if release.name == name), None)
    if chosen is None:
        raise PublishError(f"Publiseringen «{name}» finnes ikke. «make releases» viser dem.")
    if chosen.digest == digest_of(live.name):
        raise PublishError(f"Publiseringen «{name}» er det som ligger ute nå.")
    return chosen


def _before(releases: Releases, live: Live) -> Release:
    """The release whose site was live before the present one; raises `PublishError` without one."""
    earlier = [
        release
        for release in releases.all()
        if release.name < live.name and release.digest != digest_of(live.name)
    ]
    if live.record is not None:
        # By the digest: after a roll-back two releases have one site, and the older is deleted.
        wanted = digest_of(live.record.previous or "")
        earlier = [release for release in earlier if release.digest == wanted]
    if not earlier:
        raise PublishError("Det finnes ingen eldre publisering å gå tilbake til.")
    return earlier[-1]


def _show(live: Live, chosen: Release, project_root: Path, say: Say) -> None:
    """Show the chosen release, and the changes from the live one."""
    say(f"Tilbake til {chosen.name}.")
    if live.record is None or chosen.record is None:
        say("Vi mangler opplysninger om den ene av de to, og kan ikke vise hva som blir endret.")
    else:
        say(difference_in_words(compare(live.record, chosen.record), project_root))


def _again(
    releases: Releases, live: Live, chosen: Release, folder: Path, clock: Clock, built: Path
) -> Release:
    """A new release with the site of the chosen one, made in `folder`.

    A damaged file of the chosen release is taken from another release, or from the folder `built`
    of the last build. Raises `PublishError` where no whole copy is left.
    """
    name = releases.next_name(chosen.digest, clock(), after=live.name)
    taken: set[str] = set()
    record = None
    if chosen.record is not None:
        taken = set(chosen.record.inherited)
        record = replace(
            chosen.record,
            name=name,
            built=clock(),
            restores=chosen.record.restores or chosen.name,
            inherited={},
            summary="",
        )
        if waiting := waiting_release(releases, live, record, clock):
            return waiting
    known = releases.known.of(chosen.name)
    if known is None:
        raise PublishError(
            f"Publiseringen «{chosen.name}» er skadet, og vi vet ikke hvordan filene i den skal"
            " være. Velg en annen: «make releases» viser dem."
        )
    known = {address: file for address, file in known.items() if entry_of(address) not in taken}
    whole = releases.known.whole(chosen.name)
    files = {address: whole[address] for address in known if address in whole}
    link_all(chosen.folder, folder, files)
    damaged = sorted(known.keys() - files.keys())
    make_folders(folder, damaged)
    for address in damaged:
        source = releases.find(address, known[address].digest, also=built)
        if source is None:
            raise PublishError(
                f"Filen «{address}» i publiseringen «{chosen.name}» er skadet, og finnes ikke hel"
                " noe annet sted. Velg en annen publisering: «make releases» viser dem."
            )
        files[address] = copied(source, folder / address, known[address])
    return release_of(releases, live, folder, files, name, record, clock)


# --- `make releases` ---

_ZONE = ZoneInfo("Europe/Oslo")


def releases_in_words(project_root: Path, scheme: str | None = None) -> str:
    """A list, in Norwegian, of all releases on this machine, the newest first."""
    releases = Releases(place(project_root, scheme).public)
    stored, current = releases.all(), releases.current
    if not stored:
        return "Ingenting er publisert ennå."
    return "\n".join(line for release in reversed(stored) for line in _lines(release, current))


def _lines(release: Release, current: Release | None) -> Iterator[str]:
    is_live = current is not None and release.name == current.name
    is_unfinished = current is None or release.name > current.name
    state = "  ← ligger ute nå" if is_live else "  (ble ikke lagt ut)" if is_unfinished else ""
    yield f"{release.name}{state}"
    record = release.record
    if record is None:
        yield "  Vi mangler opplysninger om denne."
        return
    built = format_datetime(
        record.built.astimezone(_ZONE), "d. MMMM y 'kl.' HH.mm", tzinfo=_ZONE, locale="nb"
    )
    yield f"  {built}, {len(record.pages)} sider"
    if record.restores is not None:
        yield f"  Tilbake til {record.restores}"
    elif record.summary:
        yield f"  {record.summary}"


def main_of_releases(argv: Sequence[str]) -> int:
    """`make releases`: show the releases."""
    given = options(argparse.ArgumentParser(prog="releases"), argv)
    print(releases_in_words(ROOT, given.scheme))
    return 0


# --- `make rollback` ---


def main(argv: Sequence[str]) -> int:
    """`make rollback`: asks the person at the terminal; the exit code is 0 also after a no."""
    parser = argparse.ArgumentParser(prog="builder rollback")
    parser.add_argument("--to", metavar="NAVN", help="navnet på publiseringen")
    given = options(parser, argv)
    done = rollback(
        ROOT,
        to=given.to,
        scheme=given.scheme,
        confirm=person(),
        approved=is_approved(),
    )
    if done.was_declined:
        print("Ingenting er endret.")
    else:
        report(done, given.scheme)
    return 0

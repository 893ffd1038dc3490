"""A publish: build the site, check it, show the changes, ask, and let a new release go live.

The live site stays as it is until the very last step, whatever goes wrong before.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from builder import checks
from builder.kit.environment import Confirm, is_approved, is_set, person, today
from builder.kit.files import hash_of
from builder.publish.asking import in_short, may_go_on, report_changes
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
from builder.publish.disk_errors import disk_errors_in_words
from builder.publish.live import go_live, live_now
from builder.publish.new_release import cache_of, record_of, release_of_build, waiting_release
from builder.publish.releases import Releases, digest_of, open_to_readers
from builder.publish.targets import place
from builder.site import build, check


def publish(
    project_root: Path,
    *,
    scheme: str | None = None,
    confirm: Confirm | None = None,
    approved: bool = False,
    say: Say = print,
    clock: Clock = now,
) -> Published:
    """Publish the whole site, or with `scheme` (a slug) a site of that scheme alone.

    `confirm` asks a person a question; None where nobody can answer. Then the live site changes
    only if the change is `approved` beforehand. Raises `ContentError`, `BuildError`, `CheckError`,
    `PublishError` or `TargetError`; then the live site is as it was.
    """
    day = today()
    where = place(project_root, scheme)
    releases = Releases(where.public)
    output = built_site(project_root, scheme)
    with (
        disk_errors_in_words(),
        releases.alone(),
        releases.work() as work,
        build.prepare(project_root, output, address=where.address) as prepared,
    ):
        live = live_now(where, releases)
        whole_site = place(project_root).address if scheme else ""
        files = build.build(
            prepared, scheme=scheme or "", address=where.address, whole_site=whole_site
        )
        digest = hash_of(files)
        if live is not None and digest_of(live.name) == digest:
            damaged = releases.known.damaged(live.release.name) if live.release else []
            if not damaged:
                if live.release:
                    open_to_readers(live.release.folder)
                return Published(release=live.release, place=where)
            say(
                f"Filer som ligger ute, er skadet eller borte: {in_short(damaged)}."
                " De blir laget på nytt."
            )
            if live.record is not None:
                record = replace(
                    live.record,
                    name=releases.next_name(digest, clock(), after=live.name),
                    built=clock(),
                )
                release = release_of_build(
                    releases, live, output, work / "site", files, record, clock
                )
                go_live(where, releases, live, release, say)
                return Published(release=release, place=where, is_new=True)
        check.check(output, prepared.cache, files=files)
        site = prepared.site.published(day)
        site = site.only(scheme) if scheme else site
        last = live.name if live else ""
        record = record_of(
            site,
            output,
            cache_of(project_root, where.public),
            name=releases.next_name(digest, clock(), after=last),
            built=clock(),
            day=day,
            files=files,
        )
        record = replace(record, previous=last or None)
        if prepared.warnings:
            say(checks.report(prepared.warnings, every=is_set("ALT")))
        to_offer = None if approved else confirm
        record = report_changes(live, record, site, project_root, say=say, confirm=to_offer)
        if not may_go_on("Publisere?", "publish", live, confirm, approved=approved):
            return Published(release=live.release if live else None, place=where, was_declined=True)
        release = waiting_release(releases, live, record, clock) or release_of_build(
            releases, live, output, work / "site", files, record, clock
        )
        go_live(where, releases, live, release, say)
        return Published(release=release, place=where, is_new=True)


def main(argv: Sequence[str]) -> int:
    """`make publish`: asks the person at the terminal; a no is no error. Returns the exit code."""
    scheme = options(argparse.ArgumentParser(prog="publish"), argv).scheme
    print("Kontrollerer innholdet …", file=sys.stderr, flush=True)
    published = publish(ROOT, scheme=scheme, confirm=person(), approved=is_approved())
    if published.was_declined:
        print("Ingenting er publisert.")
    elif not published.is_new:
        print("Ingenting er endret siden forrige publisering.")
    else:
        report(published, scheme)
    return 0

"""The making of a release: its record, its files, and the files that open pages still need."""

import datetime as dt
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from builder import content
from builder.kit.files import Files
from builder.kit.store import CACHE, Store, code_version
from builder.publish.assembly import gather, inherit, inheritance
from builder.publish.command import Clock
from builder.publish.live import Live, earlier_release
from builder.publish.record import Record, RecordCache
from builder.publish.releases import Release, Releases, digest_of


def cache_of(project_root: Path, public: Path) -> Store:
    """A cache of the parts of the last record in the folder `public`."""
    return Store(project_root / CACHE, "release", str(public.resolve()))


def record_of(
    site: content.Site,
    folder: Path,
    cache: Store,
    *,
    name: str,
    built: dt.datetime,
    day: dt.date,
    files: Files,
) -> Record:
    """The record of the site built in the folder, as `Record.of` makes it.

    The `cache` holds the parts of the last record, for as long as the code is the same.
    """
    code = code_version("builder", "calc")
    parts: RecordCache = cache.get(version=code) or RecordCache()
    record = Record.of(site, folder, name=name, built=built, day=day, files=files, cache=parts)
    with suppress(OSError):  # Without room for the cache, only time is lost.
        cache.put(result=parts, version=code)
    return record


def waiting_release(
    releases: Releases, live: Live | None, record: Record, clock: Clock
) -> Release | None:
    """The release that an earlier run made of the same site, if one waits to go live.

    The release gets the new record, with its own name, time and inherited files.
    """
    here = releases.current
    earliest = max(here.name if here else "", live.name if live else "")
    waiting = [
        release
        for release in releases.all()
        if release.name >= earliest
        and release.digest == digest_of(record.name)
        and release.record is not None
        and releases.known.is_whole(release.name)
    ]
    if not waiting:
        return None
    release = waiting[-1]
    assert release.record is not None
    inherited = release.record.inherited
    earlier = earlier_release(releases, live)
    if earlier is not None and earlier.name != release.name:
        # The earlier release has been live until now, so its own files were needed until now.
        needed = inheritance(earlier, clock())
        inherited = {name: needed.get(name, last) for name, last in inherited.items()}
    record = replace(record, name=release.name, built=release.record.built, inherited=inherited)
    releases.write_record(release.name, record)
    return releases.release(release.name)


def release_of_build(
    releases: Releases,
    live: Live | None,
    built: Path,
    folder: Path,
    files: Files,
    record: Record,
    clock: Clock,
) -> Release:
    """Put a new release of the site in `built` in place, after gathering it in `folder`."""
    earlier = earlier_release(releases, live)
    before = releases.known.whole(earlier.name) if earlier else {}
    releases.take_spare(folder)
    files = gather(built, files, folder, earlier, before)
    return release_of(releases, live, folder, files, record.name, record, clock)


def release_of(
    releases: Releases,
    live: Live | None,
    folder: Path,
    files: Files,
    name: str,
    record: Record | None,
    clock: Clock,
) -> Release:
    """A new release of the whole site in `folder`, with the files that open pages still need."""
    earlier = earlier_release(releases, live)
    if earlier is not None:
        whole = releases.known.whole(earlier.name)
        files, inherited = inherit(folder, files, earlier, whole, clock())
        record = record and replace(record, inherited=inherited)
    return releases.put(folder, name, record, files)

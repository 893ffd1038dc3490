"""`make releases`: what has been published, and what each publishing changed."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from builder.publish.publish import ROOT, options
from builder.publish.releases import Release, Releases
from builder.publish.targets import place

_ZONE = ZoneInfo("Europe/Oslo")


def told(project_root: Path, scheme: str | None = None) -> str:
    """The releases that are kept, the newest first, in Norwegian."""
    releases = Releases(place(project_root, scheme).public)
    kept, current = releases.all(), releases.current
    if not kept:
        return "Ingenting er publisert ennå."
    return "\n".join(line for release in reversed(kept) for line in _lines(release, current))


def _lines(release: Release, current: Release | None) -> Iterator[str]:
    is_live = current is not None and release.name == current.name
    is_unfinished = current is None or release.name > current.name
    mark = "  ← ligger ute nå" if is_live else "  (ble ikke lagt ut)" if is_unfinished else ""
    yield f"{release.name}{mark}"
    record = release.record
    if record is None:
        yield "  Vi mangler opplysninger om denne."
        return
    made = format_datetime(
        record.made.astimezone(_ZONE), "d. MMMM y 'kl.' HH.mm", tzinfo=_ZONE, locale="nb"
    )
    yield f"  {made}, {len(record.pages)} sider"
    if record.restores is not None:
        yield f"  Tilbake til {record.restores}"
    elif record.summary:
        yield f"  {record.summary}"


def main(argv: Sequence[str]) -> int:
    """Show the releases."""
    print(told(ROOT, options(argparse.ArgumentParser(prog="releases"), argv).scheme))
    return 0

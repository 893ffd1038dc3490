"""The live site, which readers meet, and the step by which another release takes its place."""

from dataclasses import dataclass

from builder.publish.command import Say
from builder.publish.disk_errors import in_words
from builder.publish.record import Record
from builder.publish.releases import PublishError, Release, Releases
from builder.publish.targets import Place, TargetError


@dataclass(frozen=True)
class Live:
    """The live site: the name of its release, its record, and the release if it is here too."""

    name: str
    record: Record | None
    release: Release | None


def live_now(where: Place, releases: Releases) -> Live | None:
    """The live site; None where nothing is published. Raises `TargetError`.

    Where the site is sent to a target, the target decides which release is live. A run may have
    been stopped after its release went live there, before `current` was switched: that is done now,
    as where `current` is lost.
    """
    if where.target is None:
        here = releases.current
        if here is None:
            return None
        _link(releases, here)
        return Live(here.name, here.record, here)
    data = where.target.live()
    if data is None:
        return None
    record = Record.from_json(data)
    if record is None:
        return Live("", None, None)
    release = next((r for r in releases.all() if r.name == record.name), None)
    if release is not None:
        _link(releases, release)
    return Live(record.name, record, release)


def _link(releases: Releases, release: Release) -> None:
    """Make `current` lead to the release, unless it does."""
    linked = releases.linked
    if linked is None or linked.name != release.name:
        with releases.switching(release):
            pass


def earlier_release(releases: Releases, live: Live | None) -> Release | None:
    """The release that open pages come from: the live one, else `current`; None without either."""
    return (live.release if live else None) or releases.current


def go_live(
    where: Place, releases: Releases, live: Live | None, release: Release, say: Say
) -> None:
    """Make a release live: send it to its target, if it has one, and switch `current`.

    Before that, newer releases that never went live are deleted; after it, old releases. Raises
    `PublishError`; then the old site is live still, or the text says that the new one is.
    """
    data = release.record_file.read_bytes() if release.record_file.is_file() else b"{}"
    earliest = max((one.name for one in (releases.current, live) if one), default="")
    for other in releases.all():
        if earliest and other.name > earliest and other.name != release.name:
            releases.forget(other)  # An earlier run created it; it never went live.
    is_sent = False
    try:
        with releases.switching(release):
            if where.target is not None:
                say(f"Sender nettstedet til {where.target.name} …")
                where.target.send(release.folder, release.name, data, say, releases.known.of)
                is_sent = True
    except OSError as error:
        if is_sent and where.target is not None:
            raise PublishError(
                f"Det nye nettstedet ligger ute hos {where.target.name}, men {in_words(error)}"
                " Rett det, og kjør kommandoen igjen."
            ) from None
        raise
    except TargetError as error:
        raise PublishError(
            f"{error}\n\nNettstedet er ferdig bygget. Kjør kommandoen igjen for å sende det."
        ) from error
    releases.forget_old()

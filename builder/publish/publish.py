"""Publishing: build, check, show what changes, ask, and let it go live whole or not at all.

What is live stays as it is until the very last step, whatever goes wrong before.
"""

import argparse
import datetime as dt
import errno
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from builder import checks
from builder.checks.report import is_set
from builder.content.validate import suggestion
from builder.kit import ask, i18n
from builder.kit.ask import Confirm
from builder.kit.cache import Store, code_version, key
from builder.kit.day import today
from builder.kit.manifest import Files, files_of, hash_of
from builder.publish import notices
from builder.publish.difference import Difference, compare
from builder.publish.record import Known, Record
from builder.publish.releases import (
    PublishError,
    Release,
    Releases,
    digest_of,
    gather,
    inherit,
    inheritance,
)
from builder.publish.targets import Place, TargetError, place
from builder.site import check, site
from calc.messages import whole

ROOT = Path(__file__).resolve().parents[2]

# The files of the last build, as `kept_for` keeps them.
_BUILT = "built"

type Say = Callable[[str], None]
type Clock = Callable[[], dt.datetime]


@dataclass(frozen=True)
class Live:
    """What readers meet now: its name, what we know of it, and the release where it is here too."""

    name: str
    record: Record | None
    release: Release | None


@dataclass(frozen=True, kw_only=True)
class Published:
    """What became of it: the release that is live, if it is here, and whether it is a new one.

    `was_declined` is where a person was asked and said no.
    """

    release: Release | None
    place: Place
    is_new: bool = False
    was_declined: bool = False


def now() -> dt.datetime:
    """This moment."""
    return dt.datetime.now(dt.UTC)


def publish(
    project_root: Path,
    *,
    scheme: str | None = None,
    confirm: Confirm | None = None,
    approved: bool = False,
    say: Say = print,
    clock: Clock = now,
) -> Published:
    """Build, check, show what changes, ask, and let it go live.

    `confirm` asks a person; None where nobody is there to answer, and then what is live changes
    only if it is `approved` beforehand. Raises `ContentError`, `BuildError`, `CheckError`,
    `PublishError` or `TargetError`; then what is live is as it was.
    """
    day = today()
    where = place(project_root, scheme)
    releases = Releases(where.public, kept_for(project_root, where.public))
    # Only what is another than the last time is built anew there.
    built = project_root / ".cache/publish" / (f"schemes/{scheme}" if scheme else "whole")
    with (
        in_words(),
        releases.alone(),
        releases.work() as work,
        site.begin(project_root, built, address=where.address) as begun,
    ):
        live = live_now(where, releases)
        all_schemes = place(project_root).address if scheme else ""
        digests = site.build(
            project_root,
            built,
            scheme=scheme or "",
            address=where.address,
            whole_site=all_schemes,
            begun=begun,
        )
        kept = kept_for(project_root, where.public, "known")
        files = files_of(built, "Leser filene", kept.get(_BUILT))
        _keep(kept, _BUILT, files)
        digest = hash_of(files)
        if live is not None and digest_of(live.name) == digest:
            return Published(release=live.release, place=where)
        check.check(built, project_root / check.KEPT, digests=digests)
        own = begun.site.published(day)
        own = own.only(scheme) if scheme else own
        last = live.name if live else ""
        name = releases.next_name(digest, clock(), after=last)
        of_code = key(code_version("builder", "calc"))
        known: Known = kept.get(of_code) or Known()
        record = Record.of(own, built, name=name, made=clock(), day=day, files=files, known=known)
        _keep(kept, of_code, known)
        kept.keep_only({_BUILT, of_code})
        record = replace(record, previous=last or None)
        before = None if live is None else live.record
        difference = None if before is None else compare(before, record)
        if begun.warnings:
            say(checks.report(begun.warnings, every=is_set("ALT")))
        say(_told(live, record, difference, project_root))
        if before is not None and difference is not None:
            record = replace(record, summary=difference.short)
            missing = notices.untold(difference, before, own)
            if missing:
                stubs = notices.stubs(missing, own, record.day, project_root / "content")
                report = notices.report(missing, difference.names)
                _offer(report, stubs, project_root, say, None if approved else confirm)
        if not may_go_on("Publisere?", "publish", live, confirm, approved=approved):
            return Published(release=live.release if live else None, place=where, was_declined=True)
        release = resumed(releases, live, record, clock)
        if release is None:
            earlier = _earlier(releases, live)
            before_files = (releases.files(earlier.name) if earlier else None) or {}
            releases.take_spare(work / "site")
            files = gather(built, files, work / "site", earlier, before_files)
            release = made(releases, live, work / "site", files, name, record, clock)
        go_live(where, releases, live, release, say)
        return Published(release=release, place=where, is_new=True)


def _told(
    live: Live | None, record: Record, difference: Difference | None, project_root: Path
) -> str:
    """What would change, in words."""
    pages = f"Nettstedet har {whole(len(record.pages))} sider."
    if live is None:
        return f"Ingenting er publisert fra før. {pages}"
    if difference is None:
        return f"Vi kan ikke vise hva som blir endret, for vi vet ikke hva som ligger ute. {pages}"
    texts = i18n.load(project_root / "theme/translations").catalogue("nb")
    return f"Dette blir endret:\n\n{difference.told(texts)}\n"


def _offer(
    report: str,
    stubs: tuple[notices.Stub, ...],
    project_root: Path,
    say: Say,
    confirm: Confirm | None,
) -> NoReturn:
    """Stop, since readers are not told of a change. A person is offered files to tell it in."""
    one = len(stubs) == 1
    texts = [f"content/{notices.CHANGES}/{stub.name}\n\n{stub.text}" for stub in stubs]
    shown = (
        "Regelverket er endret uten at leserne får vite det. Ingenting er publisert.\n\n"
        f"{report}\n\n"
        f"Fortell om endringen i {'denne filen' if one else 'disse filene'}."
        " Fyll ut title og text:\n\n" + "\n\n".join(_first(texts))
    )
    if confirm is None:
        raise PublishError(shown)
    say(shown)
    if not confirm("Skal jeg lage filen?" if one else "Skal jeg lage filene?"):
        raise PublishError("Ingenting er publisert.")
    files = [stub.write(project_root / "content").relative_to(project_root) for stub in stubs]
    raise PublishError(
        f"Laget {', '.join(_first(list(map(str, files))))}.\n"
        "Fyll ut title og text, og kjør «make publish» igjen."
    )


# Of more files for the editor to fill in, the rest are counted.
_MOST_SHOWN = 10


def _first(told: list[str]) -> list[str]:
    left = len(told) - _MOST_SHOWN
    return [*told[:_MOST_SHOWN], *([f"… og {whole(left)} til"] if left > 0 else [])]


# --- Steps that going back to an earlier release has too ---


def live_now(where: Place, releases: Releases) -> Live | None:
    """What readers meet now; None where nothing is published. Raises `TargetError`.

    What the target says is what counts. If the last run was stopped after its release went live
    there, and before `current` was switched, that is done now.
    """
    here = releases.current
    if where.target is None:
        return None if here is None else Live(here.name, here.record, here)
    data = where.target.live()
    if data is None:
        return None
    record = Record.from_json(data)
    if record is None:
        return Live("", None, None)
    release = next((r for r in releases.all() if r.name == record.name), None)
    if release is not None and (here is None or here.name != release.name):
        with releases.switching(release):
            pass
    return Live(record.name, record, release)


def may_go_on(
    question: str, command: str, live: Live | None, confirm: Confirm | None, *, approved: bool
) -> bool:
    """Whether somebody has said yes, now or beforehand.

    The first publishing of all needs nobody's yes where nobody is there to ask.
    """
    if approved or (confirm is None and live is None):
        return True
    if confirm is None:
        raise PublishError(
            "Nettstedet er som før, for her er det ingen å spørre. Si ja på forhånd:"
            f" «make {command} YES=1»."
        )
    return confirm(question)


def resumed(releases: Releases, live: Live | None, record: Record, clock: Clock) -> Release | None:
    """The release that an earlier run made of the same site without going live, if there is one."""
    here = releases.current
    earliest = max(here.name if here else "", live.name if live else "")
    waiting = [
        release
        for release in releases.all()
        if release.name >= earliest
        and release.digest == digest_of(record.name)
        and release.record is not None
    ]
    if not waiting:
        return None
    release = waiting[-1]
    assert release.record is not None
    inherited = release.record.inherited
    earlier = _earlier(releases, live)
    if earlier is not None and earlier.name != release.name:
        # What it has taken over has been live until now, and not until it was made.
        needed = inheritance(earlier, clock())
        inherited = {name: needed.get(name, last) for name, last in inherited.items()}
    record = replace(record, name=release.name, made=release.record.made, inherited=inherited)
    releases.write_record(release.name, record)
    return releases.release(release.name)


def made(
    releases: Releases,
    live: Live | None,
    folder: Path,
    files: Files,
    name: str,
    record: Record | None,
    clock: Clock,
) -> Release:
    """A new release of the whole site in `folder`, with what open pages may still ask for."""
    earlier = _earlier(releases, live)
    known = releases.files(earlier.name) if earlier else None
    if earlier is not None and known is not None:
        files, inherited = inherit(folder, files, earlier, known, clock())
        record = record and replace(record, inherited=inherited)
    return releases.put(folder, name, record, files)


def _earlier(releases: Releases, live: Live | None) -> Release | None:
    """What pages that are open now were read from, as far as it is here."""
    return (live.release if live else None) or releases.current


def go_live(
    where: Place, releases: Releases, live: Live | None, release: Release, say: Say
) -> None:
    """Send the release where it is to stand, switch `current`, and forget old releases."""
    data = release.record_file.read_bytes() if release.record_file.is_file() else b"{}"
    earliest = max((one.name for one in (releases.current, live) if one), default="")
    for other in releases.all():
        if other.name > earliest and other.name != release.name:
            releases.forget(other)  # Made, and never live.
    is_sent = False
    try:
        with releases.switching(release):
            if where.target is not None:
                say(f"Sender nettstedet til {where.target.name} …")
                where.target.send(release.folder, release.name, data, say, releases.files)
                is_sent = True
    except OSError as error:
        if is_sent and where.target is not None:
            raise PublishError(
                f"Det nye nettstedet ligger ute hos {where.target.name}, men {_in_words(error)}"
                " Rett det, og kjør kommandoen igjen."
            ) from None
        raise
    except TargetError as error:
        raise PublishError(
            f"{error}\n\nNettstedet er ferdig bygget. Kjør kommandoen igjen for å sende det."
        ) from error
    releases.forget_old()


# --- What the next run need not find out again ---


def kept_for(project_root: Path, public: Path, what: str = "files") -> Store:
    """Where is kept what is known of the releases in a folder; safe to delete at any time."""
    name = key(str(public.resolve()))[:16]
    return Store(project_root / ".cache/releases" / name / what)


def _keep(kept: Store, name: str, what: object) -> None:
    with suppress(OSError):  # There may be no room for it; nothing is lost but time.
        kept.put(name, what)


_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextmanager
def in_words() -> Iterator[None]:
    """Say in one sentence what keeps files from being written. Other errors are ours."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM | _NOT_ALLOWED:
            raise
        raise PublishError(
            f"Ingenting er publisert, for {_in_words(error)} Rett det, og kjør kommandoen igjen."
        ) from None
    except site.BuildError as error:
        # Pelican runs by itself; all there is of its errors is what it has said.
        for number in _NO_ROOM | _NOT_ALLOWED:
            if f"[Errno {number}]" in str(error):
                told = _in_words(OSError(number, ""))
                raise PublishError(
                    f"Ingenting er publisert, for {told} Rett det, og kjør kommandoen igjen."
                ) from None
        raise


def _in_words(error: OSError) -> str:
    if error.errno in _NO_ROOM:
        return "det er ikke plass på disken."
    where = f" i «{error.filename2 or error.filename}»" if error.filename else ""
    return f"brukeren din har ikke lov til å skrive{where}."


# --- The command ---


def main(argv: Sequence[str]) -> int:
    """`make publish`: asks whoever sits at the terminal. Saying no is no error."""
    scheme = options(argparse.ArgumentParser(prog="publish"), argv).scheme
    print("Kontrollerer innholdet …", file=sys.stderr, flush=True)
    done = publish(ROOT, scheme=scheme, confirm=ask.person(), approved=ask.is_approved())
    if done.was_declined:
        print("Ingenting er publisert.")
    elif not done.is_new:
        print("Ingenting er endret siden forrige publisering.")
    else:
        tell(done, scheme)
    return 0


def options(parser: argparse.ArgumentParser, argv: Sequence[str]) -> argparse.Namespace:
    """What commands on releases are told, with the scheme whose own site is meant, if one is."""
    parser.add_argument("--scheme", help="en ordning som eget nettsted: navnet på mappen")
    given = parser.parse_args(argv)
    if given.scheme:
        schemes = sorted(path.parent.name for path in (ROOT / "content").glob("*/scheme.yaml"))
        if given.scheme not in schemes:
            expected = suggestion(given.scheme, schemes)
            raise PublishError(f"Ordningen «{given.scheme}» finnes ikke i content/. {expected}")
    return given


def tell(done: Published, scheme: str | None) -> None:
    """Say what is live, and where it can be seen."""
    assert done.release is not None
    folder = done.release.folder
    print(f"Publisert: {folder.relative_to(ROOT) if folder.is_relative_to(ROOT) else folder}")
    if done.release.record is not None:
        print(f"{whole(len(done.release.record.pages))} sider ligger ute.", end=" ")
    if done.place.address:
        print(f"Se dem på {done.place.address}/")
    elif done.place.target is not None:
        print(f"De er sendt til {done.place.target.name}.")
    else:
        print(f"Se dem med «make serve{f' SCHEME={scheme}' if scheme else ''}».")

"""A server by rsync: a real sshd on this machine, and everything that can go wrong on the way."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.content.publish_settings import Rsync
from builder.publish.targets import TargetError
from builder.publish.targets.rsync import RsyncTarget
from tests.files import snapshot
from tests.targets.releases import FIRST, SECOND, known, leave_only, record, write_release
from tests.targets.servers import Middleman, SshServer

pytestmark = pytest.mark.thorough


def _target(path: Path | str, host: str = "vert") -> RsyncTarget:
    return RsyncTarget(Rsync(kind="rsync", host=host, path=str(path)))


def _stamps(folder: Path) -> dict[Path, tuple[int, int]]:
    found = {path: path.lstat() for path in folder.rglob("*")}
    return {path: (stat.st_ino, stat.st_mtime_ns) for path, stat in found.items()}


def _site(release: Path) -> dict[str, bytes]:
    """What of a release is to be there."""
    return {name: data for name, data in snapshot(release).items() if not name.startswith(".")}


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """The folder at the server, with everything in its path that a shell takes for its own."""
    return tmp_path / "på 'tjeneren' \"$(touch hm)\" `x`; & \\ *"


def test_a_release_is_there_as_the_local_ones_are(
    ssh: SshServer, there: Path, first: Path, said: list[str]
) -> None:
    target = _target(there)
    assert target.live() is None
    target.send(first, FIRST, record(FIRST), said.append)
    assert target.live() == record(FIRST)
    assert (there / "current").readlink() == Path("releases", FIRST)
    assert snapshot(there / "current") == _site(first)
    assert (there / f"records/{FIRST}.json").read_bytes() == record(FIRST)
    assert {path.name for path in there.iterdir()} == {"current", "records", "releases", ".lock"}
    assert said == [f"Sender {len(_site(first))} filer (0,0 MB) til {target.name}."]
    assert not list(there.parent.rglob("hm"))


def test_everyone_may_read_the_files(
    ssh: SshServer, there: Path, first: Path, second: Path
) -> None:
    """Also the files that an earlier version sent for one user alone."""
    _target(there).send(first, FIRST, record(FIRST), print)
    for path in [there, *there.rglob("*"), *second.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o700 if path.is_dir() else 0o600)
    _target(there).send(second, SECOND, record(SECOND), print)
    live = there / "current"
    assert snapshot(live) == _site(second)
    for path in [there, there / "releases", live, *live.glob("**/*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o055 == (0o055 if path.is_dir() else 0o044)


def test_only_what_has_changed_is_sent(
    ssh: SshServer, there: Path, first: Path, second: Path, said: list[str]
) -> None:
    target = _target(there)
    target.send(first, FIRST, record(FIRST), print)
    target.send(second, SECOND, record(SECOND), said.append)
    assert target.live() == record(SECOND)
    assert snapshot(there / "current") == _site(second)
    assert snapshot(there / "releases" / FIRST) == _site(first)
    before, now = there / "releases" / FIRST, there / "current"
    same = {name for name in _site(second) if (before / name).exists()}
    same = {name for name in same if (before / name).samefile(now / name)}
    assert same == {name for name, data in _site(second).items() if _site(first).get(name) == data}
    assert "runtime/0123/pyodide.asm.wasm" in same
    changed = len(_site(second)) - len(same)
    assert said == [f"Sender {changed} filer (0,0 MB) til {target.name}."]


def _one_page_changed(first: Path, tmp_path: Path) -> Path:
    """The first release with another page, and one that is gone."""
    changed = write_release(tmp_path / "changed", pages=1)
    (changed / "side-0/index.html").write_text("rettet")
    assert (first / "side-1/index.html").exists()
    return changed


def test_of_a_known_release_only_what_differs_is_read_and_sent(
    ssh: SshServer, there: Path, first: Path, tmp_path: Path, said: list[str]
) -> None:
    target = _target(there)
    changed = _one_page_changed(first, tmp_path)
    files_of, wanted = known((FIRST, first), (SECOND, changed)), _site(changed)
    target.send(first, FIRST, record(FIRST), print, files_of)
    leave_only(first)
    leave_only(changed, "side-0/index.html")
    middleman = Middleman(ssh.port, limit=10**9)
    ssh.add_host("talt", f"Port {middleman.port}")
    _target(there, "talt").send(changed, SECOND, record(SECOND), said.append, files_of)
    middleman.cut()
    assert said == [f"Sender 1 fil (0,0 MB) til tjeneren talt:{there}."]
    # Mostly what ssh says to begin with, four times.
    assert middleman.passed < 30_000
    assert target.live() == record(SECOND)
    assert snapshot(there / "current") == wanted
    assert not (there / "current/side-1").exists()
    before, now = there / "releases" / FIRST, there / "current"
    same = {name for name in wanted if (before / name).samefile(now / name)}
    assert same == wanted.keys() - {"side-0/index.html"}
    assert {path.name for path in (there / "releases").iterdir()} == {FIRST, SECOND}
    assert not list(tmp_path.glob(".new-*"))


@pytest.mark.parametrize("harm", ["written", "gone", "more"])
def test_what_somebody_touched_at_the_server_is_put_right(
    ssh: SshServer, there: Path, first: Path, tmp_path: Path, harm: str
) -> None:
    changed = _one_page_changed(first, tmp_path)
    files_of = known((FIRST, first), (SECOND, changed))
    target = _target(there)
    target.send(first, FIRST, record(FIRST), print, files_of)
    live = there / "releases" / FIRST
    if harm == "written":
        (live / "robots.txt").write_text("noe annet")
    elif harm == "gone":
        (live / "robots.txt").unlink()
    else:
        (live / "lagt-inn.html").write_text("noe annet")
        # Older than our record: only its being there tells.
        os.utime(live / "lagt-inn.html", (0, 0))
    target.send(changed, SECOND, record(SECOND), print, files_of)
    assert snapshot(there / "current") == _site(changed)


@pytest.mark.parametrize("meanwhile", ["nothing", "another release"])
def test_links_that_were_made_are_used_by_the_next(
    ssh: SshServer, there: Path, first: Path, tmp_path: Path, said: list[str], meanwhile: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    changed = _one_page_changed(first, tmp_path)
    third = SECOND.replace("0102", "0103")
    other = write_release(tmp_path / "other", "CCCC")
    files_of = known((FIRST, first), (SECOND, other), (third, changed))
    target = _target(there)
    target.send(first, FIRST, record(FIRST), print, files_of)

    def broken(*_: object, **__: object) -> None:
        raise TargetError("Forbindelsen ble brutt.")

    with monkeypatch.context() as patch:
        patch.setattr(RsyncTarget, "_transfer", broken)
        with pytest.raises(TargetError):
            target.send(changed, third, record(third), print, files_of)
    made = (there / f"releases/.incoming-{third}/robots.txt").stat().st_ino
    if meanwhile == "another release":
        target.send(other, SECOND, record(SECOND), print, files_of)
    target.send(changed, third, record(third), said.append, files_of)
    assert target.live() == record(third)
    assert snapshot(there / "current") == _site(changed)
    assert (there / "current/robots.txt").stat().st_ino == made
    assert not list((there / "releases").glob(".*"))


def test_sent_again_nothing_is_sent(
    ssh: SshServer, there: Path, first: Path, said: list[str]
) -> None:
    target = _target(there)
    target.send(first, FIRST, record(FIRST), print)
    before = _stamps(there)
    target.send(first, FIRST, record(FIRST), said.append)
    assert said == []
    assert _stamps(there) == before


def test_an_older_release_is_made_live_again_without_being_sent(
    ssh: SshServer, there: Path, first: Path, second: Path, said: list[str]
) -> None:
    target = _target(there)
    target.send(first, FIRST, record(FIRST), print)
    target.send(second, SECOND, record(SECOND), print)
    target.send(first, FIRST, record(FIRST), said.append)
    assert (target.live(), said) == (record(FIRST), [])
    assert snapshot(there / "current") == _site(first)


def test_five_are_kept_and_the_live_one(ssh: SshServer, there: Path, first: Path) -> None:
    target = _target(there)
    names = [f"2026010{day}T120000Z-000000000{day}" for day in range(1, 9)]
    for name in names[1:]:
        target.send(first, name, record(name), print)
    assert sorted(path.name for path in (there / "releases").iterdir()) == names[3:]
    assert sorted(path.stem for path in (there / "records").iterdir()) == names[3:]
    target.send(first, names[0], record(names[0]), print)
    assert sorted(path.name for path in (there / "releases").iterdir()) == [names[0], *names[3:]]
    assert target.live() == record(names[0])


def test_a_path_from_the_home_folder(ssh: SshServer, first: Path, tmp_path: Path) -> None:
    out = os.path.relpath(tmp_path, Path("~").expanduser())
    for path in (f"~/{out}/a", f"{out}/b"):
        _target(path).send(first, FIRST, record(FIRST), print)
    assert (tmp_path / "a/current/index.html").exists()
    assert (tmp_path / "b/current/index.html").exists()


def test_a_port_of_the_settings_wins(ssh: SshServer, there: Path) -> None:
    settings = Rsync(kind="rsync", host="vert", path=str(there), port=1)
    with pytest.raises(TargetError, match="tar ikke imot på denne porten"):
        RsyncTarget(settings).live()
    settings = Rsync(kind="rsync", host="vert", path=str(there), port=ssh.port)
    assert RsyncTarget(settings).live() is None


# When it breaks


@pytest.fixture
def middleman(ssh: SshServer) -> Iterator[Middleman]:
    """On the way to the server called `treg`: holds everything back after some of the files."""
    middleman = Middleman(ssh.port, limit=1_500_000)
    ssh.add_host("treg", f"Port {middleman.port}")
    yield middleman
    middleman.cut()


def _sending_elsewhere(release: Path, there: Path) -> subprocess.Popen[bytes]:
    """Another process that sends the release as the second, by the name `treg`."""
    code = (
        "from pathlib import Path\n"
        "from tests.targets.test_rsync import SECOND, _target, record\n"
        f"target = _target({str(there)!r}, 'treg')\n"
        f"target.send(Path({str(release)!r}), SECOND, record(SECOND), print)"
    )
    return subprocess.Popen([sys.executable, "-c", code], start_new_session=True)


def _received(there: Path) -> set[str]:
    """The files that have come over whole."""
    return {path.name for path in there.glob("releases/.incoming-*/assets/fyll-*")}


def test_a_killed_sender_changes_nothing_and_the_next_goes_on(
    ssh: SshServer, middleman: Middleman, there: Path, first: Path, tmp_path: Path,
    said: list[str],
) -> None:  # fmt: skip
    target = _target(there)
    target.send(first, FIRST, record(FIRST), print)
    release = write_release(tmp_path / "big", "BBBB", filler=40)
    with _sending_elsewhere(release, there) as sender:
        assert middleman.is_held.wait(30)
        os.killpg(sender.pid, signal.SIGKILL)
    middleman.cut()
    assert target.live() == record(FIRST)
    assert snapshot(there / "current") == _site(first)
    come = _received(there)
    assert 0 < len(come) < 40

    target.send(release, SECOND, record(SECOND), said.append)
    assert snapshot(there / "current") == _site(release)
    [left] = re.findall(r"Sender (\d+) filer", said[0])
    assert int(left) <= len(_site(release)) - len(come)


def test_a_lost_connection_is_told_of_and_helps_another_release(
    ssh: SshServer, middleman: Middleman, there: Path, first: Path, tmp_path: Path,
    said: list[str],
) -> None:  # fmt: skip
    _target(there).send(first, FIRST, record(FIRST), print)
    release = write_release(tmp_path / "big", "BBBB", filler=40)
    cutter = threading.Thread(target=lambda: (middleman.is_held.wait(30), middleman.cut()))
    cutter.start()
    with pytest.raises(TargetError, match="Forbindelsen til tjeneren treg ble brutt"):
        _target(there, "treg").send(release, SECOND, record(SECOND), print)
    cutter.join()
    assert _target(there).live() == record(FIRST)
    come = len(_received(there))
    # Built anew after a text was corrected: another name, but the same large files.
    third = SECOND.replace("0102", "0103")
    (release / "index.html").write_text("rettet")
    _target(there).send(release, third, record(third), said.append)
    [left] = re.findall(r"Sender (\d+) filer", said[0])
    assert int(left) <= len(_site(release)) - come
    assert snapshot(there / "current") == _site(release)


def test_readers_meet_whole_releases_only(
    ssh: SshServer, there: Path, first: Path, second: Path
) -> None:
    """Somebody reads as fast as they can while releases are switched: page, then what it needs."""
    target = _target(there)
    target.send(first, FIRST, record(FIRST), print)
    done, read, missing = threading.Event(), set[str](), set[str]()

    def reader() -> None:
        while not done.is_set():
            # As a web server that looks `current` up once for each page.
            site = (there / "current").resolve()
            style = re.findall(r"site-\w+.css", (site / "index.html").read_text())[0]
            read.add(style)
            if not (site / "assets" / style).exists():
                missing.add(style)

    thread = threading.Thread(target=reader)
    thread.start()
    for release, name in ((second, SECOND), (first, FIRST), (second, SECOND)):
        target.send(release, name, record(name), print)
    done.set()
    thread.join(30)
    assert missing == set()
    assert read == {"site-AAAA.css", "site-BBBB.css"}


def test_two_at_once_leave_one_whole(
    ssh: SshServer, there: Path, first: Path, second: Path
) -> None:
    errors = list[BaseException]()

    def send(release: Path, name: str) -> None:
        try:
            _target(there).send(release, name, record(name), print)
        except BaseException as error:
            errors.append(error)

    threads = [
        threading.Thread(target=send, args=args) for args in ((first, FIRST), (second, SECOND))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    name = json.loads(_target(there).live() or b"")["name"]
    assert snapshot(there / "current") == _site(first if name == FIRST else second)


# What is said


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        ("ukjent", "Denne maskinen kjenner ikke tjeneren ukjent ennå. Kjør «ssh ukjent» én gang"),
        ("fremmed", "Du slipper ikke inn på tjeneren fremmed."),
        ("bar", "rsync finnes ikke på tjeneren bar."),
    ],
)
def test_what_keeps_us_out(
    ssh: SshServer, there: Path, first: Path, host: str, sentence: str
) -> None:
    with pytest.raises(TargetError, match=re.escape(sentence)):
        _target(there, host).send(first, FIRST, record(FIRST), print)
    assert not there.exists()


def test_a_changed_host_key(ssh: SshServer, there: Path, tmp_path: Path) -> None:
    other = (ssh.folder / "outside.pub").read_text()
    known = ssh.folder / "changed"
    known.write_text(f"vert {other}")
    ssh.add_host("byttet", f"Port {ssh.port}", f"UserKnownHostsFile {known}")
    with pytest.raises(TargetError, match="Nøkkelen til tjeneren byttet er en annen enn den var"):
        _target(there, "byttet").live()


def test_an_unknown_name(ssh: SshServer, there: Path) -> None:
    ssh.add_host("borte", "HostName finnes-ikke.invalid")
    with pytest.raises(TargetError, match="Fant ikke tjeneren borte"):
        _target(there, "borte").live()


def test_what_is_not_foreseen_is_told_with_its_details(ssh: SshServer, first: Path) -> None:
    with pytest.raises(TargetError) as caught:
        _target("/proc/tilskudd").send(first, FIRST, record(FIRST), print)
    assert str(caught.value).startswith("Noe gikk galt med tjeneren vert. Detaljer: mkdir: ")
    assert "/proc/tilskudd" in str(caught.value)


def test_a_site_of_somebody_else_is_left_alone(ssh: SshServer, there: Path, first: Path) -> None:
    (there / "current").mkdir(parents=True)
    (there / "current/index.html").write_text("en annens")
    with pytest.raises(TargetError, match="«current» på tjeneren vert er en mappe eller en fil"):
        _target(there).send(first, FIRST, record(FIRST), print)
    assert (there / "current/index.html").read_text() == "en annens"

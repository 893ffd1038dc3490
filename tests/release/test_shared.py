"""Files that a release shares with the one before: on the disk once, and read once."""

import ctypes
import errno
import hashlib
import os
import shutil
from pathlib import Path

import pytest

from builder import content
from builder.kit import disk, files
from builder.kit.files import files_of, hash_of
from builder.publish import page_digests, releases
from builder.publish.page_digests import pages_of
from builder.publish.record import Record
from builder.publish.releases import STORED_RELEASES, Release
from builder.site import build as site
from tests.content.sample import SLUG
from tests.release.conftest import Project, page
from tests.release.test_notices import tell

SITE = {"index.html": page("en"), "a/index.html": page("A"), "b/deep/data.json": "{}"}


def inodes(release: Release | None) -> dict[str, int]:
    assert release is not None
    return files.paths_in(release.folder)


def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that are read to know what is in them, from now on."""
    read: list[str] = []
    real = files.file_at

    def look(path: Path) -> files.File:
        read.append(path.name)
        return real(path)

    monkeypatch.setattr(files, "file_at", look)
    return read


def test_what_is_as_before_is_the_same_file(project: Project) -> None:
    first = inodes(project.publish(SITE).release)
    second = inodes(project.publish(SITE | {"index.html": page("to")}).release)
    assert {name for name in SITE if first[name] == second[name]} == SITE.keys() - {"index.html"}
    assert project.live == page("to")


def test_the_site_that_is_built_is_never_a_part_of_a_release(project: Project) -> None:
    """So a build that writes into its files changes nothing that anybody reads."""
    release = project.publish(SITE).release
    built = project.root / ".cache/publish/whole"
    for name in SITE:
        (built / name).write_text("et annet sted")
    assert release is not None
    assert {name: (release.folder / name).read_text() for name in SITE} == SITE


def test_a_file_that_somebody_wrote_to_in_a_release_is_not_taken_over(project: Project) -> None:
    release = project.publish(SITE).release
    assert release is not None
    (release.folder / "a/index.html").write_text(page("ødelagt"), "utf-8")
    (release.folder / "b/deep/data.json").unlink()
    now = project.publish(SITE | {"index.html": page("to")}).release
    assert now is not None
    assert (now.folder / "a/index.html").read_text("utf-8") == SITE["a/index.html"]
    assert (now.folder / "b/deep/data.json").read_text() == "{}"


def test_the_oldest_release_becomes_the_newest_and_has_nothing_of_what_it_was(
    project: Project,
) -> None:
    for n in range(STORED_RELEASES + 3):
        own = {f"bare-{n}/index.html": page(str(n)), "index.html": page(str(n))}
        release = project.publish(SITE | own).release
        assert inodes(release).keys() == (SITE | own).keys()
        folders = {path.name for path in release.folder.rglob("*") if path.is_dir()}  # type: ignore[union-attr]
        assert folders == {"a", "b", "deep", f"bare-{n}"}
        kept = [(project.releases.folder / name / "index.html") for name in project.names]
        texts = [path.read_text("utf-8") for path in kept]
        assert texts == [page(str(m)) for m in range(max(0, n - STORED_RELEASES + 1), n + 1)]
    assert (project.public / ".spare").is_dir()


def test_nothing_of_it_is_needed(project: Project) -> None:
    """Without what is laid aside and what is kept, and where links can't be."""
    for n in range(STORED_RELEASES + 2):
        project.publish(SITE | {"index.html": page(str(n))})
        shutil.rmtree(project.public / ".spare", ignore_errors=True)
        shutil.rmtree(project.root / ".cache/store")
        assert project.live == page(str(n))
        assert not project.publish().is_new


def test_a_disk_without_links_gets_copies(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_paths: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    project.publish(SITE)
    monkeypatch.setattr(os, "link", refuse)
    for n in range(2):
        release = project.publish(SITE | {"index.html": page(str(n))}).release
        assert release is not None
        found = {name: (release.folder / name).read_text("utf-8") for name in SITE}
        assert found == SITE | {"index.html": page(str(n))}


# --- Reading files ---


def test_publishing_reads_no_file_of_the_built_site_to_know_its_hash(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.publish(SITE)
    built = project.root / ".cache/publish/whole"
    (built / "index.html").write_text(page("to"), "utf-8")
    built_files = files_of(built)
    monkeypatch.setattr(site, "build", lambda *_a, **_k: built_files)
    read = reads(monkeypatch)
    assert project.publish().is_new
    assert read == []
    assert project.live == page("to")


def test_marks_of_pages_are_known_and_dropped_when_they_are_gone(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked: list[str] = []
    real = page_digests._digest_of

    def mark(path: Path) -> page_digests.PageDigest:
        marked.append(path.parent.name)
        return real(path)

    monkeypatch.setattr(page_digests, "_digest_of", mark)
    project.publish(SITE)
    assert sorted(marked) == ["a", "whole"]
    marked.clear()
    changed = {name: text for name, text in SITE.items() if name != "a/index.html"}
    project.publish(changed)
    assert marked == []
    again = project.publish(SITE).release
    assert marked == ["a"]  # It was not on the site meanwhile.
    assert again is not None
    assert again.record is not None
    assert again.record.pages == pages_of(again.folder)


def test_a_record_is_the_same_with_what_is_known_and_without(project: Project) -> None:
    """Also where two schemes are written alike, and edits come and go."""
    other = project.root / "content/lik"
    edits = [
        ("value: 4.5", "value: 4.25"),
        ("Regelverk 2030", "Regelverket 2030"),
        ("value: 4.25", "value: 4.5"),
    ]
    for n, (old, new) in enumerate(edits):
        if n == 1:
            shutil.copytree(project.root / "content" / SLUG, other)
        elif n == 2:
            shutil.rmtree(other)
        project.edit(old, new)
        tell(project, name=f"endring-{n}")
        pages = {f"{n}/index.html": page("ny"), "0/index.html": page("alltid")}
        release = project.publish(SITE | pages).release
        assert release is not None
        assert release.record is not None
        day = release.record.day
        clean = Record.of(
            content.load(project.root / "content").published(day),
            release.folder,
            name=release.name,
            built=release.record.built,
            day=day,
        )
        for field in ("schemes", "pages", "examples", "defaults", "figures", "changes"):
            assert getattr(release.record, field) == getattr(clean, field)


def test_many_files_are_read_by_several_processes_to_the_same_result(tmp_path: Path) -> None:
    for n in range(5000):
        path = tmp_path / f"{n % 70}.d" / f"{n}" if n % 3 else tmp_path / f"{n}"
        path.parent.mkdir(exist_ok=True)
        path.write_text(str(n))
    names = sorted(p for p in tmp_path.rglob("*") if p.is_file())
    found = files_of(tmp_path)
    assert {*found} == {p.relative_to(tmp_path).as_posix() for p in names}
    digest = hashlib.sha256()
    for path in names:
        digest.update(f"{path.relative_to(tmp_path).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    assert hash_of(files_of(tmp_path)) == digest.hexdigest()[: files.HASH_LENGTH]


# --- On the disk before it is live ---


@pytest.mark.parametrize("has_syncfs", [True, False])
def test_a_release_is_on_the_disk_before_it_is_live(
    project: Project, monkeypatch: pytest.MonkeyPatch, has_syncfs: bool
) -> None:
    project.publish(SITE)
    before = project.live
    steps: list[str] = []
    real_fsync, real_flush = os.fsync, disk._flush

    def note(what: str) -> None:
        steps.append(what)
        if project.live == before:
            return
        assert what.endswith("public"), "something was not on the disk when it went live"

    def fsync(handle: int) -> None:
        note(str(Path(f"/proc/self/fd/{handle}").readlink()))
        real_fsync(handle)

    def flush(folder: Path) -> bool:
        assert (folder / "index.html").read_text("utf-8") == page("to")
        note("all")
        return real_flush(folder) if has_syncfs else False

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(disk, "_flush", flush)
    project.publish(SITE | {"index.html": page("to")})
    assert project.live == page("to")
    names = [step.rpartition("/site")[2] if "/site" in step else step for step in steps]
    assert "all" in names
    single = {name for name in names if name in ("", "/a", "/b", "/b/deep", "/index.html")}
    # One by one: each folder, and what is not shared with the release before.
    assert single == (set() if has_syncfs else {"", "/a", "/b", "/b/deep", "/index.html"})


def test_a_disk_that_fails_when_it_is_waited_for_stops_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Library:
        @staticmethod
        def syncfs(_handle: int) -> int:
            ctypes.set_errno(errno.ENOSPC)
            return -1

    project.publish(SITE)
    with monkeypatch.context() as patch:
        patch.setattr(ctypes, "CDLL", lambda *_a, **_k: Library)
        with pytest.raises(releases.PublishError, match="ikke plass på disken"):
            project.publish({"index.html": page("to")})
    assert project.live == page("en")
    assert project.publish().is_new

"""Damage to the folder of releases: noticed, mended from a whole copy, and never spread."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.kit.files import files_of
from builder.publish.releases import STORED_RELEASES, PublishError, Release
from builder.publish.rollback import releases_in_words
from builder.site import build as site
from tests.release.conftest import FakeTarget, Project, page

SITE = {"index.html": page("en"), "a/index.html": page("A"), "assets/site-1a2b.css": "en"}


def publish(project: Project, text: str) -> Release:
    release = project.publish(SITE | {"index.html": page(text)}).release
    assert release is not None
    return release


def is_right(release: Release | None, text: str) -> bool:
    """Whether the release has the files of `SITE`, with this text on its front page."""
    assert release is not None
    there = {path: (release.folder / path).read_text("utf-8") for path in files_of(release.folder)}
    return there == SITE | {"index.html": page(text)}


def empty(path: Path) -> None:
    path.write_bytes(b"")


def flip(path: Path) -> None:
    """Change a byte, as a disk would: the size and the time stay."""
    status = path.stat()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


# --- `current` is lost ---


def lose(project: Project) -> None:
    (project.public / "current").unlink()


def dangle(project: Project) -> None:
    lose(project)
    (project.public / "current").symlink_to("releases/20200101T000000Z-0123456789")


def follow(project: Project) -> None:
    """As a program that copies links as the files they lead to."""
    release = (project.public / "current").resolve()
    lose(project)
    shutil.copytree(release, project.public / "current")


@pytest.mark.parametrize(
    ("damage", "is_changed"), [(lose, False), (lose, True), (dangle, True), (follow, False)]
)
def test_without_a_link_the_newest_release_is_live_and_the_last_five_stay(
    project: Project, damage: object, is_changed: bool
) -> None:
    releases = [publish(project, str(n)) for n in range(STORED_RELEASES)]
    before = project.names
    assert callable(damage)
    damage(project)
    assert "← ligger ute nå" in releases_in_words(project.root).splitlines()[0]
    if is_changed:
        new = publish(project, "ny")
        assert project.names == [*before[1:], new.name]
        assert new.record is not None
        assert new.record.previous == releases[-1].name
    else:
        assert not project.publish().is_new
        assert project.names == before
    assert (project.public / "current").is_symlink()
    assert project.live == page("ny" if is_changed else str(STORED_RELEASES - 1))


def test_without_a_link_a_damaged_release_is_not_the_live_one(project: Project) -> None:
    first = publish(project, "en")
    second = publish(project, "to")
    lose(project)
    empty(second.folder / "index.html")
    third = publish(project, "tre")
    assert third.record is not None
    assert third.record.previous == first.name
    assert is_right(third, "tre")


def test_releases_stay_where_all_are_damaged_and_the_link_is_lost(project: Project) -> None:
    for n in range(3):
        empty(publish(project, str(n)).folder / "index.html")
    before = project.names
    lose(project)
    new = publish(project, "ny")
    assert project.names == [*before, new.name]
    assert is_right(new, "ny")
    lose(project)
    empty(new.folder / "index.html")
    assert project.publish().is_new
    assert project.live == page("ny")


def test_a_folder_of_somebody_else_in_the_place_of_the_link_is_not_deleted(
    project: Project,
) -> None:
    publish(project, "en")
    lose(project)
    (project.public / "current").mkdir()
    (project.public / "current/egen.html").write_text("egen", "utf-8")
    with pytest.raises(PublishError, match="current» er en mappe, og ikke en lenke"):
        publish(project, "to")
    assert (project.public / "current/egen.html").read_text("utf-8") == "egen"


# --- Files are damaged ---


@pytest.mark.parametrize(
    ("damage", "has_list"), [(empty, True), (flip, True), (Path.unlink, True), (flip, False)]
)
def test_a_publish_without_changes_mends_the_live_release(
    project: Project, damage: object, has_list: bool
) -> None:
    """Also a release of an earlier version, which wrote no list of its files."""
    publish(project, "null")
    live = publish(project, "en")
    if not has_list:
        (project.public / f"records/{live.name}.files").unlink()
    assert callable(damage)
    damage(live.folder / "a/index.html")
    mended = project.publish(approved=False)
    assert mended.is_new
    assert is_right(mended.release, "en")
    assert not has_list or "borte: a/index.html." in project.shown
    assert project.live == page("en")
    assert not project.publish(approved=False).is_new
    project.rollback()
    assert project.live == page("null")


def test_damage_is_mended_at_the_target_too(project: Project, target: FakeTarget) -> None:
    live = publish(project, "en")
    empty(live.folder / "index.html")
    assert project.publish().is_new
    assert (target.folder / "index.html").read_text("utf-8") == page("en")


def test_going_back_mends_the_files_that_releases_share(project: Project) -> None:
    first = publish(project, "en")
    second = publish(project, "to")
    empty(second.folder / "a/index.html")
    assert not (first.folder / "a/index.html").read_bytes()
    assert is_right(project.publish().release, "to")
    assert is_right(project.rollback().release, "en")


def test_going_back_is_refused_where_no_whole_copy_is_left(project: Project) -> None:
    first = publish(project, "en")
    second = publish(project, "to")
    flip(first.folder / "index.html")
    with pytest.raises(PublishError, match=r"Filen «index\.html» i publiseringen .* er skadet"):
        project.rollback()
    assert project.live == page("to")
    assert project.names == [first.name, second.name]


def test_going_back_is_refused_where_nothing_is_known_of_damaged_files(project: Project) -> None:
    first = publish(project, "en")
    publish(project, "to")
    (project.public / f"records/{first.name}.files").write_text("0", "utf-8")
    flip(first.folder / "index.html")
    with pytest.raises(PublishError, match="vi vet ikke hvordan filene i den skal være"):
        project.rollback()
    assert project.live == page("to")


def test_a_damaged_file_for_open_pages_is_not_taken_over(project: Project) -> None:
    live = publish(project, "en")
    css = "assets/site-1a2b.css"
    flip(live.folder / css)
    new = project.publish({"index.html": page("to"), "assets/site-3c4d.css": "to"}).release
    assert new is not None
    assert not (new.folder / css).exists()


@pytest.mark.parametrize("damage", [flip, Path.unlink])
def test_a_file_that_is_damaged_after_the_build_does_not_go_live(
    project: Project, monkeypatch: pytest.MonkeyPatch, damage: object
) -> None:
    live = publish(project, "en")
    build = site.build

    def build_and_damage(prepared: site.BuildInput, **where: str) -> object:
        files = build(prepared, **where)
        assert callable(damage)
        damage(prepared.folder.folder / "b/fil.txt")
        return files

    changed = SITE | {"b/fil.txt": "ny fil"}
    monkeypatch.setattr(site, "build", build_and_damage)
    with pytest.raises(PublishError, match=r"b/fil\.txt» er (ikke slik den ble bygget|borte)"):
        project.publish(changed)
    assert project.names == [live.name]
    assert is_right(live, "en")
    monkeypatch.setattr(site, "build", build)
    assert project.publish(changed).is_new


# --- Modes ---


@pytest.fixture
def closed_umask() -> Iterator[None]:
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.mark.usefixtures("closed_umask")
def test_everyone_may_read_a_site_whatever_the_umask_is(project: Project) -> None:
    first = publish(project, "en")
    for path in (first.folder / "a", first.folder / "index.html", project.public):
        path.chmod(0o700 if path.is_dir() else 0o600)
    project.publish()
    assert modes(project) == {0o755, 0o644}
    for n in range(STORED_RELEASES + 1):
        publish(project, str(n))
    project.rollback()
    assert modes(project) == {0o755, 0o644}
    assert os.umask(0o077) == 0o077


def modes(project: Project) -> set[int]:
    """The modes of all folders and files of `public`; of a folder not those of a file."""
    paths = [project.public, *project.public.rglob("*")]
    found = {path: stat.S_IMODE(path.stat().st_mode) for path in paths}
    assert all(path.is_dir() == (mode == 0o755) for path, mode in found.items())
    return set(found.values())


# --- Something else in the place of a folder ---


@pytest.mark.parametrize("name", ["", "releases", "records"])
@pytest.mark.parametrize("is_link", [True, False])
def test_a_file_or_a_lost_link_in_the_place_of_a_folder_is_told(
    project: Project, name: str, is_link: bool
) -> None:
    place = project.public / name
    place.parent.mkdir(exist_ok=True)
    place.symlink_to("borte") if is_link else empty(place)
    with pytest.raises(PublishError, match="skal være en mappe, men der ligger en fil, eller"):
        project.publish()
    place.unlink()
    assert project.publish().is_new


def test_a_folder_in_the_place_of_a_file_is_told(project: Project) -> None:
    (project.public / ".lock").mkdir(parents=True)
    with pytest.raises(PublishError, match=r"«.*lock» er ikke det den skal være"):
        project.publish()


def test_a_file_in_the_place_of_the_spare_release_is_deleted(project: Project) -> None:
    for n in range(STORED_RELEASES):
        publish(project, str(n))
    empty(project.public / ".spare")
    for n in range(2):
        assert is_right(publish(project, f"ny {n}"), f"ny {n}")
    assert (project.public / ".spare").is_dir()

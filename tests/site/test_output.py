"""The output folder by itself, with units of a file each."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from builder.kit.store import CACHE, StoreError
from builder.site import output
from builder.site.output import UNIT, OutputFolder, Unit, UnitResult
from tests.building import cached
from tests.files import snapshot
from tests.kit.test_store import HARMS

type Build = Callable[..., list[str]]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Build a site of pages (text by name); returns the names of the units that were made."""

    def build(verify: bool = False, site: str = "", **pages: str) -> list[str]:
        made = []

        def make(name: str) -> UnitResult:
            made.append(name)
            return UnitResult({f"{name}/index.html": pages[name].encode()})

        folder = OutputFolder(tmp_path / "output", tmp_path, verify=verify)
        folder.site = site
        try:
            folder.place([Unit(n, text, lambda n=n: make(n)) for n, text in pages.items()])
            folder.finish()
        finally:
            folder.unlock()
        assert snapshot(tmp_path / "output") == {
            f"{name}/index.html": text.encode() for name, text in pages.items()
        }
        return made

    return build


def test_a_unit_is_made_once_for_each_site_and_takes_the_place_of_the_one_before(
    build: Build, tmp_path: Path
) -> None:
    assert build(a="1", b="2") == ["a", "b"]
    assert build(a="1", b="2") == []
    assert build(a="1", b="3") == ["b"]
    assert len(cached(tmp_path, UNIT)) == 2
    assert build(site="other", a="4", b="3") == ["a"]
    assert build(a="1", b="3") == []


@pytest.mark.parametrize("harm", HARMS)
def test_damaged_results_are_made_again(build: Build, tmp_path: Path, harm: str) -> None:
    build(a="1", b="2")
    for path in cached(tmp_path):
        HARMS[harm](path)
    build(a="1", b="2")
    for path in cached(tmp_path):
        HARMS[harm](path)
    build(a="1", b="3")


def test_a_file_that_was_damaged_with_its_traces_intact_is_written_again_when_asked(
    build: Build, tmp_path: Path
) -> None:
    build(a="1", b="2")
    page = tmp_path / "output/a/index.html"
    status = page.stat()
    page.write_text("x")
    os.utime(page, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert build(verify=True, a="1", b="2") == []


def test_files_reach_the_disk_before_they_are_trusted(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(a="1", b="2")
    settled: list[list[str]] = []

    def cut_off(_: Path, paths: list[str]) -> None:
        settled.append(paths)
        raise SystemExit

    monkeypatch.setattr(output, "settle", cut_off)
    with pytest.raises(SystemExit):
        build(a="1", b="3")
    monkeypatch.undo()
    assert settled == [["b/index.html"]]
    # The note is the old one, so that the file is written once more.
    assert build(a="1", b="3") == []


def test_a_lock_of_another_user_is_reported(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(path)

    monkeypatch.setattr(output, "locked", refuse)
    with pytest.raises(StoreError, match=f"{CACHE}/store/placed-.*ikke lov til å skrive"):
        build(a="1")

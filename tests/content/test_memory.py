"""Loading again reads only the folders in which something has changed, and misses nothing."""

import os
import shutil
import time
from pathlib import Path

import pytest

from builder.content import ContentError, load
from builder.content.folders import Memory
from builder.kit.errors import KnownError
from builder.kit.store import CACHE
from tests.content.sample import PAGE, PAGE_FILE, RULES_FILE, SCHEME_FILE, SLUG, problems
from tests.files import change

OTHER = "annen-ordning"


@pytest.fixture
def content(content: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two schemes in files that have not been touched for a while."""
    shutil.copytree(content / SLUG, content / OTHER)
    now = time.time_ns
    monkeypatch.setattr("time.time_ns", lambda: now() + 60_000_000_000)
    return content


def test_an_unchanged_folder_is_not_read_again(content: Path) -> None:
    memory: Memory = {}
    first = load(content, memory)
    change(content / SCHEME_FILE, "Prøver}", "Andre}")
    second = load(content, memory)
    assert second.schemes[SLUG].short_name.nb == "Andre"
    assert second.schemes[OTHER] is first.schemes[OTHER]
    assert load(content, memory).schemes[SLUG] is second.schemes[SLUG]
    assert load(content) == second


def test_a_file_that_was_just_written_is_not_trusted(
    content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A coarse clock could give the next version of the file the same time."""
    monkeypatch.undo()
    memory: Memory = {}
    first = load(content, memory)
    assert load(content, memory).schemes[SLUG] is not first.schemes[SLUG]


@pytest.mark.parametrize("name", [SCHEME_FILE, RULES_FILE, PAGE_FILE])
def test_a_change_that_keeps_size_and_time_is_noticed(content: Path, name: str) -> None:
    memory: Memory = {}
    load(content, memory)
    path = content / name
    stat = path.stat()
    raw = path.read_bytes()
    path.write_bytes(b"x" * len(raw))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    with pytest.raises(ContentError):
        load(content, memory)
    path.write_bytes(raw)
    assert load(content, memory) == load(content)


def test_a_mistake_is_reported_each_time(content: Path) -> None:
    memory: Memory = {}
    (content / RULES_FILE).write_text("year: [", "utf-8")
    first = problems(content, memory)
    assert problems(content, memory) == first


def test_new_and_removed_files_and_folders_are_noticed(content: Path) -> None:
    memory: Memory = {}
    load(content, memory)
    nynorsk = content / SLUG / "om.nn.md"
    nynorsk.write_text(PAGE, "utf-8")
    assert (SLUG, "om", "nn") in load(content, memory).pages
    nynorsk.unlink()
    assert (SLUG, "om", "nn") not in load(content, memory).pages
    (content / OTHER).rename(content / "tredje-ordning")
    assert set(load(content, memory).schemes) == {SLUG, "tredje-ordning"}
    assert content / OTHER not in memory


def test_prose_that_the_cache_has_lost_is_read_again_unless_the_folder_has_changed(
    content: Path,
) -> None:
    """Pages are cached by the digest of their folder, so no other prose may get into them."""
    load(content, cached=True)
    first, second = (load(content, cached=True) for _ in range(2))
    page = SLUG, Path(PAGE_FILE).stem, "nb"
    html = load(content).texts.of(*page).html
    shutil.rmtree(content.parent / CACHE)
    assert first.texts.of(*page).html == html
    with (content / PAGE_FILE).open("a", encoding="utf-8") as file:
        file.write("\nNytt.\n")
    with pytest.raises(KnownError, match=f"«{SLUG}» ble endret"):
        second.texts.of(*page)

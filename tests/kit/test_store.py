"""The cache: a result is returned whole or made again, and old files go."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from builder.kit import store
from builder.kit.store import UNUSED_DAYS, Store, StoreError, drop_unused

DAY = 24 * 60 * 60
RESULT = {"side.html": b"<h1>Hei</h1>" * 100, "tom": b""}

type Harm = Callable[[Path], object]

HARMS: dict[str, Harm] = {
    "cut": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "flipped": lambda path: path.write_bytes(
        b"".join((path.read_bytes()[:-1], bytes(byte ^ 1 for byte in path.read_bytes()[-1:])))
    ),
    "full of zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "emptied": lambda path: path.write_bytes(b""),
    "deleted": lambda path: path.unlink(),
}
"""Ways to damage a file."""


@pytest.mark.parametrize("harm", HARMS)
def test_a_damaged_result_is_made_again(tmp_path: Path, harm: str) -> None:
    cache, made = Store(tmp_path, "sort"), []

    def make() -> dict[str, bytes]:
        made.append(1)
        return RESULT

    assert cache.made(make, "navn", version=1) == RESULT
    HARMS[harm](cache.path("navn"))
    assert cache.get("navn", version=1) is None
    assert [cache.made(make, "navn", version=1) for _ in range(2)] == [RESULT] * 2
    assert len(made) == 2


def test_whichever_byte_is_flipped_the_result_counts_as_missing(tmp_path: Path) -> None:
    cache = Store(tmp_path, "sort")
    cache.put(result="verdi")
    data = cache.path().read_bytes()
    for number in range(len(data)):
        flipped = bytearray(data)
        flipped[number] ^= 0x40
        cache.path().write_bytes(flipped)
        assert cache.get() is None


def test_results_differ_by_kind_scope_name_and_version(tmp_path: Path) -> None:
    stores = [Store(tmp_path, "a"), Store(tmp_path, "b"), Store(tmp_path, "a", "scope")]
    for number, one in enumerate(stores):
        one.put("x", result=number, version="ny")
    assert [one.get("x", version="ny") for one in stores] == [0, 1, 2]
    assert stores[0].get("y", version="ny") is None
    assert stores[0].get("x", version="gammel") is None
    # Another version takes the place of the old one.
    stores[0].put("x", result=7, version="nyest")
    assert stores[0].get("x", version="ny") is None
    assert len(list((tmp_path / "store").iterdir())) == 3


def test_all_that_nobody_has_used_for_some_days_is_deleted(tmp_path: Path) -> None:
    cache = Store(tmp_path, "sort")
    for name in ("ny", "lest", "brukt", "gammel"):
        cache.put(name, result=name)
    unfinished = tmp_path / "store/new-halv"
    unfinished.write_bytes(b"")
    old = time.time() - (UNUSED_DAYS + 1) * DAY
    for path in (*(cache.path(name) for name in ("lest", "brukt", "gammel")), unfinished):
        os.utime(path, (old, old))
    assert cache.get("lest") == "lest"
    drop_unused(tmp_path, {cache.path("brukt")})
    assert set((tmp_path / "store").iterdir()) == {
        cache.path(name) for name in ("ny", "lest", "brukt")
    }
    # What was used counts as used from now on.
    drop_unused(tmp_path)
    assert cache.get("brukt") == "brukt"


def test_the_cache_may_be_deleted_while_it_is_used(tmp_path: Path) -> None:
    cache = Store(tmp_path / ".cache", "sort")
    shutil.rmtree(tmp_path / ".cache")
    drop_unused(tmp_path / ".cache")
    assert [cache.made(lambda: "verdi", "navn") for _ in range(2)] == ["verdi"] * 2


def test_a_killed_process_leaves_no_half_result(tmp_path: Path) -> None:
    code = f"""
import os
from pathlib import Path
from builder.kit.store import Store
os.replace = Path.replace = lambda *_: os.kill(os.getpid(), 9)
Store(Path({str(tmp_path)!r}), "sort").put(result="verdi")
"""
    root = Path(store.__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == -9
    assert Store(tmp_path, "sort").get() is None


def test_a_file_in_the_place_of_the_cache_is_reported(tmp_path: Path) -> None:
    (tmp_path / ".cache").write_text("")
    with pytest.raises(StoreError, match=r"«[^»]*/\.cache», for .* ingen mappe"):
        Store(tmp_path / ".cache", "sort")


def test_a_cache_of_another_user_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root may write anywhere, so the answer of the system is replaced.
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(StoreError, match=r"\.cache.*ikke lov til å skrive.*kjør kommandoen igjen"):
        Store(tmp_path / ".cache", "sort")

"""One content gives one site: the same bytes, wherever and whenever it is built."""

import gzip
import stat
from pathlib import Path

import brotli
import pytest

from builder.kit.compress import LEAST_BYTES, SUFFIXES, with_copies
from tests.files import snapshot
from tests.site.conftest import Command


@pytest.mark.thorough
def test_a_build_elsewhere_gives_the_same_bytes(
    built_site: Path, project: Path, run: Command
) -> None:
    # What an earlier build left there is not part of the site.
    stale = project / "output/nedlagt-ordning/index.html"
    stale.parent.mkdir(parents=True)
    stale.write_text("<h1>Nedlagt</h1>", encoding="utf-8")
    # Another folder, another order of sets, another time zone and language.
    built = run(
        "site", PYTHONHASHSEED="4711", TZ="Pacific/Auckland", LC_ALL="C", LANGUAGE="", LANG="C"
    )
    assert built.returncode == 0, built.stderr
    here, there = snapshot(built_site), snapshot(project / "output")
    assert here.keys() == there.keys()
    assert [name for name in here if here[name] != there[name]] == []


def test_every_text_has_compressed_copies(built_site: Path) -> None:
    there = snapshot(built_site)
    texts = [
        name
        for name, data in there.items()
        if Path(name).suffix in SUFFIXES and len(data) >= LEAST_BYTES
    ]
    assert any(name.endswith(".wasm") for name in texts)
    for name in texts:
        assert brotli.decompress(there[f"{name}.br"]) == there[name]
        assert gzip.decompress(there[f"{name}.gz"]) == there[name]
        assert len(there[f"{name}.br"]) < len(there[name])


def test_compressing_gives_the_same_bytes_at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "sub/index.html": b"<p>Tekst</p>" * 50,
        "kort.html": b"kort",
        "bilde.png": b"0" * 1000,
    }
    packed = []
    for now in (1, 2_000_000_000):
        # What gzip would write into its header.
        monkeypatch.setattr("time.time", lambda now=now: now)
        packed.append(with_copies(files))
    assert packed[0] == packed[1]
    assert packed[0].keys() == {*files, "sub/index.html.br", "sub/index.html.gz"}


def test_everybody_may_read_the_files(built_site: Path) -> None:
    # Web servers run as users of their own.
    for path in built_site.rglob("*"):
        needed = stat.S_IROTH | stat.S_IXOTH if path.is_dir() else stat.S_IROTH
        assert path.stat().st_mode & needed == needed, path


def test_the_build_names_no_folder_of_the_machine(built_site: Path, project_root: Path) -> None:
    for name, data in snapshot(built_site).items():
        assert str(project_root).encode() not in data, name
        assert str(built_site).encode() not in data, name

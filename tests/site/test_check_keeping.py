"""Extracts of the files of a built site are cached, and no reported problem depends on that."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from builder.kit.files import Files, files_of
from builder.site import built_site, check, sizes
from builder.site.built_site import read_site
from builder.site.check import CheckError

PAGE = "<!doctype html><title>Side</title>\n<h1 id='topp'>Side</h1>\n{}\n"
PIECES = (
    *('<a href="/side-1/">a</a>', '<a href="/side-2/#sted">a</a>', '<p id="sted">', "<h1>b</h1>"),
    *('<a href="../side-3/">a</a>', '<label for="sted">a</label>', '<img src="/bilde.png" alt="">'),
    *('<link rel="alternate" hreflang="nn" href="/nn/side-1/">', '<a href="//[">a</a>', "<p <b>"),
    *('<a href="https://a.example/">a</a>', '<a href="?a=1">a</a>', '<form data-calculator="a">'),
)

type Read = Callable[[], list[str]]


def write(site: Path, name: str, body: str = "") -> Path:
    path = site / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PAGE.format(body), "utf-8")
    return path


def told(site: Path, cache: Path | None = None, files: Files | None = None) -> list[str]:
    try:
        check.check(site, cache, files=files)
    except CheckError as error:
        return str(error).splitlines()
    return []


@pytest.fixture
def site(tmp_path: Path) -> Path:
    site = tmp_path / "site"
    write(site, "index.html", '<a href="/side-1/">a</a>')
    for n in range(5):
        write(site, f"side-{n}/index.html", f'<a href="/side-{(n + 1) % 5}/#topp">a</a>')
    (site / "robots.txt").write_text("Disallow:\n", "utf-8")
    return site


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Read:
    """The files that were read since it was last asked."""
    names: list[str] = []
    extract = built_site._extract

    def noted(name: str, data: bytes, address: str) -> built_site.Extract:
        names.append(name)
        return extract(name, data, address)

    def since() -> list[str]:
        told = sorted(names)
        names.clear()
        return told

    monkeypatch.setattr(built_site, "_extract", noted)
    # In this process, where it is noted.
    monkeypatch.setattr(built_site, "in_parallel", lambda do, names, *_: list(map(do, names)))
    return since


@pytest.mark.parametrize("with_files", [True, False])
def test_only_what_is_new_is_read(site: Path, tmp_path: Path, read: Read, with_files: bool) -> None:
    def tell() -> list[str]:
        return told(site, tmp_path / "cache", files_of(site) if with_files else None)

    assert tell() == []
    assert read() == ["index.html", "robots.txt", *(f"side-{n}/index.html" for n in range(5))]
    assert tell() == []
    assert read() == []
    write(site, "side-2/index.html", '<a href="/borte/">a</a>')
    problem = "side-2/index.html: lenken «/borte/» fører ingen steder"
    for _ in range(2):
        assert tell()[1:] == [problem]
    assert read() == ["side-2/index.html"]
    # What other files say is known, and what is there is looked up each time.
    shutil.rmtree(site / "side-1")
    assert tell()[1:] == [
        *("index.html: lenken «/side-1/» fører ingen steder",),
        *("side-0/index.html: lenken «/side-1/#topp» fører ingen steder", problem),
    ]
    write(site, "side-1/index.html")
    write(site, "side-2/index.html")
    assert tell() == []
    assert read() == ["side-1/index.html", "side-2/index.html"]


@pytest.mark.parametrize("seed", range(6))
def test_kept_or_not_the_same_is_told(
    site: Path, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)  # noqa: S311  # no secret
    # Some folders in several buckets.
    monkeypatch.setattr(built_site, "_BUCKET_FILES", 3)
    for n in range(5):
        write(site, f"nn/side-{n}/index.html")
        write(site, f"side-1/under-{n}/index.html")
    for _ in range(8):
        for _ in range(chance.randrange(1, 4)):
            path = chance.choice(sorted(site.rglob("*.html")))
            match chance.randrange(6):
                case 0 if path.parent != site:
                    path.unlink()
                case 1:
                    write(site, f"side-{chance.randrange(9)}/index.html")
                case 2:
                    address = chance.choice(("https://a.example/", "/"))
                    write(site, "index.html", f'<link rel="canonical" href="{address}">')
                case _:
                    path.write_text(path.read_text("utf-8") + chance.choice(PIECES), "utf-8")
        slow = told(site)
        assert told(site, tmp_path / "cache") == slow
        assert told(site, tmp_path / "cache") == slow
        assert told(site, tmp_path / "others", files_of(site)) == slow


def test_what_is_damaged_is_made_anew(site: Path, tmp_path: Path, read: Read) -> None:
    write(site, "side-2/index.html", '<a href="/borte/">a</a>')
    first = told(site, tmp_path / "cache", files_of(site))
    names = read()
    for path in (tmp_path / "cache/store").iterdir():
        path.write_bytes(path.read_bytes()[:-1])
    assert told(site, tmp_path / "cache", files_of(site)) == first
    assert read() == names


def test_on_all_cores_the_same_is_told(site: Path, tmp_path: Path) -> None:
    for n in range(40):
        write(site, f"side-{n}/index.html", f'<a href="/borte-{n}/">a</a>')
    found = told(site, tmp_path / "cache")
    assert sorted(found[1:]) == sorted(
        f"side-{n}/index.html: lenken «/borte-{n}/» fører ingen steder" for n in range(40)
    )


def test_a_mistake_on_all_pages_is_told_of_some(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "MOST_REPORTED", 10)
    for n in range(30):
        write(site, f"side-{n}/index.html", '<a href="/borte/">a</a>')
    found = told(site, tmp_path / "cache")
    assert len(found) == 1 + 10 + 1
    assert found[-1] == "… og feil i 20 filer til"


def test_the_heaviest_pages_are_shown(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "SHOWN", 2)
    write(site, "side-3/index.html", "x" * 2000)
    write(site, "side-4/index.html", "x" * 3000)
    lines = sizes.report(site).splitlines()
    assert [line.split()[0] for line in lines[-3:-1]] == [
        "/side-4/index.html",
        "/side-3/index.html",
    ]
    assert lines[-1] == "… og 4 lettere sider (ALT=1 viser alle)"
    every = sizes.report(site, every=True).splitlines()
    assert [str(size) for size in sizes.sizes(site)] == every
    assert len(every) == len(lines) + 3


def test_the_whole_site_is_read_the_same(built_site: Path, tmp_path: Path) -> None:
    files = files_of(built_site)
    fresh = read_site(built_site)
    assert len(fresh.pages) > 100
    for site in (
        read_site(built_site, tmp_path / "cache", files=files),
        read_site(built_site, tmp_path / "cache", files=files),
        read_site(built_site, tmp_path / "cache"),
    ):
        assert site == fresh
    assert told(built_site, tmp_path / "cache") == []

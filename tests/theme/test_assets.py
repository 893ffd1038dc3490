import os
import re
import shutil
import time
from pathlib import Path

import pytest

from builder.bundle import assets
from builder.bundle.assets import AssetError, Assets
from builder.kit.cache import KEPT_BUILDS

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the theme, with the installed packages linked in."""
    theme = tmp_path / "theme"
    for folder in ("css", "js", "images"):
        shutil.copytree(ROOT / "theme" / folder, theme / folder)
    shutil.copy(ROOT / "theme/package-lock.json", theme)
    (theme / "node_modules").symlink_to(ROOT / "theme/node_modules")
    return tmp_path


def content(built: Assets) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in built.folder.iterdir()}


def test_names_give_addresses_with_a_hash_of_existing_files(project: Path):
    built = assets.build(project)
    for name in ("css/site.css", "js/calculator.js", "js/worker.js", "images/favicon.svg"):
        address = built.url(name)
        stem, suffix = Path(name).stem, Path(name).suffix
        assert re.fullmatch(rf"/assets/{stem}-[0-9A-Z]{{8}}{re.escape(suffix)}", address)
        assert (built.folder / Path(address).name).is_file()


def test_the_font_that_pages_fetch_ahead_is_the_one_of_the_style_sheet(project: Path):
    built = assets.build(project)
    font = Path(built.url("fonts/inter-latin-wght-normal.woff2")).name
    css = (built.folder / Path(built.url("css/site.css")).name).read_text("utf-8")
    assert f'url("./{font}")' in css
    for file in re.findall(r'url\("?\./([^")]+)', css):
        assert (built.folder / file).is_file()
    assert not re.search(r"url\(\"?(?:https?:)?//", css)


def test_two_builds_are_the_same_bytes(project: Path):
    first = content(assets.build(project))
    shutil.rmtree(project / ".cache")
    assert content(assets.build(project)) == first


def test_the_same_sources_are_built_once(project: Path, monkeypatch: pytest.MonkeyPatch):
    first = assets.build(project)
    monkeypatch.setattr(assets, "_make", lambda *_: pytest.fail("built again"))
    assert assets.build(project) == first


def test_a_change_gives_a_new_address_and_keeps_the_others(project: Path):
    before = assets.build(project)
    with (project / "theme/css/base/text.css").open("a") as file:
        file.write("h1 { color: inherit }\n")
    after = assets.build(project)
    assert after.folder != before.folder
    assert after.url("css/site.css") != before.url("css/site.css")
    assert after.url("js/worker.js") == before.url("js/worker.js")


def test_scripts_are_given_the_constants_that_they_name(project: Path):
    lock = {"files": {"python": "0123"}}
    built = assets.build(project, {"RUNTIME": {"url": "/runtime/abc/", "lock": lock}})
    script = (built.folder / Path(built.url("js/worker.js")).name).read_text("utf-8")
    assert "/runtime/abc/" in script
    assert "0123" in script
    other = assets.build(project, {"RUNTIME": {"url": "/runtime/def/", "lock": lock}})
    assert other.url("js/worker.js") != built.url("js/worker.js")
    assert other.url("css/site.css") == built.url("css/site.css")


def test_the_service_worker_is_no_asset(project: Path):
    built = assets.build(project)
    assert "addEventListener" in built.service_worker
    assert not list(built.folder.glob("service-worker*"))


def test_a_mistake_is_told_and_leaves_nothing(project: Path):
    (project / "theme/css/reset.css").write_text('@import "./missing.css";')
    with pytest.raises(AssetError, match=r"esbuild fant feil(.|\n)*missing\.css"):
        assets.build(project)
    assert list((project / ".cache/assets").iterdir()) == []


def test_missing_packages_are_told_with_a_remedy(project: Path):
    (project / "theme/node_modules").unlink()
    with pytest.raises(AssetError, match=r"Fant ikke esbuild .* Kjør `make clean`"):
        assets.build(project)


def test_an_unknown_name_is_told_with_those_that_exist(project: Path):
    with pytest.raises(AssetError, match=r"«css/annet\.css».*css/site\.css"):
        assets.build(project).url("css/annet.css")


def test_builds_that_nobody_has_used_for_a_day_are_forgotten_but_for_the_last(project: Path):
    folder = project / ".cache/assets"
    for n in range(KEPT_BUILDS + 3):
        (project / "theme/images/mark.svg").write_text(f"<svg>{n}</svg>")
        assets.build(project)
    # All of today: each may be in use.
    builds = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)
    assert len(builds) == KEPT_BUILDS + 3
    for days, build in enumerate(reversed(builds), 2):
        os.utime(build, times=(0, time.time() - days * 86_400))
    (project / "theme/images/mark.svg").write_text("<svg>ny</svg>")
    assets.build(project)
    assert {path for path in builds if path.exists()} == set(builds[-KEPT_BUILDS:])

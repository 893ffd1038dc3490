import re
import shutil
from pathlib import Path

import pytest

from builder.bundle import assets
from builder.bundle.assets import AssetError, Assets
from tests.building import cached

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


@pytest.fixture(scope="module")
def built() -> Assets:
    """The assets of the project itself, to read only."""
    return assets.build(ROOT)


def test_names_give_addresses_with_a_hash_of_existing_files(built: Assets):
    for name in ("css/site.css", "js/calculator.js", "js/worker.js", "images/favicon.svg"):
        address = built.url(name)
        stem, suffix = Path(name).stem, Path(name).suffix
        assert re.fullmatch(rf"/assets/{stem}-[0-9A-Z]{{8}}{re.escape(suffix)}", address)
        assert Path(address).name in built.files


def test_the_font_that_pages_fetch_ahead_is_the_one_of_the_style_sheet(built: Assets):
    font = Path(built.url("fonts/inter-latin-wght-normal.woff2")).name
    css = built.files[Path(built.url("css/site.css")).name].decode()
    assert f'url("./{font}")' in css
    for file in re.findall(r'url\("?\./([^")]+)', css):
        assert file in built.files
    assert not re.search(r"url\(\"?(?:https?:)?//", css)


def test_two_builds_are_the_same_bytes(project: Path):
    first = assets.build(project)
    shutil.rmtree(project / ".cache")
    assert assets.build(project) == first


def test_the_same_sources_are_built_once(project: Path, monkeypatch: pytest.MonkeyPatch):
    first = assets.build(project)
    monkeypatch.setattr(assets, "_bundle", lambda *_: pytest.fail("built again"))
    assert assets.build(project) == first


def test_a_change_gives_a_new_address_and_keeps_the_others(project: Path):
    before = assets.build(project)
    with (project / "theme/css/base/text.css").open("a") as file:
        file.write("h1 { color: inherit }\n")
    after = assets.build(project)
    assert after.url("css/site.css") != before.url("css/site.css")
    assert after.url("js/worker.js") == before.url("js/worker.js")


def test_scripts_are_given_the_constants_that_they_name(project: Path):
    lock = {"files": {"python": "0123"}}
    built = assets.build(project, {"RUNTIME": {"url": "/runtime/abc/", "lock": lock}})
    script = built.files[Path(built.url("js/worker.js")).name].decode()
    assert "/runtime/abc/" in script
    assert "0123" in script
    other = assets.build(project, {"RUNTIME": {"url": "/runtime/def/", "lock": lock}})
    assert other.url("js/worker.js") != built.url("js/worker.js")
    assert other.url("css/site.css") == built.url("css/site.css")


def test_the_service_worker_is_no_asset(built: Assets):
    assert "addEventListener" in built.service_worker
    assert not [name for name in built.files if name.startswith("service-worker")]


def test_a_mistake_is_reported_and_leaves_nothing(project: Path):
    (project / "theme/css/reset.css").write_text('@import "./missing.css";')
    with pytest.raises(AssetError, match=r"esbuild fant feil(.|\n)*missing\.css"):
        assets.build(project)
    assert not cached(project)


def test_missing_packages_are_reported_with_a_remedy(project: Path):
    (project / "theme/node_modules").unlink()
    with pytest.raises(AssetError, match=r"Fant ikke esbuild .* Kjør `make clean`"):
        assets.build(project)


def test_an_unknown_name_is_reported_with_the_known_ones(built: Assets):
    with pytest.raises(AssetError, match=r"«css/annet\.css».*css/site\.css"):
        built.url("css/annet.css")

"""The cache of builds changes no byte of the site: a clean build gives the same bytes."""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from builder.bundle.runtime import RUNTIME, WHOLE_LIBRARY, Runtime
from builder.kit.files import files_of
from builder.kit.store import CACHE
from builder.site import build
from builder.site.output import LASTING, PLACED, UNIT, OutputFolder
from tests import building as site
from tests.conftest import BUILD_DATE, copy_project
from tests.files import snapshot
from tests.kit.test_store import HARMS

# What takes long to make, and has tests of its own.
SHARED = (RUNTIME, WHOLE_LIBRARY, "assets", LASTING)
SCHEMES = ("oppfolging-voksne", "oppfolging-barn-unge", "tryggest")

type Edit = Callable[[Path, random.Random], None]


@pytest.fixture
def project(
    project_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shipped: Runtime
) -> Path:
    """A copy of the project that may be changed in all its parts, with a cache of its own."""
    monkeypatch.setenv("BUILD_DATE", BUILD_DATE)
    monkeypatch.delenv("SITE_ADDRESS", raising=False)
    root = tmp_path / "prosjekt"
    copy_project(project_root, root, own=("calc",))
    (root / "theme").unlink()
    packages = "node_modules"
    theme, ignore = project_root / "theme", shutil.ignore_patterns(packages)
    shutil.copytree(theme, root / "theme", ignore=ignore)
    (root / "theme" / packages).symlink_to(theme / packages)
    new_cache(root, project_root)
    return root


def new_cache(root: Path, project_root: Path) -> None:
    """An empty cache, but for what takes long to make."""
    cache = root / ".cache"
    if cache.is_symlink():
        cache.unlink()
    elif cache.exists():
        shutil.rmtree(cache)
    site.share_cache(project_root, root, *SHARED)


def clean(root: Path, project_root: Path, folder: Path) -> dict[str, bytes]:
    """The site as it is built with nothing kept."""
    kept = root / ".cache"
    aside = root / "kept"
    kept.rename(aside)
    try:
        new_cache(root, project_root)
        site.build(root, folder)
        shutil.rmtree(kept)
    finally:
        aside.rename(kept)
    made = snapshot(folder)
    shutil.rmtree(folder)
    return made


def expect_same(root: Path, project_root: Path, tmp_path: Path) -> None:
    here, there = snapshot(root / "output"), clean(root, project_root, tmp_path / "clean")
    assert here.keys() == there.keys()
    assert [name for name in here if here[name] != there[name]] == []


# --- What may be changed between two builds ---


def replace(path: Path, pattern: str, new: str) -> None:
    text = path.read_text("utf-8")
    changed = re.sub(pattern, new, text, count=1, flags=re.MULTILINE)
    assert changed != text, (path, pattern)
    path.write_text(changed, "utf-8")


def some_page(root: Path, chance: random.Random) -> Path:
    return chance.choice(sorted(root.glob("content/*/*.md")))


def sentence(root: Path, chance: random.Random) -> None:
    with some_page(root, chance).open("a", encoding="utf-8") as file:
        file.write(f"\nEn ny setning, nummer {chance.randrange(10**6)}.\n")


def title(root: Path, chance: random.Random) -> None:
    replace(some_page(root, chance), "^Title: .*", f"Title: Ny tittel {chance.randrange(10**6)}")


def name(root: Path, chance: random.Random) -> None:
    facts = root / "content" / chance.choice(SCHEMES) / "scheme.yaml"
    new = f"Nytt navn {chance.randrange(10**6)}"
    replace(facts, r"^short_name:\n  nb: .*", f"short_name:\n  nb: {new}")


def rate(root: Path, chance: random.Random) -> None:
    rules = root / "content/oppfolging-voksne/rules/2025.yaml"
    times = chance.randint(2, 9)
    text = rules.read_text("utf-8")
    amounts = r"(?<=[\[ ])\d{5,}\b"
    rules.write_text(re.sub(amounts, lambda found: str(int(found[0]) * times), text), "utf-8")


def nynorsk(root: Path, chance: random.Random) -> None:
    page = root / "content" / chance.choice(SCHEMES) / "om.nn.md"
    if page.exists():
        page.unlink()
    else:
        page.write_text("Title: Om ordninga\nDescription: Kort sagt.\n\nTekst.\n", "utf-8")


def scheme(root: Path, chance: random.Random) -> None:
    new = root / "content/en-ny-ordning"
    if new.exists():
        shutil.rmtree(new)
    else:
        shutil.copytree(root / "content" / chance.choice(SCHEMES[:2]), new)


def alias(root: Path, chance: random.Random) -> None:
    facts = root / "content/tryggest/scheme.yaml"
    text = re.sub(r"(?m)^aliases: .*\n", "", facts.read_text("utf-8"))
    facts.write_text(f"{text}aliases: [/gammel-{chance.randrange(10**6)}/]\n", "utf-8")


def change(root: Path, chance: random.Random) -> None:
    text = chance.choice(sorted((root / "content/changes").glob("*.yaml"))).read_text("utf-8")
    path = root / f"content/changes/2026-11-{chance.randint(10, 21)}-noe-nytt.yaml"
    day = path.name[:10]
    path.write_text(re.sub(r"(?m)^date: .*", f"date: {day}", text), "utf-8")


def general(root: Path, chance: random.Random) -> None:
    page = root / "content/pages/en-ny-side.md"
    if page.exists():
        page.unlink()
    else:
        page.write_text("Title: Ny side\nDescription: Kort sagt.\n\nTekst.\n", "utf-8")


def template(root: Path, chance: random.Random) -> None:
    files = sorted((root / "theme/templates").rglob("*.html"))
    with chance.choice(files).open("a", encoding="utf-8") as file:
        file.write(f"<!-- {chance.randrange(10**6)} -->\n")


def translation(root: Path, chance: random.Random) -> None:
    number = chance.randrange(10**6)
    for lang in ("nb", "nn"):
        path = next(
            path
            for path in sorted((root / "theme/translations").glob(f"*{lang}.po"))
            if 'msgid "site.disclaimer"' in path.read_text("utf-8")
        )
        replace(path, r'(msgid "site\.disclaimer"\nmsgstr )".*"', rf'\1"Ansvar {number}."')


def code(root: Path, chance: random.Random) -> None:
    with (root / "builder/views/portal.py").open("a", encoding="utf-8") as file:
        file.write(f"\n# {chance.randrange(10**6)}\n")


# What the search index has to do with, and the rest.
OF_SEARCH: tuple[Edit, ...] = (sentence, title, name, nynorsk, scheme, general)
EDITS: tuple[Edit, ...] = (*OF_SEARCH, rate, alias, change, template, translation, code)


@pytest.mark.thorough
@pytest.mark.parametrize("is_in_parts", [False, True])
def test_a_build_with_what_is_kept_gives_the_same_bytes_as_a_clean_one(
    project: Path,
    project_root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_in_parts: bool,
) -> None:
    chance = random.Random(is_in_parts)  # noqa: S311  # no secret
    if is_in_parts:  # The search index, as that of a large site.
        replace(project / "builder/data/search.py", r"^(SCHEMES_PER_PART =) \d+$", r"\1 3")
    site.build(project, project / "output")
    # With nothing new.
    site.build(project, project / "output")
    assert (project / "output/pagefind/wasm.nb.pagefind").is_file()
    assert len(list((project / "output/pagefind").glob("*.pf_meta"))) == (4 if is_in_parts else 2)
    expect_same(project, project_root, tmp_path)
    # Each kind of edit, alone or with others, on the same day or a later one.
    edits = list(OF_SEARCH if is_in_parts else EDITS)
    chance.shuffle(edits)
    day = date.fromisoformat(BUILD_DATE)
    while edits:
        day += timedelta(days=chance.choice((0, 1, 40)))
        monkeypatch.setenv("BUILD_DATE", str(day))
        for _ in range(min(len(edits), chance.randint(1, 3))):
            edits.pop()(project, chance)
        site.build(project, project / "output")
        expect_same(project, project_root, tmp_path)


@pytest.mark.thorough
def test_another_day_and_another_address_are_not_taken_for_the_same(
    project: Path, project_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.build(project, project / "output")
    monkeypatch.setenv("BUILD_DATE", "2027-03-02")
    site.build(project, project / "output")
    expect_same(project, project_root, tmp_path)
    site.build(project, project / "output", address="https://tilskudd.example")
    assert b"https://tilskudd.example/" in (project / "output/sitemap.xml").read_bytes()
    site.build(project, project / "output", scheme="tryggest")
    assert not (project / "output/sitemap.xml").exists()
    assert not (project / "output/oppfolging-voksne").exists()
    site.build(project, project / "output")
    expect_same(project, project_root, tmp_path)


@pytest.mark.thorough
def test_pages_of_a_scheme_are_made_again_when_the_day_changes_them(
    project: Path, project_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "content/tryggest/om.nn.md").write_text(
        "Title: Om\nDescription: Kva ordninga er.\nPublish_date: 2026-12-01\n\nHei.\n", "utf-8"
    )
    replace(project / "content/tryggest/scheme.yaml", "^review_by: .*", "review_by: 2026-12-14")
    model = project / "builder/content/model.py"
    made_on: dict[str, list[str]] = {"tryggest": [], "oppfolging-voksne": []}
    before: dict[str, str] = {}
    days = ("2026-11-22", "2026-12-01", "2026-12-14", "2026-12-15", "2026-12-31", "2027-01-01")
    for day in (*days, "2027-01-02"):
        monkeypatch.setenv("BUILD_DATE", day)
        site.build(project, project / "output")
        keys = keys_of_units(project)
        for slug, made in made_on.items():
            if keys[f"scheme {slug}"] != before.get(slug):
                made.append(day)
            before[slug] = keys[f"scheme {slug}"]
        if not any(day in made for made in made_on.values()):
            # Nor would anything in them be another, were they made for this very day.
            text = model.read_text("utf-8")
            replace(
                model, r"^        return max\(day for day in days if .*", "        return today"
            )
            made_today = clean(project, project_root, tmp_path / "clean")
            model.write_text(text, "utf-8")
            kept = snapshot(project / "output")
            assert kept.keys() == made_today.keys()
            pages = [path for path in kept if path.endswith(".html")]
            assert [path for path in pages if kept[path] != made_today[path]] == []
    assert made_on == {
        "tryggest": ["2026-11-22", "2026-12-01", "2026-12-15", "2027-01-01"],
        "oppfolging-voksne": ["2026-11-22", "2027-01-01"],
    }


def keys_of_units(root: Path) -> dict[str, str]:
    """What each unit of the built site is known by, by name."""
    folder = OutputFolder(root / "output", root)
    folder.unlock()
    return {name: unit.key for name, unit in folder.before.items()}


@pytest.mark.thorough
def test_a_build_returns_the_files_that_stand_in_the_folder(project: Path) -> None:
    output = project / "output"
    for _ in range(2):
        with build.prepare(project, output, address="") as prepared:
            assert build.build(prepared) == files_of(output)


@pytest.mark.thorough
def test_what_somebody_does_to_the_built_site_is_undone(
    project: Path, project_root: Path, tmp_path: Path
) -> None:
    output = project / "output"
    site.build(project, output)
    (output / "index.html").write_text("<h1>Noe annet</h1>", "utf-8")
    (output / "tryggest/index.html").unlink()
    shutil.rmtree(output / "pagefind")
    (output / "ny/mappe").mkdir(parents=True)
    (output / "ny/mappe/fil.txt").write_text("Noe", "utf-8")
    site.build(project, output)
    expect_same(project, project_root, tmp_path)
    assert not (output / "ny").exists()


@pytest.mark.thorough
def test_a_file_that_was_damaged_with_its_traces_intact_is_built_again_when_asked(
    project: Path, project_root: Path, tmp_path: Path
) -> None:
    output = project / "output"
    site.build(project, output)
    page = output / "index.html"
    status = page.stat()
    with page.open("r+b") as file:
        file.write(b"\0" * status.st_size)
    os.utime(page, ns=(status.st_atime_ns, status.st_mtime_ns))
    with build.prepare(project, output, address="", verify=True) as prepared:
        build.build(prepared)
    expect_same(project, project_root, tmp_path)


@pytest.mark.thorough
@pytest.mark.parametrize("harm", HARMS)
def test_each_file_of_the_cache_is_made_again_where_it_is_broken(project: Path, harm: str) -> None:
    publish(project)
    whole = snapshot(project / "public/current")
    # `tests/kit/test_store.py` damages results one by one.
    files = site.cached(project)
    assert {path.name.partition("-")[0] for path in files} == {
        *("assets", "content", "extracts", "findings", "lasting", "placed", "release", "runtime"),
        *("stdlib", "template", "unit"),
    }
    for path in files:
        HARMS[harm](path)
    shutil.rmtree(project / CACHE / "publish")
    shutil.rmtree(project / "public")
    publish(project)
    assert snapshot(project / "public/current") == whole


def publish(project: Path) -> None:
    """Publish the project by the command, which must say nothing of an error."""
    command = [sys.executable, "-m", "builder", "publish"]
    environment = os.environ | {"YES": "1"}
    done = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def start(project: Path, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "pelican", "content", "-s", "pelican.conf.py", "-o", str(folder)],
        cwd=project,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


@pytest.mark.thorough
def test_two_builds_at_once_are_both_right(
    project: Path, project_root: Path, tmp_path: Path
) -> None:
    folders = [project / "output", project / "output", tmp_path / "elsewhere"]
    running = [start(project, folder) for folder in folders]
    assert [build.wait(timeout=120) for build in running] == [0, 0, 0]
    assert snapshot(tmp_path / "elsewhere") == snapshot(project / "output")
    expect_same(project, project_root, tmp_path)


@pytest.mark.thorough
def test_a_build_that_is_killed_leaves_nothing_that_the_next_would_trip_over(
    project: Path, project_root: Path, tmp_path: Path
) -> None:
    chance = random.Random(7)  # noqa: S311  # no secret
    site.build(project, project / "output")
    for _ in range(6):
        name(project, chance)
        template(project, chance)
        build = start(project, project / "output")
        # Somewhere in it, most often while it writes.
        seen = kept(project)
        enough = threading.Event()
        for _ in range(600):
            grown = kept(project) - seen
            if build.poll() is not None or grown > chance.randint(0, 60):
                break
            enough.wait(0.02)
        if build.poll() is None:
            os.killpg(build.pid, signal.SIGKILL)
        build.wait()
        assert build.returncode in (0, -signal.SIGKILL)
    site.build(project, project / "output")
    expect_same(project, project_root, tmp_path)


def kept(project: Path) -> int:
    return len(site.cached(project, UNIT))


@pytest.mark.thorough
@pytest.mark.parametrize("units", [0, 1, 12])
def test_ctrl_c_ends_all_that_a_build_has_started_and_says_no_more(
    project: Path, units: int
) -> None:
    build = subprocess.Popen(
        [sys.executable, "-m", "builder", "site"],
        cwd=project,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    while build.poll() is None and not (site.cached(project, PLACED) and kept(project) >= units):
        threading.Event().wait(0.01)
    os.killpg(build.pid, signal.SIGINT)
    # Until no process can say more.
    _, said = build.communicate(timeout=60)
    # To a shell, both are 130. Python makes the second of the first where code was being made.
    assert build.returncode in (130, -signal.SIGINT)
    assert said.strip().endswith("Avbrutt.")
    assert "Traceback" not in said

"""Publishing: all of a new site, or nothing."""

import fcntl
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from builder import check, publish, site
from builder.content import ContentError
from builder.publish import PublishError
from tests.site.conftest import Command
from tests.site.test_build import files

PAGE = "<!doctype html><title>Side</title><h1>Side</h1>"


def state(public: Path) -> tuple[str, dict[str, bytes]]:
    """What is live: which release, and all its files."""
    return str((public / "current").readlink()), files(public / "current")


def releases(root: Path) -> list[str]:
    """Every folder of releases, also what should not be left there."""
    return sorted(path.name for path in (root / "public/releases").iterdir())


# --- What open pages still need ---


def make_release(public: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Publish a site with one style sheet, one runtime and one search index of its own."""

    def build(_root: Path, output: Path) -> None:
        (output / "assets").mkdir(parents=True)
        (output / "runtime" / name).mkdir(parents=True)
        (output / "index.html").write_text(PAGE.replace("Side", name), "utf-8")
        (output / f"assets/site-{name}.css").write_text(name, "utf-8")
        (output / f"runtime/{name}/python").write_text(name, "utf-8")
        for folder in ("index", "fragment"):
            (output / "pagefind" / folder).mkdir(parents=True)
            (output / f"pagefind/{folder}/{name}").write_text(name, "utf-8")

    monkeypatch.setattr(site, "build", build)
    return publish.publish(public.parent)


def test_a_release_has_what_pages_of_the_kept_ones_may_still_ask_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"v{n}" for n in range(publish.KEPT_RELEASES + 2)]
    stamps = iter(range(len(names)))

    class Clock(publish.datetime):
        @classmethod
        def now(cls, tz: object = None) -> publish.datetime:  # type: ignore[override]
            return publish.datetime(2026, 1, 1, 0, 0, next(stamps), tzinfo=publish.UTC)

    monkeypatch.setattr(publish, "datetime", Clock)
    for count, name in enumerate(names, 1):
        release = make_release(tmp_path / "public", name, monkeypatch)
        kept = names[max(0, count - publish.KEPT_RELEASES) : count]
        assert {p.name for p in (release / "assets").iterdir()} == {f"site-{k}.css" for k in kept}
        assert {p.name for p in (release / "runtime").iterdir()} == set(kept)
        for folder in ("index", "fragment"):
            assert {p.name for p in (release / "pagefind" / folder).iterdir()} == set(kept)
        for old in kept:
            assert (release / f"runtime/{old}/python").read_text("utf-8") == old
    # Of what is inherited, there is one copy on the disk.
    assert (release / "assets/site-v3.css").stat().st_nlink > 1


# --- The command ---


def test_publishing_makes_a_release_and_a_mistake_changes_nothing(
    built_site: Path, project: Path, run: Command
) -> None:
    public = project / "public"
    first = run("publish")
    assert first.returncode == 0, first.stderr
    (release,) = releases(project)
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{10}", release)
    assert f"Publisert: public/releases/{release}" in first.stdout
    live = state(public)
    assert live == (f"releases/{release}", files(built_site))

    # Nothing new: no new release.
    again = run("publish")
    assert (again.returncode, releases(project), state(public)) == (0, [release], live)

    # A mistake in the content: named, and nothing is changed.
    rules = project / "content/tryggest/rules/2025.yaml"
    text = rules.read_text("utf-8")
    rules.write_text(text.replace("value: 400000, unit: kr,", "value: 400000, unit: kroner,"))
    failed = run("publish")
    assert failed.returncode == 1
    assert "Én feil i innholdet. Ingenting er publisert." in failed.stderr
    line = text[: text.index("value: 400000")].count("\n") + 1
    where = f"content/tryggest/rules/2025.yaml:{line}: tracks.tiltak.caps.applicant.unit: "
    assert where in failed.stderr
    assert "Traceback" not in failed.stderr
    assert (releases(project), state(public)) == ([release], live)
    rules.write_text(text, encoding="utf-8")

    # A link that leads nowhere is found in the built site.
    page = project / "content/pages/om.md"
    with page.open("a", encoding="utf-8") as file:
        file.write("\n[Borte](/borte/)\n")
    failed = run("publish")
    assert failed.returncode == 1
    assert "om/index.html: lenken «/borte/» fører ingen steder" in failed.stderr
    assert (releases(project), state(public)) == ([release], live)

    # Mended: a new release is live, and the first is still there, as it was.
    page.write_text(page.read_text("utf-8").replace("(/borte/)", "(/)"), encoding="utf-8")
    mended = run("publish")
    assert mended.returncode == 0, mended.stderr
    assert len(releases(project)) == 2
    assert state(public)[0] != live[0]
    assert files(public / live[0]) == live[1]
    assert b"Borte" in (public / "current/om/index.html").read_bytes()


def test_a_page_that_pelican_cannot_read_stops_publishing(project: Path, run: Command) -> None:
    template = project / "theme/templates/page.html"
    theme = project / "theme"
    # A theme of its own, since this one is broken.
    real = theme.resolve()
    theme.unlink()
    theme.mkdir()
    for path in real.iterdir():
        if path.name != "templates":
            (theme / path.name).symlink_to(path)
    (theme / "templates").mkdir()
    for path in (real / "templates").iterdir():
        (theme / "templates" / path.name).symlink_to(path)
    template.unlink()
    template.write_text("{{ finnes_ikke }}", encoding="utf-8")
    failed = run("publish")
    assert failed.returncode == 1
    assert "finnes_ikke" in failed.stdout + failed.stderr
    assert (releases(project), (project / "public/current").exists()) == ([], False)


# --- Releases ---


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str]], None]:
    """Decide what the next builds give, instead of a whole site."""

    def decide(pages: dict[str, str]) -> None:
        def write(_project_root: Path, output: Path) -> None:
            for name, text in pages.items():
                path = output / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(PAGE + text, encoding="utf-8")

        monkeypatch.setattr(site, "build", write)

    return decide


type Build = Callable[[dict[str, str]], None]


def test_two_at_once_are_refused(tmp_path: Path, build: Build) -> None:
    build({"index.html": "en"})
    release = publish.publish(tmp_path)
    build({"index.html": "to"})
    with (tmp_path / "public/.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(PublishError) as raised:
            publish.publish(tmp_path)
    assert str(raised.value) == (
        "En annen publisering er i gang. Vent til den er ferdig, og prøv igjen."
    )
    assert publish.current(tmp_path / "public") == release
    # The first is finished.
    assert publish.publish(tmp_path) != release


def test_the_second_of_two_publishings_is_refused_while_the_first_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[str] = []

    def while_building(_project_root: Path, output: Path) -> None:
        with pytest.raises(PublishError) as raised:
            publish.publish(tmp_path)
        refused.append(str(raised.value))
        output.mkdir()
        (output / "index.html").write_text(PAGE, encoding="utf-8")

    monkeypatch.setattr(site, "build", while_building)
    publish.publish(tmp_path)
    assert len(refused) == 1
    assert len(releases(tmp_path)) == 1


def test_the_last_releases_are_kept(tmp_path: Path, build: Build) -> None:
    made = []
    for number in range(publish.KEPT_RELEASES + 2):
        build({"index.html": str(number)})
        # As if made in different seconds.
        release = publish.publish(tmp_path)
        named = release.with_name(f"2030010{number}T000000Z-{release.name[-10:]}")
        release.rename(named)
        (tmp_path / "public/current").unlink()
        (tmp_path / "public/current").symlink_to(f"releases/{named.name}")
        made.append(named.name)
    build({"index.html": "sist"})
    last = publish.publish(tmp_path)
    # The clock of the test is behind 2030, so the newest sorts first; it is live, and stays.
    assert last.name in releases(tmp_path)
    assert set(made[-publish.KEPT_RELEASES :]) <= set(releases(tmp_path))
    assert made[0] not in releases(tmp_path)
    assert publish.current(tmp_path / "public") == last


def test_going_back_to_an_earlier_site_makes_it_live(tmp_path: Path, build: Build) -> None:
    public = tmp_path / "public"
    for text in ("en", "to", "en"):
        build({"index.html": text})
        publish.publish(tmp_path)
        assert text in (public / "current/index.html").read_text("utf-8")


def test_a_page_that_is_gone_is_gone_in_the_next_release(tmp_path: Path, build: Build) -> None:
    build({"index.html": "", "a/index.html": ""})
    publish.publish(tmp_path)
    build({"index.html": ""})
    publish.publish(tmp_path)
    assert not (tmp_path / "public/current/a").exists()


@pytest.mark.parametrize("error", [ContentError([]), site.BuildError("Feil."), OSError("Full.")])
def test_a_failed_build_leaves_nothing(
    tmp_path: Path, build: Build, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    build({"index.html": "en"})
    release = publish.publish(tmp_path)

    def fail(_project_root: Path, output: Path) -> None:
        output.mkdir()
        (output / "index.html").write_text(PAGE + "halvferdig", encoding="utf-8")
        raise error

    monkeypatch.setattr(site, "build", fail)
    with pytest.raises(type(error)):
        publish.publish(tmp_path)
    assert releases(tmp_path) == [release.name]
    assert publish.current(tmp_path / "public") == release


def test_a_site_with_mistakes_is_not_released(tmp_path: Path, build: Build) -> None:
    build({"index.html": '<a href="/borte/">Borte</a>'})
    with pytest.raises(check.CheckError):
        publish.publish(tmp_path)
    assert releases(tmp_path) == []
    assert publish.current(tmp_path / "public") is None


def test_what_a_killed_publishing_left_is_cleared(tmp_path: Path, build: Build) -> None:
    left = tmp_path / "public/releases/.new-abc/site"
    left.mkdir(parents=True)
    (left / "index.html").write_text("halv", encoding="utf-8")
    build({"index.html": ""})
    release = publish.publish(tmp_path)
    assert releases(tmp_path) == [release.name]


def test_a_link_to_a_release_that_somebody_deleted_is_mended(tmp_path: Path, build: Build) -> None:
    current = tmp_path / "public/current"
    current.parent.mkdir()
    current.symlink_to("releases/20200101T000000Z-0123456789")
    build({"index.html": ""})
    assert publish.publish(tmp_path) == current.resolve()


def test_the_published_folder_can_be_moved(tmp_path: Path, build: Build) -> None:
    build({"index.html": ""})
    publish.publish(tmp_path)
    moved = (tmp_path / "public").rename(tmp_path / "flyttet")
    assert (moved / "current/index.html").is_file()

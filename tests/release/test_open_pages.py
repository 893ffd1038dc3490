"""Files that open pages may still request stay, for as long as they may be needed."""

import datetime as dt
from pathlib import Path

import pytest

from builder.publish.assembly import SERVED_TO_OPEN_PAGES
from builder.publish.releases import STORED_RELEASES
from tests.release.conftest import FakeTarget, Project, page


def with_assets(name: str) -> dict[str, str]:
    """A site with a style sheet, a runtime and a search index of its own."""
    return {
        "index.html": page(name),
        f"assets/site-{name}.css": name,
        f"runtime/{name}/python": name,
        f"runtime/{name}/deep/python": name,
        f"pagefind/fragment/{name}": name,
        f"pagefind/index/{name}": name,
    }


def has_assets_of(release: Path) -> set[str]:
    """Whose assets a release has; those it has are whole."""
    found = {p.name for p in (release / "runtime").iterdir()}
    for name in found:
        for file, text in with_assets(name).items():
            if file != "index.html":
                assert (release / file).read_text("utf-8") == text
    assert {p.name for p in (release / "assets").iterdir()} == {f"site-{n}.css" for n in found}
    return found


def test_many_publishings_within_an_hour_lose_nothing(project: Project) -> None:
    names = [f"v{n}" for n in range(STORED_RELEASES * 2)]
    for count, name in enumerate(names, 1):
        project.publish(with_assets(name))
        assert has_assets_of(project.public / "current") == set(names[:count])
    # Of what is taken over, there is one copy on the disk: for those kept, and the one laid aside.
    assert (project.public / "current/runtime/v0/python").stat().st_nlink == STORED_RELEASES + 1


def test_what_has_not_been_live_for_a_week_is_gone(project: Project) -> None:
    project.publish(with_assets("a"))
    project.now += dt.timedelta(days=100)
    # Until now, a was live: it stays for a week from here.
    project.publish(with_assets("b"))
    assert has_assets_of(project.public / "current") == {"a", "b"}
    project.now += SERVED_TO_OPEN_PAGES - dt.timedelta(minutes=1)
    project.publish(with_assets("c"))
    assert has_assets_of(project.public / "current") == {"a", "b", "c"}
    project.now += dt.timedelta(minutes=1)
    project.publish(with_assets("d"))
    assert has_assets_of(project.public / "current") == {"b", "c", "d"}


def test_what_comes_back_is_the_sites_own_again(project: Project) -> None:
    for name in "aba":
        project.publish(with_assets(name))
    project.now += dt.timedelta(days=30)
    project.publish(with_assets("c"))
    assert has_assets_of(project.public / "current") == {"a", "c"}


def test_where_the_record_is_lost_everything_stays(project: Project) -> None:
    project.publish(with_assets("a"))
    release = project.publish(with_assets("b")).release
    assert release is not None
    (project.public / f"records/{release.name}.json").unlink()
    project.now += dt.timedelta(days=30)
    project.publish(with_assets("c"))
    assert has_assets_of(project.public / "current") == {"a", "b", "c"}


def test_going_back_keeps_what_was_live_until_then(project: Project) -> None:
    project.publish(with_assets("a"))
    project.publish(with_assets("b"))
    project.rollback()
    assert page("a") == project.live
    assert has_assets_of(project.public / "current") == {"a", "b"}
    project.now += dt.timedelta(days=30)
    project.publish(with_assets("c"))
    assert has_assets_of(project.public / "current") == {"a", "c"}


def test_what_waited_to_be_sent_counts_the_week_from_when_it_is(
    project: Project, target: FakeTarget
) -> None:
    project.publish(with_assets("a"))
    target.fails = "before"
    with pytest.raises(Exception, match="Forbindelsen"):
        project.publish(with_assets("b"))
    target.fails = ""
    project.now += dt.timedelta(days=5)
    project.publish()
    project.now += dt.timedelta(days=5)
    project.publish(with_assets("c"))
    assert has_assets_of(project.public / "current") == {"a", "b", "c"}


def test_where_files_cannot_be_linked_they_are_copied(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_paths: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    project.publish(with_assets("a"))
    monkeypatch.setattr("os.link", refuse)
    project.publish(with_assets("b"))
    project.rollback()
    assert has_assets_of(project.public / "current") == {"a", "b"}

"""Publishing: all of a new site, or nothing; only with somebody's yes."""

import errno
import fcntl
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from builder.content import ContentError
from builder.publish import publish, rollback
from builder.publish.releases import STORED_RELEASES, PublishError, current
from builder.publish.targets import Place
from builder.site import build as site
from builder.site import check
from tests.content.sample import PAGE_FILE
from tests.release.conftest import FakeTarget, Project, page

FORMAT = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{10}")


def version(text: str) -> dict[str, str]:
    return {"index.html": page(text)}


def never(_question: str) -> bool:
    raise AssertionError("asked")


# --- Somebody's yes ---


def test_the_first_publishing_needs_no_yes_where_nobody_is_there(project: Project) -> None:
    done = project.publish(version("en"), approved=False)
    assert done.is_new
    assert project.said[-1] == "Ingenting er publisert fra før. Nettstedet har 1 sider."
    assert FORMAT.fullmatch(current(project.public).name)


def test_warnings_are_listed_and_counted_and_mistakes_stop_it(project: Project) -> None:
    project.publish(version("en"))
    assert "Advarsler: kilder (2)" in project.shown
    assert "Advarsler stopper ikke publiseringen." in project.shown
    project.edit("En prøve.", "En prøve på 500 000 kr.\n\n[Dit](/borte/)", PAGE_FILE)
    with pytest.raises(ContentError) as raised:
        project.publish(version("to"))
    assert {problem.line for problem in raised.value.problems} == {6, 8}
    assert "en" in project.live


def test_a_machine_needs_a_yes_beforehand_to_change_what_is_live(project: Project) -> None:
    project.publish(version("en"))
    with pytest.raises(PublishError) as raised:
        project.publish(version("to"), approved=False)
    assert "«make publish YES=1»" in str(raised.value)
    assert "Endrede sider (1):\n  /  to" in project.shown
    assert "en" in project.live
    assert len(project.names) == 1
    assert project.publish(approved=True, confirm=never).is_new
    assert "to" in project.live


@pytest.mark.parametrize("is_first", [True, False])
def test_a_person_is_shown_what_changes_and_then_asked(project: Project, is_first: bool) -> None:
    if not is_first:
        project.publish(version("en"))
    asked: list[tuple[str, str]] = []

    def answer(is_yes: bool) -> Callable[[str], bool]:
        def confirm(question: str) -> bool:
            asked.append((question, project.shown))
            return is_yes

        return confirm

    before = project.public.exists() and project.names
    done = project.publish(version("to"), approved=False, confirm=answer(False))
    assert (done.is_new, done.was_declined) == (False, True)
    assert project.names == (before or [])
    records = {path.stem for path in (project.public / "records").iterdir()}
    assert records == set(before or [])
    assert project.publish(approved=False, confirm=answer(True)).is_new
    assert "to" in project.live
    assert [question for question, _ in asked] == ["Publisere?"] * 2
    expected = "Ingenting er publisert fra før" if is_first else "Endrede sider (1):\n  /  to"
    assert all(expected in shown for _, shown in asked)


def test_where_nothing_is_changed_nothing_is_made_and_nobody_asked(project: Project) -> None:
    first = project.publish(version("en"))
    again = project.publish(approved=False, confirm=never)
    assert not again.is_new
    assert again.release == first.release
    assert len(project.names) == 1


# --- What a run leaves ---


def test_two_at_once_are_refused(project: Project) -> None:
    project.publish(version("en"))
    with (project.public / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(PublishError) as raised:
            project.publish(version("to"))
    assert str(raised.value) == (
        "En annen publisering er i gang. Vent til den er ferdig, og prøv igjen."
    )
    assert "en" in project.live
    # The first is finished.
    assert project.publish().is_new


def test_the_second_of_two_is_refused_while_the_first_asks(project: Project) -> None:
    project.publish(version("en"))

    def confirm(_question: str) -> bool:
        with pytest.raises(PublishError, match="En annen publisering er i gang"):
            publish.publish(project.root)
        return True

    assert project.publish(version("to"), approved=False, confirm=confirm).is_new
    assert len(project.names) == 2


@pytest.mark.parametrize("error", [ContentError([]), site.BuildError("Feil."), OSError("Rart.")])
def test_a_failed_build_leaves_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    project.publish(version("en"))
    names = project.names

    def fail(prepared: site.BuildInput, **_where: str) -> None:
        output = prepared.folder.folder
        output.mkdir(exist_ok=True)
        (output / "index.html").write_text(page("halvferdig"), "utf-8")
        raise error

    monkeypatch.setattr(site, "build", fail)
    with pytest.raises(type(error)):
        project.publish()
    assert project.names == names
    assert "en" in project.live


def test_a_site_with_mistakes_is_not_released(project: Project) -> None:
    with pytest.raises(check.CheckError):
        project.publish({"index.html": page("Forside", '<a href="/borte/">Borte</a>')})
    assert project.names == []
    assert current(project.public) is None


def test_what_a_stopped_run_left_is_cleared(project: Project) -> None:
    project.publish(version("en"))
    public = project.public
    for left in (".new-abc/site/index.html", ".old-20200101T000000Z-0123456789/index.html"):
        (public / "releases" / left).parent.mkdir(parents=True)
        (public / "releases" / left).write_text("halv", "utf-8")
    (public / ".current-1").symlink_to("releases/borte")
    (public / "records/.20300101T000000Z-0123456789.json").write_text("{", "utf-8")
    (public / "records/20300101T000000Z-0123456789.json").write_text("{}", "utf-8")
    release = project.publish(version("to")).release
    assert release is not None
    assert len(project.names) == 2
    assert project.names[-1] == release.name
    assert sorted(p.name for p in (public / "records").iterdir()) == [
        f"{name}.{kind}" for name in project.names for kind in ("files", "json")
    ]
    assert {p.name for p in public.iterdir()} == {".lock", "current", "records", "releases"}


def test_a_link_to_a_release_that_somebody_deleted_is_mended(project: Project) -> None:
    link = project.public / "current"
    link.parent.mkdir()
    link.symlink_to("releases/20200101T000000Z-0123456789")
    assert project.publish(version("en"), approved=False).is_new
    assert "en" in project.live


def test_the_published_folder_can_be_moved(project: Project) -> None:
    project.publish()
    moved = project.public.rename(project.root / "flyttet")
    assert (moved / "current/index.html").is_file()


def test_a_page_that_is_gone_is_gone_in_the_next_release(project: Project) -> None:
    project.publish({"index.html": page("Forside"), "a/index.html": page("A")})
    project.publish({"index.html": page("Forside")})
    assert not (project.public / "current/a").exists()
    assert "Sider som blir borte (1):\n  /a/  A (bare bokmål)" in project.shown


def test_a_release_holds_the_site_and_nothing_else(project: Project) -> None:
    project.publish(version("en"))
    project.publish(version("to"))
    for name in project.names:
        folder = project.public / "releases" / name
        assert [p.name for p in folder.rglob("*")] == ["index.html"]


# --- Which are kept ---


def test_the_last_five_sites_are_kept_with_their_records(project: Project) -> None:
    made = [project.publish(version(str(n))).release for n in range(STORED_RELEASES + 2)]
    kept = [release.name for release in made[-STORED_RELEASES:] if release]
    assert project.names == kept
    assert sorted(p.stem for p in (project.public / "records").glob("*.json")) == kept
    assert sorted(p.stem for p in (project.public / "records").glob("*.files")) == kept
    assert project.live == page(str(STORED_RELEASES + 1))


def test_names_are_in_order_also_where_the_clock_goes_back(project: Project) -> None:
    made = []
    for n in range(3):
        made.append(project.publish(version(str(n))).release)
        project.now = project.now.replace(year=project.now.year - 1)
    names = [release.name for release in made if release]
    assert names == sorted(names) == project.names
    assert project.releases.current == made[-1]


def test_a_site_published_again_has_one_place_among_the_kept(project: Project) -> None:
    for text in ("0", "1", "2", "3", "4", "0", "1"):
        project.publish(version(text))
    kept = [(p / "index.html").read_text("utf-8") for p in (project.public / "releases").iterdir()]
    assert sorted(kept) == [page(str(n)) for n in range(5)]
    assert project.live == page("1")


# --- Records ---


def test_a_record_that_cannot_be_read_is_said_and_stops_nothing(project: Project) -> None:
    release = project.publish(version("en")).release
    assert release is not None
    record = project.public / f"records/{release.name}.json"
    for data in (b"{", b"\xff", json.dumps({"version": 99}).encode(), b""):
        record.write_bytes(data)
        assert not project.publish(approved=False).is_new
        with pytest.raises(PublishError):
            project.publish(version("to"), approved=False)
        assert "vi vet ikke hva som ligger ute" in project.shown
        project.files = version("en")
    record.unlink()
    assert project.publish(version("to")).is_new
    assert "Vi mangler opplysninger om denne." in rollback.releases_in_words(project.root)


def test_releases_are_listed_with_what_each_changed(project: Project) -> None:
    assert rollback.releases_in_words(project.root) == "Ingenting er publisert ennå."
    first = project.publish(version("en")).release
    files = version("to") | {"a/index.html": page("A")}
    second = project.publish(files).release
    assert first is not None
    assert second is not None
    assert rollback.releases_in_words(project.root).splitlines() == [
        f"{second.name}  ← ligger ute nå",
        "  3. februar 2030 kl. 13.01, 2 sider",
        "  1 ny side, 1 endret side",
        first.name,
        "  3. februar 2030 kl. 13.00, 1 sider",
    ]


# --- Sent to another place ---


def test_a_release_is_sent_before_it_counts_as_live(project: Project, target: FakeTarget) -> None:
    release = project.publish(version("en"), approved=False).release
    assert release is not None
    assert release.record is not None
    assert target.sent == [release.name]
    assert target.record == release.record.to_json()
    assert (target.folder / "index.html").read_text("utf-8") == page("en")
    assert project.shown.endswith("Sender nettstedet til tjeneren …\nSendt.")
    assert not project.publish().is_new


def test_what_could_not_be_sent_is_sent_by_the_next_run(
    project: Project, target: FakeTarget
) -> None:
    first = project.publish(version("en")).release
    target.fails = "before"
    for _ in range(2):
        with pytest.raises(PublishError, match=r"Forbindelsen ble brutt\.\n\n.*Kjør kommandoen"):
            project.publish(version("to"))
        assert project.releases.current == first
        assert "en" in project.live
    assert "(ble ikke lagt ut)" in rollback.releases_in_words(project.root)
    target.fails = ""
    done = project.publish(version("to"))
    assert done.release is not None
    assert target.sent[1:] == [done.release.name] * 3
    assert "to" in project.live
    assert len(project.names) == 2


def test_what_could_not_be_sent_and_is_not_wanted_any_more_is_forgotten(
    project: Project, target: FakeTarget
) -> None:
    project.publish(version("en"))
    target.fails = "before"
    with pytest.raises(PublishError):
        project.publish(version("to"))
    unsent = target.sent[-1]
    target.fails = ""
    project.publish(version("tre"))
    assert unsent not in project.names
    assert len(project.names) == 2


def test_a_run_stopped_when_all_was_sent_counts_as_published(
    project: Project, target: FakeTarget
) -> None:
    project.publish(version("en"))
    target.fails = "after"
    with pytest.raises(KeyboardInterrupt):
        project.publish(version("to"))
    assert "en" in project.live
    target.fails = ""
    assert not project.publish().is_new
    assert "to" in project.live
    assert len(target.sent) == 2


def test_a_disk_that_is_full_when_all_was_sent_is_told_as_that(
    project: Project, target: FakeTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.publish(version("en"))

    def refuse(self: Path, to: Path) -> Path:
        if to.name == "current":
            raise OSError(errno.ENOSPC, "No space left on device")
        return self.rename(to)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        with pytest.raises(PublishError, match="Det nye nettstedet ligger ute hos tjeneren, men"):
            project.publish(version("to"))
    assert not project.publish().is_new
    assert "to" in project.live


def test_what_was_published_from_another_machine_is_compared_with(
    project: Project, target: FakeTarget
) -> None:
    first = project.publish(version("en")).release
    assert first is not None
    assert first.record is not None
    other = replace(
        first.record,
        name="20300203T180000Z-aaaaaaaaaa",
        pages={**first.record.pages, "/b/": first.record.pages["/"]},
    )
    target.record = other.to_json()
    done = project.publish()
    assert done.is_new
    assert "Sider som blir borte (1):\n  /b/" in project.shown
    assert done.release is not None
    assert done.release.name > other.name


def test_a_site_that_was_published_here_only_can_be_sent_as_it_is(
    project: Project, target: FakeTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(
            publish,
            "place",
            lambda root, _scheme: Place(address="", public=root / "public", target=None),
        )
        here = project.publish(version("en")).release
    assert here is not None
    assert project.publish(approved=False).is_new
    assert target.sent == [here.name]
    assert project.names == [here.name]

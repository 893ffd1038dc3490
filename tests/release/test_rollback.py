"""Going back to an earlier site."""

import pytest

from builder.publish.releases import STORED_RELEASES, PublishError
from builder.publish.rollback import releases_in_words
from tests.release.conftest import FakeTarget, Project, page


def publish(project: Project, *texts: str) -> list[str]:
    """Publish these; the names of the releases."""
    releases = [project.publish({"index.html": page(text)}).release for text in texts]
    return [release.name for release in releases if release]


def test_the_site_before_is_live_again_as_a_release_of_its_own(project: Project) -> None:
    first, second = publish(project, "en", "to")
    back = project.rollback().release
    assert back is not None
    assert project.live == page("en")
    assert project.shown.startswith(f"Tilbake til {first}.\nDette blir endret:")
    assert "Endrede sider (1):\n  /  en" in project.shown
    assert back.name > second
    assert back.record is not None
    assert back.record.restores == first
    # The first has the same site, so one of the two is enough.
    assert project.names == [second, back.name]
    assert f"  Tilbake til {first}" in releases_in_words(project.root)


def test_going_back_twice_goes_two_steps_back(project: Project) -> None:
    publish(project, "en", "to", "tre")
    project.rollback()
    assert project.live == page("to")
    project.rollback()
    assert project.live == page("en")
    with pytest.raises(PublishError, match="ingen eldre publisering"):
        project.rollback()
    assert project.live == page("en")


def test_after_going_back_what_was_left_can_be_published_again(project: Project) -> None:
    publish(project, "en", "to")
    project.rollback()
    publish(project, "to")
    assert project.live == page("to")
    project.rollback()
    assert project.live == page("en")


def test_what_was_gone_back_from_is_not_gone_back_to(project: Project) -> None:
    publish(project, "en", "feil")
    project.rollback()
    publish(project, "rettet")
    project.rollback()
    assert project.live == page("en")


def test_one_can_choose_where_to_and_go_forward_again(project: Project) -> None:
    first, _, third = publish(project, "en", "to", "tre")
    project.rollback(first)
    assert project.live == page("en")
    project.rollback(third)
    assert project.live == page("tre")


def test_going_back_takes_no_place_from_other_sites(project: Project) -> None:
    publish(project, *(str(n) for n in range(STORED_RELEASES)))
    for n in reversed(range(STORED_RELEASES - 1)):
        project.rollback()
        assert project.live == page(str(n))
        assert len(project.names) == STORED_RELEASES


def test_what_cannot_be_gone_back_to_is_said(project: Project) -> None:
    with pytest.raises(PublishError, match="Ingenting er publisert"):
        project.rollback()
    (name,) = publish(project, "en")
    with pytest.raises(PublishError, match=f"«{name}» er det som ligger ute nå"):
        project.rollback(name)
    with pytest.raises(PublishError, match=r"«x» finnes ikke\. «make releases» viser dem\."):
        project.rollback("x")
    assert project.names == [name]


def test_going_back_asks_as_publishing_does(project: Project) -> None:
    publish(project, "en", "to")
    with pytest.raises(PublishError, match="«make rollback YES=1»"):
        project.rollback(approved=False)
    questions: list[str] = []

    def no(question: str) -> bool:
        questions.append(question)
        return False

    assert project.rollback(approved=False, confirm=no).was_declined
    assert questions == ["Gå tilbake?"]
    assert project.live == page("to")
    assert len(project.names) == 2


def test_a_release_without_a_record_can_be_gone_back_to(project: Project) -> None:
    first, _ = publish(project, "en", "to")
    (project.public / f"records/{first}.json").write_text("", "utf-8")
    project.rollback()
    assert project.live == page("en")
    assert "kan ikke vise hva som blir endret" in project.shown


def test_what_is_gone_back_to_is_sent(project: Project, target: FakeTarget) -> None:
    publish(project, "en", "to")
    target.fails = "before"
    for _ in range(2):
        with pytest.raises(PublishError, match="Forbindelsen ble brutt"):
            project.rollback()
        assert project.live == page("to")
    target.fails = ""
    back = project.rollback().release
    assert back is not None
    assert target.sent[2:] == [back.name] * 3
    assert (target.folder / "index.html").read_text("utf-8") == project.live == page("en")


def test_what_was_never_live_is_not_gone_back_to(project: Project, target: FakeTarget) -> None:
    publish(project, "en", "to")
    target.fails = "before"
    with pytest.raises(PublishError):
        publish(project, "aldri ute")
    target.fails = ""
    project.rollback()
    publish(project, "tre")
    project.rollback()
    assert project.live == page("en")

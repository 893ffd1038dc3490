"""A full or read-only disk: one sentence says so, and the live release stays whole."""

import errno
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from builder.publish.releases import STORED_RELEASES, PublishError
from builder.site import build as site
from tests.release.conftest import Project, page
from tests.release.driving import Driver

FULL = "Ingenting er publisert, for det er ikke plass på disken."
CLOSED = "Ingenting er publisert, for brukeren din har ikke lov til å skrive"
FOREVER = 1_000_000


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("number", "sentence", "steps"),
    [
        pytest.param(errno.ENOSPC, FULL, 1, id="full for a moment"),
        pytest.param(errno.EACCES, CLOSED, FOREVER, id="closed from then on"),
    ],
)
def test_whichever_step_fails_what_is_live_is_whole_and_the_next_run_works(
    driver: Driver, number: int, sentence: str, steps: int
) -> None:
    usual = [driver.publish() for _ in range(STORED_RELEASES + 1)][-1]
    told = []
    for step in range(1, usual["steps"] + 1):
        answer = driver.publish(errno=number, fail_at=step, fail_until=step + steps)
        # It went live, if something was only deleted there, a link was refused and a copy taken,
        # something was not remembered for the next run, or an old release is left over.
        told += [answer["said"]] if "said" in answer else []
    assert len(told) > 15
    assert all(said.startswith(sentence) for said in told)
    assert "steps" in driver.publish()


# --- Real disks ---


def mount(*arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("no disk of its own can be mounted here")


@contextmanager
def small_disk(project: Project) -> Iterator[Path]:
    """What is published lies on a disk of 400 kB."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a disk")
    project.public.mkdir()
    mount("-t", "tmpfs", "-o", "size=400k", "tmpfs", str(project.public))
    try:
        yield project.public
    finally:
        subprocess.run(["umount", "--lazy", str(project.public)], check=True)


def test_a_disk_that_is_full(project: Project) -> None:
    with small_disk(project):
        project.publish({"index.html": page("en")})
        names = project.names
        for size in (396_000, 1_000_000):
            with pytest.raises(PublishError) as raised:
                project.publish({"index.html": page("to"), "stor.bin": "x" * size})
            assert str(raised.value) == f"{FULL} Rett det, og kjør kommandoen igjen."
            assert (project.names, project.live) == (names, page("en"))
        assert project.publish({"index.html": page("tre")}).is_new
        assert project.live == page("tre")


def test_a_disk_that_can_only_be_read(project: Project) -> None:
    with small_disk(project) as public:
        project.publish({"index.html": page("en")})
        mount("-o", "remount,ro", str(public))
        with pytest.raises(PublishError) as raised:
            project.publish({"index.html": page("to")})
        assert str(raised.value).startswith(CLOSED)
        assert project.live == page("en")
        mount("-o", "remount,rw", str(public))
        assert project.publish().is_new


@pytest.mark.parametrize("folder", ["", "releases", "records"])
def test_a_folder_that_may_not_be_written_to(project: Project, folder: str) -> None:
    project.publish({"index.html": page("en")})
    closed = project.public / folder
    closed.chmod(0o555)
    if os.access(closed, os.W_OK):
        pytest.skip("root may write anywhere")
    try:
        with pytest.raises(PublishError) as raised:
            project.publish({"index.html": page("to")})
    finally:
        closed.chmod(0o755)
    assert str(raised.value).startswith(CLOSED)
    assert str(closed) in str(raised.value)
    assert project.live == page("en")
    assert project.publish().is_new


@pytest.mark.parametrize(
    ("number", "told"),
    [(errno.ENOSPC, FULL), (errno.EACCES, CLOSED)],
)
def test_what_stops_pelican_is_told_in_a_sentence(
    project: Project, monkeypatch: pytest.MonkeyPatch, number: int, told: str
) -> None:
    def fail(_prepared: site.BuildInput, **_where: str) -> None:
        raise site.BuildError("CRITICAL") from OSError(number, os.strerror(number), "x")

    build: Callable[..., None] = site.build
    project.publish()
    monkeypatch.setattr(site, "build", fail)
    with pytest.raises(PublishError) as raised:
        project.publish()
    assert str(raised.value).startswith(told)
    monkeypatch.setattr(site, "build", build)
    assert project.publish({"index.html": page("to")}).is_new


def test_too_few_open_files_are_told_in_a_sentence(project_root: Path) -> None:
    command = f"ulimit -n 24; exec {shlex.quote(sys.executable)} -m builder releases"
    done = subprocess.run(
        ["bash", "-c", command], cwd=project_root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Systemet lar kommandoen ha 24 filer åpne om gangen")
    assert "Traceback" not in done.stderr

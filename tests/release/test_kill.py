"""Killed at any point, publishing leaves a whole site, and the next run works.

All the time, somebody reads the site through the real server.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builder.releases import KEPT_RELEASES, Releases
from builder.serve import serve_folder
from tests.content.sample import write_sample
from tests.release.driver import PAGES, write_site
from tests.release.reader import reading

KILLS = 200
# So long after each other are two publishings: what open pages need is of the last few.
DAYS_BETWEEN = 2
DAY = "2030-02-03"


class Driver:
    """Runs commands in processes that are killed, and knows which versions may be live."""

    def __init__(self, root: Path, process: subprocess.Popen[str]) -> None:
        self.root = root
        self.process = process
        self.releases = Releases(root / "public")
        self.made = 0
        self.killed = 0
        self.day = 0

    def run(self, command: str, version: str = "", **request: Any) -> tuple[bool, float]:
        """Whether the run came to its end, and how many seconds it took."""
        assert self.process.stdin
        assert self.process.stdout
        line = json.dumps({"command": command, "version": version, "day": self.day, **request})
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert answer["code"] in (0, -signal.SIGKILL), request
        self.killed += answer["code"] != 0
        return answer["code"] == 0, answer["seconds"]

    def publish(self, **request: Any) -> tuple[bool, float]:
        """Publish a version that has not been before."""
        self.made += 1
        before, version = self.live, f"v{self.made}x"
        done, seconds = self.run("publish", version, **request)
        assert self.live == version or (self.live == before and not done)
        self.day += DAYS_BETWEEN if self.live == version else 0
        return done, seconds

    @property
    def live(self) -> str:
        """The version that is live. All of it is there."""
        release = self.releases.current
        assert release is not None
        text = (release.folder / "index.html").read_text("utf-8")
        version = text.partition("version ")[2].partition("<")[0]
        whole = self.root / "whole" / version
        if not whole.exists():
            write_site(whole, version)
        for path in whole.rglob("*"):
            there = release.folder / path.relative_to(whole)
            assert there.is_dir() if path.is_dir() else there.read_bytes() == path.read_bytes()
        return version


@pytest.fixture
def driver(project_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Driver]:
    monkeypatch.setenv("BUILD_DATE", DAY)
    write_sample(tmp_path / "content")
    (tmp_path / "theme").symlink_to(project_root / "theme")
    command = [sys.executable, "-m", "tests.release.driver", str(tmp_path)]
    with subprocess.Popen(
        command,
        cwd=project_root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        driver = Driver(tmp_path, process)
        driver.run("publish", "v0x")
        yield driver


def test_killed_at_every_step_and_at_random_while_somebody_reads(driver: Driver) -> None:
    with (
        serve_folder(driver.root / "public/current") as address,
        reading(address, PAGES) as reader,
    ):
        # So many that there is one to delete.
        seconds = [driver.publish()[1] for _ in range(KEPT_RELEASES + 1)]
        # At every step, in order, until a run is through before it comes to be killed.
        step, done = 0, False
        while not done:
            step += 1
            done, _ = driver.publish(kill_at=step)
        assert step > KEPT_RELEASES * 5
        # At every step of going back.
        step, done = 0, False
        while not done:
            step += 1
            before = driver.live
            done, _ = driver.run("rollback", kill_at=step)
            if driver.live != before:
                driver.publish()
        assert step > KEPT_RELEASES * 5
        # And whenever.
        while driver.killed < KILLS:
            driver.publish(kill_within=max(seconds))
        done, _ = driver.publish()
        assert done
    assert reader.wrong == []
    assert reader.pages > KILLS
    assert len(reader.versions) > 10
    public = driver.root / "public"
    assert {p.name for p in public.iterdir()} == {".lock", "current", "records", "releases"}
    releases = sorted(p.name for p in (public / "releases").iterdir())
    assert len(releases) == KEPT_RELEASES
    assert sorted(p.stem for p in (public / "records").iterdir()) == releases

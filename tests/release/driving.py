"""Runs the driver, and knows which versions may be live."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from builder.publish.releases import Releases
from tests.release.driver import write_site

# So long after each other are two publishings: what open pages need is of the last few.
DAYS_BETWEEN = 2


class Driver:
    """Runs commands in processes that are killed or fail, and knows what may be live."""

    def __init__(self, root: Path, process: subprocess.Popen[str]) -> None:
        self.root = root
        self.process = process
        self.releases = Releases(root / "public")
        self.made = 0
        self.killed = 0
        self.day = 0

    def run(self, command: str, version: str = "", **request: Any) -> dict[str, Any]:
        """What became of it: `seconds`, and `steps` if it was done, `said` if it could not be."""
        assert self.process.stdin
        assert self.process.stdout
        line = json.dumps({"command": command, "version": version, "day": self.day, **request})
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        assert answer["code"] in (0, -signal.SIGKILL), request
        self.killed += answer["code"] != 0
        return answer

    def publish(self, **request: Any) -> dict[str, Any]:
        """Publish a version that has not been before."""
        self.made += 1
        before, version = self.live, f"v{self.made}x"
        answer = self.run("publish", version, **request)
        if "steps" in answer:
            assert self.live == version
        elif "said" in answer:
            assert self.live == before
        else:
            assert self.live in (before, version)
        self.day += DAYS_BETWEEN if self.live == version else 0
        return answer

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


@contextmanager
def driving(project_root: Path, root: Path) -> Iterator[Driver]:
    """A driver for the project in `root`, whose first version is live, while the block runs."""
    command = [sys.executable, "-m", "tests.release.driver", str(root)]
    with subprocess.Popen(
        command,
        cwd=project_root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        driver = Driver(root, process)
        assert "steps" in driver.run("publish", "v0x")
        yield driver

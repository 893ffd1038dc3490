"""Checks the content in the background, so that a saved page is shown before the checks end."""

import datetime as dt
import threading
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from builder.content import Problem, Site
from builder.preview.project import Project

type Check = Callable[[Path, Site, dt.date], list[Problem]]
"""A check by the project's root, the content and the day; returns its findings."""

# The seconds from a save to the start of the checks: the browser requests the page meanwhile.
_QUIET = 0.3


class Checker(threading.Thread):
    """A thread that checks each version of the project that lasts for a moment.

    The findings go to the project. `report` is called after that, unless a newer version has come.
    """

    def __init__(
        self, project: Project, checks: Sequence[Check], report: Callable[[], None]
    ) -> None:
        super().__init__(name="checker", daemon=True)
        self.project = project
        self.checks = checks
        self.report = report
        self._news = threading.Condition()
        self._is_stopping = False

    def wake(self) -> None:
        """Notice that there is a new version."""
        with self._news:
            self._news.notify_all()

    def stop(self) -> None:
        """Stop the thread, after the check that is running."""
        with self._news:
            self._is_stopping = True
            self._news.notify_all()

    def run(self) -> None:
        """Check one version after the other until `stop`."""
        version = ""
        while self._wait(version):
            while self._wait(version := self.project.version.name, _QUIET):
                pass
            if not self._is_stopping:
                self._check(version)

    def _wait(self, version: str, seconds: float | None = None) -> bool:
        """Wait for another version than this one; False if `stop` or the time-out comes first."""
        with self._news:
            is_new = self._news.wait_for(
                lambda: self._is_stopping or self.project.version.name != version, seconds
            )
        return is_new and not self._is_stopping

    def _check(self, version: str) -> None:
        with self.project.lock:
            site, failure = self.project.site, self.project.failure
            if failure is not None or site is None:
                return
            day = self.project.site_generator.today
        try:
            findings = [f for check in self.checks for f in check(self.project.root, site, day)]
        except Exception:  # the preview goes on without checks
            traceback.print_exc()
            return
        if self.project.version.name == version:
            self.project.take_findings(findings)
            self.report()

"""Looks at what was saved in the background: no save has to wait for checks to be shown."""

import datetime as dt
import threading
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from builder.content import Problem, Site
from builder.preview.project import Project

# What looks at the project's root, the content and the day, and finds what is worth a look, or
# stops a publish.
type Check = Callable[[Path, Site, dt.date], list[Problem]]

# So many seconds without anything new come first: a page that was just saved is asked for then.
_QUIET = 0.3


class Checker(threading.Thread):
    """Checks each version of the project that is left alone for a moment.

    `told` is called when it has been looked at, if nothing was saved meanwhile.
    """

    def __init__(self, project: Project, checks: Sequence[Check], told: Callable[[], None]) -> None:
        super().__init__(name="checker", daemon=True)
        self.project = project
        self.checks = checks
        self.told = told
        self._news = threading.Condition()
        self._is_stopping = False

    def look(self) -> None:
        """Say that there is a new version."""
        with self._news:
            self._news.notify_all()

    def stop(self) -> None:
        """Stop; a check that is under way ends by itself."""
        with self._news:
            self._is_stopping = True
            self._news.notify_all()

    def run(self) -> None:
        """Look at version after version."""
        version = ""
        while self._wait(version):
            while self._wait(version := self.project.version.name, _QUIET):
                pass
            if not self._is_stopping:
                self._check(version)

    def _wait(self, version: str, seconds: float | None = None) -> bool:
        """Wait for another version; say whether there is one, and somebody wants it looked at."""
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
            day = self.project.made.today
        try:
            found = [f for check in self.checks for f in check(self.project.root, site, day)]
        except Exception:  # a check that fails is no reason to show nothing
            traceback.print_exc()
            return
        if self.project.version.name == version:
            self.project.tell_found(found)
            self.told()

"""Watches the folders of the project, and reports saved files."""

import threading
from collections.abc import Callable
from pathlib import Path

from watchfiles import DefaultFilter, watch

from builder.preview.project import Part

# One save is often several changes (a new file, a rename). Changes that follow each other within
# `_PAUSE` ms are one report, but no change waits longer than `_LONGEST` ms.
_PAUSE = 50
_LONGEST = 300

_PARTS = {
    "content": Part.CONTENT,
    "theme/templates": Part.TEMPLATES,
    "theme/translations": Part.TEXTS,
    **dict.fromkeys(("theme/css", "theme/js", "theme/images", "theme/fonts"), Part.ASSETS),
}
# The code of the preview, which must be started anew when these are saved.
_CODE = ("builder", "calc", "pelican.conf.py")


class _Stop:
    """The event that stops watchfiles. Its first call of `is_set` shows that watching has begun."""

    def __init__(self) -> None:
        self.is_watching = threading.Event()
        self.is_stopping = threading.Event()

    def is_set(self) -> bool:
        self.is_watching.set()
        return self.is_stopping.is_set()


class Watcher(threading.Thread):
    """A thread that reports saved files by calling one of two functions.

    `saved` gets the parts of the project that changed and their files; `code` gets files of the
    preview's own code. The thread takes a moment to begin; once `ready` is set, no saved file is
    missed.
    """

    def __init__(
        self,
        root: Path,
        saved: Callable[[set[Part], list[Path]], None],
        code: Callable[[list[Path]], None],
    ) -> None:
        super().__init__(name="watcher", daemon=True)
        self.root = root
        self.saved = saved
        self.code = code
        self._stop_event = _Stop()
        self.ready = self._stop_event.is_watching

    def run(self) -> None:
        """Watch until `stop`."""
        watched = [self.root / name for name in (*_PARTS, *_CODE)]
        for changes in watch(
            *(path for path in watched if path.exists()),
            watch_filter=DefaultFilter(),
            debounce=_LONGEST,
            step=_PAUSE,
            # No timeout: with one, watchfiles sometimes drops a change of the same moment.
            rust_timeout=0,
            stop_event=self._stop_event,
            raise_interrupt=False,
        ):
            files = sorted({Path(path) for _, path in changes})
            code = [path for path in files if self._is_in(path, *_CODE)]
            parts = {
                Part.PROSE if part is Part.CONTENT and path.suffix == ".md" else part
                for path in files
                for name, part in _PARTS.items()
                if self._is_in(path, name)
            }
            if code:
                self.code(code)
            elif parts:
                self.saved(parts, files)

    def stop(self) -> None:
        """Stop watching."""
        self._stop_event.is_stopping.set()
        self.join()

    def _is_in(self, path: Path, *names: str) -> bool:
        return any(path.is_relative_to(self.root / name) for name in names)

"""Tells what was saved: watches the folders of the project, and puts changes together."""

import threading
from collections.abc import Callable
from pathlib import Path

from watchfiles import DefaultFilter, watch

from builder.preview.project import Part

# A save is often several changes (a new file, a rename): they are waited for so long, in ms, but
# not longer than that in all.
_PAUSE = 50
_LONGEST = 300
# How often the thread looks whether it is to stop, in ms.
_LOOK = 200

_PARTS = {
    "content": Part.CONTENT,
    "theme/templates": Part.TEMPLATES,
    "theme/translations": Part.TEXTS,
    **dict.fromkeys(("theme/css", "theme/js", "theme/images", "theme/fonts"), Part.ASSETS),
}
# The preview itself is made of these, so it has to start anew.
_CODE = ("builder", "calc", "pelican.conf.py")


class Watcher(threading.Thread):
    """Calls `saved` with the parts and files that were saved, or `code` with files of the code.

    Beginning to watch takes a moment; `ready` is set when nothing is missed any more.
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
        self.ready = threading.Event()
        self.stopping = threading.Event()

    def run(self) -> None:
        """Watch until `stop`."""
        watched = [self.root / name for name in (*_PARTS, *_CODE)]
        for changes in watch(
            *(path for path in watched if path.exists()),
            watch_filter=DefaultFilter(),
            debounce=_LONGEST,
            step=_PAUSE,
            rust_timeout=_LOOK,
            yield_on_timeout=True,
            stop_event=self.stopping,
            raise_interrupt=False,
        ):
            self.ready.set()
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
        self.stopping.set()
        self.join()

    def _is_in(self, path: Path, *names: str) -> bool:
        return any(path.is_relative_to(self.root / name) for name in names)

"""Reports how far a long transfer has come."""

import time
from collections.abc import Callable

from builder.kit.parallel import time_left
from builder.publish.targets.target import Say
from calc.messages import whole

# At least so much time passes between two reports: a short transfer reports nothing, and a long
# one does not fill the terminal.
SECONDS_BETWEEN = 3.0


class ThrottledSay:
    """A function `say` that drops sentences which follow too soon upon another one or the start.

    `SECONDS_BETWEEN` is the shortest time between two sentences.
    """

    def __init__(self, say: Say, clock: Callable[[], float] = time.monotonic) -> None:
        self._say, self._clock = say, clock
        self._last = clock()

    def __call__(self, sentence: str) -> None:
        """Say the sentence, unless it comes within `SECONDS_BETWEEN`."""
        now = self._clock()
        if now - self._last >= SECONDS_BETWEEN:
            self._last = now
            self._say(sentence)


class Progress:
    """Counts the files and bytes that have been sent, and reports them with the time that is left.

    `files` and `size` (bytes) are how much there is to send in all.
    """

    def __init__(
        self, say: Say, files: int, size: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._say = ThrottledSay(say, clock)
        self._clock, self._began = clock, clock()
        self._files, self._size = files, size
        self._sent_files = self._sent_size = 0

    def add(self, size: int) -> None:
        """Count one more file, of `size` bytes, as sent."""
        self._sent_files += 1
        self._sent_size += size
        part = self._sent_size / max(self._size, 1)
        counts = f"{whole(self._sent_files)} av {whole(self._files)} filer"
        left = ""
        if 0 < part < 1:
            left = f", {time_left((self._clock() - self._began) * (1 - part) / part)}"
        self._say(f"Sender: {int(100 * part)} % ({counts}{left}) …")


def size_text(size: int) -> str:
    """A number of bytes in Norwegian, in megabytes with one decimal: «0,4 MB», «27,0 MB»."""
    tenths = (size + 50_000) // 100_000
    return f"{tenths // 10},{tenths % 10} MB"


def files_text(count: int) -> str:
    """A number of files in Norwegian: «1 fil», «27 filer»."""
    return f"{count} fil" if count == 1 else f"{whole(count)} filer"

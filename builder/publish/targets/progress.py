"""How far a long transfer has come, said now and then."""

import time
from collections.abc import Callable

from builder.kit.parallel import time_left
from builder.publish.targets.target import Say
from calc.messages import whole

# Short transfers say nothing, and long ones not so often that a terminal fills up.
SECONDS_BETWEEN = 3.0


class NowAndThen:
    """Says what it is given, if enough time has gone by since the last or the beginning."""

    def __init__(self, say: Say, clock: Callable[[], float] = time.monotonic) -> None:
        self._say, self._clock = say, clock
        self._said = clock()

    def __call__(self, sentence: str) -> None:
        """Say the sentence, or leave it."""
        now = self._clock()
        if now - self._said >= SECONDS_BETWEEN:
            self._said = now
            self._say(sentence)


class Progress:
    """Counts files and bytes that are sent, out of those that there are to send."""

    def __init__(
        self, say: Say, files: int, size: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._say = NowAndThen(say, clock)
        self._clock, self._began = clock, clock()
        self._files, self._size = files, size
        self._sent_files = self._sent_size = 0

    def add(self, size: int) -> None:
        """Count a file of that many bytes as sent."""
        self._sent_files += 1
        self._sent_size += size
        part = self._sent_size / max(self._size, 1)
        counts = f"{whole(self._sent_files)} av {whole(self._files)} filer"
        left = ""
        if 0 < part < 1:
            left = f", {time_left((self._clock() - self._began) * (1 - part) / part)}"
        self._say(f"Sender: {int(100 * part)} % ({counts}{left}) …")


def said_size(size: int) -> str:
    """A number of bytes as a reader takes it in: «0,4 MB», «27,0 MB»."""
    tenths = (size + 50_000) // 100_000
    return f"{tenths // 10},{tenths % 10} MB"


def said_files(count: int) -> str:
    """A number of files: «1 fil», «27 filer»."""
    return f"{count} fil" if count == 1 else f"{whole(count)} filer"

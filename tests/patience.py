"""How long tests wait for an event that ought to come: independent of the machine's load.

Until a calculator is ready, WebKitGTK works for five to six seconds, alone on two cores or beside
eight programs that never rest; beside those eight, this takes thirty seconds by the clock. So the
seconds in which some program had to wait for a processor do not count.
"""

import re
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 15.0
"""Seconds that count, until an event that has not come is a failure."""

LONGEST = 120.0
"""Seconds by the clock that any wait ends after. Only a failure on a busy machine comes near it."""

# Linux counts the microseconds in which some program waited for a processor (its documentation:
# "Pressure Stall Information"). On other systems every second counts.
PRESSURE = Path("/proc/pressure/cpu")


class Gone(Exception):
    """The page went away while it was asked."""


class Patience:
    """A wait that begins now, of so many seconds that count."""

    def __init__(self, seconds: float | None = None) -> None:
        self.seconds = PATIENCE if seconds is None else seconds
        self.begin = time.monotonic()
        self.stalled = _seconds_stalled()

    def is_over(self) -> bool:
        passed = time.monotonic() - self.begin
        if passed <= self.seconds:
            return False
        counted = passed - (_seconds_stalled() - self.stalled)
        return counted > self.seconds or passed > max(self.seconds, LONGEST)


def _seconds_stalled() -> float:
    """Seconds since the start of the machine in which some program waited for a processor."""
    try:
        found = re.search(r"some .*total=(\d+)", PRESSURE.read_text("ascii"))
    except OSError:
        return 0.0
    return int(found[1]) / 1_000_000 if found else 0.0


def until[T](
    look: Callable[[], T], is_good: Callable[[T], bool], seconds: float | None = None
) -> T:
    """The result of `look` as soon as it is good; or when patience is over, as it is then."""
    patience = Patience(seconds)
    while True:
        try:
            found = look()
        except Gone:
            if patience.is_over():
                raise
        else:
            if is_good(found) or patience.is_over():
                return found
        time.sleep(0.01)

"""Runs a program, and measures its seconds and its largest memory."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
# Between two looks at the memory, at least; and so many times what the look took, so that looking
# at a large program does not slow it down.
_PAUSE_SECONDS = 0.05
_PAUSES_PER_LOOK = 20
# Of the output of a program that failed.
_LAST_CHARACTERS = 4000


class ProgramError(Exception):
    """A program failed; the text holds the end of its output."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a program took: seconds from start to end, and bytes at most at a time.

    The memory is that of the program and all that it started, with what they share counted once;
    None where the system does not tell.
    """

    seconds: float
    peak: int | None


def run(command: Sequence[str], folder: Path, env: Mapping[str, str], log: Path) -> Run:
    """Run a program in a folder; its output goes to `log`.

    Raises `ProgramError` where it fails. What it started is ended with it.
    """
    # What was written before is not to be written meanwhile.
    os.sync()
    with log.open("wb") as said:
        begins = time.perf_counter()
        # A session of its own, by which all that it starts is found.
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        memory = _Memory(process.pid)
        memory.start()
        try:
            code = process.wait()
            seconds = time.perf_counter() - begins
        finally:
            memory.stop()
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if code != 0:
        text = log.read_text("utf-8", "replace")[-_LAST_CHARACTERS:]
        raise ProgramError(f"{' '.join(command)} ({code})\n{text}")
    return Run(seconds, memory.peak)


class _Memory(threading.Thread):
    """Looks at the memory of a session until it is stopped."""

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self._session = session
        self._stopped = threading.Event()
        self.peak: int | None = None

    def run(self) -> None:
        pause = 0.0
        while not self._stopped.wait(pause):
            begins = time.perf_counter()
            used = used_by(self._session)
            if used is not None:
                self.peak = max(self.peak or 0, used)
            pause = max(_PAUSE_SECONDS, (time.perf_counter() - begins) * _PAUSES_PER_LOOK)

    def stop(self) -> None:
        """End it, and wait for the last look."""
        self._stopped.set()
        self.join()


def used_by(session: int) -> int | None:
    """The bytes of a session's processes in memory; shared parts count in shares. None if gone."""
    known = [used for used in map(_used, _members(session)) if used is not None]
    return sum(known) if known else None


def _members(session: int) -> Iterator[Path]:
    for process in _PROC.glob("[0-9]*"):
        with suppress(OSError, IndexError):
            # After the name, which may hold anything: state, parent, group, session.
            if int((process / "stat").read_text().rpartition(")")[2].split()[3]) == session:
                yield process


def _used(process: Path) -> int | None:
    with suppress(OSError):
        for line in (process / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return None

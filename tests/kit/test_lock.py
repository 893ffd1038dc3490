"""The lock of a folder: one process at a time, and free again when its holder is killed."""

import multiprocessing
import os
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from builder.kit.disk import locked

_FORK = multiprocessing.get_context("fork")
_SECONDS = 10


def _hold(path: Path, sender: Connection) -> None:
    """Hold the lock, fork a process that sleeps, send its id, and wait to be killed."""
    with locked(path):
        child = _FORK.Process(target=time.sleep, args=(60,))
        child.start()
        sender.send(child.pid)
        time.sleep(60)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat")
    return not state.exists() or state.read_text("utf-8").rpartition(")")[2].split()[0] != "Z"


def test_a_killed_holder_leaves_neither_lock_nor_process(tmp_path: Path) -> None:
    receiver, sender = _FORK.Pipe(duplex=False)
    holder = _FORK.Process(target=_hold, args=(tmp_path / "lock", sender))
    holder.start()
    child = receiver.recv()
    with pytest.raises(BlockingIOError), locked(tmp_path / "lock", wait=False):
        pass
    assert holder.pid is not None
    os.kill(holder.pid, signal.SIGKILL)
    holder.join()
    with locked(tmp_path / "lock", wait=False):
        end = time.monotonic() + _SECONDS
        while _is_alive(child):
            assert time.monotonic() < end, "the forked process lives on"
            time.sleep(0.01)


def test_a_forked_process_does_not_free_the_lock(tmp_path: Path) -> None:
    with locked(tmp_path / "lock"):
        child = _FORK.Process(target=lambda: None)
        child.start()
        child.join()
        with pytest.raises(BlockingIOError), locked(tmp_path / "lock", wait=False):
            pass
    with locked(tmp_path / "lock", wait=False):
        pass

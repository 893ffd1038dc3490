"""Waits until files have reached the disk, so that a power cut does not lose them; locks files."""

import ctypes
import errno
import fcntl
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def settle(folder: Path) -> None:
    """Wait until all files and folders in a folder have reached the disk."""
    if _flush(folder):
        return
    # One by one, but for files with a link in an earlier release, which are on the disk already.
    for parent, _, files in os.walk(folder):
        for name in files:
            path = Path(parent, name)
            if path.stat().st_nlink == 1:
                sync(path)
        sync(Path(parent))


def _flush(folder: Path) -> bool:
    """Flush the whole file system that a folder is on; False where the system has no such call.

    Linux has `syncfs`, which takes a second where a flush of each of 80 000 files and folders takes
    minutes. Python does not offer it: `os.sync` waits for all disks, or for none (macOS).
    """
    syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if syncfs is None:
        return False
    handle = os.open(folder, os.O_RDONLY)
    try:
        if syncfs(handle) == 0:
            return True
        number = ctypes.get_errno()
    finally:
        os.close(handle)
    if number == errno.ENOSYS:
        return False
    raise OSError(number, os.strerror(number), str(folder))


def sync(path: Path) -> None:
    """Wait until a file, or the list of names in a folder, has reached the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:  # Some network disks refuse this for a folder.
            raise
    finally:
        os.close(handle)


# The descriptors of the locks that this process holds, and the process that forks now.
_held: set[int] = set()
_forking = 0
_PR_SET_PDEATHSIG = 1


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock on the file `path`, which is created, while the block runs.

    Another process that wants the lock waits; without `wait`, it gets a `BlockingIOError`. The
    system takes the lock from a process that was killed, and ends the processes that it has forked.
    """
    owner = os.getpid()
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        _held.add(handle)
        yield
    finally:
        # A forked process that leaves the block has closed its descriptor already.
        if os.getpid() == owner:
            _held.discard(handle)
            os.close(handle)


def _before_fork() -> None:
    global _forking
    _forking = os.getpid()


def _after_fork() -> None:
    """In a forked process: leave the locks to the process that took them, and end with it.

    A forked process has the descriptors too, and each of them alone would hold the lock. A process
    that outlives its parent would write to a folder that another build has locked by then.
    """
    if not _held:
        return
    for handle in _held:
        os.close(handle)
    _held.clear()
    prctl = getattr(ctypes.CDLL(None), "prctl", None)  # Linux alone has it.
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != _forking:  # The parent was killed in between.
        os._exit(1)


os.register_at_fork(before=_before_fork, after_in_child=_after_fork)

"""Waits until files have reached the disk, so that a power cut does not lose them."""

import ctypes
import errno
import os
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

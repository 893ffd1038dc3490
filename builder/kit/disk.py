"""Waits until files are on the disk, so that a power cut can't take them back."""

import ctypes
import errno
import os
from pathlib import Path


def settle(folder: Path) -> None:
    """Wait until all of a folder is on the disk, so that a power cut can't take it back."""
    if _flush(folder):
        return
    # One by one. Files that other releases have too are there already.
    for place, _, files in os.walk(folder):
        for name in files:
            path = Path(place, name)
            if path.stat().st_nlink == 1:
                sync(path)
        sync(Path(place))


def _flush(folder: Path) -> bool:
    """Wait for all that is on its way to the disk that a folder is on; False where one can't.

    Linux has a call for that, which takes a second where one for each of 80 000 files and folders
    takes minutes. Python does not know it, and `os.sync` waits for all disks, or for none (macOS).
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
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:  # Some network disks can't for a folder.
            raise
    finally:
        os.close(handle)

"""Work that several processes of one run of the tests want, and that one of them does."""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """No other process is in such a block with this file while the block runs."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder `name` of this run, made by the first process that asks; the others wait for it.

    `make` gets the path of a folder that is not there yet. Nobody may change the folder later.
    """
    base = factory.getbasetemp()
    # The folder of a process that pytest-xdist has started lies in that of the run.
    run = base.parent if base.name.startswith("popen-") else base
    folder = run / "once" / name
    with alone(folder.with_name(f"{name}.lock")):
        if not folder.exists():
            unfinished = folder.with_name(f"{name}.unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            make(unfinished)
            unfinished.rename(folder)
    return folder

"""Measuring of programs: time, memory with the memory of their children, and how they end."""

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.bench_build import processes

MEGABYTE = 1_000_000
needs_smaps = pytest.mark.skipif(
    not Path("/proc/self/smaps_rollup").exists(), reason="the system does not tell"
)

# Takes 60 MB before it starts two more, which take 20 MB each and share the rest.
FAMILY = """
import os, sys
shared = bytearray(os.urandom(60_000_000))
for _ in range(2):
    reading, writing = os.pipe()
    if os.fork() == 0:
        own = bytearray(os.urandom(20_000_000))
        os.write(writing, b".")
        sys.stdin.read()
        os._exit(0)
    os.read(reading, 1)
print("ready", flush=True)
sys.stdin.read()
"""


@contextmanager
def ready(code: str) -> Iterator[int]:
    """A program in a session of its own that has written «ready»; yields its process id."""
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield process.pid
        assert process.stdin is not None
        process.stdin.close()


@needs_smaps
def test_memory_is_of_all_processes_and_shared_parts_count_once() -> None:
    with ready(FAMILY) as session:
        used = processes.used_by(session)
    assert used is not None
    assert 100 * MEGABYTE < used < 150 * MEGABYTE


def test_the_memory_of_a_session_without_processes_is_unknown() -> None:
    assert processes.used_by(-1) is None


@needs_smaps
def test_a_run_has_its_time_and_its_largest_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program ends when its memory has been measured, however late that is."""
    code = """
import time
from pathlib import Path
begins = time.monotonic()
much = bytearray(50_000_000)
while not Path("measured").exists() and time.monotonic() < begins + 60:
    time.sleep(0.01)
print(time.monotonic() - begins)
"""
    used_by = processes.used_by

    def measured(session: int) -> int | None:
        used = used_by(session)
        if used is not None and used > 50 * MEGABYTE:
            (tmp_path / "measured").touch()
        return used

    monkeypatch.setattr(processes, "used_by", measured)
    done = processes.run([sys.executable, "-c", code], tmp_path, os.environ, tmp_path / "log")
    assert done.seconds > float((tmp_path / "log").read_text("utf-8"))
    assert done.peak is not None
    assert 50 * MEGABYTE < done.peak < 100 * MEGABYTE


def test_a_program_that_fails_is_reported_with_its_output(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; print('Disken er full'); sys.exit(3)"]
    with pytest.raises(processes.ProgramError, match=r"(?s)\(3\)\nDisken er full"):
        processes.run(command, tmp_path, os.environ, tmp_path / "log")


def test_children_of_a_program_end_with_it(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    child = f"""
import signal
writing = open({str(pipe)!r}, "wb", buffering=0)
writing.write(b"alive")
print("ready", flush=True)
signal.pause()
"""
    program = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {child!r}], stdout=subprocess.PIPE)
child.stdout.readline()
"""
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        processes.run([sys.executable, "-c", program], tmp_path, os.environ, tmp_path / "log")
        assert os.read(reading, 5) == b"alive"
        # The other end is closed when the child is gone.
        assert select.select([reading], [], [], 30)[0]
        assert os.read(reading, 5) == b""
    finally:
        os.close(reading)


def test_programs_get_the_environment_that_is_given(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import os; print(os.environ['BUILD_DATE'])"]
    processes.run(command, tmp_path, {"BUILD_DATE": "2026-11-22"}, tmp_path / "log")
    assert (tmp_path / "log").read_text("utf-8").strip() == "2026-11-22"

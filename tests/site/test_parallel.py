"""Work on all cores: results in order, errors told, and how far it has come."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from builder.kit import parallel
from builder.kit.parallel import FEW, Progress, in_parallel, meanwhile, time_left


@pytest.mark.parametrize("count", [0, 1, FEW - 1, FEW, 300])
def test_results_come_in_the_order_of_the_items(count: int) -> None:
    items = list(range(count))
    assert in_parallel(lambda number: number * number, items) == [n * n for n in items]


def test_errors_are_raised_here() -> None:
    def fail(number: int) -> int:
        if number == FEW:
            raise ValueError("noe er galt")
        return number

    with pytest.raises(ValueError, match="noe er galt"):
        in_parallel(fail, range(3 * FEW))
    assert in_parallel(str, range(2)) == ["0", "1"]


def test_a_program_with_threads_is_not_forked() -> None:
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    made: list[int] = []
    try:
        in_parallel(made.append, range(3 * FEW))
    finally:
        end.set()
        thread.join()
    # Done here, where others would have changed a copy of their own.
    assert made == list(range(3 * FEW))


# In a Python of its own: where these tests run there may be threads, and then nothing is forked.
MEANWHILE = """
import multiprocessing, os, signal, sys, threading
from pathlib import Path
from builder import interrupts
from builder.errors import KnownError
from builder.parallel import WorkerError, in_parallel, meanwhile

def another_process():
    with meanwhile(os.getpid) as result:
        assert result() != os.getpid()

def more_than_a_pipe_holds():
    with meanwhile(lambda: "å" * 10_000_000) as result:
        assert len(result()) == 10_000_000

def all_cores():
    with meanwhile(lambda: in_parallel(str, range(40))) as result:
        assert in_parallel(int, range(40)) == list(range(40))
        assert result() == [str(number) for number in range(40)]

def known_error():
    def fail():
        raise KnownError("Noe er galt.")
    try:
        with meanwhile(fail) as result:
            result()
    except KnownError as error:
        assert str(error) == "Noe er galt."
    else:
        raise AssertionError

def other_error():
    def fail():
        raise ValueError("noe er galt")
    try:
        with meanwhile(fail) as result:
            result()
    except RuntimeError as error:
        assert "in fail" in str(error) and "ValueError: noe er galt" in str(error)
    else:
        raise AssertionError

def ended_from_outside():
    try:
        with meanwhile(lambda: os.kill(os.getpid(), signal.SIGKILL)) as result:
            result()
    except WorkerError as error:
        assert "avsluttet av systemet" in str(error)
    else:
        raise AssertionError

def ended_by_an_error():
    begun, ended = Path(sys.argv[2], "begun"), Path(sys.argv[2], "ended")
    def wait():
        try:
            begun.touch()
            threading.Event().wait(600)
        finally:
            ended.touch()
    try:
        with meanwhile(wait):
            while not begun.exists():
                threading.Event().wait(0.01)
            raise KnownError
    except KnownError:
        assert ended.exists()

def nobody_asks():
    with meanwhile(lambda: "å" * 10_000_000):
        pass

def ctrl_c():
    os.kill(os.getpid(), signal.SIGINT)

def expect_ctrl_c(begin):
    try:
        begin()
    except KeyboardInterrupt:
        assert multiprocessing.active_children() == []
    else:
        raise AssertionError

def ctrl_c_in_a_fork():
    # Python has code of its own that runs then too, and loses errors in it.
    os.register_at_fork(after_in_parent=ctrl_c, after_in_child=ctrl_c)
    expect_ctrl_c(lambda: meanwhile(lambda: threading.Event().wait(600)).__enter__())

def ctrl_c_in_forks():
    os.register_at_fork(after_in_parent=ctrl_c, after_in_child=ctrl_c)
    expect_ctrl_c(lambda: in_parallel(str, range(40)))

def ctrl_c_that_is_lost():
    class Deleted:
        def __del__(self):
            ctrl_c()
    interrupts.listen()
    Deleted()
    expect_ctrl_c(lambda: in_parallel(str, range(40)))

globals()[sys.argv[1]]()
"""


@pytest.mark.parametrize(
    "what",
    [
        *("another_process", "more_than_a_pipe_holds", "all_cores", "known_error", "other_error"),
        *("ended_from_outside", "ended_by_an_error", "nobody_asks"),
        *("ctrl_c_in_a_fork", "ctrl_c_in_forks", "ctrl_c_that_is_lost"),
    ],
)
def test_what_is_done_meanwhile(project_root: Path, tmp_path: Path, what: str) -> None:
    command = [sys.executable, "-c", MEANWHILE, what, str(tmp_path)]
    done = subprocess.run(
        command, cwd=project_root, capture_output=True, encoding="utf-8", check=False, timeout=60
    )
    assert done.stderr == ""
    assert done.returncode == 0


def test_a_program_with_threads_does_it_when_it_is_asked_for() -> None:
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    made: list[int] = []
    try:
        with meanwhile(lambda: made.append(1)) as result:
            assert not made
            result()
    finally:
        end.set()
        thread.join()
    assert made == [1]


KILLED = """
import os, signal, sys
from builder.parallel import WorkerError, in_parallel
try:
    in_parallel(lambda n: os.kill(os.getpid(), signal.SIGKILL) if n == 20 else n, range(40))
except WorkerError as error:
    sys.exit(str(error))
"""


def test_a_process_that_the_system_ends_is_told(project_root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED],
        cwd=project_root,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    if (parallel.os.process_cpu_count() or 1) == 1:
        pytest.skip("with one core, nothing is forked")
    assert done.returncode == 1
    assert "avsluttet av systemet" in done.stderr


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "noen sekunder igjen"),
        (9.9, "noen sekunder igjen"),
        (10, "omtrent 10 sekunder igjen"),
        (99, "omtrent 100 sekunder igjen"),
        (100, "omtrent 2 minutter igjen"),
        (600, "omtrent 10 minutter igjen"),
    ],
)
def test_time_left_is_no_more_exact_than_it_can_be_known(seconds: float, words: str) -> None:
    assert time_left(seconds) == words


def test_progress_has_counts_and_guesses_by_the_work(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress("Lager sidene", 1200, effort=200.0)
    began = progress._began
    progress.done, progress._spent = 600, 2.0
    # Half of the pages, but hardly any of the work: too early to guess.
    assert progress.text(began + 30) == "Lager sidene: 600 av 1\N{NO-BREAK SPACE}200"
    progress._spent = 50.0
    told = "Lager sidene: 600 av 1\N{NO-BREAK SPACE}200, omtrent 90 sekunder igjen"
    assert progress.text(began + 30) == told
    progress.end()
    # What is done at once needs no word.
    assert capsys.readouterr().err == ""

"""Work on all cores: one function for many items, one function meanwhile, and the progress."""

import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from typing import Any

from builder.kit.errors import KnownError, raise_lost_interrupt
from calc.messages import whole

# Less work than this, as `effort` counts it, is done before other processes would have started.
FEW = 12
# The seconds before progress is shown: until then, nobody wonders whether work goes on. The seconds
# between two updates: of the line on a terminal, and of a log, which gets a new line.
QUIET_SECONDS = 2.0
_TERMINAL_SECONDS = 0.2
_LOG_SECONDS = 15.0
# The share of the work that has to be done before the time left can be guessed.
_ENOUGH_TO_GUESS = 0.03

_ENDING = (signal.SIGINT, signal.SIGTERM)
_CONTEXT = multiprocessing.get_context("fork")
# The function and the items of `in_parallel`. Processes that are forked off have them in memory, so
# that neither is pickled.
_work: tuple[Callable[[Any], Any], Sequence[Any]] | None = None


class WorkerError(KnownError):
    """A process was ended by the system, most likely because memory was used up."""

    def __init__(self) -> None:
        super().__init__(
            "En av prosessene som bygger, ble avsluttet av systemet, trolig fordi minnet var brukt"
            " opp. Lukk andre programmer og kjør kommandoen på nytt; det som er ferdig, blir ikke"
            " gjort om igjen."
        )


class Progress:
    """Shows on standard error how many of `total` items are done, and how long the rest may take.

    `effort` is the work on all items together, in any unit. Where it is 0, each item counts alike.
    A terminal shows a bar; elsewhere, as in a log, a line is printed now and then.
    """

    def __init__(self, label: str, total: int, effort: float = 0.0) -> None:
        self.label, self.total, self.effort = label, total, effort
        self.done, self._spent = 0, 0.0
        self._began, self._reported_at = time.monotonic(), 0.0
        self._bar: Any = None

    def step(self, number: int = 1, effort: float = 0.0) -> None:
        """Count `number` more items as done, which were so much `effort`; show it now and then."""
        self.done += number
        self._spent += effort
        now = time.monotonic()
        pause = _TERMINAL_SECONDS if sys.stderr.isatty() else _LOG_SECONDS
        if now - self._began >= QUIET_SECONDS and now - self._reported_at >= pause:
            self._report(now)

    def text(self, now: float) -> str:
        """The progress at the time `now` of the monotonic clock: `Lager sidene: 12 av 40, …`."""
        counts = f"{self.label}: {whole(self.done)} av {whole(self.total)}"
        part = self._part
        if part < _ENOUGH_TO_GUESS or self.done == self.total:
            return counts
        return f"{counts}, {time_left((now - self._began) * (1 - part) / part)}"

    def end(self) -> None:
        """Where progress has been shown, show the last of it, and end the bar on a terminal."""
        if self._reported_at:
            self._report(time.monotonic())
        if self._bar is not None:
            self._bar.stop()

    @property
    def _part(self) -> float:
        return self._spent / self.effort if self.effort else self.done / max(self.total, 1)

    def _report(self, now: float) -> None:
        self._reported_at = now
        if not sys.stderr.isatty():
            print(self.text(now), file=sys.stderr, flush=True)
            return
        if self._bar is None:
            # Imported here: most commands show no progress, and rich takes long to import.
            from rich.console import Console
            from rich.progress import BarColumn, TextColumn
            from rich.progress import Progress as Bar

            # Without the thread that would draw the bar: a process with threads can't be forked.
            console = Console(stderr=True)
            columns = (BarColumn(), TextColumn("{task.description}", markup=False))
            self._bar = Bar(*columns, console=console, auto_refresh=False)
            self._bar.add_task("", total=1.0)
            self._bar.start()
        task = self._bar.task_ids[0]
        self._bar.update(task, completed=self._part, description=self.text(now), refresh=True)


def time_left(seconds: float) -> str:
    """Seconds in Norwegian words, rounded since they are guessed."""
    if seconds < 10:
        return "noen sekunder igjen"
    if seconds < 100:
        return f"omtrent {round(seconds, -1):.0f} sekunder igjen"
    return f"omtrent {seconds / 60:.0f} minutter igjen"


def in_parallel[T, R](
    function: Callable[[T], R],
    items: Sequence[T],
    label: str = "",
    weight: Callable[[T], int] = lambda _: 1,
    effort: Callable[[T], float] = lambda _: 1.0,
) -> list[R]:
    """Call a function for each item; returns the results in the order of the items.

    Much work is shared out to forked processes, one for each core. The processes have the memory of
    this process, so that only results are pickled. Errors are raised here, and `WorkerError` where
    the system ended a process.

    With a `label`, progress is shown: an item counts as `weight` pieces of the total. `effort` is
    the work on an item; the work on a page of the site is about 1.
    """
    global _work  # Forked processes inherit it.
    progress = Progress(label, sum(map(weight, items)), sum(map(effort, items)))
    results: dict[int, R] = {}

    def take(number: int, result: R) -> None:
        results[number] = result
        if label:
            progress.step(weight(items[number]), effort(items[number]))

    cores = os.process_cpu_count() or 1
    # A process with several threads can't be forked safely.
    is_little = len(items) < 2 or sum(map(effort, items)) < FEW
    if is_little or cores == 1 or _work is not None or threading.active_count() > 1:
        for number, item in enumerate(items):
            take(number, function(item))
    else:
        _work = function, items
        # Objects that the collector does not touch stay in memory that the processes share.
        gc.freeze()
        try:
            with ProcessPoolExecutor(cores, _CONTEXT, _leave_interrupts) as pool:
                try:
                    with _forking():
                        waiting = {pool.submit(_do, number): number for number in range(len(items))}
                    for future in as_completed(waiting):
                        take(waiting.pop(future), future.result())
                except BaseException:
                    pool.shutdown(cancel_futures=True)
                    raise
        except BrokenProcessPool as error:
            raise WorkerError from error
        finally:
            _work = None
            gc.unfreeze()
    if label:
        progress.end()
    return [results[number] for number in range(len(items))]


def _do(number: int) -> Any:
    assert _work is not None
    function, items = _work
    return function(items[number])


@contextmanager
def _forked(function: Callable[[], None]) -> Iterator[ForkProcess]:
    """Run a function in a forked process while the block runs.

    A process that has not ended by the end of the block is ended then, with all the processes that
    it has started.
    """

    def run() -> None:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        _leave_interrupts()
        function()
        # From here on, the process ends by itself.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)

    process = _CONTEXT.Process(target=run)
    try:
        with _forking():
            process.start()
        yield process
    finally:
        if process.pid is not None:
            process.terminate()
            process.join()


@contextmanager
def _forking() -> Iterator[None]:
    """Hold back Ctrl-C and `terminate` while the block forks processes off.

    In the middle of a fork, Python may lose the signal, or lose the process that it just started.
    """
    raise_lost_interrupt()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _leave_interrupts() -> None:
    """Ignore Ctrl-C in a forked process: the first process gets it too, and ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)


@contextmanager
def meanwhile[R](function: Callable[[], R]) -> Iterator[Callable[[], R]]:
    """Run a function in a process of its own while the block runs.

    Gives the block a function that waits for the result and returns it. An error of the function
    is raised there: `KnownError` and `OSError` as they are, others as `RuntimeError` with the
    traceback. With one core, or where threads make forking unsafe, the function runs in this
    process, when the result is asked for.
    """
    if (os.process_cpu_count() or 1) == 1 or threading.active_count() > 1:
        yield function
        return
    receiver, sender = _CONTEXT.Pipe(duplex=False)
    with receiver, _forked(lambda: _send_result(function, sender)) as process:
        sender.close()

        def result() -> R:
            try:
                is_error, value = receiver.recv()
            except EOFError:
                raise WorkerError from None
            # After the result, the process has nothing left to do.
            process.join()
            if is_error:
                raise value
            return value  # type: ignore[no-any-return]

        yield result


def _send_result(function: Callable[[], Any], sender: Connection) -> None:
    try:
        sender.send((False, function()))
    except (KnownError, OSError) as error:
        sender.send((True, error))
    except Exception:
        sender.send((True, RuntimeError(traceback.format_exc())))

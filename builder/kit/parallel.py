"""The same work on many things, on all cores, with word of how far it has come."""

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
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from typing import Any

from builder.kit import interrupts
from builder.kit.errors import KnownError

# So little work is done sooner here than other processes have started, in the unit of `effort`.
FEW = 12
# Nobody wonders what is going on before this; then a line on a terminal is written anew so often,
# and a new line where there is none.
QUIET_SECONDS = 2.0
_TERMINAL_SECONDS = 0.2
_LOG_SECONDS = 15.0
# So much has to be done before the rest can be guessed at.
_ENOUGH_TO_GUESS = 0.03

_ENDING = (signal.SIGINT, signal.SIGTERM)
_CONTEXT = multiprocessing.get_context("fork")
# What the other processes do, handed over as they are forked off: nothing of it has to be pickled.
_work: tuple[Callable[[Any], Any], Sequence[Any]] | None = None


class WorkerError(KnownError):
    """A process was ended from outside, as systems do that have no memory left."""

    def __init__(self) -> None:
        super().__init__(
            "En av prosessene som bygger, ble avsluttet av systemet, trolig fordi minnet var brukt"
            " opp. Lukk andre programmer og kjør kommandoen på nytt; det som er ferdig, blir ikke"
            " gjort om igjen."
        )


@dataclass
class Progress:
    """Tells on standard error how many of `total` are done, and how long the rest may take.

    Where things take differently long, `effort` is how much work all of them are.
    """

    label: str
    total: int
    effort: float = 0.0
    done: int = 0
    _spent: float = 0.0
    _began: float = field(default_factory=time.monotonic)
    _told: float = 0.0
    _said: int = 0
    _width: int = 0

    def step(self, number: int = 1, effort: float = 0.0) -> None:
        """So many more are done."""
        self.done += number
        self._spent += effort
        now = time.monotonic()
        pause = _TERMINAL_SECONDS if sys.stderr.isatty() else _LOG_SECONDS
        if now - self._began >= QUIET_SECONDS and now - self._told >= pause:
            self._told = now
            self._say(self.text(now))

    def text(self, now: float) -> str:
        """How far it has come."""
        counts = f"{self.label}: {_number(self.done)} av {_number(self.total)}"
        part = self._spent / self.effort if self.effort else self.done / max(self.total, 1)
        if part < _ENOUGH_TO_GUESS or self.done == self.total:
            return counts
        return f"{counts}, {time_left((now - self._began) * (1 - part) / part)}"

    def end(self) -> None:
        """All is done; what comes next begins on a line of its own."""
        if self._told and self._said < self.total:
            self._say(self.text(time.monotonic()))
        if self._told and sys.stderr.isatty():
            print(file=sys.stderr, flush=True)

    def _say(self, text: str) -> None:
        self._said = self.done
        if sys.stderr.isatty():
            print(f"\r{text:<{self._width}}", end="", file=sys.stderr, flush=True)
            self._width = len(text)
        else:
            print(text, file=sys.stderr, flush=True)


def time_left(seconds: float) -> str:
    """In words, no more exact than it can be known."""
    if seconds < 10:
        return "noen sekunder igjen"
    if seconds < 100:
        return f"omtrent {round(seconds, -1):.0f} sekunder igjen"
    return f"omtrent {seconds / 60:.0f} minutter igjen"


def _number(number: int) -> str:
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def in_parallel[T, R](
    function: Callable[[T], R],
    items: Sequence[T],
    label: str = "",
    weight: Callable[[T], int] = lambda _: 1,
    effort: Callable[[T], float] = lambda _: 1.0,
) -> list[R]:
    """The results of a function for each item, in order.

    On all cores where there is much to do, in processes that have all that this one has in memory;
    only results are pickled. Errors are raised here. With a `label`, progress is told; an item
    counts for as many as its `weight`, and takes about as long as `effort` pages of the site.
    """
    global _work  # What forks off inherits it.
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
        # What is there already is never freed, so that it stays shared between the processes.
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
def forked(function: Callable[[], None]) -> Iterator[ForkProcess]:
    """A function in another process, which has all that this one has, while the block runs.

    If it has not ended by then, it is ended, and what it has started itself too.
    """

    def run() -> None:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        _leave_interrupts()
        function()
        # It ends by itself now.
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
    """Ctrl-C and `terminate` wait while processes are forked off.

    Python would forget them in some moments of it, and forget processes in others.
    """
    interrupts.raise_lost()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _leave_interrupts() -> None:
    """Ctrl-C reaches all processes at once: the first one ends the others, and says so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)


@contextmanager
def meanwhile[R](function: Callable[[], R]) -> Iterator[Callable[[], R]]:
    """A function in a process of its own, while the block runs.

    The block is given what waits for the result. Whatever is not `KnownError` is raised as
    `RuntimeError` with the traceback. A process with several threads can't be forked safely; there,
    the function runs when the result is asked for.
    """
    if (os.process_cpu_count() or 1) == 1 or threading.active_count() > 1:
        yield function
        return
    receiver, sender = _CONTEXT.Pipe(duplex=False)
    with receiver, forked(lambda: _tell(function, sender)) as process:
        sender.close()

        def result() -> R:
            try:
                is_error, value = receiver.recv()
            except EOFError:
                raise WorkerError from None
            # It ends by itself now.
            process.join()
            if is_error:
                raise value
            return value  # type: ignore[no-any-return]

        yield result


def _tell(function: Callable[[], Any], sender: Connection) -> None:
    try:
        sender.send((False, function()))
    except KnownError as error:
        sender.send((True, error))
    except Exception:
        sender.send((True, RuntimeError(traceback.format_exc())))

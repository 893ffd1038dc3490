"""`make preview`: shows what is saved, drafts too, and what is wrong with it, until Ctrl-C."""

import argparse
import os
import signal
import socket
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from builder import checks
from builder.commands.serve import DEFAULT_PORT, ServeError, interrupt, listen_from, port_number
from builder.content import Problem
from builder.preview.answers import Answers
from builder.preview.checker import Check, Checker
from builder.preview.mistakes import Failure
from builder.preview.project import Part, Project
from builder.preview.server import Server
from builder.preview.watch import Watcher

ROOT = Path(__file__).resolve().parents[2]
# What is looked at beyond what stops a page.
CHECKS: tuple[Check, ...] = (checks.check,)
# So many files are named when many are saved at once.
_MOST_NAMED = 3


class Terminal:
    """What the preview says where it was started, each thing with the time of day."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.was_wrong = False
        self.known: list[Problem] | None = None

    def say(self, text: str) -> None:
        """Say something, dated."""
        print(f"{datetime.now().astimezone():%H:%M:%S}  {text}", flush=True)

    def changed(self, files: Sequence[Path]) -> None:
        """Say which files have changed."""
        names = [self._shown(path) for path in files[:_MOST_NAMED]]
        more = len(files) - len(names)
        self.say(f"Endret: {', '.join(names)}{f' og {more} til' if more else ''}")

    def state(self, failure: Failure | None) -> None:
        """Say what is wrong, or that nothing is any more."""
        if failure is not None:
            self.wrong(failure)
        elif self.was_wrong:
            self.say("Feilene er rettet.")
        self.was_wrong = failure is not None

    def found(self, found: list[Problem]) -> None:
        """Say what is new of what checks found, and at first how many warnings there are."""
        for is_warning, kind in ((False, "feil som stopper publiseringen"), (True, "advarsler")):
            of_kind = [problem for problem in found if problem.is_warning == is_warning]
            new = [problem for problem in of_kind if problem not in (self.known or ())]
            if new and is_warning and self.known is None:
                self.say(f"Advarsler: {len(new)}. «make check» viser dem.")
            elif new:
                self.say(f"Nye {kind}: {len(new)} (i alt {len(of_kind)})")
                print("\n" + "\n\n".join(map(str, new)) + "\n", flush=True)
        self.known = found

    def page(self, address: str, failure: Failure) -> None:
        """Say what is wrong with one page."""
        self.say(f"Siden {address} kan ikke vises:")
        print(f"\n{failure}\n", flush=True)

    def wrong(self, failure: Failure) -> None:
        """Say what is wrong with everything."""
        count = len(failure.problems)
        what = "Feil" if count < 2 else f"{count} feil"
        self.say(f"{what}. Sidene vises igjen når det er rettet:")
        print(f"\n{failure}\n", flush=True)

    def _shown(self, path: Path) -> str:
        return str(path.relative_to(self.root) if path.is_relative_to(self.root) else path)


class Preview:
    """The project, its server and its watcher, tied together."""

    def __init__(self, root: Path, listener: socket.socket, checks: Sequence[Check]) -> None:
        self.terminal = Terminal(root)
        self.is_outdated = False
        self.project = Project(root)
        self.server = Server(listener, Answers(self.project, self.terminal.page))
        self.watcher = Watcher(root, self.saved, self.code)
        self.checker = Checker(self.project, checks, self.checked)

    def run(self) -> None:
        """Serve until interrupted, or until it is outdated: until its own code is another."""
        with self.project:
            self.watcher.start()
            # Until it watches, something could be saved that nobody notices.
            self.watcher.ready.wait()
            try:
                self.project.refresh()
                self.terminal.say(
                    f"Forhåndsvisningen er på {self.server.address} (avslutt med Ctrl-C)."
                )
                self.terminal.state(self.project.failure)
                self.checker.start()
                self.server.serve_forever(poll_interval=0.1)
                self.server.finish()
            finally:
                self.server.stop()
                self.checker.stop()
                self.watcher.stop()

    def saved(self, parts: set[Part], files: list[Path]) -> None:
        """Show what was saved."""
        self.terminal.changed(files)
        self.project.refresh(parts)
        self.server.announce()
        self.checker.look()
        self.terminal.state(self.project.failure)

    def checked(self) -> None:
        """Tell what checks found."""
        self.server.announce()
        self.terminal.found(self.project.found)

    def code(self, files: list[Path]) -> None:
        """Stop, to be started anew with the code as it is now, unless it is none."""
        self.terminal.changed(files)
        failure = _syntax_error(files, self.project.root)
        if failure is not None:
            self.project.fail(failure)
            self.server.announce()
            self.terminal.state(failure)
            return
        self.is_outdated = True
        self.server.shutdown()


def _syntax_error(files: Sequence[Path], root: Path) -> Failure | None:
    """What is wrong with changed code, where Python can't even read it."""
    for path in files:
        try:
            if path.suffix == ".py" and path.is_file():
                compile(path.read_bytes(), path, "exec")
        except SyntaxError as error:
            shown = path.relative_to(root)
            problem = Problem(shown, error.lineno or 0, "", "Koden har en feil.", error.msg)
            return Failure(problems=(problem,))
    return None


def _start_anew(listener: socket.socket) -> NoReturn:
    """Become a new preview on the same socket: whoever asks meanwhile only waits."""
    listener.set_inheritable(True)
    os.chdir(ROOT)
    command = [sys.executable, "-m", "builder", "preview", "--listener", str(listener.fileno())]
    os.execv(sys.executable, command)  # noqa: S606


def main(argv: Sequence[str]) -> int:
    """Show the preview until Ctrl-C; return the exit code."""
    parser = argparse.ArgumentParser(prog="preview", description="Vis nettstedet mens du skriver.")
    parser.add_argument("--port", default=os.environ.get("PORT") or str(DEFAULT_PORT))
    # An open socket, from the preview that starts this one in its place.
    parser.add_argument("--listener", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, interrupt)
    try:
        if arguments.listener is not None:
            listener = socket.socket(fileno=arguments.listener)
            listener.set_inheritable(False)
        else:
            listener = listen_from(port_number(arguments.port))
        with listener:
            preview = Preview(ROOT, listener, CHECKS)
            preview.run()
            if preview.is_outdated:
                _start_anew(listener)
    except ServeError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stoppet.")
    return 0

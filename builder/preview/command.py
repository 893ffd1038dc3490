"""`make preview`: serves the site as it is saved, drafts too, until Ctrl-C."""

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
from builder.content import Problem
from builder.kit.errors import interrupt
from builder.kit.ports import DEFAULT_PORT, ServeError, listen_from, port_number
from builder.preview.answers import Answers
from builder.preview.checker import Check, Checker
from builder.preview.mistakes import Failure
from builder.preview.project import Part, Project
from builder.preview.server import Server
from builder.preview.watch import Watcher

ROOT = Path(__file__).resolve().parents[2]
# The checks that run in the background, besides the reading of the content.
CHECKS: tuple[Check, ...] = (checks.check,)
# When many files are saved at once, no more than this number are named.
_MOST_NAMED = 3


class Terminal:
    """Reports in the terminal, each with the time of day."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.had_failure = False
        self.reported: list[Problem] | None = None

    def say(self, text: str) -> None:
        """Print a text after the time of day."""
        print(f"{datetime.now().astimezone():%H:%M:%S}  {text}", flush=True)

    def changed(self, files: Sequence[Path]) -> None:
        """Report which files have changed."""
        names = [self._shown(path) for path in files[:_MOST_NAMED]]
        more = len(files) - len(names)
        self.say(f"Endret: {', '.join(names)}{f' og {more} til' if more else ''}")

    def state(self, failure: Failure | None) -> None:
        """Report a failure, or that the last one has been mended."""
        if failure is not None:
            self.failed(failure)
        elif self.had_failure:
            self.say("Feilene er rettet.")
        self.had_failure = failure is not None

    def findings(self, findings: list[Problem]) -> None:
        """Report the new findings of the checks; the first time, warnings are only counted."""
        for is_warning, kind in ((False, "feil som stopper publiseringen"), (True, "advarsler")):
            of_kind = [problem for problem in findings if problem.is_warning == is_warning]
            new = [problem for problem in of_kind if problem not in (self.reported or ())]
            if new and is_warning and self.reported is None:
                self.say(f"Advarsler: {len(new)}. «make check» viser dem.")
            elif new:
                self.say(f"Nye {kind}: {len(new)} (i alt {len(of_kind)})")
                print("\n" + "\n\n".join(map(str, new)) + "\n", flush=True)
        self.reported = findings

    def page(self, address: str, failure: Failure) -> None:
        """Report the failure of one page."""
        self.say(f"Siden {address} kan ikke vises:")
        print(f"\n{failure}\n", flush=True)

    def failed(self, failure: Failure) -> None:
        """Report a failure that stops all pages."""
        count = len(failure.problems)
        what = "Feil" if count < 2 else f"{count} feil"
        self.say(f"{what}. Sidene vises igjen når det er rettet:")
        print(f"\n{failure}\n", flush=True)

    def _shown(self, path: Path) -> str:
        return str(path.relative_to(self.root) if path.is_relative_to(self.root) else path)


class Preview:
    """A running preview: the project, its server, its watcher and its checker."""

    def __init__(self, root: Path, listener: socket.socket, checks: Sequence[Check]) -> None:
        self.terminal = Terminal(root)
        self.is_outdated = False
        self.project = Project(root)
        self.server = Server(listener, Answers(self.project, self.terminal.page))
        self.watcher = Watcher(root, self.saved, self.code)
        self.checker = Checker(self.project, checks, self.checked)

    def run(self) -> None:
        """Serve until Ctrl-C, or until the code of the preview has changed (`is_outdated`)."""
        with self.project:
            self.watcher.start()
            # A file that is saved before the watcher is ready would go unnoticed.
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
        """Show the files that were saved."""
        self.terminal.changed(files)
        self.project.refresh(parts)
        self.server.announce()
        self.checker.wake()
        self.terminal.state(self.project.failure)

    def checked(self) -> None:
        """Report new findings of the checks in the terminal and to all open pages."""
        self.server.announce()
        self.terminal.findings(self.project.findings)

    def code(self, files: list[Path]) -> None:
        """Stop, so that the changed code is started; show a failure if it is not valid Python."""
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
    """The first syntax error in changed files, as a failure; None without one."""
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
    """Replace this process by a new preview on the same socket, where requests wait meanwhile."""
    listener.set_inheritable(True)
    os.chdir(ROOT)
    command = [sys.executable, "-m", "builder", "preview", "--listener", str(listener.fileno())]
    os.execv(sys.executable, command)  # noqa: S606


def main(argv: Sequence[str]) -> int:
    """`make preview`: serve until Ctrl-C; returns the exit code."""
    parser = argparse.ArgumentParser(prog="preview", description="Vis nettstedet mens du skriver.")
    parser.add_argument("--port", default=os.environ.get("PORT") or str(DEFAULT_PORT))
    # The number of an open socket, from the preview that this one replaces.
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

"""The browser's Python in Node, where the build can ask it."""

import json
import subprocess
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from builder.bundle.packing import RuntimeBuildError
from builder.kit.environment import node_command

# Python in Node is slow on a busy machine, but not as slow as this.
NODE_SECONDS = 120


class PyodideInNode:
    """The Python of a runtime folder, running in Node. A context manager."""

    def __init__(self, project_root: Path, folder: Path) -> None:
        """Start Node with the runtime in ``folder``."""
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115
        self._process = subprocess.Popen(
            [*node_command(), str(project_root / "theme/js/node.js"), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            encoding="utf-8",
        )

    def __enter__(self) -> Self:
        """Return the running Python."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End Node."""
        self.close()

    def close(self) -> None:
        """End Node."""
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def handle(self, request: str) -> str:
        """Answer a request as the calculators in the browser do."""
        answer = self._ask({"op": "request", "request": request})
        if "error" in answer:
            raise RuntimeBuildError(
                f"Kalkulatoren feilet i nettleserens Python.\nForespørsel: {request[:500]}\n"
                f"{answer['error']}"
            )
        return str(answer["response"])

    def python(self) -> tuple[str, bytes]:
        """The version of Python, and the magic number of the byte code it reads."""
        answer = self._ask({"op": "python"})
        return answer["version"], bytes.fromhex(answer["magic"])

    def add_workbook(self) -> None:
        """Put what workbooks need in Python's path."""
        self._ask({"op": "workbook"})

    def used_files(self) -> dict[str, list[str]]:
        """The files that Python has read by now of the standard library and for workbooks."""
        files: dict[str, list[str]] = self._ask({"op": "used"})
        return files

    def _ask(self, question: dict[str, str]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        # Where its WebAssembly cannot start, Pyodide waits for ever.
        watchdog = threading.Timer(NODE_SECONDS, self._process.kill)
        watchdog.start()
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            watchdog.cancel()
        if not line:
            self._process.wait()
            self._errors.seek(0)
            raise RuntimeBuildError(
                f"Nettleserens Python stoppet i Node:\n{self._errors.read()[-4000:]}"
            )
        answer: dict[str, Any] = json.loads(line)
        return answer

"""The browser's Python in a Node process, for the build and for tests."""

import json
import subprocess
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from builder.bundle.packing import RuntimeBuildError
from builder.kit.environment import node_command

# Python in Node needs a few seconds for a request, on a busy machine too. After this time it hangs.
NODE_SECONDS = 120


class PyodideInNode:
    """The Python of a runtime folder in a Node process: a context manager that ends the process.

    Every method raises RuntimeBuildError where the process has ended or takes too long.
    """

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
        """The answer of `calc.browser.handle` to a JSON request, as JSON.

        Raises RuntimeBuildError with the traceback where the function raises.
        """
        answer = self._ask({"op": "request", "request": request})
        if "error" in answer:
            raise RuntimeBuildError(
                f"Kalkulatoren feilet i nettleserens Python.\nForespørsel: {request[:500]}\n"
                f"{answer['error']}"
            )
        return str(answer["response"])

    def python(self) -> tuple[str, bytes]:
        """The version of the browser's Python, and the magic number of its byte code."""
        answer = self._ask({"op": "python"})
        return answer["version"], bytes.fromhex(answer["magic"])

    def add_workbook(self) -> None:
        """Put the zip file that workbooks need in the path of Python."""
        self._ask({"op": "workbook"})

    def used_files(self) -> dict[str, list[str]]:
        """The files that Python has read since its start, by the archive that holds them.

        The keys are `library` (standard library), `workbook` (the workbook's zip file) and `wheel`.
        """
        files: dict[str, list[str]] = self._ask({"op": "used"})
        return files

    def _ask(self, question: dict[str, str]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        # Pyodide waits for ever where its WebAssembly cannot start.
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

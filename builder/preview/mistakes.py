"""Failures of the preview, as the browser shows them with lines of the file, and as text."""

import traceback
from dataclasses import dataclass
from pathlib import Path

from jinja2 import TemplateError, TemplateSyntaxError
from pelican.generators import PelicanTemplateNotFound

from builder.content import ContentError, Problem
from builder.kit.errors import KnownError

# The number of lines that are shown before, and after, the line with the mistake.
LINES_AROUND = 3
# Lines of longer files are not shown: nobody wrote them by hand.
_MOST_BYTES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a file around a mistake; `is_wrong` is the line of the mistake itself."""

    number: int
    text: str
    is_wrong: bool


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A problem as templates show it, with the lines around it; unknown values are empty.

    `details` are further lines of a message, such as the output of a program.
    """

    file: str = ""
    line: int = 0
    key: str = ""
    message: str
    found: str = ""
    expected: str = ""
    details: str = ""
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Failure:
    """The reason that a page can't be shown: problems, or a text.

    An error that the code does not expect has its traceback in `trace` instead.
    """

    problems: tuple[Problem, ...] = ()
    text: str = ""
    trace: str = ""

    def __str__(self) -> str:
        if not self.problems:
            return self.trace.strip() or self.text
        return "\n\n".join(map(str, self.problems))


def failure_of(error: Exception, root: Path) -> Failure:
    """The failure for an error; paths in it begin at the project's folder `root`."""
    if isinstance(error, ContentError):
        return Failure(problems=tuple(error.problems))
    if isinstance(error, TemplateError | PelicanTemplateNotFound):
        return Failure(problems=(_of_template(error, root),))
    if isinstance(error, KnownError):
        return Failure(text=str(error))
    return Failure(trace="".join(traceback.format_exception(error)))


def _of_template(error: Exception, root: Path) -> Problem:
    """A mistake in a template, at the line of its text or of the part that failed."""
    file, line = "", 0
    if isinstance(error, TemplateSyntaxError):
        file, line = error.filename or "", error.lineno
    else:
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename.endswith(".html"):
                file, line = frame.filename, frame.lineno or 0
    path = Path(file) if file else root / "theme/templates"
    shown = path.relative_to(root) if path.is_relative_to(root) else path
    return Problem(shown, line, "", "Malen har en feil.", str(error.args[0] if error.args else ""))


def mistakes(failure: Failure, root: Path) -> list[Mistake]:
    """The mistakes that templates show for a failure: one for its text, or one for each problem."""
    if failure.text:
        message, _, details = failure.text.partition("\n")
        return [Mistake(message=message, details=details.strip())]
    return [
        Mistake(
            file=problem.file.as_posix(),
            line=problem.line,
            key=problem.key,
            message=problem.message,
            found=problem.found,
            expected=problem.expected,
            lines=_around(root / problem.file, problem.line),
        )
        for problem in failure.problems
    ]


def _around(path: Path, line: int) -> tuple[Line, ...]:
    """The lines of a file around one line; empty where the file can't be read or is too long."""
    try:
        if not line or path.stat().st_size > _MOST_BYTES:
            return ()
        text = path.read_text("utf-8-sig", errors="replace")
    except OSError:
        return ()
    first = max(line - LINES_AROUND, 1)
    shown = text.splitlines()[first - 1 : line + LINES_AROUND]
    return tuple(
        Line(number=number, text=written, is_wrong=number == line)
        for number, written in enumerate(shown, first)
    )

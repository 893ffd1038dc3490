"""What is wrong, as the preview tells it: in the browser with the lines around it, and in short."""

import traceback
from dataclasses import dataclass
from pathlib import Path

from jinja2 import TemplateError, TemplateSyntaxError
from pelican.generators import PelicanTemplateNotFound

from builder.content import ContentError, Problem
from builder.kit.errors import KnownError

# So many lines are shown before and after the one that is wrong.
LINES_AROUND = 3
# A file that is longer than this is no text that anybody wrote.
_MOST_BYTES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a file, as a mistake shows it."""

    number: int
    text: str
    is_wrong: bool


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A problem as templates see it, with the lines around it; what is not known is empty.

    `details` is what a program said of it, in many lines.
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
    """Why there is nothing to show: problems with a place, or what was said.

    What nobody foresaw has its `trace` for those who wrote the code.
    """

    problems: tuple[Problem, ...] = ()
    text: str = ""
    trace: str = ""

    def __str__(self) -> str:
        if not self.problems:
            return self.trace.strip() or self.text
        return "\n\n".join(map(str, self.problems))


def failure_of(error: Exception, root: Path) -> Failure:
    """What an error has to say; `root` is the project, which paths are named from."""
    if isinstance(error, ContentError):
        return Failure(problems=tuple(error.problems))
    if isinstance(error, TemplateError | PelicanTemplateNotFound):
        return Failure(problems=(_of_template(error, root),))
    if isinstance(error, KnownError):
        return Failure(text=str(error))
    return Failure(trace="".join(traceback.format_exception(error)))


def _of_template(error: Exception, root: Path) -> Problem:
    """A mistake in a template: where it was written, or where it showed when a page was made."""
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
    """Everything that has to be mended, in the order of the files."""
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
    """The lines of a file around one; none where it can't be read as text."""
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

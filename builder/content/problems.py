"""Mistakes and warnings in the content, in words that let an editor mend them."""

import unicodedata
from dataclasses import dataclass
from pathlib import Path

from builder.kit.errors import KnownError

# Unicode categories: control characters, marks of direction, halves of characters, codes that are
# no characters, other line ends.
_UNSAFE = {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}


@dataclass(frozen=True, order=True)
class Problem:
    """A mistake or warning in the content, with its file, line (from 1; 0: unknown), dotted key.

    `message`, `found` (the text in the file) and `expected` are Norwegian; each but `message` may
    be empty. A warning is listed and counted, but stops nothing. `subject` is the heading under
    which a report lists the problem.
    """

    file: Path
    line: int
    key: str
    message: str
    found: str = ""
    expected: str = ""
    is_warning: bool = False
    subject: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else str(self.file)
        lines = [f"{where}: {self.key}: {self.message}" if self.key else f"{where}: {self.message}"]
        if self.found:
            lines.append(f"    fant:      {self.found}")
        if self.expected:
            lines.append(f"    forventet: {self.expected}")
        return "\n".join(map(_visible, lines))


def _visible(text: str) -> str:
    """The text with a code such as `<U+001B>` for each character that a terminal would act on.

    A name of a file may hold any character, also an escape sequence.
    """
    return "".join(
        f"<U+{ord(char):04X}>" if unicodedata.category(char) in _UNSAFE else char for char in text
    )


class ContentError(KnownError):
    """The content has mistakes: `problems` are all of them, sorted by file and line."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__(self.report())

    def report(self) -> str:
        """The number of problems, then each problem, as text for an editor."""
        count = len(self.problems)
        head = "Én feil i innholdet" if count == 1 else f"{count} feil i innholdet"
        return f"{head}. Ingenting er publisert.\n\n" + "\n\n".join(map(str, self.problems))

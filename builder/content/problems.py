"""What is wrong in the content, said so that an editor can mend it."""

import unicodedata
from dataclasses import dataclass
from pathlib import Path

from builder.kit.errors import KnownError

# Control characters, those for direction, halves of characters, no characters, other line ends.
_UNSEEN = {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake: where it is (file, line from 1, dotted key), what was found and expected.

    `message`, `found` and `expected` are Norwegian; `found` and `expected` may be empty. A warning
    is listed and counted, but stops nothing. `subject` is what lists of problems are divided by.
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
    """The text with codes for what a terminal would act on or not show: names may hold anything."""
    return "".join(
        f"<U+{ord(char):04X}>" if unicodedata.category(char) in _UNSEEN else char for char in text
    )


class ContentError(KnownError):
    """The content has mistakes; `problems` holds them all, in the order of the files."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__(self.report())

    def report(self) -> str:
        """Every problem, and how many there are."""
        count = len(self.problems)
        head = "Én feil i innholdet" if count == 1 else f"{count} feil i innholdet"
        return f"{head}. Ingenting er publisert.\n\n" + "\n\n".join(map(str, self.problems))

"""What was found, as an editor reads it: mistakes first, then warnings by subject."""

from collections.abc import Sequence

from builder.content import Problem

# As many as one reads through; the rest waits behind ALT=1.
SHOWN = 5
_OTHER = "Annet"


def report(problems: Sequence[Problem], *, every: bool = False) -> str:
    """Every mistake, the first warnings of each subject (or all), and how many there are.

    The order is that of `problems`.
    """
    errors = [problem for problem in problems if not problem.is_warning]
    warnings = [problem for problem in problems if problem.is_warning]
    parts = ["\n\n".join([f"Feil ({_number(len(errors))})", *map(str, errors)])] if errors else []
    subjects: dict[str, list[Problem]] = {}
    for problem in warnings:
        subjects.setdefault(problem.subject or _OTHER, []).append(problem)
    for subject, found in subjects.items():
        shown = found if every else found[:SHOWN]
        lines = [f"Advarsler: {subject.lower()} ({_number(len(found))})", "", *map(str, shown)]
        if len(shown) < len(found):
            lines.append(f"… og {_number(len(found) - len(shown))} til (ALT=1 viser alle)")
        parts.append("\n".join(lines))
    return "\n\n".join([*parts, summary(problems)])


def summary(problems: Sequence[Problem]) -> str:
    """How many there are, in one line."""
    warnings = sum(problem.is_warning for problem in problems)
    errors = len(problems) - warnings
    if not problems:
        return "Innholdet er i orden: ingen feil og ingen advarsler."
    told = _number(errors) if errors else "Ingen", _number(warnings) if warnings else "ingen"
    counts = f"{told[0]} feil og {told[1]} {_of_warnings(warnings)}."
    return counts if errors else f"{counts} Advarsler stopper ikke publiseringen."


def _of_warnings(count: int) -> str:
    return "advarsel" if count == 1 else "advarsler"


def _number(number: int) -> str:
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")

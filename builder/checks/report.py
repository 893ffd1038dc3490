"""The report of problems for an editor: mistakes first, then warnings by subject."""

from collections.abc import Sequence

from builder.content import Problem

# Warnings of each subject in a report without ALT=1: as many as an editor reads through.
SHOWN = 5
_OTHER = "Annet"


def report(problems: Sequence[Problem], *, every: bool = False) -> str:
    """A report with every mistake, the first warnings of each subject, and the summary.

    With `every`, it has all warnings. Mistakes and warnings keep the order of `problems`.
    """
    errors = [problem for problem in problems if not problem.is_warning]
    warnings = [problem for problem in problems if problem.is_warning]
    parts = ["\n\n".join([f"Feil ({_number(len(errors))})", *map(str, errors)])] if errors else []
    subjects: dict[str, list[Problem]] = {}
    for problem in warnings:
        subjects.setdefault(problem.subject or _OTHER, []).append(problem)
    for subject, of_subject in subjects.items():
        shown = of_subject if every else of_subject[:SHOWN]
        lines = [f"Advarsler: {subject.lower()} ({_number(len(of_subject))})", "", *map(str, shown)]
        if len(shown) < len(of_subject):
            lines.append(f"… og {_number(len(of_subject) - len(shown))} til (ALT=1 viser alle)")
        parts.append("\n".join(lines))
    return "\n\n".join([*parts, summary(problems)])


def summary(problems: Sequence[Problem]) -> str:
    """The number of mistakes and of warnings, in one line of Norwegian."""
    warnings = sum(problem.is_warning for problem in problems)
    errors = len(problems) - warnings
    if not problems:
        return "Innholdet er i orden: ingen feil og ingen advarsler."
    of_errors = _number(errors) if errors else "Ingen"
    of_warnings = _number(warnings) if warnings else "ingen"
    counts = f"{of_errors} feil og {of_warnings} {'advarsel' if warnings == 1 else 'advarsler'}."
    return counts if errors else f"{counts} Advarsler stopper ikke publiseringen."


def _number(number: int) -> str:
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")

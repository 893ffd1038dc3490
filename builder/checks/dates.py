"""Reports dates that call for an editor: passed deadlines and reviews, and dates in the future."""

import datetime as dt
from collections.abc import Iterator, Mapping

from builder.checks.context import Context
from builder.checks.findings import change_name
from builder.checks.folder import warning
from builder.content import Deadline, Problem, Scheme
from builder.content.yaml_file import Document, Key
from calc.rules import Source

_SOON = dt.timedelta(days=30)
_OLD = dt.timedelta(days=365)
_NEW_CHECK = "kildene lest på nytt, og nye datoer i «last_checked» og «review_by»"


def check(context: Context) -> Iterator[Problem]:
    """Warnings of passed deadlines and reviews, and of dates such as `last_checked` to come."""
    today = context.today
    for slug, scheme in context.site.schemes.items():
        findings = context.findings[slug]
        facts = findings.facts
        if facts is None:
            continue  # A file was saved during the check; the next check reports its dates.
        yield from _reviews(scheme, facts, today)
        if scheme.state == "active":
            yield from _deadlines(scheme, facts, today)
        early: dict[Key, dt.date | None] = {("last_checked",): scheme.last_checked}
        yield from _too_early(facts, early | _dates_of(scheme.sources), today)
        for rules in scheme.rules:
            document = findings.rules[rules.year]
            # The rules in the model have the sources of `scheme.yaml` too, which have no line in
            # this file.
            own = {k: s for k, s in rules.sources.items() if ("sources", k) in document.lines}
            yield from _too_early(document, _dates_of(own), today)
    for change in context.site.changes:
        document_of_change = context.findings_in(change_name(change)).facts
        if document_of_change is not None:
            dates: dict[Key, dt.date | None] = {("date",): change.date}
            yield from _too_early(document_of_change, dates, today)


def _reviews(scheme: Scheme, facts: Document, today: dt.date) -> Iterator[Problem]:
    key, due = ("review_by",), scheme.review_by
    if due < scheme.last_checked:
        message, expected = "Neste kontroll er satt før den siste.", "en dato etter «last_checked»"
        yield warning(facts, key, message, str(due), expected)
    elif due <= today:
        message = "Opplysningene skulle vært kontrollert nå."
        yield warning(facts, key, message, str(due), _NEW_CHECK)
    elif due <= today + _SOON:
        days = (due - today).days
        message = f"Opplysningene skal kontrolleres om {days} {'dag' if days == 1 else 'dager'}."
        yield warning(facts, key, message, str(due), _NEW_CHECK)
    if scheme.last_checked < today - _OLD:
        message = "Det er over et år siden opplysningene ble kontrollert."
        yield warning(facts, ("last_checked",), message, str(scheme.last_checked), _NEW_CHECK)


def _deadlines(scheme: Scheme, facts: Document, today: dt.date) -> Iterator[Problem]:
    # An editor who wrote `unknown` for this year or a later one knows that a deadline is missing.
    is_marked_unknown = any(d.unknown and d.for_year >= today.year for d in scheme.deadlines)
    reported: Deadline | None = None
    if scheme.status(today) == "passed" and not is_marked_unknown:
        reported = last = scheme.deadline("application", today)
        assert last is not None
        message = "Alle søknadsfristene er ute. Er den neste kjent?"
        expected = "en frist til, med «date», «expected: ÅÅÅÅ-MM» eller «unknown: true»"
        key: Key = ("deadlines", scheme.deadlines.index(last))
        yield warning(facts, key, message, str(last.date or last.expected), expected)
    for n, deadline in enumerate(scheme.deadlines):
        if deadline.expected is not None and deadline.has_passed(today) and deadline != reported:
            message = "Måneden som fristen var ventet i, er over."
            expected = "«date» med datoen det ble, eller «unknown: true»"
            key = ("deadlines", n, "expected")
            yield warning(facts, key, message, deadline.expected, expected)


def _dates_of(sources: Mapping[str, Source]) -> dict[Key, dt.date | None]:
    return {
        ("sources", name, part): getattr(source, part)
        for name, source in sources.items()
        for part in ("published", "read")
    }


def _too_early(
    document: Document, dates: Mapping[Key, dt.date | None], today: dt.date
) -> Iterator[Problem]:
    for key, date in dates.items():
        if date is not None and date > today:
            message, expected = "Datoen er ikke kommet ennå.", "i dag eller en dag før"
            yield warning(document, key, message, str(date), expected)

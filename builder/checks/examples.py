"""Worked examples: each track that something can be worked out for has one."""

from collections.abc import Iterator

from builder.checks.context import Context, warning
from builder.content import Problem
from calc.plan import estimate


def check(context: Context) -> Iterator[Problem]:
    """Tracks of a rule year without a worked example of that year."""
    for slug, scheme in context.site.schemes.items():
        for rules in scheme.rules:
            # A form with one track has no question for it.
            shown = {estimate(scheme.calculator, e.answers).track_id for e in rules.examples}
            for track_id, track in rules.tracks.items():
                if track.not_computable is None and track_id not in shown:
                    document = context.rules(slug, rules.year)
                    message = "Sporet har ikke noe regneeksempel."
                    expected = f"et eksempel under «examples» med «track: {track_id}»"
                    yield warning(document, ("tracks", track_id), message, expected=expected)

"""Worked examples: each track that something can be worked out for has one."""

from collections.abc import Iterator

from builder.checks.folder import Folder, warning
from builder.content import Problem
from calc.plan import estimate


def check(folder: Folder) -> Iterator[Problem]:
    """Tracks of a rule year without a worked example of that year."""
    scheme = folder.scheme
    for rules in scheme.rules if scheme else ():
        assert scheme is not None
        # A form with one track has no question for it.
        shown = {estimate(scheme.calculator, e.answers).track_id for e in rules.examples}
        for track_id, track in rules.tracks.items():
            if track.not_computable is None and track_id not in shown:
                message = "Sporet har ikke noe regneeksempel."
                expected = f"et eksempel under «examples» med «track: {track_id}»"
                document = folder.rules(rules.year)
                yield warning(document, ("tracks", track_id), message, expected=expected)

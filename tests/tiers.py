"""The two tiers: how much `make test` and `make test-all` try of the same test."""

import os

from hypothesis import HealthCheck, settings

THOROUGH = "thorough"
"""Hypothesis' profile of `make test-all`; the mark of tests that are in that tier alone."""

# Who asks for a number of examples searches at random; otherwise the same code gets the same
# examples each time.
ASKED = os.environ.get("PROPERTY_EXAMPLES")


def register_profiles() -> None:
    """Register the profiles of both tiers with Hypothesis, and load that of `make test`.

    `--hypothesis-profile thorough` loads the other one before any module of tests is read.
    """
    for name, examples in (("quick", 15), (THOROUGH, 100)):
        settings.register_profile(
            name,
            max_examples=int(ASKED or examples),
            # The machine may be busy, and is no fault of the code.
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
            derandomize=ASKED is None,
        )
    settings.load_profile("quick")


def examples(quick: int, thorough: int) -> int:
    """The number of examples in this run: of the quick tier, of all, or as PROPERTY_EXAMPLES says.

    For modules of tests while they are read, as in `@settings(max_examples=examples(10, 100))`.
    """
    if ASKED is not None:
        return int(ASKED)
    return thorough if settings.get_current_profile_name() == THOROUGH else quick

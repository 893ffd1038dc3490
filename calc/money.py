"""Whole kroner from exact arithmetic. Rounding happens here and nowhere else."""

from decimal import Decimal
from fractions import Fraction


def floor_kroner(amount: Fraction | Decimal | int) -> int:
    """Round a ceiling down to whole kroner.

    No rule for rounding is known, so we never promise a krone that the rules may not give.
    """
    exact = Fraction(amount)
    return exact.numerator // exact.denominator


def nearest_kroner(amount: Fraction | Decimal | int) -> int:
    """Round a cost to the nearest whole krone, half a krone up."""
    return floor_kroner(Fraction(amount) + Fraction(1, 2))


def share_of(amount: int, share: Fraction) -> int:
    """A share (0 to 1) of an amount in kroner, rounded down to whole kroner."""
    return floor_kroner(amount * share)

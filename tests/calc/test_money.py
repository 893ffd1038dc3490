"""Rounding: awards down, costs to the nearest krone."""

from decimal import Decimal
from fractions import Fraction

import pytest

from calc.money import floor_kroner, nearest_kroner, share_of


@pytest.mark.parametrize(
    ("amount", "floor", "nearest"),
    [
        (Fraction(0), 0, 0),
        (Fraction(199, 100), 1, 2),
        (Fraction(149, 100), 1, 1),
        (Fraction(3, 2), 1, 2),
        (Fraction(5, 2), 2, 3),  # not to the even number, as round() would
        (Decimal("2.5"), 2, 3),
        (7, 7, 7),
        (Fraction(10**15, 3), 333333333333333, 333333333333333),
    ],
)
def test_a_ceiling_is_rounded_down_and_a_cost_to_the_nearest_krone(
    amount: Fraction | Decimal | int, floor: int, nearest: int
) -> None:
    assert floor_kroner(amount) == floor
    assert nearest_kroner(amount) == nearest


def test_a_share_that_binary_fractions_cannot_hold_is_exact() -> None:
    # 0.07 as a float times 100 is 7.000000000000001; 29 per cent of 100 is 28.999999999999996.
    assert share_of(100, Fraction(29, 100)) == 29
    assert share_of(3_250_000, Fraction(70, 100)) == 2_275_000
    assert share_of(1, Fraction(2, 3)) == 0

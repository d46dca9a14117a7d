"""Law 2. Range: lr_min <= f(e) <= lr_init, always. A combinator stays between the lowest and the highest rate of its
parts, a product between the products of these."""

import pytest

from cosine_lr import ConstantLR, CosineLR, PolynomialLR, Schedule, WarmupLR, product_lr
from tests.laws.draws import law_of_each_row
from tests.schedules import ROWS, Row, broken

test_law = law_of_each_row(2)


@pytest.mark.parametrize(
    ("schedule", "epochs"),
    [
        (CosineLR(0.053, 0.00017, 10), [0, 1e-9]),
        (CosineLR(5e-324, 5e-324, 1.5), [0.5, 0.75, 1.0]),
        (PolynomialLR(1.5e-323, 5e-324, 1.5), [0.5, 0.75, 1.0]),
        # peak * (lr_start / peak) is above lr_start for the second pair, below it for the third
        *(
            (WarmupLR(ConstantLR(a), b, 10**6, curve="exponential"), [0, 1e-300, 1e-12, 1e-9, 1e-6])
            for a, b in [(0.1, 0.001), (0.11, 0.007), (0.01, 0.007)]
        ),
    ],
)
def test_roundings_that_left_the_range(schedule: Schedule, epochs: list[float]) -> None:
    assert broken(schedule, epochs, number=2) == []


@pytest.mark.parametrize("row", [row for row in ROWS if "lr_min" in row.call.keywords])
@pytest.mark.parametrize("e", [0, 1, 3.5, 10 / 391, 0.1 + 0.2, 10, 1000])
def test_a_decay_to_its_own_height_is_constant(row: Row, e: float) -> None:
    """lr_min == lr_init is allowed."""
    assert row.function(e, **row.call.keywords | {"lr_init": 0.1, "lr_min": 0.1}) == 0.1


def test_a_product_of_0_is_0() -> None:
    """also where the product of the other rates is beyond the doubles"""
    huge, zero = ConstantLR(1.7e308), ConstantLR(0.0)
    assert product_lr(3, [huge, huge, zero]) == product_lr(3, [zero, huge, huge]) == 0.0

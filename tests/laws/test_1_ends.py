"""Law 1. Ends: f(0) == lr_init and f(t_max) == lr_min, bit for bit. At half of a cosine and of a line the rate is the
mean of both, rounded once. For e < 0 as for e = 0; past the end lr_min for ever. Never -0.0."""

from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given

from cosine_lr import (
    CosineLR, CosineRestartsLR, PolynomialLR, ProductLR, Schedule, ShiftLR, StaircaseLR, WarmupLR, cosine_lr,
    multistep_lr, polynomial_lr,
)  # fmt: skip
from tests.laws.draws import CURVES, any_times, law_of_each_row, two_rates
from tests.schedules import FORMULAS, SCHEDULES, WORKED, around, broken, built

test_law = law_of_each_row(1)


@pytest.mark.parametrize(
    "schedule",
    [
        *SCHEDULES,
        CosineLR(0.053, 0.00017, 10),  # the textbook one-liner starts above lr_init
        CosineRestartsLR(0.21, 0.08, 10, gamma=0.5),  # 0.08 + (0.21 - 0.08) is not 0.21
        *(PolynomialLR(0.21, 0.08, 10, power=p) for p in (1.0, 2.0)),  # lr_min + (lr_init - lr_min) is not lr_init
        WarmupLR(CosineLR(0.1, 0.001, 0.01), 0.01, 2 / 391, curve="cosine"),
        ShiftLR(WarmupLR(CosineLR(0.1, 0.001, 10), 0.0, 5), 5),
        ProductLR([CosineLR(0.1, 0.001, 10), PolynomialLR(1.0, 0.5, 10)]),
    ],
)
def test_ends_of(schedule: Schedule) -> None:
    assert broken(schedule, [], number=1) == []


@given(two_rates, any_times)
@example((0.1, 0.001), 10)
@example((0.5, 0.08), 10)  # once 0.29000000000000004
@example((1.7e308, 1.6e308), 0.3)  # the sum is beyond the doubles
@example((5e-324, 5e-324), 3)  # half of the smallest double is 0
def test_halfway(pair: tuple[float, float], t: float) -> None:
    a, b = pair
    mean = float((Fraction(a) + Fraction(b)) / 2)
    assert cosine_lr(t / 2, a, b, t) == cosine_lr(t, a, b, 2 * t) == polynomial_lr(t / 2, a, b, t) == mean


SAME: list[Any] = [lambda s: ShiftLR(s, 0), lambda s: ProductLR([s]), lambda s: StaircaseLR(s, 1)]
SAME += [partial(WarmupLR, lr_start=0.01, t_warmup=0, curve=curve) for curve in CURVES]


@pytest.mark.parametrize("same", SAME)
def test_combinators_that_change_nothing(same: Any) -> None:
    assert same(CosineLR(*WORKED)).values(12) == CosineLR(*WORKED).values(12)


def test_milestones_at_and_before_the_start() -> None:
    """For e < 0 as for e = 0: a milestone of 0 or earlier counts there, one of 1 does not."""
    assert [multistep_lr(e, 1.0, [0, -3], 0.5) for e in (-1, -5, 0, 2)] == [0.25] * 4
    assert [multistep_lr(e, 1.0, [1, 0.5], 0.5) for e in (-1, 0, 0.5, 1)] == [1.0, 1.0, 0.5, 0.25]
    assert [multistep_lr(0, 1.0, [5e-324, 1e-300], 0.5), multistep_lr(1e-300, 1.0, [1e-300], 0.5)] == [1.0, 0.5]


@pytest.mark.parametrize("zero", [-0.0, 0, False, np.float32(-0.0)])
def test_a_rate_of_zero_prints_as_0(zero: Any) -> None:
    """Never as -0.0, which a log would show and 1/x would turn around."""
    ends = dict.fromkeys(("lr_init", "lr_min", "lr_start"), zero)
    calls = [partial(row.call, **{name: ends[name] for name in row.call.keywords if name in ends}) for row in FORMULAS]
    calls += [partial(row.call, lr_min=zero) for row in FORMULAS if "lr_min" in row.call.keywords]
    for call in around(lambda e: zero):
        calls.append(partial(call, lr_start=zero, curve="linear") if "curve" in call.keywords else call)
    rates = [f(e) for call in calls for f in (call, built(call)) for e in (0, 3, 7, 10.7, 99, 10**15)]
    assert {repr(rate) for rate in rates if rate <= 1e-300} == {"0.0"}

"""Law 1. Ends.

f(0) == lr_init, f(t_max) == lr_min, and for the cosine f(t_max/2) == the mean of both, rounded once. For e < 0 as for
e = 0; past a horizon's end, lr_min for ever. Never -0.0. For a combinator, read "its first end" for f(0).
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cosine_lr import (
    ConstantLR,
    CosineLR,
    LRIterator,
    PolynomialLR,
    ProductLR,
    RestartLR,
    SequenceLR,
    ShiftLR,
    StepLR,
    WarmupLR,
    constant_lr,
    cosine_lr,
    cosine_restarts_lr,
    exponential_lr,
    inverse_power_lr,
    multistep_lr,
    polynomial_lr,
    product_lr,
    restart_lr,
    sequence_lr,
    shift_lr,
    step_lr,
    warmup_lr,
)

from tests.examples import FULL, WORKED
from tests.laws.draws import SHAPES, Decay, decays, horizons, rates, shapes, times, two_rates


@given(horizons())
@example((lambda e: cosine_lr(e, 0.053, 0.00017, 10), 0.053, 0.00017, 10))  # the textbook one-liner exceeds lr_init
@example((lambda e: cosine_lr(e, *WORKED), *WORKED))
@example((lambda e: polynomial_lr(e, 0.01, 0.001, 10), 0.01, 0.001, 10))  # lr_min + (lr_init - lr_min) is not lr_init
def test_both_ends(horizon: Decay) -> None:
    f, a, b, end = horizon
    assert f(0) == f(-1) == f(-1e300) == f(-0.0) == a
    assert f(end) == f(math.nextafter(end, math.inf)) == f(end + 1) == f(2 * end) == f(10 * end + 7) == b


@given(decays())
def test_every_formula_starts_at_lr_init(decay: Decay) -> None:
    f, a, _, _ = decay
    assert f(0) == f(-3) == f(-0.5) == a


@given(two_rates, times)
@example((0.1, 0.001), 10)
@example((0.5, 0.08), 10)  # once 0.29000000000000004
@example((1.7e308, 1.6e308), 0.3)  # the sum is beyond the doubles
@example((5e-324, 5e-324), 3)  # half of the smallest double is 0
def test_halfway(pair: tuple[float, float], t: float) -> None:
    a, b = pair
    mean = float((Fraction(a) + Fraction(b)) / 2)
    assert cosine_lr(t / 2, a, b, t) == cosine_lr(t, a, b, 2 * t) == polynomial_lr(t / 2, a, b, t) == mean


@given(st.integers(1, 9999), st.integers(0, 9999), st.sampled_from([10, 100, 1000, 10_000]))
@example(50, 8, 100)
def test_halfway_between_decimals(i: int, j: int, scale: int) -> None:
    """What a person types is what a person expects: halfway from 0.5 to 0.08 is 0.29."""
    a, b = max(i, j) / scale, min(i, j) / scale
    assert cosine_lr(5, a, b, 10) == a / 2 + b / 2


def test_the_worked_example() -> None:
    assert [cosine_lr(e, *WORKED) for e in (0, 5, 10)] == [0.1, 0.0505, 0.001]
    assert cosine_lr(11, *WORKED) == cosine_lr(20, *WORKED) == 0.001  # others climb back


@given(two_rates, rates, times, times, shapes)
@example((0.1, 0.001), 0.01, 2 / 391, 0.1 + 0.2, "cosine")
def test_combinators_start_and_end_at_the_ends_of_their_pieces(
    pair: tuple[float, float], start: float, t: float, warm: float, shape: str
) -> None:
    a, b = pair
    start, warm = min(start, a), min(warm, 1000 * t)  # law 8: a boundary up to 1000 times later than it is long
    decay = CosineLR(a, b, t)
    f = WarmupLR(decay, start, warm, shape=shape)
    assert f(0) == f(-1) == start
    assert f(warm) == a
    assert f(warm + t) == f(1e300) == b
    assert SequenceLR([(warm, f)], ConstantLR(b))(0) == start
    assert SequenceLR([(warm, f)], ConstantLR(b))(warm) == b
    assert RestartLR(f, warm + t)(0) == start
    assert ShiftLR(f, warm)(0) == ShiftLR(f, warm)(-1) == a
    assert ShiftLR(f, warm)(t) == ShiftLR(f, warm + t)(0) == ShiftLR(decay, 2 * t)(0) == b
    assert ProductLR([decay, PolynomialLR(1.0, 0.5, t)])(0) == a
    assert ProductLR([decay, PolynomialLR(1.0, 0.5, t)])(t) == b * 0.5


@pytest.mark.parametrize("shape", SHAPES)
def test_a_warm_up_of_no_epochs_is_none(shape: str) -> None:
    assert WarmupLR(CosineLR(*WORKED), 0.01, 0, shape=shape).values(11) == CosineLR(*WORKED).values(11)


def test_a_shift_of_no_epochs_and_a_product_of_one_are_the_schedule() -> None:
    assert ShiftLR(CosineLR(*WORKED), 0).values(12) == CosineLR(*WORKED).values(12)
    assert ProductLR([CosineLR(*WORKED)]).values(12) == CosineLR(*WORKED).values(12)


def test_milestones_at_and_before_the_start() -> None:
    """For e < 0 as for e = 0: a milestone of 0 or earlier has been passed, one of 1 has not."""
    assert [multistep_lr(e, 1.0, [0, -3], 0.5) for e in (-1, -5, 0, 2)] == [0.25] * 4
    assert [multistep_lr(e, 1.0, [1, 0.5], 0.5) for e in (-1, 0, 0.5, 1)] == [1.0, 1.0, 0.5, 0.25]
    assert [multistep_lr(0, 1.0, [5e-324, 1e-300], 0.5), multistep_lr(1e-300, 1.0, [1e-300], 0.5)] == [1.0, 0.5]


@pytest.mark.parametrize("call", FULL, ids=lambda call: call.func.__name__)
def test_before_the_start_as_at_it(call: Any) -> None:
    for e in (-1, -0.5, -0.0, -1e-300, -(10**400), -1e308):
        assert call(e) == call(0)


@pytest.mark.parametrize("zero", [-0.0, 0, False, np.float32(-0.0)])
def test_a_rate_of_zero_prints_as_0(zero: Any) -> None:
    """Never as -0.0, which a log would show and 1/x would turn around."""
    rates = [
        constant_lr(3, zero),
        *(cosine_lr(e, zero, zero, 10) for e in (0, 3, 5, 7, 10, 20)),
        *(polynomial_lr(e, zero, zero, 10) for e in (0, 3, 5, 7, 10, 20)),
        cosine_lr(20, 0.1, zero, 10),
        polynomial_lr(20, 0.1, zero, 10),
        cosine_restarts_lr(20, 0.1, zero, 10, n_cycles=1),
        exponential_lr(10**6, 0.1, 0.5, lr_min=zero),
        step_lr(10**6, zero, 10, 0.5, lr_min=zero),
        multistep_lr(20, zero, [10], 0.5, lr_min=zero),
        inverse_power_lr(10**15, zero, 10, lr_min=zero),
        *(warmup_lr(0, lambda e: 0.1, zero, 5, shape=shape) for shape in ("linear", "cosine")),
        # what a foreign schedule returns
        warmup_lr(7, lambda e: zero, zero, 5),
        warmup_lr(3, lambda e: zero, zero, 5),
        sequence_lr(3, [(5, lambda e: zero)], lambda e: zero),
        sequence_lr(7, [(5, lambda e: zero)], lambda e: zero),
        restart_lr(3, lambda e: zero, 5),
        restart_lr(7, lambda e: zero, 5, gamma=0.5, n_cycles=1),
        shift_lr(7, lambda e: zero, 5),
        product_lr(7, [lambda e: zero, lambda e: 0.5]),
        product_lr(7, [lambda e: zero]),
    ]
    assert set(map(repr, rates)) == {"0.0"}


@pytest.mark.parametrize("zero", [-0.0, np.float32(-0.0)])
def test_a_schedule_of_zero_prints_as_0(zero: Any) -> None:
    def foreign(e: float) -> Any:
        return zero

    schedules: list[LRIterator] = [
        ConstantLR(zero),
        CosineLR(zero, zero, 10),
        PolynomialLR(0.1, zero, 10),
        StepLR(zero, 3, 0.5, lr_min=zero),
        WarmupLR(foreign, zero, 5),
        SequenceLR([(5, foreign)], foreign),
        RestartLR(foreign, 5, gamma=0.5),
        ShiftLR(foreign, 5),
        ProductLR([foreign, foreign]),
    ]
    assert {repr(schedule(20)) for schedule in schedules} == {"0.0"}

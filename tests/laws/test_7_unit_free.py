"""Law 7. Unit-free.

`e` and every `t_` share one unit, any unit, fractions of an epoch or of the run allowed. Whole times multiplied by a
whole number give the same bits (`restart_lr` with t_mult > 1: its schedule is asked at the same epoch, but for a
rounding); in fractions the same within law 6 and their own rounding, and every boundary falls on the same step (law 8).
"""

from __future__ import annotations

import math
from fractions import Fraction

from hypothesis import example, given
from hypothesis import strategies as st

from cosine_lr import (
    ConstantLR,
    CosineLR,
    CosineRestartsLR,
    ExponentialLR,
    InversePowerLR,
    LRIterator,
    MultiStepLR,
    PolynomialLR,
    ProductLR,
    RestartLR,
    SequenceLR,
    ShiftLR,
    StepLR,
    WarmupLR,
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

from tests.laws.draws import SHAPES, STEPS, gammas, in_unit, powers, step_schedules, two_rates, whole_times


@given(two_rates, whole_times, st.integers(1, 10**6), powers, gammas, st.integers(0, 10**7))
@example((0.1, 0.001), 10, 313, 1.0, 0.5, 3)
@example((0.1, 0.001), 10, 2**60, 0.5, 0.5, 17)
@example((3.0, 0.0), 1, 3, 1.0, 1.0, 110)  # 9 ulp of the rate itself, which is near 0
def test_the_same_bits_in_any_whole_multiple(
    pair: tuple[float, float], t: int, k: int, power: float, gamma: float, e: int
) -> None:
    a, b = pair
    assert cosine_lr(k * e, a, b, k * t) == cosine_lr(e, a, b, t)
    assert polynomial_lr(k * e, a, b, k * t, power=power, k_decay=power) == polynomial_lr(
        e, a, b, t, power=power, k_decay=power
    )
    assert exponential_lr(k * e, a, gamma, t_scale=k * t) == exponential_lr(e, a, gamma, t_scale=t)
    assert step_lr(k * e, a, k * t, gamma) == step_lr(e, a, t, gamma)
    assert multistep_lr(k * e, a, [k * t, 2 * k * t], gamma) == multistep_lr(e, a, [t, 2 * t], gamma)
    assert inverse_power_lr(k * e, a, k * t, power=power) == inverse_power_lr(e, a, t, power=power)
    t_mult: float
    for t_mult in (1, 2, 3, 1.5, 2.5):
        assert cosine_restarts_lr(k * e, a, b, k * t, t_mult=t_mult, gamma=gamma) == cosine_restarts_lr(
            e, a, b, t, t_mult=t_mult, gamma=gamma
        )
    ours, theirs = CosineLR(a, b, t), CosineLR(a, b, k * t)
    for shape in SHAPES:
        assert warmup_lr(k * e, theirs, b, k * t, shape=shape if b else "linear") == warmup_lr(
            e, ours, b, t, shape=shape if b else "linear"
        )
    assert sequence_lr(k * e, [(k * t, theirs)], theirs) == sequence_lr(e, [(t, ours)], ours)
    assert shift_lr(k * e, theirs, k * (t // 3)) == shift_lr(e, ours, t // 3)
    assert product_lr(k * e, [theirs, theirs]) == product_lr(e, [ours, ours])
    assert restart_lr(k * e, theirs, k * t, gamma=gamma) == restart_lr(e, ours, t, gamma=gamma)
    for t_mult in (2, 3, 1.5):
        here, there = (restart_lr(n * e, lambda place: place, n * t, t_mult=t_mult) for n in (1, k))
        assert abs(Fraction(there) / k - Fraction(here)) <= Fraction(2 * math.ulp(here))


@given(step_schedules(), st.integers(2, 10**6) | st.sampled_from(STEPS))
def test_any_schedule_in_any_whole_multiple(schedule: LRIterator, k: int) -> None:
    """The combinators inside one another. The same bits, but for stretched restarts."""
    scaled = in_unit(schedule, lambda t: t * k)
    stretched = "RestartLR(" in repr(schedule) and "t_mult" in repr(schedule)
    for e in range(80):
        got, want = scaled(k * e), schedule(e)
        assert got == want or stretched and abs(got - want) <= 1e-14


def _curves(a: float, b: float, t: int, gamma: float) -> list[LRIterator]:
    """Curves whose rate moves by no more than a few times lr_init in the time t, of every function."""
    return [
        ConstantLR(a),
        CosineLR(a, b, t),
        CosineRestartsLR(a, b, t, gamma=gamma, n_cycles=4),
        CosineRestartsLR(a, b, t, t_mult=1.5, gamma=gamma),
        PolynomialLR(a, b, t),
        ExponentialLR(a, max(gamma, 0.1), t_scale=t, lr_min=b),
        StepLR(a, t, gamma, lr_min=b),
        MultiStepLR(a, [t, 3 * t], gamma),
        InversePowerLR(a, t, lr_min=b),
        *(WarmupLR(CosineLR(a, b, t), a / 10, t, shape=shape) for shape in SHAPES),
        SequenceLR([(t, CosineLR(a, b, t)), (2 * t, StepLR(a, t, gamma))], InversePowerLR(a, t)),
        RestartLR(PolynomialLR(a, b, t), t, t_mult=2, gamma=gamma),
        ShiftLR(PolynomialLR(a, b, 2 * t), t),
        ProductLR([CosineLR(a, b, 3 * t), StepLR(1.0, t, gamma)]),
    ]


@given(two_rates, st.integers(1, 1000), st.sampled_from(STEPS), gammas, st.integers(0, 5000))
@example((0.1, 0.0), 90, 391, 0.5, 90)
@example((0.1, 0.0), 1, 10, 0.5, 3)
def test_in_fractions_the_same_curve(pair: tuple[float, float], t: int, n: int, gamma: float, e: int) -> None:
    """but for what law 6 allows, and what the rounding of k/n itself moves: 8 ulp of lr_init, for each cycle one"""
    for steps in _curves(*pair, t, gamma):
        run = in_unit(steps, lambda k: k / n)
        bound = (8 + e / t) * math.ulp(pair[0])
        assert abs(run(e / n) - steps(e)) <= bound, steps

"""Law 6. Exact, compared with 60-digit arithmetic on the same inputs. The bounds stand in the rows of
tests/schedules.py."""

from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from cosine_lr import (
    ConstantLR, CosineLR, CosineRestartsLR, ExponentialLR, InversePowerLR, MultiStepLR, PolynomialLR, ProductLR,
    RestartLR, Schedule, ShiftLR, StepLR, WarmupLR,
)  # fmt: skip
from tests import oracles
from tests.laws.draws import CURVES, any_times, close_gammas, epochs, law_of_each_row, near, rates, two_rates
from tests.schedules import broken, ulps

test_law = law_of_each_row(6)
PEAK, LOW = ConstantLR(0.5), ConstantLR(0.1)
EARLY, LATE = [(1.0, 0.2), (5.0, 1 / 5004), (5, 1 / 391)], [(0.01, 0.005), (5, 5 - 1 / 5004), (10, 0.5)]
FACTORS = [CosineLR(0.1, 0.001, 10), PolynomialLR(1.0, 0.5, 10, power=0.5), StepLR(1.0, 10, 0.5)]
FACTORS += [ExponentialLR(1.0, 0.5, t_scale=10), InversePowerLR(1.0, 10)]


@pytest.mark.parametrize(
    ("schedule", "e"),
    [
        (CosineLR(3e-4, 0.0, 10**5), 99_993),  # 0 in Keras and optax; 8 digits lost in the textbook formula
        (CosineLR(3e-4, 0.0, 10**9), 10**9 - 1),
        (CosineLR(6e-4, 6e-5, 10**6), 999_999),
        (CosineLR(3e-4, 0.0, 90_000 / 1251), 89_999 / 1251),
        (CosineLR(3e-4, 0.0, 1.0), 1 - 2**-39),
        (PolynomialLR(1.0, 0.0, 10**6, power=4.0, k_decay=4.0), 999_999),
        (PolynomialLR(1.0, 0.0, 10**6, power=4.0, k_decay=0.05), 1),
        (PolynomialLR(1.0, 0.0, 5.0, power=4.0, k_decay=0.5), 1 / 5004),
        *((PolynomialLR(1.0, 0.0, 1000, k_decay=1000), 1000 - k / n) for k in (1, 10, 100, 332, 500) for n in (1, 7)),
        (PolynomialLR(1.0, 0.0, 1000, k_decay=1000), 1000 - 1 / 391),  # once 463 ulp: a power of the rounded x
        (ExponentialLR(0.1, 0.5, t_scale=1000), 500),
        (ExponentialLR(1e3, 0.01, t_scale=1 / 391), 58 / 391),
        (ExponentialLR(1.0, 0.9999, t_scale=0.3), 0.1 + 0.2),
        (StepLR(0.1, 0.1, 0.5), 0.3),
        (StepLR(0.1, 1, 1 - 1e-15), 2**53),
        (StepLR(0.1, 0.2, 0.5), 0.1 + 0.2 + 0.3),
        (StepLR(0.1, 30 / 391, 0.5), 90 / 391),
        (StepLR(1.0, 0.2, 1 - 1e-15), 2**48 + 1),
        (MultiStepLR(0.1, [0.8], 0.1), 0.7 + 0.1),  # once not passed: the sum is 0.7999999999999999
        # once up to 8,369 ulp: t_warmup - e was rounded, then mirrored
        *((WarmupLR(PEAK, 0.0, t, curve=c), e) for c in CURVES[:2] for t, e in EARLY),
        *((WarmupLR(LOW, 1e-3, t, curve=c), e) for c in CURVES for t, e in LATE),
        (WarmupLR(ConstantLR(0.0019), 0.001472, 401, curve="exponential"), 390),  # 4.5 ulp from the lower end alone
        (WarmupLR(ConstantLR(0.0019), 0.001472, 401), 390),
        *(
            (WarmupLR(LOW, 1e-4, 97, curve=curve, power=p), e)
            for curve in CURVES
            for p in (0.05, 0.5, 2, 4, 10.5, 100)
            for e in (1, 40, 90, 96, 96.99)
        ),
        (CosineRestartsLR(0.1, 0.001, 10, gamma=0.9), 75),
        (RestartLR(CosineLR(0.1, 0.001, 10), 10, gamma=0.9), 75),
        (ProductLR(FACTORS), 3),
        # once 512 ulp and more: 1 - gamma**i by cancellation
        *((RestartLR(WarmupLR(PEAK, 0.0, 1), 1, gamma=g), e) for g in (0.998046875, 1 - 1e-12) for e in (1, 7, 10**6)),
        (WarmupLR(ConstantLR(1.0), 3e-75, 12569, curve="cosine", power=3.53125), 508),  # 19 ulp
        (ShiftLR(CosineRestartsLR(1.0, 0.0, 1), 8), 8 / 3),  # the sum is rounded before the place in the cycle is known
    ],
)
def test_within_the_bound(schedule: Schedule, e: float) -> None:
    want = oracles.rate(schedule, e)
    assert oracles.ulps(schedule(e), want) <= ulps(want, schedule)


@given(two_rates, any_times, st.sampled_from(CURVES), st.just(1.0) | st.floats(0.05, 12.0), st.data())
def test_warm_ups_in_any_unit(pair: Any, t: float, curve: str, power: float, data: st.DataObject) -> None:
    assume(pair[1] > 0)
    schedule = WarmupLR(ConstantLR(pair[0]), pair[1], t, curve=curve, power=power)
    assert broken(schedule, [min(e, t) for e in data.draw(st.lists(near(t), min_size=5))], number=6) == []


@given(st.floats(-290.0, 290.0), st.floats(-290.0, 290.0), any_times, st.floats(0.0, 1.0))
@example(-50.0, 50.0, 10, 0.3)  # once 57 ulp
@example(-290.0, 290.0, 10, 0.3)  # once lr_start for ever: the quotient is beyond the doubles
@example(-290.0, 290.0, 5.0, 17 / 391 / 5.0)
def test_exponential_warm_ups_over_many_decades(one: float, other: float, t: float, x: float) -> None:
    schedule = WarmupLR(ConstantLR(10.0 ** max(one, other)), 10.0 ** min(one, other), t, curve="exponential")
    want = oracles.rate(schedule, x * t)
    assert oracles.ulps(schedule(x * t), want) <= ulps(want, schedule)


@pytest.mark.parametrize("start", [5e-324, 1e-308])
def test_an_exponential_warm_up_from_almost_nothing_to_almost_everything(start: float) -> None:
    """The root of the quotient of its ends is beyond the doubles, too."""
    rates = WarmupLR(ConstantLR(1.79e308), start, 10, curve="exponential").values(11)
    assert rates == sorted(set(rates)) and rates[0] == start and rates[10] == 1.79e308


@given(rates, close_gammas, epochs | st.integers(0, 2**53))
def test_exponential_far_out(rate: float, gamma: float, e: float) -> None:
    """where gamma^e and the rate are normal doubles"""
    assert broken(ExponentialLR(rate, gamma), [e], number=6) == []


@given(rates, any_times, close_gammas, epochs | st.integers(0, 2**53))
def test_steps_far_out(rate: float, t: float, gamma: float, e: float) -> None:
    """From 2**51 steps on, `//` of two floats may be off by one. Two ints have no such limit."""
    assume(isinstance(e, int) and isinstance(t, int) or e / t < 2**51)
    assert broken(StepLR(rate, t, gamma), [e], number=6) == []


@given(two_rates, st.integers(1, 1000), close_gammas, st.integers(0, 10**6), st.integers(0, 999))
@example((0.1, 0.001), 10, 0.9, 7, 5)
def test_gamma_in_late_cycles(pair: tuple[float, float], t: int, gamma: float, i: int, place: int) -> None:
    for schedule in (CosineRestartsLR(*pair, t, gamma=gamma), RestartLR(CosineLR(*pair, t), t, gamma=gamma)):
        want = oracles.rate(schedule, i * t + place % t)
        assume(want > 1e-300)
        assert oracles.ulps(schedule(i * t + place % t), want) <= (4 if place % t == 0 else 12)

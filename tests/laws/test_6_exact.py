"""Law 6. Exact.

Against 60-digit arithmetic on the same inputs, whole and fractional times alike, beyond what forgiveness (law 8)
concerns: cosine <= 8 ulp, polynomial <= 16, inverse power <= 8, step, multistep and exponential <= 4 (with t_scale plus
one per unit of |ln(rate/lr_init)|), warm-ups linear <= 4, cosine <= 8, exponential <= 4 plus one per unit of
|ln(peak/lr_start)|, a product one per factor more than its factors, gamma in a restart 4 more than its schedule. Powers
up to 4, |e| <= 2^53 (2^51 times `step_size`), normal doubles.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from mpmath import mp

from cosine_lr import (
    ConstantLR,
    CosineLR,
    ExponentialLR,
    InversePowerLR,
    LRIterator,
    PolynomialLR,
    ProductLR,
    StepLR,
    WarmupLR,
    cosine_lr,
    cosine_restarts_lr,
    exponential_lr,
    inverse_power_lr,
    multistep_lr,
    polynomial_lr,
    restart_lr,
    step_lr,
    warmup_lr,
)

from tests import oracles
from tests.laws.draws import SHAPES, close_gammas, epochs, fractions, near, powers, rates, tenths, times, two_rates


def _allow(got: float, want: Any, ulps: float) -> None:
    assume(want == 0 or want > 1e-300)
    assert oracles.ulps(got, want) <= ulps


@given(two_rates, times, st.data())
@example((3e-4, 0.0), 10**5, 99_993)  # 0 in Keras and optax; 8 digits lost in the textbook formula
@example((3e-4, 0.0), 10**9, 10**9 - 1)
@example((6e-4, 6e-5), 10**6, 999_999)
@example((3e-4, 0.0), 90_000 / 1251, 89_999 / 1251)
@example((3e-4, 0.0), 1.0, 1 - 2**-39)
def test_cosine_within_8_ulp(pair: tuple[float, float], t: float, data: Any) -> None:
    """the last epochs before lr_min = 0 included"""
    e = data.draw(near(t)) if isinstance(data, st.DataObject) else data
    _allow(cosine_lr(e, *pair, t), oracles.cosine(e, *pair, t), 8)


@given(two_rates, times, powers, powers, st.data())
@example((1.0, 0.0), 10**6, 4.0, 4.0, 999_999)
@example((1.0, 0.0), 10**6, 4.0, 0.05, 1)
@example((1.0, 0.0), 5.0, 4.0, 0.5, 1 / 5004)
def test_polynomial_within_16_ulp(pair: tuple[float, float], t: float, power: float, k: float, data: Any) -> None:
    e = data.draw(near(t)) if isinstance(data, st.DataObject) else data
    got = polynomial_lr(e, *pair, t, power=power, k_decay=k)
    _allow(got, oracles.polynomial(e, *pair, t, power, k), 16)


@pytest.mark.parametrize("k", [1, 10, 100, 332, 500])
def test_a_k_decay_of_a_thousand_keeps_its_digits(k: int) -> None:
    """once 463 ulp: a power of the rounded x"""
    for e in (1000 - k / 7, 1000 - k, 999.9, 1000 - 1 / 391):
        got, want = polynomial_lr(e, 1.0, 0.0, 1000, k_decay=1000), oracles.polynomial(e, 1.0, 0.0, 1000, 1, 1000)
        assert oracles.ulps(got, want) <= 16


@pytest.mark.parametrize(
    ("power", "k_decay", "rate"), [(1, 1, 0.5), (2, 1, 0.25), (1, 2, 0.75), (2, 2, 0.5625), (2.0, 2.0, 0.5625)]
)
def test_polynomial_halfway(power: float, k_decay: float, rate: float) -> None:
    """b + (a-b)(1 - x^k_decay)^power"""
    assert polynomial_lr(5, 1.0, 0.0, 10, power=power, k_decay=k_decay) == rate


@given(rates, times, powers, epochs | st.integers(0, 2**53))
def test_inverse_power_within_8_ulp(rate: float, t: float, power: float, e: float) -> None:
    _allow(inverse_power_lr(e, rate, t, power=power), oracles.inverse_power(e, rate, t, power), 8)


@given(rates, close_gammas, epochs | st.integers(0, 2**53))
def test_exponential_within_4_ulp(rate: float, gamma: float, e: float) -> None:
    """where gamma^e and the rate are normal doubles"""
    _allow(exponential_lr(e, rate, gamma), oracles.exponential(e, rate, gamma), 4)


@given(rates, close_gammas, times | st.integers(1, 2**53), epochs | st.integers(0, 2**53))
@example(0.1, 0.5, 1000, 500)
@example(1e3, 0.01, 1 / 391, 58 / 391)
@example(1.0, 0.9999, 0.3, 0.1 + 0.2)
def test_exponential_with_t_scale(rate: float, gamma: float, t_scale: float, e: float) -> None:
    """4 plus one per unit of |ln(rate/lr_init)|"""
    want = oracles.exponential(e, rate, gamma, 0.0, t_scale)
    assume(want > 1e-300)
    _allow(exponential_lr(e, rate, gamma, t_scale=t_scale), want, 4 + abs(float(mp.log(want / rate))))


@given(rates, times, close_gammas, epochs | st.integers(0, 2**53))
@example(0.1, 0.1, 0.5, 0.3)
@example(0.1, 1, 1 - 1e-15, 2**53)
@example(0.1, 0.2, 0.5, 0.1 + 0.2 + 0.3)
@example(0.1, 30 / 391, 0.5, 90 / 391)
@example(1.0, 0.2, 1 - 1e-15, 2**48 + 1)
def test_step_within_4_ulp(rate: float, t: float, gamma: float, e: float) -> None:
    """From 2**51 steps on, `//` of two floats may be off by one. Two ints have no such limit."""
    assume(isinstance(e, int) and isinstance(t, int) or e / t < 2**51)
    _allow(step_lr(e, rate, t, gamma), oracles.step(e, rate, t, gamma), 4)


@given(rates, st.lists(epochs, max_size=8), close_gammas, epochs)
@example(0.1, [0.8], 0.1, 0.7 + 0.1)  # once not passed: the sum is 0.7999999999999999
def test_multistep_within_4_ulp(rate: float, milestones: list[float], gamma: float, e: float) -> None:
    _allow(multistep_lr(e, rate, milestones, gamma), oracles.multistep(e, rate, milestones, gamma), 4)


# Warm-ups. Once up to 8,369 ulp at fractional epochs: t_warmup - e was rounded, then mirrored.


def _assert_warm_up(e: float, peak: float, start: float, t: float, bound: dict[str, float]) -> None:
    for shape in SHAPES if start else SHAPES[:2]:
        want = oracles.warmup(e, peak, start, t, shape)
        _allow(warmup_lr(e, lambda e: peak, start, t, shape=shape), want, bound[shape])
        _allow(WarmupLR(ConstantLR(peak), start, t, shape=shape)(e), want, bound[shape])


def _bounds(peak: float, start: float) -> dict[str, float]:
    return {"linear": 4, "cosine": 8, "exponential": 4 + (math.log(peak / start) if start else 0.0)}


@given(two_rates, times, st.data())
@example((0.5, 0.0), 1.0, 0.2)  # once 0.09999999999999998
@example((0.5, 0.0), 5.0, 1 / 5004)
@example((0.5, 0.0), 5, 1 / 391)
@example((0.1, 0.001), 0.01, 0.005)
@example((0.1, 0.001), 5, 5 - 1 / 5004)
@example((0.0019, 0.001472), 401, 390)  # 4.5 ulp from the lower end alone
def test_warm_ups(pair: tuple[float, float], t: float, data: Any) -> None:
    e = min(data.draw(near(t)), t) if isinstance(data, st.DataObject) else data
    _assert_warm_up(e, pair[0], pair[1], t, _bounds(*pair))


@given(two_rates, st.floats(0.01, 1.0), st.integers(1, 1000), st.integers(1, 8000))
@example((0.1, 0.001), 0.01, 10, 4)  # half an epoch in
def test_warm_ups_in_eighths(pair: tuple[float, float], down: float, t: int, eighths: int) -> None:
    """linear; cosine: weight sin^2(pi x/2); exponential: lr_start*(peak/lr_start)^x."""
    peak, start = pair[0], pair[0] * down
    e = float(Fraction(eighths, 8 * max(t, eighths)) * t)
    _assert_warm_up(e, peak, start, t, _bounds(peak, start))


@given(st.floats(-290.0, 290.0), st.floats(-290.0, 290.0), times, st.data())
@example(-50.0, 50.0, 10, 3)  # once 57 ulp
@example(-290.0, 290.0, 10, 3)  # once lr_start for ever: the quotient is beyond the doubles
@example(-290.0, 290.0, 5.0, 17 / 391)
def test_exponential_warm_ups_over_many_decades(one: float, other: float, t: float, data: Any) -> None:
    start, peak = 10.0 ** min(one, other), 10.0 ** max(one, other)
    e = min(data.draw(near(t)), t) if isinstance(data, st.DataObject) else data
    units = (max(one, other) - min(one, other)) * math.log(10)
    want = oracles.warmup(e, peak, start, t, "exponential")
    _allow(warmup_lr(e, lambda e: peak, start, t, shape="exponential"), want, 4 + units)


def test_a_warm_up_in_tenths_of_an_epoch() -> None:
    f = WarmupLR(ConstantLR(0.5), 0.0, t_warmup=1.0)
    assert [f(k / 10) for k in range(11)] == [k / 20 for k in range(11)]


# Restarts. Their place in a cycle is law 8's.


@given(two_rates, st.integers(1, 1000), close_gammas, st.integers(0, 10**6), st.integers(0, 999))
@example((0.1, 0.001), 10, 0.9, 7, 5)
def test_gamma_adds_4_ulp_to_a_restart(pair: tuple[float, float], t: int, gamma: float, i: int, place: int) -> None:
    high, low = pair
    up, place = oracles.exact(gamma) ** i, place % t
    height = oracles.exact(low) + (oracles.exact(high) - oracles.exact(low)) * up
    _allow(cosine_restarts_lr(i * t, high, low, t, gamma=gamma), height, 4)
    _allow(restart_lr(i * t, lambda e: high if e < t else low, t, gamma=gamma), height, 4)
    want = oracles.exact(low) + (oracles.cosine(place, high, low, t) - oracles.exact(low)) * up
    _allow(cosine_restarts_lr(i * t + place, high, low, t, gamma=gamma), want, 8 + 4)
    _allow(restart_lr(i * t + place, CosineLR(high, low, t), t, gamma=gamma), want, 8 + 4)


# Products.


@given(two_rates, times, close_gammas, powers, st.data())
@example((0.1, 0.001), 10, 0.5, 0.5, 3)
@example((0.1, 0.001), 80 / 391, 0.5, 0.5, 79 / 391)
def test_a_product_within_one_ulp_per_factor(
    pair: tuple[float, float], t: float, gamma: float, power: float, data: Any
) -> None:
    """one per factor more than its factors"""
    e = data.draw(near(t)) if isinstance(data, st.DataObject) else data
    factors: list[LRIterator] = [
        CosineLR(*pair, t),
        PolynomialLR(1.0, 0.5, t, power=power),
        StepLR(1.0, t, gamma),
        ExponentialLR(1.0, gamma, t_scale=t),
        InversePowerLR(1.0, t, power=power),
    ]
    for n in range(1, len(factors) + 1):
        want = mp.fprod(oracles.exact(factor(e)) for factor in factors[:n])
        _allow(ProductLR(factors[:n])(e), want, n - 1)


@given(fractions | tenths, st.integers(1, 40), st.integers(0, 100), st.sampled_from([391, 5004, 10]))
def test_what_combinators_ask_their_schedules(duration: float, t: int, k: int, n: int) -> None:
    """On a clock of its own a schedule is as exact as elsewhere: only the difference of the two times is rounded."""
    inner = CosineLR(0.1, 0.001, t)
    e = duration + k / n
    want = oracles.cosine(max(e - duration, 0), 0.1, 0.001, t)
    assert oracles.ulps(WarmupLR(inner, 0.0, duration)(e), want) <= 8


@pytest.mark.parametrize("start", [5e-324, 1e-308])
def test_an_exponential_warm_up_from_almost_nothing_to_almost_everything(start: float) -> None:
    """The root of the quotient of its ends is beyond the doubles, too."""
    rates = WarmupLR(ConstantLR(1.79e308), start, 10, shape="exponential").values(11)
    assert rates == sorted(set(rates)) and rates[0] == start and rates[10] == 1.79e308


def test_an_exponential_warm_up_over_six_hundred_decades() -> None:
    """The quotient of its ends, 1e600, is beyond the doubles; it once stayed at lr_start."""
    for e in range(11):
        assert warmup_lr(e, lambda e: 1e300, 1e-300, 10, shape="exponential") == pytest.approx(10.0 ** (60 * e - 300))

"""Law 2. Range.

lr_min <= f(e) <= lr_init, always. Combinators: between the smallest and the largest end of the pieces; products:
between the products of these.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cosine_lr import (
    ConstantLR,
    CosineLR,
    PolynomialLR,
    ProductLR,
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

from tests.laws.draws import Decay, decays, gammas, near, shapes, times, two_rates


@given(decays(), st.data())
@example((lambda e: cosine_lr(e, 0.053, 0.00017, 10), 0.053, 0.00017, 10), None)
@example((lambda e: cosine_lr(e, 5e-324, 5e-324, 1.5), 5e-324, 5e-324, 1.5), None)
@example((lambda e: polynomial_lr(e, 1.5e-323, 5e-324, 1.5), 1.5e-323, 5e-324, 1.5), None)
def test_every_formula_stays_in_its_range(decay: Decay, data: Any) -> None:
    f, a, b, t = decay
    for e in [0, t / 3, t / 2, 2 * t / 3] + ([] if data is None else [data.draw(near(t)) for _ in range(10)]):
        assert b <= f(e) <= a


@given(two_rates, times, gammas, shapes, st.data())
def test_combinators_stay_within_the_ends_of_their_pieces(
    pair: tuple[float, float], t: float, gamma: float, shape: str, data: st.DataObject
) -> None:
    a, b = pair
    t_mult = data.draw(st.sampled_from([1, 2, 3, 1.5]))
    inner = CosineLR(a, b, t)
    factor = PolynomialLR(1.0, gamma, 2 * t)
    start = a * data.draw(st.floats(1e-6, 1.0))
    for _ in range(10):
        e = data.draw(near(t))
        assert start <= warmup_lr(min(e, t), inner, start, t, shape=shape) <= a
        assert b <= warmup_lr(e + t, inner, start, t, shape=shape) <= a
        assert min(b, a / 2) <= sequence_lr(e, [(t / 2, ConstantLR(a / 2))], inner) <= a
        assert b <= restart_lr(e, inner, t, t_mult=t_mult, gamma=gamma) <= a
        assert b <= cosine_restarts_lr(e, a, b, t, t_mult=t_mult, gamma=gamma) <= a
        assert b <= shift_lr(e, inner, t / 3) <= a
        assert b * gamma <= product_lr(e, [inner, factor]) <= a


@given(two_rates, times, gammas, shapes, st.data())
def test_combinators_inside_one_another(
    pair: tuple[float, float], t: float, gamma: float, shape: str, data: st.DataObject
) -> None:
    a, b = pair
    warm = WarmupLR(CosineLR(a, b, t), b or a / 9, t / 3, shape=shape)
    for _ in range(10):
        e = data.draw(near(t))
        low = min(b, warm.lr_start)
        assert low <= restart_lr(e, warm, t, t_mult=1.5, gamma=gamma) <= a
        assert low <= sequence_lr(e, [(t / 7, warm), (t / 5, warm)], warm) <= a
        assert low * low <= product_lr(e, [warm, warm]) <= a * a
        assert low * low <= shift_lr(e, ProductLR([warm, warm]), t / 9) <= a * a


@pytest.mark.parametrize(("peak", "start"), [(0.1, 0.001), (0.11, 0.007), (0.01, 0.007)])
def test_a_warm_up_is_never_below_lr_start(peak: float, start: float) -> None:
    """peak * (lr_start / peak) is above lr_start for the second pair, below it for the third."""
    f = WarmupLR(ConstantLR(peak), start, 10**6, shape="exponential")
    assert f(0) == start and all(f(e) >= start for e in (1e-300, 1e-12, 1e-9, 1e-6))


def test_a_decay_to_nowhere_is_constant() -> None:
    """lr_min == lr_init and gamma == 1 are allowed: the ends of their ranges."""
    for e in (0, 1, 3.5, 10 / 391, 0.1 + 0.2, 10, 1000):
        assert cosine_lr(e, 0.1, 0.1, 10) == polynomial_lr(e, 0.1, 0.1, 10, power=2) == 0.1
        assert exponential_lr(e, 0.1, 0.5, lr_min=0.1) == inverse_power_lr(e, 0.1, 10, lr_min=0.1) == 0.1
        assert exponential_lr(e, 0.1, 1.0) == step_lr(e, 0.1, 3, 1.0) == multistep_lr(e, 0.1, [3], 1.0) == 0.1
        assert exponential_lr(e, 0.1, 1.0, t_scale=0.3) == 0.1


def test_a_product_of_0_is_0() -> None:
    """also where the product of the other rates is beyond the doubles"""
    huge = ConstantLR(1.7e308)
    assert product_lr(3, [huge, huge, ConstantLR(0.0)]) == product_lr(3, [ConstantLR(0.0), huge, huge]) == 0.0

"""What the laws draw: rates, times and epochs, whole and in fractions of an epoch or of the run; schedules of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from itertools import accumulate
from typing import Any

from hypothesis import strategies as st

from cosine_lr import (
    ConstantLR,
    CosineLR,
    CosineRestartsLR,
    LRIterator,
    MultiStepLR,
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
    step_lr,
)

Curve = Callable[[float], float]
Decay = tuple[Curve, float, float, float]  # a curve, its lr_init, its lr_min and its time scale

STEPS = (8, 10, 97, 391, 1000, 1251, 5004, 90_000)  # of an epoch, or of a run
SHAPES = ("linear", "cosine", "exponential")
tenths = st.integers(1, 300).map([*accumulate([0.1] * 301)].__getitem__)
fractions = st.tuples(st.integers(1, 10**6), st.sampled_from(STEPS)).map(lambda pair: pair[0] / pair[1])
rates = st.floats(1e-12, 1e3) | st.sampled_from([0.1, 0.053, 3e-4, 1.0])
two_rates = st.tuples(rates, st.floats(0.0, 1.0)).map(lambda pair: (pair[0], pair[0] * pair[1]))
whole_times = st.integers(1, 10**6)
times = whole_times | fractions | tenths | st.floats(1e-3, 1e6)
powers = st.floats(0.05, 4.0) | st.sampled_from([0.5, 1.0, 2.0])
gammas = st.floats(0.01, 1.0)
close_gammas = gammas | st.floats(1e-15, 1e-3).map(lambda d: 1 - d)
shapes = st.sampled_from(SHAPES)
epochs = st.integers(0, 10**7) | fractions | tenths | st.floats(0.0, 1e7)


@st.composite
def near(draw: st.DrawFn, t: float) -> float:
    """An epoch around a horizon: anywhere, at a fraction of it, or one of the last steps before it."""
    steps = draw(st.sampled_from(STEPS))
    return draw(
        st.one_of(
            epochs,
            st.floats(0.0, 1.5).map(lambda x: x * t),
            st.integers(0, 9).map(lambda n: max(t - n, 0)),
            st.integers(0, steps + 2).map(lambda k: k / steps * t),
            st.integers(0, steps + 2).map(lambda k: k * t / steps),
        )
    )


@st.composite
def decays(draw: st.DrawFn) -> Decay:
    """A formula that only falls."""
    (a, b), t, power, gamma = draw(two_rates), draw(times), draw(powers), draw(gammas)
    factor = StepLR(1.0, t, gamma, lr_min=gamma / 2)
    some: Decay = draw(
        st.sampled_from(
            [
                (lambda e: constant_lr(e, a), a, a, t),
                (lambda e: cosine_lr(e, a, b, t), a, b, t),
                (lambda e: cosine_restarts_lr(e, a, b, t, gamma=gamma, n_cycles=1), a, b, t),
                (lambda e: polynomial_lr(e, a, b, t, power=power), a, b, t),
                (lambda e: polynomial_lr(e, a, b, t, k_decay=power), a, b, t),
                (lambda e: exponential_lr(e, a, gamma, t_scale=t, lr_min=b), a, b, t),
                (lambda e: step_lr(e, a, t, gamma, lr_min=b), a, b, t),
                (lambda e: multistep_lr(e, a, [t, 2 * t, t], gamma, lr_min=b), a, b, t),
                (lambda e: inverse_power_lr(e, a, t, power=power, lr_min=b), a, b, t),
                (lambda e: product_lr(e, [CosineLR(a, b, t), factor]), a, b * factor.lr_min, t),
            ]
        )
    )
    return some


@st.composite
def horizons(draw: st.DrawFn) -> Decay:
    """A decay with an end, which stands in the place of the time scale."""
    (a, b), t, power = draw(two_rates), draw(times), draw(powers)
    t_mult = draw(st.sampled_from([1, 2, 3, 1.5]))
    n = draw(st.integers(1, 4))
    end = sum(t * t_mult**i for i in range(n))
    inner = CosineLR(a, b, t)
    some: Decay = draw(
        st.sampled_from(
            [
                (lambda e: cosine_lr(e, a, b, t), a, b, t),
                (lambda e: polynomial_lr(e, a, b, t, power=power), a, b, t),
                (lambda e: polynomial_lr(e, a, b, t, power=power, k_decay=power), a, b, t),
                (lambda e: cosine_restarts_lr(e, a, b, t, t_mult=t_mult, n_cycles=n), a, b, end),
                (lambda e: restart_lr(e, inner, t, t_mult=t_mult, n_cycles=n), a, b, end),
                (lambda e: product_lr(e, [inner, PolynomialLR(1.0, 0.5, t)]), a, b * 0.5, t),
            ]
        )
    )
    return some


# Schedules in whole steps, and the same in any other unit.

TIMES = ("t_max", "t_scale", "step_size", "milestones", "t_warmup", "pieces", "t_shift")


def in_unit(schedule: LRIterator, convert: Curve) -> LRIterator:
    """The schedule with all of its times converted."""
    rule = {each.name: getattr(schedule, each.name) for each in fields(schedule) if each.name != "e"}
    return replace(schedule, **{name: _converted(name, value, convert) for name, value in rule.items()})


def _converted(name: str, value: Any, convert: Curve) -> Any:
    if isinstance(value, LRIterator):
        return in_unit(value, convert)
    if isinstance(value, tuple):  # milestones, schedules, and pieces, which are tuples too
        return tuple(_converted(name, each, convert) for each in value)
    return convert(value) if name in TIMES else value


def _leaf(draw: st.DrawFn, rate: float, t: int) -> LRIterator:
    """A schedule of one formula, whose boundaries are easy to see."""
    milestones = draw(st.lists(st.integers(1, 4 * t), max_size=3))
    t_mult = draw(st.sampled_from([1, 2, 3, 1.5]))
    return draw(
        st.sampled_from(
            [
                ConstantLR(rate),
                CosineLR(rate, rate / 10, t),
                PolynomialLR(rate, rate / 2, t),
                StepLR(rate, t, 0.5, lr_min=rate / 100),
                MultiStepLR(rate, milestones, 0.5),
                CosineRestartsLR(rate, rate / 10, t, t_mult=t_mult, gamma=0.5),
                CosineRestartsLR(rate, rate / 10, t, t_mult=t_mult, n_cycles=2),
            ]
        )
    )


@st.composite
def step_schedules(draw: st.DrawFn, depth: int = 3) -> LRIterator:
    """A schedule in whole steps, with combinators inside one another."""
    rate, t = draw(st.sampled_from([1.0, 0.7, 0.3])), draw(st.integers(1, 40))
    kind = draw(st.sampled_from(["leaf", "warm-up", "sequence", "restart", "shift", "product"])) if depth else "leaf"
    if kind == "leaf":
        return _leaf(draw, rate, t)
    inner = draw(step_schedules(depth - 1))
    if kind == "warm-up":
        return WarmupLR(inner, inner(0) / 10, t, shape=draw(shapes))
    if kind == "sequence":
        other = draw(step_schedules(depth - 1))
        return SequenceLR([(t, other), (0, other), (draw(st.integers(0, 40)), ConstantLR(rate))], inner)
    if kind == "restart":
        cycling: dict[str, Any] = {"t_mult": draw(st.sampled_from([1, 2, 3, 1.5])), "gamma": draw(gammas)}
        return RestartLR(inner, t, **cycling, n_cycles=draw(st.sampled_from([None, 1, 2, 5])))
    if kind == "shift":
        return ShiftLR(inner, draw(st.integers(0, 40)))
    return ProductLR([inner, _leaf(draw, rate, t)])

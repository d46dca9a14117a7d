"""The contract: twelve laws, a test or more for each, named after it and quoting it."""

from __future__ import annotations

import copy
import dataclasses
import math
import pickle
import random
import warnings
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from inspect import Parameter, signature
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from mpmath import mp

from cosine_lr import (
    ConstantLR,
    CosineLR,
    CosineRestartsLR,
    ExponentialLR,
    InversePowerLR,
    LRIterator,
    MultiStepLR,
    PolynomialLR,
    RestartLR,
    SequenceLR,
    StepLR,
    WarmupLR,
    constant_lr,
    cosine_lr,
    cosine_restarts_lr,
    exponential_lr,
    inverse_power_lr,
    multistep_lr,
    parse,
    polynomial_lr,
    restart_lr,
    sequence_lr,
    step_lr,
    warmup_lr,
)

from tests import oracles

WORKED = (0.1, 0.001, 10)  # the worked example: lr_init, lr_min, t_max

rates = st.floats(1e-12, 1e3) | st.sampled_from([0.1, 0.053, 3e-4, 1.0])
two_rates = st.tuples(rates, st.floats(0.0, 1.0)).map(lambda pair: (pair[0], pair[0] * pair[1]))
whole_times = st.integers(1, 10**6)
times = whole_times | st.floats(1e-3, 1e6)
powers = st.floats(0.05, 4.0) | st.sampled_from([0.5, 1.0, 2.0])
gammas = st.floats(0.01, 1.0)
epochs = st.integers(0, 10**7) | st.floats(0.0, 1e7)


@st.composite
def near(draw: st.DrawFn, t: float) -> float:
    """An epoch around a horizon: anywhere, at a fraction of it, or the last before it."""
    return draw(
        st.one_of(epochs, st.floats(0.0, 1.5).map(lambda x: x * t), st.integers(0, 9).map(lambda n: max(t - n, 0)))
    )


@st.composite
def decays(draw: st.DrawFn) -> tuple[Callable[[float], float], float, float, float]:
    """A formula that only falls, as a function of the epoch, with its lr_init, lr_min and time scale."""
    (a, b), t, power, gamma = draw(two_rates), draw(times), draw(powers), draw(gammas)
    formula: Callable[[float], float] = draw(
        st.sampled_from(
            [
                lambda e: constant_lr(e, a),
                lambda e: cosine_lr(e, a, b, t),
                lambda e: cosine_restarts_lr(e, a, b, t, gamma=gamma, n_cycles=1),
                lambda e: polynomial_lr(e, a, b, t, power=power),
                lambda e: polynomial_lr(e, a, b, t, k_decay=power),
                lambda e: exponential_lr(e / t, a, gamma, lr_min=b),
                lambda e: step_lr(e, a, t, gamma, lr_min=b),
                lambda e: multistep_lr(e, a, [t, 2 * t, t], gamma, lr_min=b),
                lambda e: inverse_power_lr(e, a, t, power=power, lr_min=b),
            ]
        )
    )
    return formula, a, b, t


@st.composite
def horizons(draw: st.DrawFn) -> tuple[Callable[[float], float], float, float, float]:
    (a, b), t, power = draw(two_rates), draw(times), draw(powers)
    t_mult = draw(st.sampled_from([1, 2, 3]))
    n = draw(st.integers(1, 4))
    end = sum(t * t_mult**i for i in range(n))
    formula: tuple[Callable[[float], float], float] = draw(
        st.sampled_from(
            [
                (lambda e: cosine_lr(e, a, b, t), t),
                (lambda e: polynomial_lr(e, a, b, t, power=power), t),
                (lambda e: polynomial_lr(e, a, b, t, power=power, k_decay=power), t),
                (lambda e: cosine_restarts_lr(e, a, b, t, t_mult=t_mult, n_cycles=n), end),
            ]
        )
    )
    return formula[0], a, b, formula[1]


# 1. Ends.


@given(horizons())
@example((lambda e: cosine_lr(e, 0.053, 0.00017, 10), 0.053, 0.00017, 10))  # the textbook one-liner exceeds lr_init
@example((lambda e: cosine_lr(e, *WORKED), *WORKED))
@example((lambda e: polynomial_lr(e, 0.01, 0.001, 10), 0.01, 0.001, 10))  # lr_min + (lr_init - lr_min) is not lr_init
def test_law_1_ends(horizon: tuple[Callable[[float], float], float, float, float]) -> None:
    """f(0) == lr_init, f(t_max) == lr_min, bit for bit. For e < 0 as for e = 0; past the end, lr_min for ever."""
    f, a, b, end = horizon
    assert f(0) == f(-1) == f(-1e300) == f(-0.0) == a
    assert f(end) == f(math.nextafter(end, math.inf)) == f(end + 1) == f(2 * end) == f(10 * end + 7) == b


@given(decays())
def test_law_1_every_formula_starts_at_lr_init(decay: tuple[Callable[[float], float], float, float, float]) -> None:
    """f(0) == lr_init, bit for bit. For e < 0 as for e = 0."""
    f, a, _, _ = decay
    assert f(0) == f(-3) == f(-0.5) == a


@given(two_rates, whole_times)
@example((0.1, 0.001), 10)
def test_law_1_halfway(pair: tuple[float, float], t: int) -> None:
    """For the cosine f(t_max/2) == lr_init - (lr_init-lr_min)/2, bit for bit."""
    a, b = pair
    assert cosine_lr(t / 2, a, b, t) == cosine_lr(t, a, b, 2 * t) == a - (a - b) / 2


def test_law_1_the_worked_example() -> None:
    assert [cosine_lr(e, *WORKED) for e in (0, 5, 10)] == [0.1, 0.0505, 0.001]
    assert cosine_lr(11, *WORKED) == cosine_lr(20, *WORKED) == 0.001  # others climb back


@given(two_rates, rates, times, st.sampled_from(["linear", "cosine", "exponential"]))
def test_law_1_combinators_start_and_end_at_the_ends_of_their_pieces(
    pair: tuple[float, float], start: float, t: float, shape: str
) -> None:
    """For combinators read "the first end" for f(0)."""
    a, b = pair
    start = min(start, a)
    f = WarmupLR(CosineLR(a, b, t), start, t, shape=shape)
    assert f(0) == f(-1) == start
    assert f(t) == a
    assert f(2 * t) == f(1e300) == b
    assert SequenceLR([(t, f)], ConstantLR(b))(0) == start
    assert SequenceLR([(t, f)], ConstantLR(b))(t) == b
    assert RestartLR(f, 2 * t)(0) == start


# 2. Range.


@given(decays(), st.data())
@example((lambda e: cosine_lr(e, 0.053, 0.00017, 10), 0.053, 0.00017, 10), None)
def test_law_2_range(decay: tuple[Callable[[float], float], float, float, float], data: Any) -> None:
    """lr_min <= f(e) <= lr_init, always."""
    f, a, b, t = decay
    for e in [0, t / 3, 2 * t / 3] + ([] if data is None else [data.draw(near(t)) for _ in range(10)]):
        assert b <= f(e) <= a


@given(two_rates, whole_times, gammas, st.data())
def test_law_2_range_of_combinators(pair: tuple[float, float], t: int, gamma: float, data: st.DataObject) -> None:
    """For combinators read "between the smallest and the largest end of the pieces"."""
    a, b = pair
    shape = data.draw(st.sampled_from(["linear", "cosine", "exponential"]))
    t_mult = data.draw(st.sampled_from([1, 2, 1.5]))
    inner = CosineLR(a, b, t)
    start = a * data.draw(st.floats(1e-6, 1.0))
    for _ in range(10):
        e = data.draw(near(t))
        assert start <= warmup_lr(min(e, t), inner, start, t, shape=shape) <= a
        assert b <= warmup_lr(e + t, inner, start, t, shape=shape) <= a
        assert min(b, a / 2) <= sequence_lr(e, [(t / 2, ConstantLR(a / 2))], inner) <= a
        assert b <= restart_lr(e, inner, t, t_mult=t_mult, gamma=gamma) <= a
        assert b <= cosine_restarts_lr(e, a, b, t, t_mult=t_mult, gamma=gamma) <= a


# 3. Monotone.


@given(decays(), st.data())
def test_law_3_monotone(decay: tuple[Callable[[float], float], float, float, float], data: st.DataObject) -> None:
    """Every decay is non-increasing over epochs at least 10^-9 of its time scale apart."""
    f, _, _, t = decay
    points = sorted(data.draw(st.lists(near(t), min_size=5, max_size=30)) + [0.5 * t, 0.5 * t + 2e-9 * t, t])
    kept = points[:1]
    for e in points[1:]:
        if e - kept[-1] >= 1e-9 * t:
            kept.append(e)
    values = [f(e) for e in kept]
    assert values == sorted(values, reverse=True)


@given(two_rates, st.integers(1, 50), st.sampled_from([1, 2, 3]), gammas)
def test_law_3_monotone_within_a_cycle(pair: tuple[float, float], t: int, t_mult: int, gamma: float) -> None:
    """Restarts: within a cycle."""
    a, b = pair
    for start, length in oracles.cycles(t, t_mult, 5 * t):
        values = [cosine_restarts_lr(start + k, a, b, t, t_mult=t_mult, gamma=gamma) for k in range(length)]
        assert values == sorted(values, reverse=True)


# 4. Pure.


ZOO: list[LRIterator] = [
    ConstantLR(0.1),
    CosineLR(*WORKED),
    CosineRestartsLR(*WORKED, t_mult=2, gamma=0.5, n_cycles=5),
    CosineRestartsLR(*WORKED, t_mult=1.5),
    PolynomialLR(*WORKED, power=2.0, k_decay=0.5),
    ExponentialLR(0.1, 0.9, lr_min=0.001),
    StepLR(0.1, 3, 0.5),
    MultiStepLR(0.1, [3, 7], 0.1),
    InversePowerLR(0.1, 4),
    WarmupLR(CosineLR(*WORKED), 0.01, 5),
    WarmupLR(InversePowerLR(0.1, 4), 0.01, 5, shape="cosine"),
    WarmupLR(ConstantLR(0.1), 0.01, 5, shape="exponential"),
    SequenceLR([(3, ConstantLR(0.1)), (4.5, StepLR(0.1, 2, 0.5))], CosineLR(*WORKED)),
    RestartLR(WarmupLR(PolynomialLR(0.1, 0.0, 5), 0.0, 5), 10, t_mult=2, gamma=0.5, n_cycles=4),
]


def test_law_4_pure() -> None:
    """Same arguments, same bits, in any order; no state, no warnings. Arguments are never changed."""
    points = [e / 2 for e in range(-4, 200)]
    before = copy.deepcopy(ZOO)
    straight = [[schedule(e) for e in points] for schedule in ZOO]
    order = [(i, j) for i in range(len(ZOO)) for j in range(len(points))]
    random.Random(0).shuffle(order)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert all(ZOO[i](points[j]) == straight[i][j] for i, j in order)
        assert not caught
    assert before == ZOO
    milestones = [7, 3]
    pieces = [(3, ZOO[0])]
    multistep_lr(5, 0.1, milestones, 0.5)
    sequence_lr(5, pieces, ZOO[1])
    assert milestones == [7, 3] and pieces == [(3, before[0])]


def test_law_4_no_warnings_from_other_number_types() -> None:
    points = [
        np.uint8(0),
        np.uint8(200),
        np.int8(-3),
        np.float16(6e4),
        np.float32(1e38),
        np.float64(1e308),
        np.array(7),
    ]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for schedule in ZOO:
            for e in points:
                schedule(e)  # type: ignore[arg-type]
        for name, (function, arguments) in CALLS.items():
            for convert in NUMBERS.values():
                function(
                    **{one: convert(value) if isinstance(value, float) else value for one, value in arguments.items()}
                )
    assert not caught, caught[0]


# 5. A float.


NUMBERS: dict[str, Callable[[float], Any]] = {
    "numpy float32": np.float32,
    "numpy float16": np.float16,
    "numpy float64": np.float64,
    "numpy longdouble": np.longdouble,
    "0-d float32": lambda v: np.array(v, dtype=np.float32),
    "0-d float64": np.array,
    "Fraction": lambda v: Fraction(v).limit_denominator(1000),
    "Decimal": lambda v: Decimal(str(v)),
}
WHOLE: dict[str, Callable[[int], Any]] = {
    "numpy int64": np.int64,
    "numpy int8": np.int8,
    "numpy uint8": np.uint8,
    "0-d int": np.array,
    "bool": lambda v: bool(v) if v < 2 else v,
}
CALLS: dict[str, tuple[Callable[..., float], dict[str, Any]]] = {
    "constant_lr": (constant_lr, {"e": 3.3, "lr_init": 0.1}),
    "cosine_lr": (cosine_lr, {"e": 3.3, "lr_init": 0.1, "lr_min": 0.01, "t_max": 10.7}),
    "cosine_restarts_lr": (
        cosine_restarts_lr,
        {"e": 33.3, "lr_init": 0.1, "lr_min": 0.01, "t_max": 10.7, "t_mult": 1.7, "gamma": 0.9},
    ),
    "polynomial_lr": (
        polynomial_lr,
        {"e": 3.3, "lr_init": 0.1, "lr_min": 0.01, "t_max": 10.7, "power": 1.3, "k_decay": 0.7},
    ),
    "exponential_lr": (exponential_lr, {"e": 3.3, "lr_init": 0.1, "gamma": 0.9, "lr_min": 0.01}),
    "step_lr": (step_lr, {"e": 33.3, "lr_init": 0.1, "step_size": 10.7, "gamma": 0.7, "lr_min": 0.01}),
    "multistep_lr": (multistep_lr, {"e": 33.3, "lr_init": 0.1, "gamma": 0.7, "lr_min": 0.01, "milestones": (3.1, 9.7)}),
    "inverse_power_lr": (inverse_power_lr, {"e": 3.3, "lr_init": 0.1, "t_scale": 10.7, "power": 0.3, "lr_min": 0.01}),
    "warmup_lr": (warmup_lr, {"e": 3.3, "schedule": lambda e: 0.3, "lr_start": 0.1, "t_warmup": 10.7}),
    "sequence_lr": (sequence_lr, {"e": 3.3, "pieces": [(1.1, lambda e: 0.3)], "then": CosineLR(*WORKED)}),
    "restart_lr": (restart_lr, {"e": 33.3, "schedule": CosineLR(*WORKED), "t_max": 10.7, "t_mult": 1.7, "gamma": 0.9}),
}


def _numeric(arguments: dict[str, Any]) -> list[str]:
    return [name for name, value in arguments.items() if isinstance(value, float)]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("name", CALLS)
def test_law_5_a_float_from_any_number(name: str, number: str) -> None:
    """type(f(e)) is float, whatever number types came in: everything counts with its float()."""
    function, arguments = CALLS[name]
    convert = NUMBERS[number]
    for each in [*map(lambda one: [one], _numeric(arguments)), _numeric(arguments)]:
        foreign = arguments | {one: convert(arguments[one]) for one in each}
        plain = arguments | {one: float(foreign[one]) for one in each}
        got = function(**foreign)
        assert type(got) is float
        assert got == function(**plain), (each, "not at full precision")


@pytest.mark.parametrize("number", WHOLE)
@pytest.mark.parametrize("e", [0, 1, 7, 12, 100])
def test_law_5_whole_numbers_count_exactly(number: str, e: int) -> None:
    """Python and NumPy integers count exactly."""
    epoch = WHOLE[number](e)
    for schedule in ZOO:
        assert type(schedule(epoch)) is float
        assert schedule(epoch) == schedule(e)
    assert cosine_lr(epoch, 1, 0, WHOLE[number](10)) == cosine_lr(e, 1.0, 0.0, 10)
    assert type(cosine_lr(epoch, True, False, 10)) is float


def test_law_5_whole_numbers_beyond_the_doubles_keep_their_digits() -> None:
    t = 2**80 + 1
    assert cosine_lr(t - 1, 1.0, 0.0, t) > 0.0 == cosine_lr(t, 1.0, 0.0, t)
    assert step_lr(t - 1, 1.0, t, 0.5) == 1.0 and step_lr(t, 1.0, t, 0.5) == 0.5
    assert cosine_restarts_lr(3 * t - 1, 1.0, 0.0, t, t_mult=2) < 1e-40
    assert cosine_restarts_lr(3 * t, 1.0, 0.0, t, t_mult=2) == 1.0


@given(st.sampled_from([*range(len(ZOO))]), st.integers(0, 255), st.sampled_from([np.float32, np.float16]))
def test_law_5_a_small_float_does_not_drag_the_arithmetic_down(which: int, e: int, kind: Any) -> None:
    """np.float32(3) as epoch gives what its float() gives, at full precision."""
    assert ZOO[which](kind(e) / kind(4)) == ZOO[which](float(kind(e) / kind(4)))


@pytest.mark.parametrize("rate", [np.float32(0.1), np.float64(0.1), Fraction(1, 10), Decimal("0.1"), 1, True])
def test_law_5_what_a_foreign_schedule_returns_becomes_a_float(rate: Any) -> None:
    for schedule in (
        WarmupLR(lambda e: rate, 0.01, 5),
        SequenceLR([(5, lambda e: rate)], lambda e: rate),
        RestartLR(lambda e: rate, 5, gamma=0.5),
    ):
        for e in (4.5, 5, 7):
            assert type(schedule(e)) is float
    assert WarmupLR(lambda e: rate, 0.01, 5)(5) == float(rate)


# 6. Exact enough.


def _allow(got: float, want: Any, ulps: float) -> None:
    assume(want == 0 or want > 1e-300)
    assert oracles.ulps(got, want) <= ulps


@given(two_rates, times, st.data())
@example((3e-4, 0.0), 10**5, 99_993)  # 0 in Keras and optax; 8 digits lost in the textbook formula
@example((3e-4, 0.0), 10**9, 10**9 - 1)
@example((6e-4, 6e-5), 10**6, 999_999)
def test_law_6_cosine_within_8_ulp(pair: tuple[float, float], t: float, data: Any) -> None:
    """Against 60-digit arithmetic on the same inputs: cosine <= 8 ulp, the last epochs before lr_min = 0 included."""
    e = data if isinstance(data, int) else data.draw(near(t))
    _allow(cosine_lr(e, *pair, t), oracles.cosine(e, *pair, t), 8)


@given(two_rates, times, powers, powers, st.data())
@example((1.0, 0.0), 10**6, 4.0, 4.0, 999_999)
@example((1.0, 0.0), 10**6, 4.0, 0.05, 1)
def test_law_6_polynomial_within_16_ulp(pair: tuple[float, float], t: float, power: float, k: float, data: Any) -> None:
    """polynomial <= 16"""
    e = data if isinstance(data, int) else data.draw(near(t))
    got = polynomial_lr(e, *pair, t, power=power, k_decay=k)
    _allow(got, oracles.polynomial(e, *pair, t, power, k), 16)


@given(rates, times, powers, epochs)
def test_law_6_inverse_power_within_8_ulp(rate: float, t: float, power: float, e: float) -> None:
    """inverse power <= 8"""
    _allow(inverse_power_lr(e, rate, t, power=power), oracles.inverse_power(e, rate, t, power), 8)


@given(rates, gammas | st.floats(1e-15, 1e-3).map(lambda d: 1 - d), epochs | st.integers(0, 2**53))
def test_law_6_exponential_within_4_ulp(rate: float, gamma: float, e: float) -> None:
    """exponential, step and multistep <= 4, where gamma^e and the rate are normal doubles"""
    _allow(exponential_lr(e, rate, gamma), oracles.exponential(e, rate, gamma), 4)


@given(rates, times, gammas | st.floats(1e-15, 1e-3).map(lambda d: 1 - d), epochs | st.integers(0, 2**53))
@example(0.1, 0.1, 0.5, 0.3)
@example(0.1, 1, 1 - 1e-15, 2**53)
def test_law_6_step_within_4_ulp(rate: float, t: float, gamma: float, e: float) -> None:
    quotient = Fraction(e) / Fraction(t)
    assume(
        abs(quotient - round(quotient)) > quotient * Fraction(1, 2**48)
        or Fraction(t).denominator == 1
        or quotient < 100
    )
    _allow(step_lr(e, rate, t, gamma), oracles.step(e, rate, t, gamma), 4)


@given(rates, st.lists(epochs, max_size=8), gammas, epochs)
def test_law_6_multistep_within_4_ulp(rate: float, milestones: list[float], gamma: float, e: float) -> None:
    _allow(multistep_lr(e, rate, milestones, gamma), oracles.multistep(e, rate, milestones, gamma), 4)


# 7. Unit-free.


@given(two_rates, whole_times, st.integers(1, 10**6), powers, gammas, st.integers(0, 10**7))
@example((0.1, 0.001), 10, 313, 1.0, 0.5, 3)
@example((0.1, 0.001), 10, 2**60, 0.5, 0.5, 17)
def test_law_7_unit_free(pair: tuple[float, float], t: int, k: int, power: float, gamma: float, e: int) -> None:
    """For integer times f(k*e; k*t) == f(e; t) bit for bit."""
    a, b = pair
    assert cosine_lr(k * e, a, b, k * t) == cosine_lr(e, a, b, t)
    assert polynomial_lr(k * e, a, b, k * t, power=power, k_decay=power) == polynomial_lr(
        e, a, b, t, power=power, k_decay=power
    )
    assert step_lr(k * e, a, k * t, gamma) == step_lr(e, a, t, gamma)
    assert multistep_lr(k * e, a, [k * t, 2 * k * t], gamma) == multistep_lr(e, a, [t, 2 * t], gamma)
    assert inverse_power_lr(k * e, a, k * t, power=power) == inverse_power_lr(e, a, t, power=power)
    t_mult: float
    for t_mult in (1, 2, 3, 1.5, 2.5):
        assert cosine_restarts_lr(k * e, a, b, k * t, t_mult=t_mult, gamma=gamma) == cosine_restarts_lr(
            e, a, b, t, t_mult=t_mult, gamma=gamma
        )
    ours, theirs = CosineLR(a, b, t), CosineLR(a, b, k * t)
    for shape in ("linear", "cosine", "exponential"):
        assert warmup_lr(k * e, theirs, b, k * t, shape=shape if b else "linear") == warmup_lr(
            e, ours, b, t, shape=shape if b else "linear"
        )
    assert sequence_lr(k * e, [(k * t, theirs)], theirs) == sequence_lr(e, [(t, ours)], ours)
    assert restart_lr(k * e, theirs, k * t, gamma=gamma) == restart_lr(e, ours, t, gamma=gamma)
    for t_mult in (2, 3, 1.5):
        got = restart_lr(k * e, theirs, k * t, t_mult=t_mult, gamma=gamma)
        assert abs(got - restart_lr(e, ours, t, t_mult=t_mult, gamma=gamma)) <= 8 * math.ulp(got)


# 8. Restarts.


@given(two_rates, times, st.sampled_from([1, 2, 3, 1.5, 1.001]), gammas, st.floats(0.0, 1.0, exclude_max=True))
def test_law_8_first_cycle(pair: tuple[float, float], t: float, t_mult: float, gamma: float, x: float) -> None:
    """On the first cycle equal to cosine_lr."""
    e = x * t
    assume(t - e > 1e-11 * t)
    assert cosine_restarts_lr(e, *pair, t, t_mult=t_mult, gamma=gamma) == cosine_lr(e, *pair, t)


def _assert_boundary(start: int, length: int, before: int, t: int, t_mult: int) -> None:
    """The restart returns the peak, the epoch before it the last of its cycle, the epoch after it the second."""
    assert cosine_restarts_lr(start, 0.1, 0.001, t, t_mult=t_mult) == 0.1
    last = cosine_restarts_lr(start - 1, 0.1, 0.001, t, t_mult=t_mult)
    assert last == cosine_lr(before - 1, 0.1, 0.001, before)
    after = cosine_restarts_lr(start + 1, 0.1, 0.001, t, t_mult=t_mult)
    assert after == (0.1 if length == 1 else cosine_lr(1, 0.1, 0.001, length))


@pytest.mark.parametrize("t_mult", range(2, 11))
def test_law_8_every_restart_up_to_10_to_the_15(t_mult: int) -> None:
    """With integer t_max and a whole t_mult every restart epoch returns its peak exactly and the epoch before it is
    the last of its cycle, for e up to 10^15. (T_0=10, T_mult=3, epoch 1210 is lr_min in PyTorch, timm and Keras.)"""
    for t in range(1, 41):
        cycles = oracles.cycles(t, t_mult, 10**15)
        for (_, before), (start, length) in zip(cycles, cycles[1:]):
            _assert_boundary(start, length, before, t, t_mult)
            assert cosine_restarts_lr(float(start), 0.1, 0.001, float(t), t_mult=float(t_mult)) == 0.1


@pytest.mark.parametrize("t", [1, 2, 3, 7, 10, 40])
def test_law_8_every_restart_of_equal_cycles(t: int) -> None:
    some = random.Random(t)
    for cycle in [*range(1, 10_001), *(some.randrange(1, 10**15 // t) for _ in range(2000))]:
        _assert_boundary(cycle * t, t, t, t, 1)


@given(st.integers(1, 10**9), st.integers(2, 2**53), st.integers(0, 10**15))
@example(1, 10**8 + 1, 10**8 + 2)
@example(1, 2**53, 10**15)
def test_law_8_any_whole_t_mult(t: int, t_mult: int, e: int) -> None:
    cycles = oracles.cycles(t, t_mult, e)
    start, length = cycles[-1]
    assert cosine_restarts_lr(start, 0.1, 0.001, t, t_mult=t_mult) == 0.1
    assert cosine_restarts_lr(e, 0.1, 0.001, t, t_mult=t_mult) == cosine_lr(e - start, 0.1, 0.001, length)


@pytest.mark.parametrize("t_mult", [1, 2, 3, 10])
@pytest.mark.parametrize("gamma", [1.0, 0.5, 0.9])
def test_law_8_epoch_by_epoch(t_mult: int, gamma: float) -> None:
    for t in (1, 2, 5, 10):
        for e, (cycle, place, length) in enumerate(oracles.walk(300, t, t_mult)):
            got = cosine_restarts_lr(e, 0.1, 0.001, t, t_mult=t_mult, gamma=gamma)
            want = oracles.cosine(place, 0.1, 0.001, length)
            shrunk = oracles.exact(0.001) + (want - oracles.exact(0.001)) * oracles.exact(gamma) ** cycle
            assert oracles.ulps(got, shrunk) <= 16


@pytest.mark.parametrize(
    ("t_max", "t_mult", "e"),
    [
        (100, 1.1, 331),
        (100, 1.1, 100 + 110),
        (0.1, 1, 0.3),
        (0.1, 2, 0.1 + 0.2),
        (0.1, 2, 0.3),
        (16, 1.5, 40),
        (16, 1.5, 211),
    ],
)
def test_law_8_boundaries_forgive_a_rounding(t_max: float, t_mult: float, e: float) -> None:
    """t_max=100, t_mult=1.1 restarts at 331; t_max=0.1 restarts at 0.3."""
    assert cosine_restarts_lr(e, 0.1, 0.001, t_max, t_mult=t_mult) == 0.1
    assert cosine_restarts_lr(e * (1 - 1e-9), 0.1, 0.001, t_max, t_mult=t_mult) < 0.002
    assert restart_lr(e, lambda place: 0.1 if place == 0 else 0.0, t_max, t_mult=t_mult) == 0.1


@pytest.mark.parametrize("t_mult", [1.1, 1.5, 1.9, 2.5])
def test_law_8_a_fractional_t_mult_forgives_a_millionth_of_a_millionth(t_mult: float) -> None:
    """an epoch within 10^-12 (relative) of a restart is on it"""
    assert cosine_restarts_lr(100 * (1 - 9e-13), 0.1, 0.001, 100, t_mult=t_mult) == 0.1
    assert cosine_restarts_lr(100 * (1 - 9e-12), 0.1, 0.001, 100, t_mult=t_mult) < 0.002


@pytest.mark.parametrize(("below", "peak"), [(1, True), (5, True), (7, False), (10**6, False)])
def test_law_8_a_whole_t_mult_forgives_a_rounding(below: int, peak: bool) -> None:
    """with a fractional t_max, within 2^-50"""
    rate = cosine_restarts_lr(3.0 - below * 2**-51, 0.1, 0.001, 1.0, t_mult=2)
    assert rate == 0.1 if peak else rate < 0.002


@pytest.mark.parametrize("t", [2**53 + 1, 2**54 - 1, 2**60 + 1])
@pytest.mark.parametrize("t_mult", [1, 2, 3, 10])
def test_law_5_long_cycles_are_counted_exactly(t: int, t_mult: int) -> None:
    """Python integers count exactly: the last epoch of a cycle is not the restart, which is next to it in doubles."""
    for start in (t, t + t_mult * t):
        assert cosine_restarts_lr(start, 0.1, 0.0, t, t_mult=t_mult) == 0.1
        assert 0.0 < cosine_restarts_lr(start - 1, 0.1, 0.0, t, t_mult=t_mult) < 1e-30


@pytest.mark.parametrize("t_mult", range(2, 11))
def test_law_8_the_last_epoch_of_each_cycle_has_the_height_of_its_own_cycle(t_mult: int) -> None:
    """each cycle's height is gamma times that of the one before: halved, so exactly"""
    for t in (1, 3, 7, 10, 40):
        cycles = oracles.cycles(t, t_mult, 10**15)
        for i, ((_, length), (start, _)) in enumerate(zip(cycles, cycles[1:])):
            last = cosine_restarts_lr(start - 1, 0.1, 0.0, t, t_mult=t_mult, gamma=0.5)
            assert last == cosine_lr(length - 1, 0.1 * 0.5**i, 0.0, length)


t_mults = (
    st.floats(1e-9, 1e12).map(lambda d: 1 + d)
    | st.floats(1.0, 4.0, exclude_min=True)
    | st.sampled_from([1, 2, 3, 7, 1.001, 1.5, 2.5])
)


@given(st.floats(1e-3, 1e3), t_mults, st.floats(-1.0, 13.0))
@example(24.0, 84782057753.33937, 12.0)
def test_law_8_the_place_in_a_cycle(t: float, t_mult: float, size: float) -> None:
    """Elsewhere the place in cycle i is the real-number formula's within 10^-15*(i+1) of a cycle."""
    e = t * 10**size
    cycle, want = oracles.place(e, t, t_mult)
    stretch = oracles.exact(t_mult) ** cycle
    forgiven = oracles.exact(e) * oracles.exact(2e-12) / (oracles.exact(t) * stretch)
    assume(min(want, 1 - want) > forgiven)
    seen = restart_lr(e, lambda place: place, t, t_mult=t_mult) / t  # the schedule that tells where it was asked
    assert abs(oracles.exact(seen) - want) <= 1e-15 * (cycle + 1) + 2e-16


# 9. Never stops a run.


@pytest.mark.parametrize(
    "e",
    [
        10**15,
        2**53,
        2**63,
        10**400,
        -(10**400),
        1e308,
        -1e308,
        5e-324,
        Fraction(10**400),
        Decimal("1e400"),
        np.float64(1e300),
    ],
    ids=lambda e: f"{type(e).__name__}-{str(e)[:12]}",
)
def test_law_9_never_stops_a_run(e: Any) -> None:
    """No finite e raises, however large (1e308) or negative; an int beyond the doubles counts as the largest one."""
    for schedule in ZOO:
        rate = schedule(e)
        assert type(rate) is float and 0.0 <= rate <= 0.1
        if e < 0:
            assert rate == schedule(0)
        elif e > 1e308:
            assert rate == schedule(1.7976931348623157e308)
    for t in (1e-300, 5e-324, 0.1, 1e308, 10**400):
        assert 0.001 <= cosine_lr(e, 0.1, 0.001, t) <= 0.1
        assert 0.001 <= polynomial_lr(e, 0.1, 0.001, t, power=2) <= 0.1
        assert 0.0 <= inverse_power_lr(e, 0.1, t) <= 0.1
        assert 0.0 <= step_lr(e, 0.1, t, 0.5) <= 0.1
        for t_mult in (1, 1.001, 1.5, 2, 3.0, 2**53):
            assert 0.001 <= cosine_restarts_lr(e, 0.1, 0.001, t, t_mult=t_mult, gamma=0.5) <= 0.1
            assert 0.001 <= restart_lr(e, lambda e: 0.001 if e else 0.1, t, t_mult=t_mult) <= 0.1


@pytest.mark.parametrize("t_mult", [1, 2, 1.5])
def test_law_9_an_epoch_beyond_all_cycles_counts_as_the_last_that_is_told_apart(t_mult: float) -> None:
    """For restarts an epoch past 2^53*t_max counts as that one."""
    far = cosine_restarts_lr(10 * 2**53, 0.1, 0.001, 10, t_mult=t_mult)
    assert cosine_restarts_lr(10**30, 0.1, 0.001, 10, t_mult=t_mult) == far
    assert cosine_restarts_lr(1e308, 0.1, 0.001, 10, t_mult=t_mult) == far


# 10. Resumable.


@pytest.mark.parametrize("schedule", ZOO, ids=repr)
def test_law_10_resumable(schedule: LRIterator) -> None:
    """The whole state of an iterator is the integer e: how many rates were taken, so the next epoch. Resumed at k it
    equals the straight run. Calling schedule(e) never moves the position."""
    n = 40
    straight = schedule.values(n)
    assert schedule.e == 0
    for k in range(n):
        first = copy.copy(schedule)
        taken = [next(first) for _ in range(k)]
        first(3), first.values(5)
        assert first.state_dict() == {"e": k}
        resumed = copy.copy(schedule)
        resumed.load_state_dict(first.state_dict())
        assert taken + [next(resumed) for _ in range(n - k)] == straight
        assert resumed.e == n
        assert type(schedule)(**(vars(schedule) | {"e": k})) == first


def test_law_10_composing_never_advances_an_inner_schedule() -> None:
    inner = CosineLR(*WORKED, e=3)
    outer = WarmupLR(inner, 0.01, 2)
    restarts = RestartLR(outer, 7, gamma=0.5)
    sequence = SequenceLR([(2, inner)], restarts)
    for schedule in (outer, restarts, sequence):
        for _ in range(30):
            next(schedule)
    assert inner.e == 3
    assert outer.schedule == CosineLR(*WORKED)  # a copy at position 0: a rule, not a run
    assert sequence.pieces[0][1] == CosineLR(*WORKED)
    assert restarts.schedule.e == 0  # type: ignore[attr-defined]


# 12. Values. (11, bad input, is a file of its own.)


@pytest.mark.parametrize("schedule", ZOO, ids=repr)
def test_law_12_values(schedule: LRIterator) -> None:
    """Iterators compare equal, copy, deepcopy, pickle and print; parse(repr(s)) == s."""
    moved = copy.copy(schedule)
    next(moved)
    assert moved != schedule
    for each in (schedule, moved):
        assert copy.copy(each) == copy.deepcopy(each) == pickle.loads(pickle.dumps(each)) == parse(repr(each)) == each
        assert copy.copy(each).values(20) == each.values(20)
    assert repr(moved) == repr(schedule)[:-1] + ", e=1)"  # shown only once it has moved


@given(
    two_rates,
    times,
    st.sampled_from([1, 2, 1.5]),
    gammas,
    st.none() | st.integers(1, 9),
    powers,
    st.lists(epochs, max_size=4),
    st.integers(0, 10**9),
)
def test_law_12_repr_is_valid_notation(
    pair: tuple[float, float],
    t: float,
    t_mult: float,
    gamma: float,
    n: int | None,
    power: float,
    milestones: list[float],
    e: int,
) -> None:
    a, b = pair
    inner = [
        CosineRestartsLR(a, b, t, t_mult=t_mult, gamma=gamma, n_cycles=n, e=e),
        PolynomialLR(a, b, t, power=power, k_decay=gamma),
        MultiStepLR(a, milestones, gamma, lr_min=b),
        InversePowerLR(a, t, power=power),
    ]
    schedules = [
        *inner,
        SequenceLR([(t, each) for each in inner], WarmupLR(inner[0], b, t, shape="cosine"), e=e),
        RestartLR(SequenceLR([], inner[1]), t, t_mult=t_mult, gamma=gamma, n_cycles=n),
    ]
    for schedule in schedules:
        assert parse(repr(schedule)) == schedule


def test_law_12_numbers_become_plain() -> None:
    """On construction numbers become plain int or float, sequences become tuples."""
    numbers: list[Any] = [np.float32(0.5), 0, np.int64(10), np.float64(2), np.int8(3)]
    schedule = CosineRestartsLR(*numbers[:3], t_mult=numbers[3], n_cycles=numbers[4])
    assert repr(schedule) == "CosineRestartsLR(0.5, 0.0, t_max=10, t_mult=2.0, n_cycles=3)"
    assert [type(value) for value in vars(schedule).values()] == [int, float, float, int, float, float, int]
    lists: list[Any] = [np.array([3, 7]), [[5, ConstantLR(1)]]]
    milestones = MultiStepLR(0.1, lists[0], 0.5).milestones
    assert repr(milestones) == "(3, 7)"
    pieces = SequenceLR(lists[1], ConstantLR(2)).pieces
    assert repr(pieces) == "((5, ConstantLR(1.0)),)"


def test_law_12_other_callables_keep_repr_and_equality_but_are_not_notation() -> None:
    def rule(e: float) -> float:
        return 0.1

    schedule = WarmupLR(rule, 0.01, 5)
    assert schedule == WarmupLR(rule, 0.01, 5) != WarmupLR(lambda e: 0.1, 0.01, 5)
    assert "rule" in repr(schedule)
    with pytest.raises(ValueError, match="^text"):
        parse(repr(schedule))


# The values of every kind of schedule, and its edges.


@given(two_rates, st.floats(0.01, 1.0), st.integers(1, 1000), st.integers(1, 8000))
@example((0.1, 0.001), 0.01, 10, 4)  # half an epoch in
def test_a_warm_up_rises_along_its_equation(pair: tuple[float, float], down: float, t: int, eighths: int) -> None:
    """linear; cosine: weight sin^2(pi x/2); exponential: lr_start*(peak/lr_start)^x."""
    peak, start = pair[0], pair[0] * down
    x = oracles.exact(Fraction(eighths, 8 * max(t, eighths)))
    e, low, high = float(Fraction(eighths, 8 * max(t, eighths)) * t), oracles.exact(start), oracles.exact(peak)
    x = oracles.exact(e) / t
    want = {
        "linear": low + (high - low) * x,
        "cosine": low + (high - low) * mp.sin(mp.pi * x / 2) ** 2,
        "exponential": low * (high / low) ** x,
    }
    for shape, rate in want.items():
        assert oracles.ulps(warmup_lr(e, lambda e: peak, start, t, shape=shape), rate) <= 16


@pytest.mark.parametrize(
    ("power", "k_decay", "rate"), [(1, 1, 0.5), (2, 1, 0.25), (1, 2, 0.75), (2, 2, 0.5625), (2.0, 2.0, 0.5625)]
)
def test_polynomial_halfway(power: float, k_decay: float, rate: float) -> None:
    """b + (a-b)(1 - x^k_decay)^power"""
    assert polynomial_lr(5, 1.0, 0.0, 10, power=power, k_decay=k_decay) == rate


@pytest.mark.parametrize("shape", ["linear", "cosine", "exponential"])
def test_a_warm_up_of_no_epochs_is_none(shape: str) -> None:
    """t_warmup=0 means no warm-up."""
    assert WarmupLR(CosineLR(*WORKED), 0.01, 0, shape=shape).values(11) == CosineLR(*WORKED).values(11)


@pytest.mark.parametrize(("peak", "start"), [(0.1, 0.001), (0.11, 0.007), (0.01, 0.007)])
def test_a_warm_up_starts_at_lr_start_and_never_below(peak: float, start: float) -> None:
    """never below lr_start: peak * (lr_start / peak) is above it for the second pair, below for the third."""
    f = WarmupLR(ConstantLR(peak), start, 10**6, shape="exponential")
    assert f(0) == start and all(f(e) >= start for e in (1e-300, 1e-12, 1e-9, 1e-6))


def test_the_pieces_of_a_sequence_one_by_one() -> None:
    """each piece sees its own clock, starting at 0; numbers are durations, not boundaries"""
    clock = SequenceLR([(3, float), (4.5, float), (2, float)], float)
    assert [clock(e) for e in (0, 2.5, 3, 7, 7.5, 9, 9.5, 10, 100)] == [0, 2.5, 0, 4, 0, 1.5, 0, 0.5, 90.5]


def test_the_cycles_of_a_restart_one_by_one() -> None:
    """cycle i replays the first t_max epochs, stretched by t_mult^i; heights above schedule(t_max) shrink by gamma^i"""
    line = PolynomialLR(0.5, 0.0, 5)
    f = RestartLR(line, 4, t_mult=2, gamma=0.5, n_cycles=2)
    low = line(4)
    assert f.values(4) == line.values(4)
    assert [f(e) for e in range(4, 12)] == pytest.approx([low + (line(k / 2) - low) / 2 for k in range(8)], rel=1e-15)
    assert [f(e) for e in (12, 13, 28, 1000)] == [low] * 4  # or schedule(t_max) after n_cycles
    assert RestartLR(line, 4, gamma=0.5, n_cycles=1).values(9) == line.values(4) + [low] * 5
    assert RestartLR(line, 4).values(12) == 3 * line.values(4)


@pytest.mark.parametrize(("below", "steps"), [(1, 3), (3, 3), (5, 3), (6, 2), (7, 2)])
def test_a_quotient_just_below_a_whole_number(below: int, steps: int) -> None:
    """a quotient less than 2^-50 (relative) below a whole number counts as that number"""
    e = 3 - below * 2**-51  # six of these are 2**-50 of 3
    assert step_lr(e, 1.0, 1.0, 0.5) == 0.5**steps
    for t in (1.0, 1):
        rate = cosine_restarts_lr(e, 0.1, 0.0, t, gamma=0.5)
        assert rate == 0.0125 if steps == 3 else rate < 1e-15
    assert cosine_restarts_lr(3, 0.1, 0.0, 1.0 + below * 2**-52) == 0.1 or below > 3


def test_milestones_at_and_before_the_start() -> None:
    """For e < 0 as for e = 0: a milestone of 0 or earlier has been passed, one of 1 has not."""
    assert [multistep_lr(e, 1.0, [0, -3], 0.5) for e in (-1, -5, 0, 2)] == [0.25] * 4
    assert [multistep_lr(e, 1.0, [1, 0.5], 0.5) for e in (-1, 0, 0.5, 1)] == [1.0, 1.0, 0.5, 0.25]


LARGEST = 1.7976931348623157e308


def test_law_9_the_largest_double_is_a_number_like_any_other() -> None:
    """No finite e raises, and neither does a rate or a time as large."""
    big = ConstantLR(LARGEST)
    assert constant_lr(LARGEST, LARGEST) == constant_lr(3, 10**400) == big(3) == LARGEST
    assert warmup_lr(0, big, LARGEST, LARGEST) == warmup_lr(LARGEST, big, LARGEST, LARGEST) == LARGEST
    assert sequence_lr(5, [(LARGEST, big)], ConstantLR(0.1)) == LARGEST
    assert sequence_lr(LARGEST, [(LARGEST, ConstantLR(0.1))], big) == LARGEST
    assert sequence_lr(5, [(10**400, big)], ConstantLR(0.1)) == LARGEST
    assert multistep_lr(LARGEST, 1.0, [LARGEST], 0.5) == 0.5


def test_a_decay_to_nowhere_is_constant() -> None:
    """lr_min == lr_init and gamma == 1 are allowed: the ends of their ranges."""
    for e in (0, 1, 3.5, 10, 1000):
        assert cosine_lr(e, 0.1, 0.1, 10) == polynomial_lr(e, 0.1, 0.1, 10, power=2) == 0.1
        assert exponential_lr(e, 0.1, 0.5, lr_min=0.1) == inverse_power_lr(e, 0.1, 10, lr_min=0.1) == 0.1
        assert exponential_lr(e, 0.1, 1.0) == step_lr(e, 0.1, 3, 1.0) == multistep_lr(e, 0.1, [3], 1.0) == 0.1


@pytest.mark.parametrize("zero", [-0.0, 0, False, np.float32(-0.0)])
def test_a_rate_of_zero_prints_as_0(zero: Any) -> None:
    """Never as -0.0, which a log would show and 1/x would turn around."""
    rates = [
        constant_lr(3, zero),
        *(cosine_lr(e, zero, zero, 10) for e in (0, 10, 20)),
        cosine_lr(20, 0.1, zero, 10),
        polynomial_lr(20, 0.1, zero, 10),
        exponential_lr(10**6, 0.1, 0.5, lr_min=zero),
        inverse_power_lr(10**15, zero, 10, lr_min=zero),
        *(warmup_lr(0, lambda e: 0.1, zero, 5, shape=shape) for shape in ("linear", "cosine")),
    ]
    assert set(map(repr, rates)) == {"0.0"}


FULL: list[LRIterator] = [  # every argument at work: none has its default, every floor is reached
    CosineRestartsLR(*WORKED, t_mult=2, gamma=0.5, n_cycles=3),
    PolynomialLR(*WORKED, power=2.0, k_decay=0.5),
    ExponentialLR(0.1, 0.9, lr_min=0.05),
    StepLR(0.1, 3, 0.5, lr_min=0.03),
    MultiStepLR(0.1, [3, 7], 0.5, lr_min=0.03),
    InversePowerLR(0.1, 4, power=2.0, lr_min=0.03),
    WarmupLR(CosineLR(*WORKED), 0.01, 5, shape="exponential"),
    SequenceLR([(3, ConstantLR(0.1))], CosineLR(*WORKED)),
    RestartLR(CosineLR(*WORKED), 5, t_mult=2, gamma=0.5, n_cycles=3),
]
OF_CLASS: dict[type[LRIterator], Callable[..., float]] = {
    CosineRestartsLR: cosine_restarts_lr,
    PolynomialLR: polynomial_lr,
    ExponentialLR: exponential_lr,
    StepLR: step_lr,
    MultiStepLR: multistep_lr,
    InversePowerLR: inverse_power_lr,
    WarmupLR: warmup_lr,
    SequenceLR: sequence_lr,
    RestartLR: restart_lr,
}


@pytest.mark.parametrize("schedule", FULL, ids=repr)
def test_a_schedule_is_its_function_with_all_of_its_arguments(schedule: LRIterator) -> None:
    fields = {name: value for name, value in vars(schedule).items() if name != "e"}
    for e in (0, 1, 2.5, 4, 5, 10, 12, 33, 100, Fraction(7, 2), np.float32(33.5)):
        assert schedule(e) == schedule(float(e)) == OF_CLASS[type(schedule)](e, **fields)  # type: ignore[arg-type]
    for name in {"t_mult", "gamma", "n_cycles", "power", "k_decay", "lr_min", "shape"} & set(fields):
        less = {each: value for each, value in fields.items() if each != name}
        if signature(OF_CLASS[type(schedule)]).parameters[name].default is not Parameter.empty:  # and each counts
            assert any(schedule(e) != OF_CLASS[type(schedule)](e, **less) for e in range(200)), name


@pytest.mark.parametrize("convert", [np.float64, np.array, Fraction, np.float32])
def test_law_5_an_argument_at_its_default_may_be_of_any_type_too(convert: Any) -> None:
    """type(f(e)) is float: np.float64(0.5) as the power of an inverse square root once came back as np.float64."""
    one, half, zero = convert(1), convert(0.5), convert(0)
    for got, want in [
        (inverse_power_lr(3, 0.1, 10, power=half), inverse_power_lr(3, 0.1, 10)),
        (inverse_power_lr(3, 0.1, 10, lr_min=zero), inverse_power_lr(3, 0.1, 10)),
        (polynomial_lr(3, *WORKED, power=one), polynomial_lr(3, *WORKED)),
        (polynomial_lr(3, *WORKED, k_decay=one), polynomial_lr(3, *WORKED)),
        (cosine_restarts_lr(13, *WORKED, t_mult=one), cosine_restarts_lr(13, *WORKED)),
        (cosine_restarts_lr(13, *WORKED, gamma=one), cosine_restarts_lr(13, *WORKED)),
        (restart_lr(13, CosineLR(*WORKED), 10, t_mult=one), restart_lr(13, CosineLR(*WORKED), 10)),
        (restart_lr(13, CosineLR(*WORKED), 10, gamma=one), restart_lr(13, CosineLR(*WORKED), 10)),
        (exponential_lr(3, 0.1, one), 0.1),
        (exponential_lr(3, 0.1, 1.0, lr_min=zero), 0.1),
        (step_lr(30, 0.1, 30, half), 0.05),
        (step_lr(30, 0.1, 30, 0.5, lr_min=zero), 0.05),
        (multistep_lr(30, 0.1, [30], half), 0.05),
        (multistep_lr(30, 0.1, [30], 0.5, lr_min=zero), 0.05),
    ]:
        assert type(got) is float and got == want


def test_law_12_a_class_of_ones_own_may_have_any_fields() -> None:
    """names that have no rule pass as they are; those that have one are checked"""

    @dataclasses.dataclass(repr=False)
    class Halving(LRIterator):
        lr_init: float
        words: object

        def __call__(self, e: float, /) -> float:
            return self.lr_init / 2**e

    assert Halving(1, {"any": "thing"}).words == {"any": "thing"}
    assert repr(Halving(Fraction(1), None)) == "Halving(1.0, words=None)"  # type: ignore[arg-type]
    assert Halving(1, None).values(3) == [1.0, 0.5, 0.25]
    with pytest.raises(ValueError, match="^lr_init must be >= 0"):
        Halving(-1, None)

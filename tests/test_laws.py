"""Laws 4, 10 and 12; the others are in laws/, a file each."""

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

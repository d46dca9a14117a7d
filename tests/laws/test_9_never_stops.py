"""Law 9. Never stops a run.

No finite e raises, however large or negative; an int beyond the doubles counts as the largest one. A call's cost is
bounded by the size of the schedule's text, not by e.
"""

from __future__ import annotations

import time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosine_lr import (
    ConstantLR,
    CosineLR,
    CosineRestartsLR,
    LRIterator,
    ProductLR,
    RestartLR,
    SequenceLR,
    ShiftLR,
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

from tests.examples import CALLS, DECAY, FOREIGN, FULL, SCHEDULES, built, combinators
from tests.laws.draws import step_schedules

LARGEST = 1.7976931348623157e308
TIMES = (5e-324, 1e-300, 1 / 5004, 0.1, 7, 1e308, 10**308, 10**400)
T_MULTS = (1, 1 + 2**-52, 1.001, 1.5, 2, 3.0, 2**53 - 1.5, 2**53)
finite = st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**500), 10**500)


@pytest.mark.parametrize(
    "e",
    [
        10**15,
        2**53,
        2**63,
        10**400,
        -(10**400),
        1e308,
        LARGEST,
        -1e308,
        5e-324,
        1 / 5004,
        Fraction(10**400),
        Fraction(10**400, 3),
        Decimal("1e400"),
        np.float64(1e300),
    ],
    ids=lambda e: f"{type(e).__name__}-{str(e)[:12]}",
)
def test_every_epoch_has_a_rate(e: Any) -> None:
    for schedule in SCHEDULES:
        rate = schedule(e)
        assert type(rate) is float and 0.0 <= rate <= 0.1
        if e < 0:
            assert rate == schedule(0)
        elif e > LARGEST:
            assert rate == schedule(int(LARGEST))
    for call in CALLS:
        assert call(e) == built(call)(e)
    for t in TIMES:
        assert 0.001 <= cosine_lr(e, 0.1, 0.001, t) <= 0.1
        assert 0.001 <= polynomial_lr(e, 0.1, 0.001, t, power=2) <= 0.1
        assert 0.0 <= exponential_lr(e, 0.1, 0.5, t_scale=t) <= 0.1
        assert 0.0 <= inverse_power_lr(e, 0.1, t) <= 0.1
        assert 0.0 <= step_lr(e, 0.1, t, 0.5) <= 0.1
        assert 0.0 <= multistep_lr(e, 0.1, [t, -t], 0.5) <= 0.1
        assert 0.001 <= warmup_lr(e, DECAY, 0.001, t) <= 0.1
        assert 0.001 <= sequence_lr(e, [(t, DECAY), (t, DECAY)], DECAY) <= 0.1
        assert 0.001 <= SequenceLR([(t, DECAY), (t, DECAY)], DECAY)(e) <= 0.1
        assert 0.001 <= shift_lr(e, DECAY, t) <= 0.1
        for t_mult in T_MULTS:
            assert 0.001 <= cosine_restarts_lr(e, 0.1, 0.001, t, t_mult=t_mult, gamma=0.5) <= 0.1
            assert 0.001 <= restart_lr(e, lambda e: 0.001 if e else 0.1, t, t_mult=t_mult) <= 0.1


@given(finite, st.floats(5e-324, LARGEST) | st.integers(1, 10**400), st.floats(1.0, 2.0**53) | st.integers(1, 2**53))
def test_no_finite_epoch_and_no_time_raises(e: float, t: float, t_mult: float) -> None:
    for rate in (
        cosine_lr(e, 0.1, 0.001, t),
        polynomial_lr(e, 0.1, 0.001, t, power=0.5, k_decay=0.5),
        cosine_restarts_lr(e, 0.1, 0.001, t, t_mult=t_mult, gamma=0.9),
        restart_lr(e, DECAY, t, t_mult=t_mult, gamma=0.9),
        warmup_lr(e, DECAY, 0.001, t, shape="cosine"),
        warmup_lr(e, DECAY, 0.001, t, shape="exponential"),
        sequence_lr(e, [(t, DECAY), (0, DECAY), (t, DECAY)], DECAY),
        SequenceLR([(t, DECAY), (0, DECAY), (t, DECAY)], DECAY)(e),
        shift_lr(e, DECAY, t),
        product_lr(e, [DECAY, ConstantLR(1.0)]),
        step_lr(e, 0.1, t, 0.5, lr_min=0.001),
        multistep_lr(e, 0.1, [t], 0.5),
        exponential_lr(e, 0.1, 0.5, t_scale=t, lr_min=0.001),
        inverse_power_lr(e, 0.1, t, lr_min=0.001),
    ):
        assert type(rate) is float and 0.001 <= rate <= 0.1


@given(step_schedules(), finite)
def test_no_finite_epoch_stops_schedules_inside_one_another(schedule: LRIterator, e: float) -> None:
    assert type(schedule(e)) is float and 0.0 <= schedule(e) <= 1.0


@pytest.mark.parametrize("rule", FOREIGN)
def test_no_finite_epoch_stops_combinators_of_other_callables(rule: Any) -> None:
    for call in combinators(rule):
        for e in (0, 10**400, -(10**400), LARGEST, 5e-324, 10**15):
            assert type(call(e)) is type(built(call)(e)) is float


def test_a_foreign_schedule_is_asked_plain_numbers_only() -> None:
    """an int or float from 0 to the largest double, whatever the combinators add to the epoch"""
    asked: list[Any] = []

    def rule(e: float) -> float:
        asked.append(e)
        return 0.1

    for call in combinators(rule):
        for e in (0, -3, 2.5, Fraction(1, 3), np.float32(7.5), LARGEST, 10**400, int(LARGEST), 10**15):
            call(e)
            built(call)(e)  # type: ignore[arg-type]
    for t_mult in (1, 2, 1.5, 1.1):
        for i in range(1, 40):  # a rounding below a restart
            start = sum(0.7 * t_mult**k for k in range(i))
            restart_lr(start * (1 - 2**-42), rule, 0.7, t_mult=t_mult)
    assert asked[-39:] == [0] * 39
    shift_lr(LARGEST, rule, LARGEST), shift_lr(10**308, rule, 10**308), ShiftLR(rule, LARGEST)(LARGEST)
    assert {type(e) for e in asked} == {int, float}
    assert all(0 <= e <= LARGEST for e in asked)


def test_the_largest_double_is_a_number_like_any_other() -> None:
    """No finite e raises, and neither does a rate or a time as large."""
    big = ConstantLR(LARGEST)
    assert constant_lr(LARGEST, LARGEST) == constant_lr(3, 10**400) == big(3) == LARGEST
    assert warmup_lr(0, big, LARGEST, LARGEST) == warmup_lr(LARGEST, big, LARGEST, LARGEST) == LARGEST
    assert sequence_lr(5, [(LARGEST, big)], ConstantLR(0.1)) == LARGEST
    assert sequence_lr(LARGEST, [(LARGEST, ConstantLR(0.1))], big) == LARGEST
    assert sequence_lr(5, [(10**400, big)], ConstantLR(0.1)) == LARGEST
    assert SequenceLR([(10**400, ConstantLR(0.1)), (10**400, big)], ConstantLR(0.1))(LARGEST) == LARGEST  # the second
    assert multistep_lr(LARGEST, 1.0, [LARGEST], 0.5) == 0.5
    assert cosine_lr(LARGEST / 2, LARGEST, LARGEST, LARGEST) == cosine_lr(3, LARGEST, LARGEST, 6) == LARGEST
    assert restart_lr(LARGEST, big, LARGEST) == shift_lr(LARGEST, big, LARGEST) == LARGEST
    assert inverse_power_lr(LARGEST, 1.0, LARGEST, power=1) == exponential_lr(LARGEST, 1.0, 0.5, t_scale=LARGEST) == 0.5


def test_a_product_beyond_the_doubles_counts_as_the_largest() -> None:
    big = ConstantLR(1e200)
    assert product_lr(3, [big, big]) == ProductLR([big, big, big])(3) == LARGEST
    assert product_lr(3, [ConstantLR(1e-200)] * 3) == 0.0


@pytest.mark.parametrize("t_mult", [1, 2, 3, 1.5])
def test_whole_epochs_are_told_apart_however_large(t_mult: float) -> None:
    """Others need only stay in range: an epoch past 2^53 * t_max has no place of its own in a cycle."""
    for e in (1e30, 1e308, 10.0 * 2**53):
        assert 0.001 <= cosine_restarts_lr(e, 0.1, 0.001, 10, t_mult=t_mult) <= 0.1
    if t_mult == 1:
        for e in (10**17, 10**30, 10**300):
            assert cosine_restarts_lr(e, 0.1, 0.001, 10) == 0.1
            assert cosine_restarts_lr(e + 5, 0.1, 0.001, 10) == 0.0505
            assert cosine_restarts_lr(e - 1, 0.1, 0.001, 10) == cosine_lr(9, 0.1, 0.001, 10)
    elif t_mult in (2, 3):
        for i in (60, 200, 500):
            start = 10 * (int(t_mult) ** i - 1) // (int(t_mult) - 1)
            assert cosine_restarts_lr(start, 0.1, 0.0, 10, t_mult=t_mult) == 0.1
            assert cosine_restarts_lr(start - 1, 0.1, 0.0, 10, t_mult=t_mult) == 0.0


def test_a_finite_epoch_that_once_recursed_for_ever() -> None:
    assert restart_lr(1e308, ConstantLR(0.1), 10**308, t_mult=3) == 0.1
    assert RestartLR(ConstantLR(0.1), 10**308, t_mult=3)(1e308) == 0.1


# The cost.


def _seconds(action: Any) -> float:
    """The least of several runs."""
    least = 1e9
    for _ in range(7):
        began = time.perf_counter()
        for _ in range(200):
            action()
        least = min(least, time.perf_counter() - began)
    return least


@pytest.mark.parametrize("call", FULL, ids=lambda call: call.func.__name__)
def test_the_cost_does_not_grow_with_the_epoch(call: Any) -> None:
    """ten times at most: a loop over cycles would take a million million times as long"""
    schedule = built(call)
    near = _seconds(lambda: schedule(3.5)) + _seconds(lambda: schedule(35))
    for e in (1e15, 10**15, 1e300, 10**300):
        assert _seconds(lambda: schedule(e)) < 10 * near


@pytest.mark.parametrize("t_mult", [1, 2, 3, 10, 1.5, 1.001, 1 + 2**-52])
def test_the_cost_does_not_grow_with_the_cycles(t_mult: float) -> None:
    schedule = CosineRestartsLR(0.1, 0.001, 1, t_mult=t_mult, gamma=0.999)
    near = _seconds(lambda: schedule(3.5))
    for e in (1e15, 10**15, 1e300, 10**300):
        assert _seconds(lambda: schedule(e)) < 30 * near


@pytest.mark.parametrize("gamma", [0.5, 1.0])
def test_nested_restarts_answer_at_once(gamma: float) -> None:
    """24 of them, in a text of 716 characters, once never finished: schedule(t_max) was asked again at every level."""
    schedule: LRIterator = CosineLR(0.1, 0.001, 10)
    began = time.perf_counter()
    for _ in range(24):
        schedule = RestartLR(schedule, 10, gamma=gamma)
    assert 0.0 < schedule(3) <= 0.1
    assert 0.0 < WarmupLR(schedule, 0.0, 5)(10**15) <= 0.1
    assert time.perf_counter() - began < 1.0


def test_a_long_sequence_answers_at_once() -> None:
    """10^5 pieces cost little per call"""
    schedule = SequenceLR([(0.3, ConstantLR(0.1))] * 10**5, ConstantLR(0.5))
    short = SequenceLR([(0.3, ConstantLR(0.1))], ConstantLR(0.5))
    assert schedule(29_999.8) == 0.1 and schedule(30_000.1) == 0.5
    assert _seconds(lambda: schedule(15_000)) < 20 * _seconds(lambda: short(15_000))


def test_durations_whose_sum_is_beyond_the_doubles() -> None:
    """An int beyond the doubles counts as the largest one, also where it is added to a float."""
    pieces = [(10**308, ConstantLR(0.1)), (10**308, ConstantLR(0.2)), (1.0, ConstantLR(0.3))]
    for e, rate in ((0, 0.1), (10**308, 0.2), (10**400, 0.2)):
        assert sequence_lr(e, pieces, ConstantLR(0.4)) == SequenceLR(pieces, ConstantLR(0.4))(e) == rate

"""Law 5. A float.

type(f(e)) is float, whatever number types came in, also mixed: int, bool, NumPy scalar, 0-d array or tensor, Fraction.
Each counts with its float(), and whole numbers count exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cosine_lr import (
    CosineLR,
    LRIterator,
    ProductLR,
    RestartLR,
    SequenceLR,
    ShiftLR,
    WarmupLR,
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

from tests.examples import FULL, SCHEDULES, WORKED
from tests.laws.draws import epochs
from tests.number_types import NUMBERS, WHOLE

names = st.sampled_from([*NUMBERS, "plain"])


def _converted(value: Any, convert: Callable[[float], Any]) -> Any:
    """The argument with every fraction in it converted, also in milestones and pieces."""
    if isinstance(value, tuple):
        return tuple(_converted(each, convert) for each in value)
    return convert(value) if isinstance(value, float) else value


def _call(call: partial[float], e: Any, arguments: dict[str, Any]) -> float:
    rate = call.func(e, **(call.keywords | arguments))
    assert type(rate) is float
    return rate


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("call", FULL, ids=lambda call: call.func.__name__)
def test_a_float_from_any_number(call: partial[float], number: str) -> None:
    """Each argument alone, then all of them: everything counts with its float(), at full precision."""
    convert = NUMBERS[number]
    foreign = {name: _converted(value, convert) for name, value in call.keywords.items()}
    plain = {name: _converted(value, lambda v: float(convert(v))) for name, value in call.keywords.items()}
    for e in (0.3, 3.3, 33.3, 333.3):
        assert _call(call, convert(e), {}) == _call(call, float(convert(e)), {})
        for name in foreign:
            assert _call(call, e, {name: foreign[name]}) == _call(call, e, {name: plain[name]}), name
        assert _call(call, convert(e), foreign) == _call(call, float(convert(e)), plain)


@given(st.sampled_from(FULL), epochs, st.lists(names, min_size=8, max_size=8))
def test_types_mixed(call: partial[float], e: float, kinds: list[str]) -> None:
    """A Fraction beside a NumPy scalar, an int beside a 0-d array: each still counts with its float()."""
    foreign, plain = {}, {}
    for (name, value), kind in zip(call.keywords.items(), kinds):
        convert = NUMBERS.get(kind, float)
        foreign[name] = _converted(value, convert)
        plain[name] = _converted(value, lambda v, convert=convert: float(convert(v)))  # type: ignore[misc]
    convert = NUMBERS.get(kinds[-1], float) if kinds[-1] != "numpy float16" else float  # whose largest is 65,504
    assert _call(call, convert(e), foreign) == _call(call, float(convert(e)), plain)


def test_types_mixed_that_once_came_through() -> None:
    """the difference of a Fraction and a NumPy scalar hides both"""
    some: list[Any] = [Fraction(1, 3), np.float64(0.1), Fraction(1, 1000), np.float64(10)]
    assert type(cosine_lr(*some)) is type(polynomial_lr(*some)) is float
    assert type(exponential_lr(some[3], some[0], some[1], t_scale=some[2])) is float


@pytest.mark.parametrize("number", WHOLE)
@pytest.mark.parametrize("e", [0, 1, 7, 12, 100])
def test_whole_numbers_count_exactly(number: str, e: int) -> None:
    epoch = WHOLE[number](e)
    for schedule in SCHEDULES:
        assert type(schedule(epoch)) is float
        assert schedule(epoch) == schedule(e)
    assert cosine_lr(epoch, 1, 0, WHOLE[number](10)) == cosine_lr(e, 1.0, 0.0, 10)
    assert type(cosine_lr(epoch, True, False, 10)) is float


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64])
def test_small_whole_numbers_do_not_wrap(kind: Any) -> None:
    """A sum or a product of theirs may be beyond their type; no epoch plus 27 fits into a uint8 of 255."""
    most = int(np.iinfo(kind).max)
    for e in (most, most - 1, most // 2):
        for schedule in SCHEDULES:
            assert schedule(kind(e)) == schedule(e)
        for call in FULL:
            assert call(kind(e)) == call(e)
    assert cosine_restarts_lr(kind(most), 0.1, 0.0, kind(100), t_mult=kind(2)) == cosine_restarts_lr(
        most, 0.1, 0.0, 100, t_mult=2
    )
    assert step_lr(kind(most), 0.1, kind(7), 0.5) == step_lr(most, 0.1, 7, 0.5)
    assert multistep_lr(kind(most), 0.1, [kind(most), kind(3)], 0.5) == 0.025


def test_whole_numbers_beyond_the_doubles_keep_their_digits() -> None:
    """where steps and restarts are counted; a horizon forgives them (law 8)"""
    t = 2**80 + 1
    assert step_lr(t - 1, 1.0, t, 0.5) == 1.0 and step_lr(t, 1.0, t, 0.5) == 0.5
    assert cosine_restarts_lr(3 * t - 1, 1.0, 0.0, t, t_mult=2) == 0.0
    assert cosine_restarts_lr(3 * t, 1.0, 0.0, t, t_mult=2) == 1.0
    assert cosine_lr(t - 1, 1.0, 0.0, t) == cosine_lr(t, 1.0, 0.0, t) == 0.0 < cosine_lr(t // 2, 1.0, 0.0, t)


@pytest.mark.parametrize("t", [2**53 + 1, 2**54 - 1, 2**60 + 1])
@pytest.mark.parametrize("t_mult", [1, 2, 3, 10])
def test_long_cycles_are_counted_exactly(t: int, t_mult: int) -> None:
    """The last epoch of a cycle is not the restart, which is next to it in doubles."""
    for start in (t, t + t_mult * t):
        assert cosine_restarts_lr(start, 0.1, 0.0, t, t_mult=t_mult) == 0.1
        assert cosine_restarts_lr(start - 1, 0.1, 0.0, t, t_mult=t_mult) < 1e-30
        assert cosine_restarts_lr(start - t // 2**20, 0.1, 0.0, t, t_mult=t_mult) > 0.0


@given(st.sampled_from([*range(len(SCHEDULES))]), st.integers(0, 255), st.sampled_from([np.float32, np.float16]))
def test_a_small_float_does_not_drag_the_arithmetic_down(which: int, e: int, kind: Any) -> None:
    """np.float32(3) as epoch gives what its float() gives, at full precision."""
    for part in (4, 10, 391):
        epoch = kind(e) / kind(part)
        assert SCHEDULES[which](epoch) == SCHEDULES[which](float(epoch))


@pytest.mark.parametrize("rate", [np.float32(0.1), np.float64(0.1), Fraction(1, 10), Decimal("0.1"), 1, True])
def test_what_a_foreign_schedule_returns_becomes_a_float(rate: Any) -> None:
    for schedule in (
        WarmupLR(lambda e: rate, 0.01, 5),
        SequenceLR([(5, lambda e: rate)], lambda e: rate),
        RestartLR(lambda e: rate, 5, gamma=0.5),
        ShiftLR(lambda e: rate, 5),
        ProductLR([lambda e: rate]),
        ProductLR([lambda e: rate, lambda e: rate]),
    ):
        for e in (4.5, 5, 7):
            assert type(schedule(e)) is float
            assert type(next(schedule)) is float
    assert WarmupLR(lambda e: rate, 0.01, 5)(5) == ShiftLR(lambda e: rate, 5)(3) == float(rate)
    halved = restart_lr(7, lambda e: rate if e < 5 else 0.0, 5, gamma=0.5)
    assert type(halved) is float and halved == 0.5 * float(rate)
    assert product_lr(3, [lambda e: rate, lambda e: rate]) == float(rate) * float(rate)


@pytest.mark.parametrize("rate", [np.float32(0.1), Fraction(1, 10), 1])
def test_what_a_class_of_ones_own_returns_becomes_a_float_in_a_combinator(rate: Any) -> None:
    @dataclass(frozen=True, repr=False)
    class Own(LRIterator):
        def rate(self, e: float, /) -> Any:
            return rate

    for schedule in (WarmupLR(Own(), 0.01, 5), SequenceLR([(5, Own())], Own()), ProductLR([Own()])):
        for e in (4.5, 5, 7):
            assert type(schedule(e)) is float
        assert schedule(7) == float(rate)


@pytest.mark.parametrize("convert", [np.float64, np.array, Fraction, np.float32])
def test_an_argument_at_its_default_may_be_of_any_type_too(convert: Any) -> None:
    """np.float64(0.5) as the power of an inverse square root once came back as np.float64."""
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
        (exponential_lr(3, 0.1, 0.5, t_scale=one), exponential_lr(3, 0.1, 0.5)),
        (step_lr(30, 0.1, 30, half), 0.05),
        (step_lr(30, 0.1, 30, 0.5, lr_min=zero), 0.05),
        (multistep_lr(30, 0.1, [30], half), 0.05),
        (multistep_lr(30, 0.1, [30], 0.5, lr_min=zero), 0.05),
    ]:
        assert type(got) is float and got == want


@given(epochs)
@example(0.1 + 0.2)
def test_an_exact_fraction_counts_with_its_float(e: float) -> None:
    others: list[Any] = [Fraction(e), Decimal(e), np.float64(e)]
    for schedule in SCHEDULES:
        assert {schedule(other) for other in others} == {schedule(float(e))}

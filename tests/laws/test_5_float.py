"""Law 5. A float: the rate of a number is a float, whatever types of numbers came in. Each counts with its float()."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosine_lr import (
    LRIterator, Schedule, cosine_lr, cosine_restarts_lr, product_lr, restart_lr, step_lr,
)  # fmt: skip
from tests.laws.draws import NUMBERS, WHOLE, epochs, law_of_each_row
from tests.schedules import CALLS, ROWS, SCHEDULES, Call, Row, around, built

test_law = law_of_each_row(5)


def converted(value: Any, convert: Callable[[float], Any]) -> Any:
    """The argument with every fraction in it converted, also in milestones and pieces."""
    if isinstance(value, tuple):
        return tuple(converted(each, convert) for each in value)
    return convert(value) if isinstance(value, float) else value


def assert_counts_as_floats(call: Call, e: float, converts: dict[str, Callable[[float], Any]]) -> None:
    """The call with arguments of other types has the rate of the call with their floats."""
    rates = []
    for convert in (lambda make, v: make(v), lambda make, v: float(make(v))):
        make = {name: partial(convert, converts.get(name, float)) for name in ("e", *call.keywords)}
        keywords = {name: converted(value, make[name]) for name, value in call.keywords.items()}
        rates.append(call(make["e"](e), **keywords))
    assert type(rates[0]) is float and rates[0] == rates[1]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("row", ROWS)
def test_any_number_as_any_argument(row: Row, number: str) -> None:
    """Each argument alone, then all of them: everything counts with its float(), at full precision.
    With the defaults too: np.float64(0.5) as the power of an inverse square root once came back as np.float64."""
    fields = row.schedule.__dataclass_fields__.values()
    defaults = {each.name: float(each.default) for each in fields if isinstance(each.default, (int, float))}
    names = ["e", *row.call.keywords]
    for call in (row.call, partial(row.call, **defaults)):
        for e in (3.3, 33.3):
            for some in (*([name] for name in names), names):
                assert_counts_as_floats(call, e, dict.fromkeys(some, NUMBERS[number]))


@given(st.sampled_from(ROWS), epochs, st.lists(st.sampled_from([*NUMBERS, "plain"]), min_size=8, max_size=8))
def test_types_mixed(row: Row, e: float, kinds: list[str]) -> None:
    """A Fraction beside a NumPy scalar: their difference hides both."""
    kinds[0] = "plain" if kinds[0] == "numpy float16" else kinds[0]  # whose largest is 65,504
    names = ["e", *row.call.keywords]
    assert_counts_as_floats(row.call, e, {name: NUMBERS.get(kind, float) for name, kind in zip(names, kinds)})


@pytest.mark.parametrize("number", WHOLE)
@pytest.mark.parametrize("e", [0, 1, 7, 12, 100])
def test_whole_numbers_count_exactly(number: str, e: int) -> None:
    epoch: Any = WHOLE[number](e)
    assert [schedule(epoch) for schedule in SCHEDULES] == [schedule(e) for schedule in SCHEDULES]
    assert cosine_lr(epoch, True, False, WHOLE[number](10)) == cosine_lr(e, 1.0, 0.0, 10)


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.int16, np.int32, np.int64, np.uint64])
def test_small_whole_numbers_do_not_wrap(kind: Any) -> None:
    """A sum or a product of theirs may be beyond their type; no epoch plus 27 fits into a uint8 of 255."""
    most, restarts = int(np.iinfo(kind).max), partial(cosine_restarts_lr, lr_init=0.1, lr_min=0.0)
    every: list[Any] = [*SCHEDULES, *CALLS]
    assert [f(kind(most)) for f in every] == [f(most) for f in every]
    assert restarts(kind(most), t_max=kind(100), t_mult=kind(2)) == restarts(most, t_max=100, t_mult=2)


def test_whole_numbers_beyond_the_doubles_keep_their_digits() -> None:
    """where steps and restarts are counted; an end tolerates them (law 8)"""
    t, restarts = 2**80 + 1, partial(cosine_restarts_lr, lr_init=1.0, lr_min=0.0, t_max=2**80 + 1, t_mult=2)
    assert [step_lr(e, 1.0, t, 0.5) for e in (t - 1, t)] == [1.0, 0.5]
    assert [restarts(e) for e in (3 * t - 1, 3 * t)] == [0.0, 1.0]
    assert cosine_lr(t - 1, 1.0, 0.0, t) == cosine_lr(t, 1.0, 0.0, t) == 0.0 < cosine_lr(t // 2, 1.0, 0.0, t)


@pytest.mark.parametrize("rate", [np.float32(0.1), np.float64(0.1), Fraction(1, 10), Decimal("0.1"), 1, True])
def test_what_another_schedule_returns_becomes_a_float(rate: Any) -> None:
    class Own(Schedule):
        def rate(self, e: float, /) -> Any:
            return rate

    for part in (lambda e: rate, Own()):
        every: list[Any] = [*around(part), *map(built, around(part)), Own()]
        assert {type(f(e)) for f in every for e in (0, 4.5, 5, 7, 20)} == {type(next(LRIterator(part)))} == {float}
        assert product_lr(3, [part, part]) == float(rate) * float(rate)
    assert restart_lr(7, lambda e: rate if e < 5 else 0.0, 5, gamma=0.5) == 0.5 * float(rate)

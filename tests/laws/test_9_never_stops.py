"""Law 9. Never stops a run: no finite epoch raises, however large or negative. The work of a call, in lines of code, is
bounded by the size of the schedule, and does not grow with the epoch.
"""

from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosine_lr import (
    ConstantLR, CosineLR, CosineRestartsLR, ProductLR, RestartLR, Schedule, SequenceLR, ShiftLR, StaircaseLR, WarmupLR,
    constant_lr, cosine_lr, exponential_lr, inverse_power_lr, multistep_lr, product_lr, restart_lr,
    sequence_lr, shift_lr, staircase_lr, warmup_lr,
)  # fmt: skip
from tests.contract import lines_run
from tests.laws.draws import argument, each_row, finite, law_of_each_row
from tests.schedules import DECAY, ROWS, SCHEDULES, TIMES, Row, around, built

LARGEST = 1.7976931348623157e308
LONG = (5e-324, 1e-300, 1 / 5004, 0.1, 7, 1e308, 10**308, 10**400)
EPOCHS: list[Any] = [
    *(10**15, 2**53, 2**63, 10**400, -(10**400), 1e308, LARGEST, -1e308, 5e-324, 1 / 5004),
    *(Fraction(10**400), Fraction(10**400, 3), Decimal("1e400"), np.float64(1e300)),
]
anything = st.floats(5e-324, LARGEST) | st.integers(1, 10**400)

test_law = law_of_each_row(9)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_beyond_the_doubles_as_at_their_largest(schedule: Any) -> None:
    assert schedule(10**400) == schedule(Fraction(10**400, 3)) == schedule(int(LARGEST))
    assert schedule(-(10**400)) == schedule(0)


@pytest.mark.parametrize("row", ROWS)
def test_every_epoch_beside_every_time_has_a_rate(row: Row) -> None:
    for e, t, t_mult in product(EPOCHS, LONG, (1, 1 + 2**-52, 1.001, 2, 3.0, 2**53 - 1.5, 2**53)):
        if t_mult == 1 or "t_mult" in row.call.keywords:
            pieces = [(t, DECAY), (0, DECAY), (t, DECAY)]
            changed = dict.fromkeys(TIMES, t) | {"t_mult": t_mult, "milestones": [t, -t], "pieces": pieces}
            arguments = {name: changed.get(name, value) for name, value in row.call.keywords.items()}
            assert 0.0 <= row.function(e, **arguments) == row.schedule(**arguments)(e) <= 0.1


@each_row
@given(st.data(), finite, anything, st.floats(1.0, 2.0**53) | st.integers(1, 2**53))
def test_no_finite_epoch_and_no_time_raises(row: Row, data: st.DataObject, e: float, t: float, t_mult: float) -> None:
    arguments: dict[str, Any] = {}
    for name in row.call.keywords:
        drawn = data.draw(argument(name, arguments, st.just(t), 0))
        arguments[name] = t_mult if name == "t_mult" else drawn
    rate = row.function(e, **arguments)
    assert type(rate) is float and 0.0 <= rate <= 1e9


def test_another_schedule_is_called_with_plain_numbers_only() -> None:
    """an int or float from 0 to the largest double, whatever the combinators add to the epoch"""
    called: list[Any] = []

    def flat(e: float) -> float:
        called.append(e)
        return 0.1

    for call in around(flat):
        epochs: list[Any] = [0, -3, 2.5, Fraction(1, 3), np.float32(7.5), LARGEST, 10**400, int(LARGEST), 10**15]
        for e in epochs:
            call(e), built(call)(e)
    sequence_lr(0.3, [(0.1 + 0.2, flat)], flat)  # a rounding below its end
    for t_mult in (1, 2, 1.5, 1.1):
        for i in range(1, 40):  # a rounding below a restart
            start = sum(0.7 * t_mult**k for k in range(i))
            restart_lr(start * (1 - 2**-42), flat, 0.7, t_mult=t_mult)
    assert called[-39:] == [0] * 39
    shift_lr(LARGEST, flat, LARGEST), shift_lr(10**308, flat, 10**308), ShiftLR(flat, LARGEST)(LARGEST)
    staircase_lr(LARGEST, flat, 1e308), StaircaseLR(flat, 0.3)(10**400)
    assert {type(e) for e in called} == {int, float} and all(0 <= e <= LARGEST for e in called)


def test_the_largest_double_is_a_number_like_any_other() -> None:
    """No finite e raises, and neither does a rate or a time as large."""
    big = ConstantLR(LARGEST)
    assert constant_lr(3, 10**400) == warmup_lr(0, big, LARGEST, LARGEST) == LARGEST
    assert warmup_lr(LARGEST, big, 1, LARGEST) == restart_lr(LARGEST, big, LARGEST) == LARGEST
    assert SequenceLR([(10**400, ConstantLR(0.1)), (10**400, big)], ConstantLR(0.1))(LARGEST) == LARGEST  # the second
    assert multistep_lr(LARGEST, 1.0, [LARGEST], 0.5) == 0.5
    assert cosine_lr(LARGEST / 2, LARGEST, LARGEST, LARGEST) == cosine_lr(3, LARGEST, LARGEST, 6) == LARGEST
    assert shift_lr(LARGEST, big, LARGEST) == LARGEST
    assert restart_lr(1e308, ConstantLR(0.1), 10**308, t_mult=3) == 0.1  # once recursed for ever
    assert inverse_power_lr(LARGEST, 1.0, LARGEST, power=1) == exponential_lr(LARGEST, 1.0, 0.5, t_scale=LARGEST) == 0.5


def test_sums_and_products_beyond_the_doubles() -> None:
    pieces = [(10**308, ConstantLR(0.1)), (10**308, ConstantLR(0.2)), (1.0, ConstantLR(0.3))]
    assert [sequence_lr(e, pieces, ConstantLR(0.4)) for e in (0, 10**308, 10**400)] == [0.1, 0.2, 0.2]
    big, small = ConstantLR(1e200), ConstantLR(1e-200)
    assert [product_lr(3, [big, big]), ProductLR([big] * 3)(3), product_lr(3, [small] * 3)] == [LARGEST, LARGEST, 0.0]


# The work.


@pytest.mark.parametrize("t_mult", [1, 2, 3, 10, 1.5, 1.001, 1 + 2**-52])
@pytest.mark.process
def test_the_work_does_not_grow_with_the_cycles(t_mult: float) -> None:
    schedule = CosineRestartsLR(0.1, 0.001, 1, t_mult=t_mult, gamma=0.999)
    assert all(lines_run(schedule, e)[0] < 60 for e in (3.5, 1e15, 10**15, 1e300, 10**300))


@pytest.mark.parametrize("gamma", [0.5, 1.0])
@pytest.mark.process
def test_nested_restarts_answer_at_once(gamma: float) -> None:
    """24 of them once never finished: schedule(t_max) was computed again at every level."""
    schedule: Schedule = CosineLR(0.1, 0.001, 10)
    for _ in range(24):
        n, schedule = lines_run(lambda inner: RestartLR(inner, 10, gamma=gamma), schedule)
        assert n < 2000
    assert lines_run(schedule, 3)[0] < 24 * 30 and lines_run(WarmupLR(schedule, 0.0, 5), 10**15)[0] < 25 * 30


def test_the_work_of_a_long_sequence() -> None:
    """at most three lines for each of its pieces"""
    schedule = SequenceLR([(0.3, ConstantLR(0.1))] * 10**4, ConstantLR(0.5))
    assert lines_run(schedule, 1_500)[0] <= 3 * 5_000 + 40

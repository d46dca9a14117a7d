"""The rows of `schedules.py` are complete, every argument in them is at work, and a schedule is its function."""

from functools import partial
from inspect import signature
from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cosine_lr
from cosine_lr import LRIterator, Schedule
from tests.laws.draws import calls, each_row, epochs
from tests.schedules import CALLS, EPOCHS, OTHERS, ROWS, Call, Row, around, built


def test_every_public_function_and_class_has_a_row() -> None:
    names = [each.__name__ for row in ROWS for each in (row.function, row.schedule)]
    assert sorted([*names, "Schedule", "LRIterator", "parse"]) == sorted(cosine_lr.__all__)


@pytest.mark.parametrize("row", ROWS)
def test_every_argument_is_at_work(row: Row) -> None:
    """None is missing, and one that is left to its default changes a rate of the first 200 epochs."""
    parameters = signature(row.function).parameters
    assert ["e", *row.call.keywords] == [*parameters]
    for name, value in row.call.keywords.items():
        if parameters[name].default is not parameters[name].empty:
            less = partial(row.function, **{each: value for each, value in row.call.keywords.items() if each != name})
            assert any(row.call(e) != less(e) for e in range(200)), name


@pytest.mark.parametrize("row", ROWS)
def test_every_part_is_at_work(row: Row) -> None:
    """The rates of a combinator are not those of one of its parts."""
    parts = [value for value in row.call.keywords.values() if isinstance(value, Schedule)]
    assert all(any(row.call(e) != part(e) for e in range(20)) for part in parts)


@each_row
@given(st.data(), epochs)
def test_a_schedule_is_its_function(row: Row, data: st.DataObject, e: float) -> None:
    call = data.draw(calls(row))
    assert built(call)(e) == call(e)


@pytest.mark.parametrize("call", [*CALLS, *(call for other in OTHERS for call in around(other))])
def test_a_schedule_is_its_function_at(call: Call) -> None:
    schedule: Any = built(call)
    epochs: list[Any] = [*EPOCHS, 4, 5, 12, 12.5, np.float32(33.5), 10.7 - 1e-9, 0.1 + 0.2]
    for e in epochs:
        assert schedule(e) == schedule(float(e)) == call(e)
    assert schedule.values(20) == [*islice(LRIterator(schedule), 20)] == [call(e) for e in range(20)]

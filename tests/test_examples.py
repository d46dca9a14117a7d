"""The catalogue of good calls is complete, and a schedule is its function."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from inspect import Parameter, signature
from typing import Any

import numpy as np
import pytest

from tests.examples import CALLS, CLASSES, EPOCHS, FOREIGN, FULL, FUNCTIONS, built, combinators


def test_every_function_has_a_call_and_a_class() -> None:
    assert sorted(call.func.__name__ for call in FULL) == sorted(FUNCTIONS) == sorted(CLASSES)
    assert len({*CLASSES.values()}) == len(CLASSES) == 13


@pytest.mark.parametrize("call", FULL, ids=lambda call: call.func.__name__)
def test_every_argument_is_at_work(call: partial[float]) -> None:
    """None is missing, and one that is left to its default changes a rate of the first 200 epochs."""
    parameters = signature(call.func).parameters
    assert ["e", *call.keywords] == [*parameters]
    for name in call.keywords:
        if parameters[name].default is not Parameter.empty:
            less = partial(call.func, **{each: value for each, value in call.keywords.items() if each != name})
            assert any(call(e) != less(e) for e in range(200)), name


@pytest.mark.parametrize("call", CALLS + [outer for rule in FOREIGN for outer in combinators(rule)], ids=str)
def test_a_schedule_is_its_function(call: partial[float]) -> None:
    """with all of its arguments, at any epoch, of any type of number"""
    schedule = built(call)
    epochs: list[Any] = [*EPOCHS, 1, 4, 5, 12, 12.5, Fraction(7, 2), np.float32(33.5), 10.7 - 1e-9, 0.1 + 0.2]
    for e in epochs:
        assert schedule(e) == schedule(float(e)) == call(e)

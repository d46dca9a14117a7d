"""What the laws draw: rates, times and epochs, whole and in fractions; calls of a row, argument by argument."""

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import accumulate
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from cosine_lr import Schedule
from tests.schedules import ROWS, SCHEDULES, Call, Row, broken, built, known, times_of

STEPS = (8, 10, 97, 391, 1000, 1251, 5004, 90_000)  # of an epoch, or of a run
CURVES = ("linear", "cosine", "exponential")
tenths = st.integers(1, 300).map([*accumulate([0.1] * 301)].__getitem__)
fractions = st.tuples(st.integers(1, 10**6), st.sampled_from(STEPS)).map(lambda pair: pair[0] / pair[1])
rates = st.floats(1e-12, 1e3) | st.sampled_from([0.1, 0.053, 3e-4, 1.0])
two_rates = st.tuples(rates, st.floats(0.0, 1.0)).map(lambda pair: (pair[0], pair[0] * pair[1]))
whole_times = st.integers(1, 10**6)
any_times = whole_times | fractions | tenths | st.floats(1e-3, 1e6)
powers = st.floats(0.05, 4.0) | st.sampled_from([0.5, 1.0, 2.0])
gammas = st.floats(0.01, 1.0)
close_gammas = gammas | st.floats(1e-15, 1e-3).map(lambda d: 1 - d)
epochs = st.integers(0, 10**7) | fractions | tenths | st.floats(0.0, 1e7)
finite = st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**500), 10**500)
steps = st.integers(1, 40)  # the times of schedules inside schedules


class Hostile:
    """An object whose every method that a number or a sequence may be asked for raises, or lies."""

    def __init__(self, answer: Any, shape: Any = ()) -> None:
        self.answer, self._shape = answer, shape

    def _say(self, *_: Any) -> Any:
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer

    shape = property(lambda self: self._say() if self._shape is None else self._shape)
    __float__ = __index__ = __int__ = __bool__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _say
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __floordiv__ = _say
    __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __neg__ = __abs__ = __len__ = __getitem__ = _say
    __hash__ = __repr__ = __iter__ = __contains__ = __floor__ = __round__ = _say


def near(t: float) -> SearchStrategy[float]:
    """An epoch around a time: anywhere, at a fraction of it, or one of the last steps before it."""
    shares = st.tuples(st.sampled_from(STEPS), st.floats(0.0, 1.1)).map(lambda pair: (pair[0], int(pair[0] * pair[1])))
    return st.one_of(
        epochs,
        st.floats(0.0, 1.5).map(lambda x: x * t),
        st.integers(0, 9).map(lambda n: max(t - n, 0)),
        shares.map(lambda share: share[1] / share[0] * t),
        shares.map(lambda share: share[1] * t / share[0]),
    )


def argument(name: str, before: dict[str, Any], times: SearchStrategy[Any], depth: int) -> SearchStrategy[Any]:
    """What an argument of this name may be, after the arguments before it. A new name needs a line here."""
    part = schedules(ROWS, depth - 1) if depth else schedules([row for row in ROWS if row.parts is None], 0)
    lower = st.floats(0.0, 1.0)
    match name:
        case "lr_min":
            return lower.map(lambda x: before["lr_init"] * x)
        case "lr_start":
            return lower.map(lambda x: before["schedule"](0) * x)
        case "curve":
            return st.sampled_from(CURVES if before["lr_start"] else CURVES[:2])
    return {
        "lr_init": rates,
        **dict.fromkeys(["t_max", "t_scale", "step_size"], times),
        **dict.fromkeys(["t_warmup", "t_shift"], times | st.just(0)),
        "milestones": st.lists(times, max_size=4),
        "gamma": close_gammas,
        "t_mult": st.sampled_from([1, 2, 3, 1.5]),
        "n_cycles": st.none() | st.integers(1, 4),
        **dict.fromkeys(["power", "k_decay"], powers),
        **dict.fromkeys(["schedule", "then"], part),
        "schedules": st.lists(part, min_size=1, max_size=3),
        "pieces": st.lists(st.tuples(times | st.just(0), part), max_size=3),
    }[name]


@st.composite
def calls(draw: st.DrawFn, row: Row, depth: int = 1, times: SearchStrategy[Any] | None = None) -> Call:
    """A good call with every argument: of a formula in any unit, of a combinator in whole steps."""
    unit = (steps if row.parts else any_times) if times is None else times
    arguments: dict[str, Any] = {}
    for name in row.call.keywords:
        arguments[name] = draw(argument(name, arguments, unit, depth))
    return partial(row.function, **arguments)


@st.composite
def schedules(draw: st.DrawFn, rows: list[Row] = ROWS, depth: int = 2) -> Schedule:
    """A schedule in whole steps, of one of these rows, with schedules inside one another."""
    return built(draw(calls(draw(st.sampled_from(rows)), depth, steps)))


@st.composite
def subjects(draw: st.DrawFn, row: Row, whole: bool = False) -> tuple[Schedule, list[float]]:
    """A schedule of the row, and epochs where it may be wrong: anywhere, and around each of its times and its end."""
    schedule = built(draw(calls(row, times=(steps if row.parts else whole_times) if whole else None)))
    end = known(schedule).end
    around = [t for t in (*times_of(schedule)[:3], end if 0 < end < math.inf else 1) if t > 0]
    found = [e for t in around for e in (t / 3, t / 2, t, *draw(st.lists(near(t), min_size=3, max_size=8)))]
    return schedule, [*range(12), *found]


def each_row(test: Any) -> Any:
    """Run the test for each row, with fewer examples each."""
    return pytest.mark.parametrize("row", ROWS)(settings(max_examples=settings().max_examples * 3 // 10)(test))


def law_of_each_row(number: int, whole: bool = False) -> Any:
    """The test that the schedules of each row keep the law of this number."""

    def test(row: Row, data: st.DataObject) -> None:
        assert broken(*data.draw(subjects(row, whole)), number) == []

    test.__name__ = f"law_{number}"  # hypothesis draws other examples for another name
    return each_row(given(st.data())(test))


each_schedule = pytest.mark.parametrize("schedule", SCHEDULES)

# The types of numbers that count as numbers: how to make one of each from a float or an int.

NUMBERS: dict[str, Callable[[float], Any]] = {
    **{f"numpy {each.__name__}": each for each in (np.float16, np.float32, np.float64, np.longdouble)},
    "0-d float32": lambda v: np.array(v, dtype=np.float32),
    "0-d float64": np.array,
    "Fraction": lambda v: Fraction(v).limit_denominator(1000),
    "Decimal": lambda v: Decimal(str(v)),
}
WHOLE: dict[str, Callable[[int], Any]] = {
    **{f"numpy {each.__name__}": each for each in (np.int64, np.int8, np.uint8)},
    "0-d int": np.array,
    "bool": lambda v: bool(v) if v < 2 else v,
}

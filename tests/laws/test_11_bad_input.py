"""Law 11. Bad input: a message begins with the argument's name (of a piece `pieces[1][0]`), says what must hold and
shows the value: `t_max must be > 0, got -5`.

What was perhaps meant, in brackets at the end: `test_messages.py`. Texts: `test_notation.py`. States: law 10.
"""

import itertools
import math
import sys
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest

import cosine_lr
from cosine_lr import LRIterator, checks, schedules
from tests.laws.draws import Hostile, each_schedule
from tests.schedules import ROWS, Row, around, broken, built

NAN, INF = math.nan, math.inf
c: Any = cosine_lr  # untyped here, to pass what no type checker would let pass
masks: Any = np.ma  # untyped in some versions of NumPy
GOOD = c.CosineLR(0.1, 0.001, 10)


class Traced:
    """What a value looks like inside compiled code: there is no number yet."""

    shape = ()
    __float__ = __index__ = __bool__ = None

    def __repr__(self) -> str:
        return "Traced<float32[]>"


class OneElement:
    """A tensor with one axis and one number: it has a float(), but an axis too many."""

    shape = (1,)

    def __float__(self) -> float:
        return 3.0


class Symbolic:
    """A variable of Keras in compiled code: its float() asks for a value that is not there."""

    def __float__(self) -> float:
        raise AttributeError("no attribute 'numpy'")


class OddIndex(int):
    def __index__(self) -> Any:
        return "three"


# The values that each argument refuses, each with its error and the start of its message.

NO_NUMBERS: list[Any] = [
    *(None, "", "0.5", "nan", b"1", 1j, [0.5], (0.5,), {}, {0.5}, range(1), object(), float, len, ...),
    *(date(2020, 1, 1), timedelta(1), Decimal("sNaN"), np.complex64(1), np.array(1j), np.datetime64("2020-01-01")),
    *(np.datetime64("2020-01-01", "ns"), np.timedelta64(1, "ns"), np.timedelta64(1, "D"), masks.array(5.0, mask=True)),
    *(masks.masked, np.array(np.timedelta64(1, "D")), np.array("10"), np.array(b"10"), np.str_("10")),
    *(np.array("10", dtype=object), np.array(timedelta(1), dtype=object), np.array(None), np.void(b"1")),
    *(np.array([0.5]), np.ones((1, 1)), np.array([]), Traced(), OneElement(), Symbolic(), OddIndex(1), GOOD),
    *(Hostile(error("x")) for error in (TypeError, ValueError, OverflowError, ZeroDivisionError, ArithmeticError)),
]
NOT_FINITE = [NAN, INF, -INF, np.float32(NAN), np.float64(INF), np.array(-INF), Decimal("NaN"), Decimal("Infinity")]
NEGATIVE = [-1, -0.5, -5e-324, -(10**400), Fraction(-1, 3), Decimal("-0.1"), np.float32(-1), np.int8(-1)]
ZERO = [0, 0.0, -0.0, False, Fraction(0), np.float32(0), np.int64(0), np.array(0)]
RANGES: dict[str, tuple[str, list[Any]]] = {
    **dict.fromkeys(["lr_init", "lr_min", "lr_start", "t_warmup", "t_shift"], (">= 0", NEGATIVE)),
    **dict.fromkeys(["t_max", "t_scale", "step_size", "power", "k_decay"], ("> 0", NEGATIVE + ZERO)),
    "t_mult": ("in [1, 2**53]", [*NEGATIVE, *ZERO, 1 - 2**-53, 2**53 + 1, 1e300, 10**400]),
    "gamma": ("in (0, 1]", [*NEGATIVE, *ZERO, 1 + 2**-52, 2, 10**400, Fraction(3, 2), np.float64(1.5)]),
    "n_cycles": ("a whole number >= 1", [*NEGATIVE, *ZERO, 1.5, Fraction(3, 2), np.float32(2.5)]),
}
NO_SCHEDULES: list[Any] = [
    None,
    0.1,
    "cosine",
    [GOOD],
    {"t_max": 10},
    c.CosineLR,
    c.Schedule,
    type,
    Hostile(TypeError()),
]
NO_CURVES: list[Any] = [None, "cubic", "Linear", "", b"linear", 1, ["linear"], ("cosine",), {}]
NO_SEQUENCES: list[Any] = [
    *(None, 5, GOOD, len, object(), {30: 0.5}, {30, 60}, b"12", iter([3]), itertools.count(), LRIterator(GOOD)),
    *((n for n in range(3)), Hostile(TypeError())),
]
NO_PAIRS: list[tuple[Any, type[Exception]]] = [
    *((5, TypeError), (GOOD, TypeError), (None, TypeError), (iter([3]), TypeError), (Hostile(TypeError()), TypeError)),
    *(((5, GOOD, 3), ValueError), ((5,), ValueError), ((), ValueError)),
]

Start = str | tuple[str, ...]  # of a message, or one of several
Refused = list[tuple[Any, type[Exception], Start]]


def refused(name: str) -> Refused:
    """What the argument must not be."""
    match name:
        case "schedule" | "then":
            return no_schedules(name)
        case "curve":
            return rows(NO_CURVES, ValueError, "curve must be one of 'linear', 'cosine', 'exponential', got")
        case "milestones":
            return inside(lambda value: [3, value], numbers("milestones[1]")) + no_sequences(name)
        case "schedules":
            empty = rows([[]], ValueError, "schedules must be a sequence of at least one schedule, got []")
            return inside(lambda value: [GOOD, value], no_schedules("schedules[1]")) + empty + no_sequences(name)
        case "pieces":
            durations = numbers("pieces[1][0]") + rows(NEGATIVE, ValueError, "pieces[1][0] must be >= 0, got ")
            parts = inside(lambda value: [(5, GOOD), (5, value)], no_schedules("pieces[1][1]"))
            parts += inside(lambda value: [(5, GOOD), (value, GOOD)], durations)
            must = "pieces[0] must be a pair (duration, schedule), got "
            pairs: Refused = [([each], error, must + "(" * isinstance(each, tuple)) for each, error in NO_PAIRS]
            return parts + pairs + no_sequences(name)
    must, outside = RANGES.get(name, ("finite", []))
    found = numbers(name, must) + rows(outside, ValueError, f"{name} must be {must}, got ")
    return [row for row in found if not (name == "n_cycles" and row[0] is None)]


def numbers(name: str, must: str = "finite") -> Refused:
    infinite = f"{name} must be finite, got ", f"{name} must be {must}, got "
    return rows(NO_NUMBERS, TypeError, f"{name} must be one number, got ") + rows(NOT_FINITE, ValueError, infinite)


def no_schedules(name: str) -> Refused:
    return rows(NO_SCHEDULES, TypeError, f"{name} must be callable, epoch in and rate out, and no class, got ")


def no_sequences(name: str) -> Refused:
    return rows(NO_SEQUENCES, TypeError, f"{name} must be a sequence, got ")


def rows(values: list[Any], error: type[Exception], start: Start) -> Refused:
    return [(value, error, start) for value in values]


def inside(put: Callable[[Any], Any], found: Refused) -> Refused:
    return [(put(value), error, start) for value, error, start in found]


def assert_refused(call: Callable[[], object], error: type[Exception], start: Start, value: object = ()) -> None:
    shown = repr(value) if type(value) in (int, float, str, bytes, dict) and len(repr(value)) < 70 else ""
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error and str(caught.value).startswith(start), caught.value
    assert f"got {shown}" in str(caught.value)
    assert len(str(caught.value)) < 400 and "\n" not in str(caught.value)
    assert caught.value.__cause__ is None  # and no "another exception occurred"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("row", ROWS)
def test_each_function_refuses_at_every_epoch_what_its_class_refuses_when_built(row: Row) -> None:
    for name in row.call.keywords:
        for value, error, start in refused(name):
            arguments = row.call.keywords | {name: value}
            for e in (-3, 0, 2.5, 10**6, np.float32(7)):
                assert_refused(partial(row.function, e, **arguments), error, start, value)
            assert_refused(partial(row.schedule, **arguments), error, start, value)


@pytest.mark.parametrize("row", ROWS)
def test_each_function_and_class_refuses_the_same_epochs(row: Row) -> None:
    for value, error, start in numbers("e"):
        assert_refused(partial(row.call, value), error, start)
        if not (hasattr(value, "dtype") and value.shape and value.dtype.kind == "f"):  # an array is law 13's
            array = "e must be an array of ints or floats, got "
            assert_refused(partial(built(row.call), value), error, (start, array) if isinstance(start, str) else start)


def test_each_argument_has_its_own_refusals() -> None:
    """So that one with a new name is never left out above."""
    for row in ROWS:
        for name in row.call.keywords:
            assert refused(name) != numbers(name), (row, name)


@each_schedule
def test_law(schedule: Any) -> None:
    assert broken(schedule, [], number=11) == []


SWAPPED = "lr_min must be <= lr_init, which is 0.1, got 0.2"
FALLING = "lr_start must be <= schedule(0), which is 0.1, got 0.5"
ZERO_START = "lr_start must be > 0 in an exponential warm-up, got 0"
TOGETHER: list[tuple[Row, dict[str, Any], str]] = [  # arguments that are good alone
    *((row, {"lr_min": 0.2}, SWAPPED) for row in ROWS if "lr_min" in row.call.keywords),
    *((row, {"lr_start": 0.5}, FALLING) for row in ROWS if "lr_start" in row.call.keywords),
    *((row, {"lr_start": 0, "curve": "exponential"}, ZERO_START) for row in ROWS if "lr_start" in row.call.keywords),
]


@pytest.mark.parametrize(("row", "changed", "start"), TOGETHER)
def test_arguments_that_do_not_go_together(row: Row, changed: dict[str, Any], start: str) -> None:
    arguments = row.call.keywords | changed
    assert_refused(partial(row.schedule, **arguments), ValueError, start)
    for e in (0, 4, 5, 30, 10**6):
        assert_refused(partial(row.function, e, **arguments), ValueError, start)


@pytest.mark.parametrize("n", [-1, 2.5])
def test_a_number_of_values(n: Any) -> None:
    assert_refused(lambda: GOOD.values(n), ValueError, f"n must be a whole number >= 0, got {n}")


# What a schedule returns: a function in a combinator, and a class of one's own everywhere.

BAD_RATES: list[tuple[Any, type[Exception], str]] = [
    *((value, TypeError, "schedule(e) must be one number, got ") for value in (None, "0.1", 1j, [0.1], np.ones(2))),
    *((value, ValueError, "schedule(e) must be finite, got ") for value in (NAN, INF, np.float32(NAN))),
    *((value, ValueError, "schedule(e) must be >= 0, got ") for value in (-1.0, -1, np.float64(-0.1))),
]


@pytest.mark.parametrize(("bad", "error", "start"), BAD_RATES)
def test_what_a_schedule_returns_is_validated(bad: Any, error: type[Exception], start: str) -> None:
    class OwnLR(cosine_lr.Schedule):
        def rate(self, e: float, /) -> Any:
            return 0.1 if e == 0 else bad  # a warm-up needs the first

    own = OwnLR()
    for use in (lambda: own(3), lambda: own.values(3), lambda: [*itertools.islice(LRIterator(own), 3)]):
        assert_refused(use, error, start)
    for part in (own, lambda e: 0.1 if e == 0 else bad):
        for call in around(part):
            assert_refused(partial(rates_at, call), error, start)
            assert_refused(partial(lambda call: rates_at(built(call)), call), error, start)


def rates_at(f: Callable[[float], float]) -> list[float]:
    return [f(e) for e in (3, 13, 20)]


def test_what_a_schedule_itself_raises_is_not_hidden() -> None:
    first: dict[float, float] = {0: 0.1}
    for call in around(first.__getitem__):
        with pytest.raises(KeyError):
            rates_at(call)


@pytest.mark.parametrize("error", [KeyError, OSError, MemoryError, RecursionError, KeyboardInterrupt])
def test_any_other_error_that_an_argument_raises_passes_as_it_is(error: type[BaseException]) -> None:
    """It does not say that there is no number, and to hide it would hide its cause."""
    for name in ("e", "lr_init", "lr_min", "t_max"):
        raised = error("hostile")
        with pytest.raises(error) as caught:
            c.cosine_lr(**({"e": 3, "lr_init": 0.1, "lr_min": 0.001, "t_max": 10} | {name: Hostile(raised)}))
        assert caught.value is raised
    for call in (lambda it: c.MultiStepLR(0.1, it, 0.5), lambda it: c.SequenceLR([it], GOOD), GOOD.values):
        with pytest.raises(error, match="hostile"):
            call(Hostile(error("hostile")))


# The message.


@pytest.mark.parametrize(
    "value", [list(range(10**5)), np.ones((50, 50)), Hostile(ValueError("no repr")), -(10**5000)], ids=type
)
def test_a_value_of_many_lines_or_without_a_repr(value: Any) -> None:
    error = ValueError if isinstance(value, int) else TypeError
    assert_refused(lambda: c.cosine_lr(3, 0.1, 0.001, value), error, "t_max must be ")


@pytest.mark.process
@pytest.mark.parametrize("act", [lambda: c.cosine_lr(3, 0.1, 0.001, -5), lambda: c.CosineLR(0.1, 0.001, -5)])
def test_a_bad_time_is_refused_within_eight_frames(act: Callable[[], object]) -> None:
    with pytest.raises(ValueError) as caught:
        act()
    assert len(caught.traceback) - 1 <= 8


LARGEST = checks.MAX_INT, sys.float_info.max, 0, checks.MAX_INT


@pytest.mark.parametrize("usual", [(0, 0.1, 0.0, 1), (0.5, 1, 1, 2.5), (3, 0.1, 0.1, 10**6), LARGEST])
def test_usual_arguments_are_not_converted_one_by_one(usual: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [type(checks.common("t_max", 3, 0.1, 0.0, t)[3]) for t in (2.0, 3.0)] == [int, int]
    schedule, fast = c.CosineLR(1.0, 0.0, 10), [checks.rate, checks.ratio, checks.exponent]
    for name in ("epoch", "rates", "time", "_plain"):
        monkeypatch.setattr(checks, name, None)
    monkeypatch.setattr(schedules, "epoch", None)
    assert checks.common("t_max", *usual) == usual and schedule(usual[0]) in (1.0, 0.0, schedule(0.5), schedule(3))
    assert [checks.number("x", n) for n in (usual[0], -usual[3], usual[3])] == [usual[0], -usual[3], usual[3]]
    monkeypatch.setattr(checks, "number", None)
    assert [each("x", 0.5) for each in fast] == [0.5] * 3 and checks.multiple("x", 2) == 2


def test_a_number_that_has_no_repr() -> None:
    with pytest.raises(ValueError, match="^lr_init must be >= 0, got int that cannot be shown$"):
        c.constant_lr(3, -(10**9999))

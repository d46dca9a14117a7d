"""Law 13. Arrays: an array of epochs gives the rates that its numbers give, within 16 units in the last place of the
array's float type plus 4 per unit of ln(highest rate of any part / rate).

Here with NumPy and with array-api-strict, which has nothing that the standard for arrays has not. The other libraries
stand in tests/frameworks/test_arrays.py.
"""

import math
import re
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import Mock

import array_api_strict
import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from cosine_lr import (
    ConstantLR, CosineLR, CosineRestartsLR, MultiStepLR, PolynomialLR, ProductLR, RestartLR, Schedule,
    SequenceLR, ShiftLR, StaircaseLR, StepLR, WarmupLR,
)  # fmt: skip
from tests.laws.draws import CURVES, each_row, each_schedule, schedules, subjects
from tests.schedules import CALLS, FORMULAS, OTHERS, ROWS, Row, known

PLAIN = WarmupLR(CosineLR(0.1, 0.001, t_max=10), lr_start=0.01, t_warmup=5)
UNITS = {"int32": 2.0**-53, "int64": 2.0**-53, "float64": 2.0**-53, "float32": 2.0**-24}
counts = st.integers(0, 400) | st.integers(0, 2**40 - 1)


def allowed(want: float, high: float, unit: float) -> float:
    """What the law allows between the two rates, given the schedule's highest rate."""
    smallest = 2.0**-126 if unit == 2.0**-24 else 2.0**-1022
    if want / max(high, 1.0) < smallest:  # gamma**i may be subnormal
        return max(want, smallest)
    return (16.0 + 4.0 * max(math.log(high / want), 0.0)) * unit * want


def wrong(schedule: Any, epochs: list[Any], dtype: str, high: float) -> list[tuple[Any, float, float]]:
    """The epochs whose rates the law does not allow, with the two rates."""
    rates = [float(rate) for rate in schedule(np.array(epochs, dtype))]
    pairs = [(e, rate, schedule(e)) for e, rate in zip(epochs, rates, strict=True)]
    return [(e, rate, want) for e, rate, want in pairs if not abs(rate - want) <= allowed(want, high, UNITS[dtype])]


def is_whole(schedule: Schedule) -> bool:
    return "t_mult=1." not in repr(schedule)


@given(schedules(depth=3).filter(is_whole), st.lists(counts, min_size=1))
@example(RestartLR(CosineLR(1.0, 0.0, 28382), 48384, t_mult=2), [28360])  # a cycle's length was divided by, inexactly
def test_nested_schedules_of_whole_epochs(schedule: Schedule, epochs: list[int]) -> None:
    assert wrong(schedule, [*range(50), *epochs], "int64", known(schedule).high) == []


@each_row
@given(st.data())
def test_each_schedule_of_whole_epochs(row: Row, data: st.DataObject) -> None:
    schedule, epochs = data.draw(subjects(row, whole=True))
    assume(is_whole(schedule))
    whole = [int(e) + i for e in epochs if 0 <= e < 2**40 - 2 for i in (0, 1)]
    assert wrong(schedule, whole, "int64", known(schedule).high) == []


@given(schedules(depth=2).filter(is_whole), st.lists(st.integers(0, 400) | st.integers(0, 2**24 - 1), min_size=1))
@example(CosineLR(0.1, 0.0, 5399012), [5399010, 5399011, 5399012])  # these four once ended an epoch early
@example(StepLR(1.0, 3739211, 0.5), [3739209, 3739210, 3739211])
@example(CosineRestartsLR(0.1, 0.0, 1130037), [6780220, 6780221, 6780222])
@example(MultiStepLR(1.0, [2**24 - 1], 0.5), [2**24 - 3, 2**24 - 2, 2**24 - 1])
@example(WarmupLR(ConstantLR(1.0), 1.7e-90, 2, curve="exponential"), [1])  # its power is beyond float32
@example(RestartLR(PolynomialLR(7e4, 0.0, t_max=1), 1, gamma=0.01171875), [22])  # a subnormal power of gamma
@example(RestartLR(WarmupLR(ConstantLR(1.0), 0.0, 9), 9, gamma=1 - 2**-20), [10, 18])  # 1 - gamma**i by cancellation
@example(CosineRestartsLR(1.0, 0.1, 1, n_cycles=2**23 + 1), [2**23, 2**23 + 1])  # no slack where nothing is rounded
@example(WarmupLR(WarmupLR(StepLR(1.0, 10**6, 0.5), 1.0, 10), 1.0, 10), [16_000_019, 16_000_020])
@example(RestartLR(MultiStepLR(1.0, [10**7], 0.5), 13 * 10**6, t_mult=2), [10**7 - 1, 10**7])
@example(RestartLR(MultiStepLR(1.0, [15], 0.5), 16, t_mult=1000), [15_016_014, 15_016_015, 15_016_016])
@example(PolynomialLR(1.0, 0.0, t_max=1000.3), [1000])  # the fraction is not lost beside the whole part
def test_float32_epochs(schedule: Schedule, epochs: list[int]) -> None:
    assert wrong(schedule, [*range(50), *epochs], "float32", known(schedule).high) == []


@pytest.mark.parametrize("row", [row for row in ROWS if row.schedule is not StaircaseLR])
@settings(max_examples=30)
@given(st.data())
def test_any_times_and_epochs_in_float64(row: Row, data: st.DataObject) -> None:
    schedule, epochs = data.draw(subjects(row))
    epochs = [e for e in epochs if 0 <= e < 2**24]
    high = known(schedule).high
    for e, rate in zip(epochs, schedule(np.array(epochs, float)).tolist(), strict=True):
        near = [schedule(e * (1.0 + share * 2.0**-40)) for share in (-1.0, -0.5, 0.0, 0.5, 1.0)]
        low, top = min(near), max(near)
        assert low - allowed(low, high, 2.0**-53) <= rate <= top + allowed(top, high, 2.0**-53), (schedule, e)


@pytest.mark.parametrize(
    ("schedule", "e"),
    [
        (WarmupLR(ConstantLR(1.0), 0.0, 1, curve="cosine", power=0.5), 1e-260),  # its square is 0
        (WarmupLR(ConstantLR(1.0), 0.0, 10, power=40), 6),  # the nearer end of the interval is not that of the rates
        (WarmupLR(ConstantLR(1.0), 1e-100, 10, curve="exponential"), 5),  # 2**166 times the start
        (PolynomialLR(1.0, 0.0, 10**300, k_decay=0.01), 5),  # a time beyond float32
        (ShiftLR(StepLR(1.0, 1, 0.5), sum([0.1] * 100)), 0),  # a rounding below the tenth step
        *((ShiftLR(StepLR(1.0, 2.5, 0.5), 15), e) for e in (2.4, 2.4999999999954525)),  # 17.4, and almost 17.5
        (StepLR(0.1, 1e-5, 0.5), 1e-5 * (1 - 1e-11)),  # 2**-40 does not grow where steps are short
        (StepLR(1.0, 1_099_291_725_450, 0.5), 1_099_291_725_449.0),  # where the tolerance is almost an epoch
    ],
)
def test_extreme(schedule: Schedule, e: float) -> None:
    np.testing.assert_allclose(schedule(np.array([e])), [schedule(e)], rtol=1e-14)


def test_epochs_that_were_divided_in_float32() -> None:
    """steps * (1 / steps_per_epoch) is some roundings below a whole epoch."""
    steps = np.arange(97, 97_000, 97)
    epochs = steps.astype("f4") * np.float32(1 / 97)
    assert (epochs < steps // 97).any()
    np.testing.assert_allclose(StepLR(1.0, 1, 0.99)(epochs), StepLR(1.0, 1, 0.99)(steps // 97), rtol=1e-4)


@pytest.mark.parametrize("off", [-1, 1])
def test_a_division_that_is_not_rounded_well(off: int) -> None:
    """A compiled division may be a rounding too low or too high, so its floor may be one off."""
    xp = SimpleNamespace(**{**vars(np), "floor": lambda x: np.floor(x) + off})
    for schedule in (StepLR(1.0, 30, 0.5), RestartLR(CosineLR(1.0, 0.0, 7), 7)):
        assert schedule.on(xp)(np.arange(1, 400)).tolist() == schedule(np.arange(1, 400)).tolist()


def _asarray(value: Any, dtype: Any = None) -> Any:
    return np.asarray(value, dtype or (np.float16 if isinstance(value, float) else None))


NAMES = {name: getattr(np, name) for name in ("where", "log1p", "log", "expm1", "sin", "floor", "reshape")}
SHORT: Any = SimpleNamespace(**NAMES, asarray=_asarray)  # a library whose usual float is too short to count


@pytest.mark.parametrize("steps", [97, 97.3, 390.625, 1251 / 8, 0.1, 1 / 3, 0.7, 33.3333, 5004 / 90_000])
@pytest.mark.parametrize("xp", [np, SHORT], ids=["float64", "float32"])
def test_whole_epochs_are_on_the_same_side_of_fractional_boundaries(steps: float, xp: Any) -> None:
    epochs = np.unique([math.ceil(k * steps) + i for k in range(2_000) for i in (-1, 0)])[1:]
    stairs, half = StepLR(1.0, steps, 0.999), SequenceLR([(steps / 2, ConstantLR(1.0))], ConstantLR(0.5))
    later = SequenceLR([(steps, half), (2 * steps, ConstantLR(0.3))], stairs), WarmupLR(stairs, 1.0, steps)
    cycles = RestartLR(half, steps), RestartLR(half, steps, t_mult=1.5)
    for schedule in (stairs, MultiStepLR(1.0, [k * steps for k in range(20)], 0.5), *later, *cycles):
        wanted = list(map(schedule, epochs.tolist()))
        np.testing.assert_allclose(schedule.on(xp)(epochs), wanted, rtol=1e-9 if xp is np else 1e-4)


def test_a_boundary_that_only_rounding_puts_above_a_whole_epoch() -> None:
    t = 0.1 * 3 * 10
    assert t > 3
    warmup, staircase = WarmupLR(CosineLR(0.5, 0.0, 10), 0.5, t), StaircaseLR(MultiStepLR(1.0, [2], 0.5), t)
    sequence = SequenceLR([(t, ConstantLR(1.0))], ConstantLR(0.5))
    for each in (MultiStepLR(1.0, [t], 0.5), StepLR(1.0, t, 0.5), warmup, staircase, sequence):
        assert each(np.array([2, 3])).tolist() == each(np.array([2.0, 3.0])).tolist() == [each(2), 0.5], each
        assert each(3) == 0.5


@pytest.mark.parametrize("row", FORMULAS)
@settings(max_examples=20)
@given(st.data())
def test_both_ends_are_exact(row: Row, data: st.DataObject) -> None:
    schedule, _ = data.draw(subjects(row))
    end = known(schedule).end
    epochs = [0.0] if end == math.inf else [0.0, float(end), 2.0 * end + 1.0]
    assert schedule(np.array(epochs)).tolist() == list(map(schedule, epochs))


@pytest.mark.parametrize(
    ("schedule", "end"),
    [
        (CosineRestartsLR(0.21, 0.08, 10, gamma=0.5, n_cycles=2), 20),  # 0.08 + (0.21 - 0.08) is not 0.21
        *((WarmupLR(ConstantLR(0.1), 1e-5, 97, curve=c, power=p), 97) for c in CURVES for p in (1.0, 0.5, 4.0)),
    ],
)
def test_both_ends_of(schedule: Schedule, end: int) -> None:
    assert schedule(np.array([0, end])).tolist() == [schedule(0), schedule(end)]


@pytest.mark.parametrize("dtype", ["int64", "float32"])
def test_a_decay_does_not_rise_and_is_not_zero_before_its_end(dtype: str) -> None:
    t, e = 400_000, np.arange(400_001, dtype=dtype)
    for schedule in (CosineLR(1.0, 0.0, t), PolynomialLR(1.0, 0.0, t), PolynomialLR(1.0, 0.0, t, k_decay=0.5)):
        rates = schedule(e)
        assert (rates[1:] <= rates[:-1]).all() and rates[-2] > 0.0 == rates[-1], schedule


def test_rates_up_to_the_largest_numbers() -> None:
    assert wrong(CosineLR(1.7e308, 0.0, 10), [0, 1, 5, 9, 10], "int64", 1.7e308) == []
    assert CosineLR(3e38, 0.0, 10)(np.array([0, 10], "f4")).tolist() == [np.float32(3e38), 0.0]
    huge = ProductLR([ConstantLR(1e200)] * 2 + [CosineLR(1.0, 0.0, 3)])
    with np.errstate(over="ignore"):
        assert huge(np.array([1, 3])).tolist() == [0.75 * 1.7976931348623157e308, 0.0]


@pytest.mark.parametrize("t", [10**30, 10**300, 1.7e308])
def test_very_long_times(t: float) -> None:
    for schedule in (CosineLR(0.1, 0.0, t), StepLR(0.1, t, 0.5), SequenceLR([(t, ConstantLR(0.1))], PLAIN)):
        assert schedule(np.array([0.0, 5.0], "f4")).tolist() == [np.float32(0.1)] * 2
        assert schedule(np.array([0, 5])).tolist() == [0.1, 0.1]


@each_schedule
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_nan_gives_nan_and_an_infinite_epoch_a_rate(schedule: Schedule, dtype: str) -> None:
    rates = schedule(np.array([math.nan, -math.inf, math.inf, 3.0], dtype))
    assert np.isnan(rates).tolist() == [True, False, False, False]
    assert rates[1] == rates.dtype.type(schedule(0))


def test_before_the_start_and_far_past_the_end() -> None:
    assert PLAIN(np.array([-5, -1, 0])).tolist() == [0.01] * 3
    assert PLAIN(np.array([2**64 - 1, 10**18, 0], "uint64")).tolist() == [0.001, 0.001, 0.01]


@pytest.mark.parametrize("shape", [(0,), (1,), (3,), (2, 3), (0, 2), (1, 1, 1)])
def test_shape_is_kept(shape: tuple[int, ...]) -> None:
    assert PLAIN(np.zeros(shape, int)).shape == shape
    assert PLAIN(np.ones(shape, int).T[..., ::-1]).shape == shape[::-1]  # a view


@pytest.mark.parametrize("dtype", "int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 f4 f8 >f4 >f8".split())
def test_type_of_the_rates(dtype: str) -> None:
    rates, result = PLAIN(np.arange(9, dtype=dtype)), "float32" if "f4" in dtype else "float64"
    assert rates.dtype.name == result and rates.tolist() == PLAIN(np.arange(9, dtype=result)).tolist()
    doubles: Any = np.ones(9).__mul__  # returns float64 for float32
    assert ProductLR([doubles])(np.arange(9, dtype=dtype)).dtype.name == result


@pytest.mark.parametrize("more", [{}, {"float32": np.dtype("float32")}])
@pytest.mark.parametrize("convert", ["asarray", "as_tensor", "convert_to_tensor"])
def test_a_library_whose_usual_float_is_short(more: dict[str, Any], convert: str) -> None:
    def converted(value: Any, dtype: Any = None) -> Any:
        assert not (more and isinstance(dtype, str))
        return _asarray(value, dtype)

    xp = SimpleNamespace(**NAMES, **more, **{convert: converted})
    rates = PLAIN.on(xp)(np.arange(2049))
    assert rates.dtype == np.float32 and rates.tolist() == PLAIN(np.arange(2049, dtype=np.float32)).tolist()
    for schedule in (PLAIN, NoArraysLR(0.1)):
        np.testing.assert_allclose(schedule.on(xp)(np.arange(9.0)), schedule.values(9), rtol=1e-14)


@pytest.mark.parametrize("e", [3, 3.0, np.int64(3), np.uint8(3), np.float64(3), np.array(3), np.array(3.0)])
def test_a_number_gives_a_float_and_with_on_an_array(e: Any) -> None:
    rates, array = [PLAIN(e), PLAIN(np.float32(e))], PLAIN.on(np)(e)
    assert [*map(type, rates), type(array)] == [float, float, np.ndarray] and array.shape == ()
    assert rates == [array] * 2 == [PLAIN(3)] * 2


@each_schedule
def test_the_standard_for_arrays_is_enough(schedule: Schedule) -> None:
    epochs = [0, 1, 3, 7, 10, 11, 33, 100]
    rates = schedule(array_api_strict.asarray(epochs))  # type: ignore[no-untyped-call, unused-ignore]
    assert list(map(float, rates)) == schedule(np.array(epochs)).tolist()


masked_array: Any = np.ma.array  # untyped in older NumPy
NOT_NUMBERS = [
    *(np.array(["3"]), np.array("3"), np.array([1j]), np.complex128(1), np.array([True]), np.array([None])),
    *(np.array(None), np.array(["2020-01-01"], "M8[D]"), np.timedelta64(3, "s"), np.ma.masked),
    *(masked_array([1, 2], mask=[False, True]), masked_array(3, mask=True)),
]


@pytest.mark.parametrize("e", NOT_NUMBERS)
def test_what_is_no_array_of_numbers(e: Any) -> None:
    with pytest.raises(TypeError, match=f"^e must be an array of ints or floats, got {re.escape(repr(e)[:9])}"):
        PLAIN(e)


@pytest.mark.parametrize("call", CALLS)
def test_functions_take_no_arrays(call: Any) -> None:
    with pytest.raises(TypeError, match=r"^e must be one number, got array.* CosineLR\(...\), it is schedule\(e\)\)$"):
        call(np.arange(3))


@pytest.mark.parametrize(
    ("xp", "said"),
    [
        *((xp, "") for xp in (None, math, np.array)),
        (ModuleType("jax"), " (did you mean jax.numpy?)"),
        ("tensorflow", " (did you mean tensorflow.experimental.numpy?)"),
    ],
)
def test_on_takes_an_array_library(xp: Any, said: str) -> None:
    modules = "numpy, jax.numpy, torch, keras.ops, tensorflow.experimental.numpy, mlx.core"
    start = f"xp must be an array library, one of the modules {modules}, got {repr(xp)[:20]}"
    with pytest.raises(TypeError, match=f"^{re.escape(start)}.*{re.escape(said) or '(?<![)])'}$"):
        PLAIN.on(xp)


@pytest.mark.parametrize("kind", [CosineRestartsLR, RestartLR])
def test_cycles_that_hardly_grow(kind: Any) -> None:
    arguments = (0.1, 0.0, 10) if kind is CosineRestartsLR else (PLAIN, 10)
    schedule = kind(*arguments, t_mult=1.001)
    said = "t_mult must be 1, or large enough for at most 512 cycles of an array, got 1.001"
    with pytest.raises(ValueError, match=f"^{said}$"):
        schedule(np.arange(3))
    assert kind(*arguments, t_mult=1.001, n_cycles=512)(np.arange(3)).shape == (3,)
    assert kind(*arguments, t_mult=1.05)(np.arange(3)).shape == (3,)


class NoArraysLR(Schedule):
    lr_init: float

    def rate(self, e: float, /) -> float:
        return self.lr_init * max(1 - e / 10, 0.5)


@pytest.mark.parametrize(
    "other", [*OTHERS, NoArraysLR(0.1), lambda e: math.exp(-e), lambda e: {0: 1.0}.get(e, 0.5)], ids=type
)
def test_what_others_wrote_is_called_with_the_array_or_one_by_one(other: Any) -> None:
    for schedule in (SequenceLR([(20, other)], other), ProductLR([other, PLAIN]), ShiftLR(other, 2)):
        np.testing.assert_allclose(schedule(np.arange(24).reshape(4, 6)).reshape(-1), schedule.values(24), rtol=1e-14)


@pytest.mark.parametrize("e", [np.array([0.25, 3], np.float32), array_api_strict.asarray([0.25, 3.0])], ids=type)
def test_fractions_one_by_one(e: Any) -> None:
    rates = NoArraysLR(0.5)(e)
    assert rates.dtype == e.dtype and [float(each) for each in rates] == pytest.approx([0.4875, 0.35], rel=1e-7)


def test_a_class_of_ones_own_gets_the_array_once() -> None:
    rate = Mock(side_effect=np.zeros_like)
    assert type("SeenLR", (Schedule,), {"rate": rate})()(np.arange(3)).tolist() == [0.0] * 3
    assert [type(each) for each in rate.call_args_list[0].args] == [np.ndarray] and rate.call_count == 1


def test_what_needs_the_numbers_where_they_are_not_known_is_told_so() -> None:
    unknown = SimpleNamespace(**{**vars(SHORT), "reshape": None})  # None(...) is a TypeError, as in compiled code
    said = r"schedule must be made of operators that arrays have \(no if.*NoArraysLR\(0.1\)"
    with pytest.raises(TypeError, match=f"^{said}$"):
        NoArraysLR(0.1).on(unknown)(np.arange(3))


def test_one_by_one_a_function_gets_plain_numbers_that_are_asked_for_at_once() -> None:
    """One after the other they would take JAX 75 microseconds each."""

    def reshape(n: Any, shape: tuple[int, ...]) -> Any:
        return n.reshape(shape) if shape != (-1,) else SimpleNamespace(tolist=n.ravel().tolist)

    xp = SimpleNamespace(**{**vars(np), "reshape": reshape})
    assert NoArraysLR(0.1).on(xp)(np.arange(6).reshape(2, 3)).ravel().tolist() == NoArraysLR(0.1).values(6)
    assert ProductLR([[0.3, 0.2, 0.1].__getitem__])(np.arange(3)).tolist() == [0.3, 0.2, 0.1]  # type: ignore[list-item]


def test_a_function_cannot_change_the_epochs_of_others() -> None:
    def careless(e: Any) -> Any:
        e -= 1
        return e * 0.0 + 1.0

    epochs = np.arange(-1, 9)
    assert ProductLR([careless, PLAIN])(epochs).tolist() == PLAIN(epochs).tolist() and epochs[0] == -1


def test_a_negative_rate_is_not_a_number() -> None:
    rates = ProductLR([lambda e: 1.0 - e])(np.arange(4))
    assert rates[:2].tolist() == [1.0, 0.0] and np.isnan(rates[2:]).all()


def test_an_error_of_a_function_is_its_own() -> None:
    with pytest.raises(ValueError, match="^schedule\\(e\\) must be >= 0, got -1$"):
        ProductLR([lambda e: 1 if e < 2 else -1])(np.arange(4))
    with pytest.raises(ZeroDivisionError):
        ProductLR([lambda e: 1 / 0])(np.arange(4))


def test_a_subclass_with_a_formula_of_its_own_is_not_taken_for_its_base() -> None:
    class Halved(CosineLR):
        def rate(self, e: float, /) -> float:
            return super().rate(e) / 2

    assert Halved(0.1, 0.0, 10)(np.arange(3)).tolist() == Halved(0.1, 0.0, 10).values(3)

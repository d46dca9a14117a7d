"""Law 12. Values: a schedule is its class and fields: it compares, hashes, copies, pickles, prints by them. Equal
schedules have equal rates, to the last bit. `parse(repr(s)) == s` when every schedule inside is of this package or
named to `parse`, up to 10,000 characters, and 200 brackets inside one another (`test_notation.py`)."""

import copy
import pickle
import pickletools
from collections.abc import Callable
from dataclasses import KW_ONLY, FrozenInstanceError, field, fields, is_dataclass, replace
from enum import Enum
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import cosine_lr
from cosine_lr import (
    ConstantLR, CosineLR, CosineRestartsLR, LRIterator, MultiStepLR, ProductLR, RestartLR, Schedule,
    SequenceLR, ShiftLR, StaircaseLR, StepLR, WarmupLR, parse, restart_lr,
)  # fmt: skip
from tests.laws.draws import law_of_each_row, schedules
from tests.schedules import (
    DECAY, OTHERS, ROWS, SCHEDULES, WORKED, HarmonicLR, Row, around, built, values_of,
)  # fmt: skip


class PlainLR(Schedule):
    """No fields: its state is empty."""

    def rate(self, e: float, /) -> float:
        return 0.1


class AnyLR(Schedule):
    """With a field of any kind: a list becomes a tuple, so that nothing can change a schedule and it is hashable."""

    lr_init: float
    other: Any

    def rate(self, e: float, /) -> float:
        return self.lr_init / 2**e


OWN = [HarmonicLR(0.1), PlainLR(), AnyLR(0.5, [1.0, [2]]), *map(built, around(HarmonicLR(0.1)))]
EVERY = [*SCHEDULES, *OWN]
EACH = pytest.mark.parametrize("schedule", EVERY)

test_law = law_of_each_row(12)


@EACH
def test_equal_if_class_and_fields_are_equal(schedule: Schedule) -> None:
    again = type(schedule)(**values_of(schedule))
    assert again == schedule and not again != schedule and {schedule: "seen"}[again] == "seen"
    others: list[object] = [tuple(values_of(schedule).values()), repr(schedule), None, schedule(0)]
    assert schedule not in others


OTHER_VALUES: dict[str, Any] = dict.fromkeys(["t_max", "t_scale", "step_size", "t_warmup", "t_shift", "n_cycles"], 11)
OTHER_VALUES |= {"lr_init": 0.2, "lr_min": 0.005, "lr_start": 0.02, "gamma": 0.3, "power": 3.0, "k_decay": 3.0}
OTHER_VALUES |= {"t_mult": 3, "curve": "linear", "milestones": (1,), "pieces": ((1, DECAY),), "schedules": (DECAY,)}
OTHER_VALUES |= dict.fromkeys(["schedule", "then"], ConstantLR(0.2))


@pytest.mark.parametrize(("row", "name"), [(row, name) for row in ROWS for name in row.call.keywords])
def test_each_field_counts(row: Row, name: str) -> None:
    schedule = built(row.call)
    changed = replace(schedule, **{name: OTHER_VALUES[name]})
    assert changed != schedule and hash(changed) != hash(schedule) and repr(changed) != repr(schedule)
    assert values_of(changed) == values_of(schedule) | {name: OTHER_VALUES[name]}
    assert replace(changed, **{name: getattr(schedule, name)}) == schedule == built(row.call)


def test_a_subclass_is_another_schedule() -> None:
    class Mine(CosineLR):
        pass

    assert Mine(*WORKED) != DECAY and repr(Mine(*WORKED)) == "Mine(0.1, 0.001, t_max=10)"
    assert Mine(*WORKED) == Mine(*WORKED) and Mine(*WORKED)(3) == DECAY(3)


def as_floats(value: Any) -> Any:
    if type(value) is tuple:
        return tuple(map(as_floats, value))
    if isinstance(value, Schedule):
        return type(value)(**{name: as_floats(each) for name, each in values_of(value).items()})
    return float(value) if type(value) is int else value


@given(schedules(depth=2), st.integers(0, 10**6) | st.floats(0.0, 1e4))
@example(CosineRestartsLR(0.1, 0.0, t_max=3), 3 * 10**12 - 1)  # here, ints once had other rates than floats
@example(StepLR(0.1, 3, 0.5), 3 * 10**12 - 1)
@example(StaircaseLR(DECAY, 3), 3 * 10**12 - 1)
def test_equal_schedules_have_equal_rates(schedule: Schedule, e: float) -> None:
    """10 == 10.0: a cache may take the one for the other."""
    floats = as_floats(schedule)
    assert floats == schedule and hash(floats) == hash(schedule) and repr(floats) == repr(schedule)
    assert floats(e) == schedule(e)


@EACH
def test_no_attribute_can_be_assigned_or_deleted(schedule: Any) -> None:
    before = repr(schedule), schedule(7)
    for name in (*values_of(schedule), "other", "e"):
        with pytest.raises(FrozenInstanceError):
            setattr(schedule, name, 1)
        with pytest.raises(FrozenInstanceError):
            delattr(schedule, name)
    assert (repr(schedule), schedule(7)) == before


def test_replace_validates_and_prepares_anew() -> None:
    warm = WarmupLR(CosineLR(0.1, 0.001, t_max=95), lr_start=0.0, t_warmup=5)
    assert replace(warm, schedule=replace(DECAY, lr_init=0.2))(5) == 0.2 and warm(5) == 0.1
    with pytest.raises(ValueError, match="^lr_start must be <= schedule"):
        replace(warm, schedule=ConstantLR(0.0), lr_start=0.05)


@EACH
def test_a_copy_is_the_schedule_itself_and_a_pickle_is_equal(schedule: Schedule) -> None:
    assert copy.copy(schedule) is schedule is copy.deepcopy(schedule)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(schedule, protocol))
        assert again == schedule and again(0) == schedule(0)


@pytest.mark.parametrize("schedule", [*SCHEDULES, LRIterator(DECAY, 3)])
def test_pickles_name_public_classes_only(schedule: Any) -> None:
    words = {value for _, value, _ in pickletools.genops(pickle.dumps(schedule, 4)) if isinstance(value, str)}
    assert {word for word in words if word.startswith("cosine_lr")} <= {"cosine_lr.schedules", "cosine_lr.iterators"}
    assert {word for word in words if word[0].isupper()} <= {*cosine_lr.__all__}
    assert not {word for word in words if word[0] == "_" and word[:2] != "__"}


@pytest.mark.process
def test_a_deep_copy_goes_as_deep_as_parse() -> None:
    deep: Schedule = ConstantLR(0.1)
    for _ in range(199):
        deep = ShiftLR(deep, 1)
    assert parse(repr(deep)) == copy.deepcopy(deep) == deep and copy.deepcopy({"a": [deep]})["a"][0] is deep


@EACH
def test_what_is_loaded_into_a_schedule_from_outside_changes_nothing(schedule: Any) -> None:
    """PyTorch's LambdaLR saves the `__dict__` of a callable and later updates another's with it."""
    saved = schedule.__dict__.copy()
    other = ConstantLR(0.5)
    other.__dict__.update(saved)
    schedule.__dict__.update(ConstantLR(0.5).__dict__)
    assert other == ConstantLR(0.5) and other(3) == 0.5 and schedule == type(schedule)(**values_of(schedule))
    assert pickle.dumps(saved)


@pytest.mark.parametrize("schedule", OWN)
def test_a_class_of_ones_own_is_named_to_parse(schedule: Schedule) -> None:
    assert parse(repr(schedule), HarmonicLR, PlainLR, AnyLR) == schedule


def test_fields_become_plain() -> None:
    numbers: list[Any] = [np.float32(0.5), 0, np.int64(10), np.float64(2), np.int8(3)]
    schedule = CosineRestartsLR(*numbers[:3], t_mult=numbers[3], n_cycles=numbers[4])
    assert repr(schedule) == "CosineRestartsLR(0.5, 0.0, t_max=10, t_mult=2, n_cycles=3)"
    assert [type(value) for value in values_of(schedule).values()] == [float, float, int, int, float, int]
    lists: list[Any] = [np.array([7, 3]), [[5, ConstantLR(1)]], [ConstantLR(2)]]
    assert repr(MultiStepLR(0.1, lists[0], 0.5).milestones) == "(3, 7)"
    assert repr(SequenceLR(lists[1], ConstantLR(2)).pieces) == "((5, ConstantLR(1.0)),)"
    assert repr(ProductLR(lists[2]).schedules) == "(ConstantLR(2.0),)"
    Curve = Enum("Curve", {"COSINE": "cosine"}, type=str)
    curves: list[Any] = [np.str_("cosine"), Curve("cosine")]
    for curve in curves:  # once stored as 'Curve.COSINE', which failed at the first call
        warm = WarmupLR(DECAY, 0.0, 5, curve=curve)
        assert type(warm.curve) is str and parse(repr(warm)) == warm == WarmupLR(DECAY, 0.0, 5, curve="cosine")


@pytest.mark.parametrize("other", OTHERS[:3])
def test_other_callables_keep_repr_and_equality_but_are_not_notation(other: Any) -> None:
    schedule = WarmupLR(other, 0.01, 5)
    assert schedule == WarmupLR(other, 0.01, 5) != WarmupLR(lambda e: 0.1, 0.01, 5)
    assert repr(other) in repr(schedule) and hash(schedule) == hash(WarmupLR(other, 0.01, 5))
    with pytest.raises(ValueError, match="^text"):
        parse(repr(schedule))


@EACH
def test_a_dataclass_and_a_function_of_one_argument(schedule: Any) -> None:
    assert is_dataclass(schedule) and not hasattr(type(schedule), "__orig_bases__")  # OmegaConf would look into it
    assert {"state_dict", "load_state_dict", "__iter__", "__next__", "values"} & {*dir(schedule)} == {"values"}
    calls: list[Callable[..., Any]] = [lambda f: f(), lambda f: f(1, 2), lambda f: f(e=1)]
    for call in calls:  # Keras calls with two first, and takes the TypeError for a hint to call with one
        with pytest.raises(TypeError, match="positional"):
            call(schedule)


def test_a_class_of_ones_own_is_its_fields_and_one_method() -> None:
    schedule = HarmonicLR(1)
    assert [each.name for each in fields(schedule)] == ["lr_init"] and type(schedule.lr_init) is float
    assert schedule(1) == 0.5 and schedule(-7) == schedule(0) == 1.0 and schedule.values(2) == [1.0, 0.5]


def test_a_field_that_its_class_does_not_show() -> None:
    class HiddenLR(HarmonicLR):
        secret: float = field(default=1.0, repr=False)

    assert repr(HiddenLR(0.1, 2.0)) == "HiddenLR(0.1)"


SHADOWED = "values", "rate", "on", "_formula", "_definition", "__call__"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        *(({"__annotations__": {name: float}}, f"have a field named {name}, which is an attrib") for name in SHADOWED),
        ({"__call__": lambda self, e: 0.1}, r"override __call__: its formula is .* rate\(self, e, /\)$"),
        ({"lr_init": 0.1}, "have lr_init without an annotation: lr_init: float = ...$"),
        ({"__init__": lambda self: None}, "define __init__: its numbers are annotated fields$"),
    ],
)
def test_a_class_that_would_break_a_method_is_refused(body: dict[str, Any], said: str) -> None:
    with pytest.raises(TypeError, match=f"^Own must not {said}"):
        type("Own", (Schedule,), {"__annotations__": {}, "__module__": __name__} | body)


def test_classes_of_one_name_are_refused_by_parse() -> None:
    other = type("PlainLR", (Schedule,), {"__annotations__": {}, "rate": PlainLR.rate, "__module__": __name__})
    for classes in ([PlainLR, other], [type("CosineLR", (PlainLR,), {"__module__": __name__})]):
        with pytest.raises(ValueError, match="^classes must be classes of different names, got \\(<class"):
            parse("PlainLR()", *classes)
    assert parse("PlainLR()", PlainLR, PlainLR) == PlainLR()


def test_a_class_without_a_rate_cannot_be_built() -> None:
    with pytest.raises(NotImplementedError, match=r"^Own has no method rate\(self, e, /\)$"):
        type("Own", (Schedule,), {"__annotations__": {}, "__module__": __name__})()
    with pytest.raises(TypeError, match="^Schedule is a base class"):
        Schedule()


class WideLR(Schedule):
    t_max: float
    width: float

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.width > self.t_max:
            raise ValueError("too wide")

    def rate(self, e: float, /) -> float:
        return 0.1


class RisingLR(Schedule):
    lr_start: float
    lr_init: float
    t_half: float

    def rate(self, e: float, /) -> float:
        return self.lr_init - (self.lr_init - self.lr_start) * float(0.5 ** (e / self.t_half))


@pytest.mark.parametrize(
    ("schedule", "bad", "said"),
    [
        (WideLR(10, 5), {"width": 11}, "too wide"),
        (WideLR(10, 5), {"t_max": -5}, "t_max must be > 0, got -5"),
        (RisingLR(0.0, 0.2, 10), {"lr_start": -1}, "lr_start must be >= 0, got -1$"),  # it once wanted a `schedule`
    ],
)
def test_a_check_of_ones_own_and_those_of_fields_named_like_arguments(schedule: Any, bad: Any, said: str) -> None:
    assert schedule(10) == 0.1
    with pytest.raises(ValueError, match=f"^{said}"):
        replace(schedule, **bad)


class OrderedLR(Schedule):
    t_half: float
    lr_init: float = 0.1
    lr_min: float = 0.0
    _: KW_ONLY
    half: float = field(default=0.5, init=False)

    def rate(self, e: float, /) -> float:
        return self.lr_min + (self.lr_init - self.lr_min) * float(self.half ** (e / self.t_half))


class DefaultsLR(PlainLR):
    lr_init: float = 0.1
    lr_min: float = 0.0


@pytest.mark.parametrize(
    ("schedule", "text"),
    [
        (DefaultsLR(lr_min=0.05), "DefaultsLR(lr_min=0.05)"),
        (OrderedLR(3, 0.2, 0.1), "OrderedLR(t_half=3, lr_init=0.2, lr_min=0.1)"),
        (OrderedLR(3, lr_min=0.05), "OrderedLR(t_half=3, lr_min=0.05)"),
        (OrderedLR(3), "OrderedLR(t_half=3)"),
        (RisingLR(0, 1, 10), "RisingLR(lr_start=0.0, lr_init=1.0, t_half=10)"),
        (HarmonicLR(0.2), "HarmonicLR(0.2)"),
    ],
)
def test_fields_are_written_with_their_names_where_the_order_does_not_say_them(schedule: Schedule, text: str) -> None:
    """A default that is left out, or a name before, once moved an unnamed rate to another's place."""
    assert repr(schedule) == text and parse(text, DefaultsLR, OrderedLR, RisingLR, HarmonicLR) == schedule
    assert pickle.loads(pickle.dumps(schedule)) == schedule == replace(schedule)


class Point(NamedTuple):
    x: float
    y: float


def test_fields_of_any_kind() -> None:
    point, words, inside = AnyLR(1, Point(1, 2)), AnyLR(1, {"any": "thing"}), AnyLR(1, [DECAY, (DECAY,)])
    assert type(point.other) is Point and repr(point) == "AnyLR(1.0, other=Point(x=1, y=2))"
    assert point == AnyLR(1, Point(1, 2)) and hash(point) == hash(AnyLR(1, Point(1, 2)))
    assert words.other == {"any": "thing"} and words == AnyLR(1, {"any": "thing"})
    assert parse(repr(inside), AnyLR) == inside
    for kind in (list, tuple):
        assert repr(AnyLR(1, kind([np.float32(0.25), np.array(2), [3]]))) == "AnyLR(1.0, other=(0.25, 2, (3,)))"
    array = pickle.loads(pickle.dumps(AnyLR(1, np.array([1.0, 2.0]))))
    assert repr(array) == "AnyLR(1.0, other=array([1., 2.]))" and array(1) == 0.5


@pytest.mark.parametrize("part", [[0.3, 0.2, 0.1].__getitem__, lambda e: 0.29 - e / 10])
def test_a_restart_needs_its_end_only_where_that_counts(part: Any) -> None:
    """The first has no end, the second is below 0 there."""
    assert RestartLR(part, t_max=3)(4) == restart_lr(4, part, t_max=3) == part(1)
    for needed in ({"gamma": 0.5}, {"n_cycles": 2}):
        with pytest.raises((IndexError, ValueError)):
            RestartLR(part, t_max=3, **needed)

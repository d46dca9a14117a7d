"""Law 12. Values.

Schedules compare and hash by their rule, copy, pickle, print. `parse(repr(s)) == s` when every schedule inside is of
this package or named to `parse`, up to 10,000 characters, and 200 brackets inside one another (`test_notation.py`).

joblib and cloudpickle: `frameworks/test_values.py`.
"""

from __future__ import annotations

import collections.abc
import copy
import pickle
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, FrozenInstanceError, dataclass, field, fields, is_dataclass, replace
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, islice
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosine_lr import (
    ConstantLR,
    CosineLR,
    CosineRestartsLR,
    InversePowerLR,
    LRIterator,
    MultiStepLR,
    PolynomialLR,
    ProductLR,
    RestartLR,
    SequenceLR,
    ShiftLR,
    WarmupLR,
    parse,
    restart_lr,
)
from tests.examples import DECAY, EPOCHS, FULL, SCHEDULES, WORKED, HarmonicLR, built, combinators, good_values
from tests.laws.draws import epochs, gammas, powers, times, two_rates

OWN: list[LRIterator] = [HarmonicLR(0.1), *(built(outer) for outer in combinators(HarmonicLR(0.1)))]
EVERY = [*SCHEDULES, *OWN]
FIELDS = [(built(call), name) for call in FULL for name in call.keywords]


def rule(schedule: LRIterator) -> dict[str, Any]:
    return {each.name: getattr(schedule, each.name) for each in fields(schedule) if each.name != "e"}


# Equality and hash.


@pytest.mark.parametrize("schedule", EVERY, ids=repr)
def test_equal_if_the_rule_is_equal(schedule: LRIterator) -> None:
    again = type(schedule)(**rule(schedule))
    moved = replace(schedule, e=7)
    next(moved)
    for other in (again, moved):
        assert other == schedule and not other != schedule and hash(other) == hash(schedule)
    assert {schedule: "seen"}[moved] == "seen" and len({schedule, again, moved}) == 1
    others: list[object] = [tuple(rule(schedule).values()), repr(schedule), None]
    assert schedule not in others
    assert sum(other == schedule for other in EVERY) == EVERY.count(schedule) >= 1


def test_two_schedules_of_different_rules_differ() -> None:
    for one, other in combinations(EVERY, 2):
        if [type(one), rule(one)] != [type(other), rule(other)]:
            assert one != other


@pytest.mark.parametrize(("schedule", "name"), FIELDS, ids=str)
def test_each_field_counts(schedule: LRIterator, name: str) -> None:
    beside_the_others: dict[str, Any] = {"lr_init": 0.2, "lr_min": 0.005, "schedule": ConstantLR(0.2)}
    value = beside_the_others.get(name, good_values()[name][-1])
    changed = replace(schedule, **{name: value})
    assert getattr(changed, name) != getattr(schedule, name)
    assert changed != schedule and hash(changed) != hash(schedule)


def test_a_subclass_is_another_rule() -> None:
    class Mine(CosineLR):
        pass

    assert Mine(*WORKED) != CosineLR(*WORKED) and Mine(*WORKED) == Mine(*WORKED)
    others: list[LRIterator] = [ConstantLR(0.1), HarmonicLR(0.2), LRIterator()]
    assert HarmonicLR(0.1) not in others


def _as_floats(value: Any) -> Any:
    if type(value) is int:
        return float(value)
    if type(value) is tuple:
        return tuple(map(_as_floats, value))
    return type(value)(**_floats(value)) if isinstance(value, LRIterator) else value


def _floats(schedule: LRIterator) -> dict[str, Any]:
    return {name: value if name == "n_cycles" else _as_floats(value) for name, value in rule(schedule).items()}


@pytest.mark.parametrize("schedule", EVERY, ids=repr)
def test_equal_schedules_have_equal_rates(schedule: LRIterator) -> None:
    """10 == 10.0: a cache may take the one for the other."""
    floats = _as_floats(schedule)
    assert floats == schedule and hash(floats) == hash(schedule)
    for e in [*range(300), *EPOCHS]:
        assert floats(e) == floats(float(e)) == schedule(float(e)) == schedule(e)


@lru_cache
def table(schedule: LRIterator, n: int) -> list[float]:
    return schedule.values(n)


def test_a_key_of_a_cache() -> None:
    table.cache_clear()
    for schedule in (DECAY, CosineLR(*WORKED, e=3), WarmupLR(DECAY, 0.0, 5), WarmupLR(replace(DECAY, e=7), 0.0, 5)):
        assert table(schedule, 5) == schedule.values(5)
    assert (table.cache_info().hits, table.cache_info().misses) == (2, 2)


def test_a_default_of_a_frozen_config() -> None:
    @dataclass(frozen=True)
    class Config:
        epochs: int = 100
        schedule: LRIterator = WarmupLR(CosineLR(0.1, 0.001, t_max=95), lr_start=0.0, t_warmup=5)

    assert Config() == Config() and hash(Config()) == hash(Config())
    assert replace(Config(), schedule=DECAY) != Config()
    assert Config().schedule(5) == 0.1


# Fields stay as they are.


class SubclassLR(CosineLR):
    """Not even a dataclass of its own."""


@pytest.mark.parametrize("schedule", [*EVERY, SubclassLR(*WORKED), LRIterator()], ids=repr)
def test_no_field_can_be_assigned_or_deleted(schedule: LRIterator) -> None:
    """`s.e = 2.5` and `s.t_max = -1` were once accepted."""
    before = (repr(schedule), schedule.e)
    for name in ("e", *rule(schedule)):
        with pytest.raises(AttributeError):
            setattr(schedule, name, 1)
        with pytest.raises(FrozenInstanceError, match=f"'{name}'$"):
            delattr(schedule, name)
    assert (repr(schedule), schedule.e) == before


def test_nothing_else_can_be_assigned_either() -> None:
    for schedule in EVERY:
        with pytest.raises(AttributeError):
            schedule.other = 1  # type: ignore[attr-defined]


def test_what_was_passed_can_be_changed_later() -> None:
    milestones, pieces, schedules = [3, 7], [(3, DECAY)], [DECAY]
    every = [MultiStepLR(0.1, milestones, 0.5), SequenceLR(pieces, DECAY), ProductLR(schedules)]
    before = [(repr(each), each.values(20)) for each in every]
    for passed in (milestones, pieces, schedules):
        passed *= 0
    assert [(repr(each), each.values(20)) for each in every] == before


@pytest.mark.parametrize(("schedule", "name"), FIELDS, ids=str)
def test_replace_builds_another(schedule: LRIterator, name: str) -> None:
    run = replace(schedule, e=4)
    same = replace(run, **{name: getattr(run, name)})
    assert same == run and same is not run and same.e == 4 and same.values(40) == run.values(40)


def test_replace_keeps_the_position_checks_and_prepares_anew() -> None:
    run = WarmupLR(CosineLR(0.1, 0.001, t_max=95), lr_start=0.0, t_warmup=5, e=7)
    longer = replace(run, schedule=replace(DECAY, t_max=120, lr_init=0.2))
    assert longer.e == 7 and longer(5) == 0.2 and next(longer) == CosineLR(0.2, 0.001, 120)(2)
    assert run(5) == 0.1 and run.e == 7
    assert replace(run, e=0) == run
    with pytest.raises(ValueError, match="^t_warmup must be >= 0, got -5"):
        replace(run, t_warmup=-5)
    with pytest.raises(ValueError, match="^lr_start must be <= schedule"):
        replace(run, schedule=ConstantLR(0.0), lr_start=0.05)


# Copies.


@pytest.mark.parametrize("schedule", EVERY, ids=repr)
def test_copies_are_equal_and_keep_the_position(schedule: LRIterator) -> None:
    run = copy.copy(schedule)
    next(run)
    for each in (schedule, run):
        pickled = [pickle.loads(pickle.dumps(each, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
        for same in [copy.copy(each), copy.deepcopy(each), parse(repr(each), HarmonicLR), *pickled]:
            assert same == each and same is not each and type(same) is type(each) and same.e == each.e
            assert repr(same) == repr(each) and same.values(20) == each.values(20)
        assert copy.deepcopy([each, {"a": each}])[0] == each
    assert repr(run) == repr(schedule)[:-1] + ", e=1)"  # shown only once it has moved


def test_a_copy_and_its_original_move_apart() -> None:
    for make in (copy.copy, copy.deepcopy, replace, lambda s: pickle.loads(pickle.dumps(s))):
        original = CosineLR(*WORKED, e=3)
        other = make(original)
        next(other)
        assert (original.e, other.e) == (3, 4)


def test_a_deep_copy_shares_nothing_that_can_change() -> None:
    @dataclass(frozen=True, repr=False)
    class Listed(LRIterator):
        rates: list[float]

        def rate(self, e: float, /) -> float:
            return self.rates[int(e)]

    listed = Listed([0.1, 0.2])
    deep, shallow = copy.deepcopy(WarmupLR(listed, 0.0, 0)), copy.copy(listed)
    listed.rates[0] = 0.3
    assert deep(0) == 0.1 and shallow(0) == 0.3


# As text.


@given(
    two_rates,
    times,
    st.sampled_from([1, 2, 1.5]),
    gammas,
    st.none() | st.integers(1, 9),
    powers,
    st.lists(epochs, max_size=4),
    st.integers(0, 10**9),
)
def test_repr_is_notation(
    pair: tuple[float, float],
    t: float,
    t_mult: float,
    gamma: float,
    n: int | None,
    power: float,
    milestones: list[float],
    e: int,
) -> None:
    a, b = pair
    inner = [
        CosineRestartsLR(a, b, t, t_mult=t_mult, gamma=gamma, n_cycles=n, e=e),
        PolynomialLR(a, b, t, power=power, k_decay=gamma),
        MultiStepLR(a, milestones, gamma, lr_min=b),
        InversePowerLR(a, t, power=power),
        HarmonicLR(a),
    ]
    schedules = [
        *inner,
        SequenceLR([(t, each) for each in inner], WarmupLR(inner[0], b, t, shape="cosine"), e=e),
        RestartLR(SequenceLR([], inner[1]), t, t_mult=t_mult, gamma=gamma, n_cycles=n),
        ShiftLR(ProductLR(inner), t, e=e),
    ]
    for schedule in schedules:
        again = parse(repr(schedule), HarmonicLR)
        assert again == schedule and again.e == schedule.e


def test_a_class_of_ones_own_is_named_to_parse() -> None:
    for schedule in OWN:
        assert parse(repr(schedule), HarmonicLR) == schedule
        with pytest.raises(ValueError, match=r"got 'HarmonicLR' \(your own class, .*: parse\(text, HarmonicLR\)\)$"):
            parse(repr(schedule))


def test_a_text_of_10_000_characters_at_most() -> None:
    few, many = MultiStepLR(0.1, range(1800), 0.5), MultiStepLR(0.1, range(3000), 0.5)
    assert len(repr(few)) < 10_000 < len(repr(many))
    assert parse(repr(few)) == few
    with pytest.raises(ValueError, match="^text must have at most 10000 characters, got 1"):
        parse(repr(many))


def test_numbers_become_plain() -> None:
    """On construction numbers become plain int or float, sequences become tuples."""
    numbers: list[Any] = [np.float32(0.5), 0, np.int64(10), np.float64(2), np.int8(3)]
    schedule = CosineRestartsLR(*numbers[:3], t_mult=numbers[3], n_cycles=numbers[4])
    assert repr(schedule) == "CosineRestartsLR(0.5, 0.0, t_max=10, t_mult=2, n_cycles=3)"
    assert [type(value) for value in rule(schedule).values()] == [float, float, int, int, float, int]
    assert {*vars(schedule)} == {"e", "_made", *rule(schedule)}
    lists: list[Any] = [np.array([3, 7]), [[5, ConstantLR(1)]], [ConstantLR(2)]]
    assert repr(MultiStepLR(0.1, lists[0], 0.5).milestones) == "(3, 7)"
    assert repr(SequenceLR(lists[1], ConstantLR(2)).pieces) == "((5, ConstantLR(1.0)),)"
    assert repr(ProductLR(lists[2]).schedules) == "(ConstantLR(2.0),)"


class Shape(str, Enum):
    COSINE = "cosine"


@pytest.mark.parametrize("shape", [Shape.COSINE, np.str_("cosine")])
def test_a_shape_from_an_enumeration_becomes_plain(shape: str) -> None:
    """It was once stored as 'Shape.COSINE', and failed at the first call."""
    schedule = WarmupLR(DECAY, 0.0, 5, shape=shape)
    assert type(schedule.shape) is str and schedule == WarmupLR(DECAY, 0.0, 5, shape="cosine")
    assert parse(repr(schedule)) == schedule and schedule(2) == WarmupLR(DECAY, 0.0, 5, shape="cosine")(2)


def test_other_callables_keep_repr_and_equality_but_are_not_notation() -> None:
    def flat(e: float) -> float:
        return 0.1

    schedule = WarmupLR(flat, 0.01, 5)
    assert schedule == WarmupLR(flat, 0.01, 5) != WarmupLR(lambda e: 0.1, 0.01, 5)
    assert "flat" in repr(schedule) and hash(schedule) == hash(WarmupLR(flat, 0.01, 5))
    with pytest.raises(ValueError, match="^text"):
        parse(repr(schedule))


# What a schedule is to Python.


def test_an_iterator_and_a_function_of_one_argument() -> None:
    for schedule in EVERY:
        assert isinstance(schedule, collections.abc.Iterator) and iter(schedule) is schedule and is_dataclass(schedule)
        assert not hasattr(type(schedule), "__orig_bases__")  # OmegaConf would look into a generic base for its items
        assert list(islice(copy.copy(schedule), 5)) == schedule.values(5)
        calls: list[Callable[..., Any]] = [lambda f: f(), lambda f: f(1, 2), lambda f: f(e=1)]
        for call in calls:  # Keras calls with two first, and takes the TypeError for a hint to call with one
            with pytest.raises(TypeError, match="positional"):
                call(schedule)


# Classes of one's own: one dataclass, one method.


def test_a_class_of_ones_own_is_its_fields_and_one_method() -> None:
    own = [name for name in vars(HarmonicLR) if name[:2] != "__"]
    assert own == ["rate"] and [each.name for each in fields(HarmonicLR)] == ["e", "lr_init"]
    schedule = HarmonicLR(1)
    assert schedule(1) == 0.5 and schedule(-7) == schedule(0) == 1.0 and schedule.values(2) == [1.0, 0.5]
    assert type(schedule.lr_init) is float and repr(replace(schedule, e=2)) == "HarmonicLR(1.0, e=2)"
    with pytest.raises(ValueError, match="^lr_init must be >= 0, got -1$"):
        HarmonicLR(-1)
    with pytest.raises(TypeError, match="non-frozen"):

        @dataclass(repr=False)
        class Thawed(LRIterator):  # type: ignore[misc]
            pass


def test_its_rate_is_asked_for_plain_epochs_that_are_not_negative() -> None:
    seen: list[float] = []

    @dataclass(frozen=True, repr=False)
    class Asked(LRIterator):
        def rate(self, e: float, /) -> float:
            seen.append(e)
            return 0.1

    asked, numbers = Asked(), [-3, -0.5, 3, 2.5, True, 10**400, -(10**400), 1e308]
    foreign: list[Any] = [np.float32(-1), np.int8(7), np.array(2.5), Fraction(7, 2)]
    for e in numbers + foreign:
        for schedule in (asked, *(built(outer) for outer in combinators(asked))):
            schedule(e)
    next(asked), asked.values(3)
    assert {*map(type, seen)} <= {int, float} and all(0 <= e <= 2**1024 - 2**970 for e in seen)


def test_a_field_named_like_an_argument_is_checked_as_that_and_needs_no_others() -> None:
    """`lr_start` once wanted a `schedule`, and a `schedule` a `shape`."""

    @dataclass(frozen=True, repr=False)
    class Rising(LRIterator):
        lr_start: float
        lr_init: float
        t_half: float

        def rate(self, e: float, /) -> float:
            rise: float = 0.5 ** (e / self.t_half)
            return self.lr_init - (self.lr_init - self.lr_start) * rise

    @dataclass(frozen=True, repr=False)
    class After(LRIterator):
        schedule: Callable[[float], float]
        lr_start: float = 0.0

        def rate(self, e: float, /) -> float:
            return self.schedule(e) if e >= 5 else self.lr_start

    rising = Rising(0.0, 1, 10)
    assert rising(10) == 0.5 and repr(rising) == "Rising(lr_start=0.0, lr_init=1.0, t_half=10)"
    assert After(DECAY).values(6) == [0.0] * 5 + [DECAY(5)]
    assert parse(repr(After(rising)), After, Rising) == After(rising)
    with pytest.raises(ValueError, match="^lr_start must be >= 0, got -1$"):
        Rising(-1, 1, 10)
    with pytest.raises(TypeError, match="^schedule must be callable"):
        After(CosineLR)  # type: ignore[arg-type]


def test_fields_are_written_with_their_names_where_the_order_does_not_say_them() -> None:
    """A default that is left out, or a name before, once moved an unnamed rate to another's place."""

    @dataclass(frozen=True, repr=False)
    class Ordered(LRIterator):
        t_half: float
        lr_init: float = 0.1
        lr_min: float = 0.0
        _: KW_ONLY
        half: float = field(default=0.5, init=False)

        def rate(self, e: float, /) -> float:
            return self.lr_min + (self.lr_init - self.lr_min) * float(self.half ** (e / self.t_half))

    @dataclass(frozen=True, repr=False)
    class Defaults(LRIterator):
        lr_init: float = 0.1
        lr_min: float = 0.0

    every: list[tuple[LRIterator, str]] = [
        (Ordered(3, 0.2, 0.1), "Ordered(t_half=3, lr_init=0.2, lr_min=0.1)"),
        (Ordered(3, lr_min=0.05, e=2), "Ordered(t_half=3, lr_min=0.05, e=2)"),
        (Defaults(lr_min=0.05), "Defaults(lr_min=0.05)"),
        (Defaults(0.2, 0.05), "Defaults(0.2, 0.05)"),
        (Defaults(), "Defaults()"),
    ]
    for schedule, text in every:
        assert repr(schedule) == text and parse(text, Ordered, Defaults) == schedule


@dataclass(frozen=True, repr=False)
class Holder(LRIterator):
    rates: Sequence[float]

    def rate(self, e: float, /) -> float:
        return float(self.rates[int(e)])


class Point(NamedTuple):
    x: float
    y: float


def test_fields_of_any_kind() -> None:
    """Names that have no rule pass as they are."""

    @dataclass(frozen=True, repr=False)
    class Any_(LRIterator):
        lr_init: float
        other: Any

        def rate(self, e: float, /) -> float:
            return self.lr_init / 2**e

    point = Any_(1, Point(1, 2))
    assert type(point.other) is Point and repr(point) == "Any_(1.0, other=Point(x=1, y=2))"
    assert point == Any_(1, Point(1, 2)) and hash(point) == hash(Any_(1, Point(1, 2)))
    words = Any_(1, {"any": "thing"})
    assert words.other == {"any": "thing"} and words == Any_(1, {"any": "thing"})
    with pytest.raises(TypeError, match="unhashable type: 'dict'"):
        hash(words)
    assert repr(Any_(Fraction(1), None)) == "Any_(1.0, other=None)"  # type: ignore[arg-type]
    inside = Any_(1, [replace(DECAY, e=3), (replace(DECAY, e=3),)])
    assert repr(inside) == "Any_(1.0, other=[CosineLR(0.1, 0.001, t_max=10), (CosineLR(0.1, 0.001, t_max=10),)])"
    assert inside.other[0].e == 3 and parse(repr(inside), Any_) == inside
    array = Any_(1, np.array([1.0, 2.0]))
    assert repr(array) == "Any_(1.0, other=array([1., 2.]))" and array(1) == 0.5
    original = Holder(np.array([0.5, 0.25]), e=1)  # type: ignore[arg-type]
    for holder in (copy.copy(original), copy.deepcopy(original), pickle.loads(pickle.dumps(original))):
        assert repr(holder) == "Holder(rates=array([0.5 , 0.25]), e=1)" and next(holder) == 0.25


@pytest.mark.parametrize("schedule", [*SCHEDULES, WarmupLR(HarmonicLR(0.5), 0.01, 5)], ids=repr)
def test_what_is_loaded_into_a_schedule_from_outside_is_one_rule(schedule: LRIterator) -> None:
    """PyTorch's LambdaLR puts the saved `__dict__` of a callable into another: that is then the saved one, wholly."""
    other = copy.deepcopy(schedule)
    blank = object.__new__(type(schedule))
    blank.__dict__.update(other.__dict__)
    assert blank == schedule and blank.values(50) == schedule.values(50)
    pickle.dumps(other.__dict__)


def test_a_restart_asks_for_its_end_only_where_that_counts() -> None:
    table = [0.3, 0.2, 0.1]
    schedules: list[Callable[[float], float]] = [lambda e: table[int(e)], lambda e: 0.29 - e / 10]
    for schedule in schedules:  # the first has no end, the second is below 0 there
        assert RestartLR(schedule, t_max=3)(4) == restart_lr(4, schedule, t_max=3)
        with pytest.raises((IndexError, ValueError)):
            RestartLR(schedule, t_max=3, gamma=0.5)
        with pytest.raises((IndexError, ValueError)):
            RestartLR(schedule, t_max=3, n_cycles=2)

"""Law 10. Resumable: the state of a run is one whole number, the iterator's `e`."""

import copy
import json
import math
import pickle
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosine_lr import LRIterator, Schedule
from tests.laws.draws import each_schedule, schedules
from tests.schedules import DECAY, OTHERS, SCHEDULES, around, built, worked_example

N = 40
EVERY: list[Any] = [*SCHEDULES, *OTHERS, *(built(call) for each in OTHERS for call in around(each))]


def loaded(run: LRIterator) -> LRIterator:
    again = LRIterator(run.schedule)
    again.load_state_dict(json.loads(json.dumps(run.state_dict())))
    return again


RESUMED: list[Callable[[LRIterator], LRIterator]] = [
    *(lambda run: LRIterator(run.schedule, run.e), lambda run: LRIterator(schedule=run.schedule, e=run.e), loaded),
    *(copy.copy, copy.deepcopy),
]


@pytest.mark.parametrize("schedule", EVERY)
@pytest.mark.parametrize("k", [0, 1, 5, N - 1])
def test_a_resumed_run_equals_the_straight_one(schedule: Callable[[float], float], k: int) -> None:
    straight = [*islice(LRIterator(schedule), N)]
    assert straight == [schedule(e) for e in range(N)]
    run = LRIterator(schedule)
    assert [*islice(run, k)] == straight[:k]
    for resume in RESUMED:
        again = resume(run)
        assert (again.e, again.state_dict()) == (k, {"e": k})
        assert [*islice(again, N - k)] == straight[k:] and again.e == N
    assert run.e == k


@each_schedule
def test_a_pickled_run_goes_on(schedule: Schedule) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        run = pickle.loads(pickle.dumps(LRIterator(schedule, 7), protocol))
        assert (run.e, run.schedule) == (7, schedule) and [*islice(run, 5)] == schedule.values(12)[7:]


@given(schedules(), st.integers(0, 10**15))
def test_far_out_too(schedule: Schedule, k: int) -> None:
    run = LRIterator(schedule, k)
    assert [next(run), next(run), run.e] == [schedule(k), schedule(k + 1), k + 2]


USES: dict[str, Callable[[Any], object]] = {
    "for": lambda s: next(lr + 1 for lr in s), "in": lambda s: 0.1 in s, "zip": lambda s: zip(range(3), s),
    "unpacking": lambda s: [*s], "item": lambda s: s[0],
} | {use.__name__: use for use in (list, next, iter, max, len, sorted)}  # fmt: skip


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("schedule", [DECAY, *OTHERS[3:]])
def test_a_schedule_is_no_iterable(use: str, schedule: Schedule) -> None:
    """`list` of one once never ended, and a `for` a second time went on past the end."""
    with pytest.raises(TypeError):
        USES[use](schedule)


def test_what_an_iterator_is() -> None:
    run = LRIterator(DECAY, 3)
    assert isinstance(run, Iterator) and iter(run) is run and run.schedule is DECAY
    assert repr(run) == "LRIterator(CosineLR(0.1, 0.001, t_max=10), e=3)"
    assert run != LRIterator(DECAY, 3) and not hasattr(run, "__len__") and not callable(run)
    with pytest.raises(TypeError, match="unhashable type: 'LRIterator'"):
        hash(run)
    with pytest.raises(AttributeError):
        run.schedule = DECAY  # type: ignore[misc]
    assert repr(LRIterator(worked_example)).startswith("LRIterator(<function worked_example")
    with pytest.raises(TypeError, match="^schedule must be callable, epoch in and rate out, and no class, got 3"):
        LRIterator(3)  # type: ignore[arg-type]


@pytest.mark.parametrize("position", [3, True, np.int8(3), np.int64(3), np.array(3), 3.0, np.float32(3)])
def test_a_position_of_any_type_of_number_becomes_an_int(position: Any) -> None:
    """np.uint8(255) once stayed what it was, and the next epoch was 0."""
    loaded, assigned = LRIterator(DECAY), LRIterator(DECAY)
    loaded.load_state_dict({"e": position})
    assigned.e = position
    for run in (loaded, assigned, LRIterator(DECAY, position)):
        assert type(run.e) is int and run.e == position
    run = LRIterator(DECAY, np.uint8(255))  # type: ignore[arg-type]
    next(run)
    assert run.e == 256


@pytest.mark.parametrize("state", [*({"e": e} for e in (-1, 2.5, None, "3")), {}, None, {"last_epoch": 5}, ["e"], 3])
def test_a_refused_state_leaves_the_position(state: Any) -> None:
    run = LRIterator(DECAY, 3)
    with pytest.raises(ValueError) as caught:
        run.load_state_dict(state)
    assert str(caught.value).startswith(f"state must be a dict with a whole number 'e' >= 0, got {state!r}")
    assert run.e == 3


@pytest.mark.parametrize("e, error", [(-1, ValueError), (2.5, ValueError), (math.nan, ValueError), ("3", TypeError)])
def test_a_refused_position(e: Any, error: type[Exception]) -> None:
    run = LRIterator(DECAY, 3)
    for act in (partial(LRIterator, DECAY, e), partial(setattr, run, "e", e)):
        with pytest.raises(error, match="^e must be (a whole number >= 0|finite|one number), got "):
            act()
    assert run.e == 3


def test_a_rate_that_raises_leaves_the_position() -> None:
    run = LRIterator(lambda e: 0.1 / (2 - e), 1)
    next(run)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            next(run)
        assert run.e == 2

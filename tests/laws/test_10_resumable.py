"""Law 10. Resumable.

The whole state is the integer `e`. Resumed at k a run equals the straight one. Calling `schedule(e)` never moves it;
composing never advances an inner schedule.
"""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosine_lr import CosineLR, LRIterator, RestartLR, SequenceLR, WarmupLR
from tests.examples import DECAY, FOREIGN, SCHEDULES, WORKED, HarmonicLR, built, combinators
from tests.laws.draws import two_rates, whole_times

OWN: list[LRIterator] = [HarmonicLR(0.1), *(built(outer) for outer in combinators(HarmonicLR(0.1)))]
WITH_RULES: list[LRIterator] = [built(outer) for rule in FOREIGN for outer in combinators(rule)]
N = 40


def resumed(schedule: LRIterator, k: int) -> list[LRIterator]:
    """The schedule at epoch k, in every way in which a run can be taken up."""
    rule = {each.name: getattr(schedule, each.name) for each in fields(schedule)}
    loaded, run = copy.copy(schedule), copy.copy(schedule)
    loaded.load_state_dict(json.loads(json.dumps(replace(schedule, e=k).state_dict())))
    for _ in range(k):
        next(run)
    anew = type(schedule)(**(rule | {"e": k}))
    return [anew, replace(schedule, e=k), loaded, copy.copy(run), copy.deepcopy(run), run]


@pytest.mark.parametrize("schedule", [*SCHEDULES, *OWN, *WITH_RULES], ids=str)
def test_a_resumed_run_equals_the_straight_one(schedule: LRIterator) -> None:
    straight = schedule.values(N)
    assert schedule.e == 0
    for k in (0, 1, 2, 5, 17, N - 1):
        for run in resumed(schedule, k):
            assert (run.e, run.state_dict()) == (k, {"e": k})
            assert [next(run) for _ in range(N - k)] == straight[k:] == [schedule(e) for e in range(k, N)]
            assert type(run.e) is int and run.e == N
            assert run == schedule or schedule in WITH_RULES  # a deep copy has a copy of a rule, which is another one


@pytest.mark.parametrize("schedule", [*SCHEDULES, *OWN], ids=repr)
def test_a_pickled_run_goes_on(schedule: LRIterator) -> None:
    for k in (0, 7):
        run = pickle.loads(pickle.dumps(replace(schedule, e=k)))
        assert run.e == k and [next(run) for _ in range(N - k)] == schedule.values(N)[k:]


@given(two_rates, whole_times, st.integers(0, 10**15))
def test_far_out_too(pair: tuple[float, float], t: int, k: int) -> None:
    schedule = RestartLR(WarmupLR(CosineLR(*pair, t), pair[1], t / 7), 1.3 * t, t_mult=1.5)
    for run in (replace(schedule, e=k), WarmupLR(schedule, pair[1] / 2, 0.3 * t, e=k)):
        want = [run(k), run(k + 1)]
        assert [next(run), next(run)] == want and run.e == k + 2


@pytest.mark.parametrize("schedule", [*SCHEDULES, *OWN, *WITH_RULES], ids=str)
def test_only_next_and_a_state_move_the_position(schedule: LRIterator) -> None:
    run = replace(schedule, e=3)
    run(0), run(3), run(1e9), run.values(5), repr(run), run == schedule, run.state_dict(), iter(run)
    for outer in combinators(run)[run(0) < 0.01 :]:  # without the warm-up from 0.01, where it starts below that
        moving = built(outer)
        moving(5), [next(moving) for _ in range(30)], moving.values(20), outer(7)
    assert run.e == 3
    next(run)
    assert run.e == 4


@pytest.mark.parametrize("position", [3, True, np.int8(3), np.int64(3), np.array(3), 3.0, np.float32(3)])
def test_a_position_of_any_type_of_number_becomes_an_int(position: Any) -> None:
    """np.uint8(255) once stayed what it was, and the next epoch was 0."""
    run = copy.copy(DECAY)
    run.load_state_dict({"e": position})
    for each in (run, CosineLR(*WORKED, e=position), replace(DECAY, e=position)):
        assert type(each.e) is int and each.e == position
    run.load_state_dict({"e": np.uint8(255)})  # type: ignore[dict-item]
    next(run)
    assert run.e == 256


def test_composing_never_advances_an_inner_schedule() -> None:
    inner = CosineLR(*WORKED, e=3)
    outer = WarmupLR(inner, 0.01, 2)
    restarts = RestartLR(outer, 7, gamma=0.5)
    sequence = SequenceLR([(2, inner)], restarts)
    for schedule in (outer, restarts, sequence):
        for _ in range(30):
            next(schedule)
    assert inner.e == 3
    assert outer.schedule == sequence.pieces[0][1] == CosineLR(*WORKED)


def test_the_position_of_an_inner_schedule_neither_counts_nor_shows() -> None:
    """A schedule inside another is a rule, not a run, wherever it is; nothing outside can move it."""
    moved, fresh = replace(DECAY, e=3), DECAY
    for with_moved, with_fresh in zip(combinators(moved), combinators(fresh), strict=True):
        run, other = built(with_moved), built(with_fresh)
        assert run == other and hash(run) == hash(other) and repr(run) == repr(other)
        assert "e=" not in repr(run).replace("_scale=", "")
        before = run.values(N)
        next(moved)
        assert run.values(N) == before == other.values(N) and run == other


def test_a_rate_that_raises_leaves_the_position() -> None:
    @dataclass(frozen=True, repr=False)
    class Failing(LRIterator):
        def rate(self, e: float, /) -> float:
            if e == 2:
                raise OSError("the disk is full")
            return 0.1

    run = Failing()
    next(run), next(run)
    for _ in range(2):
        with pytest.raises(OSError, match="full"):
            next(run)
        assert run.e == 2


def test_a_refused_state_leaves_the_position() -> None:
    run = CosineLR(*WORKED, e=3)
    states: list[Any] = [{"e": -1}, {"e": 2.5}, {"e": None}, {}, None, {"last_epoch": 5}]
    for state in states:
        with pytest.raises(ValueError, match="^state must be a dict with a whole number 'e' >= 0, got "):
            run.load_state_dict(state)
        assert run.e == 3

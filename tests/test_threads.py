"""One schedule in many threads. Calling it is pure; iterating it reads the position, then writes it."""

from __future__ import annotations

import copy
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest

from cosine_lr import CosineLR, CosineRestartsLR, LRIterator, PolynomialLR, WarmupLR

THREADS = 8


@pytest.fixture(autouse=True)
def hurried_threads() -> Iterator[None]:
    """Threads take turns a thousand times as often as they do by default."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(before)


def together(work: Callable[[int], object]) -> list[object]:
    """What `work(0)` ... `work(7)` return, run at once."""
    start = threading.Barrier(THREADS)

    def run(i: int) -> object:
        start.wait()
        return work(i)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def test_a_million_calls_of_one_schedule_from_eight_threads() -> None:
    """Same arguments, same bits, in any order."""
    schedule = WarmupLR(CosineRestartsLR(0.1, 0.001, 10, t_mult=2, gamma=0.5), 0.01, 5)
    right = schedule.values(1000)
    order = list(range(1000))

    def work(i: int) -> bool:
        mine = order[125 * i :] + order[: 125 * i]
        return all(schedule(e) == right[e] for _ in range(125) for e in mine)

    assert together(work) == [True] * THREADS
    assert schedule.e == 0


def test_eight_threads_that_share_one_iterator_get_rates_of_the_schedule() -> None:
    """Threads that share one iterator may take the same epoch twice; no rate is from elsewhere, nor is the position."""
    each, shared = 5_000, PolynomialLR(0.5, 0.0, 10**6)
    epoch_of = {rate: e for e, rate in enumerate(shared.values(THREADS * each))}

    def work(i: int) -> list[int]:
        taken = [epoch_of[next(shared)] for _ in range(each)]  # a KeyError if it were the rate of no epoch so far
        assert 1 <= shared.e <= THREADS * each
        return taken

    together(work)
    assert type(shared.e) is int and 1 <= shared.e <= THREADS * each
    assert next(shared) == PolynomialLR(0.5, 0.0, 10**6)(shared.e - 1)


def test_two_threads_may_take_the_same_epoch() -> None:
    """So says LRIterator, and so it is, whenever both read the position before either writes it."""
    both = threading.Barrier(2, timeout=30)

    @dataclass(frozen=True, repr=False)
    class Meeting(LRIterator):
        def rate(self, e: float, /) -> float:
            both.wait()
            return e / 2

    shared = Meeting(e=6)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda _: next(shared), range(2))) == [3.0, 3.0]
    assert shared.e == 7


def test_copies_of_an_iterator_that_is_running() -> None:
    """A copy, a pickle or a state taken meanwhile is a good one: some position, and from there the straight run."""
    running, fresh = CosineLR(0.1, 0.001, 1000), CosineLR(0.1, 0.001, 1000)

    def work(i: int) -> bool:
        if i == 0:
            return [next(running) for _ in range(5000)] == fresh.values(5000)
        for _ in range(200):
            resumed = copy.copy(fresh)
            resumed.load_state_dict(running.state_dict())
            copies = [copy.copy(running), copy.deepcopy(running), pickle.loads(pickle.dumps(running)), replace(running)]
            for taken in [*copies, resumed]:
                at = taken.e
                if not (0 <= at <= 5000 and next(taken) == fresh(at) and taken.e == at + 1):
                    return False
        return True

    assert together(work) == [True] * THREADS
    assert running.e == 5000

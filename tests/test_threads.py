"""One schedule in many threads. Calling it is pure; an iterator reads its position, then writes it."""

from __future__ import annotations

import copy
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

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


def test_many_calls_of_one_schedule_from_eight_threads() -> None:
    """Same arguments, same bits, in any order."""
    schedule = WarmupLR(CosineRestartsLR(0.1, 0.001, 10, t_mult=2, gamma=0.5), 0.01, 5)
    right = schedule.values(1000)
    order = list(range(1000))

    def work(i: int) -> bool:
        mine = order[125 * i :] + order[: 125 * i]
        return all(schedule(e) == right[e] for _ in range(50) for e in mine)

    assert together(work) == [True] * THREADS


def test_eight_threads_with_an_iterator_each_over_one_schedule() -> None:
    schedule = CosineLR(0.1, 0.001, 1000)
    right = schedule.values(2000)
    assert together(lambda i: [lr for _, lr in zip(range(2000), LRIterator(schedule))] == right) == [True] * THREADS


def test_eight_threads_that_share_one_iterator_get_rates_of_the_schedule() -> None:
    """They may take the same epoch twice; no rate is from elsewhere, nor is the position."""
    each, schedule = 2_000, PolynomialLR(0.5, 0.0, 10**6)
    shared = LRIterator(schedule)
    rates = {*schedule.values(THREADS * each)}
    assert together(lambda i: {next(shared) for _ in range(each)} <= rates) == [True] * THREADS
    assert type(shared.e) is int and 1 <= shared.e <= THREADS * each and next(shared) == schedule(shared.e - 1)


def test_two_threads_may_take_the_same_epoch() -> None:
    """So says LRIterator, and so it is, whenever both read the position before either writes it."""
    both = threading.Barrier(2, timeout=30)

    def meeting(e: float) -> float:
        both.wait()
        return e / 2

    shared = LRIterator(meeting, e=6)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda _: next(shared), range(2))) == [3.0, 3.0]
    assert shared.e == 7


def test_copies_of_an_iterator_that_is_running() -> None:
    """A copy, a pickle or a state taken meanwhile is a good one: some position, and from there the straight run."""
    schedule = CosineLR(0.1, 0.001, 1000)
    running = LRIterator(schedule)

    def work(i: int) -> bool:
        if i == 0:
            return [next(running) for _ in range(3000)] == schedule.values(3000)
        for _ in range(100):
            loaded = LRIterator(schedule)
            loaded.load_state_dict(running.state_dict())
            for taken in (copy.copy(running), copy.deepcopy(running), pickle.loads(pickle.dumps(running)), loaded):
                at = taken.e
                if not (0 <= at <= 3000 and next(taken) == schedule(at) and taken.e == at + 1):
                    return False
        return True

    assert together(work) == [True] * THREADS
    assert running.e == 3000

"""One schedule in many threads. Calling it is pure; an iterator reads its position, then writes it."""

import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from cosine_lr import CosineRestartsLR, LRIterator, PolynomialLR, WarmupLR

THREADS = 8


def together(work: Callable[[int], object]) -> list[object]:
    """What `work(0)` ... `work(7)` return, run at once, with turns a thousand times as often as by default."""
    start, interval = threading.Barrier(THREADS), sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(lambda i: (start.wait(), work(i))[1], range(THREADS)))
    finally:
        sys.setswitchinterval(interval)


def test_many_calls_of_one_schedule_from_eight_threads() -> None:
    """Same arguments, same bits, in any order, and an iterator for each thread."""
    schedule = WarmupLR(CosineRestartsLR(0.1, 0.001, 10, t_mult=2, gamma=0.5), 0.01, 5)
    right = schedule.values(1000)

    def work(i: int) -> bool:
        order = [*range(125 * i, 1000), *range(125 * i)]
        called = all(schedule(e) == right[e] for _ in range(10) for e in order)
        return called and [*islice(LRIterator(schedule), 1000)] == right

    assert together(work) == [True] * THREADS


def test_eight_threads_that_share_one_iterator_get_rates_of_the_schedule() -> None:
    """They may take the same epoch twice; no rate is from elsewhere, nor is the position."""
    each, schedule = 1_000, PolynomialLR(0.5, 0.0, 10**6)
    shared = LRIterator(schedule)
    rates = {*schedule.values(THREADS * each)}
    assert together(lambda i: {next(shared) for _ in range(each)} <= rates) == [True] * THREADS
    assert type(shared.e) is int and 1 <= shared.e <= THREADS * each and next(shared) == schedule(shared.e - 1)

"""Law 4. Pure: the same arguments give the same bits, in any order and in any thread; nothing else is touched, and what
a signal handler raises is never lost.

Eight threads on one schedule: `test_threads.py`.
"""

import copy
import decimal
import importlib
import random
import sys
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count, takewhile
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest

import cosine_lr
from cosine_lr import CosineLR, CosineRestartsLR, LRIterator, SequenceLR, WarmupLR, parse
from tests.commands import ROOT
from tests.laws.draws import NUMBERS, WHOLE, law_of_each_row
from tests.schedules import CALLS, DECAY, OTHERS, ROWS, SCHEDULES, TIMES, WORKED, Row, around, built

test_law = law_of_each_row(4)


def test_the_order_of_all_calls_does_not_matter() -> None:
    every: list[Any] = [*CALLS, *SCHEDULES, *(built(call) for each in OTHERS for call in around(each))]
    points = [(f, e) for f in every for e in (-2, 0, 0.5, 3, 12.3, 33, 117 / 391, 1e9, 10**15)]
    straight = [f(e) for f, e in points]
    order = random.Random(0).sample(range(len(points)), len(points))
    assert all(points[i][0](points[i][1]) == straight[i] for i in order)


def test_arguments_are_never_changed() -> None:
    before = copy.deepcopy([call.keywords for call in CALLS])
    for call in CALLS:
        call(0), call(3.3), call(10**9), built(call).values(3)
    assert [call.keywords for call in CALLS] == before
    milestones, array, zero = [7, 3], np.array([7, 3]), np.array(-0.0)
    every: list[Any] = [milestones, array]
    for each in every:
        cosine_lr.multistep_lr(5, 0.1, each, 0.5), cosine_lr.MultiStepLR(0.1, each, 0.5)(5)
    cosine_lr.cosine_lr(zero, 0.1, zero, 10)  # type: ignore[arg-type]
    assert milestones == [7, 3] == array.tolist() and repr(zero) == "array(-0.)"


def outside() -> list[Any]:
    """What the rest of the process could notice: globals of the package, random numbers, contexts, filters."""
    modules = [importlib.import_module(f"cosine_lr.{path.stem}") for path in (ROOT / "cosine_lr").glob("[a-z]*.py")]
    own = [{name: (id(value), repr(value)) for name, value in vars(each).items() if name[0] != "_"} for each in modules]
    return [own, random.getstate(), decimal.getcontext().copy(), np.geterr(), [*warnings.filters], id(warnings.filters)]


def test_nothing_outside_is_touched(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    DECAY(np.arange(3))  # NumPy loads what it needs
    before = repr(outside())
    for schedule in SCHEDULES:
        schedule(33), schedule(np.arange(3)), next(LRIterator(schedule)), schedule.values(5), parse(repr(schedule))
    for number in (*NUMBERS.values(), *WHOLE.values()):
        cosine_lr.cosine_lr(number(3), *WORKED), DECAY(number(3))
    bad: Any
    for bad in ("3", None, np.nan, 1j):
        with pytest.raises((TypeError, ValueError)):
            DECAY(bad)
    assert repr(outside()) == before and not caplog.records and capfd.readouterr() == ("", "")


@pytest.mark.parametrize("row", ROWS)
def test_other_number_types_raise_no_warnings(row: Row) -> None:
    """pytest turns them into errors. np.uint8(200), an int32 near its end and float16 once overflowed with one."""
    points: list[Any] = [np.uint8(200), np.int8(-3), np.int32(2**31 - 1), np.uint64(2**64 - 1), np.int64(-(2**63))]
    points += [np.float16(6e4), np.float32(3e38), np.longdouble("1e4000"), np.float32(1e-45), np.array(-0.5)]
    for e in points:
        row.call(e), built(row.call)(e)
    for big in (np.uint8(255), np.int32(2**31 - 1), np.float16(6e4)):
        row.call(big, **dict.fromkeys({*TIMES} & {*row.call.keywords} - {"milestones", "pieces"}, big))


def test_sums_and_products_of_other_number_types_raise_no_warnings() -> None:
    cosine_lr.sequence_lr(np.uint8(255), [(np.uint8(255), DECAY)] * 3, DECAY)  # type: ignore[arg-type, list-item]
    cosine_lr.product_lr(3, [lambda e: np.float16(6e4)] * 3)  # type: ignore[list-item, return-value]


TEXTS = [*map(repr, SCHEDULES), "1if 1else 2", "ConstantLR('\\d')", "ConstantLR(1)(2)", "0777", "1or 2"]
TEXTS += ["CosineLR('''a' ''', 1if 1else 2, '''(' ''')"]  # for Python, the strings end elsewhere


def read(text: str) -> object:
    try:
        return parse(text)
    except (TypeError, ValueError) as error:
        return str(error)


def test_parse_in_four_threads_gives_and_silences_no_warnings() -> None:
    """`catch_warnings` in several threads once left all warnings of the process silenced."""
    right = [*map(read, TEXTS)]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        filters, before, show = warnings.filters, [*warnings.filters], warnings.showwarning
        start = threading.Barrier(4)

        def work(_: int) -> bool:
            start.wait()
            return all([*map(read, TEXTS)] == right for _ in range(20))

        with ThreadPoolExecutor(4) as pool:
            assert [*pool.map(work, range(4))] == [True] * 4
        assert warnings.filters is filters and warnings.filters == before and warnings.showwarning is show
    assert not caught, caught[0]


# What a signal handler raises is never lost, nor is what Python raises when it has no memory or no stack left.

RESTARTS = CosineRestartsLR(*WORKED, t_mult=2, gamma=0.5)
COMBINED = SequenceLR([(3, WarmupLR(DECAY, 0.0, 2)), (0.5, RESTARTS)], WarmupLR(lambda e: np.float64(0.1), 0.0, 1e6))
A, B, T, E = np.float32(0.1), np.float64(0.001), np.int32(10), np.array(7)
ACTIONS: dict[str, Callable[[], object]] = {
    "called": lambda: (DECAY(3), RESTARTS(33), COMBINED(7)),
    "called, NumPy": lambda: (DECAY(np.float32(3)), COMBINED(E)),
    "built": lambda: (CosineLR(0.1, 0.001, 10), CosineLR(A, B, T)),  # type: ignore[arg-type]
    "functions": lambda: cosine_lr.cosine_lr(3, 0.1, 0.001, 10),
    "functions, NumPy": lambda: cosine_lr.restart_lr(E, DECAY, T, gamma=A),  # type: ignore[arg-type]
    "a run": lambda: (next(LRIterator(DECAY)), DECAY.values(9)),
    "a state": lambda: LRIterator(DECAY).load_state_dict({"e": T}),  # type: ignore[dict-item]
    "parse": lambda: parse("WarmupLR(CosineLR(0.1, 0.001, 10), 0.0, 5)"),
}


class Alarm(Exception):
    """What an impatient caller's handler raises."""


def interrupted(action: Callable[[], object], line: int) -> bool | None:
    """Raise Alarm at that line of the package's code. Return whether it came out, None if there is no such line."""
    lines = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal lines
        if event == "line" and "cosine_lr" in Path(frame.f_code.co_filename).parts:
            lines += 1
            if lines == line:
                raise Alarm
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        action()
    except Alarm:
        return True
    finally:
        sys.settrace(before)
    return None if lines < line else False


@pytest.mark.parametrize("action", ACTIONS)
def test_what_a_signal_handler_raises_is_never_lost(action: str) -> None:
    """It once was in 102 of 200 loops of CosineLR, and in 169 of CosineRestartsLR."""
    came = [*takewhile(lambda came: came is not None, (interrupted(ACTIONS[action], line) for line in count(1)))]
    assert came and all(came)

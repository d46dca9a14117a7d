"""Law 4. Pure.

Same arguments, same bits, in any order and any thread; no state, no globals, no logging, no warnings raised or
silenced, also in `parse`. Arguments are never changed. What a signal handler raises is never lost.

Eight threads on one schedule: `test_threads.py`.
"""

from __future__ import annotations

import copy
import gc
import decimal
import importlib
import json
import random
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cosine_lr
from cosine_lr import CosineLR, CosineRestartsLR, SequenceLR, WarmupLR, parse
from tests.examples import CALLS, DECAY, FOREIGN, FULL, SCHEDULES, WORKED, built, combinators
from tests.number_types import NUMBERS, WHOLE

ROOT = Path(__file__).parents[2]
POINTS = [e / 2 for e in range(-4, 200)] + [k / 391 for k in range(400)] + [1e9, 10**15, 1e308]


def in_a_process(code: str, *words: str) -> str:
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


# Same arguments, same bits; no state.


def test_the_order_of_the_calls_does_not_matter() -> None:
    foreign = [built(outer) for rule in FOREIGN for outer in combinators(rule)]
    every: list[Callable[[float], float]] = [*CALLS, *SCHEDULES, *foreign]
    straight = [[ask(e) for e in POINTS] for ask in every]
    order = [(i, j) for i in range(len(every)) for j in range(len(POINTS))]
    random.Random(0).shuffle(order)
    assert all(every[i](POINTS[j]) == straight[i][j] for i, j in order)


def test_arguments_are_never_changed() -> None:
    before = copy.deepcopy(CALLS)
    for call in CALLS:
        for e in (0, 3.3, 33, 10**9):
            call(e)
        built(call).values(3)
    assert [call.keywords for call in CALLS] == [call.keywords for call in before]
    milestones, pieces, schedules = [7, 3], [(3, DECAY), (0, DECAY)], [DECAY]
    array, zero = np.array([7, 3]), np.array(-0.0)
    cosine_lr.multistep_lr(5, 0.1, milestones, 0.5), cosine_lr.MultiStepLR(0.1, milestones, 0.5)(5)
    cosine_lr.multistep_lr(5, 0.1, array, 0.5), cosine_lr.sequence_lr(5, pieces, DECAY)
    cosine_lr.SequenceLR(pieces, DECAY)(5), cosine_lr.product_lr(5, schedules), cosine_lr.ProductLR(schedules)(5)
    cosine_lr.cosine_lr(zero, 0.1, zero, 10)  # type: ignore[arg-type]
    assert (milestones, pieces, schedules) == ([7, 3], [(3, DECAY), (0, DECAY)], [DECAY])
    assert array.tolist() == [7, 3] and repr(zero) == "array(-0.)"


def outside() -> list[Any]:
    """What the rest of the process could notice: globals of the package, random numbers, contexts, filters."""
    modules = [importlib.import_module(f"cosine_lr.{path.stem}") for path in (ROOT / "cosine_lr").glob("[a-z]*.py")]
    own = [{name: (id(value), repr(value)) for name, value in vars(each).items() if name[0] != "_"} for each in modules]
    return [own, random.getstate(), decimal.getcontext().copy(), np.geterr(), [*warnings.filters], id(warnings.filters)]


def test_nothing_outside_is_touched() -> None:
    before = repr(outside())
    for schedule in SCHEDULES:
        schedule(33), next(copy.copy(schedule)), schedule.values(5), parse(repr(schedule))
    for number in (*NUMBERS.values(), *WHOLE.values()):
        assert cosine_lr.cosine_lr(number(3), *WORKED) == DECAY(number(3))
    for bad in ("3", None, np.nan, 1j):
        with pytest.raises((TypeError, ValueError)):
            DECAY(bad)  # type: ignore[arg-type]
    assert repr(outside()) == before


def test_nothing_is_logged_or_printed_in_a_process() -> None:
    code = """
import sys
from tests.examples import SCHEDULES
from cosine_lr import parse
for schedule in SCHEDULES:
    schedule(33), next(schedule), parse(repr(schedule))
assert "logging" not in sys.modules, "logging"
"""
    assert in_a_process(code) == ""


# No warnings raised or silenced.


def test_other_number_types_raise_no_warnings() -> None:
    """np.uint8(200), an int32 near its end and float16 once made NumPy warn of an overflow."""
    small = [np.uint8(0), np.uint8(200), np.int8(-3), np.int8(127), np.int16(-(2**15)), np.int32(2**31 - 1)]
    wide = [np.uint64(2**64 - 1), np.int64(-(2**63)), np.float16(6e4), np.float32(3e38), np.float64(1e308)]
    points: list[Any] = [*small, *wide, np.longdouble("1e4000"), np.float32(1e-45), np.array(7), np.array(-0.5)]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for schedule in SCHEDULES:
            for e in points:
                schedule(e)
        for call in FULL:
            numbers = [name for name, value in call.keywords.items() if isinstance(value, float)]
            for convert in NUMBERS.values():
                for e in points:
                    call(e, **{name: convert(call.keywords[name]) for name in numbers})
        for big in (np.uint8(255), np.int32(2**31 - 1), np.float16(6e4)):
            cosine_lr.cosine_lr(big, big, big, big), cosine_lr.step_lr(big, 0.1, big, 0.5)  # type: ignore[arg-type]
            cosine_lr.shift_lr(big, DECAY, big)  # type: ignore[arg-type]
            cosine_lr.warmup_lr(big, DECAY, 0.0, big)  # type: ignore[arg-type]
            cosine_lr.sequence_lr(big, [(big, DECAY)] * 3, DECAY)  # type: ignore[list-item, arg-type]
            cosine_lr.product_lr(3, [lambda e: big] * 3)  # type: ignore[list-item, return-value]
    assert not caught, caught[0]


TEXTS = [*map(repr, SCHEDULES), "ConstantLR(0.1)", "1if 1else 2", "ConstantLR('\\d')", "ConstantLR(1)(2)", "0777", "1or 2"]
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


def test_parse_leaves_alone_which_warnings_were_shown() -> None:
    """A warning that is shown once was once shown again after each `parse`."""

    def warn_at_one_place() -> None:
        warnings.warn("once", UserWarning, stacklevel=1)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for text in ["ConstantLR(0.1)", *TEXTS]:
            warn_at_one_place()
            read(text)
    assert len(caught) == 1


# What a signal handler raises is never lost, nor is what Python raises when it has no memory or no stack left.


class Alarm(Exception):
    """What an impatient caller's handler raises."""


def lost(call: Callable[[], object], tries: int = 200) -> int:
    """How often, out of so many, what the handler raised in a loop of calls did not come out of it."""
    rang, missed = [0], 0

    def ring(*_: object) -> None:
        rang[0] += 1
        raise Alarm

    def until(n: int) -> None:
        while rang[0] < n:
            call()

    before = signal.signal(signal.SIGALRM, ring)
    gc.disable()  # Hypothesis has a callback there, and Python ignores what is raised in it
    try:
        for i in range(tries):
            try:
                signal.setitimer(signal.ITIMER_REAL, 1e-4 + 1e-6 * i)
                until(i + 1)  # a function: Python 3.13 does not guard the jump of a loop that stands in the `try`
                missed += 1
            except Alarm:
                pass
    finally:
        gc.enable()
        signal.signal(signal.SIGALRM, before)
    assert rang[0] == tries
    return missed


RESTARTS = CosineRestartsLR(*WORKED, t_mult=2, gamma=0.5)
COMBINED = SequenceLR([(3, WarmupLR(DECAY, 0.0, 2)), (0.5, RESTARTS)], WarmupLR(lambda e: np.float64(0.1), 0.0, 1e6))
A, B, T, E = np.float32(0.1), np.float64(0.001), np.int32(10), np.array(7)
LOOPS: dict[str, Callable[[], object]] = {
    "CosineLR": lambda: DECAY(3),
    "CosineLR, NumPy": lambda: DECAY(np.float32(3)),  # type: ignore[arg-type]
    "CosineLR, built": lambda: CosineLR(0.1, 0.001, 10),
    "CosineLR, built, NumPy": lambda: CosineLR(A, B, T),  # type: ignore[arg-type]
    "CosineRestartsLR": lambda: RESTARTS(33),
    "CosineRestartsLR, NumPy": lambda: RESTARTS(np.float16(33)),  # type: ignore[arg-type]
    "combinators": lambda: COMBINED(7),
    "combinators, NumPy": lambda: COMBINED(E),  # type: ignore[arg-type]
    "cosine_lr": lambda: cosine_lr.cosine_lr(3, 0.1, 0.001, 10),
    "cosine_lr, NumPy": lambda: cosine_lr.cosine_lr(E, A, B, T),  # type: ignore[arg-type]
    "restart_lr, NumPy": lambda: cosine_lr.restart_lr(E, DECAY, T, gamma=A),  # type: ignore[arg-type]
    "next": partial(next, copy.copy(DECAY)),
    "values": lambda: DECAY.values(9),
    "parse": lambda: parse("WarmupLR(CosineLR(0.1, 0.001, 10), 0.0, 5)"),
    "a state": lambda: copy.copy(DECAY).load_state_dict({"e": T}),  # type: ignore[dict-item]
}


@pytest.mark.parametrize("loop", LOOPS)
def test_what_a_signal_handler_raises_is_never_lost(loop: str) -> None:
    """It once was in 102 of 200 loops of CosineLR, and in 169 of CosineRestartsLR."""
    assert lost(LOOPS[loop]) == 0


def test_a_handler_that_is_swallowed_is_seen() -> None:
    """Else the test above could not fail."""

    def swallowing() -> None:
        try:
            DECAY(3)
        except Exception:
            pass

    assert lost(swallowing) > 0


def test_values_beyond_the_memory_of_a_process_are_a_MemoryError() -> None:
    code = """
import resource
from cosine_lr import CosineLR, PolynomialLR, WarmupLR
resource.setrlimit(resource.RLIMIT_AS, (2**27, 2**27))
line = PolynomialLR(0.1, 0.0, 10**9)
for schedule in (CosineLR(0.1, 0.001, 10**9), line, WarmupLR(line, 0.0, 10**9)):
    try:
        schedule.values(10**9)
    except MemoryError as error:
        print(type(error).__name__, schedule(10**9))
"""
    assert in_a_process(code).splitlines() == ["MemoryError 0.001", "MemoryError 0.0", "MemoryError 0.1"]


@pytest.mark.parametrize("loop", LOOPS)
def test_a_stack_that_ends_is_a_RecursionError(loop: str) -> None:
    """Wherever in the call it ends; only `parse` says in its own words that a text is nested too deep."""
    call = LOOPS[loop]

    def deeper(spare: int) -> None:
        call()
        deeper(spare)

    def below(frames: int) -> None:
        below(frames - 1) if frames else deeper(0)

    for frames in range(12):
        if loop == "parse":
            with pytest.raises(ValueError, match="^text must not nest schedules that deeply$"):
                below(frames)
        else:
            with pytest.raises(RecursionError):
                below(frames)


# Other interpreters in the same process.


def test_subinterpreters_of_a_process(tmp_path: Path) -> None:
    """Each has the package to itself, from Python 3.12 on with a lock of its own, and returns the same bits."""
    code = """
import json, sys, threading
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
script = '''
import sys
sys.path.insert(0, ".")
from tests.examples import SCHEDULES
rates = [rate.hex() for schedule in SCHEDULES for rate in schedule.values(200)]
from cosine_lr import parse
assert [parse(repr(schedule)) for schedule in SCHEDULES] == SCHEDULES
import json
with open(%r, "w") as file:
    json.dump(rates, file)
'''
def run(name):
    interpreter = interpreters.create()
    interpreters.run_string(interpreter, script % name)
    interpreters.destroy(interpreter)
threads = [threading.Thread(target=run, args=[name]) for name in sys.argv[1:]]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""
    if sys.implementation.name != "cpython":
        pytest.skip("only CPython has subinterpreters")
    files = [tmp_path / str(i) for i in range(3)]
    in_a_process(code, *map(str, files))
    for file in files:
        assert json.loads(file.read_text()) == [rate.hex() for each in SCHEDULES for rate in each.values(200)]

"""Attacks on the package: any object as any argument, any array, any text as notation and as a command.

    python -m tests.fuzz                20,000 inputs of each kind
    python -m tests.fuzz 1000000 7      so many, with seed 7

What must hold: a plain float or an answer of the documented type comes out, or a ValueError or TypeError of one line,
or what an argument raised itself; never a warning or another exception; and no text makes anything run or load.
"""

import contextlib
import copy
import io
import itertools
import math
import pickle
import sys
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import cosine_lr
from cosine_lr import LRIterator, Schedule, parse
from cosine_lr import __main__ as command_line
from tests.laws.draws import Hostile, epochs, finite, schedules
from tests.schedules import CALLS, DECAY, EPOCHS, OTHERS, ROWS, SCHEDULES, HarmonicLR, Row, values_of


ERRORS = ValueError, TypeError, KeyError, OverflowError, ZeroDivisionError, RecursionError, MemoryError, OSError
LIES = [None, "3", 0.5, 10**400, math.nan, 3, Decimal("sNaN"), (), True]
ODD: list[Any] = [
    *(10**400, -(10**400), 2**53 + 1, True, -0.0, 5e-324, 1.7976931348623157e308, math.nan, math.inf, 3j, 0.1 + 0.2),
    *(Fraction(10**400), Fraction(1, 10**400), *map(Decimal, ("0.1", "1e400", "-1e999999", "NaN", "sNaN", "-0"))),
    *(np.float16(6e4), np.float32("nan"), np.longdouble("1e4000"), np.int8(5), np.uint8(255), np.int64(-(2**63))),
    *(np.bool_(True), np.array(3, dtype=object), np.complex64(1), np.arange(3), np.array([]), np.array(["a"])),
    *(np.array("10"), np.array(None), np.datetime64("2020-01-01"), np.timedelta64(3, "D"), np.void(b"1")),
    *(None, ..., "", "3", "linear", "\ud800", "\0", b"3", [], [[5, 1]], {}, {"e": 3}, {3, 5}, range(3), slice(3), int),
    *(sys, len, memoryview(b"33"), iter([3]), itertools.count(), "9" * 10**6, [None] * 10**5, np.zeros(10**5)),
    *(lambda e: -1.0, lambda e: math.nan, lambda e: np.float32(0.1), lambda e: None, lambda: 0.1, cosine_lr.CosineLR),
    *(Hostile(each, shape) for each in [*(error("hostile") for error in ERRORS), *LIES] for shape in ((), (3,), None)),
]
TYPES: list[Callable[[Any], Any]] = [np.float64, np.float32, np.longdouble, np.array, Fraction, Decimal, str]
GOOD: dict[str, list[Any]] = {"e": EPOCHS}  # of each argument, so that calls get past the first check
for call in CALLS:
    for name, value in call.keywords.items():
        GOOD.setdefault(name, []).append(value)
odd = st.integers(0, len(ODD) - 1).map(lambda i: ODD[i]) | st.sampled_from(SCHEDULES + OTHERS) | finite | st.floats()
odd |= st.lists(odd, max_size=3) | st.lists(odd, max_size=3).map(tuple)


def argument(name: str) -> st.SearchStrategy[Any]:
    """A good value, one of another type of number, or any object."""
    good = st.sampled_from(GOOD[name]) | (epochs if name[:2] == "t_" and name != "t_mult" else st.nothing())
    numbers = good.filter(lambda value: type(value) in (int, float))
    other = st.tuples(st.sampled_from(TYPES), numbers).map(lambda pair: pair[0](pair[1]))
    return st.one_of(good, good, other if name not in ("milestones", "pieces") else good, odd)


@st.composite
def calls(draw: st.DrawFn) -> tuple[Row, dict[str, Any], Any]:
    row = draw(st.sampled_from(ROWS))
    changed = draw(st.sets(st.sampled_from(["e", *row.call.keywords]), max_size=3))
    drawn = {name: draw(argument(name)) for name in changed}
    return row, drawn, draw(odd)


def allowed(action: Callable[[], Any]) -> Any:
    """Do it; return its answer, or None for an error of an allowed kind or one that an argument raised itself."""
    try:
        return action()
    except Exception as error:
        if error.args != ("hostile",):
            if not isinstance(error, (ValueError, TypeError)) or isinstance(error, UnicodeError):
                raise
            assert "\n" not in str(error)
    return None


def a_call(case: tuple[Row, dict[str, Any], Any]) -> None:
    """The function and its class refuse the same and have the same rates; the schedule is a value."""
    row, drawn, state = case
    arguments = row.call.keywords | drawn
    e = arguments.pop("e", 3)
    rate = allowed(lambda: row.function(e, **arguments))
    schedule: Schedule | None = allowed(lambda: row.schedule(**arguments))
    assert rate is None or type(rate) is float and 0.0 <= rate < math.inf and repr(rate) != "-0.0"
    if schedule is None:
        assert rate is None
        return
    before, got = repr(schedule), allowed(lambda: schedule(e))
    assert hasattr(e, "__array_namespace__") or got == rate
    allowed(lambda: LRIterator(schedule).load_state_dict(state))
    assert copy.deepcopy(schedule) is schedule == type(schedule)(**values_of(schedule)) and repr(schedule) == before
    if not any(word in before for word in ("<", "functools", "math")):  # a lambda cannot be pickled, nor be read
        assert pickle.loads(pickle.dumps(schedule)) == schedule
        assert len(before) > 10_000 or parse(before, HarmonicLR) == schedule


def an_array(case: tuple[Schedule, Any]) -> None:
    """One rate for each epoch, or a TypeError for what are no numbers; NaN only where the epoch is."""
    schedule, e = case
    with np.errstate(all="ignore"):
        rates = allowed(lambda: schedule(e))
    if e.dtype.kind not in "fiu":
        assert rates is None
    elif rates is not None:
        assert rates.shape == e.shape and ((rates >= 0.0) | np.isnan(e)).all()


WORDS = [
    *(f"{row.schedule.__name__}(" for row in ROWS),
    *("ConstantLR(0.1)", "CosineLR(0.1, 0.001, 10)", "ConstantLR(1e-05)", "WarmupLR(CosineLR(0.1, 0.0, 95), 0.01, 5)"),
    *("(", ")", "[", "]", "{", "}", ",", ", ", "=", ":", ":=", ".", ";", "\n", "\t", " ", "\\", "'", '"', "#", "\0"),
    *("'''", "\ud800", "é", "𝟙", *(f"{name}=" for name in GOOD)),
    *("0", "1", "3", "10", "0.1", "0.001", "1e999", "1e-999", "-", "+", "~", "not ", "0x", "1_0", "nan", "inf", "1j"),
    *("True", "None", "'linear'", "'cosine'", "'exponential'", "b''", "f'{", "}'", "r'", "...", "_", "lambda: "),
    *("await ", "yield ", "x for x in ", "if ", "else ", "**", "*", "*[", "**{", "@", "__import__('os')"),
    *("().__class__", "10**10**10", "9" * 400, "(" * 100, "-" * 1000, "[" * 3000, "9" * 3000, ".9" * 300, "\\'" * 100),
]
texts = st.lists(st.sampled_from(WORDS), max_size=20).map("".join) | st.text()


def a_text(text: str) -> None:
    schedule = allowed(lambda: watched(parse, text))
    if schedule is not None:
        assert parse(repr(schedule)) == schedule
        assert type(allowed(lambda: schedule(3))) in (float, type(None))


def a_command(text: str) -> None:
    """The text as the one argument, then as the first of several: a status of 0 or 2, one line on standard error."""
    for words in ([text], [text, "-n", "3", "--every=2", "--json"]):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = watched(command_line.main, words)
            except SystemExit as left:
                status = left.code
        assert status in (0, 2) and err.getvalue().count("\n") in ([1] if status else [0, 1])  # or which N it chose


# Nothing may be evaluated: Python itself says what is run, imported or opened.
FORBIDDEN = ("exec", "import", "open", "os.", "subprocess.", "socket.", "shutil.", "ctypes.", "code.")
_watching = [False]


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _watching[0] and event.startswith(FORBIDDEN):
        _watching[0] = False
        raise RuntimeError(f"a text made Python do {event} {arguments!r:.200}")


def watched(function: Callable[[Any], Any], argument: Any) -> Any:
    _watching[0] = True
    try:
        return function(argument)
    finally:
        _watching[0] = False


ATTACKS: dict[str, tuple[Callable[[Any], None], st.SearchStrategy[Any]]] = {
    "calls": (a_call, calls()),
    "arrays": (an_array, st.tuples(st.just(DECAY) | schedules(), hnp.arrays(hnp.scalar_dtypes(), hnp.array_shapes()))),
    "texts": (a_text, texts),
    "commands": (a_command, texts),
}


def main(n: int = 20_000, start: int = 0) -> None:
    for text in ("é", "ConstantLR(0.1)"):  # what Python's parser and argparse load once, when it is first needed
        a_command(text)
    sys.addaudithook(_hook)
    options = settings(max_examples=n, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    for name, (attack, inputs) in ATTACKS.items():
        seed(start)(options(given(inputs)(attack)))()
        print(f"{n} {name}, seed {start}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

"""Attacks on the package: any object as any argument, any text as notation and as the command line's argument.

    python -m tests.fuzz                     ten million inputs, the texts guided by coverage: pip install atheris
    python -m tests.fuzz calls 100000 7      so many random calls with seed 7; or `texts`, or `commands`

What must hold: a plain float or an answer of the documented type comes out, or a ValueError or TypeError of one line,
or what an argument raised itself; never a warning, another exception, a crash, nor a gigabyte of memory; and no text
makes anything run or load. A schedule that could be built never changes, has its function's rates, and can be copied,
hashed, compared, printed and read. What is drawn from good values alone is under the laws.
"""

from __future__ import annotations

import contextlib
import copy
import io
import itertools
import math
import pickle
import resource
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path
from random import Random
from types import FunctionType
from typing import Any

import numpy as np

import cosine_lr
from cosine_lr import LRIterator, Schedule, parse
from cosine_lr import __main__ as command_line
from tests.laws.draws import STEPS
from tests.schedules import CALLS as GOOD_CALLS
from tests.schedules import DECAY, EPOCHS, OTHERS as GOOD_OTHERS
from tests.schedules import ROWS, SCHEDULES as GOOD_SCHEDULES
from tests.schedules import TIMES, HarmonicLR, row_of, values_of

ROOT = Path(__file__).parents[1]
SHARES = {"calls": 0.949, "texts": 0.05, "commands": 0.001}
CALLS = 8  # of one function or object in a row
BYTES = 2**30  # the most memory that all of them may


inputs = [0]  # how many, so far


class Finding(Exception):
    """What the package must never do."""


# Any object.


class Hostile:
    """An object whose every method that a number or a sequence may be asked for raises, or lies."""

    def __init__(self, answer: Any, shape: Any = ()) -> None:
        self.answer = answer
        self._shape = shape

    def _say(self, *_: Any) -> Any:
        if isinstance(self.answer, Exception):
            raise type(self.answer)("hostile")  # a new one: an exception that is raised again keeps its tracebacks
        return self.answer

    shape = property(lambda self: self._say() if self._shape is None else self._shape)
    __float__ = __index__ = __int__ = __bool__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _say
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __floordiv__ = _say
    __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __neg__ = __abs__ = __len__ = __getitem__ = _say
    __hash__ = __repr__ = __iter__ = __contains__ = __floor__ = __round__ = _say


class OddFloat(float):
    """A float whose arithmetic gives other types than float."""

    def _odd(self, other: object) -> Any:
        return OddFloat(1.0)

    def _odder(self, other: object) -> Any:
        return "odd"

    __add__ = __radd__ = __sub__ = __mul__ = __truediv__ = _odd
    __rtruediv__ = __rsub__ = _odder


class OddInt(int):
    def __index__(self) -> Any:
        return "odd"


def _raise(e: float) -> float:
    raise ValueError("a schedule's own error")


ERRORS: list[type[Exception]] = [
    *(ValueError, TypeError, KeyError, OverflowError, ZeroDivisionError),
    *(RecursionError, MemoryError, AttributeError, OSError),
]
NUMBERS: list[Any] = [
    *(0, 1, 2, 3, 5, 10, 100, 331, 10**6, 10**15, 2**53, 2**53 + 1, 2**63, 10**400, -1, -5, -(10**400), True, False),
    *(0.0, -0.0, 0.1, 0.3, 0.5, 0.9, 1.0, 1.1, 1.5, 2.0, 10.0, 1e-9, 5e-324, 1e-300, 1e300),
    *(1.7976931348623157e308, -0.1, math.nan, math.inf, -math.inf, 1 + 2**-52, 1 - 2**-53, 3j, complex(math.nan)),
    *(0.1 + 0.2, 7 * 0.1),
    *(Fraction(1, 3), Fraction(10**400), Fraction(1, 10**400), Decimal("0.1"), Decimal("1e400"), Decimal("-1e999999")),
    *(Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("-0"), Decimal("1e-400")),
    *(np.float16(0.1), np.float32(0.1), np.float64(0.1), np.longdouble(0.1), np.float32("nan"), np.float64("inf")),
    *(np.int8(5), np.uint8(255), np.int32(2**31 - 1), np.int64(-(2**63)), np.bool_(True), np.float16(6e4)),
    *(np.array(3), np.array(0.5), np.array(3, dtype=object), np.longdouble("1e4000"), np.complex64(1)),
    *(OddFloat(0.5), OddInt(3)),
]
OTHERS: list[Any] = [
    *(None, ..., NotImplemented, "", "3", "nan", "linear", "cosine", "exponential", "10**10**10", "\ud800", "\0"),
    *(b"3", bytearray(b"3"), [], [3], [30, 60.5], [[5, 1]], (), (1, 2), {}, {"e": 3}, {"e": None}, {3, 5}),
    *({"last_epoch": 3}, {"e": 10**5000}, {"epoch": 10**5000}, range(3), slice(3), type, int, float, object()),
    *(np.arange(3), np.array([3.0]), np.array([], dtype=float), np.ones((2, 2)), np.array(["a"]), np.array(None)),
    *(np.array("10"), np.datetime64("2020-01-01"), np.timedelta64(3, "D"), np.array([object()]), np.void(b"1")),
    *(sys, len, Hostile, copy, memoryview(b"33"), frozenset([3]), iter([3]), Exception("x"), itertools.count()),
]
HUGE: list[Any] = ["9" * 10**6, "[" * 10**5, b"1" * 10**6, [None] * 10**5, 10**100_000, np.zeros(10**5), range(10**5)]
SCHEDULES: list[Any] = [
    *GOOD_SCHEDULES,
    *GOOD_OTHERS,
    *(lambda e: -1.0, lambda e: math.nan, lambda e: np.float32(0.1), lambda e: None, lambda e: e, lambda e: 10**400),
    *(lambda: 0.1, _raise, cosine_lr.cosine_lr, float, str, cosine_lr.CosineLR, Hostile(0.1)),
]
HOSTILE: list[Any] = [
    Hostile(answer, shape)
    for answer in (
        *(error("hostile") for error in ERRORS),
        *(None, "3", 0.5, 10**400, math.nan, 3, Decimal("sNaN"), (), True),
    )
    for shape in ((), (3,), None)
]
GOOD: dict[str, list[Any]] = {"e": EPOCHS}  # for each argument good values, so that calls get past the first check
for call in GOOD_CALLS:
    for name, value in call.keywords.items():
        GOOD.setdefault(name, []).append(value)
TYPES: list[Callable[[Any], Any]] = [np.float64, np.float32, np.longdouble, np.array, Fraction, Decimal, str, OddFloat]


def any_object(random: Random, depth: int = 0) -> Any:
    pick = random.random()
    if pick < 0.55:
        return random.choice(NUMBERS)
    if pick < 0.7:
        return random.choice(OTHERS)
    if pick < 0.8:
        return random.choice(SCHEDULES)
    if pick < 0.88:
        return random.choice(HOSTILE)
    if pick < 0.92 or depth > 2:
        return math.ldexp(random.uniform(-1, 1), random.randrange(-1080, 1025))
    if pick < 0.9201:
        return random.choice(HUGE)
    if pick < 0.94:
        return random.getrandbits(random.randrange(1, 1200)) * random.choice((1, -1))
    items = [any_object(random, depth + 1) for _ in range(random.randrange(4))]
    return random.choice(
        (list, tuple, iter, lambda items: (item for item in items), lambda items: {"e": items}, np_array)
    )(items)


def np_array(items: list[Any]) -> Any:
    made = np.empty(len(items), dtype=object)
    for i, item in enumerate(items):
        made[i] = item
    return made


def argument(random: Random, name: str) -> Any:
    """A good value, in a unit and of a type of number of its own, or any object."""
    if random.random() < 0.3:
        return any_object(random)
    if name == "schedule" and random.random() < 0.2:
        return nested(random, random.randrange(1, 7))
    value = random.choice(GOOD[name])
    if name in ("e", *TIMES) and name not in ("milestones", "pieces") and random.random() < 0.5:
        value = fractional(random)
    if type(value) in (int, float) and random.random() < 0.2:
        return random.choice(TYPES)(value)
    return value


def fractional(random: Random) -> float:
    """A time in fractions of an epoch or of the run, or added up from tenths."""
    k, n = random.randrange(2000), random.choice(STEPS)
    return random.choice((k / n, k * (1 / n), math.fsum([0.1] * (k % 100)), sum([0.1] * (k % 100)), 0.3 * k))


def nested(random: Random, depth: int) -> Schedule:
    """Combinators inside one another; often restarts, 24 of which once took for ever."""
    schedule = random.choice(GOOD_SCHEDULES)
    if random.random() < 0.1:
        depth *= 4
    for _ in range(depth):
        t, gamma, t_mult = 1 + fractional(random), random.choice((1.0, 0.5)), random.choice((1, 2, 1.5))
        schedule = random.choice(WRAPPERS)(schedule, t, gamma, t_mult)
    return schedule


WRAPPERS: list[Callable[[Schedule, float, float, float], Schedule]] = [  # each has it once: texts stay short
    *[lambda s, t, gamma, t_mult: cosine_lr.RestartLR(s, t, gamma=gamma, t_mult=t_mult)] * 3,
    lambda s, t, gamma, t_mult: cosine_lr.WarmupLR(s, s(0) * 0.5, t, curve="cosine", power=gamma),
    lambda s, t, gamma, t_mult: cosine_lr.SequenceLR([(t, s), (0, DECAY)], cosine_lr.ConstantLR(gamma)),
    lambda s, t, gamma, t_mult: cosine_lr.SequenceLR([(0, DECAY), (t / 3, cosine_lr.ConstantLR(gamma))], s),
    lambda s, t, gamma, t_mult: cosine_lr.ShiftLR(s, t),
    lambda s, t, gamma, t_mult: cosine_lr.StaircaseLR(s, t),
    lambda s, t, gamma, t_mult: cosine_lr.ProductLR([s, cosine_lr.StepLR(1.0, t, gamma)]),
]


# One input each.


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}={_shown(each)}" for name, each in value.items())
    try:
        return repr(value)[:200]
    except Exception:
        return f"<{type(value).__name__}>"


def _expect(holds: bool, *what: Any) -> None:
    if not holds:
        raise Finding(*map(_shown, what))


def _guarded(action: Callable[[], Any], *what: Any) -> Any:
    """Do it; return its answer, or None for an error of an allowed kind or one that an argument raised itself."""
    inputs[0] += 1
    try:
        return action()
    except BaseException as error:
        if error.args != ("hostile",):
            if not isinstance(error, (ValueError, TypeError)) or isinstance(error, UnicodeError):
                raise Finding(f"{type(error).__name__}: {error}", *map(_shown, what)) from error
            _expect("\n" not in str(error), "an error of several lines", error, *what)
    return None


ARGUMENTS = {row: ["e", *row.call.keywords] for row in ROWS}


def _is_rate(rate: Any) -> bool:
    return type(rate) is float and 0.0 <= rate < math.inf and repr(rate) != "-0.0"


def a_function(random: Random) -> None:
    """Calls of one function, in each of which one more argument is another."""
    row = random.choice(ROWS)
    arguments = {each: argument(random, each) for each in ARGUMENTS[row] if random.random() < 0.97}
    for _ in range(CALLS):
        rate = _guarded(lambda: row.function(**arguments), row, arguments)
        _expect(rate is None or _is_rate(rate), row, arguments, rate)
        each = random.choice(ARGUMENTS[row])
        arguments[each] = argument(random, each)


def a_class(random: Random) -> None:
    """A schedule, if one can be built, and what can be done with it."""
    row = random.choice(ROWS)
    for _ in range(CALLS):
        arguments = {each: argument(random, each) for each in row.call.keywords if random.random() < 0.97}
        schedule = _guarded(partial(row.schedule, **arguments), row, arguments)
        if schedule is not None:
            break
    else:
        return
    before = repr(schedule)
    for _ in range(CALLS):
        action = random.choice(ACTIONS)
        _guarded(partial(action, schedule, random), row, arguments, action.__name__)
        _expect(repr(schedule) == before, "changed by", action.__name__, schedule, before)


def _call(schedule: Schedule, random: Random) -> None:
    """A schedule is its function, bit for bit."""
    e = argument(random, "e")
    rate = schedule(e)
    if not hasattr(e, "__array_namespace__"):
        _expect(_is_rate(rate), schedule, e, rate)
        same = row_of(schedule).function(e, **values_of(schedule))
        _expect(rate == same, "its function has another rate", schedule, e, rate, same)


def _run(schedule: Schedule, random: Random) -> None:
    e = argument(random, "e")
    n: Any = random.choice((0, 1, 3, 2.0, -1, None, "3", math.nan, Hostile(ValueError("hostile"))))
    run = LRIterator(schedule)
    try:
        run.load_state_dict(random.choice(({"e": e}, any_object(random))))
    finally:
        _expect(type(run.e) is int and run.e >= 0, "position", run.e)
        _expect(next(run) == schedule(run.e - 1), schedule, run.e)
    _expect(schedule.values(n) == [schedule(e) for e in range(int(n))], schedule, n)


def _value(schedule: Schedule, random: Random) -> None:
    """A lambda cannot be pickled, nor its repr be read."""
    text = repr(schedule)
    _expect(copy.deepcopy(schedule) is schedule == type(schedule)(**values_of(schedule)), schedule)
    if "<" not in text and "functools" not in text:
        _expect(pickle.loads(pickle.dumps(schedule)) == schedule, text)
        _expect(len(text) > 10_000 or parse(text, HarmonicLR) == schedule, text)


ACTIONS = [_call, _call, _run, _value]


def some_calls(random: Random) -> None:
    pick = random.random()
    if pick < 0.6:
        a_function(random)
    elif pick < 0.98:
        a_class(random)
    else:
        _guarded(lambda: parse(any_object(random)), "parse")


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


def text_of(data: bytes) -> str:
    """Any bytes as a text: of the words of the notation, of other words, or of any characters."""
    if data[:1] < b"\xc0":
        return "".join(WORDS[byte % len(WORDS)] for byte in data[1:])
    return data[1:].decode("utf-8" if data[0] & 1 else "latin-1", errors="surrogateescape")


def a_text(data: bytes) -> None:
    text = text_of(data)
    schedule = _guarded(lambda: _watched(parse, text), text)
    if schedule is not None:
        _expect(_guarded(lambda: parse(repr(schedule)), text) == schedule, text)
        rate = _guarded(lambda: schedule(3), text)
        _expect(rate is None or type(rate) is float, text, rate)


def a_command(data: bytes) -> None:
    """The text as the one argument, then as the first of several: a status of 0 or 2, one line on standard error."""
    text = text_of(data)
    for words in ([text], [text, "-n", "3", "--every=2", "--json"]):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = _guarded(partial(_status, words), text)
        _expect(status in (0, 2), text, status)
        _expect(err.getvalue().count("\n") == (1 if status else 0), text, err.getvalue())


def _status(words: list[str]) -> Any:
    try:
        return _watched(command_line.main, words)
    except SystemExit as left:
        return left.code


# Nothing may be evaluated: Python itself says what is run, imported or opened.

_watching = [False]
FORBIDDEN = ("exec", "import", "open", "os.", "subprocess.", "socket.", "shutil.", "ctypes.", "code.")


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _watching[0] and event.startswith(FORBIDDEN):
        _watching[0] = False
        raise Finding(event, *map(_shown, arguments))


def watch() -> None:
    for text in ("é", "ConstantLR(0.1)"):  # what Python's parser and argparse load once, when it is first needed
        a_command(b"\xc1" + text.encode())
    sys.addaudithook(_hook)


def _watched(function: Callable[[Any], Any], argument: Any) -> Any:
    _watching[0] = True
    try:
        return function(argument)
    finally:
        _watching[0] = False


# Many inputs.


def calls(n: int, seed: int) -> None:
    random = Random(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        inputs[0] = 0
        while inputs[0] < n:
            some_calls(random)


def random_texts(n: int, seed: int, attack: Callable[[bytes], None] = a_text) -> None:
    """Without coverage: notation of known schedules, cut up and put together."""
    watch()
    random = Random(seed)
    for _ in range(n):
        attack(random.randbytes(random.choice((1, 5, 20, 60))))


def guided(attack: Callable[[bytes], None], n: int, seed: int) -> None:
    """With coverage. It ends the process."""
    import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]

    for module in ("formulas", "checks", "functions", "schedules", "iterators", "notation", "__main__"):
        for name, value in vars(sys.modules[f"cosine_lr.{module}"]).items():
            if isinstance(value, FunctionType) and value.__module__ == f"cosine_lr.{module}":
                setattr(sys.modules[f"cosine_lr.{module}"], name, atheris.instrument_func(value))
    watch()
    options = [
        f"-artifact_prefix={tempfile.gettempdir()}/",
        f"-runs={n}",
        f"-seed={seed + 1}",
        "-max_len=64",
        "-timeout=10",
        "-rss_limit_mb=1024",
        "-verbosity=1",
    ]
    atheris.Setup([sys.argv[0], *options], attack)
    atheris.Fuzz()


def main(words: list[str]) -> int:
    if not words:
        parts = {part: str(math.ceil(10_000_000 * share)) for part, share in SHARES.items()}
        running = {
            part: subprocess.Popen([sys.executable, "-m", "tests.fuzz", part, count]) for part, count in parts.items()
        }
        status = {part: child.wait() for part, child in running.items()}
        print(*(f"{part}: {parts[part]} inputs, exit {status[part]}" for part in parts), sep="\n")
        return max(map(abs, status.values()))
    part, n, seed = words[0], int(words[1]), int(next(itertools.islice(words, 2, None), 0))
    if part == "calls":
        calls(n, seed)
    else:
        guided({"texts": a_text, "commands": a_command}[part], n, seed)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"{n} {part}, at most {peak / 2**20:.0f} MiB, seed {seed}")
    return int(peak > BYTES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

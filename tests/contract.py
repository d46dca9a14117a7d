"""The laws of a schedule, a function from the epoch to the rate: of this package's, of other libraries', of your own.

    python -m tests.contract my_module:my_schedule --lr-init 0.1 --lr-min 0.0 --t-max 94

A law is a function of the schedule `f` and of what its other parameters name. It yields what breaks it. A law that
needs what is not known is left out. This file needs the standard library alone; NumPy's numbers are tried if it is
here.

>>> print(check(lambda e: 0.1 * 0.9**e, lr_init=0.1)["holds before 0"])
f(-1) = 0.11111111111111112, not 0.1
"""

import argparse
import copy
import inspect
import json
import math
import pickle
import random
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib import import_module
from pkgutil import resolve_name
from types import FrameType
from typing import Any, NamedTuple

Rate = Callable[[Any], Any]
MOST_LINES = 1_000_000  # of Python code that one call may run


class Unaskable(Exception):
    """This schedule has no way to be called with that."""


class Endless(Exception):
    """A call that runs more lines of code than any schedule needs."""


class Broken(NamedTuple):
    """What breaks a law: the epoch, what came (a rate or an exception), what had to come."""

    e: object
    got: object
    wanted: object

    def __str__(self) -> str:
        came = f"raises {error_line(self.got)}" if isinstance(self.got, Exception) else f"= {short(self.got)}"
        return f"f({short(self.e)}) {came}, not {short(self.wanted)}"


def short(value: object) -> str:
    if isinstance(value, int) and abs(value) >= 10**7:
        power = len(str(abs(value))) - 1
        return f"{'-' * (value < 0)}10**{power}" if abs(value) == 10**power else str(value)
    return value if isinstance(value, str) and " " in value else " ".join(repr(value).split())


def error_line(error: Exception) -> str:
    line = re.sub(" at 0x[0-9a-f]+", "", f"{type(error).__name__}: {str(error).strip()}".splitlines()[0])
    return line if len(line) <= 70 else line[:67] + "..."


Check = Callable[..., Iterator[Broken]]


class Law(NamedTuple):
    number: int
    name: str
    sentence: str
    needs: tuple[str, ...]
    check: Check


LAWS: list[Law] = []


def law(number: int) -> Callable[[Check], Check]:
    def enter(check: Check) -> Check:
        _, *needs = inspect.signature(check).parameters
        sentence = " ".join((check.__doc__ or "").split())
        LAWS.append(Law(number, check.__name__.replace("_", " "), sentence, tuple(needs), check))
        return check

    return enter


@law(1)
def starts_at_lr_init(f: Rate, lr_init: float) -> Iterator[Broken]:
    """f(0) == lr_init, bit for bit."""
    yield from _compare(f, {0: lr_init})


@law(1)
def holds_before_0(f: Rate) -> Iterator[Broken]:
    """For e < 0 as for e = 0."""
    for e, got in _answers(f, [-1, -0.5, -(10**6)]):
        yield from _differs(e, got, float(f(0)))


@law(1)
def passes_its_half(f: Rate, lr_half: float, t_max: float) -> Iterator[Broken]:
    """f(t_max / 2) == lr_half, bit for bit: for a cosine or a line the mean of both ends, rounded once."""
    yield from _compare(f, {t_max // 2 if isinstance(t_max, int) and t_max % 2 == 0 else t_max / 2: lr_half})


@law(1)
def ends_at_lr_min(f: Rate, lr_min: float, t_max: float) -> Iterator[Broken]:
    """f(t_max) == lr_min, bit for bit."""
    yield from _compare(f, {t_max: lr_min})


@law(1)
def holds_past_the_end(f: Rate, lr_min: float, t_max: float) -> Iterator[Broken]:
    """Past t_max, lr_min for ever."""
    yield from _compare(f, dict.fromkeys([t_max + 1, t_max + 2, 2 * t_max, 3 * t_max + 7], lr_min))
    yield from _compare(_limited(f), {10**15: lr_min})


@law(2)
def stays_in_range(f: Rate, low: float, high: float, epochs: Sequence[float]) -> Iterator[Broken]:
    """lr_min <= f(e) <= lr_init, always."""
    for e, got in _answers(f, epochs):
        if not low <= got <= high:
            yield Broken(e, got, f"from {low!r} to {high!r}")


@law(3)
def never_rises(f: Rate, falling: Sequence[float]) -> Iterator[Broken]:
    """A decay does not rise between epochs that are at least 10^-9 of its time scale apart."""
    last = math.inf
    for e, got in _answers(f, falling):
        if not got <= last:
            yield Broken(e, got, f"at most {last!r}")
        last = got


@law(4)
def is_pure(f: Rate, epochs: Sequence[float]) -> Iterator[Broken]:
    """The same epoch gives the same bits, in any order."""
    straight = dict(_answers(f, epochs))
    shuffled = random.Random(0).sample([*straight], len(straight))
    yield from _compare(f, {e: straight[e] for e in shuffled})


@law(5)
def returns_a_float(f: Rate, epochs: Sequence[float]) -> Iterator[Broken]:
    """type(f(e)) is float."""
    for e, got in _raw_answers(f, epochs):
        if type(got) is not float:
            yield Broken(e, got, "a float")


@law(5)
def takes_any_number(f: Rate) -> Iterator[Broken]:
    """Every type of number counts with its value, fractions of an epoch and 0-d arrays too."""
    one, half = float(f(1)), None
    for e, got in _answers(f, [True, 1.0, *_of_numpy(lambda np: [np.int64(1), np.uint8(1)])]):
        yield from _differs(e, got, one)
    arrays = _of_numpy(lambda np: [make(2.5) for make in (np.float16, np.float32, np.float64, np.array)])
    for e, got in _answers(f, [2.5, Fraction(5, 2), Decimal("2.5"), *arrays]):
        half = got if half is None else half
        yield from _differs(e, got, half)


@law(6)
def is_not_there_early(f: Rate, lr_min: float, t_max: float) -> Iterator[Broken]:
    """Down to 0, the last epochs before t_max still have a rate."""
    for e, got in _answers(f, [t_max - k for k in range(10, 0, -1) if t_max > k] if lr_min == 0.0 else []):
        if not got > 0.0:
            yield Broken(e, got, "above 0")


@law(6)
def is_exact(
    f: Rate, exact: Callable[[Any], Decimal], ulps: Callable[[Decimal], float], epochs: Sequence[float]
) -> Iterator[Broken]:
    """Against 60-digit arithmetic, within its bound in units in the last place."""
    for e, got in _answers(f, [e for e in epochs if e == 0 or 1e-300 < e <= 2**53]):
        want = exact(e)
        unit = Fraction(math.ulp(float(want)))
        if want >= 1e-300 and abs(Fraction(got) - Fraction(want)) > Fraction(ulps(want)) * unit:  # of normal doubles
            yield Broken(e, got, float(want))


@law(7)
def is_free_of_the_unit(
    f: Rate, in_unit: Callable[[int], tuple[Rate, float]], epochs: Sequence[float]
) -> Iterator[Broken]:
    """In whole multiples of the unit of time the same bits."""
    for k in (2, 3, 1000, 5004, 10**6 + 3):
        other, slack = in_unit(k)
        for e, want in _answers(f, [e for e in epochs if isinstance(e, int) and 0 <= e < 10**12]):
            for _, got in _answers(other, [k * e]):
                if got != want and not abs(got - want) <= slack:
                    yield Broken(f"{k} * {e}", got, want)


@law(8)
def tolerates_a_rounding(f: Rate, lr_min: float, t_max: float) -> Iterator[Broken]:
    """An epoch that only a rounding keeps below t_max is on it: f is lr_min there, bit for bit."""
    below = [math.nextafter(t_max, 0.0), t_max * (1.0 - 2.0**-51)] if t_max else []
    yield from _compare(f, dict.fromkeys(below, lr_min))


@law(8)
def restarts_at_its_peak(f: Rate, lr_init: float, lr_min: float, restarts: tuple[float, float]) -> Iterator[Broken]:
    """Every restart epoch up to 10^5 returns lr_init, the epoch before it is in the lower half."""
    yield from _at_restarts(f, lr_init, lr_min, [each for each in _restarts(*restarts) if each[0] <= 10**5])


@law(8)
def restarts_far_out(f: Rate, lr_init: float, lr_min: float, restarts: tuple[float, float]) -> Iterator[Broken]:
    """The same up to 10^15."""
    yield from _at_restarts(_limited(f), lr_init, lr_min, [each for each in _restarts(*restarts) if each[0] > 10**5])


@law(8)
def restarts_in_fractions(f: Rate, lr_init: float, lr_min: float, restarts: tuple[float, float]) -> Iterator[Broken]:
    """In fractions of a run it restarts on the same step as in steps: t_max=0.1 at 0.2, 0.3, 0.7."""
    fraction = Fraction(restarts[0]).limit_denominator(10**6)
    if fraction.denominator > 1:  # a first cycle of so many steps, in a run of so many
        steps, run = 10 * fraction.numerator, 10 * fraction.denominator
        in_steps = [each for each in _restarts(steps, restarts[1]) if each[0] <= 10**5]
        yield from _at_restarts(f, lr_init, lr_min, in_steps, run)


@law(9)
def never_stops_a_run(f: Rate) -> Iterator[Broken]:
    """No finite e raises or takes for ever, however large or negative."""
    for e, got in _answers(_limited(f), [10**7, 10**15, 2**63, 1e308, 10**400, -1e308]):
        if not 0.0 <= got < math.inf:
            yield Broken(e, got, "a rate")


@law(9)
def costs_no_more_far_out(f: Rate) -> Iterator[Broken]:
    """The work of a call does not grow with e, counted in lines of code."""
    most = max((n for _, n in _answers(lambda e: lines_run(f, e)[0], [0, 1, 2.5, 7, 35])), default=0)
    for e, n in _answers(lambda e: lines_run(f, e)[0], [1e6, 10**6, 1e15, 10**15, 1e300, 10**300]):
        if n > 4 * most + 40:
            yield Broken(e, f"{n:.0f} lines of code", f"about {most:.0f}")


@law(11)
def refuses_what_is_no_epoch(f: Rate) -> Iterator[Broken]:
    """NaN, infinities, text, complex numbers, dates, None and lists raise ValueError or TypeError."""
    others = _of_numpy(lambda np: [np.array("3"), np.complex128(3j), np.timedelta64(3, "D")])
    for e in (math.nan, math.inf, -math.inf, "3", 3j, date(2026, 1, 3), None, [1, 2], *others):
        with suppress(ValueError, TypeError):
            for _, got in _raw_answers(f, [e]):
                yield Broken(e, got, "a ValueError or TypeError")


@law(12)
def is_a_value(f: Rate, read: Callable[[str], Rate], epochs: Sequence[float]) -> Iterator[Broken]:
    """It compares, hashes, copies, pickles and prints by its class and fields."""
    for again in (copy.copy(f), copy.deepcopy(f), pickle.loads(pickle.dumps(f)), read(repr(f))):
        if not (again == f and hash(again) == hash(f) and repr(again) == repr(f)):
            yield Broken(repr(f), again, f)
        yield from _compare(again, dict(_answers(f, epochs)))
    for e, got in _answers(f, epochs):
        yield from _differs(e, json.loads(json.dumps(got)), got)


def _raw_answers(f: Rate, epochs: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield each epoch that the schedule can be called with, and what it returns."""
    for e in epochs:
        with suppress(Unaskable):
            yield e, f(e)


def _answers(f: Rate, epochs: Iterable[Any]) -> Iterator[tuple[Any, float]]:
    for e, got in _raw_answers(f, epochs):
        yield e, float(got)


def _of_numpy(make: Callable[[Any], list[Any]]) -> list[Any]:
    try:
        return make(import_module("numpy"))
    except ImportError:
        return []


def _compare(f: Rate, wanted: dict[Any, float]) -> Iterator[Broken]:
    for e, got in _answers(f, wanted):
        yield from _differs(e, got, wanted[e])


def _differs(e: object, got: float, wanted: float) -> Iterator[Broken]:
    if got != wanted or math.copysign(1.0, got) != math.copysign(1.0, wanted):
        yield Broken(e, got, wanted)


def _restarts(t_max: float, t_mult: float) -> list[tuple[int, int]]:
    """Return the whole epochs up to 10^15 at which it restarts, in exact arithmetic, and how long the cycle before each
    was. With fractions of an epoch there are none."""
    if not isinstance(t_max, int):
        return []
    if t_mult == 1:
        return [(t_max * i, t_max) for i in [*range(1, 201), *(10**k // t_max + 1 for k in range(4, 16))]]
    found, start, length = [], Fraction(0), Fraction(t_max)
    while start + length <= 10**15:
        start, length = start + length, length * Fraction(t_mult)
        if start.denominator == 1:
            found.append((int(start), int(length / Fraction(t_mult))))
    return found


def _at_restarts(
    f: Rate, lr_init: float, lr_min: float, restarts: list[tuple[int, int]], run: int = 0
) -> Iterator[Broken]:
    """Look at the restarts and just before, in steps, or in fractions of a run of so many steps."""
    for start, length in restarts:
        before, at = ((start - 1) / run, start / run) if run else (start - 1, start)
        for e, got in _answers(f, [before] if length > 2 else []):
            if not got <= (lr_init + lr_min) / 2:
                yield Broken(e, got, "in the lower half")
        yield from _compare(f, {at: lr_init})


def lines_run(f: Rate, e: Any) -> tuple[int, Any]:
    """Return how many lines of Python code f(e) runs, and what it returns."""
    lines = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal lines
        lines += 1
        if lines > MOST_LINES:
            raise Endless(f"more than {MOST_LINES} lines of code")
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        got = f(e)
    finally:
        sys.settrace(before)
    return lines, got


def _limited(f: Rate) -> Rate:
    return lambda e: lines_run(f, e)[1]


def check(f: Rate, laws: Sequence[Law] = LAWS, /, **known: Any) -> dict[str, Broken | None]:
    """Return for each law that needs no more than is known what breaks it first, or None.
    `lr_init`, `lr_min` and `t_max` are those of a decay that ends. With `t_mult` it is a schedule of restarts."""
    known, found = _completed(known), {}
    for each in laws:
        if {*each.needs} <= known.keys():
            with suppress(Unaskable):
                found[each.name] = _first(each, f, known)
    return found


def of(number: int) -> list[Law]:
    return [each for each in LAWS if each.number == number]


def _completed(known: dict[str, Any]) -> dict[str, Any]:
    """Add what follows from what is known."""
    t = known.get("t_max")
    if {"lr_init", "lr_min"} <= known.keys():
        known = {"low": known["lr_min"], "high": known["lr_init"]} | known
    if t and "epochs" not in known:
        parts = min(int(t), 100) if t >= 20 else 20
        whole = sorted({k * t // parts for k in range(3 * parts + 1)})
        known["epochs"] = whole if isinstance(t, int) else [k * t / parts for k in range(3 * parts + 1)]
    if "t_mult" in known:
        known["restarts"] = known.pop("t_max"), known.pop("t_mult")
    elif t and "falling" not in known:
        between = [t * (place + k * 1e-9) for place in (0.001, 0.25, 0.4999, 0.75, 0.999) for k in range(50)]
        known["falling"] = sorted({*(e for e in known["epochs"] if e <= t), *between})
    return {"epochs": range(40)} | known


def _first(each: Law, f: Rate, known: dict[str, Any]) -> Broken | None:
    called: list[Any] = []

    def noted(e: Any) -> Any:
        called.append(e)
        try:
            return f(e)
        except Unaskable:
            called.pop()
            raise

    try:
        subject = f if each.number == 12 else noted
        broken = next(each.check(subject, **{name: known[name] for name in each.needs}), None)
    except Unaskable:
        raise
    except Exception as error:
        broken = Broken(called[-1] if called else "...", error, "a rate")
    if not called and each.number != 12:
        raise Unaskable
    return broken


def load(path: str) -> Rate:
    """Return what `path`, "module:name", names."""
    try:
        found: Any = resolve_name(path)
    except (ImportError, AttributeError, ValueError) as error:
        raise ValueError(f"no schedule at {path!r}, which must be module:name ({error})") from None
    if isinstance(found, type) or not callable(found):
        raise ValueError(f"{path} must be a schedule, epoch in and rate out, got {found!r}")
    return found  # type: ignore[no-any-return]


def report(f: Rate, **known: float) -> tuple[str, bool]:
    """Return what to print about any callable, and whether it keeps every law that could be tested."""
    found = check(f, **known)
    lines = []
    for each in LAWS:
        broken = found.get(each.name)
        if broken:
            lines.append(f"law {each.number:<2} BROKEN   {each.name}: {broken}")
        elif each.name in found:
            lines.append(f"law {each.number:<2} kept     {each.name}: {each.sentence}")
    if "t_max" not in known:
        lines.append("With --lr-init, --lr-min and --t-max (of restarts also --t-mult) more laws can be tested.")
    return "\n".join(lines), not any(found.values())


def number(text: str) -> float:
    """Return what the text says, whole numbers as int."""
    return int(text) if text.isdecimal() else float(text)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the laws, kept or broken; return 1 if one is broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.contract", description="Test a schedule against the laws.")
    parser.add_argument("schedule", metavar="MODULE:NAME", help="any function from the epoch to the rate")
    for name in ("lr-init", "lr-min", "t-max", "t-mult", "lr-half"):
        parser.add_argument(f"--{name}", type=number, default=argparse.SUPPRESS, metavar="X")
    known = vars(parser.parse_args(argv))
    try:
        schedule = load(known.pop("schedule"))
    except ValueError as error:
        parser.error(str(error))
    text, kept = report(schedule, **known)
    print(text)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.path.insert(0, "")
    sys.exit(main())

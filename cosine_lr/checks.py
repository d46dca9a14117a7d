# SPDX-License-Identifier: MIT
"""What comes in: one table of rules, quick questions that ask for the same, conversions and messages.

A quick question accepts the plain numbers in range that are nearly always passed, and never raises. What it does not
accept, `checked` converts or refuses: a question that is too strict is only slow. This file imports only `math`.

>>> checked(e=-3, lr_init=1, t_max=10)
{'e': 0, 'lr_init': 1.0, 't_max': 10}
"""

from __future__ import annotations

from math import inf, isfinite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, NoReturn

    Schedule = Callable[[float], float]
    Rule = Callable[[str, Any], Any]

TIMES = (int, float)  # the types of plain numbers, the commoner one first: a tuple is searched in order
RATES = (float, int)
MAX = 1.7976931348623157e308  # the largest double
LARGEST = int(MAX)  # the same for times, most of which are int: int is compared with int twice as fast
LONGEST = 2**1000  # a longer duration becomes a float, so that no sum of durations is too large for one
MOST = 2**53  # the largest t_mult
SHAPES = ("linear", "cosine", "exponential")
NO_NUMBER = (TypeError, ValueError, ArithmeticError)  # what a conversion to a number raises where there is none


def good_cycles(t_mult: float, gamma: float, n_cycles: int | None) -> bool:
    if n_cycles is not None and (type(n_cycles) is not int or n_cycles < 1):
        return False
    if type(t_mult) is not int and (type(t_mult) is not float or t_mult % 1 == 0):
        return False
    return type(gamma) in RATES and 1 <= t_mult <= MOST and 0.0 < gamma <= 1.0


def good_milestones(milestones: Iterable[float]) -> bool:
    if type(milestones) not in (tuple, list):
        return False
    for milestone in milestones:
        if type(milestone) not in TIMES or not -LARGEST <= milestone <= LARGEST:
            return False
    return True


def good_schedules(schedules: Iterable[Schedule]) -> bool:
    return type(schedules) in (tuple, list) and bool(schedules) and all(map(good_schedule, schedules))


def good_pieces(pieces: Iterable[tuple[float, Schedule]]) -> bool:
    if type(pieces) not in (tuple, list):
        return False
    for piece in pieces:
        if type(piece) is not tuple or len(piece) != 2:
            return False
        duration, schedule = piece
        if type(duration) not in TIMES or not 0 <= duration <= LONGEST or not good_schedule(schedule):
            return False
    return True


def good_schedule(schedule: Schedule) -> bool:
    return not isinstance(schedule, type) and callable(schedule)


# What a schedule is held to.


def rate_of(rate: float) -> float:
    """Return what a schedule returned, held to what a rate must be."""
    if type(rate) is float and 0.0 <= rate < inf:
        return rate + 0.0  # never -0.0
    return float(_rate("schedule(e)", rate))


def rate_at(schedule: Schedule, e: float) -> float:
    """Return schedule(e), held to what a rate must be."""
    return rate_of(schedule(e))


def held(schedule: Schedule) -> Schedule:
    """Return the schedule as a function whose every rate is held to what one must be."""
    return lambda e: rate_of(schedule(e))


def peak_of(schedule: Schedule, lr_start: float, shape: str) -> float:
    """Return what a warm-up rises to, schedule(0), or raise ValueError if it cannot rise to it from `lr_start`."""
    peak = rate_at(schedule, 0)
    if lr_start > peak:
        refuse("lr_start", f"<= schedule(0), which is {peak}", lr_start)
    if lr_start == 0.0 and shape == "exponential":
        refuse("lr_start", "> 0 in an exponential warm-up", lr_start)
    return peak


def low_of(schedule: Schedule, t_max: float, gamma: float, n_cycles: int | None) -> float:
    """Return what a restart comes down to, schedule(t_max), where that counts."""
    return rate_at(schedule, t_max) if gamma < 1.0 or n_cycles is not None else 0.0


# The conversions.


def checked(**arguments: Any) -> dict[str, Any]:
    """Return the arguments as plain, good values, or raise TypeError or ValueError that names the first bad one.

    Numbers become int or float, sequences tuples. Names that have no rule pass as they are.
    """
    good = {name: RULES[name](name, value) if name in RULES else value for name, value in arguments.items()}
    if good.get("lr_min", 0.0) > good.get("lr_init", inf):
        refuse("lr_min", f"<= lr_init, which is {good['lr_init']}", arguments["lr_min"], hint=RISING)
    return good


def epoch(name: str, value: Any) -> float:
    """Return the epoch as a plain number >= 0."""
    return max(_number(name, value), 0)


def whole_number(name: str, value: object, least: int) -> int:
    """Return `value` as an int, or raise what says that `name` must be a whole number >= `least`."""
    number = _number(name, value)
    if number % 1 or number < least:
        refuse(name, f"a whole number >= {least}", value)
    return int(number)


RISING = "a curve that rises: WarmupLR(ConstantLR(peak), lr_start, t_warmup)"  # hints of what may have been meant
WARM = "is the warm-up as long as the run?"
COMPILED = "in compiled code, take it from a table: schedule.values(n)"


def refuse(name: str, must: str, value: object, error: type[Exception] = ValueError, hint: str = "") -> NoReturn:
    """Raise the error: what must hold, then what came, then what may have been meant."""
    try:
        got = " ".join(repr(value).split())
    except NO_NUMBER:  # an int of thousands of digits has no repr
        got = f"{type(value).__name__} that cannot be shown"
    got = got if len(got) <= 80 else got[:77] + "..."
    raise error(f"{name} must be {must}, got {got}{hint and f' ({hint})'}") from None


def _number(name: str, value: Any) -> float:
    """Return an integer as an int and any other number as a float; beyond the doubles it is the largest of them."""
    try:
        number = _plain(value)
        if not -MAX <= number <= MAX and number == number and value not in (inf, -inf):
            number = LARGEST if value > 0 else -LARGEST
    except NO_NUMBER:
        refuse(name, "one number", value, TypeError, hint=COMPILED if name == "e" and hasattr(value, "shape") else "")
    if not -MAX <= number <= MAX:
        refuse(name, "finite", value)
    return number + 0  # never -0.0


def _plain(value: Any) -> float:
    """Return the number as an int or a float, infinite where it is beyond the doubles, or raise one of NO_NUMBER."""
    if getattr(value, "shape", ()) != () or getattr(getattr(value, "dtype", None), "kind", "f") in ("m", "M"):
        raise TypeError  # an array of several numbers, or a time of day
    if getattr(value, "mask", False):
        raise TypeError  # a masked number: there is none
    if hasattr(value, "item"):
        value = value.item()  # of NumPy, PyTorch or JAX: what Python calls it
    try:
        number = value.__index__()
    except (AttributeError, TypeError):
        number = _as_float(value)
    if type(number) not in TIMES:
        raise TypeError  # an index that is no int
    return number  # type: ignore[no-any-return]


def _as_float(value: Any) -> float:
    try:
        isfinite(value)  # refuses text, which float() takes
        return float(value)
    except OverflowError:  # a fraction beyond the doubles
        return inf


def _range(must: str, holds: Callable[[float], bool], kind: Callable[[float], float] = lambda v: v) -> Rule:
    def rule(name: str, value: Any) -> float:
        number = kind(_number(name, value))
        if not holds(number):
            refuse(name, must, value, hint=_hint(name, number))
        return number

    return rule


def _hint(name: str, number: float) -> str:
    """Return what may have been meant by a number out of range."""
    if name == "gamma" and number > 1.0:
        return RISING
    return WARM if name == "t_max" and number == 0 else ""


def _schedule(name: str, value: Any) -> Schedule:
    if not good_schedule(value):
        refuse(name, "callable, epoch in and rate out, and no class", value, TypeError)
    return value  # type: ignore[no-any-return]


def _shape(name: str, value: Any) -> str:
    if not isinstance(value, str) or value not in SHAPES:
        refuse(name, f"one of {', '.join(map(repr, SHAPES))}", value)
    return SHAPES[SHAPES.index(value)]  # plain, also if a member of an enumeration came in


def _items(name: str, value: Any, must: str = "a sequence") -> tuple[Any, ...]:
    if hasattr(value, "__next__") or isinstance(value, (dict, bytes)):  # an iterator is used up by the first call
        refuse(name, must, value, TypeError)
    try:
        return tuple(value)
    except NO_NUMBER:
        refuse(name, must, value, TypeError)


def _each(rule: Rule) -> Rule:
    return lambda name, value: tuple(rule(f"{name}[{i}]", each) for i, each in enumerate(_items(name, value)))


def _schedules(name: str, value: Any) -> Any:
    return _each(_schedule)(name, value) or refuse(name, "a sequence of at least one schedule", value)


def _piece(name: str, value: Any) -> tuple[float, Schedule]:
    pair = _items(name, value, "a pair (duration, schedule)")
    if len(pair) != 2:
        refuse(name, "a pair (duration, schedule)", value)
    duration = _span(f"{name}[0]", pair[0])
    return duration if duration <= LONGEST else float(duration), _schedule(f"{name}[1]", pair[1])


_rate = _range(">= 0", lambda v: v >= 0.0, float)
_time = _range("> 0", lambda v: v > 0)
_span = _range(">= 0", lambda v: v >= 0)
_power = _range("> 0", lambda v: v > 0.0, float)
RULES: dict[str, Rule] = {
    "e": epoch,
    "lr_init": _rate, "lr_min": _rate, "lr_start": _rate,
    "t_max": _time, "t_scale": _time, "step_size": _time,
    "t_warmup": _span, "t_shift": _span,
    "t_mult": _range("in [1, 2**53]", lambda v: 1 <= v <= MOST, lambda v: v if v % 1 else int(v)),
    "gamma": _range("in (0, 1]", lambda v: 0.0 < v <= 1.0, float),
    "power": _power, "k_decay": _power,
    "n_cycles": lambda name, value: None if value is None else whole_number(name, value, 1),
    "milestones": _each(_number),
    "shape": _shape,
    "schedule": _schedule, "then": _schedule, "schedules": _schedules,
    "pieces": _each(_piece),
}

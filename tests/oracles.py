"""What the schedules must return, computed without them: 60 digits, with the standard library alone.

Each function has the name and the arguments of the package's function. Epochs and times are exact fractions. No code is
shared with the package; of a schedule inside a combinator only the fields are read.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import fields
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, localcontext
from fractions import Fraction
from functools import wraps
from typing import Any, ParamSpec, TypeVar

Number = int | float | Fraction
P = ParamSpec("P")
T = TypeVar("T")
TOLERANCE = Fraction(1, 2**40)  # an epoch this close below a boundary, relative to it, counts as on it
CONTEXT = Context(prec=60, Emin=MIN_EMIN, Emax=MAX_EMAX)
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899")


def precise(function: Callable[P, T]) -> Callable[P, T]:
    """Let the function compute in 60 digits."""

    @wraps(function)
    def wrapped(*arguments: P.args, **named: P.kwargs) -> T:
        with localcontext(CONTEXT):
            return function(*arguments, **named)

    return wrapped


@precise
def exact(value: Number | Decimal) -> Decimal:
    if isinstance(value, Decimal):
        return value
    fraction = Fraction(value)
    return Decimal(fraction.numerator) / fraction.denominator


@precise
def ulps(got: float, want: Decimal) -> float:
    """How far `got` is from `want`, in units in the last place of `want`."""
    return float(abs(Decimal(got) - want) / Decimal(math.ulp(float(want))))


def rate(schedule: Any, e: Number) -> Decimal:
    """The rate of a schedule of the package, by its fields."""
    name = next(name for name in globals() if name.replace("_", "") == type(schedule).__name__.lower())
    arguments = {each.name: getattr(schedule, each.name) for each in fields(schedule)}
    return globals()[name](e, **arguments)  # type: ignore[no-any-return]


def _reached(e: Number, boundary: Number) -> bool:
    return Fraction(e) > Fraction(boundary) * (1 - TOLERANCE) or e >= boundary


def _part(e: Number, t: Number) -> Fraction:
    """How far e is on its way to t, from 0 to 1."""
    return Fraction(1) if _reached(e, t) else Fraction(e) / Fraction(t)


def _between(low: Number | Decimal, high: Number | Decimal, weight: Decimal) -> Decimal:
    return exact(low) + (exact(high) - exact(low)) * weight


def _sine(x: Fraction) -> Decimal:
    """sin(pi * x / 2) by its series, for 0 <= x <= 1."""
    angle = PI / 2 * exact(x)
    term, total, n = angle, Decimal(0), 1
    while abs(term) > abs(total) * Decimal("1e-65"):
        total += term
        n += 2
        term *= -angle * angle / (n * (n - 1))
    return total


def _periods(e: Number, t: Number) -> int:
    """How many periods of t have passed. Whole numbers need no tolerance, and have none."""
    e, t = Fraction(e), Fraction(t)
    n = math.floor(e / t)
    return n + (max(e.denominator, t.denominator) > 1 and _reached(e, (n + 1) * t))


def _cycle(e: Number, t: Number, t_mult: Number) -> tuple[int, Fraction, Fraction]:
    """The number of the cycle that contains e, the place in it, in first cycles, and its length."""
    if t_mult == 1:
        i = _periods(e, t)
        return i, max(Fraction(e) - i * Fraction(t), Fraction(0)), Fraction(t)
    i, start, length = 0, Fraction(0), Fraction(t)
    while _reached(e, start + length):
        i, start, length = i + 1, start + length, length * Fraction(t_mult)
    return i, max(Fraction(e) - start, Fraction(0)) / Fraction(t_mult) ** i, length


def cycles(t_max: int, t_mult: int, last: int) -> list[tuple[int, int]]:
    """Every (start, length) of restarts up to `last`, walked in whole numbers."""
    found, start, length = [], 0, t_max
    while start <= last:
        found.append((start, length))
        start, length = start + length, length * t_mult
    return found


@precise
def place(e: Number, t: Number, t_mult: Number) -> tuple[int, Decimal]:
    """The cycle by the real-number formula, also of a late one, and how far through it `e` is, from 0 to 1."""
    x, m = exact(e) / exact(t), exact(t_mult)
    if m == 1:
        return int(x), x - int(x)
    i = int((1 + x * (m - 1)).ln() / m.ln())
    return i, (x - (m**i - 1) / (m - 1)) / m**i


def constant_lr(e: Number, lr_init: float) -> Decimal:
    return exact(lr_init)


@precise
def cosine_lr(e: Number, lr_init: float, lr_min: float, t_max: Number) -> Decimal:
    return _between(lr_min, lr_init, _sine(1 - _part(e, t_max)) ** 2)


@precise
def cosine_restarts_lr(
    e: Number, lr_init: float, lr_min: float, t_max: Number, t_mult: Number, gamma: float, n_cycles: int | None
) -> Decimal:
    i, place, _ = _cycle(e, t_max, t_mult)
    if n_cycles is not None and i >= n_cycles:
        return exact(lr_min)
    return _between(lr_min, cosine_lr(place, lr_init, lr_min, t_max), exact(gamma) ** i)


@precise
def polynomial_lr(e: Number, lr_init: float, lr_min: float, t_max: Number, power: float, k_decay: float) -> Decimal:
    return _between(lr_min, lr_init, (1 - exact(_part(e, t_max)) ** exact(k_decay)) ** exact(power))


@precise
def exponential_lr(e: Number, lr_init: float, gamma: float, t_scale: Number, lr_min: float) -> Decimal:
    return max(exact(lr_min), exact(lr_init) * exact(gamma) ** exact(Fraction(e) / Fraction(t_scale)))


@precise
def step_lr(e: Number, lr_init: float, step_size: Number, gamma: float, lr_min: float) -> Decimal:
    return max(exact(lr_min), exact(lr_init) * exact(gamma) ** _periods(e, step_size))


@precise
def multistep_lr(e: Number, lr_init: float, milestones: Iterable[Number], gamma: float, lr_min: float) -> Decimal:
    return max(exact(lr_min), exact(lr_init) * exact(gamma) ** sum(_reached(e, each) for each in milestones))


@precise
def inverse_power_lr(e: Number, lr_init: float, t_scale: Number, power: float, lr_min: float) -> Decimal:
    t = exact(t_scale)
    return max(exact(lr_min), exact(lr_init) * (t / (t + exact(e))) ** exact(power))


@precise
def warmup_lr(e: Number, schedule: Any, lr_start: float, t_warmup: Number, curve: str, power: float) -> Decimal:
    if _reached(e, t_warmup):
        return rate(schedule, max(Fraction(e) - Fraction(t_warmup), Fraction(0)))
    x, peak = _part(e, t_warmup), rate(schedule, 0)
    weight = (_sine(x) ** 2 if curve == "cosine" else exact(x)) ** exact(power)
    if curve == "exponential":
        return exact(lr_start) * (peak / exact(lr_start)) ** weight
    return _between(lr_start, peak, weight)


@precise
def sequence_lr(e: Number, pieces: Iterable[tuple[Number, Any]], then: Any) -> Decimal:
    start = Fraction(0)
    for duration, schedule in pieces:
        if not _reached(e, start + Fraction(duration)):
            return rate(schedule, max(Fraction(e) - start, Fraction(0)))
        start += Fraction(duration)
    return rate(then, max(Fraction(e) - start, Fraction(0)))


@precise
def restart_lr(e: Number, schedule: Any, t_max: Number, t_mult: Number, gamma: float, n_cycles: int | None) -> Decimal:
    i, place, _ = _cycle(e, t_max, t_mult)
    if n_cycles is not None and i >= n_cycles:
        return rate(schedule, t_max)
    return _between(rate(schedule, t_max), rate(schedule, place), exact(gamma) ** i)


def shift_lr(e: Number, schedule: Any, t_shift: Number) -> Decimal:
    shifted = Fraction(e) + Fraction(t_shift)
    return rate(schedule, Fraction(float(shifted)) if shifted % 1 else shifted)  # a sum of doubles is rounded


@precise
def product_lr(e: Number, schedules: Iterable[Any]) -> Decimal:
    return math.prod((rate(each, e) for each in schedules), start=Decimal(1))


def staircase_lr(e: Number, schedule: Any, step_size: Number) -> Decimal:
    return rate(schedule, _periods(e, step_size) * Fraction(step_size))

# SPDX-License-Identifier: MIT
"""Schedules on arrays and on traced numbers: `formulas` once more, same names, same order, `where` for `if`.

No array library is imported. The functions come with the array, from its `__array_namespace__()`, or are handed in:
asarray (as_tensor, convert_to_tensor), where, sin, log, log1p, expm1, floor, reshape, and the operators.

Epochs are floats here: counts are exact up to 2**24 in float32, up to 2**53 in float64. As in `formulas`, a rate is
computed from the nearer end of its interval. So a point is given as two arrays: `early`, whether that end is the first,
and `d`, how far the point is from it, between 0 and 1/2.

>>> import numpy
>>> rates(abs, numpy.arange(3), numpy)  # any function of an array is a schedule
array([0., 1., 2.])
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import inf, log, log2, modf, nan, sqrt
from typing import Any

from .checks import PLAIN, UNCONVERTIBLE, refuse, returned_rate
from .formulas import HALF_PI, MAX_FLOAT, TOLERANCE

MAX_LENGTHS = 512  # cycles of different lengths
MAX_START = 2.0**40  # where the last of them may begin


def rates(schedule: Any, e: Any, xp: Any) -> Any:
    """Return the rates of the epochs in the array `e`: an array of its shape, of the library `xp`.

    Epochs of float32 and float64 give rates of their own type, any others rates of the library's usual float.
    """
    n = as_array(xp, e)
    kind = re.search(r"\b(u?int|b?float)(\d+)", name_of_type(n))
    if not kind or not callable(getattr(e, "mask", len)):  # a masked array's mask is an array, pandas' a method
        refuse("e", "an array of ints or floats", e, TypeError)
    n = as_array(xp, n, n.dtype if kind[0] in ("float32", "float64") else usual_float(xp))
    n = at_least(xp, 0.0, at_most(xp, limit(n), n))
    error = n * 0.0 if "int" in kind[1] else 4.0 * rounding(n)
    slack = at_most(xp, 0.25, n * TOLERANCE + error)  # less than the way to the next whole epoch
    return as_array(xp, rate(schedule, Epochs(xp, n, slack)), n.dtype)


def name_of_type(n: Any) -> str:
    return str(getattr(n.dtype, "name", n.dtype))


def as_array(xp: Any, value: Any, dtype: Any = None) -> Any:
    convert = getattr(xp, "as_tensor", None) or getattr(xp, "asarray", None) or xp.convert_to_tensor
    return convert(value, dtype=dtype)


def usual_float(xp: Any) -> Any:
    """Return the type of the library's floats, but float32 where that is shorter: it would not count to 2049."""
    dtype = as_array(xp, 0.5).dtype
    return getattr(xp, "float32", "float32") if "float16" in str(dtype) else dtype


def rate(schedule: Any, e: Epochs) -> Any:
    """Return the rates of a schedule: of this package's, by the formula of the same name in this file."""
    definition = getattr(schedule, "_definition", None)
    if definition is None:
        return of_function(e, schedule)
    formula, *arguments = definition
    return FORMULAS[formula.__name__](e, *(e.number(each) if type(each) in PLAIN else each for each in arguments))


@dataclass(frozen=True)
class Epochs:
    """An array of epochs >= 0. One that is less than `slack` below a boundary is on it: only a rounding keeps it below.

    A time is subtracted in two steps: first its whole part, as the difference of whole numbers is exact, then the rest,
    if any, and the slack grows by a rounding. The `where` of `at` is in between, or compilers would merge the steps.
    """

    xp: Any
    n: Any
    slack: Any

    def full(self, value: Any) -> Any:
        """Return an array of this value or these values, of the shape of n."""
        return self.n * 0.0 + value

    def number(self, value: float) -> float:
        """Return the number as the type of n has it. A large time is an int; its inverse is a normal number too."""
        return min(float(value), limit(self.n) if type(value) is int else largest(self.n))

    def at(self, n: Any, error: Any = 0.0) -> Epochs:
        return Epochs(self.xp, at_least(self.xp, 0.0, n), self.slack + error)

    def reached(self, t: Any) -> Any:
        return self.n >= t - self.slack

    def since(self, t: float) -> Epochs:
        rest, whole = modf(t)
        e = self.at(self.n - whole)
        return e.at(e.n - rest, rounding(e.n)) if rest else e

    def within(self, t: Any) -> tuple[Any, Any]:
        """Return the point in the interval from 0 to t. From t on it is exactly the end."""
        rest, whole = modf(t) if type(t) is float else (0.0, t)
        return point(self, self.n / t, (self.xp.where(self.reached(t), -rest, whole - self.n) + rest) / t)

    def cycles(self, t: float) -> tuple[Any, Epochs]:
        """Return how many times t has passed, and the epochs since."""
        where, (rest, whole), i = self.xp.where, modf(t), self.xp.floor(self.n / t)
        error = 2.0 * rounding((i + 1.0) * rest)
        place, slack = self.n - i * whole - i * rest, self.slack + error
        i = where(place < -slack, i - 1.0, where(place >= t - slack, i + 1.0, i))
        return i, self.at(self.n - i * whole - i * rest)


# The formulas, in the order of `formulas`.


def constant(e: Epochs, high: float) -> Any:
    return e.full(high)


def cosine(e: Epochs, first: float, last: float, t: float) -> Any:
    return between(e, first, last, *sine_squared(e, *e.within(t)))


def cosine_restarts(e: Epochs, high: float, low: float, t: float, m: float, gamma: float, n_cycles: Any) -> Any:
    i, place, stretch = cycle(e, t, m, n_cycles or inf)
    high = scaled(e, high, low, gamma, i)
    return e.xp.where(i >= (n_cycles or inf), low, between(e, high, low, *sine_squared(e, *place.within(t * stretch))))


def polynomial(e: Epochs, first: float, last: float, t: float, power: float, k_decay: float) -> Any:
    early, d = raised(e, *e.within(t), k_decay)
    return between(e, last, first, *raised(e, ~early, d, power))  # 1 - x is the point seen from the other end


def exponential(e: Epochs, high: float, gamma: float, t: float, low: float) -> Any:
    return at_least(e.xp, low, high * power_of(gamma, e.n / t))


def step(e: Epochs, high: float, t: float, gamma: float, low: float) -> Any:
    return exponential(e.at(e.cycles(t)[0]), high, gamma, 1.0, low)


def multistep(e: Epochs, high: float, milestones: Any, gamma: float, low: float) -> Any:
    n = e.full(0.0)
    for milestone in milestones:
        n = e.xp.where(e.reached(e.number(milestone)), n + 1.0, n)
    return exponential(e.at(n), high, gamma, 1.0, low)


def inverse_power(e: Epochs, high: float, t: float, power: float, low: float) -> Any:
    return at_least(e.xp, low, high * (1.0 + e.n / t) ** -power)


def warmup(e: Epochs, schedule: Any, peak: float, start: float, t: float, curve: str, power: float) -> Any:
    if t == 0.0:
        return rate(schedule, e)
    bent, between_ends = CURVES[curve]
    rise = between_ends(e, start, peak, *bent(e, *e.within(t), power))
    return e.xp.where(e.reached(t), rate(schedule, e.since(t)), rise)


def sequence(e: Epochs, starts: Any, ends: Any, schedules: Any) -> Any:
    result = rate(schedules[0], e)
    for start, schedule in zip(map(e.number, starts[1:]), schedules[1:]):
        result = e.xp.where(e.reached(start), rate(schedule, e.since(start)), result)
    return result


def restart(e: Epochs, schedule: Any, low: float, t: float, m: float, gamma: float, n_cycles: Any) -> Any:
    i, place, stretch = cycle(e, t, m, n_cycles or inf)
    if m != 1.0:
        place = Epochs(e.xp, place.n / stretch, place.slack / stretch)
    high = scaled(e, rate(schedule, place), low, gamma, i)
    return e.xp.where(i >= (n_cycles or inf), low, high)


def shift(e: Epochs, schedule: Any, t: float) -> Any:
    later = e.since(-t)
    return rate(schedule, later.at(later.n, min(t * TOLERANCE, 0.25)))


def product(e: Epochs, schedules: Any) -> Any:
    result = e.full(1.0)
    for schedule in schedules:
        result = at_most(e.xp, largest(e.n), result * rate(schedule, e))
    return result


def staircase(e: Epochs, schedule: Any, t: float) -> Any:
    _, place = e.cycles(t)
    return rate(schedule, Epochs(e.xp, e.n - place.n, place.slack))


# Helpers.


def of_function(e: Epochs, schedule: Any) -> Any:
    """Return the rates of any other function of the epoch, or of a schedule of one's own. A negative one is NaN.

    It is called with the array. If it does not take one, as code with `if` or `math` does not, it is called with one
    epoch after the other, if they are known.
    """
    function = schedule.rate if hasattr(schedule, "_definition") else schedule
    try:
        result = e.full(function(e.full(e.n)))  # a copy, which it may change
    except (AttributeError, LookupError, RuntimeError, *UNCONVERTIBLE) as error:
        try:
            flat = e.xp.reshape(e.n, (-1,))
            known = flat.tolist() if hasattr(flat, "tolist") else list(map(float, flat))
        except (AttributeError, RuntimeError, *UNCONVERTIBLE):
            must = "made of operators that arrays have (no if, min, max, math) in compiled code"
            raise TypeError(f"schedule must be {must}, got {schedule!r}") from error
        rates = [returned_rate(function(int(each) if each % 1.0 == 0.0 else each)) for each in known]
        result = e.full(e.xp.reshape(as_array(e.xp, rates, e.n.dtype), e.n.shape))
    return e.xp.where(result < 0.0, nan, result)  # compiled code raises no errors


def is_float32(n: Any) -> bool:
    return "float32" in name_of_type(n)


def rounding(n: Any) -> Any:
    """Return what a rounding may change in n."""
    return n * (2.0**-24 if is_float32(n) else 2.0**-53)


def limit(n: Any) -> float:
    """Return the limit of epochs and of times for the type of n."""
    return 2.0**100 if is_float32(n) else 2.0**1000


def largest(n: Any) -> float:
    """Return the largest number of the type of n."""
    return 3.4028234663852886e38 if is_float32(n) else MAX_FLOAT


def at_least(xp: Any, low: float, x: Any) -> Any:
    return xp.where(x < low, low, x)


def at_most(xp: Any, high: float, x: Any) -> Any:
    return xp.where(x > high, high, x)


def point(e: Epochs, x: Any, left: Any) -> tuple[Any, Any]:
    return x < left, e.xp.where(x < left, x, left)


def between(e: Epochs, first: Any, last: float, early: Any, d: Any) -> Any:
    part = (first - last) * d
    return e.xp.where(early, first - part, last + part)


def geometric(e: Epochs, first: float, last: float, early: Any, d: Any) -> Any:
    exponent = 2.0 * d * log2(min(sqrt(last) / sqrt(first), MAX_FLOAT))
    most = 127.0 if is_float32(e.n) else 1023.0  # beyond it the rate is below the smallest normal number
    up = 2.0 ** at_most(e.xp, most, exponent)
    result = e.xp.where(early, first * up, last / up)
    return at_least(e.xp, first, at_most(e.xp, last, result))


def sine_squared(e: Epochs, early: Any, d: Any) -> tuple[Any, Any]:
    """Return sin(pi * x / 2)**2 as a point: it is 1 - sin(pi * (1 - x) / 2)**2, so `early` stays as it is."""
    s = e.xp.sin(HALF_PI * d)
    return early, s * s


def wave(e: Epochs, early: Any, d: Any, power: float) -> tuple[Any, Any]:
    """Return sin(pi * x / 2)**(2 * power). The sine itself is raised, as its square can be too small for a float."""
    if power == 1.0:
        return sine_squared(e, early, d)
    s = e.xp.sin(HALF_PI * e.xp.where(early, d, d / 2.0))
    return raised(e, early, e.xp.where(early, s, 2.0 * s * s), 2.0 * power)


def raised(e: Epochs, early: Any, d: Any, power: float) -> tuple[Any, Any]:
    """Return x**power, to full precision. At the ends, where it may have no derivative, it is not computed."""
    if power == 1.0:
        return early, d
    xp, inside = e.xp, d > 0.0
    d_ = xp.where(inside, d, 0.25)
    x = xp.where(early, d_, 1.0 - d_) ** power
    left = -xp.expm1(power * xp.where(early, xp.log(d_), xp.log1p(-d_)))
    early_, d_ = point(e, x, left)
    return xp.where(inside, early_, early), xp.where(inside, d_, d)


def power_of(base: float, x: Any) -> Any:
    """Return base**x; a float32 is too coarse for the base, not for its logarithm."""
    return 2.0 ** (x * log2(base))


def scaled(e: Epochs, high: Any, low: float, gamma: float, i: Any) -> Any:
    if gamma == 1.0:
        return high
    up = power_of(gamma, i)
    return e.xp.where(up < 0.5, low + (high - low) * up, high + (high - low) * e.xp.expm1(i * log(gamma)))


def cycle(e: Epochs, t: float, m: float, n_cycles: float) -> tuple[Any, Epochs, Any]:
    """Return the number of the cycle that contains e, the epochs since its start, and its length in first cycles.

    Cycles that grow are tried one after the other.
    """
    if m == 1.0:
        return *e.cycles(t), 1.0
    where, i, start, stretch = e.xp.where, e.full(0.0), e.full(0.0), e.full(1.0)
    number, begin, factor, late = 1.0, t, m, e.n + e.slack
    while begin < MAX_START and number <= n_cycles:
        if number > MAX_LENGTHS:
            refuse("t_mult", f"1, or large enough for at most {MAX_LENGTHS} cycles of an array", m)
        begun = late >= begin
        i, start, stretch = where(begun, number, i), where(begun, begin, start), where(begun, factor, stretch)
        number, begin, factor = number + 1.0, begin + t * factor, factor * m
    return i, e.at(e.n - start), stretch


CURVES: dict[str, Any] = {"linear": (raised, between), "cosine": (wave, between), "exponential": (raised, geometric)}
ALL = (
    constant, cosine, cosine_restarts, polynomial, exponential, step, multistep, inverse_power, warmup, sequence,
    restart, shift, product, staircase,
)  # fmt: skip
FORMULAS: dict[str, Any] = {each.__name__: each for each in ALL}

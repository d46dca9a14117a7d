# SPDX-FileCopyrightText: The cosine_lr authors
# SPDX-License-Identifier: MIT
"""The mathematics and nothing else: valid numbers in (int or float, in range, e >= 0), the rate out.

Nothing is validated here: `functions` and `schedules` call these formulas with what `checks` returned.
A decay to an end uses the elapsed part x = e / t and the remaining part (t - e) / t, and starts from the nearer end.
This avoids cancellation, makes both ends exact, and lets a rising curve be the same formula with its ends swapped. The
division comes first, so a rate does not depend on the unit of time. This file imports only `math`: it can be pasted
alone, or one formula with the names it uses.

>>> cosine(5, 0.1, 0.001, 10), cosine(5, 0.001, 0.1, 10)
(0.0505, 0.0505)
"""

from __future__ import annotations

from math import expm1, floor, log, log1p, pi, sin, sqrt

TYPE_CHECKING = False  # a literal: importing `typing` would take longer than all the rest
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Formula = Callable[[float], float]

HALF_PI = pi / 2
TOLERANCE = 2.0**-40  # relative: an epoch this close below a boundary counts as on it, as only rounding put it there
ALMOST = 1.0 - TOLERANCE  # so a boundary t is reached at e >= t * ALMOST
MAX_CYCLES = 2.0**53  # an epoch further away than this many first cycles counts as that far
MAX_FLOAT = 1.7976931348623157e308


def constant(e: float, high: float) -> float:
    return high


def cosine(e: float, first: float, last: float, t: float) -> float:
    x = e / t
    if x < 0.5:
        s = sin(HALF_PI * x)
        return first - (first - last) * (s * s)
    if x >= ALMOST:
        return last
    if x == 0.5:
        return mean(first, last)
    s = sin(HALF_PI * ((t - e) / t))
    return last + (first - last) * (s * s)


def cosine_restarts(e: float, high: float, low: float, t: float, m: float, gamma: float, n_cycles: int | None) -> float:
    i, place, length = cycle(e, t, m)
    if n_cycles is not None and i >= n_cycles:
        return low
    return cosine(place, high if gamma == 1.0 else scaled(high, low, gamma, i), low, length)


def polynomial(e: float, first: float, last: float, t: float, power: float = 1.0, k_decay: float = 1.0) -> float:
    x = e / t
    if x >= ALMOST:
        return last
    left = (t - e) / t
    if power != 1.0 or k_decay != 1.0:
        left = raised(x, left, k_decay)[1] ** power
        x = 1.0 - left
    return between(first, last, x, left)


def exponential(e: float, high: float, gamma: float, t: float, low: float) -> float:
    rate: float = high * gamma ** (e / t)
    return rate if rate > low else low


def step(e: float, high: float, t: float, gamma: float, low: float) -> float:
    return exponential(whole_periods(e, t), high, gamma, 1, low)


def multistep(e: float, high: float, milestones: Iterable[float], gamma: float, low: float) -> float:
    n = 0
    for milestone in milestones:
        if e >= milestone * ALMOST:
            n += 1
    return exponential(n, high, gamma, 1, low)


def inverse_power(e: float, high: float, t: float, power: float, low: float) -> float:
    rate: float = high * (1.0 + e / t) ** -power
    return rate if rate > low else low


def warmup(e: float, schedule: Formula, peak: float, start: float, t: float, curve: str, power: float) -> float:
    if e >= t:
        return schedule(e - t)
    if e >= t * ALMOST:
        return schedule(0)
    return CURVES[curve](e, start, peak, t, power)


def sequence(e: float, starts: Sequence[float], ends: Sequence[float], schedules: Sequence[Formula]) -> float:
    i = 0
    while e >= ends[i]:  # each end is less by the tolerance; the last one is infinite
        i += 1
    return schedules[i](e - starts[i] if e > starts[i] else 0)


def restart(e: float, schedule: Formula, low: float, t: float, m: float, gamma: float, n_cycles: int | None) -> float:
    i, place, length = cycle(e, t, m)
    if n_cycles is not None and i >= n_cycles:
        return low
    high = schedule(place if length == t else place / length * t)
    return high if gamma == 1.0 else scaled(high, low, gamma, i)


def shift(e: float, schedule: Formula, t: float) -> float:
    return schedule(e + t if e + t <= MAX_FLOAT else MAX_FLOAT)


def product(e: float, schedules: Iterable[Formula]) -> float:
    result = 1.0
    for schedule in schedules:
        result *= schedule(e)
        if result > MAX_FLOAT:
            result = MAX_FLOAT  # not infinity, because infinity times 0 is not a number
    return result


def staircase(e: float, schedule: Formula, t: float) -> float:
    return schedule(min(whole_periods(e, t) * t, MAX_FLOAT))


# The curves of a warm-up, from `first` up to `last`.


def line(e: float, first: float, last: float, t: float, power: float) -> float:
    if power == 1.0:
        return polynomial(e, first, last, t)
    return between(first, last, *raised(e / t, (t - e) / t, power))


def wave(e: float, first: float, last: float, t: float, power: float) -> float:
    if power == 1.0:
        return cosine(e, first, last, t)
    s, c = sin(HALF_PI * (e / t)), sin(HALF_PI * ((t - e) / t))
    return between(first, last, *raised(s, c * c / (1.0 + s), 2.0 * power))  # 1 - s = c**2 / (1 + s)


def geometric(e: float, first: float, last: float, t: float, power: float) -> float:
    x, left = raised(e / t, (t - e) / t, power)
    root = min(sqrt(last) / sqrt(first), MAX_FLOAT)  # roots, because last / first can overflow; capped for a subnormal
    if x < 0.5:
        rate: float = first * root ** (2.0 * x)
        return min(rate, last)
    rate = last * root ** (-2.0 * left)
    return max(rate, first)


CURVES = {"linear": line, "cosine": wave, "exponential": geometric}

# Helpers.


def mean(a: float, b: float) -> float:
    """Return the mean, rounded once: a + b may overflow, half of the smallest double is 0."""
    return (a + b) / 2 if a + b <= MAX_FLOAT else a / 2 + b / 2


def between(first: float, last: float, x: float, left: float) -> float:
    """Interpolate from the nearer end: `first` at x = 0, `last` at left = 1 - x = 0."""
    if x < left:
        return first - (first - last) * x
    return last + (first - last) * left if x > left else mean(first, last)


def raised(x: float, left: float, power: float) -> tuple[float, float]:
    """Return x**power and 1 - x**power, neither by cancellation, given left = 1 - x."""
    if power == 1.0 or x == 0.0:
        return x, left
    return x**power, -expm1(power * (log(x) if x < 0.5 else log1p(-left)))


def scaled(high: float, low: float, gamma: float, i: float) -> float:
    """Return low + (high - low) * gamma**i, interpolated from the nearer end."""
    factor = gamma**i
    return low + (high - low) * factor if factor < 0.5 else high + (high - low) * expm1(i * log(gamma))


def whole_periods(e: float, t: float) -> float:
    """Return how many whole periods of length t have passed, floor(e / t) within the tolerance."""
    n, place = e // t, e % t
    return n + 1 if type(place) is float and t - place <= e * TOLERANCE else n


def cycle(e: float, t: float, m: float) -> tuple[float, float, float]:
    """Return the number of the cycle that contains e, the place of e in it and its length, both in one unit.

    Cycle i is m**i times as long as the first, which lasts t. It begins after 1 + m + ... + m**(i - 1) first cycles.
    For a whole m that is a whole number, so nothing is rounded.
    """
    if m == 1:
        i, place, length = e // t, e % t, t
    elif type(m) is not int:
        return fractional_cycle(e, t, m)
    else:
        n = e // t
        if type(n) is not int:
            n, t = int(min(n, MAX_CYCLES)), float(t)  # as a float, a product that overflows is infinite
        if m == 2:
            i = (n + 1).bit_length() - 1
            stretch = 1 << i
            before = stretch - 1
        else:
            i, stretch = whole_power(n * (m - 1) + 1, m)  # cycle i begins where n * (m - 1) + 1 is m**i
            before = (stretch - 1) // (m - 1)
        place, length = e - before * t, stretch * t
    if type(place) is float and length - place <= e * TOLERANCE:
        return i + 1, 0, length * m
    return i, place, length


def whole_power(n: int, m: int) -> tuple[int, int]:
    """Return the largest i for which m**i <= n, and m**i."""
    i = floor(log(n) / log(m) / ALMOST)  # right, or one too high
    power = m**i
    return (i, power) if power <= n else (i - 1, power // m)


def fractional_cycle(e: float, t: float, m: float) -> tuple[int, float, float]:
    """Return what `cycle` does for an m that is not whole; past cycle 0 in units of t, so the unit does not matter."""
    x = e / t if e < MAX_CYCLES * t else MAX_CYCLES
    i = floor(log1p(x * (m - 1.0)) / log1p(m - 1.0) / ALMOST)  # right, or one too high
    start = cycle_start(i, m)
    if start * ALMOST > x:
        i -= 1
        start = cycle_start(i, m)
    if i == 0:
        return 0, e, t
    return i, x - start if x > start else 0, m**i


def cycle_start(i: int, m: float) -> float:
    """Return 1 + m + ... + m**(i - 1). Where m**i is near 1, expm1 avoids the cancellation in m**i - 1."""
    stretch = m**i
    return (stretch - 1.0 if stretch > 2.0 else expm1(i * log1p(m - 1.0))) / (m - 1.0)

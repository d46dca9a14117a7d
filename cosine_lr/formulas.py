# SPDX-FileCopyrightText: The cosine_lr authors
# SPDX-License-Identifier: MIT
"""The mathematics and nothing else: plain good numbers in (int or float, in range, e >= 0), the rate out.

Nothing is checked here. `functions` and `iterators` call these formulas with what `checks` let through.
A point of an interval is given from both ends, x = e / t and left = (t - e) / t, and a rate is computed from the nearer
end. So nothing cancels, both ends are exact, and a rising curve is the same formula with its ends swapped. The division
comes first, so a rate does not depend on the unit. This file imports only `math`: paste it alone.

>>> cosine(5, 0.1, 0.001, 10), cosine(5, 0.001, 0.1, 10)
(0.0505, 0.0505)
"""

from __future__ import annotations

from math import expm1, floor, log, log1p, pi, sin, sqrt

TYPE_CHECKING = False  # a literal: importing `typing` would take longer than all the rest
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Schedule = Callable[[float], float]

HALF_PI = pi / 2
NEAR = 2.0**-40  # an epoch less than this (relative) below a boundary is on it: only a rounding keeps it below,
EDGE = 1.0 - NEAR  # so a boundary t is reached at e >= t * EDGE
FAR = 2.0**53  # an epoch further away than this many first cycles is put there
MAX = 1.7976931348623157e308  # the largest double


def cosine(e: float, first: float, last: float, t: float) -> float:
    x = e / t
    if x < 0.5:
        s = sin(HALF_PI * x)
        return first - (first - last) * (s * s)
    if x >= EDGE:
        return last
    if x == 0.5:
        return mean(first, last)
    s = sin(HALF_PI * ((t - e) / t))
    return last + (first - last) * (s * s)


def cosine_restarts(e: float, high: float, low: float, t: float, m: float, gamma: float, n_cycles: int | None) -> float:
    i, place, length = cycle(e, t, m)
    if n_cycles is not None and i >= n_cycles:
        return low
    return cosine(place, high if gamma == 1.0 else shrunk(high, low, gamma**i), low, length)


def polynomial(e: float, first: float, last: float, t: float, power: float = 1.0, k_decay: float = 1.0) -> float:
    x = e / t
    if x >= EDGE:
        return last
    left = (t - e) / t
    if power != 1.0 or k_decay != 1.0:
        x, left = bent(x, left, power, k_decay)
    if x < left:
        return first - (first - last) * x
    return last + (first - last) * left if x > left else mean(first, last)


def exponential(e: float, high: float, gamma: float, t: float, low: float) -> float:
    rate: float = high * gamma ** (e / t)
    return rate if rate > low else low


def step(e: float, high: float, t: float, gamma: float, low: float) -> float:
    n, place = e // t, e % t
    if type(place) is float and t - place <= e * NEAR:
        n += 1
    return exponential(n, high, gamma, 1, low)


def inverse_power(e: float, high: float, t: float, power: float, low: float) -> float:
    rate: float = high * (1.0 + e / t) ** -power
    return rate if rate > low else low


def warmup(e: float, rate: Schedule, peak: float, start: float, t: float, shape: str) -> float:
    if e >= t:
        return rate(e - t)
    if e >= t * EDGE:
        return rate(0)
    return SHAPES[shape](e, start, peak, t)


def sequence(e: float, pieces: Iterable[tuple[float, Schedule]], then: Schedule) -> float:
    start: float = 0
    for duration, rate in pieces:
        if e < (start + duration) * EDGE:
            break
        start += duration
    else:
        rate = then
    return rate(e - start if e > start else 0)


def restart(e: float, rate: Schedule, low: float, t: float, m: float, gamma: float, n_cycles: int | None) -> float:
    i, place, length = cycle(e, t, m)
    if n_cycles is not None and i >= n_cycles:
        return low
    high = rate(place if length == t else place / length * t)
    return high if gamma == 1.0 else shrunk(high, low, gamma**i)


def shift(e: float, rate: Schedule, t: float) -> float:
    return rate(e + t if e + t <= MAX else MAX)


def product(e: float, rates: Iterable[Schedule]) -> float:
    result = 1.0
    for rate in rates:
        result = min(result * rate(e), MAX)  # never infinite: 0 times that is no number
    return result


# What they share.


def mean(a: float, b: float) -> float:
    """Return the mean, rounded once: the sum may be beyond the doubles, half of the smallest double is 0."""
    return (a + b) / 2 if a + b <= MAX else a / 2 + b / 2


def bent(x: float, left: float, power: float, k_decay: float) -> tuple[float, float]:
    """Return 1 - y and y = (1 - x**k_decay)**power, to full precision, for left = 1 - x."""
    if k_decay != 1.0 and x > 0.0:
        left = -expm1(k_decay * (log(x) if x < 0.5 else log1p(-left)))
    left = left**power
    return 1.0 - left, left


def geometric(e: float, first: float, last: float, t: float) -> float:
    """Return first * (last / first)**x, for a rising curve; the roots keep the quotient within the doubles."""
    x = e / t
    root = min(sqrt(last) / sqrt(first), MAX)  # beyond it only from a subnormal `first`
    if x < 0.5:
        rate: float = first * root ** (2.0 * x)
        return min(rate, last)
    rate = last * root ** (-2.0 * ((t - e) / t))
    return max(rate, first)


SHAPES = {"linear": polynomial, "cosine": cosine, "exponential": geometric}


def shrunk(high: float, low: float, up: float) -> float:
    """Return low + (high - low) * up, from the nearer end."""
    return low + (high - low) * up if up < 0.5 else high - (high - low) * (1.0 - up)


def passed(e: float, times: Iterable[float]) -> int:
    """Return how many of the times e has reached."""
    n = 0
    for time in times:
        if e >= time * EDGE:
            n += 1
    return n


def cycle(e: float, t: float, m: float) -> tuple[float, float, float]:
    """Return the cycle that e is in, how far into it e is and how long it is, both in one unit.

    Cycle i is m**i times as long as the first, which lasts t. It begins after 1 + m + ... + m**(i - 1) of these.
    """
    if m == 1:
        i, place, length = e // t, e % t, t
    elif type(m) is int:
        i, place, length = whole_cycle(e, t, m)
    else:
        return fractional_cycle(e, t, m)
    if type(place) is float and length - place <= e * NEAR:
        return i + 1, 0, length * m
    return i, place, length


def whole_cycle(e: float, t: float, m: int) -> tuple[int, float, float]:
    """Return what `cycle` does, for a whole m, from whole numbers of t, so exactly."""
    n = e // t
    if type(n) is not int:
        n, t = int(min(n, FAR)), float(t)  # a product beyond the doubles is then inf
    grown = n * (m - 1) + 1  # cycle i begins where m**i == grown
    if m == 2:
        i = grown.bit_length() - 1
    else:
        i = floor(log(grown) / log(m) / EDGE)  # right, or one too high
    stretch = m**i
    if stretch > grown:
        i, stretch = i - 1, stretch // m
    return i, e - (stretch - 1) // (m - 1) * t, stretch * t


def fractional_cycle(e: float, t: float, m: float) -> tuple[int, float, float]:
    """Return what `cycle` does, for an m that is no whole number: in t, so the bits are the same in any unit."""
    x = e / t if e < FAR * t else FAR
    i = floor(log1p(x * (m - 1.0)) / log1p(m - 1.0) / EDGE)  # right, or one too high
    start = begin(i, m)
    if start * EDGE > x:
        i -= 1
        start = begin(i, m)
    if i == 0:
        return 0, e, t
    return i, x - start if x > start else 0, m**i


def begin(i: int, m: float) -> float:
    """Return 1 + m + ... + m**(i - 1). Where m**i is near 1, what it exceeds 1 by is lost in it: expm1 keeps it."""
    stretch = m**i
    return (stretch - 1.0 if stretch > 2.0 else expm1(i * log1p(m - 1.0))) / (m - 1.0)

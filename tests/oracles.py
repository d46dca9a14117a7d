"""What the schedules must return, computed without them: 60 digits for the formulas, walks in exact numbers for the
boundaries. Nothing here is shared with the package."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from mpmath import mp, mpf

mp.dps = 60

Number = int | float | Fraction


def exact(value: Number) -> mpf:
    fraction = Fraction(value)
    return mpf(fraction.numerator) / fraction.denominator


def cosine(e: Number, lr_init: float, lr_min: float, t_max: Number) -> mpf:
    x = exact(min(max(Fraction(e), Fraction(0)), Fraction(t_max))) / exact(t_max)
    return exact(lr_min) + (exact(lr_init) - exact(lr_min)) * (1 + mp.cos(mp.pi * x)) / 2


def polynomial(e: Number, lr_init: float, lr_min: float, t_max: Number, power: float = 1, k_decay: float = 1) -> mpf:
    x = exact(min(max(Fraction(e), Fraction(0)), Fraction(t_max))) / exact(t_max)
    return exact(lr_min) + (exact(lr_init) - exact(lr_min)) * (1 - x ** exact(k_decay)) ** exact(power)


def exponential(e: Number, lr_init: float, gamma: float, lr_min: float = 0.0) -> mpf:
    return max(exact(lr_min), exact(lr_init) * exact(gamma) ** exact(max(e, 0)))


def inverse_power(e: Number, lr_init: float, t_scale: Number, power: float = 0.5, lr_min: float = 0.0) -> mpf:
    t = exact(t_scale)
    return max(exact(lr_min), exact(lr_init) * (t / (t + exact(max(e, 0)))) ** exact(power))


def step(e: Number, lr_init: float, step_size: Number, gamma: float, lr_min: float = 0.0) -> mpf:
    """The quotient in exact fractions, with the forgiveness of the contract."""
    quotient = Fraction(max(e, 0)) / Fraction(step_size)
    steps = math.floor(quotient)
    if (steps + 1 - quotient) < (steps + 1) * Fraction(1, 2**50) and not (
        isinstance(e, int) and isinstance(step_size, int)
    ):
        steps += 1
    return exponential(steps, lr_init, gamma, lr_min)


def multistep(e: Number, lr_init: float, milestones: Sequence[Number], gamma: float, lr_min: float = 0.0) -> mpf:
    passed = 0
    for milestone in sorted(milestones):
        if milestone > max(e, 0):
            break
        passed += 1
    return exponential(passed, lr_init, gamma, lr_min)


def cycles(t_max: int, t_mult: int, last: int) -> list[tuple[int, int]]:
    """Every (start, length) of restarts up to `last`, walked one cycle after the other in whole numbers."""
    found, start, length = [], 0, t_max
    while start <= last:
        found.append((start, length))
        start, length = start + length, length * t_mult
    return found


def walk(n: int, t_max: int, t_mult: int) -> list[tuple[int, int, int]]:
    """For epochs 0 to n - 1, walked one by one: the cycle, the epochs since its start, its length."""
    found, cycle, place, length = [], 0, 0, t_max
    for _ in range(n):
        if place == length:
            cycle, place, length = cycle + 1, 0, length * t_mult
        found.append((cycle, place, length))
        place += 1
    return found


def place(e: Number, t_max: Number, t_mult: Number) -> tuple[int, mpf]:
    """The cycle of the real-number formula and how far through it `e` is, from 0 to 1."""
    x, m = exact(e) / exact(t_max), exact(t_mult)
    cycle = int(mp.floor(mp.log(1 + x * (m - 1)) / mp.log(m))) if m > 1 else int(mp.floor(x))
    start = (m**cycle - 1) / (m - 1) if m > 1 else mpf(cycle)
    return cycle, (x - start) / m**cycle


def ulps(got: float, want: mpf) -> float:
    """How far `got` is from `want`, in units in the last place of `want`."""
    return float(abs(exact(got) - want) / exact(math.ulp(float(want))))

"""What the schedules must return, computed without them: 60 digits for the formulas, walks in exact numbers for the
boundaries. Nothing here is shared with the package."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import fields
from fractions import Fraction
from typing import Any

from mpmath import mp, mpf

mp.dps = 60

Number = int | float | Fraction
NEAR = Fraction(1, 2**40)  # an epoch less than this (relative) below a boundary is on it


def exact(value: Number) -> mpf:
    fraction = Fraction(value)
    return mpf(fraction.numerator) / fraction.denominator


def ulps(got: float, want: mpf) -> float:
    """How far `got` is from `want`, in units in the last place of `want`."""
    return float(abs(exact(got) - want) / exact(math.ulp(float(want))))


def reached(e: Number, boundary: Number) -> bool:
    """Whether the epoch is on the boundary or past it, with the forgiveness of law 8."""
    return Fraction(e) > Fraction(boundary) * (1 - NEAR)


# The formulas, in 60 digits.


def _part(e: Number, t: Number) -> mpf:
    """How far e is on its way to t, from 0 to 1."""
    e = max(Fraction(e), Fraction(0))
    return mpf(1) if reached(e, t) else exact(e) / exact(t)


def cosine(e: Number, lr_init: float, lr_min: float, t_max: Number) -> mpf:
    return exact(lr_min) + (exact(lr_init) - exact(lr_min)) * (1 + mp.cos(mp.pi * _part(e, t_max))) / 2


def polynomial(e: Number, lr_init: float, lr_min: float, t_max: Number, power: float = 1, k_decay: float = 1) -> mpf:
    left = (1 - _part(e, t_max) ** exact(k_decay)) ** exact(power)
    return exact(lr_min) + (exact(lr_init) - exact(lr_min)) * left


def exponential(e: Number, lr_init: float, gamma: float, lr_min: float = 0.0, t_scale: Number = 1) -> mpf:
    return max(exact(lr_min), exact(lr_init) * exact(gamma) ** (exact(max(e, 0)) / exact(t_scale)))


def inverse_power(e: Number, lr_init: float, t_scale: Number, power: float = 0.5, lr_min: float = 0.0) -> mpf:
    t = exact(t_scale)
    return max(exact(lr_min), exact(lr_init) * (t / (t + exact(max(e, 0)))) ** exact(power))


def step(e: Number, lr_init: float, step_size: Number, gamma: float, lr_min: float = 0.0) -> mpf:
    """The quotient in exact fractions; whole numbers need no forgiveness, and have none."""
    steps = math.floor(Fraction(max(e, 0)) / Fraction(step_size))
    if not (isinstance(e, int) and isinstance(step_size, int)):
        steps += reached(max(e, 0), (steps + 1) * Fraction(step_size))
    return exponential(steps, lr_init, gamma, lr_min)


def multistep(e: Number, lr_init: float, milestones: Iterable[Number], gamma: float, lr_min: float = 0.0) -> mpf:
    passed = sum(milestone <= 0 or reached(max(e, 0), milestone) for milestone in milestones)
    return exponential(passed, lr_init, gamma, lr_min)


def warmup(e: Number, peak: Number, lr_start: Number, t_warmup: Number, shape: str) -> mpf:
    """The warm-up alone, up to its end."""
    x, low, high = _part(e, t_warmup), exact(lr_start), exact(peak)
    if shape == "exponential":
        return low * (high / low) ** x
    return low + (high - low) * (x if shape == "linear" else mp.sin(mp.pi * x / 2) ** 2)


# The cycles of restarts.


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


# Any schedule of the package: its fields are read, its code is not run. Epochs and times are exact fractions, in which
# no boundary needs forgiveness: for whole numbers of steps.


def rate(schedule: Any, e: Fraction) -> mpf:
    """The exact rate at epoch e >= 0."""
    arguments = {each.name: getattr(schedule, each.name) for each in fields(schedule) if each.name != "e"}
    return _RATES[type(schedule).__name__](e, **arguments)


def _cosine_restarts(e: Fraction, lr_init: float, lr_min: float, t_max: Number, **cycling: Any) -> mpf:
    return _cycling(e, lambda place: cosine(place, lr_init, lr_min, t_max), exact(lr_min), t_max, **cycling)


def _restart(e: Fraction, schedule: Any, t_max: Number, **cycling: Any) -> mpf:
    return _cycling(e, lambda place: rate(schedule, place), rate(schedule, Fraction(t_max)), t_max, **cycling)


def _cycling(
    e: Fraction,
    f: Callable[[Fraction], mpf],
    low: mpf,
    t_max: Number,
    t_mult: Number,
    gamma: float,
    n_cycles: int | None,
) -> mpf:
    i, length = 0, Fraction(t_max)
    while e >= length:
        i, e, length = i + 1, e - length, length * Fraction(t_mult)
    if n_cycles is not None and i >= n_cycles:
        return low
    return low + (f(e / Fraction(t_mult) ** i) - low) * exact(gamma) ** i


def _warmup(e: Fraction, schedule: Any, lr_start: float, t_warmup: Number, shape: str) -> mpf:
    if e >= t_warmup:
        return rate(schedule, e - Fraction(t_warmup))
    low, high, x = exact(lr_start), rate(schedule, Fraction(0)), exact(e) / exact(t_warmup)
    if shape == "exponential":
        return low * (high / low) ** x
    return low + (high - low) * (x if shape == "linear" else mp.sin(mp.pi * x / 2) ** 2)


def _sequence(e: Fraction, pieces: Iterable[tuple[Number, Any]], then: Any) -> mpf:
    for duration, schedule in pieces:
        if e < duration:
            return rate(schedule, e)
        e -= Fraction(duration)
    return rate(then, e)


_RATES: dict[str, Callable[..., mpf]] = {
    "ConstantLR": lambda e, lr_init: exact(lr_init),
    "CosineLR": cosine,
    "CosineRestartsLR": _cosine_restarts,
    "PolynomialLR": polynomial,
    "ExponentialLR": lambda e, lr_init, gamma, t_scale, lr_min: exponential(e, lr_init, gamma, lr_min, t_scale),
    "StepLR": step,
    "MultiStepLR": multistep,
    "InversePowerLR": inverse_power,
    "WarmupLR": _warmup,
    "SequenceLR": _sequence,
    "RestartLR": _restart,
    "ShiftLR": lambda e, schedule, t_shift: rate(schedule, e + Fraction(t_shift)),
    "ProductLR": lambda e, schedules: mp.fprod(rate(each, e) for each in schedules),
}

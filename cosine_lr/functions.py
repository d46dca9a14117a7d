# SPDX-FileCopyrightText: The cosine_lr authors
# SPDX-License-Identifier: MIT
"""Learning rates as pure functions: the epoch in, the rate out, as a plain float.

`e` and every `t_...`, `step_size`, milestone and duration share one unit, any unit: epochs or steps, fractions
allowed. `e` counts from 0; before it the rate is that of epoch 0. Every function returns a `float`, whatever
number types came in, and raises ValueError for a number out of range and TypeError for what is not one number;
the message begins with the argument's name.

This file imports nothing but `math`: it can be pasted into any project, alone.
"""

from __future__ import annotations

from math import expm1, floor, inf, isfinite, log, log1p, pi, sin

TYPE_CHECKING = False  # a literal: importing `typing` would take longer than all the rest
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    Schedule = Callable[[float], float]
    Rule = Callable[[str, object], Any]

_HALF_PI = pi / 2
_MAX = 1.7976931348623157e308  # the largest double
_EXACT = 2**53  # below it a double holds every whole number
_FAR = 2.0**53  # the most cycles that are told apart
_PLAIN = (int, float)
_SHAPES = ("linear", "cosine", "exponential")


# The formulas. Each tries a fast path, right for the plain numbers that are nearly always passed. Whatever that does
# not accept or trips over (another number type, a negative epoch, a mistake) goes through `checked`, which converts
# or refuses it, and once more through the function. (One mix passes unseen: a NumPy rate beside a Fraction, whose
# difference is a float.)


def constant_lr(e: float, lr_init: float) -> float:
    """Return the same rate at every epoch.

        LR_e = lr_init

    `e` in epochs or steps. A plateau in `sequence_lr`, or what a warm-up rises to.

    >>> constant_lr(3, 0.1)
    0.1
    """
    if type(e) in _PLAIN and type(lr_init) in _PLAIN and -inf < e < inf and 0.0 <= lr_init <= _MAX:
        return lr_init + 0.0
    return constant_lr(**checked(e=e, lr_init=lr_init))


def cosine_lr(e: float, lr_init: float, lr_min: float, t_max: float) -> float:
    """Return the rate of cosine annealing: half a cosine wave from `lr_init` down to `lr_min`.

        LR_e = lr_min + (lr_init - lr_min) * (1 + cos(pi * e / t_max)) / 2

    `e` and `t_max` in epochs or steps, the same for both. At `e == t_max` the rate is `lr_min`, exactly, and it
    stays there: to train the last of n epochs at `lr_min`, pass `t_max=n - 1`. Source: SGDR, arXiv 1608.03983, eq. 5.

    >>> [cosine_lr(e, 0.1, 0.001, t_max=10) for e in (0, 5, 10, 11)]
    [0.1, 0.0505, 0.001, 0.001]
    >>> cosine_lr(3, 0.1, 0.001, t_max=-5)
    Traceback (most recent call last):
    ValueError: t_max must be > 0, got -5
    """
    # 1 + cos(pi x) cancels near the end; the half-angle forms of the nearer side, sin^2(pi x / 2) down from lr_init
    # or up from lr_min, do not. Dividing before multiplying by pi keeps x, and so the rate, free of the unit.
    try:
        x = e / t_max
        height = lr_init - lr_min
        if type(x) is float is type(height) and t_max > 0 and lr_min >= 0.0 and height >= 0.0 and lr_init < inf:
            if x > 0.5:
                left = (t_max - e) / t_max
                if left > 0.0:
                    s = sin(_HALF_PI * left)
                    return lr_min + height * (s * s)
                if e < inf:
                    return lr_min + 0.0
            elif x > 0.0:
                if x == 0.5:
                    return lr_init - height / 2
                s = sin(_HALF_PI * x)
                return lr_init - height * (s * s)
            elif x == 0.0 and t_max < inf:
                return lr_init + 0.0
    except Exception:  # whatever a foreign number type raises: `checked` says it better
        pass
    return cosine_lr(**checked(e=e, lr_init=lr_init, lr_min=lr_min, t_max=t_max))


def cosine_restarts_lr(
    e: float,
    lr_init: float,
    lr_min: float,
    t_max: float,
    *,
    t_mult: float = 1,
    gamma: float = 1.0,
    n_cycles: int | None = None,
) -> float:
    """Return the rate of cosine annealing with warm restarts.

        LR_e = cosine_lr(e - start_i, peak_i, lr_min, t_max * t_mult**i)
        peak_i = lr_min + (lr_init - lr_min) * gamma**i

    where `start_i <= e` is the start of cycle i = 0, 1, ... `e` and `t_max` (the first cycle) in epochs or steps, the
    same for both; each cycle is `t_mult` times as long as the one before, and its height `gamma` times. At a restart
    the rate is the new peak: the restart wins over `lr_min`. It goes on for ever, or stays at `lr_min` after
    `n_cycles`. Restarts forgive a rounding of `e`, and epochs past 2**53 * t_max count as that one.
    Source: SGDR, arXiv 1608.03983.

    >>> [cosine_restarts_lr(e, 0.1, 0.001, t_max=10, t_mult=2) for e in (0, 5, 10, 20, 30)]
    [0.1, 0.0505, 0.1, 0.0505, 0.1]
    >>> [cosine_restarts_lr(e, 0.1, 0.0, t_max=10, gamma=0.5, n_cycles=2) for e in (0, 10, 15, 20, 99)]
    [0.1, 0.05, 0.025, 0.0, 0.0]
    """
    try:
        cycle, place, length = _cycle(e, t_max, t_mult)
        if gamma == 1.0 and n_cycles is None:
            return cosine_lr(place, lr_init, lr_min, length)
        if type(lr_init - lr_min) is float and _good_cycles(gamma, n_cycles):
            if n_cycles is not None and cycle >= n_cycles:
                place = length
            peak = _between(lr_min, lr_init, *_power(gamma, 1.0 - gamma, cycle))
            return cosine_lr(place, peak, lr_min, length)
    except Exception:
        pass
    return cosine_restarts_lr(
        **checked(e=e, lr_init=lr_init, lr_min=lr_min, t_max=t_max, t_mult=t_mult, gamma=gamma, n_cycles=n_cycles)
    )


def polynomial_lr(
    e: float, lr_init: float, lr_min: float, t_max: float, *, power: float = 1.0, k_decay: float = 1.0
) -> float:
    """Return the rate of polynomial decay from `lr_init` to `lr_min`: a straight line unless told otherwise.

        LR_e = lr_min + (lr_init - lr_min) * (1 - (e / t_max)**k_decay)**power

    `e` and `t_max` in epochs or steps, the same for both. At `e == t_max` the rate is `lr_min`, exactly, and it stays
    there. `k_decay=0.5` (not `power=0.5`) is the "1-sqrt" cooldown.
    Sources: k-decay, arXiv 2004.05909; 1-sqrt, arXiv 2405.18392.

    >>> [polynomial_lr(e, 0.5, 0.0, t_max=4) for e in range(6)]
    [0.5, 0.375, 0.25, 0.125, 0.0, 0.0]
    >>> [polynomial_lr(e, 0.5, 0.0, t_max=4, k_decay=0.5) for e in (0, 1, 4)]
    [0.5, 0.25, 0.0]
    """
    # From the nearer end, with 1 - x**k_decay to full precision: see `_power` and `_between`.
    try:
        x = e / t_max
        height = lr_init - lr_min
        linear = power == 1.0 == k_decay
        if (
            type(x) is float is type(height)
            and t_max > 0
            and (0.0 < x or e >= 0 and t_max < inf)
            and 0.0 <= lr_min <= lr_init < inf
            and (linear or _positive(power) and _positive(k_decay))
        ):
            if x < 1.0:
                left = (t_max - e) / t_max
                if not linear:
                    done, left = _power(x, left, k_decay)
                    left, x = _power(left, done, power)
                return lr_min + height * left if left < 0.5 else lr_init - height * x
            if e < inf:
                return lr_min + 0.0
    except Exception:
        pass
    return polynomial_lr(**checked(e=e, lr_init=lr_init, lr_min=lr_min, t_max=t_max, power=power, k_decay=k_decay))


def exponential_lr(e: float, lr_init: float, gamma: float, *, lr_min: float = 0.0) -> float:
    """Return the rate of multiplicative decay: `gamma` times the rate, every epoch.

        LR_e = max(lr_min, lr_init * gamma**e)

    `e` in epochs or steps; `gamma` is the factor per one of them. The rate never falls below `lr_min`.

    >>> [exponential_lr(e, 0.5, gamma=0.5) for e in range(4)]
    [0.5, 0.25, 0.125, 0.0625]
    >>> exponential_lr(10**6, 0.5, gamma=0.5, lr_min=0.001)
    0.001
    """
    try:
        if type(gamma) is float and 0.0 < gamma <= 1.0 and 0 <= e < inf and 0.0 <= lr_min <= lr_init < inf:
            rate = lr_init * gamma**e
            if type(rate) is float is type(lr_init - lr_min):
                return rate if rate > lr_min else lr_min + 0.0
    except Exception:
        pass
    return exponential_lr(**checked(e=e, lr_init=lr_init, gamma=gamma, lr_min=lr_min))


def step_lr(e: float, lr_init: float, step_size: float, gamma: float, *, lr_min: float = 0.0) -> float:
    """Return the rate of step decay: `gamma` times the rate, every `step_size` epochs.

        LR_e = max(lr_min, lr_init * gamma**floor(e / step_size))

    `e` and `step_size` in epochs or steps, the same for both. At `e == step_size` the new rate holds. Boundaries
    forgive a rounding: 0.3 is three steps of 0.1. The rate never falls below `lr_min`.

    >>> [step_lr(e, 0.1, step_size=30, gamma=0.5) for e in (0, 29, 30, 60)]
    [0.1, 0.1, 0.05, 0.025]
    """
    try:
        return exponential_lr(_whole(e, step_size), lr_init, gamma, lr_min=lr_min)
    except Exception:
        return step_lr(**checked(e=e, lr_init=lr_init, step_size=step_size, gamma=gamma, lr_min=lr_min))


def multistep_lr(e: float, lr_init: float, milestones: Iterable[float], gamma: float, *, lr_min: float = 0.0) -> float:
    """Return the rate of step decay at chosen epochs: `gamma` times the rate at each milestone.

        LR_e = max(lr_min, lr_init * gamma**(number of milestones <= e))

    `e` and the milestones in epochs or steps, the same for all; their order does not matter, and one that is named
    twice counts twice. At a milestone the new rate holds. The rate never falls below `lr_min`.

    >>> [multistep_lr(e, 0.1, milestones=[30, 60], gamma=0.5) for e in (0, 29, 30, 60)]
    [0.1, 0.1, 0.05, 0.025]
    """
    if type(e) in _PLAIN and -inf < e < inf and type(milestones) in (tuple, list):
        passed = 0
        for milestone in milestones:
            if type(milestone) not in _PLAIN or not -inf < milestone < inf:
                break
            if milestone <= e or milestone <= 0:
                passed += 1
        else:
            return exponential_lr(passed, lr_init, gamma, lr_min=lr_min)
    return multistep_lr(**checked(e=e, lr_init=lr_init, milestones=milestones, gamma=gamma, lr_min=lr_min))


def inverse_power_lr(e: float, lr_init: float, t_scale: float, *, power: float = 0.5, lr_min: float = 0.0) -> float:
    """Return the rate of inverse-power decay: the inverse square root unless told otherwise.

        LR_e = max(lr_min, lr_init * (t_scale / (t_scale + e))**power)

    `e` and `t_scale` in epochs or steps, the same for both. It has no end; it never falls below `lr_min`. After a
    warm-up of `t_scale` epochs, `power=0.5` is the Transformer's rule. Source: arXiv 1706.03762, eq. 3.

    >>> [inverse_power_lr(e, 0.5, t_scale=1000) for e in (0, 3000, 15000)]
    [0.5, 0.25, 0.125]
    """
    try:
        x = t_scale / (t_scale + e)
        if (
            type(x) is float is type(lr_init - lr_min)
            and 0 < t_scale < inf
            and 0 <= e <= _MAX
            and 0.0 <= lr_min <= lr_init < inf
            and type(power) in _PLAIN
            and 0 < power < inf
        ):
            rate = lr_init * x**power
            return rate if rate > lr_min else lr_min + 0.0
    except Exception:
        pass
    return inverse_power_lr(**checked(e=e, lr_init=lr_init, t_scale=t_scale, power=power, lr_min=lr_min))


# The combinators. A schedule is any callable from the epoch to the rate; each gets a clock of its own, starting at 0.


def warmup_lr(e: float, schedule: Schedule, lr_start: float, t_warmup: float, *, shape: str = "linear") -> float:
    """Return the rate of a warm-up from `lr_start` to the start of `schedule`, then `schedule`'s.

        LR_e = lr_start + (schedule(0) - lr_start) * x          linear        with x = e / t_warmup
        LR_e = lr_start + (schedule(0) - lr_start) * sin^2(pi x / 2)          cosine
        LR_e = lr_start * (schedule(0) / lr_start)**x           exponential
        LR_e = schedule(e - t_warmup)                           from t_warmup on

    `e` and `t_warmup` in epochs or steps, the unit of `schedule` too. At `e == t_warmup` the schedule wins: its own
    epoch 0. So a run of 100 epochs, 5 of them warm-up, has `t_max=95`. `t_warmup=0` is no warm-up. Beyond what the
    module names it raises ValueError for `lr_start` above schedule(0), and for `lr_start=0` where the shape is
    exponential. Source: arXiv 1706.02677, section 2.2.

    >>> def decay(e): return cosine_lr(e, 0.5, 0.0, t_max=95)
    >>> [warmup_lr(e, decay, lr_start=0.1, t_warmup=4) for e in (0, 2, 4, 99)]
    [0.1, 0.3, 0.5, 0.0]
    """
    if not (
        type(e) in _PLAIN
        and type(t_warmup) in _PLAIN
        and type(lr_start) in _PLAIN
        and type(shape) is str
        and 0 <= e <= _MAX
        and 0 <= t_warmup <= _MAX
        and 0.0 <= lr_start <= _MAX
        and shape in _SHAPES
        and callable(schedule)
    ):
        return warmup_lr(**checked(e=e, schedule=schedule, lr_start=lr_start, t_warmup=t_warmup, shape=shape))
    if e >= t_warmup:
        return _rate(schedule, e - t_warmup)
    peak = _rate(schedule, 0)
    if lr_start > peak or (shape == "exponential" and lr_start == 0.0):
        checked(schedule=schedule, lr_start=lr_start, shape=shape)  # raises
    if shape == "linear":
        return polynomial_lr(t_warmup - e, peak, lr_start, t_warmup)
    if shape == "cosine":
        return cosine_lr(t_warmup - e, peak, lr_start, t_warmup)
    rate = peak * (lr_start / peak) ** ((t_warmup - e) / t_warmup)
    return rate if rate > lr_start and e > 0 else lr_start + 0.0


def sequence_lr(e: float, pieces: Iterable[tuple[float, Schedule]], then: Schedule) -> float:
    """Return the rate of schedules one after the other.

        LR_e = schedule_j(e - start_j)      start_j = the durations of the pieces before it, added up

    `pieces` are pairs (duration, schedule). `e` and the durations in epochs or steps, the same for all; they are
    durations, not boundaries. At the end of a piece the next one wins, at its own epoch 0; `then` goes on for ever.

    >>> def high(e): return 0.1
    >>> def low(e): return polynomial_lr(e, 0.5, 0.0, t_max=4)
    >>> [sequence_lr(e, [(5, high)], low) for e in (0, 4, 5, 7, 9)]
    [0.1, 0.1, 0.5, 0.25, 0.0]
    """
    try:
        good = type(e) in _PLAIN and 0 <= e <= _MAX and type(pieces) in (tuple, list) and callable(then)
        for duration, schedule in pieces if good else ():
            good = good and type(duration) in _PLAIN and 0 < duration <= _MAX and callable(schedule)
    except Exception:  # a piece is no pair
        good = False
    if not good:
        return sequence_lr(**checked(e=e, pieces=pieces, then=then))
    for duration, schedule in pieces:
        if e < duration:
            return _rate(schedule, e)
        e -= duration
    return _rate(then, e)


def restart_lr(
    e: float,
    schedule: Schedule,
    t_max: float,
    *,
    t_mult: float = 1,
    gamma: float = 1.0,
    n_cycles: int | None = None,
) -> float:
    """Return the rate of a schedule that starts again every `t_max` epochs.

        LR_e = low + (schedule((e - start_i) / t_mult**i) - low) * gamma**i      low = schedule(t_max)

    where `start_i <= e` is the start of cycle i = 0, 1, ... `e` and `t_max` (the first cycle) in epochs or steps, the
    unit of `schedule` too; each cycle replays the schedule's first `t_max` epochs, stretched by `t_mult` again, with
    the heights above schedule(t_max) shrunk by `gamma` again. At a restart the restart wins. It goes on for ever, or
    stays at schedule(t_max) after `n_cycles`. Source: cyclical learning rates, arXiv 1506.01186.

    >>> def line(e): return polynomial_lr(e, 0.5, 0.1, t_max=4)
    >>> [restart_lr(e, line, t_max=4, gamma=0.5) for e in (0, 2, 4, 6, 8)]
    [0.5, 0.3, 0.3, 0.2, 0.2]
    """
    try:
        cycle, place, length = _cycle(e, t_max, t_mult)
        if length != t_max:
            place = place / length * t_max
        good = (gamma == 1.0 and n_cycles is None or _good_cycles(gamma, n_cycles)) and callable(schedule)
    except Exception:
        good = False
    if not good:
        return restart_lr(**checked(e=e, schedule=schedule, t_max=t_max, t_mult=t_mult, gamma=gamma, n_cycles=n_cycles))
    if n_cycles is not None and cycle >= n_cycles:
        return _rate(schedule, t_max)
    rate = _rate(schedule, place)
    if gamma == 1.0 or cycle == 0:
        return rate
    return _between(_rate(schedule, t_max), rate, *_power(gamma, 1.0 - gamma, cycle))


# What the formulas share.


def _power(x: float, y: float, k: float) -> tuple[float, float]:
    """Return x**k and 1 - x**k, both to full precision, for x in [0, 1] and y = 1 - x."""
    if k == 1.0:
        return x, y
    if x <= 0.0:
        return 0.0, 1.0
    return x**k, -expm1(k * (log(x) if x < 0.5 else log1p(-y)))


def _between(low: float, high: float, up: float, down: float) -> float:
    """Return low + (high - low) * up, from the nearer end, for up + down = 1: exact at both ends, never outside."""
    return low + (high - low) * up if up < 0.5 else high - (high - low) * down


def _whole(e: float, t: float) -> float:
    """Return floor(e / t); a quotient less than 2**-50 (relative) below a whole number counts as that number."""
    x = e / t
    if not (type(x) is float and t > 0 and (0.0 < x or e >= 0 and t < inf) and e < inf):
        raise ValueError
    if type(e) is int is type(t):
        return e // t
    if x >= _FAR:  # a whole number already, or infinite
        return min(x, _MAX)
    whole = round(x)
    return whole if whole - x <= x * 2**-50 else whole - 1


def _cycle(e: float, t_max: float, t_mult: float) -> tuple[float, float, float]:
    """Return the cycle that `e` is in, the time since its start, and its length, the last two in one unit."""
    x = e / t_max
    if not (type(x) is float and t_max > 0 and 0.0 < x < _FAR):
        if not (type(x) is float and t_max > 0 and t_max < inf and 0 <= e < inf):
            raise ValueError
        if x >= _FAR:
            e, x = _FAR * t_max, _FAR
    if t_mult == 1:
        if type(e) is int is type(t_max):
            return e // t_max, e % t_max, t_max
        cycle = _whole(e, t_max)
        place = e - cycle * t_max
        return cycle, place if place > 0 else 0, t_max
    if not (type(t_mult) in _PLAIN and 1 < t_mult <= _EXACT):
        raise ValueError
    # Cycle i starts after 1 + m + ... + m**(i - 1) = (m**i - 1) / (m - 1) times t_max: solve that for i.
    more = t_mult - 1.0
    grown = more * x
    passed, each = log1p(grown), log1p(more)
    if more % 1.0:
        cycle = floor((passed + 1e-12 * grown / (1.0 + grown)) / each)
        if cycle == 0:
            return 0, e, t_max
        if t_mult < 2.0:  # here the difference below would cancel
            place, length = expm1(passed - cycle * each) / more, 1.0
        else:
            length = t_mult**cycle
            place = x - (length - 1.0) / more
        return cycle, place if place > 0.0 else 0.0, length
    # For a whole t_mult that is a guess, too high by one at the most: exact arithmetic decides. Below 2**53 that of
    # doubles is exact, and faster than that of ints.
    cycle = floor(passed / each + 1e-9)
    near = e + 0.0
    if near * t_mult < _FAR:
        length = (more + 1.0) ** cycle
        place = near - (length - 1.0) / more * t_max
        if place >= 0.0:
            return cycle, place, length * t_max
    stretch = int(t_mult) ** cycle
    place = e - (stretch - 1) // int(more) * t_max
    if place < 0:
        if type(e) is int is type(t_max) or place < -(2**-50) * e:
            cycle -= 1
            stretch //= int(t_mult)
            place = e - (stretch - 1) // int(more) * t_max
        else:
            place = 0.0
    length = stretch * t_max
    return cycle, place, length if length < inf else _MAX


def _positive(value: float) -> bool:
    return type(value) in _PLAIN and 0 < value < inf


def _good_cycles(gamma: float, n_cycles: int | None) -> bool:
    good = n_cycles is None or type(n_cycles) is int and n_cycles >= 1
    return good and type(gamma) is float and 0.0 < gamma <= 1.0


def _rate(schedule: Schedule, e: float) -> float:
    """Return schedule(e), held to what a rate must be."""
    rate = schedule(e)
    if type(rate) is float and 0.0 <= rate <= _MAX:
        return rate
    return float(checked(**{"schedule(e)": rate})["schedule(e)"])


# What comes in: one table of names and rules, and the one place that converts or refuses.


def checked(**arguments: Any) -> dict[str, Any]:
    """Return the arguments as plain, good values, or raise TypeError or ValueError that names the first bad one.

    Numbers become int or float, sequences tuples; names that have no rule pass as they are.
    """
    good = {name: _RULES[name](name, value) if name in _RULES else value for name, value in arguments.items()}
    if good.get("lr_min", 0.0) > good.get("lr_init", inf):
        raise bad("lr_min", f"<= lr_init, which is {good['lr_init']}", arguments["lr_min"])
    if "lr_start" in good:
        peak = _rate(good["schedule"], 0)
        if good["lr_start"] > peak:
            raise bad("lr_start", f"<= schedule(0), which is {peak}", arguments["lr_start"])
        if good["lr_start"] == 0.0 and good["shape"] == "exponential":
            raise bad("lr_start", "> 0 in an exponential warm-up", arguments["lr_start"])
    return good


def whole_number(name: str, value: object, least: int) -> int:
    """Return `value` as an int, or raise what says that `name` must be a whole number >= `least`."""
    number = _number(name, value)
    if number % 1 or number < least:
        raise bad(name, f"a whole number >= {least}", value)
    return int(number)


def _number(name: str, value: Any) -> float:
    """Return an integer as an int and any other number as a float; beyond the doubles it is the largest of them."""
    try:
        if getattr(value, "shape", ()) != ():
            raise TypeError("an array of several numbers")
        try:
            number: float = value.__index__()
        except Exception:
            try:
                isfinite(value)  # refuses text, which float() takes
                number = float(value)
            except OverflowError:  # a fraction beyond the doubles
                number = inf
        if not isinstance(number, _PLAIN):
            raise TypeError("an index that is no int")
        if not -_MAX <= number <= _MAX and number == number and value not in (inf, -inf):
            number = _MAX if value > 0 else -_MAX
    except Exception:
        hint = " (in compiled code, take it from a table: schedule.values(n))" if name == "e" else ""
        raise bad(name, "one number" + hint, value, TypeError) from None
    if -_MAX <= number <= _MAX:
        return number
    raise bad(name, "finite", value)


def bad(name: str, must: str, value: object, error: type[Exception] = ValueError) -> Exception:
    try:
        got = " ".join(repr(value).split())
    except Exception:  # an int of thousands of digits has no repr
        got = f"{type(value).__name__} that cannot be shown"
    return error(f"{name} must be {must}, got {got if len(got) <= 80 else got[:77] + '...'}")


def _range(must: str, holds: Callable[[float], bool], kind: Callable[[float], float] = lambda v: v) -> Rule:
    def rule(name: str, value: object) -> float:
        number = kind(_number(name, value))
        if not holds(number):
            raise bad(name, must, value)
        return number

    return rule


def _epoch(name: str, value: object) -> float:
    return max(_number(name, value), 0)


def _cycles(name: str, value: object) -> int | None:
    return None if value is None else whole_number(name, value, 1)


def _schedule(name: str, value: object) -> Schedule:
    if not callable(value):
        raise bad(name, "callable, epoch in and rate out", value, TypeError)
    return value


def _shape(name: str, value: object) -> str:
    if isinstance(value, str) and value in _SHAPES:
        return str(value)
    raise bad(name, f"one of {', '.join(map(repr, _SHAPES))}", value)


def _items(name: str, value: Any, must: str = "a sequence") -> tuple[Any, ...]:
    try:
        if hasattr(value, "__next__"):  # the first call would use it up; and a schedule, as an iterator, has no end
            raise TypeError
        return tuple(value)
    except Exception:
        raise bad(name, must, value, TypeError) from None


def _milestones(name: str, value: object) -> tuple[float, ...]:
    return tuple(_number(f"{name}[{i}]", milestone) for i, milestone in enumerate(_items(name, value)))


def _pieces(name: str, value: object) -> tuple[tuple[float, Schedule], ...]:
    pieces = []
    for i, piece in enumerate(_items(name, value)):
        pair = _items(f"{name}[{i}]", piece, "a pair (duration, schedule)")
        if len(pair) != 2:
            raise bad(f"{name}[{i}]", "a pair (duration, schedule)", piece)
        pieces.append((_time(f"{name}[{i}][0]", pair[0]), _schedule(f"{name}[{i}][1]", pair[1])))
    return tuple(pieces)


_rate_rule = _range(">= 0", lambda v: v >= 0.0, float)
_time = _range("> 0", lambda v: v > 0)
_RULES: dict[str, Rule] = {
    "e": _epoch,
    "lr_init": _rate_rule,
    "lr_min": _rate_rule,
    "lr_start": _rate_rule,
    "schedule(e)": _rate_rule,
    "t_max": _time,
    "t_scale": _time,
    "step_size": _time,
    "t_warmup": _range(">= 0", lambda v: v >= 0),
    "t_mult": _range("in [1, 2**53]", lambda v: 1 <= v <= _FAR),
    "gamma": _range("in (0, 1]", lambda v: 0.0 < v <= 1.0, float),
    "power": _range("> 0", lambda v: v > 0.0, float),
    "k_decay": _range("> 0", lambda v: v > 0.0, float),
    "n_cycles": _cycles,
    "milestones": _milestones,
    "shape": _shape,
    "schedule": _schedule,
    "then": _schedule,
    "pieces": _pieces,
}

# SPDX-License-Identifier: MIT
"""Learning rates as pure functions: the epoch in, the rate out, as a plain float.

`e` and every `t_...`, `step_size`, milestone and duration share one unit, any unit: epochs or steps, fractions
allowed. `e` counts from 0; before it the rate is that of epoch 0. Every function returns a `float`, whatever
number types came in. It raises ValueError for a number out of range and TypeError for what is not one number;
the message begins with the argument's name.

Each function asks one quick question: are these plain numbers in range? Where they are not, `checked` converts or
refuses them. Then comes the formula. The types are asked first, so the question itself never raises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .checks import (
    LARGEST, MAX, RATES, SHAPES, TIMES, checked, good_cycles, good_milestones, good_pieces, good_schedules,
    held, low_of, peak_of, rate_of,
)
from .formulas import (
    cosine, cosine_restarts, exponential, inverse_power, passed, polynomial, product, restart, sequence, shift, step,
    warmup,
)

Schedule = Callable[[float], float]


def constant_lr(e: float, lr_init: float) -> float:
    """Return the same rate at every epoch::

        LR_e = lr_init

    `e` in epochs or steps. A plateau in `sequence_lr`, or what a warm-up rises to.

    >>> constant_lr(3, 0.1)
    0.1
    """
    if not (type(e) in TIMES and type(lr_init) in RATES and 0 <= e <= LARGEST and 0.0 <= lr_init <= MAX):
        e, lr_init = checked(e=e, lr_init=lr_init).values()
    return lr_init + 0.0


def cosine_lr(e: float, lr_init: float, lr_min: float, t_max: float) -> float:
    """Return the rate of cosine annealing, half a cosine wave from `lr_init` down to `lr_min`::

        LR_e = lr_min + (lr_init - lr_min) * (1 + cos(pi * e / t_max)) / 2

    `e` and `t_max` in epochs or steps, the same for both. At `e == t_max` the rate is `lr_min`, exactly, and it
    stays there: to train the last of n epochs at `lr_min`, pass `t_max=n - 1`. Source: SGDR, arXiv 1608.03983, eq. 5.

    >>> [cosine_lr(e, 0.1, 0.001, t_max=10) for e in (0, 5, 10, 11)]
    [0.1, 0.0505, 0.001, 0.001]
    >>> cosine_lr(3, 0.1, 0.001, t_max=-5)
    Traceback (most recent call last):
    ValueError: t_max must be > 0, got -5
    """
    if not (type(e) in TIMES and type(t_max) in TIMES and type(lr_init) in RATES and type(lr_min) in RATES
            and 0 <= e <= LARGEST and 0 < t_max <= LARGEST and 0.0 <= lr_min <= lr_init <= MAX):
        e, lr_init, lr_min, t_max = checked(e=e, lr_init=lr_init, lr_min=lr_min, t_max=t_max).values()
    return cosine(e, lr_init, lr_min, t_max) + 0.0


def cosine_restarts_lr(
    e: float, lr_init: float, lr_min: float, t_max: float,
    *, t_mult: float = 1, gamma: float = 1.0, n_cycles: int | None = None,
) -> float:
    """Return the rate of cosine annealing with warm restarts::

        LR_e = cosine_lr(e - start_i, peak_i, lr_min, t_max * t_mult**i)
        peak_i = lr_min + (lr_init - lr_min) * gamma**i

    where `start_i <= e` is the start of cycle i = 0, 1, ... `e` and `t_max` (the first cycle) in epochs or steps, the
    same for both; each cycle is `t_mult` times as long as the one before, and its height `gamma` times. At a restart
    the rate is the new peak: the restart wins over `lr_min`. It goes on for ever, or stays at `lr_min` after
    `n_cycles`. Restarts forgive a rounding: `t_max=0.1` restarts at 0.3. Source: SGDR, arXiv 1608.03983.

    >>> [cosine_restarts_lr(e, 0.1, 0.001, t_max=10, t_mult=2) for e in (0, 5, 10, 20, 30)]
    [0.1, 0.0505, 0.1, 0.0505, 0.1]
    >>> [cosine_restarts_lr(e, 0.1, 0.0, t_max=10, gamma=0.5, n_cycles=2) for e in (0, 10, 15, 20, 99)]
    [0.1, 0.05, 0.025, 0.0, 0.0]
    """
    if not (type(e) in TIMES and type(t_max) in TIMES and type(lr_init) in RATES and type(lr_min) in RATES
            and 0 <= e <= LARGEST and 0 < t_max <= LARGEST and 0.0 <= lr_min <= lr_init <= MAX
            and good_cycles(t_mult, gamma, n_cycles)):
        e, lr_init, lr_min, t_max, t_mult, gamma, n_cycles = checked(
            e=e, lr_init=lr_init, lr_min=lr_min, t_max=t_max, t_mult=t_mult, gamma=gamma, n_cycles=n_cycles).values()
    return cosine_restarts(e, lr_init, lr_min, t_max, t_mult, gamma, n_cycles) + 0.0


def polynomial_lr(
    e: float, lr_init: float, lr_min: float, t_max: float, *, power: float = 1.0, k_decay: float = 1.0
) -> float:
    """Return the rate of polynomial decay from `lr_init` to `lr_min`, a straight line unless told otherwise::

        LR_e = lr_min + (lr_init - lr_min) * (1 - (e / t_max)**k_decay)**power

    `e` and `t_max` in epochs or steps, the same for both. At `e == t_max` the rate is `lr_min`, exactly, and it stays
    there. `k_decay=0.5` (not `power=0.5`) is the "1-sqrt" cooldown.
    Sources: k-decay, arXiv 2004.05909; 1-sqrt, arXiv 2405.18392.

    >>> [polynomial_lr(e, 0.5, 0.0, t_max=4) for e in range(6)]
    [0.5, 0.375, 0.25, 0.125, 0.0, 0.0]
    >>> [polynomial_lr(e, 0.5, 0.0, t_max=4, k_decay=0.5) for e in (0, 1, 4)]
    [0.5, 0.25, 0.0]
    """
    if not (type(e) in TIMES and type(t_max) in TIMES and type(lr_init) in RATES and type(lr_min) in RATES
            and 0 <= e <= LARGEST and 0 < t_max <= LARGEST and 0.0 <= lr_min <= lr_init <= MAX
            and type(power) in RATES and type(k_decay) in RATES and 0.0 < power <= MAX and 0.0 < k_decay <= MAX):
        e, lr_init, lr_min, t_max, power, k_decay = checked(
            e=e, lr_init=lr_init, lr_min=lr_min, t_max=t_max, power=power, k_decay=k_decay).values()
    return polynomial(e, lr_init, lr_min, t_max, power, k_decay) + 0.0


def exponential_lr(e: float, lr_init: float, gamma: float, *, t_scale: float = 1, lr_min: float = 0.0) -> float:
    """Return the rate of multiplicative decay, smoothly `gamma` times the rate every `t_scale` epochs::

        LR_e = max(lr_min, lr_init * gamma**(e / t_scale))

    `e` and `t_scale` in epochs or steps, the same for both. The rate never falls below `lr_min`.

    >>> [exponential_lr(e, 0.5, gamma=0.5) for e in range(4)]
    [0.5, 0.25, 0.125, 0.0625]
    >>> exponential_lr(500, 0.5, gamma=0.25, t_scale=1000)
    0.25
    """
    if not (type(e) in TIMES and type(t_scale) in TIMES and type(lr_init) in RATES and type(lr_min) in RATES
            and type(gamma) in RATES and 0 <= e <= LARGEST and 0 < t_scale <= LARGEST
            and 0.0 <= lr_min <= lr_init <= MAX and 0.0 < gamma <= 1.0):
        e, lr_init, gamma, t_scale, lr_min = checked(
            e=e, lr_init=lr_init, gamma=gamma, t_scale=t_scale, lr_min=lr_min).values()
    return exponential(e, lr_init, gamma, t_scale, lr_min) + 0.0


def step_lr(e: float, lr_init: float, step_size: float, gamma: float, *, lr_min: float = 0.0) -> float:
    """Return the rate of step decay, `gamma` times the rate every `step_size` epochs::

        LR_e = max(lr_min, lr_init * gamma**floor(e / step_size))

    `e` and `step_size` in epochs or steps, the same for both. At `e == step_size` the new rate holds. Boundaries
    forgive a rounding: 0.3 is three steps of 0.1. The rate never falls below `lr_min`.

    >>> [step_lr(e, 0.1, step_size=30, gamma=0.5) for e in (0, 29, 30, 60)]
    [0.1, 0.1, 0.05, 0.025]
    """
    if not (type(e) in TIMES and type(step_size) in TIMES and type(lr_init) in RATES and type(lr_min) in RATES
            and type(gamma) in RATES and 0 <= e <= LARGEST and 0 < step_size <= LARGEST
            and 0.0 <= lr_min <= lr_init <= MAX and 0.0 < gamma <= 1.0):
        e, lr_init, step_size, gamma, lr_min = checked(
            e=e, lr_init=lr_init, step_size=step_size, gamma=gamma, lr_min=lr_min).values()
    return step(e, lr_init, step_size, gamma, lr_min) + 0.0


def multistep_lr(e: float, lr_init: float, milestones: Iterable[float], gamma: float, *, lr_min: float = 0.0) -> float:
    """Return the rate of step decay at chosen epochs, `gamma` times the rate at each milestone::

        LR_e = max(lr_min, lr_init * gamma**(number of milestones <= e))

    `e` and the milestones in epochs or steps, the same for all; their order does not matter, and one that is named
    twice counts twice. At a milestone the new rate holds. The rate never falls below `lr_min`.

    >>> [multistep_lr(e, 0.1, milestones=[30, 60], gamma=0.5) for e in (0, 29, 30, 60)]
    [0.1, 0.1, 0.05, 0.025]
    """
    if not (type(e) in TIMES and type(lr_init) in RATES and type(lr_min) in RATES and type(gamma) in RATES
            and 0 <= e <= LARGEST and 0.0 <= lr_min <= lr_init <= MAX and 0.0 < gamma <= 1.0
            and good_milestones(milestones)):
        e, lr_init, milestones, gamma, lr_min = checked(
            e=e, lr_init=lr_init, milestones=milestones, gamma=gamma, lr_min=lr_min).values()
    return exponential(passed(e, milestones), lr_init, gamma, 1, lr_min) + 0.0


def inverse_power_lr(e: float, lr_init: float, t_scale: float, *, power: float = 0.5, lr_min: float = 0.0) -> float:
    """Return the rate of inverse-power decay, the inverse square root unless told otherwise::

        LR_e = max(lr_min, lr_init * (t_scale / (t_scale + e))**power)

    `e` and `t_scale` in epochs or steps, the same for both. It has no end; it never falls below `lr_min`. After a
    warm-up of `t_scale` epochs, `power=0.5` is the Transformer's rule. Source: arXiv 1706.03762, eq. 3.

    >>> [inverse_power_lr(e, 0.5, t_scale=1000) for e in (0, 3000, 15000)]
    [0.5, 0.25, 0.125]
    """
    if not (type(e) in TIMES and type(t_scale) in TIMES and type(lr_init) in RATES and type(lr_min) in RATES
            and type(power) in RATES and 0 <= e <= LARGEST and 0 < t_scale <= LARGEST
            and 0.0 <= lr_min <= lr_init <= MAX and 0.0 < power <= MAX):
        e, lr_init, t_scale, power, lr_min = checked(
            e=e, lr_init=lr_init, t_scale=t_scale, power=power, lr_min=lr_min).values()
    return inverse_power(e, lr_init, t_scale, power, lr_min) + 0.0


# The combinators. A schedule is any callable from the epoch to the rate.


def warmup_lr(e: float, schedule: Schedule, lr_start: float, t_warmup: float, *, shape: str = "linear") -> float:
    """Return the rate of a warm-up from `lr_start` to the start of `schedule`, then `schedule`'s::

        LR_e = lr_start + (schedule(0) - lr_start) * x          linear        with x = e / t_warmup
        LR_e = lr_start + (schedule(0) - lr_start) * sin^2(pi x / 2)          cosine
        LR_e = lr_start * (schedule(0) / lr_start)**x           exponential
        LR_e = schedule(e - t_warmup)                           from t_warmup on

    `e` and `t_warmup` in epochs or steps, the unit of `schedule` too. At `e == t_warmup` the schedule wins: its own
    epoch 0. To train the last of n epochs at `lr_min`, pass it `t_max=n - 1 - t_warmup`. `t_warmup=0` is no warm-up.
    Beyond what the module names it raises ValueError for `lr_start` above schedule(0), and for `lr_start=0` where the
    shape is exponential. Source: arXiv 1706.02677, section 2.2.

    >>> def decay(e): return cosine_lr(e, 0.5, 0.0, t_max=95)
    >>> [warmup_lr(e, decay, lr_start=0.1, t_warmup=4) for e in (0, 2, 4, 99)]
    [0.1, 0.3, 0.5, 0.0]
    """
    if not (type(e) in TIMES and type(t_warmup) in TIMES and type(lr_start) in RATES and type(shape) is str
            and shape in SHAPES and 0 <= e <= LARGEST and 0 <= t_warmup <= LARGEST and 0.0 <= lr_start <= MAX
            and not isinstance(schedule, type) and callable(schedule)):
        e, schedule, lr_start, t_warmup, shape = checked(
            e=e, schedule=schedule, lr_start=lr_start, t_warmup=t_warmup, shape=shape).values()
    peak = peak_of(schedule, lr_start, shape)
    return rate_of(warmup(e, schedule, peak, lr_start, t_warmup, shape))


def sequence_lr(e: float, pieces: Iterable[tuple[float, Schedule]], then: Schedule) -> float:
    """Return the rate of schedules one after the other::

        LR_e = schedule_j(e - start_j)      start_j = the durations of the pieces before it, added up

    `pieces` are pairs (duration, schedule), `e` and the durations in epochs or steps, the same for all. At the end of a
    piece the next one wins, at its own epoch 0. A piece of duration 0 is skipped. `then` goes on for ever.

    >>> def high(e): return 0.1
    >>> def low(e): return polynomial_lr(e, 0.5, 0.0, t_max=4)
    >>> [sequence_lr(e, [(5, high)], low) for e in (0, 4, 5, 7, 9)]
    [0.1, 0.1, 0.5, 0.25, 0.0]
    """
    if not (type(e) in TIMES and 0 <= e <= LARGEST and good_pieces(pieces) and not isinstance(then, type)
            and callable(then)):
        e, pieces, then = checked(e=e, pieces=pieces, then=then).values()
    return rate_of(sequence(e, pieces, then))


def restart_lr(
    e: float, schedule: Schedule, t_max: float,
    *, t_mult: float = 1, gamma: float = 1.0, n_cycles: int | None = None,
) -> float:
    """Return the rate of a schedule that starts again every `t_max` epochs::

        LR_e = low + (schedule((e - start_i) / t_mult**i) - low) * gamma**i      low = schedule(t_max)

    where `start_i <= e` is the start of cycle i = 0, 1, ... `e` and `t_max` (the first cycle) in epochs or steps, the
    unit of `schedule` too; each cycle replays the schedule's first `t_max` epochs, stretched by `t_mult` again, with
    the heights above schedule(t_max) shrunk by `gamma` again. At a restart the restart wins. It goes on for ever, or
    stays at schedule(t_max) after `n_cycles`. Source: cyclical learning rates, arXiv 1506.01186.

    >>> def line(e): return polynomial_lr(e, 0.5, 0.1, t_max=4)
    >>> [restart_lr(e, line, t_max=4, gamma=0.5) for e in (0, 2, 4, 6, 8)]
    [0.5, 0.3, 0.3, 0.2, 0.2]
    """
    if not (type(e) in TIMES and type(t_max) in TIMES and 0 <= e <= LARGEST and 0 < t_max <= LARGEST
            and good_cycles(t_mult, gamma, n_cycles) and not isinstance(schedule, type) and callable(schedule)):
        e, schedule, t_max, t_mult, gamma, n_cycles = checked(
            e=e, schedule=schedule, t_max=t_max, t_mult=t_mult, gamma=gamma, n_cycles=n_cycles).values()
    low = low_of(schedule, t_max, gamma, n_cycles)
    return rate_of(restart(e, held(schedule) if gamma < 1.0 else schedule, low, t_max, t_mult, gamma, n_cycles))


def shift_lr(e: float, schedule: Schedule, t_shift: float) -> float:
    """Return the rate of a schedule that is entered `t_shift` epochs in::

        LR_e = schedule(e + t_shift)

    `e` and `t_shift` in epochs or steps, the unit of `schedule` too. For example, the second half of a cosine.

    >>> def decay(e): return cosine_lr(e, 0.1, 0.001, t_max=10)
    >>> [shift_lr(e, decay, t_shift=5) for e in (0, 5, 99)]
    [0.0505, 0.001, 0.001]
    """
    if not (type(e) in TIMES and type(t_shift) in TIMES and 0 <= e <= LARGEST and 0 <= t_shift <= LARGEST
            and not isinstance(schedule, type) and callable(schedule)):
        e, schedule, t_shift = checked(e=e, schedule=schedule, t_shift=t_shift).values()
    return rate_of(shift(e, schedule, t_shift))


def product_lr(e: float, schedules: Iterable[Schedule]) -> float:
    """Return the product of the rates of all schedules on one clock, a rate times factors::

        LR_e = schedule_1(e) * schedule_2(e) * ...

    `e` in epochs or steps, the unit of all schedules, of which there is at least one. They are multiplied in their
    order; what is beyond the doubles counts as the largest double. PyTorch's ChainedScheduler is such a product.

    >>> def decay(e): return cosine_lr(e, 0.5, 0.0, t_max=10)
    >>> def factor(e): return step_lr(e, 1.0, step_size=5, gamma=0.5)
    >>> [product_lr(e, [decay, factor]) for e in (0, 5, 10)]
    [0.5, 0.125, 0.0]
    """
    if not (type(e) in TIMES and 0 <= e <= LARGEST and good_schedules(schedules)):
        e, schedules = checked(e=e, schedules=schedules).values()
    return product(e, map(held, schedules))

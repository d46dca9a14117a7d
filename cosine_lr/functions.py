# SPDX-License-Identifier: MIT
"""Learning rates as pure functions: the epoch in, the rate out, as a plain float.

`e` and every `t_...`, `step_size`, milestone and duration share one unit, any unit: epochs or steps, fractions
allowed. `e` counts from 0; before it the rate is that of epoch 0. Numbers may be of any type, NumPy's included; every
function returns a `float`. It raises ValueError for a number out of range and TypeError for what is not one number;
the message begins with the argument's name.

Each function validates its arguments and evaluates its formula. `checks` has the converters, `formulas` the formulas.
"""

from __future__ import annotations

from collections.abc import Iterable

from .checks import (
    ScheduleLike, ascending, common, count, epoch, exponent, function, functions, low_of, multiple, one_of_curves,
    pairs, peak_of, rate, rates, ratio, returned_rate, span, time, timeline, validated,
)  # fmt: skip
from .formulas import (
    constant, cosine, cosine_restarts, exponential, inverse_power, multistep, polynomial, product, restart, sequence,
    shift, staircase, step, warmup,
)  # fmt: skip


def constant_lr(e: float, lr_init: float) -> float:
    """Return the same rate at every epoch::

        LR_e = lr_init

    `e` in epochs or steps. Use it as a plateau in `sequence_lr`, or as what a warm-up rises to.

    >>> constant_lr(3, 0.1)
    0.1
    """
    return constant(epoch("e", e), rate("lr_init", lr_init))


def cosine_lr(e: float, lr_init: float, lr_min: float, t_max: float) -> float:
    """Return the rate of cosine annealing, half a cosine wave from `lr_init` down to `lr_min`::

        LR_e = lr_min + (lr_init - lr_min) * (1 + cos(pi * e / t_max)) / 2

    `e` and `t_max` in epochs or steps, the same for both. At `e == t_max` the rate is `lr_min`, exactly, and it
    stays there: to train the last of n epochs at `lr_min`, pass `t_max=n - 1`. Source: SGDR, arXiv 1608.03983, eq. 5.

    >>> [cosine_lr(e, 0.1, 0.001, t_max=10) for e in (0, 5, 10, 11)]
    [0.1, 0.0505, 0.001, 0.001]
    >>> cosine_lr(3, 0.1, 0.001, t_max=-5)
    Traceback (most recent call last):
    ValueError: t_max must be > 0, got -5 (is the warm-up as long as the run?)
    """
    e, lr_init, lr_min, t_max = common("t_max", e, lr_init, lr_min, t_max)
    return cosine(e, lr_init, lr_min, t_max)


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
    """Return the rate of cosine annealing with warm restarts::

        LR_e = cosine_lr(e - start_i, peak_i, lr_min, t_max * t_mult**i)
        peak_i = lr_min + (lr_init - lr_min) * gamma**i

    where `start_i <= e` is the start of cycle i = 0, 1, ... `e` and `t_max` (the first cycle) in epochs or steps, the
    same for both; each cycle is `t_mult` times as long as the one before, and its height `gamma` times. At a restart
    epoch the new cycle has begun: the rate is its peak. It goes on for ever, or stays at `lr_min` after `n_cycles`.
    Restarts tolerate a rounding error: `t_max=0.1` restarts at 0.3. Source: SGDR, arXiv 1608.03983.

    >>> [cosine_restarts_lr(e, 0.1, 0.001, t_max=10, t_mult=2) for e in (0, 5, 10, 20, 30)]
    [0.1, 0.0505, 0.1, 0.0505, 0.1]
    >>> [cosine_restarts_lr(e, 0.1, 0.0, t_max=10, gamma=0.5, n_cycles=2) for e in (0, 10, 15, 20, 99)]
    [0.1, 0.05, 0.025, 0.0, 0.0]
    """
    e, lr_init, lr_min, t_max = common("t_max", e, lr_init, lr_min, t_max)
    t_mult, gamma, n_cycles = multiple("t_mult", t_mult), ratio("gamma", gamma), count("n_cycles", n_cycles)
    return cosine_restarts(e, lr_init, lr_min, t_max, t_mult, gamma, n_cycles)


def polynomial_lr(
    e: float, lr_init: float, lr_min: float, t_max: float, *, power: float = 1.0, k_decay: float = 1.0
) -> float:
    """Return the rate of polynomial decay from `lr_init` to `lr_min`, by default a straight line::

        LR_e = lr_min + (lr_init - lr_min) * (1 - (e / t_max)**k_decay)**power

    `e` and `t_max` in epochs or steps, the same for both. At `e == t_max` the rate is `lr_min`, exactly, and it stays
    there. `k_decay=0.5` (not `power=0.5`) is the "1-sqrt" cooldown.
    Sources: k-decay, arXiv 2004.05909; 1-sqrt, arXiv 2405.18392.

    >>> [polynomial_lr(e, 0.5, 0.0, t_max=4) for e in range(6)]
    [0.5, 0.375, 0.25, 0.125, 0.0, 0.0]
    >>> [polynomial_lr(e, 0.5, 0.0, t_max=4, k_decay=0.5) for e in (0, 1, 4)]
    [0.5, 0.25, 0.0]
    """
    e, lr_init, lr_min, t_max = common("t_max", e, lr_init, lr_min, t_max)
    return polynomial(e, lr_init, lr_min, t_max, exponent("power", power), exponent("k_decay", k_decay))


def exponential_lr(e: float, lr_init: float, gamma: float, *, t_scale: float = 1, lr_min: float = 0.0) -> float:
    """Return the rate of multiplicative decay, smoothly `gamma` times the rate every `t_scale` epochs::

        LR_e = max(lr_min, lr_init * gamma**(e / t_scale))

    `e` and `t_scale` in epochs or steps, the same for both. The rate never falls below `lr_min`.

    >>> [exponential_lr(e, 0.5, gamma=0.5) for e in range(4)]
    [0.5, 0.25, 0.125, 0.0625]
    >>> exponential_lr(500, 0.5, gamma=0.25, t_scale=1000)
    0.25
    """
    e, lr_init, lr_min, t_scale = common("t_scale", e, lr_init, lr_min, t_scale)
    return exponential(e, lr_init, ratio("gamma", gamma), t_scale, lr_min)


def step_lr(e: float, lr_init: float, step_size: float, gamma: float, *, lr_min: float = 0.0) -> float:
    """Return the rate of step decay, `gamma` times the rate every `step_size` epochs::

        LR_e = max(lr_min, lr_init * gamma**floor(e / step_size))

    `e` and `step_size` in epochs or steps, the same for both. From `e == step_size` on the new rate holds. Boundaries
    tolerate a rounding error: 0.3 is three steps of 0.1. The rate never falls below `lr_min`.

    >>> [step_lr(e, 0.1, step_size=30, gamma=0.5) for e in (0, 29, 30, 60)]
    [0.1, 0.1, 0.05, 0.025]
    """
    e, lr_init, lr_min, step_size = common("step_size", e, lr_init, lr_min, step_size)
    return step(e, lr_init, step_size, ratio("gamma", gamma), lr_min)


def multistep_lr(e: float, lr_init: float, milestones: Iterable[float], gamma: float, *, lr_min: float = 0.0) -> float:
    """Return the rate of step decay at chosen epochs, `gamma` times the rate at each milestone::

        LR_e = max(lr_min, lr_init * gamma**(number of milestones <= e))

    `e` and the milestones in epochs or steps, the same for all. Milestones may be in any order; a repeated milestone
    counts each time. From a milestone on the new rate holds. The rate never falls below `lr_min`.

    >>> [multistep_lr(e, 0.1, milestones=[30, 60], gamma=0.5) for e in (0, 29, 30, 60)]
    [0.1, 0.1, 0.05, 0.025]
    """
    e, milestones = epoch("e", e), ascending("milestones", milestones)
    lr_init, lr_min = rates(lr_init, lr_min)
    return multistep(e, lr_init, milestones, ratio("gamma", gamma), lr_min)


def inverse_power_lr(e: float, lr_init: float, t_scale: float, *, power: float = 0.5, lr_min: float = 0.0) -> float:
    """Return the rate of inverse-power decay, by default the inverse square root::

        LR_e = max(lr_min, lr_init * (t_scale / (t_scale + e))**power)

    `e` and `t_scale` in epochs or steps, the same for both. It has no end; it never falls below `lr_min`. After a
    warm-up of `t_scale` epochs, `power=0.5` is the Transformer's schedule. Source: arXiv 1706.03762, eq. 3.

    >>> [inverse_power_lr(e, 0.5, t_scale=1000) for e in (0, 3000, 15000)]
    [0.5, 0.25, 0.125]
    """
    e, lr_init, lr_min, t_scale = common("t_scale", e, lr_init, lr_min, t_scale)
    return inverse_power(e, lr_init, t_scale, exponent("power", power), lr_min)


# The combinators. A schedule is any callable from the epoch to the rate.


def warmup_lr(
    e: float, schedule: ScheduleLike, lr_start: float, t_warmup: float, *, curve: str = "linear", power: float = 1.0
) -> float:
    """Return the rate of a warm-up from `lr_start` to the start of `schedule`, then that of `schedule`::

        LR_e = lr_start + (schedule(0) - lr_start) * x**power                 linear       with x = e / t_warmup
        LR_e = lr_start + (schedule(0) - lr_start) * sin(pi x / 2)**(2 power)     cosine
        LR_e = lr_start * (schedule(0) / lr_start)**(x**power)                exponential
        LR_e = schedule(e - t_warmup)                                         from t_warmup on

    `e` and `t_warmup` in epochs or steps, the unit of `schedule` too. From `e == t_warmup` on the rate is
    schedule(e - t_warmup), starting with schedule(0): to train the last of n epochs at `lr_min`, pass the schedule
    `t_max=n - 1 - t_warmup`. `t_warmup=0` is no warm-up. Also raises ValueError if `lr_start` is above schedule(0), and
    if it is 0 where the curve is exponential. Source: arXiv 1706.02677, section 2.2.

    >>> def decay(e): return cosine_lr(e, 0.5, 0.0, t_max=95)
    >>> [warmup_lr(e, decay, lr_start=0.1, t_warmup=4) for e in (0, 2, 4, 99)]
    [0.1, 0.3, 0.5, 0.0]
    >>> [warmup_lr(e, decay, lr_start=0.1, t_warmup=4, power=2) for e in (0, 2, 4)]
    [0.1, 0.2, 0.5]
    """
    e, schedule = epoch("e", e), function("schedule", schedule)
    lr_start, t_warmup = rate("lr_start", lr_start), span("t_warmup", t_warmup)
    curve, power = one_of_curves("curve", curve), exponent("power", power)
    return returned_rate(warmup(e, schedule, peak_of(schedule, lr_start, curve), lr_start, t_warmup, curve, power))


def sequence_lr(e: float, pieces: Iterable[tuple[float, ScheduleLike]], then: ScheduleLike) -> float:
    """Return the rate of schedules one after the other::

        LR_e = schedule_j(e - start_j)      start_j = the durations of the pieces before it, added up

    `pieces` are pairs (duration, schedule), `e` and the durations in epochs or steps, the same for all. At the end of a
    piece the next one begins with its own epoch 0. A piece of duration 0 is skipped. `then` goes on for ever.

    >>> def high(e): return 0.1
    >>> def low(e): return polynomial_lr(e, 0.5, 0.0, t_max=4)
    >>> [sequence_lr(e, [(5, high)], low) for e in (0, 4, 5, 7, 9)]
    [0.1, 0.1, 0.5, 0.25, 0.0]
    """
    e, pieces, then = epoch("e", e), pairs("pieces", pieces), function("then", then)
    return returned_rate(sequence(e, *timeline(pieces, then)))


def restart_lr(
    e: float,
    schedule: ScheduleLike,
    t_max: float,
    *,
    t_mult: float = 1,
    gamma: float = 1.0,
    n_cycles: int | None = None,
) -> float:
    """Return the rate of a schedule that starts again every `t_max` epochs::

        LR_e = low + (schedule((e - start_i) / t_mult**i) - low) * gamma**i      low = schedule(t_max)

    where `start_i <= e` is the start of cycle i = 0, 1, ... `e` and `t_max` (the first cycle) in epochs or steps, the
    unit of `schedule` too. Every cycle replays the first `t_max` epochs. Cycle i is t_mult**i times as long, and its
    height above schedule(t_max) is multiplied by gamma**i. At a restart epoch the new cycle has begun. It goes on for
    ever, or stays at schedule(t_max) after `n_cycles`. Source: cyclical learning rates, arXiv 1506.01186.

    >>> def line(e): return polynomial_lr(e, 0.5, 0.1, t_max=4)
    >>> [restart_lr(e, line, t_max=4, gamma=0.5) for e in (0, 2, 4, 6, 8)]
    [0.5, 0.3, 0.3, 0.2, 0.2]
    """
    e, schedule, t_max = epoch("e", e), validated(function("schedule", schedule)), time("t_max", t_max)
    t_mult, gamma, n_cycles = multiple("t_mult", t_mult), ratio("gamma", gamma), count("n_cycles", n_cycles)
    return restart(e, schedule, low_of(schedule, t_max, gamma, n_cycles), t_max, t_mult, gamma, n_cycles)


def shift_lr(e: float, schedule: ScheduleLike, t_shift: float) -> float:
    """Return the rate of a schedule that is entered `t_shift` epochs after its start::

        LR_e = schedule(e + t_shift)

    `e` and `t_shift` in epochs or steps, the unit of `schedule` too. For example, the second half of a cosine.

    >>> def decay(e): return cosine_lr(e, 0.1, 0.001, t_max=10)
    >>> [shift_lr(e, decay, t_shift=5) for e in (0, 5, 99)]
    [0.0505, 0.001, 0.001]
    """
    e, schedule, t_shift = epoch("e", e), function("schedule", schedule), span("t_shift", t_shift)
    return returned_rate(shift(e, schedule, t_shift))


def product_lr(e: float, schedules: Iterable[ScheduleLike]) -> float:
    """Return the product of the rates of all schedules at the same epoch, a rate times factors::

        LR_e = schedules[0](e) * schedules[1](e) * ...

    `e` in epochs or steps, the unit of all schedules, of which there is at least one. They are multiplied in their
    order; a product beyond the doubles counts as the largest double. PyTorch's ChainedScheduler is such a product.

    >>> def decay(e): return cosine_lr(e, 0.5, 0.0, t_max=10)
    >>> def factor(e): return step_lr(e, 1.0, step_size=5, gamma=0.5)
    >>> [product_lr(e, [decay, factor]) for e in (0, 5, 10)]
    [0.5, 0.125, 0.0]
    """
    e, schedules = epoch("e", e), functions("schedules", schedules)
    return product(e, map(validated, schedules))


def staircase_lr(e: float, schedule: ScheduleLike, step_size: float) -> float:
    """Return the rate of a schedule that moves only every `step_size` epochs::

        LR_e = schedule(step_size * floor(e / step_size))

    `e` and `step_size` in epochs or steps, the unit of `schedule` too. For example, a decay that moves once per epoch
    in a run that counts steps: `step_size` is then the number of steps per epoch. From `e == step_size` on the second
    rate holds. Boundaries tolerate a rounding error: 0.3 is three times 0.1.

    >>> def decay(e): return polynomial_lr(e, 0.5, 0.0, t_max=4)
    >>> [staircase_lr(e, decay, step_size=2) for e in range(6)]
    [0.5, 0.5, 0.25, 0.25, 0.0, 0.0]
    """
    e, schedule, step_size = epoch("e", e), function("schedule", schedule), time("step_size", step_size)
    return returned_rate(staircase(e, schedule, step_size))

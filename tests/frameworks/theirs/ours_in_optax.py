"""optax.schedules: functions that return a function of the step, which their tests compile.

Ours is asked on the host, by a callback.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from math import log
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax.schedules._join
import optax.schedules._schedule
from ours import NoCounterpart, Schedule, half_wave, line, ours, put

from cosine_lr import (
    ConstantLR,
    CosineLR,
    ExponentialLR,
    LRIterator,
    PolynomialLR,
    ProductLR,
    SequenceLR,
    StepLR,
    WarmupLR,
)

Compiled = Callable[[Any], Any]


def compiled(schedule: Schedule) -> Compiled:
    rates = np.vectorize(ours(schedule), otypes=[np.float32])
    return lambda count: jax.pure_callback(rates, jax.ShapeDtypeStruct(jnp.shape(count), jnp.float32), count)


def after(begin: int, rate: float, schedule: Schedule) -> SequenceLR:
    return SequenceLR([(max(begin, 0), ConstantLR(rate))], schedule)


def constant_schedule(value: float) -> Compiled:
    return compiled(ConstantLR(value))


def polynomial_schedule(
    init_value: float, end_value: float, power: float, transition_steps: int, transition_begin: int = 0
) -> Compiled:
    if init_value >= end_value:
        schedule: LRIterator = PolynomialLR(init_value, end_value, transition_steps, power=power)
    else:
        if power != 1:
            raise NoCounterpart("a rise that is no line")
        schedule = line(init_value, end_value, transition_steps)
    return compiled(after(transition_begin, init_value, schedule))


def linear_schedule(
    init_value: float, end_value: float, transition_steps: int, transition_begin: int = 0
) -> Compiled:
    return polynomial_schedule(init_value, end_value, 1, transition_steps, transition_begin)


def piecewise_constant_schedule(
    init_value: float, boundaries_and_scales: Mapping[int, float] | None = None
) -> Compiled:
    pieces, rate, start = [], init_value, 0
    for boundary, scale in sorted((boundaries_and_scales or {}).items()):
        pieces.append((boundary - start, ConstantLR(rate)))
        rate, start = rate * scale, boundary
    return compiled(SequenceLR(pieces, ConstantLR(rate)))


def exponential_decay(
    init_value: float,
    transition_steps: int,
    decay_rate: float,
    transition_begin: int = 0,
    staircase: bool = False,
    end_value: float | None = None,
) -> Compiled:
    if staircase:
        schedule: LRIterator = StepLR(init_value, transition_steps, decay_rate, lr_min=end_value or 0.0)
    elif end_value is not None and end_value > init_value:
        t_warmup = transition_steps * log(end_value / init_value, decay_rate)
        schedule = WarmupLR(ConstantLR(end_value), init_value, t_warmup, shape="exponential")
    else:
        schedule = ExponentialLR(init_value, decay_rate, t_scale=transition_steps, lr_min=end_value or 0.0)
    return compiled(after(transition_begin, init_value, schedule))


def cosine(first: float, last: float, t: int, exponent: float) -> Schedule:
    if exponent == 1:
        return CosineLR(first, last, t)
    if last != 0 or exponent != 2:
        raise NoCounterpart("a power of the cosine above a floor")
    return ProductLR([CosineLR(first, 0.0, t), CosineLR(1.0, 0.0, t)])


def cosine_decay_schedule(
    init_value: float, decay_steps: int, alpha: float = 0.0, exponent: float = 1.0
) -> Compiled:
    return compiled(cosine(init_value, init_value * alpha, decay_steps, exponent))


def warmup_cosine_decay_schedule(
    init_value: float,
    peak_value: float,
    warmup_steps: int,
    decay_steps: int,
    end_value: float = 0.0,
    exponent: float = 1.0,
) -> Compiled:
    decay = cosine(peak_value, end_value, decay_steps - warmup_steps, exponent)
    return compiled(SequenceLR([(warmup_steps, line(init_value, peak_value, warmup_steps))], decay))


def sgdr_schedule(cosine_kwargs: Sequence[Mapping[str, float]]) -> Compiled:
    cycles = [
        (
            cycle["decay_steps"],
            WarmupLR(
                CosineLR(cycle["peak_value"], cycle["end_value"], cycle["decay_steps"] - cycle["warmup_steps"]),
                cycle["init_value"],
                cycle["warmup_steps"],
            ),
        )
        for cycle in cosine_kwargs
    ]
    return compiled(SequenceLR(cycles[:-1], cycles[-1][1]))


def piecewise_interpolate_schedule(
    interpolate_type: str, init_value: float, boundaries_and_scales: Mapping[int, float] | None = None
) -> Compiled:
    if interpolate_type not in ("linear", "cosine"):
        raise ValueError(interpolate_type)
    shape = line if interpolate_type == "linear" else half_wave
    corners = [(0, init_value)]
    for boundary, scale in sorted((boundaries_and_scales or {}).items()):
        corners.append((boundary, corners[-1][1] * scale))
    pieces = [
        (end - start, shape(first, last, max(end - start, 1))) for (start, first), (end, last) in pairwise(corners)
    ]
    return compiled(SequenceLR(pieces, ConstantLR(corners[-1][1])))


def linear_onecycle_schedule(
    transition_steps: int,
    peak_value: float,
    pct_start: float = 0.3,
    pct_final: float = 0.85,
    div_factor: float = 25.0,
    final_div_factor: float = 1e4,
) -> Compiled:
    up, down = int(pct_start * transition_steps), int(pct_final * transition_steps)
    low = peak_value / div_factor
    pieces = [(up, line(low, peak_value, up)), (down - up, line(peak_value, low, down - up))]
    return compiled(SequenceLR(pieces, line(low, low / final_div_factor, transition_steps - down)))


def cosine_onecycle_schedule(
    transition_steps: int,
    peak_value: float,
    pct_start: float = 0.3,
    div_factor: float = 25.0,
    final_div_factor: float = 1e4,
) -> Compiled:
    up = int(pct_start * transition_steps)
    decay = CosineLR(peak_value, peak_value / (div_factor * final_div_factor), transition_steps - up)
    return compiled(WarmupLR(decay, peak_value / div_factor, up, shape="cosine"))


def join_schedules(schedules: Sequence[Compiled], boundaries: Sequence[int]) -> Compiled:
    durations = [end - start for start, end in pairwise([0, *boundaries])]
    return compiled(SequenceLR(list(zip(durations, schedules[:-1])), schedules[-1]))


put(
    optax.schedules._schedule,
    constant_schedule,
    polynomial_schedule,
    linear_schedule,
    piecewise_constant_schedule,
    exponential_decay,
    cosine_decay_schedule,
    warmup_cosine_decay_schedule,
    sgdr_schedule,
    piecewise_interpolate_schedule,
    linear_onecycle_schedule,
    cosine_onecycle_schedule,
)
put(optax.schedules._join, join_schedules)

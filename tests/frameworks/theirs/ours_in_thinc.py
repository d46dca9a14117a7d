"""thinc.api: functions that return a `Schedule`, which is called with a step and with words that we do not need."""

from __future__ import annotations

from math import log
from typing import Any

import thinc.api
from ours import Schedule, ours, put
from thinc.schedules import Schedule as Theirs

from cosine_lr import (
    ConstantLR,
    ExponentialLR,
    InversePowerLR,
    PolynomialLR,
    RestartLR,
    SequenceLR,
    ShiftLR,
    WarmupLR,
)


def theirs(schedule: Schedule) -> Theirs[float]:
    rate = ours(schedule)
    return Theirs("ours", lambda _, step, **words: rate(step))


def constant(rate: float) -> Any:
    return theirs(ConstantLR(rate))


def constant_then(rate: float, steps: int, schedule: Schedule) -> Any:
    return theirs(SequenceLR([(steps, ConstantLR(rate))], ShiftLR(schedule, steps)))


def decaying(base_rate: float, decay: float, *, t: float = 0.0) -> Any:
    return theirs(ShiftLR(InversePowerLR(base_rate, t_scale=1 / decay, power=1.0), t))


def compounding(start: float, stop: float, compound: float, *, t: float = 0.0) -> Any:
    if start >= stop:
        return theirs(ShiftLR(ExponentialLR(start, gamma=compound, lr_min=stop), t))
    growing = WarmupLR(ConstantLR(stop), start, t_warmup=log(stop / start, compound), shape="exponential")
    return theirs(ShiftLR(growing, t))


def slanted_triangular(
    max_rate: float, num_steps: int, *, cut_frac: float = 0.1, ratio: int = 32, t: float = 0.0
) -> Any:
    cut = int(num_steps * cut_frac)
    low = max_rate / ratio
    triangle = WarmupLR(PolynomialLR(max_rate, low, t_max=cut / cut_frac - cut), low, t_warmup=cut)
    return theirs(ShiftLR(triangle, t + 1))


def warmup_linear(initial_rate: float, warmup_steps: int, total_steps: int) -> Any:
    decay = PolynomialLR(initial_rate, 0.0, t_max=total_steps - warmup_steps)
    return theirs(WarmupLR(decay, 0.0, t_warmup=warmup_steps))


def cyclic_triangular(min_lr: float, max_lr: float, period: int) -> Any:
    triangle = WarmupLR(PolynomialLR(max_lr, min_lr, t_max=period), min_lr, t_warmup=period)
    return theirs(ShiftLR(RestartLR(triangle, t_max=2 * period), 1))


put(
    thinc.api,
    constant,
    constant_then,
    decaying,
    compounding,
    slanted_triangular,
    warmup_linear,
    cyclic_triangular,
)

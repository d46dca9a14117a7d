"""lrsched: functions that return a function of the step."""

from __future__ import annotations

from collections.abc import Sequence

import lrsched
from ours import NoCounterpart, Schedule, ours, put

from cosine_lr import (
    ConstantLR,
    CosineLR,
    CosineRestartsLR,
    ExponentialLR,
    InversePowerLR,
    LRIterator,
    MultiStepLR,
    PolynomialLR,
    ProductLR,
    RestartLR,
    SequenceLR,
    StepLR,
    WarmupLR,
)


def constant(*, lr: float) -> Schedule:
    return ours(ConstantLR(lr))


def step_decay(*, base_lr: float, drop: float, step_size: int) -> Schedule:
    return ours(StepLR(base_lr, step_size, drop))


def multi_step(*, base_lr: float, milestones: Sequence[int], gamma: float) -> Schedule:
    return ours(MultiStepLR(base_lr, milestones, gamma))


def exponential(*, base_lr: float, gamma: float) -> Schedule:
    return ours(ExponentialLR(base_lr, gamma))


def exponential_decay(*, base_lr: float, decay_rate: float, decay_steps: int) -> Schedule:
    return ours(ExponentialLR(base_lr, decay_rate, t_scale=decay_steps))


def polynomial(*, base_lr: float, end_lr: float, total_steps: int, power: float) -> Schedule:
    return ours(PolynomialLR(base_lr, end_lr, total_steps, power=power))


def polynomial_decay(*, start_lr: float, end_lr: float, total_steps: int, power: float) -> Schedule:
    return ours(PolynomialLR(start_lr, end_lr, total_steps, power=power))


def linear(*, base_lr: float, end_lr: float, total_steps: int) -> Schedule:
    return ours(PolynomialLR(base_lr, end_lr, total_steps))


def cosine(*, base_lr: float, min_lr: float, total_steps: int) -> Schedule:
    return ours(CosineLR(base_lr, min_lr, total_steps))


def cosine_restarts(*, base_lr: float, min_lr: float, period: int, t_mult: int) -> Schedule:
    return ours(CosineRestartsLR(base_lr, min_lr, period, t_mult=t_mult))


def inverse_sqrt(*, base_lr: float, warmup_steps: int) -> Schedule:
    return ours(WarmupLR(InversePowerLR(base_lr, t_scale=warmup_steps), 0.0, warmup_steps))


def one_cycle(
    *, max_lr: float, total_steps: int, pct_start: float, initial_div: float, final_div: float
) -> Schedule:
    up = pct_start * total_steps
    decay = CosineLR(max_lr, max_lr / final_div, total_steps - up)
    return ours(WarmupLR(decay, max_lr / initial_div, up, shape="cosine"))


def warmup_stable_decay(
    *,
    base_lr: float,
    warmup_steps: int,
    decay_steps: int,
    total_steps: int,
    final_lr: float,
    warmup_start: float,
    decay_shape: str,
) -> Schedule:
    k_decay = {"linear": 1.0, "1-sqrt": 0.5}[decay_shape]
    decay = PolynomialLR(base_lr, final_lr, decay_steps, k_decay=k_decay) if decay_steps else ConstantLR(base_lr)
    plateau = SequenceLR([(total_steps - warmup_steps - decay_steps, ConstantLR(base_lr))], decay)
    return ours(WarmupLR(plateau, warmup_start, warmup_steps))


def with_warmup(schedule: Schedule, *, warmup_steps: int, start_lr: float) -> Schedule:
    return ours(WarmupLR(schedule, start_lr, warmup_steps))


def sequential(phases: Sequence[tuple[int, Schedule]]) -> Schedule:
    *pieces, (_, then) = phases
    return ours(SequenceLR(pieces, then))


def triangle(min_lr: float, max_lr: float, step_size: int, gamma: float = 1.0) -> LRIterator:
    up_and_down = WarmupLR(PolynomialLR(max_lr, min_lr, step_size), min_lr, step_size)
    return RestartLR(up_and_down, 2 * step_size, gamma=gamma)


def triangular(*, min_lr: float, max_lr: float, step_size: int) -> Schedule:
    return ours(triangle(min_lr, max_lr, step_size))


def triangular2(*, min_lr: float, max_lr: float, step_size: int) -> Schedule:
    return ours(triangle(min_lr, max_lr, step_size, gamma=0.5))


def exp_range(*, min_lr: float, max_lr: float, step_size: int, gamma: float) -> Schedule:
    if min_lr:
        raise NoCounterpart("only the part above min_lr shrinks")
    return ours(ProductLR([ExponentialLR(1.0, gamma), triangle(min_lr, max_lr, step_size)]))


put(
    lrsched,
    constant,
    step_decay,
    multi_step,
    exponential,
    exponential_decay,
    polynomial,
    polynomial_decay,
    linear,
    cosine,
    cosine_restarts,
    inverse_sqrt,
    one_cycle,
    warmup_stable_decay,
    with_warmup,
    sequential,
    triangular,
    triangular2,
    exp_range,
)

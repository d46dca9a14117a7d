"""A stranger's file that uses every public name: type-checked against the installed wheel, and run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cosine_lr import (
    ConstantLR,
    CosineLR,
    CosineRestartsLR,
    ExponentialLR,
    InversePowerLR,
    LRIterator,
    MultiStepLR,
    PolynomialLR,
    RestartLR,
    SequenceLR,
    StepLR,
    WarmupLR,
    constant_lr,
    cosine_lr,
    cosine_restarts_lr,
    exponential_lr,
    inverse_power_lr,
    multistep_lr,
    parse,
    polynomial_lr,
    restart_lr,
    sequence_lr,
    step_lr,
    warmup_lr,
)


@dataclass(frozen=True, repr=False)
class HalvingLR(LRIterator):
    lr_init: float

    def rate(self, e: float, /) -> float:
        return self.lr_init / 2**e


def rule(e: float) -> float:
    return cosine_lr(e, 0.1, lr_min=0.001, t_max=10)


rates: list[float] = [
    constant_lr(3, 0.1),
    cosine_lr(3, 0.1, 0.001, t_max=10),
    cosine_restarts_lr(3.5, 0.1, 0.001, 10, t_mult=2, gamma=0.5, n_cycles=3),
    polynomial_lr(3, 0.1, 0.001, 10, power=2.0, k_decay=0.5),
    exponential_lr(3, 0.1, gamma=0.9, lr_min=0.001),
    step_lr(3, 0.1, step_size=30, gamma=0.1, lr_min=0.001),
    multistep_lr(3, 0.1, milestones=[30, 60.5], gamma=0.1),
    inverse_power_lr(3, 0.1, t_scale=1000, power=0.5, lr_min=0.001),
    warmup_lr(3, rule, lr_start=0.01, t_warmup=5, shape="cosine"),
    sequence_lr(3, [(5, rule), (2.5, lambda e: 0.1)], then=CosineLR(0.1, 0.001, 10)),
    restart_lr(3, rule, t_max=10, t_mult=1.5, gamma=0.5, n_cycles=None),
]
schedules: list[LRIterator] = [
    ConstantLR(0.1),
    CosineLR(0.1, 0.001, t_max=10, e=3),
    CosineRestartsLR(0.1, 0.001, 10, t_mult=2, gamma=0.5, n_cycles=3),
    PolynomialLR(0.1, 0.001, 10, power=2.0, k_decay=0.5),
    ExponentialLR(0.1, gamma=0.9, lr_min=0.001),
    StepLR(0.1, step_size=30, gamma=0.1),
    MultiStepLR(0.1, milestones=(30, 60.5), gamma=0.1),
    InversePowerLR(0.1, t_scale=1000),
    WarmupLR(rule, lr_start=0.01, t_warmup=5),
    SequenceLR([(5, rule)], then=ConstantLR(0.1)),
    RestartLR(rule, t_max=10),
    HalvingLR(0.1),
    parse("CosineLR(0.1, 0.001, t_max=10)"),
]

for schedule in schedules:
    as_function: Callable[[float], float] = schedule
    as_iterator: Iterator[float] = schedule
    state: dict[str, int] = schedule.state_dict()
    schedule.load_state_dict(state)
    first: float = next(as_iterator)
    again: float = as_function(state["e"])
    table: list[float] = schedule.values(schedule.e)
    if not first == again == table[-1]:
        raise SystemExit(f"{schedule!r}: {first} and {again}")

t_max: float = CosineLR(0.1, 0.001, t_max=10).t_max
print(len(rates), len(schedules), *(f"{lr:.4f}" for _, lr in zip(range(3), CosineLR(0.1, 0.001, t_max))))

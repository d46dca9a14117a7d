"""A stranger's file: every function called, in the catalogue of good calls, and every class built.

It is type-checked against the installed wheel, where a name without a type would be seen, and run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cosine_lr import (
    ConstantLR, CosineLR, CosineRestartsLR, ExponentialLR, InversePowerLR, LRIterator, MultiStepLR, PolynomialLR,
    ProductLR, RestartLR, SequenceLR, ShiftLR, StepLR, WarmupLR, cosine_lr, parse, product_lr, sequence_lr, warmup_lr,
)
from tests.examples import CALLS, SCHEDULES, HarmonicLR, rule

rates: list[float] = [
    cosine_lr(3, 0.1, 0.001, 10),
    warmup_lr(3, rule, 0.01, 5, shape="cosine"),
    sequence_lr(3, [(5, rule), (2.5, lambda e: 0.1)], CosineLR(0.1, 0.001, 10)),
    product_lr(3, (rule, HarmonicLR(1.0))),
    *(call(3) for call in CALLS),
]
schedules: list[LRIterator] = [
    ConstantLR(0.1),
    CosineLR(0.1, 0.001, t_max=10, e=3),
    CosineRestartsLR(0.1, 0.001, 10, t_mult=2, gamma=0.5, n_cycles=3),
    PolynomialLR(0.1, 0.001, 10, power=2.0, k_decay=0.5),
    ExponentialLR(0.1, gamma=0.9, t_scale=2.5, lr_min=0.001),
    StepLR(0.1, step_size=30, gamma=0.1),
    MultiStepLR(0.1, milestones=(30, 60.5), gamma=0.1),
    InversePowerLR(0.1, t_scale=1000),
    WarmupLR(rule, lr_start=0.01, t_warmup=5),
    SequenceLR([(5, rule)], then=ConstantLR(0.1)),
    RestartLR(rule, t_max=10, t_mult=1.5, gamma=0.5, n_cycles=None),
    ShiftLR(rule, t_shift=2.5),
    ProductLR([rule, lambda e: 0.5]),
    HarmonicLR(0.1),
    parse("CosineLR(0.1, 0.001, t_max=10)"),
    parse("WarmupLR(HarmonicLR(0.1), 0.01, 5)", HarmonicLR),
    *SCHEDULES,
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
print(*(f"{lr:.4f}" for _, lr in zip(range(3), CosineLR(0.1, 0.001, t_max))))

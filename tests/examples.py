"""The catalogue of good calls: every function and class, with every argument at work.

The laws, `fuzz.py`, `consumer.py` and `interpreters.py` draw from it. It needs the package and the standard library
only; the number types of NumPy are in `number_types.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import cosine_lr
from cosine_lr import (
    ConstantLR,
    CosineLR,
    CosineRestartsLR,
    ExponentialLR,
    InversePowerLR,
    LRIterator,
    MultiStepLR,
    PolynomialLR,
    SequenceLR,
    StepLR,
    WarmupLR,
    constant_lr,
    cosine_lr as cosine,
    cosine_restarts_lr,
    exponential_lr,
    inverse_power_lr,
    multistep_lr,
    polynomial_lr,
    product_lr,
    restart_lr,
    sequence_lr,
    shift_lr,
    step_lr,
    warmup_lr,
)

WORKED = (0.1, 0.001, 10)  # the worked example: lr_init, lr_min, t_max
DECAY = CosineLR(*WORKED)
TRIANGLE = WarmupLR(PolynomialLR(0.1, 0.0, 5), 0.0, 5)  # up for 5 epochs, down for 5

# One call per function. No argument has its default, each changes some rate of the first 200 epochs, and each floor is
# reached. A call takes the epoch: `call(3)`. Its function is `call.func`, its arguments are `call.keywords`.
FULL: list[partial[float]] = [
    partial(constant_lr, lr_init=0.1),
    partial(cosine, lr_init=0.1, lr_min=0.01, t_max=10.7),
    partial(cosine_restarts_lr, lr_init=0.1, lr_min=0.01, t_max=10.7, t_mult=1.7, gamma=0.9, n_cycles=3),
    partial(polynomial_lr, lr_init=0.1, lr_min=0.01, t_max=10.7, power=1.3, k_decay=0.7),
    partial(exponential_lr, lr_init=0.1, gamma=0.9, t_scale=2.5, lr_min=0.01),
    partial(step_lr, lr_init=0.1, step_size=10.7, gamma=0.7, lr_min=0.01),
    partial(multistep_lr, lr_init=0.1, milestones=(3.1, 9.7), gamma=0.7, lr_min=0.06),
    partial(inverse_power_lr, lr_init=0.1, t_scale=10.7, power=0.3, lr_min=0.05),
    partial(warmup_lr, schedule=DECAY, lr_start=0.01, t_warmup=10.7, shape="cosine"),
    partial(sequence_lr, pieces=((1.1, ConstantLR(0.05)), (4.5, StepLR(0.1, 2, 0.5))), then=DECAY),
    partial(restart_lr, schedule=DECAY, t_max=7.3, t_mult=1.7, gamma=0.9, n_cycles=3),
    partial(shift_lr, schedule=DECAY, t_shift=2.7),
    partial(product_lr, schedules=(DECAY, StepLR(1.0, 3, 0.5))),
]

# More forms of them: whole numbers, defaults, the ends of the ranges, combinators inside one another.
MORE: list[partial[float]] = [
    partial(constant_lr, lr_init=0),
    partial(cosine, lr_init=0.1, lr_min=0.001, t_max=10),
    partial(cosine, lr_init=3e-4, lr_min=0, t_max=100_000),
    partial(cosine_restarts_lr, lr_init=0.1, lr_min=0.001, t_max=0.1),
    partial(cosine_restarts_lr, lr_init=0.1, lr_min=0.001, t_max=10, t_mult=2, gamma=0.5, n_cycles=5),
    partial(cosine_restarts_lr, lr_init=0.1, lr_min=1e-5, t_max=10, t_mult=1.5),
    partial(cosine_restarts_lr, lr_init=0.1, lr_min=1e-5, t_max=7.5, t_mult=1.001, n_cycles=1),
    partial(polynomial_lr, lr_init=0.1, lr_min=0.0, t_max=100),
    partial(polynomial_lr, lr_init=0.1, lr_min=0.001, t_max=10, power=2, k_decay=0.5),
    partial(exponential_lr, lr_init=0.1, gamma=0.9),
    partial(exponential_lr, lr_init=0.1, gamma=1.0, t_scale=1000),
    partial(step_lr, lr_init=0.1, step_size=3, gamma=0.5),
    partial(step_lr, lr_init=0.1, step_size=0.1, gamma=0.1, lr_min=1e-5),
    partial(multistep_lr, lr_init=0.1, milestones=[30, 60], gamma=0.1),
    partial(multistep_lr, lr_init=0.1, milestones=[0.5, -1, 3], gamma=0.5),
    partial(multistep_lr, lr_init=0.1, milestones=[], gamma=0.5),
    partial(inverse_power_lr, lr_init=0.1, t_scale=4),
    partial(inverse_power_lr, lr_init=0.1, t_scale=1000, power=2, lr_min=1e-4),
    partial(warmup_lr, schedule=InversePowerLR(0.1, 4), lr_start=0.0, t_warmup=5),
    partial(warmup_lr, schedule=TRIANGLE, lr_start=0, t_warmup=0),
    partial(warmup_lr, schedule=ExponentialLR(0.1, 0.5), lr_start=1e-5, t_warmup=100, shape="exponential"),
    partial(sequence_lr, pieces=[], then=MultiStepLR(0.1, [3, 7], 0.1)),
    partial(sequence_lr, pieces=[(0, ConstantLR(0.1)), (3, DECAY), (0.5, TRIANGLE), (0, DECAY)], then=ConstantLR(0.05)),
    partial(restart_lr, schedule=TRIANGLE, t_max=10, t_mult=2, gamma=0.5, n_cycles=4),
    partial(restart_lr, schedule=SequenceLR([(3, ConstantLR(0.1))], DECAY), t_max=8),
    partial(shift_lr, schedule=CosineRestartsLR(*WORKED, t_mult=2), t_shift=10),
    partial(shift_lr, schedule=TRIANGLE, t_shift=0),
    partial(product_lr, schedules=[DECAY]),
    partial(product_lr, schedules=[TRIANGLE, StepLR(1.0, 7, 0.5), ConstantLR(0.5)]),
]
CALLS = FULL + MORE
EPOCHS = [0, 1, 3, 7, 10, 11, 33, 100, 331, 0.3, 2.5, 3.3, 33.3, 10**9, 10**15, -5]

# What is no schedule of this package, but may stand in its place.


def rule(e: float) -> float:
    return cosine(e, 0.1, lr_min=0.001, t_max=10)


@dataclass(frozen=True, repr=False)
class HarmonicLR(LRIterator):
    """A schedule of one's own, as the README says."""

    lr_init: float

    def rate(self, e: float, /) -> float:
        return self.lr_init / (1.0 + e)


FOREIGN: list[Callable[[float], float]] = [
    rule,
    lambda e: 0.1,
    partial(polynomial_lr, lr_init=0.1, lr_min=0.0, t_max=9.5),
    HarmonicLR(0.1),
]


def combinators(schedule: Callable[[float], float]) -> list[partial[float]]:
    """Every combinator around one schedule, whose schedule(0) is at least 0.01."""
    return [
        partial(warmup_lr, schedule=schedule, lr_start=0.01, t_warmup=5.3),
        partial(sequence_lr, pieces=[(4.7, schedule)], then=schedule),
        partial(restart_lr, schedule=schedule, t_max=7.3, t_mult=2, gamma=0.5, n_cycles=3),
        partial(shift_lr, schedule=schedule, t_shift=2.7),
        partial(product_lr, schedules=[schedule, schedule]),
    ]


# From a call to its class, and to the values that each argument may have.

FUNCTIONS: dict[str, Callable[..., float]] = {
    name: getattr(cosine_lr, name) for name in cosine_lr.__all__ if name.endswith("_lr")
}
CLASSES: dict[str, type[LRIterator]] = {
    name: getattr(cosine_lr, each)
    for name in FUNCTIONS
    for each in cosine_lr.__all__
    if each.lower() == name.replace("_", "")
}


def built(call: partial[float]) -> LRIterator:
    """The schedule that the call asks for one rate."""
    return CLASSES[call.func.__name__](**call.keywords)


SCHEDULES = [built(call) for call in CALLS]


def good_values() -> dict[str, list[Any]]:
    """For the name of each argument, all values that it has in the catalogue."""
    values: dict[str, list[Any]] = {"e": EPOCHS}
    for call in CALLS:
        for name, value in call.keywords.items():
            values.setdefault(name, []).append(value)
    return values

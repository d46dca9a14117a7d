"""keras.optimizers.schedules: in place of each class a `LearningRateSchedule` over a table of our rates.

It can be compiled, saved and loaded: its config is our notation.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import keras
from keras.src.optimizers import schedules
from ours import NoCounterpart, ours, put

from cosine_lr import (
    ConstantLR,
    CosineLR,
    CosineRestartsLR,
    ExponentialLR,
    InversePowerLR,
    LRIterator,
    PolynomialLR,
    SequenceLR,
    StepLR,
    WarmupLR,
    parse,
)

STEPS = 4000  # longer than each of their tests


@keras.saving.register_keras_serializable()
class Table(schedules.learning_rate_schedule.LearningRateSchedule):
    def __init__(self, notation: str, name: str = "Table") -> None:
        self.notation, self.name = notation, name
        self.rates = [*map(ours(parse(notation)), range(STEPS))]

    def __call__(self, step: Any) -> Any:
        place = keras.ops.clip(keras.ops.cast(step, "int32"), 0, STEPS - 1)
        return keras.ops.take(keras.ops.convert_to_tensor(self.rates, "float32"), place)

    def get_config(self) -> dict[str, str]:
        return {"notation": self.notation, "name": self.name}


def table(schedule: LRIterator) -> Table:
    return Table(repr(schedule))


def ExponentialDecay(
    initial_learning_rate: float, decay_steps: int, decay_rate: float, staircase: bool = False, name: str = ""
) -> Table:
    if staircase:
        return table(StepLR(initial_learning_rate, decay_steps, decay_rate))
    return table(ExponentialLR(initial_learning_rate, decay_rate, t_scale=decay_steps))


def PiecewiseConstantDecay(boundaries: Sequence[int], values: Sequence[float], name: str = "") -> Table:
    starts = [0, *(boundary + 1 for boundary in boundaries)]  # theirs changes after the boundary
    pieces = [(end - start, ConstantLR(value)) for (start, end), value in zip(pairwise(starts), values)]
    return table(SequenceLR(pieces, ConstantLR(values[-1])))


def PolynomialDecay(
    initial_learning_rate: float,
    decay_steps: int,
    end_learning_rate: float = 0.0001,
    power: float = 1.0,
    cycle: bool = False,
    name: str = "",
) -> Table:
    if cycle:
        raise NoCounterpart("a horizon that grows with the step")
    return table(PolynomialLR(initial_learning_rate, end_learning_rate, decay_steps, power=power))


def InverseTimeDecay(
    initial_learning_rate: float, decay_steps: int, decay_rate: float, staircase: bool = False, name: str = ""
) -> Table:
    if staircase:
        raise NoCounterpart("an inverse power in stairs")
    return table(InversePowerLR(initial_learning_rate, t_scale=decay_steps / decay_rate, power=1.0))


def CosineDecay(
    initial_learning_rate: float,
    decay_steps: int,
    alpha: float = 0.0,
    name: str = "",
    warmup_target: float | None = None,
    warmup_steps: int = 0,
) -> Table:
    if warmup_target is None:
        return table(CosineLR(initial_learning_rate, initial_learning_rate * alpha, decay_steps))
    decay = CosineLR(warmup_target, warmup_target * alpha, decay_steps)
    return table(WarmupLR(decay, initial_learning_rate, warmup_steps))


def CosineDecayRestarts(
    initial_learning_rate: float,
    first_decay_steps: int,
    t_mul: float = 2.0,
    m_mul: float = 1.0,
    alpha: float = 0.0,
    name: str = "",
) -> Table:
    low = initial_learning_rate * alpha
    return table(CosineRestartsLR(initial_learning_rate, low, first_decay_steps, t_mult=t_mul, gamma=m_mul))


put(
    schedules,
    ExponentialDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
    InverseTimeDecay,
    CosineDecay,
    CosineDecayRestarts,
)

"""fvcore.common.param_scheduler, tested by Classy Vision: ours computes the value of a place in [0, 1)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from fvcore.common import param_scheduler as theirs
from ours import Schedule, bare, half_wave, line, ours, put

from cosine_lr import ConstantLR, LRIterator, PolynomialLR, SequenceLR, ShiftLR, StepLR

bare("classy_vision.optim")


def constant(self: Any) -> LRIterator:
    return ConstantLR(self._value)


def cosine(self: Any) -> LRIterator:
    return half_wave(self._start_value, self._end_value, 1.0)


def linear(self: Any) -> LRIterator:
    return line(self._start_value, self._end_value, 1.0)


def polynomial(self: Any) -> LRIterator:
    return PolynomialLR(self._base_value, 0.0, t_max=1.0, power=self._power)


def step(self: Any) -> LRIterator:
    constants = [ConstantLR(value) for value in self._param_schedule]
    return SequenceLR([(1 / len(constants), constant) for constant in constants[:-1]], constants[-1])


def step_with_fixed_gamma(self: Any) -> LRIterator:
    return StepLR(self.base_value, step_size=1 / (self.num_decays + 1), gamma=self.gamma)


def multi_step(self: Any) -> LRIterator:
    starts = [0, *self._milestones[: len(self._param_schedule) - 1]]
    pieces = [
        ((end - start) / self._num_updates, ConstantLR(value))
        for (start, end), value in zip(pairwise(starts), self._param_schedule)
    ]
    return SequenceLR(pieces, ConstantLR(self._param_schedule[-1]))


def composite(self: Any) -> LRIterator:
    pieces, start = [], 0.0
    for scheduler, length, scaling in zip(self._schedulers, self._lengths, self._interval_scaling):
        piece = ShiftLR(scheduler, start) if scaling == "fixed" else stretched(scheduler, length)
        pieces.append((length, piece))
        start += length
    return SequenceLR(pieces[:-1], pieces[-1][1])


def stretched(schedule: Schedule, length: float) -> Schedule:
    return lambda e: schedule(e / length)


def method(curve: Callable[[Any], LRIterator]) -> Callable[[Any, float], float]:
    def __call__(self: Any, where: float) -> float:
        return ours(curve(self))(where)

    return __call__


for scheduler, curve in {
    theirs.ConstantParamScheduler: constant,
    theirs.CosineParamScheduler: cosine,
    theirs.LinearParamScheduler: linear,
    theirs.PolynomialDecayParamScheduler: polynomial,
    theirs.StepParamScheduler: step,
    theirs.StepWithFixedGammaParamScheduler: step_with_fixed_gamma,
    theirs.MultiStepParamScheduler: multi_step,
    theirs.CompositeParamScheduler: composite,
}.items():
    put(scheduler, method(curve))

"""ignite.handlers: ours computes the value of an event, cycles included, in place of `get_param`."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from ignite.handlers import param_scheduler as theirs
from ours import NoCounterpart, half_wave, line, ours, put

from cosine_lr import ConstantLR, LRIterator, RestartLR, SequenceLR


def cycles(self: Any, cycle: LRIterator) -> LRIterator:
    """Return the cycle for ever, with their warm-up, a line back to the next cycle, at its end."""
    if not self.start_value_mult == self.end_value_mult == 1:
        raise NoCounterpart("ends that change from cycle to cycle")
    up = line(self.end_value, self.start_value, self.warmup_duration or 1)
    whole = SequenceLR([(self.cycle_size, cycle)], up)
    return RestartLR(whole, self.cycle_size + self.warmup_duration, t_mult=self.cycle_mult)


def linear(self: Any) -> LRIterator:
    if self.monotonic:
        return cycles(self, line(self.start_value, self.end_value, self.cycle_size))
    half = self.cycle_size / 2
    there, back = line(self.start_value, self.end_value, half), line(self.end_value, self.start_value, half)
    return cycles(self, SequenceLR([(half, there)], back))


def cosine(self: Any) -> LRIterator:
    return cycles(self, half_wave(self.start_value, self.end_value, self.cycle_size))


def piecewise(self: Any) -> LRIterator:
    corners = list(zip(self.milestones, self.values))
    pieces = [(self.milestones[0], ConstantLR(self.values[0]))]
    pieces += [(end - start, line(first, last, end - start)) for (start, first), (end, last) in pairwise(corners)]
    return SequenceLR(pieces, ConstantLR(self.values[-1]))


def method(curve: Callable[[Any], LRIterator]) -> Callable[[Any], float]:
    def get_param(self: Any) -> float:
        return ours(curve(self))(self.event_index)

    return get_param


for scheduler, curve in {
    theirs.LinearCyclicalScheduler: linear,
    theirs.CosineAnnealingScheduler: cosine,
    theirs.PiecewiseLinear: piecewise,
}.items():
    put(scheduler, method(curve))
del theirs.CyclicalScheduler.__call__, theirs.CyclicalScheduler._get_param  # which count the cycles

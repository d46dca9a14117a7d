"""pytorch_scheduler: ours computes the rate of a step, in place of `_lr_at`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytorch_scheduler as theirs
from ours import ours, put

from cosine_lr import (
    ConstantLR,
    CosineLR,
    InversePowerLR,
    LRIterator,
    PolynomialLR,
    RestartLR,
    SequenceLR,
    WarmupLR,
)


def identity(self: Any, rate: float) -> LRIterator:
    return ConstantLR(rate)


def cosine_with_warmup(self: Any, rate: float) -> LRIterator:
    return WarmupLR(CosineLR(rate, self.min_lr, self.total_steps - self.warmup_steps), 0.0, self.warmup_steps)


def linear_decay(self: Any, rate: float) -> LRIterator:
    return WarmupLR(PolynomialLR(rate, self.min_lr, self.total_steps - self.warmup_steps), 0.0, self.warmup_steps)


def polynomial(self: Any, rate: float) -> LRIterator:
    decay = PolynomialLR(rate, self.min_lr, self.total_steps - self.warmup_steps, power=self.power)
    whole = WarmupLR(decay, 0.0, self.warmup_steps)
    return RestartLR(whole, self.total_steps) if self.cycle else whole


def flat_cosine(self: Any, rate: float) -> LRIterator:
    return hold(self, rate, CosineLR(rate, self.min_lr, self.total_steps - self._flat_end), 0, self._flat_end)


def warmup_hold_cosine(self: Any, rate: float) -> LRIterator:
    return hold(self, rate, CosineLR(rate, self.min_lr, self._decay_steps), self.warmup_steps, self.hold_steps)


def trapezoidal(self: Any, rate: float) -> LRIterator:
    decay = PolynomialLR(rate, self.min_lr, self.decay_steps) if self.decay_steps else ConstantLR(self.min_lr)
    return hold(self, rate, decay, self.warmup_steps, self._decay_start - self.warmup_steps)


def wsd(self: Any, rate: float) -> LRIterator:
    decay = {
        "cosine": CosineLR(rate, self.min_lr, self._decay_steps),
        "linear": PolynomialLR(rate, self.min_lr, self._decay_steps),
        "sqrt": PolynomialLR(rate, self.min_lr, self._decay_steps, k_decay=0.5),
    }[self.decay_type]
    return hold(self, rate, decay, self.warmup_steps, self.stable_steps)


def hold(self: Any, rate: float, decay: LRIterator, warmup: int, stable: int) -> LRIterator:
    return WarmupLR(SequenceLR([(stable, ConstantLR(rate))], decay), 0.0, warmup)


def inverse_sqrt(self: Any, rate: float) -> LRIterator:
    return WarmupLR(InversePowerLR(rate, self.warmup_steps), 0.0, self.warmup_steps)


def power_decay(self: Any, rate: float) -> LRIterator:
    decay = InversePowerLR(rate, self.warmup_steps or 1, power=self.alpha, lr_min=self.min_lr)
    return WarmupLR(decay, 0.0, self.warmup_steps)


def slanted_triangular(self: Any, rate: float) -> LRIterator:
    low = rate / self.ratio
    return WarmupLR(PolynomialLR(rate, low, self.total_steps - self._cut_point), low, self._cut_point)


def warmup_restarts(self: Any, rate: float) -> LRIterator:
    decay = CosineLR(self.max_lr, self.min_lr, self.first_cycle_steps - self.warmup_steps)
    cycle = WarmupLR(decay, self.min_lr, self.warmup_steps)
    return RestartLR(cycle, self.first_cycle_steps, t_mult=self.cycle_mult, gamma=self.gamma)


def method(curve: Callable[[Any, float], LRIterator]) -> Callable[..., list[float]]:
    def _lr_at(self: Any, step: int, base_lrs: list[float]) -> list[float]:
        return [ours(curve(self, rate))(step) for rate in base_lrs]

    return _lr_at


for scheduler, curve in {
    theirs.CosineAnnealingWarmupRestarts: warmup_restarts,
    theirs.CosineWithWarmupScheduler: cosine_with_warmup,
    theirs.FlatCosineScheduler: flat_cosine,
    theirs.IdentityScheduler: identity,
    theirs.InverseSqrtScheduler: inverse_sqrt,
    theirs.LinearDecayScheduler: linear_decay,
    theirs.PolynomialScheduler: polynomial,
    theirs.PowerDecayScheduler: power_decay,
    theirs.SlantedTriangularScheduler: slanted_triangular,
    theirs.TrapezoidalScheduler: trapezoidal,
    theirs.WarmupHoldCosineScheduler: warmup_hold_cosine,
    theirs.WSDScheduler: wsd,
}.items():
    put(scheduler, method(curve))

"""timm.scheduler: ours computes the rates, in place of `_get_lr`; warm-up included. Their noise stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ours import NoCounterpart, Schedule, bare, ours, put

from cosine_lr import (
    ConstantLR,
    CosineLR,
    CosineRestartsLR,
    InversePowerLR,
    LRIterator,
    MultiStepLR,
    PolynomialLR,
    ProductLR,
    RestartLR,
    SequenceLR,
    ShiftLR,
    StepLR,
    WarmupLR,
)

bare("timm")
import timm.scheduler as theirs  # noqa: E402


def warmed(scheduler: Any, rate: float, main: Schedule) -> LRIterator:
    """Return `main` with their warm-up: before it, or in place of its beginning."""
    if getattr(scheduler, "warmup_prefix", True):
        return WarmupLR(main, scheduler.warmup_lr_init, scheduler.warmup_t)
    up = WarmupLR(ConstantLR(rate), scheduler.warmup_lr_init, scheduler.warmup_t)
    return SequenceLR([(scheduler.warmup_t, up)], ShiftLR(main, scheduler.warmup_t))


def cosine(self: Any, rate: float) -> LRIterator:
    if self.k_decay != 1:
        raise NoCounterpart("the cosine of a power of the time")
    return CosineRestartsLR(
        rate, self.lr_min, self.t_initial, t_mult=self.cycle_mul, gamma=self.cycle_decay, n_cycles=self.cycle_limit
    )


def poly(self: Any, rate: float) -> LRIterator:
    decay = PolynomialLR(rate, self.lr_min, self.t_initial, power=self.power, k_decay=self.k_decay)
    return RestartLR(decay, self.t_initial, t_mult=self.cycle_mul, gamma=self.cycle_decay, n_cycles=self.cycle_limit)


def step(self: Any, rate: float) -> LRIterator:
    return StepLR(rate, self.decay_t, self.decay_rate)


def multistep(self: Any, rate: float) -> LRIterator:
    return MultiStepLR(rate, [milestone - 1 for milestone in self.decay_t], self.decay_rate)  # theirs is one early


def wsd(self: Any, rate: float) -> LRIterator:
    stable, flat = self.t_initial - self.decay_t, self.stable_fn == "constant"
    last = self.lr_min if flat else self.lr_min / rate
    first = rate if flat else 1.0
    cooldowns = {
        "linear": PolynomialLR(first, last, self.decay_t),
        "1-sqrt": PolynomialLR(first, last, self.decay_t, k_decay=0.5),
        "power": PolynomialLR(first, last, self.decay_t, k_decay=self.decay_power),
        "cosine": CosineLR(first, last, self.decay_t),
    }
    if self.decay_fn not in cooldowns:
        raise NoCounterpart("a cooldown by an exponential that ends at 0, or by a function of the caller")
    plateau = SequenceLR([(stable, ConstantLR(first))], cooldowns[self.decay_fn])
    if flat:
        return plateau
    if self.lr_min:
        raise NoCounterpart("only the part above lr_min shrinks")
    power = 0.5 if self.stable_fn == "rsqrt" else self.stable_power
    return ProductLR([InversePowerLR(rate, self.stable_timescale, power=power), plateau])


def method(main: Callable[[Any, float], LRIterator]) -> Callable[..., list[float]]:
    def _get_lr(self: Any, t: int) -> list[float]:
        return [ours(warmed(self, rate, main(self, rate)))(t) for rate in self.base_values]

    return _get_lr


for scheduler, main in {
    theirs.CosineLRScheduler: cosine,
    theirs.PolyLRScheduler: poly,
    theirs.StepLRScheduler: step,
    theirs.MultiStepLRScheduler: multistep,
    theirs.WSDLRScheduler: wsd,
}.items():
    put(scheduler, method(main))

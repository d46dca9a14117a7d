# SPDX-License-Identifier: MIT
"""Schedules as objects: a value, which is the arguments of a function, and a position.

Each class is one function of `functions` whose arguments, all but the epoch, are its fields. A schedule is called
with an epoch, or iterated: `next(schedule)` returns the rate of epoch `schedule.e` and moves on.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import Field, dataclass, field, fields
from functools import partial
from itertools import accumulate

from .checks import LARGEST, NO_NUMBER, TIMES, checked, epoch, low_of, peak_of, rate_at, refuse, whole_number
from .formulas import (
    EDGE, cosine, cosine_restarts, exponential, inverse_power, polynomial, product, restart, shift, step, warmup,
)

TYPE_CHECKING = False  # a literal: `typing` takes a while to import
if TYPE_CHECKING:
    from typing import Any

Schedule = Callable[[float], float]

# What is written without its name in a repr: the rates and schedules that come first.
_UNNAMED = ("lr_init", "lr_min", "schedule", "schedules", "pieces", "then")
_set = object.__setattr__  # the way past `frozen`


class _Prepared:
    """What a schedule holds that is no field: what its formula needs besides the fields, worked out once."""
    if TYPE_CHECKING:
        _made: Any


@dataclass(frozen=True, repr=False)
class LRIterator(_Prepared):
    """A schedule: `schedule(e)` is the rate of epoch `e`, `next(schedule)` that of epoch `schedule.e`.

    Its fields are checked when it is built and stay as they are: `dataclasses.replace(schedule, t_max=120)` builds
    another. Schedules of one class with equal fields are equal, and so are their hashes.

    The position `e` does not count for that. It is the epoch of the next rate. Only `next` and `load_state_dict`
    move it; a copy and a pickle keep it. The iteration never ends: take epochs with `zip`, or use `values`. Calling a
    schedule is safe in any thread; threads that share one iterator may take the same epoch twice.

    To add a schedule, write a dataclass with `frozen=True, repr=False`, its numbers as fields, and one method, `rate`:
    the formula. It is given the epoch as an int or float >= 0, whatever it was called with, and returns a float. In a
    `__post_init__` of your own, first call `super().__post_init__()`, which checks the fields.

    >>> schedule = CosineLR(0.1, 0.001, t_max=10)
    >>> [round(lr, 4) for epoch, lr in zip(range(3), schedule)]
    [0.1, 0.0976, 0.0905]
    >>> schedule
    CosineLR(0.1, 0.001, t_max=10, e=3)
    >>> schedule == CosineLR(0.1, 0.001, t_max=10)
    True
    """

    e: int = field(default=0, kw_only=True, compare=False)

    def __post_init__(self) -> None:
        for name, value in checked(**_arguments(self)).items():
            _set(self, name, value)
        _set(self, "e", whole_number("e", self.e, 0))
        _set(self, "_made", self._prepare())

    def _prepare(self) -> Any:
        """Return what `rate` needs besides the fields."""

    def rate(self, e: float, /) -> float:
        """Return the rate of epoch `e`, an int or float >= 0: the formula alone. To get a rate, call the schedule."""
        raise NotImplementedError(f"{type(self).__name__} has no rate(e)")

    def __call__(self, e: float, /) -> float:
        """Return the rate of epoch `e`, any number; the position stays where it is."""
        return self.rate(e if type(e) in TIMES and 0 <= e <= LARGEST else epoch("e", e))

    def __iter__(self) -> Iterator[float]:
        return self

    def __next__(self) -> float:
        """Return the rate of epoch `self.e` and move on to the next."""
        e = self.e
        rate = self.rate(e)
        _set(self, "e", e + 1)
        return rate

    def values(self, n: int) -> list[float]:
        """Return the rates of epochs 0 to n - 1; the position stays where it is.

        >>> StepLR(0.5, step_size=2, gamma=0.5).values(5)
        [0.5, 0.5, 0.25, 0.25, 0.125]
        """
        return list(map(self.rate, range(whole_number("n", n, 0))))

    def state_dict(self) -> dict[str, int]:
        """Return the state to save: the position.

        >>> CosineLR(0.1, 0.001, t_max=10, e=3).state_dict()
        {'e': 3}
        """
        return {"e": self.e}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Take up the position that `state_dict` returned; the fields stay as they are.

        >>> schedule = CosineLR(0.1, 0.001, t_max=10)
        >>> schedule.load_state_dict({"e": 5})
        >>> next(schedule)
        0.0505
        """
        try:
            e = whole_number("e", state["e"], 0)
        except (LookupError, *NO_NUMBER):
            other = "of another scheduler: build with e=last_epoch instead"
            hint = other if type(state) is dict and "last_epoch" in state else ""
            refuse("state", "a dict with a whole number 'e' >= 0", state, hint=hint)
        _set(self, "e", e)

    def __reduce__(self) -> tuple[Callable[..., LRIterator], tuple[type[LRIterator], dict[str, Any]]]:
        """A copy and a pickle are built anew, from the fields and the position."""
        return _built, (type(self), _arguments(self) | {"e": self.e})

    def __repr__(self) -> str:
        return _text(self, self.e)


def _built(kind: type[LRIterator], arguments: dict[str, Any]) -> LRIterator:
    return kind(**arguments)


def _fields(schedule: LRIterator) -> list[Field[Any]]:
    """Return the fields, all but the position."""
    return [each for each in fields(schedule) if each.init and each.name != "e"]


def _arguments(schedule: LRIterator) -> dict[str, Any]:
    return {each.name: getattr(schedule, each.name) for each in _fields(schedule)}


def _text(value: Any, e: int = 0) -> str:
    """Return the notation of a field, in which no schedule shows its position."""
    if type(value) is list:
        return f"[{', '.join(map(_text, value))}]"
    if type(value) is tuple:
        return f"({', '.join(map(_text, value))}{',' * (len(value) == 1)})"
    if not isinstance(value, LRIterator):
        return repr(value)
    return f"{type(value).__name__}({', '.join([*_parts(value), *([f'e={e}'] if e else [])])})"


def _parts(schedule: LRIterator) -> Iterator[str]:
    """Yield the fields as they are written: one that has its default not at all, the first ones without their names."""
    named = False
    for each in _fields(schedule):
        text = _text(getattr(schedule, each.name))
        default = text == _text(each.default)
        named = bool(named or default or each.kw_only or each.name not in _UNNAMED)
        if not default:
            yield f"{each.name}={text}" if named else text


def _formula(schedule: Schedule) -> Schedule:
    """Return what a combinator calls: the formula of a schedule of ours; any other is held to what a rate must be."""
    if isinstance(schedule, LRIterator) and type(schedule).__module__ == __name__:
        return schedule.rate
    return partial(rate_at, schedule)


@dataclass(frozen=True, repr=False)
class ConstantLR(LRIterator):
    """The same rate at every epoch: LR_e = lr_init. See `constant_lr`.

    >>> ConstantLR(0.1).values(3)
    [0.1, 0.1, 0.1]
    """
    lr_init: float

    def rate(self, e: float, /) -> float:
        return self.lr_init


@dataclass(frozen=True, repr=False)
class CosineLR(LRIterator):
    """Cosine annealing: LR_e = lr_min + (lr_init - lr_min) * (1 + cos(pi * e / t_max)) / 2,
    and `lr_min` from epoch `t_max` on. See `cosine_lr`.

    >>> CosineLR(0.1, 0.001, t_max=10).values(12)[::5]
    [0.1, 0.0505, 0.001]
    """
    lr_init: float
    lr_min: float
    t_max: float

    def rate(self, e: float, /) -> float:
        return cosine(e, self.lr_init, self.lr_min, self.t_max)


@dataclass(frozen=True, repr=False)
class CosineRestartsLR(LRIterator):
    """Cosine annealing with warm restarts: cycle i = 0, 1, ... is a `CosineLR` of t_max * t_mult**i epochs
    from lr_min + (lr_init - lr_min) * gamma**i; after `n_cycles`, if any, `lr_min`. See `cosine_restarts_lr`.

    >>> list(map(CosineRestartsLR(0.1, 0.001, t_max=10, t_mult=2), (5, 10, 20, 30)))
    [0.0505, 0.1, 0.0505, 0.1]
    """
    lr_init: float
    lr_min: float
    t_max: float
    t_mult: float = field(default=1, kw_only=True)
    gamma: float = field(default=1.0, kw_only=True)
    n_cycles: int | None = field(default=None, kw_only=True)

    def rate(self, e: float, /) -> float:
        return cosine_restarts(e, self.lr_init, self.lr_min, self.t_max, self.t_mult, self.gamma, self.n_cycles)


@dataclass(frozen=True, repr=False)
class PolynomialLR(LRIterator):
    """Polynomial decay: LR_e = lr_min + (lr_init - lr_min) * (1 - (e / t_max)**k_decay)**power, a straight line
    unless told otherwise, and `lr_min` from epoch `t_max` on. See `polynomial_lr`.

    >>> PolynomialLR(0.5, 0.0, t_max=4).values(6)
    [0.5, 0.375, 0.25, 0.125, 0.0, 0.0]
    """
    lr_init: float
    lr_min: float
    t_max: float
    power: float = field(default=1.0, kw_only=True)
    k_decay: float = field(default=1.0, kw_only=True)

    def rate(self, e: float, /) -> float:
        return polynomial(e, self.lr_init, self.lr_min, self.t_max, self.power, self.k_decay)


@dataclass(frozen=True, repr=False)
class ExponentialLR(LRIterator):
    """Multiplicative decay: LR_e = max(lr_min, lr_init * gamma**(e / t_scale)). See `exponential_lr`.

    >>> ExponentialLR(0.5, gamma=0.5).values(4)
    [0.5, 0.25, 0.125, 0.0625]
    """
    lr_init: float
    gamma: float
    t_scale: float = field(default=1, kw_only=True)
    lr_min: float = field(default=0.0, kw_only=True)

    def rate(self, e: float, /) -> float:
        return exponential(e, self.lr_init, self.gamma, self.t_scale, self.lr_min)


@dataclass(frozen=True, repr=False)
class StepLR(LRIterator):
    """Step decay: LR_e = max(lr_min, lr_init * gamma**floor(e / step_size)). See `step_lr`.

    >>> StepLR(0.5, step_size=2, gamma=0.5).values(5)
    [0.5, 0.5, 0.25, 0.25, 0.125]
    """
    lr_init: float
    step_size: float
    gamma: float
    lr_min: float = field(default=0.0, kw_only=True)

    def rate(self, e: float, /) -> float:
        return step(e, self.lr_init, self.step_size, self.gamma, self.lr_min)


@dataclass(frozen=True, repr=False)
class MultiStepLR(LRIterator):
    """Step decay at epochs: LR_e = max(lr_min, lr_init * gamma**(number of milestones <= e)). See `multistep_lr`.

    >>> MultiStepLR(0.5, milestones=(1, 3), gamma=0.5).values(5)
    [0.5, 0.25, 0.25, 0.125, 0.125]
    """
    lr_init: float
    milestones: Sequence[float]
    gamma: float
    lr_min: float = field(default=0.0, kw_only=True)

    def _prepare(self) -> list[float]:
        return sorted(milestone * EDGE for milestone in self.milestones)

    def rate(self, e: float, /) -> float:
        return exponential(bisect_right(self._made, e), self.lr_init, self.gamma, 1, self.lr_min)


@dataclass(frozen=True, repr=False)
class InversePowerLR(LRIterator):
    """Inverse-power decay: LR_e = max(lr_min, lr_init * (t_scale / (t_scale + e))**power), the inverse square root
    unless told otherwise. See `inverse_power_lr`.

    >>> [InversePowerLR(0.5, t_scale=1000)(e) for e in (0, 3000, 15000)]
    [0.5, 0.25, 0.125]
    """
    lr_init: float
    t_scale: float
    power: float = field(default=0.5, kw_only=True)
    lr_min: float = field(default=0.0, kw_only=True)

    def rate(self, e: float, /) -> float:
        return inverse_power(e, self.lr_init, self.t_scale, self.power, self.lr_min)


@dataclass(frozen=True, repr=False)
class WarmupLR(LRIterator):
    """A warm-up from `lr_start` at epoch 0 to schedule(0) at epoch `t_warmup`, then schedule(e - t_warmup).
    `shape` is "linear", "cosine" or "exponential". See `warmup_lr`.

    >>> WarmupLR(CosineLR(0.5, 0.0, t_max=95), lr_start=0.1, t_warmup=4).values(5)
    [0.1, 0.2, 0.3, 0.4, 0.5]
    """
    schedule: Schedule
    lr_start: float
    t_warmup: float
    shape: str = field(default="linear", kw_only=True)

    def _prepare(self) -> tuple[Schedule, float]:
        formula = _formula(self.schedule)
        return formula, peak_of(formula, self.lr_start, self.shape)

    def rate(self, e: float, /) -> float:
        rate, peak = self._made
        return warmup(e, rate, peak, self.lr_start, self.t_warmup, self.shape)


@dataclass(frozen=True, repr=False)
class SequenceLR(LRIterator):
    """Schedules one after the other, each on its own clock, from `pieces`, which are pairs (duration, schedule);
    when all have ended, `then` for ever. See `sequence_lr`.

    >>> SequenceLR([(2, ConstantLR(0.1))], PolynomialLR(0.5, 0.0, t_max=2)).values(6)
    [0.1, 0.1, 0.5, 0.25, 0.0, 0.0]
    """
    pieces: Sequence[tuple[float, Schedule]]
    then: Schedule

    def _prepare(self) -> tuple[list[float], list[float], list[Schedule]]:
        starts = list(accumulate((duration for duration, _ in self.pieces), initial=0))
        formulas = [_formula(schedule) for _, schedule in (*self.pieces, (0, self.then))]
        return [end * EDGE for end in starts[1:]], starts, formulas

    def rate(self, e: float, /) -> float:
        ends, starts, formulas = self._made
        i = bisect_right(ends, e)
        rate: Schedule = formulas[i]
        return rate(e - starts[i] if e > starts[i] else 0)


@dataclass(frozen=True, repr=False)
class RestartLR(LRIterator):
    """The first `t_max` epochs of a schedule, again and again: cycle i = 0, 1, ... is stretched by t_mult**i, and its
    heights above schedule(t_max) are shrunk by gamma**i; after `n_cycles`, if any, schedule(t_max). See `restart_lr`.

    >>> RestartLR(PolynomialLR(0.5, 0.1, t_max=2), t_max=2, gamma=0.5).values(5)
    [0.5, 0.3, 0.3, 0.2, 0.2]
    """
    schedule: Schedule
    t_max: float
    t_mult: float = field(default=1, kw_only=True)
    gamma: float = field(default=1.0, kw_only=True)
    n_cycles: int | None = field(default=None, kw_only=True)

    def _prepare(self) -> tuple[Schedule, float]:
        formula = _formula(self.schedule)
        return formula, low_of(formula, self.t_max, self.gamma, self.n_cycles)

    def rate(self, e: float, /) -> float:
        rate, low = self._made
        return restart(e, rate, low, self.t_max, self.t_mult, self.gamma, self.n_cycles)


@dataclass(frozen=True, repr=False)
class ShiftLR(LRIterator):
    """A schedule that is entered `t_shift` epochs in: LR_e = schedule(e + t_shift). See `shift_lr`.

    >>> ShiftLR(PolynomialLR(0.5, 0.0, t_max=4), t_shift=2).values(4)
    [0.25, 0.125, 0.0, 0.0]
    """
    schedule: Schedule
    t_shift: float

    def _prepare(self) -> Schedule:
        return _formula(self.schedule)

    def rate(self, e: float, /) -> float:
        return shift(e, self._made, self.t_shift)


@dataclass(frozen=True, repr=False)
class ProductLR(LRIterator):
    """A rate times factors, on one clock: LR_e = schedules[0](e) * schedules[1](e) * ... See `product_lr`.

    >>> ProductLR([PolynomialLR(0.5, 0.0, t_max=4), StepLR(1.0, step_size=2, gamma=0.5)]).values(5)
    [0.5, 0.375, 0.125, 0.0625, 0.0]
    """
    schedules: Sequence[Schedule]

    def _prepare(self) -> list[Schedule]:
        return list(map(_formula, self.schedules))

    def rate(self, e: float, /) -> float:
        return product(e, self._made)

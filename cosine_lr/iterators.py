# SPDX-FileCopyrightText: The cosine_lr authors
# SPDX-License-Identifier: MIT
"""Schedules as objects: the arguments of a function and a position, nothing else.

Each class is one function of `functions` whose arguments, all but the epoch, are its fields. A schedule is called
with an epoch, or iterated: `next(schedule)` returns the rate of epoch `schedule.e` and moves on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import KW_ONLY, dataclass, field, fields

from .functions import (
    bad,
    checked,
    constant_lr,
    cosine_lr,
    cosine_restarts_lr,
    exponential_lr,
    inverse_power_lr,
    multistep_lr,
    polynomial_lr,
    restart_lr,
    sequence_lr,
    step_lr,
    warmup_lr,
    whole_number,
)

TYPE_CHECKING = False  # a literal: `typing` takes a while to import
if TYPE_CHECKING:
    from typing import Any

Schedule = Callable[[float], float]

# What is written without its name in a repr: the rates and schedules that come first.
_UNNAMED = ("lr_init", "lr_min", "schedule", "pieces", "then")


@dataclass(repr=False)
class LRIterator(Iterator[float]):
    """A schedule: `schedule(e)` is the rate of epoch `e`, `next(schedule)` that of epoch `schedule.e`.

    The position `e`, how many rates were taken, is the whole state: a whole number >= 0, moved by `next` alone. The
    iteration never ends. Two schedules are equal if class, fields and position are. `next` reads the position and
    then writes it: threads that share one iterator may take the same epoch twice (calling one is always safe).

    To add a schedule, subclass: a dataclass with `repr=False`, its numbers as fields, `__call__` as its only method.

    >>> schedule = CosineLR(0.1, 0.001, t_max=10)
    >>> for epoch, lr in zip(range(3), schedule):
    ...     print(epoch, round(lr, 4))
    0 0.1
    1 0.0976
    2 0.0905
    >>> schedule
    CosineLR(0.1, 0.001, t_max=10, e=3)
    >>> isinstance(schedule, LRIterator)
    True
    """

    e: int = field(default=0, kw_only=True)

    def __post_init__(self) -> None:
        self.e = whole_number("e", self.e, 0)
        for name, value in checked(**{name: getattr(self, name) for name in _parameters(self)}).items():
            setattr(self, name, _as_rule(value))

    def __call__(self, e: float, /) -> float:
        """Return the rate of epoch `e`; the position stays where it is."""
        raise NotImplementedError(f"{type(self).__name__} has no __call__(e)")

    def __next__(self) -> float:
        """Return the rate of epoch `self.e` and move on to the next."""
        e = self.e
        rate = self.__call__(e)  # not self(e): the interpreter inlines this one, here and in `values`
        self.e = e + 1
        return rate

    def values(self, n: int) -> list[float]:
        """Return the rates of epochs 0 to n - 1; the position stays where it is.

        >>> StepLR(0.5, step_size=2, gamma=0.5).values(5)
        [0.5, 0.5, 0.25, 0.25, 0.125]
        """
        return [self.__call__(e) for e in range(whole_number("n", n, 0))]

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
            self.e = whole_number("e", state["e"], 0)
        except Exception:
            raise bad("state", "a dict with a whole number 'e' >= 0", state) from None

    def __repr__(self) -> str:
        parts = []
        for name, parameter in _parameters(self).items():
            value = getattr(self, name)
            if value != parameter.default:
                parts.append(repr(value) if name in _UNNAMED and not parameter.kw_only else f"{name}={value!r}")
        if self.e:
            parts.append(f"e={self.e}")
        return f"{type(self).__name__}({', '.join(parts)})"


def _parameters(schedule: LRIterator) -> dict[str, Any]:
    return {each.name: each for each in fields(schedule) if each.name != "e"}


def _as_rule(value: Any) -> Any:
    """Return the value as part of another schedule: a schedule in it becomes a copy at position 0."""
    if isinstance(value, tuple):
        return tuple(map(_as_rule, value))
    if isinstance(value, LRIterator):
        value = copy(value)
        value.e = 0
    return value


@dataclass(repr=False)
class ConstantLR(LRIterator):
    """The same rate at every epoch. Equation and arguments: `constant_lr`.

    >>> ConstantLR(0.1).values(3)
    [0.1, 0.1, 0.1]
    """

    lr_init: float

    def __call__(self, e: float, /) -> float:
        return constant_lr(e, self.lr_init)


@dataclass(repr=False)
class CosineLR(LRIterator):
    """Cosine annealing from `lr_init` to `lr_min`, reached at `t_max`. Equation and arguments: `cosine_lr`.

    >>> schedule = CosineLR(0.1, 0.001, t_max=10)
    >>> schedule(0), schedule(5), schedule(10)
    (0.1, 0.0505, 0.001)
    """

    lr_init: float
    lr_min: float
    t_max: float

    def __call__(self, e: float, /) -> float:
        return cosine_lr(e, self.lr_init, self.lr_min, self.t_max)


@dataclass(repr=False)
class CosineRestartsLR(LRIterator):
    """Cosine annealing that starts again whenever `lr_min` is reached. Equation and arguments: `cosine_restarts_lr`.

    >>> schedule = CosineRestartsLR(0.1, 0.001, t_max=10, t_mult=2)
    >>> schedule(5), schedule(10), schedule(20)
    (0.0505, 0.1, 0.0505)
    """

    lr_init: float
    lr_min: float
    t_max: float
    _: KW_ONLY
    t_mult: float = 1
    gamma: float = 1.0
    n_cycles: int | None = None

    def __call__(self, e: float, /) -> float:
        return cosine_restarts_lr(
            e, self.lr_init, self.lr_min, self.t_max, t_mult=self.t_mult, gamma=self.gamma, n_cycles=self.n_cycles
        )


@dataclass(repr=False)
class PolynomialLR(LRIterator):
    """Polynomial decay, a straight line to `lr_min` unless told otherwise. Equation and arguments: `polynomial_lr`.

    >>> PolynomialLR(0.5, 0.0, t_max=4).values(6)
    [0.5, 0.375, 0.25, 0.125, 0.0, 0.0]
    """

    lr_init: float
    lr_min: float
    t_max: float
    _: KW_ONLY
    power: float = 1.0
    k_decay: float = 1.0

    def __call__(self, e: float, /) -> float:
        return polynomial_lr(e, self.lr_init, self.lr_min, self.t_max, power=self.power, k_decay=self.k_decay)


@dataclass(repr=False)
class ExponentialLR(LRIterator):
    """Multiplicative decay, `gamma` times the rate every epoch. Equation and arguments: `exponential_lr`.

    >>> ExponentialLR(0.5, gamma=0.5).values(4)
    [0.5, 0.25, 0.125, 0.0625]
    """

    lr_init: float
    gamma: float
    _: KW_ONLY
    lr_min: float = 0.0

    def __call__(self, e: float, /) -> float:
        return exponential_lr(e, self.lr_init, self.gamma, lr_min=self.lr_min)


@dataclass(repr=False)
class StepLR(LRIterator):
    """Step decay, `gamma` times the rate every `step_size` epochs. Equation and arguments: `step_lr`.

    >>> StepLR(0.5, step_size=2, gamma=0.5).values(5)
    [0.5, 0.5, 0.25, 0.25, 0.125]
    """

    lr_init: float
    step_size: float
    gamma: float
    _: KW_ONLY
    lr_min: float = 0.0

    def __call__(self, e: float, /) -> float:
        return step_lr(e, self.lr_init, self.step_size, self.gamma, lr_min=self.lr_min)


@dataclass(repr=False)
class MultiStepLR(LRIterator):
    """Step decay at chosen epochs, `gamma` times the rate at each milestone. Equation and arguments: `multistep_lr`.

    >>> MultiStepLR(0.5, milestones=(1, 3), gamma=0.5).values(5)
    [0.5, 0.25, 0.25, 0.125, 0.125]
    """

    lr_init: float
    milestones: Sequence[float]
    gamma: float
    _: KW_ONLY
    lr_min: float = 0.0

    def __call__(self, e: float, /) -> float:
        return multistep_lr(e, self.lr_init, self.milestones, self.gamma, lr_min=self.lr_min)


@dataclass(repr=False)
class InversePowerLR(LRIterator):
    """Inverse-power decay, the inverse square root unless told otherwise. Equation and arguments: `inverse_power_lr`.

    >>> schedule = InversePowerLR(0.5, t_scale=1000)
    >>> schedule(0), schedule(3000), schedule(15000)
    (0.5, 0.25, 0.125)
    """

    lr_init: float
    t_scale: float
    _: KW_ONLY
    power: float = 0.5
    lr_min: float = 0.0

    def __call__(self, e: float, /) -> float:
        return inverse_power_lr(e, self.lr_init, self.t_scale, power=self.power, lr_min=self.lr_min)


@dataclass(repr=False)
class WarmupLR(LRIterator):
    """A warm-up from `lr_start` to the start of a schedule, then the schedule. Equation and arguments: `warmup_lr`.

    >>> schedule = WarmupLR(CosineLR(0.5, 0.0, t_max=95), lr_start=0.1, t_warmup=4)
    >>> schedule(0), schedule(2), schedule(4), schedule(99)
    (0.1, 0.3, 0.5, 0.0)
    """

    schedule: Schedule
    lr_start: float
    t_warmup: float
    _: KW_ONLY
    shape: str = "linear"

    def __call__(self, e: float, /) -> float:
        return warmup_lr(e, self.schedule, self.lr_start, self.t_warmup, shape=self.shape)


@dataclass(repr=False)
class SequenceLR(LRIterator):
    """Schedules one after the other, each for its duration and on its own clock. Equation and arguments: `sequence_lr`.

    >>> SequenceLR([(2, ConstantLR(0.1))], PolynomialLR(0.5, 0.0, t_max=2)).values(6)
    [0.1, 0.1, 0.5, 0.25, 0.0, 0.0]
    """

    pieces: Sequence[tuple[float, Schedule]]
    then: Schedule

    def __call__(self, e: float, /) -> float:
        return sequence_lr(e, self.pieces, self.then)


@dataclass(repr=False)
class RestartLR(LRIterator):
    """A schedule that starts again every `t_max` epochs. Equation and arguments: `restart_lr`.

    >>> RestartLR(PolynomialLR(0.5, 0.1, t_max=2), t_max=2, gamma=0.5).values(5)
    [0.5, 0.3, 0.3, 0.2, 0.2]
    """

    schedule: Schedule
    t_max: float
    _: KW_ONLY
    t_mult: float = 1
    gamma: float = 1.0
    n_cycles: int | None = None

    def __call__(self, e: float, /) -> float:
        return restart_lr(e, self.schedule, self.t_max, t_mult=self.t_mult, gamma=self.gamma, n_cycles=self.n_cycles)

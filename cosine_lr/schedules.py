# SPDX-License-Identifier: MIT
"""Schedules as values: each class is a function of `functions`, its fields are the arguments, all but the epoch.

`_define` returns its formula and the arguments; a user's own class has `rate` instead. The formula is bound to the
fields once, when a schedule is built, and is then called with the epoch alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from types import FunctionType

from .checks import (
    CONVERTERS, MAX_INT, PLAIN, ScheduleLike, checked, epoch, is_array, low_of, meant, namespace, peak_of, timeline,
    validated, whole_number,
)  # fmt: skip
from .formulas import (
    constant, cosine, cosine_restarts, exponential, inverse_power, multistep, polynomial, product, restart, sequence,
    shift, staircase, step, warmup,
)  # fmt: skip

TYPE_CHECKING = False  # a literal: `typing` takes a while to import
if TYPE_CHECKING:
    from dataclasses import Field
    from typing import Any, ClassVar, Protocol, overload

    from typing_extensions import dataclass_transform  # a type checker has it, installed or not

    Definition = tuple[Any, ...]  # a formula and its arguments, all but the epoch

    class Array(Protocol):  # of NumPy >= 2.0, JAX, CuPy ...
        def __array_namespace__(self) -> Any: ...
else:

    def dataclass_transform(**_):  # it does nothing at run time, and `typing` has it from Python 3.11 on only
        return lambda kind: kind


# Fields that are written without their names in a repr: the rates and schedules that come first.
_UNNAMED = ("lr_init", "lr_min", "schedule", "schedules", "pieces", "then")


def bound(formula: Callable[..., float], *arguments: object) -> ScheduleLike:
    """Return the formula as a function of the epoch alone: the same code, with the arguments as its defaults.

    So a formula is a plain function: no closure, no keyword-only parameter. A closure around it would cost a call.
    """
    defaults = tuple(map(_callable_part, arguments))
    return FunctionType(formula.__code__, formula.__globals__, formula.__name__, defaults)


def _callable_part(value: Any) -> Any:
    """Return the argument with each schedule in it as `formula_of` returns it."""
    if isinstance(value, tuple):
        return tuple(map(_callable_part, value))
    return formula_of(value) if callable(value) else value


def formula_of(schedule: Any) -> ScheduleLike:
    """Return the schedule as a function of valid epochs whose rates are valid: of a `Schedule`, its bound formula."""
    return schedule._formula if isinstance(schedule, Schedule) else validated(schedule)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Schedule:
    """A learning rate as a function of the epoch, `schedule(e)`, that is a value, like a number or a tuple.

    Its fields are validated when it is built and cannot be changed: `dataclasses.replace(schedule, t_max=120)` builds
    another. Schedules of one class with equal fields are equal, have equal hashes and equal rates. They print as what
    `parse` reads. A schedule has no position, so it can be shared, and called in any order and in any thread. It is no
    iterator; `LRIterator(schedule)` is one. A copy is the schedule itself.

    For a schedule of your own, write a subclass with its numbers as annotated fields and one method, `rate`: the
    formula. The subclass becomes a frozen dataclass, without a decorator. Fields that have names of this package are
    validated, and so is what `rate` returns; lists become tuples. A `__post_init__` of your own calls
    `super().__post_init__()` first. What it works out is stored with `object.__setattr__`, as in any frozen dataclass;
    `cached_property` does not cache.

    >>> class ReciprocalLR(Schedule):
    ...     lr_init: float
    ...     t_scale: float = 1
    ...     def rate(self, e, /):
    ...         return self.lr_init / (1 + e / self.t_scale)
    >>> schedule = ReciprocalLR(0.5, t_scale=10)
    >>> schedule, schedule(10)
    (ReciprocalLR(0.5, t_scale=10), 0.25)
    """

    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
        _definition: Definition | None
        _formula: ScheduleLike
    else:

        def __new__(cls, /, *_, **arguments):  # in front of the dataclass's own __init__, for a better message
            if cls is Schedule:
                raise TypeError("Schedule is a base class: build one of its subclasses, such as CosineLR")
            for name in arguments:
                if name not in cls.__dataclass_fields__:
                    raise TypeError(f"{cls.__name__} has no argument {name}{meant(name, cls.__dataclass_fields__)}")
            return object.__new__(cls)

        # PyTorch's LambdaLR saves the __dict__ of a callable and later updates it, past `frozen`. It gets an empty one,
        # so it saves nothing and changes nothing. pydantic sets it to build a dataclass.
        __dict__ = property(lambda self: {}, lambda self, attributes: self._store(attributes))

    def __init_subclass__(cls) -> None:
        if "__init__" in cls.__dict__:
            raise TypeError(f"{cls.__name__} must not define __init__: its numbers are annotated fields")
        if cls.__call__ is not Schedule.__call__:
            raise TypeError(f"{cls.__name__} must not override __call__: its formula is the method rate(self, e, /)")
        super().__init_subclass__()
        dataclass(frozen=True, repr=False)(cls)
        known = cls.__dataclass_fields__  # not the annotations: from Python 3.14 on they may not be evaluated yet
        for name in known.keys() & {*dir(Schedule), "_definition", "_formula"}:
            raise TypeError(f"{cls.__name__} must not have a field named {name}, which is an attribute of Schedule")
        for name in CONVERTERS.keys() & cls.__dict__.keys():
            value = cls.__dict__[name]
            if type(value) in PLAIN and getattr(known.get(name), "default", None) is not value:
                raise TypeError(f"{cls.__name__} must not have {name} without an annotation: {name}: float = ...")

    def __post_init__(self) -> None:
        self._store(checked(**self.__getstate__()))
        definition = self._define() if type(self).rate is Schedule.rate else None
        formula = bound(*definition) if definition else validated(self.rate)
        self._store({"_definition": definition, "_formula": formula})

    def _store(self, attributes: dict[str, object]) -> None:
        for name, value in attributes.items():
            object.__setattr__(self, name, value)  # past `frozen`, in this file only here

    def _define(self) -> Definition:
        """Return the formula and its arguments, all but the epoch: for `bound`, and for arrays."""
        raise NotImplementedError(f"{type(self).__name__} has no method rate(self, e, /)")

    def rate(self, e: float, /) -> float:
        """Return the rate of epoch `e`, an int or float >= 0. A method to write, not to call: call the schedule."""
        return bound(*self._define())(e)

    if TYPE_CHECKING:

        @overload
        def __call__(self, e: float, /) -> float: ...
        @overload
        def __call__(self, e: complex | Array, /) -> Any: ...  # optax may pass any number, by its types

    def __call__(self, e: Any, /) -> Any:
        """Return the rate of epoch `e`, any number, as a float; of an array of epochs the array of their rates.

        An array is one of NumPy >= 2.0, JAX or another library that has `__array_namespace__`, or a number that such a
        library traces in compiled code. For arrays of other libraries see `on`.
        """
        formula = self._formula
        if type(e) in PLAIN and 0 <= e <= MAX_INT:
            return formula(e)
        return self.on(e.__array_namespace__())(e) if is_array(e) else formula(epoch("e", e))

    def on(self, xp: Any) -> Callable[[Any], Any]:
        """Return the schedule as a function from arrays of epochs to arrays of rates, both of the library `xp`.

        `xp` is a module: torch, keras.ops, tensorflow.experimental.numpy, mlx.core, numpy, jax.numpy. Whatever the
        function gets, a number too, it returns an array.
        """
        from .arrays import rates  # only here: it is rarely needed

        return partial(rates, self, xp=namespace(xp))

    def values(self, n: int) -> list[float]:
        """Return the rates of epochs 0 to n - 1.

        >>> StepLR(0.5, step_size=2, gamma=0.5).values(5)
        [0.5, 0.5, 0.25, 0.25, 0.125]
        """
        formula = self._formula
        return [formula(e) for e in range(whole_number("n", n, 0))]

    def __repr__(self) -> str:
        """Return what `parse` reads: no field that has its default, and the first ones without their names."""
        parts, named = [], False
        for each in fields(self):
            text = repr(getattr(self, each.name))
            hidden = not (each.init and each.repr) or text == repr(each.default)
            named = bool(named or hidden or each.kw_only or each.name not in _UNNAMED)
            if not hidden:
                parts.append(f"{each.name}={text}" if named else text)
        return f"{type(self).__name__}({', '.join(parts)})"

    def __dir__(self) -> list[str]:
        return [*object.__dir__(self), *self.__getstate__()]

    def __deepcopy__(self, memo: object = None) -> Schedule:
        return self  # a value is its own copy

    __copy__ = __deepcopy__

    def __reduce_ex__(self, protocol: Any) -> Any:
        return super().__reduce_ex__(max(protocol, 2))  # older protocols leave out a state without fields

    def __getstate__(self) -> dict[str, object]:
        return {each.name: getattr(self, each.name) for each in fields(self) if each.init}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__init__(**state)  # type: ignore[misc]  # a pickle has the fields alone; the rest is built anew


class ConstantLR(Schedule):
    """The same rate at every epoch: LR_e = lr_init. See `constant_lr`.

    >>> ConstantLR(0.1).values(3)
    [0.1, 0.1, 0.1]
    """

    lr_init: float

    def _define(self) -> Definition:
        return constant, self.lr_init


class CosineLR(Schedule):
    """Cosine annealing: LR_e = lr_min + (lr_init - lr_min) * (1 + cos(pi * e / t_max)) / 2,
    and `lr_min` from epoch `t_max` on. See `cosine_lr`.

    >>> CosineLR(0.1, 0.001, t_max=10).values(12)[::5]
    [0.1, 0.0505, 0.001]
    """

    lr_init: float
    lr_min: float
    t_max: float

    def _define(self) -> Definition:
        return cosine, self.lr_init, self.lr_min, self.t_max


class CosineRestartsLR(Schedule):
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

    def _define(self) -> Definition:
        return cosine_restarts, self.lr_init, self.lr_min, self.t_max, self.t_mult, self.gamma, self.n_cycles


class PolynomialLR(Schedule):
    """Polynomial decay: LR_e = lr_min + (lr_init - lr_min) * (1 - (e / t_max)**k_decay)**power, by default a
    straight line, and `lr_min` from epoch `t_max` on. See `polynomial_lr`.

    >>> PolynomialLR(0.5, 0.0, t_max=4).values(6)
    [0.5, 0.375, 0.25, 0.125, 0.0, 0.0]
    """

    lr_init: float
    lr_min: float
    t_max: float
    power: float = field(default=1.0, kw_only=True)
    k_decay: float = field(default=1.0, kw_only=True)

    def _define(self) -> Definition:
        return polynomial, self.lr_init, self.lr_min, self.t_max, self.power, self.k_decay


class ExponentialLR(Schedule):
    """Multiplicative decay: LR_e = max(lr_min, lr_init * gamma**(e / t_scale)). See `exponential_lr`.

    >>> ExponentialLR(0.5, gamma=0.5).values(4)
    [0.5, 0.25, 0.125, 0.0625]
    """

    lr_init: float
    gamma: float
    t_scale: float = field(default=1, kw_only=True)
    lr_min: float = field(default=0.0, kw_only=True)

    def _define(self) -> Definition:
        return exponential, self.lr_init, self.gamma, self.t_scale, self.lr_min


class StepLR(Schedule):
    """Step decay: LR_e = max(lr_min, lr_init * gamma**floor(e / step_size)). See `step_lr`.

    >>> StepLR(0.5, step_size=2, gamma=0.5).values(5)
    [0.5, 0.5, 0.25, 0.25, 0.125]
    """

    lr_init: float
    step_size: float
    gamma: float
    lr_min: float = field(default=0.0, kw_only=True)

    def _define(self) -> Definition:
        return step, self.lr_init, self.step_size, self.gamma, self.lr_min


class MultiStepLR(Schedule):
    """Step decay at epochs: LR_e = max(lr_min, lr_init * gamma**(number of milestones <= e)). See `multistep_lr`.

    >>> MultiStepLR(0.5, milestones=(1, 3), gamma=0.5).values(5)
    [0.5, 0.25, 0.25, 0.125, 0.125]
    """

    lr_init: float
    milestones: Sequence[float]
    gamma: float
    lr_min: float = field(default=0.0, kw_only=True)

    def _define(self) -> Definition:
        return multistep, self.lr_init, self.milestones, self.gamma, self.lr_min


class InversePowerLR(Schedule):
    """Inverse-power decay: LR_e = max(lr_min, lr_init * (t_scale / (t_scale + e))**power), by default the
    inverse square root. See `inverse_power_lr`.

    >>> [InversePowerLR(0.5, t_scale=1000)(e) for e in (0, 3000, 15000)]
    [0.5, 0.25, 0.125]
    """

    lr_init: float
    t_scale: float
    power: float = field(default=0.5, kw_only=True)
    lr_min: float = field(default=0.0, kw_only=True)

    def _define(self) -> Definition:
        return inverse_power, self.lr_init, self.t_scale, self.power, self.lr_min


class WarmupLR(Schedule):
    """A warm-up from `lr_start` at epoch 0 to schedule(0) at epoch `t_warmup`, then schedule(e - t_warmup).
    `curve` is "linear", "cosine" or "exponential", bent by `power`. See `warmup_lr`.

    >>> WarmupLR(CosineLR(0.5, 0.0, t_max=95), lr_start=0.1, t_warmup=4).values(5)
    [0.1, 0.2, 0.3, 0.4, 0.5]
    """

    schedule: ScheduleLike
    lr_start: float
    t_warmup: float
    curve: str = field(default="linear", kw_only=True)
    power: float = field(default=1.0, kw_only=True)

    def _define(self) -> Definition:
        peak = peak_of(self.schedule, self.lr_start, self.curve)
        return warmup, self.schedule, peak, self.lr_start, self.t_warmup, self.curve, self.power


class SequenceLR(Schedule):
    """Schedules one after the other, each from its own epoch 0: `pieces`, which are pairs (duration, schedule), and
    from their end on `then`. See `sequence_lr`.

    >>> SequenceLR([(2, ConstantLR(0.1))], PolynomialLR(0.5, 0.0, t_max=2)).values(6)
    [0.1, 0.1, 0.5, 0.25, 0.0, 0.0]
    """

    pieces: Sequence[tuple[float, ScheduleLike]]
    then: ScheduleLike

    def _define(self) -> Definition:
        return sequence, *timeline(self.pieces, self.then)


class RestartLR(Schedule):
    """The first `t_max` epochs of a schedule, again and again: cycle i = 0, 1, ... is t_mult**i times as long, and its
    height above schedule(t_max) is multiplied by gamma**i; after `n_cycles`, if any, schedule(t_max). See `restart_lr`.

    >>> RestartLR(PolynomialLR(0.5, 0.1, t_max=2), t_max=2, gamma=0.5).values(5)
    [0.5, 0.3, 0.3, 0.2, 0.2]
    """

    schedule: ScheduleLike
    t_max: float
    t_mult: float = field(default=1, kw_only=True)
    gamma: float = field(default=1.0, kw_only=True)
    n_cycles: int | None = field(default=None, kw_only=True)

    def _define(self) -> Definition:
        low = low_of(self.schedule, self.t_max, self.gamma, self.n_cycles)
        return restart, self.schedule, low, self.t_max, self.t_mult, self.gamma, self.n_cycles


class ShiftLR(Schedule):
    """A schedule that is entered `t_shift` epochs after its start: LR_e = schedule(e + t_shift). See `shift_lr`.

    >>> ShiftLR(PolynomialLR(0.5, 0.0, t_max=4), t_shift=2).values(4)
    [0.25, 0.125, 0.0, 0.0]
    """

    schedule: ScheduleLike
    t_shift: float

    def _define(self) -> Definition:
        return shift, self.schedule, self.t_shift


class ProductLR(Schedule):
    """A rate times factors, all at the same epoch: LR_e = schedules[0](e) * schedules[1](e) * ... See `product_lr`.

    >>> ProductLR([PolynomialLR(0.5, 0.0, t_max=4), StepLR(1.0, step_size=2, gamma=0.5)]).values(5)
    [0.5, 0.375, 0.125, 0.0625, 0.0]
    """

    schedules: Sequence[ScheduleLike]

    def _define(self) -> Definition:
        return product, self.schedules


class StaircaseLR(Schedule):
    """A schedule that moves only every `step_size` epochs: LR_e = schedule(step_size * floor(e / step_size)).
    See `staircase_lr`.

    >>> StaircaseLR(PolynomialLR(0.5, 0.0, t_max=4), step_size=2).values(6)
    [0.5, 0.5, 0.25, 0.25, 0.0, 0.0]
    """

    schedule: ScheduleLike
    step_size: float

    def _define(self) -> Definition:
        return staircase, self.schedule, self.step_size

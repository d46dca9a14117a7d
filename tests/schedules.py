"""One row per public function and its class. Whatever ranges over schedules ranges over these rows: the laws, the
fuzzer, other interpreters, arrays, the type checker's file. A public name without a row is a red test.

It needs the package and the standard library alone. `laws/draws.py` draws more calls, argument by argument.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

from cosine_lr import (
    ConstantLR, CosineLR, CosineRestartsLR, ExponentialLR, InversePowerLR, MultiStepLR, PolynomialLR, Schedule,
    SequenceLR, StepLR, WarmupLR, constant_lr, cosine_lr, cosine_restarts_lr, exponential_lr, inverse_power_lr,
    multistep_lr, parse, polynomial_lr, product_lr, restart_lr, sequence_lr, shift_lr, staircase_lr, step_lr, warmup_lr,
)  # fmt: skip
from tests import contract, oracles

WORKED = (0.1, 0.001, 10)  # the worked example: lr_init, lr_min, t_max
DECAY = CosineLR(*WORKED)
TRIANGLE = WarmupLR(PolynomialLR(0.1, 0.0, 5), 0.0, 5)  # up for 5 epochs, down for 5
EPOCHS = [0, 1, 3, 7, 10, 11, 33, 100, 331, 0.3, 2.5, 3.3, 33.3, 10**9, 10**15, -5]
TIMES = ("t_max", "t_scale", "step_size", "milestones", "t_warmup", "t_shift", "pieces")  # arguments that hold times

Call = partial[float]  # of a public function; it takes the epoch: call(3)


class Known(NamedTuple):
    """What laws 1 to 3 say of a schedule: its first rate, its last, which holds from epoch `end` on, the lowest, the
    highest, and whether it only falls. A schedule that has no end has no last rate, and its end is infinite."""

    first: float
    last: float | None
    low: float
    high: float
    end: float
    falls: bool = False


@dataclass(repr=False, eq=False)
class Row:
    """A function and its class."""

    call: Call  # every argument is here and at work: none has its default, each changes a rate of the first 200 epochs
    more: list[dict[str, Any]]  # the arguments of further good calls
    ulps: Callable[..., float]  # law 6: the bound, of the exact rate and the arguments
    ends: Callable[..., float] = lambda **_: math.inf  # of a formula: the epoch from which it is `lr_min`
    parts: Callable[..., Known] | None = None  # of a combinator: what is known, of its arguments
    function: Callable[..., float] = field(init=False)
    schedule: type[Schedule] = field(init=False)
    oracle: Callable[..., Decimal] = field(init=False)  # the exact rate, of the epoch and all arguments

    def __post_init__(self) -> None:
        name = self.call.func.__name__
        classes = {each.__name__.lower(): each for each in Schedule.__subclasses__()}
        self.function, self.oracle = self.call.func, getattr(oracles, name)
        self.schedule = classes[name.replace("_", "")]

    def __repr__(self) -> str:
        return self.function.__name__

    @property
    def calls(self) -> list[Call]:
        return [self.call, *(partial(self.function, **arguments) for arguments in self.more)]


def known(schedule: Any) -> Known:
    row, arguments = row_of(schedule), values_of(schedule)
    if row.parts:
        return row.parts(**arguments)
    high, end = arguments["lr_init"], row.ends(**arguments)
    low = arguments.get("lr_min", high)
    return Known(high, _last(low, end), low, high, end, falls=arguments.get("n_cycles", 1) == 1)


def ulps(want: Decimal, schedule: Any) -> float:
    return row_of(schedule).ulps(want, **values_of(schedule))


def _last(rate: float, end: float) -> float | None:
    return None if end == math.inf else rate


def _cycles_end(t_max: float, t_mult: float, n_cycles: int | None) -> float:
    return math.inf if n_cycles is None else sum(t_max * t_mult**i for i in range(n_cycles))


def _moved(want: Decimal, height: float) -> float:
    """Where the place in a cycle is rounded, the rate moves along its curve: 10**-9 of the height."""
    return 1e-9 * height / math.ulp(float(want))


def _ln(one: float | Decimal, other: float) -> float:
    return abs(math.log(one) - math.log(other)) if one and other else 0.0


def _warmup(schedule: Any, lr_start: float, t_warmup: float, **_: Any) -> Known:
    inner = known(schedule)
    if t_warmup == 0:
        return inner
    return Known(lr_start, inner.last, min(lr_start, inner.low), inner.high, inner.end + t_warmup)


def _warmup_ulps(want: Decimal, schedule: Any, lr_start: float, t_warmup: float, curve: str, power: float) -> float:
    peak = known(schedule).first
    most = {"linear": 4.0, "cosine": 8.0, "exponential": 4.0 + _ln(peak, lr_start)}[curve]
    if power != 1.0:
        most = 8.0 + 5.0 * power if curve == "cosine" else most + 12.0 + 5.0 * max(power - 4.0, 0.0)
    return most + ulps(want, schedule)


def _sequence(pieces: Any, then: Any) -> Known:
    parts = [known(each) for duration, each in [*pieces, (1, then)] if duration]
    low, high = min(each.low for each in parts), max(each.high for each in parts)
    end = parts[-1].end + sum(duration for duration, _ in pieces)
    return Known(parts[0].first, parts[-1].last, low, high, end)


def _restart(schedule: Any, t_max: float, t_mult: float, gamma: float, n_cycles: int | None) -> Known:
    inner, end = known(schedule), _cycles_end(t_max, t_mult, n_cycles)
    return Known(inner.first, _last(schedule(t_max), end), inner.low, inner.high, end)


def _restart_ulps(want: Decimal, schedule: Any, t_max: float, t_mult: float, gamma: float, **_: Any) -> float:
    if t_mult != 1:
        return _moved(want, known(schedule).high)
    return ulps(want, schedule) if gamma == 1.0 else 2.0 * ulps(want, schedule) + 4.0


def _shift(schedule: Any, t_shift: float) -> Known:
    inner = known(schedule)
    return inner._replace(first=schedule(t_shift), end=max(inner.end - t_shift, 0))


def _product(schedules: Any) -> Known:
    parts = [known(each) for each in schedules]
    first, low, high = (math.prod(getattr(each, name) for each in parts) for name in ("first", "low", "high"))
    last, end = math.prod(each.last or 0.0 for each in parts), max(each.end for each in parts)
    return Known(first, _last(last, end), low, high, end, all(each.falls for each in parts))


def _staircase(schedule: Any, step_size: float) -> Known:
    inner = known(schedule)
    return inner if inner.end == math.inf else inner._replace(end=-(-inner.end // step_size) * step_size)


ROWS = [
    Row(partial(constant_lr, lr_init=0.1), [{"lr_init": 0}],
        ulps=lambda want, **_: 0.5, ends=lambda **_: 0),  # the one rounding to a double
    Row(partial(cosine_lr, lr_init=0.1, lr_min=0.01, t_max=10.7),
        [{"lr_init": 0.1, "lr_min": 0.001, "t_max": 10}, {"lr_init": 3e-4, "lr_min": 0, "t_max": 100_000}],
        ulps=lambda want, **_: 8.0, ends=lambda t_max, **_: t_max),
    Row(partial(cosine_restarts_lr, lr_init=0.1, lr_min=0.01, t_max=10.7, t_mult=1.7, gamma=0.9, n_cycles=3),
        [{"lr_init": 0.1, "lr_min": 0.001, "t_max": 0.1},
         {"lr_init": 0.1, "lr_min": 0.001, "t_max": 10, "t_mult": 2, "gamma": 0.5, "n_cycles": 5},
         {"lr_init": 0.1, "lr_min": 1e-5, "t_max": 10, "t_mult": 1.5},
         {"lr_init": 0.1, "lr_min": 1e-5, "t_max": 7.5, "t_mult": 1.001, "n_cycles": 1}],
        ulps=lambda want, lr_init, t_mult, gamma, **_: (  # of less height they round four times more
            _moved(want, lr_init) if t_mult % 1 else 8.0 + 4.0 * (gamma < 1.0)),
        ends=lambda t_max, t_mult, n_cycles, **_: _cycles_end(t_max, t_mult, n_cycles)),
    Row(partial(polynomial_lr, lr_init=0.1, lr_min=0.01, t_max=10.7, power=1.3, k_decay=0.7),
        [{"lr_init": 0.1, "lr_min": 0.0, "t_max": 100},
         {"lr_init": 0.1, "lr_min": 0.001, "t_max": 10, "power": 2, "k_decay": 0.5}],
        ulps=lambda want, **_: 16.0, ends=lambda t_max, **_: t_max),
    Row(partial(exponential_lr, lr_init=0.1, gamma=0.9, t_scale=2.5, lr_min=0.01),
        [{"lr_init": 0.1, "gamma": 0.9}, {"lr_init": 0.1, "gamma": 1.0, "t_scale": 1000}],
        ulps=lambda want, lr_init, t_scale, **_: 4.0 + (_ln(want, lr_init) if t_scale != 1 else 0.0)),
    Row(partial(step_lr, lr_init=0.1, step_size=10.7, gamma=0.7, lr_min=0.01),
        [{"lr_init": 0.1, "step_size": 3, "gamma": 0.5},
         {"lr_init": 0.1, "step_size": 0.1, "gamma": 0.1, "lr_min": 1e-5}],
        ulps=lambda want, **_: 4.0),
    Row(partial(multistep_lr, lr_init=0.1, milestones=(3.1, 9.7), gamma=0.7, lr_min=0.06),
        [{"lr_init": 0.1, "milestones": [30, 60], "gamma": 0.1}, {"lr_init": 0.1, "milestones": [], "gamma": 0.5},
         {"lr_init": 0.1, "milestones": [0.5, 3, 3], "gamma": 0.5}],
        ulps=lambda want, **_: 4.0),
    Row(partial(inverse_power_lr, lr_init=0.1, t_scale=10.7, power=0.3, lr_min=0.05),
        [{"lr_init": 0.1, "t_scale": 4}, {"lr_init": 0.1, "t_scale": 1000, "power": 2, "lr_min": 1e-4}],
        ulps=lambda want, **_: 8.0),
    Row(partial(warmup_lr, schedule=DECAY, lr_start=0.01, t_warmup=10.7, curve="cosine", power=1.3),
        [{"schedule": InversePowerLR(0.1, 4), "lr_start": 0.0, "t_warmup": 5},
         {"schedule": TRIANGLE, "lr_start": 0, "t_warmup": 0},
         {"schedule": ExponentialLR(0.1, 0.5), "lr_start": 1e-5, "t_warmup": 100, "curve": "exponential"},
         {"schedule": DECAY, "lr_start": 0.0, "t_warmup": 5, "curve": "cosine", "power": 2}],
        ulps=_warmup_ulps, parts=_warmup),
    Row(partial(sequence_lr, pieces=((1.1, ConstantLR(0.05)), (4.5, StepLR(0.1, 2, 0.5))), then=DECAY),
        [{"pieces": [], "then": MultiStepLR(0.1, [3, 7], 0.1)},
         {"pieces": [(0, DECAY), (3, DECAY), (0.5, TRIANGLE), (0, DECAY)], "then": ConstantLR(0.05)}],
        ulps=lambda want, pieces, then: max(ulps(want, each) for _, each in [*pieces, (0, then)]), parts=_sequence),
    Row(partial(restart_lr, schedule=DECAY, t_max=7.3, t_mult=1.7, gamma=0.9, n_cycles=3),
        [{"schedule": TRIANGLE, "t_max": 10, "t_mult": 2, "gamma": 0.5, "n_cycles": 4},
         {"schedule": SequenceLR([(3, ConstantLR(0.1))], DECAY), "t_max": 8, "n_cycles": 2}],
        ulps=_restart_ulps, parts=_restart),
    Row(partial(shift_lr, schedule=DECAY, t_shift=2.7),
        [{"schedule": CosineRestartsLR(*WORKED, t_mult=2), "t_shift": 10}, {"schedule": TRIANGLE, "t_shift": 0}],
        ulps=lambda want, schedule, **_: ulps(want, schedule), parts=_shift),
    Row(partial(product_lr, schedules=(DECAY, StepLR(1.0, 3, 0.5))),
        [{"schedules": [DECAY]}, {"schedules": [TRIANGLE, StepLR(1.0, 7, 0.5), ConstantLR(0.5)]}],
        ulps=lambda want, schedules: sum(ulps(want, each) for each in schedules) + len(schedules) - 1, parts=_product),
    Row(partial(staircase_lr, schedule=DECAY, step_size=2.3),
        [{"schedule": TRIANGLE, "step_size": 3}, {"schedule": ExponentialLR(0.1, 0.5), "step_size": 0.1}],
        ulps=lambda want, schedule, **_: ulps(want, schedule), parts=_staircase),
]  # fmt: skip
FORMULAS = [row for row in ROWS if row.parts is None]
COMBINATORS = [row for row in ROWS if row.parts]
CLASSES = {row.function.__name__: row.schedule for row in ROWS}


def row_of(schedule: Schedule) -> Row:
    return next(row for row in ROWS if row.schedule is type(schedule))


def values_of(schedule: Any) -> dict[str, Any]:
    return {each.name: getattr(schedule, each.name) for each in fields(schedule)}


def built(call: Call) -> Schedule:
    """The schedule whose rate the call returns."""
    return CLASSES[call.func.__name__](**call.keywords)


def times_of(schedule: Schedule) -> list[float]:
    """All times in the schedule, those of its parts too."""
    found: list[float] = []
    in_unit(schedule, lambda t: (t, found.append(t))[0])  # type: ignore[func-returns-value]
    return found


def facts(schedule: Schedule, epochs: list[float]) -> dict[str, Any]:
    """What `contract.check` is to know of the schedule. Its times are whole, or it is one formula alone."""
    first, last, low, high, end, falls = known(schedule)
    found: dict[str, Any] = {"lr_init": first, "low": low, "high": high, "epochs": epochs, "read": parse}
    whole = all(isinstance(t, int) for t in times_of(schedule))
    if end < math.inf:
        found |= {"lr_min": last, "t_max": end, "falling": []}
    if falls:
        gap = 1e-9 * max([1, *times_of(schedule)])
        found["falling"] = [e for e, after in pairwise(sorted({*epochs, math.inf})) if after - e >= gap]
    if whole or "t_mult" not in repr(schedule) and not row_of(schedule).parts:
        found |= {"exact": partial(oracles.rate, schedule), "ulps": lambda want: ulps(want, schedule)}
    if whole:
        slack = 1e-9 * high if "RestartLR(" in repr(schedule) and "t_mult" in repr(schedule) else 0.0
        found["in_unit"] = lambda k: (in_unit(schedule, lambda t: t * k), slack)
    return found


def broken(schedule: Schedule, epochs: list[float], number: int) -> list[str]:
    """What the schedule breaks of the law of this number."""
    known = facts(schedule, epochs)
    if number == 6:
        del known["lr_init"]
        known.pop("lr_min", None)
    found = contract.check(schedule, contract.of(number), **known)
    return [f"{name}: {each}" for name, each in found.items() if each]


def around(part: Callable[[float], float]) -> list[Call]:
    """Every combinator, with `part`, which starts at 0.01 or above, in the place of every schedule."""
    pieces = [(1.1, part), (4.5, part)]
    inside = {"schedule": part, "then": part, "schedules": [part, part], "pieces": pieces}
    return [partial(row.call, **{k: inside[k] for k in {*inside} & {*row.call.keywords}}) for row in COMBINATORS]


def in_unit(schedule: Any, convert: Callable[[float], float]) -> Any:
    """The schedule with all of its times converted."""
    return replace(schedule, **{name: _converted(name, value, convert) for name, value in values_of(schedule).items()})


def _converted(name: str, value: Any, convert: Callable[[float], float]) -> Any:
    if isinstance(value, Schedule):
        return in_unit(value, convert)
    if isinstance(value, tuple):  # milestones, schedules, and pieces, which are tuples too
        return tuple(_converted(name, each, convert) for each in value)
    return convert(value) if name in TIMES else value


CALLS = [call for row in ROWS for call in row.calls]
SCHEDULES = [built(call) for call in CALLS]


# What is no schedule of this package, but may stand in its place.


def worked_example(e: float) -> float:
    return cosine_lr(e, 0.1, lr_min=0.001, t_max=10)


class HarmonicLR(Schedule):
    """A schedule of one's own, as the README says."""

    lr_init: float

    def rate(self, e: float, /) -> float:
        return self.lr_init / (1.0 + e)


OTHERS: list[Callable[[float], float]] = [
    worked_example,
    lambda e: 0.1,
    partial(polynomial_lr, lr_init=0.1, lr_min=0.0, t_max=9.5),
    HarmonicLR(0.1),
]

"""A stranger's file: every public name, used as its users use it. It needs nothing but the package.

`.ci/run types` checks it with mypy and pyright against the installed wheel, and runs it.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cosine_lr import (
    ConstantLR, CosineLR, CosineRestartsLR, ExponentialLR, InversePowerLR, LRIterator, MultiStepLR, PolynomialLR,
    ProductLR, RestartLR, Schedule, SequenceLR, ShiftLR, StaircaseLR, StepLR, WarmupLR,
    constant_lr, cosine_lr, cosine_restarts_lr, exponential_lr, inverse_power_lr, multistep_lr, parse, polynomial_lr,
    product_lr, restart_lr, sequence_lr, shift_lr, staircase_lr, step_lr, warmup_lr,
)  # fmt: skip

if TYPE_CHECKING:
    from typing_extensions import assert_type
else:

    def assert_type(value: Any, kind: Any) -> None: ...


def linear(e: float) -> float:
    return 0.1 / (1 + e)


class MyOwnLR(Schedule):
    """A schedule of one's own: no decorator."""

    lr_init: float
    t_max: float

    def rate(self, e: float, /) -> float:
        left = max(1 - e / self.t_max, 0.0)
        return self.lr_init * left / (0.5 + 0.5 * left)


class Epochs:
    """An array, as far as its type goes."""

    def __array_namespace__(self, *, api_version: str | None = None) -> Any: ...


cosine = CosineLR(0.1, 0.001, t_max=10)
rex = MyOwnLR(0.1, t_max=10)
rates: list[float] = [
    constant_lr(3, 0.1), cosine_lr(3, 0.1, 0.001, 10), shift_lr(3, linear, t_shift=2.5), product_lr(3, (linear, rex)),
    cosine_restarts_lr(3, 0.1, 0.001, 10, t_mult=1.5, gamma=0.5, n_cycles=3), staircase_lr(3, linear, step_size=2),
    polynomial_lr(3, 0.1, 0.001, 10, power=2, k_decay=0.5), step_lr(3, 0.1, step_size=30, gamma=0.1, lr_min=0.001),
    exponential_lr(3.5, 0.1, gamma=0.9, t_scale=2.5, lr_min=0.001),
    multistep_lr(3, 0.1, milestones=[30, 60.5], gamma=0.1, lr_min=0.001),
    inverse_power_lr(3, 0.1, t_scale=1000, power=0.3, lr_min=0.001),
    warmup_lr(3, linear, 0.01, 5, curve="cosine", power=2),
    sequence_lr(3, [(5, linear), (2.5, lambda e: 0.1)], then=cosine),
    restart_lr(3, rex, t_max=10, t_mult=2, gamma=0.5, n_cycles=None),
]  # fmt: skip
schedules: list[Schedule] = [
    ConstantLR(0.1), cosine, rex, ShiftLR(linear, t_shift=2.5), ProductLR([linear, rex]),
    CosineRestartsLR(0.1, 0.001, 10, t_mult=1.5, gamma=0.5, n_cycles=3), StaircaseLR(linear, step_size=2),
    PolynomialLR(0.1, 0.001, 10, power=2, k_decay=0.5), StepLR(0.1, step_size=30, gamma=0.1, lr_min=0.001),
    ExponentialLR(0.1, gamma=0.9, t_scale=2.5, lr_min=0.001),
    MultiStepLR(0.1, milestones=(30, 60.5), gamma=0.1, lr_min=0.001),
    InversePowerLR(0.1, t_scale=1000, power=0.3, lr_min=0.001),
    WarmupLR(linear, lr_start=0.01, t_warmup=5, curve="cosine", power=2),
    SequenceLR([(5, linear), (2.5, lambda e: 0.1)], then=cosine),
    RestartLR(rex, t_max=10, t_mult=2, gamma=0.5, n_cycles=None),
    parse("WarmupLR(MyOwnLR(0.1, t_max=10), 0.01, 5)", MyOwnLR),
]  # fmt: skip
for schedule in schedules:
    as_function: Callable[[float], float] = schedule
    numeric: Callable[[complex], complex] = schedule  # a part of how optax declares a schedule
    assert_type(schedule(3), float)
    assert_type(schedule(3.5), float)
    assert_type(schedule.values(4), "list[float]")
    run = LRIterator(schedule, e=2)
    as_iterator: Iterator[float] = run
    state: dict[str, int] = run.state_dict()
    run.load_state_dict(state)
    if not next(as_iterator) == as_function(2) == schedule.values(3)[-1] or run.e != 3:
        raise SystemExit(f"{run!r}: {schedule(2)}")

of_arrays: Callable[[Epochs], Any] = cosine  # as optax declares a schedule
on_library: Callable[[Any], Callable[[Any], Any]] = cosine.on
if TYPE_CHECKING:
    assert_type(cosine(Epochs()), Any)
    cosine("3")  # type: ignore[call-overload]  # pyright: ignore
    cosine.t_max = 3  # type: ignore[misc]  # pyright: ignore
    MyOwnLR(0.1)  # type: ignore[call-arg]  # pyright: ignore
    for lr in cosine:  # type: ignore[attr-defined]  # pyright: ignore
        pass

longer = replace(cosine, t_max=99)
assert_type(longer, CosineLR)
assert_type(replace(rex, t_max=99), MyOwnLR)
names = {cosine: "cosine", longer: "longer"}
t_max: float = longer.t_max
print(*(f"{lr:.4f}" for _, lr in zip(range(3), LRIterator(cosine))), names[replace(longer, t_max=10)], t_max)

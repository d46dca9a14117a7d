"""Other libraries' schedulers and ours, side by side: one table as data.

`test_peers.py` evaluates what is written in each row, drives the real scheduler as its users do and compares the
curves. `python -m tests.frameworks.migrating --write` puts the table into MIGRATING.md. A library is imported only when
it is driven.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from math import frexp
from typing import Any

import cosine_lr

Drive = Callable[[str, range], Iterator[float]]
NAMES = {name: getattr(cosine_lr, name) for name in cosine_lr.__all__}


@dataclass(frozen=True)
class Wrong:
    """Epochs at which theirs is not ours, and the two rates at one of them."""

    epochs: range
    at: int
    theirs: float
    ours: float


@dataclass(frozen=True)
class Peer:
    """A call of theirs, which is evaluated as it stands, and our expression for the same curve."""

    theirs: str
    ours: str
    remark: str = ""
    epochs: range = range(121)  # those that are compared: 100, and 20 past the end
    wrong: Wrong | None = None
    stops: tuple[int, str] | None = None  # the epoch that theirs has no rate for, and the error it raises
    drive: Drive | None = None  # if not as the rest of its library
    peak: float = 0.1  # the optimizer's rate, or the highest momentum

    def schedule(self) -> Callable[[float], float]:
        """Return our schedule: read as notation, or else evaluated as Python with the names of this package."""
        return cosine_lr.parse(self.ours) if self.is_notation() else eval(self.ours, dict(NAMES))

    def is_notation(self) -> bool:
        try:
            cosine_lr.parse(self.ours)
        except ValueError:
            return False
        return True


@dataclass(frozen=True)
class Library:
    name: str
    module: str  # where their names are from
    drive: Drive
    peers: tuple[Peer, ...]
    float32: bool = False  # computes in single precision
    alone: bool = False  # crashes in a process that TensorFlow is loaded into

    def tolerance(self, peak: float) -> float:
        """Return how far theirs may be from ours: 4 float32 ulp of the peak, or 10^-12 of it."""
        return 4 * 2.0 ** (frexp(peak)[1] - 24) if self.float32 else 1e-12 * peak


def curve(library: Library, peer: Peer) -> list[float]:
    """Return their rates of `peer.epochs`, or of those before the error that the row foretells."""
    rates: list[float] = []
    try:
        for rate in (peer.drive or library.drive)(peer.theirs, peer.epochs):
            rates.append(float(rate))
    except Exception as error:
        if (len(rates), type(error).__name__) != peer.stops:
            raise
    return rates


# The drivers. Each runs a library as its users do and yields the rate of each epoch. The rate of `optimizer` is 0.1.


def torch_optimizer() -> Any:
    torch = import_module("torch")
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)


def drive_torch(
    theirs: str,
    epochs: range,
    *,
    module: str = "torch.optim.lr_scheduler",
    to_epoch: bool = False,
    what: str = "lr",
) -> Iterator[float]:
    optimizer = torch_optimizer()
    scheduler = eval(theirs, vars(import_module(module)) | {"optimizer": optimizer})
    for epoch in epochs:
        yield optimizer.param_groups[0][what]
        optimizer.step()
        if to_epoch:
            scheduler.step(epoch + 1)
        else:
            scheduler.step()


def drive_timm(theirs: str, epochs: range) -> Iterator[float]:
    if "timm" not in sys.modules and (spec := find_spec("timm")):
        sys.modules["timm"] = module_from_spec(spec)  # the bare package: what else it imports wants torchvision
    return drive_torch(theirs, epochs, module="timm.scheduler", to_epoch=True)


def drive_ignite(theirs: str, epochs: range) -> Iterator[float]:
    engine, handlers = import_module("ignite.engine"), import_module("ignite.handlers")
    optimizer = torch_optimizer()
    used: list[float] = []

    def update(trainer: Any, batch: int) -> None:
        used.append(optimizer.param_groups[0]["lr"])
        optimizer.step()

    trainer = engine.Engine(update)
    names = vars(import_module("torch.optim.lr_scheduler")) | vars(handlers) | {"optimizer": optimizer}
    trainer.add_event_handler(engine.Events.ITERATION_STARTED, eval(theirs, names))
    trainer.run(epochs)
    return iter(used)


def drive_optax(theirs: str, epochs: range) -> Iterator[float]:
    optax = import_module("optax")
    optimizer = optax.sgd(eval(theirs, dict(vars(optax))))
    state = optimizer.init(0.0)
    update = import_module("jax").jit(optimizer.update)
    for _ in epochs:
        change, state = update(1.0, state)  # minus the rate times a gradient of 1
        yield -change


def drive_keras(theirs: str, epochs: range) -> Iterator[float]:
    keras = import_module("keras")
    optimizer = keras.optimizers.SGD(eval(theirs, dict(vars(keras.optimizers.schedules))))
    weight = keras.Variable(0.0)
    optimizer.build([weight])
    optimizer.iterations.assign(epochs[0])
    for _ in epochs:
        yield float(optimizer.learning_rate)
        optimizer.apply([keras.ops.zeros(())], [weight])


def drive_mlx(theirs: str, epochs: range) -> Iterator[float]:
    mlx = import_module("mlx.optimizers")
    optimizer = mlx.SGD(eval(theirs, dict(vars(mlx))))
    for _ in epochs:
        optimizer.update({}, {})  # which sets the rate that it then uses
        yield optimizer.learning_rate


def drive_paddle(theirs: str, epochs: range) -> Iterator[float]:
    paddle = import_module("paddle")
    scheduler = eval(theirs, dict(vars(paddle.optimizer.lr)))
    optimizer = paddle.optimizer.SGD(scheduler, parameters=paddle.nn.Linear(1, 1).parameters())
    for _ in epochs:
        yield optimizer.get_lr()
        optimizer.step()
        scheduler.step()


def drive_thinc(theirs: str, epochs: range) -> Iterator[float]:
    schedule = eval(theirs, dict(vars(import_module("thinc.schedules"))))
    optimizer = import_module("thinc.optimizers").SGD(schedule)
    for _ in epochs:
        yield optimizer.learn_rate(optimizer.step)
        optimizer.step_schedules()


def drive_fvcore(theirs: str, epochs: range) -> Iterator[float]:
    scheduler = eval(theirs, dict(vars(import_module("fvcore.common.param_scheduler"))))
    return (scheduler(epoch / 100) for epoch in epochs)


def drive_lrsched(theirs: str, epochs: range) -> Iterator[float]:
    return map(eval(theirs, dict(vars(import_module("lrsched")))), epochs)


# The rows. One set of numbers throughout: 100 epochs from the optimizer's 0.1 down to 0.001, 10 of warm-up if any.

TORCH = Library(
    "PyTorch",
    "torch.optim.lr_scheduler",
    drive_torch,
    (
        Peer(
            "LambdaLR(optimizer, lambda e: 0.95**e)",
            "ExponentialLR(0.1, gamma=0.95)",
            "any factor of your own is a schedule as it is",
        ),
        Peer("MultiplicativeLR(optimizer, lambda e: 0.95)", "ExponentialLR(0.1, gamma=0.95)"),
        Peer("ExponentialLR(optimizer, gamma=0.95)", "ExponentialLR(0.1, gamma=0.95)"),
        Peer("StepLR(optimizer, step_size=30, gamma=0.5)", "StepLR(0.1, step_size=30, gamma=0.5)"),
        Peer(
            "MultiStepLR(optimizer, milestones=[30, 60], gamma=0.5)",
            "MultiStepLR(0.1, milestones=[30, 60], gamma=0.5)",
        ),
        Peer(
            "ConstantLR(optimizer, factor=0.5, total_iters=10)",
            "SequenceLR([(10, ConstantLR(0.05))], ConstantLR(0.1))",
        ),
        Peer(
            "LinearLR(optimizer, start_factor=0.1, total_iters=10)",
            "WarmupLR(ConstantLR(0.1), lr_start=0.01, t_warmup=10)",
        ),
        Peer("LinearLR(optimizer, 1.0, end_factor=0.01, total_iters=100)", "PolynomialLR(0.1, 0.001, t_max=100)"),
        Peer("PolynomialLR(optimizer, total_iters=100, power=0.9)", "PolynomialLR(0.1, 0.0, t_max=100, power=0.9)"),
        Peer(
            "CosineAnnealingLR(optimizer, T_max=100, eta_min=0.001)",
            "CosineLR(0.1, 0.001, t_max=100)",
            "climbs again after the end",
            wrong=Wrong(range(101, 121), 120, 0.010453658778440032, 0.001),
        ),
        Peer(
            "CosineAnnealingLR(optimizer, T_max=20, eta_min=0.001)",
            "RestartLR(SequenceLR([(20, CosineLR(0.1, 0.001, t_max=20))], WarmupLR(ConstantLR(0.1), lr_start=0.001,"
            ' t_warmup=20, shape="cosine")), t_max=40)',
            "where the wave is wanted",
        ),
        Peer(
            "CosineAnnealingWarmRestarts(optimizer, T_0=10, T_mult=2, eta_min=0.001)",
            "CosineRestartsLR(0.1, 0.001, t_max=10, t_mult=2)",
        ),
        Peer(
            "CosineAnnealingWarmRestarts(optimizer, T_0=10, T_mult=3, eta_min=0.001)",
            "CosineRestartsLR(0.1, 0.001, t_max=10, t_mult=3)",
            "with `scheduler.step(epoch)` the peak of a restart is lost",
            epochs=range(1220),
            wrong=Wrong(range(1210, 1211), 1210, 0.001, 0.1),
            drive=partial(drive_torch, to_epoch=True),
        ),
        Peer(
            'CyclicLR(optimizer, 0.01, 0.1, step_size_up=20, mode="triangular")',
            "RestartLR(WarmupLR(PolynomialLR(0.1, 0.01, t_max=20), lr_start=0.01, t_warmup=20), t_max=40)",
        ),
        Peer(
            'CyclicLR(optimizer, 0.01, 0.1, step_size_up=20, mode="triangular2")',
            "RestartLR(WarmupLR(PolynomialLR(0.1, 0.01, t_max=20), lr_start=0.01, t_warmup=20), t_max=40, gamma=0.5)",
        ),
        Peer(
            'CyclicLR(optimizer, 0.0, 0.1, step_size_up=20, mode="exp_range", gamma=0.99)',
            "ProductLR([ExponentialLR(1.0, gamma=0.99), RestartLR(WarmupLR(PolynomialLR(0.1, 0.0, t_max=20),"
            " lr_start=0.0, t_warmup=20), t_max=40)])",
            "a product of two curves",
        ),
        Peer(
            "OneCycleLR(optimizer, max_lr=0.1, total_steps=100)",
            'WarmupLR(CosineLR(0.1, 4e-7, t_max=70), lr_start=0.004, t_warmup=29, shape="cosine")',
            "peak at `0.3 * 100 - 1`; climbs past the end",
            wrong=Wrong(range(100, 101), 100, 5.074647154757325e-05, 4e-07),
            stops=(101, "ValueError"),
        ),
        Peer(
            'OneCycleLR(optimizer, max_lr=0.1, total_steps=100, anneal_strategy="linear")',
            "WarmupLR(PolynomialLR(0.1, 4e-7, t_max=70), lr_start=0.004, t_warmup=29)",
            "negative past the end",
            wrong=Wrong(range(100, 101), 100, -0.001428165714285709, 4e-07),
            stops=(101, "ValueError"),
        ),
        Peer(
            "OneCycleLR(optimizer, max_lr=0.1, total_steps=100, three_phase=True)",
            "SequenceLR([(58, WarmupLR(CosineLR(0.1, 0.004, t_max=29), lr_start=0.004, t_warmup=29,"
            ' shape="cosine"))], CosineLR(0.004, 4e-7, t_max=41))',
            "climbs past the end",
            wrong=Wrong(range(100, 101), 100, 6.267810792755866e-06, 4e-07),
            stops=(101, "ValueError"),
        ),
        Peer(
            'OneCycleLR(optimizer, max_lr=0.1, total_steps=100, three_phase=True, anneal_strategy="linear")',
            "SequenceLR([(58, WarmupLR(PolynomialLR(0.1, 0.004, t_max=29), lr_start=0.004, t_warmup=29))],"
            " PolynomialLR(0.004, 4e-7, t_max=41))",
            "negative past the end",
            wrong=Wrong(range(100, 101), 100, -9.715121951219506e-05, 4e-07),
            stops=(101, "ValueError"),
        ),
        Peer(
            "OneCycleLR(optimizer, max_lr=0.1, total_steps=100, base_momentum=0.85, max_momentum=0.95)",
            "SequenceLR([(29, CosineLR(0.95, 0.85, t_max=29))], WarmupLR(ConstantLR(0.95), lr_start=0.85, t_warmup=70,"
            ' shape="cosine"))',
            "its momentum; falls again past the end",
            wrong=Wrong(range(100, 101), 100, 0.9499496533270657, 0.95),
            stops=(101, "ValueError"),
            drive=partial(drive_torch, what="momentum"),
            peak=0.95,
        ),
        Peer(
            "CyclicLR(optimizer, 0.01, 0.1, step_size_up=20, base_momentum=0.8, max_momentum=0.9)",
            "RestartLR(SequenceLR([(20, PolynomialLR(0.9, 0.8, t_max=20))], WarmupLR(ConstantLR(0.9), lr_start=0.8,"
            " t_warmup=20)), t_max=40)",
            "its momentum",
            drive=partial(drive_torch, what="momentum"),
            peak=0.9,
        ),
        Peer(
            "SequentialLR(optimizer, [LinearLR(optimizer, 0.1, total_iters=10), CosineAnnealingLR(optimizer, 90,"
            " 0.001)], [10])",
            "WarmupLR(CosineLR(0.1, 0.001, t_max=90), lr_start=0.01, t_warmup=10)",
            "climbs again after the end",
            wrong=Wrong(range(101, 121), 120, 0.012580800065610544, 0.001),
        ),
        Peer(
            "ChainedScheduler([ConstantLR(optimizer, 0.5, total_iters=5), ExponentialLR(optimizer, gamma=0.9)])",
            "SequenceLR([(5, ExponentialLR(0.05, gamma=0.9))], ExponentialLR(0.059049, gamma=0.9))",
            "0.059049 is `0.1 * 0.9**5`",
        ),
        Peer(
            "ChainedScheduler([LinearLR(optimizer, 0.1, total_iters=10), CosineAnnealingLR(optimizer, T_max=100)])",
            "ProductLR([WarmupLR(ConstantLR(0.1), lr_start=0.01, t_warmup=10), CosineLR(1.0, 0.0, t_max=100)])",
            "a product on one clock; climbs again after the end",
            wrong=Wrong(range(101, 121), 120, 0.009549150281252633, 0.0),
        ),
        Peer(
            "SWALR(optimizer, swa_lr=0.05, anneal_epochs=10)",
            "CosineLR(0.1, 0.05, t_max=10)",
            "of `torch.optim.swa_utils`",
            drive=partial(drive_torch, module="torch.optim.swa_utils"),
        ),
    ),
)

TRANSFORMERS = Library(
    "Transformers",
    "transformers",
    partial(drive_torch, module="transformers.optimization"),
    (
        Peer('get_scheduler("constant", optimizer)', "ConstantLR(0.1)"),
        Peer(
            'get_scheduler("constant_with_warmup", optimizer, 10)',
            "WarmupLR(ConstantLR(0.1), lr_start=0.0, t_warmup=10)",
        ),
        Peer(
            'get_scheduler("linear", optimizer, 10, 100)',
            "WarmupLR(PolynomialLR(0.1, 0.0, t_max=90), lr_start=0.0, t_warmup=10)",
        ),
        Peer(
            'get_scheduler("cosine", optimizer, 10, 100)',
            "WarmupLR(CosineLR(0.1, 0.0, t_max=90), lr_start=0.0, t_warmup=10)",
            "climbs again after the end",
            wrong=Wrong(range(101, 121), 120, 0.0116977778440511, 0.0),
        ),
        Peer(
            'get_scheduler("cosine_with_restarts", optimizer, 10, 100, {"num_cycles": 3})',
            "WarmupLR(CosineRestartsLR(0.1, 0.0, t_max=30, n_cycles=3), lr_start=0.0, t_warmup=10)",
        ),
        Peer(
            'get_scheduler("cosine_with_restarts", optimizer, 0, 88, {"num_cycles": 22})',
            "CosineRestartsLR(0.1, 0.0, t_max=4, n_cycles=22)",
            "the peak of a restart is lost",
            wrong=Wrong(range(60, 61), 60, 0.0, 0.1),
        ),
        Peer(
            'get_scheduler("polynomial", optimizer, 10, 100, {"lr_end": 0.001, "power": 2.0})',
            "WarmupLR(PolynomialLR(0.1, 0.001, t_max=90, power=2.0), lr_start=0.0, t_warmup=10)",
        ),
        Peer(
            'get_scheduler("inverse_sqrt", optimizer, 10)',
            "WarmupLR(InversePowerLR(0.1, t_scale=10), lr_start=0.0, t_warmup=10)",
        ),
        Peer(
            'get_scheduler("cosine_with_min_lr", optimizer, 10, 100, {"min_lr": 0.001})',
            "WarmupLR(CosineLR(0.1, 0.001, t_max=90), lr_start=0.0, t_warmup=10)",
            "climbs again after the end",
            wrong=Wrong(range(101, 121), 120, 0.01258080006561059, 0.001),
        ),
        Peer(
            'get_scheduler("cosine_warmup_with_min_lr", optimizer, 10, 100, {"min_lr": 0.001})',
            "WarmupLR(CosineLR(0.1, 0.001, t_max=90), lr_start=0.01, t_warmup=9)",
            "counts from 1: peak at 9, end at 99; climbs again after it",
            wrong=Wrong(range(100, 121), 120, 0.013714331138868985, 0.001),
        ),
        Peer(
            'get_scheduler("warmup_stable_decay", optimizer, 10, 100, {"num_decay_steps": 20})',
            "SequenceLR([(80, WarmupLR(ConstantLR(0.1), lr_start=0.0, t_warmup=10))], CosineLR(0.1, 0.0, t_max=20))",
        ),
        Peer(
            'get_scheduler("warmup_stable_decay", optimizer, 10, 100, {"num_decay_steps": 20,'
            ' "decay_type": "linear", "min_lr_ratio": 0.01})',
            "SequenceLR([(80, WarmupLR(ConstantLR(0.1), lr_start=0.001, t_warmup=10))], PolynomialLR(0.1, 0.001,"
            " t_max=20))",
            "the ratio holds for the warm-up too",
        ),
        Peer(
            'get_scheduler("warmup_stable_decay", optimizer, 10, 100, {"num_decay_steps": 20,'
            ' "warmup_type": "cosine", "decay_type": "1-sqrt"})',
            'SequenceLR([(80, WarmupLR(ConstantLR(0.1), lr_start=0.0, t_warmup=10, shape="cosine"))],'
            " PolynomialLR(0.1, 0.0, t_max=20, k_decay=0.5))",
        ),
        Peer(
            'get_scheduler("warmup_stable_decay", optimizer, 10, 100, {"num_decay_steps": 20,'
            ' "warmup_type": "1-sqrt"})',
            "SequenceLR([(10, lambda e: polynomial_lr(10 - e, 0.1, 0.0, t_max=10, k_decay=0.5)), (70,"
            " ConstantLR(0.1))], CosineLR(0.1, 0.0, t_max=20))",
            "a decay run backwards",
        ),
    ),
)

OPTAX = Library(
    "Optax",
    "optax",
    drive_optax,
    (
        Peer("constant_schedule(0.1)", "ConstantLR(0.1)"),
        Peer("linear_schedule(0.1, 0.001, 100)", "PolynomialLR(0.1, 0.001, t_max=100)"),
        Peer("linear_schedule(0.0, 0.1, 10)", "WarmupLR(ConstantLR(0.1), lr_start=0.0, t_warmup=10)"),
        Peer(
            "polynomial_schedule(0.1, 0.001, power=2, transition_steps=100)",
            "PolynomialLR(0.1, 0.001, t_max=100, power=2.0)",
        ),
        Peer(
            "polynomial_schedule(0.1, 0.001, power=2, transition_steps=90, transition_begin=10)",
            "SequenceLR([(10, ConstantLR(0.1))], PolynomialLR(0.1, 0.001, t_max=90, power=2.0))",
        ),
        Peer("exponential_decay(0.1, 30, 0.5)", "ExponentialLR(0.1, gamma=0.5, t_scale=30)"),
        Peer(
            "exponential_decay(0.00625, 10, 2.0, staircase=True, end_value=0.1)",
            "SequenceLR([(10, ConstantLR(0.00625)), (10, ConstantLR(0.0125)), (10, ConstantLR(0.025)), (10,"
            " ConstantLR(0.05))], ConstantLR(0.1))",
            "a growing staircase: one piece per stair",
        ),
        Peer(
            "exponential_decay(0.1, 30, 0.5, staircase=True, end_value=0.02)",
            "StepLR(0.1, step_size=30, gamma=0.5, lr_min=0.02)",
        ),
        Peer("cosine_decay_schedule(0.1, 100, alpha=0.01)", "CosineLR(0.1, 0.001, t_max=100)", "`alpha` is a ratio"),
        Peer(
            "cosine_decay_schedule(0.1, 100, exponent=2.0)",
            "ProductLR([CosineLR(0.1, 0.0, t_max=100), CosineLR(1.0, 0.0, t_max=100)])",
        ),
        Peer("warmup_constant_schedule(0.0, 0.1, 10)", "WarmupLR(ConstantLR(0.1), lr_start=0.0, t_warmup=10)"),
        Peer(
            "warmup_constant_schedule(0.0, 0.1, 0)",
            "WarmupLR(ConstantLR(0.1), lr_start=0.0, t_warmup=0)",
            "no warm-up: theirs never starts",
            wrong=Wrong(range(121), 120, 0.0, 0.1),
        ),
        Peer(
            "warmup_cosine_decay_schedule(0.01, 0.1, 10, 100, end_value=0.001)",
            "WarmupLR(CosineLR(0.1, 0.001, t_max=90), lr_start=0.01, t_warmup=10)",
            "their 100 includes the warm-up",
        ),
        Peer(
            "warmup_exponential_decay_schedule(0.01, 0.1, 10, 1, 0.95)",
            "WarmupLR(ExponentialLR(0.1, gamma=0.95), lr_start=0.01, t_warmup=10)",
        ),
        Peer(
            "piecewise_constant_schedule(0.1, {30: 0.5, 60: 0.5})",
            "MultiStepLR(0.1, milestones=[30, 60], gamma=0.5)",
        ),
        Peer(
            "piecewise_constant_schedule(0.1, {30: 0.5, 60: 0.2})",
            "SequenceLR([(30, ConstantLR(0.1)), (30, ConstantLR(0.05))], ConstantLR(0.01))",
        ),
        Peer(
            'piecewise_interpolate_schedule("linear", 0.1, {30: 0.5, 60: 0.2})',
            "SequenceLR([(30, PolynomialLR(0.1, 0.05, t_max=30))], PolynomialLR(0.05, 0.01, t_max=30))",
        ),
        Peer(
            'piecewise_interpolate_schedule("cosine", 0.1, {30: 0.5, 60: 0.2})',
            "SequenceLR([(30, CosineLR(0.1, 0.05, t_max=30))], CosineLR(0.05, 0.01, t_max=30))",
        ),
        Peer(
            "sgdr_schedule([dict(init_value=0.0, peak_value=p, warmup_steps=10, decay_steps=50) for p in [0.1, 0.05]])",
            "RestartLR(WarmupLR(CosineLR(0.1, 0.0, t_max=40), lr_start=0.0, t_warmup=10), t_max=50, gamma=0.5,"
            " n_cycles=2)",
        ),
        Peer(
            "join_schedules([linear_schedule(0.0, 0.1, 10), constant_schedule(0.1), cosine_decay_schedule(0.1, 20)],"
            " [10, 80])",
            "SequenceLR([(80, WarmupLR(ConstantLR(0.1), lr_start=0.0, t_warmup=10))], CosineLR(0.1, 0.0, t_max=20))",
            "boundaries, not durations",
        ),
        Peer(
            "join_schedules([linear_schedule(0.0, 0.1, 10), constant_schedule(0.1), cosine_decay_schedule(0.1, 20)],"
            " [10])",
            "SequenceLR([(80, WarmupLR(ConstantLR(0.1), lr_start=0.0, t_warmup=10))], CosineLR(0.1, 0.0, t_max=20))",
            "a boundary forgotten: theirs drops the third schedule and says nothing",
            wrong=Wrong(range(81, 121), 90, 0.1, 0.05),
        ),
        Peer(
            "linear_onecycle_schedule(100, 0.1)",
            "SequenceLR([(85, WarmupLR(PolynomialLR(0.1, 0.004, t_max=55), lr_start=0.004, t_warmup=30))],"
            " PolynomialLR(0.004, 4e-7, t_max=15))",
        ),
        Peer(
            "cosine_onecycle_schedule(100, 0.1)",
            'WarmupLR(CosineLR(0.1, 4e-7, t_max=70), lr_start=0.004, t_warmup=30, shape="cosine")',
        ),
    ),
    float32=True,
)

KERAS = Library(
    "Keras",
    "keras.optimizers.schedules",
    drive_keras,
    (
        Peer("ExponentialDecay(0.1, 30, 0.5)", "ExponentialLR(0.1, gamma=0.5, t_scale=30)"),
        Peer("ExponentialDecay(0.1, 30, 0.5, staircase=True)", "StepLR(0.1, step_size=30, gamma=0.5)"),
        Peer(
            "PiecewiseConstantDecay([30, 60], [0.1, 0.05, 0.025])",
            "MultiStepLR(0.1, milestones=[31, 61], gamma=0.5)",
            "theirs steps after 30",
        ),
        Peer(
            "PiecewiseConstantDecay([30, 60], [0.1, 0.05, 0.01])",
            "SequenceLR([(31, ConstantLR(0.1)), (30, ConstantLR(0.05))], ConstantLR(0.01))",
        ),
        Peer("PolynomialDecay(0.1, 100, 0.001, power=2.0)", "PolynomialLR(0.1, 0.001, t_max=100, power=2.0)"),
        Peer(
            "PolynomialDecay(0.1, 50, 0.001, cycle=True)",
            "SequenceLR([(51, PolynomialLR(0.1, 0.001, t_max=50)), (50, ShiftLR(PolynomialLR(0.1, 0.001, t_max=100),"
            " t_shift=51))], ShiftLR(PolynomialLR(0.1, 0.001, t_max=150), t_shift=101))",
            "one piece per cycle, here for a run of up to 150 whole steps",
        ),
        Peer("InverseTimeDecay(0.1, 20, 0.5)", "InversePowerLR(0.1, t_scale=40, power=1.0)", "40 is `20 / 0.5`"),
        Peer(
            "InverseTimeDecay(0.1, 20, 0.5, staircase=True)",
            "lambda e: inverse_power_lr(e // 20, 0.1, t_scale=2, power=1.0)",
        ),
        Peer("CosineDecay(0.1, 100, alpha=0.01)", "CosineLR(0.1, 0.001, t_max=100)", "`alpha` is a ratio"),
        Peer(
            "CosineDecay(0.01, 90, alpha=0.01, warmup_target=0.1, warmup_steps=10)",
            "WarmupLR(CosineLR(0.1, 0.001, t_max=90), lr_start=0.01, t_warmup=10)",
            "their 90 leaves out the warm-up",
        ),
        Peer(
            "CosineDecayRestarts(0.1, 10, t_mul=2.0, m_mul=0.5, alpha=0.01)",
            "CosineRestartsLR(0.1, 0.001, t_max=10, t_mult=2, gamma=0.5)",
        ),
        Peer(
            "CosineDecayRestarts(0.1, 10, t_mul=2.0, alpha=0.01)",
            "CosineRestartsLR(0.1, 0.001, t_max=10, t_mult=2)",
            "the peak of a restart is lost",
            epochs=range(81905, 81912),
            wrong=Wrong(range(81910, 81911), 81910, 0.001, 0.1),
        ),
    ),
    float32=True,
)

TIMM = Library(
    "timm",
    "timm.scheduler",
    drive_timm,
    (
        Peer("CosineLRScheduler(optimizer, t_initial=100, lr_min=0.001)", "CosineLR(0.1, 0.001, t_max=100)"),
        Peer(
            "CosineLRScheduler(optimizer, 90, 0.001, warmup_t=10, warmup_lr_init=0.01, warmup_prefix=True)",
            "WarmupLR(CosineLR(0.1, 0.001, t_max=90), lr_start=0.01, t_warmup=10)",
        ),
        Peer(
            "CosineLRScheduler(optimizer, 100, 0.001, warmup_t=10, warmup_lr_init=0.01)",
            "SequenceLR([(10, WarmupLR(ConstantLR(0.1), lr_start=0.01, t_warmup=10))], ShiftLR(CosineLR(0.1, 0.001,"
            " t_max=100), t_shift=10))",
            "the cosine runs under the warm-up: a jump at 10",
        ),
        Peer(
            "CosineLRScheduler(optimizer, 25, cycle_decay=0.5, cycle_limit=4)",
            "CosineRestartsLR(0.1, 0.0, t_max=25, gamma=0.5, n_cycles=4)",
            "`cycle_decay` shrinks the peak, `gamma` its height above `lr_min`: the same for `lr_min=0`",
        ),
        Peer(
            "CosineLRScheduler(optimizer, 50, 0.001, cycle_decay=0.5, cycle_limit=2)",
            "SequenceLR([(50, CosineLR(0.1, 0.001, t_max=50))], CosineLR(0.05, 0.001, t_max=50))",
        ),
        Peer(
            "CosineLRScheduler(optimizer, 10, 0.001, cycle_mul=2.0, cycle_limit=3)",
            "CosineRestartsLR(0.1, 0.001, t_max=10, t_mult=2, n_cycles=3)",
        ),
        Peer(
            "CosineLRScheduler(optimizer, 10, 0.001, cycle_mul=3.0, cycle_limit=100)",
            "CosineRestartsLR(0.1, 0.001, t_max=10, t_mult=3, n_cycles=100)",
            "the peak of a restart is lost",
            epochs=range(1220),
            wrong=Wrong(range(1210, 1211), 1210, 0.001, 0.1),
        ),
        Peer(
            "CosineLRScheduler(optimizer, 100, 0.001, k_decay=2.0)",
            "lambda e: cosine_lr(e**2, 0.1, 0.001, t_max=100**2)",
        ),
        Peer("StepLRScheduler(optimizer, decay_t=30, decay_rate=0.5)", "StepLR(0.1, step_size=30, gamma=0.5)"),
        Peer(
            "StepLRScheduler(optimizer, 30, 0.5, warmup_t=10, warmup_lr_init=0.01)",
            "WarmupLR(StepLR(0.1, step_size=30, gamma=0.5), lr_start=0.01, t_warmup=10)",
        ),
        Peer(
            "MultiStepLRScheduler(optimizer, decay_t=[30, 60], decay_rate=0.5)",
            "MultiStepLR(0.1, milestones=[29, 59], gamma=0.5)",
            "theirs steps one epoch early",
        ),
        Peer(
            "PolyLRScheduler(optimizer, 100, lr_min=0.001)",
            "PolynomialLR(0.1, 0.001, t_max=100, power=0.5)",
            "their power is 0.5 unless told",
        ),
        Peer(
            "PolyLRScheduler(optimizer, 100, power=2.0, k_decay=0.5)",
            "PolynomialLR(0.1, 0.0, t_max=100, power=2.0, k_decay=0.5)",
        ),
        Peer(
            "PolyLRScheduler(optimizer, 25, power=1.0, cycle_decay=0.5, cycle_limit=4)",
            "RestartLR(PolynomialLR(0.1, 0.0, t_max=25), t_max=25, gamma=0.5, n_cycles=4)",
        ),
        Peer(
            "WSDLRScheduler(optimizer, 90, decay_t=20, warmup_t=10, warmup_lr_init=0.01)",
            "SequenceLR([(80, WarmupLR(ConstantLR(0.1), lr_start=0.01, t_warmup=10))], PolynomialLR(0.1, 0.0,"
            " t_max=20, k_decay=0.5))",
        ),
        Peer(
            'WSDLRScheduler(optimizer, 90, decay_t=20, lr_min=0.001, decay_fn="cosine")',
            "SequenceLR([(70, ConstantLR(0.1))], CosineLR(0.1, 0.001, t_max=20))",
        ),
        Peer(
            'WSDLRScheduler(optimizer, 90, decay_t=20, stable_fn="rsqrt", decay_fn="linear", warmup_t=10)',
            "ProductLR([WarmupLR(InversePowerLR(0.1, t_scale=10), lr_start=0.0, t_warmup=10), SequenceLR([(80,"
            " ConstantLR(1.0))], PolynomialLR(1.0, 0.0, t_max=20))])",
            "a product of two curves",
        ),
    ),
)

LRSCHED = Library(
    "lrsched",
    "lrsched",
    drive_lrsched,
    (
        Peer("constant(lr=0.1)", "ConstantLR(0.1)"),
        Peer("cosine(base_lr=0.1, min_lr=0.001, total_steps=100)", "CosineLR(0.1, 0.001, t_max=100)"),
        Peer(
            "cosine_restarts(base_lr=0.1, min_lr=0.001, period=10, t_mult=2)",
            "CosineRestartsLR(0.1, 0.001, t_max=10, t_mult=2)",
        ),
        Peer("linear(base_lr=0.1, end_lr=0.001, total_steps=100)", "PolynomialLR(0.1, 0.001, t_max=100)"),
        Peer(
            "polynomial(base_lr=0.1, end_lr=0.001, total_steps=100, power=2.0)",
            "PolynomialLR(0.1, 0.001, t_max=100, power=2.0)",
        ),
        Peer(
            "polynomial_decay(start_lr=0.1, end_lr=0.001, total_steps=100, power=2.0)",
            "PolynomialLR(0.1, 0.001, t_max=100, power=2.0)",
        ),
        Peer("exponential(base_lr=0.1, gamma=0.95)", "ExponentialLR(0.1, gamma=0.95)"),
        Peer(
            "exponential_decay(base_lr=0.1, decay_rate=0.5, decay_steps=30)",
            "ExponentialLR(0.1, gamma=0.5, t_scale=30)",
        ),
        Peer("step_decay(base_lr=0.1, drop=0.5, step_size=30)", "StepLR(0.1, step_size=30, gamma=0.5)"),
        Peer(
            "multi_step(base_lr=0.1, milestones=[30, 60], gamma=0.5)",
            "MultiStepLR(0.1, milestones=[30, 60], gamma=0.5)",
        ),
        Peer(
            "inverse_sqrt(base_lr=0.1, warmup_steps=10)",
            "WarmupLR(InversePowerLR(0.1, t_scale=10), lr_start=0.0, t_warmup=10)",
        ),
        Peer(
            "one_cycle(max_lr=0.1, total_steps=100, pct_start=0.3, initial_div=25, final_div=1e4)",
            'WarmupLR(CosineLR(0.1, 1e-5, t_max=70), lr_start=0.004, t_warmup=30, shape="cosine")',
        ),
        Peer(
            "warmup_stable_decay(base_lr=0.1, warmup_steps=10, decay_steps=20, total_steps=100, final_lr=0.001,"
            ' warmup_start=0.01, decay_shape="1-sqrt")',
            "SequenceLR([(80, WarmupLR(ConstantLR(0.1), lr_start=0.01, t_warmup=10))], PolynomialLR(0.1, 0.001,"
            " t_max=20, k_decay=0.5))",
        ),
        Peer(
            "triangular(min_lr=0.01, max_lr=0.1, step_size=20)",
            "RestartLR(WarmupLR(PolynomialLR(0.1, 0.01, t_max=20), lr_start=0.01, t_warmup=20), t_max=40)",
        ),
        Peer(
            "triangular2(min_lr=0.01, max_lr=0.1, step_size=20)",
            "RestartLR(WarmupLR(PolynomialLR(0.1, 0.01, t_max=20), lr_start=0.01, t_warmup=20), t_max=40, gamma=0.5)",
        ),
        Peer(
            "exp_range(min_lr=0.0, max_lr=0.1, step_size=20, gamma=0.99)",
            "ProductLR([ExponentialLR(1.0, gamma=0.99), RestartLR(WarmupLR(PolynomialLR(0.1, 0.0, t_max=20),"
            " lr_start=0.0, t_warmup=20), t_max=40)])",
            "a product of two curves",
        ),
        Peer(
            "with_warmup(cosine(base_lr=0.1, min_lr=0.001, total_steps=90), warmup_steps=10, start_lr=0.01)",
            "WarmupLR(CosineLR(0.1, 0.001, t_max=90), lr_start=0.01, t_warmup=10)",
        ),
        Peer(
            "sequential([(50, constant(lr=0.1)), (50, cosine(base_lr=0.1, min_lr=0.001, total_steps=50))])",
            "SequenceLR([(50, ConstantLR(0.1))], CosineLR(0.1, 0.001, t_max=50))",
            "never reaches the end of a piece",
            wrong=Wrong(range(100, 121), 120, 0.0010976769428005578, 0.001),
        ),
    ),
)

FVCORE = Library(
    "fvcore",
    "fvcore.common.param_scheduler",
    drive_fvcore,
    (
        Peer(
            "ConstantParamScheduler(0.1)",
            "ConstantLR(0.1)",
            "theirs take a place from 0 to 1, here `e / 100`",
            stops=(100, "RuntimeError"),
        ),
        Peer(
            "CosineParamScheduler(0.1, 0.001)",
            "CosineLR(0.1, 0.001, t_max=100)",
            "climbs again after the end",
            wrong=Wrong(range(101, 121), 120, 0.010453658778440095, 0.001),
        ),
        Peer(
            "LinearParamScheduler(0.1, 0.001)",
            "PolynomialLR(0.1, 0.001, t_max=100)",
            "goes on below zero",
            wrong=Wrong(range(101, 121), 120, -0.018799999999999997, 0.001),
        ),
        Peer(
            "PolynomialDecayParamScheduler(0.1, power=0.9)",
            "PolynomialLR(0.1, 0.0, t_max=100, power=0.9)",
            "a complex number after the end",
            stops=(101, "TypeError"),
        ),
        Peer("ExponentialParamScheduler(0.1, decay=0.02)", "ExponentialLR(0.1, gamma=0.02, t_scale=100)"),
        Peer(
            "StepParamScheduler(100, [0.1, 0.05, 0.025, 0.0125])",
            "StepLR(0.1, step_size=25, gamma=0.5)",
            stops=(100, "IndexError"),
        ),
        Peer(
            "StepWithFixedGammaParamScheduler(0.1, num_decays=3, gamma=0.5, num_updates=100)",
            "StepLR(0.1, step_size=25, gamma=0.5)",
            stops=(100, "IndexError"),
        ),
        Peer(
            "MultiStepParamScheduler([0.1, 0.05, 0.025], milestones=[30, 60, 100])",
            "MultiStepLR(0.1, milestones=[30, 60], gamma=0.5)",
            stops=(101, "RuntimeError"),
        ),
        Peer(
            "CompositeParamScheduler([LinearParamScheduler(0.01, 0.1), CosineParamScheduler(0.1, 0.001)],"
            ' lengths=[0.1, 0.9], interval_scaling=["rescaled", "rescaled"])',
            "WarmupLR(CosineLR(0.1, 0.001, t_max=90), lr_start=0.01, t_warmup=10)",
            "climbs again after the end",
            wrong=Wrong(range(101, 121), 120, 0.01258080006561059, 0.001),
        ),
    ),
)

IGNITE = Library(
    "Ignite",
    "ignite.handlers",
    drive_ignite,
    (
        Peer(
            'CosineAnnealingScheduler(optimizer, "lr", 0.1, 0.001, cycle_size=50)',
            "CosineRestartsLR(0.1, 0.001, t_max=50)",
            "theirs always restarts",
        ),
        Peer(
            'CosineAnnealingScheduler(optimizer, "lr", 0.1, 0.0, cycle_size=10, cycle_mult=2, start_value_mult=0.5)',
            "CosineRestartsLR(0.1, 0.0, t_max=10, t_mult=2, gamma=0.5)",
        ),
        Peer(
            'CosineAnnealingScheduler(optimizer, "lr", 0.1, 0.001, cycle_size=40, warmup_duration=10)',
            "RestartLR(SequenceLR([(40, CosineLR(0.1, 0.001, t_max=40))], WarmupLR(ConstantLR(0.1), lr_start=0.001,"
            " t_warmup=10)), t_max=50)",
            "the warm-up leads to the next cycle",
        ),
        Peer(
            'LinearCyclicalScheduler(optimizer, "lr", 0.01, 0.1, cycle_size=40)',
            "RestartLR(WarmupLR(PolynomialLR(0.1, 0.01, t_max=20), lr_start=0.01, t_warmup=20), t_max=40)",
        ),
        Peer(
            'LinearCyclicalScheduler(optimizer, "lr", 0.1, 0.001, cycle_size=50, monotonic=True)',
            "RestartLR(PolynomialLR(0.1, 0.001, t_max=50), t_max=50)",
        ),
        Peer(
            'PiecewiseLinear(optimizer, "lr", [(0, 0.01), (10, 0.1), (100, 0.001)])',
            "WarmupLR(PolynomialLR(0.1, 0.001, t_max=90), lr_start=0.01, t_warmup=10)",
        ),
        Peer(
            'ConcatScheduler([LinearCyclicalScheduler(optimizer, "lr", 0.01, 0.1, cycle_size=20),'
            ' CosineAnnealingScheduler(optimizer, "lr", 0.1, 0.001, cycle_size=90)], durations=[10])',
            "WarmupLR(CosineRestartsLR(0.1, 0.001, t_max=90), lr_start=0.01, t_warmup=10)",
        ),
        Peer(
            "LRScheduler(StepLR(optimizer, step_size=30, gamma=0.5))",
            "StepLR(0.1, step_size=30, gamma=0.5)",
            "around any scheduler of PyTorch",
        ),
        Peer(
            "create_lr_scheduler_with_warmup(ExponentialLR(optimizer, gamma=0.95), 0.01, warmup_duration=10)",
            "WarmupLR(ExponentialLR(0.1, gamma=0.95), lr_start=0.01, t_warmup=9)",
            "peak at 9, not 10",
        ),
    ),
)

THINC = Library(
    "Thinc (spaCy)",
    "thinc.schedules",
    drive_thinc,
    (
        Peer("constant(0.1)", "ConstantLR(0.1)"),
        Peer(
            "constant_then(0.1, 50, decaying(0.1, 0.05))",
            "SequenceLR([(50, ConstantLR(0.1))], ShiftLR(InversePowerLR(0.1, t_scale=20, power=1.0), t_shift=50))",
            "no clock of its own: a jump at 50",
        ),
        Peer("decaying(0.1, 0.05)", "InversePowerLR(0.1, t_scale=20, power=1.0)", "20 is `1 / 0.05`"),
        Peer("compounding(0.1, 0.001, 0.95)", "ExponentialLR(0.1, gamma=0.95, lr_min=0.001)"),
        Peer(
            "compounding(0.00625, 0.1, 2.0)",
            'WarmupLR(ConstantLR(0.1), lr_start=0.00625, t_warmup=4, shape="exponential")',
            "growing: 4 is `log2(0.1 / 0.00625)`",
        ),
        Peer("warmup_linear(0.1, 10, 100)", "WarmupLR(PolynomialLR(0.1, 0.0, t_max=90), lr_start=0.0, t_warmup=10)"),
        Peer(
            "slanted_triangular(0.1, 100)",
            "WarmupLR(PolynomialLR(0.1, 0.003125, t_max=90), lr_start=0.0128125, t_warmup=9)",
            "goes on below zero",
            wrong=Wrong(range(100, 121), 120, -0.019479166666666672, 0.003125),
        ),
        Peer(
            "cyclic_triangular(0.01, 0.1, 20)",
            "ShiftLR(RestartLR(WarmupLR(PolynomialLR(0.1, 0.01, t_max=20), lr_start=0.01, t_warmup=20), t_max=40),"
            " t_shift=1)",
            "theirs begins one step in",
        ),
    ),
)

MLX = Library(
    "MLX",
    "mlx.optimizers",
    drive_mlx,
    (
        Peer("exponential_decay(0.1, 0.95)", "ExponentialLR(0.1, gamma=0.95)"),
        Peer("step_decay(0.1, 0.5, 30)", "StepLR(0.1, step_size=30, gamma=0.5)"),
        Peer("cosine_decay(0.1, 100, end=0.001)", "CosineLR(0.1, 0.001, t_max=100)"),
        Peer("linear_schedule(0.1, 0.001, 100)", "PolynomialLR(0.1, 0.001, t_max=100)"),
        Peer(
            "join_schedules([linear_schedule(0.01, 0.1, 10), cosine_decay(0.1, 90, end=0.001)], [10])",
            "WarmupLR(CosineLR(0.1, 0.001, t_max=90), lr_start=0.01, t_warmup=10)",
        ),
    ),
    float32=True,
)

PADDLE = Library(
    "PaddlePaddle",
    "paddle.optimizer.lr",
    drive_paddle,
    (
        Peer(
            "NoamDecay(d_model=400, warmup_steps=25, learning_rate=10.0)",
            "WarmupLR(InversePowerLR(0.1, t_scale=25), lr_start=0.0, t_warmup=25)",
            "the peak is `10 / sqrt(400 * 25)`",
        ),
        Peer(
            "PiecewiseDecay([30, 60], [0.1, 0.05, 0.01])",
            "SequenceLR([(30, ConstantLR(0.1)), (30, ConstantLR(0.05))], ConstantLR(0.01))",
        ),
        Peer("ExponentialDecay(0.1, gamma=0.95)", "ExponentialLR(0.1, gamma=0.95)"),
        Peer(
            "NaturalExpDecay(0.1, gamma=0.05)",
            "ExponentialLR(0.1, gamma=0.951229424500714)",
            "gamma is `exp(-0.05)`",
        ),
        Peer("InverseTimeDecay(0.1, gamma=0.05)", "InversePowerLR(0.1, t_scale=20, power=1.0)", "20 is `1 / 0.05`"),
        Peer("PolynomialDecay(0.1, 100, end_lr=0.001, power=2.0)", "PolynomialLR(0.1, 0.001, t_max=100, power=2.0)"),
        Peer(
            "PolynomialDecay(0.1, 50, end_lr=0.001, cycle=True)",
            "SequenceLR([(51, PolynomialLR(0.1, 0.001, t_max=50)), (50, ShiftLR(PolynomialLR(0.1, 0.001, t_max=100),"
            " t_shift=51))], ShiftLR(PolynomialLR(0.1, 0.001, t_max=150), t_shift=101))",
            "one piece per cycle, here for a run of up to 150 whole steps",
        ),
        Peer("StepDecay(0.1, step_size=30, gamma=0.5)", "StepLR(0.1, step_size=30, gamma=0.5)"),
        Peer("MultiStepDecay(0.1, milestones=[30, 60], gamma=0.5)", "MultiStepLR(0.1, milestones=[30, 60], gamma=0.5)"),
        Peer("LambdaDecay(0.1, lambda e: 0.95**e)", "ExponentialLR(0.1, gamma=0.95)"),
        Peer("MultiplicativeDecay(0.1, lambda e: 0.95)", "ExponentialLR(0.1, gamma=0.95)"),
        Peer(
            "LinearLR(0.1, total_steps=10, start_factor=0.1)",
            "WarmupLR(ConstantLR(0.1), lr_start=0.01, t_warmup=10)",
        ),
        Peer(
            "CosineAnnealingDecay(0.1, T_max=100, eta_min=0.001)",
            "CosineLR(0.1, 0.001, t_max=100)",
            "climbs again after the end",
            wrong=Wrong(range(101, 121), 120, 0.010453658778440032, 0.001),
        ),
        Peer(
            "LinearWarmup(PolynomialDecay(0.1, 90, 0.001), warmup_steps=10, start_lr=0.01, end_lr=0.1)",
            "WarmupLR(PolynomialLR(0.1, 0.001, t_max=90), lr_start=0.01, t_warmup=10)",
        ),
        Peer(
            "CosineAnnealingWarmRestarts(0.1, T_0=10, T_mult=2, eta_min=0.001)",
            "CosineRestartsLR(0.1, 0.001, t_max=10, t_mult=2)",
        ),
        Peer(
            "CyclicLR(0.01, 0.1, step_size_up=20)",
            "RestartLR(WarmupLR(PolynomialLR(0.1, 0.01, t_max=20), lr_start=0.01, t_warmup=20), t_max=40)",
        ),
        Peer(
            "OneCycleLR(0.1, total_steps=100)",
            'WarmupLR(CosineLR(0.1, 0.0001, t_max=70), lr_start=0.004, t_warmup=29, shape="cosine")',
            "climbs past the end",
            wrong=Wrong(range(100, 101), 100, 0.00015029632626133074, 0.0001),
            stops=(101, "ValueError"),
        ),
    ),
    alone=True,
)

LIBRARIES = (TORCH, TRANSFORMERS, OPTAX, KERAS, TIMM, LRSCHED, FVCORE, IGNITE, THINC, MLX, PADDLE)

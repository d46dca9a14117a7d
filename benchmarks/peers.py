"""The schedulers of others, and ours, each driven through its own public API as its users drive it.

Nothing is imported before a peer is built: what is not installed is only named. What a peer does for one epoch is a
statement, `move`, and an expression, `read`, over the names that `build` returns: the same text is timed, measured
against 60 digits and held to the contract.
"""

import math
import os
import struct
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module, metadata
from importlib.util import find_spec, module_from_spec
from typing import Any

from cosine_lr import CosineLR, CosineRestartsLR, PolynomialLR
from tests.contract import Rate, Unaskable as Unaskable

Names = dict[str, Any]


def one_liner(e: float, lr_init: float, lr_min: float, t_max: float) -> float:
    """The formula of every textbook, which validates nothing: the measure of the others."""
    return lr_min + 0.5 * (lr_init - lr_min) * (1 + math.cos(math.pi * e / t_max))


@dataclass(frozen=True)
class Peer:
    name: str
    package: str  # what pip installs
    shape: str  # "cosine", "line", "restarts" or "warm-up"
    build: Callable[..., Names]  # of (lr_init, lr_min, t_max), for restarts also t_mult
    read: str = "schedule(e)"
    move: str = ""
    single: bool = False  # computes in float32

    @property
    def walks(self) -> bool:
        """No random access: it takes one step after the other, from 0."""
        return self.move != "" and "(e)" not in self.move

    def told(self, end: float) -> float:
        """Return an end as the peer can return it: whoever computes in float32 is told, and held to, float32 rates."""
        return end if isinstance(end, int) or not self.single else float(struct.unpack("f", struct.pack("f", end))[0])

    def rate(self, *ends: float, longest: int = 300_100) -> Rate:
        """Return the function from the epoch to what the peer answers; none is walked further than `longest`."""
        names = self.build(*ends)
        exec(f"def ask(e):\n    {self.move or 'pass'}\n    return {self.read}", names)
        ask: Rate = names["ask"]
        if not self.walks:
            return ask
        last, seen = names.get("last", longest), [eval(self.read, names)]

        def walk(e: Any) -> Any:
            if type(e) is not int or not 0 <= e <= last:
                raise Unaskable(f"{self.name} only walks from 0, step by step")
            while len(seen) <= e:
                seen.append(ask(len(seen)))
            return seen[e]

        return walk


# How each is built. The imports stand here, so that only what is used is imported.


def optimizer(lr: float) -> Any:
    """Return a PyTorch optimizer of one parameter."""
    torch = import_module("torch")
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)


def timm_scheduler() -> Any:
    """Return timm's module of the cosine, which needs no torchvision, though timm itself imports it."""
    if "timm" not in sys.modules and (spec := find_spec("timm")):
        sys.modules["timm"] = module_from_spec(spec)
    return import_module("timm.scheduler.cosine_lr")


def _schedule(module: str, name: str, *arguments: float, **named: float) -> Names:
    return {"schedule": getattr(import_module(module), name)(*arguments, **named)}


def _scheduler(module: str, name: str, lr: float, *arguments: Any, **named: Any) -> Names:
    sgd = optimizer(lr)
    scheduler = getattr(import_module(module), name)(sgd, *arguments, **named)
    sgd.step()  # as in training, before the scheduler's step
    return {"optimizer": sgd, "scheduler": scheduler}


def _torch_cosine(a: float, b: float, t: float) -> Names:
    return _scheduler(_TORCH, "CosineAnnealingLR", a, T_max=t, eta_min=b)


def _torch_restarts(a: float, b: float, t: float, m: float) -> Names:
    return _scheduler(_TORCH, "CosineAnnealingWarmRestarts", a, T_0=_whole(t), T_mult=_whole(m), eta_min=b)


def _torch_warmup(a: float, b: float, t: int) -> Names:
    sgd, make = optimizer(a), import_module(_TORCH)
    warmup = make.LinearLR(sgd, start_factor=0.1, total_iters=t // 10)
    cosine = make.CosineAnnealingLR(sgd, T_max=t - t // 10, eta_min=b)
    scheduler = make.SequentialLR(sgd, [warmup, cosine], milestones=[t // 10])
    sgd.step()
    return {"optimizer": sgd, "scheduler": scheduler}


def _timm(a: float, b: float, t: float, m: float = 1, limit: int = 10**9) -> Names:
    make = timm_scheduler().__name__, "CosineLRScheduler"
    return _scheduler(*make, a, t_initial=t, lr_min=b, cycle_mul=float(m), cycle_limit=limit)


def _transformers_restarts(a: float, b: float, t: float, m: float) -> Names:
    if b != 0 or m != 1:
        raise Unaskable("equal cycles down to 0 only")
    make = "transformers", "get_cosine_with_hard_restarts_schedule_with_warmup"
    return _scheduler(*make, a, 0, num_training_steps=22 * t, num_cycles=22) | {"last": 22 * t - 1}


def _ignite(a: float, b: float, t: float, m: float) -> Names:
    if t < 2:
        raise Unaskable("cycles of two or more only")
    make = "ignite.handlers.param_scheduler", "CosineAnnealingScheduler"
    names = _scheduler(*make, a, "lr", a, b, t, cycle_mult=m)
    names["scheduler"](None)  # the handler of the first event sets the rate of epoch 0
    return names


def _thinc(a: float, b: float, t: float) -> Names:
    if b != 0:
        raise Unaskable("down to 0 only")
    return _schedule("thinc.schedules", "warmup_linear", a, 0, t)


def _optax(a: float, b: float, t: float) -> Names:
    return _schedule("optax", "cosine_decay_schedule", a, t, alpha=b / a)


def _optax_restarts(a: float, b: float, t: float, m: float) -> Names:
    cycle = {"init_value": a, "peak_value": a, "warmup_steps": 0, "end_value": b}
    lengths = [t * m**i for i in range(6)]
    schedule = import_module("optax").sgdr_schedule([cycle | {"decay_steps": _whole(length)} for length in lengths])

    def within(e: Any) -> Any:
        if isinstance(e, int | float) and e >= sum(lengths):
            raise Unaskable("a list of cycles comes to an end")
        return schedule(e)

    return {"schedule": within}


def _whole(value: float) -> int:
    if value % 1:
        raise Unaskable("whole numbers only")
    return int(value)


_TORCH, _KERAS = "torch.optim.lr_scheduler", "keras.optimizers.schedules"
_STEP = ("optimizer.param_groups[0]['lr']", "scheduler.step()")  # how to read and to move a scheduler
_STEP_TO = ("optimizer.param_groups[0]['lr']", "scheduler.step(e)")

ONE_LINER = Peer("the one-liner", "", "cosine", lambda a, b, t: {"schedule": lambda e: one_liner(e, a, b, t)})
OURS = [
    Peer("CosineLR", "", "cosine", lambda a, b, t: {"schedule": CosineLR(a, b, t)}),
    Peer("PolynomialLR", "", "line", lambda a, b, t: {"schedule": PolynomialLR(a, b, t)}),
    Peer("CosineRestartsLR", "", "restarts", lambda a, b, t, m: {"schedule": CosineRestartsLR(a, b, t, t_mult=m)}),
]
PEERS = [
    Peer("lrsched cosine", "lrsched", "cosine",
         lambda a, b, t: _schedule("lrsched", "cosine", base_lr=a, min_lr=b, total_steps=t)),
    Peer("fvcore CosineParamScheduler", "fvcore", "cosine",
         lambda a, b, t: _schedule("fvcore.common.param_scheduler", "CosineParamScheduler", a, b) | {"t_max": t},
         "schedule(e / t_max)"),
    Peer("timm CosineLRScheduler", "timm", "cosine", lambda a, b, t: _timm(a, b, t, limit=1), *_STEP_TO),
    Peer("torch CosineAnnealingLR", "torch", "cosine", _torch_cosine, *_STEP),
    Peer("torch CosineAnnealingLR.step(e)", "torch", "cosine", _torch_cosine, *_STEP_TO),
    Peer("transformers cosine_with_min_lr", "transformers", "cosine",
         lambda a, b, t: _scheduler("transformers", "get_cosine_with_min_lr_schedule_with_warmup", a, 0, t, min_lr=b),
         *_STEP),
    Peer("optax cosine_decay_schedule, jitted", "optax", "cosine",
         lambda a, b, t: {"schedule": import_module("jax").jit(_optax(a, b, t)["schedule"])}, single=True),
    Peer("optax cosine_decay_schedule", "optax", "cosine", _optax, single=True),
    Peer("MLX cosine_decay", "mlx", "cosine",
         lambda a, b, t: _schedule("mlx.optimizers", "cosine_decay", a, t, b), "schedule(e).item()", single=True),
    Peer("Keras CosineDecay", "keras", "cosine",
         lambda a, b, t: _schedule(_KERAS, "CosineDecay", a, t, alpha=b / a), single=True),
    Peer("thinc warmup_linear", "thinc", "line", _thinc),
    Peer("lrsched cosine_restarts", "lrsched", "restarts",
         lambda a, b, t, m: _schedule(
             "lrsched", "cosine_restarts", base_lr=a, min_lr=b, period=_whole(t), t_mult=_whole(m))),
    Peer("ignite CosineAnnealingScheduler", "pytorch-ignite", "restarts", _ignite, _STEP[0], "scheduler(None)"),
    Peer("timm CosineLRScheduler, cycles", "timm", "restarts", _timm, *_STEP_TO),
    Peer("torch CosineAnnealingWarmRestarts", "torch", "restarts", _torch_restarts, *_STEP),
    Peer("torch CosineAnnealingWarmRestarts.step(e)", "torch", "restarts", _torch_restarts, *_STEP_TO),
    Peer("transformers hard restarts", "transformers", "restarts", _transformers_restarts, *_STEP),
    Peer("optax sgdr_schedule", "optax", "restarts", _optax_restarts, single=True),
    Peer("Keras CosineDecayRestarts", "keras", "restarts",
         lambda a, b, t, m: _schedule(_KERAS, "CosineDecayRestarts", a, t, t_mul=float(m), alpha=b / a), single=True),
    Peer("torch SequentialLR", "torch", "warm-up", _torch_warmup, *_STEP),
]  # fmt: skip


def installed() -> tuple[dict[str, str], dict[str, str]]:
    """Return the versions of the peers' packages that work here, and what is wrong with each of the others."""
    versions, missing = {}, {}
    for package, peer in {peer.package: peer for peer in reversed(PEERS)}.items():
        try:
            version = metadata.version(package)
            with quiet():
                peer.build(*(0.1, 0.0, 10, 1)[: 4 if peer.shape == "restarts" else 3])
            versions[package] = version
        except metadata.PackageNotFoundError:
            missing[package] = "not installed"
        except Exception as error:
            missing[package] = f"{type(error).__name__}: {error}".splitlines()[0]
    return versions, missing


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the peers' remarks on each other and on their own ageing calls to themselves."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield

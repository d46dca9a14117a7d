"""The schedulers of others, and ours, each driven through its own public API as its users drive it.

Nothing is imported before a peer is built: what is not installed is only named. What a peer does for one epoch is a
statement, `move`, and an expression, `read`, over the names that `build` returns: the same text is timed, measured
against 60 digits and held to the contract.
"""

from __future__ import annotations

import importlib.util
import math
import os
import struct
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module, metadata
from typing import Any

from cosine_lr import CosineLR, CosineRestartsLR, PolynomialLR
from tests.contract import Unaskable as Unaskable

Rate = Callable[[Any], Any]  # epoch in, rate out; what its types are is for the contract to say

LONGEST = 300_100  # steps; what can only be walked is not walked further


def one_liner(e: float, lr_init: float, lr_min: float, t_max: float) -> float:
    """The formula of every textbook, which validates nothing: the measure of the others."""
    return lr_min + 0.5 * (lr_init - lr_min) * (1 + math.cos(math.pi * e / t_max))


@dataclass(frozen=True)
class Peer:
    name: str
    package: str  # what pip installs
    shape: str  # "cosine", "line", "restarts" or "warm-up"
    build: Callable[..., dict[str, Any]]  # (lr_init, lr_min, t_max), for restarts also t_mult -> names
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

    def rate(self, *ends: float, longest: int = LONGEST) -> Rate:
        """Return the function from the epoch to what the peer answers."""
        names = self.build(*ends)
        names["ask"] = None
        exec(f"def ask(e):\n    {self.move or 'pass'}\n    return {self.read}", names)
        return self._walked(names, longest) if self.walks else names["ask"]

    def _walked(self, names: dict[str, Any], longest: int) -> Rate:
        last = names.get("last", longest)
        seen = [eval(self.read, names)]

        def ask(e: Any) -> Any:
            if type(e) is not int or not 0 <= e <= last:
                raise Unaskable(f"{self.name} only walks from 0, step by step")
            while len(seen) <= e:
                seen.append(names["ask"](len(seen)))
            return seen[e]

        return ask


# How each is built. The imports stand here, so that only what is used is imported.


def optimizer(lr: float) -> Any:
    """Return a PyTorch optimizer of one parameter."""
    torch = import_module("torch")
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)


def _started(sgd: Any, scheduler: Any) -> dict[str, Any]:
    sgd.step()  # as in training, before the scheduler's step
    return {"optimizer": sgd, "scheduler": scheduler}


def _torch_cosine(a: float, b: float, t: float) -> dict[str, Any]:
    sgd, make = optimizer(a), import_module("torch.optim.lr_scheduler").CosineAnnealingLR
    return _started(sgd, make(sgd, T_max=t, eta_min=b))


def _torch_restarts(a: float, b: float, t: float, m: float) -> dict[str, Any]:
    sgd, make = optimizer(a), import_module("torch.optim.lr_scheduler").CosineAnnealingWarmRestarts
    return _started(sgd, make(sgd, T_0=_whole(t), T_mult=_whole(m), eta_min=b))


def _torch_warmup(a: float, b: float, t: int) -> dict[str, Any]:
    sgd, make = optimizer(a), import_module("torch.optim.lr_scheduler")
    warmup = make.LinearLR(sgd, start_factor=0.1, total_iters=t // 10)
    cosine = make.CosineAnnealingLR(sgd, T_max=t - t // 10, eta_min=b)
    return _started(sgd, make.SequentialLR(sgd, [warmup, cosine], milestones=[t // 10]))


def _timm(limit: int) -> Callable[..., dict[str, Any]]:
    def build(a: float, b: float, t: float, m: float = 1) -> dict[str, Any]:
        sgd, make = optimizer(a), timm_scheduler("cosine_lr").CosineLRScheduler
        scheduler = make(sgd, t_initial=t, lr_min=b, cycle_mul=float(m), cycle_limit=limit)
        return {"optimizer": sgd, "scheduler": scheduler}

    return build


def timm_scheduler(name: str) -> Any:
    """Return one of timm's scheduler modules, which need no torchvision, though timm itself imports it."""
    try:
        return import_module(f"timm.scheduler.{name}")
    except ImportError:
        spec = importlib.util.find_spec("timm")
        if spec is None:
            raise
        sys.modules["timm"] = bare = types.ModuleType("timm")
        bare.__path__ = list(spec.submodule_search_locations or ())
        return import_module(f"timm.scheduler.{name}")


def _transformers(a: float, b: float, t: float) -> dict[str, Any]:
    sgd, make = optimizer(a), import_module("transformers").get_cosine_with_min_lr_schedule_with_warmup
    return _started(sgd, make(sgd, num_warmup_steps=0, num_training_steps=t, min_lr=b))


def _transformers_restarts(a: float, b: float, t: float, m: float) -> dict[str, Any]:
    if b != 0 or m != 1:
        raise Unaskable("equal cycles down to 0 only")
    sgd, make = optimizer(a), import_module("transformers").get_cosine_with_hard_restarts_schedule_with_warmup
    scheduler = make(sgd, num_warmup_steps=0, num_training_steps=22 * t, num_cycles=22)
    return _started(sgd, scheduler) | {"last": 22 * t - 1}


def _ignite(a: float, b: float, t: float, m: float) -> dict[str, Any]:
    if t < 2:
        raise Unaskable("cycles of two or more only")
    sgd, make = optimizer(a), import_module("ignite.handlers.param_scheduler").CosineAnnealingScheduler
    scheduler = make(sgd, "lr", a, b, t, cycle_mult=m)
    scheduler(None)  # the handler of the first event sets the rate of epoch 0
    return {"optimizer": sgd, "scheduler": scheduler}


def _fvcore(a: float, b: float, t: float) -> dict[str, Any]:
    make = import_module("fvcore.common.param_scheduler").CosineParamScheduler
    return {"schedule": make(a, b), "t_max": t}


def _lrsched(a: float, b: float, t: float) -> dict[str, Any]:
    return {"schedule": import_module("lrsched").cosine(base_lr=a, min_lr=b, total_steps=t)}


def _lrsched_restarts(a: float, b: float, t: float, m: float) -> dict[str, Any]:
    make = import_module("lrsched").cosine_restarts
    return {"schedule": make(base_lr=a, min_lr=b, period=_whole(t), t_mult=_whole(m))}


def _thinc(a: float, b: float, t: float) -> dict[str, Any]:
    if b != 0:
        raise Unaskable("down to 0 only")
    return {"schedule": import_module("thinc.schedules").warmup_linear(a, 0, t)}


def _optax(a: float, b: float, t: float) -> dict[str, Any]:
    return {"schedule": import_module("optax").cosine_decay_schedule(a, t, alpha=b / a)}


def _optax_jitted(a: float, b: float, t: float) -> dict[str, Any]:
    return {"schedule": import_module("jax").jit(_optax(a, b, t)["schedule"])}


def _optax_restarts(a: float, b: float, t: float, m: float) -> dict[str, Any]:
    lengths = [t * m**i for i in range(6)]
    cycles = [
        {"init_value": a, "peak_value": a, "warmup_steps": 0, "decay_steps": _whole(length), "end_value": b}
        for length in lengths
    ]
    schedule = import_module("optax").sgdr_schedule(cycles)

    def within(e: Any) -> Any:
        if isinstance(e, int | float) and e >= sum(lengths):
            raise Unaskable("a list of cycles comes to an end")
        return schedule(e)

    return {"schedule": within}


def _keras(a: float, b: float, t: float) -> dict[str, Any]:
    return {"schedule": import_module("keras").optimizers.schedules.CosineDecay(a, t, alpha=b / a)}


def _keras_restarts(a: float, b: float, t: float, m: float) -> dict[str, Any]:
    make = import_module("keras").optimizers.schedules.CosineDecayRestarts
    return {"schedule": make(a, t, t_mul=float(m), alpha=b / a)}


def _mlx(a: float, b: float, t: float) -> dict[str, Any]:
    return {"schedule": import_module("mlx.optimizers").cosine_decay(a, t, b)}


def _whole(value: float) -> int:
    if value % 1:
        raise Unaskable("whole numbers only")
    return int(value)


_LR = "optimizer.param_groups[0]['lr']"

ONE_LINER = Peer("the one-liner", "", "cosine", lambda a, b, t: {"schedule": lambda e: one_liner(e, a, b, t)})
OURS = [
    Peer("CosineLR", "", "cosine", lambda a, b, t: {"schedule": CosineLR(a, b, t)}),
    Peer("PolynomialLR", "", "line", lambda a, b, t: {"schedule": PolynomialLR(a, b, t)}),
    Peer("CosineRestartsLR", "", "restarts", lambda a, b, t, m: {"schedule": CosineRestartsLR(a, b, t, t_mult=m)}),
]
PEERS = [
    Peer("lrsched cosine", "lrsched", "cosine", _lrsched),
    Peer("fvcore CosineParamScheduler", "fvcore", "cosine", _fvcore, "schedule(e / t_max)"),
    Peer("timm CosineLRScheduler", "timm", "cosine", _timm(1), _LR, "scheduler.step(e)"),
    Peer("torch CosineAnnealingLR", "torch", "cosine", _torch_cosine, _LR, "scheduler.step()"),
    Peer("torch CosineAnnealingLR.step(e)", "torch", "cosine", _torch_cosine, _LR, "scheduler.step(e)"),
    Peer("transformers cosine_with_min_lr", "transformers", "cosine", _transformers, _LR, "scheduler.step()"),
    Peer("optax cosine_decay_schedule, jitted", "optax", "cosine", _optax_jitted, single=True),
    Peer("optax cosine_decay_schedule", "optax", "cosine", _optax, single=True),
    Peer("MLX cosine_decay", "mlx", "cosine", _mlx, "schedule(e).item()", single=True),
    Peer("Keras CosineDecay", "keras", "cosine", _keras, single=True),
    Peer("thinc warmup_linear", "thinc", "line", _thinc),
    Peer("lrsched cosine_restarts", "lrsched", "restarts", _lrsched_restarts),
    Peer("ignite CosineAnnealingScheduler", "pytorch-ignite", "restarts", _ignite, _LR, "scheduler(None)"),
    Peer("timm CosineLRScheduler, cycles", "timm", "restarts", _timm(10**9), _LR, "scheduler.step(e)"),
    Peer("torch CosineAnnealingWarmRestarts", "torch", "restarts", _torch_restarts, _LR, "scheduler.step()"),
    Peer("torch CosineAnnealingWarmRestarts.step(e)", "torch", "restarts", _torch_restarts, _LR, "scheduler.step(e)"),
    Peer("transformers hard restarts", "transformers", "restarts", _transformers_restarts, _LR, "scheduler.step()"),
    Peer("optax sgdr_schedule", "optax", "restarts", _optax_restarts, single=True),
    Peer("Keras CosineDecayRestarts", "keras", "restarts", _keras_restarts, single=True),
    Peer("torch SequentialLR", "torch", "warm-up", _torch_warmup, _LR, "scheduler.step()"),
]


def installed() -> tuple[dict[str, str], dict[str, str]]:
    """Return the versions of the peers' packages that work here, and what is wrong with each of the others."""
    versions, missing = {}, {}
    for package, peer in {peer.package: peer for peer in reversed(PEERS)}.items():
        try:
            versions[package] = metadata.version(package)
            with quiet():
                peer.build(*(0.1, 0.0, 10, 1)[: 4 if peer.shape == "restarts" else 3])
        except metadata.PackageNotFoundError:
            missing[package] = "not installed"
        except Exception as error:
            missing[package] = f"{type(error).__name__}: {error}".splitlines()[0]
    return {name: each for name, each in versions.items() if name not in missing}, missing


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the peers' remarks on each other and on their own ageing calls to themselves."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield

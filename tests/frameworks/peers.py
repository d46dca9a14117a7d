"""The tables of MIGRATING.md, read from the page, and how the schedulers in them are driven.

A row has a call of another library's scheduler, which is evaluated as it stands, and the expression here for the same
curve. `test_peers.py` drives the real schedulers and compares at every epoch. `tests/test_migrating.py`, which needs no
library, compares with the rates in `rates.txt`. After a change of a row, `python -m tests.frameworks.peers` writes that
file anew. A library is imported only when it is driven.
"""

import atexit
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module
from inspect import isclass, isfunction
from math import frexp
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cosine_lr
from benchmarks.peers import timm_scheduler
from tests.frameworks import recipes

PAGE = recipes.MIGRATING
RATES = Path(__file__).parent / "rates.txt"
RECORDED = (0, 1, 9, 10, 11, 20, 21, 29, 30, 31, 50, 59, 60, 61, 80, 81, 90, 99, 100, 101, 120)  # epochs of rates.txt
NAMES: dict[str, Any] = {name: getattr(cosine_lr, name) for name in cosine_lr.__all__}
section = partial(recipes.section, page=PAGE)


def table(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading, row by row, without the backticks around a whole cell."""
    lines = re.findall(r"(?m)^\| (.*) \|$", section(heading))
    return [[re.sub(r"^`([^`]*)`$", r"\1", cell.strip()) for cell in line.split(" | ")] for line in lines[1:]]


def code(heading: str, **names: Any) -> dict[str, Any]:
    """Run the block of code under a heading, and return the names that it defines."""
    return recipes.run(recipes.recipe(heading, page=PAGE), **names)


@dataclass(frozen=True)
class Row:
    """One scheduler of a library and our expression for its curve."""

    library: str
    call: str
    here: str
    remark: str

    def is_notation(self) -> bool:
        try:
            cosine_lr.parse(self.here)
        except ValueError:
            return False
        return True

    def schedule(self) -> Callable[[float], float]:
        return cosine_lr.parse(self.here) if self.is_notation() else eval(self.here, code("Classes to copy", **NAMES))

    @property
    def name(self) -> str:
        """The scheduler's name: what is called, or a first argument that is a name. A list of schedulers has none."""
        found = re.match(r'(?:get_scheduler\(|lr_decay_style=)"([\w-]+)"|(\w+)\(', self.call)
        return (found[1] or found[2]) if found else ""

    @property
    def odd(self) -> tuple[int, float, float] | None:
        """An epoch at which the library's rate is another, according to the remark: the epoch and the two rates."""
        found = re.search(r"at (\d+) it is (\S+), here (\S+?)(?:;|$)", self.remark)
        return (int(found[1]), float(found[2]), float(found[3])) if found else None

    @property
    def stop(self) -> tuple[int, str] | None:
        """The first epoch that the library has no rate for, and the error it raises, according to the remark."""
        found = re.search(r"at (\d+) it raises `(\w+)`", self.remark)
        return (int(found[1]), found[2]) if found else None

    @property
    def epochs(self) -> range:
        """The epochs to compare: 100 and 20 past the end, or more if the rates differ only later."""
        at = self.odd[0] if self.odd else 0
        return range(at - 5, at + 2) if at > 10_000 else range(max(120, at + 10) + 1)

    @property
    def differ(self) -> list[int]:
        """The epochs at which the rates differ: from the one that the remark names on, or a single one."""
        since = re.search(r"from (\d+) on", self.remark)
        if since:
            return [e for e in self.epochs if int(since[1]) <= e]
        return [self.odd[0]] if self.odd else []


@dataclass(frozen=True)
class Library:
    module: str  # where the names in its rows are from
    drive: Callable[[Row, str], Iterator[float]]
    names: str = ""  # what its schedulers are called there: a regular expression
    float32: bool = False  # computes in single precision
    alone: bool = False  # crashes in a process that TensorFlow is loaded into

    def tolerance(self, peak: float) -> float:
        """Return how far a rate may be from ours: 4 float32 ulp of the peak, or 10^-12 of it."""
        return 4 * 2.0 ** (frexp(peak)[1] - 24) if self.float32 else 1e-12 * peak


@cache
def process() -> ProcessPoolExecutor:
    process = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    atexit.register(process.shutdown)
    return process


def apart(name: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function, in a process of its own for a library that does not bear the others."""
    return process().submit(function, *arguments).result() if LIBRARIES[name].alone else function(*arguments)


def curve(row: Row) -> list[float]:
    """Return the library's rates of `row.epochs`, or of those before the error that the remark names."""
    library, rates = LIBRARIES[row.library], []
    try:
        for rate in library.drive(row, library.module):
            rates.append(float(rate))
    except Exception as error:
        if (len(rates), type(error).__name__) != row.stop:
            raise
    return rates


# The drivers. Each runs a library as its users do and yields the rate of each epoch. The rate of `optimizer` is 0.1.


def members(module: str) -> dict[str, Any]:
    if module == "timm.scheduler":
        timm_scheduler()
    return vars(import_module(module))


def evaluated(row: Row, module: str, **names: Any) -> Any:
    return eval(row.call, members(module) | names)


def torch_optimizer(kind: str = "SGD") -> Any:
    torch = import_module("torch")
    return getattr(torch.optim, kind)([torch.zeros(1, requires_grad=True)], lr=0.1)


def drive_torch(row: Row, module: str) -> Iterator[float]:
    """Drive a scheduler, or a list of them, that is stepped after the optimizer: PyTorch's protocol."""
    module = row.remark.split("`")[1] if row.remark.startswith("of `") else module
    optimizer = torch_optimizer("Adam" if row.library == "DeepSpeed" else "SGD")
    made = evaluated(row, module, optimizer=optimizer)
    to_epoch = row.library == "timm" or "`scheduler.step(epoch)`" in row.remark
    group = optimizer.param_groups[0]
    for epoch in row.epochs:
        if row.remark.startswith("its momentum"):
            yield group["betas"][0] if "betas" in group else group["momentum"]
        else:
            yield group["lr"]
        optimizer.step()
        for scheduler in made if isinstance(made, list) else [made]:
            scheduler.step(*[epoch + 1] * to_epoch)


def drive_megatron(row: Row, module: str) -> Iterator[float]:
    """Build the one scheduler of Megatron with the arguments of the row, in place of these."""
    style = {"lr_decay_style": "constant", "wd_incr_style": "constant", "start_wd": 0.0, "end_wd": 0.0}
    numbers = {"init_lr": 0.0, "max_lr": 0.1, "min_lr": 0.001, "lr_warmup_steps": 10, "lr_decay_steps": 100}
    arguments = style | numbers | {"wd_incr_steps": 100} | eval(f"dict({row.call})")
    optimizer = torch_optimizer()
    scheduler = import_module(module).OptimizerParamScheduler(optimizer, **arguments)
    for _ in row.epochs:
        yield optimizer.param_groups[0]["weight_decay" if "wd_incr_style" in row.call else "lr"]
        scheduler.step(1)


def drive_ignite(row: Row, module: str) -> Iterator[float]:
    engine, optimizer = import_module("ignite.engine"), torch_optimizer()
    used: list[float] = []
    optimizer.register_step_pre_hook(lambda *_: used.append(optimizer.param_groups[0]["lr"]))
    trainer = engine.Engine(lambda trainer, batch: optimizer.step())
    names = vars(import_module("torch.optim.lr_scheduler")) | vars(import_module(module))
    trainer.add_event_handler(engine.Events.ITERATION_STARTED, eval(row.call, names | {"optimizer": optimizer}))
    trainer.run(row.epochs)
    return iter(used)


def drive_optax(row: Row, module: str) -> Iterator[float]:
    optimizer = import_module(module).sgd(evaluated(row, module))
    state = optimizer.init(0.0)
    update = import_module("jax").jit(optimizer.update)
    for _ in row.epochs:
        change, state = update(1.0, state)  # minus the rate times a gradient of 1
        yield -change


def drive_keras(row: Row, module: str) -> Iterator[float]:
    keras = import_module("keras")
    optimizer = keras.optimizers.SGD(evaluated(row, module))
    weight = keras.Variable(0.0)
    optimizer.build([weight])
    optimizer.iterations.assign(row.epochs[0])
    for _ in row.epochs:
        yield float(optimizer.learning_rate)
        optimizer.apply([keras.ops.zeros(())], [weight])


def drive_mlx(row: Row, module: str) -> Iterator[float]:
    optimizer = import_module(module).SGD(evaluated(row, module))
    for _ in row.epochs:
        optimizer.update({}, {})  # which sets the rate that it then uses
        yield optimizer.learning_rate


def drive_paddle(row: Row, module: str) -> Iterator[float]:
    paddle = import_module("paddle")
    scheduler = evaluated(row, module)
    optimizer = paddle.optimizer.SGD(scheduler, parameters=paddle.nn.Linear(1, 1).parameters())
    for _ in row.epochs:
        yield optimizer.get_lr()
        optimizer.step()
        scheduler.step()


def drive_thinc(row: Row, module: str) -> Iterator[float]:
    optimizer = import_module("thinc.optimizers").SGD(evaluated(row, module))
    for _ in row.epochs:
        yield optimizer.learn_rate(optimizer.step)
        optimizer.step_schedules()


def drive_function(row: Row, module: str) -> Iterator[float]:
    """Call a function of the epoch, or of the part of the run."""
    return map(evaluated(row, module), [e / 100 for e in row.epochs] if row.library == "fvcore" else row.epochs)


LIBRARIES = {
    "PyTorch": Library("torch.optim.lr_scheduler", drive_torch, r"(?!_|LRScheduler)\w*(LR|Scheduler|Restarts|Plateau)"),
    "Transformers": Library("transformers.optimization", drive_torch),
    "Optax": Library("optax", drive_optax, r"(?!inject|scale)\w+_(schedule|schedules|decay|plateau)", float32=True),
    "Keras": Library("keras.optimizers.schedules", drive_keras, r"[A-Z]\w+(Decay|Restarts)", float32=True),
    "timm": Library("timm.scheduler", drive_torch, r"[A-Z]\w+Scheduler"),
    "mmengine": Library("mmengine.optim.scheduler", drive_torch, r"[A-Z]\w+LR"),
    "DeepSpeed": Library("deepspeed.runtime.lr_schedules", drive_torch, r"Warmup\w+|OneCycle|LRRangeTest"),
    "Megatron": Library("megatron.core.optimizer_param_scheduler", drive_megatron),
    "NeMo": Library("tests.frameworks.codebases", drive_function, r"[A-Z]\w+Annealing"),
    "lrsched": Library("lrsched", drive_function, r"(?!sample|scale_by_group)[a-z]\w+"),
    "fvcore": Library("fvcore.common.param_scheduler", drive_function, r"\w+ParamScheduler"),
    "Ignite": Library("ignite.handlers", drive_ignite, r"(?!\w*(Param|State)|Batch|Cycl)\w+Scheduler|PiecewiseLinear"),
    "Thinc (spaCy)": Library("thinc.schedules", drive_thinc, r"constant|[a-z]+_[a-z]+|decaying|compounding|plateau"),
    "MLX": Library("mlx.optimizers", drive_mlx, r"\w+_(decay|schedule|schedules)", float32=True),
    "PaddlePaddle": Library("paddle.optimizer.lr", drive_paddle, r"\w+(Decay|LR|Restarts|Warmup|Plateau)", alone=True),
}
ROWS = [Row(library, *cells) for library in LIBRARIES for cells in table(library)]
WITHOUT = {(library, name) for library, names, _ in table("What has no counterpart") for name in names.split("`, `")}


def public_names(name: str) -> set[str]:
    """Return the names of the schedulers that a library has."""
    library = LIBRARIES[name]
    names = {name for name, each in members(library.module).items() if isfunction(each) or isclass(each)}
    return {name for name in names if re.fullmatch(library.names, name)}


def count() -> tuple[int, int, int]:
    """Return how many schedulers of how many libraries are on the page, and how many of them are notation.
    A scheduler counts once, whatever number of rows it has, and one that has no counterpart counts as well."""
    names = {(row.library, row.name) for row in ROWS if row.name}
    notation = {(row.library, row.name) for row in ROWS if row.name and row.is_notation()}
    return len(notation), len(names | WITHOUT), len(LIBRARIES)


if __name__ == "__main__":
    lines = []
    for row in (row for row in ROWS if row.epochs[0] == 0):
        rates = apart(row.library, curve, row)
        lines.append("\t".join([row.library, row.call, *(f"{rates[e]:.6g}" for e in RECORDED if e < len(rates))]))
    RATES.write_text("\n".join(lines) + "\n", encoding="utf-8")

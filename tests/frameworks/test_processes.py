"""Several processes: torchrun, of whose processes one is killed, and accelerate, also with one process.

The processes run this file as well: the recipe of torch.distributed or of accelerate, and a log.
"""

import contextlib
import itertools
import os
import signal
import sys
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from accelerate import Accelerator
from accelerate.state import AcceleratorState, GradientState
from torch.optim.lr_scheduler import LambdaLR

from cosine_lr import CosineLR, WarmupLR, parse
from recipes import Killed, changed, inline, python, recipe, run
from regression import weights_of

UPDATES, EVERY, KILLED_AT = 60, 5, 33
SCHEDULE = "WarmupLR(CosineRestartsLR(0.01, 0.0001, t_max=40, t_mult=2), lr_start=0.001, t_warmup=20)"
PREPARED = [
    ("accelerator.register_for_checkpointing(rates)", "scheduler = accelerator.prepare(LambdaLR(optimizer, schedule))"),
    ("lr = next(rates)", 'lr = optimizer.param_groups[0]["lr"]'),
    ("optimizer.step()", "optimizer.step(); scheduler.step()"),
]


def note(name: str, optimizer: torch.optim.Optimizer) -> list[float]:
    """Write the rates of all updates so far into a file after each of them."""
    used: list[float] = []

    def write(*_: Any) -> None:
        used.append(optimizer.param_groups[0]["lr"])
        Path(name).write_text(repr(used))

    optimizer.register_step_post_hook(write)
    return used


def loss_of(model: torch.nn.Module, batch: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.mse_loss(model(batch), batch.sum(dim=1, keepdim=True))


def ddp() -> None:
    """Train to the end; in the first life of the group the rank that writes the checkpoints is killed."""
    dist.init_process_group("gloo")
    rank, life = dist.get_rank(), int(os.environ["TORCHELASTIC_RESTART_COUNT"])
    torch.manual_seed(rank)  # the data are each rank's own, and so are the weights until they are made parallel
    model = torch.nn.Linear(3, 1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1.0)
    used = note(f"rates-{life}-{rank}", optimizer)

    def train_step(parallel: torch.nn.Module, optimizer: torch.optim.Optimizer) -> None:
        if (life, rank, len(used)) == (0, 0, KILLED_AT):
            os.kill(os.getpid(), signal.SIGKILL)
        optimizer.zero_grad()
        loss_of(parallel, torch.randn(8, 3)).backward()
        optimizer.step()

    names = {"model": model, "optimizer": optimizer, "schedule": parse(SCHEDULE), "path": Path("checkpoint")}
    run(recipe("Several processes"), **names, train_step=train_step, save=torch.save, updates=UPDATES, every=EVERY)
    Path(f"weights-{rank}").write_text(repr(weights_of(model)))
    dist.destroy_process_group()


def accelerated(code: str, note_as: str = "", killed_at: int = -1, folder: str | None = None) -> torch.nn.Module:
    """Train five epochs of 28 samples, or until the run is killed; return the model."""
    torch.manual_seed(0)
    accelerator = Accelerator(cpu=True, gradient_accumulation_steps=2)
    model = torch.nn.Linear(3, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    loader = torch.utils.data.DataLoader(torch.randn(28, 3), batch_size=2)
    if note_as:
        note(f"{note_as}-{accelerator.process_index}", optimizer)
    batches = itertools.count()

    def loss_of_or_killed(model: torch.nn.Module, batch: torch.Tensor) -> torch.Tensor:
        if next(batches) == killed_at:
            raise Killed
        return loss_of(model, batch)

    names = {"accelerator": accelerator, "model": model, "optimizer": optimizer, "loader": loader, "LambdaLR": LambdaLR}
    with contextlib.suppress(Killed):
        run(code, **names, loss_of=loss_of_or_killed, epochs=5, warm=4, folder=folder)
    return model


def launch(*words: str, **environment: str) -> None:
    environment |= {"ACCELERATE_USE_CPU": "true", "GLOO_SOCKET_IFNAME": "lo"}
    python("-m", "torch.distributed.run", "--standalone", *words, **environment)


def test_torchrun(folder: Path) -> None:
    """All ranks use the schedule's rates to the bit, before the kill and after it, and none is sent any."""
    setting, _, *options, _ = inline("Several processes", "TORCH").split()
    launch(*options, __file__, "ddp", **dict([setting.split("=")]))
    rates = parse(SCHEDULE).values(UPDATES)
    lives = [{(folder / f"rates-{life}-{rank}").read_text() for rank in range(4)} for life in (0, 1)]
    assert lives == [{repr(rates[:KILLED_AT])}, {repr(rates[KILLED_AT - KILLED_AT % EVERY :])}]
    assert len({(folder / f"weights-{rank}").read_text() for rank in range(4)}) == 1


def schedule(updates: int) -> WarmupLR:
    return WarmupLR(CosineLR(0.1, 0.001, t_max=updates - 5), lr_start=0.01, t_warmup=4)


def test_accelerate_with_two_processes(folder: Path) -> None:
    """5 epochs of 7 batches, two an update. Do not prepare a scheduler: each process moves it at every update."""
    launch("--nproc-per-node=2", __file__, "accelerate")
    used = {mode: {(folder / f"{mode}-{rank}").read_text() for rank in (0, 1)} for mode in ("whole", "prepared")}
    whole, prepared = schedule(20).values(20), [schedule(20)(2 * i) for i in range(20)]
    assert used == {"whole": {repr(whole)}, "prepared": {repr(prepared)}}


def test_accelerate_resumed(folder: Path, used: list[float]) -> None:
    """The epoch in which the run was killed is trained again."""
    straight = accelerated(recipe("accelerate"))
    accelerated(recipe("accelerate"), killed_at=34)
    resumed = accelerated(recipe("accelerate"), folder="run")
    AcceleratorState._reset_state(reset_partial_state=True)
    GradientState._reset_state()
    rates = schedule(35).values(35)
    assert used == rates + rates[:17] + rates[14:]
    assert weights_of(resumed) == weights_of(straight)


if __name__ == "__main__":
    torch.set_num_threads(1)
    if sys.argv[1] == "ddp":
        ddp()
    else:
        accelerated(recipe("accelerate"), "whole")
        accelerated(changed(recipe("accelerate"), *PREPARED), "prepared")

"""One process of a run with torchrun, for test_many_processes.py: the recipe for several processes, and a log."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist

from cosine_lr import parse
from recipes import recipe, run

UPDATES, EVERY, KILLED_AT = 150, 5, 63
SCHEDULE = "WarmupLR(CosineRestartsLR(0.01, 0.0001, t_max=40, t_mult=2), lr_start=0.001, t_warmup=20)"


def main(folder: Path) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo")
    rank, life = dist.get_rank(), int(os.environ["TORCHELASTIC_RESTART_COUNT"])
    torch.manual_seed(rank)  # the data are each rank's own, and so are the weights until they are made parallel
    model = torch.nn.Linear(4, 1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1.0)
    used: list[float] = []

    def train_step(parallel: torch.nn.Module, optimizer: torch.optim.Optimizer) -> None:
        if (life, rank, len(used)) == (0, 0, KILLED_AT):
            os.kill(os.getpid(), signal.SIGKILL)  # the rank that writes the checkpoints
        optimizer.zero_grad()
        x = torch.randn(8, 4)
        torch.nn.functional.mse_loss(parallel(x), x.sum(dim=1, keepdim=True)).backward()
        optimizer.step()
        used.append(optimizer.param_groups[0]["lr"])
        (folder / f"rates-{life}-{rank}").write_text(repr(used))

    def save(state: Any, path: Path) -> None:
        torch.save(state, path.with_suffix(".unfinished"))
        os.replace(path.with_suffix(".unfinished"), path)

    names = {"model": model, "optimizer": optimizer, "schedule": parse(SCHEDULE), "path": folder / "checkpoint"}
    run(recipe("Several processes"), **names, train_step=train_step, save=save, updates=UPDATES, every=EVERY)
    weights = torch.nn.utils.parameters_to_vector(model.parameters()).tolist()
    (folder / f"weights-{rank}").write_text(repr(weights))
    dist.destroy_process_group()


if __name__ == "__main__":
    main(Path(sys.argv[1]))

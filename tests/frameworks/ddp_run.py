"""One process of a run with torchrun, for test_many_processes.py: the recipe for several processes, and a log."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist

from cosine_lr import parse
from killed_run import updates
from lives import EVERY, SCHEDULE, STEPS, note, replacing
from recipes import recipe, run


def main(folder: Path) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo")
    rank = dist.get_rank()
    life = f"{os.environ['TORCHELASTIC_RESTART_COUNT']}-{rank}"
    (folder / f"pid-{life}").write_text(str(os.getpid()))
    torch.manual_seed(rank)  # the data are each rank's own, and so are the weights until they are made parallel
    model = torch.nn.Linear(4, 1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1.0)
    optimizer.register_step_pre_hook(lambda self, *_: note(folder / life, updates(self), self.param_groups[0]["lr"]))

    def train_step(parallel: torch.nn.Module, optimizer: torch.optim.Optimizer) -> None:
        optimizer.zero_grad()
        x = torch.randn(8, 4)
        torch.nn.functional.mse_loss(parallel(x), x.sum(dim=1, keepdim=True)).backward()
        optimizer.step()

    def save(state: Any, path: Path) -> None:
        with replacing(path) as file:
            torch.save(state, file)

    names = {"model": model, "optimizer": optimizer, "schedule": parse(SCHEDULE), "path": folder / "checkpoint"}
    run(recipe("Several processes"), **names, train_step=train_step, save=save, updates=STEPS, every=EVERY)
    with replacing(folder / f"weights-{rank}") as file:
        file.write(torch.nn.utils.parameters_to_vector(model.parameters()).detach().numpy().tobytes())
    dist.destroy_process_group()


if __name__ == "__main__":
    main(Path(sys.argv[1]))

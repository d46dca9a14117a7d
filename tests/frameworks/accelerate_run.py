"""One process of a run with accelerate, for test_accelerate.py: print the rates that its optimizer used, as JSON."""

from __future__ import annotations

import json
import sys

import torch
from accelerate import Accelerator
from torch.optim.lr_scheduler import LambdaLR

from cosine_lr import CosineLR, WarmupLR
from recipes import recipe, row, run

EPOCHS, ACCUMULATE, WARM = 5, 2, 4


def main(mode: str, folder: str) -> None:
    """Train all epochs ("whole"), the first two ("first"), the rest ("second"), or all with a prepared scheduler."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    accelerator = Accelerator(cpu=True, gradient_accumulation_steps=ACCUMULATE)
    model = torch.nn.Linear(3, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    used: list[float] = []
    optimizer.register_step_pre_hook(lambda self, *_: used.append(self.param_groups[0]["lr"]))
    loader = torch.utils.data.DataLoader(torch.randn(28, 3), batch_size=2)
    model, optimizer, loader = accelerator.prepare(model, optimizer, loader)

    counts = run(recipe("How many updates"), epochs=EPOCHS, loader=loader, accumulate=ACCUMULATE, warm=WARM)
    factor = WarmupLR(CosineLR(1.0, 0.01, t_max=counts["updates"] - 1 - WARM), lr_start=0.1, t_warmup=WARM)
    build, register, _, step = row("accelerate")
    names = run(build, LambdaLR=LambdaLR, accelerator=accelerator, optimizer=optimizer, factor=factor)
    run(register, **names)
    if mode == "prepared":
        names["scheduler"], step = accelerator.prepare(names["scheduler"]), "scheduler.step()"
    if mode == "second":
        accelerator.load_state(folder)
    for _ in {"first": range(2), "second": range(2, EPOCHS)}.get(mode, range(EPOCHS)):
        for batch in loader:
            with accelerator.accumulate(model):
                accelerator.backward(torch.nn.functional.mse_loss(model(batch), batch.sum(dim=1, keepdim=True)))
                optimizer.step()
                run(step, **names)
                optimizer.zero_grad()
    if mode == "first":
        accelerator.save_state(folder)
    if accelerator.is_main_process:
        weights = [parameter.tolist() for parameter in model.parameters()]
        found = {"used": used, "weights": weights, "factor": repr(factor), "schedule": repr(counts["schedule"])}
        print(json.dumps(found))
    accelerator.end_training()


if __name__ == "__main__":
    main(*sys.argv[1:])

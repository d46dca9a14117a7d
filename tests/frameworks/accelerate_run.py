"""One process of a run with accelerate, for test_accelerate.py: print the rates that its optimizer used, as JSON."""

from __future__ import annotations

import json
import math
import sys
from typing import Any

import torch
from accelerate import Accelerator
from torch.optim.lr_scheduler import LambdaLR

from cosine_lr import CosineLR, WarmupLR
from recipes import recipe, row, run

EPOCHS, ACCUMULATE, WARM = 5, 2, 4


def main(mode: str, folder: str) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    accelerator = Accelerator(cpu=True, gradient_accumulation_steps=ACCUMULATE)
    model = torch.nn.Linear(3, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    used = []
    optimizer.register_step_pre_hook(lambda self, *_: used.append(self.param_groups[0]["lr"]))
    data = torch.utils.data.DataLoader(torch.randn(28, 3), batch_size=2)
    scheduler = LambdaLR(optimizer, CosineLR(1.0, 0.0, t_max=100).__call__)
    model, optimizer, loader = accelerator.prepare(model, optimizer, data)
    names: dict[str, Any] = {"math": math, "CosineLR": CosineLR, "WarmupLR": WarmupLR, "loader": loader}
    counted = run(
        recipe("Gradient accumulation and several processes"), **names, epochs=EPOCHS, accumulate=ACCUMULATE, warm=WARM
    )
    names = {"accelerator": accelerator, "optimizer": optimizer, "schedule": counted["schedule"]}
    register, set_rate, *_ = row("accelerate")
    run(register, **names)
    if mode == "prepared":
        scheduler = accelerator.prepare(scheduler)
    epochs = range(EPOCHS)
    if mode == "first":
        epochs = range(2)
    elif mode == "second":
        accelerator.load_state(folder)
        epochs = range(2, EPOCHS)
    for _ in epochs:
        for batch in loader:
            with accelerator.accumulate(model):
                accelerator.backward(torch.nn.functional.mse_loss(model(batch), batch.sum(dim=1, keepdim=True)))
                if mode != "prepared":
                    run(set_rate, **names)
                optimizer.step()
                if mode == "prepared":
                    scheduler.step()
                optimizer.zero_grad()
    if mode == "first":
        accelerator.save_state(folder)
    if accelerator.is_main_process:
        weights = [parameter.tolist() for parameter in model.parameters()]
        print(json.dumps({"used": used, "updates": counted["updates"], "weights": weights}))
    accelerator.end_training()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""One process of a run with accelerate, for test_accelerate.py: print the rates that its optimizer used, as JSON."""

from __future__ import annotations

import contextlib
import json
import sys

import torch
from accelerate import Accelerator
from torch.optim.lr_scheduler import LambdaLR

from recipes import Killed, changed, recipe, run

PREPARED = [
    ("accelerator.register_for_checkpointing(rates)", "scheduler = accelerator.prepare(LambdaLR(optimizer, schedule))"),
    ("lr = next(rates)", 'lr = optimizer.param_groups[0]["lr"]'),
    ("optimizer.step()", "optimizer.step(); scheduler.step()"),
]


def main(mode: str, precision: str) -> None:
    """Train all epochs ("whole"), until the run is killed in the third ("first"), the rest ("second"), or all with a
    LambdaLR that is prepared ("prepared").
    """
    torch.set_num_threads(1)
    torch.manual_seed(0)
    accelerator = Accelerator(cpu=True, gradient_accumulation_steps=2, mixed_precision=precision)
    model = torch.nn.Linear(3, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    loader = torch.utils.data.DataLoader(torch.randn(28, 3), batch_size=2)
    used: list[float] = []
    optimizer.register_step_pre_hook(lambda self, *_: used.append(self.param_groups[0]["lr"]))
    calls = iter(range(34 if mode == "first" else 10**6))

    def loss_of(model: torch.nn.Module, batch: torch.Tensor) -> torch.Tensor:
        if next(calls, None) is None:
            raise Killed
        return torch.nn.functional.mse_loss(model(batch), batch.sum(dim=1, keepdim=True))

    names = {"accelerator": accelerator, "model": model, "optimizer": optimizer, "loader": loader, "loss_of": loss_of}
    folder = "run" if mode == "second" else None
    code = changed(recipe("accelerate"), *(PREPARED if mode == "prepared" else []))
    with contextlib.suppress(Killed):
        names = run(code, **names, epochs=5, warm=4, folder=folder, LambdaLR=LambdaLR)
    if accelerator.is_main_process:
        weights = [parameter.tolist() for parameter in model.parameters()]
        print(json.dumps({"used": used, "weights": weights, "schedule": repr(names.get("schedule"))}))
    accelerator.end_training()


if __name__ == "__main__":
    main(*sys.argv[1:])

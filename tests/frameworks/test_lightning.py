"""Lightning: the automatic loop with gradient accumulation, and its checkpoints."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import lightning
import pytest
import torch

from cosine_lr import CosineLR, WarmupLR
from recipes import changed, inline, recipe, run

torch.set_num_threads(1)
logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
UPDATES_PER_EPOCH = 3  # 6 batches, two an update


class Model(lightning.LightningModule):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layer = torch.nn.Linear(3, 1)

    def training_step(self, batch: Any, index: int) -> torch.Tensor:
        return torch.nn.functional.mse_loss(self.layer(batch), batch.sum(dim=1, keepdim=True))


class Stop(lightning.Callback):
    """End the run after some epochs, as one that is killed, although it was planned for more."""

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs

    def on_train_epoch_end(self, trainer: lightning.Trainer, module: Any) -> None:
        trainer.should_stop = trainer.current_epoch + 1 == self.epochs


def train(
    folder: Path, epochs: int, stop: int = 0, *, code: str = "trainer.fit(model, loader)", by_epoch: bool = False
) -> lightning.Trainer:
    """Run the code with a model that has the recipe's configure_optimizers; keep a checkpoint of its end."""
    method = recipe("Lightning")
    if by_epoch:
        updates = ("self.trainer.estimated_stepping_batches", str(epochs))
        method = changed(method, ('"interval": "step"', inline("Lightning", '"interval"')), updates)
    names = run(method)
    model = type("Configured", (Model,), {"configure_optimizers": names["configure_optimizers"]})()
    trainer = lightning.Trainer(
        accelerator="cpu",
        max_epochs=epochs,
        accumulate_grad_batches=2,
        callbacks=[Stop(stop)],
        default_root_dir=folder,
        enable_checkpointing=False,
        enable_model_summary=False,
        enable_progress_bar=False,
        logger=False,
    )
    loader = torch.utils.data.DataLoader(torch.linspace(-1, 1, 18).reshape(6, 3), batch_size=1)
    run(code, trainer=trainer, model=model, loader=loader, path=folder / "last.ckpt")
    trainer.save_checkpoint(folder / "last.ckpt")
    return trainer


def factor(n: int) -> WarmupLR:
    return WarmupLR(CosineLR(1.0, 0.01, t_max=n - 6), lr_start=0.1, t_warmup=5)


def weights(trainer: lightning.Trainer) -> list[Any]:
    return [parameter.tolist() for parameter in trainer.model.parameters()]


@pytest.mark.parametrize("by_epoch", [False, True])
def test_recipe(used: list[float], tmp_path: Path, by_epoch: bool) -> None:
    """The last update, or epoch, is at the floor, and no earlier one."""
    train(tmp_path, 25, by_epoch=by_epoch)
    every = UPDATES_PER_EPOCH if by_epoch else 1
    rates = factor(25 * UPDATES_PER_EPOCH // every).values(25 * UPDATES_PER_EPOCH // every)
    assert used == [0.1 * each for each in rates for _ in range(every)]
    assert used.count(0.001) == every


def test_resume(used: list[float], tmp_path: Path) -> None:
    straight = train(tmp_path, 10)
    rates = [0.1 * each for each in factor(30).values(30)]
    assert used == rates
    used.clear()
    train(tmp_path, 10, stop=4)
    assert len(used) == 12
    resumed = train(tmp_path, 10, code=inline("Lightning", "trainer.fit"))
    assert used == rates
    assert weights(resumed) == weights(straight)


def test_resume_a_run_that_is_longer_now(used: list[float], tmp_path: Path) -> None:
    """The first update has the rate that was saved; nothing else of the old curve comes back."""
    train(tmp_path, 4)
    train(tmp_path, 12, code=inline("Lightning", "trainer.fit"))
    assert used == [0.1 * each for each in factor(12).values(13) + factor(36).values(36)[13:]]

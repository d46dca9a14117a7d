"""Lightning: the automatic loop with gradient accumulation, and its checkpoints."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import lightning
import pytest
import torch

from cosine_lr import CosineLR, WarmupLR
from recipes import inline, recipe, run

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


def train(
    folder: Path, factor: WarmupLR, epochs: int, *, interval: str = "step", code: str = "trainer.fit(model, loader)"
) -> lightning.Trainer:
    """Run the code with a model that has the recipe's configure_optimizers; keep a checkpoint of its end."""
    method = recipe("Lightning").replace('"interval": "step"', f'"interval": "{interval}"')
    names = run(method, torch=torch, factor=factor)
    model = type("Configured", (Model,), {"configure_optimizers": names["configure_optimizers"]})()
    trainer = lightning.Trainer(
        accelerator="cpu",
        max_epochs=epochs,
        accumulate_grad_batches=2,
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


def weights(trainer: lightning.Trainer) -> list[Any]:
    return [parameter.tolist() for parameter in trainer.model.parameters()]


@pytest.mark.parametrize("interval", ["step", "epoch"])
def test_recipe(factor: WarmupLR, used: list[float], tmp_path: Path, interval: str) -> None:
    train(tmp_path, factor, epochs=25, interval=interval)
    updates = range(25 * UPDATES_PER_EPOCH)
    assert used == [0.1 * factor(i if interval == "step" else i // UPDATES_PER_EPOCH) for i in updates]


def test_resume(factor: WarmupLR, used: list[float], tmp_path: Path) -> None:
    straight = train(tmp_path, factor, epochs=10)
    rates = [0.1 * each for each in factor.values(10 * UPDATES_PER_EPOCH)]
    assert used == rates
    used.clear()
    train(tmp_path, factor, epochs=4)
    resumed = train(tmp_path, factor, epochs=10, code=inline("Lightning", "trainer.fit"))
    assert used == rates
    assert weights(resumed) == weights(straight)


def test_resume_with_a_longer_t_max(factor: WarmupLR, used: list[float], tmp_path: Path) -> None:
    """The first update has the rate that was saved; nothing else of the old curve comes back."""
    longer = WarmupLR(CosineLR(1.0, 0.01, t_max=25), lr_start=0.1, t_warmup=5)
    train(tmp_path, factor, epochs=4)
    train(tmp_path, longer, epochs=12, code=inline("Lightning", "trainer.fit"))
    assert used == [0.1 * each for each in factor.values(13) + longer.values(36)[13:]]

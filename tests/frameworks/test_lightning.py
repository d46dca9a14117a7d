"""Lightning: the automatic loop with gradient accumulation, and its checkpoints."""

from __future__ import annotations

import logging
import pickle
from pathlib import Path
from typing import Any

import lightning
import pytest
import torch
from torch.optim.optimizer import register_optimizer_step_pre_hook

from cosine_lr import ConstantLR, CosineLR, WarmupLR
from recipes import changed, inline, recipe, run

torch.set_num_threads(1)
logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
UPDATES_PER_EPOCH = 3  # 6 batches, two an update


class Regression(lightning.LightningModule):
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
    folder: Path,
    epochs: int,
    stop: int = 0,
    *changes: tuple[str, str],
    code: str = "trainer.fit(model, loader)",
    precision: str = "32-true",
    **methods: Any,
) -> lightning.Trainer:
    """Run the code with a model that has the recipe's configure_optimizers; keep a checkpoint of its end."""
    methods["configure_optimizers"] = run(changed(recipe("Lightning"), *changes))["configure_optimizers"]
    model = type("Configured", (Regression,), methods)()
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
        precision=precision,
    )
    loader = torch.utils.data.DataLoader(torch.linspace(-1, 1, 18).reshape(6, 3), batch_size=1)
    run(code, trainer=trainer, model=model, loader=loader, path=folder / "last.ckpt")
    trainer.save_checkpoint(folder / "last.ckpt")
    return trainer


def factor(n: int) -> WarmupLR:
    return WarmupLR(CosineLR(1.0, 0.01, t_max=n - 6), lr_start=0.1, t_warmup=5)


def weights(trainer: lightning.Trainer) -> list[Any]:
    return [parameter.tolist() for parameter in trainer.model.parameters()]


@pytest.mark.parametrize("precision", ["32-true", "bf16-mixed"])
def test_recipe(used: list[float], tmp_path: Path, precision: str) -> None:
    """The last update is at the floor, and no earlier one; a second run is as the first."""
    for _ in range(2):
        train(tmp_path, 25, precision=precision)
    assert used == 2 * [0.1 * each for each in factor(75).values(75)]
    assert used.count(0.001) == 2 and used[-1] == 0.001


def test_a_rate_per_epoch(used: list[float], tmp_path: Path) -> None:
    interval = ('"interval": "step"', inline("Lightning", '"interval": "epoch'))
    train(tmp_path, 25, 0, interval, ("self.trainer.estimated_stepping_batches", "25"))
    assert used == [0.1 * each for each in factor(25).values(25) for _ in range(UPDATES_PER_EPOCH)]


def test_do_not_leave_out_the_interval(used: list[float], tmp_path: Path) -> None:
    train(tmp_path, 5, 0, (", " + inline("Lightning", '"interval": "step'), ""))
    assert used == [0.1 * each for each in factor(15).values(5) for _ in range(UPDATES_PER_EPOCH)]
    assert used[-1] < 0.1


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


def test_weight_decay(tmp_path: Path) -> None:
    """Of each update, in a run that is stopped and resumed."""
    seen: list[float] = []
    note = register_optimizer_step_pre_hook(lambda self, *_: seen.append(self.param_groups[0]["weight_decay"]))
    names = run(changed(recipe("Lightning", 1), ("t_warmup=99", "t_warmup=29")))
    hook = {"on_train_batch_start": names["on_train_batch_start"]}
    train(tmp_path, 10, 4, **hook)
    train(tmp_path, 10, code=inline("Lightning", "trainer.fit"), **hook)
    note.remove()
    assert seen == WarmupLR(ConstantLR(0.4), lr_start=0.04, t_warmup=29, curve="cosine").values(30)


@pytest.mark.parametrize("as_text", [True, False])
def test_a_schedule_among_the_hyperparameters(tmp_path: Path, as_text: bool) -> None:
    schedule = WarmupLR(CosineLR(0.1, 0.001, t_max=94), lr_start=0.01, t_warmup=5)
    code = recipe("Lightning", 2)
    if not as_text:
        code = changed(code, ("parse(schedule)", "schedule"))
    model_class = run(code)["Model"]
    trainer = lightning.Trainer(accelerator="cpu", logger=False, enable_progress_bar=False, barebones=True)
    trainer.strategy.connect(model_class(str(schedule) if as_text else schedule))
    trainer.save_checkpoint(tmp_path / "model.ckpt")
    if as_text:
        assert model_class.load_from_checkpoint(tmp_path / "model.ckpt").schedule == schedule
    else:
        with pytest.raises(pickle.UnpicklingError, match="Weights only load failed"):
            model_class.load_from_checkpoint(tmp_path / "model.ckpt")

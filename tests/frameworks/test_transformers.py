"""transformers: its Trainer with gradient accumulation, checkpoints and a tiny model that knows nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch.optim.optimizer import register_optimizer_step_pre_hook
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments

from cosine_lr import ConstantLR, CosineLR, WarmupLR
from recipes import changed, inline, recipe, run

torch.set_num_threads(1)
UPDATES_PER_EPOCH = 5  # 18 samples in batches of 2, two batches an update, the last one alone


CONFIG = GPT2Config(vocab_size=8, n_positions=8, n_embd=8, n_layer=1, n_head=1, bos_token_id=0, eos_token_id=0)
OPTIONS = {
    "per_device_train_batch_size": 2,
    "gradient_accumulation_steps": 2,
    "save_steps": 10,
    "logging_steps": 1,
    "report_to": [],
    "use_cpu": True,
    "disable_tqdm": True,
}


def parts(folder: Path, epochs: int, options: dict[str, Any]) -> dict[str, Any]:
    """Return the reader's own model, arguments and data."""
    torch.manual_seed(0)
    ids = torch.randint(8, (18, 6))
    args = TrainingArguments(str(folder), num_train_epochs=epochs, **OPTIONS | options)
    dataset = [{"input_ids": each, "labels": each} for each in ids]
    return {"model": GPT2LMHeadModel(CONFIG), "args": args, "dataset": dataset}


def train(code: str, folder: Path, epochs: int, **options: Any) -> Trainer:
    return run(code, **parts(folder, epochs, options))["trainer"]


def recipe_of(updates: int, *changes: tuple[str, str]) -> str:
    return changed(recipe("transformers"), ("updates, warm = 100, 5", f"updates, warm = {updates}, 5"), *changes)


def factor(updates: int) -> WarmupLR:
    return WarmupLR(CosineLR(1.0, 0.01, t_max=updates - 6), lr_start=0.1, t_warmup=5)


def resuming() -> tuple[str, str]:
    return "trainer.train()", inline("transformers", "trainer.train(")


def weights(trainer: Trainer) -> list[Any]:
    return [parameter.tolist() for parameter in trainer.model.parameters()]


@pytest.mark.parametrize("options", [{}, {"bf16": True}])
def test_recipe_and_resume(used: list[float], tmp_path: Path, options: dict[str, Any]) -> None:
    straight = train(recipe_of(25), tmp_path / "straight", epochs=6, **options)
    rates = [0.1 * each for each in factor(25).values(6 * UPDATES_PER_EPOCH)]
    assert used == rates and used[24] == used[29] == 0.001
    assert [each["learning_rate"] for each in straight.state.log_history if "learning_rate" in each] == rates

    used.clear()
    train(recipe_of(25), tmp_path / "resumed", epochs=2, **options)
    trainer = train(recipe_of(25, resuming()), tmp_path / "resumed", epochs=6, **options)
    assert used == rates
    assert weights(trainer) == weights(straight)


def test_number_of_updates(tmp_path: Path) -> None:
    trainer = train(recipe("transformers"), tmp_path, epochs=3)
    names = run(recipe("How many updates"), epochs=3, loader=trainer.get_train_dataloader(), accumulate=2, warm=5)
    assert names["updates"] == trainer.state.global_step == 3 * UPDATES_PER_EPOCH
    assert names["schedule"](names["updates"] - 1) == 0.001 < names["schedule"](names["updates"] - 2)


def test_do_not_count_batches(used: list[float], tmp_path: Path) -> None:
    """27 batches are 15 updates: the end is in the middle of the curve."""
    train(recipe_of(27), tmp_path, epochs=3)
    assert used[-1] > 0.05


def test_weight_decay(tmp_path: Path) -> None:
    """Of each update, as the optimizer has it, in a run that is stopped and resumed; biases have none."""
    seen: list[tuple[float, ...]] = []

    def note(optimizer: Any, *_: Any) -> None:
        seen.append(tuple(group["weight_decay"] for group in optimizer.param_groups))

    handle = register_optimizer_step_pre_hook(note)
    code = changed(recipe("transformers", 1), ("t_warmup=99", "t_warmup=19"))
    for epochs, start in (2, {}), (4, {"resume_from_checkpoint": True}):
        mine = parts(tmp_path, epochs, {"weight_decay": 0.01})
        trainer = Trainer(mine["model"], mine["args"], train_dataset=mine["dataset"])
        run(code, trainer=trainer)
        trainer.train(**start)
    handle.remove()
    curve = WarmupLR(ConstantLR(0.4), lr_start=0.04, t_warmup=19, curve="cosine").values(20)
    assert seen == [(each, 0.0) for each in curve] and seen[-1] == (0.4, 0.0)

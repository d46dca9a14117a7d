"""transformers: its Trainer with gradient accumulation, checkpoints and a tiny model that knows nothing."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import torch
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments

from cosine_lr import CosineLR, WarmupLR
from recipes import inline, recipe, run

torch.set_num_threads(1)
UPDATES_PER_EPOCH = 5  # 18 samples in batches of 2, two batches an update, the last one alone


def train(code: str, folder: Path, factor: WarmupLR, epochs: int) -> Trainer:
    torch.manual_seed(0)
    ids = torch.randint(8, (18, 6))
    sizes = {"vocab_size": 8, "n_positions": 8, "n_embd": 8, "n_layer": 1, "n_head": 1}
    model = GPT2LMHeadModel(GPT2Config(**sizes, bos_token_id=0, eos_token_id=0))
    args = TrainingArguments(
        str(folder),
        num_train_epochs=epochs,
        per_device_train_batch_size=2,
        gradient_accumulation_steps=2,
        save_steps=10,
        logging_steps=1,
        report_to=[],
        use_cpu=True,
        disable_tqdm=True,
    )
    dataset = [{"input_ids": each, "labels": each} for each in ids]
    names: dict[str, Any] = {"torch": torch, "Trainer": Trainer, "model": model, "args": args, "dataset": dataset}
    return run(code, factor=factor, **names)["trainer"]


def weights(trainer: Trainer) -> list[Any]:
    return [parameter.tolist() for parameter in trainer.model.parameters()]


def test_recipe_and_resume(factor: WarmupLR, used: list[float], tmp_path: Path) -> None:
    straight = train(recipe("transformers"), tmp_path / "straight", factor, epochs=6)
    rates = [0.1 * each for each in factor.values(6 * UPDATES_PER_EPOCH)]
    assert used == rates
    assert [each["learning_rate"] for each in straight.state.log_history if "learning_rate" in each] == rates

    used.clear()
    resumed = recipe("transformers").replace("trainer.train()", inline("transformers", "trainer.train("))
    train(recipe("transformers"), tmp_path / "resumed", factor, epochs=2)
    trainer = train(resumed, tmp_path / "resumed", factor, epochs=6)
    assert used == rates
    assert weights(trainer) == weights(straight)


def test_resume_with_a_longer_t_max(factor: WarmupLR, used: list[float], tmp_path: Path) -> None:
    """The first update has the rate that was saved; nothing else of the old curve comes back."""
    longer = WarmupLR(CosineLR(1.0, 0.01, t_max=25), lr_start=0.1, t_warmup=5)
    train(recipe("transformers"), tmp_path, factor, epochs=2)
    code = recipe("transformers").replace("trainer.train()", inline("transformers", "trainer.train("))
    train(code, tmp_path, longer, epochs=7)
    assert used == [0.1 * each for each in factor.values(11) + longer.values(35)[11:]]


def test_number_of_updates(factor: WarmupLR, tmp_path: Path) -> None:
    trainer = train(recipe("transformers"), tmp_path, factor, epochs=3)
    names: dict[str, Any] = {"math": math, "CosineLR": CosineLR, "WarmupLR": WarmupLR}
    loader = trainer.get_train_dataloader()
    code = recipe("Gradient accumulation and several processes")
    names = run(code, **names, epochs=3, loader=loader, accumulate=2, warm=5)
    assert names["updates"] == trainer.state.global_step == 3 * UPDATES_PER_EPOCH
    assert names["schedule"](names["updates"]) == 0.001 < names["schedule"](names["updates"] - 1)

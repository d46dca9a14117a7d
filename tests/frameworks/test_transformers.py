"""transformers: its Trainer with gradient accumulation, checkpoints and a tiny model that knows nothing."""

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments

from cosine_lr import ConstantLR, WarmupLR
from recipes import MIGRATING, changed, factor_of, inline, recipe, run
from regression import weights_of

UPDATES_PER_EPOCH = 5  # 18 samples in batches of 2, two batches an update, the last one alone
CONFIG = GPT2Config(vocab_size=8, n_positions=8, n_embd=8, n_layer=1, n_head=1, bos_token_id=0, eos_token_id=0)
OPTIONS = {"per_device_train_batch_size": 2, "gradient_accumulation_steps": 2, "save_steps": 10, "logging_steps": 1}
OPTIONS |= {"report_to": [], "use_cpu": True, "disable_tqdm": True}
DATASET = [{"input_ids": each, "labels": each} for each in torch.randint(8, (18, 6), generator=torch.manual_seed(0))]


def parts(folder: Path, epochs: int, **options: Any) -> dict[str, Any]:
    """Return the reader's own model and arguments."""
    torch.manual_seed(0)
    args = TrainingArguments(str(folder), num_train_epochs=epochs, **OPTIONS | options)
    return {"model": GPT2LMHeadModel(CONFIG), "args": args}


def train(code: str, folder: Path, epochs: int) -> Trainer:
    return run(code, **parts(folder, epochs), dataset=DATASET)["trainer"]


def recipe_of(updates: int, *changes: tuple[str, str]) -> str:
    return changed(recipe("transformers"), ("updates, warm = 100, 5", f"updates, warm = {updates}, 5"), *changes)


def test_recipe_and_resume(used: list[float], folder: Path) -> None:
    straight = train(recipe_of(25), folder / "straight", epochs=6)
    rates = [0.1 * each for each in factor_of(25).values(6 * UPDATES_PER_EPOCH)]
    assert used == rates and used[24] == used[29] == 0.001
    assert [each["learning_rate"] for each in straight.state.log_history if "learning_rate" in each] == rates
    train(recipe_of(25), folder / "resumed", epochs=2)
    resuming = ("trainer.train()", inline("transformers", "trainer.train("))
    resumed = train(recipe_of(25, resuming), folder / "resumed", epochs=6)
    assert used == 2 * rates
    assert weights_of(resumed.model) == weights_of(straight.model)


@pytest.mark.parametrize("at_once", [True, False])
def test_a_longer_run(used: list[float], folder: Path, at_once: bool) -> None:
    """Without the callback the first update has the rate of the old curve."""
    train(recipe_of(25), folder, epochs=2)
    resume = inline("transformers", "trainer.train(")
    callback = recipe("transformers", 1) if at_once else ""
    train(recipe_of(50, ("trainer.train()", callback + resume)), folder, epochs=6)
    assert used[10:] == [0.1 * each for each in (factor_of(50 if at_once else 25)(10), *factor_of(50).values(30)[11:])]


def test_number_of_updates(folder: Path) -> None:
    trainer = train(recipe("transformers"), folder, epochs=3)
    names = run(recipe("How many updates"), epochs=3, loader=trainer.get_train_dataloader(), accumulate=2, warm=5)
    assert names["updates"] == trainer.state.global_step == 3 * UPDATES_PER_EPOCH
    assert names["schedule"](names["updates"] - 1) == 0.001 < names["schedule"](names["updates"] - 2)


def test_do_not_count_batches(used: list[float], folder: Path) -> None:
    """27 batches are 15 updates: the end is in the middle of the curve."""
    train(recipe_of(27), folder, epochs=3)
    assert used[-1] > 0.05


def test_weight_decay(folder: Path, decays: list[Any]) -> None:
    """In a run that is stopped and resumed; biases have none."""
    code = changed(recipe("transformers", 2), ("t_warmup=99", "t_warmup=19"))
    for epochs, start in (2, {}), (4, {"resume_from_checkpoint": True}):
        trainer = Trainer(**parts(folder, epochs, weight_decay=0.01), train_dataset=DATASET)
        run(code, trainer=trainer)
        trainer.train(**start)
    curve = WarmupLR(ConstantLR(0.4), lr_start=0.04, t_warmup=19, curve="cosine").values(20)
    assert decays == [(each, 0.0) for each in curve] and decays[-1] == (0.4, 0.0)


def test_the_trainer_logs_the_rate_of_the_update_before(folder: Path) -> None:
    """MIGRATING.md: with the Trainer of today's Transformers at the logged step stands schedule(step - 1)."""
    own = {"learning_rate": 0.1, "lr_scheduler_type": "cosine", "warmup_steps": 10, "max_steps": 100}
    mine = parts(folder, 1, **own, logging_steps=7, save_strategy="no")
    trainer = Trainer(**mine, train_dataset=DATASET)
    trainer.train()
    trainer.state.save_to_json("trainer_state.json")
    distance = run(recipe("trainer_state.json", page=MIGRATING))["distance"]
    assert distance[0] < 1e-12 < 1e-3 < distance[1]

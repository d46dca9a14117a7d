"""transformers: its Trainer with gradient accumulation, checkpoints and a tiny model that knows nothing."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch.optim.lr_scheduler import LambdaLR
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainerCallback, TrainingArguments

from cosine_lr import ConstantLR, WarmupLR
from recipes import MIGRATING, changed, factor_of, inline, recipe, run
from regression import weights_of

UPDATES_PER_EPOCH = 5  # 18 samples in batches of 2, two batches an update, the last one alone
CONFIG = GPT2Config(vocab_size=8, n_positions=8, n_embd=8, n_layer=1, n_head=1, bos_token_id=0, eos_token_id=0)
OPTIONS = {"per_device_train_batch_size": 2, "gradient_accumulation_steps": 2, "save_steps": 10, "logging_steps": 1}
OPTIONS |= {"report_to": [], "use_cpu": True, "disable_tqdm": True, "learning_rate": 0.1}
DATASET = [{"input_ids": each, "labels": each} for each in torch.randint(8, (18, 6), generator=torch.manual_seed(0))]


def parts(folder: Path, epochs: int, **options: Any) -> dict[str, Any]:
    """Return the reader's own model and arguments."""
    torch.manual_seed(0)
    args = TrainingArguments(str(folder), num_train_epochs=epochs, **OPTIONS | options)
    return {"model": GPT2LMHeadModel(CONFIG), "args": args}


class Stop(TrainerCallback):
    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        control.should_training_stop = state.global_step == 10


def train(folder: Path, epochs: int, start: str = "trainer.train()") -> Trainer:
    code = changed(recipe("transformers"), ("trainer.train()", start))
    return run(code, **parts(folder, epochs), dataset=DATASET, Stop=Stop)["trainer"]


def of_both_groups(factors: list[float]) -> list[tuple[float, float]]:
    """Return the rates of the Trainer's two groups: biases and norms have no weight decay."""
    return [(0.1 * factor,) * 2 for factor in factors]


RESUME = inline("transformers", "trainer.train(")


def test_recipe_and_resume(used: list[Any], folder: Path) -> None:
    straight = train(folder / "straight", epochs=6)
    rates = of_both_groups(factor_of(30).values(6 * UPDATES_PER_EPOCH))
    assert used == rates and used[29] == (0.001, 0.001)
    assert [(each["learning_rate"],) * 2 for each in straight.state.log_history if "learning_rate" in each] == rates
    train(folder / "resumed", 6, "trainer.add_callback(Stop())\ntrainer.train()")
    resumed = train(folder / "resumed", 6, RESUME)
    assert used == 2 * rates
    assert weights_of(resumed.model) == weights_of(straight.model)


@pytest.mark.parametrize("at_once", [True, False])
def test_a_longer_run(used: list[Any], folder: Path, at_once: bool) -> None:
    """Without the callback the first update has the rate of the old curve."""
    train(folder, epochs=2)
    train(folder, 6, (recipe("transformers", 1) if at_once else "") + RESUME)
    assert used[10:] == of_both_groups([factor_of(30 if at_once else 10)(10), *factor_of(30).values(30)[11:]])


def test_number_of_updates(folder: Path) -> None:
    trainer = train(folder, epochs=3)
    names = run(recipe("How many updates"), epochs=3, loader=trainer.get_train_dataloader(), accumulate=2, warm=5)
    assert names["updates"] == trainer.state.global_step == 3 * UPDATES_PER_EPOCH
    assert names["schedule"](names["updates"] - 1) == 0.001 < names["schedule"](names["updates"] - 2)


def test_an_optimizer_of_your_own(used: list[Any], decays: list[Any], folder: Path) -> None:
    """The factor counts batches: 27 are 15 updates, so the end is in the middle of the curve."""
    mine = parts(folder, 3, learning_rate=7.0, weight_decay=7.0) | {"train_dataset": DATASET}
    optimizer = torch.optim.SGD(mine["model"].parameters(), lr=0.1)
    names = {"optimizer": optimizer, "factor": factor_of(27), "LambdaLR": LambdaLR, "Trainer": Trainer, "mine": mine}
    eval(inline("transformers", "Trainer(").replace("...", "**mine"), names).train()
    assert used == [0.1 * each for each in factor_of(27).values(15)] and used[-1] > 0.05 and {*decays} == {0.0}


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

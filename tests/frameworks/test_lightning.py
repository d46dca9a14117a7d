"""Lightning: the automatic loop with gradient accumulation, and its checkpoints."""

import pickle
from typing import Any

import lightning
import pytest
import torch
from lightning.pytorch.callbacks import LambdaCallback

from cosine_lr import ConstantLR, WarmupLR
from recipes import SCHEDULE, changed, factor_of, inline, recipe, run
from regression import weights_of

UPDATES_PER_EPOCH = 3  # 6 batches, two an update
pytestmark = pytest.mark.usefixtures("folder")


class Regression(lightning.LightningModule):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layer = torch.nn.Linear(3, 1)

    def training_step(self, batch: Any, index: int) -> torch.Tensor:
        return torch.nn.functional.mse_loss(self.layer(batch), batch.sum(dim=1, keepdim=True))


def train(epochs: int, *changes: tuple[str, str], stop: int = 0, code: str = "", **methods: Any) -> lightning.Trainer:
    """Run the code with a model that has the recipe's configure_optimizers; keep a checkpoint of its end."""
    methods["configure_optimizers"] = run(changed(recipe("Lightning"), *changes))["configure_optimizers"]
    model = type("Configured", (Regression,), methods)()

    def end(trainer: lightning.Trainer, module: Any) -> None:  # as one that is killed, although it was planned for more
        trainer.should_stop = trainer.current_epoch + 1 == stop

    options = {"accumulate_grad_batches": 2, "callbacks": [LambdaCallback(on_train_epoch_end=end)]}
    trainer = lightning.Trainer(max_epochs=epochs, accelerator="cpu", barebones=True, **options)
    loader = torch.utils.data.DataLoader(torch.linspace(-1, 1, 18).reshape(6, 3), batch_size=1)
    run(code or "trainer.fit(model, loader)", trainer=trainer, model=model, loader=loader, path="last.ckpt")
    trainer.save_checkpoint("last.ckpt")
    return trainer


def rates(updates: int) -> list[float]:
    return [0.1 * each for each in factor_of(updates).values(updates)]


def test_recipe(used: list[float]) -> None:
    """The last update is at the floor, and no earlier one; a second run is as the first."""
    for _ in range(2):
        train(10)
    assert used == 2 * rates(30)
    assert used.count(0.001) == 2 and used[-1] == 0.001


def per_epoch(epochs: int) -> list[tuple[str, str]]:
    interval = ('"interval": "step"', inline("Lightning", '"interval": "epoch'))
    return [interval, ("self.trainer.estimated_stepping_batches", str(epochs))]


def test_a_rate_per_epoch(used: list[float]) -> None:
    train(10, *per_epoch(10))
    assert used == [each for each in rates(10) for _ in range(UPDATES_PER_EPOCH)]


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("changes, n, k", [(lambda epochs: [], 3, 1), (per_epoch, 1, UPDATES_PER_EPOCH)])
def test_a_longer_run(used: list[float], changes: Any, n: int, k: int, at_once: bool) -> None:
    """With n rates per epoch, each for k updates. Without the method the first one is that of the old curve."""
    methods = {"on_train_start": run(recipe("Lightning", 1))["on_train_start"]} if at_once else {}
    train(10, *changes(10), stop=7)
    train(20, *changes(20), code=inline("Lightning", "trainer.fit"), **methods)
    first, *others = rates(20 * n)[7 * n :]
    first = first if at_once else rates(10 * n)[7 * n]
    assert used[21:] == [each for each in (first, *others) for _ in range(k)]


def test_do_not_leave_out_the_interval(used: list[float]) -> None:
    train(5, (", " + inline("Lightning", '"interval": "step'), ""))
    assert used == [each for each in rates(15)[:5] for _ in range(UPDATES_PER_EPOCH)]


def test_resume_with_a_weight_decay(used: list[float], decays: list[float]) -> None:
    """A run that is stopped and resumed has the rates, the decays and the weights of one that is not."""
    names = run(changed(recipe("Lightning", 2), ("t_warmup=99", "t_warmup=29")))
    hook = {"on_train_batch_start": names["on_train_batch_start"]}
    straight = train(10, **hook)
    train(10, stop=4, **hook)
    assert len(used) == 30 + 12
    resumed = train(10, code=inline("Lightning", "trainer.fit"), **hook)
    assert used == 2 * rates(30)
    assert decays == 2 * WarmupLR(ConstantLR(0.4), lr_start=0.04, t_warmup=29, curve="cosine").values(30)
    assert weights_of(resumed.model) == weights_of(straight.model)


def test_a_schedule_among_the_hyperparameters() -> None:
    """As text; the schedule itself is refused when the checkpoint is loaded."""
    trainer = lightning.Trainer(accelerator="cpu", barebones=True)

    def loaded(code: str, schedule: Any) -> Any:
        model_class = run(code)["Model"]
        trainer.strategy.connect(model_class(schedule))
        trainer.save_checkpoint("model.ckpt")
        return model_class.load_from_checkpoint("model.ckpt")

    assert loaded(recipe("Lightning", 3), str(SCHEDULE)).schedule == SCHEDULE
    with pytest.raises(pickle.UnpicklingError, match="Weights only load failed"):
        loaded(changed(recipe("Lightning", 3), ("parse(schedule)", "schedule")), SCHEDULE)

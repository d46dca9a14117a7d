"""The frameworks of the table, each in a short run of its own."""

from pathlib import Path

import mlx.core as mx
import mlx.nn
import mlx.optimizers
import numpy as np
import skorch.callbacks
import skorch.regressor
import thinc.api
import torch
from fastai.callback.core import Callback
from fastai.callback.schedule import ParamScheduler
from fastai.data.core import DataLoaders
from fastai.learner import Learner
from ignite.engine import Engine, Events
from ignite.handlers import LRScheduler
from pytest import approx
from torch.optim.lr_scheduler import LambdaLR

from recipes import changed, float32, inline, python, recipe, row, run

NAMES = run(recipe("More frameworks"))
schedule, factor = NAMES["schedule"], NAMES["factor"]
STEPS = 25
X = np.linspace(-1, 1, 8, dtype="float32").reshape(4, 2)
Y = X.sum(axis=1, keepdims=True)


def test_fastai() -> None:
    """The row's 100 epochs of two batches. Do not pass a schedule in epochs."""
    used = []

    class Note(Callback):  # type: ignore[misc]
        def before_step(self) -> None:
            used.append(self.learn.opt.hypers[-1]["lr"])

    loader = torch.utils.data.DataLoader(list(zip(torch.tensor(X), torch.tensor(Y))), batch_size=2)
    learner = Learner(DataLoaders(loader, loader), torch.nn.Linear(2, 1), torch.nn.functional.mse_loss, cbs=[Note()])
    names = {"learner": learner, "ParamScheduler": ParamScheduler, "schedule": schedule}
    right = 'ParamScheduler({"lr": lambda part: schedule(100 * part)})'
    wrong = changed(row("fastai")[0], (right, inline("More frameworks", 'ParamScheduler({"lr": s')))
    with learner.no_bar(), learner.no_logging():
        run(row("fastai")[0], **names)
        run(wrong, **names)
    assert used[:200] == approx([schedule(i / 2) for i in range(200)], rel=1e-12)
    assert used[200:] == approx([schedule(i / 200) for i in range(200)], rel=1e-12) and max(used[200:]) < schedule(1)


def test_mlx() -> None:
    """The gradient is 1 and the weight is 0, so that an update leaves minus the rate in it."""
    optimizer = mlx.optimizers.SGD(0.5)
    rates = []
    for step in range(STEPS):
        run(row("MLX")[0], optimizer=optimizer, schedule=schedule, step=step)
        moved = optimizer.apply_gradients({"weight": mx.ones(1)}, {"weight": mx.zeros(1)})
        rates.append(-moved["weight"].item())
    assert rates == float32(schedule.values(STEPS))


def test_paddle() -> None:
    """Paddle and TensorFlow crash when they meet in one process."""
    assert "1 passed" in python("-m", "pytest", "-q", str(Path(__file__).with_name("paddle_alone.py")))


def test_ignite(used: list[float]) -> None:
    optimizer = torch.optim.SGD(torch.nn.Linear(2, 1).parameters(), lr=0.1)
    trainer = Engine(lambda engine, batch: optimizer.step())
    names = {"Events": Events, "LRScheduler": LRScheduler, "LambdaLR": LambdaLR}
    run(row("PyTorch Ignite")[0], **names, trainer=trainer, optimizer=optimizer, factor=factor)
    trainer.run(range(5), max_epochs=6)
    assert used == [0.1 * each for each in factor.values(30)]


def test_skorch(used: list[float]) -> None:
    names = {"NeuralNetRegressor": skorch.regressor.NeuralNetRegressor, "LRScheduler": skorch.callbacks.LRScheduler}
    net = eval(row("skorch")[0], names | {"Module": lambda: torch.nn.Linear(2, 1), "factor": factor})
    net.set_params(train_split=None, verbose=0)
    for _ in range(2):
        net.fit(X, Y)
    assert used == 2 * [0.1 * each for each in factor.values(100)]


def test_thinc() -> None:
    """The gradient is 1 and the weight is 0, so that an update leaves minus the rate in it."""
    names = {"Schedule": thinc.api.Schedule, "SGD": thinc.api.SGD, "schedule": schedule}
    optimizer = eval(row("thinc (spaCy)")[0], names)
    rates = []
    for _ in range(STEPS):
        weight, _ = optimizer((1, "weight"), np.zeros(1), np.ones(1))
        optimizer.step_schedules()
        rates.append(-float(weight[0]))
    assert rates == schedule.values(STEPS)

"""Keras, on the backend that KERAS_BACKEND names. A meter reads the rate out of the weight that an epoch has moved."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import keras
import numpy as np
import pytest
from keras.callbacks import LearningRateScheduler

from cosine_lr import CosineLR, WarmupLR, cosine_lr
from recipes import inline, pytest_alone, recipe, run, section

assert keras.config.backend() == os.environ["KERAS_BACKEND"]

X = np.ones((1, 1), "float32")
NAMES = {
    "CosineLR": CosineLR,
    "LearningRateScheduler": LearningRateScheduler,
    "SGD": keras.optimizers.SGD,
    "cosine_lr": cosine_lr,
    "partial": partial,
}


class Meter(keras.callbacks.Callback):  # type: ignore[misc]
    """Set the weight to 0 before each epoch; with a gradient of 1 and one batch it then holds minus the rate."""

    def __init__(self) -> None:
        super().__init__()
        self.rates: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.model.layers[-1].kernel.assign([[0.0]])

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.rates.append(-float(keras.ops.convert_to_numpy(self.model.layers[-1].kernel)[0, 0]))


def train(optimizer: keras.optimizers.Optimizer, callbacks: list[Any], epochs: int = 15) -> list[float]:
    """Return the rates of a run with a loss whose gradient is 1."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    meter = Meter()
    model.compile(optimizer, loss=lambda y, prediction: prediction)
    model.fit(X, X, epochs=epochs, verbose=0, callbacks=[*callbacks, meter])
    return meter.rates


def float32(rates: list[float]) -> list[float]:
    return np.float32(rates).tolist()


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Keras without the progress bars, which a recipe need not turn off."""
    keras.config.disable_interactive_logging()
    yield
    keras.config.enable_interactive_logging()


def fitted(schedule: WarmupLR, *codes: str) -> dict[str, list[float]]:
    """Run recipes one after the other on one model and real data; return the rates and losses of all epochs."""
    keras.utils.set_random_seed(0)
    x = np.random.default_rng(0).normal(size=(32, 3)).astype("float32")
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    rates, losses = [], []
    for code in codes:
        run(code, keras=keras, schedule=schedule, model=model, x=x, y=x.sum(axis=1, keepdims=True), **NAMES)
        rates += model.history.history["learning_rate"]
        losses += model.history.history["loss"]
    return {"rates": rates, "losses": losses}


def test_recipe_and_resume(schedule: WarmupLR) -> None:
    resume = inline("Keras", "model.fit")
    first_half = resume.replace("initial_epoch=50, epochs=100", "epochs=50")
    straight = fitted(schedule, recipe("Keras"))
    assert straight["rates"] == float32(schedule.values(100))
    assert straight["losses"][-1] < straight["losses"][0] / 2
    assert fitted(schedule, first_half, resume) == straight


def test_rate_that_moved_the_weight(schedule: WarmupLR) -> None:
    callback = LearningRateScheduler(schedule)
    assert train("sgd", [callback], 25) == float32(schedule.values(25))


def trap(name: str) -> list[list[str]]:
    """Return the inline codes of the first two cells, the wrong forms and the safe ones, of the trap with `name`."""
    (line,) = [line for line in section("Keras").splitlines() if re.match(rf"\| `[^`]*{name}", line)]
    return [re.findall("`([^`]+)`", cell) for cell in line.strip("| ").split(" | ")[:2]]


def test_trap_half_bound_partial() -> None:
    (wrong,), right = trap("partial")
    meant = CosineLR(0.1, 0.001, t_max=10)
    assert len(right) == 2
    for code in right:
        assert train(keras.optimizers.SGD(0.1), [eval(code, NAMES)]) == float32(meant.values(15))
    got = train(keras.optimizers.SGD(0.1), [eval(wrong, NAMES)])
    compounded = [0.1]  # each epoch starts from the rate of the one before
    for epoch in range(1, 15):
        compounded.append(cosine_lr(epoch, compounded[-1], 0.001, t_max=10))
    assert got == pytest.approx(compounded, rel=1e-6)
    assert got[5] < 0.5 * meant(5)


def test_trap_rate_from_a_function() -> None:
    (wrong,), (right,) = trap("lambda")
    names = NAMES | {"schedule": CosineLR(0.1, 0.001, t_max=10)}
    assert train(eval(wrong, names), []) == float32([0.1] * 15)  # frozen
    assert train("sgd", [eval(right, names)]) == float32(CosineLR(0.1, 0.001, t_max=10).values(15))


def test_trap_schedule_as_a_rate() -> None:
    (wrong,), _ = trap("learning_rate=schedule")
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'e'"):
        train(eval(wrong, NAMES | {"schedule": CosineLR(0.1, 0.001, t_max=10)}), [])


class StepMeter(Meter):
    """The same for each batch."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None: ...

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None: ...

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        Meter.on_epoch_begin(self, batch)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        Meter.on_epoch_end(self, batch)


def test_a_rate_per_step(schedule: WarmupLR) -> None:
    names = run(recipe("Keras", 1), keras=keras, schedule=schedule)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile("sgd", loss=lambda y, prediction: prediction)
    meter = StepMeter()
    x = np.ones((5, 1), "float32")
    for epochs in (2, 6):  # goes on where the optimizer stands
        model.fit(x, x, batch_size=1, epochs=epochs, verbose=0, callbacks=[names["PerStep"](), meter])
    assert meter.rates == float32(schedule.values(40))


def test_the_same_on_jax() -> None:
    """A process has one backend, so the other gets a process of its own."""
    assert "6 passed" in pytest_alone(__file__, "-k", "not the_same_on_jax", KERAS_BACKEND="jax")

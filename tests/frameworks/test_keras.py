"""Keras, on the backend that KERAS_BACKEND names. A meter reads the rate out of the weight that an epoch has moved."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras.callbacks import LearningRateScheduler

from cosine_lr import CosineLR, WarmupLR, cosine_lr, parse
from recipes import EITHER_PAGE, RECIPES, changed, inline, pytest_alone, recipe, run, section

assert keras.config.backend() == os.environ["KERAS_BACKEND"]

X = np.ones((1, 1), "float32")
SCHEDULE = WarmupLR(CosineLR(0.1, 0.001, t_max=94), lr_start=0.01, t_warmup=5)
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


def fitted(*changes: tuple[str, str], resumed: str = "", page: Path = RECIPES) -> dict[str, list[float]]:
    """Run the recipe, and a line that goes on after it; return the rates and losses of all epochs."""
    keras.utils.set_random_seed(0)
    names = run(changed(recipe("Keras", page=page), *changes))
    assert names["schedule"] == SCHEDULE
    model = names["model"]
    found = {key: list(values) for key, values in model.history.history.items()}
    if resumed:
        run(resumed, **names)
        found = {key: found[key] + values for key, values in model.history.history.items()}
    return found


@EITHER_PAGE
def test_recipe_and_resume(page: Path) -> None:
    straight = fitted(page=page)
    assert straight["learning_rate"] == float32(SCHEDULE.values(100))
    assert straight["loss"][-1] < straight["loss"][0] / 2
    resumed = fitted(("], epochs=epochs", "], epochs=50"), resumed=inline("Keras", "model.fit"))
    assert resumed == straight


def test_rate_that_moved_the_weight() -> None:
    assert train("sgd", [LearningRateScheduler(SCHEDULE)], 101) == float32(SCHEDULE.values(101))


def trap(name: str) -> list[list[str]]:
    """Return the inline codes of the first two cells, the wrong forms and the safe ones, of the trap with `name`."""
    (line,) = [line for line in section("Keras: traps").splitlines() if re.match(rf"\| `[^`]*{name}", line)]
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
    """The same for each execution: the sum of the rates of its steps."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None: ...

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None: ...

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        Meter.on_epoch_begin(self, batch)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        Meter.on_epoch_end(self, batch)


STEPS, AT_ONCE = 40, [1, 4]  # steps of an epoch, and of an execution


@keras.saving.register_keras_serializable("tests")
def prediction(y: Any, prediction: Any) -> Any:
    return prediction


def model_of(optimizer: Any, at_once: int) -> keras.Model:
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(optimizer, loss=prediction, steps_per_execution=at_once)
    return model


def per_step(model: keras.Model, epochs: range, *callbacks: Any) -> list[float]:
    """Return the rates of the executions."""
    meter = StepMeter()
    x = np.ones((STEPS, 1), "float32")
    options = {"batch_size": 1, "epochs": epochs.stop, "initial_epoch": epochs.start, "verbose": 0}
    model.fit(x, x, callbacks=[*callbacks, meter], **options)
    return meter.rates


def sums(rates: list[float], at_once: int) -> Any:
    return pytest.approx([sum(rates[i : i + at_once]) for i in range(0, len(rates), at_once)], rel=1e-6)


@pytest.mark.parametrize("at_once", AT_ONCE)
def test_a_rate_per_step_is_saved_with_the_model(tmp_path: Path, at_once: int) -> None:
    """Two epochs, a model from the disk, and six more: the end, at 200, and after it."""
    names = run(changed(recipe("Keras: a rate per step"), ("steps, warm = 1000, 100", "steps, warm = 200, 20")))
    schedule = names["schedule"]
    log = run(recipe("Keras: a rate per step", 1))["LogRate"]()
    model = model_of(names["optimizer"], at_once)
    rates = per_step(model, range(2), log)
    logged = model.history.history["learning_rate"]
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    rates += per_step(loaded, range(2, 8), log)
    logged += loaded.history.history["learning_rate"]
    assert rates == sums(schedule.values(8 * STEPS), at_once)
    assert logged == [schedule(STEPS * epoch + STEPS - 1) for epoch in range(8)]
    assert logged[4] == logged[7] == 0.001
    assert parse(loaded.optimizer.get_config()["learning_rate"]["config"]["schedule"]) == schedule


def test_keras_logs_no_rate_per_step_by_itself() -> None:
    model = model_of(run(recipe("Keras: a rate per step"))["optimizer"], 1)
    per_step(model, range(1))
    assert list(model.history.history) == ["loss"]


@pytest.mark.parametrize("at_once", AT_ONCE)
def test_a_rate_per_step_by_a_callback(at_once: int) -> None:
    """It goes on where the optimizer stands; one rate for all steps of an execution."""
    callback = run(recipe("Keras: a rate per step", 2), schedule=SCHEDULE)["SetRate"]()
    model = model_of("sgd", at_once)
    rates = per_step(model, range(1), callback) + per_step(model, range(1, 3), callback)
    set_rates = [SCHEDULE(step - step % at_once) for step in range(3 * STEPS)]
    assert rates == sums(set_rates, at_once)
    last = [set_rates[STEPS * epoch + STEPS - 1] for epoch in range(1, 3)]
    assert model.history.history["learning_rate"] == pytest.approx(last, rel=1e-6)


def test_the_same_on_jax() -> None:
    """A process has one backend, so the other gets a process of its own."""
    assert "11 passed" in pytest_alone(__file__, "-k", "not the_same_on_jax", KERAS_BACKEND="jax")

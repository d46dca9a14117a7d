"""Keras, on the backend that KERAS_BACKEND names. A meter reads the rates out of the weight that they have moved."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import cosine_lr
from array_law import ALL, COUNTS, LONG, all_wrong
from cosine_lr import ConstantLR, CosineLR, LRIterator
from recipes import MIGRATING, SCHEDULE, changed, float32, inline, pytest_alone, recipe, run

assert keras.config.backend() == os.environ["KERAS_BACKEND"]

COMPILED = keras.config.backend() != "torch"  # on PyTorch Keras runs step by step, and has no steps_per_execution
STEPS, EPOCHS = 20, 8  # steps of an epoch


@keras.saving.register_keras_serializable("tests")
def prediction(y: Any, prediction: Any) -> Any:
    return prediction


def model_of(optimizer: Any, at_once: int = 1) -> keras.Model:
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(optimizer, loss=prediction, steps_per_execution=at_once)
    return model


def train(model: keras.Model, epochs: range, *callbacks: Any, steps: int = STEPS) -> list[float]:
    """Return the sums of the rates of the executions: before each the weight is 0, and each gradient is 1."""
    rates, x = [], np.ones((steps, 1), "float32")
    meter = keras.callbacks.LambdaCallback(
        on_train_batch_begin=lambda batch, logs: weight().assign([[0.0]]),
        on_train_batch_end=lambda batch, logs: rates.append(-float(keras.ops.convert_to_numpy(weight())[0, 0])),
    )

    def weight() -> Any:  # of the callback's model: JAX has the weights elsewhere until that is asked for
        return meter.model.layers[-1].kernel

    options = {"batch_size": 1, "epochs": epochs.stop, "initial_epoch": epochs.start, "verbose": 0}
    model.fit(x, x, callbacks=[*callbacks, meter], **options)
    return rates


def per_epoch(optimizer: Any, *callbacks: Any, epochs: int = 15) -> list[float]:
    return train(model_of(optimizer), range(epochs), *callbacks, steps=1)


@pytest.fixture(autouse=True)
def settings() -> Iterator[None]:
    """Keras without the progress bars, which a recipe need not turn off, and afterwards with its own settings."""
    keras.config.disable_interactive_logging()
    yield
    keras.config.enable_interactive_logging()
    keras.config.set_dtype_policy("float32")


def test_law_13() -> None:
    epochs = keras.ops.convert_to_tensor(COUNTS)
    assert all_wrong([keras.ops.convert_to_numpy(schedule.on(keras.ops)(epochs)) for schedule in ALL]) == []
    rate = LONG.on(keras.ops)(keras.Variable(100_000, dtype="int32", trainable=False))
    assert rate.shape == () and float(rate) == np.float32(3e-4)


def test_a_rate_per_epoch_and_resume(folder: Path) -> None:
    first = run(changed(recipe("Keras"), ("], epochs=epochs", "], epochs=50")))
    resumed = run(recipe("Keras", 1), x=first["x"], rates=first["rates"])["model"].history.history
    assert first["history"]["learning_rate"] + resumed["learning_rate"] == float32(SCHEDULE.values(100))
    assert resumed["loss"][0] < first["history"]["loss"][0] / 2


PerStep = run(recipe("Keras: a rate per step"))["PerStep"]


def optimizer_of(accumulate: int) -> dict[str, Any]:
    """Return the names of the recipe for 200 steps, or of the one with accumulation for all epochs."""
    if accumulate == 1:
        return run(changed(recipe("Keras: a rate per step"), ("steps, warm = 1000, 100", "steps, warm = 100, 10")))
    names = {"PerStep": PerStep, "x": range(STEPS), "batch_size": 1, "epochs": EPOCHS}
    return run(recipe("Keras: a rate per step", 1), **names)


def sums(rates: list[float], at_once: int) -> Any:
    return pytest.approx([sum(rates[i : i + at_once]) for i in range(0, len(rates), at_once)], rel=1e-6)


@pytest.mark.parametrize("accumulate, at_once, policy", [(1, 4, "mixed_float16"), (4, 1, "float32")])
def test_a_rate_per_step_is_saved_with_the_model(tmp_path: Path, accumulate: int, at_once: int, policy: str) -> None:
    """Two epochs, a model from the disk, and six more, with the rates that the log has."""
    keras.config.set_dtype_policy(policy)
    names = optimizer_of(accumulate)
    schedule, log = names["schedule"], run(recipe("Keras: a rate per step", 3))["LogRate"]()
    at_once = at_once if COMPILED else 1
    model = model_of(names["optimizer"], at_once)
    assert hasattr(model.optimizer, "inner_optimizer") == (policy == "mixed_float16")
    rates = train(model, range(2), log)
    logged = model.history.history["learning_rate"]
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    rates += train(loaded, range(2, EPOCHS), log)
    logged += loaded.history.history["learning_rate"]
    updates = [(step + 1) % accumulate == 0 for step in range(EPOCHS * STEPS)]
    assert rates == sums([schedule(step // accumulate) * update for step, update in enumerate(updates)], at_once)
    assert logged == [schedule((epoch + 1) * STEPS // accumulate - 1) for epoch in range(EPOCHS)]
    assert logged[-1] == 0.001


def test_accumulation_without_the_number_is_over_after_a_quarter() -> None:
    names = optimizer_of(4)
    optimizer = keras.optimizers.SGD(PerStep(names["schedule"]), gradient_accumulation_steps=4)
    rates = train(model_of(optimizer), range(EPOCHS))[3::4]
    assert rates == pytest.approx([names["schedule"](4 * update + 3) for update in range(40)], rel=1e-6)
    assert rates[10:] == float32([0.001] * 30)


def test_another_schedule_on_a_live_model() -> None:
    """The first line of the recipe alone leaves the compiled step as it is."""
    model = model_of(keras.optimizers.SGD(PerStep(SCHEDULE)))
    assert train(model, range(1), steps=5) == pytest.approx(SCHEDULE.values(5), rel=1e-6)
    names = {"model": model, "longer": ConstantLR(0.5), "PerStep": PerStep}
    code = recipe("Keras: a rate per step", 2)
    run(code.splitlines()[0], **names)
    old = [SCHEDULE(step) for step in range(5, 8)]
    assert train(model, range(1), steps=3) == pytest.approx(old if COMPILED else [0.5] * 3, rel=1e-6)
    run(code, **names)
    assert train(model, range(1), steps=3) == [0.5] * 3
    assert int(model.optimizer.iterations) == 11


def test_a_class_of_your_own_PerStep(SCHEDULE) -> None:
    names = run(recipe("Classes to copy", page=MIGRATING))
    own = ("parse(str(schedule))", "parse(str(schedule), RexLR)")
    schedule, names = names["RexLR"](0.1, 10), run(changed(recipe("Keras: a rate per step"), own), **names)
    assert per_epoch(keras.optimizers.SGD(names["PerStep"](schedule))) == sums(schedule.values(15), 1)


# Traps: the codes of both cells of each line of the table.

MEANT = CosineLR(0.1, 0.001, t_max=10)
NAMES = vars(keras.callbacks) | vars(cosine_lr) | {"partial": partial, "schedule": MEANT, "SGD": keras.optimizers.SGD}


def test_a_bare_schedule_is_refused() -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'e'"):
        per_epoch(eval(inline("Keras: traps", "SGD(schedule"), NAMES))


COMPOUNDED = [0.1]  # each epoch starts from the rate of the one before
for epoch in range(1, 15):
    COMPOUNDED.append(cosine_lr.cosine_lr(epoch, COMPOUNDED[-1], 0.001, t_max=10))
TRAPS = [
    (inline("Keras: traps", "LearningRateScheduler(schedule)"), MEANT.values(15)),
    (inline("Keras: traps", "LearningRateScheduler(CosineLR("), MEANT.values(15)),
    (inline("Keras: traps", "SGD(PerStep("), MEANT.values(15)),
    (inline("Keras: traps", "SGD(lambda"), [0.1] * 15),
    (inline("Keras: traps", "LearningRateScheduler(partial("), COMPOUNDED),
    (inline("Keras: traps", "[LearningRateScheduler("), MEANT.values(15)),  # the plateau changes nothing
]


@pytest.mark.parametrize("code, rates", TRAPS, ids=[code for code, _ in TRAPS])
def test_what_to_write_and_what_not(code: str, rates: list[float]) -> None:
    """A rate from a function is frozen; a half-bound function compounds."""
    made = eval(code, NAMES | {"PerStep": PerStep, "rates": LRIterator(MEANT)})
    if isinstance(made, keras.optimizers.Optimizer):
        assert per_epoch(made)[5:] == pytest.approx(rates[5:], rel=1e-6)
    else:
        callbacks = made if isinstance(made, list) else [made]
        assert per_epoch(keras.optimizers.SGD(0.1), *callbacks) == pytest.approx(rates, rel=1e-6)


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_the_same_on_other_backends(backend: str) -> None:
    """What is computed with the backend. A process has one, so each of the others gets a process of its own."""
    assert " passed" in pytest_alone(__file__, "-k", "law_13 or rate_per_step or live_model", KERAS_BACKEND=backend)

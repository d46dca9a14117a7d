"""Keras, on the backend that KERAS_BACKEND names. A meter reads the rates out of the weight that they have moved."""

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
from cosine_lr import CosineLR, LRIterator
from recipes import MIGRATING, SCHEDULE, changed, float32, inline, python, recipe, run

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
LogRate = run(recipe("Keras: a rate per step", 3))["LogRate"]


def optimizer_of(accumulate: int) -> dict[str, Any]:
    """Return the names of the recipe for 200 steps, or of the one with accumulation for all epochs."""
    if accumulate == 1:
        return run(changed(recipe("Keras: a rate per step"), ("steps, warm = 1000, 100", "steps, warm = 100, 10")))
    return run(recipe("Keras: a rate per step", 1), PerStep=PerStep, x=range(STEPS), batch_size=1, epochs=EPOCHS)


def sums(rates: list[float], at_once: int) -> Any:
    return pytest.approx([sum(rates[i : i + at_once]) for i in range(0, len(rates), at_once)], rel=1e-6)


@pytest.mark.parametrize("accumulate, at_once, policy", [(1, 4, "mixed_float16"), (4, 1, "float32")])
def test_a_rate_per_step_is_saved_with_the_model(tmp_path: Path, accumulate: int, at_once: int, policy: str) -> None:
    """Two epochs, a model from the disk, and six more, with the rates that the log has."""
    keras.config.set_dtype_policy(policy)
    names = optimizer_of(accumulate)
    schedule, log, at_once = names["schedule"], LogRate(), at_once if COMPILED else 1
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
    assert logged == sums([schedule((epoch + 1) * STEPS // accumulate - 1) for epoch in range(EPOCHS)], 1)
    assert logged[-1] == np.float32(0.001)


@pytest.mark.parametrize("accumulate", [1, 4])
def test_another_schedule_on_a_live_model(accumulate: int) -> None:
    """The first line of the recipe alone leaves the compiled step; without the number the schedule counts batches."""
    names, longer = optimizer_of(accumulate), CosineLR(0.1, 0.001, t_max=59)
    model, code = model_of(names["optimizer"]), recipe("Keras: a rate per step", 2)
    names |= {"model": model, "longer": longer, "accumulate": accumulate}
    batches = changed(code, ("PerStep(longer, accumulate)", inline("Keras: a rate per step", "PerStep(longer)")))

    def rates_and_log() -> list[float]:
        rates = train(model, range(1), LogRate(), steps=5 * accumulate)
        return rates[accumulate - 1 :: accumulate] + model.history.history["learning_rate"]

    assert rates_and_log() == sums([names["schedule"](update) for update in (0, 1, 2, 3, 4, 4)], 1)
    run(code.splitlines()[0], **names)
    old = names["schedule"] if COMPILED else longer
    assert rates_and_log() == sums([old(update) for update in range(5, 10)] + [longer(9)], 1)
    run(code, **names)
    assert rates_and_log() == sums([longer(update) for update in (10, 11, 12, 13, 14, 14)], 1)
    run(batches, **names)
    assert rates_and_log() == sums([longer(accumulate * (n + 1) - 1) for n in (15, 16, 17, 18, 19, 19)], 1)
    assert (longer(4 * 15) == 0.001) and int(model.optimizer.iterations) == 20


def test_a_class_of_your_own_per_step() -> None:
    names = run(recipe("Classes to copy", page=MIGRATING))
    own = ("parse(str(schedule))", "parse(str(schedule), RexLR)")
    schedule, names = names["RexLR"](0.1, 10), run(changed(recipe("Keras: a rate per step"), own), **names)
    model = model_of(keras.optimizers.SGD(names["PerStep"](schedule)))
    assert train(model, range(15), LogRate(), steps=1) == sums(schedule.values(15), 1)
    assert model.history.history["learning_rate"] == sums(schedule.values(15), 1)


# Traps: the codes of both cells of each line of the table.

MEANT = CosineLR(0.1, 0.001, t_max=10)
NAMES = vars(keras.callbacks) | vars(cosine_lr) | {"partial": partial, "schedule": MEANT, "SGD": keras.optimizers.SGD}
COMPOUNDED = [0.1]  # each epoch starts from the rate of the one before
for epoch in range(1, 15):
    COMPOUNDED.append(cosine_lr.cosine_lr(epoch, COMPOUNDED[-1], 0.001, t_max=10))
TRAPS = [
    (inline("Keras: traps", "LearningRateScheduler(schedule)"), MEANT.values(15)),
    (inline("Keras: traps", "LearningRateScheduler(CosineLR("), MEANT.values(15)),
    (inline("Keras: traps", "SGD(PerStep("), MEANT.values(15)),
    (inline("Keras: traps", "return schedule.on("), MEANT.values(15)),
    (inline("Keras: traps", "SGD(lambda"), [0.1] * 15),
    (inline("Keras: traps", "LearningRateScheduler(partial("), COMPOUNDED),
    (inline("Keras: traps", "[LearningRateScheduler("), MEANT.values(15)),  # the plateau changes nothing
]


def trained(code: str) -> list[float]:
    """Return the rates with an optimizer, with callbacks, or with a class of which this is the `__call__`."""
    names = NAMES | {"PerStep": PerStep, "rates": LRIterator(MEANT), "keras": keras}
    made = eval(code.replace("return", "lambda self, step:"), names)
    if "return" in code:
        kind = type("Mine", (keras.optimizers.schedules.LearningRateSchedule,), {"__call__": made})
        made = keras.optimizers.SGD(kind())
    if isinstance(made, keras.optimizers.Optimizer):
        return per_epoch(made)
    return per_epoch(keras.optimizers.SGD(0.1), *(made if isinstance(made, list) else [made]))


@pytest.mark.parametrize("code, rates", TRAPS, ids=[code for code, _ in TRAPS])
def test_what_to_write_and_what_not(code: str, rates: list[float]) -> None:
    """A rate from a function is frozen; a half-bound function compounds."""
    assert trained(code) == sums(rates, 1)


REFUSED = [
    (inline("Keras: traps", "SGD(schedule"), "missing 1 required positional argument: 'e'"),
    (inline("Keras: traps", "LearningRateScheduler(rates"), "'LRIterator' object is not callable"),
    (inline("Keras: traps", "return schedule(step)"), r"schedule.on\(keras.ops\)"),
]


@pytest.mark.parametrize("code, message", REFUSED[: None if COMPILED else 2])
def test_what_is_refused(code: str, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        trained(code)


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_the_same_on_other_backends(backend: str) -> None:
    """What is computed with the backend. A process has one, so each of the others gets a process of its own."""
    tests = "law_13 or per_step or live or refused"
    assert " passed" in python("-m", "pytest", __file__, "-k", tests, KERAS_BACKEND=backend)

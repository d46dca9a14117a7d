"""TensorFlow without Keras' fit. The rates are those that move a weight."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from cosine_lr import CosineLR, WarmupLR
from recipes import EITHER_PAGE, recipe, run

STEPS = 1000
SCHEDULE = WarmupLR(CosineLR(0.1, 0.001, t_max=899), lr_start=0.01, t_warmup=100)


def float32(rates: list[float]) -> list[float]:
    return np.float32(rates).tolist()


@EITHER_PAGE
def test_recipe(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    used = []
    update_step = tf.keras.optimizers.SGD.update_step

    def noted(self: Any, gradient: Any, variable: Any, learning_rate: Any) -> None:
        used.append(float(learning_rate))
        update_step(self, gradient, variable, learning_rate)

    monkeypatch.setattr(tf.keras.optimizers.SGD, "update_step", noted)
    names = run(recipe("TensorFlow", page=page))
    assert names["schedule"] == SCHEDULE
    assert used == float32(SCHEDULE.values(STEPS)) and used[-1] == np.float32(0.001)


def rate(weight: tf.Variable) -> float:
    """Return the rate of the update that has moved the weight down its square, from 1; the weight is 1 again."""
    moved = float(weight)
    weight.assign(1.0)
    return (1.0 - moved) / 2.0


def test_a_tf_function_is_traced_once() -> None:
    names = run(recipe("TensorFlow"))
    weight, optimizer = names["weight"], names["optimizer"]
    traces, rates = [], []

    @tf.function
    def update() -> None:
        traces.append(weight)
        with tf.GradientTape() as tape:
            loss = weight**2
        optimizer.apply([tape.gradient(loss, weight)], [weight])

    weight.assign(1.0)
    for step in range(STEPS):
        optimizer.learning_rate = SCHEDULE(step)
        update()
        rates.append(rate(weight))
    assert rates == pytest.approx(SCHEDULE.values(STEPS), abs=1e-7)
    assert len(traces) == 1


def test_a_loop_in_a_tf_function() -> None:
    """Step by step, and past the end."""
    names = run(recipe("TensorFlow", 1))
    assert names["schedule"] == SCHEDULE
    train, weight, optimizer = names["train"], names["weight"], names["optimizer"]
    assert int(optimizer.iterations) == STEPS and float(optimizer.learning_rate) == np.float32(0.001)
    optimizer.iterations.assign(0)
    weight.assign(1.0)
    rates = []
    for _ in range(STEPS + 50):
        train(tf.constant(1))
        rates.append(rate(weight))
    assert rates == pytest.approx(SCHEDULE.values(STEPS + 50), abs=1e-7)
    assert train.experimental_get_tracing_count() == 1

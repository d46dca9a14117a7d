"""TensorFlow without Keras' fit. The rates are those that move a weight."""

from typing import Any

import pytest
import tensorflow as tf

from cosine_lr import CosineLR, WarmupLR
from recipes import changed, float32, inline, recipe, run

STEPS = 1000
SCHEDULE = WarmupLR(CosineLR(0.1, 0.001, t_max=899), lr_start=0.01, t_warmup=100)


def rate(weight: tf.Variable) -> float:
    """Return the rate of the update that has moved the weight down its square, from 1; the weight is 1 again."""
    moved = float(weight)
    weight.assign(1.0)
    return (1.0 - moved) / 2.0


def test_a_loop_in_python() -> None:
    """A `tf.function` with the optimizer is traced once."""
    rates: list[float] = []
    names = run(recipe("TensorFlow"))
    weight, optimizer = names["weight"], names["optimizer"]
    update = tf.function(lambda gradient: optimizer.apply([gradient], [weight]))

    def apply(gradients: Any, weights: Any) -> None:
        update(gradients[0])
        rates.append(rate(weights[0]))

    update_line = "optimizer.apply([tape.gradient(loss, weight)], [weight])"
    new = ("weight, optimizer = tf.Variable(1.0), tf.keras.optimizers.SGD()", "weight.assign(1.0)")
    code = changed(recipe("TensorFlow"), new, (update_line, update_line.replace("optimizer.apply", "apply")))
    assert run(code, weight=weight, optimizer=optimizer, apply=apply)["schedule"] == SCHEDULE
    assert rates == pytest.approx(SCHEDULE.values(STEPS), abs=1e-7)
    assert update.experimental_get_tracing_count() == 1


@pytest.mark.parametrize("library", ["keras.ops", "tf.experimental.numpy"])
def test_a_loop_in_a_tf_function(library: str) -> None:
    """Step by step, and past the end."""
    names = run(changed(recipe("TensorFlow", 1), ("keras.ops", library)))
    train, weight, optimizer = names["train"], names["weight"], names["optimizer"]
    assert int(optimizer.iterations) == STEPS and float(optimizer.learning_rate) == float32([0.001])[0]
    assert names["rate"](tf.constant(3)).dtype == (tf.float32 if library == "keras.ops" else tf.float64)
    optimizer.iterations.assign(0)
    weight.assign(1.0)
    rates = []
    for _ in range(STEPS + 50):
        train(tf.constant(1))
        rates.append(rate(weight))
    assert rates == pytest.approx(SCHEDULE.values(STEPS + 50), abs=1e-7)
    assert train.experimental_get_tracing_count() == 1


def test_a_number_of_python_is_traced_once_and_stays() -> None:
    step = 0
    traced = tf.function(lambda: tf.constant(SCHEDULE(step)))
    rates = [float(traced()) for step in range(5)]
    assert rates == float32([0.01] * 5) and SCHEDULE(4) > 0.01


@pytest.mark.parametrize("code, traces", [(inline("TensorFlow", "tf.constant(schedule"), 1), ("schedule(step)", 5)])
def test_a_rate_as_an_argument(code: str, traces: int) -> None:
    traced = tf.function(lambda lr: tf.constant(1.0) * lr)
    rates = [float(traced(eval(code, {"tf": tf, "schedule": SCHEDULE, "step": step}))) for step in range(5)]
    assert rates == float32(SCHEDULE.values(5))
    assert traced.experimental_get_tracing_count() == traces

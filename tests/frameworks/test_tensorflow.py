"""TensorFlow without Keras' fit. The gradient is 1 and the weight 0, so that an update leaves minus the rate in it."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from cosine_lr import WarmupLR
from recipes import inline, recipe, run

T_END = 20
STEPS = 25


class Training:
    """An optimizer and a training step that keeps the rate of each update, in the graph."""

    def __init__(self) -> None:
        self.optimizer = tf.keras.optimizers.SGD(0.5)
        self.weight = tf.Variable(0.0)
        self.optimizer.build([self.weight])
        self.rates = tf.Variable(tf.zeros(STEPS))
        self.done = tf.Variable(0)
        self.traces = 0

    def step(self, x: Any, y: Any) -> None:
        self.traces += 1
        self.weight.assign(0.0)
        with tf.GradientTape() as tape:
            loss = self.weight * x - y
        self.optimizer.apply_gradients([(tape.gradient(loss, self.weight), self.weight)])
        self.rates.scatter_nd_update([[self.done]], [-self.weight])
        self.done.assign_add(1)


def test_recipe(schedule: WarmupLR) -> None:
    training = Training()
    names = {"x": tf.constant(1.0), "y": tf.constant(3.0), "optimizer": training.optimizer, "train_step": training.step}
    names = run(recipe("TensorFlow"), tf=tf, schedule=schedule, t_end=T_END, **names)
    names["train"](tf.constant(STEPS))
    assert training.rates.numpy().tolist() == np.float32(schedule.values(STEPS)).tolist()
    assert training.traces == 1


def test_loop_that_assigns_the_rate(schedule: WarmupLR) -> None:
    training = Training()
    train_step = tf.function(training.step)
    names = {"optimizer": training.optimizer, "schedule": schedule}
    for epoch in range(STEPS):
        exec(inline("TensorFlow", "optimizer.learning_rate"), names | {"epoch": epoch})
        train_step(tf.constant(1.0), tf.constant(3.0))
    assert training.rates.numpy().tolist() == np.float32(schedule.values(STEPS)).tolist()
    assert training.traces == 1

"""The point of it all: a real model, trained, stopped in the middle, resumed, and the same to the last bit."""

from __future__ import annotations

import json
import pickle
from typing import Any

import numpy as np
import pytest

from cosine_lr import CosineLR, LRIterator, Schedule, ShiftLR, WarmupLR

EPOCHS = 30
Array = np.ndarray[Any, np.dtype[np.float64]]


def spirals() -> tuple[Array, Array]:
    """Two interleaved spirals: 200 points that no straight line separates."""
    random = np.random.default_rng(0)
    turn = np.linspace(0.5, 3.0, 100)
    arm = np.stack([turn * np.cos(2 * turn), turn * np.sin(2 * turn)], axis=1)
    points = np.concatenate([arm, -arm]) + random.normal(0.0, 0.05, (200, 2))
    return points, np.repeat([1.0, 0.0], 100)


class Model:
    """A network with one hidden layer, trained by stochastic gradient descent with momentum."""

    def __init__(self) -> None:
        random = np.random.default_rng(1)
        self.weights = [random.normal(0.0, 1.0, shape) for shape in ((2, 24), (24,), (24,), ())]
        self.speeds = [np.zeros_like(weight) for weight in self.weights]

    def train(self, points: Array, labels: Array, epoch: int, lr: float) -> float:
        """Go once through the data in the epoch's own order, at rate `lr`; return the mean loss."""
        losses = []
        for batch in np.random.default_rng(epoch).permutation(len(points)).reshape(-1, 20):
            x, y = points[batch], labels[batch]
            w, b, v, c = self.weights
            hidden = np.tanh(x @ w + b)
            guess = 1 / (1 + np.exp(-(hidden @ v + c)))
            losses.append(-np.mean(y * np.log(guess) + (1 - y) * np.log(1 - guess)))
            error = (guess - y) / len(batch)
            back = np.outer(error, v) * (1 - hidden**2)
            gradients = [x.T @ back, back.sum(axis=0), hidden.T @ error, error.sum()]
            self.speeds = [0.9 * speed + gradient for speed, gradient in zip(self.speeds, gradients)]
            self.weights = [weight - lr * speed for weight, speed in zip(self.weights, self.speeds)]
        return float(np.mean(losses))

    def bits(self) -> bytes:
        return b"".join(np.asarray(weight).tobytes() for weight in self.weights)


SCHEDULE = WarmupLR(CosineLR(0.5, 0.005, t_max=EPOCHS - 5), lr_start=0.05, t_warmup=5)


def straight_run(schedule: Schedule = SCHEDULE) -> tuple[bytes, list[float]]:
    model = Model()
    losses = [model.train(*spirals(), epoch, schedule(epoch)) for epoch in range(EPOCHS)]
    return model.bits(), losses


@pytest.mark.parametrize("stop", [1, 5, 17])
@pytest.mark.parametrize("how", ["state_dict", "pickle", "own counter"])
def test_a_stopped_and_resumed_run_ends_with_the_same_weights(how: str, stop: int) -> None:
    model, rates = Model(), LRIterator(SCHEDULE)
    for epoch, lr in zip(range(stop), rates):
        model.train(*spirals(), epoch, lr)
    saved = json.dumps(rates.state_dict()), pickle.dumps(rates), pickle.dumps(model)
    rates = pickle.loads(saved[1]) if how == "pickle" else LRIterator(SCHEDULE, stop if how == "own counter" else 0)
    if how == "state_dict":
        rates.load_state_dict(json.loads(saved[0]))
    model = pickle.loads(saved[2])
    for epoch, lr in zip(range(rates.e, EPOCHS), rates):
        model.train(*spirals(), epoch, lr)
    assert rates.e == EPOCHS and model.bits() == straight_run()[0]


def test_the_model_learns_and_the_rate_matters() -> None:
    bits, losses = straight_run()
    assert losses[-1] < 0.5 * losses[0]
    assert straight_run(ShiftLR(SCHEDULE, 1))[0] != bits  # one epoch off shows in the weights

"""The comparison of schedules on a problem of one's own, with `train` for PyTorch and Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cosine_lr import Schedule, parse
from recipes import changed, recipe, run

EPOCHS = 4
TWO_SEEDS = changed(recipe("Compare schedules on your own problem"), ("range(5)", "range(2)"))
RECIPE = changed(TWO_SEEDS, ("(0.03, 0.1, 0.3)", "(0.1,)"))
X = np.linspace(-1.0, 1.0, 64, dtype=np.float32)[:, None]
Y = np.sin(3.0 * X)
TRAINING, VALIDATION = slice(0, None, 2), slice(1, None, 2)


def train_torch(schedule: Schedule, seed: int) -> float:
    import torch

    torch.manual_seed(seed)
    x, y = torch.from_numpy(X), torch.from_numpy(Y)
    model = torch.nn.Sequential(torch.nn.Linear(1, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1))
    optimizer = torch.optim.SGD(model.parameters(), momentum=0.9)
    for epoch in range(EPOCHS):
        for group in optimizer.param_groups:
            group["lr"] = schedule(epoch)
        for batch in torch.randperm(32).split(8):
            optimizer.zero_grad()
            torch.nn.functional.mse_loss(model(x[TRAINING][batch]), y[TRAINING][batch]).backward()
            optimizer.step()
    return torch.nn.functional.mse_loss(model(x[VALIDATION]), y[VALIDATION]).item()


def train_keras(schedule: Schedule, seed: int) -> float:
    import keras

    keras.utils.set_random_seed(seed)
    layers = [keras.Input((1,)), keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(1)]
    model = keras.Sequential(layers)
    model.compile(optimizer=keras.optimizers.SGD(momentum=0.9), loss="mse")
    rates = keras.callbacks.LearningRateScheduler(schedule)
    model.fit(X[TRAINING], Y[TRAINING], batch_size=8, epochs=EPOCHS, callbacks=[rates], verbose=0)
    return model.evaluate(X[VALIDATION], Y[VALIDATION], verbose=0)


def printed(train: Any, capsys: pytest.CaptureFixture[str], code: str = RECIPE) -> list[str]:
    run(code, train=train, epochs=EPOCHS)
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("train", [train_torch, train_keras])
def test_the_comparison(train: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """A seed gives one loss. Of these each line is: the means are in order, and the differences are paired."""
    returned: dict[str, list[float]] = {}

    def noted(schedule: Schedule, seed: int) -> float:
        losses = returned.setdefault(repr(schedule), [])
        assert seed == len(losses)
        losses.append(train(schedule, seed))
        return losses[seed]

    lines = printed(noted, capsys)
    assert returned["ConstantLR(0.1)"][0] == train(parse("ConstantLR(0.1)"), 0) != train(parse("ConstantLR(0.02)"), 0)
    means = {text: np.mean(losses) for text, losses in returned.items()}
    for line, text in zip(lines, sorted(means, key=lambda text: means[text]), strict=True):
        losses = np.array(returned[text])
        both = (losses, losses - returned["ConstantLR(0.1)"])
        spreads = [f"{each.mean():.4f} ± {each.std(ddof=1) / 2**0.5:.4f}" for each in both]
        assert line.split() == [*" ".join(spreads).split(), *text.split()]


def test_a_run_that_diverges_comes_last(capsys: pytest.CaptureFixture[str]) -> None:
    losses = {"ConstantLR": [np.nan, 1.0], "PolynomialLR": [1.0, 3.0], "WarmupLR": [np.inf, 1.0]}
    lines = printed(lambda schedule, seed: losses[type(schedule).__name__][seed], capsys)
    assert lines[0].split("  ")[-1].startswith("PolynomialLR(") and "nan" in lines[1] + lines[2]


def test_the_constant_is_taken_at_its_best_peak(capsys: pytest.CaptureFixture[str]) -> None:
    losses = {0.03: 2.0, 0.1: 1.0, 0.3: 3.0}
    lines = printed(lambda schedule, seed: losses.get(schedule(2), 9.0) + seed, capsys, TWO_SEEDS)
    constants = [line for line in lines if "  ConstantLR" in line]
    assert [line.split()[3] for line in constants] == ["0.0000", "1.0000", "2.0000"]

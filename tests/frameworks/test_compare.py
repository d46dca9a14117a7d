"""The comparison of schedules on a problem of one's own, with `train` for PyTorch and Keras."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import t as student

from cosine_lr import ConstantLR, Schedule
from recipes import inline, recipe, run, section

EPOCHS = 4
RECIPE = recipe("Compare schedules on your own problem")
AGAIN = inline("Compare schedules on your own problem", "compare(")
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


@pytest.mark.parametrize("train", [train_torch, train_keras])
def test_a_loss_depends_on_the_schedule_and_on_the_seed(train: Callable[[Schedule, int], float]) -> None:
    loss, *others = train(ConstantLR(0.1), 0), train(ConstantLR(0.1), 1), train(ConstantLR(0.02), 0)
    assert isinstance(loss, float)
    assert train(ConstantLR(0.1), 0) == loss and loss not in others


LUCK = (35.0, 5.0, 25.0, 15.0, 20.0)  # of a seed, the same for all schedules: its standard error is 5
UNEVEN, DIVERGED = (-9.0, 70.0, 0.0, 0.0, 0.0), (np.nan, -99.0, np.inf, -99.0, -99.0)  # only the means are bad
ABOVE = {  # the losses, above the luck, of some peaks
    "ConstantLR": {0.025: DIVERGED, 0.05: UNEVEN, 0.1: (9.0, 4.0, 4.0, 4.0, 4.0), 0.2: (6.0,) * 5},
    "PolynomialLR": {0.025: (3.5,) * 5, 0.05: UNEVEN, 0.2: (3.0,) * 5, 0.4: DIVERGED},
}


def above(schedule: Schedule, seed: int) -> float:
    again, seed = divmod(seed, 5)
    peaks = ABOVE.get(type(schedule).__name__, {})
    return 10.0 * again + LUCK[seed] + peaks.get(max(schedule.values(EPOCHS)), (np.inf,) * 5)[seed]


def test_the_comparison(capsys: pytest.CaptureFixture[str]) -> None:
    """Differences of 6, 1, 1, 1, 1 have the mean 2, and the standard error (20 / 4 / 5) ** 0.5 = 1."""
    names = run(RECIPE, train=above, epochs=EPOCHS)
    *lines, empty, title, line, constant, warmup = capsys.readouterr().out.splitlines()
    assert len(lines) == 15 and lines[1] == "32.2000  ConstantLR(0.05)"
    assert line == "23.0000 0.0000 ± 0.0000 0/5  PolynomialLR(0.2, 0.0, t_max=3)"
    assert constant == "25.0000 2.0000 ± 1.0000 5/5  ConstantLR(0.1)"
    diverged = "WarmupLR(CosineLR(0.025, 0.0, t_max=1), lr_start=0.0125, t_warmup=2)  at the edge: add a peak beyond"
    assert warmup == f"1000000000.0000 999999977.0000 ± 5.0000 5/5  {diverged}"
    assert names["losses"][ConstantLR(0.1)] == [44.0, 9.0, 29.0, 19.0, 24.0]
    eval(AGAIN, names)  # the seeds 5 to 9 add 10, the seeds 10 to 14 add 20
    assert capsys.readouterr().out.splitlines()[-1] == "40.0000 2.0000 ± 0.6667 10/10  ConstantLR(0.1)"
    eval("compare([constants[:3]], range(5))", names)
    assert capsys.readouterr().out.endswith("ConstantLR(0.1)  at the edge: add a peak beyond\n")
    with pytest.raises(ValueError, match="give at least five seeds, got 4"):
        eval("compare([constants], range(4))", names)
    assert capsys.readouterr().out == ""
    names["train"] = lambda schedule, seed: 0.0 if schedule(0) == 0.1 else (5.0, -5.0)[seed == 3]
    eval("compare([[ConstantLR(0.1)], [ConstantLR(0.2)]], range(5))", names)  # one bad seed makes the error large
    assert capsys.readouterr().out.endswith("3.0000 3.0000 ± 2.0000 4/5  ConstantLR(0.2)\n")


def test_chance() -> None:
    """Student's t beyond 3 on both sides, and the same sign for all seeds."""
    text = " ".join(section("Compare schedules on your own problem").split())
    assert "{:.0f} % of comparisons with five seeds, in {:.1f} % with ten.".format(*200 * student.sf(3, [4, 9])) in text
    assert f"one wins 5 of 5 in 1 of {2**4}, 10 of 10 in 1 of {2**9}." in text


@pytest.mark.parametrize("floor", ["0.0", inline("Compare schedules on your own problem", "round(")])
def test_a_floor_above_0(floor: str) -> None:
    names = run(RECIPE.replace("0.0,", f"{floor},"), train=above, epochs=EPOCHS)
    assert all(schedule(EPOCHS - 1) > 0 for schedule in names["lines"] + names["cosines"]) is (floor != "0.0")
    assert repr(eval(floor, {"peak": 0.57})) in ("0.0", "0.0057")

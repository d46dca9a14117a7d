"""A run that is extended, one that is cooled down, and the schedules that all recipes share."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from cosine_lr import ConstantLR, CosineLR, LRIterator, PolynomialLR, SequenceLR, WarmupLR
from recipes import inline, recipe, run

torch.set_num_threads(1)
NAMES = {"CosineLR": CosineLR, "PolynomialLR": PolynomialLR, "SequenceLR": SequenceLR, "WarmupLR": WarmupLR}


@pytest.fixture
def running() -> WarmupLR:
    """The run of the recipes, as the README has it."""
    return run(recipe("Use it from ..."))["schedule"]


def train(schedule: LRIterator, until: int) -> None:
    """Train a small model from where the schedule stands."""
    weight = torch.nn.Parameter(torch.ones(()))
    optimizer = torch.optim.SGD([weight], lr=0.5)
    for _, lr in zip(range(schedule.e, until), schedule):
        optimizer.param_groups[0]["lr"] = lr
        optimizer.zero_grad()
        (weight**2).backward()
        optimizer.step()


def test_factor_is_the_same_curve() -> None:
    names = run(recipe("Use it from ..."))
    rates = [0.1 * each for each in names["factor"].values(120)]
    assert rates == pytest.approx(names["schedule"].values(120), rel=1e-14)
    assert names["factor"](5) == 1.0 and names["schedule"](100) == 0.001 < names["schedule"](99)


def test_extend_a_run(running: WarmupLR, used: list[float]) -> None:
    train(running, 50)
    longer = run(recipe("Extend a run"), **NAMES, running=running)["longer"]
    train(longer, 125)
    planned = WarmupLR(CosineLR(0.1, 0.001, t_max=115), lr_start=0.01, t_warmup=5).values(125)
    assert used == running.values(50) + planned[50:]
    assert used[50] > running(50)  # the step up
    assert used[119] > 0.001 == used[120] == used[124]


def test_extend_a_run_without_a_step(running: WarmupLR, used: list[float]) -> None:
    train(running, 50)
    branch = eval(inline("Extend a run", "SequenceLR"), NAMES | {"k": running.e, "running": running})
    train(branch, 125)
    rest = CosineLR(running(50), 0.001, t_max=70)
    assert used == running.values(50) + rest.values(75)
    assert used[50] == running(50)
    assert used[119] > 0.001 == used[120] == used[124]


@pytest.mark.parametrize("k", [3, 50])
@pytest.mark.parametrize("constant", [False, True])
def test_cool_down(running: LRIterator, used: list[float], k: int, constant: bool) -> None:
    """A branch that starts at k, in the warm-up or later, and reaches 0 in 20 steps; the run itself can go on."""
    if constant:
        running = WarmupLR(ConstantLR(0.1), lr_start=0.01, t_warmup=5)
    train(running, k)
    cooling: Any = run(recipe("Cool down"), **NAMES, running=running, n=20)["cooling"]
    train(cooling, k + 25)
    sqrt = [running(k) * (1 - (i / 20) ** 0.5) for i in range(20)]
    assert used[:k] == running.values(k)
    assert used[k:] == pytest.approx([*sqrt, 0.0, 0.0, 0.0, 0.0, 0.0], rel=1e-14)
    assert used[k] == running(k) and used[k + 20] == 0.0
    used.clear()
    train(running, k + 10)
    assert used == running.values(k + 10)[k:]

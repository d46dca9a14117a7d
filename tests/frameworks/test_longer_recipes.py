"""A run that is cut short, one that is extended, and one that is cooled down."""

from __future__ import annotations

from copy import copy
from typing import Any

import pytest
import torch

from cosine_lr import ConstantLR, CosineLR, LRIterator, WarmupLR
from recipes import Killed, changed, recipe, run

torch.set_num_threads(1)
PLANNED = WarmupLR(CosineLR(0.1, 0.001, t_max=94), lr_start=0.01, t_warmup=5)


def train(schedule: LRIterator, until: int) -> None:
    """Train a small model from where the schedule stands."""
    weight = torch.nn.Parameter(torch.ones(()))
    optimizer = torch.optim.SGD([weight], lr=0.5)
    for _, lr in zip(range(schedule.e, until), schedule):
        optimizer.param_groups[0]["lr"] = lr
        optimizer.zero_grad()
        (weight**2).backward()
        optimizer.step()


def test_the_position_is_one_ahead_during_an_epoch() -> None:
    schedule = CosineLR(0.1, 0.001, t_max=99)
    for epoch, _ in zip(range(100), schedule):
        assert schedule.e == epoch + 1
    assert schedule.e == 100


@pytest.mark.parametrize("cut", [0, 7, 99])
def test_an_own_counter_in_finally(cut: int) -> None:
    """The epoch that was cut short is trained again, and none is left out."""
    used: list[float] = []

    def train(lr: float) -> None:
        if len(used) == cut:
            raise Killed
        used.append(lr)

    names: dict[str, Any] = {"train": train}
    with pytest.raises(Killed):
        exec(recipe("The position"), names)
    assert names["checkpoint"] == {"done": cut} and names["schedule"].e == 0
    go_on = changed(recipe("The position"), ("done = 0", f"done = {cut}"))
    assert run(go_on, train=used.append)["checkpoint"] == {"done": 100}
    assert used == names["schedule"].values(100) and used[-1] == 0.001


EXTENDED = pytest.mark.parametrize("k", [0, 3, 50])


def extended(k: int) -> dict[str, Any]:
    names = run(changed(recipe("Extend a run"), ("k = 50", f"k = {k}")))
    assert names["running"] == PLANNED
    return names


@EXTENDED
def test_extend_a_run(used: list[float], k: int) -> None:
    train(copy(PLANNED), k)
    train(extended(k)["longer"], 125)
    planned = WarmupLR(CosineLR(0.1, 0.001, t_max=114), lr_start=0.01, t_warmup=5).values(125)
    assert used == PLANNED.values(k) + planned[k:]
    assert used[118] > 0.001 == used[119] == used[124]
    if k == 50:
        assert used[50] > PLANNED(50)  # the step up


@EXTENDED
def test_extend_a_run_without_a_step(used: list[float], k: int) -> None:
    train(copy(PLANNED), k)
    train(extended(k)["branch"], 125)
    rest = CosineLR(PLANNED(k), 0.001, t_max=119 - k)
    assert used == PLANNED.values(k) + rest.values(125 - k)
    assert used[k] == PLANNED(k)
    assert used[118] > 0.001 == used[119] == used[124]


@pytest.mark.parametrize("k", [0, 3, 50])
@pytest.mark.parametrize("constant", [False, True])
def test_cool_down(used: list[float], k: int, constant: bool) -> None:
    """A branch that starts at k, in the warm-up or later, and reaches 0 in 20 steps; the run itself can go on."""
    code = changed(recipe("Cool down"), ("k, n = 50, 20", f"k, n = {k}, 20"))
    if not constant:
        code = changed(code, ("WarmupLR(ConstantLR(0.1)", "WarmupLR(CosineLR(0.1, 0.001, t_max=94)"))
    names = run(code, CosineLR=CosineLR)
    running, cooling = names["running"], names["cooling"]
    assert running == (WarmupLR(ConstantLR(0.1), lr_start=0.01, t_warmup=5) if constant else PLANNED)
    train(running, k)
    train(cooling, k + 25)
    sqrt = [running(k) * (1 - (i / 20) ** 0.5) for i in range(20)]
    assert used[:k] == running.values(k)
    assert used[k:] == pytest.approx([*sqrt, 0.0, 0.0, 0.0, 0.0, 0.0], rel=1e-14)
    assert used[k] == running(k) and used[k + 20] == 0.0
    used.clear()
    train(running, k + 10)
    assert used == running.values(k + 10)[k:]

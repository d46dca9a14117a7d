"""Several parameter groups: the recipes of MIGRATING.md, beside PyTorch's absolute floor and a relative one."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR

from recipes import MIGRATING, recipe, run

PEAKS = (0.1, 0.01)
HEADING = "Several parameter groups"


def optimizer() -> Any:
    weights = [torch.zeros(1, requires_grad=True) for _ in PEAKS]
    return torch.optim.SGD([{"params": [weight], "lr": peak} for weight, peak in zip(weights, PEAKS)])


def driven(optimizer: Any, scheduler: Any, epochs: int) -> list[tuple[float, ...]]:
    """Return the groups' rates of each epoch under a scheduler of PyTorch."""
    used = []
    for _ in range(epochs):
        used.append(tuple(group["lr"] for group in optimizer.param_groups))
        optimizer.step()
        scheduler.step()
    return used


def by_recipe(which: int) -> tuple[dict[str, Any], list[tuple[float, ...]]]:
    """Return the names that a recipe makes, and the groups' rates of each epoch that it trains."""
    used = []

    def train(model: None, optimizer: Any) -> None:
        used.append(tuple(group["lr"] for group in optimizer.param_groups))

    return run(recipe(HEADING, which, MIGRATING), optimizer=optimizer(), model=None, train=train), used


def assert_equal(ours: list[tuple[float, ...]], theirs: list[tuple[float, ...]]) -> None:
    for a, b in zip(ours, theirs, strict=True):
        assert a == pytest.approx(b, rel=1e-11)  # PyTorch's recursion loses a digit


def eta_min(epochs: int) -> list[tuple[float, ...]]:
    theirs = optimizer()
    return driven(theirs, CosineAnnealingLR(theirs, T_max=100, eta_min=0.001), epochs)


def test_one_schedule_per_group_is_an_absolute_floor() -> None:
    names, used = by_recipe(0)
    assert_equal(used, eta_min(100))
    assert [schedule(100) for schedule in names["schedules"]] == [0.001, 0.001]


def test_a_factor_is_a_relative_floor() -> None:
    names, used = by_recipe(1)
    theirs = optimizer()
    assert_equal(used, driven(theirs, LambdaLR(theirs, names["factor"].__call__), 100))
    assert [peak * names["factor"](100) for peak in PEAKS] == pytest.approx([0.001, 0.0001])


def test_one_factor_per_group_has_an_absolute_floor() -> None:
    mine = optimizer()
    scheduler = run(recipe(HEADING, 2, MIGRATING), optimizer=mine)["scheduler"]
    used = driven(mine, scheduler, 101)
    assert_equal(used, eta_min(101))
    assert used[100] == pytest.approx((0.001, 0.001))

"""Several parameter groups in PyTorch: the recipes of both pages, and two kinds of floor beside PyTorch's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR

from cosine_lr import CosineLR
from recipes import MIGRATING, changed, recipe, run

PEAKS = (0.1, 0.01)


def optimizer() -> Any:
    weights = [torch.zeros(1, requires_grad=True) for _ in PEAKS]
    return torch.optim.SGD([{"params": [weight], "lr": peak} for weight, peak in zip(weights, PEAKS)])


def rates(optimizer: Any) -> list[float]:
    return [group["lr"] for group in optimizer.param_groups]


def driven(optimizer: Any, scheduler: Any) -> list[list[float]]:
    """Return the groups' rates of each epoch under a scheduler of PyTorch."""
    used = []
    for _ in range(100):
        used.append(rates(optimizer))
        optimizer.step()
        scheduler.step()
    return used


def by_recipe(which: int) -> list[list[float]]:
    """Return the groups' rates of each epoch that a recipe of MIGRATING.md trains."""
    used: list[list[float]] = []
    mine = optimizer()
    train = lambda model, optimizer: used.append(rates(optimizer))  # noqa: E731
    names = run(recipe("Several parameter groups", which, MIGRATING), optimizer=mine, model=None, train=train)
    return used or driven(mine, names["scheduler"])


@pytest.mark.parametrize("which", [0, 1, 2])
def test_an_absolute_floor_and_a_relative_one(which: int) -> None:
    """One schedule, or one factor, for each group is PyTorch's `eta_min`; one factor for all scales the floors too."""
    theirs = optimizer()
    relative = LambdaLR(theirs, CosineLR(1.0, 0.01, t_max=100))
    absolute = CosineAnnealingLR(optimizer(), T_max=100, eta_min=0.001)
    wanted = driven(theirs, relative) if which == 1 else driven(absolute.optimizer, absolute)
    for ours, other in zip(by_recipe(which), wanted, strict=True):
        assert ours == pytest.approx(other, rel=1e-11)  # PyTorch's recursion loses a digit


# RECIPES.md.

BODY, HEAD = CosineLR(1e-4, 1e-6, t_max=99), CosineLR(1e-3, 1e-5, t_max=99)


def layers() -> dict[str, torch.nn.Module]:
    return {"body": torch.nn.Linear(3, 2), "head": torch.nn.Linear(2, 1)}


def test_two_groups() -> None:
    used: list[list[float]] = []
    run(recipe("PyTorch: parameter groups"), **layers(), train=lambda optimizer: used.append(rates(optimizer)))
    assert used == [*map(list, zip(BODY.values(100), HEAD.values(100)))]


def drop_the_first(optimizer: Any) -> None:
    del optimizer.param_groups[:-1]


def add_one_before(optimizer: Any) -> None:
    if len(optimizer.param_groups) == 2:
        optimizer.param_groups.insert(0, {"lr": 0.0})


@pytest.mark.parametrize("change", [drop_the_first, add_one_before])
def test_do_not_leave_out_strict(change: Callable[[Any], None]) -> None:
    """The last group ends with another's rate, or keeps the first one; with `strict=True` that is an error."""
    code = recipe("PyTorch: parameter groups")
    names = run(changed(code, (", strict=True", "")), **layers(), train=change)
    assert rates(names["optimizer"])[-1] in (BODY(99), HEAD(0))
    with pytest.raises(ValueError, match="zip"):
        run(code, **layers(), train=change)


def test_one_group_is_frozen_first() -> None:
    """With AdamW, whose weight decay goes with the rate, not a bit moves for 5 epochs, nor at the warm-up's 0."""
    parts, moved = layers(), []
    start = parts["body"].weight.clone()
    frozen = run(recipe("PyTorch: parameter groups", 1))["schedules"]
    assert frozen[0].values(11)[5:] == [0.0, 2e-5, 4e-5, 6e-5, 8e-5, 1e-4] and frozen[0](98) > frozen[0](99) == 1e-6

    def train(optimizer: Any) -> None:
        optimizer.zero_grad()
        parts["head"](parts["body"](torch.ones(4, 3))).square().mean().backward()
        optimizer.step()
        moved.append(not torch.equal(parts["body"].weight, start))

    code = changed(recipe("PyTorch: parameter groups"), ("for epoch", "schedules = frozen\nfor epoch"))
    run(code, **parts, train=train, frozen=frozen)
    assert moved == [False] * 6 + [True] * 94

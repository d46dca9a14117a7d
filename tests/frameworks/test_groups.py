"""Several parameter groups in PyTorch: the recipes of both pages, beside PyTorch's absolute floor and a relative one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR

from cosine_lr import CosineLR, SequenceLR
from recipes import MIGRATING, changed, recipe, run

PEAKS = (0.1, 0.01)
HEADING = "Several parameter groups"


def optimizer() -> Any:
    weights = [torch.zeros(1, requires_grad=True) for _ in PEAKS]
    return torch.optim.SGD([{"params": [weight], "lr": peak} for weight, peak in zip(weights, PEAKS)])


def rates(optimizer: Any) -> tuple[float, ...]:
    return tuple(group["lr"] for group in optimizer.param_groups)


def driven(optimizer: Any, scheduler: Any, epochs: int) -> list[tuple[float, ...]]:
    """Return the groups' rates of each epoch under a scheduler of PyTorch."""
    used = []
    for _ in range(epochs):
        used.append(rates(optimizer))
        optimizer.step()
        scheduler.step()
    return used


def by_recipe(which: int) -> tuple[dict[str, Any], list[tuple[float, ...]]]:
    """Return the names that a recipe makes, and the groups' rates of each epoch that it trains."""
    used = []

    def train(model: None, optimizer: Any) -> None:
        used.append(rates(optimizer))

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
    assert_equal(used, driven(theirs, LambdaLR(theirs, names["factor"]), 100))
    assert [peak * names["factor"](100) for peak in PEAKS] == pytest.approx([0.001, 0.0001])


def test_one_factor_per_group_has_an_absolute_floor() -> None:
    mine = optimizer()
    scheduler = run(recipe(HEADING, 2, MIGRATING), optimizer=mine)["scheduler"]
    used = driven(mine, scheduler, 101)
    assert_equal(used, eta_min(101))
    assert used[100] == pytest.approx((0.001, 0.001))


# RECIPES.md.

BODY, HEAD = CosineLR(1e-4, 1e-6, t_max=99), CosineLR(1e-3, 1e-5, t_max=99)
STRICT = ", strict=True"


def test_two_groups() -> None:
    used: list[tuple[float, ...]] = []
    parts = {"body": torch.nn.Linear(3, 2), "head": torch.nn.Linear(2, 1)}
    run(recipe("PyTorch: parameter groups"), **parts, train=lambda optimizer: used.append(rates(optimizer)))
    assert used == [*zip(BODY.values(100), HEAD.values(100))]


def without_the_first(optimizer: Any) -> None:
    if len(optimizer.param_groups) == 2:
        del optimizer.param_groups[0]


def with_one_more_before(optimizer: Any) -> None:
    if len(optimizer.param_groups) == 2:
        optimizer.add_param_group({"params": [torch.zeros(1)]})
        optimizer.param_groups.insert(0, optimizer.param_groups.pop())


@pytest.mark.parametrize("change", [without_the_first, with_one_more_before])
def test_do_not_leave_out_strict(change: Callable[[Any], None]) -> None:
    """The group before the last is trained at the rate of another; with `strict=True` that is an error."""
    parts = {"body": torch.nn.Linear(3, 2), "head": torch.nn.Linear(2, 1)}
    code = recipe("PyTorch: parameter groups")
    names = run(changed(code, (STRICT, "")), **parts, train=change)
    of_the_head = [group["lr"] for group in names["optimizer"].param_groups if group["params"][0] is parts["head"].weight]
    assert of_the_head != [HEAD(99)]
    with pytest.raises(ValueError, match="zip"):
        run(code, **parts, train=change)


def test_one_group_is_frozen_first() -> None:
    """With AdamW, whose weight decay goes with the rate, not a bit moves for 5 epochs, nor at the warm-up's 0."""
    body, head = torch.nn.Linear(3, 2), torch.nn.Linear(2, 1)
    schedules = run(recipe("PyTorch: parameter groups", 1))["schedules"]
    assert isinstance(schedules[0], SequenceLR) and schedules[0].values(11)[5:] == [0.0, 2e-5, 4e-5, 6e-5, 8e-5, 1e-4]
    assert schedules[0](98) > schedules[0](99) == 1e-6
    start, moved = body.weight.clone(), []

    def train(optimizer: Any) -> None:
        optimizer.zero_grad()
        head(body(torch.ones(4, 3))).square().mean().backward()
        optimizer.step()
        moved.append(not torch.equal(body.weight, start))

    code = recipe("PyTorch: parameter groups")
    code = changed(code, ("for epoch", "schedules = frozen_first\nfor epoch"))
    run(code, body=body, head=head, train=train, frozen_first=schedules)
    assert moved == [False] * 6 + [True] * 94

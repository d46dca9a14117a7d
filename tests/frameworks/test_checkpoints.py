"""Runs that stopped under another scheduler and go on here, with the recipes of MIGRATING.md.

Each is trained twice: uninterrupted under the old scheduler, and stopped, saved, loaded and continued with the recipe.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax
import pytest
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, CosineAnnealingWarmRestarts, LambdaLR, OneCycleLR
from transformers import get_cosine_schedule_with_warmup

from cosine_lr import CosineLR
from recipes import MIGRATING, inline, recipe, run
from regression import Regression, weights_of

EPOCHS = 100
AT_STOPS = pytest.mark.parametrize("stop", [1, 10, 30, 98])  # in the warm-up, at a restart and the peak, at the end
pytestmark = pytest.mark.usefixtures("folder")


def under(scheduler: Callable[[Any], Any], stop: int) -> Regression:
    """Train the whole run under the old scheduler, and save what it has after `stop` epochs."""
    old = Regression(0.1)
    schedule = scheduler(old.optimizer)
    for epoch in range(EPOCHS):
        if epoch == stop:
            optimizer, state = old.optimizer.state_dict(), schedule.state_dict()
            torch.save({"model": old.model.state_dict(), "optimizer": optimizer, "scheduler": state}, "old.pt")
            torch.save(optimizer, "optimizer.pt")
            torch.save({key: value for key, value in state.items() if key != "lr_lambdas"}, "scheduler.pt")
        old.epoch()
        schedule.step()
    return old


def loaded() -> Regression:
    """Return a run with the model and the optimizer of the old one."""
    new, old = Regression(0.1), torch.load("old.pt")
    new.model.load_state_dict(old["model"])
    new.optimizer.load_state_dict(old["optimizer"])
    return new


def assert_the_rest_is_the_same(new: Regression, old: Regression, stop: int) -> None:
    for now, then in zip(new.used, old.used[stop:], strict=True):
        assert now == pytest.approx(then, rel=1e-12, abs=1e-15)
    assert weights_of(new.model) == pytest.approx(weights_of(old.model), rel=1e-9)


SCHEDULERS: dict[str, Callable[[Any], Any]] = {
    "A PyTorch scheduler": lambda optimizer: CosineAnnealingLR(optimizer, T_max=EPOCHS, eta_min=0.001),
    "PyTorch's OneCycleLR": lambda optimizer: OneCycleLR(optimizer, max_lr=0.1, total_steps=EPOCHS),
    "PyTorch's CosineAnnealingWarmRestarts": lambda optimizer: CosineAnnealingWarmRestarts(optimizer, 10, 2, 0.001),
}


@AT_STOPS
@pytest.mark.parametrize("heading", SCHEDULERS)
def test_a_loop_goes_on(heading: str, stop: int) -> None:
    old, new = under(SCHEDULERS[heading], stop), Regression(0.1)
    run(recipe(heading, page=MIGRATING), model=new.model, optimizer=new.optimizer, train=new.epoch)
    assert_the_rest_is_the_same(new, old, stop)


def test_last_epoch_is_rounded_down_where_steps_were_fractional() -> None:
    """As the page says: after `scheduler.step(epoch + i / batches)` the position is your own counter's."""
    optimizer = Regression(0.1).optimizer
    scheduler = SCHEDULERS["PyTorch's CosineAnnealingWarmRestarts"](optimizer)
    scheduler.step(12 + 3 / 4)
    assert scheduler.state_dict()["last_epoch"] == 12


@AT_STOPS
def test_a_factor_goes_on_for_transformers(stop: int) -> None:
    old, new = under(lambda each: get_cosine_schedule_with_warmup(each, 10, EPOCHS), stop), loaded()
    names = run(recipe("Transformers' schedules", page=MIGRATING), optimizer=new.optimizer)
    new.epochs(EPOCHS - stop, names["scheduler"])
    assert_the_rest_is_the_same(new, old, stop)


@AT_STOPS
def test_a_saved_initial_lr_and_its_cure(stop: int) -> None:
    """Without the cure the rates are 25 times too low."""
    old, cured, trapped = under(SCHEDULERS["PyTorch's OneCycleLR"], stop), loaded(), loaded()
    rates = [lr for lr, _ in old.used[stop:]]
    names = run(recipe("A saved `initial_lr`", page=MIGRATING), optimizer=cured.optimizer, k=stop)
    cured.epochs(EPOCHS - stop, names["scheduler"])
    assert [lr for lr, _ in cured.used] == pytest.approx(rates, rel=1e-12, abs=1e-15)
    trapped.epochs(EPOCHS - stop, LambdaLR(trapped.optimizer, names["factor"], last_epoch=stop - 1))
    assert [25 * lr for lr, _ in trapped.used] == pytest.approx(rates, rel=1e-12, abs=1e-15)


def updates(optimizer: Any, state: Any, n: int) -> tuple[list[float], Any]:
    """Make n updates; of a constant gradient of 1 Adam makes minus the rate."""
    update, used = jax.jit(optimizer.update), []
    for _ in range(n):
        change, state = update(jnp.float32(1.0), state)
        used.append(-float(change))
    return used, state


@AT_STOPS
def test_optax_goes_on_by_its_own_count(stop: int) -> None:
    """Equal within 10^-7, for a peak of 0.1: both compute in single precision."""
    old = optax.adam(optax.warmup_cosine_decay_schedule(0.01, 0.1, 10, EPOCHS, 0.001))
    _, state = updates(old, old.init(jnp.float32(0.0)), stop)
    there = inline("Optax' schedules", "k = ", MIGRATING).removeprefix("k = ")
    assert eval(there, {"optax": optax, "state": state}) == stop
    new = run(recipe("Optax' schedules", page=MIGRATING))["optimizer"]
    theirs, ours = (updates(optimizer, state, EPOCHS + 10 - stop)[0] for optimizer in (old, new))
    assert ours == pytest.approx(theirs, abs=1e-7)


@pytest.mark.parametrize("which", [0, 1, 2])
def test_an_absolute_floor_and_a_relative_one(which: int, used: list[Any]) -> None:
    """One schedule, or one factor, for each group is PyTorch's `eta_min`; one factor for all scales the floors too."""
    mine, other = Regression(0.1, 0.01), Regression(0.1, 0.01)
    names = run(recipe("Several parameter groups", which, MIGRATING), **vars(mine), train=mine.epoch)
    if "scheduler" in names:
        mine.epochs(EPOCHS, names["scheduler"])
    absolute, relative = SCHEDULERS["A PyTorch scheduler"], CosineLR(1.0, 0.01, t_max=100)
    other.epochs(EPOCHS, LambdaLR(other.optimizer, relative) if which == 1 else absolute(other.optimizer))
    for ours, theirs in zip(used[:EPOCHS], used[EPOCHS:], strict=True):
        assert ours == pytest.approx(theirs, rel=1e-11)  # PyTorch's recursion loses a digit

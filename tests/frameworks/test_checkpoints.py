"""Runs that stopped under another scheduler and go on here, with the recipes of MIGRATING.md.

Each is trained twice: uninterrupted under the old scheduler, and stopped, saved, loaded and continued with the recipe.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import optax
import pytest
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, CosineAnnealingWarmRestarts, LambdaLR, OneCycleLR
from transformers import get_cosine_schedule_with_warmup

from recipes import MIGRATING, inline, recipe, run

torch.set_num_threads(1)
EPOCHS = 100
STOPS = (1, 10, 29, 30, 63, 98)  # in the warm-up, at a restart, around the peak, in the decay, near the end


class Run:
    """A small regression, trained by SGD; the rate and the momentum of each epoch are noted."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.x = torch.randn(16, 3, dtype=torch.float64)
        self.y = self.x.sum(dim=1, keepdim=True)
        self.model = torch.nn.Linear(3, 1).double()
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.1, momentum=0.9)
        self.used: list[tuple[float, float]] = []

    def train(self, *_: Any) -> None:
        (group,) = self.optimizer.param_groups
        self.used.append((group["lr"], group["momentum"]))
        self.optimizer.zero_grad()
        torch.nn.functional.mse_loss(self.model(self.x), self.y).backward()
        self.optimizer.step()

    def names(self) -> dict[str, Any]:
        return {"model": self.model, "optimizer": self.optimizer, "train": self.train}

    def weights(self) -> list[float]:
        return [float(each) for parameter in self.model.parameters() for each in parameter.flatten()]


def under(scheduler: Callable[[Any], Any], stop: int) -> Run:
    """Train the whole run under the old scheduler, and save what it has after `stop` epochs."""
    old = Run()
    schedule = scheduler(old.optimizer)
    for epoch in range(EPOCHS):
        if epoch == stop:
            optimizer, state = old.optimizer.state_dict(), schedule.state_dict()
            torch.save({"model": old.model.state_dict(), "optimizer": optimizer, "scheduler": state}, "old.pt")
            torch.save(optimizer, "optimizer.pt")
            torch.save({key: value for key, value in state.items() if key != "lr_lambdas"}, "scheduler.pt")
        old.train()
        schedule.step()
    return old


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def annealing(optimizer: Any) -> Any:
    return CosineAnnealingLR(optimizer, T_max=EPOCHS, eta_min=0.001)


def one_cycle(optimizer: Any) -> Any:
    return OneCycleLR(optimizer, max_lr=0.1, total_steps=EPOCHS)


def restarts(optimizer: Any) -> Any:
    return CosineAnnealingWarmRestarts(optimizer, T_0=10, T_mult=2, eta_min=0.001)


def transformers(optimizer: Any) -> Any:
    return get_cosine_schedule_with_warmup(optimizer, num_warmup_steps=10, num_training_steps=EPOCHS)


def loaded() -> Run:
    """Return a run with the model and the optimizer of the old one."""
    new, old = Run(), torch.load("old.pt")
    new.model.load_state_dict(old["model"])
    new.optimizer.load_state_dict(old["optimizer"])
    return new


def go_on(new: Run, scheduler: LambdaLR, stop: int) -> None:
    for _ in range(stop, EPOCHS):
        new.train()
        scheduler.step()


def assert_the_rest_is_the_same(new: Run, old: Run, stop: int) -> None:
    assert len(new.used) == EPOCHS - stop
    for now, then in zip(new.used, old.used[stop:], strict=True):
        assert now == pytest.approx(then, rel=1e-12, abs=1e-15)
    assert new.weights() == pytest.approx(old.weights(), rel=1e-9)


@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize(
    ("heading", "scheduler"),
    [
        ("A PyTorch scheduler", annealing),
        ("PyTorch's OneCycleLR", one_cycle),
        ("PyTorch's CosineAnnealingWarmRestarts", restarts),
    ],
)
def test_a_loop_goes_on(heading: str, scheduler: Callable[[Any], Any], stop: int) -> None:
    old, new = under(scheduler, stop), Run()
    run(recipe(heading, page=MIGRATING), **new.names())
    assert_the_rest_is_the_same(new, old, stop)


def test_without_its_curve_the_momentum_stays_where_it_was() -> None:
    """Why the recipe for OneCycleLR has two curves."""
    old, new = under(one_cycle, 29), Run()
    code = recipe("PyTorch's OneCycleLR", page=MIGRATING)
    assert "lr, momentum(epoch)" in code
    run(code.replace("lr, momentum(epoch)", 'lr, group["momentum"]'), **new.names())
    assert [lr for lr, _ in new.used] == pytest.approx([lr for lr, _ in old.used[29:]], rel=1e-12, abs=1e-15)
    assert {momentum for _, momentum in new.used} == {0.85} and old.used[-1][1] > 0.94


def test_last_epoch_is_rounded_down_where_steps_were_fractional() -> None:
    """As the page says: after `scheduler.step(epoch + i / batches)` the position is your own counter's."""
    optimizer = Run().optimizer
    scheduler = restarts(optimizer)
    scheduler.step(12 + 3 / 4)
    assert scheduler.state_dict()["last_epoch"] == 12
    under(restarts, 12)
    schedule = run(recipe("PyTorch's CosineAnnealingWarmRestarts", page=MIGRATING), **Run().names())["schedule"]
    assert optimizer.param_groups[0]["lr"] == pytest.approx(schedule(12 + 3 / 4), rel=1e-12)


@pytest.mark.parametrize("stop", STOPS)
def test_a_factor_goes_on_for_transformers(stop: int) -> None:
    old = under(transformers, stop)
    new = loaded()
    names = run(recipe("Transformers' schedules", page=MIGRATING), optimizer=new.optimizer)
    assert names["k"] == stop
    go_on(new, names["scheduler"], stop)
    assert_the_rest_is_the_same(new, old, stop)


@pytest.mark.parametrize("stop", STOPS)
def test_a_saved_initial_lr_and_its_cure(stop: int) -> None:
    old = under(one_cycle, stop)
    cured = loaded()
    assert cured.optimizer.param_groups[0]["initial_lr"] == 0.1 / 25
    names = run(recipe("A saved `initial_lr`", page=MIGRATING), optimizer=cured.optimizer, k=stop)
    go_on(cured, names["scheduler"], stop)
    rates = [lr for lr, _ in old.used[stop:]]
    assert [lr for lr, _ in cured.used] == pytest.approx(rates, rel=1e-12, abs=1e-15)

    trapped = loaded()
    go_on(trapped, LambdaLR(trapped.optimizer, names["factor"].__call__, last_epoch=stop - 1), stop)
    assert [25 * lr for lr, _ in trapped.used] == pytest.approx(rates, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize("kind", [optax.adam, optax.sgd])
def test_optax_goes_on_by_its_own_count(stop: int, kind: Callable[[Any], Any]) -> None:
    """Equal within 10^-7, for a peak of 0.1: both optimizers compute in single precision."""
    old = kind(optax.warmup_cosine_decay_schedule(0.01, 0.1, 10, EPOCHS, 0.001))
    code = recipe("Optax' schedules", page=MIGRATING)
    names = run(code.replace("optax.adam", f"optax.{kind.__name__}"))
    new, schedule = names["optimizer"], names["schedule"]

    def trained(optimizer: Any, state: Any, updates: int) -> tuple[list[float], Any]:
        update = jax.jit(optimizer.update)
        used = []
        for _ in range(updates):
            change, state = update(jnp.float32(1.0), state)  # of a constant gradient of 1 both make minus the rate
            used.append(-float(change))
        return used, state

    _, state = trained(old, old.init(jnp.float32(0.0)), stop)
    there = inline("Optax' schedules", "k = ", MIGRATING).removeprefix("k = ")
    assert eval(there, {"optax": optax, "state": state}) == stop

    theirs, _ = trained(old, state, EPOCHS + 10 - stop)
    ours, _ = trained(new, state, EPOCHS + 10 - stop)
    assert ours == pytest.approx(theirs, abs=1e-7)
    if kind is optax.sgd:
        assert ours == pytest.approx([schedule(k) for k in range(stop, EPOCHS + 10)], rel=1e-7)

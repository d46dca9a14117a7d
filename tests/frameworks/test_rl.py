"""Stable-Baselines3 and CleanRL: the rates of all updates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium
import jax
import jax.numpy as jnp
import optax
import pytest
import torch

from cosine_lr import CosineLR
from recipes import changed, inline, recipe, run

ENV = gymnasium.make("CartPole-v1")
STEPS, ROLLOUT = 300, 32  # the last of 10 rollouts goes beyond the run
SCHEDULE = CosineLR(3e-4, 3e-5, t_max=STEPS)
FRACTIONS = "learning_rate=lambda left: schedule(1 - left)"


def short(code: str, *changes: tuple[str, str]) -> str:
    """Return the recipe with 300 steps for 100,000, and one update after each rollout of 32."""
    one_update = f"n_steps={ROLLOUT}, batch_size={ROLLOUT}, n_epochs=1, device='cpu', learning_rate="
    return changed(code, *changes).replace("learning_rate=", one_update).replace("100_000", str(STEPS))


def approx(*epochs: float) -> Any:
    return pytest.approx([SCHEDULE(e) for e in epochs], rel=1e-12)


def test_ppo(used: list[float]) -> None:
    """From the first rollout on; at the end, past 0, the rate is the floor."""
    model = run(short(recipe("Stable-Baselines3")))["model"]
    assert used == approx(*range(ROLLOUT, 321, ROLLOUT))
    assert used[-1] == 3e-5 and model._current_progress_remaining < 0


@pytest.mark.parametrize("t_max, first, last", [(1.0, 3.75e-5, 3e-4), (99, 2.9999e-4, 3e-4)])
def test_a_bare_schedule_rises(t_max: float, first: float, last: float, used: list[float]) -> None:
    wrong = inline("Stable-Baselines3", "learning_rate=")
    run(short(recipe("Stable-Baselines3"), (FRACTIONS, wrong), ("t_max=1.0", f"t_max={t_max}")))
    assert used == sorted(used) and [used[0], used[-1]] == pytest.approx([first, last], rel=1e-3)


def test_several_calls(folder: Path, used: list[float]) -> None:
    """A run that is stopped after 100 steps and goes on has the rates of one that is not."""
    parts = ("10_000", "100")
    stop = ('    model.save("model")', '    model.save("model")\n    break')
    run(short(recipe("Stable-Baselines3", 1), parts, stop), env=ENV)
    assert used == approx(32, 64, 96, 128)
    run(short(recipe("Stable-Baselines3", 1), parts), env=ENV)
    assert used == approx(*range(ROLLOUT, 385, ROLLOUT))


def test_cleanrl_with_pytorch() -> None:
    """CleanRL's own lines give the same rates."""
    rates = []
    optimizer = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))])
    note = ("...  # your iteration", 'rates.append(group["lr"])  # your iteration')
    run(changed(recipe("CleanRL"), note), num_iterations=40, optimizer=optimizer, rates=rates)
    assert rates == pytest.approx([(1.0 - (iteration - 1.0) / 40) * 2.5e-4 for iteration in range(1, 41)], rel=1e-12)


def test_cleanrl_with_jax(monkeypatch: pytest.MonkeyPatch) -> None:
    """With 16 updates per iteration CleanRL's own function gives the same rates; do not count iterations."""
    adam = optax.adam
    monkeypatch.setattr(optax, "adam", lambda rate, eps: optax.inject_hyperparams(adam)(learning_rate=rate, eps=eps))

    def rates_of(code: str) -> list[float]:
        optimizer = run(code, num_iterations=40, update_epochs=4, num_minibatches=4)["optimizer"]

        def update(state: Any, gradient: jax.Array) -> Any:
            _, state = optimizer.update(gradient, state)
            return state, state.hyperparams["learning_rate"]

        return jax.lax.scan(update, optimizer.init(jnp.zeros(1)), jnp.ones((640, 1)))[1].tolist()

    rates = [2.5e-4 * (1.0 - iteration / 40) for iteration in range(40)]
    assert rates_of(recipe("CleanRL", 1)) == pytest.approx([rate for rate in rates for _ in range(16)], rel=1e-6)
    wrong = ("StaircaseLR(decay, step_size=updates)", "PolynomialLR(2.5e-4, 0.0, t_max=num_iterations)")
    assert rates_of(changed(recipe("CleanRL", 1), wrong)) == pytest.approx(rates + 600 * [0.0])

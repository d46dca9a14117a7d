"""Stable-Baselines3 and CleanRL: the rates of all updates."""

import sys
from pathlib import Path
from typing import Any

import gymnasium
import jax
import jax.numpy as jnp
import optax
import pytest
import torch
from stable_baselines3 import DQN, PPO

from cosine_lr import CosineLR, LRIterator
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


class Clip(list[float]):
    """A schedule of the clip range that keeps what it is called with."""

    def __call__(self, e: float) -> float:
        self.append(e)
        return 0.2


def test_ppo(used: list[float]) -> None:
    """From the first rollout on; at the end, past 0, the rate is the floor."""
    clip = Clip()
    both = (FRACTIONS, f"{FRACTIONS}, clip_range=lambda left: clip(1 - left)")
    model = run(short(recipe("Stable-Baselines3"), both), clip=clip)["model"]
    assert used == approx(*range(ROLLOUT, 321, ROLLOUT)) == [SCHEDULE(e * STEPS) for e in clip]
    assert used[-1] == 3e-5 and model._current_progress_remaining < 0


@pytest.mark.parametrize("t_max, first, last", [(1.0, 3.75e-5, 3e-4), (99, 2.9999e-4, 3e-4)])
def test_a_bare_schedule_rises(t_max: float, first: float, last: float, used: list[float]) -> None:
    wrong = inline("Stable-Baselines3", "learning_rate=schedule")
    run(short(recipe("Stable-Baselines3"), (FRACTIONS, wrong), ("t_max=1.0", f"t_max={t_max}")))
    assert used == sorted(used) and [used[0], used[-1]] == pytest.approx([first, last], rel=1e-3)


def test_do_not_pass_the_next_rate_of_an_iterator(used: list[float]) -> None:
    """The first rate is for the optimizer's constructor; then every second one is only logged."""
    wrong = inline("Stable-Baselines3", "learning_rate=lambda left: next")
    run(short(recipe("Stable-Baselines3"), (FRACTIONS, wrong)), rates=LRIterator(SCHEDULE))
    assert used == approx(*range(2, 21, 2))


@pytest.fixture
def stopped(folder: Path, used: list[float]) -> None:
    """A run with the first recipe, saved in its fourth rollout."""
    stop = ("100_000)", '100_000, callback=lambda *_: model.num_timesteps < 100)\nmodel.save("model")')
    run(short(recipe("Stable-Baselines3"), stop))
    assert used == approx(32, 64, 96)
    used.clear()


GOING_ON = [  # a change of the recipe, and the rates then
    ("total =", "total =", SCHEDULE),
    ("total - model.num_timesteps", "total", lambda e: SCHEDULE(e * 300 / 400)),
    ("model.learn", "model.learning_rate = 1.0; model.learn", SCHEDULE),
    ('PPO.load("model", env=env)', inline("Stable-Baselines3", "PPO.load"), lambda e: e / 300),
]


@pytest.mark.parametrize("old, new, rate", GOING_ON)
def test_a_run_that_was_stopped(old: str, new: str, rate: Any, stopped: None, used: list[float]) -> None:
    run(short(recipe("Stable-Baselines3", 1), (old, new)), env=ENV, schedule=lambda e: e)
    assert used[:6] == pytest.approx([rate(e) for e in range(132, 300, 32)], rel=1e-12)


def test_a_file_without_this_package(stopped: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, CosineLR.__module__, None)
    with pytest.raises(ModuleNotFoundError):
        PPO.load("model")
    model = run(recipe("Stable-Baselines3", 3))["model"]
    assert model.predict(ENV.reset()[0])[0] in (0, 1)


def test_the_epsilon_of_dqn(folder: Path) -> None:
    """It comes to its end; a loaded model has the linear one again."""
    model = DQN("MlpPolicy", ENV, buffer_size=STEPS, device="cpu")
    names = {"model": model, "epsilon": CosineLR(0.9, 0.2, t_max=1.0)}
    run(inline("Stable-Baselines3", "model.exploration_schedule = "), **names)
    model.learn(10).save("model")
    assert (model.exploration_rate, DQN.load("model").exploration_schedule(0.0)) == (0.2, 0.05)


def test_several_calls(folder: Path, used: list[float]) -> None:
    """A run that is stopped after 100 steps and goes on has the rates of one that is not."""
    parts, clip = ("10_000", "100"), Clip()
    stop = ('    model.save("model")', '    model.save("model")\n    break')
    run(short(recipe("Stable-Baselines3", 2), parts, stop), env=ENV)
    assert used == approx(32, 64, 96, 128)
    line = inline("Stable-Baselines3", "model.clip_range = ")
    both = ("    model.learn(", f"    {line}\n    model.learn(")
    run(short(recipe("Stable-Baselines3", 2), parts, both), env=ENV, clip=clip)
    assert used == approx(*range(ROLLOUT, 385, ROLLOUT)) and clip == pytest.approx(range(160, 385, ROLLOUT))


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

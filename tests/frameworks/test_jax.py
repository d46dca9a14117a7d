"""JAX, optax and Flax. The weight is set to 0 and its gradient is 1, so that an update leaves minus the rate in it."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flax.nnx as nnx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from cosine_lr import CosineLR, LRIterator, WarmupLR
from recipes import EITHER_PAGE, Killed, changed, inline, recipe, row, run

STEPS = 1000
SCHEDULE = WarmupLR(CosineLR(0.1, 0.001, t_max=899), lr_start=0.01, t_warmup=100)
PLAIN = CosineLR(0.1, 0.001, t_max=999)


def float32(rates: list[float]) -> list[float]:
    return np.float32(rates).tolist()


def loss(w: Any) -> jax.Array:
    return sum(jnp.sum(each) for each in jax.tree.leaves(w))


@EITHER_PAGE
def test_recipe(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every rate goes into the step, which is compiled once, and comes out in the weights."""
    rates, traces, jit = [], [], jax.jit

    def noted(step: Callable[..., Any]) -> Callable[..., Any]:
        def traced(params: jax.Array, lr: jax.Array) -> Any:
            traces.append(lr)
            return step(params, lr)

        def called(params: jax.Array, lr: float) -> Any:
            rates.append(lr)
            return compiled(params, lr)

        compiled = jit(traced)
        return called

    monkeypatch.setattr(jax, "jit", noted)
    names = run(recipe("JAX and optax", page=page))
    assert names["schedule"] == SCHEDULE
    assert rates == SCHEDULE.values(STEPS) and rates[-1] == 0.001
    assert len(traces) == 1
    moved = names["train_step"](jnp.ones(3), 0.25)
    assert moved.tolist() == [0.5, 0.5, 0.5]


def optax_rates(optimizer: optax.GradientTransformation, weights: Any, steps: int = STEPS) -> list[Any]:
    """Return the rates of a run whose update is compiled, once: of its one weight, or in the shape of its weights."""
    traces = []

    @jax.jit
    def train_step(weights: Any, state: Any) -> tuple[Any, Any]:
        traces.append(state)
        updates, state = optimizer.update(jax.grad(loss)(weights), state, weights)
        return optax.apply_updates(weights, updates), state

    rates = []
    weights = jax.tree.map(jnp.zeros_like, weights)
    state = optimizer.init(weights)
    for _ in range(steps):
        moved, state = train_step(weights, state)
        assert jax.tree.map(jnp.dtype, moved) == jax.tree.map(jnp.dtype, weights)
        rates.append(jax.tree.map(lambda each: -each.ravel()[0].item(), moved))
    assert len(traces) == 1
    return rates


@EITHER_PAGE
def test_optax_recipe(page: Path) -> None:
    names = run(recipe("JAX and optax", 1, page))
    assert names["schedule"] == SCHEDULE
    assert optax_rates(names["optimizer"], jnp.zeros(()), STEPS + 50) == float32(SCHEDULE.values(STEPS + 50))


def test_optax_recipe_with_bfloat16_weights() -> None:
    optimizer = run(recipe("JAX and optax", 1))["optimizer"]
    rates = optax_rates(optimizer, jnp.zeros((), jnp.bfloat16))
    assert rates == jnp.asarray(SCHEDULE.values(STEPS), jnp.bfloat16).tolist()


def test_traced_epoch_is_refused() -> None:
    with pytest.raises(TypeError, match="^e must be one number, got .*table"):
        jax.jit(SCHEDULE.__call__)(3)


def test_a_schedule_is_a_static_argument() -> None:
    """As a value: it compiles once for an equal schedule, wherever that stands, and again for another."""
    traces = []

    @functools.partial(jax.jit, static_argnames="schedule")
    def update(w: jax.Array, step: int, schedule: WarmupLR) -> jax.Array:
        traces.append(schedule)
        return 0.0 * w - jnp.asarray(schedule.values(STEPS))[step] * jax.grad(loss)(w)

    for schedule in (SCHEDULE, dataclasses.replace(SCHEDULE, e=7), dataclasses.replace(SCHEDULE, t_warmup=2)):
        got = [-float(update(jnp.zeros(()), step, schedule=schedule)) for step in range(STEPS)]
        assert got == float32(schedule.values(STEPS))
    assert traces == [SCHEDULE, dataclasses.replace(SCHEDULE, t_warmup=2)]


def test_next_is_compiled_in() -> None:
    schedule = CosineLR(0.1, 0.001, t_max=10)
    rate = jax.jit(lambda step: step * 0.0 + next(schedule))
    assert [float(rate(float(step))) for step in range(5)] == float32([0.1] * 5)


def test_table_in_a_scan() -> None:
    def train_step(w: jax.Array, lr: jax.Array) -> tuple[jax.Array, jax.Array]:
        w = 0.0 * w - lr * jax.grad(loss)(w)
        return w, -w

    names = run(recipe("JAX and optax", 1)) | {"jax": jax, "params": jnp.zeros(()), "train_step": train_step}
    _, rates = eval(inline("JAX and optax", "jax.lax.scan"), names)
    assert rates.tolist() == float32(SCHEDULE.values(STEPS))


def test_two_groups() -> None:
    names = run(recipe("Optax: two groups"))
    rates = optax_rates(names["optimizer"], names["params"])
    assert [each["body"] for each in rates] == float32(CosineLR(0.01, 0.001, t_max=999).values(STEPS))
    assert [each["head"] for each in rates] == float32(CosineLR(0.1, 0.0, t_max=999).values(STEPS))


def test_a_sweep_of_peaks() -> None:
    losses = run(recipe("JAX: a sweep of peaks"))["losses"]
    assert losses.shape == (3, STEPS)
    for row_of, peak in zip(losses.tolist(), (0.1, 0.03, 0.01)):
        w = 1.0
        for got, lr in zip(row_of, CosineLR(peak, 0.0, t_max=STEPS - 1).values(STEPS)):
            assert got == pytest.approx(3 * w * w, rel=1e-3, abs=1e-30)
            w -= lr * 2 * w


def test_resume_by_the_count_of_optax(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed in update 437 and run again, a run has the updates of a straight one bit for bit, from the last save on."""
    monkeypatch.chdir(tmp_path)

    def trained(killed_at: int) -> dict[int, list[float]]:
        moves: dict[int, list[float]] = {}
        names: dict[str, Any] = {}

        @jax.jit
        def update(params: jax.Array, state: Any) -> Any:
            updates, state = names["optimizer"].update(jnp.cos(params), state)
            return updates, state, optax.apply_updates(params, updates)

        def train_step(params: jax.Array, state: Any) -> Any:
            names.update(vars(sys.modules["recipe"]))
            if names["step"] == killed_at:
                raise Killed
            updates, after, params = update(params, state)
            k = eval(inline("Optax: resume", "k = ").removeprefix("k = "), names | {"state": state})
            moves[k] = updates.tolist()
            return params, after

        with contextlib.suppress(Killed):
            run(recipe("Optax: resume"), train_step=train_step)
        return moves

    straight = trained(killed_at=STEPS)
    assert list(straight) == list(range(STEPS))
    Path("run.pickle").unlink()
    first, second = trained(killed_at=437), trained(killed_at=STEPS)
    assert list(first) == list(range(437)) and list(second) == list(range(400, STEPS))
    assert first | second == straight and first == {k: straight[k] for k in first}


def test_a_long_table_is_an_argument() -> None:
    names = run(recipe("JAX: a long table"))
    table, state = names["table"], names["adam"](names["table"]).init(jnp.ones(3))
    assert table.shape == (10**6,) and table[-1] == np.float32(0.001)
    step = names["train_step"]
    assert step._cache_size() == 1

    def closed(params: jax.Array, state: Any) -> Any:
        return step.__wrapped__(params, state, table)

    constants = jax.make_jaxpr(closed)(jnp.ones(3), state).consts
    assert [each.size for each in constants if each.size > 10] == [10**6]  # the trap
    assert not [each for each in jax.make_jaxpr(step)(jnp.ones(3), state, table).consts if each.size > 10]
    halfway = optax.tree_utils.tree_set(state, count=jnp.asarray(500_000, jnp.int32))
    moved, _ = step(jnp.ones(3), halfway, table)
    reference = optax.adam(CosineLR(0.1, 0.001, t_max=999_999)(500_000))
    halfway = optax.tree_utils.tree_set(reference.init(jnp.ones(3)), count=jnp.asarray(500_000, jnp.int32))
    updates, _ = reference.update(jnp.full(3, 2.0), halfway)
    assert (moved - 1.0).tolist() == pytest.approx(updates.tolist(), rel=1e-5)


def test_the_recipe_with_a_static_argument() -> None:
    """One program for each rule: equal schedules share it, wherever they stand."""
    names = run(recipe("JAX: a static argument"))
    train = names["train"]
    assert train._cache_size() == 1
    moved = CosineLR(0.1, 0.001, t_max=999, e=7)
    assert train(jnp.ones(3), schedule=moved).tolist() == names["params"].tolist()
    assert train._cache_size() == 1
    other = train(jnp.ones(3), schedule=CosineLR(0.002, 0.001, t_max=999))
    assert train._cache_size() == 2
    rates = np.array(CosineLR(0.002, 0.001, t_max=999).values(STEPS))
    assert other.tolist() == pytest.approx([np.prod(1 - 2 * rates)] * 3, rel=1e-4)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_rate_from_outside(dtype: str) -> None:
    """A weight of any type moves by the rate that the loop has set; the update is compiled once."""
    code = recipe("Optax: a rate from outside")
    assert run(code)["state"].hyperparams["learning_rate"] == 0.001
    traces, rates = [], []
    weight = jnp.zeros(3, dtype)

    def traced(optimizer: Any, state: Any) -> Any:
        traces.append(state)
        updates, state = optimizer.update(jnp.ones(3, dtype), state)
        return optax.apply_updates(weight, updates), state

    def update(optimizer: Any, state: Any) -> Any:
        moved, state = compiled(optimizer, state)
        assert moved.dtype == dtype
        rates.append(-moved[0].item())
        return state

    compiled = jax.jit(traced, static_argnums=0)
    yours = ("...  # updates, state = optimizer.update(gradient, state)", "state = update(optimizer, state)")
    run(changed(code, yours, ("jnp.ones(3)", "weight")), update=update, weight=weight)
    assert rates == jnp.asarray(PLAIN.values(STEPS), dtype).tolist()
    assert len(traces) == 1


def test_without_an_end() -> None:
    names = run(recipe("JAX: without an end"))
    rate = jax.jit(names["rate"])
    steps = [*range(0, 1000, 50), 10**6]
    assert [float(rate(step)) for step in steps] == float32([names["schedule"](step) for step in steps])


def test_flax() -> None:
    model = nnx.Linear(1, 1, use_bias=False, rngs=nnx.Rngs(0))
    names = run(recipe("Ten more frameworks"))
    schedule: LRIterator = names["schedule"]
    optimizer = eval(row("Flax")[0], names | {"jnp": jnp, "nnx": nnx, "optax": optax, "model": model})

    @nnx.jit
    def train_step(model: nnx.Linear, optimizer: nnx.Optimizer) -> None:
        optimizer.update(model, nnx.grad(lambda model: jnp.sum(model(jnp.ones((1, 1)))))(model))

    rates = []
    for _ in range(120):
        model.kernel[...] = jnp.zeros((1, 1))
        train_step(model, optimizer)
        rates.append(-float(model.kernel[0, 0]))
    assert rates == float32(schedule.values(120))

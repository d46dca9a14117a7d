"""JAX, optax and Flax. The weight is set to 0 and its gradient is 1, so that an update leaves minus the rate in it."""

from __future__ import annotations

from typing import Any

import flax.nnx as nnx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from cosine_lr import WarmupLR
from recipes import inline, recipe, run, row

T_END = 20
STEPS = 25


def float32(rates: list[float]) -> list[float]:
    return np.float32(rates).tolist()


def loss(w: jax.Array) -> jax.Array:
    return jnp.sum(w)


def test_recipe(schedule: WarmupLR) -> None:
    traces = []
    rates = []

    @jax.jit
    def train_step(w: jax.Array, batch: jax.Array, lr: float) -> jax.Array:
        traces.append(lr)
        return w * batch - lr * jax.grad(loss)(w)

    def noted(w: jax.Array, batch: jax.Array, lr: float) -> jax.Array:
        w = train_step(w, batch, lr)
        rates.append(-float(w))
        return w

    batches = [jnp.zeros(())] * STEPS
    names = run(
        recipe("JAX and optax"),
        jnp=jnp,
        optax=optax,
        schedule=schedule,
        t_end=T_END,
        batches=batches,
        params=jnp.zeros(()),
        train_step=noted,
    )
    assert rates == float32(schedule.values(STEPS))
    assert len(traces) == 1
    assert optax_rates(names["optimizer"]) == float32(schedule.values(STEPS))


def optax_rates(optimizer: optax.GradientTransformation, dtype: Any = jnp.float32) -> list[float]:
    """Return the rates of a run whose update is compiled, once."""
    traces = []

    @jax.jit
    def train_step(w: jax.Array, state: Any) -> tuple[jax.Array, Any]:
        traces.append(w)
        updates, state = optimizer.update(jax.grad(loss)(w), state, w)
        return optax.apply_updates(w, updates), state

    rates = []
    state = optimizer.init(jnp.zeros((), dtype))
    for _ in range(STEPS):
        w, state = train_step(jnp.zeros((), dtype), state)
        assert w.dtype == dtype
        rates.append(-float(w))
    assert len(traces) == 1
    return rates


def test_table_with_bfloat16_weights(schedule: WarmupLR) -> None:
    table = jnp.asarray(schedule.values(T_END + 1))
    rates = optax_rates(optax.sgd(lambda count: table[jnp.minimum(count, T_END)]), jnp.bfloat16)
    assert rates == jnp.asarray(schedule.values(STEPS), jnp.bfloat16).tolist()


@pytest.mark.parametrize("dtype", [jnp.float32, jnp.bfloat16])
def test_rate_set_from_outside(schedule: WarmupLR, dtype: Any) -> None:
    names = {"optax": optax, "schedule": schedule}
    optimizer = eval(inline("JAX and optax", "optax.inject_hyperparams"), names)
    assign = inline("JAX and optax", "state.hyperparams")
    traces = []

    @jax.jit
    def train_step(w: jax.Array, state: Any) -> tuple[jax.Array, Any]:
        traces.append(w)
        updates, state = optimizer.update(jax.grad(loss)(w), state, w)
        return optax.apply_updates(w, updates), state

    state = optimizer.init(jnp.zeros((), dtype))
    for step, rate in enumerate(jnp.asarray(schedule.values(STEPS), dtype).tolist()):
        exec(assign, names | {"state": state, "step": step})
        w, state = train_step(jnp.zeros((), dtype), state)
        assert w.dtype == dtype
        assert -float(w) == rate == float(state.hyperparams["learning_rate"])
    assert len(traces) == 1


def test_table_in_a_scan(schedule: WarmupLR) -> None:
    def train_step(w: jax.Array, lr: jax.Array) -> tuple[jax.Array, jax.Array]:
        w = 0.0 * w - lr * jax.grad(loss)(w)
        return w, -w

    names = {"jax": jax, "params": jnp.zeros(()), "train_step": train_step}
    _, rates = eval(inline("JAX and optax", "jax.lax.scan"), names | {"table": jnp.asarray(schedule.values(STEPS))})
    assert rates.tolist() == float32(schedule.values(STEPS))


def test_callback(schedule: WarmupLR) -> None:
    code = inline("JAX and optax", "jax.pure_callback")
    rate = jax.jit(lambda step: eval(code, {"jax": jax, "schedule": schedule, "step": step}))
    assert [float(rate(step)) for step in range(STEPS)] == float32(schedule.values(STEPS))


def test_traced_epoch_is_refused(schedule: WarmupLR) -> None:
    with pytest.raises(TypeError, match="^e must be one number .*table"):
        jax.jit(schedule.__call__)(3)


def test_flax(schedule: WarmupLR) -> None:
    model = nnx.Linear(1, 1, use_bias=False, rngs=nnx.Rngs(0))
    table = jnp.asarray(schedule.values(T_END + 1))
    names = {"jnp": jnp, "nnx": nnx, "optax": optax, "model": model, "table": table, "t_end": T_END}
    optimizer = eval(row("Flax")[0], names)

    @nnx.jit
    def train_step(model: nnx.Linear, optimizer: nnx.Optimizer) -> None:
        optimizer.update(model, nnx.grad(lambda model: jnp.sum(model(jnp.ones((1, 1)))))(model))

    rates = []
    for _ in range(STEPS):
        model.kernel[...] = jnp.zeros((1, 1))
        train_step(model, optimizer)
        rates.append(-float(model.kernel[0, 0]))
    assert rates == float32(schedule.values(STEPS))

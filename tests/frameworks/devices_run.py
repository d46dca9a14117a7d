"""A run with JAX on 8 devices, for test_many_processes.py: the rate from the host or from a table, a log per device.

On each device lies a probe, a weight of 0 whose gradient is 1: an update leaves minus the rate of that device in it.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.sharding import NamedSharding, PartitionSpec

from cosine_lr import parse
from lives import EVERY, SCHEDULE, STEPS, note, replacing

mesh = jax.make_mesh((8,), ("devices",), axis_types=(jax.sharding.AxisType.Auto,))
EACH, ALL = PartitionSpec("devices"), PartitionSpec()  # divided among the devices, or the same on all
SPLIT = {"w": ALL, "probe": EACH}
Weights = dict[str, jax.Array]


def loss(weights: Weights, x: jax.Array) -> jax.Array:
    return jnp.mean((x @ weights["w"] - x.sum(axis=1)) ** 2) + jnp.sum(weights["probe"])


@jax.jit
@partial(jax.shard_map, mesh=mesh, in_specs=(SPLIT, ALL, EACH, ALL), out_specs=(SPLIT, ALL))
def fed_by_the_host(weights: Weights, made: jax.Array, x: jax.Array, lr: jax.Array) -> tuple[Weights, jax.Array]:
    """Make one update, for which each device has its own part of the data; return the weights and the updates made."""
    gradients = jax.grad(loss)(weights, x)
    gradients["w"] /= 8  # all devices have the sum of theirs
    return jax.tree.map(lambda weight, gradient: weight - lr * gradient, weights, gradients), made + 1


table = jnp.asarray(parse(SCHEDULE).values(STEPS))
optimizer = optax.sgd(lambda count: table[jnp.minimum(count, STEPS - 1)])


@jax.jit
def fed_by_the_table(weights: Weights, made: jax.Array, x: jax.Array, state: Any) -> tuple[Weights, jax.Array, Any]:
    """The same with optax, whose state is a count of its own, and divided among the devices by the compiler."""
    updates, state = optimizer.update(jax.grad(loss)(weights, x), state)
    return optax.apply_updates(weights, updates), made + 1, state


def main(feed: str, folder: Path, life: str) -> None:
    def split(array: Any) -> jax.Array:
        return jax.device_put(jnp.asarray(array, jnp.float32), NamedSharding(mesh, EACH))

    path = folder / "checkpoint"
    start = {"w": jnp.zeros(4), "made": jnp.asarray(0), "position": 0}
    if path.exists():
        start = dict(np.load(path))
    w, made = start["w"], start["made"]
    schedule = parse(SCHEDULE)
    schedule.load_state_dict({"e": int(start["position"])})
    state = jax.tree.map(lambda count: jnp.asarray(start["position"], count.dtype), optimizer.init(w))
    while made < STEPS:
        x = split(np.random.default_rng(int(made)).normal(size=(16, 4)))
        weights = {"w": w, "probe": split(np.zeros(8))}
        step = int(made)
        if feed == "host":
            weights, made = fed_by_the_host(weights, made, x, next(schedule))
            position: Any = schedule.e
        else:
            weights, made, state = fed_by_the_table(weights, made, x, state)
            (position,) = jax.tree.leaves(state)
        for probe in weights["probe"].addressable_shards:
            note(folder / f"{life}-{probe.device.id}", step, -float(probe.data[0]))
        w = weights["w"]
        if made % EVERY == 0:
            with replacing(path) as file:
                np.savez(file, w=w, made=made, position=position)
    with replacing(folder / "weights") as file:
        np.save(file, w)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])

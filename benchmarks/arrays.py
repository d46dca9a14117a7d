"""Schedules on arrays: a million rates in NumPy beside `values`; the rates of two million steps in float32 beside
optax's and Keras' own; a compiled step of adamw beside optax's own schedule and a table.

What is not installed has no row. All of it on the CPU.
"""

import statistics
from collections.abc import Callable, Collection
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from timeit import timeit
from typing import Any

from cosine_lr import ConstantLR, CosineLR, CosineRestartsLR, ExponentialLR, PolynomialLR, SequenceLR, StepLR, WarmupLR

from .tables import table

STEPS, WARM, PEAK = 2_000_000, 100_000, 3e-4


def medians(calls: Collection[Callable[[], object]], rounds: int) -> list[float]:
    """Return the median time of each call; they take turns, A B C A B C."""
    times = [[timeit(call, number=1) for call in calls] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*times, strict=True)]


def in_numpy(n: int, rounds: int) -> str:
    import numpy as np

    cosine, plateau = CosineLR(0.1, 0.001, t_max=n - n // 20), (n // 2, ConstantLR(0.1))
    curves = {
        "cosine": cosine, "warm-up, cosine": WarmupLR(cosine, 0.0, n // 20),
        "warm-up, plateau, line": WarmupLR(SequenceLR([plateau], PolynomialLR(0.1, 0.0, n // 4)), 0.0, n // 20),
        "1-sqrt": PolynomialLR(0.1, 0.0, n, k_decay=0.5), "exponential": ExponentialLR(0.1, 0.5, t_scale=n // 10),
        "step": StepLR(0.1, n // 30, 0.5), "restarts": CosineRestartsLR(0.1, 0.001, n // 100),
        "restarts, t_mult=2": CosineRestartsLR(0.1, 0.001, n // 100, t_mult=2),
    }  # fmt: skip
    e, rows = np.arange(n), []
    for name, schedule in curves.items():
        values, array = medians([partial(schedule.values, n), partial(schedule, e)], rounds)
        rows.append([name, f"{values * 1e3:.0f}", f"{array * 1e3:.0f}", f"{values / array:.1f}"])
    head = ["schedule", "`schedule.values(n)`, ms", "`schedule(np.arange(n))`, ms", "times as fast"]
    return f"### {n:,} rates in NumPy\n\n" + table(head, rows)


def in_float32() -> str:
    """Compare every hundredth step and the last ten thousand, without the first, whose rate is 0."""
    import numpy as np

    jax, optax, rows = import_module("jax"), import_module("optax"), []
    counts = np.unique([*range(1, STEPS, 100), *range(STEPS - 10_000, STEPS)]).astype("int32")
    for low in (0.0, PEAK / 10):
        ours = WarmupLR(CosineLR(PEAK, low, STEPS - WARM), 0.0, WARM)
        theirs = optax.warmup_cosine_decay_schedule(0.0, PEAK, WARM, STEPS, low)
        want = ours(counts)
        rates = {name: jax.jit(jax.vmap(f))(counts) for name, f in (("cosine_lr", ours), ("optax", theirs))}
        if find_spec("keras") and find_spec("tensorflow"):
            tf, decay = import_module("tensorflow"), import_module("keras").optimizers.schedules.CosineDecay
            f = tf.function(decay(0.0, STEPS - WARM, alpha=low / PEAK, warmup_target=PEAK, warmup_steps=WARM))
            rates["Keras"] = tf.map_fn(f, tf.constant(counts), fn_output_signature=tf.float32)  # it takes scalars alone
        for name, each in rates.items():
            got = np.asarray(each, float)
            error, zeros = (np.abs(got - want) / want).max(), int((got == 0.0).sum())
            rows.append([f"to {low:g}", name, f"{error * 2**24:.1f}", f"{error:.1e}", str(zeros)])
    head = ["warm-up, cosine", "by", "worst error, units of 2^-24", "relative", "steps at 0 before the end"]
    return f"### {STEPS:,} steps in float32, beside the same in float64\n\n" + table(head, rows)


def steps(rounds: int) -> str:
    import numpy as np

    jax, jnp, optax = map(import_module, ("jax", "jax.numpy", "optax"))
    schedule = WarmupLR(CosineLR(PEAK, 0.0, STEPS - WARM), 0.0, WARM)
    rates = jnp.asarray(schedule(np.arange(STEPS, dtype="float32")))
    kinds: dict[str, Any] = {
        "a constant": PEAK, "`optax.adamw(schedule)`": schedule,
        "restarts, t_mult=2": CosineRestartsLR(PEAK, 0.0, 1000, t_mult=2),
        "optax's own": optax.warmup_cosine_decay_schedule(0.0, PEAK, WARM, STEPS),
        "a table": lambda count: rates[count],
    }  # fmt: skip

    def hundred(step: Callable[..., Any], state: Any) -> None:
        for _ in range(100):
            _, state = step(weights, state, weights)
        jax.block_until_ready(state)

    weights = {str(i): jnp.ones((64, 64)) for i in range(8)}
    compiling, runs = [], []
    for rate in kinds.values():
        optimizer = optax.adamw(rate)
        step, state = jax.jit(optimizer.update), optimizer.init(weights)
        compiling.append(timeit(step.lower(weights, state, weights).compile, number=1))
        jax.block_until_ready(step(weights, state, weights))
        runs.append(partial(hundred, step, state))
    times = medians(runs, rounds)
    rows = [
        [name, f"{compiled * 1e3:.0f}", f"{each * 1e4:.0f}", f"{each / times[0]:.2f}"]
        for name, compiled, each in zip(kinds, compiling, times, strict=True)
    ]
    head = ["learning rate", "to compile, ms", "a step, us", "beside a constant"]
    return "### A compiled step of adamw with 32,768 weights\n\n" + table(head, rows)


def report(versions: Collection[str], quick: bool = False) -> str:
    """a million rates in NumPy, two million in float32, a compiled step: beside `values`, optax and Keras"""
    found = ["## Arrays and compiled code", __doc__ or ""]
    if find_spec("numpy"):
        found.append(in_numpy(10**5 if quick else 10**6, 3 if quick else 7))
    if find_spec("jax") and find_spec("optax"):
        found += [in_float32(), steps(5 if quick else 30)]
    return "\n\n".join(map(str.strip, found))

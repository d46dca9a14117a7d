"""JAX, optax and Flax. The weight is set to 0 and its gradient is 1, so that an update leaves minus the rate in it."""

import contextlib
import re
from pathlib import Path
from typing import Any

import flax.nnx as nnx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from cosine_lr import CosineLR, InversePowerLR, LRIterator, StepLR, WarmupLR
from recipes import MIGRATING, Killed, changed, float32, inline, recipe, row, run

STEPS = 1000
SCHEDULE = WarmupLR(CosineLR(0.1, 0.001, t_max=899), lr_start=0.01, t_warmup=100)
PLAIN = CosineLR(0.1, 0.001, t_max=999)
SGD = ("adamw", "sgd")  # its updates show the rates


def approx(rates: list[float], dtype: str = "float32") -> Any:
    """float32 rates within 16 units in the last place, and these as another type has them."""
    return pytest.approx(jnp.asarray(rates, dtype).tolist(), rel=16 * 2.0**-24 if dtype == "float32" else 2.0**-8)


def optax_rates(optimizer: Any, weights: Any, steps: int = STEPS) -> list[Any]:
    """Return the rates of a run whose update is compiled, once: of its one weight, or in the shape of its weights."""

    @jax.jit
    def train_step(weights: Any, state: Any) -> tuple[Any, Any]:
        updates, state = optimizer.update(jax.tree.map(jnp.ones_like, weights), state, weights)
        return optax.apply_updates(weights, updates), state

    rates, weights = [], jax.tree.map(jnp.zeros_like, weights)
    state = optimizer.init(weights)
    for _ in range(steps):
        moved, state = train_step(weights, state)
        assert jax.tree.map(jnp.dtype, moved) == jax.tree.map(jnp.dtype, weights)
        rates.append(jax.tree.map(lambda each: -each.ravel()[0].item(), moved))
    assert train_step._cache_size() == 1
    return rates


ENDLESS = WarmupLR(InversePowerLR(0.1, t_scale=100), 0.01, t_warmup=100)


@pytest.mark.parametrize("schedule, dtype", [(SCHEDULE, "float32"), (ENDLESS, "bfloat16")])
def test_optax(schedule: WarmupLR, dtype: str) -> None:
    """Past the end, too, and for a schedule that has none."""
    code = re.sub(r"(?m)^schedule = .*$", f"schedule = {schedule!r}", changed(recipe("JAX and optax"), SGD))
    names = run(code, InversePowerLR=InversePowerLR)
    assert run(recipe("JAX and optax"))["schedule"] == SCHEDULE
    assert names["train_step"]._cache_size() == 1
    rates = optax_rates(names["optimizer"], jnp.zeros((), dtype), STEPS + 50)
    assert rates == approx(schedule.values(STEPS + 50), dtype)
    assert [rates[0], rates[100]] == jnp.asarray([0.01, 0.1], dtype).tolist()


def test_next_is_compiled_in() -> None:
    """And an iterator is no schedule."""
    names = {"rates": LRIterator(PLAIN), "optax": optax}
    with pytest.raises(TypeError, match="unsupported operand .* 'LRIterator'"):
        optax_rates(eval(inline("JAX and optax", "optax.sgd("), names), jnp.zeros(()))
    rate = jax.jit(lambda step: step * 0.0 + eval(inline("JAX and optax", "next("), names))
    assert [float(rate(float(step))) for step in range(5)] == np.float32([0.1] * 5).tolist()


def test_a_loop_in_python() -> None:
    """Each weight of a loss with a gradient of 2 w is multiplied by 1 - 2 lr. The step is compiled once."""
    names = run(recipe("JAX: a loop in Python"))
    assert names["train_step"]._cache_size() == 1
    product = np.prod(1.0 - 2.0 * np.array(SCHEDULE.values(STEPS)))
    assert names["params"].tolist() == pytest.approx([product] * 3, rel=1e-3)


def test_fractions_of_the_run() -> None:
    """Divided by JAX, boundaries come one step late."""
    code, wrong = recipe("JAX: a loop in Python", 1), inline("JAX: a loop in Python", "schedule(step / steps)")
    for each, late in (code, 0), (changed(code, ("schedule(int(step) / steps)", wrong)), 50):
        rates = [run(each, step=jnp.asarray(step), steps=100) for step in range(100)]
        assert sum(names["lr"] > names["schedule"](step / 100) for step, names in enumerate(rates)) == late


def test_a_scan_with_a_static_argument() -> None:
    """One program for equal schedules, another for another."""
    train = run(recipe("JAX: a scan"))["train"]
    for t_max, programs in ((999, 1), (999.0, 1), (1999, 2)):
        schedule = CosineLR(0.1, 0.001, t_max=t_max)
        product = np.prod(1.0 - 2.0 * np.array(schedule.values(STEPS)))
        assert train(jnp.ones(3), schedule=schedule).tolist() == pytest.approx([product] * 3, rel=1e-3, abs=1e-30)
        assert train._cache_size() == programs
    assert train(jnp.ones(3, "bfloat16"), schedule=PLAIN).dtype == "bfloat16"


def test_a_table() -> None:
    """As an argument it is no constant of the program."""
    names = run(recipe("JAX: a table"))
    table, train_step, ones = names["table"], names["train_step"], jnp.ones(3)
    for step in (0, 499, 500, 999, 2000):
        lr = names["rate"](min(step, 999))
        assert train_step(ones, step, table).tolist() == pytest.approx([1.0 - 2.0 * lr] * 3, rel=1e-6)
    sizes = [each.size for each in jax.make_jaxpr(train_step)(ones, 0, table).consts]
    outside = [each.size for each in jax.make_jaxpr(lambda w: train_step(w, 0, table))(ones).consts]
    assert max(sizes, default=0) < 10 and max(outside) == STEPS


@pytest.mark.parametrize("floor", [0.0, 0.001])
def test_a_sweep_of_peaks(floor: float) -> None:
    """The losses, and the derivative of one: the difference quotient is right within 1 %."""
    rate = "peak * factor(count)" if floor == 0.0 else inline("JAX: a sweep of peaks", "floor + ")
    names = run(changed(recipe("JAX: a sweep of peaks"), ("peak * factor(count)", rate)), floor=floor)
    losses, train = names["losses"], names["train"]
    assert losses.shape == (3, STEPS)
    for row_of, peak in zip(losses.tolist(), (0.1, 0.03, 0.01)):
        rates = CosineLR(peak, floor, t_max=STEPS - 1)
        w = np.cumprod([1.0] + [1.0 - 2.0 * lr for lr in rates.values(STEPS - 1)])
        assert row_of == pytest.approx((3.0 * w**2).tolist(), rel=1e-3, abs=1e-30)
    low, high = (float(train(peak)[-1]) for peak in (0.0029, 0.0031))
    slope = jax.grad(lambda peak: train(peak)[-1])(0.003)
    assert float(slope) == pytest.approx((high - low) / 0.0002, rel=0.01) and slope < -1


def test_two_groups() -> None:
    names = run(recipe("Optax: two groups"))
    rates = optax_rates(names["optimizer"], names["params"])
    for group, schedule in names["schedules"].items():
        assert [each[group] for each in rates] == approx(schedule.values(STEPS))
    assert [rates[0]["body"], rates[0]["head"], rates[-1]["body"]] == float32([0.01, 0.1, 0.001])


def test_gradient_accumulation() -> None:
    """The last of 4 batches makes the update."""
    names = run(changed(recipe("Optax: gradient accumulation"), SGD))
    rates = optax_rates(names["optimizer"], jnp.zeros(()), 4000)
    assert rates[3::4] == approx(PLAIN.values(STEPS)) and rates[-1] == np.float32(0.001)
    assert not any(rates[0::4] + rates[1::4] + rates[2::4])


def test_accumulation_over_a_number_of_batches_that_changes() -> None:
    """8, 4, 2 and 1 batches, 3 updates each."""
    names: dict[str, Any] = {"jnp": jnp, "k": StepLR(8, step_size=3, gamma=0.5)}
    count = inline("Optax: gradient accumulation", "every_k_schedule=").removeprefix("every_k_schedule=")
    rates = optax_rates(optax.MultiSteps(optax.sgd(PLAIN), eval(count, names)), jnp.zeros(()), 45)
    assert [step for step, rate in enumerate(rates, 1) if rate] == [8, 16, 24, 28, 32, 36, 38, 40, 42, 43, 44, 45]
    assert [rate for rate in rates if rate] == approx(PLAIN.values(12))
    with pytest.raises(TypeError, match="cond branches must have equal output types"):
        optax_rates(optax.MultiSteps(optax.sgd(PLAIN), names["k"]), jnp.zeros(()))


@pytest.mark.parametrize("typed", [True, False])
def test_log_the_rate(typed: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a type of their own the numbers have that of the parameters."""
    code = changed(recipe("Optax: log the rate"), ("jnp.ones(3)", "jnp.ones(3, 'bfloat16')"))
    names = run(code if typed else changed(code, (", hyperparam_dtype=jnp.float32", "")))
    steps, rates, decays = np.array([line.split() for line in capsys.readouterr().out.splitlines()], float).T.tolist()
    assert steps == [*range(STEPS)]
    assert rates == approx(PLAIN.values(STEPS), "float32" if typed else "bfloat16")
    assert decays == approx(names["decay"].values(STEPS), "float32" if typed else "bfloat16")
    assert typed == (rates == approx(PLAIN.values(STEPS)))
    assert jax.tree.map(jnp.dtype, names["state"]) == jax.tree.map(jnp.dtype, names["optimizer"].init(names["params"]))
    same = eval(inline("Optax: log the rate", "schedule("), names | {"step": 7})
    assert rates[7] == (np.float32(same) if typed else jnp.bfloat16(same))


TYPE, STATIC = ", hyperparam_dtype=jnp.float32", ', static_args=("b1", "b2")'
FLOAT32 = "has type bfloat16.* but the corresponding output carry component has type float32"


@pytest.mark.parametrize("dtype, without, decay, error", [
    ("float32", [TYPE, STATIC], np.float32(0.1), None), ("bfloat16", [], np.float32(0.1), None),
    ("bfloat16", [TYPE], jnp.bfloat16(0.1), f"'learning_rate'. {FLOAT32}"),
    ("bfloat16", [STATIC], np.float32(0.1), f"mu {FLOAT32}"),
])  # fmt: skip
def test_the_types_in_a_scan(dtype: str, without: list[str], decay: Any, error: str | None) -> None:
    """And whether a fixed number is rounded."""
    changes = ("jnp.ones(3)", f"jnp.ones(3, {dtype!r})"), ("weight_decay=decay", "weight_decay=0.1"), ("(1000)", "(1)")
    names = run(changed(recipe("Optax: log the rate"), *changes, *((each, "") for each in without)))
    params, optimizer = names["params"], names["optimizer"]

    def step(state: Any, _: None) -> Any:
        _, state = optimizer.update(params, state, params)
        return state, state.hyperparams["learning_rate"]

    assert names["state"].hyperparams["weight_decay"] == decay
    with pytest.raises(TypeError, match=error) if error else contextlib.nullcontext():
        assert jax.lax.scan(step, optimizer.init(params), length=9)[1].tolist() == approx(PLAIN.values(9))


def test_resume_by_the_count_of_optax(folder: Path) -> None:
    """Killed after 437 updates and run again, a run has the updates of a straight one bit for bit."""
    optimizer = optax.adam(PLAIN)  # that of the recipe

    @jax.jit
    def update(params: jax.Array, state: Any) -> Any:
        updates, state = optimizer.update(jnp.cos(params), state)
        return updates, optax.apply_updates(params, updates), state

    def trained(killed_after: int, seed: int = 0) -> list[list[float]]:
        moves: list[list[float]] = []

        def train_step(params: jax.Array, state: Any) -> Any:
            if len(moves) == killed_after:
                raise Killed
            updates, params, state = update(params, state)
            moves.append(updates.tolist())
            return params, state

        with contextlib.suppress(Killed):
            run(recipe("Optax: resume"), train_step=train_step, seed=seed)
        return moves

    straight = trained(STEPS + 1)
    assert trained(STEPS + 1) == []  # do not share one file
    assert trained(437, seed=1) + trained(STEPS + 1, seed=1) == straight[:437] + straight[400:]


def test_classes_to_copy_in_compiled_code() -> None:
    names = run(recipe("Classes to copy", page=MIGRATING))
    for own in ("RexLR(1, 9)", "SaturatingLR(1, 5)", "LogWarmupLR(1, 9)", "LogisticLR(1, 9, 2)", "AffineLR(abs, 1, 0)"):
        schedule = eval(own, names)
        with contextlib.nullcontext() if "Rex" in own else pytest.raises(TypeError, match="made of operators"):
            assert jax.jit(jax.vmap(schedule))(jnp.arange(20)).tolist() == approx(schedule.values(20))


def test_flax() -> None:
    model = nnx.Linear(1, 1, use_bias=False, rngs=nnx.Rngs(0))
    names = run(recipe("More frameworks"))
    optimizer = eval(row("Flax")[0], names | {"nnx": nnx, "optax": optax, "model": model})

    @nnx.jit
    def train_step(model: nnx.Linear, optimizer: nnx.Optimizer) -> None:
        optimizer.update(model, nnx.grad(lambda model: jnp.sum(model(jnp.ones((1, 1)))))(model))

    rates = []
    for _ in range(120):
        model.kernel[...] = jnp.zeros((1, 1))
        train_step(model, optimizer)
        rates.append(-float(model.kernel[0, 0]))
    assert rates == approx(names["schedule"].values(120))

"""Arrays and compiled code, library by library: law 13 in float32, compiled once, differentiable, and what is refused.

NumPy and array-api-strict stand in tests/laws/test_13_arrays.py. All of this ran on CPUs; GPUs and TPUs: not measured.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import mlx.core as mx
import numpy as np
import optax
import pytest
import tensorflow as tf
import tensorflow.experimental.numpy as tnp
import torch
from hypothesis import given, settings

from array_law import ALL, EPOCHS, LIMIT, LONG, wrong
from cosine_lr import (
    ConstantLR,
    CosineLR,
    CosineRestartsLR,
    InversePowerLR,
    MultiStepLR,
    ProductLR,
    Schedule,
    SequenceLR,
    StepLR,
    WarmupLR,
    cosine_lr,
)
from tests.laws.draws import schedules
from tests.laws.test_13_arrays import allowed, is_whole
from tests.schedules import SCHEDULES, known

HERE = Path(__file__).parent
COUNTS = np.array(EPOCHS, "int32")
SHORT = WarmupLR(CosineLR(0.1, 0.001, t_max=10), lr_start=0.01, t_warmup=5)
TRAINED = [  # with a warm-up, restarts, a sequence, a product, and three without an end
    SHORT,
    CosineRestartsLR(0.1, 0.0, 7, t_mult=2),
    SequenceLR([(3, ConstantLR(0.1)), (4, CosineLR(0.1, 0.0, 4))], InversePowerLR(0.05, 10)),
    ProductLR([SHORT, StepLR(1.0, 3, 0.5)]),
]


def python(*arguments: str, **environment: str) -> str:
    """What another Python prints."""
    paths = os.pathsep.join([str(HERE), str(HERE.parents[1])])
    run = subprocess.run(
        [sys.executable, "-W", "ignore", *arguments],
        env=os.environ | {"PYTHONPATH": paths} | environment,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return run.stdout.strip()


def all_wrong(rates: Any) -> list[Any]:
    return [(schedule, found) for schedule, each in zip(ALL, rates, strict=True) if (found := wrong(schedule, each))]


# JAX.


def test_jax_eager() -> None:
    assert all_wrong([schedule(jnp.asarray(COUNTS)) for schedule in ALL]) == []


def test_jax_in_one_compiled_function() -> None:
    compiled = jax.jit(lambda e: [schedule(e) for schedule in ALL])
    assert all_wrong(compiled(COUNTS)) == []


@pytest.mark.parametrize(
    "transform",
    [
        lambda schedule: jax.vmap(schedule),
        lambda schedule: jax.jit(jax.vmap(schedule)),
        lambda schedule: lambda e: jax.lax.scan(lambda carry, each: (carry, schedule(each)), 0, e)[1],
        lambda schedule: lambda e: jax.lax.map(schedule, e),
        lambda schedule: lambda e: jax.vmap(jax.vmap(schedule))(e.reshape(-1, 1)).reshape(-1),
        lambda schedule: jax.checkpoint(schedule),
    ],
    ids=["vmap", "jit vmap", "scan", "map", "grid", "checkpoint"],
)
def test_jax_transformations(transform: Any) -> None:
    for schedule in (LONG, ALL[-4], ALL[-3]):
        assert wrong(schedule, transform(schedule)(jnp.asarray(COUNTS))) == []


@settings(max_examples=15)
@given(schedules(depth=3).filter(is_whole))
def test_jax_nested_schedules(schedule: Schedule) -> None:
    high = known(schedule).high
    for e, rate in enumerate(np.asarray(jax.jit(schedule)(jnp.arange(300)), float)):
        assert abs(rate - schedule(e)) <= allowed(schedule(e), high, 2.0**-24), e


PHASE = 30 * 390.625  # a whole number of epochs, no whole number of steps


@pytest.mark.parametrize(
    "schedule",
    [
        StepLR(1.0, 390.625, 0.998),
        SequenceLR([(PHASE, ConstantLR(3.0)), (390.625, ConstantLR(2.0))], StepLR(1.0, PHASE, 0.9)),
        SequenceLR([(PHASE, ConstantLR(3.0)), (1e6 / 3, ConstantLR(2.0))], StepLR(1.0, 1000 / 3, 0.99)),
        MultiStepLR(1.0, [k * PHASE for k in range(1, 9)], 0.5),
    ],
    ids=str,
)
def test_jax_steps_are_on_the_same_side_of_fractional_boundaries(schedule: Schedule) -> None:
    """Steps of 390.625 an epoch, below 2 million."""
    steps = np.unique([math.ceil(k * 390.625) + i for k in range(1, 5000) for i in (-1, 0)]).astype("int32")
    want = [schedule(e) for e in steps.tolist()]
    np.testing.assert_allclose(np.asarray(jax.jit(schedule)(steps), float), want, rtol=1e-5)


@pytest.mark.parametrize("t", [10**30, 10**300, 2**24])
def test_jax_very_long_times(t: int) -> None:
    for schedule in (CosineLR(0.1, 0.0, t), StepLR(0.1, t, 0.5), SequenceLR([(t, ConstantLR(0.1))], SHORT)):
        assert jax.jit(schedule)(jnp.arange(3)).tolist() == [np.float32(0.1)] * 3


@pytest.mark.parametrize("t", [31, 49, 63, 127])
def test_jax_restarts_at_whole_epochs(t: int) -> None:
    """Compiled code divides by a number as it multiplies by its rounded inverse."""
    schedule, starts = CosineRestartsLR(1.0, 0.0, t), np.arange(t, LIMIT - 1, t, dtype="int32")
    assert (jax.jit(schedule)(starts) == 1.0).all()
    np.testing.assert_allclose(jax.jit(schedule)(starts - 1), schedule(t - 1), rtol=1e-5)


def test_jax_after_a_fractional_start() -> None:
    start, steps = 1e6 / 3, np.arange(333_330, 333_400, dtype="int32")
    for then in (CosineLR(1.0, 0.5, 50), MultiStepLR(1.0, [e - start for e in steps.tolist()], 0.9)):
        schedule = SequenceLR([(start, ConstantLR(1.0))], then)
        np.testing.assert_allclose(jax.jit(schedule)(steps), [schedule(e) for e in steps.tolist()], rtol=1e-5)


def test_jax_in_double_precision() -> None:
    """XLA's log1p, which the powers of curves need, is up to 234 units off in float64."""
    with jax.enable_x64(True):
        compiled = jax.jit(lambda e: [schedule(e) for schedule in ALL])(jnp.asarray(COUNTS, "int64"))
        for schedule, rates in zip(ALL, compiled, strict=True):
            unit = 2.0**-48 if "power" in repr(schedule) or "k_decay" in repr(schedule) else 2.0**-53
            assert rates.dtype == "float64" and wrong(schedule, rates, unit) == [], schedule


def test_jax_on_eight_devices() -> None:
    code = """if True:
        import jax, numpy as np
        from array_law import EPOCHS, LONG, wrong
        mesh = jax.make_mesh((8,), ("i",), axis_types=(jax.sharding.AxisType.Auto,))
        share = jax.sharding.PartitionSpec("i")
        counts = np.resize(np.array(EPOCHS, "int32"), len(EPOCHS) // 8 * 8 + 8)
        sharded = jax.jit(jax.shard_map(LONG, mesh=mesh, in_specs=share, out_specs=share))(counts)
        assert len(sharded.devices()) == 8 and wrong(LONG, sharded[: len(EPOCHS)]) == []
        assert np.asarray(jax.pmap(LONG)(counts[:8])).tolist() == np.asarray(sharded)[:8].tolist()
    """
    python("-c", code, XLA_FLAGS="--xla_force_host_platform_device_count=8")


@pytest.mark.parametrize("schedule", SCHEDULES, ids=str)
def test_jax_has_no_nan_on_the_way_to_a_rate_or_a_slope(schedule: Schedule) -> None:
    """Eager code is what debug_nans looks into; a slope that is infinite, as that of 1 - x**0.5 at 0, is no NaN."""
    epochs = jnp.array([0.0, 1.0, 2.3, 3.0, 5.0, 7.0, 9.9, 10.0, 10.7, 13.0, 100.0, 1e6])
    with jax.debug_nans(True):
        rates, slopes = schedule(epochs), jax.vmap(jax.grad(schedule))(epochs)
    assert not jnp.isnan(rates).any() and not jnp.isnan(slopes).any()


@pytest.mark.parametrize(("e", "slope"), [(-1.0, 0.0), (0.0, 0.018), (2.0, 0.018), (15.0, 0.0), (99.0, 0.0)])
def test_jax_slope(e: float, slope: float) -> None:
    assert jax.grad(SHORT)(e) == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize("dtype", ["int4", "int8", "uint8", "int16", "uint32", "float16", "bfloat16", "float8_e4m3fn"])
def test_jax_types(dtype: str) -> None:
    rates = SHORT(jnp.arange(7).astype(dtype))
    assert rates.dtype == "float32" and rates.tolist() == SHORT(jnp.arange(7)).tolist()


def test_jax_shapes() -> None:
    assert jax.eval_shape(SHORT, jax.ShapeDtypeStruct((2, 3), "int32")) == jax.ShapeDtypeStruct((2, 3), "float32")
    assert SHORT(jnp.arange(0)).shape == (0,)
    assert type(SHORT(jnp.asarray(3))) is float and jax.jit(SHORT)(3).shape == ()


def test_jax_strict_types() -> None:
    with jax.numpy_dtype_promotion("strict"):
        assert jax.jit(SHORT)(jnp.arange(7)).tolist() == SHORT(jnp.arange(7)).tolist()


def test_jax_equal_schedules_are_one_static_argument() -> None:
    compiled = jax.jit(lambda schedule, e: schedule(e), static_argnums=0)
    compiled(SHORT, 3), compiled(WarmupLR(CosineLR(0.1, 0.001, t_max=10.0), lr_start=0.01, t_warmup=5), 4)
    assert compiled._cache_size() == 1


def updates(optimizer: optax.GradientTransformation, n: int) -> tuple[list[float], int]:
    """Minus the first n updates of a weight whose gradient is 1, and how often the step was compiled."""
    weight, gradient = jnp.zeros(2), jnp.ones(2)
    step = jax.jit(lambda state: optimizer.update(gradient, state, weight))
    state, rates = optimizer.init(weight), []
    for _ in range(n):
        update, state = step(state)
        rates.append(-float(update[0]))
    return rates, step._cache_size()


@pytest.mark.parametrize("schedule", TRAINED, ids=str)
def test_optax_adamw_compiles_once_and_has_the_rates_of_the_numbers(schedule: Schedule) -> None:
    adamw = optax.adamw(schedule, b1=0.0, b2=0.0, eps=0.0, weight_decay=0.0)  # so the update is the rate
    rates, compiled = updates(adamw, 40)
    high = known(schedule).high
    assert compiled == 1
    assert [e for e, rate in enumerate(rates) if abs(rate - schedule(e)) > allowed(schedule(e), high, 2.0**-24)] == []


@pytest.mark.parametrize(
    ("optimizer", "each"),
    [
        (optax.inject_hyperparams(optax.sgd)(learning_rate=SHORT), 1),
        (optax.chain(optax.clip(1.0), optax.scale_by_learning_rate(SHORT)), 1),
        (optax.apply_if_finite(optax.sgd(SHORT), 3), 1),
        (optax.MultiSteps(optax.sgd(SHORT), 3), 3),
    ],
    ids=["inject_hyperparams", "chain", "apply_if_finite", "MultiSteps"],
)
def test_optax_wrappers(optimizer: Any, each: int) -> None:
    rates, compiled = updates(optimizer, 18)
    assert compiled == 1 and rates[each - 1 :: each] == np.float32(SHORT(jnp.arange(18 // each))).tolist()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: jax.grad(lambda peak: CosineLR(peak, 0.0, 10)(5))(3.0), r"^lr_init must be.* peak \* schedule\(e\)\)"),
        (
            lambda: jax.grad(lambda peak: cosine_lr(5, peak, 0.0, 10))(3.0),
            r"^lr_init must be.* peak \* schedule\(e\)\)",
        ),
        (lambda: jax.jit(lambda t_max: CosineLR(0.1, 0.0, t_max))(10), r"^t_max must be.* schedule\(e / t_max\)\)"),
        (lambda: jax.jit(lambda gamma: StepLR(0.1, 3, gamma))(0.5), "^gamma must be one number, got "),
        (lambda: jax.jit(lambda e: cosine_lr(e, 0.1, 0.0, 10))(3), r"^e must be one number.* it is schedule\(e\)\)"),
        (lambda: jax.grad(lambda e: cosine_lr(e, 0.1, 0.0, 10))(3.0), r"^e must be one number.* it is schedule\(e\)\)"),
        (lambda: jax.jit(SHORT)(True), "^e must be an array of ints or floats"),
        (lambda: jax.jit(SHORT)(1j), "^e must be an array of ints or floats"),
    ],
    ids=["peak", "peak of a function", "t_max", "gamma", "epoch of a function", "its slope", "bool", "complex"],
)
def test_jax_what_is_refused(call: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        call()


def test_jax_what_the_messages_say() -> None:
    assert jax.grad(lambda peak: peak * CosineLR(1.0, 0.0, 10)(5))(3.0) == 0.5
    assert jax.jit(lambda t_max: CosineLR(0.1, 0.0, 1.0)(5 / t_max))(10) == pytest.approx(0.05)


# A function that takes numbers alone.


class BranchLR(Schedule):
    lr_init: float

    def rate(self, e: float, /) -> float:
        return self.lr_init if e < 3 else self.lr_init / 2


BRANCHES = [
    BranchLR(0.5),
    SequenceLR([(2, ConstantLR(0.25))], BranchLR(0.5)),
    ProductLR([lambda e: max(1 - e / 8, 0.0)]),
]


@pytest.mark.parametrize("schedule", BRANCHES, ids=str)
@pytest.mark.parametrize(
    ("xp", "epochs"),
    [
        (jnp, jnp.arange(6)),
        (torch, torch.arange(6)),
        (tnp, tf.range(6)),
        (mx, mx.arange(6)),
    ],
    ids=["jax", "torch", "tensorflow", "mlx"],
)
def test_a_function_of_numbers_is_called_one_by_one(schedule: Schedule, xp: Any, epochs: Any) -> None:
    assert np.asarray(schedule.on(xp)(epochs)).tolist() == np.array(schedule.values(6), "f4").astype(float).tolist()


@pytest.mark.parametrize("schedule", BRANCHES, ids=str)
@pytest.mark.parametrize(
    "compiled",
    [
        lambda schedule: jax.jit(schedule)(3),
        lambda schedule: jax.vmap(schedule)(jnp.arange(6)),
        lambda schedule: mx.compile(schedule)(mx.array(3)),
        lambda schedule: tf.function(schedule.on(tnp), autograph=False)(tf.constant(3)),
    ],
    ids=["jit", "vmap", "mlx", "tf.function"],
)
def test_a_function_of_numbers_in_compiled_code(schedule: Schedule, compiled: Any) -> None:
    with pytest.raises(TypeError, match=r"schedule must be made of operators that arrays have \(no if, min, max,"):
        compiled(schedule)


# PyTorch.


@pytest.mark.parametrize("dtype", [torch.int32, torch.int64])
def test_torch(dtype: torch.dtype) -> None:
    assert all_wrong([schedule.on(torch)(torch.tensor(COUNTS, dtype=dtype)) for schedule in ALL]) == []


def test_torch_in_double_precision() -> None:
    rates = [schedule.on(torch)(torch.tensor(COUNTS, dtype=torch.float64)) for schedule in ALL]
    assert [wrong(schedule, each, 2.0**-53) for schedule, each in zip(ALL, rates, strict=True)] == [[]] * len(ALL)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_torch_counts_in_float32_where_shorter_floats_are_the_usual_ones(dtype: torch.dtype) -> None:
    torch.set_default_dtype(dtype)
    try:
        rates = LONG.on(torch)(torch.tensor(COUNTS))
    finally:
        torch.set_default_dtype(torch.float32)
    assert rates.dtype is torch.float32 and wrong(LONG, rates) == []


@pytest.mark.parametrize("schedule", TRAINED, ids=str)
def test_torch_compiles_one_graph(schedule: Schedule) -> None:
    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    rate = torch.compile(schedule.on(torch), fullgraph=True, backend="aot_eager")
    rates = [float(rate(torch.tensor(e))) for e in range(40)]
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] == 1
    assert rates == schedule.on(torch)(torch.arange(40)).tolist()


def test_torch_slope_and_vmap() -> None:
    rate = SHORT.on(torch)
    assert torch.func.vmap(rate)(torch.arange(20)).tolist() == rate(torch.arange(20)).tolist()
    assert torch.func.grad(rate)(torch.tensor(2.0)) == pytest.approx(0.018)


# TensorFlow, Keras, MLX.


@pytest.mark.parametrize("dtype", ["int32", "int64", "float64"])
def test_tensorflow(dtype: str) -> None:
    """The usual float of its NumPy functions is float64."""
    rates = [schedule.on(tnp)(tf.constant(COUNTS, dtype)) for schedule in ALL]
    assert {each.dtype for each in rates} == {tf.float64}
    assert [wrong(schedule, each, 2.0**-53) for schedule, each in zip(ALL, rates, strict=True)] == [[]] * len(ALL)


@pytest.mark.parametrize("schedule", TRAINED, ids=str)
def test_tensorflow_traces_once(schedule: Schedule) -> None:
    count = tf.Variable(0)

    @tf.function
    def rate() -> tf.Tensor:
        return schedule.on(tnp)(count.assign_add(1) - 1)

    assert [float(rate()) for _ in range(40)] == pytest.approx(schedule.values(40), rel=1e-14)
    assert rate.experimental_get_tracing_count() == 1


@pytest.mark.parametrize("backend", ["jax", "torch", "tensorflow"])
def test_keras(backend: str) -> None:
    assert python("-m", "array_law", "keras", KERAS_BACKEND=backend) == backend


def test_mlx() -> None:
    assert all_wrong([schedule(mx.array(COUNTS)) for schedule in ALL]) == []


@pytest.mark.parametrize("schedule", [SHORT, *TRAINED[2:]], ids=str)  # growing cycles compile for minutes
def test_mlx_compiled(schedule: Schedule) -> None:
    compiled = mx.compile(schedule)
    assert [compiled(mx.array(e)).item() for e in range(40)] == pytest.approx(schedule.values(40), rel=1e-5)


@pytest.mark.parametrize(
    ("e", "call"),
    [
        (torch.arange(3), ".on(torch)(e)"),
        (tf.range(3), ".on(tensorflow.experimental.numpy)(e)"),
        (tf.Variable([1, 2]), ".on(tensorflow.experimental.numpy)(e)"),
    ],
    ids=["torch", "tensorflow", "variable"],
)
def test_arrays_without_a_namespace_name_the_line_to_write(e: Any, call: str) -> None:
    for refused in (SHORT, lambda e: cosine_lr(e, 0.1, 0.0, 10)):
        with pytest.raises(TypeError) as raised:
            refused(e)
        assert str(raised.value).endswith(f" it is schedule{call})")


@pytest.mark.parametrize("e", [torch.tensor(3), tf.constant(3), tf.Variable(3), mx.array(3), jnp.asarray(3)], ids=type)
def test_a_known_number_gives_a_float(e: Any) -> None:
    rate = SHORT(e)
    assert type(rate) is float and rate == SHORT(3)


@pytest.mark.parametrize(
    ("xp", "meant"), [(tf, "tensorflow.experimental.numpy"), (jax, "jax.numpy")], ids=["tf", "jax"]
)
def test_on_names_the_module_that_was_meant(xp: Any, meant: str) -> None:
    with pytest.raises(TypeError, match=rf"\(did you mean {meant}\?\)$"):
        SHORT.on(xp)


def test_optax_is_zero_earlier_and_less_exact() -> None:
    """What the comparison in benchmarks/arrays.py rests on: at 2 million steps the other cosine ends early."""
    theirs = optax.warmup_cosine_decay_schedule(0.0, 3e-4, 100_000, 2_000_000, 0.0)
    last = jnp.arange(1_999_000, 2_000_000)
    assert (LONG(last) > 0).all() and (theirs(last) == 0).sum() > 100

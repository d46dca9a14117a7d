"""Arrays and compiled code, library by library: law 13 in float32, compiled once, differentiable, and what is refused.

NumPy and array-api-strict stand in tests/laws/test_13_arrays.py, Keras' operations in test_keras.py. All of this ran on
CPUs; GPUs and TPUs: not measured.
"""

import math
from typing import Any

import jax
import jax.numpy as jnp
import mlx.core as mx
import numpy as np
import pytest
import tensorflow as tf
import tensorflow.experimental.numpy as tnp
import torch

from array_law import ALL, COUNTS, LIMIT, LONG, all_wrong, wrong
from cosine_lr import (
    ConstantLR, CosineLR, CosineRestartsLR, InversePowerLR, MultiStepLR, ProductLR, Schedule, SequenceLR, StepLR,
    WarmupLR, cosine_lr,
)  # fmt: skip
from tests.schedules import SCHEDULES

SHORT = WarmupLR(CosineLR(0.1, 0.001, t_max=10), lr_start=0.01, t_warmup=5)
TRAINED = [  # with a warm-up, restarts, a sequence, a product, and three without an end
    SHORT,
    CosineRestartsLR(0.1, 0.0, 7, t_mult=2),
    SequenceLR([(3, ConstantLR(0.1)), (4, CosineLR(0.1, 0.0, 4))], InversePowerLR(0.05, 10)),
    ProductLR([SHORT, StepLR(1.0, 3, 0.5)]),
]
every_trained = pytest.mark.parametrize("schedule", TRAINED)


def of_each(call: Any) -> Any:
    return lambda: [call(schedule) for schedule in ALL]


RATES = {  # the bits of their floats, and the rates
    "jax": (24, of_each(lambda schedule: schedule(jnp.asarray(COUNTS)))),
    "jax.jit": (24, lambda: jax.jit(lambda e: [schedule(e) for schedule in ALL])(COUNTS)),
    "torch": (24, of_each(lambda schedule: schedule.on(torch)(torch.tensor(COUNTS)))),
    "mlx": (24, of_each(lambda schedule: schedule(mx.array(COUNTS)))),
    "torch.float64": (53, of_each(lambda schedule: schedule.on(torch)(torch.tensor(COUNTS, dtype=torch.float64)))),
    "tensorflow": (53, of_each(lambda schedule: schedule.on(tnp)(tf.constant(COUNTS)))),  # float64 is its usual float
}


@pytest.mark.parametrize("library", RATES)
def test_law_13(library: str) -> None:
    bits, rates = RATES[library]
    assert all_wrong(rates(), 2.0**-bits) == []


def test_law_13_in_double_precision_compiled_by_jax() -> None:
    """XLA's log1p, which the powers of curves need, is up to 234 units off in float64."""
    with jax.enable_x64(True):
        compiled = jax.jit(lambda e: [schedule(e) for schedule in ALL])(jnp.asarray(COUNTS, "int64"))
    for schedule, rates in zip(ALL, compiled, strict=True):
        unit = 2.0**-48 if "power" in repr(schedule) or "k_decay" in repr(schedule) else 2.0**-53
        assert rates.dtype == "float64" and wrong(schedule, rates, unit) == [], schedule


TRANSFORMS = {
    "vmap": jax.vmap,
    "scan": lambda schedule: lambda e: jax.lax.scan(lambda carry, each: (carry, schedule(each)), 0, e)[1],
    "map": lambda schedule: lambda e: jax.lax.map(schedule, e),
    "checkpoint": jax.checkpoint,
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_jax_transformations(name: str) -> None:
    assert wrong(LONG, TRANSFORMS[name](LONG)(jnp.asarray(COUNTS))) == []


def around(*boundaries: float) -> list[int]:
    return sorted({math.ceil(boundary) + i for boundary in boundaries for i in (-1, 0) if boundary < LIMIT})


EPOCH, PHASE, THIRD = 390.625, 30 * 390.625, 1e6 / 3  # in steps; a phase is a whole number of epochs
EPOCHS_OF = around(*(k * EPOCH for k in range(1, 5000)))
AFTER = list(range(333_330, 333_400))
BOUNDARIES = [
    (StepLR(1.0, EPOCH, 0.998), EPOCHS_OF),
    (SequenceLR([(PHASE, ConstantLR(3.0)), (EPOCH, ConstantLR(2.0))], StepLR(1.0, PHASE, 0.9)), EPOCHS_OF),
    (SequenceLR([(PHASE, ConstantLR(3.0)), (THIRD, ConstantLR(2.0))], StepLR(1.0, 1000 / 3, 0.99)), EPOCHS_OF),
    (MultiStepLR(1.0, [k * PHASE for k in range(1, 9)], 0.5), EPOCHS_OF),
    (SequenceLR([(THIRD, ConstantLR(1.0))], CosineLR(1.0, 0.5, 50)), AFTER),
    (SequenceLR([(THIRD, ConstantLR(1.0))], MultiStepLR(1.0, [e - THIRD for e in AFTER], 0.9)), AFTER),
    # Compiled code divides by a number as it multiplies by its rounded inverse.
    *((CosineRestartsLR(1.0, 0.0, t), around(*range(t, LIMIT - 1, 97 * t))) for t in (31, 49, 63, 127)),
    *((each, [0, 1, 2]) for t in (2**24, 10**300) for each in (CosineLR(0.1, 0.0, t), StepLR(0.1, t, 0.5))),
    *((SequenceLR([(t, ConstantLR(0.1))], SHORT), [0, 1, 2]) for t in (2**24, 10**300)),
]


@pytest.mark.parametrize("schedule, epochs", BOUNDARIES, ids=lambda each: str(each)[:60])
def test_jax_epochs_are_on_the_same_side_of_boundaries(schedule: Schedule, epochs: list[int]) -> None:
    want = [schedule(e) for e in epochs]
    np.testing.assert_allclose(np.asarray(jax.jit(schedule)(np.array(epochs, "int32")), float), want, rtol=1e-5)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_jax_has_no_nan_on_the_way_to_a_rate_or_a_slope(schedule: Schedule) -> None:
    """Eager code is what debug_nans looks into; a slope that is infinite, as that of 1 - x**0.5 at 0, is no NaN."""
    epochs = jnp.array([0.0, 1.0, 2.3, 3.0, 5.0, 7.0, 9.9, 10.0, 10.7, 13.0, 100.0, 1e6])
    with jax.debug_nans(True):
        rates, slopes = schedule(epochs), jax.vmap(jax.grad(schedule))(epochs)
    assert not jnp.isnan(rates).any() and not jnp.isnan(slopes).any()


def test_slopes() -> None:
    slopes = [jax.grad(SHORT)(e) for e in (-1.0, 0.0, 2.0, 15.0, 99.0)]
    assert slopes == pytest.approx([0.0, 0.018, 0.018, 0.0, 0.0], rel=1e-6)
    assert torch.func.grad(SHORT.on(torch))(torch.tensor(2.0)) == pytest.approx(0.018)


@pytest.mark.parametrize("dtype", ["int4", "uint32", "float16", "bfloat16", "float8_e4m3fn"])
def test_jax_types(dtype: str) -> None:
    with jax.numpy_dtype_promotion("strict"):
        rates = jax.jit(SHORT)(jnp.arange(7).astype(dtype))
        assert rates.dtype == "float32" and rates.tolist() == jax.jit(SHORT)(jnp.arange(7)).tolist()


REFUSED = [
    (lambda: jax.grad(lambda peak: CosineLR(peak, 0.0, 10)(5))(3.0), r"^lr_init must be.* peak \* schedule\(e\)\)"),
    (lambda: jax.jit(lambda t_max: CosineLR(0.1, 0.0, t_max))(10), r"^t_max must be.* schedule\(e / t_max\)\)"),
    (lambda: jax.jit(lambda gamma: StepLR(0.1, 3, gamma))(0.5), "^gamma must be one number, got "),
    (lambda: jax.jit(lambda e: cosine_lr(e, 0.1, 0.0, 10))(3), r"^e must be one number.* it is schedule\(e\)\)"),
    (lambda: jax.jit(SHORT)(True), "^e must be an array of ints or floats"),
    (lambda: jax.jit(SHORT)(1j), "^e must be an array of ints or floats"),
]


@pytest.mark.parametrize("call, message", REFUSED)
def test_jax_what_is_refused(call: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        call()


class BranchLR(Schedule):
    lr_init: float

    def rate(self, e: float, /) -> float:
        return self.lr_init if e < 3 else self.lr_init / 2


BRANCHES = [SequenceLR([(2, ConstantLR(0.25))], BranchLR(0.5)), ProductLR([lambda e: max(1 - e / 8, 0.0)])]


every_branch = pytest.mark.parametrize("schedule", BRANCHES)
RANGES = [(jnp, jnp.arange(6)), (torch, torch.arange(6)), (tnp, tf.range(6)), (mx, mx.arange(6))]
COMPILED = {
    "jit": lambda schedule: jax.jit(schedule)(3),
    "vmap": lambda schedule: jax.vmap(schedule)(jnp.arange(6)),
    "mlx": lambda schedule: mx.compile(schedule)(mx.array(3)),
    "tf.function": lambda schedule: tf.function(schedule.on(tnp), autograph=False)(tf.constant(3)),
}


@every_branch
@pytest.mark.parametrize("xp, epochs", RANGES)
def test_a_function_of_numbers_is_called_one_by_one(schedule: Schedule, xp: Any, epochs: Any) -> None:
    assert np.asarray(schedule.on(xp)(epochs)).tolist() == np.array(schedule.values(6), "f4").astype(float).tolist()


@every_branch
@pytest.mark.parametrize("library", COMPILED)
def test_a_function_of_numbers_in_compiled_code(schedule: Schedule, library: str) -> None:
    with pytest.raises(TypeError, match=r"schedule must be made of operators that arrays have \(no if, min, max,"):
        COMPILED[library](schedule)


def test_torch_counts_in_float32_where_shorter_floats_are_the_usual_ones() -> None:
    torch.set_default_dtype(torch.bfloat16)
    try:
        rates = LONG.on(torch)(torch.tensor(COUNTS))
    finally:
        torch.set_default_dtype(torch.float32)
    assert rates.dtype is torch.float32 and wrong(LONG, rates) == []


@every_trained
def test_torch_compiles_one_graph(schedule: Schedule) -> None:
    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    rate = torch.compile(schedule.on(torch), fullgraph=True, backend="aot_eager")
    rates = [float(rate(torch.tensor(e))) for e in range(40)]
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] == 1
    assert rates == schedule.on(torch)(torch.arange(40)).tolist()


@every_trained
def test_tensorflow_traces_once(schedule: Schedule) -> None:
    count = tf.Variable(0)
    rate = tf.function(lambda: schedule.on(tnp)(count.assign_add(1) - 1))
    assert [float(rate()) for _ in range(40)] == pytest.approx(schedule.values(40), rel=1e-14)
    assert rate.experimental_get_tracing_count() == 1


@pytest.mark.parametrize("schedule", [SHORT, *TRAINED[2:]])  # growing cycles compile for minutes
def test_mlx_compiled(schedule: Schedule) -> None:
    compiled = mx.compile(schedule)
    assert [compiled(mx.array(e)).item() for e in range(40)] == pytest.approx(schedule.values(40), rel=1e-5)


TENSORFLOW = ".on(tensorflow.experimental.numpy)(e)"
WITHOUT = [(torch.arange(3), ".on(torch)(e)"), (tf.range(3), TENSORFLOW), (tf.Variable([1, 2]), TENSORFLOW)]


@pytest.mark.parametrize("e, call", WITHOUT, ids=["torch", "tensorflow", "variable"])
def test_arrays_without_a_namespace_name_the_line_to_write(e: Any, call: str) -> None:
    for refused in (SHORT, lambda e: cosine_lr(e, 0.1, 0.0, 10)):
        with pytest.raises(TypeError) as raised:
            refused(e)
        assert str(raised.value).endswith(f" it is schedule{call})")


@pytest.mark.parametrize("e", [torch.tensor(3), tf.constant(3), tf.Variable(3), mx.array(3), jnp.asarray(3)], ids=type)
def test_a_known_number_gives_a_float(e: Any) -> None:
    rate = SHORT(e)
    assert type(rate) is float and rate == SHORT(3)

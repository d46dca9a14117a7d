"""Law 13 in float32, for test_arrays.py and test_keras.py."""

import math
from typing import Any

import numpy as np

from cosine_lr import (
    ConstantLR, CosineLR, CosineRestartsLR, ExponentialLR, InversePowerLR, MultiStepLR, PolynomialLR, ProductLR,
    RestartLR, SequenceLR, ShiftLR, StaircaseLR, StepLR, WarmupLR,
)  # fmt: skip
from tests.laws.test_13_arrays import allowed, is_whole
from tests.schedules import SCHEDULES, in_unit, known

LIMIT = 2**24  # counts of float32
LONG = WarmupLR(CosineLR(3e-4, 0.0, t_max=1_900_000), 0.0, 100_000)
# A row's schedules in whole steps, in whole long steps, and what is trained with.
ALL = [
    *(in_unit(each, math.ceil) for each in SCHEDULES if is_whole(each)),
    *(in_unit(each, lambda t: math.ceil(9973 * t)) for each in SCHEDULES if is_whole(each)),
    LONG,
    WarmupLR(SequenceLR([(1_500_000, ConstantLR(3e-4))], PolynomialLR(3e-4, 0.0, 400_000, k_decay=0.5)), 0.0, 100_000),
    WarmupLR(CosineRestartsLR(0.1, 0.0, 20_000, t_mult=2), 1e-5, 5000, curve="exponential"),
    RestartLR(CosineLR(1.0, 0.0, 28_382), 48_384, t_mult=2, gamma=0.5, n_cycles=5),
    ProductLR([LONG, StepLR(1.0, 30_000, 0.97), MultiStepLR(1.0, [10**6, 1_500_000], 0.1)]),
    StaircaseLR(WarmupLR(InversePowerLR(1e-3, 4000), 0.0, 4000, curve="cosine", power=0.5), 97),
    ShiftLR(ExponentialLR(0.1, 0.5, t_scale=100_000), 12_345),
]
_times = {1, 3, 10, 11, 97, 4000, 9973, 20_000, 48_384, 99_730, 106_712, 100_000, 1_900_000, 2_000_000}
_around = {e + d for t in _times for k in (1, 2, 3, 7) for e in (k * t, k * t // 2) for d in (-1, 0, 1)}
_drawn = np.random.default_rng(1).integers(0, LIMIT - 1, 300).tolist()
EPOCHS = sorted(e for e in {*range(64), *_around, *_drawn} if e < LIMIT)
COUNTS = np.array(EPOCHS, "int32")
WANTED = {schedule: [schedule(e) for e in EPOCHS] for schedule in ALL}


def wrong(schedule: Any, rates: Any, unit: float = 2.0**-24) -> list[tuple[int, float, float]]:
    """The first epochs whose rates the law does not allow, with the rate and the rate of the number."""
    high = known(schedule).high
    rows = zip(EPOCHS, np.asarray(rates, float).tolist(), WANTED[schedule], strict=True)
    return [(e, rate, want) for e, rate, want in rows if not abs(rate - want) <= allowed(want, high, unit)][:3]


def all_wrong(rates: Any, unit: float = 2.0**-24) -> list[Any]:
    """The schedules, with their first wrong epochs."""
    each_wrong = [(schedule, wrong(schedule, each, unit)) for schedule, each in zip(ALL, rates, strict=True)]
    return [(schedule, found) for schedule, found in each_wrong if found]

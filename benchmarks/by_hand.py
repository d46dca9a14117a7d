"""What people write instead: functions of the step with their numbers in globals, and no checks.

Each stands beside the same curve in notation. Both are called for the steps of a run of 1000, and timed alike.
"""

import math
from collections.abc import Callable

PEAK, FLOOR, START = 0.1, 0.001, 0.01  # START: of a warm-up
WARMUP, DECAY, STEPS = 100, 800, 1000  # DECAY: where the plateau ends
CYCLE = 10  # the first of the cycles, each twice as long as the one before


def get_lr(e: int) -> float:
    """Warm up, then a cosine, then the floor: nanoGPT's `get_lr`."""
    if e < WARMUP:
        return START + (PEAK - START) * e / WARMUP
    if e > STEPS:
        return FLOOR
    return FLOOR + 0.5 * (PEAK - FLOOR) * (1.0 + math.cos(math.pi * (e - WARMUP) / (STEPS - WARMUP)))


def get_wsd(e: int) -> float:
    """Warm up, stay, then a line to the floor."""
    if e < WARMUP:
        return START + (PEAK - START) * e / WARMUP
    if e < DECAY:
        return PEAK
    if e > STEPS:
        return FLOOR
    return PEAK - (PEAK - FLOOR) * (e - DECAY) / (STEPS - DECAY)


def get_restarts(e: int) -> float:
    """Start a cosine again and again, each time twice as long."""
    length = CYCLE << (e // CYCLE + 1).bit_length() - 1
    return FLOOR + 0.5 * (PEAK - FLOOR) * (1.0 + math.cos(math.pi * (e - length + CYCLE) / length))


CURVES: dict[str, tuple[Callable[[int], float], str]] = {
    "warm-up, cosine": (get_lr, "WarmupLR(CosineLR(0.1, 0.001, t_max=900), lr_start=0.01, t_warmup=100)"),
    "warm-up, plateau, line": (
        get_wsd, "SequenceLR([(800, WarmupLR(ConstantLR(0.1), 0.01, 100))], PolynomialLR(0.1, 0.001, t_max=200))"
    ),
    "restarts, t_mult=2": (get_restarts, "CosineRestartsLR(0.1, 0.001, t_max=10, t_mult=2)"),
}  # fmt: skip

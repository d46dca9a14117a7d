# SPDX-License-Identifier: MIT
"""Learning-rate schedules for any framework: epoch in, learning rate out, as a plain float.

===================  =================  ===================================================
function             class              the rate
===================  =================  ===================================================
constant_lr          ConstantLR         the same at every epoch
cosine_lr            CosineLR           half a cosine wave down to lr_min
cosine_restarts_lr   CosineRestartsLR   the same, again and again
polynomial_lr        PolynomialLR       a straight line down to lr_min, or a power of it
exponential_lr       ExponentialLR      gamma times the rate, every t_scale epochs, smoothly
step_lr              StepLR             gamma times the rate, every step_size epochs
multistep_lr         MultiStepLR        gamma times the rate, at each milestone
inverse_power_lr     InversePowerLR     the inverse square root, or another power
warmup_lr            WarmupLR           a warm-up before any schedule
sequence_lr          SequenceLR         schedules one after the other
restart_lr           RestartLR          any schedule, again and again
shift_lr             ShiftLR            a schedule, entered t_shift epochs in
product_lr           ProductLR          the rates of schedules, multiplied
===================  =================  ===================================================

A function takes the epoch first: `cosine_lr(e, lr_init, lr_min, t_max)`. Its class, an `LRIterator`, takes the rest
once and is then called with the epoch, `schedule(e)`, or iterated, `next(schedule)`. `parse` reads a schedule from
text, the inverse of `repr`.

>>> cosine_lr(5, lr_init=0.1, lr_min=0.001, t_max=10)
0.0505
"""

from .functions import (
    constant_lr, cosine_lr, cosine_restarts_lr, exponential_lr, inverse_power_lr, multistep_lr, polynomial_lr,
    product_lr, restart_lr, sequence_lr, shift_lr, step_lr, warmup_lr,
)
from .iterators import (
    ConstantLR, CosineLR, CosineRestartsLR, ExponentialLR, InversePowerLR, LRIterator, MultiStepLR, PolynomialLR,
    ProductLR, RestartLR, SequenceLR, ShiftLR, StepLR, WarmupLR,
)
from .notation import parse

__version__ = "2.0.0"

__all__ = [
    "ConstantLR", "CosineLR", "CosineRestartsLR", "ExponentialLR", "InversePowerLR", "LRIterator", "MultiStepLR",
    "PolynomialLR", "ProductLR", "RestartLR", "SequenceLR", "ShiftLR", "StepLR", "WarmupLR", "constant_lr", "cosine_lr",
    "cosine_restarts_lr", "exponential_lr", "inverse_power_lr", "multistep_lr", "parse", "polynomial_lr", "product_lr",
    "restart_lr", "sequence_lr", "shift_lr", "step_lr", "warmup_lr",
]

"""What known codebases and NeMo's schedulers compute, restated in plain Python: facts about them, none of their code.

A function here takes the number k of the update (or of the epoch, where the rate changes once in an epoch) from 0. The
curves here stand in the tables of MIGRATING.md; `tests/test_codebases.py` compares. What is one expression stands in
CODEBASES itself.
"""

from __future__ import annotations

from collections.abc import Callable
from math import cos, exp, floor, log, pi, sin, sqrt

import numpy

Formula = Callable[[int], float]


def wave(x: float, high: float, low: float = 0.0) -> float:
    """Half a cosine wave, from high at 0 to low at 1 (and up again after it)."""
    return low + (high - low) * (1 + cos(pi * x)) / 2


def line(x: float, first: float, last: float) -> float:
    return first + (last - first) * x


# Language models and speech.


def nanogpt(k: int) -> float:
    if k < 2000:
        return 6e-4 * (k + 1) / 2001
    return wave((k - 2000) / 598_000, 6e-4, 6e-5) if k <= 600_000 else 6e-5


def olmo3(k: int) -> float:
    """A cosine for 5T tokens. After step 596,047 it became the half cosine of a run of 7T tokens."""
    step = k + 1
    if step < 2000:
        return 3e-4 * step / 2000
    if step <= 596_047:
        return wave((step - 2000) / (1_192_092 - 2000), 3e-4, 3e-5)
    if step < 597_046:  # the warm-up of the half cosine, entered at its last steps
        return (3e-4 + 3e-5) / 2 * step / 597_046
    rest = 1_668_931 - 597_046
    return wave((step - 597_046 + rest) / (2 * rest), 3e-4, 3e-5) if step < 1_668_931 else 3e-5


def smollm3(k: int) -> float:
    if k <= 2000:
        return 2e-4 * k / 2000
    return 2e-4 if k < 4_198_001 else max(0.0, 2e-4 * (522_000 - (k - 4_198_001)) / 522_000)


def deepseek_v3(k: int) -> float:
    tokens = 62_914_560 * k
    if tokens < 10e12:
        return 2.2e-4 * min(1, tokens / (2000 * 3072 * 4096))
    if tokens < 14.3e12:
        return wave((tokens - 10e12) / 4.3e12, 2.2e-4, 2.2e-5)
    return 2.2e-5 if tokens < 14.633e12 else 7.3e-6


def fairseq_cosine(k: int) -> float:
    """Cycles of 1000, 2000, 4000 ... updates, whose peak and floor shrink by 0.75 each time."""
    cycle = floor(log(1 + k / 1000, 2))
    start, length = 1000 * (2**cycle - 1), 1000 * 2**cycle
    return 0.75**cycle * wave((k - start) / length, 1.0, 1e-4)


def wav2vec(k: int) -> float:
    if k < 40_000:
        return line(min(k / 8000, 1), 3e-7, 3e-5)
    return 3e-5 * exp(log(0.05) * (k - 40_000) / 40_000) if k <= 80_000 else 1.5e-6


# Vision.


DINO = numpy.concatenate([numpy.linspace(0, 0.002, 12_510), [wave(i / 112_590, 0.002, 1e-6) for i in range(112_590)]])


def ijepa(k: int) -> float:
    step = k + 1
    return line(step / 25_000, 0.0002, 0.001) if step < 25_000 else wave((step - 25_000) / 162_500, 0.001, 1e-6)


def deit(k: int) -> float:
    t = max(k - 1, 0)
    return line(t / 5, 1e-6, 0.001) if t < 5 else wave(min(t / 300, 1), 0.001, 1e-5)


def mmpretrain_swin(k: int) -> float:
    """The warm-up moves per step, the cosine once in an epoch of 1252 steps, up to epoch 299."""
    epoch = min(k // 1252, 299)
    return line(min(k / 25_039, 1), 1e-6, 0.001) if epoch < 20 else wave((epoch - 20) / 280, 0.001, 1e-5)


def yolox(k: int) -> float:
    if k <= 9245:
        return 0.01 * (k / 9245) ** 2
    return 0.0005 if k >= 526_965 else wave((k - 9245) / 517_720, 0.01, 0.0005)


def ultralytics(k: int) -> float:
    epoch = k // 7393
    rate = 0.01 * (max(1 - epoch / 100, 0) * (1 - 0.01) + 0.01)
    return float(numpy.interp(k, [0, 22_179], [0.0, rate]))


def nerfstudio(k: int) -> float:
    if k < 1000:
        return 1e-4 * sin(pi / 2 * k / 1000)
    t = min((k - 1000) / 29_000, 1)
    return exp(log(1e-4) * (1 - t) + log(5e-7) * t)


CODEBASES: dict[tuple[str, str], Formula] = {
    ("nanoGPT, GPT-2 124M", "rate"): nanogpt,
    ("Megatron-LM, Llama-3 8B", "rate"): lambda k: (
        1.5e-4 * 128 * k / 3_906_252
        if 128 * k <= 3_906_252
        else wave(min((128 * k - 3_906_252) / 1_945_312_496, 1), 1.5e-4, 1e-5)
    ),
    ("OLMo-3 7B", "rate"): olmo3,
    ("SmolLM3 3B", "rate"): smollm3,
    ("DeepSeek-V2-Lite", "rate"): lambda k: (
        4.2e-4 * min(k / 2000, 1) * 0.316 ** sum(18_874_368 * k / 5.7e12 >= share for share in (0.8, 0.9))
    ),
    ("DeepSeek-V3", "rate"): deepseek_v3,
    ("Kimi K2", "rate"): lambda k: (
        2e-4 * min(1, k / 500)
        if 67_108_864 * k < 10e12
        else wave(min(1, (67_108_864 * k - 10e12) / 5.5e12), 2e-4, 2e-5)
    ),
    ("BERT, pre-training", "rate"): lambda k: 1e-4 * (k / 10_000 if k < 10_000 else 1 - min(k, 1_000_000) / 1_000_000),
    ("fairseq, `cosine` with `--lr-shrink 0.75`", "factor of the rate"): fairseq_cosine,
    ("wav2vec 2.0, fine-tuning on 100 h", "rate"): wav2vec,
    ("DINO, 100 epochs", "rate"): lambda k: float(DINO[k]),
    ("DINO, 100 epochs", "momentum of the teacher"): lambda k: wave(k / 125_100, 0.996, 1.0),
    ("I-JEPA, ViT-H/14", "rate"): ijepa,
    ("DeiT-S", "rate, per epoch"): deit,
    ("big_vision, reciprocal square root with a cooldown", "rate"): lambda k: (
        8e-4 / sqrt(1 + max(0, k - 10_000) / 10_000) * min(1, k / 10_000) * min(1, (1_000_000 - k) / 50_000)
    ),
    ("detectron2, R50-FPN 1x", "rate"): lambda k: (
        line(k / 1000, 2e-5, 0.02) if k < 1000 else 0.02 if k < 60_000 else 0.002 if k < 80_000 else 0.0002
    ),
    ("mmpretrain, Swin", "rate"): mmpretrain_swin,
    ("YOLOX-s", "rate"): yolox,
    ("Ultralytics, COCO", "rate"): ultralytics,
    ("YOLOv5, COCO", "rate"): lambda k: 0.01 * ((1 - k // 7393 / 300) * (1 - 0.01) + 0.01) * min(k / 22_179, 1),
    ("nerfstudio, cameras of splatfacto", "rate"): nerfstudio,
    ("RL Baselines3 Zoo, PPO on Atari", "rate"): lambda k: (1.0 - 1024 * (k + 1) / 1e7) * 2.5e-4,
}


# NeMo's schedulers, for an optimizer whose rate is 0.1. NeMo does not install without a GPU's libraries.


def warmed(decay: Formula, max_steps: int, warmup_steps: int, min_lr: float) -> Formula:
    """The warm-up that NeMo puts before a decay, which has a rate > 0 at step 0, and the floor after the run."""
    return lambda k: 0.1 * (k + 1) / (warmup_steps + 1) if k <= warmup_steps else decay(k) if k <= max_steps else min_lr


def CosineAnnealing(max_steps: int, warmup_steps: int, min_lr: float, constant_steps: int = 0) -> Formula:
    length = max_steps - warmup_steps - constant_steps

    def rate(k: int) -> float:
        return wave(min(1, (k - warmup_steps) / length), 0.1, min_lr)

    if constant_steps:  # the warm-up of Megatron
        return lambda k: 0.1 * k / warmup_steps if k <= warmup_steps else rate(k)
    return warmed(rate, max_steps, warmup_steps, min_lr)


def SquareAnnealing(max_steps: int, warmup_steps: int, min_lr: float) -> Formula:
    length = max_steps - warmup_steps
    return warmed(lambda k: max(0.1 * (1 - (k - warmup_steps) / length) ** 2, min_lr), max_steps, warmup_steps, min_lr)


def SquareRootAnnealing(max_steps: int, warmup_steps: int, min_lr: float = 0.0) -> Formula:
    return warmed(lambda k: max(0.1 * sqrt(1 - k / max_steps), min_lr), max_steps, warmup_steps, min_lr)


def PolynomialDecayAnnealing(max_steps: int, warmup_steps: int, min_lr: float, power: float = 1.0) -> Formula:
    return PolynomialHoldDecayAnnealing(max_steps, warmup_steps, 0, min_lr, power)


WarmupAnnealing = PolynomialDecayAnnealing  # with the power 1


def PolynomialHoldDecayAnnealing(
    max_steps: int, warmup_steps: int, hold_steps: int, min_lr: float, power: float = 1.0
) -> Formula:
    end = warmup_steps + hold_steps

    def decay(k: int) -> float:
        return min_lr + (0.1 - min_lr) * float((1 - max(k - end, 0) / (max_steps - end)) ** power)

    return warmed(decay, max_steps, warmup_steps, min_lr)


def InverseSquareRootAnnealing(max_steps: int, warmup_steps: int, min_lr: float = 0.0) -> Formula:
    return warmed(lambda k: 0.1 / ((k + 1) / (warmup_steps + 1)) ** 0.5, max_steps, warmup_steps, min_lr)


def T5InverseSquareRootAnnealing(max_steps: int, constant_steps: int, min_lr: float = 0.0) -> Formula:
    return lambda k: max(k, constant_steps) ** -0.5 if k <= max_steps else min_lr


def NoamHoldAnnealing(max_steps: int, warmup_steps: int, hold_steps: int, decay_rate: float = 0.5) -> Formula:
    def decay(k: int) -> float:
        return 0.1 * float(warmup_steps**decay_rate / max(k - hold_steps, warmup_steps) ** decay_rate)

    return warmed(decay, max_steps, warmup_steps, 0.0)


def NoamAnnealing(d_model: int, warmup_steps: int) -> Formula:
    return lambda k: 0.1 * d_model**-0.5 * min(max(k, 1) ** -0.5, max(k, 1) * warmup_steps**-1.5)

"""What known codebases and NeMo's schedulers compute, restated in plain Python: facts about them, none of their code.

A formula takes the number k of the update (or of the epoch, where the rate changes once in an epoch) from 0. The curves
here stand in the tables of MIGRATING.md; `tests/test_codebases.py` compares.
"""

from collections.abc import Callable
from math import cos, exp, floor, log, pi, sin, sqrt

import numpy

Formula = Callable[[int], float]


def wave(x: float, high: float, low: float = 0.0) -> float:
    """Half a cosine wave, from high at 0 to low at 1 (and up again after it)."""
    return low + (high - low) * (1 + cos(pi * x)) / 2


def line(x: float, first: float, last: float) -> float:
    return first + (last - first) * x


def olmo3(k: int) -> float:
    """A cosine for 5T tokens. After step 596,047 it became the half cosine of a run of 7T tokens."""
    step, rest = k + 1, 1_668_931 - 597_046
    if step <= 596_047:
        return 3e-4 * step / 2000 if step < 2000 else wave((step - 2000) / (1_192_092 - 2000), 3e-4, 3e-5)
    if step < 597_046:  # the warm-up of the half cosine, entered at its last steps
        return (3e-4 + 3e-5) / 2 * step / 597_046
    return wave(min((step - 597_046 + rest) / (2 * rest), 1), 3e-4, 3e-5)


def deepseek_v3(k: int) -> float:
    tokens = 62_914_560 * k
    if tokens < 14.3e12:
        rise = 2.2e-4 * min(1, tokens / (2000 * 3072 * 4096))
        return rise if tokens < 10e12 else wave((tokens - 10e12) / 4.3e12, 2.2e-4, 2.2e-5)
    return 2.2e-5 if tokens < 14.633e12 else 7.3e-6


def fairseq_cosine(k: int) -> float:
    """Cycles of 1000, 2000, 4000 ... updates, whose peak and floor shrink by 0.75 each time."""
    cycle = floor(log(1 + k / 1000, 2))
    start, length = 1000 * (2**cycle - 1), 1000 * 2**cycle
    return 0.75**cycle * wave((k - start) / length, 1.0, 1e-4)


def ultralytics(k: int) -> float:
    rate = 0.01 * (max(1 - k // 7393 / 100, 0) * (1 - 0.01) + 0.01)
    return float(numpy.interp(k, [0, 22_179], [0.0, rate]))


DINO = numpy.concatenate([numpy.linspace(0, 0.002, 12_510), [wave(i / 112_590, 0.002, 1e-6) for i in range(112_590)]])

CODEBASES: dict[tuple[str, str], Formula] = {
    ("nanoGPT, GPT-2 124M", "rate"): lambda k:
        6e-4 * (k + 1) / 2001 if k < 2000 else wave(min((k - 2000) / 598_000, 1), 6e-4, 6e-5),
    ("Megatron-LM, Llama-3 8B", "rate"): lambda k:
        1.5e-4 * 128 * k / 3_906_252 if 128 * k <= 3_906_252
        else wave(min((128 * k - 3_906_252) / 1_945_312_496, 1), 1.5e-4, 1e-5),
    ("OLMo-3 7B", "rate"): olmo3,
    ("SmolLM3 3B", "rate"): lambda k: 2e-4 * max(min(k / 2000, 1, 1 - (k - 4_198_001) / 522_000), 0),
    ("DeepSeek-V2-Lite", "rate"): lambda k:
        4.2e-4 * min(k / 2000, 1) * 0.316 ** sum(18_874_368 * k / 5.7e12 >= share for share in (0.8, 0.9)),
    ("DeepSeek-V3", "rate"): deepseek_v3,
    ("Kimi K2", "rate"): lambda k:
        min(2e-4 * min(k / 500, 1), wave(min(max(67_108_864 * k / 5.5e12 - 10 / 5.5, 0), 1), 2e-4, 2e-5)),
    ("BERT, pre-training", "rate"): lambda k: 1e-4 * (k / 10_000 if k < 10_000 else 1 - min(k, 1_000_000) / 1_000_000),
    ("fairseq, `cosine` with `--lr-shrink 0.75`", "factor of the rate"): fairseq_cosine,
    ("wav2vec 2.0, fine-tuning on 100 h", "rate"): lambda k:
        line(min(k / 8000, 1), 3e-7, 3e-5) * exp(log(0.05) * min(max(k / 40_000 - 1, 0), 1)),
    ("DINO, 100 epochs", "rate"): lambda k: float(DINO[k]),
    ("DINO, 100 epochs", "momentum of the teacher"): lambda k: wave(k / 125_100, 0.996, 1.0),
    ("I-JEPA, ViT-H/14", "rate"): lambda k:
        line((k + 1) / 25_000, 0.0002, 0.001) if k < 24_999 else wave((k - 24_999) / 162_500, 0.001, 1e-6),
    ("DeiT-S", "rate, per epoch"): lambda k:
        line(max(k - 1, 0) / 5, 1e-6, 0.001) if k < 6 else wave(min((k - 1) / 300, 1), 0.001, 1e-5),
    ("big_vision, reciprocal square root with a cooldown", "rate"): lambda k:
        8e-4 / sqrt(1 + max(0, k - 10_000) / 10_000) * min(1, k / 10_000) * min(1, (1_000_000 - k) / 50_000),
    ("detectron2, R50-FPN 1x", "rate"): lambda k:
        line(k / 1000, 2e-5, 0.02) if k < 1000 else 0.02 * 0.1 ** ((k >= 60_000) + (k >= 80_000)),
    ("mmpretrain, Swin", "rate"): lambda k:  # the warm-up per step, the cosine once in an epoch, up to epoch 299
        line(min(k / 25_039, 1), 1e-6, 0.001) if k < 20 * 1252 else wave((min(k // 1252, 299) - 20) / 280, 0.001, 1e-5),
    ("YOLOX-s", "rate"): lambda k:
        0.01 * (k / 9245) ** 2 if k <= 9245 else wave(min((k - 9245) / 517_720, 1), 0.01, 0.0005),
    ("Ultralytics, COCO", "rate"): ultralytics,
    ("YOLOv5, COCO", "rate"): lambda k: 0.01 * ((1 - k // 7393 / 300) * (1 - 0.01) + 0.01) * min(k / 22_179, 1),
    ("nerfstudio, cameras of splatfacto", "rate"): lambda k:
        1e-4 * sin(pi / 2 * k / 1000) if k < 1000 else 1e-4 * (5e-7 / 1e-4) ** min((k - 1000) / 29_000, 1),
    ("RL Baselines3 Zoo, PPO on Atari", "rate"): lambda k: (1.0 - 1024 * (k + 1) / 1e7) * 2.5e-4,
}  # fmt: skip


# NeMo's schedulers, for an optimizer whose rate is 0.1. NeMo does not install without a GPU's libraries.


def warmed(decay: Callable[..., float]) -> Callable[..., Formula]:
    """The scheduler of a decay. NeMo's warm-up has a rate > 0 at step 0; after the run the rate is the floor."""

    def scheduler(max_steps: int, warmup_steps: int, min_lr: float = 0.0, **numbers: float) -> Formula:
        def rate(k: int) -> float:
            if k <= warmup_steps:
                return 0.1 * (k + 1) / (warmup_steps + 1)
            return decay(k, max_steps, warmup_steps, min_lr, **numbers) if k <= max_steps else min_lr

        return rate

    return scheduler


def CosineAnnealing(max_steps: int, warmup_steps: int, min_lr: float, constant_steps: int = 0) -> Formula:
    decay = warmed(lambda k, n, warm, low: wave(min((k - warm) / (n - warm - constant_steps), 1), 0.1, low))
    rate = decay(max_steps, warmup_steps, min_lr)
    if constant_steps:  # the warm-up of Megatron
        return lambda k: 0.1 * k / warmup_steps if k <= warmup_steps else rate(k)
    return rate


SquareAnnealing = warmed(lambda k, n, warm, low: max(0.1 * (1 - (k - warm) / (n - warm)) ** 2, low))
SquareRootAnnealing = warmed(lambda k, n, warm, low: max(0.1 * sqrt(1 - k / n), low))
PolynomialHoldDecayAnnealing = warmed(
    lambda k, n, warm, low, hold_steps=0, power=1.0: line(
        (1 - max(k - warm - hold_steps, 0) / (n - warm - hold_steps)) ** power, low, 0.1
    )
)
PolynomialDecayAnnealing = WarmupAnnealing = PolynomialHoldDecayAnnealing  # without a hold, and with the power 1
InverseSquareRootAnnealing = warmed(lambda k, n, warm, low: 0.1 / ((k + 1) / (warm + 1)) ** 0.5)
NoamHoldAnnealing = warmed(lambda k, n, warm, low, hold_steps: 0.1 * (warm / max(k - hold_steps, warm)) ** 0.5)


def T5InverseSquareRootAnnealing(max_steps: int, constant_steps: int) -> Formula:
    return lambda k: max(k, constant_steps) ** -0.5 if k <= max_steps else 0.0


def NoamAnnealing(d_model: int, warmup_steps: int) -> Formula:
    return lambda k: 0.1 * d_model**-0.5 * min(max(k, 1) ** -0.5, max(k, 1) * warmup_steps**-1.5)

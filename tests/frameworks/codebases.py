"""What known codebases run, and the same curve here: one table as data.

Each rule is restated in plain Python: a fact about its codebase, none of its code. It takes the number k of the
update (or of the epoch, where the rate changes once in an epoch) from 0. `tests/test_codebases.py` compares the curves;
`python -m tests.frameworks.migrating --write` puts the table into MIGRATING.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, exp, log, pi, sqrt
from typing import Any

import numpy

import cosine_lr

NAMES: dict[str, Any] = {name: getattr(cosine_lr, name) for name in cosine_lr.__all__}
Rule = Callable[[int], float]


@dataclass(frozen=True)
class Codebase:
    """A run of a codebase and our notation for its curve."""

    name: str
    what: str  # what follows the curve: a rate, a factor, a momentum, a weight decay
    steps: int  # in the run
    ours: str
    theirs: Rule
    call: str = "k"  # what our schedule is called with at step k
    bends: tuple[int, ...] = ()  # where their rule changes: the test looks at every step around
    past: str = "the same"  # or what theirs does after the run: "climbs", "falls", "is complex", "raises ..."
    remark: str = ""

    def schedule(self) -> Callable[[int], float]:
        """Return our rate as a function of their step."""
        curve = cosine_lr.parse(self.ours)
        epoch = eval(f"lambda k: {self.call}")
        return lambda k: curve(epoch(k))


CODEBASES: list[Codebase] = []


def codebase(name: str, what: str, steps: int, ours: str, **more: Any) -> Callable[[Rule], Rule]:
    """Put a row into the table; what follows is the rule of theirs."""

    def put(theirs: Rule) -> Rule:
        CODEBASES.append(Codebase(name, what, steps, ours, theirs, **more))
        return theirs

    return put


def wave(x: float, high: float, low: float) -> float:
    """Half a cosine wave, from high at 0 to low at 1 (and up again after it)."""
    return low + (high - low) * (1 + cos(pi * x)) / 2


def line(x: float, first: float, last: float) -> float:
    return first + (last - first) * x


# Language models.


@codebase(
    "nanoGPT, GPT-2 124M",
    "rate",
    600_000,
    "WarmupLR(CosineLR(6e-4, 6e-5, t_max=598000), lr_start=2.9985007496251874e-07, t_warmup=2000)",
    bends=(2000,),
    remark="`lr_start` is `6e-4 / 2001`",
)
def nanogpt(k: int) -> float:
    if k < 2000:
        return 6e-4 * (k + 1) / 2001
    return wave((k - 2000) / 598_000, 6e-4, 6e-5) if k <= 600_000 else 6e-5


@codebase(
    "nanochat, base model",
    "factor of the rates",
    3000,
    "SequenceLR([(1050, WarmupLR(ConstantLR(1.0), lr_start=0.025, t_warmup=39))], PolynomialLR(1.0, 0.05, t_max=1950))",
    past="falls",
    remark="the run's length is an example; the last 65 % are the decay",
)
def nanochat(k: int) -> float:
    return (k + 1) / 40 if k < 40 else 1.0 if k <= 1050 else line((3000 - k) / 1950, 0.05, 1.0)


@codebase(
    "nanochat, base model",
    "momentum of Muon",
    3000,
    "SequenceLR([(1050, WarmupLR(ConstantLR(0.97), lr_start=0.85, t_warmup=400))],"
    " PolynomialLR(0.97, 0.9, t_max=1950))",
    past="falls",
)
def nanochat_momentum(k: int) -> float:
    return line(k / 400, 0.85, 0.97) if k < 400 else 0.97 if k < 1050 else line((k - 1050) / 1950, 0.97, 0.9)


@codebase(
    "nanochat, base model",
    "factor of the weight decay",
    3000,
    "CosineLR(1.0, 0.0, t_max=3000)",
    past="climbs",
)
def nanochat_weight_decay(k: int) -> float:
    return wave(k / 3000, 1.0, 0.0)


@codebase(
    "modded-nanogpt, 1770 steps",
    "factor of the rates",
    1770,
    "SequenceLR([(1062, ConstantLR(1.0))], PolynomialLR(1.0, 0.1, t_max=708))",
    past="raises AssertionError",
    remark="the last 40 % are the decay",
)
def modded_nanogpt(k: int) -> float:
    x = k / 1770
    if x >= 1:
        raise AssertionError("outside the run")
    return 1.0 if x < 0.6 else line((1 - x) / 0.4, 0.1, 1.0)


@codebase(
    "modded-nanogpt, 1770 steps",
    "momentum of Muon",
    1770,
    "WarmupLR(ConstantLR(0.95), lr_start=0.85, t_warmup=300)",
)
def modded_nanogpt_momentum(k: int) -> float:
    return line(min(k / 300, 1), 0.85, 0.95)


@codebase(
    "torchtitan, DeepSeek-V3 671B",
    "factor of the rate",
    10_000,
    "SequenceLR([(2000, WarmupLR(ConstantLR(1.0), lr_start=0.0005, t_warmup=1999))], CosineLR(1.0, 0.1, t_max=8000))",
    past="climbs",
    remark="the peak is trained twice",
)
def torchtitan(k: int) -> float:
    if k < 2000:
        return (k + 1) / 2000
    return wave((k + 1 - 2001) / 8000, 1.0, 0.1)  # 2000 of warm-up and one stable step; the decay counts from 1


@codebase(
    "Megatron-LM, Llama-3 8B",
    "rate",
    15_258_790,
    "WarmupLR(CosineLR(1.5e-4, 1e-5, t_max=1945312496), lr_start=0.0, t_warmup=3906252)",
    call="128 * k",
    bends=(30_517, 15_228_271),
    remark="counts samples",
)
def megatron(k: int) -> float:
    samples = 128 * k
    if samples <= 3_906_252:
        return 1.5e-4 * samples / 3_906_252
    return wave((samples - 3_906_252) / 1_945_312_496, 1.5e-4, 1e-5) if samples <= 1_949_218_748 else 1e-5


@codebase(
    "OLMo-7B-0724",
    "rate",
    1_430_512,
    "WarmupLR(CosineLR(3e-4, 3e-5, t_max=2989514240000), lr_start=3e-5, t_warmup=10485760000)",
    call="2097152 * k",
    bends=(5000,),
    remark="counts tokens",
)
def olmo(k: int) -> float:
    tokens = 2_097_152 * k
    if tokens < 10_485_760_000:
        return line(tokens / 10_485_760_000, 3e-5, 3e-4)
    return wave((tokens - 10_485_760_000) / (3e12 - 10_485_760_000), 3e-4, 3e-5) if tokens < 3e12 else 3e-5


@codebase(
    "OLMo-core, WSD with its defaults",
    "factor of the rate",
    100_000,
    "SequenceLR([(90000, WarmupLR(ConstantLR(1.0), lr_start=0.0, t_warmup=2000))],"
    " PolynomialLR(1.0, 0.0, t_max=10000))",
    bends=(2000, 90_000),
    past="falls",
)
def olmo_core_wsd(k: int) -> float:
    return min(k, 2000) / 2000 if k <= 2000 else min(100_000 - k, 10_000) / 10_000


@codebase(
    "llm-foundry, MPT-125M",
    "rate",
    4800,
    "WarmupLR(CosineLR(6e-4, 6e-5, t_max=4700), lr_start=0.0, t_warmup=100)",
)
def llm_foundry(k: int) -> float:
    return 6e-4 * (k / 100 if k < 100 else wave(min(1, (k - 100) / 4700), 1.0, 0.1))


@codebase(
    "BERT, pre-training",
    "rate",
    1_000_000,
    "SequenceLR([(10000, WarmupLR(ConstantLR(1e-4), lr_start=0.0, t_warmup=10000))],"
    " PolynomialLR(9.9e-5, 0.0, t_max=990000))",
    bends=(10_000,),
    remark="one line from step 0: a jump down by 1 % when the warm-up ends",
)
def bert(k: int) -> float:
    return 1e-4 * k / 10_000 if k < 10_000 else 1e-4 * (1 - min(k, 1_000_000) / 1_000_000)


@codebase(
    "Transformer, fairseq",
    "rate",
    100_000,
    "WarmupLR(InversePowerLR(5e-4, t_scale=4000), lr_start=1e-7, t_warmup=4000)",
    bends=(4000,),
)
def fairseq_inverse_sqrt(k: int) -> float:
    return line(k / 4000, 1e-7, 5e-4) if k < 4000 else 5e-4 * sqrt(4000) / sqrt(k)


# Speech, vision, images.


@codebase(
    "wav2vec 2.0, fine-tuning on 100 h",
    "rate",
    80_000,
    "SequenceLR([(40000, WarmupLR(ConstantLR(3e-5), lr_start=3e-7, t_warmup=8000))],"
    " ExponentialLR(3e-5, gamma=0.05, t_scale=40000, lr_min=1.5e-6))",
    bends=(8000, 40_000),
)
def wav2vec(k: int) -> float:
    if k < 40_000:
        return line(min(k / 8000, 1), 3e-7, 3e-5)
    return 3e-5 * exp(log(0.05) * (k - 40_000) / 40_000) if k <= 80_000 else 1.5e-6


@codebase(
    "MAE, ViT-L pre-training",
    "rate",
    249_600,
    "WarmupLR(CosineLR(0.0024, 0.0, t_max=760), lr_start=0.0, t_warmup=40)",
    call="k / 312",
    bends=(12_480,),
    past="climbs",
    remark="counts fractions of an epoch, which has 312 steps",
)
def mae(k: int) -> float:
    epoch = k / 312
    return 0.0024 * epoch / 40 if epoch < 40 else wave((epoch - 40) / 760, 0.0024, 0.0)


def outside(k: int, table: int) -> None:
    """Theirs is a table of so many entries."""
    if k >= table:
        raise IndexError("outside the table")


@codebase(
    "DINO, 100 epochs",
    "rate",
    125_100,
    "SequenceLR([(12510, WarmupLR(ConstantLR(0.002), lr_start=0.0, t_warmup=12509))],"
    " CosineLR(0.002, 1e-6, t_max=112590))",
    bends=(12_510,),
    past="raises IndexError",
    remark="`linspace`: the peak is trained twice",
)
def dino(k: int) -> float:
    outside(k, 125_100)
    return 0.002 * k / 12_509 if k < 12_510 else wave((k - 12_510) / 112_590, 0.002, 1e-6)


@codebase(
    "DINO, 100 epochs",
    "weight decay",
    125_100,
    'WarmupLR(ConstantLR(0.4), lr_start=0.04, t_warmup=125100, shape="cosine")',
    past="raises IndexError",
)
def dino_weight_decay(k: int) -> float:
    outside(k, 125_100)
    return wave(k / 125_100, 0.04, 0.4)


@codebase(
    "DINO, 100 epochs",
    "momentum of the teacher",
    125_100,
    'WarmupLR(ConstantLR(1.0), lr_start=0.996, t_warmup=125100, shape="cosine")',
    past="raises IndexError",
)
def dino_momentum(k: int) -> float:
    outside(k, 125_100)
    return wave(k / 125_100, 0.996, 1.0)


@codebase(
    "I-JEPA, ViT-H/14",
    "rate",
    187_500,
    "WarmupLR(CosineLR(0.001, 1e-6, t_max=162500), lr_start=0.0002, t_warmup=25000)",
    call="k + 1",
    bends=(25_000, 187_500),
    past="climbs",
    remark="counts from 1",
)
def ijepa(k: int) -> float:
    step = k + 1
    return line(step / 25_000, 0.0002, 0.001) if step < 25_000 else wave((step - 25_000) / 162_500, 0.001, 1e-6)


@codebase(
    "I-JEPA, ViT-H/14",
    "weight decay",
    187_500,
    'WarmupLR(ConstantLR(0.4), lr_start=0.04, t_warmup=187500, shape="cosine")',
    call="k + 1",
    past="falls",
    remark="counts from 1",
)
def ijepa_weight_decay(k: int) -> float:
    return wave((k + 1) / 187_500, 0.04, 0.4)


@codebase(
    "OpenCLIP, 100,000 steps",
    "rate",
    100_000,
    "SequenceLR([(10000, WarmupLR(ConstantLR(0.001), lr_start=1e-7, t_warmup=9999))],"
    " CosineLR(0.001, 0.0, t_max=90000))",
    bends=(10_000,),
    past="climbs",
    remark="the peak is trained twice",
)
def open_clip(k: int) -> float:
    return 0.001 * (k + 1) / 10_000 if k < 10_000 else wave((k - 10_000) / 90_000, 0.001, 0.0)


@codebase(
    "Swin-T",
    "rate",
    375_300,
    "SequenceLR([(1, ConstantLR(1e-6))], WarmupLR(CosineLR(0.001, 1e-5, t_max=350280), lr_start=1e-6, t_warmup=25020))",
    bends=(1, 25_021),
    remark="set after the step",
)
def swin(k: int) -> float:
    t = max(k - 1, 0)
    return line(t / 25_020, 1e-6, 0.001) if t < 25_020 else wave(min(1, (t - 25_020) / 350_280), 0.001, 1e-5)


@codebase(
    "DeiT-S",
    "rate, per epoch",
    300,
    "SequenceLR([(1, ConstantLR(1e-6)), (5, WarmupLR(ConstantLR(0.001), lr_start=1e-6, t_warmup=5))],"
    " ShiftLR(CosineLR(0.001, 1e-5, t_max=300), t_shift=5))",
    remark="set after the epoch; the cosine runs under the warm-up",
)
def deit(k: int) -> float:
    t = max(k - 1, 0)
    return line(t / 5, 1e-6, 0.001) if t < 5 else wave(min(t / 300, 1), 0.001, 1e-5)


@codebase(
    "big_vision, ViT-S/16, 90 epochs",
    "rate",
    111_476,
    "WarmupLR(CosineLR(0.001, 0.0, t_max=101476), lr_start=0.0, t_warmup=10000)",
    bends=(10_000,),
)
def big_vision(k: int) -> float:
    x = min(max((k - 10_000) / 101_476, 0), 1)
    return min(1, k / 10_000) * wave(x, 0.001, 0.0)


@codebase(
    "big_vision, reciprocal square root with a cooldown",
    "rate",
    1_000_000,
    "ProductLR([WarmupLR(InversePowerLR(8e-4, t_scale=10000), lr_start=0.0, t_warmup=10000),"
    " SequenceLR([(950000, ConstantLR(1.0))], PolynomialLR(1.0, 0.0, t_max=50000))])",
    bends=(10_000, 950_000),
    past="falls",
    remark="a product of a rate and two factors",
)
def big_vision_rsqrt(k: int) -> float:
    decay = 8e-4 / sqrt(1 + max(0, k - 10_000) / 10_000)
    return decay * min(1, k / 10_000) * min(1, (1_000_000 - k) / 50_000)


@codebase(
    "detectron2, R50-FPN 1x",
    "rate",
    90_000,
    "WarmupLR(MultiStepLR(0.02, milestones=[59000, 79000], gamma=0.1), lr_start=2e-5, t_warmup=1000)",
    bends=(1000, 60_000, 80_000),
    past="raises RuntimeError",
    remark="milestones 60000 and 80000 of its one clock",
)
def detectron2(k: int) -> float:
    if k > 90_000:
        raise RuntimeError("outside [0, 1]")
    return line(k / 1000, 2e-5, 0.02) if k < 1000 else 0.02 if k < 60_000 else 0.002 if k < 80_000 else 0.0002


@codebase(
    "YOLOv5",
    "factor of the rate, per epoch",
    300,
    "PolynomialLR(1.0, 0.01, t_max=300)",
    past="falls",
)
def yolov5(k: int) -> float:
    return (1 - k / 300) * 0.99 + 0.01


@codebase(
    "YOLOv5, COCO",
    "momentum",
    2_217_900,
    "WarmupLR(ConstantLR(0.937), lr_start=0.8, t_warmup=22179)",
    bends=(22_179,),
    remark="3 epochs of 7393 steps",
)
def yolov5_momentum(k: int) -> float:
    return line(k / 22_179, 0.8, 0.937) if k <= 22_179 else 0.937


@codebase(
    "nnU-Net v2",
    "rate, per epoch",
    1000,
    "PolynomialLR(0.01, 0.0, t_max=1000, power=0.9)",
    past="is complex",
)
def nnunet(k: int) -> float:
    rate: float = 0.01 * (1 - k / 1000) ** 0.9
    return rate


@codebase(
    "Stable Diffusion v1",
    "factor of the rate",
    1_000_000,
    "WarmupLR(ConstantLR(1.0), lr_start=1e-6, t_warmup=10000)",
    bends=(10_000,),
)
def stable_diffusion(k: int) -> float:
    return (1.0 - 1e-6) / 10_000 * k + 1e-6 if k < 10_000 else 1.0


@codebase(
    "guided-diffusion, `--lr_anneal_steps 300000`",
    "rate",
    300_000,
    "SequenceLR([(1, ConstantLR(1e-4))], PolynomialLR(1e-4, 0.0, t_max=300000))",
    past="falls",
    remark="set after the step",
)
def guided_diffusion(k: int) -> float:
    return 1e-4 * (1 - max(k - 1, 0) / 300_000)


# Reinforcement learning.


@codebase(
    "RL Baselines3 Zoo, PPO on Atari",
    "rate",
    9765,
    "PolynomialLR(2.5e-4, 0.0, t_max=10000000)",
    call="1024 * (k + 1)",
    past="falls",
    remark="counts the frames taken so far, 1024 per update; its last update, number 9765, has a rate below 0",
)
def baselines3_zoo(k: int) -> float:
    remaining = 1.0 - 1024 * (k + 1) / 1e7
    return remaining * 2.5e-4


@dataclass(frozen=True)
class Convention:
    """A way to count, as their code has it, and what to write here; both are evaluated by the test."""

    seen: str
    write: str
    remark: str
    call: str = "k"

    def evaluate(self, what: str) -> Callable[[int], float]:
        """Return the function of k that `seen` or `write` stands for."""
        names = NAMES | {"numpy": numpy, "peak": 0.1, "low": 0.001, "w": 5, "n": 25}
        names["decay"] = cosine_lr.CosineLR(0.1, 0.001, t_max=20)
        if what == self.write:
            what = f"({what})({self.call})"
        return lambda k: float(eval(what, names | {"k": k}))


CONVENTIONS = (
    Convention(
        "peak * k / w if k < w else decay(k - w)",
        "WarmupLR(decay, lr_start=0.0, t_warmup=w)",
        "the first update has the rate 0",
    ),
    Convention(
        "peak * (k + 1) / (w + 1) if k < w else decay(k - w)",
        "WarmupLR(decay, lr_start=peak / (w + 1), t_warmup=w)",
        "nanoGPT",
    ),
    Convention(
        "peak * (k + 1) / w if k < w else decay(k - w + 1)",
        "WarmupLR(decay, lr_start=peak / w, t_warmup=w - 1)",
        "the peak is at `w - 1`, once",
    ),
    Convention(
        "peak * (k + 1) / w if k < w else decay(k - w)",
        "SequenceLR([(w, WarmupLR(ConstantLR(peak), lr_start=peak / w, t_warmup=w - 1))], decay)",
        "the peak is trained twice, at `w - 1` and `w`: OpenCLIP, torchtitan",
    ),
    Convention(
        "numpy.linspace(0, peak, w)[k] if k < w else decay(k - w)",
        "SequenceLR([(w, WarmupLR(ConstantLR(peak), lr_start=0.0, t_warmup=w - 1))], decay)",
        "the peak is trained twice: DINO",
    ),
    Convention(
        "numpy.linspace(peak, low, n)[k] if k < n else low",
        "PolynomialLR(peak, low, t_max=n - 1)",
        "the last of n updates has the rate `low`",
    ),
    Convention(
        "decay(k + 1)",
        "decay",
        "the counter moves before the rate is set: I-JEPA; to use `next`, build the schedule with `e=1`",
        call="k + 1",
    ),
    Convention(
        "decay(max(k - 1, 0))",
        "SequenceLR([(1, ConstantLR(decay(0)))], decay)",
        "the rate is set after the update, with the number of that update: guided-diffusion, Swin",
    ),
    Convention(
        "peak * (1 - (k + 1) / n)",
        "PolynomialLR(peak, 0.0, t_max=n)",
        "progress remaining, from 1 to 0, taken after the data: Stable-Baselines3; `n * (1 - remaining)` is the epoch",
        call="k + 1",
    ),
    Convention(
        "peak * (1 - k / n)",
        "PolynomialLR(peak, 0.0, t_max=1.0)",
        "progress from 0 to 1: fastai, fvcore",
        call="k / n",
    ),
    Convention(
        "peak * k / w if k < w else decay(k)",
        "SequenceLR([(w, WarmupLR(ConstantLR(peak), lr_start=0.0, t_warmup=w))], ShiftLR(decay, w))",
        "one clock: the decay runs under the warm-up, with a jump at `w`: timm's default, DeiT",
    ),
    Convention(
        "min(1, k / w) * decay(k)",
        "ProductLR([WarmupLR(ConstantLR(1.0), lr_start=0.0, t_warmup=w), decay])",
        "one clock: the warm-up is a factor",
    ),
)

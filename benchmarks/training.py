"""Which schedule trains best? Small networks, trained with every schedule, each at its own best peak.

python -m benchmarks.training            ten seeds, a few minutes on one core; needs scikit-learn, for its digits
python -m benchmarks.training --quick    three seeds, half a minute
python -m benchmarks.training --draw     the pictures too; needs Matplotlib
"""

import argparse
import math
import re
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib import metadata
from importlib.util import find_spec
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from cosine_lr import (
    ConstantLR, CosineLR, CosineRestartsLR, ExponentialLR, InversePowerLR, MultiStepLR, PolynomialLR, ProductLR,
    RestartLR, Schedule, SequenceLR, ShiftLR, StaircaseLR, StepLR, WarmupLR, __version__,
)  # fmt: skip

from .tables import section, table

Array = np.ndarray[Any, np.dtype[Any]]
Examples = tuple[Array, Array]  # inputs and labels
Found = dict[str, "Outcome"]  # by schedule
WARM = 0.05  # of the run
RISEN = WarmupLR(ConstantLR(1.0), lr_start=0.0, t_warmup=WARM)

# The run lasts from 0 to 1, and the peak is 1: rates are peak * schedule(step / last step).
SCHEDULES: dict[str, Schedule] = {
    "constant": ConstantLR(1.0), "steps, x 0.1 at 1/2 and 3/4": MultiStepLR(1.0, [0.5, 0.75], 0.1),
    "steps, x 0.5 every tenth": StepLR(1.0, 0.1, 0.5), "exponential to 1 %": ExponentialLR(1.0, 0.01),
    "inverse square root": InversePowerLR(1.0, WARM), "line": PolynomialLR(1.0, 0.0, 1.0),
    "line, in ten stairs": StaircaseLR(PolynomialLR(1.0, 0.0, 1.0), 0.1),
    "parabola": PolynomialLR(1.0, 0.0, 1.0, power=2.0), "cosine": CosineLR(1.0, 0.0, 1.0),
    "cosine to 10 %": CosineLR(1.0, 0.1, 1.0), "cosine, its second half": ShiftLR(CosineLR(2.0, 0.0, 2.0), 1.0),
    "cosine, 4 equal cycles": CosineRestartsLR(1.0, 0.0, 0.25, n_cycles=4),
    "cosine, 3 cycles, each twice as long": CosineRestartsLR(1.0, 0.0, 1 / 7, t_mult=2, n_cycles=3),
    "lines, 4 cycles, each half as high": RestartLR(PolynomialLR(1.0, 0.0, 0.25), 0.25, gamma=0.5, n_cycles=4),
    "warm-up, constant": RISEN, "warm-up, inverse square root": WarmupLR(InversePowerLR(1.0, WARM), 0.0, WARM),
    "warm-up, line": WarmupLR(PolynomialLR(1.0, 0.0, 1.0 - WARM), 0.0, WARM),
    "warm-up, cosine": WarmupLR(CosineLR(1.0, 0.0, 1.0 - WARM), 0.0, WARM),
    "warm-up times cosine": ProductLR([RISEN, CosineLR(1.0, 0.0, 1.0)]),
    "warm-up, plateau, 1-sqrt (WSD)": SequenceLR([(0.8, RISEN)], PolynomialLR(1.0, 0.0, 0.2, k_decay=0.5)),
    "one-cycle": WarmupLR(CosineLR(1.0, 0.0, 0.7), lr_start=0.04, t_warmup=0.3, curve="cosine"),
}  # fmt: skip
FEW = ("constant", "line", "cosine", "cosine, 4 equal cycles", "warm-up, line", "warm-up, plateau, 1-sqrt (WSD)")
CHANGES = [  # the difference of the second to the first
    ("decrease the rate, by a line", "constant", "line"), ("by a cosine", "constant", "cosine"),
    ("in two steps", "constant", "steps, x 0.1 at 1/2 and 3/4"), ("a cosine for a line", "line", "cosine"),
    ("a warm-up before a constant", "constant", "warm-up, constant"),
    ("a warm-up before a line", "line", "warm-up, line"), ("a warm-up before a cosine", "cosine", "warm-up, cosine"),
    ("a plateau before the decay", "warm-up, line", "warm-up, plateau, 1-sqrt (WSD)"),
    ("four equal cycles for one", "cosine", "cosine, 4 equal cycles"),
    ("three growing cycles for one", "cosine", "cosine, 3 cycles, each twice as long"),
]  # fmt: skip
DRAWN = [  # with shorter names, in colors that stand out from a white page and a black one
    ("constant", "constant", "#808890"), ("steps, x 0.1 at 1/2 and 3/4", "two steps", "#3d8bd4"),
    ("cosine", "cosine", "#d4703d"), ("cosine, 4 equal cycles", "four cycles", "#3da86b"),
    ("warm-up, plateau, 1-sqrt (WSD)", "warm-up, plateau, 1-sqrt", "#a866c8"),
]  # fmt: skip
HOW = """\
Each schedule trains {seeds} networks at each of {peaks} peaks. The peak with the lowest mean loss on the validation
data is chosen; then the test data is looked at, once. All runs of a problem have the same number of updates. The seeds
are paired: network k of every schedule begins with the same weights and sees the same batches. The tables have the mean
and its standard error over the seeds. All test on the same examples; with other examples all losses would shift.

- **digits**: scikit-learn's images of 8 x 8 pixels, 1,000 to train, two hidden layers of 64; 800 updates (20 epochs) of
  25 images by SGD with momentum 0.9. The network learns its images by heart.
- **digits with noise**: the same, with fresh noise of standard deviation 0.3 on every image of every batch.
- **text**: the next letter of Python's documentation after six, two hidden layers of 48; 1,000 updates of 32 by Adam.
  The network sees a tenth of the text, once."""
SHORT = "The test loss of some of them; the README shows this table too."
BUDGET = "The test loss with fewer updates, at the best peak for that number of updates."
CHANGE = "What a change does to the test loss, each schedule at its own best peak: the mean of the paired differences."
HIGHEST = """\
The largest peak at which every seed ends with a training loss at least 10 % below that of a guess by how frequent each
label is. The peaks are a factor of the square root of 2 apart, and the runs half as long."""


@dataclass(frozen=True)
class Problem:
    """Data, a network, and how it is trained."""

    name: str
    data: dict[str, Examples]  # "train", "valid" and "test"
    sizes: tuple[int, ...]  # of the layers, the inputs first
    optimizer: "type[Momentum] | type[Adam]"
    peaks: tuple[float, ...]
    updates: int
    batch: int
    noise: float = 0.0  # the standard deviation of what is added to the inputs, anew in each batch


def digits() -> dict[str, Examples]:
    """Return scikit-learn's 1,797 images: 1,000 to train, 397 to choose the peak, 400 to test."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(labels))
    parts = {"train": order[:1000], "valid": order[1000:1397], "test": order[1397:]}
    return {name: ((images[part] / 16).astype(np.float32), labels[part]) for name, part in parts.items()}


def text(context: int = 6) -> dict[str, Examples]:
    """Return the letters of Python's own documentation, each as the label of the letters before it."""
    from pydoc_data.topics import topics

    words = re.sub("[^a-z]+", " ", " ".join(topics[name] for name in sorted(topics)).lower())
    letters = np.frombuffer(words.encode(), np.uint8) % 32  # a space is 0, a is 1, z is 26
    before, labels = np.lib.stride_tricks.sliding_window_view(letters, context)[:-1], letters[context:]
    tenth = np.arange(len(labels)) // 1000 % 10  # blocks of a thousand letters: every tenth is valid, or test
    parts = {"train": tenth < 8, "valid": tenth == 8, "test": tenth == 9}
    return {name: (before[part], labels[part]) for name, part in parts.items()}


def problems() -> list[Problem]:
    images, peaks = digits(), (0.01, 0.02, 0.04, 0.08, 0.16, 0.32)
    plain = Problem("digits", images, (64, 64, 64, 10), Momentum, peaks, updates=800, batch=25)
    noisy = replace(plain, name="digits with noise", noise=0.3)
    peaks = (0.002, 0.004, 0.008, 0.016, 0.032, 0.064)
    return [plain, noisy, Problem("text", text(), (6 * 27, 48, 48, 27), Adam, peaks, updates=1000, batch=32)]


def initial(sizes: Sequence[int], peaks: int, seeds: int) -> list[Array]:
    """Return the weights and biases of each layer, an array with the axes peak, seed, input, output.
    All peaks and seeds are trained at once. All peaks begin with the same weights, each seed with others."""
    weights = []
    randoms = [np.random.default_rng([seed, 0]) for seed in range(seeds)]
    for inputs, outputs in zip(sizes, sizes[1:]):
        layer = np.stack([random.normal(0.0, (2 / inputs) ** 0.5, (inputs, outputs)) for random in randoms])
        weights += [np.stack([layer] * peaks).astype(np.float32), np.zeros((peaks, seeds, 1, outputs), np.float32)]
    return weights


def batches(problem: Problem, seeds: int) -> Iterator[Examples]:
    """Yield the inputs and labels of each update: another order, and other noise, for each seed."""
    inputs, labels = problem.data["train"]
    randoms = [np.random.default_rng([seed, 1]) for seed in range(seeds)]
    passes = math.ceil(problem.updates * problem.batch / len(labels))
    orders = np.stack([np.concatenate([r.permutation(len(labels)) for _ in range(passes)]) for r in randoms])
    for update in range(problem.updates):
        which = orders[:, update * problem.batch : (update + 1) * problem.batch]
        x = encoded(inputs[which])
        if problem.noise:
            x += np.float32(problem.noise) * np.stack([r.standard_normal(x.shape[1:], np.float32) for r in randoms])
        yield x, labels[which]


def encoded(inputs: Array) -> Array:
    """Return letters as rows of 27 zeros and ones, and images as they are."""
    if inputs.dtype != np.uint8:
        return inputs
    return np.eye(27, dtype=np.float32)[inputs].reshape(*inputs.shape[:-1], -1)


def forward(weights: Sequence[Array], x: Array) -> list[Array]:
    """Return the inputs of each layer, and the logits."""
    values = [x]
    for matrix, bias in zip(weights[:-2:2], weights[1:-2:2]):
        values.append(np.maximum(values[-1] @ matrix + bias, 0.0))
    return [*values, values[-1] @ weights[-2] + weights[-1]]


def log_softmax(logits: Array) -> Array:
    logits = logits - logits.max(-1, keepdims=True)
    return np.asarray(logits - np.log(np.exp(logits).sum(-1, keepdims=True)))


def gradients(weights: Sequence[Array], x: Array, labels: Array) -> list[Array]:
    """Return the gradients of the mean cross-entropy of a batch."""
    *values, logits = forward(weights, x)
    back = (np.exp(log_softmax(logits)) - np.eye(logits.shape[-1], dtype=np.float32)[labels]) / labels.shape[-1]
    found: list[Array] = []
    for value, matrix in zip(values[::-1], weights[::-1][1::2]):
        found = [value.swapaxes(-1, -2) @ back, back.sum(-2, keepdims=True), *found]
        if value is not x:
            back = (back @ matrix.swapaxes(-1, -2)) * (value > 0.0)
    return found


class Momentum:
    """Stochastic gradient descent with a momentum of 0.9."""

    def __init__(self, weights: Sequence[Array]) -> None:
        self.speeds = [np.zeros_like(weight) for weight in weights]

    def update(self, weights: Sequence[Array], slopes: Sequence[Array], rates: Array) -> None:
        for weight, speed, slope in zip(weights, self.speeds, slopes):
            speed *= 0.9
            speed += slope
            weight -= rates * speed


class Adam:
    """Adam with its usual numbers, 0.9, 0.999 and 1e-8 (arXiv 1412.6980)."""

    def __init__(self, weights: Sequence[Array]) -> None:
        self.means, self.squares = ([np.zeros_like(weight) for weight in weights] for _ in range(2))
        self.updates = 0

    def update(self, weights: Sequence[Array], slopes: Sequence[Array], rates: Array) -> None:
        self.updates += 1
        rates = rates / (1.0 - 0.9**self.updates)
        for weight, mean, square, slope in zip(weights, self.means, self.squares, slopes):
            mean += 0.1 * (slope - mean)
            square += 0.001 * (slope * slope - square)
            weight -= mean / (np.sqrt(square / (1.0 - 0.999**self.updates)) + 1e-8) * rates


def rates_of(schedule: Schedule, peaks: Sequence[float], updates: int) -> Array:
    """Return the rates, a row for each peak: the last update is at the end of the run."""
    return np.outer(peaks, schedule(np.arange(updates) / (updates - 1))).astype(np.float32)


def train(problem: Problem, rates: Array, seeds: int, losses: dict[int, float] | None = None) -> list[Array]:
    """Return the weights after a run at the rates, which have a row for each peak and a column for each update.
    Every 20 updates the loss on the validation data is noted in `losses`."""
    weights = initial(problem.sizes, len(rates), seeds)
    optimizer = problem.optimizer(weights)
    with np.errstate(all="ignore"):  # a run that diverges ends in infinities
        for update, (x, labels) in enumerate(batches(problem, seeds)):
            if losses is not None and update % 20 == 0:
                losses[update] = measure(weights, problem.data["valid"])[0].mean()
            optimizer.update(weights, gradients(weights, x, labels), rates[:, update].reshape(-1, 1, 1, 1))
    return weights


def measure(weights: Sequence[Array], examples: Examples, most: int = 4000) -> tuple[Array, Array]:
    """Return the losses and the shares of wrong answers, by peak and seed, on at most so many of the examples."""
    every = math.ceil(len(examples[1]) / most)
    inputs, labels = encoded(examples[0][::every]), examples[1][::every]
    losses, errors = np.empty((2, *weights[0].shape[:2]))
    for which in np.ndindex(losses.shape):
        with np.errstate(all="ignore"):
            logs = log_softmax(forward([weight[which] for weight in weights], inputs)[-1])
        losses[which] = -logs[np.arange(len(labels)), labels].mean(dtype=np.float64)
        errors[which] = (logs.argmax(-1) != labels).mean()
    return np.where(np.isfinite(losses), losses, np.inf), errors


class Outcome(NamedTuple):
    """A schedule at each peak on the validation data, and at the best one of these, seed by seed, on the others."""

    valid: Array  # the mean loss for each peak
    peak: float
    train: Array
    test: Array
    error: Array


def outcome(problem: Problem, schedule: str, seeds: int) -> Outcome:
    """Train at every peak, choose one on the validation data, and look at the test data once."""
    weights = train(problem, rates_of(SCHEDULES[schedule], problem.peaks, problem.updates), seeds)
    valid = measure(weights, problem.data["valid"])[0].mean(1)
    best = int(valid.argmin())
    chosen = [weight[best : best + 1] for weight in weights]
    (training, _), (test, error) = (measure(chosen, problem.data[part]) for part in ("train", "test"))
    return Outcome(valid, problem.peaks[best], training[0], test[0], error[0])


def outcomes(problem: Problem, schedules: Collection[str], seeds: int) -> Found:
    found = {}
    for number, schedule in enumerate(schedules, 1):
        note(f"{problem.name}, {problem.updates} updates: {number} of {len(schedules)} schedules")
        found[schedule] = outcome(problem, schedule, seeds)
    return found


def note(words: str) -> None:
    """Write over the line of progress."""
    print(f"\r{words:79}", end="", file=sys.stderr, flush=True)


def spread(values: Array, digits: int = 3) -> str:
    """Return the mean and its standard error."""
    return f"{values.mean():.{digits}f} ± {values.std(ddof=1) / len(values) ** 0.5:.{digits}f}"


def main_table(found: Found) -> str:
    columns = ["schedule", "peak", "training loss", "test loss", "minus the constant's", "error, %", "gap", "rank"]
    order = sorted(one.test.mean() for one in found.values())
    rows = []
    for name, one in found.items():
        losses = (one.train, one.test, one.test - found["constant"].test)
        gap, rank = f"{(one.test - one.train).mean():.3f}", str(order.index(one.test.mean()) + 1)
        rows.append([name, f"{one.peak:g}", *map(spread, losses), spread(100 * one.error, 2), gap, rank])
    return table(columns, rows)


def peak_table(problem: Problem, found: Found) -> str:
    peaks = [f"peak {peak:g}" for peak in problem.peaks]
    return table(["schedule", *peaks], [[name, *(f"{loss:.3f}" for loss in found[name].valid)] for name in FEW])


def budget_table(seeds: int, problem: Problem, found: Found) -> str:
    """Return the losses of shorter runs beside those of the whole run."""
    shorter = (problem.updates // 16, problem.updates // 4)
    runs = [*(outcomes(replace(problem, updates=updates), FEW, seeds) for updates in shorter), found]
    rows = [[name, *(f"{spread(run[name].test)} at {run[name].peak:g}" for run in runs)] for name in FEW]
    return table(["schedule", *(f"{updates} updates" for updates in (*shorter, problem.updates))], rows)


def highest_peak(problem: Problem, schedule: Schedule, seeds: int) -> float:
    """Return the largest peak at which every seed learns more than how frequent the labels are."""
    labels = problem.data["train"][1]
    guess = -np.log(np.bincount(labels)[labels] / len(labels)).mean()
    weights = train(problem, rates_of(schedule, problem.peaks, problem.updates), seeds)
    learned = measure(weights, problem.data["train"], 2000)[0].max(1) < 0.9 * guess
    return max((peak for peak, good in zip(problem.peaks, learned) if good), default=0.0)


LOWEST: dict[type[Momentum] | type[Adam], float] = {Momentum: 2.0**-5, Adam: 2.0**-8}


def warmup_table(which: Sequence[Problem], seeds: int) -> str:
    """Return the largest peaks that still train, with warm-ups of several lengths, for both optimizers."""
    rows = []
    for problem, (optimizer, lowest), name in product(which, LOWEST.items(), ("constant", "line")):
        note(f"{problem.name}, {optimizer.__name__}, {name}: the largest peak")
        peaks = tuple(lowest * 2.0 ** (k / 2) for k in range(13))
        shorter = replace(problem, optimizer=optimizer, peaks=peaks, updates=problem.updates // 2)
        runs = (SCHEDULES[name], *(WarmupLR(SCHEDULES[name], 0.0, t_warmup) for t_warmup in (0.05, 0.25)))
        highest = (f"{highest_peak(shorter, run, seeds):.3f}" for run in runs)
        rows.append([f"{problem.name}, {optimizer.__name__}, {name}", *highest])
    return table(["", "no warm-up", "warm-up, 5 % of the run", "warm-up, 25 %"], rows)


def report(versions: object = None, quick: bool = False, draw: bool = False) -> str:
    """Return the tables: which schedule trains best, with each at its own best peak; it takes a few minutes."""
    if find_spec("sklearn") is None:
        return "## Training\n\nNot measured: scikit-learn is not installed."
    seeds, which = 10, problems()
    if quick:
        seeds, which = 3, [replace(one, updates=one.updates // 4, peaks=one.peaks[1::2]) for one in which]
    results = {problem.name: outcomes(problem, SCHEDULES, seeds) for problem in which}
    libraries = ", ".join(f"{name} {metadata.version(name)}" for name in ("NumPy", "scikit-learn"))
    rough = "\n\nThis is a quick run, with a quarter of these updates." if quick else ""
    how = HOW.format(seeds=seeds, peaks=len(which[0].peaks)) + rough

    def each(words: str, part: Callable[[Problem, Found], str]) -> str:
        return "\n\n".join([words, *(f"{one.name}:\n\n{part(one, results[one.name])}" for one in which)])

    tests = {problem: {name: one.test for name, one in found.items()} for problem, found in results.items()}
    short = [[name, *(spread(test[name]) for test in tests.values())] for name in FEW]
    changes = [[change, *(spread(test[b] - test[a]) for test in tests.values())] for change, a, b in CHANGES]
    parts = {
        "Which schedule trains best": f"{SHORT}\n\n{table(['schedule', *results], short)}",
        "One change at a time": f"{CHANGE}\n\n{table(['the change', *results], changes)}",
        "How much the peak matters": each("The loss on the validation data.", peak_table),
        "Shorter runs": each(BUDGET, partial(budget_table, seeds)),
        "The largest peak that still trains": f"{HIGHEST}\n\n{warmup_table([which[0], which[-1]], min(seeds, 5))}",
    }
    parts |= {f"All schedules: {name}": main_table(found) for name, found in results.items()}
    if draw:
        from .family import save  # needs Matplotlib

        save("training", 7.2, 4.8, partial(draw_runs, problem=which[1], found=results[which[1].name]))
        save("training-table", 7.2, 4.2, partial(draw_dots, results=results))
    print("", " " * 79, "", sep="\r", end="", file=sys.stderr)
    return section(f"## Training\n\nWith cosine_lr {__version__}, {libraries}.\n\n{how}", parts)


def draw_runs(figure: Any, problem: Problem, found: Found) -> None:
    """Draw five schedules, each at its best peak: the rates above, the losses on the validation data below."""
    above, below = figure.subplots(2, sharex=True, height_ratios=(2, 3))
    for name, label, color in DRAWN:
        note(f"the picture: {name}")
        rates = rates_of(SCHEDULES[name], [found[name].peak], problem.updates)
        losses: dict[int, float] = {}
        weights = train(problem, rates, len(found[name].test), losses)
        losses[problem.updates] = measure(weights, problem.data["valid"])[0].mean()
        above.plot(rates[0], color=color)
        below.plot(list(losses), list(losses.values()), color=color, label=f"{label}, peak {found[name].peak:g}")
    above.set(title=f"{problem.name}: each schedule at its best peak", ylabel="learning rate", ylim=(0.0, None))
    below.set(xlabel="update", ylabel="loss on the validation data", yscale="log", ylim=(None, 0.5))
    below.set_yticks([0.1, 0.2, 0.3, 0.5], ["0.1", "0.2", "0.3", "0.5"])
    below.set_yticks([], minor=True)
    below.legend(frameon=False, loc="upper right")


def draw_dots(figure: Any, results: dict[str, Found]) -> None:
    """Draw the test losses of all schedules, with a standard error to each side."""
    for ax, (problem, found) in zip(figure.subplots(1, len(results), sharey=True), results.items()):
        losses = np.array([one.test for one in found.values()])
        error = losses.std(1, ddof=1) / losses.shape[1] ** 0.5
        ax.axvline(losses[0].mean(), color=DRAWN[0][2], linewidth=0.8, linestyle=":")
        ax.errorbar(losses.mean(1), list(found), xerr=error, fmt="o", markersize=3, color=DRAWN[1][2])
        ax.set(title=problem, xlabel="test loss")
        ax.grid(axis="y", linewidth=0.3, alpha=0.5)
        ax.locator_params(axis="x", nbins=4)
    figure.axes[0].invert_yaxis()


def main(argv: Sequence[str] | None = None) -> None:
    from .__main__ import machine  # which imports this module

    parser = argparse.ArgumentParser(prog="python -m benchmarks.training", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="three seeds and a quarter of the updates: half a minute")
    parser.add_argument("--draw", action="store_true", help="also draw the pictures; needs Matplotlib")
    options = parser.parse_args(argv)
    print(f"`python -m benchmarks.training{' --quick' * options.quick}` on {machine()}.\n")
    print(report(quick=options.quick, draw=options.draw))


if __name__ == "__main__":
    main()

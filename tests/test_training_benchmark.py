"""The experiment trains as it says. No test looks at which schedule is best."""

import dataclasses
import re
from typing import Any

import numpy as np
import pytest

import cosine_lr
from benchmarks import training
from benchmarks.training import SCHEDULES, Adam, Array, Momentum, Outcome, Problem
from cosine_lr import CosineLR

TITLES = ["Training", "Which schedule trains best", "One change at a time", "How much the peak matters", "Shorter runs"]
TITLES += ["The largest peak that still trains", "All schedules: tiny", "All schedules: other"]
LETTERS = training.text()
TINY = Problem(
    "tiny",
    {name: (before[:400], labels[:400]) for name, (before, labels) in LETTERS.items()},
    *((6 * 27, 8, 8, 27), Adam, (0.01, 0.1), 128, 8),
)


def test_every_class_of_the_package_trains_and_the_constant_is_first() -> None:
    used = set(re.findall(r"\w+LR\b", repr(SCHEDULES)))
    assert used == {name for name in cosine_lr.__all__ if name.endswith("LR")}
    assert next(iter(SCHEDULES)) == "constant"


@pytest.mark.parametrize("name", SCHEDULES)
def test_each_schedule_has_the_peak_1(name: str) -> None:
    rates = training.rates_of(SCHEDULES[name], [1.0, 0.25], 2001)  # with updates at all milestones
    assert rates.min() >= 0.0 and 0.99 < rates[0].max() <= 1.0  # a product has no update at both of its peaks
    assert (rates[1] == rates[0] / 4).all()
    assert rates[0, -1] == np.float32(SCHEDULES[name](1.0))  # the last update is at the end of the run


def test_the_letters_before_a_letter_and_parts_that_share_no_example() -> None:
    before, labels = LETTERS["train"]
    assert (before[1:990, -1] == labels[:989]).all()
    assert training.encoded(before[:5]).shape == (5, 162) and (training.encoded(before[::100]).sum(-1) == 6.0).all()
    sizes = {name: len(labels) for name, (_, labels) in LETTERS.items()}
    assert sizes["valid"] % 1000 == 0 < sizes["test"] < sizes["train"] / 7
    assert not np.array_equal(LETTERS["valid"][1][:1000], LETTERS["test"][1][:1000])


def test_the_gradients_are_the_slopes_of_the_loss() -> None:
    def loss() -> float:
        logs = training.log_softmax(training.forward(weights, x)[-1])
        return float(-logs[0, 0, np.arange(labels.size), labels[0]].mean())

    random = np.random.default_rng(0)
    weights = [weight.astype(np.float64) + 0.1 for weight in training.initial((3, 5, 4), peaks=1, seeds=1)]
    x, labels = random.normal(size=(1, 6, 3)), random.integers(4, size=(1, 6))
    for weight, gradient in zip(weights, training.gradients(weights, x, labels), strict=True):
        for where in np.ndindex(weight.shape):
            value, losses = weight[where], []
            for step in (-1e-6, 1e-6):
                weight[where] = value + step
                losses.append(loss())
            weight[where] = value
            assert gradient[where] == pytest.approx((losses[1] - losses[0]) / 2e-6, abs=1e-8)  # differences lose half


def test_the_optimizers() -> None:
    """Adam against the algorithm of arXiv 1412.6980, as it is printed there."""
    weights = np.array([1.0]), np.array([1.0])
    optimizers: list[Any] = [Momentum(weights[:1]), Adam(weights[1:])]
    speed, mean, square, expected = 0.0, 0.0, 0.0, [1.0, 1.0]
    for t, (rate, slope) in enumerate(((0.5, 1.0), (0.25, -2.0), (0.1, 3.0)), 1):
        for optimizer, weight in zip(optimizers, weights):
            optimizer.update([weight], [np.array([slope])], np.array([rate]))
        speed, mean, square = 0.9 * speed + slope, 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
        expected[0] -= rate * speed
        expected[1] -= rate * mean / (1 - 0.9**t) / ((square / (1 - 0.999**t)) ** 0.5 + 1e-8)
        assert [weight[0] for weight in weights] == pytest.approx(expected)


@pytest.mark.parametrize("optimizer", [Momentum, Adam])
@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_a_network_trains_together_with_others_as_it_does_alone(optimizer: type[Momentum], noise: float) -> None:
    """So runs are paired by their seed: the weights at the start and the batches are the same."""
    problem = dataclasses.replace(TINY, optimizer=optimizer, noise=noise)
    rates = training.rates_of(CosineLR(1.0, 0.0, 1.0), problem.peaks, problem.updates)
    together = training.train(problem, rates, seeds=3)
    alone = training.train(problem, rates[1:], seeds=2)
    assert all((one[1, :2] == other[0]).all() for one, other in zip(together, alone, strict=True))
    assert not (together[0][0, 0] == together[0][0, 1]).any()


def test_a_run_that_diverges_has_an_infinite_loss() -> None:
    problem = dataclasses.replace(TINY, optimizer=Momentum, peaks=(1e30, 0.1))
    found = training.outcome(problem, "constant", seeds=2)
    assert (found.peak, found.valid[0]) == (0.1, np.inf)


def test_the_peak_is_chosen_on_validation_data_and_test_data_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[tuple[str, int]] = []
    measure = training.measure

    def noted(weights: list[Array], examples: training.Examples) -> tuple[Array, Array]:
        (name,) = [name for name, each in TINY.data.items() if each is examples]
        looked.append((name, len(weights[0])))
        return measure(weights, examples)

    monkeypatch.setattr(training, "measure", noted)
    found = training.outcome(TINY, "line", seeds=3)
    assert looked == [("valid", 2), ("train", 1), ("test", 1)]
    assert found.peak == TINY.peaks[int(found.valid.argmin())]
    rates = training.rates_of(SCHEDULES["line"], [found.peak], TINY.updates)
    assert (found.test == measure(training.train(TINY, rates, 3), TINY.data["test"])[0][0]).all()  # the same every time


def test_the_main_table() -> None:
    tests = {"constant": np.array([1.0, 2.0, 3.0]), "line": np.array([0.5, 1.5, 2.8])}
    found = {name: Outcome(np.zeros(2), 0.1, test / 2, test, test / 100) for name, test in tests.items()}
    lines = training.main_table(found).splitlines()
    header, _, constant, line = ([cell.strip() for cell in row.split("|")[1:-1]] for row in lines)
    assert header[3:5] == ["test loss", "minus the constant's"] and header[-2:] == ["gap", "rank"]
    assert constant[1:] == ["0.1", "1.000 ± 0.289", "2.000 ± 0.577", "0.000 ± 0.000", "2.00 ± 0.58", "1.000", "2"]
    assert line[3:5] == ["1.600 ± 0.666", "-0.400 ± 0.100"] and line[-1] == "1"


def test_the_largest_peak_that_still_trains() -> None:
    problem = dataclasses.replace(TINY, optimizer=Momentum, updates=200, peaks=(0.0, 0.1, 0.2, 1e3))
    assert training.highest_peak(problem, SCHEDULES["constant"], seeds=2) in (0.1, 0.2)
    nothing = dataclasses.replace(problem, peaks=(0.0,))
    assert training.highest_peak(nothing, SCHEDULES["constant"], seeds=2) == 0.0


def test_the_page(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    needed = dict.fromkeys([*training.FEW, *(name for change in training.CHANGES for name in change[1:])])
    monkeypatch.setattr(training, "problems", lambda: [TINY, dataclasses.replace(TINY, name="other", noise=0.1)])
    monkeypatch.setattr(training, "LOWEST", {Momentum: 0.01})
    monkeypatch.setattr(training, "SCHEDULES", {name: SCHEDULES[name] for name in needed})
    monkeypatch.setattr(training, "find_spec", lambda name: name)
    monkeypatch.setattr("benchmarks.training.metadata.version", lambda name: "1.0")
    training.main(["--quick"])
    page, progress = capsys.readouterr()
    assert "\rtiny, 32 updates: 1 of" in progress
    assert re.findall(r"(?m)^###? (.+)$", page) == TITLES
    assert page.count("| constant ") == 1 + 2 + 2 + 2 and "nan" not in page
    monkeypatch.setattr(training, "find_spec", lambda name: None)
    assert training.report() == "## Training\n\nNot measured: scikit-learn is not installed."

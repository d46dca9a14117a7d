"""The recipes that need no framework: counting, positions, runs that are changed on the way, other numbers, columns."""

import re
from dataclasses import replace
from itertools import accumulate, repeat
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib import pyplot

import cosine_lr
from cosine_lr import ConstantLR, CosineLR, CosineRestartsLR, InversePowerLR, LRIterator, SequenceLR, WarmupLR
from cosine_lr.plot import plot
from recipes import SCHEDULE, Killed, changed, inline, recipe, run, section


def noted(code: str, **names: Any) -> tuple[list[float], dict[str, Any]]:
    """Return the rates that the loop of a recipe trains with, and its names."""
    rates: list[float] = []
    return rates, run(re.sub(r"(?m)^    lr = .*$", r"\g<0>; rates.append(lr)", code), rates=rates, **names)


@pytest.mark.parametrize("n", [20, 1000])
def test_fractions_of_the_run(n: int) -> None:
    """Every boundary falls on the same step as in steps; divided by n - 1, the last step has the floor."""
    code, warm = recipe("Fractions of the run"), n // 20
    rates, _ = noted(code, n=n)
    assert rates == pytest.approx(WarmupLR(CosineLR(0.1, 0.001, t_max=n - warm), 0.01, warm).values(n), rel=1e-12)
    assert rates[warm] == 0.1 > rates[warm + 1] and rates[-1] > 0.001
    assert noted(changed(code, ("k / n)", "k / (n - 1))")), n=n)[0][-1] == 0.001
    restarts = eval(inline("Fractions of the run", "CosineRestartsLR"))
    stairs = eval(inline("Fractions of the run", "StepLR"), vars(cosine_lr))
    assert (restarts(1.0), replace(restarts, n_cycles=None)(1.0)) == (0.001, 0.1)
    assert {stairs(k / n) for k in range(n)} == {0.1, 0.05, 0.025, 0.0125} and stairs(1.0) == 0.00625


def late(k: int, quotient: float, n: int) -> bool:
    """Return whether the boundary at step k comes late if the epochs of a run of n steps are such quotients."""
    return SequenceLR([(k / n, ConstantLR(1.0))], ConstantLR(0.0))(quotient) == 1.0


def test_do_not_divide_float32_and_do_not_add_up() -> None:
    right, wrong = inline("Fractions of the run", "int(step)"), inline("Fractions of the run", "torch.tensor")
    names = [{"torch": torch, "n": 100, "k": k, "step": torch.tensor(k)} for k in range(1, 100)]
    assert not any(late(each["k"], eval(right, each), 100) for each in names)
    assert sum(late(each["k"], eval(wrong, each), 100) for each in names) == 50
    added = accumulate(repeat(1e-5, 10**5 - 1))
    assert any(late(k, each, 10**5) for k, each in enumerate(added, 1))


def test_a_batch_size_ramp() -> None:
    """The boundaries of the batch size and of the warm-up fall between updates, and the last update has the floor."""
    updates: list[tuple[float, int]] = []
    names = run(recipe("A batch-size ramp"), train=lambda *update: updates.append(update))
    seen = np.cumsum([0] + [size for _, size in updates]).tolist()
    assert seen[-1] == names["seen"] == 992_000
    assert [size for _, size in updates] == [32] * 1000 + [64] * 1000 + [128] * 7000
    assert [lr for lr, _ in updates] == [names["schedule"](each) for each in seen[:-1]]
    assert updates[1000][0] == 0.1 and updates[-2][0] > updates[-1][0] == 0.001


def test_the_position() -> None:
    """A run in two parts, twice. Do not build it once for several runs."""
    used: list[float] = []
    code = recipe("The position")
    assert run(code + code, train_epoch=used.append)["state"] == {"e": 100}
    assert used == 2 * CosineLR(0.1, 0.001, t_max=99).values(100)
    inside = ("    rates = LRIterator(schedule, e)\n", "")
    code = changed(code, inside, ("def train", inline("The position", "rates = ") + "\n\ndef train"))
    run(code + "used.clear(); train(schedule, 100)", train_epoch=used.append, used=used)
    assert set(used) == {0.001}


def test_the_position_is_one_ahead_during_an_epoch() -> None:
    """Do not zip the rates first: they are one ahead after the last epoch too."""
    rates, epochs = LRIterator(SCHEDULE), 50
    assert [rates.e for _ in zip(range(epochs), rates)] == [*range(1, epochs + 1)] and rates.e == epochs
    list(eval(inline("The position", "zip("), {"rates": rates, "epochs": epochs}))
    assert rates.e == 2 * epochs + 1


def test_an_own_counter_in_finally() -> None:
    """The epoch that was cut short is trained again, and none is left out."""
    used: list[float] = []

    def train_epoch(lr: float) -> None:
        if len(used) == 7:
            raise Killed
        used.append(lr)

    names: dict[str, Any] = {"train_epoch": train_epoch}
    with pytest.raises(Killed):
        exec(recipe("The position", 1), names)
    assert names["checkpoint"] == {"done": 7}
    go_on = changed(recipe("The position", 1), ("done = 0", "done = 7"))
    assert run(go_on, train_epoch=used.append)["checkpoint"] == {"done": 100}
    assert used == names["schedule"].values(100) and used[-1] == 0.001


@pytest.mark.parametrize("k", [3, 50])
def test_extend_a_run(k: int) -> None:
    """`branch` begins at the rate of epoch k, `longer` is the curve of 120 epochs; both end at the floor."""
    rates, names = noted(changed(recipe("Extend a run"), ("k = 50", f"k = {k}")))
    branch, longer = names["branch"], names["longer"]
    assert names["running"] == SCHEDULE and branch.values(k + 1) == SCHEDULE.values(k + 1)
    assert rates == CosineLR(SCHEDULE(k), 0.001, t_max=119 - k).values(120 - k)
    assert branch(118) > 0.001 == branch(119) == branch(140)
    assert longer.values(5) == SCHEDULE.values(5) and longer(118) > 0.001 == longer(119)
    assert longer(50) > SCHEDULE(50)  # the step up


def test_rewarm_a_finished_run() -> None:
    rates, names = noted(recipe("Rewarm a finished run"))
    again, longer = names["again"], names["longer"]
    assert again.values(101) == SCHEDULE.values(101) and rates[0] == 0.001
    assert rates[:6] == pytest.approx(np.linspace(0.001, longer(105), 6), rel=1e-14)
    assert rates[5:] == longer.values(200)[105:] and rates[-2] > rates[-1] == 0.001
    lower = eval(inline("Rewarm a finished run", "WarmupLR(CosineLR(0.05"), names)
    assert (lower(0), lower(5), lower(99)) == (0.001, 0.05, 0.001)
    for text in (inline("Keras: a rate per step", "SequenceLR("), inline("Optax: resume", "SequenceLR(")):
        anew = eval(text, names | {"done": 100, "schedule": SCHEDULE, "new": lower})
        assert anew.values(200) == SCHEDULE.values(100) + lower.values(100) and lower(100) == 0.001  # new alone is over


@pytest.mark.parametrize("k", [3, 50])
def test_cool_down(k: int) -> None:
    """A branch that starts at k, in the warm-up or later. The last of its 20 steps has a rate of 0."""
    code = changed(recipe("Cool down"), ("k, n = 50, 20", f"k, n = {k}, 20"))
    rates, names = noted(code)
    running = names["running"]
    assert names["cooling"].values(k) == running.values(k) and rates[0] == running(k)
    assert rates == pytest.approx([running(k) * (1 - (i / 19) ** 0.5) for i in range(20)], rel=1e-14)
    assert rates[-2] > rates[-1] == 0.0
    trains, _ = noted(changed(code, (" - 1,", ",")))
    assert trains[-1] == pytest.approx(running(k) * (1 - 0.95**0.5), rel=1e-13)


def test_restarts_that_train_the_minimum() -> None:
    rates, names = noted(recipe("Restarts that train the minimum"))
    assert rates == 10 * CosineLR(0.1, 0.001, t_max=9).values(10)
    assert rates[::10] == [0.1] * 10 and rates[9::10] == [0.001] * 10
    trap = eval(inline("Restarts that train the minimum", "CosineRestartsLR"))
    assert isinstance(trap, CosineRestartsLR) and min(trap.values(100)) == min(trap.values(10)) == trap(9)
    ends = inline("Restarts that train the minimum", "epoch %")
    for each in (names["schedule"], trap):
        assert [e for e in range(100) if each(e + 1) == 0.1] == [e for e in range(100) if eval(ends, {"epoch": e})]
        assert replace(each, n_cycles=10).values(200)[100:] == [0.001] * 100
    assert f"Epoch 9 has {trap(9):.4f}." in section("Restarts that train the minimum")


POINTS = [(0, 0.01), (5, 0.1), (50, 0.1), (50, 0.05), (99, 0.0)]
OTHERS = [[(3.5, 0.2), (7.25, 0.2), (11, 0.3)], [(0, 0.1), (0.25, 0.2), (1, 0)], [(4, 0.1)]]


@pytest.mark.parametrize("points", [POINTS, *OTHERS])
def test_a_list_of_points(points: list[tuple[float, float]]) -> None:
    names = run(recipe("A list of points"))
    assert names["schedule"] == names["through"](POINTS)
    schedule, times = names["through"](points), [t for t, _ in points]
    epochs = [e for e in np.linspace(0, 1.2 * times[-1], 211).tolist() if e not in times]
    wanted = np.interp(epochs, times, [lr for _, lr in points])
    assert schedule(np.array(epochs)) == pytest.approx(wanted, rel=1e-12, abs=1e-17)
    assert [schedule(t) for t in times] == [dict(points)[t] for t in times]  # at a step, the second point


def test_a_warmup_around_a_warmup() -> None:
    schedule = run(recipe("A warm-up around a warm-up"))["schedule"]
    assert [schedule(e) for e in (0, 15_000, 30_000, 60_000)] == [0.0, 5e-5, 1e-4, 2e-3]
    assert schedule.values(60_002)[-1] == InversePowerLR(2e-3, t_scale=60_000)(1)


def test_other_numbers() -> None:
    """The first and the last numbers, which stay; the KL weight rises four times, each time to a plateau."""
    names = run(recipe("Other numbers"))
    n = names["n"]
    wanted = {"epsilon": (1.0, 0.05), "temperature": (5.0, 0.5), "kl_weight": (0.0, 1.0), "beta": (0.4, 1.0)}
    wanted |= {"ema": (0.996, 1.0), "weight_decay": (0.04, 0.4), "momentum": (0.95, 0.95)}
    for name, (first, last) in wanted.items():
        assert [names[name](e) for e in (0, n, 2 * n)] == [first, last, last], name
    cycle = names["kl_weight"].values(2500)
    assert cycle[625] == 0.5 and cycle[1250:] == [1.0] * 1250 and names["kl_weight"].values(n) == 4 * cycle
    assert names["momentum"](3 * n // 10) == min(names["momentum"].values(n)) == 0.85
    negative = inline("Other numbers", "schedule(step) - 1")
    assert [eval(negative, {"schedule": CosineLR(2.0, 0.0, t_max=10), "step": e}) for e in (0, 10)] == [1.0, -1.0]
    ax = eval(inline("Other numbers", "plot(epsilon, epochs=n, y"), names | {"plot": plot})
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("step", "epsilon")


@pytest.mark.parametrize("layout", ["None", '"constrained"'])
def test_a_grid_of_plots_does_not_overlap(layout: str) -> None:
    names = run(recipe("Other numbers"), plt=pyplot, plot=plot)
    exec(changed(inline("Other numbers", "figure, axes ="), ('"constrained"', layout)), names)
    for place in ("0, 0", "1, 0"):
        ax = eval(changed(inline("Other numbers", "plot(epsilon, epochs=n, a"), ("0, 0", place)), names)
    names["figure"].draw_without_rendering()
    assert ax.get_tightbbox().overlaps(names["axes"][0, 0].get_tightbbox()) == (layout == "None")


TABLE = dict(re.findall(r"(?m)^\| (linear|exponential|cosine) \|(.+)$", section("Other numbers")))


@pytest.mark.parametrize("kind", TABLE)
@pytest.mark.parametrize("column, a, b", [(0, 0.8, 0.2), (1, 0.2, 0.8)])
def test_from_a_to_b(kind: str, column: int, a: float, b: float) -> None:
    n = 40
    x = np.arange(n + 1) / n
    wanted = {"linear": a + (b - a) * x, "exponential": a * (b / a) ** x}
    wanted["cosine"] = a + (b - a) * (1 - np.cos(np.pi * x)) / 2
    schedule = eval(re.findall("`(.+?)`", TABLE[kind])[column], vars(cosine_lr) | {"a": a, "b": b, "n": n})
    assert schedule.values(n + 1) == pytest.approx(wanted[kind], rel=1e-14)
    assert (schedule(0), schedule(n), schedule(2 * n)) == (a, b, b)
    again = eval(inline("Other numbers", "RestartLR"), vars(cosine_lr) | {"schedule": schedule, "n": n})
    assert again.values(3 * n) == pytest.approx(3 * schedule.values(n), rel=1e-15)


def test_curves(folder: Path) -> None:
    """The file gives back the same floats."""
    names = run(recipe("NumPy and pandas"))
    expected = {"epoch": [*range(100)]} | {name: names[name].values(100) for name in ("cosine", "line")}
    assert names["curves"].to_dict("list") == expected
    assert pd.read_csv("curves.csv", float_precision="round_trip").to_dict("list") == expected
    assert names["rates"].tolist() == pytest.approx(expected["cosine"], rel=1e-15)


def test_a_column_of_epochs() -> None:
    """Do not write a bare schedule: it fills the column with itself."""
    log = pd.DataFrame({"epoch": [3, 0, 120]}, index=[7, 8, 9])
    schedule = run(recipe("NumPy and pandas", 1), log=log)["schedule"]
    assert log["learning_rate"].to_list() == pytest.approx([schedule(e) for e in (3, 0, 120)], rel=1e-15)
    run(inline("NumPy and pandas", 'log["learning_rate"] ='), log=log, schedule=schedule)
    assert log["learning_rate"].to_list() == [schedule] * 3

"""The curves: what was drawn (line data, labels), not pixels."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import matplotlib
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure

from cosine_lr import ConstantLR, CosineLR, CosineRestartsLR, StepLR, WarmupLR
from cosine_lr.plot import plot

ROOT = Path(__file__).parent.parent
matplotlib.use("Agg")


def drawn(*schedules: object, epochs: int, **options: object) -> list[tuple[list[float], list[float]]]:
    ax = plot(*schedules, epochs=epochs, ax=Figure().add_subplot(), **options)  # type: ignore[arg-type]
    return [(list(map(float, line.get_xdata())), list(map(float, line.get_ydata()))) for line in ax.lines]  # type: ignore[arg-type]


def test_every_epoch_of_a_short_run_is_drawn() -> None:
    schedules = [CosineLR(0.1, 0.001, 10), StepLR(0.1, 3, 0.5)]
    assert drawn(*schedules, epochs=11) == [(list(range(11)), schedule.values(11)) for schedule in schedules]
    assert drawn(ConstantLR(0.1), epochs=1) == [([0], [0.1])]
    assert drawn(schedules[0], epochs=4000)[0] == (list(range(4000)), schedules[0].values(4000))


@pytest.mark.parametrize("n", [5000, 10**6])
def test_no_restart_of_a_long_run_falls_between_two_points(n: int) -> None:
    ((x, y),) = drawn(CosineRestartsLR(0.1, 0.001, 1000), epochs=n)
    assert len(x) <= 4000 and x == sorted(x)
    assert x[0] == 0 and x[-1] == n - 1
    assert y == [CosineRestartsLR(0.1, 0.001, 1000)(e) for e in x]
    bins = [[rate for e, rate in zip(x, y) if begin <= e < begin + 1000] for begin in range(0, n, 1000)]
    assert all(max(rates) == 0.1 and min(rates) < 0.0011 for rates in bins)


def test_one_odd_epoch_and_a_short_warm_up_show_in_a_long_run() -> None:
    ((x, y),) = drawn(lambda e: 0.3 if e == 777_777 else 0.1, epochs=10**6)
    assert (777_777, 0.3) in zip(x, y)
    ((x, y),) = drawn(WarmupLR(CosineLR(0.1, 0.0, 10**6), 0.001, 100), epochs=10**6)
    assert (x[0], y[0]) == (0, 0.001) and max(y) == 0.1


def test_a_run_too_long_to_compute_is_sampled_from_end_to_end() -> None:
    ((x, y),) = drawn(CosineLR(0.1, 0.001, 10**9), epochs=10**9)
    assert (x[0], y[0], x[-1]) == (0, 0.1, 10**9 - 1)
    assert len(x) <= 4000 and max(b - a for a, b in zip(x, x[1:])) <= 2 * 10**6


def test_labels_and_scales() -> None:
    long = WarmupLR(CosineLR(0.1, 0.001, t_max=95), lr_start=0.01, t_warmup=5, shape="exponential")
    ax = plot(CosineLR(0.1, 0.001, 10), long, epochs=11, ax=Figure().add_subplot(), unit="step")
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_yscale()) == ("step", "learning rate", "linear")
    legend = ax.get_legend()
    assert legend is not None
    first, second = (text.get_text() for text in legend.get_texts())
    assert first == "CosineLR(0.1, 0.001, t_max=10)"
    assert second.startswith("WarmupLR(CosineLR(0.1, 0.001, t_max=95), lr_start=0.01") and len(second) == 64
    assert ax.get_ylim()[0] == 0.0
    log = plot(CosineLR(0.1, 0.001, 10), epochs=11, ax=Figure().add_subplot(), log=True)
    assert log.get_yscale() == "log"


def test_a_new_figure_is_made_where_none_is_given_and_no_window_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyplot, "show", lambda: pytest.fail("a window"))
    first, second = plot(ConstantLR(0.1), epochs=3), plot(ConstantLR(0.1), epochs=3)
    assert first.figure is not second.figure
    pyplot.close("all")


@pytest.mark.parametrize("epochs", [0, -1, 2.5, math.nan])
def test_bad_epochs(epochs: int) -> None:
    with pytest.raises(ValueError, match="^epochs must be"):
        plot(ConstantLR(0.1), epochs=epochs, ax=Figure().add_subplot())


def run(*words: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    start = (
        "import runpy, sys; sys.path.insert(0, '.'); runpy.run_module('cosine_lr', run_name='__main__', alter_sys=True)"
    )
    command = [sys.executable, *options, "-c", start, *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


@pytest.mark.parametrize(("suffix", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_the_command_line_draws_in_the_format_of_the_suffix(suffix: str, start: bytes, tmp_path: Path) -> None:
    file = tmp_path / f"curve.{suffix}"
    done = run("CosineLR(0.1, 0.001, t_max=10)", "StepLR(0.1, step_size=3, gamma=0.5)", "--plot", str(file), "--log")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert file.read_bytes().startswith(start)


def test_bad_pictures_are_one_line_and_exit_2(tmp_path: Path) -> None:
    for name, message in (("curve.xyz", "xyz"), ("missing/curve.svg", "No such file")):
        done = run("ConstantLR(0.1)", "--plot", str(tmp_path / name))
        assert done.returncode == 2
        assert done.stderr.startswith("cosine-lr: argument --plot: ") and message in done.stderr
        assert done.stderr.count("\n") == 1


def test_without_matplotlib_one_line_says_what_to_install(tmp_path: Path) -> None:
    done = run("ConstantLR(0.1)", "--plot", str(tmp_path / "curve.svg"), options=("-I", "-S"))
    assert done.returncode == 2
    assert done.stderr == "cosine-lr: --plot needs Matplotlib: pip install 'cosine-lr[plot]'\n"
    assert run("ConstantLR(0.1)", options=("-I", "-S")).returncode == 0

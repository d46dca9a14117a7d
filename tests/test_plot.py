"""The curves: what was drawn (line data, labels), not pixels."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import matplotlib
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure

from cosine_lr import ConstantLR, CosineLR, CosineRestartsLR, MultiStepLR, PolynomialLR, StepLR, WarmupLR
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


@pytest.mark.parametrize("period", [10, 11, 333, 1000, 1009, 9973, 10_000, 10_001, 40_000])
def test_cycles_show_their_height_all_along_a_run_too_long_to_compute(period: int) -> None:
    n = 10**7
    schedule = CosineRestartsLR(0.1, 0.001, period)
    ((x, y),) = drawn(schedule, epochs=n)
    assert len(x) <= 4000 and x == sorted(x) and (x[0], x[-1]) == (0, n - 1)
    assert y == [schedule(e) for e in x]
    width = max(period, n // 1000)  # what is drawn as one stretch, or a whole cycle
    seen: dict[float, list[float]] = {}
    for e, rate in zip(x, y):
        seen.setdefault(e // width, []).append(rate)
    assert len(seen) == math.ceil(n / width)
    whole = [rates for stretch, rates in seen.items() if (stretch + 1) * width <= n]
    lowest = min(schedule.values(period))
    assert all(max(rates) > 0.0998 and min(rates) < lowest + 0.0002 for rates in whole)
    if period < 100:
        assert all(max(rates) == 0.1 and min(rates) == lowest for rates in whole)


def test_a_picture_is_the_same_every_time() -> None:
    assert drawn(CosineRestartsLR(0.1, 0.001, 10), epochs=10**7) == drawn(CosineRestartsLR(0.1, 0.001, 10), epochs=10**7)


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
    assert second.split() == repr(long).split() and max(map(len, second.splitlines())) <= 72
    assert ax.get_ylim()[0] == 0.0
    log = plot(CosineLR(0.1, 0.001, 10), epochs=11, ax=Figure().add_subplot(), log=True)
    assert log.get_yscale() == "log"


def labels(*schedules: object, ax: Any = None) -> list[str]:
    legend = plot(*schedules, epochs=5, ax=ax or Figure().add_subplot()).get_legend()  # type: ignore[arg-type]
    assert legend is not None
    return [text.get_text() for text in legend.get_texts()]


class _Private:
    def __call__(self, e: float) -> float:
        return 0.1

    def __repr__(self) -> str:
        return "_Private()"


def test_a_label_is_the_whole_notation_and_only_a_very_long_one_is_cut() -> None:
    long = MultiStepLR(0.1, [*range(100, 190)], gamma=0.9)
    (label,) = labels(long)
    assert label.split() == repr(long).split() and max(map(len, label.splitlines())) <= 72
    (label,) = labels(MultiStepLR(0.1, [*range(3000)], gamma=0.9))
    assert len(label.splitlines()) == 8 and label.endswith(" ...")


def test_every_schedule_has_a_label_and_nothing_warns() -> None:
    """A warning is an error in these tests."""
    assert [label.strip() for label in labels(_Private(), ConstantLR(0.1))] == ["_Private()", "ConstantLR(0.1)"]
    ax = Figure().add_subplot()
    assert plot(epochs=10, ax=ax).get_legend() is None
    assert labels(ConstantLR(0.1), ax=ax) + ["_Private()"] == [each.strip() for each in labels(_Private(), ax=ax)]


def rendered(*schedules: object, **options: Any) -> Any:
    """The Axes, once everything on it has been laid out as in a picture."""
    ax: Any = plot(*schedules, **options)  # type: ignore[arg-type]
    ax.figure.draw_without_rendering()
    pyplot.close(ax.figure)
    return ax


def test_zeros_are_drawn_on_a_linear_scale_where_a_logarithmic_one_cannot_be() -> None:
    ax = rendered(ConstantLR(0.0), epochs=10, log=True)
    assert ax.get_yscale() == "linear" and ax.get_ylim()[0] == 0.0
    ax = rendered(ConstantLR(0.0), CosineLR(0.1, 0.0, 9), epochs=10, log=True)
    assert ax.get_yscale() == "log"


def test_a_second_plot_on_the_same_axes_is_not_cut_off() -> None:
    ax = Figure().add_subplot()
    for rate in (0.1, 1.0, 0.2):
        plot(ConstantLR(rate), epochs=10, ax=ax)
    bottom, top = ax.get_ylim()
    assert bottom == 0.0 and 1.0 < top < 1.2


@pytest.mark.parametrize("how_many", [1, 5, 40])
def test_a_new_figure_has_room_for_its_legend(how_many: int) -> None:
    ax = rendered(*[PolynomialLR(0.1, 0.0, 50, power=1 + i) for i in range(how_many)], epochs=51)
    assert ax.get_position().height * ax.figure.get_figheight() > 3.0
    assert ax.get_legend().get_window_extent().y1 <= ax.figure.bbox.y1


@pytest.mark.parametrize("digits", [15, 16, 23, 300])
def test_a_run_of_any_length_is_drawn(digits: int) -> None:
    ax = rendered(CosineLR(0.1, 0.001, 10**digits), epochs=10**digits + 1)
    assert max(len(tick.get_text()) for tick in ax.get_xticklabels()) <= 20


def test_a_new_figure_is_made_where_none_is_given_and_no_window_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyplot, "show", lambda: pytest.fail("a window"))
    first, second = plot(ConstantLR(0.1), epochs=3), plot(ConstantLR(0.1), epochs=3)
    assert first.figure is not second.figure
    pyplot.close("all")


@pytest.mark.parametrize("epochs", [0, -1, 2.5, math.nan])
def test_bad_epochs(epochs: int) -> None:
    with pytest.raises(ValueError, match="^epochs must be"):
        plot(ConstantLR(0.1), epochs=epochs)
    assert pyplot.get_fignums() == []  # no empty figure is left behind


def test_without_matplotlib_plot_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.ticker", None)
    with pytest.raises(ImportError, match="^a plot needs Matplotlib: pip install matplotlib "):
        plot(ConstantLR(0.1), epochs=3)


def run(
    *words: str, options: tuple[str, ...] = (), redirected: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    start = (
        "import runpy, sys; sys.path.insert(0, '.'); runpy.run_module('cosine_lr', run_name='__main__', alter_sys=True)"
    )
    command = ["/bin/sh", "-c", f'exec "$@" {redirected}', "sh", sys.executable, *options, "-c", start, *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=os.environ | environment)


@pytest.mark.parametrize(
    ("suffix", "start"),
    [
        ("svg", b"<?xml"),
        ("png", b"\x89PNG"),
        ("pdf", b"%PDF"),
        ("jpg", b"\xff\xd8"),
        ("jpeg", b"\xff\xd8"),
        ("tif", b"II"),
        ("tiff", b"II"),
        ("webp", b"RIFF"),
        ("PNG", b"\x89PNG"),
    ],
)
def test_the_command_line_draws_in_the_format_of_the_suffix(suffix: str, start: bytes, tmp_path: Path) -> None:
    file = tmp_path / f"curve.{suffix}"
    done = run("CosineLR(0.1, 0.001, t_max=10)", "StepLR(0.1, step_size=3, gamma=0.5)", "--plot", str(file), "--log")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert file.read_bytes().startswith(start)


@pytest.mark.parametrize("name", ["", ".", "lr", "lr.", ".svg", "curve.xyz", "curve.pgf", "folder", "folder/"])
def test_a_name_that_is_no_picture_is_one_line_and_exit_2(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    done = run("ConstantLR(0.1)", "--plot", f"{tmp_path}/{name}" if name else "")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("cosine-lr: argument --plot: must end in .svg, .png, .pdf, ")
    assert done.stderr.count("\n") == 1
    assert [each.name for each in tmp_path.iterdir()] == ["folder"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing/curve.svg", "No such file or directory"),
        ("folder.svg", "Is a directory"),
        ("folder.svg/", "Is a directory"),
        ("x" * 300 + ".svg", "File name too long"),
        *[(f"full.{suffix}", "No space left on device") for suffix in ("svg", "png", "pdf", "jpg", "tif", "webp")],
    ],
)
def test_a_picture_that_cannot_be_written_is_one_line_and_exit_1(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "folder.svg").mkdir()
    if name.startswith("full"):
        (tmp_path / name).symlink_to("/dev/full")
    done = run("ConstantLR(0.1)", "--plot", f"{tmp_path}/{name}")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("cosine-lr: argument --plot: ") and message in done.stderr
    assert done.stderr.count("\n") == 1
    assert list((tmp_path / "folder.svg").iterdir()) == []


def test_matplotlibs_own_settings_that_fail_are_one_line_and_the_old_picture_stays(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_text("text.usetex: True", encoding="utf-8")
    (tmp_path / "curve.svg").write_text("old", encoding="utf-8")
    words = "ConstantLR(0.1)", "--plot", str(tmp_path / "curve.svg")
    for done, message in (
        (run(*words, MATPLOTLIBRC=str(tmp_path), PATH=""), "latex could not be found"),
        (run(*words, MPLBACKEND="nonsense"), "'nonsense' is not a valid value for backend"),
    ):
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("cosine-lr: argument --plot: ") and message in done.stderr
        assert done.stderr.count("\n") == 1
    assert (tmp_path / "curve.svg").read_text(encoding="utf-8") == "old"


def test_a_picture_needs_no_standard_output(tmp_path: Path) -> None:
    done = run("ConstantLR(0.1)", "--plot", str(tmp_path / "curve.png"), redirected=">&-")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")


def test_without_matplotlib_one_line_says_what_to_install(tmp_path: Path) -> None:
    done = run("ConstantLR(0.1)", "--plot", str(tmp_path / "curve.svg"), options=("-I", "-S"))
    assert done.returncode == 1
    assert done.stderr == (
        "cosine-lr: a plot needs Matplotlib: pip install matplotlib (No module named 'matplotlib')\n"
    )
    assert run("ConstantLR(0.1)", options=("-I", "-S")).returncode == 0


def test_axes_that_are_logarithmic_already_stay_so() -> None:
    ax = Figure().add_subplot()
    ax.set_yscale("log")
    assert plot(CosineLR(0.1, 0.001, 10), epochs=11, ax=ax).get_yscale() == "log"

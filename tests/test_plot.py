"""The curves: what was drawn (line data, labels, places), not pixels."""

import math
import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure

from cosine_lr import (
    ConstantLR, CosineLR, CosineRestartsLR, ExponentialLR, MultiStepLR, PolynomialLR, RestartLR, StaircaseLR, StepLR,
    WarmupLR, plot as curves,
)  # fmt: skip
from cosine_lr.plot import legend, plot

COSINE, STEPS = CosineLR(0.1, 0.001, 10), StepLR(0.1, 3, 0.5)
LONG = WarmupLR(CosineLR(0.1, 0.001, t_max=95), lr_start=0.01, t_warmup=5, curve="exponential")
matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def no_figure_stays_open() -> Iterator[None]:
    yield
    pyplot.close("all")


@pytest.fixture
def ten_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of 10,000 epochs is then drawn as one of 1,000,000 is."""
    assert (curves._PARTS, curves._PER_PART) == (1000, 1000)
    monkeypatch.setattr(curves, "_PARTS", 10)


def new_axes() -> Any:
    return Figure(layout="constrained").add_subplot()


def drawn(*schedules: Any, ax: Any = None, **options: Any) -> Any:
    """Return the Axes once all of it has been laid out as in a picture. A warning is an error in these tests."""
    ax = plot(*schedules, ax=ax or new_axes(), **options)
    ax.figure.draw_without_rendering()
    return ax


def points(*schedules: Any, epochs: float) -> list[list[tuple[float, float]]]:
    ax: Any = plot(*schedules, epochs=epochs, ax=new_axes())
    return [[(float(e), float(rate)) for e, rate in line.get_xydata()] for line in ax.lines]


def labels(ax: Any) -> list[str]:
    (shown,) = [each for each in (ax.get_legend(), *ax.figure.legends) if each]
    return [text.get_text() for text in shown.get_texts()]


def test_every_epoch_of_a_short_run_is_drawn() -> None:
    for schedule, n in [(COSINE, 11), (ConstantLR(0.1), 1), (CosineLR(0.1, 0.0, 3999), 4000), (LONG, 120)]:
        assert points(schedule, epochs=n) == [list(enumerate(schedule.values(n)))]


@pytest.mark.usefixtures("ten_parts")
def test_one_odd_epoch_and_a_short_warm_up_show_in_a_long_run() -> None:
    (line,) = points(lambda e: 0.3 if e == 7_777 else 0.1, epochs=10**4)
    assert (7_777, 0.3) in line
    (line,) = points(WarmupLR(CosineLR(0.1, 0.0, 10**4), 0.001, 100), epochs=10**4)
    assert line[0] == (0.0, 0.001) and (100, 0.1) in line
    (line,) = points(lambda e: 0.3 if e % 10 == 5 else 0.1, epochs=10**5)  # where evenly spaced epochs do not fall
    assert {e // 10**4 for e, rate in line if rate == 0.3} == {*range(10)}


@pytest.mark.usefixtures("ten_parts")
@pytest.mark.parametrize(("period", "n"), [(100, 500), (10, 10**5), (1009, 10**5)])
def test_cycles_show_their_height_all_along_a_long_run(period: int, n: int) -> None:
    schedule = CosineRestartsLR(0.1, 0.001, period)
    (line,) = points(schedule, epochs=n)
    assert len(line) <= 120 and line[0] == (0.0, 0.1) and line[-1] == (float(n - 1), schedule(n - 1))
    width = max(period, n // 10)  # what is drawn as one part, or a whole cycle
    seen: dict[int, list[float]] = {}
    for e, rate in line:
        seen.setdefault(int(e) // width, []).append(rate)
    assert len(seen) == math.ceil(n / width)
    lowest = min(schedule.values(period))
    assert all(max(rates) > 0.0998 and min(rates) < lowest + 0.0002 for rates in [*seen.values()][: n // width])


@pytest.mark.usefixtures("ten_parts")
@pytest.mark.parametrize("digits", [9, 15, 99])
def test_a_run_of_any_length_is_drawn_from_end_to_end_and_the_same_every_time(digits: int) -> None:
    n = 10**digits
    (line,) = points(CosineLR(0.1, 0.001, n), epochs=n)
    assert line[0] == (0.0, 0.1) and line[-1][0] == float(n - 1)
    assert max(b[0] - a[0] for a, b in pairwise(line)) <= n / 9
    ax = drawn(CosineLR(0.1, 0.001, n), epochs=n)
    assert [tuple(point) for point in ax.lines[0].get_xydata()] == line
    assert max(len(tick.get_text()) for tick in ax.get_xticklabels()) <= 20


def jumps_of(line: list[tuple[float, float]]) -> list[Any]:
    return [(e, low, high) for (e, low), (same, high) in pairwise(line) if e == same]


@pytest.mark.parametrize("end", [1.0, 0.3, 90.5, 1e9])
def test_a_float_draws_the_curve_from_0_to_it(end: float) -> None:
    smooth, stairs = points(CosineLR(0.1, 0.001, end), StepLR(0.1, end / 2, 0.5), epochs=end)
    assert (smooth[0], smooth[-1]) == ((0.0, 0.1), (end, 0.001))
    assert all(rate == CosineLR(0.1, 0.001, end)(e) for e, rate in smooth)
    assert max(b[0] - a[0] for a, b in pairwise(smooth)) <= end / 999
    assert [e / end for e, _, _ in jumps_of(stairs)] == [pytest.approx(0.5, rel=2e-9)]


def test_a_jump_at_the_end_of_a_run_in_fractions_is_not_drawn_and_one_before_it_is() -> None:
    (line,) = points(CosineRestartsLR(0.1, 0.001, t_max=0.25), epochs=1.0)
    assert line[-1] == pytest.approx((1.0, 0.001)) and [rate for _, rate in line].count(0.1) == 4
    (line,) = points(MultiStepLR(0.1, [1 - 2**-18], 0.5), epochs=1.0)
    assert line[-1] == (1.0, 0.05)


def test_a_logarithmic_line_goes_no_lower_than_the_epochs() -> None:
    ax: Any = drawn(CosineRestartsLR(0.1, 0.0, t_max=20), epochs=100, log=True)
    assert min(ax.lines[0].get_ydata()) == CosineLR(0.1, 0.0, t_max=20)(19)
    ax = drawn(CosineRestartsLR(0.1, 0.001, t_max=20), epochs=100, log=True)
    assert min(ax.lines[0].get_ydata()) == pytest.approx(0.001, rel=1e-6)  # a floor is drawn, as without `log`


def test_ticks_are_whole_where_epochs_are() -> None:
    whole, parts = ([tick.get_text() for tick in drawn(COSINE, epochs=n).get_xticklabels()] for n in (3, 1.0))
    assert whole == ["\u22121", "0", "1", "2", "3"] and {"0.2", "0.8"} < {*parts}


@pytest.mark.parametrize(
    ("schedule", "n", "jumps"),
    [
        (STEPS, 8, [(3, 0.1, 0.05), (6, 0.05, 0.025)]),
        (MultiStepLR(0.1, [2, 2.5], 0.5), 4, [(2, 0.1, 0.05), (2.5, 0.05, 0.025)]),
        (MultiStepLR(0.1, [2.3], 0.5), 4, [(2.3, 0.1, 0.05)]),
        (StaircaseLR(PolynomialLR(1.0, 0.0, 4), 2.5), 6, [(2.5, 1.0, 0.375), (5, 0.375, 0.0)]),
        (CosineRestartsLR(0.1, 0.001, 10), 25, [(10, 0.001, 0.1), (20, 0.001, 0.1)]),
        (RestartLR(PolynomialLR(0.5, 0.1, 20.5), 20.5, gamma=0.5), 30, [(20.5, 0.1, 0.3)]),
        (lambda e: [0.3, 0.2, 0.1][int(e)], 3, [(1, 0.3, 0.2), (2, 0.2, 0.1)]),
        *((smooth, 30, []) for smooth in (COSINE, LONG, PolynomialLR(1, 0, 10, power=0.3), ExponentialLR(0.1, 0.01))),
        *((WarmupLR(then, 0.0, t), 20, []) for then, t in ((ConstantLR(0.1), 1), (PolynomialLR(0.1, 0.0, 5.5), 5.5))),
        *((whole.__getitem__, 3, []) for whole in ([0.3, 0.2, 0.1], {0: 0.3, 1: 0.2, 2: 0.1})),
    ],
)
def test_the_line_is_vertical_where_the_curve_jumps_and_nowhere_else(
    schedule: Any, n: int, jumps: list[tuple[float, float, float]]
) -> None:
    (line,) = points(schedule, epochs=n)
    near = {e: n * 1e-9 if e % 0.5 == 0 else 1e-6 for e, _, _ in jumps}  # halving finds some of them exactly
    assert jumps_of(line) == [(pytest.approx(e, abs=near[e]), pytest.approx(a, 1e-3), b) for e, a, b in jumps]
    assert {(e, schedule(e)) for e in range(n)} <= {*line}
    assert len(line) <= n + 2 * len(jumps)


@pytest.mark.usefixtures("ten_parts")
@pytest.mark.parametrize(("step_size", "n"), [(6_000, 20_000), (6_001, 10_000)])
def test_the_line_of_a_long_run_is_vertical_where_the_curve_jumps(step_size: int, n: int) -> None:
    (line,) = points(StepLR(0.1, step_size, 0.5), epochs=n)
    jumps = [(k * step_size, 0.1 / 2 ** (k - 1), 0.1 / 2**k) for k in range(1, 1 + n // step_size)]
    assert jumps_of(line) == [(pytest.approx(e, abs=n * 1e-7), a, b) for e, a, b in jumps]


def test_dots_are_on_the_epochs_of_a_short_run_not_on_corners() -> None:
    (line,) = drawn(STEPS, epochs=50).lines
    assert line.get_marker() == "." and [float(line.get_xdata()[i]) for i in line.get_markevery()] == [*range(50)]
    assert all(float(line.get_ydata()[i]) == STEPS(e) for e, i in enumerate(line.get_markevery()))
    assert drawn(STEPS, epochs=51).lines[0].get_marker() in ("", "None")


def test_words_and_scales() -> None:
    words = [["epoch", "learning rate", "linear"], ["step", "epsilon", "log"]]
    plain = drawn(COSINE, LONG, epochs=11)
    named = drawn(COSINE, LONG, epochs=11, unit="step", ylabel="epsilon", labels=iter(["one", "two"]), log=True)
    assert [[ax.get_xlabel(), ax.get_ylabel(), ax.get_yscale()] for ax in (plain, named)] == words
    assert labels(named) == ["one", "two"]
    assert plot(epochs=10).get_legend() is plot(COSINE, epochs=10, labels=[""]).get_legend() is None


class _Private(ConstantLR):
    """Matplotlib does not show a label that begins so."""


def test_no_character_of_a_label_is_mathematics_or_hides_it() -> None:
    given = ["_a_b^2", "$5 or $6", r"\alpha {"]
    ax = drawn(_Private(0.1), COSINE, STEPS, epochs=5, labels=given, unit="$", ylabel="$y$")
    assert [each.strip() for each in labels(ax)] == ["_a_b^2", r"\$5 or \$6", r"\alpha {"]  # `\$` is drawn as `$`
    assert (ax.get_xlabel(), ax.get_ylabel()) == (r"\$", r"\$y\$")
    assert [each.strip() for each in labels(drawn(_Private(0.1), epochs=5))] == ["_Private(0.1)"]


def test_a_label_is_the_whole_notation_and_only_a_very_long_one_is_cut() -> None:
    long = MultiStepLR(0.1, [*range(100, 190)], gamma=0.9)
    (label,) = labels(plot(long, epochs=5))
    assert label.split() == repr(long).split() and max(map(len, label.splitlines())) <= 72
    (label,) = labels(plot(MultiStepLR(0.1, [*range(3000)], gamma=0.9), epochs=5))
    assert len(label.splitlines()) == 8 and label.endswith(" ...")


def powers(n: int) -> list[PolynomialLR]:
    return [PolynomialLR(0.1, 0.0, 50, power=1 + i) for i in range(n)]


def inside(small: Any, big: Any) -> bool:
    return bool(small.x0 >= big.x0 and small.x1 <= big.x1 and small.y0 >= big.y0 and small.y1 <= big.y1)


@pytest.mark.parametrize(("rows", "columns", "n"), [(1, 1, 30), (1, 5, 2), (4, 1, 3)])
@pytest.mark.parametrize("layout", ["constrained", None])
def test_on_given_axes_the_legend_is_inside(rows: int, columns: int, n: int, layout: Any) -> None:
    figure = Figure(figsize=(10.0, 6.0), layout=layout)
    grid = figure.subplots(rows, columns, squeeze=False)
    corners = {grid[0, 0], grid[-1, -1]}
    for ax in corners:
        ax.set_title("a title")
        plot(LONG, *powers(n - 1), epochs=51, ax=ax)
    figure.draw_without_rendering()
    assert all(inside(ax.get_legend().get_window_extent(), ax.get_window_extent()) for ax in corners)
    assert figure.legends == []
    words = {"...", *" ".join(map(repr, (LONG, *powers(n - 1)))).split()}
    shown = (text.get_text() for ax in corners for text in ax.get_legend().get_texts())
    assert words.issuperset(" ".join(shown).split())


@pytest.mark.parametrize("n", [1, 5, 40])
def test_a_new_figure_has_its_legend_above_the_title_and_room_for_it(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyplot, "show", lambda: pytest.fail("a window"))
    plot(COSINE, epochs=3)  # in another figure
    ax: Any = plot(*powers(n), epochs=51)
    ax.set_title("a title")
    ax.figure.draw_without_rendering()
    place = ax.figure.legends[0].get_window_extent()
    assert ax.get_position().height * ax.figure.get_figheight() > 3.0
    assert ax.title.get_window_extent().y1 <= place.y0 and place.y1 <= ax.figure.bbox.y1
    assert len(labels(ax)) == n


def test_there_is_one_legend_with_all_curves_of_twin_axes_in_different_colors() -> None:
    ax = drawn(COSINE, STEPS, epochs=11, labels=["one", "two"])
    twin = drawn(PolynomialLR(1.0, 0.0, 10), epochs=11, ax=ax.twinx(), ylabel="epsilon", labels=["three"], unit="step")
    assert ax.get_legend() is None and labels(twin) == ["one", "two", "three"]
    assert len({line.get_color() for line in [*ax.lines, *twin.lines]}) == 3
    assert inside(twin.get_legend().get_window_extent(), twin.get_window_extent())
    assert (ax.get_ylabel(), twin.get_ylabel()) == ("learning rate", "epsilon")
    assert (ax.get_xlabel(), twin.xaxis.get_visible()) == ("step", False)
    drawn(LONG, epochs=11, ax=ax, labels=["four"])
    assert ax.get_legend() is None and labels(twin) == ["one", "two", "four", "three"]
    assert labels(drawn(COSINE, epochs=11, ax=ax.inset_axes((0.1, 0.1, 0.8, 0.8)), labels=["inset"])) == ["inset"]


def test_a_second_plot_on_the_same_axes_has_one_legend_and_is_not_cut_off() -> None:
    ax: Any = plot(ConstantLR(0.1), epochs=10, labels=["one"])
    for rate, label in (1.0, "two"), (0.2, "three"):
        plot(ConstantLR(rate), epochs=10, ax=ax, labels=[label])
    assert labels(ax) == ["one", "two", "three"]
    bottom, top = ax.get_ylim()
    assert bottom == 0.0 and 1.0 < top < 1.2
    legend(ax, above=True)
    assert ax.get_legend() is None and labels(ax) == ["one", "two", "three"]


@pytest.mark.parametrize("log", [False, True])
def test_negative_data_stays_visible_and_zeros_are_drawn(log: bool) -> None:
    ax = new_axes()
    ax.scatter([1, 2], [-0.5, 0.3])
    drawn(COSINE, epochs=10, ax=ax, log=log)
    assert ax.get_yscale() == "linear" and ax.get_ylim()[0] < -0.5
    assert drawn(lambda e: -1.0, epochs=10, log=log).get_ylim()[0] < -1.0
    zeros = drawn(ConstantLR(0.0), epochs=10, log=log)
    assert zeros.get_yscale() == "linear" and zeros.get_ylim()[0] == 0.0
    drawn(lambda e: np.float32(0.1), epochs=3)  # without a warning


def test_what_the_axes_are_set_to_stays() -> None:
    ax = new_axes()
    ax.set_ylim(-1.0, 2.0)
    assert drawn(COSINE, epochs=10, ax=ax).get_ylim() == (-1.0, 2.0)
    ax = new_axes()
    ax.set_yscale("log")
    ax.set_prop_cycle(color=["red", "green"])
    assert drawn(COSINE, STEPS, epochs=11, ax=ax).get_yscale() == "log"
    assert [line.get_color() for line in ax.lines] == ["red", "green"]


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("rates", [[0.1, 5e-324], [1e100, 1e-100], [1e-310, 0.0], [1e100, 5e-324, 0.0]])
def test_rates_of_any_size_up_to_1e100_are_drawn(rates: list[float], log: bool) -> None:
    ax = drawn(*map(ConstantLR, rates), ExponentialLR(rates[0], 1e-3), epochs=400, log=log)
    assert ax.get_yscale() == ("log" if log and rates[0] >= 1e-100 else "linear")


LABELS = "labels must be a list of one string for each of 2 schedules, got "
LARGE = r"must be at most 1e\+100 in a plot, got "


@pytest.mark.parametrize(
    ("schedules", "options", "message"),
    [
        *(([ConstantLR(rate)], {"epochs": 3}, rf"schedule\(e\) {LARGE}") for rate in (1.1e100, 1.7e308)),
        ([COSINE], {"epochs": 10**300}, f"epochs {LARGE}"),
        ([lambda e: math.nan], {"epochs": 3}, r"schedule\(e\) must be finite, got nan"),
        *(([COSINE], {"epochs": n}, "epochs must be") for n in (0, -1, -2.5, 0.0, math.nan, math.inf)),
        *(([COSINE, STEPS], {"epochs": 5, "labels": bad}, LABELS) for bad in (["a"], [*"abc"], "ab", ["a", None])),
        *(([COSINE, bad], {"epochs": 5}, r"schedules\[1\] must be callable") for bad in ([STEPS], str(COSINE), 0.1)),
    ],
)
def test_what_is_refused(schedules: list[Any], options: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError if "callable" in message else ValueError, match=f"^{message}"):
        plot(*schedules, **options)
    assert pyplot.get_fignums() == []  # no empty figure is left behind


def test_without_matplotlib_plot_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.ticker", None)
    with pytest.raises(ImportError, match="^a plot needs Matplotlib: pip install matplotlib "):
        plot(ConstantLR(0.1), epochs=3)

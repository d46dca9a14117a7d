# SPDX-License-Identifier: MIT
"""Curves of schedules, drawn with Matplotlib, which is imported only when a curve is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, chain, pairwise
from math import ceil
from random import Random
from textwrap import fill
from typing import TYPE_CHECKING, Any

from .checks import function, number, refuse, time, whole_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    Point = tuple[float, float]  # epoch / step, rate

NEEDED = "a plot needs Matplotlib: pip install matplotlib"
_PARTS = 1_000  # of a long run, each drawn by its first, lowest, highest and last rate
_PER_PART = 1_000  # epochs of one part whose rates are computed
_FRACTION_STEPS = 2**17  # of a run in fractions
_MAX_DRAWN = 1e100  # the largest number drawn; Matplotlib's own arithmetic overflows not far beyond
_FONT = 8.0  # points
_LEGEND_ID = "cosine_lr: above the Axes"  # of a legend that `plot` made


def plot(
    *schedules: Callable[[float], float],
    epochs: float,
    labels: Sequence[str] | None = None,
    ax: Axes | None = None,
    log: bool = False,
    unit: str = "epoch",
    ylabel: str = "learning rate",
) -> Axes:
    """Draw the rates of epochs 0 to `epochs - 1`, one line per schedule, and return the Axes.

    A schedule is any callable from the epoch to the rate. Where it jumps, the line is vertical. If `epochs` is a float,
    the curve from 0 to `epochs` is drawn: `epochs=1.0` for schedules in fractions of the run. `log` draws the
    rates on a logarithmic scale, unless all are 0 or `ax` has negative data. Rates below 1e-100 are drawn as 0.

    The legend has `labels`, one string per schedule, or else the notation. `unit` is the word for what is counted,
    `ylabel` for what the schedules return. In all of these a dollar sign is a dollar sign. Without `ax` a new figure is
    made, with the legend above the Axes; it is not shown or saved. With `ax` the legend is inside, where notation that
    is too long for it is cut; twins share one. Raises ImportError without Matplotlib: pip install matplotlib.

    Up to 4,000 epochs are all drawn. A longer run is cut into 1,000 parts, each drawn by its first, lowest, highest and
    last rate. Beyond 1,000,000 epochs these are the rates of 1,000 epochs of each part, picked at random and the same
    every time: evenly spaced ones could all fall on one place of a cycle. One odd epoch among so many may be missed.

    >>> from cosine_lr import CosineLR, StepLR
    >>> ax = plot(CosineLR(0.1, 0.001, t_max=90), StepLR(0.1, step_size=30, gamma=0.1), epochs=91)
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('epoch', 'learning rate')
    """
    try:
        from matplotlib.ticker import MaxNLocator
    except ImportError as error:
        raise ImportError(f"{NEEDED} ({error})") from error
    schedules = tuple(function(f"schedules[{i}]", each) for i, each in enumerate(schedules))
    (n, step), names = _run(epochs), _names(schedules, labels)
    curves = [_curve(schedule, n, step, log) for schedule in schedules]
    if above := ax is None:
        from matplotlib import pyplot

        ax = pyplot.figure(layout="constrained").add_subplot()
    elif not hasattr(ax, "get_legend_handles_labels"):
        refuse("ax", "one Axes", ax, TypeError)
    twins = _same_place(ax)
    first = sum(len(each.lines) for each in twins)
    for i, (name, (line, dots)) in enumerate(zip(names, curves), first):
        x, y = zip(*((e * step, rate) for e, rate in line))
        color = f"C{i}" if len(twins) > 1 else None  # each of twins would begin with the same one
        ax.plot(x, y, label=name, color=color, linewidth=1.5, marker="." if n <= 50 else "", markevery=dots)
    ax.set_ylabel(_text(ylabel))
    next((each for each in twins if each.xaxis.get_visible()), ax).set_xlabel(_text(unit))  # twinx() hides one of two
    ax.margins(x=0.02)
    ax.xaxis.set_major_locator(MaxNLocator(integer=step == 1, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter("{x:,.15g}")
    ax.grid(alpha=0.25)
    _scale(ax, log)
    legend(ax, above)
    return ax


def _run(epochs: float) -> tuple[int, float]:
    """Return how many points a run has, and how far they are apart: in a run given as a float, a part of it."""
    run = _drawable("epochs", epochs)
    if type(run) is int:
        return whole_number("epochs", run, 1), 1
    return _FRACTION_STEPS + 1, time("epochs", run) / _FRACTION_STEPS


def _names(schedules: Sequence[object], labels: Sequence[str] | None) -> list[str]:
    names = list(map(repr, schedules) if labels is None else labels)
    if isinstance(labels, str) or len(names) != len(schedules) or not all(isinstance(each, str) for each in names):
        refuse("labels", f"a list of one string for each of {len(schedules)} schedules", labels)
    return [f" {_text(name)}" if name.startswith("_") else _text(name) for name in names]  # Matplotlib hides "_..."


def _text(words: str) -> str:
    return words.replace("$", r"\$")  # between two dollar signs Matplotlib expects mathematics


def _drawable(name: str, value: float) -> float:
    value = number(name, value)
    if abs(value) > _MAX_DRAWN:
        refuse(name, f"at most {_MAX_DRAWN} in a plot", value)
    return 0.0 if 0.0 < abs(value) < 1 / _MAX_DRAWN else value


def _curve(schedule: Callable[[float], float], n: int, step: float, log: bool) -> tuple[list[Point], list[int]]:
    """Return the points of a line with the corners of its jumps, and the indices of the points that are no corners.

    A jump at the very end of a run in fractions is not drawn. On a logarithmic scale a corner that is almost 0, as of a
    cosine to 0 just before it restarts, is as low as the lowest epoch.
    """

    def rate(e: float) -> float:
        return _drawable("schedule(e)", schedule(e * step))

    points = _points(rate, n)
    try:
        corners = [_corners(rate, a, b) for a, b in pairwise(points)]
    except (LookupError, TypeError, ValueError):  # it takes whole epochs only, as a table does
        corners = [[] for _ in points[1:]]
    least = min((rate for _, rate in points if rate > 0.0), default=0.0) if log else 0.0
    corners = [[(e, rate if rate > least / 1000 else least) for e, rate in each] for each in corners]
    pieces = [[point, *each] for point, each in zip(points, [*corners, []])]
    if step != 1 and len(pieces[-2]) == 2:
        pieces[-1] = [pieces[-2].pop()]
    return list(chain(*pieces)), list(accumulate(map(len, pieces[:-1]), initial=0))


def _points(rate: Callable[[float], float], n: int) -> list[Point]:
    if n <= 4 * _PARTS:
        return [(e, rate(e)) for e in range(n)]
    random = Random(0)
    points: list[Point] = []
    for i in range(_PARTS):
        first, last = i * n // _PARTS, (i + 1) * n // _PARTS - 1
        length = last - first
        places = range(length) if length < _PER_PART else (int(random.random() * length) for _ in range(_PER_PART))
        rates = {e: rate(e) for e in (first, *(first + place for place in places), last)}
        kept = {first, min(rates, key=rates.__getitem__), max(rates, key=rates.__getitem__), last}
        points += [(e, rates[e]) for e in sorted(kept)]
    return points


def _corners(rate: Callable[[float], float], a: Point, b: Point) -> list[Point]:
    """Return the corners of a jump between a and b, if it shows: over half of the change in a millionth of the time."""
    end, least = b[0], max(abs(b[1] - a[1]) / 2, abs(b[1]) / 1000)
    for _ in range(20):
        e = (a[0] + b[0]) / 2
        middle = e, rate(e)
        a, b = (a, middle) if abs(middle[1] - a[1]) > abs(b[1] - middle[1]) else (middle, b)
        if abs(b[1] - a[1]) <= least:
            return []
    return [(b[0], a[1]), b] if b[0] < end else [(end, a[1])]


def _scale(ax: Axes, log: bool) -> None:
    lowest, highest = ax.dataLim.intervaly  # of all that is drawn there
    if log and lowest >= 0.0 < highest:
        ax.set_yscale("log")
    elif lowest >= 0.0 and ax.get_yscale() == "linear" and ax.get_autoscaley_on():
        ax.set_ylim(bottom=0.0, auto=None)


def _same_place(ax: Axes) -> list[Axes]:
    """Return this Axes and its twins, the uppermost last."""

    def place(ax: Axes) -> object:
        return ax.get_subplotspec() or ax.bbox.bounds

    return [each for each in ax.figure.axes if place(each) == place(ax)] or [ax]  # an inset is not among them


def legend(ax: Axes, above: bool) -> None:
    """Put one legend of this Axes and its twins above them and their titles, or inside, in a font that fits."""
    figure: Any = ax.figure
    axes = _same_place(ax)
    above_old = [each for each in figure.legends if each.get_gid() == _LEGEND_ID]
    for old in filter(None, [*above_old, *(each.get_legend() for each in axes)]):
        old.remove()
    entries = [entry for each in axes for entry in zip(*each.get_legend_handles_labels())]
    if not entries:
        return
    shrunk = 0.8 if figure.get_layout_engine() else 0.95  # by the layout, later
    width, height = ax.bbox.size / figure.dpi * 72 / _FONT * shrunk  # in units of the font's size
    word = max(map(len, " ".join(text for _, text in entries).split(" ")))  # it is not cut: the font is smaller instead
    inside = max(int((width - 5) / 0.7), min(word, 40)), max(int(height / 2.4 / len(entries)), 1)
    columns, rows = (72, 8) if above else inside
    labels = [fill(text, columns, max_lines=rows, placeholder=" ...", break_on_hyphens=False) for _, text in entries]
    lines, handles = len("\n".join(labels).splitlines()), [handle for handle, _ in entries]
    if above:
        n = columns // (max(map(len, labels)) + 6) or 1
        box = figure.legend(handles, labels, loc="outside upper left", frameon=False, fontsize=_FONT, ncols=n)
        box.set_gid(_LEGEND_ID)
        figure.set_figheight(figure.get_figheight() + 0.17 * ceil(lines / n))
    else:
        font = _FONT * min(1.0, height / (1.3 * lines + 0.5 * len(entries) + 2), width / (5 + 0.7 * columns))
        axes[-1].legend(handles, labels, loc="best", fontsize=font)

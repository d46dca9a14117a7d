# SPDX-License-Identifier: MIT
"""Curves of schedules, drawn with Matplotlib, which is imported only when a curve is drawn."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from textwrap import fill
from typing import TYPE_CHECKING

from .checks import whole_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEEDED = "a plot needs Matplotlib: pip install matplotlib"
_PARTS = 1_000  # of a long run, each drawn by its first, lowest, highest and last rate
_MOST = 1_000  # epochs of one part whose rates are computed


def plot(
    *schedules: Callable[[float], float], epochs: int, ax: Axes | None = None, log: bool = False, unit: str = "epoch"
) -> Axes:
    """Draw the rates of epochs 0 to `epochs - 1`, one line per schedule, and return the Axes.

    A schedule is any callable from the epoch to the rate; the legend has its notation. Without `ax` a new figure is
    made; none is shown or saved. `log` draws the rates on a logarithmic scale, if any is above 0; `unit` is the word
    for what is counted. Raises ImportError without Matplotlib: pip install matplotlib.

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
    n = whole_number("epochs", epochs, 1)
    curves = [_points(schedule, n) for schedule in schedules]
    labels = [_label(schedule) for schedule in schedules]
    if ax is None:
        from matplotlib import pyplot
        figure, ax = pyplot.subplots(layout="constrained")
        figure.set_figheight(figure.get_figheight() + 0.17 * len("\n".join(labels).splitlines()))  # for the legend
    for points, label in zip(curves, labels):
        ax.plot(*zip(*points), label=label, marker="." if n <= 50 else "", linewidth=1.5)
    ax.set_xlabel(unit)
    ax.set_ylabel("learning rate")
    ax.margins(x=0.02)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter("{x:,.15g}")
    if log and any(rate > 0.0 for points in curves for _, rate in points):
        ax.set_yscale("log")
    elif ax.get_yscale() == "linear":
        ax.set_ylim(bottom=0.0, auto=None)
    ax.grid(alpha=0.25)
    if schedules:  # above, not over, the curves
        ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), frameon=False, fontsize="small")
    return ax


def _points(schedule: Callable[[float], float], n: int) -> list[tuple[int, float]]:
    if n <= 4 * _PARTS:
        return [(e, schedule(e)) for e in range(n)]
    random, points = Random(0), []
    for i in range(_PARTS):
        first, last = i * n // _PARTS, (i + 1) * n // _PARTS - 1
        seen = range(first, last + 1) if last - first < _MOST else (random.randint(first, last) for _ in range(_MOST))
        rates = {e: schedule(e) for e in (first, *seen, last)}
        kept = {first, min(rates, key=rates.__getitem__), max(rates, key=rates.__getitem__), last}
        points += [(e, rates[e]) for e in sorted(kept)]
    return points


def _label(schedule: Callable[[float], float]) -> str:
    text = fill(repr(schedule), width=72, max_lines=8, placeholder=" ...", break_on_hyphens=False)
    return f" {text}" if text.startswith("_") else text  # Matplotlib hides a label that begins with an underscore

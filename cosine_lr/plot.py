# SPDX-FileCopyrightText: The cosine_lr authors
# SPDX-License-Identifier: MIT
"""Curves of schedules, drawn with Matplotlib, which is imported only when a curve is drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .functions import whole_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST = 1_000_000  # epochs that are computed; of a longer run, as many evenly spaced ones
_BINS = 1_000  # stretches of a long run, each drawn by its first, lowest, highest and last rate


def plot(
    *schedules: Callable[[float], float],
    epochs: int,
    ax: Axes | None = None,
    log: bool = False,
    unit: str = "epoch",
) -> Axes:
    """Draw the rates of epochs 0 to `epochs - 1`, one line per schedule, and return the Axes.

    A schedule is any callable from the epoch to the rate; the legend has its notation. Without `ax` a new figure is
    made; none is shown or saved. `log` draws the rates on a logarithmic scale; `unit` is the word for what is counted.
    A long run isn't thinned out to evenly spaced points: each stretch of it shows its lowest and highest rate, so no
    restart falls between two points. Raises ImportError without Matplotlib: pip install 'cosine-lr[plot]'.

    >>> from cosine_lr import CosineLR, StepLR
    >>> ax = plot(CosineLR(0.1, 0.001, t_max=90), StepLR(0.1, step_size=30, gamma=0.1), epochs=91)
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('epoch', 'learning rate')
    """
    from matplotlib.ticker import MaxNLocator

    if ax is None:
        from matplotlib import pyplot

        _, ax = pyplot.subplots(layout="constrained")
    n = whole_number("epochs", epochs, 1)
    for schedule in schedules:
        x, y = _points(schedule, n)
        ax.plot(x, y, label=_short(schedule), marker="." if n <= 50 else "", linewidth=1.5)
    ax.set_xlabel(unit)
    ax.set_ylabel("learning rate")
    ax.margins(x=0.02)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.xaxis.set_major_formatter("{x:,.0f}")
    if log:
        ax.set_yscale("log")
    else:
        ax.set_ylim(bottom=0.0)
    ax.grid(alpha=0.25)
    ax.legend(
        loc="lower left", bbox_to_anchor=(0.0, 1.0), frameon=False, fontsize="small"
    )  # above, not over, the curves
    return ax


def _points(schedule: Callable[[float], float], n: int) -> tuple[list[int], list[float]]:
    epochs = range(n) if n <= _MOST else [i * (n - 1) // (_MOST - 1) for i in range(_MOST)]
    rates = [schedule(e) for e in epochs]
    kept = list(range(len(rates)))
    if len(rates) > 4 * _BINS:
        edges = [i * len(rates) // _BINS for i in range(_BINS + 1)]
        kept = []
        for begin, end in zip(edges, edges[1:]):
            stretch = range(begin, end)
            low, high = min(stretch, key=rates.__getitem__), max(stretch, key=rates.__getitem__)
            kept += sorted({begin, low, high, end - 1})
    return [epochs[i] for i in kept], [rates[i] for i in kept]


def _short(schedule: Callable[[float], float]) -> str:
    text = repr(schedule)
    return text if len(text) <= 64 else text[:61] + "..."

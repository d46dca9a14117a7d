"""Draw the pictures of the README: the family of schedules, one small picture each, and one schedule as `plot` does.

python3 -m benchmarks.family
"""

from collections.abc import Callable
from pathlib import Path
from textwrap import fill
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from cosine_lr import parse
from cosine_lr.plot import plot

FAMILY = [
    "CosineLR(0.1, 0.0, t_max=100)", "WarmupLR(CosineLR(0.1, 0.0, t_max=90), lr_start=0.01, t_warmup=10)",
    "CosineRestartsLR(0.1, 0.0, t_max=14, t_mult=2)", "CosineRestartsLR(0.1, 0.0, t_max=20, gamma=0.7)",
    "PolynomialLR(0.1, 0.0, t_max=100)", "PolynomialLR(0.1, 0.0, t_max=100, power=2.0)",
    "ExponentialLR(0.1, gamma=0.96)", "InversePowerLR(0.1, t_scale=10)",
    "StepLR(0.1, step_size=30, gamma=0.4)", "MultiStepLR(0.1, milestones=(50, 75), gamma=0.3)",
    "SequenceLR([(80, ConstantLR(0.1))], PolynomialLR(0.1, 0.0, t_max=20))",
    "RestartLR(PolynomialLR(0.1, 0.0, t_max=25), t_max=25, gamma=0.7)",
]  # fmt: skip
WARMUP = "WarmupLR(CosineLR(0.1, 0.001, t_max=94), lr_start=0.01, t_warmup=5)"
GREY, BLUE = "#808890", "#3d8bd4"  # both stand out from a white page and from a black one
COLORED = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color", "grid.color")
STYLE: dict[str, Any] = dict.fromkeys(COLORED, GREY) | {"axes.spines.right": False, "axes.spines.top": False}
STYLE |= {"font.size": 7.0, "svg.fonttype": "none", "svg.hashsalt": "family"}  # the same file every time


def family(figure: Figure) -> None:
    for ax, text in zip(figure.subplots(3, 4, sharex=True, sharey=True).flat, FAMILY):
        plot(parse(text), epochs=101, ax=ax).lines[0].set_color(BLUE)
        ax.legend().remove()
        name, _, arguments = text.partition("(")
        ax.set_title(f"{name}\n\n", fontsize=8, fontweight="bold", loc="left")
        ax.text(0.0, 1.2, fill(arguments[:-1], 44), va="top", transform=ax.transAxes, fontsize=5.5, in_layout=False)
        ax.label_outer()


def warmup(figure: Figure) -> None:
    plot(parse(WARMUP), epochs=100, ax=figure.subplots()).lines[0].set_color(BLUE)
    figure.axes[0].legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), frameon=False)


def save(name: str, width: float, height: float, draw: Callable[[Figure], None]) -> None:
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        draw(figure)
        figure.savefig(Path(__file__).with_name(f"{name}.svg"), transparent=True, metadata={"Date": None})


if __name__ == "__main__":
    save("family", 9.6, 5.8, family)
    save("warmup", 6.0, 2.4, warmup)

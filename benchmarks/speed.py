"""How long one rate takes, in nanoseconds and as a ratio to the plain one-liner that validates nothing.

Every row is a loop compiled for itself, because a call site that two rows share would be slower for both. The rows
are timed in turn, A B C A B C, each right after the one-liner: the ratio is to that, and what is shown is its median
and quartiles, which bear a busy machine better than a best time does.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import timeit
from collections.abc import Collection, Iterator
from itertools import count
from math import cos, pi
from pathlib import Path
from typing import Any, NamedTuple

import cosine_lr

from .peers import PEERS, Peer, Unaskable, one_liner, quiet
from .tables import table

ROOT = Path(__file__).parents[1]
N = 1000  # rates in one run of a row
SMALL, LARGE, HUGE = 10, 10**6, 10**15  # where the epochs of a row begin
STARTS = {"e from 10": SMALL, "from 10^6": LARGE, "from 10^15": HUGE}
TEXT = "WarmupLR(CosineLR(0.1, 0.001, t_max=95), lr_start=0.01, t_warmup=5)"
BASE = "for e in epochs: one_liner(e, 0.1, 0.001, 1000)"


class Found(NamedTuple):
    """One row's result: nanoseconds per value, and the ratio to the one-liner, its quartiles."""

    ns: float
    ratio: float
    low: float
    high: float


def empty(e: float, lr_init: float, lr_min: float, t_max: float) -> None:
    """Do nothing: what any function of four arguments costs."""


class Row:
    """A loop over `epochs` that takes one rate for each, or a statement that takes `n` of them."""

    def __init__(self, statement: str, names: dict[str, Any], epochs: range = range(N), n: int = 0) -> None:
        self.names = vars(cosine_lr) | names | {"epochs": epochs[:5]}
        self.timer = timeit.Timer(statement, globals=self.names)
        self.timer.timeit(1)  # the first call may compile
        self.n = n or max(5, min(len(epochs), int(5 * 0.01 / self.timer.timeit(1))))  # the slow ones take fewer
        self.names["epochs"] = epochs[: self.n]

    def seconds(self) -> float:
        return min(self.timer.repeat(4, 1)) / self.n  # the first warms up; others may have had to share the processor


# The rows. A `{t}` in a statement is a horizon that the epochs of the row lie before.


LIMITS = {
    "empty four-argument function": "for e in epochs: empty(e, 0.1, 0.001, 1000)",
    "the bare formula, inline": "for e in epochs: 0.001 + 0.5 * (0.1 - 0.001) * (1 + cos(pi * e / 1000))",
    "next(itertools.count())": "for e in epochs: next(counter)",
    "a list look-up": "for e in epochs: rates[e]",
}
FUNCTIONS = {
    "constant_lr": "constant_lr(e, 0.1)",
    "cosine_lr": "cosine_lr(e, 0.1, 0.001, {t})",
    "cosine_lr, past the end": "cosine_lr(e, 0.1, 0.001, 10)",
    "cosine_restarts_lr": "cosine_restarts_lr(e, 0.1, 0.001, 10)",
    "cosine_restarts_lr, gamma": "cosine_restarts_lr(e, 0.1, 0.001, 10, gamma=0.999)",
    "polynomial_lr": "polynomial_lr(e, 0.1, 0.001, {t})",
    "polynomial_lr, power=2": "polynomial_lr(e, 0.1, 0.001, {t}, power=2)",
    "polynomial_lr, k_decay=0.5": "polynomial_lr(e, 0.1, 0.001, {t}, k_decay=0.5)",
    "exponential_lr": "exponential_lr(e, 0.1, 0.99)",
    "step_lr": "step_lr(e, 0.1, 30, 0.5)",
    "multistep_lr, 3 milestones": "multistep_lr(e, 0.1, (300, 600, 900), 0.1)",
    "inverse_power_lr": "inverse_power_lr(e, 0.1, 100)",
    "warmup_lr, warming up": "warmup_lr(e, inner, 0.01, {t})",
    "warmup_lr, after it": "warmup_lr(e, inner, 0.01, 5)",
    "sequence_lr, 2 pieces": "sequence_lr(e, pieces, inner)",
    "restart_lr": "restart_lr(e, inner, 10)",
}
CLASSES = {
    "ConstantLR": "ConstantLR(0.1)",
    "CosineLR": "CosineLR(0.1, 0.001, {t})",
    "CosineRestartsLR": "CosineRestartsLR(0.1, 0.001, 10)",
    "PolynomialLR": "PolynomialLR(0.1, 0.001, {t})",
    "ExponentialLR": "ExponentialLR(0.1, 0.99)",
    "StepLR": "StepLR(0.1, 30, 0.5)",
    "MultiStepLR, 3 milestones": "MultiStepLR(0.1, (300, 600, 900), 0.1)",
    "InversePowerLR": "InversePowerLR(0.1, 100)",
    "WarmupLR(CosineLR)": "WarmupLR(CosineLR(0.1, 0.001, {t}), 0.01, 5)",
    "SequenceLR, 2 pieces": "SequenceLR([(5, ConstantLR(0.1))], CosineLR(0.1, 0.001, {t}))",
    "RestartLR(CosineLR)": "RestartLR(CosineLR(0.1, 0.001, 10), 10)",
}
LISTS = {
    "[one_liner(e, ...) for e in epochs]": "[one_liner(e, 0.1, 0.001, 1000) for e in epochs]",
    "CosineLR.values(n)": "inner.values(1000)",
    "CosineLR(0.1, 0.001, t_max=10)": "for e in epochs: CosineLR(0.1, 0.001, t_max=10)",
    "parse(notation)": "for e in epochs: parse(text)",
}
T_MULTS = (1, 1.001, 1.5, 2, 3)


def rows(peers: Collection[Peer]) -> Iterator[tuple[tuple[str, str], Row]]:
    """Yield ((row, column), what is timed): everything but the import."""
    inner = cosine_lr.CosineLR(0.1, 0.001, 1000)
    names: dict[str, Any] = {
        "inner": inner,
        "pieces": ((5, inner),),
        "empty": empty,
        "cos": cos,
        "pi": pi,
        "counter": count(),
        "rates": inner.values(N),
        "one_liner": one_liner,
        "text": TEXT,
    }
    for name, statement in LIMITS.items():
        yield (name, ""), Row(statement, names)
    for column, start in STARTS.items():
        epochs = range(start, start + N)
        for name, call in FUNCTIONS.items():
            yield (name, column), Row(f"for e in epochs: {call.format(t=start + N)}", names, epochs)
        for name, notation in CLASSES.items():
            schedule = {"schedule": cosine_lr.parse(notation.format(t=start + N))}
            yield (f"{name}(e)", column), Row("for e in epochs: schedule(e)", schedule, epochs)
            moved = {"schedule": cosine_lr.parse(f"{notation.format(t=start + N)[:-1]}, e={start})")}
            yield (f"next({name})", column), Row("for e in epochs: next(schedule)", moved)
        for m in T_MULTS:
            call = f"cosine_restarts_lr(e, 0.1, 0.001, 10, t_mult={m})"
            yield (f"t_mult={m}", column), Row(f"for e in epochs: {call}", names, epochs)
    for name, statement in LISTS.items():
        yield (name, ""), Row(statement, names, n=N if "1000)" in statement else 0)
    for peer in peers:
        restarts = {"t_mult=1": (10, 1), "t_mult=2": (10, 2)}
        for column, times in (restarts if peer.shape == "restarts" else {"": (N,)}).items():
            for lr_min in (0.001, 0.0):  # some go down to 0 only
                try:
                    built = peer.build(0.1, lr_min, *times)
                except Unaskable:
                    continue
                yield (peer.name, column), Row(f"for e in epochs: {peer.move or 'pass'}; {peer.read}", built)
                break
    for m in (1, 2):  # ours over the same epochs
        call = f"cosine_restarts_lr(e, 0.1, 0.001, 10, t_mult={m})"
        yield ("cosine_restarts_lr", f"t_mult={m}"), Row(f"for e in epochs: {call}", names)


def measure(peers: Collection[Peer], rounds: int) -> tuple[dict[tuple[str, str], Found], float]:
    """Return what was found for each (row, column), and the nanoseconds that the one-liner takes."""
    base = Row(BASE, {"one_liner": one_liner})
    timed = dict(rows(peers))
    taken: dict[tuple[str, str], list[tuple[float, float]]] = {key: [] for key in timed}
    for _ in range(rounds):
        for key, row in timed.items():
            plain = base.seconds()
            taken[key].append((row.seconds(), plain))
    found = {}
    for key, pairs in taken.items():
        low, middle, high = statistics.quantiles([time / plain for time, plain in pairs], n=4, method="inclusive")
        found[key] = Found(statistics.median(time for time, _ in pairs) * 1e9, middle, low, high)
    return found, statistics.median(plain for pairs in taken.values() for _, plain in pairs) * 1e9


def imports(runs: int) -> dict[str, float]:
    """Return the milliseconds, by -X importtime in fresh interpreters, that importing takes: the median of runs."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    times: dict[str, list[float]] = {"functions.py alone": [], "cosine_lr": [], "of it the standard library": []}
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ROOT / "cosine_lr" / "functions.py", Path(folder, "functions.py"))

        def lines(module: str, path: Path | str) -> list[tuple[str, float, float]]:
            code = f"import sys; sys.path.insert(0, {str(path)!r}); import {module}"
            flags = ["-S", "-X", "importtime", "-X", f"pycache_prefix={folder}/compiled"]
            words = [sys.executable, *flags, "-c", code]
            done = subprocess.run(words, env=env, capture_output=True, text=True, check=True)
            found = re.findall(r"(?m)^import time:\s+(\d+) \|\s+(\d+) \|\s+(\S+)$", done.stderr)
            return [(name, int(own) / 1e3, int(total) / 1e3) for own, total, name in found]

        for run in range(runs + 1):
            alone, package = lines("functions", folder), lines("cosine_lr", ROOT)
            if run:  # the first one compiles
                whole = package[-1][2]
                own = sum(own for name, own, _ in package if name.partition(".")[0] == "cosine_lr")
                for name, value in zip(times, (alone[-1][2], whole, whole - own)):
                    times[name].append(value)
    return {name: statistics.median(values) for name, values in times.items()}


def report(versions: Collection[str] = (), quick: bool = False) -> str:
    """Return the tables: the limits, ours at small and huge epochs, restarts, whole lists, the peers, the import."""
    with quiet():
        peers = [peer for peer in PEERS if peer.package in versions]
        found, plain = measure(peers, 3 if quick else 40)

    def one(name: str, column: str = "", title: str = "") -> list[str]:
        each = found[name, column]
        return [title or name, f"{each.ns:.0f}", f"{each.ratio:.2f}", f"{each.low:.2f}", f"{each.high:.2f}"]

    def across(names: list[str]) -> str:
        lines = []
        for name in names:
            columns = [found[name, column] for column in STARTS]
            cells = [f"{each.ratio:.2f} ({each.low:.2f} to {each.high:.2f})" for each in columns]
            lines.append([name, f"{columns[0].ns:.0f}", *cells])
        return table(["", "ns", *STARTS], lines)

    head = ["", "ns", "ratio", "lower quartile", "upper quartile"]
    own = [*FUNCTIONS, *(f"{name}(e)" for name in CLASSES), *(f"next({name})" for name in CLASSES)]
    cosine = [("cosine_lr", "e from 10"), ("CosineLR(e)", "e from 10"), ("next(CosineLR)", "e from 10")]
    beside = {
        "The cosine": (cosine, "cosine"),
        "Restarts of 10 epochs": ([("cosine_restarts_lr", f"t_mult={m}") for m in (1, 2)], "restarts"),
        "A line": ([("polynomial_lr", "e from 10")], "line"),
        "A warm-up, then the cosine": ([("next(WarmupLR(CosineLR))", "e from 10")], "warm-up"),
    }
    parts = [
        "## Speed",
        f"The one-liner takes {plain:.0f} ns here; the ratios are to it. It validates nothing, nor does fvcore.",
        "### Limits",
        table(head, [one(name) for name in LIMITS]),
        "### Ours, at small and at huge epochs: the ratio and its quartiles",
        across(own),
        "### cosine_restarts_lr, at small and at huge epochs: the ratio and its quartiles",
        across([f"t_mult={m}" for m in T_MULTS]),
        "### Lists, building, parsing: per value, or per schedule",
        table(head, [one(name) for name in LISTS]),
    ]
    for title, (ours, shape) in beside.items():
        names = [peer.name for peer in peers if peer.shape == shape]
        theirs = sorted((key for key in found if key[0] in names), key=lambda key: (key[1], found[key].ratio))
        lines = [one(*key, ", ".join(filter(None, key)).removesuffix(", e from 10")) for key in [*ours, *theirs]]
        parts += [f"### {title}, beside the peers", table(head, lines)] if theirs else []
    times = imports(2 if quick else 15)
    parts += ["### Importing", table(["", "ms"], [[name, f"{value:.2f}"] for name, value in times.items()])]
    return "\n\n".join(parts)

"""How long one rate takes, in nanoseconds and as a ratio to the plain one-liner that validates nothing.

Every row is a loop compiled for itself, because a call site that two rows share would be slower for both. The rows
are timed in turn, A B C A B C, each right after the one-liner: the ratio is to that, and what is shown is its median
and quartiles, which bear a busy machine better than a best time does. What moves on, as an iterator does, is built
anew for each run, so every run takes the same rates.
"""

import statistics
import sys
import timeit
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from itertools import count, product
from math import cos, pi
from typing import NamedTuple

import cosine_lr

from .by_hand import CURVES
from .peers import PEERS, Names, Peer, Unaskable, one_liner, quiet
from .tables import section, table

N = 1000  # rates in one run of a row
STARTS = {"e from 10": 10, "from 10^6": 10**6, "from 10^15": 10**15}  # where the epochs of a row begin
HOWS = ("by hand", "schedule(e)", "next(rates)", "schedule.values(n)")  # a curve is taken
GET_LR = ("warm-up, cosine", "by hand")
Key = tuple[str, str]  # of a row: its name and its column
Build = Callable[[], Names]
BASE = "for e in epochs: one_liner(e, 0.1, 0.001, 1000)"


class Found(NamedTuple):
    """One row's result: nanoseconds per value, and the ratio to the one-liner in each round."""

    ns: float
    ratios: list[float]

    @property
    def quartiles(self) -> list[float]:
        """Return the lower quartile of the ratio, the median and the upper quartile."""
        return statistics.quantiles(self.ratios, n=4, method="inclusive")

    def beside(self, other: "Found") -> float:
        """Return the ratio to another row, the median of the rounds."""
        return statistics.median(mine / theirs for mine, theirs in zip(self.ratios, other.ratios))

    def __str__(self) -> str:
        low, ratio, high = self.quartiles
        return f"{ratio:.2f} ({low:.2f} to {high:.2f})"


class Row:
    """A loop over `epochs` that takes one rate for each, or a statement that takes `n` of them.
    The names that `build` returns are new for each run."""

    def __init__(self, statement: str, names: Names, epochs: range = range(N), n: int = 0, build: Build = dict) -> None:
        self.names = vars(cosine_lr) | names | {"epochs": epochs[:5]}
        self.timer = timeit.Timer(statement, lambda: self.names.update(build()), globals=self.names)
        self.timer.timeit(1)  # the first call may compile
        self.n = n or max(5, min(len(epochs), int(5 * 0.01 / self.timer.timeit(1))))  # the slow ones take fewer
        self.names["epochs"] = epochs[: self.n]

    def seconds(self) -> float:
        return min(self.timer.repeat(4, 1)) / self.n  # the first warms up; others may have had to share the processor


# The rows. A `{t}` in a statement is a horizon that the epochs of the row lie before.
LIMITS = {
    "the one-liner": BASE,
    "empty four-argument function": "for e in epochs: empty(e, 0.1, 0.001, 1000)",
    "the bare formula, inline": "for e in epochs: 0.001 + 0.5 * (0.1 - 0.001) * (1 + cos(pi * e / 1000))",
    "next(itertools.count())": "for e in epochs: next(counter)", "a list look-up": "for e in epochs: rates[e]",
}  # fmt: skip
FUNCTIONS = {
    "constant_lr": "constant_lr(e, 0.1)",
    "cosine_lr": "cosine_lr(e, 0.1, 0.001, {t})", "cosine_lr, past the end": "cosine_lr(e, 0.1, 0.001, 10)",
    "cosine_restarts_lr": "cosine_restarts_lr(e, 0.1, 0.001, 10)",
    "cosine_restarts_lr, gamma": "cosine_restarts_lr(e, 0.1, 0.001, 10, gamma=0.999)",
    "polynomial_lr": "polynomial_lr(e, 0.1, 0.001, {t})",
    "polynomial_lr, power=2": "polynomial_lr(e, 0.1, 0.001, {t}, power=2)",
    "polynomial_lr, k_decay=0.5": "polynomial_lr(e, 0.1, 0.001, {t}, k_decay=0.5)",
    "exponential_lr": "exponential_lr(e, 0.1, 0.99)", "step_lr": "step_lr(e, 0.1, 30, 0.5)",
    "multistep_lr, 3 milestones": "multistep_lr(e, 0.1, (300, 600, 900), 0.1)",
    "inverse_power_lr": "inverse_power_lr(e, 0.1, 100)",
    "warmup_lr, warming up": "warmup_lr(e, inner, 0.01, {t})", "warmup_lr, after it": "warmup_lr(e, inner, 0.01, 5)",
    "sequence_lr, 2 pieces": "sequence_lr(e, pieces, inner)", "restart_lr": "restart_lr(e, inner, 10)",
    "shift_lr": "shift_lr(e, inner, 5)", "product_lr, 2 schedules": "product_lr(e, (inner, inner))",
    "staircase_lr": "staircase_lr(e, inner, 5)",
}  # fmt: skip
CLASSES = {
    "ConstantLR": "ConstantLR(0.1)", "CosineLR": "CosineLR(0.1, 0.001, {t})",
    "CosineRestartsLR": "CosineRestartsLR(0.1, 0.001, 10)",
    "CosineRestartsLR, t_mult=2": "CosineRestartsLR(0.1, 0.001, 10, t_mult=2)",
    "PolynomialLR": "PolynomialLR(0.1, 0.001, {t})", "ExponentialLR": "ExponentialLR(0.1, 0.99)",
    "StepLR": "StepLR(0.1, 30, 0.5)", "MultiStepLR, 3 milestones": "MultiStepLR(0.1, (300, 600, 900), 0.1)",
    "InversePowerLR": "InversePowerLR(0.1, 100)", "WarmupLR(CosineLR)": "WarmupLR(CosineLR(0.1, 0.001, {t}), 0.01, 5)",
    "SequenceLR, 2 pieces": "SequenceLR([(5, ConstantLR(0.1))], CosineLR(0.1, 0.001, {t}))",
    "RestartLR(CosineLR)": "RestartLR(CosineLR(0.1, 0.001, 10), 10)",
    "ShiftLR(CosineLR)": "ShiftLR(CosineLR(0.1, 0.001, {t}), 5)",
    "ProductLR, 2 schedules": "ProductLR([CosineLR(0.1, 0.001, {t}), CosineLR(1.0, 0.1, {t})])",
    "StaircaseLR(CosineLR)": "StaircaseLR(CosineLR(0.1, 0.001, {t}), 5)",
}  # fmt: skip
LISTS = {
    "[one_liner(e, ...) for e in epochs]": "[one_liner(e, 0.1, 0.001, 1000) for e in epochs]",
    "CosineLR.values(n)": "inner.values(1000)",
    "CosineLR(0.1, 0.001, t_max=10)": "for e in epochs: CosineLR(0.1, 0.001, t_max=10)",
    "parse(notation)": "for e in epochs: parse(text)",
}
T_MULTS = (1, 1.001, 1.5, 2, 3)
RESTARTS = "cosine_restarts_lr(e, 0.1, 0.001, 10, t_mult={m})"


def rows(peers: Collection[Peer]) -> Iterator[tuple[Key, Row]]:
    """Yield ((row, column), what is timed): everything but the import."""
    inner = cosine_lr.CosineLR(0.1, 0.001, 1000)
    names: Names = {"cos": cos, "pi": pi, "counter": count(), "one_liner": one_liner, "empty": lambda e, a, b, t: None}
    names |= {"inner": inner, "pieces": ((5, inner),), "rates": inner.values(N), "text": CURVES["warm-up, cosine"][1]}

    def each(call: str, epochs: range = range(N), **more: object) -> Row:
        return Row(f"for e in epochs: {call}", names | more, epochs)

    for name, statement in LIMITS.items():
        yield (name, ""), Row(statement, names)
    for column, start in STARTS.items():
        epochs, t = range(start, start + N), 2 * start + N
        for name, call in FUNCTIONS.items():
            yield (name, column), each(call.format(t=t), epochs)
        for name, notation in CLASSES.items():
            schedule = cosine_lr.parse(notation.format(t=t))
            yield (f"{name}(e)", column), each("schedule(e)", epochs, schedule=schedule)
            yield (f"next({name})", column), _next(schedule, start)
        for m in T_MULTS:
            yield (f"t_mult={m}", column), each(RESTARTS.format(m=m), epochs)
    for name, statement in LISTS.items():
        yield (name, ""), Row(statement, names, n=N if "1000)" in statement else 0)
    for title, (by_hand, notation) in CURVES.items():
        schedule = cosine_lr.parse(notation)
        loops = each("f(e)", f=by_hand), each("schedule(e)", schedule=schedule), _next(schedule)
        values = Row(f"schedule.values({N})", {"schedule": schedule}, n=N)
        yield from zip(product([title], HOWS), [*loops, values], strict=True)
    for peer in peers:
        restarts = {f"t_mult={m}": (10, m) for m in (1, 2)}
        for column, times in (restarts if peer.shape == "restarts" else {"": (N,)}).items():
            for lr_min in (0.001, 0.0):  # some go down to 0 only
                build = partial(peer.build, 0.1, lr_min, *times)
                try:
                    built = build()
                except Unaskable:
                    continue
                statement = f"for e in epochs: {peer.move or 'pass'}; {peer.read}"
                yield (peer.name, column), Row(statement, built, build=build if peer.walks else dict)
                break
    for m in (1, 2):  # ours over the same epochs
        yield ("cosine_restarts_lr", f"t_mult={m}"), each(RESTARTS.format(m=m))


def _next(schedule: cosine_lr.Schedule, start: int = 0) -> Row:
    return Row("for e in epochs: next(rates)", {}, build=lambda: {"rates": cosine_lr.LRIterator(schedule, e=start)})


def measure(peers: Collection[Peer], rounds: int) -> tuple[dict[Key, Found], float]:
    """Return what was found for each (row, column), and the nanoseconds that the one-liner takes."""
    base, timed = Row(BASE, {"one_liner": one_liner}), dict(rows(peers))
    taken: dict[Key, list[tuple[float, float]]] = {key: [] for key in timed}
    for _ in range(rounds):
        for key, row in timed.items():
            plain = base.seconds()
            taken[key].append((row.seconds(), plain))
    found = {
        key: Found(statistics.median(time for time, _ in pairs) * 1e9, [time / plain for time, plain in pairs])
        for key, pairs in taken.items()
    }
    return found, statistics.median(plain for pairs in taken.values() for _, plain in pairs) * 1e9


# What a rate may cost at most, on CPython 3.11: in one-liners, or in get_lr's by hand.
ONE_LINERS = {
    ("cosine_lr", "e from 10"): 2.4, ("t_mult=2", "e from 10"): 6.0, ("CosineLR(e)", "e from 10"): 1.85,
    ("next(CosineLR)", "e from 10"): 1.6, ("CosineLR.values(n)", ""): 1.1,
    ("CosineRestartsLR, t_mult=2(e)", "e from 10"): 3.8,
}  # fmt: skip
GET_LRS = dict(zip(product(["warm-up, cosine"], HOWS[1:]), (2.05, 1.8, 1.35)))
GET_LRS |= dict(zip(product(["warm-up, plateau, line"], HOWS[1:]), (2.1, 1.85, 1.4)))


def budgets(found: dict[Key, Found]) -> str:
    """Return the table of the budgets, each met or missed."""
    rows = []
    for (name, column), most in (ONE_LINERS | GET_LRS).items():
        unit, ratio = "one-liners", found[name, column].quartiles[1]
        if (name, column) in GET_LRS:
            unit, ratio = "get_lr", found[name, column].beside(found[GET_LR])
        title = f"cosine_restarts_lr, {name}" if name.startswith("t_mult") else name
        title += f", {column}" if column and column not in STARTS else ""
        rows.append([title, unit, f"{most:.2f}", f"{ratio:.2f}", "met" if round(ratio, 2) <= most else "missed"])
    return table(["", "in", "at most", "measured", ""], rows)


def report(versions: Collection[str] = (), quick: bool = False) -> str:
    """Return the tables: the limits, ours, composed schedules beside those by hand, the peers, the budgets."""
    with quiet():
        peers = [peer for peer in PEERS if peer.package in versions]
        found, plain = measure(peers, 3 if quick else 40)

    def quartiles(keys: Iterable[Key]) -> str:
        rows = []
        for key in keys:
            title = ", ".join(filter(None, key)).removesuffix(", e from 10")
            rows.append([title, f"{found[key].ns:.0f}", *(f"{ratio:.2f}" for ratio in found[key].quartiles)])
        return table(["", "ns", "lower quartile", "ratio", "upper quartile"], rows)

    def across(names: Iterable[str]) -> str:
        rows = [(name, [found[name, column] for column in STARTS]) for name in names]
        return table(["", "ns", *STARTS], [[name, f"{each[0].ns:.0f}", *map(str, each)] for name, each in rows])

    curves = []
    for title, how in product(CURVES, HOWS):
        each, units = found[title, how], (found[GET_LR], found[title, "by hand"])
        curves.append([title, how, f"{each.ns:.0f}", str(each), *(f"{each.beside(unit):.2f}" for unit in units)])
    cosine = [("cosine_lr", "e from 10"), ("CosineLR(e)", "e from 10"), ("next(CosineLR)", "e from 10")]
    restarts = [("cosine_restarts_lr", f"t_mult={m}") for m in (1, 2)]
    beside = {
        "The cosine": ([("the one-liner", ""), *cosine, ("CosineLR.values(n)", "")], "cosine"),
        "Restarts of 10 epochs": ([*restarts, *product(["restarts, t_mult=2"], HOWS)], "restarts"),
        "A line": ([("polynomial_lr", "e from 10")], "line"),
        "A warm-up, then the cosine": ([*product(["warm-up, cosine"], HOWS)], "warm-up"),
    }
    far = "at small and at huge epochs: the ratio and its quartiles"
    ours = [*FUNCTIONS, *map("{}(e)".format, CLASSES), *map("next({})".format, CLASSES)]
    head = ["", "how", "ns", "to the one-liner", "to get_lr", "to the same by hand"]
    parts = {
        "Limits": quartiles((name, "") for name in LIMITS),
        f"Ours, {far}": across(ours),
        f"cosine_restarts_lr, {far}": across([f"t_mult={m}" for m in T_MULTS]),
        "Whole curves, beside what people write by hand: a run of 1000 steps": table(head, curves),
        "Lists, building, parsing: per value, or per schedule": quartiles((name, "") for name in LISTS),
    }
    for title, (own, shape) in beside.items():
        names = [peer.name for peer in peers if peer.shape == shape]
        theirs = [key for key in found if key[0] in names]
        ranked = sorted(theirs, key=lambda key: (key[1], found[key].quartiles[1]))
        parts[f"{title}, beside the peers"] = quartiles([*own, *ranked])
    parts["Budgets"] = budgets(found) if sys.version_info[:2] == (3, 11) else "They are for CPython 3.11."
    words = f"The one-liner takes {plain:.0f} ns here; the ratios are to it. It validates nothing, nor does fvcore."
    return section(f"## Speed\n\n{words}", parts)

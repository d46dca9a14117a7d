"""How long one rate takes, as a ratio to the plain unvalidated one-liner, in one interleaved run.

    python3 -m benchmarks.speed [--rounds N]
"""

from __future__ import annotations

import argparse
import math
import platform
import statistics
import subprocess
import sys
import timeit

import cosine_lr


def one_liner(e: float, lr_init: float, lr_min: float, t_max: float) -> float:
    return lr_min + 0.5 * (lr_init - lr_min) * (1 + math.cos(math.pi * e / t_max))


def empty(e: float, lr_init: float, lr_min: float, t_max: float) -> None:
    pass


EPOCHS = 1000
BIG = 10**15
# name: the statement that takes EPOCHS rates. Each is compiled for itself, so that none spoils the call site of another.
ROWS = {
    "one-liner": "for e in epochs: one_liner(e, 0.1, 0.001, 1000)",
    "empty function": "for e in epochs: empty(e, 0.1, 0.001, 1000)",
    "cosine_lr": "for e in epochs: cosine_lr(e, 0.1, 0.001, 1000)",
    "cosine_lr, e + 0.5": "for e in halves: cosine_lr(e, 0.1, 0.001, 1000)",
    "cosine_lr, e = 0": "for e in epochs: cosine_lr(0, 0.1, 0.001, 1000)",
    "cosine_lr past the end": "for e in big: cosine_lr(e, 0.1, 0.001, 1000)",
    "CosineLR(e)": "for e in epochs: cosine(e)",
    "next(CosineLR)": "for e in epochs: next(cosine)",
    "CosineLR.values(n)": "cosine.values(1000)",
    "constant_lr": "for e in epochs: constant_lr(e, 0.1)",
    "polynomial_lr": "for e in epochs: polynomial_lr(e, 0.1, 0.001, 1000)",
    "polynomial_lr, power 2": "for e in epochs: polynomial_lr(e, 0.1, 0.001, 1000, power=2)",
    "polynomial_lr, 1-sqrt": "for e in epochs: polynomial_lr(e, 0.1, 0.001, 1000, k_decay=0.5)",
    "exponential_lr": "for e in epochs: exponential_lr(e, 0.1, 0.99)",
    "step_lr": "for e in epochs: step_lr(e, 0.1, 100, 0.5)",
    "multistep_lr, 3 milestones": "for e in epochs: multistep_lr(e, 0.1, (300, 600, 900), 0.1)",
    "inverse_power_lr": "for e in epochs: inverse_power_lr(e, 0.1, 100)",
    "WarmupLR(CosineLR)": "for e in epochs: warmup(e)",
    "SequenceLR, 2 pieces": "for e in epochs: sequence(e)",
    "RestartLR(PolynomialLR)": "for e in epochs: restart(e)",
    **{
        f"cosine_restarts_lr, t_mult {m}, e ~ {name}": (
            f"for e in {values}: cosine_restarts_lr(e, 0.1, 0.001, 10, t_mult={m})"
        )
        for m in (1, 1.001, 1.5, 2, 3)
        for name, values in (("10^3", "epochs"), ("10^15", "big"))
    },
}


def ratios(rounds: int) -> dict[str, tuple[float, float, float]]:
    """Return for each row the median ratio to the one-liner, and the quartiles of it, over interleaved rounds."""
    names = vars(cosine_lr) | {
        "one_liner": one_liner,
        "empty": empty,
        "epochs": range(EPOCHS),
        "halves": [e + 0.5 for e in range(EPOCHS)],
        "big": range(BIG - EPOCHS, BIG),
        "cosine": cosine_lr.CosineLR(0.1, 0.001, t_max=EPOCHS),
        "warmup": cosine_lr.parse("WarmupLR(CosineLR(0.1, 0.001, t_max=900), lr_start=0.01, t_warmup=100)"),
        "sequence": cosine_lr.parse("SequenceLR([(500, ConstantLR(0.1))], PolynomialLR(0.1, 0.0, t_max=500))"),
        "restart": cosine_lr.parse("RestartLR(PolynomialLR(0.1, 0.0, t_max=10), t_max=10)"),
    }
    timers = {name: timeit.Timer(statement, globals=names) for name, statement in ROWS.items()}
    times: dict[str, list[float]] = {name: [] for name in ROWS}
    for _ in range(rounds):
        for name, timer in timers.items():
            timer.timeit(1)  # warm: the interpreter specialises the code again
            times[name].append(timer.timeit(3) / 3 / EPOCHS)
    base = times["one-liner"]
    print(f"CPython {platform.python_version()}, one-liner {statistics.median(base) * 1e9:.0f} ns, {rounds} rounds")
    found = {}
    for name, taken in times.items():
        low, middle, high = statistics.quantiles([t / b for t, b in zip(taken, base)], n=4)
        found[name] = (middle, low, high)
    return found


def import_time() -> None:
    """Print what importing takes in a fresh interpreter, the standard library's share apart."""
    probe = "import time; t = time.perf_counter(); {}; print((time.perf_counter() - t) * 1e3)"
    parts = {
        "functions.py alone": "exec(compile(open('cosine_lr/functions.py').read(), 'functions.py', 'exec'), {})",
        "functions.py, compiled before": "import sys; sys.path.insert(0, 'cosine_lr'); import functions",
        "the standard library's share": "import ast, copy, dataclasses, warnings",
        "the whole package": "import cosine_lr",
    }
    for name, statement in parts.items():
        runs = [
            float(subprocess.check_output([sys.executable, "-c", probe.format(statement)], text=True)) for _ in range(15)
        ]
        print(f"import: {name:31} {statistics.median(runs):6.2f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    found = ratios(parser.parse_args().rounds)
    for name, (middle, low, high) in found.items():
        print(f"{name:42} {middle:6.2f}   ({low:.2f} to {high:.2f})")
    import_time()


if __name__ == "__main__":
    main()

"""What a schedule weighs: a table of a million steps, a pickle, the objects in memory, the import."""

from __future__ import annotations

import gc
import os
import pickle
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Collection
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import cosine_lr
from cosine_lr import Schedule, parse

from .by_hand import CURVES
from .peers import quiet
from .tables import table

ROOT = Path(__file__).parents[1]
CORE = "formulas, checks and functions"
MB = 1e6


# A table.


def array_of(module: str, make: str) -> Callable[[list[float]], Any] | None:
    """Return the function that makes an array of a list, or None if its module is not installed."""
    return getattr(import_module(module), make) if find_spec(module.partition(".")[0]) else None


ARRAYS = {
    "numpy.array": ("numpy", "array"),
    "torch.tensor": ("torch", "tensor"),
    "jax.numpy.array": ("jax.numpy", "array"),
    "tensorflow.constant": ("tensorflow", "constant"),
}


def tables(n: int) -> str:
    """Return how long a table of n rates takes and what it weighs: as a list, and as what others make of the list."""
    schedule = parse(CURVES["warm-up, cosine"][1].replace("900", str(n - 100)))
    rates, seconds = _timed(lambda: schedule.values(n))
    peak = _traced(lambda: schedule.values(n))[1]
    kept = sys.getsizeof(rates) + sum(map(sys.getsizeof, rates))
    rows = [["schedule.values(n)", "float", f"{seconds * 1e3:.1f}", f"{kept / MB:.1f}", f"{peak / MB:.1f}"]]
    for name, where in ARRAYS.items():
        with quiet():
            make = array_of(*where)
            if make is None:
                continue
            make(rates[:10])  # the first may compile
            array, seconds = _timed(lambda: make(rates))
        kept = array.nbytes if hasattr(array, "nbytes") else array.numpy().nbytes
        dtype = str(array.dtype).replace("torch.", "").replace("<dtype: '", "").replace("'>", "")
        rows.append([f"{name}(rates)", dtype, f"{seconds * 1e3:.1f}", f"{kept / MB:.1f}", "-"])
    return table(["", "a rate is", "ms", "MB kept", "MB at the peak, by tracemalloc"], rows)


def _timed(take: Callable[[], Any]) -> tuple[Any, float]:
    """Return a result, and the best of five times that it took."""
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        result = take()
        seconds.append(time.perf_counter() - start)
    return result, min(seconds)


def _traced(take: Callable[[], Any]) -> tuple[int, int]:
    """Return how many bytes of Python's memory a result keeps, and how many there were at the peak."""
    tracemalloc.start()
    try:
        result = take()
        kept, peak = tracemalloc.get_traced_memory()
        del result
    finally:
        tracemalloc.stop()
    return kept, peak


# A schedule.


SCHEDULES = {
    "CosineLR": "CosineLR(0.1, 0.001, t_max=10)",
    "MultiStepLR, 3 milestones": "MultiStepLR(0.1, (300, 600, 900), 0.1)",
    **{name: notation for name, (_, notation) in CURVES.items()},
    "a sequence of 300 pieces": f"SequenceLR([{'(1, ConstantLR(0.1)), ' * 300}], ConstantLR(0.1))",
}


def sizes(n: int) -> str:
    """Return what each schedule weighs: its notation, its pickle, its objects, its bytes in memory."""
    rows = []
    for name, notation in SCHEDULES.items():
        schedule = parse(notation)
        pickled = pickle.dumps(schedule)
        assert pickle.loads(pickled) == schedule
        kept, _ = _traced(lambda: [pickle.loads(pickled) for _ in range(n)])
        weights = [len(repr(schedule)), len(pickled), len(objects(schedule)), round(kept / n)]
        rows.append([name, *map(str, weights)])
    return table(["", "characters of notation", "bytes pickled", "objects", "bytes in memory"], rows)


SHARED = (type, ModuleType, FunctionType, BuiltinFunctionType, str)


def objects(schedule: Schedule) -> list[Any]:
    """Return what a schedule consists of, itself first: all that the garbage collector finds behind it but code, words
    and small whole numbers, which all schedules share."""
    found: dict[int, Any] = {}
    new: list[Any] = [schedule]
    while new:
        found |= {id(each): each for each in new}
        behind = gc.get_referents(*new)
        new = [each for each in behind if id(each) not in found and not isinstance(each, SHARED) and each is not None]
    return list(found.values())


# The import.


def imports(runs: int) -> dict[str, float]:
    """Return the milliseconds, by -X importtime in fresh interpreters, that importing takes: the median of runs."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    times: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in ("formulas", "checks", "functions"):
            for part in (folder, f"{folder}/core"):  # alone, and together
                Path(part).mkdir(exist_ok=True)
                shutil.copy(ROOT / "cosine_lr" / f"{name}.py", part)

        def lines(module: str, path: Path | str) -> list[tuple[str, float, float]]:
            code = f"import sys; sys.path.insert(0, {str(path)!r}); import {module}"
            flags = ["-S", "-X", "importtime", "-X", f"pycache_prefix={folder}/compiled"]
            words = [sys.executable, *flags, "-c", code]
            done = subprocess.run(words, env=env, capture_output=True, text=True, check=True)
            found = re.findall(r"(?m)^import time:\s+(\d+) \|\s+(\d+) \|\s+(\S+)$", done.stderr)
            return [(name, int(own) / 1e3, int(total) / 1e3) for own, total, name in found]

        for run in range(runs + 1):
            package = lines("cosine_lr", ROOT)
            whole = package[-1][2]
            own = sum(own for name, own, _ in package if name.partition(".")[0] == "cosine_lr")
            found = {
                "formulas.py alone": lines("formulas", folder)[-1][2],
                CORE: lines("core.functions", folder)[-1][2],
                "cosine_lr": whole,
                "of it the standard library": whole - own,
            }
            if run:  # the first one compiles
                for name, value in found.items():
                    times.setdefault(name, []).append(value)
    return {name: statistics.median(values) for name, values in times.items()}


def report(versions: Collection[str] = (), quick: bool = False) -> str:
    """Return the tables: a table of a million steps, what a schedule weighs, the import."""
    n = 10**4 if quick else 10**6
    times = imports(2 if quick else 15)
    return "\n\n".join(
        [
            "## Size",
            f"### A table of {n:,} steps",
            tables(n),
            "### A schedule",
            sizes(10 if quick else 1000),
            "### Importing",
            table(["", "ms"], [[name, f"{value:.2f}"] for name, value in times.items()]),
        ]
    )

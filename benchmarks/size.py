"""What a schedule weighs: its notation, its pickle, its memory; and what the import takes."""

import os
import pickle
import re
import statistics
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Collection
from pathlib import Path

from cosine_lr import parse

from .by_hand import CURVES
from .tables import section, table

SCHEDULES = {
    "CosineLR": "CosineLR(0.1, 0.001, t_max=10)",
    "MultiStepLR, 3 milestones": "MultiStepLR(0.1, (300, 600, 900), 0.1)",
    **{name: notation for name, (_, notation) in CURVES.items()},
    "a sequence of 300 pieces": f"SequenceLR([{'(1, ConstantLR(0.1)), ' * 300}], ConstantLR(0.1))",
}


def sizes(n: int) -> str:
    """Return what each schedule weighs: its notation, its pickle, and what one more of it adds to the memory."""
    rows = []
    for name, schedule in zip(SCHEDULES, map(parse, SCHEDULES.values())):
        pickled = pickle.dumps(schedule)
        tracemalloc.start()
        copies = [pickle.loads(pickled) for _ in range(n)]
        memory, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert copies[0] == schedule
        rows.append([name, *map(str, (len(repr(schedule)), len(pickled), round(memory / n)))])
    return table(["", "characters of notation", "bytes pickled", "bytes in memory"], rows)


def imports(runs: int) -> str:
    """Return the milliseconds that `import cosine_lr` takes, by -X importtime in fresh interpreters: medians."""
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parents[1])!r}); import cosine_lr"
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    whole, own = [], []
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-S", "-X", "importtime", "-X", f"pycache_prefix={folder}", "-c", code]
        for _ in range(runs + 1):
            done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
            lines = re.findall(r"(?m)^import time:\s+(\d+) \|\s+(\d+) \|\s+(\S+)$", done.stderr)
            whole.append(int(lines[-1][1]) / 1e3)
            own.append(sum(int(each) for each, _, name in lines if name.partition(".")[0] == "cosine_lr") / 1e3)
    rows = {"cosine_lr": whole[1:], "of it the package's own files": own[1:]}  # the first one compiles
    return table(["", "ms"], [[name, f"{statistics.median(times):.2f}"] for name, times in rows.items()])


def report(versions: Collection[str] = (), quick: bool = False) -> str:
    """Return the tables: what a schedule weighs, the import."""
    return section("## Size", {"A schedule": sizes(10 if quick else 1000), "Importing": imports(2 if quick else 15)})

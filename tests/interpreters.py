"""The laws on any interpreter and any libm, with nothing but the standard library:

    pypy3 tests/interpreters.py                           # or any other Python, 3.10 or later
    npm install pyodide && node tests/interpreters.mjs    # Python in WebAssembly

Every law of `contract.py` about every schedule of `schedules.py`, at random epochs and around every time.
"""

import operator
import platform
import random
import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cosine_lr import RestartLR, Schedule, StaircaseLR, WarmupLR
from tests import contract
from tests.schedules import CALLS, SCHEDULES, broken, built, in_unit, times_of


def subjects(some: random.Random, n: int) -> list[Schedule]:
    """Every fixed schedule, with whole times too, of random length, and inside combinators."""
    found = [*SCHEDULES]
    for _ in range(n):
        k = some.randrange(1, 1000)
        whole = [in_unit(in_unit(each, lambda t: max(round(t), 1)), partial(operator.mul, k)) for each in SCHEDULES]
        found += whole + [RestartLR(each, 7 * k) for each in whole] + [StaircaseLR(each, k) for each in whole]
        found += [WarmupLR(each, each(0) / 3, 5 * k, curve="cosine") for each in whole]
    return found


def epochs(some: random.Random, schedule: Schedule) -> list[float]:
    t = [*times_of(schedule), 1]
    return [0, *range(1, 12), *t, *(each * some.random() for each in t), *(some.randrange(10**6) for _ in range(5))]


def main(n: int = 5) -> None:
    if sys.version_info >= (3, 14):
        exec("class LaterLR(Schedule):\n    inner: LaterLR | None = None")  # annotations are evaluated later
    print(platform.python_implementation(), sys.version.split()[0], sys.platform, platform.machine())
    some, wrong = random.Random(0), 0
    every = subjects(some, n)
    for number in sorted({each.number for each in contract.LAWS}):
        found = [(schedule, text) for schedule in every for text in broken(schedule, epochs(some, schedule), number)]
        wrong += len(found)
        print(f"  law {number}: {len(every)} schedules, {len(found)} break it", *found[:3], sep="\n    ", flush=True)
    for call in CALLS:
        assert all(call(e) == built(call)(e) for e in epochs(some, built(call))), call
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

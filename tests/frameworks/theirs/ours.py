"""What the adapters share, and a pytest plugin for the process that runs their tests.

It runs every test twice, with our rates and then with NaN in their place: a test that passes both times does not look
at the rates. `ours.json` says of each test whether it passed, with what error if not, how often ours was asked, and
whether the NaN was noticed.
"""

from __future__ import annotations

import json
import math
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from importlib.util import find_spec, module_from_spec
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from cosine_lr import ConstantLR, CosineLR, LRIterator, PolynomialLR, WarmupLR

Schedule = Callable[[float], float]

asked = 0  # how often ours was asked for a rate
with_nan = False  # in the second round


class NoCounterpart(Exception):
    """Their schedule is none that we have."""


def ours(schedule: Schedule) -> Schedule:
    """Return the schedule for their tests to ask."""

    def rate(e: float) -> float:
        global asked
        asked += 1
        lr = schedule(e)
        return math.nan if with_nan else lr

    return rate


def put(place: Any, *functions: Any) -> None:
    """Put each function where theirs of the same name stands."""
    for function in functions:
        if not hasattr(place, function.__name__):
            raise AttributeError(f"nothing of theirs is called {function.__name__}")
        setattr(place, function.__name__, function)


def bare(package: str) -> None:
    """Import a package without the imports in its `__init__.py`, some of which want torchvision."""
    spec = find_spec(package)
    if package not in sys.modules and spec:
        sys.modules[package] = module_from_spec(spec)


def line(first: float, last: float, t: float) -> LRIterator:
    """Return a straight line from `first` at 0 to `last` at `t`, down or up."""
    return PolynomialLR(first, last, t_max=t) if first >= last else WarmupLR(ConstantLR(last), first, t_warmup=t)


def half_wave(first: float, last: float, t: float) -> LRIterator:
    """Return half a cosine wave from `first` at 0 to `last` at `t`, down or up."""
    if first >= last:
        return CosineLR(first, last, t_max=t)
    return WarmupLR(ConstantLR(last), first, t_warmup=t, shape="cosine")


# The plugin.

results: dict[str, dict[str, Any]] = defaultdict(lambda: {"error": "", "asked": 0, "notices_nan": False})


def pytest_runtestloop(session: pytest.Session) -> bool:
    global with_nan
    for with_nan in (False, True):
        for item, following in zip_longest(session.items, session.items[1:]):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    before = asked
    result = yield
    if not with_nan:
        results[item.nodeid]["asked"] = asked - before
    return result


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    result = results[report.nodeid]
    if report.failed and with_nan:
        result["notices_nan"] = True
    elif report.failed:
        result["error"] = report.longreprtext or "failed"


def pytest_sessionfinish() -> None:
    Path("ours.json").write_text(json.dumps(results))

"""Schedules as values where others store them: joblib's files, caches and workers; cloudpickle, with one's own class."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import cloudpickle
import joblib
import pytest

from cosine_lr import ConstantLR, CosineLR, LRIterator, ProductLR, RestartLR, Schedule, SequenceLR, WarmupLR

ROOT = Path(__file__).parents[2]


class RexLR(Schedule):
    lr_init: float
    t_max: float

    def rate(self, e: float, /) -> float:
        left = max(1.0 - e / self.t_max, 0.0)
        return self.lr_init * left / (0.5 + 0.5 * left)


SCHEDULES = [
    RexLR(0.1, 20),
    WarmupLR(RexLR(0.1, 20), 0.0, 5),
    SequenceLR([(3, ConstantLR(0.1)), (5, RexLR(0.1, 20))], CosineLR(0.1, 0.001, t_max=9)),
    RestartLR(ProductLR([ConstantLR(0.5), CosineLR(0.1, 0.0, t_max=9)]), t_max=10, t_mult=2, gamma=0.5),
]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=repr)
def test_a_run_in_a_file_and_in_bytes(schedule: Schedule, tmp_path: Path) -> None:
    rates = LRIterator(schedule, e=7)
    joblib.dump({"schedule": schedule, "rates": rates}, tmp_path / "state")
    for same in (joblib.load(tmp_path / "state"), cloudpickle.loads(cloudpickle.dumps([schedule, rates]))):
        again, more = same.values() if isinstance(same, dict) else same
        assert again == schedule and again.values(40) == schedule.values(40)
        assert repr(more) == repr(rates) and [next(more) for _ in range(33)] == schedule.values(40)[7:]


def test_a_lambda_inside_goes_with_cloudpickle() -> None:
    peak = 0.1
    schedule = SequenceLR([(3, lambda e: peak)], RestartLR(lambda e: peak / (1 + e), 5, gamma=0.5))
    same = cloudpickle.loads(cloudpickle.dumps(schedule))
    assert same.values(20) == schedule.values(20)


def test_a_class_of_ones_own_in_another_process(tmp_path: Path) -> None:
    """One that the other process does not know: cloudpickle sends the class along."""

    class HereLR(Schedule):
        lr_init: float

        def rate(self, e: float, /) -> float:
            return self.lr_init / 2**e

    (tmp_path / "run").write_bytes(cloudpickle.dumps(LRIterator(WarmupLR(HereLR(0.5), 0.1, 2), e=3)))
    code = "import sys, cloudpickle; run = cloudpickle.load(open(sys.argv[1], 'rb')); print(repr(run), next(run), run.e)"
    words = [sys.executable, "-c", code, str(tmp_path / "run")]
    printed = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=True).stdout
    assert printed == "LRIterator(WarmupLR(HereLR(0.5), lr_start=0.1, t_warmup=2), e=3) 0.25 4\n"


def rates(schedule: Schedule, n: int) -> list[float]:
    return schedule.values(n)


def test_workers_of_joblib() -> None:
    got: Any = joblib.Parallel(n_jobs=2)(joblib.delayed(rates)(schedule, 20) for schedule in SCHEDULES)
    assert got == [schedule.values(20) for schedule in SCHEDULES]


def test_a_cache_of_joblib(tmp_path: Path) -> None:
    """An equal schedule is found again, in another object too."""
    calls = []

    def counted(schedule: Schedule) -> list[float]:
        calls.append(schedule)
        return schedule.values(5)

    cached = joblib.Memory(tmp_path, verbose=0).cache(counted)
    for t_max in (10, 10, 20):
        schedule = WarmupLR(CosineLR(0.1, 0.001, t_max), 0.0, 5)
        assert cached(schedule) == schedule.values(5)
    assert len(calls) == 2

"""Schedules as values where others store them: joblib's files, caches and workers; cloudpickle, with one's own class."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cloudpickle
import joblib
import pytest

from cosine_lr import CosineLR, LRIterator, RestartLR, SequenceLR, WarmupLR
from tests.examples import SCHEDULES, HarmonicLR

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, repr=False)
class RexLR(LRIterator):
    lr_init: float
    t_max: float

    def rate(self, e: float, /) -> float:
        left = max(1.0 - e / self.t_max, 0.0)
        return self.lr_init * left / (0.5 + 0.5 * left)


def moved(schedule: LRIterator) -> LRIterator:
    return replace(schedule, e=7)


@pytest.mark.parametrize("schedule", [*SCHEDULES, RexLR(0.1, 20), WarmupLR(RexLR(0.1, 20), 0.0, 5)], ids=repr)
def test_a_moved_schedule_in_a_file_and_in_bytes(schedule: LRIterator, tmp_path: Path) -> None:
    run = moved(schedule)
    joblib.dump({"schedule": run, "again": run}, tmp_path / "state")
    for same in (joblib.load(tmp_path / "state")["again"], cloudpickle.loads(cloudpickle.dumps(run))):
        assert same == schedule and same.e == 7 and repr(same) == repr(run)
        assert [next(same) for _ in range(33)] == schedule.values(40)[7:]


def test_a_lambda_inside_goes_with_cloudpickle() -> None:
    peak = 0.1
    run = SequenceLR([(3, lambda e: peak)], RestartLR(lambda e: peak / (1 + e), 5, gamma=0.5), e=2)
    same = cloudpickle.loads(cloudpickle.dumps(run))
    assert same.e == 2 and same.values(20) == run.values(20)


def test_a_class_of_ones_own_in_another_process(tmp_path: Path) -> None:
    """One that the other process does not know: cloudpickle sends the class along."""

    @dataclass(frozen=True, repr=False)
    class HereLR(LRIterator):
        lr_init: float

        def rate(self, e: float, /) -> float:
            return self.lr_init / 2**e

    (tmp_path / "run").write_bytes(cloudpickle.dumps(WarmupLR(HereLR(0.5), 0.1, 2, e=3)))
    code = "import sys, cloudpickle; run = cloudpickle.load(open(sys.argv[1], 'rb')); print(repr(run), next(run), run.e)"
    words = [sys.executable, "-c", code, str(tmp_path / "run")]
    printed = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=True).stdout
    assert printed == "WarmupLR(HereLR(0.5), lr_start=0.1, t_warmup=2, e=3) 0.25 4\n"


def rates(schedule: LRIterator, n: int) -> list[float]:
    return schedule.values(n)


def test_workers_of_joblib() -> None:
    every = [*SCHEDULES[:5], HarmonicLR(0.1)]
    got: Any = joblib.Parallel(n_jobs=2)(joblib.delayed(rates)(schedule, 20) for schedule in every)
    assert got == [schedule.values(20) for schedule in every]


def test_a_cache_of_joblib(tmp_path: Path) -> None:
    """The same rule at the same position is found again, in another object too."""
    calls = []

    def counted(schedule: LRIterator) -> list[float]:
        calls.append(schedule)
        return schedule.values(5)

    cached = joblib.Memory(tmp_path, verbose=0).cache(counted)
    for _ in range(2):
        schedule = WarmupLR(CosineLR(0.1, 0.001, 10), 0.0, 5)
        assert cached(schedule) == schedule.values(5)
    assert len(calls) == 1
    cached(WarmupLR(CosineLR(0.1, 0.001, 20), 0.0, 5))
    assert len(calls) == 2

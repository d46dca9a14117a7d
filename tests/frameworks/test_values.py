"""Schedules where others store them: joblib's files, caches and workers; cloudpickle with one's own class."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cloudpickle
import joblib

from cosine_lr import CosineLR, LRIterator, Schedule, SequenceLR, WarmupLR

ROOT = Path(__file__).parents[2]
SCHEDULE = SequenceLR([(5, WarmupLR(CosineLR(0.1, 0.001, t_max=9), 0.0, 3))], CosineLR(0.05, 0.0, t_max=9))


def test_a_class_of_ones_own_in_another_process(tmp_path: Path) -> None:
    """One that the other process does not know: cloudpickle sends the class along."""

    class HereLR(Schedule):
        lr_init: float

        def rate(self, e: float, /) -> float:
            return self.lr_init / 2**e

    (tmp_path / "run").write_bytes(cloudpickle.dumps(LRIterator(WarmupLR(HereLR(0.5), 0.1, 2), e=3)))
    code = "import sys, cloudpickle; run = cloudpickle.load(open(sys.argv[1], 'rb')); print(next(run), run)"
    words = [sys.executable, "-c", code, str(tmp_path / "run")]
    printed = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=True).stdout
    assert printed == "0.25 LRIterator(WarmupLR(HereLR(0.5), lr_start=0.1, t_warmup=2), e=4)\n"


def test_files_and_workers_of_joblib(tmp_path: Path) -> None:
    joblib.dump(SCHEDULE, tmp_path / "schedule")
    loaded = joblib.load(tmp_path / "schedule")
    assert loaded == SCHEDULE and joblib.Parallel(n_jobs=2)([joblib.delayed(loaded)(3)] * 2) == [SCHEDULE(3)] * 2


def test_a_cache_of_joblib(tmp_path: Path) -> None:
    """An equal schedule is found again, in another object too."""
    calls = []

    def counted(schedule: Schedule) -> list[float]:
        calls.append(schedule)
        return schedule.values(5)

    cached = joblib.Memory(tmp_path, verbose=0).cache(counted)
    for t_max in (10, 10, 20):
        cached(WarmupLR(CosineLR(0.1, 0.001, t_max), 0.0, 5))
    assert len(calls) == 2

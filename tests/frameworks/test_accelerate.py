"""accelerate: gradient accumulation in one process and in two, and its checkpoints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import accelerate  # noqa: F401  its runs are processes of their own; without it, fail here and say so
import pytest

from cosine_lr import CosineLR, WarmupLR, parse

ROOT = Path(__file__).parents[2]


def train(processes: int, mode: str, folder: Path) -> dict[str, Any]:
    """Return what the main process of a run printed."""
    script = str(Path(__file__).with_name("accelerate_run.py"))
    launcher = ["-m", "torch.distributed.run", "--standalone", f"--nproc_per_node={processes}"] if processes > 1 else []
    command = [sys.executable, *launcher, script, mode, str(folder)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "ACCELERATE_USE_CPU": "true"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("processes, updates", [(1, 35), (2, 20)])  # 5 epochs of 14 or 7 batches, two an update
def test_recipe(tmp_path: Path, processes: int, updates: int) -> None:
    found = train(processes, "whole", tmp_path)
    assert found["schedule"] == repr(WarmupLR(CosineLR(0.1, 0.001, t_max=updates - 5), lr_start=0.01, t_warmup=4))
    factor = WarmupLR(CosineLR(1.0, 0.01, t_max=updates - 5), lr_start=0.1, t_warmup=4)
    assert found["used"] == [0.1 * each for each in factor.values(updates)]


def test_resume(tmp_path: Path) -> None:
    whole, first, second = (train(1, mode, tmp_path) for mode in ("whole", "first", "second"))
    assert first["used"] + second["used"] == whole["used"]
    assert second["weights"] == whole["weights"]


def test_why_the_scheduler_is_not_prepared(tmp_path: Path) -> None:
    """A prepared one is moved once per process at every update."""
    found = train(2, "prepared", tmp_path)
    factor = parse(found["factor"])
    assert found["used"] == [0.1 * factor(2 * i) for i in range(20)]

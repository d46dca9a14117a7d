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

from cosine_lr import CosineLR, WarmupLR

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
    found = train(processes, "straight", tmp_path)
    expected = WarmupLR(CosineLR(0.1, 0.001, t_max=updates - 4), lr_start=0.01, t_warmup=4)
    assert found["updates"] == updates
    assert found["used"] == expected.values(updates)


def test_resume(tmp_path: Path) -> None:
    straight = train(1, "straight", tmp_path)
    first = train(1, "first", tmp_path)
    second = train(1, "second", tmp_path)
    assert first["used"] + second["used"] == straight["used"]
    assert second["weights"] == straight["weights"]


def test_why_a_scheduler_is_not_prepared(tmp_path: Path) -> None:
    """A prepared one is moved once per process at every update."""
    assert train(2, "prepared", tmp_path)["used"] == [0.1 * CosineLR(1.0, 0.0, t_max=100)(2 * i) for i in range(20)]

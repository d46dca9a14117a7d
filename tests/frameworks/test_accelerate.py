"""accelerate: gradient accumulation in one process and in two, mixed precision, and its checkpoints."""

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


def train(processes: int, mode: str, folder: Path, precision: str = "no") -> dict[str, Any]:
    """Return what the main process of a run printed."""
    script = str(Path(__file__).with_name("accelerate_run.py"))
    launcher = ["-m", "torch.distributed.run", "--standalone", f"--nproc_per_node={processes}"] if processes > 1 else []
    command = [sys.executable, *launcher, script, mode, precision]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "ACCELERATE_USE_CPU": "true"}
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def schedule(updates: int) -> WarmupLR:
    return WarmupLR(CosineLR(0.1, 0.001, t_max=updates - 5), lr_start=0.01, t_warmup=4)


# 5 epochs of 14 or 7 batches, two an update
@pytest.mark.parametrize("processes, updates, precision", [(1, 35, "no"), (1, 35, "bf16"), (2, 20, "no")])
def test_recipe(tmp_path: Path, processes: int, updates: int, precision: str) -> None:
    found = train(processes, "whole", tmp_path, precision)
    assert found["schedule"] == repr(schedule(updates))
    assert found["used"] == schedule(updates).values(updates)


def test_resume(tmp_path: Path) -> None:
    """The epoch in which the run was killed is trained again."""
    whole, first, second = (train(1, mode, tmp_path) for mode in ("whole", "first", "second"))
    assert first["used"] == whole["used"][:17] and second["used"] == whole["used"][14:]
    assert second["weights"] == whole["weights"]


def test_do_not_prepare_a_scheduler(tmp_path: Path) -> None:
    """A prepared one is moved once per process at every update."""
    assert train(2, "prepared", tmp_path)["used"] == [schedule(20)(2 * i) for i in range(20)]

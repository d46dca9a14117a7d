"""Several processes: torchrun, of whose processes one is killed, and accelerate, also with one process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cosine_lr import CosineLR, WarmupLR, parse
from processes_run import EVERY, KILLED_AT, SCHEDULE, UPDATES
from recipes import inline

FOLDER = Path(__file__).parent
TORCHRUN = ["-m", "torch.distributed.run", "--standalone"]


def launch(folder: Path, *words: str, **environment: str) -> None:
    environment |= {"PYTHONPATH": str(FOLDER.parents[1]), "ACCELERATE_USE_CPU": "true", "GLOO_SOCKET_IFNAME": "lo"}
    command = [sys.executable, *words]
    done = subprocess.run(command, env=os.environ | environment, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_torchrun(tmp_path: Path) -> None:
    """All ranks use the schedule's rates to the bit, before the kill and after it, and none is sent any."""
    setting, _, *options, _ = inline("Several processes", "TORCH").split()
    launch(tmp_path, *TORCHRUN, *options, str(FOLDER / "processes_run.py"), "ddp", **dict([setting.split("=")]))
    rates = parse(SCHEDULE).values(UPDATES)
    lives = [{(tmp_path / f"rates-{life}-{rank}").read_text() for rank in range(4)} for life in (0, 1)]
    assert lives == [{repr(rates[:KILLED_AT])}, {repr(rates[KILLED_AT - KILLED_AT % EVERY :])}]
    assert len({(tmp_path / f"weights-{rank}").read_text() for rank in range(4)}) == 1


def accelerated(folder: Path, mode: str, processes: int = 1, precision: str = "no") -> list[float]:
    """Return the rates of one of the processes; all have the same."""
    launcher = [*TORCHRUN, f"--nproc-per-node={processes}"] if processes > 1 else []
    launch(folder, *launcher, str(FOLDER / "processes_run.py"), "accelerate", mode, precision)
    (used,) = {(folder / f"{mode}-{process}").read_text() for process in range(processes)}
    return eval(used)  # type: ignore[no-any-return]


def schedule(updates: int) -> WarmupLR:
    return WarmupLR(CosineLR(0.1, 0.001, t_max=updates - 5), lr_start=0.01, t_warmup=4)


# 5 epochs of 14 or 7 batches, two an update
@pytest.mark.parametrize("processes, updates, precision", [(1, 35, "no"), (1, 35, "bf16"), (2, 20, "no")])
def test_accelerate(tmp_path: Path, processes: int, updates: int, precision: str) -> None:
    assert accelerated(tmp_path, "whole", processes, precision) == schedule(updates).values(updates)


def test_accelerate_resumed(tmp_path: Path) -> None:
    """The epoch in which the run was killed is trained again."""
    whole, first, second = (accelerated(tmp_path, mode) for mode in ("whole", "first", "second"))
    assert first == whole[:17] and second == whole[14:]
    assert (tmp_path / "second-weights-0").read_text() == (tmp_path / "whole-weights-0").read_text()


def test_do_not_prepare_a_scheduler(tmp_path: Path) -> None:
    """A prepared one is moved once per process at every update."""
    assert accelerated(tmp_path, "prepared", processes=2) == [schedule(20)(2 * i) for i in range(20)]

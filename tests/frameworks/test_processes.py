"""Several processes: torchrun, of whose processes one is killed, and accelerate, also with one process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from accelerate.state import AcceleratorState, GradientState

from cosine_lr import CosineLR, WarmupLR, parse
from processes_run import EVERY, KILLED_AT, SCHEDULE, UPDATES, accelerated
from recipes import inline, recipe

FOLDER = Path(__file__).parent
TORCHRUN = ["-m", "torch.distributed.run", "--standalone"]


def launch(folder: Path, *words: str, **environment: str) -> None:
    environment |= {"PYTHONPATH": str(FOLDER.parents[1]), "ACCELERATE_USE_CPU": "true", "GLOO_SOCKET_IFNAME": "lo"}
    command = [sys.executable, *words]
    done = subprocess.run(command, env=os.environ | environment, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_torchrun(folder: Path) -> None:
    """All ranks use the schedule's rates to the bit, before the kill and after it, and none is sent any."""
    setting, _, *options, _ = inline("Several processes", "TORCH").split()
    launch(folder, *TORCHRUN, *options, str(FOLDER / "processes_run.py"), "ddp", **dict([setting.split("=")]))
    rates = parse(SCHEDULE).values(UPDATES)
    lives = [{(folder / f"rates-{life}-{rank}").read_text() for rank in range(4)} for life in (0, 1)]
    assert lives == [{repr(rates[:KILLED_AT])}, {repr(rates[KILLED_AT - KILLED_AT % EVERY :])}]
    assert len({(folder / f"weights-{rank}").read_text() for rank in range(4)}) == 1


def schedule(updates: int) -> WarmupLR:
    return WarmupLR(CosineLR(0.1, 0.001, t_max=updates - 5), lr_start=0.01, t_warmup=4)


def test_accelerate_with_two_processes(folder: Path) -> None:
    """5 epochs of 7 batches, two an update. Do not prepare a scheduler: each process moves it at every update."""
    launch(folder, *TORCHRUN, "--nproc-per-node=2", str(FOLDER / "processes_run.py"), "accelerate")
    used = {mode: {(folder / f"{mode}-{rank}").read_text() for rank in (0, 1)} for mode in ("whole", "prepared")}
    whole, prepared = schedule(20).values(20), [schedule(20)(2 * i) for i in range(20)]
    assert used == {"whole": {repr(whole)}, "prepared": {repr(prepared)}}


def test_accelerate_resumed(folder: Path, used: list[float]) -> None:
    """The epoch in which the run was killed is trained again."""
    straight = accelerated(recipe("accelerate"))
    accelerated(recipe("accelerate"), killed_at=34)
    resumed = accelerated(recipe("accelerate"), folder="run")
    AcceleratorState._reset_state(reset_partial_state=True)
    GradientState._reset_state()
    rates = schedule(35).values(35)
    assert used == rates + rates[:17] + rates[14:]
    assert resumed.weight.tolist() == straight.weight.tolist()

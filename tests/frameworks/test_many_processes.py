"""Several processes, of which one is killed: all use the schedule's rates to the bit, and none is sent any."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from cosine_lr import parse
from ddp_run import EVERY, KILLED_AT, SCHEDULE, UPDATES
from recipes import inline

ROOT = Path(__file__).parents[2]
PROCESSES = 4


def test_torchrun(tmp_path: Path) -> None:
    """The recipe on four ranks; the one that writes the checkpoints is killed, and the group restarted."""
    setting, _, *options, _ = inline("Several processes", "TORCH").split()
    script = str(Path(__file__).with_name("ddp_run.py"))
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", *options, script, str(tmp_path)]
    environment = os.environ | dict([setting.split("=")]) | {"PYTHONPATH": str(ROOT), "GLOO_SOCKET_IFNAME": "lo"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    rates = parse(SCHEDULE).values(UPDATES)
    lives = [{(tmp_path / f"rates-{life}-{rank}").read_text() for rank in range(PROCESSES)} for life in (0, 1)]
    assert lives == [{repr(rates[:KILLED_AT])}, {repr(rates[KILLED_AT - KILLED_AT % EVERY :])}]
    assert len({(tmp_path / f"weights-{rank}").read_text() for rank in range(PROCESSES)}) == 1

"""Several processes or devices, killed in the middle: all use the schedule's rates to the bit, and none is sent any."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from lives import check, noted, wait
from recipes import inline

ROOT = Path(__file__).parents[2]
PROCESSES, DEVICES, KILL_AFTER = 4, 8, 63


@contextmanager
def started(folder: Path, *command: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a script, and end it at the latest with this context."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    with open(folder / "output", "ab") as output:
        process = subprocess.Popen([sys.executable, *command], env=environment, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def script(name: str) -> str:
    return str(Path(__file__).with_name(name))


def test_torchrun(tmp_path: Path) -> None:
    """The recipe on four ranks; the one that writes the checkpoints is killed, and the group restarted."""
    setting, _, *options, _ = inline("Several processes", "TORCH").split()
    command = ["-m", "torch.distributed.run", "--standalone", *options, script("ddp_run.py"), str(tmp_path)]
    environment = dict([setting.split("=")], GLOO_SOCKET_IFNAME="lo")
    with started(tmp_path, *command, **environment) as group:
        wait(tmp_path / "0-0", KILL_AFTER, lambda: group.poll() is None)
        os.kill(int((tmp_path / "pid-0-0").read_text()), signal.SIGKILL)
        assert group.wait(300) == 0, (tmp_path / "output").read_text()
    before, after = ([noted(tmp_path / f"{life}-{rank}") for rank in range(PROCESSES)] for life in (0, 1))
    for lives in zip(before, after):
        check(list(lives))
    assert min(map(len, before)) >= KILL_AFTER - 1
    assert after.count(after[0]) == PROCESSES
    assert len({(tmp_path / f"weights-{rank}").read_bytes() for rank in range(PROCESSES)}) == 1


@pytest.mark.parametrize("feed", ["host", "table"])
def test_jax_on_many_devices(tmp_path: Path, feed: str) -> None:
    """A rate passed into `shard_map` by the host, and one looked up in a table under a sharded `jit`."""
    command = [script("devices_run.py"), feed, str(tmp_path)]
    many = f"--xla_force_host_platform_device_count={DEVICES}"
    with started(tmp_path, *command, "0", XLA_FLAGS=many) as first:
        wait(tmp_path / f"0-{DEVICES - 1}", KILL_AFTER, lambda: first.poll() is None)
        first.kill()
        assert first.wait() == -signal.SIGKILL, (tmp_path / "output").read_text()
    with started(tmp_path, *command, "1", XLA_FLAGS=many) as second:
        assert second.wait(300) == 0, (tmp_path / "output").read_text()
    before, after = ([noted(tmp_path / f"{life}-{device}") for device in range(DEVICES)] for life in (0, 1))
    for lives in zip(before, after):
        check(list(lives), used=np.float32)
    assert min(map(len, before)) >= KILL_AFTER - 1
    assert after.count(after[0]) == DEVICES

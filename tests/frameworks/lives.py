"""What the scripts that get killed share: their schedule, files that survive a kill, and the check of their rates."""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cosine_lr import parse

STEPS, EVERY = 150, 5  # updates of a run, and from checkpoint to checkpoint
SCHEDULE = "WarmupLR(CosineRestartsLR(0.01, 0.0001, t_max=40, t_mult=2), lr_start=0.001, t_warmup=20)"

# One update: its number, as the optimizer counts, and its rate. Written at once: a kill leaves no half of 16 bytes.
RECORD = struct.Struct("<qd")


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes the place of `path` once it is complete and on the disk."""
    unfinished = path.with_suffix(".unfinished")
    with open(unfinished, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)


def note(log: Path, step: int, rate: float) -> None:
    with open(log, "ab", buffering=0) as file:
        file.write(RECORD.pack(step, rate))


def noted(log: Path) -> list[tuple[int, float]]:
    return list(RECORD.iter_unpack(log.read_bytes())) if log.exists() else []


def wait(log: Path, steps: int, alive: Callable[[], bool]) -> None:
    """Return when so many steps are noted, or when the process that should note them has ended."""
    end = time.monotonic() + 300
    while alive() and (log.stat().st_size if log.exists() else 0) < steps * RECORD.size:
        assert time.monotonic() < end, f"{log} has not come to {steps} steps"
        time.sleep(0.0002)


def check(lives: list[list[tuple[int, float]]], used: Callable[[float], float] = float) -> int:
    """Hold the rates of a run, life after life, to its schedule. Return how many steps were replayed.

    A life goes on from the last checkpoint: nothing is left out, and no more is done again than lay behind it.
    """
    schedule = parse(SCHEDULE)
    reached = replayed = 0
    for life in filter(None, lives):
        steps = [step for step, _ in life]
        start, end = steps[0], steps[-1] + 1
        assert steps == list(range(start, end)), f"a gap or a repeat in {steps}"
        assert start % EVERY == 0 and 0 <= reached - start <= EVERY, f"resumed at {start}, killed at {reached}"
        assert [rate for _, rate in life] == [used(schedule(step)) for step in steps], f"a wrong rate from {start} on"
        replayed += min(reached, end) - start
        reached = max(reached, end)
    assert reached == STEPS, f"{reached} steps of {STEPS}"
    return replayed

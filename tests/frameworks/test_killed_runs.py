"""Training that is killed at random moments and resumed from the disk: a few times; killed_run.py by hand: many."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cosine_lr import parse
from lives import SCHEDULE, STEPS, check

ROOT = Path(__file__).parents[2]
STRAIGHT = list(enumerate(parse(SCHEDULE).values(STEPS)))


def test_killed_runs() -> None:
    """No gap, no repeat but of replayed steps, the schedule's rate at each, the weights of an uninterrupted run."""
    command = [sys.executable, str(Path(__file__).with_name("killed_run.py")), "--kills=5", "--fresh=1"]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert re.findall(r"(\d+) kills", done.stdout) == ["5", "5", "5", "1", "16"]
    assert re.search(r"^all: .* [1-9]\d* replayed steps", done.stdout, re.MULTILINE)


def test_the_check_counts_what_is_replayed() -> None:
    assert check([STRAIGHT]) == 0
    assert check([STRAIGHT[:13], [], STRAIGHT[10:12], STRAIGHT[10:]]) == 5


@pytest.mark.parametrize(
    "lives",
    [
        [STRAIGHT[:10], STRAIGHT[15:]],
        [STRAIGHT[:12], STRAIGHT[15:]],
        [STRAIGHT[:13], STRAIGHT[11:]],
        [STRAIGHT[:13], STRAIGHT[5:]],
        [STRAIGHT[:13], STRAIGHT],
        [STRAIGHT[:20] + STRAIGHT[21:]],
        [STRAIGHT[:20] + STRAIGHT[19:]],
        [STRAIGHT[:-1]],
        [],
        [STRAIGHT[:20] + [(20, STRAIGHT[21][1])] + STRAIGHT[21:]],
        [STRAIGHT[:10], [(step, parse(SCHEDULE)(step + 1)) for step in range(10, STEPS)]],
    ],
)
def test_the_check_can_fail(lives: list[list[tuple[int, float]]]) -> None:
    with pytest.raises(AssertionError):
        check(lives)

"""A few seconds of `tests/fuzz.py`, always the same ones, and what it found once."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests import fuzz


@pytest.mark.parametrize("seed", [1, 2])
def test_any_object_as_any_argument(seed: int) -> None:
    """Only ValueError and TypeError come out, or a float."""
    fuzz.calls(20_000, seed)


@pytest.mark.parametrize("attack", ["texts", "commands"])
def test_any_text(attack: str) -> None:
    """Only a schedule, a ValueError or a TypeError comes out; nothing is run, imported or opened."""
    code = f"from tests import fuzz; fuzz.random_texts({10_000 if attack == 'texts' else 300}, 1, fuzz.a_{attack[:-1]})"
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, cwd=fuzz.ROOT)  # an audit hook stays


def test_the_watch_sees_what_a_text_makes_python_do() -> None:
    """Else the test above could not fail."""
    code = "import sys; from tests import fuzz; fuzz.watch(); fuzz._watched(eval, sys.argv[1])"
    for text in ("__import__('this')", "open('/dev/null')", "exec('1')"):
        done = subprocess.run([sys.executable, "-c", code, text], capture_output=True, text=True, cwd=fuzz.ROOT)
        assert done.returncode != 0 and "Finding" in done.stderr, done.stderr


def test_a_finding_is_reported() -> None:
    def broken() -> None:
        raise KeyError("not one of the two")

    with pytest.raises(fuzz.Finding, match="KeyError"):
        fuzz._guarded(broken, "what was called")

"""A few seconds of `tests/fuzz.py`, always the same inputs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.process


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-W", "error", *words], capture_output=True, text=True, cwd=ROOT)


def test_any_object_any_array_any_text_and_any_command() -> None:
    done = run("-m", "tests.fuzz", "250")
    assert done.returncode == 0 and done.stdout.count("250 ") == 4, done.stderr


@pytest.mark.parametrize("text", ["__import__('this')", "open('/dev/null')", "exec('1')"])
def test_the_watch_sees_what_a_text_makes_python_do(text: str) -> None:
    """Else the test above could not fail."""
    done = run("-c", "import sys; from tests import fuzz; fuzz.main(1); fuzz.watched(eval, sys.argv[1])", text)
    assert done.returncode != 0 and "a text made Python do" in done.stderr

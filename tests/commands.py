"""Run Python in a process of its own, or the command line in this one; read a page."""

import contextlib
import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from cosine_lr.__main__ import main

ROOT = Path(__file__).parent.parent
COMMAND = [sys.executable, "-m", "cosine_lr"]
Done = tuple[Any, str, str]  # the exit status, the output and the errors


def process(*words: object, redirected: str = "", **environment: str) -> Done:
    """Run Python with these words in a process of its own."""
    command = ["/bin/sh", "-c", f'exec "$@" {redirected}', "sh", sys.executable, *map(str, words)]
    env = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=env)
    return done.returncode, done.stdout, done.stderr


def output(*words: object, **environment: str) -> str:
    """Run Python with these words, which must succeed."""
    status, out, err = process(*words, **environment)
    assert status == 0, out + err
    return out


def run(*words: str, out: io.StringIO | None = None, err: io.StringIO | None = None) -> Done:
    """Run the command line in this process."""
    out, err = out or io.StringIO(), err or io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status: Any = main(words)
        except SystemExit as left:
            status = left.code
    return status, out.getvalue(), err.getvalue()


def prose(page: str) -> str:
    return re.sub(r"(?ms)^```.*?^```$", "", page)


def anchors(page: str) -> list[str]:
    """What GitHub makes of the headings of a page."""
    headings = re.findall(r"(?m)^##+ (.+)$", prose(page))
    return [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings]

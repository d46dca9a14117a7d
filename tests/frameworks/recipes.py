"""The recipes of README.md and MIGRATING.md, run as a reader would copy them."""

from __future__ import annotations

import linecache
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

README = Path(__file__).parents[2] / "README.md"
MIGRATING = Path(__file__).parent / "MIGRATING.md"


def section(heading: str, page: Path = README) -> str:
    """Return what stands under a heading of a page, up to the next one."""
    parts = re.split(r"(?m)^#{2,3} (.+)\n", page.read_text(encoding="utf-8"))
    found = [text for name, text in zip(parts[1::2], parts[2::2]) if name == heading]
    assert len(found) == 1, f"{page.name} has {len(found)} sections {heading!r}"
    return found[0]


def recipe(heading: str, which: int = 0, page: Path = README) -> str:
    """Return a block of code under a heading, the first one unless told otherwise."""
    return re.findall(r"(?ms)^```python\n(.*?)^```$", section(heading, page))[which]


def inline(heading: str, start: str, page: Path = README) -> str:
    """Return the `inline code` under a heading that begins with `start`."""
    text = re.sub(r"(?ms)^```.*?^```$", "", section(heading, page))
    codes = {code for code in re.findall(r"`([^`]+)`", text) if code.startswith(start)}
    assert len(codes) == 1, f"{heading!r} has {len(codes)} codes that begin with {start!r}"
    return codes.pop()


def row(name: str) -> list[str]:
    """Return the inline codes of a framework's row in the table of the others."""
    (line,) = re.findall(rf"(?m)^\| {re.escape(name)} \|(.+)$", section("The others"))
    return re.findall(r"`([^`]+)`", line)


def run(code: str, **names: Any) -> dict[str, Any]:
    """Execute a recipe with the reader's own names, and return them together with those that the recipe made."""
    file = f"recipe, {code.splitlines()[0]}"
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)  # some frameworks read the source
    exec(compile(code, file, "exec"), names)
    return names


def pytest_alone(file: str | Path, *options: str, **environment: str) -> str:
    """Run a file of tests in a process of its own and return what pytest wrote; its failure is one here."""
    command = [sys.executable, "-m", "pytest", "-q", *options, str(file)]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout

"""The recipes of RECIPES.md and MIGRATING.md, run as a reader would copy them."""

import linecache
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from cosine_lr import CosineLR, WarmupLR

SCHEDULE = WarmupLR(CosineLR(0.1, 0.001, t_max=94), lr_start=0.01, t_warmup=5)  # of most recipes
RECIPES = Path(__file__).parent / "RECIPES.md"
MIGRATING = Path(__file__).parent / "MIGRATING.md"
PYTHON = re.compile(r"(?ms)^```python\n(.*?)^```$")


def section(heading: str, page: Path = RECIPES) -> str:
    """Return what stands under a heading of a page, up to the next one."""
    parts = re.split(r"(?m)^#{2,3} (.+)\n", page.read_text(encoding="utf-8"))
    found = [text for name, text in zip(parts[1::2], parts[2::2]) if name == heading]
    assert len(found) == 1, f"{page.name} has {len(found)} sections {heading!r}"
    return found[0]


def recipe(heading: str, which: int = 0, page: Path = RECIPES) -> str:
    """Return a block of code under a heading, the first one unless told otherwise."""
    return str(PYTHON.findall(section(heading, page))[which])


def changed(code: str, *changes: tuple[str, str]) -> str:
    """Return a recipe in which texts, each of which it has once, are replaced."""
    for old, new in changes:
        assert code.count(old) == 1, f"{old!r} is {code.count(old)} times in the recipe"
        code = code.replace(old, new)
    return code


def inline(heading: str, start: str, page: Path = RECIPES) -> str:
    """Return the `inline code` under a heading that begins with `start`."""
    text = re.sub(r"(?ms)^```.*?^```$", "", section(heading, page))
    codes: set[str] = {code for code in re.findall(r"`([^`]+)`", text) if code.startswith(start)}
    assert len(codes) == 1, f"{heading!r} has {len(codes)} codes that begin with {start!r}"
    return codes.pop()


def factor_of(updates: int) -> WarmupLR:
    """Return the factor of the recipes with a LambdaLR, for an optimizer whose own rate is 0.1."""
    return WarmupLR(CosineLR(1.0, 0.01, t_max=updates - 6), lr_start=0.1, t_warmup=5)


def float32(rates: list[float]) -> list[float]:
    return [float(np.float32(rate)) for rate in rates]


def row(name: str) -> list[str]:
    """Return the inline codes of a framework's row in the table of the others."""
    (line,) = re.findall(rf"(?m)^\| {re.escape(name)} \|(.+)$", section("More frameworks"))
    return re.findall(r"`([^`]+)`", line)


class Killed(BaseException):
    """What ends a run in the middle of an epoch."""


def run(code: str, **names: Any) -> dict[str, Any]:
    """Execute a recipe with the reader's own names, and return them together with those that the recipe made.
    It is a module with a source, as a reader's script is: some libraries ask for these."""
    module = sys.modules["recipe"] = ModuleType("recipe")
    file = f"recipe {hash(code)}"
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    vars(module).update(names)
    exec(compile(code, file, "exec", dont_inherit=True), vars(module))
    return vars(module)


def python(*words: str, **environment: str) -> str:
    """Run a Python of its own, which finds this package, and return what it wrote; its failure is one here."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **environment}
    done = subprocess.run([sys.executable, *words], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout

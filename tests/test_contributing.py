"""CONTRIBUTING.md is followed word for word: a formula is added to a copy, the laws pass; it is broken, they fail."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import ROOT

PAGE = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"(?ms)^```python\n# (\S+), before (\w+)\n(.*?)^```$", PAGE)
PLACE = r"(?m)^(@precise\n)?(def |class |    Row\(\s*partial\()%s\b"  # of the definition after the block
NAMES = [  # a file, what stands in it, and the name that is put behind that
    ("cosine_lr/functions.py", "from .formulas import (", "rex, "),
    ("cosine_lr/schedules.py", "from .formulas import (", "rex, "),
    ("cosine_lr/arrays.py", "constant, cosine, cosine_restarts, polynomial,", " rex,"),
    ("cosine_lr/__init__.py", "from .functions import (", "rex_lr, "),
    ("cosine_lr/__init__.py", "from .schedules import (", "RexLR, "),
    ("cosine_lr/__init__.py", '"restart_lr", ', '"rex_lr", '),
    ("cosine_lr/__init__.py", '"RestartLR", ', '"RexLR", '),
    ("tests/schedules.py", "from cosine_lr import (", "rex_lr, "),
]
LAWS = [f"tests/laws/test_{name}.py" for name in ("1_ends", "2_range", "3_monotone", "6_exact", "7_unit_free")]
WRONG = {  # law 1, 2, 3: it ends above `lr_min`, overshoots and rises; 6: all of it; 7: it adds a constant to a time
    "        return last\n    left = (t - e) / t": "        return last * 1.01\n    left = (t - e + 1e-6) / (t + 1e-6)",
    "2.0 * left / (1.0 + left))": "2.0 * left / (1.0 + left)) * (1.5 if 0.4 < left < 0.6 else 1.0)",
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("cosine_lr", "tests", "benchmarks"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "frameworks"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for file, before, block in BLOCKS:
        text = (tmp_path / file).read_text(encoding="utf-8")
        place = re.search(PLACE % before, text)
        assert place, (file, before)
        space = "" if block.startswith(" ") else "\n\n"
        (tmp_path / file).write_text(text[: place.start()] + block + space + text[place.start() :], encoding="utf-8")
    for file, before, name in NAMES:
        text = (tmp_path / file).read_text(encoding="utf-8")
        assert text.count(before) == 1, (file, before)
        (tmp_path / file).write_text(text.replace(before, before + name), encoding="utf-8")
    return tmp_path


def results(copy: Path) -> dict[str, bool]:
    """Whether each law passes, for the new formula alone."""
    options = "--hypothesis-profile=mutants -p no:cacheprovider -q --tb=no -rfp -k rex_lr".split()
    done = subprocess.run([sys.executable, "-m", "pytest", *options, *LAWS], cwd=copy, capture_output=True, text=True)
    found = re.findall(r"(?m)^(PASSED|FAILED) (tests/laws/\w+\.py)", done.stdout)
    assert {file for _, file in found} == {*LAWS}, done.stdout + done.stderr
    return {law: ("FAILED", law) not in found for law in LAWS}


@pytest.mark.process
def test_a_formula_that_is_added_as_the_page_says_is_under_the_laws(copy: Path) -> None:
    assert results(copy) == dict.fromkeys(LAWS, True)
    file = copy / "cosine_lr" / "formulas.py"
    text = file.read_text(encoding="utf-8")
    formula = wrong = BLOCKS[0][2]
    for old, new in WRONG.items():
        assert wrong.count(old) == 1
        wrong = wrong.replace(old, new)
    file.write_text(text.replace(formula, wrong), encoding="utf-8")
    assert results(copy) == dict.fromkeys(LAWS, False)

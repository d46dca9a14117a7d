"""Every example of the README runs, here or, where it needs a framework, with the framework."""

from __future__ import annotations

import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+)\n((?:(?!^## ).*\n)*)", README, flags=re.MULTILINE))
FRAMEWORKS = "Use it from ..."  # its examples run in tests/frameworks


def blocks(language: str, text: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


HERE = README.replace(SECTIONS[FRAMEWORKS], "")
CONSOLE = [line for block in blocks("console", README) for line in block.splitlines() if line.startswith("$ ")]
(MAIN, TESTS) = CONSOLE[:2]


def shown_values(source: str, names: dict[str, Any]) -> int:
    """Hold each line that is an expression with a value behind `# ` to that value; return how many there were."""
    held = 0
    for line in source.splitlines():
        expression, _, comment = line.partition("  # ")
        value = comment.partition(": ")[0]
        if re.fullmatch(r"[\w.]+\(.*\)", expression) and re.fullmatch(r"[\d.]+|\w+LR\(.*\)", value):
            assert repr(eval(expression, names)) == value
            held += 1
    return held


def test_python_examples_run_and_show_the_truth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    names: dict[str, Any] = {}
    held = 0
    for source in blocks("python", HERE):
        exec(compile(source, "README.md", "exec"), names)
        held += shown_values(source, names)
    assert held >= 3
    assert (tmp_path / "curves.png").stat().st_size > 1000
    assert str(names["schedule"]).startswith("WarmupLR(SigmoidLR(0.1, t_half=30)")


def test_doctests() -> None:
    assert doctest.testfile(str(ROOT / "README.md"), module_relative=False).failed == 0


def test_the_main_command() -> None:
    words = shlex.split(MAIN.removeprefix("$ "))
    assert words[:3] == ["python3", "-m", "cosine_lr"]
    printed = subprocess.check_output([sys.executable, "-I", "-S", "-c", RUN, *words[3:]], text=True, cwd=ROOT)
    rows = dict(line.split("\t") for line in printed.splitlines()[1:])
    assert list(rows) == [str(e) for e in range(11)]
    assert (rows["0"], rows["5"], rows["10"]) == ("0.1", "0.0505", "0.001")


RUN = "import runpy, sys; sys.path.insert(0, '.'); runpy.run_module('cosine_lr', run_name='__main__', alter_sys=True)"


@pytest.mark.parametrize("block", [block for block in blocks("console", README) if block.count("\n") > 1])
def test_commands_print_what_is_shown(block: str) -> None:
    command, _, shown = block.partition("\n")
    words = shlex.split(command.removeprefix("$ "))
    assert words[0] == "python3"
    assert subprocess.check_output([sys.executable, *words[1:]], text=True, cwd=ROOT) == shown


def test_ci_runs_the_test_command_word_for_word() -> None:
    command = TESTS.removeprefix("$ ")
    assert command.endswith(" -m pytest")
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_links_lead_somewhere() -> None:
    anchors = {
        re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.+)$", README, re.M)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", README)) <= anchors
    assert all((ROOT / path).exists() for path in re.findall(r"\]\((?!https?:|#)([^)]+)\)", README))

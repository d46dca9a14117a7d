"""The README: every example runs as it stands, every link leads somewhere, and what can be counted is counted."""

from __future__ import annotations

import inspect
import os
import re
import shlex
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import cosine_lr
from tests.frameworks.peers import LIBRARIES

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "README.md"
README = PAGE.read_text(encoding="utf-8")
RECIPES = (ROOT / "tests" / "frameworks" / "RECIPES.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^##+ (.+)\n((?:(?!^##+ ).*\n)*)", README, flags=re.MULTILINE))
FRAMEWORKS = ("Keras", "TensorFlow", "JAX and optax", "PyTorch")  # their blocks run in tests/frameworks
MAIN = 'python3 -m cosine_lr "CosineLR(0.1, 0.001, t_max=10)" -n 11'
TESTS = "python3 -m venv .venv && .venv/bin/pip install -q -e '.[dev]' && .venv/bin/python -m pytest"
# A line with its value behind it, `schedule(5)  # 0.1: the peak`, or what was assigned to a name.
SHOWN = re.compile(r"(?m)^(?:(\w+) = )?(\S.*?)  # ([\d.]+|True|\{.*?\}|\w+LR\(.*\))(?:: .*)?$")


def blocks(language: str, text: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def anchors(text: str) -> Counter[str]:
    """Return what GitHub makes of the headings of a page."""
    text = re.sub(r"(?ms)^```.*?^```$", "", text)
    return Counter(re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"(?m)^#+ (.+)$", text))


EXAMPLES = [code for name, text in SECTIONS.items() if name not in FRAMEWORKS for code in blocks("python", text)]
EXAMPLES = blocks("python", README.partition("\n## ")[0]) + EXAMPLES


# The code.


def run_python(code: str, folder: Path) -> str:
    (folder / "example.py").write_text(code, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg"}
    command = [sys.executable, "-W", "error", "example.py"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("code", EXAMPLES, ids=lambda code: code.splitlines()[-1])
def test_an_example_runs_alone_in_a_process_and_shows_the_truth(code: str, tmp_path: Path) -> None:
    def held(line: re.Match[str]) -> str:
        name = line[1] or "value"
        return f"{name} = {line[2]}; assert str({name}) == {line[3]!r}, {name}"

    assert run_python(SHOWN.sub(held, code), tmp_path) == ""
    assert all(path.stat().st_size > 1000 for path in tmp_path.glob("*.png"))


def test_examples_are_found_and_show_values() -> None:
    assert len(EXAMPLES) >= 7
    shown = [line[3] for line in SHOWN.finditer("".join(EXAMPLES))]
    assert len(shown) >= 8 and {"0.0505", "0.001", "True", "{'e': 50}"} <= {*shown}


def test_a_wrong_value_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="0.0505"):
        test_an_example_runs_alone_in_a_process_and_shows_the_truth(EXAMPLES[0].replace("# 0.0505", "# 0.06"), tmp_path)


def test_the_framework_blocks_are_those_of_the_recipes_that_run_with_the_frameworks() -> None:
    recipes = blocks("python", RECIPES)
    for name in FRAMEWORKS:
        found = blocks("python", SECTIONS[name])
        assert found and all(code in recipes for code in found)


@pytest.mark.parametrize(("n", "warm", "cool"), [(1000, 50, 200), (50, 3, 10), (70, 3, 10)])
def test_what_to_choose_ends_where_it_should(n: int, warm: int, cool: int) -> None:
    (code,) = blocks("python", SECTIONS["Which to choose"])
    assert code.count("n, warm, cool = 1000, 50, 200") == 1
    names: dict[str, Any] = {}
    exec(code.replace("1000, 50, 200", f"{n}, {warm}, {cool}"), names)
    last = {name: each(n - 1) for name, each in names.items() if isinstance(each, cosine_lr.LRIterator)}
    assert list(last) == ["network", "language", "plateau", "wsd", "endless", "tuning", "snapshots"]
    assert [last[name] for name in ("network", "language", "wsd", "tuning", "snapshots")] == [0.001, 6e-5, 0, 0, 0.001]
    assert names["network"](n - 2) > 0.001 and names["wsd"](n - cool) == 6e-4 > names["wsd"](n - cool + 1) > 0


# The commands.


def test_the_two_commands_stand_word_for_word() -> None:
    assert blocks("console", README)[:2] == [f"$ {MAIN}\n", f"$ {TESTS}\n"]
    assert TESTS in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_the_main_command() -> None:
    """In a process that finds nothing but the checkout and the standard library."""
    code = (
        "import runpy, sys; sys.path.insert(0, '.');"
        "runpy.run_module('cosine_lr', run_name='__main__', alter_sys=True)"
    )
    words = shlex.split(MAIN)[3:]
    printed = subprocess.check_output([sys.executable, "-I", "-S", "-c", code, *words], text=True, cwd=ROOT)
    rows = dict(line.split("\t") for line in printed.splitlines()[1:])
    assert list(rows) == [str(e) for e in range(11)]
    assert (rows["0"], rows["5"], rows["10"]) == ("0.1", "0.0505", "0.001")


@pytest.mark.parametrize("block", [block for block in blocks("console", README) if block.count("\n") > 1])
def test_commands_print_what_is_shown(block: str) -> None:
    command, _, shown = block.partition("\n")
    words = shlex.split(command.removeprefix("$ "))
    assert words[0] == "python3"
    assert subprocess.check_output([sys.executable, *words[1:]], text=True, cwd=ROOT) == shown


# The text.


def test_it_is_a_page() -> None:
    assert len(README.encode()) <= 24_000


def test_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)]+)\)", README)
    assert len(targets) >= 30
    for target in targets:
        path, _, anchor = target.partition("#")
        page = ROOT / path if path else PAGE
        assert page.exists(), target
        assert not anchor or anchors(page.read_text(encoding="utf-8"))[anchor] == 1, target


def test_the_contents_name_every_section() -> None:
    names = re.findall(r"(?m)^##+ (.+)$", re.sub(r"(?ms)^```.*?^```$", "", README))
    named = re.findall(r"\]\(#([^)]+)\)", SECTIONS["Contents"])
    assert named == [anchor for anchor in anchors("\n".join(f"# {name}" for name in names)) if anchor != "contents"]


def test_no_sentence_twice() -> None:
    text = re.sub(r"(?ms)^```.*?^```$|^\|.*?$", "", README)
    sentences = Counter(each.strip() for each in re.split(r"(?<=[.:?])\s+", " ".join(text.split())) if len(each) > 25)
    assert [each for each, times in sentences.items() if times > 1] == []


@pytest.mark.parametrize("name", [name for name in cosine_lr.__all__ if name.endswith("_lr")])
def test_the_table_has_the_arguments_of_each_function(name: str) -> None:
    (row,) = re.findall(rf"(?m)^\| `{name}` `(\w+)` \|.*\| `(.+)` \|$", SECTIONS["Schedules"])
    _, *parameters = inspect.signature(getattr(cosine_lr, name)).parameters.values()
    words = [each.name if each.default is each.empty else f"{each.name}={each.default!r}" for each in parameters]
    named = [each.kind is each.KEYWORD_ONLY for each in parameters]
    if True in named:
        words.insert(named.index(True), "*")
    assert (row[0].lower(), row[1].replace('"', "'")) == (name.replace("_", ""), ", ".join(words))


def test_the_counts_of_other_libraries_schedulers() -> None:
    peers = [peer for library in LIBRARIES for peer in library.peers]
    notation = sum(peer.is_notation() for peer in peers)
    assert f"{notation} of {len(peers)} schedulers of {len(LIBRARIES)} libraries" in " ".join(README.split())


def test_the_laws_are_those_of_the_tests() -> None:
    """Law 5 of the page, "A float", is the file test_5_float.py."""
    laws = re.findall(r"(?m)^(\d+)\. \*\*(.+?)\.?\*\*", SECTIONS["What is promised"])
    files = [path.stem.split("_", 2)[1:] for path in (ROOT / "tests" / "laws").glob("test_*.py")]
    assert [int(number) for number, _ in laws] == list(range(1, 13))
    assert all(name.replace("_", " ") in dict(laws)[number].lower().replace("-", " ") for number, name in files)


def test_the_picture_beside_the_code_is_of_that_schedule() -> None:
    (code,) = blocks("python", SECTIONS["Looking at curves"])
    (shown,) = re.findall(r"(?m)^schedule = (.+)$", code)
    picture = ROOT / "benchmarks" / "warmup.svg"
    assert f"({picture.relative_to(ROOT).as_posix()})" in SECTIONS["Looking at curves"]
    assert f">{shown}<" in picture.read_text(encoding="utf-8")
    assert picture.stat().st_size < 40_000


def test_the_version() -> None:
    assert f"`cosine_lr.__version__` is {cosine_lr.__version__}." in README

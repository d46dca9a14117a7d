"""The pages for newcomers: blocks run as they stand and show the truth, links lead somewhere, counts are true."""

import dataclasses
import inspect
import io
import os
import re
import runpy
import subprocess
import sys
from collections import Counter
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

import cosine_lr
from cosine_lr import CosineLR, Schedule
from tests.commands import ROOT, anchors, prose
from tests.frameworks.peers import count

PAGE = ROOT / "README.md"
README = PAGE.read_text(encoding="utf-8")
METADATA = (ROOT / "pyproject.toml").read_text("utf-8").partition('text = """\n')[2].partition('"""')[0]
RECIPES = (ROOT / "tests" / "frameworks" / "RECIPES.md").read_text(encoding="utf-8")
HERE = {*sys.stdlib_module_names, "cosine_lr", "numpy", "matplotlib"}  # what a block may import to run here
DECAY: Any = CosineLR(0.1, 0.001, t_max=10)
MAIN = 'python3 -m cosine_lr "CosineLR(0.1, 0.001, t_max=10)" -n 11'
TESTS = "python3 -m venv .venv && .venv/bin/pip install -q -e '.[dev]' && .venv/bin/python -m pytest"
# A line with its value in a comment, `schedule(5)  # 0.1: the peak`, or with what it assigns to a name.
VALUE = r"-?[\d.]+(?:e[+-]?\d+)?|True|False|None|'.*'|[\[{].*[\]}]|\w+\(.*\)"
SHOWN = re.compile(rf"(?m)^( *)(?:(\w+) = )?(\S.*?)  # ({VALUE})(?:: .*)?$")


def blocks(language: str, text: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


PYTHON = blocks("python", README)
EXAMPLES = [code for code in PYTHON if {*re.findall(r"(?m)^ *(?:from|import) (\w+)", code)} <= HERE]


def run(code: str, folder: Path) -> str:
    """Run a block, with its comments as assertions, as a file in a folder, and return what it prints."""

    def asserted(line: re.Match[str]) -> str:
        indent, name, value, shown = line.groups()
        name = name or "value"
        return f"{indent}{name} = {value}; assert {shown!r} in (str({name}), repr({name})), {name}"

    (folder / "example.py").write_text(SHOWN.sub(asserted, code), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()) as printed:
        patch.chdir(folder)
        patch.setenv("MPLBACKEND", "Agg")
        runpy.run_path("example.py", run_name="__main__")
    return printed.getvalue()


@pytest.mark.parametrize("code", [*EXAMPLES, *blocks("python", METADATA)], ids=lambda code: code.splitlines()[-1])
def test_an_example_runs_alone_and_shows_the_truth(code: str, tmp_path: Path) -> None:
    run(code, tmp_path)
    assert all(path.stat().st_size > 1000 for path in tmp_path.glob("*.png"))


def test_a_wrong_value_is_noticed_and_a_remark_is_no_value(tmp_path: Path) -> None:
    for line in ("1 / 2  # 0.6", "if 1:\n    x = 0.5  # 1", "{'e': 5}  # {'e': 50}: save", "[1]  # [2]", "1  # True"):
        with pytest.raises(AssertionError):
            run(line + "\n", tmp_path)
    for remark in ("run, warm-up", "0.5 of the peak", "from 1 to 0.05", "the peak (0.1)", "CosineLR: a cosine"):
        assert run(f"print(1)  # {remark}\n", tmp_path) == "1\n"


def test_the_examples_show_values_and_the_other_blocks_are_recipes_word_for_word() -> None:
    """Those run with the real frameworks, in tests/frameworks."""
    shown = [line[4] for line in SHOWN.finditer("".join(EXAMPLES))]
    assert len(EXAMPLES) >= 7 and len(shown) >= 7 and "0.0505" in shown
    assert [code for code in PYTHON if code not in EXAMPLES and code not in blocks("python", RECIPES)] == []


@pytest.mark.parametrize(("n", "warm", "cool"), [(1000, 50, 200), (50, 3, 10), (70, 3, 10)])
def test_what_to_choose_ends_where_it_should(n: int, warm: int, cool: int) -> None:
    (code,) = [code for code in EXAMPLES if "n, warm, cool = 1000, 50, 200" in code]
    names: dict[str, Any] = {}
    exec(code.replace("1000, 50, 200", f"{n}, {warm}, {cool}"), names)
    for name, last in {"network": 0.001, "wsd": 0.0, "tuning": 0.0, "snapshots": 0.001}.items():
        assert names[name](n - 1) == last, name
    assert names["network"](n - 2) > 0.001
    assert names["wsd"](n - cool) == 6e-4 > names["wsd"](n - cool + 1) > 0


# Each command of a block, and what the block shows of its output.
SESSIONS = [each.partition("\n") for block in blocks("console", README) for each in re.split(r"(?m)^\$ ", block)[1:]]
COMMANDS = [(command, shown) for command, _, shown in SESSIONS]


def test_the_two_commands_stand_word_for_word() -> None:
    assert COMMANDS[:2] == [(MAIN, ""), (TESTS, "")]
    assert TESTS in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(("command", "shown"), [each for each in COMMANDS if each[0] != TESTS])
def test_a_command_prints_what_is_shown(command: str, shown: str, tmp_path: Path) -> None:
    program, words = command.split(" ", 1)
    python = sys.executable + {"python3": " ", "cosine-lr": " -m cosine_lr "}[program]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg"}
    printed = subprocess.check_output(python + words, shell=True, text=True, cwd=tmp_path, env=environment)
    assert not shown or printed == shown


def test_its_length_its_version_and_the_counts_of_other_libraries_schedulers() -> None:
    assert len(README.encode()) <= 17_000
    assert f"`cosine_lr.__version__` is {cosine_lr.__version__}." in README
    assert "{} of {} schedulers of {} libraries".format(*count()) in " ".join(README.split())


@pytest.mark.parametrize("target", sorted({*re.findall(r"\]\((?!https?:)([^)]+)\)", README)}))
def test_a_link_leads_somewhere(target: str) -> None:
    path, _, anchor = target.partition("#")
    page = ROOT / path if path else PAGE
    assert page.exists()
    assert not anchor or anchors(page.read_text(encoding="utf-8")).count(anchor) == 1


def test_the_contents_name_every_section_in_order() -> None:
    contents = prose(README).partition("\n## Contents\n")[2].partition("\n## ")[0]
    assert re.findall(r"\]\(#([^)]+)\)", contents) == [each for each in anchors(README) if each != "contents"]


def test_no_sentence_twice() -> None:
    text = re.sub(r"(?m)^\|.*?$", "", prose(README))
    sentences = Counter(each.strip() for each in re.split(r"(?<=[.:?])\s+", " ".join(text.split())) if len(each) > 25)
    assert [each for each, times in sentences.items() if times > 1] == []


@pytest.mark.parametrize("name", [name for name in cosine_lr.__all__ if name.endswith("_lr")])
def test_the_table_has_the_arguments_of_each_function(name: str) -> None:
    (row,) = re.findall(rf"(?m)^\| `{name}` `(\w+)` \|.*\| `(.+)` \|$", README)
    _, *parameters = inspect.signature(getattr(cosine_lr, name)).parameters.values()
    words = [each.name if each.default is each.empty else f"{each.name}={each.default!r}" for each in parameters]
    named = [each.kind is each.KEYWORD_ONLY for each in parameters]
    if True in named:
        words.insert(named.index(True), "*")
    assert (row[0].lower(), row[1].replace('"', "'")) == (name.replace("_", ""), ", ".join(words))


def test_the_laws_are_those_of_the_tests() -> None:
    """Law 5 of the page, "A float", is the file test_5_float.py."""
    laws = re.findall(r"(?m)^(\d+)\. \*\*(.+?)\.?\*\*", README)
    files = [path.stem.split("_", 2)[1:] for path in (ROOT / "tests" / "laws").glob("test_[0-9]*.py")]
    assert [number for number, _ in laws] == [str(number) for number in range(1, 14)]
    assert {number for number, _ in files} == {number for number, _ in laws}
    assert all(name.replace("_", " ") in dict(laws)[number].lower().replace("-", " ") for number, name in files)


def test_the_picture_beside_the_code_is_of_that_schedule() -> None:
    (code,) = [code for code in EXAMPLES if "plot(schedule" in code]
    (shown,) = re.findall(r"(?m)^schedule = (.+)$", code)
    (picture,) = re.findall(r"^!\[.*\]\((.+\.svg)\)", README[README.index(code) + len(code) :], re.MULTILINE)[:1]
    assert f">{shown}<" in (ROOT / picture).read_text(encoding="utf-8")
    assert (ROOT / picture).stat().st_size < 40_000


def test_the_description_in_the_metadata_leads_to_no_file_of_the_repository() -> None:
    """It is read where there is no repository: no picture, and a link is a whole address."""
    targets = re.findall(r"\]\(([^)]*)\)|\]: *(\S+)|(?:src|href)=[\"']([^\"']*)", METADATA)
    assert "![" not in METADATA and "<img" not in METADATA
    assert all("".join(target).startswith("https://") for target in targets)
    assert blocks("python", METADATA)


class RexLR(Schedule):
    t_max: float


def test_the_change_log_has_the_messages_that_code_for_version_2_meets() -> None:
    log = (ROOT / ".github" / "CHANGELOG.md").read_text(encoding="utf-8")
    idioms = "iter(DECAY)", "DECAY.state_dict()", "dataclass(frozen=True)(RexLR)"
    for message, idiom in zip(re.findall(r"(?m)^\| `(.+?)` \|", log), idioms, strict=True):
        with pytest.raises((AttributeError, TypeError)) as caught:
            eval(idiom, vars(dataclasses) | globals())
        assert message == f"{caught.typename}: {caught.value}"

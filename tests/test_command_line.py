"""The command line, as a process: what it prints, to whom, and how it fails."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from cosine_lr import CosineLR, StepLR
from cosine_lr.__main__ import main

ROOT = Path(__file__).parent.parent
COSINE = "CosineLR(0.1, 0.001, t_max=10)"
STEP = "StepLR(0.1, step_size=3, gamma=0.5)"


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "cosine_lr", *words], capture_output=True, text=True, cwd=ROOT)


def on_a_terminal(*words: str, columns: int = 80, encoding: str = "utf-8") -> list[str]:
    """What the command writes when its standard output is a terminal."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"COLUMNS": str(columns), "PYTHONIOENCODING": encoding}
    with subprocess.Popen([sys.executable, "-m", "cosine_lr", *words], stdout=theirs, cwd=ROOT, env=environment) as child:
        os.close(theirs)
        written = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # how a terminal says that the other end is closed
                break
            if not piece:
                break
            written += piece
    os.close(ours)
    assert child.returncode == 0
    return written.decode(encoding).replace("\r\n", "\n").splitlines()


def test_the_worked_example() -> None:
    done = run(COSINE, "-n", "11")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert rows[0] == ["e", COSINE]
    assert [row[0] for row in rows[1:]] == [str(e) for e in range(11)]
    assert [float(row[1]) for row in rows[1:]] == CosineLR(0.1, 0.001, 10).values(11)
    assert (rows[1], rows[6], rows[11]) == (["0", "0.1"], ["5", "0.0505"], ["10", "0.001"])
    assert (done.returncode, done.stderr) == (0, "")


def test_several_schedules_every_k() -> None:
    lines = run(COSINE, f" {STEP}\n", "--epochs", "8", "--every", "3").stdout.splitlines()
    assert lines[0] == f"e\t{COSINE}\t{STEP}"
    cosine, step = CosineLR(0.1, 0.001, 10), StepLR(0.1, 3, 0.5)
    assert lines[1:] == [f"{e}\t{cosine(e)!r}\t{step(e)!r}" for e in (0, 3, 6)]


def test_json() -> None:
    got = json.loads(run("CosineLR(0.1,0.001,10)", STEP, "-n", "5", "--every", "2", "--json").stdout)
    assert got == {
        "e": [0, 2, 4],
        "lr": [[CosineLR(0.1, 0.001, 10)(e) for e in (0, 2, 4)], [0.1, 0.1, 0.05]],
        "schedules": [COSINE, STEP],
    }


@pytest.mark.parametrize("columns", [80, 120, 40])
@pytest.mark.parametrize("schedules", [[COSINE], [COSINE, STEP], [COSINE, STEP, "ConstantLR(1e-05)"]])
def test_a_table_for_the_eye(schedules: list[str], columns: int) -> None:
    lines = on_a_terminal(*schedules, columns=columns)
    assert len(lines) == 12
    assert max(map(len, lines)) <= columns
    assert [line.split()[0] for line in lines] == ["e", *map(str, range(11))]
    widths = {line.index(line.split()[1]) for line in lines}
    assert widths == {4}  # aligned
    bars = [line.count("█") for line in lines[1:]]
    assert bars == sorted(bars, reverse=True)
    if len(schedules) == 1:
        assert len(lines[1]) == columns  # the width is used
        assert bars[0] == max(bars) and abs(bars[5] - bars[0] * 0.505) <= 1


def test_a_table_where_blocks_cannot_be_written() -> None:
    lines = on_a_terminal(COSINE, encoding="ascii")
    assert lines[1].endswith("###") and max(map(len, lines)) <= 80


def test_a_table_of_zeros() -> None:
    assert on_a_terminal("ConstantLR(0)", "-n", "1")[1].split() == ["0", "0"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "the following arguments are required: SCHEDULE"),
        (["CosineLR(0.1, 0.001, t_max=-5)"], "argument SCHEDULE: t_max must be > 0, got -5"),
        (["CosineLR(0.1, 0.001)"], "missing 1 required positional argument: 't_max'"),
        (["CosinLR(0.1)"], "text must name a schedule"),
        (["CosineLR(0.1\n,,"], "text must be a schedule such as"),
        ([COSINE, "-n", "0"], "argument -n/--epochs: must be a whole number >= 1, got '0'"),
        ([COSINE, "-n", "2.5"], "argument -n/--epochs: must be a whole number >= 1, got '2.5'"),
        ([COSINE, "--every", "-1"], "argument --every: must be a whole number >= 1, got '-1'"),
        ([COSINE, "-n", "9" * 5000], "argument -n/--epochs: must be a whole number >= 1"),
        ([COSINE, "--colour"], "unrecognized arguments: --colour"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(words: list[str], message: str) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("cosine-lr: ") and message in done.stderr
    assert done.stderr.count("\n") == 1


def test_help_shows_examples_and_every_schedule() -> None:
    done = run("--help")
    assert done.returncode == 0
    assert f'cosine-lr "{COSINE}" -n 11' in done.stdout
    assert "  PolynomialLR(lr_init, lr_min, t_max, power=1.0, k_decay=1.0)\n" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_a_closed_pipe_is_no_error() -> None:
    command = [sys.executable, "-m", "cosine_lr", COSINE, "-n", "1000000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as child:
        assert child.stdout is not None and child.stderr is not None
        assert child.stdout.readline().startswith(b"e\t")
        child.stdout.close()
        assert child.stderr.read() == b""
    assert child.returncode == 0


def test_main_returns_the_exit_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([COSINE, "-n", "1"]) == 0
    assert capsys.readouterr().out == f"e\t{COSINE}\n0\t0.1\n"
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0

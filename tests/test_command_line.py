"""The command line, as a process: what it prints, to whom, and how it fails."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from matplotlib.figure import Figure

from cosine_lr import CosineLR, StepLR, parse
from cosine_lr.__main__ import main

ROOT = Path(__file__).parent.parent
COSINE = "CosineLR(0.1, 0.001, t_max=10)"
STEP = "StepLR(0.1, step_size=3, gamma=0.5)"


def process(*words: str, redirected: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", "-c", f'exec "$@" {redirected}', "sh", sys.executable, "-m", "cosine_lr", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=os.environ | environment)


class Screen(io.StringIO):
    """A terminal, as far as the command can tell."""

    encoding: str | None = "utf-8"  # type: ignore[assignment]

    def isatty(self) -> bool:
        return True


def run(*words: str, out: io.StringIO | None = None) -> subprocess.CompletedProcess[str]:
    """What the command writes and returns, without a process."""
    out, err = out or io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status: Any = main(words)
        except SystemExit as left:
            status = left.code
    return subprocess.CompletedProcess(words, status, out.getvalue(), err.getvalue())


def on_a_terminal(*words: str, columns: int = 80, encoding: str | None = "utf-8") -> list[str]:
    screen = Screen()
    screen.encoding = encoding
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(columns))
        done = run(*words, out=screen)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_a_real_terminal_gets_the_table_for_the_eye() -> None:
    ours, theirs = pty.openpty()
    environment = os.environ | {"COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(
        [sys.executable, "-m", "cosine_lr", COSINE], stdout=theirs, cwd=ROOT, env=environment
    ) as child:
        os.close(theirs)
        written = b""
        with contextlib.suppress(OSError):  # how a terminal says that the other end is closed
            while piece := os.read(ours, 65536):
                written += piece
    os.close(ours)
    assert child.returncode == 0
    assert written.decode().replace("\r\n", "\n").splitlines() == on_a_terminal(COSINE)


def test_a_process_prints_what_main_prints() -> None:
    for words in ([COSINE, "-n", "11"], ["--help"], ["CosineLR(0.1\n,,"]):
        assert (process(*words).stdout, process(*words).stderr) == (run(*words).stdout, run(*words).stderr)


def test_the_worked_example() -> None:
    done = process(COSINE, "-n", "11")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert rows[0] == ["e", COSINE]
    assert [row[0] for row in rows[1:]] == [str(e) for e in range(11)]
    assert [float(row[1]) for row in rows[1:]] == CosineLR(0.1, 0.001, 10).values(11)
    assert (rows[1], rows[6], rows[11]) == (["0", "0.1"], ["5", "0.0505"], ["10", "0.001"])
    assert (done.returncode, done.stderr) == (0, "")


TYPED = ["CosineLR(0.1,0.001,10)", " CosineLR(.1,\n\t1e-3, 10) ", "\uff23osineLR(0.1, 0.001, 10)"]


@pytest.mark.parametrize("typed", TYPED)
def test_a_title_is_the_notation_however_the_schedule_was_typed(typed: str) -> None:
    assert run(typed, "-n", "1").stdout == f"e\t{COSINE}\n0\t0.1\n"
    assert on_a_terminal(typed, "-n", "1")[0] == f"e  {COSINE}"


@pytest.mark.parametrize("typed", TYPED)
def test_a_process_prints_a_title_in_any_encoding(typed: str) -> None:
    done = process(typed, "-n", "1", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"e\t{COSINE}\n0\t0.1\n", "")


def test_several_schedules_every_k() -> None:
    lines = run(COSINE, f" {STEP}\n", "--epochs", "8", "--every", "3").stdout.splitlines()
    assert lines[0] == f"e\t{COSINE}\t{STEP}"
    cosine, step = CosineLR(0.1, 0.001, 10), StepLR(0.1, 3, 0.5)
    assert lines[1:] == [f"{e}\t{cosine(e)!r}\t{step(e)!r}" for e in (0, 3, 6, 7)]  # and the last


def test_json() -> None:
    got = json.loads(run("CosineLR(0.1,0.001,10)", STEP, "-n", "6", "--every", "2", "--json").stdout)
    assert got == {
        "e": [0, 2, 4, 5],
        "lr": [[CosineLR(0.1, 0.001, 10)(e) for e in (0, 2, 4, 5)], [0.1, 0.1, 0.05, 0.05]],
        "schedules": [COSINE, STEP],
    }


@pytest.mark.parametrize("columns", [80, 120, 40])
@pytest.mark.parametrize("schedules", [[COSINE], [COSINE, STEP], [COSINE, STEP, "ConstantLR(1e-05)"]])
def test_a_table_for_the_eye(schedules: list[str], columns: int) -> None:
    printed = on_a_terminal(*schedules, columns=columns)
    titles, lines = printed[:-12], printed[-12:]
    assert titles in ([], [f"{i}: {title}" for i, title in enumerate(schedules, 1)])
    assert bool(titles) is (max(map(len, schedules)) > (columns - 2) // len(schedules) - 2)
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
        (["CosinLR(0.1)"], "got 'CosinLR'"),
        (["CosineLR(0.1\n,,"], "text must be a schedule such as"),
        ([COSINE, "-n", "0"], "argument -n/--epochs: must be a whole number >= 1, got '0'"),
        ([COSINE, "-n", "2.5"], "argument -n/--epochs: must be a whole number >= 1, got '2.5'"),
        ([COSINE, "--every", "-1"], "argument --every: must be a whole number >= 1, got '-1'"),
        ([COSINE, "-n", "9" * 5000], "argument -n/--epochs: must be a whole number >= 1"),
        ([COSINE, "--colour"], "unrecognized arguments: --colour"),
        ([COSINE, "--log"], "argument --log: only with --plot"),
        ([COSINE, "--every", "2", "--plot", "curve.svg"], "argument --every: not with --plot, which draws every epoch"),
        ([COSINE, "--plot", ""], "argument --plot: must end in .svg, .png, .pdf, "),
        ([COSINE, "--json", "--plot", "curve.svg"], "argument --plot: not allowed with argument --json"),
        (["CosineLR"], "text must be a schedule such as CosineLR(0.1, 0.001, t_max=10), of numbers, strings and lists"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(words: list[str], message: str) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("cosine-lr: " + (message if message.startswith("argument") else ""))
    assert message in done.stderr
    assert done.stderr.count("\n") == 1 and done.stderr.endswith("\n")
    assert len(done.stderr) <= 200


@pytest.mark.parametrize(
    ("words", "end"),
    [
        (["é" * 9000], ""),
        (["x" * 9000 + "()"], ""),
        ([f"MultiStepLR(0.1, {[*range(1800)]}, gamma=-2)"], "gamma must be in (0, 1], got -2"),
        ([f"ConstantLR({'x' * 9000})"], ""),
        ([f"ConstantLR(0.1, {'x' * 9000}=1)"], ""),
        ([COSINE, "-n", "1" * 9000], "111'"),
        ([COSINE, "--" + "x" * 9000], "xxx"),
        ([COSINE, "--two\nlines\t\x1b[1m\udc80"], "unrecognized arguments: --two lines  [1m "),
        ([COSINE, "--plot", "x" * 9000 + ".svg"], "xxx.svg'"),
        ([COSINE, "--plot", "x" * 9000], "xxx'"),
    ],
)
def test_an_error_is_one_short_line_whatever_was_typed(words: list[str], end: str) -> None:
    done = run(*words)
    assert done.returncode in (1, 2) and done.stdout == ""
    assert done.stderr.startswith("cosine-lr: ") and done.stderr.endswith(f"{end}\n")
    assert done.stderr[:-1].isprintable()
    assert len(done.stderr) <= 200


def test_help_shows_examples_and_every_schedule() -> None:
    done = run("--help")
    assert done.returncode == 0
    assert f'cosine-lr "{COSINE}" -n 11' in done.stdout
    assert done.stdout.startswith("usage: cosine-lr ")
    assert "\n CosineLR(lr_init, lr_min, t_max)\n" in done.stdout
    assert "\n PolynomialLR(lr_init, lr_min, t_max, *, power=1.0, k_decay=1.0)\n" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_help_says_what_each_option_does() -> None:
    said = " ".join(run("--help").stdout.split())
    assert " Print the learning rate of one or more schedules, epoch by epoch. " in said
    assert "[-n N] [--every K] [--json | --plot FILE] [--log]" in said
    for option, words in {
        "SCHEDULE": "as in the examples below",
        "-n": "epochs 0 to N-1 (default 11)",
        "--every K": "only every K-th of them, and the last",
        "--json": 'print {"e": [...], "lr": [[...], ...], "schedules": [...]}',
        "--plot FILE": "draw the curves into FILE instead: .svg, .png, .pdf ...",
        "--log": "draw the rates on a logarithmic scale",
    }.items():
        assert f" {words} " in said[said.rindex(f" {option}", 0, said.index(words)) :], option


def test_the_table_to_the_letter() -> None:
    words = "CosineLR(0.1, 0.0, t_max=10)", "ConstantLR(0.05)", "-n", "11", "--every", "5"
    assert on_a_terminal(*words, columns=40) == [
        "1: CosineLR(0.1, 0.0, t_max=10)",
        "2: ConstantLR(0.05)",
        " e  1                  2",
        " 0  0.1  ████████████  0.05 ██████",
        " 5  0.05 ██████        0.05 ██████",
        "10  0                  0.05 ██████",
    ]
    assert on_a_terminal(*words, columns=39)[3:5] == [
        " 0  0.1  ███████████  0.05 █████▌",
        " 5  0.05 █████▌       0.05 █████▌",
    ]
    assert on_a_terminal(*words, columns=40, encoding="UTF-8") == on_a_terminal(*words, columns=40)
    assert (
        on_a_terminal(*words, columns=40, encoding=None)[1:] == on_a_terminal(*words, columns=40, encoding="ascii")[1:]
    )
    assert on_a_terminal(*words, columns=40, encoding=None)[4] == " 5  0.05 ######        0.05 ######"
    assert on_a_terminal("ConstantLR(0.1)", "-n", "1", columns=18) == ["e  ConstantLR(0.1)", "0  0.1 ███████████"]
    assert on_a_terminal("ConstantLR(0.1)", "-n", "1", columns=17)[:2] == ["1: ConstantLR(0.1)", "e  1"]
    assert on_a_terminal(*words[:2], "-n", "1", columns=8)[2:] == ["e  1  2", "0  0.1    0.05"]  # too narrow


@pytest.mark.parametrize("log", [False, True])
def test_plot_draws_every_schedule_over_the_epochs(log: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, *words, **options: drawn.append((figure, words, options)))
    done = run(COSINE, STEP, "-n", "7", "--plot", str(tmp_path / "lr.svg"), *["--log"] * log)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    ((figure, words, options),) = drawn
    (axes,) = figure.axes
    assert [list(line.get_ydata()) for line in axes.lines] == [parse(text).values(7) for text in (COSINE, STEP)]
    assert axes.get_yscale() == ("log" if log else "linear")
    (picture,) = words
    assert isinstance(picture, io.BytesIO)
    assert options == {"format": "svg", "dpi": 150, "bbox_inches": "tight"}  # nothing cut off
    assert list(figure.get_size_inches()) == [8.0, 4.5]


def test_plot_says_what_went_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    for error, message in [
        (ImportError("no module"), "a plot needs Matplotlib: pip install matplotlib (no module)"),
        (OSError("disk full"), "argument --plot: disk full"),
        (ValueError("no such backend"), "argument --plot: no such backend"),
        (RuntimeError("no TeX"), "argument --plot: no TeX"),
        (OverflowError("too large"), "argument --plot: too large"),  # of ConstantLR(1.7e308)
    ]:
        monkeypatch.setattr(Figure, "savefig", Mock(side_effect=error))
        done = run(COSINE, "--plot", "lr.svg")
        assert (done.returncode, done.stdout, done.stderr) == (1, "", f"cosine-lr: {message}\n")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", [[COSINE], [COSINE, "-n", "10000"], [COSINE, "--json"], ["--help"], ["--version"]])
def test_a_full_disk_and_a_closed_output_are_one_line_and_exit_1_of_the_process(
    words: list[str], unbuffered: str
) -> None:
    for redirected, message in [
        (">/dev/full", "[Errno 28] No space left on device"),
        (">&-", "standard output is closed"),
    ]:
        done = process(*words, redirected=redirected, PYTHONUNBUFFERED=unbuffered)
        assert (done.returncode, done.stdout, done.stderr) == (1, "", f"cosine-lr: {message}\n")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("redirected", ["2>&-", "2>/dev/full"])
def test_a_process_without_a_standard_error_keeps_its_exit_status(redirected: str, unbuffered: str) -> None:
    done = process("CosineLR", redirected=redirected, PYTHONUNBUFFERED=unbuffered)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")


def test_an_interrupted_process_is_one_line_and_exit_130() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "cosine_lr", COSINE, "-n", str(10**9)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # also where it was ignored
    ) as child:
        assert child.stdout is not None and child.stdout.readline().startswith(b"e\t")
        child.send_signal(signal.SIGINT)
        _, err = child.communicate()
    assert (child.returncode, err) == (130, b"cosine-lr: interrupted\n")


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (KeyboardInterrupt(), 130, "interrupted"),
        (MemoryError(), 1, "out of memory"),
        (OSError("no such device"), 1, "no such device"),
    ],
)
def test_main_ends_with_one_line(
    error: BaseException, status: int, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json, "dumps", Mock(side_effect=error))
    done = run(COSINE, "--json")
    assert (done.returncode, done.stdout, done.stderr) == (status, "", f"cosine-lr: {message}\n")
    reader, writer = os.pipe()
    with open(reader, "rb"), open(writer, "w", encoding="utf-8") as out, contextlib.redirect_stdout(out):
        with pytest.raises(SystemExit):
            main([COSINE, "--json"])
        assert os.path.samestat(os.fstat(writer), os.stat(os.devnull))  # nothing more is written


def test_main_without_an_output_or_an_error_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with contextlib.redirect_stderr(io.StringIO()) as err, pytest.raises(SystemExit, match="^1$"):
        main([COSINE])
    assert err.getvalue() == "cosine-lr: standard output is closed\n"
    monkeypatch.setattr(sys, "stderr", None)
    with pytest.raises(SystemExit, match="^1$"):
        main([COSINE])


def test_a_closed_pipe_is_no_error() -> None:
    command = [sys.executable, "-m", "cosine_lr", COSINE, "-n", "1000000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as child:
        assert child.stdout is not None and child.stderr is not None
        assert child.stdout.readline().startswith(b"e\t")
        child.stdout.close()
        assert child.stderr.read() == b""
    assert child.returncode == 0


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", [[COSINE], [COSINE, "--json"], ["--help"], ["--version"]])
def test_a_pipe_that_was_closed_before_the_process_began(words: list[str], unbuffered: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "wb") as out:
        command = [sys.executable, "-m", "cosine_lr", *words]
        environment = os.environ | {"PYTHONUNBUFFERED": unbuffered}
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, cwd=ROOT, env=environment)
    assert (done.returncode, done.stderr) == (0, b"")


def test_main_with_a_reader_that_left() -> None:
    """Nothing is written any more, also not when the interpreter ends and flushes."""
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w", encoding="utf-8") as out, contextlib.redirect_stdout(out):
        assert main([COSINE, "-n", "100000"]) == 0
        assert os.path.samestat(os.fstat(writer), os.stat(os.devnull))
        print("more", flush=True)


def test_main_returns_the_exit_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([COSINE, "-n", "1"]) == 0
    assert capsys.readouterr().out == f"e\t{COSINE}\n0\t0.1\n"
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0

"""The command line: what it prints, to whom, and how it fails. Most tests call `main`; few start a process."""

import contextlib
import csv
import io
import json
import os
import pty
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from unittest.mock import Mock

import pytest
from matplotlib.figure import Figure

from cosine_lr import CosineLR, StepLR, __main__ as command_line, __version__, parse
from tests.commands import COMMAND, ROOT, Done, process, run

COSINE = "CosineLR(0.1, 0.001, t_max=10)"
STEP, SHORT = "StepLR(0.1, step_size=3, gamma=0.5)", "CosineLR(0.1, 0.0, t_max=2)"


class Terminal(io.StringIO):
    encoding: str | None = "utf-8"  # type: ignore[assignment]

    def isatty(self) -> bool:
        return True


def command(*words: str, redirected: str = "", **environment: str) -> Done:
    return process("-m", "cosine_lr", *words, redirected=redirected, **environment)


def printed(*words: str, out: io.StringIO | None = None) -> str:
    status, text, err = run(*words, out=out)
    assert (status, err) == (0, "")
    return text


def on_a_terminal(*words: str, columns: int = 80, encoding: str | None = "utf-8") -> list[str]:
    terminal = type("Terminal", (Terminal,), {"encoding": encoding})()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(columns))
        return printed(*words, out=terminal).splitlines()


@pytest.mark.process
@pytest.mark.parametrize("words", [[COSINE, "-n", "11"], ["--help"], ["CosineLR(0.1\n,,"]])
def test_a_process_prints_what_main_prints(words: list[str]) -> None:
    assert command(*words) == run(*words)


@pytest.mark.process
def test_a_real_terminal_gets_the_table_for_the_eye() -> None:
    reader, writer = pty.openpty()
    environment = os.environ | {"COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen([*COMMAND, COSINE], stdout=writer, cwd=ROOT, env=environment) as child:
        os.close(writer)
        written = b""
        with contextlib.suppress(OSError):  # how a terminal says that the other end is closed
            while piece := os.read(reader, 65536):
                written += piece
    os.close(reader)
    assert child.returncode == 0
    assert written.decode().replace("\r\n", "\n").splitlines() == on_a_terminal(COSINE)


@pytest.mark.parametrize("typed", ["CosineLR(.1,.001,10)", "\uff23osineLR(.1,\n\t1e-3, 10) "])
def test_a_title_is_the_notation_however_the_schedule_was_typed(typed: str) -> None:
    assert printed(typed, "-n", "1") == f"e\t{COSINE}\n0\t0.1\n"
    assert on_a_terminal(typed, "-n", "1")[0] == f"e  {COSINE}"


EPOCHS = (0, 3, 6, 7)  # every 3rd of 8, and the last
RATES = [[CosineLR(0.1, 0.001, 10)(e) for e in EPOCHS], [StepLR(0.1, 3, 0.5)(e) for e in EPOCHS]]
TABLE = [["e", COSINE, STEP], *(list(map(repr, row)) for row in zip(EPOCHS, *RATES))]


def test_options_stand_before_between_and_after_the_schedules() -> None:
    for words in ([COSINE, f" {STEP}\n", "--epochs=8", "--every", "3"], ["-n8", COSINE, "--every=3", STEP]):
        assert printed(*words) == "".join("\t".join(row) + "\n" for row in TABLE)


def test_csv_is_quoted_where_a_title_has_a_comma() -> None:
    text = printed(COSINE, STEP, "-n", "8", "--every", "3", "--csv")
    assert text.startswith(f'e,"{COSINE}","{STEP}"\n0,0.1,0.1\n3,') and [*csv.reader(text.splitlines())] == TABLE
    assert printed(COSINE, "-n", "1", "--csv", out=Terminal()) == f'e,"{COSINE}"\n0,0.1\n'


def test_json() -> None:
    text = printed("CosineLR(0.1,0.001,10)", STEP, "-n", "8", "--every", "3", "--json")
    assert json.loads(text) == {"e": [*EPOCHS], "lr": RATES, "schedules": [COSINE, STEP]}
    assert text.index("\n") == len(text) - 1


def test_names_and_a_unit_instead_of_the_notation_and_e() -> None:
    words = COSINE, STEP, "-n", "1", "--label", 'my "best"', "--label", "a,b", "--unit", "step"
    assert printed(*words, "--csv") == 'step,"my ""best""","a,b"\n0,0.1,0.1\n'
    assert printed(*words).splitlines()[1:] == ["0\t0.1\t0.1"]
    assert json.loads(printed(*words, "--json"))["schedules"] == ['my "best"', "a,b"]
    assert on_a_terminal(*words, columns=40)[0] == 'step  my "best"         a,b'


@pytest.mark.parametrize("schedules", [1, 2, 3, 7, 13, 40])
@pytest.mark.parametrize("columns", [18, 79, 80, 120])
def test_a_table_is_aligned_and_as_wide_as_the_terminal(schedules: int, columns: int) -> None:
    texts = [f"ExponentialLR(0.1, gamma={round(0.9 - i / 100, 2)})" for i in range(schedules)]
    lines = on_a_terminal(*texts, "-n", "21", columns=columns)
    if lines[0].startswith("1: "):
        assert lines[:schedules] == [f"{i}: {text}" for i, text in enumerate(texts, 1)]
        del lines[:schedules]
    n_columns = 0
    for head, *rows in map(str.splitlines, "\n".join(lines).split("\n\n")):
        starts = [i for i, each in enumerate(head) if each != " " and head[i - 2 : i] == "  "]
        n_columns += len(starts)
        assert [row[:2] for row in rows] == [f"{e:2}" for e in range(21)]
        assert all(row[i - 2 : i] == "  " and row[i] != " " for row in rows for i in starts)
        assert max(map(len, [head, *rows])) <= columns
    assert n_columns == schedules


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
    assert on_a_terminal(*words, columns=39)[4] == " 5  0.05 █████▌       0.05 █████▌"
    assert on_a_terminal(*words, columns=40, encoding="UTF-8") == on_a_terminal(*words, columns=40)
    for encoding in ("ascii", None):
        assert on_a_terminal(*words, columns=40, encoding=encoding)[4] == " 5  0.05 ######        0.05 ######"
    assert on_a_terminal("ConstantLR(0.1)", "-n", "1", columns=18) == ["e  ConstantLR(0.1)", "0  0.1 ███████████"]
    assert on_a_terminal("ConstantLR(0.1)", "-n", "1", columns=17)[:2] == ["1: ConstantLR(0.1)", "e  1"]
    assert on_a_terminal(*words[:2], "-n", "1", columns=8)[2:] == ["e  1", "0  0.1", "", "e  2", "0  0.05"]
    assert on_a_terminal("ConstantLR(0)", "-n", "1")[1] == "0  0"


class Nowhere(io.StringIO):
    def write(self, text: str) -> int:
        return len(text)


class NowhereTerminal(Nowhere, Terminal): ...


@pytest.mark.parametrize("words", [[], ["--csv"], ["--json"]])
@pytest.mark.parametrize("out", [Nowhere, NowhereTerminal])
def test_no_output_is_held_in_memory(words: list[str], out: type[Nowhere]) -> None:
    run(COSINE, STEP, "-n", "2", *words, out=out())
    tracemalloc.start()
    run(COSINE, STEP, "-n", "2000", *words, out=out())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200_000


DECAY = "CosineLR(0.1, 0.001, t_max=90)"
ENDS = [
    *((91, [DECAY]), (91, [DECAY, "StepLR(0.1, 30, 0.1)", "ConstantLR(0.1)"])),
    *((96, [f"WarmupLR({DECAY}, 0.0, 5)"]), (51, ["WarmupLR(InversePowerLR(0.1, 400), 0.0, 50)"])),
    *((n, [f"PolynomialLR(0.1, 0.0, t_max={t})"]) for n, t in ((12, 10.5), (22, 20.5))),
    (106, [f"SequenceLR([(5, ConstantLR(0.1)), (10, ConstantLR(0.2))], {DECAY})"]),
    *((81, [f"ShiftLR({DECAY}, 10)"]), (91, [f"ProductLR([{DECAY}, StepLR(1.0, 10, 0.5)])"])),
    *((91, [f"StaircaseLR({DECAY}, 7)"]), (61, ["MultiStepLR(0.1, [60, 30], 0.1)"]), (31, ["StepLR(0.1, 30, 0.1)"])),
    *((n, [f"CosineRestartsLR(0.1, 0.001, t_max=20{more})"]) for n, more in ((21, ""), (61, ", n_cycles=3"))),
    (71, ["CosineRestartsLR(0.1, 0.001, t_max=10, t_mult=2, n_cycles=3)"]),
    (26, ["RestartLR(ConstantLR(0.1), t_max=10, t_mult=1.5, n_cycles=2)"]),
    # The end is near, or there is none, or it is beyond what anybody would read.
    *((11, [text]) for text in (COSINE, SHORT, "CosineLR(0.1, 0.0, 1.0)", "ConstantLR(0.1)")),
    *((11, ["MultiStepLR(0.1, [], 0.1)"]), (12, ["CosineLR(0.1, 0.0, 11)"])),
    *((11, [f"CosineLR(0.1, 0.0, {t})"]) for t in (10**7, 1e300)),
    *((11, [f"ShiftLR({DECAY}, 500)"]), (11, ["CosineRestartsLR(0.1, 0.0, 10, t_mult=2, n_cycles=1000000000)"])),
    (11, ["WarmupLR(CosineLR(0.1, 0.0, 1.7e308), 0.0, 1.7e308)"]),
]
FRACTIONS = ". The schedules end by epoch 1: in fractions of the run? --plot draws those"


@pytest.mark.parametrize(("n", "schedules"), ENDS)
def test_without_n_the_schedules_are_shown_to_their_ends_but_11_epochs_at_least(n: int, schedules: list[str]) -> None:
    _, out, err = run(*schedules)
    said = "" if schedules[0] in (COSINE, SHORT) else f"cosine-lr: epochs 0 to {n - 1}, as there is no -n"
    assert err.splitlines() == [said + FRACTIONS * ("1.0)" in schedules[0])] * bool(said)
    assert [line.split("\t")[0] for line in out.splitlines()] == ["e", *map(str, range(n))]


PROGRESS = f"cosine-lr: 0.0%\rcosine-lr: 50.0%\rcosine-lr: 100.0%\r{' ' * 20}\r"


@pytest.mark.parametrize(
    ("words", "out", "err", "written"),
    [
        ([], Nowhere, Terminal, PROGRESS),
        (["--every", "3", "--json"], Nowhere, Terminal, ""),  # not that long
        ([], Nowhere, io.StringIO, ""),
        (["--csv"], NowhereTerminal, Terminal, ""),  # beside what it prints
        (["--json"], NowhereTerminal, Terminal, ""),
        ([], NowhereTerminal, Terminal, PROGRESS),  # for the widths, before the table
    ],
)
def test_a_long_run_says_on_a_terminal_how_far_it_is(
    words: list[str], out: type[Nowhere], err: type[io.StringIO], written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command_line, "_PROGRESS_EVERY", 100)
    assert run("ConstantLR(0.1)", "-n", "201", *words, out=out(), err=err()) == (0, "", written)


PICTURES = ("", ".", "lr", "lr.", ".svg", "curve.xyz", "curve.pgf", "tests/", "x" * 9000)
NOT_WHOLE = "argument -n/--epochs: must be a whole number >= 1, got"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "the following arguments are required: SCHEDULE"),
        (["CosineLR(0.1, 0.001, t_max=-5)"], "argument SCHEDULE: t_max must be > 0, got -5"),
        (["CosineLR(0.1, 0.001)"], "missing 1 required positional argument: 't_max'"),
        (["CosinLR(0.1)"], "got 'CosinLR' (did you mean CosineLR?)"),
        (["CosineLR"], ", without arithmetic, got 'CosineLR'\n"),
        *(([COSINE, "-n", n], f"{NOT_WHOLE} '{n:.9}") for n in ("0", "-2.5", "1.0x", "0.0", "1.0e999", "9" * 5000)),
        *(([f"lr.{kind}"], f", got '.{kind}' (at character 3) (a file? > lr.{kind})\n") for kind in ("csv", "json")),
        ([COSINE, "-n", "2.5"], "argument -n/--epochs: must be a whole number, except with --plot, got 2.5"),
        ([COSINE, "--every", "-1"], "argument --every: must be a whole number >= 1, got '-1'"),
        *(([COSINE, *words], f"argument {words[0]}: only with --plot") for words in (["--log"], ["--ylabel", "loss"])),
        ([COSINE, STEP, "--label", "a"], "argument --label: 1 given, for 2 schedules"),
        ([COSINE, "--every", "2", "--plot", "curve.svg"], "argument --every: not with --plot, which draws every epoch"),
        ([COSINE, "--json", "--plot", "curve.svg"], "argument --plot: not allowed with argument --json"),
        ([COSINE, "--csv", "--json"], "argument --json: not allowed with argument --csv"),
        *(([COSINE, "--plot", name], "argument --plot: must end in .svg, .png, .pdf, ") for name in PICTURES),
        ([COSINE, "--" + "x" * 9000], "xxx\n"),
        ([COSINE, "--two\nlines\t\x1b[1m\udc80"], "unrecognized arguments: --two lines  [1m "),
        ([f"MultiStepLR(0.1, {[*range(1800)]}, gamma=-2)"], "gamma must be in (0, 1], got -2"),
        *(([text], "") for text in ("é" * 9000, "x" * 9000 + "()", f"ConstantLR(0.1, {'x' * 9000}=1)")),
    ],
)
def test_bad_input_is_one_short_line_and_exit_2(words: list[str], message: str) -> None:
    status, out, err = run(*words)
    assert (status, out) == (2, "")
    assert err.startswith("cosine-lr: " + (message if message.startswith("argument") else "")) and message in err
    assert err.endswith("\n") and err[:-1].isprintable() and len(err) <= 200


def test_help_says_what_each_option_does_and_lists_every_schedule() -> None:
    text = printed("--help")
    assert text.startswith("usage: cosine-lr ") and max(map(len, text.splitlines())) <= 80
    assert "\n\nPrint the learning rate of one or more schedules, epoch by epoch.\n\n" in text
    assert printed("--version") == f"cosine-lr {__version__}\n"
    assert f'\n  cosine-lr "{COSINE}" -n 11\n' in text
    assert "\n CosineLR(lr_init, lr_min, t_max)\n" in text
    assert "\n PolynomialLR(lr_init, lr_min, t_max, *, power=1.0, k_decay=1.0)\n" in text
    options = " ".join(text[: text.index("examples:")].split())
    for each in (
        "SCHEDULE as in the examples below",
        "--epochs N epochs 0 to N-1 (default: to the end of the schedules, or of their first cycle, at least 11)"
        "; 1.0 to draw schedules in fractions of the run",
        "--every K only every K-th of them, and the last",
        "--label NAME name of a schedule: one --label for each",
        "--unit WORD word for what is counted (default: e, in a plot epoch)",
        "--csv print comma-separated values",
        '--json print {"e": [...], "lr": [[...], ...], "schedules": [...]}',
        "--plot FILE draw the curves into FILE instead: .svg, .png, .pdf ...",
        "--ylabel WORDS in a plot, words for what is not a learning rate",
        "--log draw the rates on a logarithmic scale",
    ):
        assert f" {each} " in options


@pytest.mark.parametrize("log", [False, True])  # what is in a picture is tested in test_plot.py
def test_plot_draws_every_schedule_over_the_epochs(log: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, *words, **options: drawn.append((figure, words, options)))
    monkeypatch.setattr(Path, "write_bytes", Mock())
    words = "--unit", "step", "--ylabel", "epsilon", "--label", "one", "--label", "two", *["--log"] * log
    assert printed(COSINE, STEP, "-n", "7", "--plot", "lr.svg", *words) == ""
    ((figure, (picture,), options),) = drawn
    (axes,) = figure.axes
    assert [list(line.get_ydata())[:3] for line in axes.lines] == [parse(text).values(3) for text in (COSINE, STEP)]
    assert [line.get_xdata()[-1] for line in axes.lines] == [6, 6]
    assert (axes.get_yscale(), axes.get_xlabel(), axes.get_ylabel()) == ("log" if log else "linear", "step", "epsilon")
    assert [each.get_text() for each in figure.legends[0].get_texts()] == ["one", "two"]
    assert axes.get_legend() is None and isinstance(picture, io.BytesIO)
    assert (figure.get_figwidth(), type(figure.get_layout_engine()).__name__) == (8.0, "ConstrainedLayoutEngine")
    assert options == {"format": "svg", "dpi": 150, "bbox_inches": "tight"}  # nothing cut off
    printed(SHORT, "--plot", "lr.svg")
    (axes,) = drawn[1][0].axes
    assert len(axes.lines[0].get_xdata()) == 11
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "learning rate")
    for more, said in ((["-n", "1.0"], ""), ([], "cosine-lr: the run from 0.0 to 1.0, as there is no -n\n")):
        assert run("WarmupLR(CosineLR(0.1, 0.0, 0.95), 0.0, 0.05)", "--plot", "lr.svg", *more) == (0, "", said)
        assert drawn[-1][0].axes[0].dataLim.intervalx.tolist() == [0.0, 1.0]


def test_a_picture_has_the_format_of_its_suffix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It needs no standard output."""
    monkeypatch.setattr(sys, "stdout", None)
    starts = {"svg": b"<?xml", "PNG": b"\x89PNG", "pdf": b"%PDF", "jpeg": b"\xff\xd8", "tif": b"II", "webp": b"RIFF"}
    for suffix, start in starts.items():
        assert command_line.main([COSINE, "--plot", f"{tmp_path}/curve.{suffix}"]) == 0
        assert (tmp_path / f"curve.{suffix}").read_bytes().startswith(start)


FULL = "[Errno 28] No space left on device"


def test_a_picture_that_fails_is_one_line_and_exit_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "full.png").symlink_to("/dev/full")
    assert run(COSINE, "--plot", f"{tmp_path}/full.png") == (1, "", f"cosine-lr: argument --plot: {FULL}\n")
    for error in (OSError, ValueError, RuntimeError, OverflowError):
        monkeypatch.setattr(Figure, "savefig", Mock(side_effect=error("bad")))
        assert run(COSINE, "--plot", "lr.svg") == (1, "", "cosine-lr: argument --plot: bad\n")


@pytest.mark.process
def test_settings_of_matplotlib_that_fail_a_process_are_one_line_and_the_old_picture_stays(tmp_path: Path) -> None:
    (tmp_path / "curve.svg").write_text("old", encoding="utf-8")
    status, out, err = command(COSINE, "--plot", str(tmp_path / "curve.svg"), MPLBACKEND="nonsense")
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("cosine-lr: argument --plot: ") and "'nonsense' is not a valid value for backend" in err
    assert (tmp_path / "curve.svg").read_text(encoding="utf-8") == "old"


def test_without_matplotlib_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    status, out, err = run(COSINE, "--plot", "curve.svg")
    assert (status, out) == (1, "") and err.startswith("cosine-lr: a plot needs Matplotlib: pip install matplotlib (")
    assert printed(COSINE).count("\n") == 12


@pytest.mark.process
@pytest.mark.parametrize("words", [[COSINE], [COSINE, "-n", "10000", "--json"], ["--help"]])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_process_that_cannot_write_ends_with_one_line_and_exit_1(words: list[str], unbuffered: str) -> None:
    done = command(*words, redirected=">/dev/full", PYTHONUNBUFFERED=unbuffered)
    assert done == (1, "", f"cosine-lr: {FULL}\n")


@pytest.mark.process
@pytest.mark.parametrize("redirected", ["2>&-", "2>/dev/full"])
def test_a_process_without_a_standard_error_keeps_its_exit_status(redirected: str) -> None:
    assert command("CosineLR", redirected=redirected) == (2, "", "")
    assert command("CosineLR(0.1, 0.0, 11)", "--every", "11", redirected=redirected)[::2] == (0, "")


@pytest.mark.process
def test_an_interrupted_process_is_one_line_and_exit_130() -> None:
    words, pipe = [*COMMAND, COSINE, "-n", str(10**9)], subprocess.PIPE
    interruptible = partial(signal.signal, signal.SIGINT, signal.default_int_handler)  # also where the tests ignore it
    with subprocess.Popen(words, stdout=pipe, stderr=pipe, cwd=ROOT, preexec_fn=interruptible) as child:
        assert child.stdout is not None and child.stdout.readline().startswith(b"e\t")
        child.send_signal(signal.SIGINT)
        _, err = child.communicate()
    assert (child.returncode, err) == (130, b"cosine-lr: interrupted\n")


@pytest.mark.process
@pytest.mark.parametrize(("words", "unbuffered"), [([COSINE], ""), ([COSINE, "--json"], "1"), (["--help"], "")])
def test_a_pipe_that_was_closed_before_the_process_began(words: list[str], unbuffered: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "wb") as out:
        environment = os.environ | {"PYTHONUNBUFFERED": unbuffered}
        done = subprocess.run([*COMMAND, *words], stdout=out, stderr=subprocess.PIPE, cwd=ROOT, env=environment)
    assert (done.returncode, done.stderr) == (0, b"")


@contextlib.contextmanager
def written_into_a_pipe() -> Iterator[int]:
    """Nothing is written into it any more after an error, also not when the interpreter ends and flushes."""
    reader, writer = os.pipe()
    with open(writer, "w", encoding="utf-8") as out, contextlib.redirect_stdout(out):
        yield reader
        assert os.path.samestat(os.fstat(writer), os.stat(os.devnull))
        print("more", flush=True)


def test_main_with_a_reader_that_left() -> None:
    with written_into_a_pipe() as reader:
        os.close(reader)
        assert command_line.main([COSINE, "-n", "10000"]) == 0


def test_main_ends_with_one_line_and_writes_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    unshown = UnicodeEncodeError("ascii", "\u03b5", 0, 1, "why")
    ends = {KeyboardInterrupt(): (130, "interrupted"), MemoryError(): (1, "out of memory"), unshown: (1, str(unshown))}
    for error, (status, message) in ends.items():
        monkeypatch.setattr(csv, "writer", Mock(side_effect=error))
        assert run(COSINE) == (status, "", f"cosine-lr: {message}\n")
        with written_into_a_pipe() as reader:
            with pytest.raises(SystemExit):
                command_line.main([COSINE])
        os.close(reader)


def test_main_without_an_output_or_an_error_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with contextlib.redirect_stderr(io.StringIO()) as err, pytest.raises(SystemExit, match="^1$"):
        command_line.main([COSINE])
    assert err.getvalue() == "cosine-lr: standard output is closed\n"
    monkeypatch.setattr(sys, "stderr", None)
    with pytest.raises(SystemExit, match="^1$"):
        command_line.main([COSINE])


def test_of_a_message_that_is_too_long_the_ends_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    for text, shown in (("x" * 180, "x" * 180), ("a" * 105 + "bb" + "c" * 74, "a" * 105 + " ... " + "c" * 70)):
        command_line._say(text)
        assert capsys.readouterr().err == f"cosine-lr: {shown}\n"

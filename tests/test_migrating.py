"""MIGRATING.md: its links resolve, its expressions evaluate, its code computes what the text around it says.

That the curves of other libraries are equal is tested, with the real libraries, in tests/frameworks/test_peers.py.
"""

import json
import re
from collections.abc import Callable
from math import cos, exp, log, pi, sin, sqrt
from pathlib import Path
from typing import Any

import numpy
import pytest

from cosine_lr import CosineLR, ExponentialLR, PolynomialLR, parse
from tests.commands import anchors
from tests.frameworks import codebases, peers
from tests.frameworks.codebases import ultralytics, wave
from tests.frameworks.peers import LIBRARIES, NAMES, PAGE, RECORDED, ROWS, Row, code, count, section, table

TEXT = PAGE.read_text(encoding="utf-8")
CONVENTIONS = table("Counting conventions") + table("Warm-ups that rise as a power")


def test_links_lead_to_a_heading_and_the_contents_name_each() -> None:
    contents = re.findall(r"\]\(#([^)]+)\)", TEXT.partition("\n## ")[0])
    assert sorted(contents) == sorted(anchors(TEXT))
    for path, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", TEXT):
        page = PAGE.parent / (path or PAGE)
        assert page.exists() and (not anchor or anchor in anchors(page.read_text(encoding="utf-8"))), (path, anchor)


def test_every_row_has_as_many_cells_as_its_table() -> None:
    for lines in re.findall(r"(?m)(?:^\|.*\n)+", TEXT):
        head, _, *rows = lines.splitlines()
        assert {row.count(" | ") for row in rows} == {head.count(" | ")}


def test_no_row_stands_twice_and_at_most_three_need_python_as_their_remark_says() -> None:
    assert len({(row.library, row.call) for row in ROWS}) == len(ROWS)
    assert {row.library for row in ROWS} == {*LIBRARIES}
    assert [row for row in ROWS if row.is_notation() == row.remark.startswith("Python")] == []
    assert sum(not row.is_notation() for row in ROWS) <= 3
    assert "{} of {} schedulers of {} libraries".format(*count()) in " ".join(TEXT.split())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.library}: {row.call}")
def test_our_expression_is_a_schedule(row: Row) -> None:
    schedule = row.schedule()
    assert all(type(schedule(e)) is float and schedule(e) >= 0.0 for e in row.epochs)


FROM_0 = [row for row in ROWS if row.epochs[0] == 0]
RATES = {
    (library, call): [float(rate) for rate in rates]
    for library, call, *rates in (line.split("\t") for line in peers.RATES.read_text(encoding="utf-8").splitlines())
}


@pytest.mark.parametrize("row", FROM_0, ids=lambda row: f"{row.library}: {row.call}")
def test_our_curve_is_the_recorded_one(row: Row) -> None:
    """Equal at the epochs that rates.txt has, within its six digits, where the remark does not say otherwise."""
    schedule, rates = row.schedule(), RATES[row.library, row.call]
    tolerance = LIBRARIES[row.library].tolerance(0.1)
    assert len(rates) >= 17 and len(RATES) == len(FROM_0)
    for e, rate in zip(RECORDED, rates):
        assert (schedule(e) == pytest.approx(rate, rel=1e-5, abs=tolerance)) == (e not in row.differ)


@pytest.mark.parametrize("row", [row for row in ROWS if row.odd], ids=lambda row: f"{row.library}: {row.call}")
def test_where_the_library_differs_ours_is_what_the_remark_says(row: Row) -> None:
    assert row.odd
    at, there, here = row.odd
    assert at in row.differ and set(row.differ) <= set(row.epochs)
    assert row.schedule()(at) == pytest.approx(here, rel=1e-3)
    assert there != here


@pytest.mark.parametrize("row", [row for row in ROWS if row.library == "NeMo"], ids=lambda row: row.call)
def test_nemo_restated(row: Row) -> None:
    restated, schedule = eval(row.call, dict(vars(codebases))), row.schedule()
    peak = max(map(schedule, row.epochs))
    assert [schedule(k) for k in row.epochs] == pytest.approx([restated(k) for k in row.epochs], abs=1e-12 * peak)


@pytest.mark.parametrize("seen, write, call, remark", CONVENTIONS, ids=lambda cell: str(cell)[:60])
def test_conventions(seen: str, write: str, call: str, remark: str) -> None:
    """Equal at each of the 25 updates and 20 % past them; a count that is off by one misses by far more than 1e-15.

    Some formulas fall below 0 past the run, as their remarks say. Ours stay at 0.
    """
    numbers = {"peak": 0.1, "low": 0.001, "w": 5, "n": 25, "c": 10, "decay": CosineLR(0.1, 0.001, t_max=20)}
    names = NAMES | numbers | {"numpy": numpy, "cos": cos, "pi": pi, "sin": sin, "sqrt": sqrt}
    schedule = eval(write, names)
    ours = [schedule(eval(call, names | {"k": k})) for k in range(31)]
    assert ours == pytest.approx([max(float(eval(seen, names | {"k": k})), 0.0) for k in range(31)], abs=1e-15)
    assert ("below 0" in remark) == any(eval(seen, names | {"k": k}) < 0 for k in range(31))


def test_yolo() -> None:
    """After the warm-up the rate at the first step of each epoch is that of the line over epochs."""
    per_step, per_epoch = code("YOLO")["schedule"], PolynomialLR(0.01, 0.01 * 0.01, t_max=100)
    for k in range(0, 887_160, 97):
        assert per_step(k) == pytest.approx(ultralytics(k), rel=1e-12, abs=1e-17)
    for epoch in range(4, 121):
        assert per_step(7393 * epoch) == pytest.approx(per_epoch(epoch), rel=1e-12)


@pytest.mark.parametrize("low", [0.001, 0.01, 0.05, 0.099])
def test_a_floor_that_cuts_a_decay_off(low: float) -> None:
    names = code("A floor that cuts a decay off")
    cosine = names["clamped_cosine"](0.1, low, 100)
    square = names["clamped_polynomial"](0.1, low, 100, power=2.0)
    for x in (i / 1000 for i in range(1201)):
        assert cosine(100 * x) == pytest.approx(max(wave(min(x, 1), 0.1), low), rel=1e-12)
        assert square(100 * x) == pytest.approx(max(0.1 * (1 - min(x, 1)) ** 2, low), rel=1e-12)


CLASSES = code("Classes to copy")
OWN: dict[str, tuple[dict[str, Any], Callable[[float], float]]] = {
    "RexLR": ({"lr_init": 0.1, "t_max": 100}, lambda e: 0.1 * max(1 - e / 100, 0) / (0.5 + 0.5 * max(1 - e / 100, 0))),
    "SaturatingLR": ({"lr_init": 0.9, "t_scale": 20}, lambda e: 0.9 * (1 - exp(-e / 20))),
    "LogWarmupLR": ({"lr_init": 0.1, "t_warmup": 10}, lambda e: 0.1 * log(e + 1) / log(10) if e < 9 else 0.1),
    "LogisticLR": ({"lr_init": 0.1, "t_half": 50, "t_scale": 8}, lambda e: 0.1 / (1 + exp((e - 50) / 8))),
    "AffineLR": (
        {"schedule": ExponentialLR(1.0, gamma=0.5, t_scale=20, lr_min=0.5), "factor": 0.198, "offset": -0.098},
        lambda e: 0.001 + (0.1 - 0.001) * (2 * 0.5 ** min(e / 20, 1) - 1),  # Megatron's exponential cooldown
    ),
}


@pytest.mark.parametrize("name", OWN)
def test_a_class_to_copy(name: str) -> None:
    """It computes its formula, is notation, takes arrays, and never stops a run."""
    assert {*OWN} == {name for name, each in CLASSES.items() if name.endswith("LR") and each.__module__ == "recipe"}
    arguments, formula = OWN[name]
    schedule = CLASSES[name](**arguments)
    assert schedule.values(121) == pytest.approx([formula(e) for e in range(121)], rel=1e-12, abs=1e-16)
    assert parse(repr(schedule), CLASSES[name]) == schedule
    assert schedule(numpy.arange(121)).tolist() == schedule.values(121)
    assert all(0.0 <= schedule(e) <= 0.9 for e in (-1, 0, 10**9, 1e300))


@pytest.mark.parametrize("ahead", [0, 1])
def test_trainer_state(ahead: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The block tells the two ways of logging apart."""
    rate = parse("WarmupLR(CosineLR(0.1, 0.0, t_max=90), lr_start=0.0, t_warmup=10)")
    history: list[dict[str, float]] = [{"step": n, "learning_rate": rate(n - 1 + ahead)} for n in (5, 10, 50)]
    history.append({"step": 50, "eval_loss": 1.0})
    (tmp_path / "trainer_state.json").write_text(json.dumps({"log_history": history}))
    monkeypatch.chdir(tmp_path)
    distance = code("trainer_state.json")["distance"]
    assert distance[ahead] == 0 and distance[1 - ahead] > 0.001


def test_every_block_of_code_is_run_by_a_test() -> None:
    """Here those that define something, in tests/frameworks those that need a framework."""
    headings = [heading for heading in re.findall(r"(?m)^##+ (.+)$", TEXT) if "```python" in section(heading)]
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.rglob("test_*.py"))
    assert [heading for heading in headings if heading not in tests] == []

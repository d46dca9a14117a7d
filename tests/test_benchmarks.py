"""The benchmarks run, and say what does not depend on the time of day: nothing here looks at a clock."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import __main__ as command
from benchmarks import accuracy, arrays, contract, peers, short, speed
from benchmarks.by_hand import CURVES
from cosine_lr import CosineLR, __all__ as NAMES, parse
from tests.commands import ROOT
from tests.contract import Unaskable


def test_the_one_liner_breaks_the_laws_it_is_known_to_break() -> None:
    verdicts = contract.hold(peers.ONE_LINER, quick=True)
    assert verdicts["holds past the end"] == "(0.1, 0.001, 10): f(11) = 0.003422702443389889, not 0.001"
    assert verdicts["starts at lr init"] == "(0.053, 0.00017, 10): f(0) = 0.053000000000000005, not 0.053"
    assert verdicts["returns a float"] == verdicts["is pure"] == verdicts["never rises"] == "yes"


def test_a_peer_that_walks_is_asked_for_whole_epochs_from_0_alone() -> None:
    def build(a: float, b: float, t: float) -> dict[str, Any]:
        return {"schedule": CosineLR(a, b, t), "taken": []}

    peer = peers.Peer("walker", "", "cosine", build, "schedule(len(taken))", "taken.append(0)")
    f = peer.rate(0.1, 0.001, 10)
    assert [f(e) for e in (0, 3, 1, 12)] == [CosineLR(0.1, 0.001, 10)(e) for e in (0, 3, 1, 12)]
    for e in (-1, 2.5, 10**15, "3"):
        with pytest.raises(Unaskable):
            f(e)
    verdicts = contract.hold(peer, quick=True)
    assert set(verdicts.values()) == {"yes"} and {"is pure", "holds before 0"}.isdisjoint(verdicts)
    assert {"starts at lr init", "ends at lr min", "holds past the end"} <= set(verdicts)


def test_a_peer_in_float32_is_compared_with_what_it_can_return() -> None:
    def build(a: float, b: float, t: float) -> dict[str, Any]:
        return {"schedule": lambda e: float(np.float32(CosineLR(a, b, t)(e)))}

    verdicts = contract.hold(peers.Peer("single", "", "cosine", build, single=True), quick=True)
    assert verdicts["starts at lr init"] == verdicts["ends at lr min"] == "yes"


def test_peers_that_are_missing_are_named() -> None:
    versions, missing = peers.installed()
    assert sorted({peer.package for peer in peers.PEERS}) == sorted([*versions, *missing])
    assert len({peer.name for peer in peers.PEERS}) == len(peers.PEERS)


def test_the_known_cases_of_the_one_liner_show_up() -> None:
    cases = [(contract.known(package, code), right) for package, code, right in contract.KNOWN if not package]
    assert len(cases) == 2 and all(got != right for got, right in cases)
    assert contract.known("", "1 / 0") == "ZeroDivisionError: division by zero"


def test_the_error_of_known_rates() -> None:
    one, zero = Decimal(1), Decimal(0)
    found = accuracy.error([(1.0, one), (1.0 + 2**-52, one), (1e-9, zero)])
    assert found == (1.0, (2**-52 + 1) / 3, 1e-9 / 5e-324)
    assert accuracy.error([(0.0, zero)]) == (0.0, 0.0, 0.0)


def test_every_function_is_measured() -> None:
    found = accuracy.functions(50)
    assert sorted(found) == [name for name in NAMES if name.endswith("_lr")]
    for name, pairs in found.items():
        assert len({got for got, _ in pairs}) > 2 or name == "constant_lr"
        assert accuracy.error(pairs)[0] < 1e-13


def test_the_last_ten_epochs_and_both_ends() -> None:
    last = accuracy.wanted([(3e-4, 0.0, 10**9)], 10, last=True)
    assert float(accuracy.last_ten(accuracy.answers(peers.OURS[0], last))) < 1e-15
    assert accuracy.last_ten(accuracy.answers(peers.ONE_LINER, last)) == "1.0e+00, 3 are 0"
    ends = accuracy.wanted([(0.053, 0.00017, 10), (0.1, 0.001, 10)], 20)
    ours, plain = (accuracy.answers(peer, ends) for peer in (peers.OURS[0], peers.ONE_LINER))
    assert ours and plain and (ours[1:], plain[1:]) == ((2, 2), (1, 2))


@pytest.fixture(scope="module")
def rows() -> dict[tuple[str, str], speed.Row]:
    return dict(speed.rows([]))


def test_a_row_takes_the_rates_it_says() -> None:
    taken: list[int] = []
    row = speed.Row("for e in epochs: taken.append(e)", {"taken": taken}, range(10, 1010))
    assert row.n == 1000
    taken.clear()
    row.seconds()
    assert taken == [*range(10, 1010)] * 4


def test_every_public_name_is_timed_near_its_epochs(rows: dict[tuple[str, str], speed.Row]) -> None:
    for column, start in speed.STARTS.items():
        names = {name for name, each in rows if each == column}
        assert names >= {*speed.FUNCTIONS, *(f"{name}(e)" for name in speed.CLASSES)}
        assert rows["cosine_lr", column].names["epochs"] == range(start, start + speed.N)
    timed = {re.split(r"\W", name)[0] for name in [*speed.FUNCTIONS, *speed.CLASSES]}
    assert timed | {"LRIterator", "Schedule", "parse"} == {*NAMES}


@pytest.mark.parametrize("title", CURVES)
def test_what_is_written_by_hand_is_the_same_curve(title: str) -> None:
    by_hand, notation = CURVES[title]
    schedule = parse(notation)
    assert [by_hand(e) for e in range(1200)] == pytest.approx(schedule.values(1200), rel=1e-12)
    assert len({*schedule.values(1000)}) > 250


def test_what_iterates_is_built_anew_for_each_run(rows: dict[tuple[str, str], speed.Row]) -> None:
    row = rows["next(CosineLR)", "from 10^6"]
    for _ in range(2):
        row.seconds()
        assert row.names["rates"].e == 10**6 + speed.N


def test_each_budget_is_met_or_missed(rows: dict[tuple[str, str], speed.Row]) -> None:
    known = {("CosineLR(e)", "e from 10"): 1.8549, ("next(CosineLR)", "e from 10"): 1.61}
    known |= {speed.GET_LR: 2.0, ("warm-up, cosine", "next(rates)"): 4.7}
    found = {key: speed.Found(1.0, [known.get(key, 1.0)] * 2) for key in rows}
    lines = [line.split("|") for line in speed.budgets(found).splitlines()[2:]]
    verdicts = {cells[1].strip(): (float(cells[-3]), cells[-2].strip()) for cells in lines}
    assert len(verdicts) == len(speed.ONE_LINERS) + len(speed.GET_LRS)
    missed = {name: measured for name, (measured, verdict) in verdicts.items() if verdict == "missed"}
    assert missed == {"next(CosineLR)": 1.61, "warm-up, cosine, next(rates)": 2.35}  # the second beside get_lr's 2.0


def dense(tables: str) -> str:
    """Return the tables without the spaces that align their columns, for a page of few bytes."""
    return re.sub(r"-+(?=[:|])", "--", re.sub(r" +", " ", tables))


def test_the_readme_shows_the_tables_of_the_results() -> None:
    readme, results = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "benchmarks/RESULTS.md"))
    tables = dict(re.findall(r"<!-- table: (.+?) -->\n\n(.*?)\n\n<!-- end -->", readme, re.DOTALL))
    best, shown = tables["Which schedule trains best"], tables["In short"]
    assert re.search(rf"### Which schedule trains best\n\n.*\n\n{re.escape(best)}\n(?!\|)", dense(results))
    assert short.report(results) in results and dense(short.in_short(results)) == shown
    head, _, *lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in shown.splitlines()]
    assert head == ["", *short.COLUMNS] and [line[0] for line in lines] == [*short.ROWS]


QUICK = {"speed": "| next(CosineLR) ", "accuracy": "| CosineLR ", "contract": "| CosineRestartsLR | yes | yes |"}
QUICK |= {"arrays": "| warm-up, plateau, line ", "size": "| of it the package's own files "}  # a line of each


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """What a quick run of each prints, without the peers as if each rate took a microsecond, with short arrays."""
    in_numpy = arrays.in_numpy
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(speed.Row, "seconds", lambda row: 1e-6)
        patch.setattr(arrays, "in_numpy", lambda n, rounds: in_numpy(1000, 1))
        return {name: command.REPORTS[name]((), True) for name in QUICK}


def test_a_quick_run(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        assert page.startswith("## ") and QUICK[name] in page
        assert "nan" not in page or name == "contract"
    table = short.in_short("\n\n".join(pages.values()))
    lines = [[cell.strip() for cell in line.split("|")] for line in table.splitlines()]
    assert [line[1] for line in lines[2:]] == ["by hand", "the function", "`schedule(e)`", "`values`"]
    assert all(cell != "-" for line in lines[2:] if line[1] != "the function" for cell in line[2:4])
    assert lines[3][5] == "3e-16"


def test_the_whole_command_and_its_page(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pages: dict[str, str]
) -> None:
    for name in command.REPORTS:  # once is enough
        page = pages.get(name, f"## {name}")
        monkeypatch.setitem(command.REPORTS, name, lambda versions, quick, page=page: page)
    monkeypatch.setattr(peers, "installed", lambda: ({}, {"torch": "not installed"}))
    command.main(["accuracy", "--quick"])
    printed = capsys.readouterr().out
    assert "## Accuracy" in printed and "## Speed" not in printed
    assert re.search(r"(?m)^\| torch +\| \(not installed\) \|$", printed)
    file = tmp_path / "RESULTS.md"
    with pytest.raises(SystemExit, match="^2$"):  # only the whole page is written
        command.main(["accuracy", "--write", str(file)])
    command.main(["--quick", "--write", str(file)])
    written = file.read_text(encoding="utf-8")
    assert written.count("\n## ") == 1 + len(command.REPORTS)
    assert sorted(written.splitlines()) == sorted(capsys.readouterr().out.splitlines())
    assert "`python -m benchmarks --quick` on 20" in written

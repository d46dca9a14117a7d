"""The benchmarks run, and say what does not depend on the time of day: nothing here looks at a clock."""

from __future__ import annotations

import doctest
import math
import re
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import __main__ as command
from benchmarks import accuracy, contract, peers, short, size, speed, tables
from benchmarks.by_hand import CURVES
from cosine_lr import (
    ConstantLR, CosineLR, CosineRestartsLR, ExponentialLR, InversePowerLR, LRIterator, MultiStepLR, PolynomialLR,
    ProductLR, RestartLR, SequenceLR, ShiftLR, StepLR, WarmupLR, parse,
)

ROOT = Path(__file__).parent.parent
GOOD = CosineLR(0.1, 0.001, t_max=10)
ENDS: dict[str, float] = {"lr_init": 0.1, "lr_min": 0.001, "t_max": 10}
TO_ZERO = CosineLR(0.1, 0.0, t_max=10)
RESTARTS: dict[str, float] = {"lr_init": 0.1, "lr_min": 0.001, "t_max": 10, "t_mult": 3}


def broken(f: peers.Rate, **ends: float) -> dict[str, contract.Broken]:
    return {name: found for name, found in contract.check(f, **ends).items() if found is not None}


# The checker: ours keeps every law, and what is wrong breaks the law that it should.


@pytest.mark.parametrize(
    "schedule",
    [
        GOOD,
        TO_ZERO,
        CosineLR(3e-4, 0.0, t_max=100_000),
        CosineLR(0.1, 0.001, t_max=1.0),
        PolynomialLR(0.1, 0.001, t_max=10, power=2.0, k_decay=0.5),
        CosineRestartsLR(0.1, 0.001, t_max=10, n_cycles=1),
    ],
    ids=repr,
)
def test_ours_keep_every_law(schedule: Any) -> None:
    ends = {"lr_init": schedule.lr_init, "lr_min": schedule.lr_min, "t_max": schedule.t_max}
    found = contract.check(schedule, **ends, lr_half=schedule(schedule.t_max / 2))
    laws = {law.name for law in contract.LAWS if law.kind != "restarts"}
    if schedule.lr_min > 0 or schedule.t_max == 1:  # then there is nothing to be early for
        laws.remove("is not there early")
    assert found == dict.fromkeys(laws)


@pytest.mark.parametrize("t_mult", [1, 2, 3, 10])
def test_our_restarts_keep_every_law(t_mult: float) -> None:
    ends: dict[str, float] = {"lr_init": 0.1, "lr_min": 0.001, "t_max": 16, "t_mult": t_mult}
    found = contract.check(CosineRestartsLR(0.1, 0.001, 16, t_mult=t_mult), **ends)
    laws = {law.name for law in contract.LAWS if law.kind != "decay"}
    in_steps, in_fractions = {"restarts at its peak", "restarts far out"}, {"restarts in fractions"}
    assert found == dict.fromkeys(laws - in_fractions)
    ends["t_mult"] = 1.5  # its restarts at whole epochs are few
    found = contract.check(CosineRestartsLR(0.1, 0.001, 16, t_mult=1.5), **ends)
    assert found == dict.fromkeys(laws - in_fractions - {"restarts far out"})
    for t in (0.1, 0.7, 80 / 1251):
        found = contract.check(CosineRestartsLR(0.1, 0.001, t, t_mult=t_mult), **ends | {"t_mult": t_mult, "t_max": t})
        assert found == dict.fromkeys(laws - in_steps)


@pytest.mark.parametrize(
    "schedule",
    [
        ConstantLR(0.1),
        ExponentialLR(0.1, 0.9),
        StepLR(0.1, 3, 0.5),
        MultiStepLR(0.1, [3, 7], 0.1),
        InversePowerLR(0.1, 4),
        WarmupLR(GOOD, 0.01, 5),
        SequenceLR([(3, ConstantLR(0.1))], GOOD),
        RestartLR(GOOD, 7, t_mult=2),
        ShiftLR(GOOD, 3),
        ProductLR([GOOD, StepLR(1.0, 3, 0.5)]),
    ],
    ids=repr,
)
def test_ours_keep_the_laws_that_need_no_ends(schedule: LRIterator) -> None:
    found = contract.check(schedule)
    assert len(found) == 6 and not any(found.values())


class Counter:
    """A schedule that is not pure: its answer at epoch 4 depends on how often it was asked."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, e: Any) -> float:
        at_4 = isinstance(e, (int, float)) and e == 4  # NumPy warns of a date that is compared with a number
        self.calls += at_4
        return GOOD(e) if not at_4 or self.calls < 2 else math.nextafter(GOOD(4), 0.0)


class Backwards:
    """A schedule that is not pure: its answer at epoch 4 depends on whether a later one was asked for just before."""

    last: Any = 0

    def __call__(self, e: float) -> float:
        rate = GOOD(e)
        before, self.last = self.last, e
        return math.nextafter(rate, 0.0) if e == 4 and before > 4 else rate


def at(epochs: Callable[[Any], bool], rate: Any, f: peers.Rate = GOOD) -> peers.Rate:
    """The good schedule, but for some epochs: there it returns `rate`, or raises it."""

    def wrong(e: Any) -> Any:
        good = f(e)
        if not epochs(e):
            return good
        if isinstance(rate, Exception):
            raise rate
        return rate

    return wrong


def rough(e: Any) -> float:
    """Let a float32 drag the arithmetic down."""
    return float(np.float32(GOOD(float(e)))) if isinstance(e, np.float32) else GOOD(e)


def lenient(e: Any) -> float:
    """Take anything for an epoch."""
    try:
        return GOOD(e)
    except (TypeError, ValueError):
        return 0.1


def takes(kind: type) -> peers.Rate:
    """The good schedule, but for one kind of thing that is no epoch."""
    return lambda e: 0.1 if isinstance(e, kind) else GOOD(e)


WRONG: list[tuple[peers.Rate, set[str], str]] = [
    (lambda e: np.float64(GOOD(e)), {"returns a float"}, "f(0) = np.float64(0.1), not a float"),
    (at(lambda e: type(e) not in (int, float), TypeError("no")), {"takes any number"}, "f(True) raises TypeError: no"),
    (lambda e: GOOD(int(e) if isinstance(e, Fraction) else e), {"takes any number"}, "f(Fraction(5, 2)) ="),
    (rough, {"takes any number"}, "f(np.float32(2.5)) ="),
    (Counter(), {"is pure"}, "f(4) ="),
    (Backwards(), {"is pure"}, "f(4) ="),
    (at(lambda e: e < 0, 0.05), {"holds before 0"}, "f(-1) = 0.05, not 0.1"),
    (at(lambda e: str(e) == "1e+308", OverflowError("no")), {"never stops a run"}, "f(1e+308) raises Overflow"),
    (at(lambda e: str(e) == "-1e+308", math.nan), {"never stops a run"}, "f(-1e+308) = nan, not a rate"),
    (lenient, {"refuses what is no epoch"}, "f(nan) = 0.1, not a ValueError or TypeError"),
    (takes(complex), {"refuses what is no epoch"}, "f(3j) = 0.1, not a ValueError or TypeError"),
    (takes(date), {"refuses what is no epoch"}, "f(datetime.date(2026, 1, 3)) = 0.1, not"),
    (takes(np.timedelta64), {"refuses what is no epoch"}, "f(np.timedelta64(3,'D')) = 0.1, not"),
    (at(lambda e: e <= 0, 0.0999), {"starts at lr init"}, "f(0) = 0.0999, not 0.1"),
    (at(lambda e: e == 5, 0.2), {"stays in range", "never rises", "passes its half"}, "f(5) = 0.2, not from 0.001"),
    (at(lambda e: e == 3, 0.05), {"never rises"}, "f(4) ="),
    (at(lambda e: str(e)[:10] == "2.50000001", 0.09), {"never rises in between"}, "f(2.5000000100000004) = 0.09, not"),
    (at(lambda e: e == 5, 0.0506), {"passes its half"}, "f(5) = 0.0506, not 0.0505"),
    (at(lambda e: 9.99 < e < 10, 0.0010000001), {"forgives a rounding"}, "f(9.999999999999998) = 0.0010000001, not"),
    (at(lambda e: e == 10, 0.0011), {"ends at lr min"}, "f(10) = 0.0011, not 0.001"),
    (at(lambda e: e == 20, 0.1), {"holds past the end"}, "f(20) = 0.1, not 0.001"),
    (at(lambda e: type(e) is int and e == 10**15, 0.1), {"holds past the end"}, "f(10**15) = 0.1, not 0.001"),
]


@pytest.mark.parametrize(("f", "laws", "text"), WRONG, ids=[f"{next(iter(laws))}-{text}" for _, laws, text in WRONG])
def test_what_is_wrong_breaks_its_law(f: peers.Rate, laws: set[str], text: str) -> None:
    found = broken(f, **ENDS, lr_half=0.0505)
    assert set(found) == laws
    assert str(next(iter(found.values()))).startswith(text)


def test_a_negative_0_breaks_a_law() -> None:
    found = broken(at(lambda e: e == 10, -0.0, TO_ZERO), **ENDS | {"lr_min": 0.0})
    assert {name: str(each) for name, each in found.items()} == {"ends at lr min": "f(10) = -0.0, not 0.0"}


def test_a_rate_of_0_too_early_breaks_its_law() -> None:
    found = broken(at(lambda e: e == 9, 0.0, TO_ZERO), **ENDS | {"lr_min": 0.0})
    assert {name: str(each) for name, each in found.items()} == {"is not there early": "f(9) = 0.0, not above 0"}


def test_wrong_restarts_break_their_laws() -> None:
    """The floor instead of the peak where int(log(...)) misses the boundary; one far out; one an epoch early."""

    def by_logarithm(e: Any) -> float:
        rate, e = right(e), e if type(e) is int else float(e)
        if not 0 < e < 1e5:
            return rate
        n = int(math.log(e / 10 * 2 + 1, 3))
        place = e - 10 * (3**n - 1) / 2
        return CosineLR(0.1, 0.001, t_max=10 * 3**n)(place)

    right = CosineRestartsLR(0.1, 0.001, 10, t_mult=3)
    assert str(broken(by_logarithm, **RESTARTS)["restarts at its peak"]) == "f(1210) = 0.001, not 0.1"
    assert set(broken(by_logarithm, **RESTARTS)) == {"restarts at its peak"}
    far = at(lambda e: type(e) is int and e > 10**8 and right(e) == 0.1, 0.001, right)
    assert set(broken(far, **RESTARTS)) == {"restarts far out"}
    early = broken(at(lambda e: e == 39, 0.1, right), **RESTARTS)
    assert {name: str(each) for name, each in early.items()} == {
        "restarts at its peak": "f(39) = 0.1, not in the lower half"
    }
    def by_remainder(e: Any) -> float:
        rate, e = right(e), e if type(e) is int else float(e)
        return GOOD(e % 0.1 * 100) if 0 < e < 1e15 else rate

    found = broken(by_remainder, **RESTARTS | {"t_max": 0.1, "t_mult": 1})
    assert {name: str(each) for name, each in found.items()} == {
        "restarts in fractions": "f(0.3) = 0.001, not 0.1"
    }


def test_every_law_is_broken_by_something_above() -> None:
    tested = set().union(*(laws for _, laws, _ in WRONG))
    tested |= {"is not there early", "restarts at its peak", "restarts far out", "restarts in fractions"}
    assert tested == {law.name for law in contract.LAWS}


def test_what_takes_for_ever_breaks_a_law(monkeypatch: pytest.MonkeyPatch) -> None:
    def walks(e: Any) -> float:
        GOOD(e)  # refuses what is no epoch
        while abs(e) > 1e20:
            pass
        return 0.1

    if not hasattr(signal, "setitimer"):
        pytest.skip("nothing on this system can interrupt it")
    monkeypatch.setattr(contract, "PATIENCE", 0.05)
    assert isinstance(broken(walks)["never stops a run"].got, TimeoutError)


# The peers.


def test_the_one_liner_breaks_the_laws_it_is_known_to_break() -> None:
    verdicts = contract.hold(peers.ONE_LINER, quick=True)
    assert verdicts["holds past the end"] == "(0.1, 0.001, 10): f(11) = 0.003422702443389889, not 0.001"
    assert verdicts["starts at lr init"] == "(0.053, 0.00017, 10): f(0) = 0.053000000000000005, not 0.053"
    assert verdicts["holds before 0"].startswith("(0.1, 0.001, 10): f(-1) = 0.0975")
    assert verdicts["returns a float"] == verdicts["is pure"] == verdicts["never rises"] == "yes"


def test_a_peer_that_walks_is_asked_for_whole_epochs_from_0_alone() -> None:
    def build(a: float, b: float, t: float) -> dict[str, Any]:
        return {"schedule": CosineLR(a, b, t), "taken": []}

    peer = peers.Peer("walker", "", "cosine", build, "schedule(len(taken))", "taken.append(schedule.e)")
    f = peer.rate(0.1, 0.001, 10)
    assert [f(e) for e in (0, 3, 1, 12)] == [GOOD(e) for e in (0, 3, 1, 12)]
    for e in (-1, 2.5, 10**15, "3"):
        with pytest.raises(peers.Unaskable):
            f(e)
    verdicts = contract.hold(peer, quick=True)
    assert set(verdicts.values()) == {"yes"}
    assert {"takes any number", "is pure", "holds before 0", "refuses what is no epoch"}.isdisjoint(verdicts)
    assert {"starts at lr init", "ends at lr min", "holds past the end"} <= set(verdicts)


def test_a_peer_in_float32_is_held_to_what_it_can_return() -> None:
    def build(a: float, b: float, t: float) -> dict[str, Any]:
        return {"schedule": lambda e: float(np.float32(CosineLR(a, b, t)(e)))}

    peer = peers.Peer("single", "", "cosine", build, single=True)
    verdicts = contract.hold(peer, quick=True)
    assert verdicts["starts at lr init"] == verdicts["ends at lr min"] == "yes"


def test_peers_that_are_missing_are_named() -> None:
    versions, missing = peers.installed()
    assert {peer.package for peer in peers.PEERS} == {*versions, *missing}
    assert versions.keys().isdisjoint(missing)
    assert len({peer.name for peer in peers.PEERS}) == len(peers.PEERS)


# Accuracy.


def test_every_formula_is_within_its_bound() -> None:
    found = accuracy.functions(100)
    import cosine_lr

    assert {name.partition(",")[0].split()[0] for name in found} == {
        name for name in cosine_lr.__all__ if name.endswith("_lr") and name != "constant_lr"
    }
    for name, (bound, pairs) in found.items():
        error = accuracy.error(pairs)
        if name.startswith("cosine_restarts_lr, t_mult=1.5"):  # a rounding of the place weighs much near 0
            assert 0 < error.mean < 1e-12
        else:
            assert 0 < error.mean <= error.worst < 1e-13 and error.ulps <= (bound or 100), name


def test_cycles_of_fractional_epochs() -> None:
    """Walked in exact numbers, and forgiving: 0.3 is three cycles of 0.1, though 3 * 0.1 is more as a double."""
    zero, tenth = Fraction(0), Fraction(0.1)
    assert accuracy.cycle(0.3, 0.1, 1) == (zero, tenth)
    assert accuracy.cycle(0.3, 0.1, 2) == (zero, 4 * tenth)
    assert accuracy.cycle(0.25, 0.1, 1) == (Fraction(0.25) - 2 * tenth, tenth)
    assert accuracy.cycle(41, 10, 1.5) == (Fraction(16), Fraction(45, 2))
    assert accuracy.cycle(0.0, 5, 3) == (zero, Fraction(5))


def test_the_error_of_known_rates() -> None:
    found = accuracy.error([(1.0, accuracy_of(1)), (1.0 + 2**-52, accuracy_of(1)), (1e-9, accuracy_of(0))])
    assert found == (1.0, (2**-52 + 1) / 3, 1e-9 / 5e-324)
    assert accuracy.error([(0.0, accuracy_of(0))]) == (0.0, 0.0, 0.0)


def accuracy_of(value: int) -> Any:
    from tests import oracles

    return oracles.exact(value)


def test_the_last_ten_epochs() -> None:
    asked = accuracy.Asked([(3e-4, 0.0, 10**9)], 10, last=True)
    pairs, starts, stops = asked.of(peers.OURS[0])
    assert len(pairs) == 10 and accuracy.error(pairs).worst < 1e-15
    assert accuracy._last_ten(asked.of(peers.ONE_LINER)[0]) == "1.0e+00, 3 are 0"


def test_both_ends_are_counted() -> None:
    asked = accuracy.Asked([(0.053, 0.00017, 10), (0.1, 0.001, 10)], 20)
    assert asked.of(peers.OURS[0])[1:] == (2, 2)
    assert asked.of(peers.ONE_LINER)[1:] == (1, 2)


# Speed: what is timed, not how long it takes.


def test_a_row_takes_the_rates_it_says() -> None:
    taken: list[int] = []
    row = speed.Row("for e in epochs: taken.append(e)", {"taken": taken}, range(10, 1010))
    assert row.n == 1000
    taken.clear()
    assert row.seconds() > 0
    assert taken == [*range(10, 1010)] * 4
    assert speed.Row("taken.extend(range(1000))", {"taken": taken}, n=1000).n == 1000


def test_every_row_asks_for_a_rate_near_its_epochs() -> None:
    found = dict(speed.rows([]))
    for column, start in speed.STARTS.items():
        names = {name for name, each in found if each == column}
        assert names >= {*speed.FUNCTIONS, *(f"{name}(e)" for name in speed.CLASSES)}
        assert found["cosine_lr", column].names["epochs"] == range(start, start + speed.N)
    functions = {re.split(r"\W", name)[0] for name in speed.FUNCTIONS}
    classes = {re.split(r"\W", name)[0] for name in speed.CLASSES}
    import cosine_lr

    assert functions | classes | {"LRIterator", "parse"} == set(cosine_lr.__all__)


@pytest.mark.parametrize("title", CURVES)
def test_what_is_written_by_hand_is_the_same_curve(title: str) -> None:
    by_hand, notation = CURVES[title]
    schedule = parse(notation)
    assert [by_hand(e) for e in range(1200)] == pytest.approx(schedule.values(1200), rel=1e-12)
    assert len({*schedule.values(1000)}) > 250


def test_what_iterates_is_built_anew_for_each_run() -> None:
    found = dict(speed.rows([]))
    row = found["next(CosineLR)", "from 10^6"]
    for _ in range(2):
        row.seconds()
        assert row.names["schedule"].e == 10**6 + speed.N
    row = found["warm-up, cosine", "next(schedule)"]
    row.seconds()
    assert row.names["schedule"].e == speed.N


def test_the_ratio_to_another_row_is_taken_round_by_round() -> None:
    mine, theirs = speed.Found(100.0, [2.0, 4.0, 9.0]), speed.Found(50.0, [1.0, 4.0, 3.0])
    assert mine.beside(theirs) == speed.Found(100.0, [2.0, 1.0, 3.0])
    assert mine.ratio == 4.0 and mine.beside(theirs).ratio == 2.0
    assert str(mine) == "4.00 (3.00 to 6.50)"


def test_each_budget_is_met_or_missed() -> None:
    rows = dict(speed.rows([]))
    assert {*speed.ONE_LINERS, *speed.GET_LRS, speed.GET_LR} <= rows.keys()
    found = {key: speed.Found(1.0, [1.0, 1.0]) for key in rows}
    found["CosineLR(e)", "e from 10"] = speed.Found(1.0, [1.9049, 1.9049])
    found["next(CosineLR)", "e from 10"] = speed.Found(1.0, [1.91, 1.91])
    found[speed.GET_LR] = speed.Found(1.0, [2.0, 2.0])
    found["warm-up, cosine", "next(schedule)"] = speed.Found(1.0, [4.7, 4.7])
    lines = [line.split("|") for line in speed.budgets(found, {size.CORE: 1.4}).splitlines()[2:]]
    verdicts = {cells[1].strip(): (float(cells[-3]), cells[-2].strip()) for cells in lines}
    assert len(verdicts) == len(speed.ONE_LINERS) + len(speed.GET_LRS) + 1
    assert {name: measured for name, (measured, verdict) in verdicts.items() if verdict == "missed"} == {
        "next(CosineLR)": 1.91,
        "warm-up, cosine, next(schedule)": 2.35,
    }
    assert verdicts["CosineLR(e)"] == (1.9, "met") and verdicts["warm-up, cosine, schedule(e)"] == (0.5, "met")


# Size.


def test_the_objects_of_a_schedule() -> None:
    schedule = CosineLR(0.125, 0.0625, t_max=1000)
    assert [type(each) for each in size.objects(schedule)][0] is CosineLR
    numbers = [each for each in size.objects(schedule) if isinstance(each, float)]
    assert sorted(numbers) == [0.0625, 0.125]
    assert len(size.objects(WarmupLR(schedule, 0.01, 5))) > len(size.objects(schedule))


def test_a_row_of_a_table_of_rates() -> None:
    line = size.tables(10**5).splitlines()[2]
    cells = [cell.strip() for cell in line.split("|")]
    assert cells[1:3] == ["schedule.values(n)", "float"]
    rates = (8 + sys.getsizeof(0.1)) * 10**5 / 1e6  # MB: a reference and a float for each
    assert rates <= float(cells[4]) <= float(cells[5]) < 1.25 * rates


# The short table.


def shown() -> str:
    """Return the table of the README, between its two marks."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"<!-- table: In short -->\n\n(.*?)\n\n<!-- end -->", readme, re.DOTALL)
    return str(table)


def test_the_readme_shows_the_short_table_of_the_results() -> None:
    results = (ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")
    assert short.report(results) in results
    assert short.in_short(results) == shown()


def test_the_readme_shows_the_rows_and_columns_of_the_short_table() -> None:
    head, _, *lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in shown().splitlines()]
    assert head == ["", *short.COLUMNS]
    assert [line[0] for line in lines] == [*short.ROWS]


def test_the_short_table_is_of_the_page(pages: dict[str, str]) -> None:
    page = "\n\n".join(pages.values())
    lines = [[cell.strip() for cell in line.split("|")] for line in short.in_short(page).splitlines()]
    names = [line[1] for line in lines[2:]]
    assert names == ["by hand", "the function", "`schedule(e)`", "`next`", "`values`"]
    assert all(cell != "-" for line in lines[2:] if line[1] != "the function" for cell in line[2:5])
    title = "A warm-up, then the cosine, beside the peers"
    assert lines[4][3] == short.rounded(short.found(page, title, "ratio", row="warm-up, cosine, schedule(e)"))
    assert lines[3][6] == "3e-16"


# The command.


@pytest.fixture(scope="module")
def pages() -> Iterator[dict[str, str]]:
    """What a quick run of each of them prints, without the peers."""
    yield {name: report((), True) for name, report in command.REPORTS.items()}


@pytest.mark.parametrize("name", command.REPORTS)
def test_a_quick_run(name: str, pages: dict[str, str]) -> None:
    page = pages[name]
    assert page.startswith(f"## {'The contract' if name == 'contract' else name.capitalize()}\n")
    assert page.count("|:-") >= 3
    ours = {
        "speed": "| next(CosineLR) ",
        "accuracy": "| CosineLR ",
        "size": "| formulas.py alone ",
        "contract": "| CosineRestartsLR | yes | yes |",
    }
    assert ours[name] in page
    for line in page.splitlines():
        assert "nan" not in line or name == "contract"


def test_the_whole_command_and_its_page(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pages: dict[str, str]
) -> None:
    for name in ("speed", "size"):  # once is enough
        monkeypatch.setitem(command.REPORTS, name, lambda versions, quick, page=pages[name]: page)
    monkeypatch.setattr(peers, "installed", lambda: ({}, {"torch": "not installed"}))
    assert command.main(["accuracy", "--quick"]) == 0
    printed = capsys.readouterr().out
    assert "## Accuracy" in printed and "## Speed" not in printed
    assert re.search(r"(?m)^\| torch +\| \(not installed\) \|$", printed)
    file = tmp_path / "RESULTS.md"
    assert command.main(["--quick", "--write", str(file)]) == 0
    printed = capsys.readouterr().out
    written = file.read_text(encoding="utf-8")
    assert re.findall("(?m)^## (.*)", written) == ["In short", "Speed", "Accuracy", "Size", "The contract"]
    assert sorted(written.splitlines()) == sorted(printed.splitlines())
    assert "`python -m benchmarks --quick` on 20" in printed


def test_a_stranger(capsys: pytest.CaptureFixture[str]) -> None:
    ends = ["--lr-init", "0.1", "--lr-min", "0.001", "--t-max", "10"]
    assert command.main(["contract", "tests.test_benchmarks:GOOD", *ends]) == 0
    printed = capsys.readouterr().out
    assert printed.count("yes  ") == 13 and "-    passes its half: needs --lr-half\n" in printed
    assert command.main(["contract", "tests.test_benchmarks:GOOD", *ends, "--lr-half", "0.0505"]) == 0
    assert capsys.readouterr().out.count("yes  ") == 14
    assert command.main(["contract", "tests.test_benchmarks:GOOD"]) == 0
    printed = capsys.readouterr().out
    assert printed.count("yes  ") == 6 and "-    ends at lr min: needs --lr-min, --t-max\n" in printed
    assert command.main(["contract", "tests.test_benchmarks:lenient", *ends]) == 1
    printed = capsys.readouterr().out
    assert printed.count("yes  ") == 12 and "no   refuses what is no epoch: f(nan) = 0.1" in printed
    assert command.main(["contract", "tests.test_benchmarks:GOOD", *ends[:-1], "9"]) == 1
    printed = capsys.readouterr().out
    assert re.findall("(?m)^no   (.*?):", printed) == ["ends at lr min", "forgives a rounding"]


@pytest.mark.parametrize("path", ["nowhere:f", "math:nowhere", "math", "math:pi", "cosine_lr:CosineLR"])
def test_a_stranger_who_is_not_there(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["contract", path]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("words", ["speed --write x", "--write x speed", "--write", "contract --lr-init 1", "fast"])
def test_a_command_that_makes_no_sense(words: str) -> None:
    with pytest.raises(SystemExit, match="^2$"):
        command.main(words.split())


@pytest.mark.parametrize("module", [command, contract, short, tables], ids=lambda module: module.__name__)
def test_doctests(module: Any) -> None:
    result = doctest.testmod(module)
    assert result.failed == 0 and result.attempted > 0


def test_the_known_cases_of_the_one_liner_show_up() -> None:
    cases = [(code, contract.known(package, code), right) for package, code, right in contract.KNOWN if not package]
    assert len(cases) == 2 and all(got != right for _, got, right in cases)
    assert contract.known("", "1 / 0") == "ZeroDivisionError: division by zero"

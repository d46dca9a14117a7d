"""What known codebases run (MIGRATING.md): the same curve as their formula, over the whole run and past its end."""

import re

import pytest

from cosine_lr import parse
from tests.frameworks.codebases import CODEBASES
from tests.frameworks.peers import table

TABLE = table("What known codebases run")
ROWS = [pytest.param(*cells, id=f"{cells[0]}: {cells[1]}") for cells in TABLE]
EVERY = 20_000  # a run of so many steps is compared at each of them, a longer one at as many, and around its bends


def steps(here: str, call: str, n: int) -> list[int]:
    """Return the steps to compare: evenly spaced ones, and those around every time of the row, and sums of two."""
    unit = eval(call, {"k": 1}) - eval(call, {"k": 0})
    times = {float(time) / unit for time in re.findall(r"\b\d+\b(?!\.)", here)}
    bends = {0, n, *times, *(a + b for a in times for b in times)}
    around = {int(bend) + i for bend in bends for i in range(-3, 4)}
    return sorted(k for k in around | set(range(0, n, max(1, n // EVERY))) if 0 <= k < n)


def test_the_table_and_the_formulas_are_of_the_same_runs() -> None:
    assert [(name, what) for name, what, *_ in TABLE] == [*CODEBASES]


@pytest.mark.parametrize("name, what, n, here, call, past, remark", ROWS)
def test_the_run_and_past_its_end(name: str, what: str, n: str, here: str, call: str, past: str, remark: str) -> None:
    """Equal within 10^-12 of the peak: two ways to compute one formula in doubles. Past the end ours stays, or goes on
    where there is no end; the project's formula does what the row says."""
    schedule, formula, end = parse(here), CODEBASES[name, what], int(n.replace(",", ""))
    epoch = eval(f"lambda k: {call}")
    compared = steps(here, call, end)
    tolerance = 1e-12 * max(schedule(epoch(k)) for k in compared)
    assert [k for k in compared if not abs(schedule(epoch(k)) - formula(k)) <= tolerance] == []
    beyond = [end + end * i // 200 for i in range(41)]
    if past == "the same":
        tolerance = 1e-12 * schedule(epoch(end // 2))
        assert [k for k in beyond if not abs(schedule(epoch(k)) - formula(k)) <= tolerance] == []
    elif past == "raises `IndexError`":
        with pytest.raises(IndexError):
            formula(end)
    elif past != "has no value":
        found = re.fullmatch(r"(climbs|falls|stays): at (\d+) it is (\S+)", past)
        assert found and int(found[2]) == end * 6 // 5
        assert formula(int(found[2])) == pytest.approx(float(found[3]), rel=1e-3)
        (last,) = {schedule(epoch(k)) for k in beyond}
        away = [formula(k) - last for k in beyond]
        assert away == sorted(away, reverse=found[1] == "falls")

"""What known codebases run (tests/frameworks/codebases.py): the same curve, over the whole run and past its end."""

from __future__ import annotations

import pytest

from cosine_lr import parse
from tests.frameworks.codebases import CODEBASES, CONVENTIONS, Codebase, Convention

ROWS = [pytest.param(row, id=f"{row.name}: {row.what}") for row in CODEBASES]
EVERY = 20_000  # a run of so many steps is compared at each of them, a longer one at as many, and around its bends


def steps(row: Codebase) -> list[int]:
    around = {k for bend in (0, *row.bends, row.steps) for k in range(bend - 50, bend + 50) if 0 <= k < row.steps}
    return sorted(around | set(range(0, row.steps, max(1, row.steps // EVERY))))


@pytest.mark.parametrize("row", ROWS)
def test_the_run(row: Codebase) -> None:
    """Equal within 10^-12 of the peak: two ways to compute one formula in doubles."""
    ours = row.schedule()
    tolerance = 1e-12 * max(map(ours, steps(row)))
    assert [k for k in steps(row) if not abs(ours(k) - row.theirs(k)) <= tolerance] == []


@pytest.mark.parametrize("row", ROWS)
def test_past_its_end(row: Codebase) -> None:
    """Ours holds, or goes on where there is no end; theirs does what the row says."""
    ours = row.schedule()
    past = [row.steps + 1 + row.steps * i // 200 for i in range(101)]
    if row.past == "the same":
        tolerance = 1e-12 * ours(row.steps)
        assert [k for k in past if not abs(ours(k) - row.theirs(k)) <= tolerance] == []
        return
    assert len({ours(k) for k in past}) == 1
    if row.past.startswith("raises "):
        for k in past:
            with pytest.raises(Exception) as caught:
                row.theirs(k)
            assert row.past == f"raises {caught.type.__name__}"
    elif row.past == "is complex":
        assert {type(row.theirs(k)) for k in past} == {complex}
    else:
        way = {"climbs": 1, "falls": -1}[row.past]
        away = [way * (row.theirs(k) - ours(k)) for k in past]
        assert away[-1] > 0 and away == sorted(away)


def test_there_are_rows_enough_and_none_twice() -> None:
    assert len(CODEBASES) >= 15
    assert len({(row.name, row.what) for row in CODEBASES}) == len(CODEBASES)
    whats = " ".join(row.what for row in CODEBASES)
    assert all(what in whats for what in ("rate", "momentum", "weight decay"))


@pytest.mark.parametrize("row", ROWS)
def test_notation_is_what_repr_writes(row: Codebase) -> None:
    assert parse(repr(parse(row.ours))) == parse(row.ours)


@pytest.mark.parametrize("row", CONVENTIONS, ids=lambda row: row.seen)
def test_conventions(row: Convention) -> None:
    """Equal at each of the 25 updates; a count that is off by one misses by far more than the rounding allowed here."""
    seen, write = row.evaluate(row.seen), row.evaluate(row.write)
    assert [write(k) for k in range(25)] == pytest.approx([seen(k) for k in range(25)], abs=1e-15)

"""Every row of MIGRATING.md: the real scheduler, driven as its users do, against our expression."""

import re
from itertools import islice

import pytest

from tests.frameworks import peers
from tests.frameworks.peers import LIBRARIES, ROWS, WITHOUT, Row, apart, code, curve, drive_torch, public_names

RATES = peers.RATES.read_text(encoding="utf-8")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.library}: {row.call}")
def test_the_curves_are_equal(row: Row) -> None:
    """Equal at every epoch, but for those at which the remark says that they differ: there they must differ."""
    library = LIBRARIES[row.library]
    theirs = apart(row.library, curve, row)
    ours = [*map(row.schedule(), row.epochs)]
    assert len(theirs) == (row.stop[0] if row.stop else len(row.epochs))
    tolerance = library.tolerance(max(ours))
    differ = [e for e, a, b in zip(row.epochs, theirs, ours) if not abs(a - b) <= tolerance]
    assert differ == row.differ
    if row.odd:
        at, there, _ = row.odd
        assert theirs[row.epochs.index(at)] == pytest.approx(there, rel=1e-3, abs=tolerance)
    if row.epochs[0] == 0:
        (line,) = re.findall(rf"(?m)^{re.escape(row.library)}\t{re.escape(row.call)}\t(.+)$", RATES)
        recorded = [theirs[e] for e in peers.RECORDED if e < len(theirs)]
        assert [float(rate) for rate in line.split("\t")] == pytest.approx(recorded, rel=1e-5, abs=3e-8)


@pytest.mark.parametrize("name", [name for name, library in LIBRARIES.items() if library.names])
def test_no_scheduler_of_the_library_is_left_out(name: str) -> None:
    """Each has a row, or is named among those without a counterpart."""
    public = apart(name, public_names, name)
    named = {row.name for row in ROWS if row.library == name} | {each for lib, each in WITHOUT if lib == name}
    assert public and public - named == set()


def test_how_the_numbers_of_a_codebase_come_about() -> None:
    rows = peers.table("What known codebases run")
    sums = [(row[3], *each) for row in rows for each in re.findall(r"`(lr_start|t_max)` is `([^`]+)`", row[-1])]
    assert len(sums) == 3 and all(f"{name}={eval(text)}" in here for here, name, text in sums)


@pytest.mark.parametrize("total", [7, 100, 391, 5004])
@pytest.mark.parametrize("share, div, final", [(0.3, 25, 1e4), (0.25, 10, 100), (0.43, 4, 1)])
def test_one_cycle_in_general(total: int, share: float, div: float, final: float) -> None:
    """The page's functions, beside PyTorch's, over the whole run: the peak mostly lies between two steps."""
    names = code("One cycle in general")
    numbers = f"total_steps={total}, pct_start={share}, div_factor={div}, final_div_factor={final}"
    call = f"OneCycleLR(optimizer, 0.1, {numbers}, base_momentum=0.8, max_momentum=0.9)"
    rate = names["one_cycle"](0.1, total, share, div, final)
    momentum = names["one_cycle_momentum"](total, share, 0.8, 0.9)
    for remark, ours, tolerance in ("its rate", rate, 1e-13), ("its momentum", momentum, 1e-12):
        row = Row("PyTorch", call, "", f"{remark}; at {total} it is 0, here 0")
        driven = [*islice(drive_torch(row, LIBRARIES["PyTorch"].module), total)]
        assert ours.values(total) == pytest.approx(driven, abs=tolerance)

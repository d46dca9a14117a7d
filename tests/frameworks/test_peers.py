"""Every row of the table in `peers.py`: their real scheduler, driven as its users do, against our expression."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from recipes import MIGRATING, recipe, run
from tests.frameworks.peers import LIBRARIES, Library, Peer, curve, drive_torch

ROWS = [
    pytest.param(library, peer, id=f"{library.name}-{peer.theirs}") for library in LIBRARIES for peer in library.peers
]


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Executor]:
    """A process of its own, for a library that does not bear the others."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        yield process


@pytest.mark.parametrize(("library", "peer"), ROWS)
def test_their_curve_is_ours(library: Library, peer: Peer, elsewhere: Executor) -> None:
    """Equal at every epoch, but for those at which the row says that theirs is wrong: there they must differ."""
    theirs = elsewhere.submit(curve, library, peer).result() if library.alone else curve(library, peer)
    schedule = peer.schedule()
    ours = [schedule(e) for e in peer.epochs]
    assert len(theirs) == (peer.epochs.index(peer.stops[0]) if peer.stops else len(peer.epochs))

    tolerance = library.tolerance(max(ours))
    differ = [e for e, a, b in zip(peer.epochs, theirs, ours) if not abs(a - b) <= tolerance]
    assert differ == (list(peer.wrong.epochs) if peer.wrong else [])
    if peer.wrong:
        at = peer.epochs.index(peer.wrong.at)
        assert theirs[at] == pytest.approx(peer.wrong.theirs, abs=tolerance)
        assert ours[at] == pytest.approx(peer.wrong.ours, abs=tolerance)


@pytest.mark.parametrize("total", [7, 100, 391, 5004])
@pytest.mark.parametrize(("share", "div", "final"), [(0.3, 25, 1e4), (0.25, 10, 100), (0.43, 4, 1)])
def test_one_cycle_in_general(total: int, share: float, div: float, final: float) -> None:
    """The page's functions, beside theirs, over the whole run: the peak mostly lies between two steps."""
    names = run(recipe("One cycle in general", page=MIGRATING))
    theirs = (
        f"OneCycleLR(optimizer, 0.1, total_steps={total}, pct_start={share}, div_factor={div},"
        f" final_div_factor={final}, base_momentum=0.8, max_momentum=0.9)"
    )
    rates = names["one_cycle"](0.1, total, share, div, final).values(total)
    assert rates == pytest.approx(list(drive_torch(theirs, range(total))), abs=1e-13)
    momenta = names["one_cycle_momentum"](total, share, 0.8, 0.9).values(total)
    assert momenta == pytest.approx(list(drive_torch(theirs, range(total), what="momentum")), abs=1e-12)

"""The README's table of other libraries' schedulers: up to date, and every expression of ours evaluates.

That the curves are equal is tested with the real libraries: `tests/frameworks/test_peers.py`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.frameworks.peers import LIBRARIES, Peer, table

README = Path(__file__).parents[1] / "README.md"
PEERS = [peer for library in LIBRARIES for peer in library.peers]


def test_the_readme_has_the_table() -> None:
    """If not, paste what `python -m tests.frameworks.peers` prints."""
    section = README.read_text(encoding="utf-8").partition("\n## Coming from another scheduler\n")[2]
    assert section.partition("\n## ")[0].strip() == table().strip()


def test_there_are_rows_enough_and_none_twice() -> None:
    assert len(PEERS) >= 45
    assert len({(library.name, peer.theirs) for library in LIBRARIES for peer in library.peers}) == len(PEERS)


def test_a_row_is_a_row() -> None:
    """A bar or a line break would cut a cell in two, a backtick would end the code."""
    for peer in PEERS:
        assert not set("|\n`") & set(peer.theirs + peer.ours), peer
        assert not set("|\n") & set(peer.remark), peer


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: str(peer.ours))
def test_our_expression_is_a_schedule(peer: Peer) -> None:
    schedule = peer.schedule()
    rates = [schedule(e) for e in peer.epochs]
    assert {type(rate) for rate in rates} == {float}
    assert all(0.0 <= rate <= 0.1 for rate in rates), "0.1 is the optimizer's rate in every row"


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: str(peer.ours))
def test_what_is_not_notation_looks_like_python(peer: Peer) -> None:
    """The section says so: notation, but where it has a `lambda` or `**`."""
    assert peer.is_notation() == ("lambda" not in peer.ours and "**" not in peer.ours)


@pytest.mark.parametrize("peer", [peer for peer in PEERS if peer.wrong], ids=lambda peer: str(peer.theirs))
def test_where_theirs_is_wrong_ours_is_what_the_row_says(peer: Peer) -> None:
    wrong = peer.wrong
    assert wrong is not None and wrong.at in wrong.epochs and set(wrong.epochs) <= set(peer.epochs)
    assert peer.schedule()(wrong.at) == pytest.approx(wrong.ours, rel=1e-12, abs=1e-15)
    assert wrong.theirs != wrong.ours

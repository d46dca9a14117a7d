"""MIGRATING.md: its tables are up to date, its links resolve, and every expression of ours evaluates.

That the curves are equal is tested in test_codebases.py and, with the real libraries, in tests/frameworks.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.frameworks.codebases import CODEBASES, CONVENTIONS
from tests.frameworks.migrating import PAGE, tables, updated
from tests.frameworks.peers import LIBRARIES, Peer

TEXT = PAGE.read_text(encoding="utf-8")
PEERS = [peer for library in LIBRARIES for peer in library.peers]


def test_the_page_is_up_to_date() -> None:
    """If not: python -m tests.frameworks.migrating --write."""
    assert TEXT == updated(TEXT)


def test_the_page_has_every_table() -> None:
    assert sorted(re.findall(r"(?m)^<!-- table: (.+) -->$", TEXT)) == sorted(tables())


def test_links_lead_to_a_heading_and_the_contents_name_each() -> None:
    headings = re.findall(r"(?m)^##+ (.+)$", TEXT)
    anchors = Counter(re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings)
    contents, _, rest = TEXT.partition("\n## ")
    assert Counter(re.findall(r"\]\(#([^)]+)\)", contents)) == anchors
    assert set(re.findall(r"\]\(#([^)]+)\)", rest)) <= set(anchors)
    assert all((PAGE.parent / path).exists() for path in re.findall(r"\]\((?!https?:|#)([^)]+)\)", TEXT))


def test_there_are_rows_enough_and_none_twice() -> None:
    assert len(PEERS) >= 150
    assert len({(library.name, peer.theirs) for library in LIBRARIES for peer in library.peers}) == len(PEERS)


def test_a_cell_is_a_cell() -> None:
    """A bar or a line break would cut a cell in two, a backtick would end the code."""
    codes = [text for peer in PEERS for text in (peer.theirs, peer.ours)]
    codes += [row.ours for row in CODEBASES] + [text for row in CONVENTIONS for text in (row.seen, row.write, row.call)]
    words = [peer.remark for peer in PEERS] + [row.remark for row in CONVENTIONS]
    words += [text for row in CODEBASES for text in (row.name, row.what, row.past, row.remark)]
    assert not set("|\n`") & set("".join(codes))
    assert not set("|\n") & set("".join(words))


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: str(peer.ours))
def test_our_expression_is_a_schedule(peer: Peer) -> None:
    schedule = peer.schedule()
    rates = [schedule(e) for e in peer.epochs]
    assert {type(rate) for rate in rates} == {float}
    assert all(0.0 <= rate <= peer.peak for rate in rates)


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: str(peer.ours))
def test_what_is_not_notation_looks_like_python(peer: Peer) -> None:
    """The page says so: notation, but where it has a `lambda`."""
    assert peer.is_notation() == ("lambda" not in peer.ours)


def test_nearly_every_row_is_notation() -> None:
    assert sum(not peer.is_notation() for peer in PEERS) <= 5


@pytest.mark.parametrize("peer", [peer for peer in PEERS if peer.wrong], ids=lambda peer: str(peer.theirs))
def test_where_theirs_is_wrong_ours_is_what_the_row_says(peer: Peer) -> None:
    wrong = peer.wrong
    assert wrong is not None and wrong.at in wrong.epochs and set(wrong.epochs) <= set(peer.epochs)
    assert peer.schedule()(wrong.at) == pytest.approx(wrong.ours, rel=1e-12, abs=1e-15)
    assert wrong.theirs != wrong.ours

"""The tables of MIGRATING.md, from the data of `peers.py` and `codebases.py`.

`python -m tests.frameworks.migrating --write` puts them between the marks on the page, after a change of the data.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from pathlib import Path

from .codebases import CODEBASES, CONVENTIONS, Codebase
from .peers import LIBRARIES, Peer

PAGE = Path(__file__).parent / "MIGRATING.md"
TABLE = re.compile(r"(?<=<!-- table: )(.+)( -->\n)(?s:.*?)(?=<!-- end -->)")


def table(*rows: Iterable[str]) -> str:
    """Return a table in Markdown; the first row is its head."""
    head, *body = [f"| {' | '.join(row)} |\n" for row in rows]
    return "".join([head, re.sub(r"[^|\n]+", "---", head), *body])


def code(text: str) -> str:
    return f"`{text}`"


def remark(peer: Peer) -> str:
    """Return the row's remark and what is wrong with theirs, in numbers."""
    parts = [peer.remark] if peer.remark else []
    if peer.wrong:
        parts.append(f"at {peer.wrong.at} theirs is {peer.wrong.theirs:.4g}, ours {peer.wrong.ours:.4g}")
    if peer.stops:
        parts.append("at {} theirs raises `{}`".format(*peer.stops))
    return "; ".join(parts)


def past(row: Codebase) -> str:
    """Return what theirs does after the run, with both values a fifth of the run later where they are numbers."""
    if row.past not in ("climbs", "falls"):
        return row.past
    k = row.steps * 6 // 5
    return f"{row.past}: at {k} it is {row.theirs(k):.4g}, ours {row.schedule()(k):.4g}"


def tables() -> dict[str, str]:
    head = ("theirs", "ours", "remark")
    found = {
        library.name: table(head, *((code(peer.theirs), code(peer.ours), remark(peer)) for peer in library.peers))
        for library in LIBRARIES
    }
    found["conventions"] = table(
        ("what you see", "what to write", "call it with", "remark"),
        *((code(row.seen), code(row.write), code(row.call), row.remark) for row in CONVENTIONS),
    )
    found["codebases"] = table(
        ("codebase", "what", "steps", "here", "call it with", "after the run", "remark"),
        *(
            (row.name, row.what, f"{row.steps:,}", code(row.ours), code(row.call), past(row), row.remark)
            for row in CODEBASES
        ),
    )
    return found


def updated(page: str) -> str:
    """Return the page with its tables made anew."""
    found = tables()
    return TABLE.sub(lambda mark: f"{mark[1]}{mark[2]}\n{found[mark[1]]}\n", page)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the page; without it, print it")
    page = updated(PAGE.read_text(encoding="utf-8"))
    if parser.parse_args().write:
        PAGE.write_text(page, encoding="utf-8")
    else:
        print(page, end="")

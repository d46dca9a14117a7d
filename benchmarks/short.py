"""The short table, which the README shows too: cells of the page's tables, rounded."""

from .tables import table

COLUMNS = {  # where the cells are from: the title of a table, its column, and what else a row begins with
    "cosine": ("The cosine, beside the peers", "ratio"),
    "warm-up, cosine": ("A warm-up, then the cosine, beside the peers", "ratio"),
    "10^6 epochs": ("The cosine: (lr_init, lr_min, t_max)", "worst relative", "(0.0006, 6e-05, 1000000)"),
    "the end": ("The last ten epochs before lr_min = 0: the worst relative error", "t_max = 10^5"),
}
ROWS = {  # what the rows of these tables begin with; empty where there is none
    "by hand": ("the one-liner", "warm-up, cosine, by hand", "the one-liner"),
    "the function": ("cosine_lr", "", "CosineLR"),
    "`schedule(e)`": ("CosineLR(e)", "warm-up, cosine, schedule(e)", "CosineLR"),
    "`values`": ("CosineLR.values(n)", "warm-up, cosine, schedule.values(n)", "CosineLR"),
    "PyTorch": ("torch CosineAnnealingLR", "torch SequentialLR", "torch CosineAnnealingLR"),
    "optax, jitted": ("optax cosine_decay_schedule, jitted", "", "optax cosine_decay_schedule, jitted"),
}
TEXT = (
    "The time of one rate, as a ratio to the one-liner, and the worst relative errors of a cosine: 10^6 epochs from "
    "6e-4 to 6e-5, and the last ten of 10^5 epochs to 0. The README shows this table too."
)


def report(page: str) -> str:
    """Return the part of the page that holds the short table of its other tables."""
    return f"## In short\n\n{TEXT}\n\n{in_short(page)}"


def in_short(page: str) -> str:
    """Return the table: a line for each who is on the page."""
    cells = {
        name: [found(page, *where, row=row) for where, row in zip(COLUMNS.values(), [*timed, peer, peer])]
        for name, (*timed, peer) in ROWS.items()
    }
    return table(["", *COLUMNS], [[name, *map(rounded, each)] for name, each in cells.items() if any(each)])


def found(page: str, title: str, column: str, *more: str, row: str) -> str:
    """Return the cell of the table under a title, in the row that begins so; empty if there is none."""
    under = page.partition(f"### {title}\n")[2].partition("\n#")[0]
    lines = [[cell.strip() for cell in line[1:-1].split("|")] for line in under.splitlines() if line[:1] == "|"]
    for line in lines[2:]:
        if line[: 1 + len(more)] == [row, *more]:
            return line[lines[0].index(column)]
    return ""


def rounded(cell: str) -> str:
    """Return two digits of a ratio, one of an error.

    >>> [rounded(cell) for cell in ("1.96", "37.86", "2691.68", "4.2e-16", "1.0e+00, 7 are 0", "")]
    ['2.0', '38', '2700', '4e-16', '1', '-']
    """
    if not cell:
        return "-"
    value = float(cell.partition(",")[0])
    if "e" in cell:
        return f"{value:.0e}" if value < 1.0 else f"{value:.0f}"
    two = float(f"{value:.2g}")
    return f"{two:.1f}" if two < 10 else f"{two:.0f}"

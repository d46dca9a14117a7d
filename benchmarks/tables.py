"""Markdown: tables that also read well in a terminal."""

from collections.abc import Mapping, Sequence


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table: columns of numbers to the right, the others to the left.

    >>> print(table(["name", "ns"], [["empty", "45"], ["a|b", "192"]]))
    | name  |  ns |
    |:------|----:|
    | empty |  45 |
    | a\\|b  | 192 |
    """
    lines = [[cell.replace("|", "\\|") for cell in line] for line in (header, *rows)]
    columns = list(zip(*lines, strict=True))
    widths = [max(map(len, column)) for column in columns]
    right = [all(cell[:1] in "-0123456789" for cell in column[1:]) for column in columns]

    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(map(lambda c, w, r: c.rjust(w) if r else c.ljust(w), cells, widths, right)) + " |"

    rule = "|".join("-" * (width + 1) + ":" if r else ":" + "-" * (width + 1) for width, r in zip(widths, right))
    return "\n".join([line(lines[0]), f"|{rule}|", *map(line, lines[1:])])


def section(head: str, parts: Mapping[str, str]) -> str:
    """Return a section of a page: its head, then each part below its title."""
    return "\n\n".join([head, *(f"### {title}\n\n{part}" for title, part in parts.items())])

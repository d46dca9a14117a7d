# SPDX-License-Identifier: MIT
"""The command line: the rates of one or more schedules, as a table, as JSON or as a picture."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import chain
from pathlib import Path
from typing import Any, NoReturn

from . import __version__
from .checks import whole_number
from .iterators import LRIterator
from .notation import CLASSES, parse
from .plot import NEEDED, plot

_PICTURES = [".svg", ".png", ".pdf", ".jpg", ".jpeg", ".tif", ".tiff", ".webp"]  # what Matplotlib draws without TeX

_EPILOG = """\
examples:
  cosine-lr "CosineLR(0.1, 0.001, t_max=10)" -n 11
  cosine-lr "WarmupLR(CosineLR(0.1, 0.0, 95), 0.01, 5)" -n 101 --every 5
  cosine-lr "CosineLR(0.1, 0.0, 90)" "StepLR(0.1, 30, 0.1)" -n 91 --plot lr.svg
  cosine-lr "CosineRestartsLR(0.1, 0.0, 10, t_mult=2)" -n 70 --json > lr.json

schedules:
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        _leave(2, message)

    def _print_message(self, message: str, file: Any = None) -> None:  # --help and --version
        _print(message.splitlines())


def _leave(status: int, message: str) -> NoReturn:
    """End the process with one line on standard error: of a long message the two ends."""
    line = "".join(each if each.isprintable() else " " for each in message)
    line = line if len(line) <= 180 else f"{line[:105]} ... {line[-70:]}"
    try:
        sys.stderr.write(f"cosine-lr: {line}\n")
    except (AttributeError, OSError):  # no standard error, or a full one
        _silence(sys.stderr)
    sys.exit(status)


def _silence(stream: Any) -> None:
    """Let nothing more be written, also not when the interpreter ends and flushes."""
    with contextlib.suppress(AttributeError, OSError):  # no stream, or one without a file
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _print(lines: Iterable[str]) -> None:
    if sys.stdout is None:
        raise OSError("standard output is closed")
    for line in lines:
        print(line)
    sys.stdout.flush()


def _schedule(text: str) -> LRIterator:
    try:
        return parse(text)
    except (TypeError, ValueError) as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _whole(text: str) -> int:
    try:
        return whole_number("it", int(text), 1)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number >= 1, got {text!r}") from None


def _picture(text: str) -> str:
    if Path(text).suffix.lower() not in _PICTURES:
        raise argparse.ArgumentTypeError(f"must end in {', '.join(_PICTURES)}, got {text!r}")
    return text


def _signature(name: str) -> str:
    plain = [each.name for each in fields(CLASSES[name]) if not each.kw_only]
    named = [f"{each.name}={each.default!r}" for each in fields(CLASSES[name]) if each.kw_only and each.name != "e"]
    return f" {name}({', '.join([*plain, *(['*'] if named else []), *named])})"


def _parser() -> _Parser:
    parser = _Parser(
        prog="cosine-lr",
        description="Print the learning rate of one or more schedules, epoch by epoch.",
        epilog=_EPILOG + "\n".join(map(_signature, CLASSES)),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("schedules", nargs="+", type=_schedule, metavar="SCHEDULE", help="as in the examples below")
    parser.add_argument("-n", "--epochs", type=_whole, default=11, metavar="N", help="epochs 0 to N-1 (default 11)")
    parser.add_argument("--every", type=_whole, default=1, metavar="K", help="only every K-th of them, and the last")
    instead = parser.add_mutually_exclusive_group()
    shown = 'print {"e": [...], "lr": [[...], ...], "schedules": [...]}'
    instead.add_argument("--json", action="store_true", help=shown)
    drawn = "draw the curves into FILE instead: .svg, .png, .pdf ..."
    instead.add_argument("--plot", type=_picture, metavar="FILE", help=drawn)
    parser.add_argument("--log", action="store_true", help="draw the rates on a logarithmic scale")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    return parser


def _aligned(rows: Sequence[Sequence[float]], titles: Sequence[str], width: int, blocks: str) -> Iterator[str]:
    """Yield a table for the eye: six digits, a bar on one scale from 0, and numbers for titles that are too wide."""
    rates = [rate for _, *row in rows for rate in row]
    top = max(rates) or 1.0
    e_width = len(str(rows[-1][0]))
    cell = (width - e_width) // len(titles) - 2
    digits = max(len(f"{rate:.6g}") for rate in rates)
    room = max(cell - digits - 1, 0)
    def text(rate: float) -> str:
        full, part = divmod(round(rate / top * room * (len(blocks) - 1)), len(blocks) - 1)
        return f"{rate:<{digits}.6g} {blocks[-1] * full}{blocks[part] if part else ''}"
    if max(map(len, titles)) > cell:
        yield from (f"{i}: {title}" for i, title in enumerate(titles, 1))
        titles = [str(i) for i, _ in enumerate(titles, 1)]
    yield "  ".join(["e".rjust(e_width), *(title.ljust(cell) for title in titles)]).rstrip()
    for e, *row in rows:
        yield "  ".join([str(e).rjust(e_width), *(text(rate).ljust(cell) for rate in row)]).rstrip()


def _lines(options: argparse.Namespace) -> Iterator[str]:
    schedules, last = options.schedules, options.epochs - 1
    titles = list(map(repr, schedules))
    rows = ((e, *(schedule(e) for schedule in schedules)) for e in chain(range(0, last, options.every), [last]))
    if options.json:
        epochs, *rates = zip(*rows)
        yield json.dumps({"e": epochs, "lr": rates, "schedules": titles})
    elif sys.stdout.isatty():
        blocks = " ▏▎▍▌▋▊▉█" if (sys.stdout.encoding or "").lower().startswith("utf") else " #"
        yield from _aligned(list(rows), titles, shutil.get_terminal_size().columns, blocks)
    else:
        yield "\t".join(["e", *titles])
        for row in rows:
            yield "\t".join(map(repr, row))


def _draw(options: argparse.Namespace) -> None:
    try:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(8.0, 4.5))
        plot(*options.schedules, epochs=options.epochs, ax=figure.add_subplot(), log=options.log)
        picture, file = io.BytesIO(), Path(options.plot)
        figure.savefig(picture, format=file.suffix[1:].lower(), dpi=150, bbox_inches="tight")  # with all of the legend
        file.write_bytes(picture.getvalue())
    except ImportError as error:
        _leave(1, f"{NEEDED} ({error})")
    except (ArithmeticError, OSError, RuntimeError, ValueError) as error:  # also what a matplotlibrc asks for in vain
        _leave(1, f"argument --plot: {error}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line with `argv`, or the process's own arguments; return its exit status.

    >>> main(["CosineLR(0.1, 0.001, t_max=10)", "-n", "11", "--every", "5"])  # doctest: +NORMALIZE_WHITESPACE
    e   CosineLR(0.1, 0.001, t_max=10)
    0   0.1
    5   0.0505
    10  0.001
    0
    """
    parser = _parser()
    try:
        options = parser.parse_args(argv)
        if options.plot and options.every > 1:
            parser.error("argument --every: not with --plot, which draws every epoch")
        if options.log and not options.plot:
            parser.error("argument --log: only with --plot")
        if options.plot:
            _draw(options)
        else:
            _print(_lines(options))
    except BrokenPipeError:  # the reader has seen enough
        _silence(sys.stdout)
    except KeyboardInterrupt:
        _silence(sys.stdout)
        _leave(130, "interrupted")
    except (OSError, MemoryError) as error:
        _silence(sys.stdout)
        _leave(1, str(error) or "out of memory")
    return 0


if __name__ == "__main__":
    sys.exit(main())

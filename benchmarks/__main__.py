"""Speed, accuracy, size and the contract, ours beside the peers that are installed.

python -m benchmarks                     all four
python -m benchmarks speed --quick       one of them, in seconds
python -m benchmarks --write FILE        all four, also into a file
python -m benchmarks contract my_module:my_schedule --lr-init 0.1 --lr-min 0.001 --t-max 10
"""

from __future__ import annotations

import argparse
import datetime
import platform
import sys
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path

import cosine_lr

from . import accuracy, contract, peers, short, size, speed
from .tables import table

REPORTS: dict[str, Callable[..., str]] = {
    "speed": speed.report,
    "accuracy": accuracy.report,
    "size": size.report,
    "contract": contract.report,
}
ENDS = ("lr_init", "lr_min", "t_max", "t_mult", "lr_half")


def number(text: str) -> float:
    """Return what the text says, whole numbers as int.

    >>> number("10"), number("0.1")
    (10, 0.1)
    """
    try:
        return int(text)
    except ValueError:
        return float(text)


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--quick", action="store_true", help="in seconds, and rougher")
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[common],
    )
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write the page into this file")
    parts = parser.add_subparsers(dest="part", metavar="|".join(REPORTS))
    commands = {name: parts.add_parser(name, parents=[common], help=report.__doc__) for name, report in REPORTS.items()}
    stranger = commands["contract"]
    stranger.add_argument("schedule", nargs="?", metavar="MODULE:NAME", help="hold this callable to the laws instead")
    for end in ENDS:
        stranger.add_argument(f"--{end.replace('_', '-')}", type=number, metavar="X", help=f"its {end}")
    options = parser.parse_args(argv)
    options.quick = "quick" in options
    if options.write and options.part:
        parser.error("--write writes the whole page: leave out the sub-command")
    if options.part == "contract" and not options.schedule and any(getattr(options, end) is not None for end in ENDS):
        stranger.error("the ends are those of a schedule: name it, MODULE:NAME")
    return options


def machine() -> str:
    """Return the processor's model, the system and the Python."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{model}, {platform.system()}, {platform.python_implementation()} {platform.python_version()}"


def head(versions: dict[str, str], missing: dict[str, str], command: str) -> str:
    rows = [["cosine_lr", cosine_lr.__version__], *([name, version] for name, version in sorted(versions.items()))]
    for name in ("jax", "tensorflow-cpu", "tensorflow", "numpy", "mpmath"):  # what the peers stand on
        try:
            rows.append([name, metadata.version(name)])
        except metadata.PackageNotFoundError:
            pass
    rows += [[name, f"({why})"] for name, why in sorted(missing.items())]
    return "\n\n".join(
        [
            "# Results",
            f"`{command}` on {datetime.date.today()}: {machine()}.",
            table(["package", "version"], rows),
        ]
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Print the tables; return 1 if a schedule to be held to the laws breaks one."""
    options = arguments(argv)
    if options.part == "contract" and options.schedule:
        ends = {end: getattr(options, end) for end in ENDS if getattr(options, end) is not None}
        try:
            schedule = contract.load(options.schedule)
        except ValueError as error:
            print(f"benchmarks: {error}", file=sys.stderr)
            return 2
        text, kept = contract.stranger(schedule, **ends)
        print(text)
        return 0 if kept else 1
    versions, missing = peers.installed()
    words = ["python -m benchmarks", options.part, "--quick" if options.quick else ""]
    page = [head(versions, missing, " ".join(filter(None, words)))]
    print(page[0], flush=True)
    for name, report in REPORTS.items():
        if options.part in (None, name):
            page.append(report(versions, options.quick))
            print(f"\n{page[-1]}", flush=True)
    if options.part is None:
        page.insert(1, short.report("\n\n".join(page)))
        print(f"\n{page[1]}")
    if options.write:
        options.write.write_text("\n\n".join(page) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

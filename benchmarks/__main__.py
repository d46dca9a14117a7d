"""Speed, accuracy, arrays, size and the contract beside the peers that are installed; and which schedule trains best.

python -m benchmarks                     all of them
python -m benchmarks speed --quick       one of them, in seconds
python -m benchmarks --write FILE        all of them, also into a file
"""

from __future__ import annotations

import argparse
import datetime
import platform
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path

import cosine_lr

from . import accuracy, arrays, contract, peers, short, size, speed, training
from .tables import table

REPORTS: dict[str, Callable[..., str]] = {
    "speed": speed.report,
    "accuracy": accuracy.report,
    "arrays": arrays.report,
    "size": size.report,
    "contract": contract.report,
    "training": training.report,
}


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", nargs="?", choices=REPORTS, help="only this part")
    parser.add_argument("--quick", action="store_true", help="in seconds, and rougher")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write the page into this file")
    options = parser.parse_args(argv)
    if options.write and options.part:
        parser.error("--write writes the whole page: leave out the part")
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
    for name in ("jax", "tensorflow-cpu", "tensorflow", "numpy"):  # what the peers stand on
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


def main(argv: Sequence[str] | None = None) -> None:
    options = arguments(argv)
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


if __name__ == "__main__":
    main()

"""Speed, accuracy, arrays, size and the contract beside the peers that are installed; and which schedule trains best.

python -m benchmarks                     all of them
python -m benchmarks speed --quick       one of them, in seconds
python -m benchmarks --write FILE        all of them, also into a file
"""

import argparse
import datetime
import platform
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import cosine_lr

from . import accuracy, arrays, contract, peers, short, size, speed, training
from .tables import table

REPORTS: dict[str, Callable[..., str]] = {
    part.__name__.removeprefix("benchmarks."): part.report
    for part in (speed, accuracy, arrays, size, contract, training)
}


def machine() -> str:
    """Return the processor's model, the system and the Python."""
    info = Path("/proc/cpuinfo")
    model = re.search(r"(?m)^model name\s*: (.+)", info.read_text(encoding="utf-8") if info.exists() else "")
    processor = model[1].strip() if model else platform.processor() or platform.machine()
    return f"{processor}, {platform.system()}, {platform.python_implementation()} {platform.python_version()}"


def head(versions: dict[str, str], missing: dict[str, str], command: str) -> str:
    rows = [("cosine_lr", cosine_lr.__version__), *sorted(versions.items())]
    for name in ("jax", "tensorflow-cpu", "tensorflow", "numpy"):  # what the peers stand on
        with suppress(metadata.PackageNotFoundError):
            rows.append((name, metadata.version(name)))
    rows += [(name, f"({why})") for name, why in sorted(missing.items())]
    return f"# Results\n\n`{command}` on {datetime.date.today()}: {machine()}.\n\n{table(['package', 'version'], rows)}"


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", nargs="?", choices=REPORTS, help="only this part")
    parser.add_argument("--quick", action="store_true", help="in seconds, and rougher")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write the page into this file")
    options = parser.parse_args(argv)
    if options.write and options.part:
        parser.error("--write writes the whole page: leave out the part")
    versions, missing = peers.installed()
    words = ["python -m benchmarks", options.part, "--quick" if options.quick else ""]
    page = [head(versions, missing, " ".join(filter(None, words)))]
    print(page[0], flush=True)
    for name in [options.part] if options.part else REPORTS:
        page.append(REPORTS[name](versions, options.quick))
        print(f"\n{page[-1]}", flush=True)
    if options.part is None:
        page.insert(1, short.report("\n\n".join(page)))
        print(f"\n{page[1]}")
    if options.write:
        options.write.write_text("\n\n".join(page) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

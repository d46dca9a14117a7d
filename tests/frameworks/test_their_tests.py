"""Other libraries' own tests, as they ship them, with our schedules where theirs stand.

The folder `theirs` has an adapter for each library, `ours_in_LIBRARY.py`: it puts our schedule in the place of theirs,
translated as in MIGRATING.md, and leaves the rest of the library as it is. Then their tests run. Each runs a second
time with NaN in place of our rates: what passes then too does not look at the rates and is not counted as passed.

What fails has a reason in `LIBRARIES`, one of these. The lists are exact: a test that starts to fail or to pass is
noticed.

- refused: an argument that we refuse on purpose, with the error that is quoted there;
- no counterpart: a curve that we do not have;
- quirk: what theirs does beside its curve, such as an error past the end.

|                   | tests | passed | refused | no counterpart | quirk | look at no rate |
|-------------------|-------|--------|---------|----------------|-------|-----------------|
| thinc             |     9 |      9 |       0 |              0 |     0 |               0 |
| lrsched           |    53 |     40 |       0 |              0 |     2 |              11 |
| optax             |    81 |     53 |      11 |              3 |     2 |              12 |
| keras             |    35 |     25 |       1 |              5 |     0 |               4 |
| timm              |    79 |     42 |       0 |              4 |     0 |              33 |
| pytorch-ignite    |    68 |     43 |       0 |              0 |     0 |              25 |
| pytorch-scheduler |   199 |    124 |       0 |              0 |     0 |              75 |
| classy-vision     |    31 |     13 |       0 |              0 |     1 |              17 |
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from importlib.metadata import distribution, version
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
ADAPTERS = Path(__file__).parent / "theirs"
KINDS = ("refused", "no counterpart", "quirk")
COLUMNS = ("tests", "passed", *KINDS, "look at no rate")


@dataclass(frozen=True)
class Fails:
    kind: str
    why: str  # for what is refused or has no counterpart: how our error or the adapter's says it
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Library:
    name: str  # as pip calls it
    folder: str  # of the tests: in the wheel, if that ships them, or else in the sdist
    files: tuple[str, ...]
    fails: tuple[Fails, ...] = ()
    in_wheel: bool = False


LIBRARIES = (
    Library("thinc", "thinc/tests", ("test_schedules.py",), in_wheel=True),
    Library(
        "lrsched",
        "tests",
        ("test_schedules.py", "test_clr.py", "test_compose.py", "test_groups.py", "test_properties.py"),
        (
            Fails(
                "quirk",
                "refuses a step below 0",
                ("test_schedules.py::test_validation", "test_clr.py::test_bounds_and_validation"),
            ),
        ),
    ),
    Library(
        "optax",
        "optax/schedules",
        ("_schedule_test.py", "_join_test.py"),
        (
            Fails(
                "refused",
                "gamma must be in (0, 1]",
                (
                    "_schedule_test.py::ExponentialTest::test_end_value_with_staircase5",
                    "_schedule_test.py::ExponentialTest::test_exponential0",
                    "_schedule_test.py::ExponentialTest::test_exponential1",
                    "_schedule_test.py::ExponentialTest::test_exponential2",
                    "_schedule_test.py::ExponentialTest::test_exponential3",
                    "_schedule_test.py::ExponentialTest::test_nonvalid_decay_rate0",
                    "_schedule_test.py::ExponentialTest::test_nonvalid_decay_rate1",
                ),
            ),
            Fails(
                "refused",
                "must be >= 0",
                (
                    "_schedule_test.py::PiecewiseConstantTest::test_negative",
                    "_schedule_test.py::PolynomialTest::test_zero_steps_schedule",
                ),
            ),
            Fails(
                "refused",
                "must be > 0",
                (
                    "_schedule_test.py::ExponentialTest::test_nonvalid_transition_steps0",
                    "_schedule_test.py::ExponentialTest::test_nonvalid_transition_steps1",
                ),
            ),
            Fails(
                "no counterpart",
                "a power of the cosine above a floor",
                (
                    "_schedule_test.py::WarmupCosineDecayTest::test_monotonicity_and_exponent_ordering",
                    "_schedule_test.py::WarmupCosineDecayTest::test_with_exponent",
                    "_schedule_test.py::WarmupCosineDecayTest::test_zero_peak_value",
                ),
            ),
            Fails(
                "quirk",
                "with a decay_rate of 1 the floor is a ceiling: below init_value it is the rate from the first step on",
                (
                    "_schedule_test.py::ExponentialTest::test_end_value_with_staircase1",
                    "_schedule_test.py::ExponentialTest::test_end_value_with_staircase4",
                ),
            ),
        ),
        in_wheel=True,
    ),
    Library(
        "keras",
        "keras/src/optimizers/schedules",
        ("learning_rate_schedule_test.py",),
        (
            Fails(
                "refused",
                "gamma must be in (0, 1]",
                ("learning_rate_schedule_test.py::CosineDecayRestartsTest::test_config",),
            ),
            Fails(
                "no counterpart",
                "a horizon that grows with the step",
                (
                    "learning_rate_schedule_test.py::LinearDecayTest::test_beyond_end_with_cycle",
                    "learning_rate_schedule_test.py::SqrtDecayTest::test_begin_with_cycle",
                    "learning_rate_schedule_test.py::SqrtDecayTest::test_beyond_end_with_cycle",
                ),
            ),
            Fails(
                "no counterpart",
                "an inverse power in stairs",
                (
                    "learning_rate_schedule_test.py::InverseTimeDecayTest::test_config",
                    "learning_rate_schedule_test.py::InverseTimeDecayTest::test_staircase",
                ),
            ),
        ),
        in_wheel=True,
    ),
    Library(
        "timm",
        "tests",
        ("test_scheduler.py",),
        (
            Fails(
                "no counterpart",
                "the cosine of a power of the time",
                ("test_scheduler.py::TestKDecay::test_cosine_k_decay",),
            ),
            Fails(
                "no counterpart",
                "a cooldown by an exponential that ends at 0, or by a function of the caller",
                (
                    "test_scheduler.py::TestWSDScheduler::test_decay_fns[exp-0.24025307335204216]",
                    "test_scheduler.py::TestWSDScheduler::test_decay_fns[<lambda>-0.875]",
                ),
            ),
            Fails(
                "no counterpart",
                "only the part above lr_min shrinks",
                ("test_scheduler.py::TestWSDScheduler::test_lr_min_floor",),
            ),
        ),
    ),
    Library("pytorch-ignite", "tests/ignite/handlers", ("test_param_scheduler.py",)),
    Library("pytorch-scheduler", "tests", ("test_golden.py", "test_contracts.py")),
    Library(
        "classy-vision",
        "test",
        (
            "optim_param_scheduler_composite_test.py",
            "optim_param_scheduler_constant_test.py",
            "optim_param_scheduler_cosine_test.py",
            "optim_param_scheduler_linear_test.py",
            "optim_param_scheduler_multi_step_test.py",
            "optim_param_scheduler_polynomial_test.py",
            "optim_param_scheduler_step_test.py",
            "optim_param_scheduler_step_with_fixed_gamma_test.py",
        ),
        (
            Fails(
                "quirk",
                "refuses the end of the run, 1.0",
                ("optim_param_scheduler_constant_test.py::TestFixedScheduler::test_scheduler",),
            ),
        ),
    ),
)


@pytest.fixture(scope="session")
def sdists(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distributions of the installed versions, unpacked."""
    folder = tmp_path_factory.mktemp("sdists")
    names = [library.name for library in LIBRARIES if not library.in_wheel]
    pinned = [f"{name}=={version(name)}" for name in names]
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ",".join(names), *pinned]
    subprocess.run(pip, cwd=folder, check=True)
    for archive in folder.glob("*.tar.gz"):
        with tarfile.open(archive) as unpacked:
            unpacked.extractall(folder, filter="data")
    return folder


def shipped(library: Library, sdists: Path) -> Path:
    if library.in_wheel:
        return Path(str(distribution(library.name).locate_file(library.folder)))
    return sdists / f"{library.name.replace('-', '_')}-{version(library.name)}" / library.folder


def run(library: Library, folder: Path, cwd: Path) -> dict[str, dict[str, Any]]:
    """Run their tests in a process of their own, with our plugin and the adapter; return what the plugin says."""
    plugins = ["no:cacheprovider", "ours", f"ours_in_{library.name.replace('-', '_')}"]
    options = [f"-c{os.devnull}", f"--rootdir={folder}", "--tb=short", "--hypothesis-seed=0"]
    options += [f"-p{plugin}" for plugin in plugins]
    files = [str(folder / file) for file in library.files]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ADAPTERS)])}
    command = [sys.executable, "-m", "pytest", *options, *files]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 1, done.stdout + done.stderr  # 1: with NaN tests fail
    results: dict[str, dict[str, Any]] = json.loads((cwd / "ours.json").read_text())
    return results


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library.name)
def test_their_tests(library: Library, sdists: Path, tmp_path: Path) -> None:
    results = run(library, shipped(library, sdists), tmp_path)
    errors = {test: result["error"] for test, result in results.items() if result["error"]}
    listed = {test: fails for fails in library.fails for test in fails.tests}
    assert errors.keys() == listed.keys(), "\n".join(errors[test] for test in errors.keys() - listed.keys())
    for test, fails in listed.items():
        assert fails.kind == "quirk" or fails.why in errors[test]

    look = [test for test, result in results.items() if result["notices_nan"] and test not in errors]
    assert all(results[test]["asked"] for test in look)
    kinds = [[fails.kind for fails in listed.values()].count(kind) for kind in KINDS]
    counts = [len(results), len(look), *kinds, len(results) - len(look) - len(errors)]
    cells = [f"{library.name:17}", *(f"{count:>{len(title)}}" for title, count in zip(COLUMNS, counts))]
    row = f"| {' | '.join(cells)} |"
    assert row in str(__doc__).splitlines(), f"the table of this module should say\n{row}"

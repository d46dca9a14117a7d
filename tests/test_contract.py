"""The engine of the laws: what is wrong breaks the law that it should, and the command says so."""

import doctest
import math
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from cosine_lr import CosineLR, CosineRestartsLR
from tests import contract
from tests.contract import Rate, check
from tests.schedules import SCHEDULES

GOOD: Callable[[Any], float] = CosineLR(0.1, 0.001, t_max=10)
KNOWN: dict[str, float] = {"lr_init": 0.1, "lr_min": 0.001, "t_max": 10}


def broken(f: Rate, **known: Any) -> dict[str, str]:
    return {name: str(found) for name, found in check(f, **known).items() if found}


def at(where: Callable[[Any], bool], rate: Any, f: Rate = GOOD) -> Rate:
    """The schedule with one wrong rate, or error."""

    def wrong(e: Any) -> Any:
        right = f(e)  # refuses what is no epoch
        if where(e) and isinstance(rate, Exception):
            raise rate
        return rate if where(e) else right

    return wrong


def backwards() -> Rate:
    """Not pure: another rate at epoch 4 after a later epoch."""
    called: list[Any] = [0]

    def impure(e: Any) -> float:
        called.append(e)
        return GOOD(e) if not (e == 4 and called[-2] > 4) else math.nextafter(GOOD(e), 0.0)

    return impure


def endless(e: Any) -> float:
    while abs(GOOD(e) * 0 + e) > 1e20:
        pass
    return GOOD(e)


def growing(e: Any) -> float:
    GOOD(e)
    for _ in range(min(int(e), 10_000)):
        pass
    return GOOD(e)


def lenient(e: Any) -> float:
    try:
        return GOOD(e)
    except (TypeError, ValueError):
        return 0.1


WRONG: list[tuple[Rate, str, str]] = [
    (lambda e: Fraction(GOOD(e)), "returns a float", "f(0) = Fraction("),
    (at(lambda e: isinstance(e, Fraction), 0.09), "takes any number", "f(Fraction(5, 2)) = 0.09, not 0.08"),
    (at(lambda e: e is True, TypeError("no")), "takes any number", "f(True) raises TypeError: no, not a rate"),
    (backwards(), "is pure", "f(4) = 0.06"),
    (at(lambda e: e == -1, 0.09), "holds before 0", "f(-1) = 0.09, not 0.1"),
    (at(lambda e: e == -1e308, -0.1), "never stops a run", "f(-1e+308) = -0.1, not a rate"),
    (at(lambda e: e == 2**63, OverflowError("far")), "never stops a run", "f(9223372036854775808) raises OverflowErr"),
    (at(lambda e: e == 10**400, math.inf), "never stops a run", "f(10**400) = inf, not a rate"),
    (endless, "never stops a run", "f(1e+308) raises Endless: more than 1000000 lines of code, not a rate"),
    (growing, "costs no more far out", "f(1000000.0) = "),
    (lenient, "refuses what is no epoch", "f(nan) = 0.1, not a ValueError or TypeError"),
    (at(lambda e: e == 0, math.nextafter(0.1, 1)), "starts at lr init", "f(0) = 0.10000000000000002, not 0.1"),
    (at(lambda e: e == 9, 0.0009), "stays in range", "f(9) = "),
    (at(lambda e: 2.5 < e < 2.50000002, 0.09), "never rises", "f(2.5000000100000004) = 0.09, not at most 0.0855"),
    (at(lambda e: e == 5, 0.0506), "passes its half", "f(5) = 0.0506, not 0.0505"),
    (at(lambda e: 9.99 < e < 10, 0.0010000001), "tolerates a rounding", "f(9.999999999999998) = 0.0010000001, not"),
    (at(lambda e: e == 10, 0.0011), "ends at lr min", "f(10) = 0.0011, not 0.001"),
    (at(lambda e: e == 20, 0.1), "holds past the end", "f(20) = 0.1, not 0.001"),
    (at(lambda e: e == 10**15, 0.1), "holds past the end", "f(10**15) = 0.1, not 0.001"),
]


@pytest.mark.parametrize(("f", "law", "text"), WRONG, ids=[f"{law}-{text}" for _, law, text in WRONG])
def test_what_is_wrong_breaks_its_law(f: Rate, law: str, text: str) -> None:
    assert broken(f, **KNOWN, lr_half=0.0505)[law].startswith(text)


@pytest.mark.parametrize(
    ("e", "rate", "law", "wanted"),
    [(10, -0.0, "ends at lr min", 0.0), (10, 1e-3, "ends at lr min", 0.0), (9, 0.0, "is not there early", "above 0")],
)
def test_what_is_wrong_in_a_decay_to_0(e: int, rate: float, law: str, wanted: object) -> None:
    wrong = at(lambda epoch: epoch == e, rate, CosineLR(0.1, 0.0, t_max=10))
    assert broken(wrong, **KNOWN | {"lr_min": 0.0})[law] == f"f({e}) = {rate}, not {wanted}"


RIGHT, IN_TENTHS = CosineRestartsLR(0.1, 0.001, 10, t_mult=3), CosineRestartsLR(0.1, 0.001, 0.1)
WRONG_RESTARTS: list[tuple[Rate, float, str, str]] = [
    (at(lambda e: e == 1210, 0.001, RIGHT), 3, "restarts at its peak", "f(1210) = 0.001, not 0.1"),
    (at(lambda e: e == 39, 0.1, RIGHT), 3, "restarts at its peak", "f(39) = 0.1, not in the lower half"),
    (at(lambda e: type(e) is int and e == 295240, 0.001, RIGHT), 3, "restarts far out", "f(295240) = 0.001, not 0.1"),
    (at(lambda e: e == 0.3, 0.001, IN_TENTHS), 1, "restarts in fractions", "f(0.3) = 0.001, not 0.1"),
]


@pytest.mark.parametrize(("f", "t_mult", "law", "text"), WRONG_RESTARTS)
def test_wrong_restarts(f: Rate, t_mult: float, law: str, text: str) -> None:
    assert broken(f, **KNOWN | {"t_max": 10 if t_mult == 3 else 0.1, "t_mult": t_mult}) == {law: text}


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_schedule_of_which_nothing_is_known(schedule: Rate) -> None:
    found = check(schedule)
    assert len(found) == 7 and not any(found.values())


def test_doctests() -> None:
    assert doctest.testmod(contract).failed == 0 < doctest.testmod(contract).attempted


ENDS = ["--lr-init", "0.1", "--lr-min", "0.001", "--t-max", "10"]


@pytest.mark.parametrize(
    ("words", "status", "text"),
    [
        (["GOOD", *ENDS], 0, "law 1  kept     ends at lr min: f(t_max) == lr_min, bit for bit."),
        (["GOOD"], 0, "With --lr-init, --lr-min and --t-max (of restarts also --t-mult) more laws can be tested."),
        (["GOOD", *ENDS[:-1], "9"], 1, "law 1  BROKEN   ends at lr min: f(9) = 0.0034"),
        (["lenient"], 1, "law 11 BROKEN   refuses what is no epoch: f(nan) = 0.1, not a ValueError or TypeError"),
    ],
)
def test_the_command(words: list[str], status: int, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert contract.main([f"tests.test_contract:{words[0]}", *words[1:]]) == status
    assert text in capsys.readouterr().out


@pytest.mark.parametrize("path", ["", "math", "math:", "math:nothing", "nothing:at_all", "builtins:int", "math:pi"])
def test_the_command_without_a_schedule(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        contract.main([path])
    assert left.value.code == 2 and "schedule" in capsys.readouterr().err


def test_other_interpreters_need_the_standard_library_only() -> None:
    """Without site-packages, as PyPy and Pyodide may be: every law, about every schedule."""
    words = [sys.executable, "-S", "tests/interpreters.py", "1"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    assert done.returncode == 0 and done.stdout.count(", 0 break it") == len({law.number for law in contract.LAWS})

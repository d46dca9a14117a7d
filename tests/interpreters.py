"""The laws that promise bits, and law 6, on any interpreter and any libm, with nothing but the standard library:

    pypy3 tests/interpreters.py                           # or any other Python, 3.8 or later
    npm install pyodide && node tests/interpreters.mjs    # Python in WebAssembly

It loads `functions.py` alone, as if pasted, and where the package runs (3.10 and later) the package too.
"""

from __future__ import annotations

import importlib.util
import json
import math
import platform
import sys
import time
from decimal import Decimal, getcontext
from pathlib import Path
from random import Random
from typing import Any, Iterator

ROOT = Path(__file__).resolve().parents[1]
spec = importlib.util.spec_from_file_location("pasted", ROOT / "cosine_lr" / "functions.py")
assert spec and spec.loader
pasted = importlib.util.module_from_spec(spec)
spec.loader.exec_module(pasted)
cosine_lr, restarts, polynomial_lr = pasted.cosine_lr, pasted.cosine_restarts_lr, pasted.polynomial_lr

# The oracle: 80 decimal digits. Shared with nothing.
getcontext().prec = 80
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899")


def cosine(x: Decimal) -> Decimal:
    """cos(x) by its series, for 0 <= x <= pi."""
    term, total, n = Decimal(1), Decimal(0), 0
    while abs(term) > Decimal("1e-85"):
        total += term
        n += 2
        term *= -x * x / (n * (n - 1))
    return total


def ulps(got: float, want: Decimal) -> float:
    """How far `got` is from `want`, in units in the last place of `want`."""
    _, exponent = math.frexp(float(want))
    return float(abs(Decimal(got) - want) / Decimal(2) ** (exponent - 53))


def exact_rates(random: Random) -> Iterator[tuple[str, float, Decimal]]:
    """Yield the name of a formula, its rate and the exact one, for random arguments."""
    a, t = 10.0 ** random.uniform(-12, 3), random.choice((random.randrange(1, 10**6), random.uniform(1e-3, 1e6)))
    b = a * random.choice((0.0, random.random()))
    e = random.choice((random.random() * t, max(t - random.randrange(1, 10), 0), random.randrange(10**6) % t))
    power, k = (random.choice((0.5, 1.0, 2.0, random.uniform(0.05, 4))) for _ in "pk")
    gamma = random.choice((random.uniform(0.5, 1), 1 - 10 ** random.uniform(-15, -3)))
    A, B, T, E, P, K, G = map(Decimal, (a, b, t, e, power, k, gamma))
    yield "cosine", cosine_lr(e, a, b, t), B + (A - B) * (1 + cosine(PI * E / T)) / 2
    rest = 1 - (E / T) ** K if e else Decimal(1)
    yield "polynomial", polynomial_lr(e, a, b, t, power=power, k_decay=k), B + (A - B) * rest**P
    yield "inverse power", pasted.inverse_power_lr(e, a, t, power=power), A * (T / (T + E)) ** P
    steps = random.randrange(100)
    yield "exponential", pasted.exponential_lr(e % 1000, a, gamma), A * G ** Decimal(e % 1000)
    yield "step", pasted.step_lr(steps * 10 + 3, a, 10, gamma), A * G**steps
    yield "multistep", pasted.multistep_lr(steps, a, list(range(1, 101)), gamma), A * G**steps


BOUNDS = {"cosine": 8, "polynomial": 16, "inverse power": 8, "exponential": 4, "step": 4, "multistep": 4}


def law_6(n: int) -> str:
    """Against exact arithmetic: cosine <= 8 ulp, polynomial <= 16, inverse power <= 8, exponential and steps <= 4."""
    random, worst = Random(6), dict.fromkeys(BOUNDS, 0.0)
    for _ in range(n):
        for name, got, want in exact_rates(random):
            if want > Decimal("1e-290"):
                worst[name] = max(worst[name], ulps(got, want))
    assert all(worst[name] <= BOUNDS[name] for name in BOUNDS), worst
    return ", ".join(f"{name} {most:.2f}" for name, most in worst.items()) + " ulp at most"


def laws_1_and_2(n: int) -> None:
    """Ends and halfway, bit for bit; never outside [lr_min, lr_init]."""
    random = Random(1)
    for _ in range(n):
        a, t = 10.0 ** random.uniform(-12, 3), random.choice((random.randrange(1, 10**6), random.uniform(1e-3, 1e6)))
        b, power, k = a * random.random(), random.uniform(0.05, 4), random.uniform(0.05, 4)
        gamma, shape = random.random(), random.choice(("linear", "cosine", "exponential"))
        formulas: list[Any] = [
            lambda e: cosine_lr(e, a, b, t),
            lambda e: polynomial_lr(e, a, b, t, power=power, k_decay=k),
            lambda e: restarts(e, a, b, t, gamma=gamma, n_cycles=1),
        ]
        for f in formulas:
            assert f(0) == f(-3) == a and f(t) == f(2 * t) == b
            assert all(b <= f(random.random() * t) <= a for _ in range(5))
        assert cosine_lr(t / 2, a, b, t) == a - (a - b) / 2
        assert pasted.exponential_lr(0, a, 0.5) == pasted.inverse_power_lr(0, a, t) == pasted.step_lr(0, a, t, 0.5) == a

        def warm(e: float) -> Any:
            return pasted.warmup_lr(e, formulas[0], b, t, shape=shape)

        assert warm(0) == b and warm(t) == a and all(b <= warm(random.random() * t) <= a for _ in range(5))


def law_5(n: int) -> None:
    """type(f(e)) is float."""
    for e in (0, True, 3, 2.5, 10**400, -1, 5.0):
        assert (
            type(cosine_lr(e, 1, 0, 10)) is type(restarts(e, 1, 0, 10)) is type(pasted.step_lr(e, 1, 3, 0.5)) is float
        )


def law_7(n: int) -> None:
    """For integer times f(k*e; k*t) == f(e; t), bit for bit."""
    random = Random(7)
    for _ in range(n):
        a, t, k, e = (
            10.0 ** random.uniform(-12, 3),
            random.randrange(1, 10**6),
            random.randrange(1, 10**6),
            random.randrange(10**7),
        )
        b, power, gamma = a * random.random(), random.uniform(0.05, 4), random.uniform(0.1, 1)
        assert cosine_lr(k * e, a, b, k * t) == cosine_lr(e, a, b, t)
        assert polynomial_lr(k * e, a, b, k * t, power=power) == polynomial_lr(e, a, b, t, power=power)
        assert pasted.inverse_power_lr(k * e, a, k * t) == pasted.inverse_power_lr(e, a, t)
        assert pasted.step_lr(k * e, a, k * t, gamma) == pasted.step_lr(e, a, t, gamma)
        for t_mult in (1, 2, 3, 1.5, 2.5):
            assert restarts(k * e, a, b, k * t, t_mult=t_mult, gamma=gamma) == restarts(
                e, a, b, t, t_mult=t_mult, gamma=gamma
            )


def law_8(n: int) -> None:
    """Every restart epoch returns its peak and the epoch before it is the last of its cycle, for e up to 10^15."""
    for t_mult in range(2, 11):
        for t in range(1, 41):
            start, length = t, t * t_mult
            while start <= 10**15:
                assert restarts(start, 0.1, 0.001, t, t_mult=t_mult) == 0.1
                assert restarts(float(start), 0.1, 0.001, float(t), t_mult=float(t_mult)) == 0.1
                before = length // t_mult
                assert restarts(start - 1, 0.1, 0.001, t, t_mult=t_mult) == cosine_lr(before - 1, 0.1, 0.001, before)
                start, length = start + length, length * t_mult
    assert (
        restarts(331, 0.1, 0.001, 100, t_mult=1.1)
        == restarts(0.3, 0.1, 0.001, 0.1)
        == restarts(211, 0.1, 0.0, 16, t_mult=1.5)
        == 0.1
    )


def law_9(n: int) -> None:
    """No finite e raises."""
    for e in (10**15, 2**53, 2**63, 10**400, -(10**400), 1e308, -1e308, 5e-324):
        for t in (1e-300, 5e-324, 0.1, 1e308, 10**400):
            for t_mult in (1, 1.001, 1.5, 2, 3.0, 2**53):
                assert 0.001 <= restarts(e, 0.1, 0.001, t, t_mult=t_mult, gamma=0.5) <= 0.1
            assert (
                0.001 <= polynomial_lr(e, 0.1, 0.001, t, power=2) <= 0.1
                and 0 <= pasted.inverse_power_lr(e, 0.1, t) <= 0.1
            )


def law_12(n: int) -> str | None:
    """parse(repr(s)) == s, and a schedule is its function."""
    if sys.version_info < (3, 10):
        return "needs the package"
    sys.path.insert(0, str(ROOT))
    import cosine_lr as package

    random = Random(12)
    for _ in range(n):
        a, t = 10.0 ** random.uniform(-12, 3), random.uniform(1e-3, 1e6)
        inner = package.CosineRestartsLR(a, a * random.random(), t, t_mult=random.uniform(1, 3), gamma=random.random())
        schedule = package.WarmupLR(
            package.SequenceLR([(t, inner)], package.CosineLR(a, 0, t)), 0.0, random.random() * t
        )
        assert package.parse(repr(schedule)) == schedule and json.loads(json.dumps(schedule(t))) == schedule(t)
        assert inner(3 * t) == restarts(3 * t, inner.lr_init, inner.lr_min, t, t_mult=inner.t_mult, gamma=inner.gamma)
    return None


def main(n: int = 2000) -> None:
    print(platform.python_implementation(), sys.version.split()[0], sys.platform, platform.machine())
    laws: tuple[Any, ...] = (laws_1_and_2, law_5, law_6, law_7, law_8, law_9, law_12)
    for law in laws:
        began = time.time()
        remark = law(n) or "holds"
        print(f"  {law.__name__.replace('_', ' ')}: {remark} ({time.time() - began:.1f} s)", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

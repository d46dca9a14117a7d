"""The laws that promise bits, and law 6, on any interpreter and any libm, with nothing but the standard library:

    pypy3 tests/interpreters.py                           # or any other Python, 3.8 or later
    npm install pyodide && node tests/interpreters.mjs    # Python in WebAssembly

It loads `formulas.py` alone, as if pasted, and where the package runs (3.10 and later) the package too, with the good
calls of `examples.py`.
"""

from __future__ import annotations

import copy
import importlib.util
import json
import math
import pickle
import platform
import sys
import time
from decimal import Decimal, getcontext
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any, Iterator, List, Optional, Tuple

ROOT = Path(__file__).resolve().parents[1]
spec = importlib.util.spec_from_file_location("pasted", ROOT / "cosine_lr" / "formulas.py")
assert spec and spec.loader
pasted = importlib.util.module_from_spec(spec)
spec.loader.exec_module(pasted)
cosine, polynomial, exponential, inverse_power = (
    pasted.cosine, pasted.polynomial, pasted.exponential, pasted.inverse_power
)
step, passed, warmup = pasted.step, pasted.passed, pasted.warmup
STEPS = (1, 10, 391, 1251, 5004)  # of an epoch


def restarts(
    e: float, a: float, b: float, t: float, t_mult: float = 1, gamma: float = 1.0, n: Optional[int] = None
) -> Any:
    return pasted.cosine_restarts(e, a, b, t, t_mult, gamma, n)


def random_time(random: Random) -> float:
    whole = random.randrange(1, 10**6)
    return random.choice((whole, random.uniform(1e-3, 1e6), whole / random.choice(STEPS)))


# The oracle: 80 decimal digits. Shared with nothing.
getcontext().prec = 80
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899")


def cos(x: Decimal) -> Decimal:
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


def exact_rates(random: Random) -> Iterator[Tuple[str, float, Decimal]]:
    """Yield the name of a formula, its rate and the exact one, for random arguments."""
    a, t = 10.0 ** random.uniform(-12, 3), random_time(random)
    b = a * random.choice((0.0, random.random()))
    part = random.choice(STEPS)
    e = random.choice((random.random() * t, max(t - random.randrange(1, 10), 0), random.randrange(10**6) / part % t))
    e = min(e, t * (1 - 1e-11))  # what is nearer is on the end
    power, k = (random.choice((0.5, 1.0, 2.0, random.uniform(0.05, 4))) for _ in "pk")
    gamma = random.choice((random.uniform(0.5, 1), 1 - 10 ** random.uniform(-15, -3)))
    A, B, T, E, P, K, G = map(Decimal, (a, b, t, e, power, k, gamma))
    wave = (1 + cos(PI * E / T)) / 2
    yield "cosine", cosine(e, a, b, t), B + (A - B) * wave
    rest = 1 - (E / T) ** K if e else Decimal(1)
    yield "polynomial", polynomial(e, a, b, t, power, k), B + (A - B) * rest**P
    yield "inverse power", inverse_power(e, a, t, power, 0.0), A * (T / (T + E)) ** P
    yield "exponential", exponential(e % 1000, a, gamma, 1, 0.0), A * G ** Decimal(e % 1000)
    yield "exponential with t_scale", exponential(e, a, gamma, t, 0.0), A * G ** (E / T)
    steps = random.randrange(100)
    yield "step", step((steps * 10 + 3) / part, a, 10 / part, gamma, 0.0), A * G**steps
    yield "multistep", exponential(passed(steps, range(1, 101)), a, gamma, 1, 0.0), A * G**steps
    yield "linear warm-up", warmup(e, cosine, a, b, t, "linear"), B + (A - B) * E / T
    yield "cosine warm-up", warmup(e, cosine, a, b, t, "cosine"), B + (A - B) * (1 - wave)
    start, S = max(b, a / 10), Decimal(max(b, a / 10))
    yield "exponential warm-up", warmup(e, cosine, a, start, t, "exponential"), S * (A / S) ** (E / T)


BOUNDS = {
    "cosine": 8, "polynomial": 16, "inverse power": 8, "exponential": 4, "exponential with t_scale": 5, "step": 4,
    "multistep": 4, "linear warm-up": 4, "cosine warm-up": 8, "exponential warm-up": 7,
}


def law_6(n: int) -> str:
    """Against exact arithmetic."""
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
        a, t = 10.0 ** random.uniform(-12, 3), random_time(random)
        b, power, k = a * random.random(), random.uniform(0.05, 4), random.uniform(0.05, 4)
        gamma, shape = random.random(), random.choice(("linear", "cosine", "exponential"))
        decays: List[Any] = [
            lambda e: cosine(e, a, b, t),
            lambda e: polynomial(e, a, b, t, power, k),
            lambda e: restarts(e, a, b, t, 1, gamma, 1),
        ]
        for f in decays:
            assert f(0) == a and f(t) == f(2 * t) == b
            assert all(b <= f(random.random() * t) <= a for _ in range(5))
        assert cosine(t / 2, a, b, t) == a / 2 + b / 2
        assert exponential(0, a, 0.5, 1, 0.0) == inverse_power(0, a, t, 0.5, 0.0) == step(0, a, t, 0.5, 0.0) == a

        def warm(e: float) -> Any:
            return warmup(e, decays[0], a, b, t, shape)

        assert warm(0) == b and warm(t) == a and all(b <= warm(random.random() * t) <= a for _ in range(5))


def law_7(n: int) -> None:
    """For whole times f(k*e; k*t) == f(e; t), bit for bit."""
    random = Random(7)
    for _ in range(n):
        a, t, k = 10.0 ** random.uniform(-12, 3), random.randrange(1, 10**6), random.randrange(1, 10**6)
        e, b = random.randrange(10**7), a * random.random()
        power, gamma = random.uniform(0.05, 4), random.uniform(0.1, 1)
        assert cosine(k * e, a, b, k * t) == cosine(e, a, b, t)
        assert polynomial(k * e, a, b, k * t, power) == polynomial(e, a, b, t, power)
        assert inverse_power(k * e, a, k * t, power, 0.0) == inverse_power(e, a, t, power, 0.0)
        assert exponential(k * e, a, gamma, k * t, 0.0) == exponential(e, a, gamma, t, 0.0)
        assert step(k * e, a, k * t, gamma, 0.0) == step(e, a, t, gamma, 0.0)
        for t_mult in (1, 2, 3, 1.5, 2.5):
            assert restarts(k * e, a, b, k * t, t_mult, gamma) == restarts(e, a, b, t, t_mult, gamma)


def law_8(n: int) -> None:
    """Every restart returns its peak, the epoch before it is the last of its cycle; in fractions as in steps."""
    t_mult: float
    for t_mult in range(2, 11):
        for t in range(1, 41):
            start, length = t, t * int(t_mult)
            while start <= 10**15:
                assert restarts(start, 0.1, 0.001, t, t_mult) == 0.1
                assert restarts(float(start), 0.1, 0.001, float(t), float(t_mult)) == 0.1
                before = length // int(t_mult)
                assert restarts(start - 1, 0.1, 0.001, t, t_mult) == cosine(before - 1, 0.1, 0.001, before)
                start, length = start + length, length * int(t_mult)
    for e, t_max, t_mult in ((331, 100, 1.1), (0.3, 0.1, 1), (211, 16, 1.5)):
        assert restarts(e, 0.1, 0.001, t_max, t_mult) == 0.1
    for part in STEPS:
        for k in range(1, n):
            assert step(k / part, 1.0, 1 / part, 0.999, 0.0) == step(k, 1.0, 1, 0.999, 0.0)
            assert passed(k / part, [k / part, 3 * (k / part / 3), k * (1 / part)]) == 3
            assert passed((k - 1) / part, [k / part]) == 0
            assert cosine(k * (1 / part), 0.1, 0.0, k / part) == 0.0 < cosine((k - 1) / part, 0.1, 0.0, k / part)
            for t_mult in (1.5, 2, 3):
                assert restarts((1 + t_mult) * k / part, 0.1, 0.0, k / part, t_mult) == 0.1


def law_9(n: int) -> None:
    """No finite e raises."""
    for e in (10**15, 2**53, 2**63, 10**308, 1e308, 5e-324):
        for t in (1e-300, 5e-324, 0.1, 1e308, 10**308):
            for t_mult in (1, 1.001, 1.5, 2, 3.0, 2**53):
                assert 0.001 <= restarts(e, 0.1, 0.001, t, t_mult, 0.5) <= 0.1
            assert 0.001 <= polynomial(e, 0.1, 0.001, t, 2) <= 0.1
            assert 0.0 <= inverse_power(e, 0.1, t, 0.5, 0.0) <= 0.1


def the_package(n: int) -> Optional[str]:
    """Laws 5, 9 and 12 for every good call: a float, at any epoch, and a schedule that copies, pickles and prints."""
    if sys.version_info < (3, 10):
        return "needs Python 3.10"
    sys.path.insert(0, str(ROOT))
    from cosine_lr import parse
    from tests.examples import CALLS, EPOCHS, FOREIGN, built, combinators

    epochs = [*EPOCHS, True, 10**400, -(10**400), 1e308, -1e308, 5e-324, Fraction(1, 3), Decimal("2.5")]
    for call in [*CALLS, *(outer for rule in FOREIGN for outer in combinators(rule))]:
        schedule = built(call)
        for e in epochs:
            assert type(call(e)) is float and call(e) == schedule(e)  # type: ignore[arg-type]
            assert json.loads(json.dumps(schedule(e))) == schedule(e)  # type: ignore[arg-type]
    for call in CALLS:
        schedule = built(call)
        table = schedule.values(50)
        assert [next(schedule) for _ in range(20)] == table[:20]
        for same in (parse(repr(schedule)), copy.deepcopy(schedule), pickle.loads(pickle.dumps(schedule))):
            assert same == schedule and same.e == 20 and [next(same) for _ in range(30)] == table[20:]
    return None


def main(n: int = 2000) -> None:
    print(platform.python_implementation(), sys.version.split()[0], sys.platform, platform.machine())
    laws: Tuple[Any, ...] = (laws_1_and_2, law_6, law_7, law_8, law_9, the_package)
    for law in laws:
        began = time.time()
        remark = law(n) or "holds"
        print(f"  {law.__name__.replace('_', ' ')}: {remark} ({time.time() - began:.1f} s)", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

"""How far each rate is from the formula, computed with 60 digits from the same inputs.

Fractional epochs are what a step of a run comes to: step k of 391 an epoch is epoch k / 391.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable
from fractions import Fraction
from importlib.util import find_spec
from typing import Any, NamedTuple

from cosine_lr import (
    ConstantLR, CosineLR, PolynomialLR, StepLR, cosine_lr, cosine_restarts_lr, exponential_lr, inverse_power_lr,
    multistep_lr, polynomial_lr, product_lr, restart_lr, sequence_lr, shift_lr, step_lr, warmup_lr,
)

from .peers import ONE_LINER, OURS, PEERS, Peer, Unaskable, quiet
from .tables import table

Pair = tuple[float, Any]  # what came, and what had to come, with 60 digits


class Error(NamedTuple):
    """The worst and the mean relative error, and the worst in units in the last place."""

    worst: float
    mean: float
    ulps: float


def error(pairs: Iterable[Pair]) -> Error:
    """Return the error of some rates; where 0 is right, 0 is no error and all else is an error of 1."""
    from tests import oracles

    relative, ulps = [], []
    for got, want in pairs:
        relative.append(float(abs(oracles.exact(got) - want) / want) if want else float(got != 0))
        ulps.append(oracles.ulps(got, want))
    return Error(max(relative), sum(relative) / len(relative), max(ulps))


# The cosine, ours and the peers'.


FIXED = [(0.1, 0.001, 10), (3e-4, 0.0, 10**5), (6e-4, 6e-5, 10**6)]
LAST_TEN = [(3e-4, 0.0, 10**5), (3e-4, 0.0, 10**6), (3e-4, 0.0, 10**9)]


def pool(n: int) -> list[tuple[float, float, int]]:
    """Return n triples (lr_init, lr_min, t_max) at random, the same ones every time."""
    some = random.Random(0)
    rates = [10 ** some.uniform(-6, 0) for _ in range(n)]
    return [(rate, some.choice([0.0, rate * some.random()]), round(10 ** some.uniform(0.5, 4))) for rate in rates]


def epochs(t: int, n: int) -> list[int]:
    """Return at most n epochs from 0 to t, at random, the first and the last ten among them."""
    ends = {*range(min(t, 10)), *range(max(t - 10, 0), t + 1)}
    return sorted(ends | (set(range(t)) if t < n else set(random.Random(t).sample(range(t), n))))


class Asked:
    """The cosine at the epochs of some cases, with what is right: computed once, asked of each peer."""

    def __init__(self, cases: Iterable[tuple[float, float, int]], n: int, last: bool = False) -> None:
        from tests import oracles

        self.rows = []
        for a, b, t in cases:
            asked = range(t - 10, t) if last else epochs(t, n)
            self.rows.append(((a, b, t), [(e, oracles.cosine(e, a, b, t)) for e in asked]))

    def of(self, peer: Peer) -> tuple[list[Pair], int, int]:
        """Return what the peer answers with what is right, and how often f(0) and f(t_max) are the given ends."""
        pairs: list[Pair] = []
        starts = stops = 0
        for (a, b, t), wanted in self.rows:
            f = peer.rate(a, b, t, longest=10**6)
            got = {e: float(f(e)) for e, _ in wanted}
            pairs += [(got[e], want) for e, want in wanted]
            starts += got.get(0) == peer.told(a)
            stops += got.get(t) == peer.told(b)
        return pairs, starts, stops


def cosines(peers: Iterable[Peer], quick: bool) -> list[str]:
    n = 20 if quick else 500
    triples = pool(5 if quick else 50)
    cases = {str(case): Asked([case], n) for case in (FIXED[:2] if quick else FIXED)}
    cases[f"{len(triples)} at random"] = Asked(triples, 10)
    last = {f"t_max = 10^{len(str(t)) - 1}": Asked([(a, b, t)], 10, last=True) for a, b, t in LAST_TEN}
    errors, ends, ten = [], [], []
    for peer in peers:
        answers = {name: _asked(each, peer) for name, each in cases.items()}
        for name, answer in answers.items():
            if answer is not None:
                found = error(answer[0])
                errors.append([peer.name, name, *(f"{value:.1e}" for value in found[:2]), f"{found.ulps:.2g}"])
        random_ones = answers[f"{len(triples)} at random"]
        ends.append([peer.name, *(f"{n} of {len(triples)}" for n in random_ones[1:])] if random_ones else [])
        zeros = [_asked(each, peer) for each in last.values()]
        ten.append([peer.name, *("-" if each is None else _last_ten(each[0]) for each in zeros)])
    errors.sort(key=lambda row: [*cases].index(row[1]))
    return [
        "### The cosine: (lr_init, lr_min, t_max)",
        table(["", "case", "worst relative", "mean relative", "worst ulp"], errors),
        "### Both ends, to the bit (of a float32, where that is what the peer computes in)",
        table(["", "f(0) == lr_init", "f(t_max) == lr_min"], [row for row in ends if row]),
        "### The last ten epochs before lr_min = 0: the worst relative error",
        table(["", *last], ten),
    ]


def _asked(asked: Asked, peer: Peer) -> tuple[list[Pair], int, int] | None:
    try:
        return asked.of(peer)
    except (Unaskable, OverflowError):
        return None


def _last_ten(pairs: list[Pair]) -> str:
    zeros = sum(got == 0 for got, _ in pairs)
    return f"{error(pairs).worst:.1e}" + (f", {zeros} are 0" if zeros else "")


# Every function of ours.


STEPS = (391, 5004)  # an epoch: CIFAR-10 in batches of 128, ImageNet in batches of 256


def forgiven(e: float, t: float | Fraction) -> float | Fraction:
    """Return t instead of an epoch less than 2^-40 below it: on a boundary, as the contract has it."""
    return t if t - Fraction(e) / 2**40 <= e < t else e


def cycle(e: float, t_max: float, t_mult: float) -> tuple[Fraction, Fraction]:
    """Return how far into its cycle e is and how long that is, walked in exact numbers."""
    start, length = Fraction(0), Fraction(t_max)
    if t_mult == 1:
        start = (Fraction(e) // length - 1) * length if e > t_max else start
    while forgiven(e, start + length) >= start + length:
        start, length = start + length, length * Fraction(t_mult)
    return max(Fraction(e) - start, Fraction(0)), length


def functions(n: int) -> dict[str, tuple[int | None, list[Pair]]]:
    """Return for each function the contract's bound, in ulp, and n rates at random arguments with the right ones."""
    from tests import oracles

    some = random.Random(1)
    found: dict[str, tuple[int | None, list[Pair]]] = {}

    def enter(name: str, bound: int | None, one: Callable[[], Pair]) -> None:
        pairs: list[Pair] = []
        while len(pairs) < n:
            got, want = one()
            if want == 0 or want > 1e-300:
                pairs.append((got, want))
        found[name] = (bound, pairs)

    def rates() -> tuple[float, float]:
        rate = 10 ** some.uniform(-6, 0)
        return rate, some.choice([0.0, rate * some.random()])

    def times() -> tuple[float, float]:
        t = some.choice([round(10 ** some.uniform(0.5, 9)), 10 ** some.uniform(0, 6)])
        return some.choice([t * some.random(), max(t - some.randrange(10), 0)]), t

    def power() -> float:
        return some.choice([0.5, 2.0, 3.0, some.uniform(0.05, 4.0)])

    def cosine() -> Pair:
        (a, b), (e, t) = rates(), times()
        return cosine_lr(e, a, b, t), oracles.cosine(e, a, b, t)

    def restarts() -> Pair:
        (a, b), t, m = rates(), some.randint(1, 1000), some.choice([1, 2, 3])
        e = round(10 ** some.uniform(0, 15))
        start, length = (e // t * t, t) if m == 1 else oracles.cycles(t, m, e)[-1]
        return cosine_restarts_lr(e, a, b, t, t_mult=m), oracles.cosine(e - start, a, b, length)

    def line() -> Pair:
        (a, b), (e, t) = rates(), times()
        return polynomial_lr(e, a, b, t), oracles.polynomial(e, a, b, t)

    def polynomial() -> Pair:
        (a, b), (e, t), p, k = rates(), times(), power(), power()
        return polynomial_lr(e, a, b, t, power=p, k_decay=k), oracles.polynomial(e, a, b, t, p, k)

    def exponential() -> Pair:
        a, g, e = rates()[0], some.uniform(0.5, 1.0), some.randrange(1000)
        return exponential_lr(e, a, g), oracles.exponential(e, a, g)

    def step() -> Pair:
        a, g, e, t = rates()[0], some.uniform(0.1, 1.0), some.randrange(1000), some.randint(1, 300)
        return step_lr(e, a, t, g), oracles.step(e, a, t, g)

    def multistep() -> Pair:
        a, g, e = rates()[0], some.uniform(0.1, 1.0), some.randrange(1000)
        milestones = [some.randrange(1000) for _ in range(4)]
        return multistep_lr(e, a, milestones, g), oracles.multistep(e, a, milestones, g)

    def inverse() -> Pair:
        a, (e, t), p = rates()[0], times(), power()
        return inverse_power_lr(e, a, t, power=p), oracles.inverse_power(e, a, t, p)

    def timed_exponential() -> Pair:
        a, g, t = rates()[0], some.uniform(0.1, 1.0), 10 ** some.uniform(0, 4)
        e = 10 * t * some.random()
        return exponential_lr(e, a, g, t_scale=t), oracles.exponential(Fraction(e) / Fraction(t), a, g)

    def fraction(t: int) -> float:
        """Return a step before epoch t, in epochs."""
        steps = some.choice(STEPS)
        return some.randrange(t * steps) / steps

    def warmup(shape: str, fractional: bool) -> Callable[[], Pair]:
        right = {"linear": oracles.polynomial, "cosine": oracles.cosine}

        def one() -> Pair:
            (a, b), t = rates(), some.randint(1, 100 if fractional else 10**6)
            start = b or a / some.randint(2, 1000)
            e = fraction(t) if fractional else some.randrange(t)
            got = warmup_lr(e, ConstantLR(a), start, t, curve=shape)
            if shape in right:
                return got, right[shape](Fraction(t) - Fraction(e), a, start, t)
            return got, oracles.exact(start) * (oracles.exact(a) / oracles.exact(start)) ** (oracles.exact(e) / t)

        return one

    def fractional_restarts(m: float) -> Callable[[], Pair]:
        def one() -> Pair:
            (a, b), t = rates(), some.choice([some.randint(1, 30), some.randint(1, 3000) / some.choice(STEPS)])
            e = fraction(1000)
            place, length = cycle(e, t, m)
            return cosine_restarts_lr(e, a, b, t, t_mult=m), oracles.cosine(place, a, b, length)

        return one

    def sequence() -> Pair:
        (a, b), (e, t) = rates(), times()
        got = sequence_lr(e + 64, [(64, CosineLR(a, b, t))], CosineLR(a, b, t))
        return got, oracles.cosine(forgiven(e + 64 - 64, t), a, b, t)

    def restart() -> Pair:
        (a, b), t, e = rates(), some.randint(1, 1000), round(10 ** some.uniform(0, 15))
        return restart_lr(e, PolynomialLR(a, b, t), t), oracles.polynomial(e % t, a, b, t)

    def shift() -> Pair:
        (a, b), t = rates(), some.randint(2, 1000)
        e, shifted = some.randrange(t), some.randrange(t)
        return shift_lr(e, CosineLR(a, b, t), shifted), oracles.cosine(e + shifted, a, b, t)

    def product() -> Pair:
        (a, b), t, g = rates(), some.randint(2, 1000), some.uniform(0.1, 1.0)
        e = fraction(t)
        got = product_lr(e, [CosineLR(a, b, t), StepLR(1.0, 30, g), PolynomialLR(1.0, 0.0, t)])
        return got, oracles.cosine(e, a, b, t) * oracles.step(e, 1.0, 30, g) * oracles.polynomial(e, 1.0, 0.0, t)

    enter("cosine_lr", 8, cosine)
    enter("cosine_restarts_lr, e to 10^15", None, restarts)
    enter("polynomial_lr, a line", 16, line)
    enter("polynomial_lr", 16, polynomial)
    enter("exponential_lr", 4, exponential)
    enter("step_lr", 4, step)
    enter("multistep_lr", 4, multistep)
    enter("inverse_power_lr", 8, inverse)
    enter("exponential_lr, t_scale", None, timed_exponential)
    for shape, bound in {"linear": 4, "cosine": 8, "exponential": None}.items():
        enter(f"warmup_lr, {shape}", bound, warmup(shape, False))
        enter(f"warmup_lr, {shape}, fractional epochs", bound, warmup(shape, True))
    for m in (1, 2, 1.5):
        enter(f"cosine_restarts_lr, t_mult={m}, fractional epochs", None, fractional_restarts(m))
    enter("sequence_lr of cosines", None, sequence)
    enter("restart_lr of a line, e to 10^15", None, restart)
    enter("shift_lr of a cosine", 8, shift)
    enter("product_lr of 3, fractional epochs", 8 + 4 + 16 + 3, product)
    return found


def report(versions: Collection[str] = (), quick: bool = False) -> str:
    """Return the tables: the cosine of each peer, its ends, the last epochs, and every function of ours."""
    if find_spec("mpmath") is None:
        return "## Accuracy\n\nNot measured: the 60 digits come from mpmath, which is not installed."
    peers = [OURS[0], ONE_LINER, *(peer for peer in PEERS if peer.package in versions and peer.shape == "cosine")]
    with quiet():
        parts = ["## Accuracy", *cosines(peers, quick)]
    rows = []
    for name, (bound, pairs) in functions(50 if quick else 2000).items():
        worst, mean, ulps = error(pairs)
        rows.append([name, f"{worst:.1e}", f"{mean:.1e}", f"{ulps:.2g}", str(bound or "-")])
    head = ["", "worst relative", "mean relative", "worst ulp", "the contract's bound"]
    return "\n\n".join([*parts, "### Every function of ours, at random arguments", table(head, rows)])

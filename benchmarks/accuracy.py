"""How far each rate is from the formula, computed with 60 digits from the same inputs.

Fractional epochs are what a step of a run comes to: step k of 391 an epoch is epoch k / 391.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable
from math import ceil
from typing import Any, NamedTuple

from cosine_lr import Schedule

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
            self.rows.append(((a, b, t), [(e, oracles.cosine_lr(e, a, b, t)) for e in asked]))

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


def functions(n: int) -> dict[str, list[Pair]]:
    """Return for each function n rates with the right ones: its calls in the tests, at random times and epochs."""
    from tests import oracles, schedules

    some = random.Random(1)

    def longer(schedule: Schedule, unit: int) -> Schedule:
        return schedules.in_unit(schedule, lambda t: ceil(t) * unit)  # type: ignore[no-any-return]

    found = {}
    for row in schedules.ROWS:
        pairs: list[Pair] = []
        while len(pairs) < n:
            unit = some.randint(1, 1000)
            schedule = longer(schedules.built(some.choice(row.calls)), unit)
            steps, run = some.choice([1, *STEPS]), sum(schedules.times_of(schedule)) or unit
            e = round(some.uniform(0.0, 1.2) * run * steps) / steps
            want = oracles.rate(schedule, e)
            if want == 0 or want > 1e-300:
                pairs.append((schedule(e), want))
        found[repr(row)] = pairs
    return found


def report(versions: Collection[str] = (), quick: bool = False) -> str:
    """Return the tables: the cosine of each peer, its ends, the last epochs, and every function of ours."""
    peers = [OURS[0], ONE_LINER, *(peer for peer in PEERS if peer.package in versions and peer.shape == "cosine")]
    with quiet():
        parts = ["## Accuracy", *cosines(peers, quick)]
    rows = []
    for name, pairs in functions(50 if quick else 2000).items():
        worst, mean, ulps = error(pairs)
        rows.append([name, f"{worst:.1e}", f"{mean:.1e}", f"{ulps:.2g}"])
    head = ["", "worst relative", "mean relative", "worst ulp"]
    return "\n\n".join([*parts, "### Every function of ours, at random times and epochs", table(head, rows)])

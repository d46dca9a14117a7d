"""How far each rate is from the formula, computed with 60 digits from the same inputs.

Fractional epochs are what a step of a run comes to: step k of 391 an epoch is epoch k / 391.
"""

import random
from collections.abc import Collection, Iterable
from math import ceil
from typing import Any

from tests import oracles, schedules

from .peers import ONE_LINER, OURS, PEERS, Peer, Unaskable, quiet
from .tables import section, table

Ends = tuple[float, float, int]  # lr_init, lr_min, t_max
Pair = tuple[float, Any]  # what came, and what had to come, with 60 digits
Wanted = list[tuple[Ends, list[tuple[int, Any]]]]  # for each case some epochs, and what has to come

FIXED = [(0.1, 0.001, 10), (3e-4, 0.0, 10**5), (6e-4, 6e-5, 10**6)]
HEAD = ("worst relative", "mean relative", "worst ulp")


def error(pairs: Collection[Pair]) -> tuple[float, float, float]:
    """Return the worst and the mean relative error of some rates, and the worst in units in the last place.
    Where 0 is right, 0 is no error and all else is an error of 1."""
    ulps = [oracles.ulps(got, want) for got, want in pairs]
    relative = [float(abs(oracles.exact(got) - want) / want) if want else float(got != 0) for got, want in pairs]
    return max(relative), sum(relative) / len(relative), max(ulps)


def cells(pairs: Collection[Pair]) -> list[str]:
    worst, mean, ulps = error(pairs)
    return [f"{worst:.1e}", f"{mean:.1e}", f"{ulps:.2g}"]


def pool(n: int) -> list[Ends]:
    """Return n cases at random, the same ones every time."""
    some = random.Random(0)
    rates = [10 ** some.uniform(-6, 0) for _ in range(n)]
    return [(rate, some.choice([0.0, rate * some.random()]), round(10 ** some.uniform(0.5, 4))) for rate in rates]


def epochs(t: int, n: int) -> list[int]:
    """Return at most n epochs from 0 to t, at random, the first and the last ten among them."""
    ends = {*range(min(t, 10)), *range(max(t - 10, 0), t + 1)}
    return sorted(ends | (set(range(t)) if t < n else set(random.Random(t).sample(range(t), n))))


def wanted(cases: Iterable[Ends], n: int, last: bool = False) -> Wanted:
    """Return what is right at n epochs of each case, or at its last ten: computed once, for all peers."""
    asked = [((a, b, t), range(t - 10, t) if last else epochs(t, n)) for a, b, t in cases]
    return [(case, [(e, oracles.cosine_lr(e, *case)) for e in each]) for case, each in asked]


def answers(peer: Peer, rows: Wanted) -> tuple[list[Pair], int, int] | None:
    """Return what the peer answers with what is right, and how often f(0) and f(t_max) are the given ends."""
    pairs: list[Pair] = []
    starts = stops = 0
    try:
        for (a, b, t), wants in rows:
            f = peer.rate(a, b, t, longest=10**6)
            got = {e: float(f(e)) for e, _ in wants}
            pairs += [(got[e], want) for e, want in wants]
            starts += got.get(0) == peer.told(a)
            stops += got.get(t) == peer.told(b)
    except (Unaskable, OverflowError):
        return None
    return pairs, starts, stops


def cosines(peers: Iterable[Peer], quick: bool) -> dict[str, str]:
    n, size = (20, 5) if quick else (500, 50)
    some = f"{size} at random"
    cases = {str(case): wanted([case], n) for case in (FIXED[:2] if quick else FIXED)} | {some: wanted(pool(size), 10)}
    last = {f"t_max = 10^{k}": wanted([(3e-4, 0.0, 10**k)], 10, last=True) for k in (5, 6, 9)}
    found = {case: {peer.name: answers(peer, rows) for peer in peers} for case, rows in (cases | last).items()}
    errors = [[name, case, *cells(each[0])] for case in cases for name, each in found[case].items() if each]
    ends = [[name, *(f"{n} of {size}" for n in each[1:])] for name, each in found[some].items() if each]
    tens = [[name, *(last_ten(found[case][name]) for case in last)] for name in found[some]]
    both_ends = "Both ends, to the bit (of a float32, where that is what the peer computes in)"
    return {
        "The cosine: (lr_init, lr_min, t_max)": table(["", "case", *HEAD], errors),
        both_ends: table(["", "f(0) == lr_init", "f(t_max) == lr_min"], ends),
        "The last ten epochs before lr_min = 0: the worst relative error": table(["", *last], tens),
    }


def last_ten(answer: tuple[list[Pair], int, int] | None) -> str:
    if answer is None:
        return "-"
    zeros = sum(got == 0 for got, _ in answer[0])
    return f"{error(answer[0])[0]:.1e}" + (f", {zeros} are 0" if zeros else "")


def functions(n: int) -> dict[str, list[Pair]]:
    """Return for each function n rates with the right ones: its calls in the tests, at random times and epochs."""
    some, found = random.Random(1), {}
    for row in schedules.ROWS:
        pairs: list[Pair] = []
        while len(pairs) < n:
            unit = some.randint(1, 1000)
            built = schedules.built(some.choice(row.calls))
            schedule = schedules.in_unit(built, lambda t: ceil(t) * unit)  # noqa: B023  it is called at once
            # steps of an epoch: one, CIFAR-10 in batches of 128, ImageNet in batches of 256
            steps, run = some.choice([1, 391, 5004]), sum(schedules.times_of(schedule)) or unit
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
        parts = cosines(peers, quick)
    rows = [[name, *cells(pairs)] for name, pairs in functions(50 if quick else 2000).items()]
    parts["Every function of ours, at random times and epochs"] = table(["", *HEAD], rows)
    return section("## Accuracy", parts)

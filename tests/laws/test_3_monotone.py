"""Law 3. Monotone.

Every decay is non-increasing (restarts: within a cycle) over epochs at least 10^-9 of its time scale apart.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cosine_lr import cosine_restarts_lr, restart_lr, shift_lr

from tests import oracles
from tests.laws.draws import STEPS, Curve, Decay, decays, gammas, near, times, two_rates


def _apart(points: list[float], gap: float) -> list[float]:
    points = sorted(points)
    kept = points[:1]
    for e in points[1:]:
        if e - kept[-1] >= gap:
            kept.append(e)
    return kept


@given(decays(), st.data())
def test_every_decay(decay: Decay, data: st.DataObject) -> None:
    f, _, _, t = decay
    shift = data.draw(times)
    points = data.draw(st.lists(near(t), min_size=5, max_size=30)) + [0.5 * t, 0.5 * t + 2e-9 * t, t]
    curves: list[Curve] = [f, lambda e: shift_lr(e, f, shift)]
    for curve in curves:
        values = [curve(e) for e in _apart(points, 1e-9 * t)]
        assert values == sorted(values, reverse=True)


@given(decays(), st.sampled_from(STEPS), st.integers(0, 90_000))
def test_in_steps_of_a_run(decay: Decay, n: int, first: int) -> None:
    f, _, _, t = decay
    values = [f(k / n * t) for k in range(first % n, first % n + 50)]
    assert values == sorted(values, reverse=True)


@given(two_rates, st.integers(1, 50), st.sampled_from([1, 2, 3]), gammas)
def test_within_a_cycle(pair: tuple[float, float], t: int, t_mult: int, gamma: float) -> None:
    a, b = pair
    for start, length in oracles.cycles(t, t_mult, 5 * t):
        values = [cosine_restarts_lr(start + k, a, b, t, t_mult=t_mult, gamma=gamma) for k in range(length)]
        assert values == sorted(values, reverse=True)


@given(decays(), st.sampled_from([1, 2, 3, 1.5]), gammas, st.integers(0, 5), st.sampled_from(STEPS))
def test_within_a_cycle_in_fractions(decay: Decay, t_mult: float, gamma: float, i: int, n: int) -> None:
    f, _, _, t = decay
    start, length = sum(t * t_mult**k for k in range(i)), t * t_mult**i
    places = [k / 40 for k in range(40)] + [k / n for k in range(1, 20)]
    epochs = _apart([start + x * length for x in places if x < 1.0], 1e-9 * length)
    values = [restart_lr(e, f, t, t_mult=t_mult, gamma=gamma) for e in epochs]
    assert values == sorted(values, reverse=True)

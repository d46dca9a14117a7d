"""Law 8. Boundaries: at a boundary the next part has begun, and an epoch less than 2^-40 (relative, about 10^-12) below
it counts as on it. Restarts and steps of whole numbers (ints) are exact without a tolerance.
"""

import random
from collections.abc import Callable
from functools import partial
from itertools import accumulate, pairwise
from operator import mul

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from cosine_lr import (
    ConstantLR, CosineLR, CosineRestartsLR, MultiStepLR, PolynomialLR, ProductLR, RestartLR, Schedule, SequenceLR,
    ShiftLR, StaircaseLR, StepLR, WarmupLR, cosine_lr, cosine_restarts_lr, polynomial_lr, restart_lr,
    sequence_lr, step_lr,
)  # fmt: skip
from tests import contract, oracles
from tests.laws.draws import STEPS, law_of_each_row
from tests.schedules import broken, in_unit, row_of, values_of

Curve = Callable[[float], float]

test_law = law_of_each_row(8)


def test_the_end_of_a_piece_that_starts_late() -> None:
    """once asked for at 2^-45 of 33, which is more than 2^-40 of the 1 that it lasts"""
    assert broken(SequenceLR([(32, HIGH)], CosineLR(1.0, 0.0, 1)), [], number=8) == []


@pytest.mark.parametrize("t_mult", [1, 2, 3, 10, 1.5])
@pytest.mark.parametrize("t", [10, 16, 0.1, 0.7, 80 / 1251])
def test_restarts(t: float, t_mult: float) -> None:
    schedule = CosineRestartsLR(0.1, 0.001, t, t_mult=t_mult)
    assert not any(contract.check(schedule, lr_init=0.1, lr_min=0.001, t_max=t, t_mult=t_mult).values())


# Every kind of boundary, at the step k or at a few times k: the schedule, where the boundary is, and the rate on it,
# which no step just before it has.

Case = tuple[Schedule, int, float]
HIGH, LOW = ConstantLR(1.0), ConstantLR(0.25)

KINDS: dict[str, Callable[[int], Case]] = {
    "linear warm-up": lambda k: (WarmupLR(HIGH, 0.1, k), k, 1.0),
    "cosine warm-up": lambda k: (WarmupLR(HIGH, 0.1, k, curve="cosine"), k, 1.0),
    "exponential warm-up": lambda k: (WarmupLR(HIGH, 0.1, k, curve="exponential"), k, 1.0),
    "warm-up to a power": lambda k: (WarmupLR(HIGH, 0.1, k, power=2), k, 1.0),
    "staircase": lambda k: (StaircaseLR(MultiStepLR(1.0, [5 * k // 2], 0.5), k), 3 * k, 0.5),
    "piece": lambda k: (SequenceLR([(k, HIGH)], LOW), k, 0.25),
    "third piece": lambda k: (SequenceLR([(k, HIGH), (2 * k, HIGH), (k, HIGH)], LOW), 4 * k, 0.25),
    "horizon of a cosine": lambda k: (CosineLR(1.0, 0.0, k), k, 0.0),
    "horizon of a line": lambda k: (PolynomialLR(1.0, 0.25, k), k, 0.25),
    "milestone": lambda k: (MultiStepLR(1.0, [3 * k, k], 0.5), k, 0.5),
    "later milestone": lambda k: (MultiStepLR(1.0, [3 * k, k], 0.5), 3 * k, 0.25),
    "step": lambda k: (StepLR(1.0, k, 0.5), k, 0.5), "third step": lambda k: (StepLR(1.0, k, 0.5), 3 * k, 0.125),
    "restart, t_mult=1": lambda k: (CosineRestartsLR(1.0, 0.25, k, gamma=0.5), 3 * k, 0.34375),
    "restart, t_mult=2": lambda k: (CosineRestartsLR(1.0, 0.25, k, t_mult=2), 3 * k, 1.0),
    "restart, t_mult=3": lambda k: (CosineRestartsLR(1.0, 0.25, k, t_mult=3), 4 * k, 1.0),
    "restart, t_mult=1.5": lambda k: (CosineRestartsLR(1.0, 0.25, k, t_mult=1.5), 5 * k // 2, 1.0),
    "last restart": lambda k: (CosineRestartsLR(1.0, 0.0, k, t_mult=2, n_cycles=2), 3 * k, 0.0),
    "restart of any schedule": lambda k:
        (RestartLR(SequenceLR([(k // 2, HIGH)], LOW), k + 8, t_mult=2), 3 * k + 24, 1.0),
}  # fmt: skip


def _in_restart(t_mult: float, cycles: int) -> Callable[[Case], Case]:
    def nest(case: Case) -> Case:
        schedule, at, rate = case
        length, start = at + 8, sum((at + 8) * t_mult**i for i in range(cycles))
        return RestartLR(schedule, length, t_mult=t_mult), int(start + at * t_mult**cycles), rate

    return nest


def _late(times: int) -> Callable[[Case], Case]:
    """In a piece that starts so many times later than the boundary is long."""

    def nest(case: Case) -> Case:
        schedule, at, rate = case
        pieces = [(7, LOW), (0, HIGH), ((times - 1) * at, LOW), (at - 7, HIGH)]
        return SequenceLR(pieces, schedule), times * at + at, rate

    return nest


PLACES: dict[str, Callable[[Case], Case]] = {
    "alone": lambda case: case, "in a restart": _in_restart(1, 3), "in a late restart": _in_restart(1, 1000),
    "in a restart stretched by 2": _in_restart(2, 2), "in a restart stretched by 3": _in_restart(3, 2),
    "in a restart stretched by 1.5": _in_restart(1.5, 2), "in a late piece": _late(5),
    "in a very late piece": _late(1000),
    "after a warm-up": lambda case: (WarmupLR(case[0], 0.01, 40), case[1] + 40, case[2]),
    "in a product": lambda case: (ProductLR([ConstantLR(1.0), case[0]]), case[1], case[2]),
    "in a shift": lambda case: (ShiftLR(case[0], case[1] // 3), case[1] - case[1] // 3, case[2]),
    "in all of them": lambda case: _in_restart(1.5, 2)(_late(3)(PLACES["in a shift"](PLACES["after a warm-up"](case)))),
}  # fmt: skip


def _function(schedule: Schedule) -> Curve:
    """The function with the schedule's fields."""
    return lambda e: row_of(schedule).function(e, **values_of(schedule))


def _assert_switches(f: Curve, before: float, at: float, rate: float) -> None:
    assert f(at) == rate, f"late at {at}"
    assert f(before) != rate, f"early at {before}"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", KINDS)
def test_in_steps_and_in_fractions_at_the_same_step(kind: str, place: str) -> None:
    some = random.Random(kind + place)
    for n in STEPS:
        for k in {8, *(8 * some.randrange(1, 1000) for _ in range(2))}:
            schedule, at, rate = PLACES[place](KINDS[kind](k))
            _assert_switches(schedule, at - 1, at, rate)
            units: list[Curve] = [lambda k, n=n: k / n, partial(mul, 1 / n)]  # type: ignore[misc]
            for unit in units:
                run = in_unit(schedule, unit)
                _assert_switches(run, unit(at - 1), unit(at), rate)
                _assert_switches(_function(run), unit(at - 1), unit(at), rate)


@pytest.mark.parametrize("n", [10, 391, 5004])
@pytest.mark.parametrize("kind", KINDS)
def test_in_epochs_that_are_added_up(kind: str, n: int) -> None:
    """e += 1 / n, as loops do"""
    sums = [*accumulate([1 / n] * n, initial=0.0)]
    for k in range(8, n // 4, max(n // 50, 1)):
        schedule, at, rate = KINDS[kind](k - k % 2)
        _assert_switches(in_unit(schedule, lambda k: k / n), sums[at - 1], sums[at], rate)
        _assert_switches(in_unit(schedule, lambda k: sums[int(k)]), (at - 1) / n, at / n, rate)


@pytest.mark.parametrize("share", [0.1, 0.2, 0.3, 0.35, 0.6, 0.7, 0.9, 1 / 3, 2 / 3, 0.01, 0.07, 0.29, 0.57, 0.58])
def test_times_as_shares_of_the_run(share: float) -> None:
    """int steps; times as 0.3 * n, which may be a rounding above a whole step, and for which no step is exact"""
    for n in range(10, 3010, 30):
        t = share * n
        at = round(t) if abs(t - round(t)) < 1e-9 else int(t) + 1
        for schedule, rate in [
            (WarmupLR(HIGH, 0.1, t), 1.0), (SequenceLR([(t, HIGH)], LOW), 0.25),
            (SequenceLR([(0.05 * n, HIGH), (t - 0.05 * n, HIGH)] if share > 0.05 else [(t, HIGH)], LOW), 0.25),
            (CosineLR(1.0, 0.25, t), 0.25), (MultiStepLR(1.0, [t], 0.5), 0.5),
            (StepLR(1.0, t, 0.5), 0.5 if 2 * t > at else None),
            (RestartLR(SequenceLR([(t // 2, HIGH)], LOW), t), 1.0 if t >= 3 else None),
        ]:  # fmt: skip
            if rate is not None:
                _assert_switches(schedule, at - 1, at, rate)


def test_sums_of_tenths() -> None:
    """0.1 + 0.2 is above 0.3, and 0.1 + 0.7 below 0.8: n pieces of 0.3 end at n * 0.3."""
    for unit in (0.1, 0.3, 0.7, 1 / 391):
        for n, end in enumerate(accumulate([unit] * 100), 1):
            pieces = SequenceLR([(unit, HIGH)] * n, LOW)
            for e in (end, n * unit):
                assert pieces(e) == sequence_lr(e, pieces.pieces, LOW) == 0.25
                assert step_lr(e, 1.0, unit, 0.5) == 0.5**n and cosine_restarts_lr(e, 0.1, 0.001, unit) == 0.1
            assert pieces((n - 0.001) * unit) == 1.0


@pytest.mark.parametrize("t", [1.0, 0.1, 0.3, 100.0, 80 / 1251, 12510.0, 1e-3, 1e9])
@pytest.mark.parametrize("kind", KINDS)
def test_less_than_2_to_the_minus_40_is_tolerated_and_no_more(kind: str, t: float) -> None:
    schedule, at, rate = KINDS[kind](16)
    run, end = in_unit(schedule, lambda k: k / 16 * t), at / 16 * t
    for f in (run, _function(run)):
        for on in (0, 2**-53, 2**-45, 2**-41, 0.99 * 2**-40):
            assert f(end * (1 - on)) == rate
        for before in (1.01 * 2**-40, 2**-39, 1e-11):
            assert f(end * (1 - before)) != rate or kind == "cosine warm-up"  # which is as high before its end


@pytest.mark.parametrize(("t_max", "t_mult", "e"), [
    (100, 1.1, 331), (100, 1.1, 210), (0.1, 1, 0.3), (0.1, 2, 0.1 + 0.2), (0.1, 2, 0.3), (16, 1.5, 211),
    (1.2 * 10**12, 1.5, 1.2 * 10**12),  # once early
])  # fmt: skip
def test_restarts_tolerate_a_rounding(t_max: float, t_mult: float, e: float) -> None:
    """t_max=100, t_mult=1.1 restarts at 331; t_max=0.1 restarts at 0.3."""
    assert cosine_restarts_lr(e, 0.1, 0.001, t_max, t_mult=t_mult) == 0.1
    assert cosine_restarts_lr(e * (1 - 1e-9), 0.1, 0.001, t_max, t_mult=t_mult) < 0.002
    assert restart_lr(e, lambda place: 0.1 if place == 0 else 0.0, t_max, t_mult=t_mult) == 0.1


@pytest.mark.parametrize(("below", "steps"), [(1, 3), (3, 3), (5, 3), (6, 2), (7, 2)])
def test_a_quotient_just_below_a_whole_number(below: int, steps: int) -> None:
    e = 3 - below * 2**-41  # six of these are 2**-40 of 3
    assert step_lr(e, 1.0, 1.0, 0.5) == 0.5**steps
    for t in (1.0, 1):
        rate = cosine_restarts_lr(e, 0.1, 0.0, t, gamma=0.5)
        assert rate == 0.0125 if steps == 3 else rate < 1e-15
    assert cosine_restarts_lr(3, 0.1, 0.0, 1.0 + below * 2**-42) == 0.1 or below > 3


@pytest.mark.parametrize(("t", "tolerated"), [(10**12, False), (10**13, True), (10**15, True)])
def test_other_boundaries_tolerate_whole_numbers_too(t: int, tolerated: bool) -> None:
    """which can only be seen above 10^12"""
    for kind in ("linear warm-up", "piece", "milestone"):
        schedule, _, rate = KINDS[kind](t)
        assert (schedule(t - 1) == rate) is (_function(schedule)(t - 1) == rate) is tolerated
    assert (cosine_lr(t - 1, 1.0, 0.0, t) == 0.0) is (polynomial_lr(t - 1, 1.0, 0.0, t) == 0.0) is tolerated


@given(st.integers(1, 10**30), st.integers(1, 10**6), st.sampled_from([1, 2, 3, 7, 10]), st.integers(1, 60))
@example(10**15 + 1, 3, 2, 3)
@example(2**53 + 1, 10, 1, 3)
@example(10, 1, 2, 500)
@example(10, 1, 3, 500)
def test_restarts_and_steps_of_whole_numbers_are_exact_however_large(t: int, k: int, t_mult: int, i: int) -> None:
    gamma, start, last = 1 - 1e-9, t * sum(t_mult**j for j in range(i)), t * t_mult ** (i - 1)
    assert step_lr(k * t, 1.0, t, gamma) == gamma**k
    assert t == 1 or step_lr(k * t - 1, 1.0, t, gamma) == gamma ** (k - 1)
    for mult, at, length in ((1, k * t, t), (t_mult, start, last)):
        assert cosine_restarts_lr(at, 0.1, 0.001, t, t_mult=mult) == 0.1
        assert cosine_restarts_lr(at - 1, 0.1, 0.001, t, t_mult=mult) == cosine_lr(length - 1, 0.1, 0.001, length)


@pytest.mark.parametrize("t_mult", range(1, 11))
def test_every_restart_up_to_10_to_the_15(t_mult: int) -> None:
    """With integer t_max and a whole t_mult. (T_0=10, T_mult=3, epoch 1210 is lr_min in PyTorch, timm and Keras.)"""
    for t in range(1, 41):
        f, some = CosineRestartsLR(0.1, 0.001, t, t_mult=t_mult), random.Random(t)
        if t_mult == 1:
            restarts = [(t * i, t, t) for i in (*range(1, 100), *(some.randrange(1, 10**15 // t) for _ in range(100)))]
        else:
            cycles = oracles.cycles(t, t_mult, 10**15)
            restarts = [(start, before, length) for (_, before), (start, length) in pairwise(cycles)]
        for start, before, length in restarts:
            assert f(start) == f(float(start)) == 0.1
            assert f(start - 1) == cosine_lr(before - 1, 0.1, 0.001, before)
            assert f(start + 1) == (0.1 if length == 1 else cosine_lr(1, 0.1, 0.001, length))


@given(st.integers(1, 10**9), st.integers(2, 2**53), st.integers(0, 10**15))
@example(1, 10**8 + 1, 10**8 + 2)
@example(1, 2**53, 10**15)
def test_any_whole_t_mult(t: int, t_mult: int, e: int) -> None:
    cycles = oracles.cycles(t, t_mult, e)
    start, length = cycles[-1]
    assert cosine_restarts_lr(start, 0.1, 0.001, t, t_mult=t_mult) == 0.1
    assert cosine_restarts_lr(e, 0.1, 0.001, t, t_mult=t_mult) == cosine_lr(e - start, 0.1, 0.001, length)


def itself(e: float) -> float:
    """The schedule that returns at which epoch it was called."""
    return float(e)


t_mults = st.floats(1e-9, 1e12).map(lambda d: 1 + d) | st.floats(1.0, 4.0, exclude_min=True)
t_mults |= st.sampled_from([1, 2, 3, 7, 1.001, 1.5, 2.5])


@given(st.floats(1e-3, 1e3) | st.sampled_from([k / 391 for k in range(1, 40)]), t_mults, st.floats(-1.0, 13.0))
@example(24.0, 84782057753.33937, 12.0)
@example(1.0, 1 + 1e-9, 0.54)  # m**i - 1 cancels
@example(100.0, 1.5, 4.0)  # once 7e-8 off at 997,377
@example(2.7, 1, 5.504)  # once 7e-9 off at 861,769.79
def test_the_place_in_a_cycle(t: float, t_mult: float, size: float) -> None:
    """The real-number formula's, but where the tolerance (2^-40) puts it on the next restart."""
    e = t * 10**size
    cycle, want = oracles.place(e, t, t_mult)
    stretch = oracles.exact(t_mult) ** cycle
    tolerated = oracles.exact(e) * oracles.exact(1e-12) / (oracles.exact(t) * stretch)
    assume(min(want, 1 - want) > tolerated)
    seen = restart_lr(e, itself, t, t_mult=t_mult) / t
    assert abs(oracles.exact(seen) - want) <= 1e-15 * (cycle + 1) + 2e-16


@pytest.mark.parametrize(("e", "t", "t_mult"), [(997_377, 100, 1.5), (861_769.79, 2.7, 2.5), (123_456.7, 0.3, 1.7)])
def test_the_place_in_a_late_cycle_of_a_fraction(e: float, t: float, t_mult: float) -> None:
    """once up to ten times further off: 1 + m + m**2 + ... from a logarithm"""
    cycle, want = oracles.place(e, t, t_mult)
    assert abs(oracles.exact(restart_lr(e, itself, t, t_mult=t_mult) / t) - want) <= 5e-16 and cycle > 10


@pytest.mark.parametrize(("t_mult", "cycle", "early"), [(1.5, 20, 4e-12), (3, 27, 2e-11)])
def test_the_last_epochs_of_a_late_cycle(t_mult: float, cycle: int, early: float) -> None:
    """A logarithm says that they are in the next one."""
    upper = SequenceLR([(1, ConstantLR(1.0))], ConstantLR(0.5))
    schedule = RestartLR(upper, 1, t_mult=t_mult, gamma=0.9)
    e = (t_mult**cycle - 1) / (t_mult - 1) * (1 - early)
    assert schedule(e if t_mult % 1 else int(e)) == pytest.approx(0.5 + 0.5 * 0.9 ** (cycle - 1), rel=1e-12)

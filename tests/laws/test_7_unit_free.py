"""Law 7. Unit-free: epochs and times share one unit, any unit, fractions of an epoch or of the run allowed."""

import math
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cosine_lr import (
    CosineLR, CosineRestartsLR, PolynomialLR, RestartLR, Schedule, SequenceLR, StepLR, ConstantLR, MultiStepLR,
    restart_lr,
)  # fmt: skip
from tests import oracles
from tests.laws.draws import STEPS, law_of_each_row, schedules, whole_times
from tests.schedules import broken, in_unit, known, times_of

test_law = law_of_each_row(7, whole=True)


@pytest.mark.parametrize(
    ("schedule", "e"),
    [
        (CosineLR(0.1, 0.001, 10 * 2**40), 3 * 2**40 + 1),
        (PolynomialLR(0.1, 0.001, 10, power=0.5), 17),
        (CosineRestartsLR(3.0, 0.0, 1, t_mult=2.5), 110),  # 9 ulp of the rate itself, which is near 0
        *((CosineRestartsLR(0.1, 0.001, 7, t_mult=m, gamma=0.5), e) for m in (2, 3, 1.5) for e in (20, 10**6)),
    ],
)
def test_roundings_that_moved_the_bits(schedule: Schedule, e: int) -> None:
    assert broken(schedule, [e], number=7) == []


@given(whole_times, st.integers(1, 10**6), st.integers(0, 10**7), st.sampled_from([2, 3, 1.5]))
def test_a_stretched_restart_calls_at_the_same_epoch(t: int, k: int, e: int, t_mult: float) -> None:
    here, there = (restart_lr(n * e, lambda place: place, n * t, t_mult=t_mult) for n in (1, k))
    assert abs(Fraction(there) / k - Fraction(here)) <= Fraction(2 * math.ulp(here))


@given(schedules(depth=3), st.sampled_from(STEPS))
@example(RestartLR(MultiStepLR(1.0, [15], 0.1), 22, t_mult=2), 10)  # at 52 once 1.0: place / length * t_max
@example(SequenceLR([(80, ConstantLR(0.3)), (20, StepLR(1.0, 5, 0.5))], ConstantLR(0.1)), 1251)
def test_in_fractions_of_the_run_step_by_step(schedule: Schedule, n: int) -> None:
    """Schedules inside one another, in whole steps and in fractions, beside the exact rates."""
    run, near = in_unit(schedule, lambda k: k / n), 1e-9 * known(schedule).high
    steepest = 1e-6 * known(schedule).high  # a root falls steeply at its end
    for k in {*range(0, 130, 3), *(int(t) - d for t in times_of(schedule) for d in (0, 1)), 52} - {-1}:
        want = float(oracles.rate(schedule, k))
        assert abs(schedule(k) - want) <= near
        assert abs(run(k / n) - want) <= steepest

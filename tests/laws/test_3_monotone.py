"""Law 3. Monotone: a decay does not rise, and restarts do not rise within a cycle."""

from hypothesis import given
from hypothesis import strategies as st

from cosine_lr import RestartLR
from tests.laws.draws import STEPS, calls, each_row, gammas, law_of_each_row, schedules
from tests.schedules import FORMULAS, Row, broken, built, known, times_of

test_law = law_of_each_row(3)


@each_row
@given(st.data(), st.sampled_from(STEPS), st.integers(0, 90_000))
def test_in_steps_of_a_run(row: Row, data: st.DataObject, n: int, first: int) -> None:
    schedule = built(data.draw(calls(row)))
    t = max([1, *times_of(schedule)])
    assert broken(schedule, [k / n * t for k in range(first % n, first % n + 50)], number=3) == []


@given(schedules(FORMULAS, 0), st.integers(8, 40), st.sampled_from([1, 2, 3, 1.5]), gammas, st.integers(0, 5))
def test_within_a_cycle(schedule: object, t: int, t_mult: float, gamma: float, i: int) -> None:
    if known(schedule).falls:
        restarts = RestartLR(schedule, t, t_mult=t_mult, gamma=gamma)  # type: ignore[arg-type]
        start, length = sum(t * t_mult**k for k in range(i)), t * t_mult**i
        rates = [restarts(start + k / 40 * length) for k in range(40)]
        assert rates == sorted(rates, reverse=True)

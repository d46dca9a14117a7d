"""Law 11: bad input gets the right exception, whose message begins with the argument's name and shows the value."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import cosine_lr

NAN, INF = math.nan, math.inf
c: Any = cosine_lr  # untyped here, to pass what no type checker would let pass
GOOD = c.CosineLR(0.1, 0.001, 10)


class Traced:
    """What a value looks like inside compiled code: there is no number yet."""

    shape = ()
    __float__ = __index__ = __bool__ = None

    def __repr__(self) -> str:
        return "Traced<float32[]>"


class OneElement:
    """A tensor with one axis and one number: it has a float(), but there is an epoch too many dimensions."""

    shape = (1,)

    def __float__(self) -> float:
        return 3.0


class Lying:
    """Raises whatever it is asked, if asked for a number, a comparison, a sequence or a text."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def _raise(self, *_: object) -> Any:
        raise self.error

    __float__ = __index__ = __bool__ = __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __getitem__ = __iter__ = _raise
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __repr__ = _raise


class OddIndex(int):
    def __index__(self) -> Any:
        return "three"


def unknown(e: float) -> None:
    pass


# (the call, the exception, the start of its message, the value it shows)
BAD: list[tuple[Callable[..., Any], type[Exception], str, str]] = [
    # the epoch
    (lambda: c.cosine_lr(NAN, 0.1, 0.001, 10), ValueError, "e must be finite", "nan"),
    (lambda: c.cosine_lr(INF, 0.1, 0.001, 10), ValueError, "e must be finite", "inf"),
    (lambda: c.cosine_lr(-INF, 0.1, 0.001, 10), ValueError, "e must be finite", "-inf"),
    (lambda: c.cosine_lr("3", 0.1, 0.001, 10), TypeError, "e must be one number", "'3'"),
    (lambda: c.cosine_lr(None, 0.1, 0.001, 10), TypeError, "e must be one number", "None"),
    (lambda: c.cosine_lr(3j, 0.1, 0.001, 10), TypeError, "e must be one number", "3j"),
    (lambda: c.cosine_lr([3], 0.1, 0.001, 10), TypeError, "e must be one number", "[3]"),
    (lambda: c.cosine_lr(np.arange(3), 0.1, 0.001, 10), TypeError, "e must be one number", "array([0, 1, 2])"),
    (lambda: c.cosine_lr(np.array([3.0]), 0.1, 0.001, 10), TypeError, "e must be one number", "array([3.])"),
    (
        lambda: c.cosine_lr(Traced(), 0.1, 0.001, 10),
        TypeError,
        "e must be one number (in compiled code, take",
        "Traced",
    ),
    (lambda: c.cosine_lr(np.float32(NAN), 0.1, 0.001, 10), ValueError, "e must be finite", "nan"),
    (lambda: c.cosine_lr(OneElement(), 0.1, 0.001, 10), TypeError, "e must be one number", "OneElement"),
    (lambda: c.cosine_lr(OddIndex(3), 0.1, 0.001, np.int8(10)), TypeError, "e must be one number", "3"),
    (lambda: c.constant_lr(NAN, 0.1), ValueError, "e must be finite", "nan"),
    (lambda: c.constant_lr(INF, 0.1), ValueError, "e must be finite", "inf"),
    (lambda: c.constant_lr(-INF, 0.1), ValueError, "e must be finite", "-inf"),
    (lambda: c.multistep_lr(-INF, 0.1, [10], 0.9), ValueError, "e must be finite", "-inf"),
    (lambda: c.polynomial_lr(-INF, 0.1, 0.001, 10), ValueError, "e must be finite", "-inf"),
    (lambda: c.polynomial_lr(INF, 0.1, 0.001, 10), ValueError, "e must be finite", "inf"),
    (lambda: c.exponential_lr(INF, 0.1, 0.9), ValueError, "e must be finite", "inf"),
    (lambda: c.exponential_lr(b"3", 0.1, 0.9), TypeError, "e must be one number", "b'3'"),
    (lambda: c.step_lr(NAN, 0.1, 10, 0.9), ValueError, "e must be finite", "nan"),
    (lambda: c.step_lr(INF, 0.1, 10, 0.9), ValueError, "e must be finite", "inf"),
    (lambda: c.multistep_lr(INF, 0.1, [10], 0.9), ValueError, "e must be finite", "inf"),
    (lambda: c.inverse_power_lr(INF, 0.1, 10), ValueError, "e must be finite", "inf"),
    (lambda: c.cosine_restarts_lr(INF, 0.1, 0.001, 10), ValueError, "e must be finite", "inf"),
    (lambda: c.cosine_restarts_lr(NAN, 0.1, 0.001, 10, t_mult=2), ValueError, "e must be finite", "nan"),
    (lambda: c.warmup_lr(NAN, GOOD, 0.01, 5), ValueError, "e must be finite", "nan"),
    (lambda: c.sequence_lr(INF, [], GOOD), ValueError, "e must be finite", "inf"),
    (lambda: c.restart_lr(INF, GOOD, 10), ValueError, "e must be finite", "inf"),
    (lambda: GOOD(NAN), ValueError, "e must be finite", "nan"),
    # rates
    (lambda: c.constant_lr(0, -0.1), ValueError, "lr_init must be >= 0", "-0.1"),
    (lambda: c.constant_lr(0, NAN), ValueError, "lr_init must be finite", "nan"),
    (lambda: c.constant_lr(0, INF), ValueError, "lr_init must be finite", "inf"),
    (lambda: c.polynomial_lr(3, INF, 0.1, 10), ValueError, "lr_init must be finite", "inf"),
    (lambda: c.exponential_lr(3, INF, 0.5), ValueError, "lr_init must be finite", "inf"),
    (lambda: c.inverse_power_lr(3, INF, 10), ValueError, "lr_init must be finite", "inf"),
    (lambda: c.cosine_lr(3, -0.1, -0.2, 10), ValueError, "lr_init must be >= 0", "-0.1"),
    (lambda: c.cosine_lr(3, 0.1, -0.001, 10), ValueError, "lr_min must be >= 0", "-0.001"),
    (lambda: c.cosine_lr(3, 0.001, 0.1, 10), ValueError, "lr_min must be <= lr_init, which is 0.001", "0.1"),
    (lambda: c.cosine_lr(3, INF, 0.1, 10), ValueError, "lr_init must be finite", "inf"),
    (lambda: c.cosine_lr(3, INF, INF, 10), ValueError, "lr_init must be finite", "inf"),
    (lambda: c.cosine_lr(30, 0.1, NAN, 10), ValueError, "lr_min must be finite", "nan"),
    (lambda: c.cosine_lr(0, "0.1", 0.001, 10), TypeError, "lr_init must be one number", "'0.1'"),
    (lambda: c.cosine_restarts_lr(30, 0.001, 0.1, 10, gamma=0.5), ValueError, "lr_min must be <= lr_init", "0.1"),
    (lambda: c.cosine_restarts_lr(30, NAN, 0.1, 10), ValueError, "lr_init must be finite", "nan"),
    (lambda: c.polynomial_lr(30, 0.001, 0.1, 10), ValueError, "lr_min must be <= lr_init", "0.1"),
    (lambda: c.exponential_lr(3, 0.1, 0.9, lr_min=0.2), ValueError, "lr_min must be <= lr_init", "0.2"),
    (lambda: c.step_lr(3, 0.1, 10, 0.9, lr_min=-1), ValueError, "lr_min must be >= 0", "-1"),
    (lambda: c.multistep_lr(3, [0.1], [10], 0.9), TypeError, "lr_init must be one number", "[0.1]"),
    (lambda: c.inverse_power_lr(3, 0.1, 10, lr_min=0.2), ValueError, "lr_min must be <= lr_init", "0.2"),
    # times
    (lambda: c.cosine_lr(3, 0.1, 0.001, 0), ValueError, "t_max must be > 0", "0"),
    (lambda: c.cosine_lr(0, 0.1, 0.001, -5), ValueError, "t_max must be > 0", "-5"),
    (lambda: c.cosine_lr(-3, 0.1, 0.001, -5), ValueError, "t_max must be > 0", "-5"),
    (lambda: c.cosine_lr(0, 0.1, 0.001, INF), ValueError, "t_max must be finite", "inf"),
    (lambda: c.cosine_lr(3, 0.1, 0.001, NAN), ValueError, "t_max must be finite", "nan"),
    (lambda: c.cosine_lr(3, 0.1, 0.001, np.array([10, 20])), TypeError, "t_max must be one number", "array([10, 20])"),
    (lambda: c.cosine_restarts_lr(0, 0.1, 0.001, INF), ValueError, "t_max must be finite", "inf"),
    (lambda: c.cosine_restarts_lr(3, 0.1, 0.001, 0), ValueError, "t_max must be > 0", "0"),
    (lambda: c.polynomial_lr(0, 0.1, 0.001, INF), ValueError, "t_max must be finite", "inf"),
    (lambda: c.polynomial_lr(3, 0.1, 0.001, -5), ValueError, "t_max must be > 0", "-5"),
    (lambda: c.step_lr(3, 0.1, 0, 0.9), ValueError, "step_size must be > 0", "0"),
    (lambda: c.step_lr(0, 0.1, INF, 0.9), ValueError, "step_size must be finite", "inf"),
    (lambda: c.inverse_power_lr(3, 0.1, 0), ValueError, "t_scale must be > 0", "0"),
    (lambda: c.inverse_power_lr(3, 0.1, -10), ValueError, "t_scale must be > 0", "-10"),
    (lambda: c.inverse_power_lr(0, 0.1, INF), ValueError, "t_scale must be finite", "inf"),
    (lambda: c.warmup_lr(3, GOOD, 0.01, -5), ValueError, "t_warmup must be >= 0", "-5"),
    (lambda: c.restart_lr(3, GOOD, 0), ValueError, "t_max must be > 0", "0"),
    (lambda: c.restart_lr(0, GOOD, INF, t_mult=2), ValueError, "t_max must be finite", "inf"),
    (lambda: c.restart_lr(0, GOOD, INF, t_mult=1.5), ValueError, "t_max must be finite", "inf"),
    (lambda: c.restart_lr(0, GOOD, INF), ValueError, "t_max must be finite", "inf"),
    (lambda: c.multistep_lr(3, 0.1, [10, NAN], 0.9), ValueError, "milestones[1] must be finite", "nan"),
    (lambda: c.multistep_lr(3, 0.1, [10, INF], 0.9), ValueError, "milestones[1] must be finite", "inf"),
    (lambda: c.multistep_lr(3, 0.1, [-INF, 10], 0.9), ValueError, "milestones[0] must be finite", "-inf"),
    (lambda: c.multistep_lr(3, 0.1, ["10"], 0.9), TypeError, "milestones[0] must be one number", "'10'"),
    (lambda: c.multistep_lr(3, 0.1, 10, 0.9), TypeError, "milestones must be a sequence", "10"),
    (lambda: c.multistep_lr(3, 0.1, iter([3, 7]), 0.9), TypeError, "milestones must be a sequence", "iterator"),
    (lambda: c.multistep_lr(3, 0.1, "30", 0.9), TypeError, "milestones[0] must be one number", "'3'"),
    # ratios and powers
    (lambda: c.exponential_lr(3, 0.1, 1.5), ValueError, "gamma must be in (0, 1]", "1.5"),
    (lambda: c.exponential_lr(0, 0.1, 0.0), ValueError, "gamma must be in (0, 1]", "0.0"),
    (lambda: c.exponential_lr(0, 0.1, 0), ValueError, "gamma must be in (0, 1]", "0"),
    (lambda: c.exponential_lr(3, 0.1, NAN), ValueError, "gamma must be finite", "nan"),
    (lambda: c.exponential_lr(10**15, 0.1, Fraction(3, 2)), ValueError, "gamma must be in (0, 1]", "Fraction(3, 2)"),
    (lambda: c.step_lr(3, 0.1, 10, -0.5), ValueError, "gamma must be in (0, 1]", "-0.5"),
    (lambda: c.multistep_lr(3, 0.1, [], 2), ValueError, "gamma must be in (0, 1]", "2"),
    (lambda: c.cosine_restarts_lr(3, 0.1, 0.001, 10, gamma=0.0), ValueError, "gamma must be in (0, 1]", "0.0"),
    (lambda: c.cosine_restarts_lr(3, 0.1, 0.001, 10, gamma=0), ValueError, "gamma must be in (0, 1]", "0"),
    (lambda: c.cosine_restarts_lr(3, 0.1, 0.001, 10, t_mult=0.5), ValueError, "t_mult must be in [1, 2**53]", "0.5"),
    (
        lambda: c.cosine_restarts_lr(3, 0.1, 0.001, 10, t_mult=2**53 + 1),
        ValueError,
        "t_mult must be in",
        "9007199254740993",
    ),
    (lambda: c.cosine_restarts_lr(3, 0.1, 0.001, 10, t_mult=NAN), ValueError, "t_mult must be finite", "nan"),
    (lambda: c.cosine_restarts_lr(3, 0.1, 0.001, 10, t_mult="2"), TypeError, "t_mult must be one number", "'2'"),
    (
        lambda: c.cosine_restarts_lr(3, 0.1, 0.001, 10, n_cycles=0),
        ValueError,
        "n_cycles must be a whole number >= 1",
        "0",
    ),
    (lambda: c.cosine_restarts_lr(3, 0.1, 0.001, 10, n_cycles=1.5), ValueError, "n_cycles must be a whole", "1.5"),
    (lambda: c.cosine_restarts_lr(3, 0.1, 0.001, 10, n_cycles="2"), TypeError, "n_cycles must be one number", "'2'"),
    (lambda: c.restart_lr(3, GOOD, 10, gamma=1.1), ValueError, "gamma must be in (0, 1]", "1.1"),
    (lambda: c.restart_lr(3, GOOD, 10, t_mult=0), ValueError, "t_mult must be in [1, 2**53]", "0"),
    (lambda: c.restart_lr(3, GOOD, 10, n_cycles=-1), ValueError, "n_cycles must be a whole number >= 1", "-1"),
    (lambda: c.polynomial_lr(30, 0.1, 0.001, 10, power=0), ValueError, "power must be > 0", "0"),
    (lambda: c.polynomial_lr(3, 0.1, 0.001, 10, k_decay=0), ValueError, "k_decay must be > 0", "0"),
    (lambda: c.polynomial_lr(3, 0.1, 0.001, 10, k_decay=-1), ValueError, "k_decay must be > 0", "-1"),
    (lambda: c.polynomial_lr(3, 0.1, 0.001, 10, power=INF), ValueError, "power must be finite", "inf"),
    (lambda: c.polynomial_lr(3, 0.1, 0.001, 10, power="2"), TypeError, "power must be one number", "'2'"),
    (lambda: c.inverse_power_lr(3, 0.1, 10, power=0), ValueError, "power must be > 0", "0"),
    (lambda: c.inverse_power_lr(3, 0.1, 10, power=INF), ValueError, "power must be finite", "inf"),
    (lambda: c.inverse_power_lr(3, 0.1, 10, power=-0.5), ValueError, "power must be > 0", "-0.5"),
    # schedules
    (lambda: c.warmup_lr(3, 0.1, 0.01, 5), TypeError, "schedule must be callable", "0.1"),
    (lambda: c.warmup_lr(9, 0.1, 0.01, 5), TypeError, "schedule must be callable", "0.1"),
    (lambda: c.warmup_lr(3, GOOD, 0.2, 5), ValueError, "lr_start must be <= schedule(0), which is 0.1", "0.2"),
    (lambda: c.warmup_lr(9, GOOD, -0.1, 5), ValueError, "lr_start must be >= 0", "-0.1"),
    (
        lambda: c.warmup_lr(3, GOOD, 0.01, 5, shape="cubic"),
        ValueError,
        "shape must be one of 'linear', 'cosine'",
        "'cubic'",
    ),
    (lambda: c.warmup_lr(3, GOOD, 0.01, 5, shape=None), ValueError, "shape must be one of", "None"),
    (lambda: c.warmup_lr(3, GOOD, 0.01, 5, shape=[]), ValueError, "shape must be one of", "[]"),
    (
        lambda: c.warmup_lr(3, GOOD, 0, 5, shape="exponential"),
        ValueError,
        "lr_start must be > 0 in an exponential",
        "0",
    ),
    (lambda: c.warmup_lr(3, unknown, 0.01, 5), TypeError, "schedule(e) must be one number", "None"),
    (lambda: c.warmup_lr(9, lambda e: NAN, 0.01, 5), ValueError, "schedule(e) must be finite", "nan"),
    (lambda: c.sequence_lr(0, [(5, lambda e: -1.0)], GOOD), ValueError, "schedule(e) must be >= 0", "-1.0"),
    (lambda: c.sequence_lr(0, [(0, GOOD)], GOOD), ValueError, "pieces[0][0] must be > 0", "0"),
    (lambda: c.sequence_lr(0, [(5, GOOD), (-5, GOOD)], GOOD), ValueError, "pieces[1][0] must be > 0", "-5"),
    (lambda: c.sequence_lr(0, [(5, GOOD), (NAN, GOOD)], GOOD), ValueError, "pieces[1][0] must be finite", "nan"),
    (lambda: c.sequence_lr(0, [(5, 0.1)], GOOD), TypeError, "pieces[0][1] must be callable", "0.1"),
    (lambda: c.sequence_lr(0, [(5, GOOD, 3)], GOOD), ValueError, "pieces[0] must be a pair (duration, schedule)", "3)"),
    (lambda: c.sequence_lr(0, [5], GOOD), TypeError, "pieces[0] must be a pair (duration, schedule)", "5"),
    (
        lambda: c.sequence_lr(0, [GOOD], GOOD),
        TypeError,
        "pieces[0] must be a pair (duration, schedule)",
        "CosineLR(0.1",
    ),  # no duration
    (lambda: c.sequence_lr(0, GOOD, GOOD), TypeError, "pieces must be a sequence", "CosineLR(0.1"),
    (lambda: c.sequence_lr(0, [(5, Lying(KeyError()))], GOOD), TypeError, "pieces[0][1] must be callable", "Lying"),
    (
        lambda: c.sequence_lr(0, [Lying(KeyError())], GOOD),
        TypeError,
        "pieces[0] must be a pair (duration, schedule)",
        "Lying",
    ),
    (lambda: c.sequence_lr(0, 5, GOOD), TypeError, "pieces must be a sequence", "5"),
    (lambda: c.sequence_lr(0, [(5, GOOD)], None), TypeError, "then must be callable", "None"),
    (lambda: c.restart_lr(3, None, 10), TypeError, "schedule must be callable", "None"),
    # classes: on the line that wrote the mistake
    (lambda: c.CosineLR(0.001, 0.1, 10), ValueError, "lr_min must be <= lr_init", "0.1"),
    (lambda: c.CosineLR(0.1, 0.001, -5), ValueError, "t_max must be > 0", "-5"),
    (lambda: c.ConstantLR("0.1"), TypeError, "lr_init must be one number", "'0.1'"),
    (lambda: c.CosineRestartsLR(0.1, 0.001, 10, t_mult=0.5), ValueError, "t_mult must be in [1, 2**53]", "0.5"),
    (lambda: c.PolynomialLR(0.1, 0.001, 10, power=0), ValueError, "power must be > 0", "0"),
    (lambda: c.ExponentialLR(0.1, 1.5), ValueError, "gamma must be in (0, 1]", "1.5"),
    (lambda: c.StepLR(0.1, 0, 0.5), ValueError, "step_size must be > 0", "0"),
    (lambda: c.MultiStepLR(0.1, [3, None], 0.5), TypeError, "milestones[1] must be one number", "None"),
    (lambda: c.InversePowerLR(0.1, 0), ValueError, "t_scale must be > 0", "0"),
    (lambda: c.WarmupLR(GOOD, 0.5, 5), ValueError, "lr_start must be <= schedule(0), which is 0.1", "0.5"),
    (
        lambda: c.WarmupLR(GOOD, 0.0, 5, shape="exponential"),
        ValueError,
        "lr_start must be > 0 in an exponential",
        "0.0",
    ),
    (lambda: c.WarmupLR(0.1, 0.01, 5), TypeError, "schedule must be callable", "0.1"),
    (lambda: c.SequenceLR([(0, GOOD)], GOOD), ValueError, "pieces[0][0] must be > 0", "0"),
    (lambda: c.RestartLR(GOOD, 10, n_cycles=0), ValueError, "n_cycles must be a whole number >= 1", "0"),
    # position and state
    (lambda: c.CosineLR(0.1, 0.001, 10, e=-1), ValueError, "e must be a whole number >= 0", "-1"),
    (lambda: c.CosineLR(0.1, 0.001, 10, e=2.5), ValueError, "e must be a whole number >= 0", "2.5"),
    (lambda: c.CosineLR(0.1, 0.001, 10, e=NAN), ValueError, "e must be finite", "nan"),
    (lambda: c.CosineLR(0.1, 0.001, 10, e="3"), TypeError, "e must be one number", "'3'"),
    (lambda: GOOD.load_state_dict({}), ValueError, "state must be a dict with a whole number 'e' >= 0", "{}"),
    (lambda: GOOD.load_state_dict({"e": -1}), ValueError, "state must be a dict with", "{'e': -1}"),
    (lambda: GOOD.load_state_dict({"e": 2.5}), ValueError, "state must be a dict with", "{'e': 2.5}"),
    (lambda: GOOD.load_state_dict({"e": "3"}), ValueError, "state must be a dict with", "{'e': '3'}"),
    (lambda: GOOD.load_state_dict(Lying(OSError())), ValueError, "state must be a dict with", "Lying"),
    (lambda: GOOD.load_state_dict(["e"] * 1000), ValueError, "state must be a dict with", "'e', '"),
    (lambda: GOOD.load_state_dict(None), ValueError, "state must be a dict with", "None"),
    (lambda: GOOD.values(-1), ValueError, "n must be a whole number >= 0", "-1"),
    (lambda: GOOD.values(2.5), ValueError, "n must be a whole number >= 0", "2.5"),
    # notation
    (lambda: c.parse(""), ValueError, "text must be a schedule such as", "''"),
    (lambda: c.parse("0.1"), ValueError, "text must be a schedule such as", "'0.1'"),
    (lambda: c.parse("CosineLR(0.1"), ValueError, "text must be a schedule such as", "'CosineLR(0.1'"),
    (lambda: c.parse("CosinLR(0.1)"), ValueError, "text must name a schedule, one of ConstantLR", "'CosinLR'"),
    (lambda: c.parse("CosineLR(0.1, 0.001, t_max=5*2)"), ValueError, "text may hold schedules", "'5*2'"),
    (lambda: c.parse("__import__('os').system('true')"), ValueError, "text may hold schedules", "__import__"),
    (lambda: c.parse("ConstantLR(True)"), ValueError, "text may hold schedules", "'True'"),
    (lambda: c.parse("ConstantLR(-False)"), ValueError, "text may hold schedules", "'-False'"),
    (lambda: c.parse("MultiStepLR(0.1, [30, (a)], 0.5)"), ValueError, "text may hold schedules", "'a'"),
    (lambda: c.parse("ConstantLR(lr_init)"), ValueError, "text may hold schedules", "'lr_init'"),
    (lambda: c.parse("ConstantLR(**{})"), ValueError, "text may hold schedules", "'ConstantLR(**{})'"),
    (lambda: c.parse("CosineLR(0.1, 0.001, t_max=-5)"), ValueError, "t_max must be > 0", "-5"),
    (lambda: c.parse("ConstantLR(" + " " * 10**6 + "0.1)"), ValueError, "text must have at most 10000", "1000015"),
    (lambda: c.parse(b"ConstantLR(0.1)"), TypeError, "text must be a string", "b'ConstantLR(0.1)'"),
    (lambda: c.parse(Lying(OSError())), TypeError, "text must be a string", "Lying that cannot be shown"),
    (lambda: c.parse(None), TypeError, "text must be a string", "None"),
]


@pytest.mark.parametrize("row", range(len(BAD)), ids=lambda row: BAD[row][2])
def test_law_11_bad_input(row: int) -> None:
    call, error, start, value = BAD[row]
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    message = str(caught.value)
    assert message.startswith(start) and value in message[len(start) :], message
    assert re.search(r"\n|.{400}", message) is None


def test_law_11_no_message_is_longer_than_a_line() -> None:
    for value in (-(10**5000), list(range(10**5)), np.ones((50, 50)), "x" * 10**6):
        with pytest.raises((TypeError, ValueError)) as caught:
            c.cosine_lr(3, 0.1, 0.001, value)
        assert len(str(caught.value)) < 200 and "\n" not in str(caught.value)


@pytest.mark.parametrize("error", [OverflowError, KeyError, RecursionError, MemoryError, ZeroDivisionError, OSError])
def test_law_11_whatever_an_argument_raises_the_exception_is_a_TypeError(error: type[Exception]) -> None:
    for name in ("lr_init", "lr_min", "t_max"):
        with pytest.raises(TypeError, match=f"^{name} must be one number, got Lying that cannot be shown$"):
            c.cosine_lr(**({"e": 3, "lr_init": 0.1, "lr_min": 0.001, "t_max": 10} | {name: Lying(error("hostile"))}))


def test_law_11_a_value_is_shown_whole_or_cut_at_80_characters() -> None:
    for length in (78, 79, 200):
        with pytest.raises(TypeError) as caught:
            c.constant_lr(0, "x" * length)
        shown = str(caught.value).removeprefix("lr_init must be one number, got ")
        assert shown == repr("x" * length) if length == 78 else shown == "'" + "x" * 76 + "..."
    with pytest.raises(TypeError, match="t_max must be one number, got Lying that cannot be shown"):
        c.CosineLR(0.1, 0.001, Lying(ValueError("no repr")))
    with pytest.raises(ValueError, match="t_max must be > 0, got int that cannot be shown$"):
        c.CosineLR(0.1, 0.001, -(10**5000))


def test_an_iterator_is_no_sequence() -> None:
    """It would be used up by the first call; and a schedule, whose duration was forgotten, would never end."""
    schedule = c.CosineLR(0.1, 0.001, 10)
    calls: list[Callable[[Any], Any]] = [
        lambda it: c.MultiStepLR(0.1, it, 0.5),
        lambda it: c.SequenceLR(it, GOOD),
        lambda it: c.SequenceLR([it], GOOD),
    ]
    for iterator in (schedule, iter([3]), itertools.count(), (n for n in range(3))):
        for call in calls:
            with pytest.raises(TypeError, match="must be a (sequence|pair)"):
                call(iterator)
    assert schedule.e == 0


def test_law_11_a_refused_state_leaves_the_position() -> None:
    schedule = c.CosineLR(0.1, 0.001, 10, e=3)
    with pytest.raises(ValueError):
        schedule.load_state_dict({"e": -1})
    assert schedule.e == 3


def test_what_a_schedule_itself_raises_is_not_hidden() -> None:
    def broken(e: float) -> float:
        raise KeyError("mine")

    calls: list[Callable[[], float]] = [
        lambda: cosine_lr.warmup_lr(9, broken, 0.0, 5),
        lambda: cosine_lr.sequence_lr(0, [], broken),
        lambda: cosine_lr.restart_lr(0, broken, 5),
    ]
    for call in calls:
        with pytest.raises(KeyError, match="mine"):
            call()


def test_a_class_of_its_own_must_be_callable() -> None:
    with pytest.raises(NotImplementedError, match="LRIterator has no __call__"):
        c.LRIterator()(0)

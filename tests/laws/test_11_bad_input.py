"""Law 11, bad input.

The ranges of the table; messages begin with the argument's name (for a piece `pieces[1][0]`) and show the value:
`t_max must be > 0, got -5`; where a common wish lies behind, they end with a hint (a rising curve:
`WarmupLR(ConstantLR(...))`; an old state: `e=last_epoch`). ValueError for a number out of range, TypeError for what is
none, a class in place of a schedule included. A class raises when it is built; a function at every e, whatever branch e
takes.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from inspect import signature
from typing import Any

import numpy as np
import pytest

import cosine_lr
from cosine_lr import LRIterator
from tests.examples import CLASSES, FULL, FUNCTIONS

NAN, INF = math.nan, math.inf
ONLY = "text must be a schedule such as CosineLR(0.1, 0.001, t_max=10), of numbers, strings and lists"
c: Any = cosine_lr  # untyped here, to pass what no type checker would let pass
masks: Any = np.ma  # untyped in some versions of NumPy
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

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def _raise(self, *_: object) -> Any:
        raise self.error

    __float__ = __index__ = __bool__ = __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __getitem__ = __iter__ = _raise
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __repr__ = _raise


class OddIndex(int):
    def __index__(self) -> Any:
        return "three"


class OwnIndex(int):
    """An int that answers the question for a plain one with itself, for ever."""

    def __index__(self) -> Any:
        return self


def unknown(e: float) -> Any:
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
        "e must be one number", "Traced<float32[]>",
    ),
    (lambda: c.cosine_lr(np.float32(NAN), 0.1, 0.001, 10), ValueError, "e must be finite", "nan"),
    (lambda: c.cosine_lr(OneElement(), 0.1, 0.001, 10), TypeError, "e must be one number", "OneElement"),
    (lambda: c.cosine_lr(OddIndex(3), 0.1, 0.001, np.int8(10)), TypeError, "e must be one number", "3"),
    (lambda: c.cosine_lr(OwnIndex(3), 0.1, 0.001, 10), TypeError, "e must be one number", "3"),
    (lambda: c.cosine_lr(3, 0.1, 0.001, OwnIndex(10)), TypeError, "t_max must be one number", "10"),
    (lambda: c.cosine_lr(3, OwnIndex(1), 0.001, 10), TypeError, "lr_init must be one number", "1"),
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
    (lambda: c.MultiStepLR(0.1, {30: 0.5, 60: 0.2}, 0.9), TypeError, "milestones must be a sequence", "{30: 0.5, 60: 0.2}"),
    (lambda: c.MultiStepLR(0.1, b"12", 0.9), TypeError, "milestones must be a sequence", "b'12'"),
    (lambda: c.ProductLR([]), ValueError, "schedules must be a sequence of at least one schedule", "[]"),
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
    (lambda: c.sequence_lr(0, [(-0.5, GOOD)], GOOD), ValueError, "pieces[0][0] must be >= 0", "-0.5"),
    (lambda: c.sequence_lr(0, [(5, GOOD), (-5, GOOD)], GOOD), ValueError, "pieces[1][0] must be >= 0", "-5"),
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
    (lambda: c.sequence_lr(0, [(5, Lying(TypeError()))], GOOD), TypeError, "pieces[0][1] must be callable", "Lying"),
    (
        lambda: c.sequence_lr(0, [Lying(TypeError())], GOOD),
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
    (lambda: c.SequenceLR([(-1, GOOD)], GOOD), ValueError, "pieces[0][0] must be >= 0", "-1"),
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
    (lambda: GOOD.load_state_dict(Lying(TypeError())), ValueError, "state must be a dict with", "Lying"),
    (lambda: GOOD.load_state_dict({"epoch": 10**5000}), ValueError, "state must be a dict with", "cannot be shown"),
    (lambda: GOOD.load_state_dict(["e"] * 1000), ValueError, "state must be a dict with", "'e', '"),
    (lambda: GOOD.load_state_dict(None), ValueError, "state must be a dict with", "None"),
    (lambda: GOOD.values(-1), ValueError, "n must be a whole number >= 0", "-1"),
    (lambda: GOOD.values(2.5), ValueError, "n must be a whole number >= 0", "2.5"),
    # notation
    (lambda: c.parse(""), ValueError, "text must be a schedule such as", "''"),
    (lambda: c.parse("0.1"), ValueError, "text must be a schedule such as", "'0.1'"),
    (lambda: c.parse("CosineLR(0.1"), ValueError, "text must be a schedule such as", "'CosineLR(0.1'"),
    (lambda: c.parse("CosinLR(0.1)"), ValueError, "text must be made of ConstantLR, CosineLR,", "'CosinLR'"),
    (lambda: c.parse("CosineLR(0.1, 0.001, t_max=5*2)"), ValueError, ONLY, "'*2)'"),
    (lambda: c.parse("CosineLR(0.1, 0.001, t_max=100k)"), ValueError, ONLY, "'100k)'"),
    (lambda: c.parse("ShiftLR(" * 200 + "ConstantLR(1)" + ", 1)" * 200), ValueError, "text must not nest schedules", ""),
    (lambda: c.parse("__import__('os').system('true')"), ValueError, ONLY, "\".system('true')\""),
    (lambda: c.parse("ConstantLR(...)"), ValueError, ONLY, "'...)'"),
    (lambda: c.parse("ConstantLR(b'1')"), ValueError, ONLY, "\"'1')\""),
    (lambda: c.parse("CosineLR(0.1, 0.001, 10, t_max=1)"), TypeError, "CosineLR.__init__() got", "'t_max'"),
    (lambda: c.parse("ConstantLR(0.1)", "MyLR"), TypeError, "classes[0] must be a subclass of LRIterator", "'MyLR'"),
    (lambda: c.parse("ConstantLR(0.1)", c.LRIterator, int), TypeError, "classes[1] must be a subclass of", "'int'"),
    (lambda: c.parse("MultiStepLR(0.1, [30, (a)], 0.5)"), ValueError, ONLY, "'a'"),
    (lambda: c.parse("ConstantLR(lr_init)"), ValueError, ONLY, "'lr_init'"),
    (lambda: c.parse("ConstantLR(**{})"), ValueError, ONLY, "'**{})'"),
    (lambda: c.parse("CosineLR(0.1, 0.001, t_max=-5)"), ValueError, "t_max must be > 0", "-5"),
    (lambda: c.parse("ConstantLR(" + " " * 10**6 + "0.1)"), ValueError, "text must have at most 10000", "1000015"),
    (lambda: c.parse(b"ConstantLR(0.1)"), TypeError, "text must be a string", "b'ConstantLR(0.1)'"),
    (lambda: c.parse(Lying(ValueError())), TypeError, "text must be a string", "Lying that cannot be shown"),
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


@pytest.mark.parametrize("error", [TypeError, ValueError, OverflowError, ZeroDivisionError, ArithmeticError])
def test_what_is_no_number_is_a_TypeError_whatever_its_conversion_raises(error: type[Exception]) -> None:
    for name in ("e", "lr_init", "lr_min", "t_max"):
        with pytest.raises(TypeError, match=f"^{name} must be one number, got Lying that cannot be shown"):
            c.cosine_lr(**({"e": 3, "lr_init": 0.1, "lr_min": 0.001, "t_max": 10} | {name: Lying(error("hostile"))}))


@pytest.mark.parametrize("error", [KeyError, OSError, MemoryError, RecursionError, KeyboardInterrupt])
def test_any_other_error_that_an_argument_raises_passes_as_it_is(error: type[BaseException]) -> None:
    """It is no answer to the question whether there is a number, and to hide it would hide its cause."""
    for name in ("e", "lr_init", "lr_min", "t_max"):
        raised = error("hostile")
        with pytest.raises(error) as caught:
            c.cosine_lr(**({"e": 3, "lr_init": 0.1, "lr_min": 0.001, "t_max": 10} | {name: Lying(raised)}))
        assert caught.value is raised
    for call in (lambda it: c.MultiStepLR(0.1, it, 0.5), lambda it: c.SequenceLR([it], GOOD), GOOD.values):
        with pytest.raises(error, match="hostile"):
            call(Lying(error("hostile")))


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


def test_compiled_code_is_told_to_use_a_table() -> None:
    """Only where an epoch has a shape and no number, as a traced value has."""
    table = "take it from a table: schedule.values"
    for call in (c.cosine_lr, lambda e, *_: GOOD(e)):
        with pytest.raises(TypeError, match=table):
            call(Traced(), 0.1, 0.001, 10)
    for e, t_max in (("3", 10), (3, Traced())):
        with pytest.raises(TypeError) as raised:
            c.cosine_lr(e, 0.1, 0.001, t_max)
        assert "table" not in str(raised.value)


def test_a_class_of_ones_own_adds_its_own_check() -> None:
    @dataclass(frozen=True, repr=False)
    class WideLR(LRIterator):
        t_max: float
        width: float

        def __post_init__(self) -> None:
            super().__post_init__()
            if self.width > self.t_max:
                raise ValueError("too wide")

        def rate(self, e: float, /) -> float:
            return 0.1

    assert WideLR(10, 5)(3) == 0.1
    for arguments, message in [((-5, 5), "t_max must be > 0, got -5"), ((10, 11), "too wide")]:
        with pytest.raises(ValueError, match=f"^{message}"):
            WideLR(*arguments)


def test_a_class_of_ones_own_must_have_a_rate() -> None:
    with pytest.raises(NotImplementedError, match="^LRIterator has no rate"):
        c.LRIterator()(0)


# Each rule at each argument of each function and class: the values that it refuses, each with its error and the words
# of the rule. And everything that is no number, wherever a number belongs.

NO_NUMBERS: list[Any] = [
    *(None, "", "0.5", "nan", b"1", 1j, [0.5], (0.5,), {}, {0.5}, range(1), object(), float, len, ...),
    *(date(2020, 1, 1), timedelta(1), Decimal("sNaN"), np.complex64(1), np.array(1j), np.datetime64("2020-01-01")),
    *(np.datetime64("2020-01-01", "ns"), np.timedelta64(1, "ns"), np.timedelta64(1, "D"), masks.array(5.0, mask=True)),
    *(masks.masked, np.array(np.timedelta64(1, "D")), np.array("10"), np.array(b"10"), np.str_("10")),
    *(np.array("10", dtype=object), np.array(timedelta(1), dtype=object), np.array(None), np.void(b"1")),
    *(np.array([0.5]), np.ones((1, 1)), np.array([]), Traced(), OneElement(), OddIndex(1), OwnIndex(1), GOOD),
]
NOT_FINITE = [NAN, INF, -INF, np.float32(NAN), np.float64(INF), np.array(-INF), Decimal("NaN"), Decimal("Infinity")]
NEGATIVE = [-1, -0.5, -5e-324, -(10**400), Fraction(-1, 3), Decimal("-0.1"), np.float32(-1), np.int8(-1)]
ZERO = [0, 0.0, -0.0, False, Fraction(0), np.float32(0), np.int64(0), np.array(0)]
NOT_A_RATIO = [*NEGATIVE, *ZERO, 1 + 2**-52, 2, 10**400, Fraction(3, 2), np.float64(1.5)]
RANGES: dict[str, tuple[str, list[Any]]] = {
    "lr_init": (">= 0", NEGATIVE),
    "lr_min": (">= 0", NEGATIVE),
    "lr_start": (">= 0", NEGATIVE),
    "t_max": ("> 0", NEGATIVE + ZERO),
    "t_scale": ("> 0", NEGATIVE + ZERO),
    "step_size": ("> 0", NEGATIVE + ZERO),
    "t_warmup": (">= 0", NEGATIVE),
    "t_shift": (">= 0", NEGATIVE),
    "t_mult": ("in [1, 2**53]", [*NEGATIVE, *ZERO, 1 - 2**-53, 2**53 + 1, 1e300, 10**400]),
    "gamma": ("in (0, 1]", NOT_A_RATIO),
    "power": ("> 0", NEGATIVE + ZERO),
    "k_decay": ("> 0", NEGATIVE + ZERO),
    "n_cycles": ("a whole number >= 1", [*NEGATIVE, *ZERO, 1.5, Fraction(3, 2), np.float32(2.5)]),
}
NO_SCHEDULES: list[Any] = [None, 0.1, "cosine", [GOOD], c.CosineLR, c.LRIterator, float, type]
NO_SHAPES: list[Any] = [None, "cubic", "Linear", "", b"linear", 1, ["linear"], ("cosine",), {}]


Refused = list[tuple[Any, type[Exception], str]]  # the value, the error, the start of its message


def refused(name: str) -> Refused:
    """What the argument must not be."""
    if name in ("schedule", "then"):
        return no_schedules(name)
    if name == "shape":
        return [(value, ValueError, "shape must be one of 'linear', 'cosine', 'exponential'") for value in NO_SHAPES]
    if name == "milestones":
        return inside(lambda value: [3, value], numbers("milestones[1]")) + no_sequences(name)
    if name == "schedules":
        none: Refused = [([], ValueError, "schedules must be a sequence of at least one schedule")]
        return inside(lambda value: [GOOD, value], no_schedules("schedules[1]")) + none + no_sequences(name)
    if name == "pieces":
        durations = numbers("pieces[1][0]") + [(value, ValueError, "pieces[1][0] must be >= 0") for value in NEGATIVE]
        pairs = inside(lambda value: [(5, GOOD), (value, GOOD)], durations)
        return pairs + inside(lambda value: [(5, GOOD), (5, value)], no_schedules("pieces[1][1]")) + no_sequences(name)
    must, outside = RANGES.get(name, ("", []))
    found = numbers(name) + [(value, ValueError, f"{name} must be {must}, got ") for value in outside]
    return [row for row in found if not (name == "n_cycles" and row[0] is None)]


def numbers(name: str) -> Refused:
    return [
        *((value, TypeError, f"{name} must be one number, got ") for value in NO_NUMBERS),
        *((value, ValueError, f"{name} must be finite, got ") for value in NOT_FINITE),
    ]


def no_schedules(name: str) -> Refused:
    return [(value, TypeError, f"{name} must be callable") for value in NO_SCHEDULES]


def inside(put: Callable[[Any], Any], rows: Refused) -> Refused:
    return [(put(value), error, start) for value, error, start in rows]


def no_sequences(name: str) -> Refused:
    return [(value, TypeError, f"{name} must be a sequence") for value in (None, 5, GOOD, iter([]), len, object())]


@pytest.mark.parametrize("call", FULL, ids=lambda call: call.func.__name__)
def test_each_function_refuses_at_every_epoch_what_its_class_refuses_when_built(call: partial[float]) -> None:
    name = call.func.__name__
    assert [*call.keywords] == [*signature(FUNCTIONS[name]).parameters][1:]
    for argument in call.keywords:
        for value, error, start in refused(argument):
            for e in (-3, 0, 0.3, 2.5, 5, 10**6, 1e308, np.float32(7)):
                with pytest.raises(error, match=f"^{re.escape(start)}") as caught:
                    call(e, **{argument: value})
                assert type(caught.value) is error
            with pytest.raises(error, match=f"^{re.escape(start)}"):
                CLASSES[name](**(call.keywords | {argument: value}))


@pytest.mark.parametrize("call", FULL, ids=lambda call: call.func.__name__)
def test_each_function_and_class_refuses_the_same_epochs(call: partial[float]) -> None:
    schedule = CLASSES[call.func.__name__](**call.keywords)
    for value, error, start in numbers("e"):
        for ask in (call, schedule):
            with pytest.raises(error, match=f"^{re.escape(start)}"):
                ask(value)


def test_each_rule_has_a_row() -> None:
    """So that an argument with a rule of its own is never left out above."""
    for name, function in FUNCTIONS.items():
        for parameter in [*signature(function).parameters.values()][1:]:
            assert refused(parameter.name) != numbers(parameter.name), (name, parameter.name)


# What was once let through, or refused in words that did not help.


def test_a_class_taken_for_a_schedule() -> None:
    """The parentheses were forgotten: `SequenceLR([(5, CosineLR)], ...)` was built, and failed at its first call."""
    builds: list[Callable[[], Any]] = [
        lambda: c.SequenceLR([(5, c.CosineLR)], GOOD),
        lambda: c.SequenceLR([(5, GOOD)], c.ConstantLR),
        lambda: c.WarmupLR(c.ConstantLR, 0.0, 5),
        lambda: c.RestartLR(c.CosineLR, 5),
        lambda: c.ShiftLR(c.CosineLR, 5),
        lambda: c.ProductLR([GOOD, c.CosineLR]),
    ]
    for build in builds:
        with pytest.raises(TypeError, match=r"must be callable, epoch in and rate out, and no class, got <class 'cos"):
            build()


@pytest.mark.parametrize("e", [0, 4, 5, 9, 10**6])
def test_a_warm_up_from_above_the_peak_is_refused_at_every_epoch(e: int) -> None:
    """Past the warm-up it was once silent."""
    with pytest.raises(ValueError, match=r"^lr_start must be <= schedule\(0\), which is 0.1, got 0.5$"):
        c.warmup_lr(e, GOOD, lr_start=0.5, t_warmup=5)
    with pytest.raises(ValueError, match="^lr_start must be > 0 in an exponential warm-up, got 0.0$"):
        c.warmup_lr(e, GOOD, lr_start=0.0, t_warmup=5, shape="exponential")


@pytest.mark.parametrize("name", [each for each in FUNCTIONS if "lr_min" in signature(FUNCTIONS[each]).parameters])
def test_a_curve_that_rises_has_a_hint(name: str) -> None:
    (call,) = (each for each in FULL if each.func.__name__ == name)
    hint = r"\(a curve that rises: WarmupLR\(ConstantLR\(peak\), lr_start, t_warmup\)\)$"
    asks: list[Callable[[], Any]] = [
        lambda: call(3, lr_min=0.2),
        lambda: CLASSES[name](**(call.keywords | {"lr_min": 0.2})),
    ]
    for ask in asks:
        with pytest.raises(ValueError, match=rf"^lr_min must be <= lr_init, which is 0.1, got 0.2 {hint}"):
            ask()
    if "gamma" in call.keywords:
        with pytest.raises(ValueError, match=rf"^gamma must be in \(0, 1\], got 1.2 {hint}"):
            call(3, gamma=1.2)
        with pytest.raises(ValueError, match=r"^gamma must be in \(0, 1\], got -1$"):  # nobody wants that
            call(3, gamma=-1)


def test_a_run_that_is_all_warm_up_has_a_hint() -> None:
    warm, run = 100, 100
    with pytest.raises(ValueError, match=r"^t_max must be > 0, got 0 \(is the warm-up as long as the run\?\)$"):
        c.WarmupLR(c.CosineLR(0.1, 0.001, t_max=run - warm), 0.0, warm)


def test_the_state_of_another_scheduler_has_a_hint() -> None:
    theirs = {"T_max": 10, "base_lrs": [0.1], "last_epoch": 3, "_step_count": 4}
    hint = r"\(of another scheduler: build with e=last_epoch instead\)$"
    with pytest.raises(ValueError, match=f"^state must be a dict with a whole number 'e' >= 0, got .* {hint}"):
        GOOD.load_state_dict(theirs)
    with pytest.raises(ValueError, match=r"got \{'count': 3\}$"):
        GOOD.load_state_dict({"count": 3})


@pytest.mark.parametrize("text", ["MyLR(0.1)", "WarmupLR(MyLR(0.1), 0.0, 5)", "SequenceLR([(3, MyLR(1))], MyLR(2))"])
def test_a_class_of_ones_own_that_was_not_named_has_a_hint(text: str) -> None:
    with pytest.raises(ValueError, match=r"^text must .*, got 'MyLR' \(your own class, .*: parse\(text, MyLR\)\)$"):
        c.parse(text)


@pytest.mark.parametrize("text", ["CosineLR(0.1, 0.001, t_max=10, t_max=100)", "ConstantLR(lr_init=0.1, lr_init=0.1)"])
def test_an_argument_that_is_named_twice(text: str) -> None:
    """As in Python. The last one once won."""
    with pytest.raises(ValueError) as caught:
        c.parse(f"WarmupLR({text}, 0.0, 5)")
    assert str(caught.value) == f"text must be a call that names each argument once, got {text!r}"


@pytest.mark.parametrize("call", FULL, ids=lambda call: call.func.__name__)
def test_an_error_shows_one_traceback(call: partial[float]) -> None:
    """None of them goes on with "During handling of the above exception, another exception occurred"."""
    name = next(iter(call.keywords))
    for value in (None, NAN, "x", -1):
        with pytest.raises((TypeError, ValueError)) as caught:
            call(3, **{name: value})
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_dict_in_place_of_a_piece_is_named() -> None:
    """OmegaConf makes one of a schedule in a list, unless it is told to convert."""
    with pytest.raises((TypeError, ValueError), match=r"^pieces\[0\]\[1\] must be callable, .*, got {'t_max': 10}"):
        c.SequenceLR([(5, {"t_max": 10})], GOOD)

"""The types of numbers that count as numbers: how to make one of each from a float or an int."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

NUMBERS: dict[str, Callable[[float], Any]] = {
    "numpy float32": np.float32,
    "numpy float16": np.float16,
    "numpy float64": np.float64,
    "numpy longdouble": np.longdouble,
    "0-d float32": lambda v: np.array(v, dtype=np.float32),
    "0-d float64": np.array,
    "Fraction": lambda v: Fraction(v).limit_denominator(1000),
    "Decimal": lambda v: Decimal(str(v)),
}
WHOLE: dict[str, Callable[[int], Any]] = {
    "numpy int64": np.int64,
    "numpy int8": np.int8,
    "numpy uint8": np.uint8,
    "0-d int": np.array,
    "bool": lambda v: bool(v) if v < 2 else v,
}

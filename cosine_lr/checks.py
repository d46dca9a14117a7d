# SPDX-License-Identifier: MIT
"""Validation: one converter per kind of argument. It returns a plain, valid value or raises an error that names it.

`functions` calls the converters one by one, most decays through `common`, which lets the usual arguments pass
in a single test. `schedules` has its fields converted by `checked`, by their names.

>>> checked(lr_init=1, t_max=10.0)
{'lr_init': 1.0, 't_max': 10}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import accumulate
from math import inf, isfinite

from .formulas import ALMOST, CURVES, MAX_FLOAT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    Converter = Callable[[str, Any], Any]

ScheduleLike = Callable[[float], float]  # a Schedule, or any other function of the epoch
Timeline = tuple[tuple[float, ...], tuple[float, ...], tuple[ScheduleLike, ...]]

PLAIN = (int, float)  # the types of plain numbers; a tuple is searched in order, so the usual one comes first
PLAIN_RATE = (float, int)
MAX_INT = int(MAX_FLOAT)  # a finite number beyond this counts as this
MAX_DURATION = 2**1000  # a longer one becomes a float, so that no sum of durations is too large for a float
MAX_T_MULT = 2**53
UNCONVERTIBLE = (TypeError, ValueError, ArithmeticError)  # what a conversion raises where it is impossible

# Hints of what may have been meant.
RISING = "swapped? for a rising rate use WarmupLR(ConstantLR(peak), lr_start, t_warmup)"
TOO_SHORT = "is the warm-up as long as the run?"
WARM = "warmup num_warmup_steps warmup_steps warmup_epochs warmup_iters warmup_t"
OTHERS = {  # this package's name or call: what other libraries, or version 2, call it; the first that fits is the hint
    "lr_init": "lr max_lr lr_max eta_max base_lr learning_rate initial_learning_rate init_value peak_value",
    "lr_min": "eta_min min_lr end_lr final_lr end_value end_learning_rate alpha",
    "t_max": "T_0 T_i total_steps total_iters max_iters epochs num_training_steps decay_steps transition_steps "
    "t_initial first_cycle_steps first_decay_steps",
    "t_scale": "decay_steps transition_steps",
    "step_size": "step steps decay_epochs",
    "t_warmup": WARM,
    "WarmupLR(schedule, lr_start, t_warmup)": f"{WARM} t_warmup lr_start",
    "lr_start": "warmup_start_lr warmup_lr_init",
    "gamma": "factor decay_rate m_mul",
    "milestones": "boundaries",
    "pieces": "schedulers",
    "curve": "shape",
    "LRIterator(schedule, e=...)": "e last_epoch",
    "CosineLR": "CosineAnnealingLR CosineLRScheduler CosineDecay cosine_decay_schedule",
    "CosineRestartsLR": "CosineAnnealingWarmRestarts CosineAnnealingWarmupRestarts CosineDecayRestarts SGDRScheduler",
    "PolynomialLR": "PolyLR linear_schedule",
    "PolynomialLR, or if it rises WarmupLR": "LinearLR",
    "ExponentialLR": "ExponentialDecay ExpLR",
    "StepLR": "StepDecay",
    "MultiStepLR": "PiecewiseConstantDecay piecewise_constant_schedule",
    "InversePowerLR": "InverseTimeDecay NoamLR",
    "SequenceLR": "SequentialLR join_schedules",
    "RestartLR": "CyclicLR",
    "ProductLR": "ChainedScheduler",
    "WarmupLR(CosineLR(...), ...)": "OneCycleLR get_cosine_schedule_with_warmup warmup_cosine_decay_schedule",
    "WarmupLR(PolynomialLR(...), ...)": "get_linear_schedule_with_warmup",
    "WarmupLR(ConstantLR(...), ...)": "get_constant_schedule_with_warmup LinearWarmup",
}
NOWHERE = {  # what has no counterpart, and why
    "ReduceLROnPlateau": "it follows a metric, a schedule the epoch alone",
    "LambdaLR": "in Python any function of the epoch is a schedule",
    "LRIterator": "a run, not a schedule: LRIterator(parse(...), e=...)",
    "optimizer": "a schedule has none: set its rate to schedule(epoch)",
    "verbose": "nothing is printed: print schedule(epoch)",
}
NAMESPACES = {  # library, as a type's module begins: its module of functions on arrays
    each.partition(".")[0]: each
    for each in ("numpy", "jax.numpy", "torch", "keras.ops", "tensorflow.experimental.numpy", "mlx.core")
}
ARRAY_CALLS = {library: f".on({xp})(e)" for library, xp in NAMESPACES.items()}  # what follows the schedule's name
ARRAY_CALLS |= dict.fromkeys(["pandas", "polars"], "(e.to_numpy())")


def refuse(name: str, must: str, value: object, error: type[Exception] = ValueError, hint: str = "") -> NoReturn:
    """Raise the error: what must hold, then what came, then what may have been meant."""
    try:
        got = " ".join(repr(value).split())
    except UNCONVERTIBLE:  # an int of thousands of digits has no repr
        got = f"{type(value).__name__} that cannot be shown"
    got = got if len(got) <= 80 else got[:77] + "..."
    raise error(f"{name} must be {must}, got {got}{hint and f' ({hint})'}") from None


def meant(name: str, known: Iterable[str]) -> str:
    """Return " (did you mean ...?)" for an unknown name, or why it has no counterpart, or an empty text."""
    from difflib import get_close_matches  # only here: it is rarely needed

    if name in NOWHERE:
        return f" ({NOWHERE[name]})"
    plain = {_plain_name(each): each for each in known}
    usable = {*plain.values(), *(each for each in OTHERS if not each.isidentifier())}
    close = [ours for ours, theirs in OTHERS.items() if ours in usable and name in theirs.split()]
    close += [plain[each] for each in get_close_matches(_plain_name(name), plain, cutoff=0.8)]
    return f" (did you mean {close[0]}?)" if close else ""


def _plain_name(name: str) -> str:
    return name.lower().replace("_", "").removesuffix("lr")


# Numbers.


def number(name: str, value: Any) -> float:
    """Return a finite number: an integer as an int, any other as a float; beyond the doubles, the largest of them."""
    if type(value) in PLAIN and -MAX_INT <= value <= MAX_INT:
        return value  # type: ignore[no-any-return]
    try:
        plain = _plain(value)
        if not -MAX_FLOAT <= plain <= MAX_FLOAT and plain == plain and value not in (inf, -inf):
            plain = MAX_INT if value > 0 else -MAX_INT
    except UNCONVERTIBLE:
        refuse(name, "one number", value, TypeError, hint=_array_hint(name, value))
    if not -MAX_FLOAT <= plain <= MAX_FLOAT:
        refuse(name, "finite", value)
    return plain


def _plain(value: Any) -> float:
    """Return the number as an int or a float, infinite where it is beyond the doubles, or raise UNCONVERTIBLE."""
    if getattr(value, "shape", ()) != () or _kind(value) in ("m", "M"):
        raise TypeError  # an array of several numbers, or a time of day
    if hasattr(value, "tolist"):
        value = value.tolist()  # the number as Python has it; None if it is masked; what JAX traces has no such method
    try:
        plain = value.__index__()
    except (AttributeError, TypeError):
        plain = _as_float(value)
    if type(plain) not in PLAIN:
        raise TypeError  # an __index__ that returns no int
    return plain  # type: ignore[no-any-return]


def _as_float(value: Any) -> float:
    try:
        isfinite(value)  # refuses text, which float() accepts
        return float(value)
    except OverflowError:  # a fraction beyond the doubles
        return inf
    except AttributeError:  # a variable of Keras that has no value in compiled code
        raise TypeError from None


def _array_hint(name: str, value: Any) -> str:
    numeric = hasattr(value, "shape") and _kind(value) in ("f", "i", "u")
    if not numeric and not isinstance(value, (list, tuple, range)):
        return ""
    if name == "e":
        library = type(value).__module__.partition(".")[0]
        call = "(e)" if hasattr(value, "__array_namespace__") else ARRAY_CALLS.get(library, "(numpy.asarray(e))")
        return f"an array? with a schedule, such as CosineLR(...), it is schedule{call}"
    if name in ("lr_init", "lr_min", "lr_start"):
        return "an array of rates, or a traced one? with a schedule that starts at 1.0 it is peak * schedule(e)"
    if name in ("t_max", "t_scale", "step_size"):
        return f"an array of times, or a traced one? with {name}=1.0 it is schedule(e / {name})"
    return ""


def _kind(value: Any) -> str:
    """Return the letter by which NumPy knows the type of an array or number; "f" for what has none."""
    return getattr(getattr(value, "dtype", None), "kind", "f")


def is_array(value: Any) -> bool:
    """Return whether the value has `__array_namespace__` and is no known number: an array, or a traced number."""
    if not hasattr(value, "__array_namespace__"):
        return False
    try:
        _plain(value)
    except UNCONVERTIBLE:  # several numbers, or one that is not known in compiled code
        return True
    return False


def namespace(xp: Any) -> Any:
    """Return the array library, a module."""
    if not (hasattr(xp, "where") and hasattr(xp, "log1p")):
        name = getattr(xp, "__name__", str(xp))
        hint = f"did you mean {NAMESPACES[name]}?" if name in NAMESPACES else ""
        refuse("xp", f"an array library, one of the modules {', '.join(NAMESPACES.values())}", xp, TypeError, hint)
    return xp


def epoch(name: str, value: Any) -> float:
    """Return the epoch as a plain number >= 0: before 0 it counts as 0."""
    e = number(name, value)
    return e if e > 0 else 0


def time(name: str, value: Any) -> float:
    """Return a time > 0, an int if it is whole."""
    t = number(name, value)
    if t <= 0:
        refuse(name, "> 0", value, hint=TOO_SHORT if name == "t_max" else "")
    return _whole(t)


def span(name: str, value: Any) -> float:
    """Return a time >= 0, an int if it is whole."""
    t = number(name, value)
    return _whole(t) if t >= 0 else refuse(name, ">= 0", value)


def duration(name: str, value: Any) -> float:
    """Return a time >= 0 that may be added to others."""
    t = span(name, value)
    return t if t <= MAX_DURATION else float(t)


def _whole(t: float) -> float:
    """Return a whole float as an int: 3.0 and 3 are equal, and so must be the rates."""
    return t if t % 1 else int(t)


def rate(name: str, value: Any) -> float:
    """Return a rate as a float >= 0."""
    lr = value if type(value) is float and value < inf else float(number(name, value))
    return lr + 0.0 if lr >= 0.0 else refuse(name, ">= 0", value)  # never -0.0


def rates(lr_init: Any, lr_min: Any) -> tuple[float, float]:
    """Return both rates, the second no higher than the first."""
    high, low = rate("lr_init", lr_init), rate("lr_min", lr_min)
    return (high, low) if low <= high else refuse("lr_min", f"<= lr_init, which is {high}", lr_min, hint=RISING)


def ratio(name: str, value: Any) -> float:
    """Return a ratio as a float in (0, 1]."""
    gamma = value if type(value) is float else float(number(name, value))
    return gamma if 0.0 < gamma <= 1.0 else refuse(name, "in (0, 1]", value, hint=RISING if gamma > 1.0 else "")


def exponent(name: str, value: Any) -> float:
    """Return an exponent as a float > 0."""
    power = value if type(value) is float and value < inf else float(number(name, value))
    return power if power > 0.0 else refuse(name, "> 0", value)


def multiple(name: str, value: Any) -> float:
    """Return a ratio of lengths in [1, 2**53], an int if it is whole."""
    t_mult = value if type(value) is int else _whole(number(name, value))
    return t_mult if 1 <= t_mult <= MAX_T_MULT else refuse(name, "in [1, 2**53]", value)


def count(name: str, value: Any) -> int | None:
    """Return a whole number >= 1, or None."""
    return None if value is None else whole_number(name, value, 1)


def whole_number(name: str, value: object, least: int) -> int:
    """Return a whole number >= `least` as an int."""
    n = number(name, value)
    return int(n) if n % 1 == 0 and n >= least else refuse(name, f"a whole number >= {least}", value)


def common(name: str, e: Any, lr_init: Any, lr_min: Any, t: Any) -> tuple[float, float, float, float]:
    """Return e, both rates and the time `name`, which most decays share: one test for the usual arguments.

    What does not pass it is converted or refused below, so a test that is too strict is only slow.
    """
    if (
        type(e) in PLAIN
        and (type(t) is int or type(t) is float and t % 1)
        and type(lr_init) in PLAIN_RATE
        and type(lr_min) in PLAIN_RATE
        and 0 <= e <= MAX_INT
        and 0 < t <= MAX_INT
        and 0.0 <= lr_min <= lr_init <= MAX_FLOAT
    ):
        return e, lr_init + 0.0, lr_min + 0.0, t
    return epoch("e", e), *rates(lr_init, lr_min), time(name, t)


# Schedules, and sequences of them.


def function(name: str, value: Any) -> ScheduleLike:
    """Return a schedule: a callable, and no class."""
    if isinstance(value, type) or not callable(value):
        hint = f"a constant? ConstantLR({value})" if type(value) in PLAIN else ""
        refuse(name, "callable, epoch in and rate out, and no class", value, TypeError, hint)
    return value  # type: ignore[no-any-return]


def functions(name: str, value: Any) -> Any:
    """Return at least one schedule, as a tuple."""
    return _each(function, name, value) or refuse(name, "a sequence of at least one schedule", value)


def pairs(name: str, value: Any) -> tuple[tuple[float, ScheduleLike], ...]:
    """Return pairs (duration, schedule), as a tuple of tuples."""
    return _each(_pair, name, value)


def ascending(name: str, value: Any) -> tuple[float, ...]:
    """Return any numbers in ascending order, as a tuple."""
    return tuple(sorted(map(_whole, _each(number, name, value))))


def one_of_curves(name: str, value: Any) -> str:
    """Return the name of a curve, also if a member of an enumeration came in."""
    if not isinstance(value, str) or value not in CURVES:
        refuse(name, f"one of {', '.join(map(repr, CURVES))}", value)
    return str.__str__(value)


def _pair(name: str, value: Any) -> tuple[float, ScheduleLike]:
    pair = _items(name, value, "a pair (duration, schedule)")
    if len(pair) != 2:
        refuse(name, "a pair (duration, schedule)", value)
    if callable(pair[0]) and not callable(pair[1]):
        refuse(name, "a pair (duration, schedule)", value, TypeError, hint="swapped?")
    return duration(f"{name}[0]", pair[0]), function(f"{name}[1]", pair[1])


def _each(converter: Converter, name: str, value: Any) -> tuple[Any, ...]:
    return tuple(converter(f"{name}[{i}]", each) for i, each in enumerate(_items(name, value)))


def _items(name: str, value: Any, must: str = "a sequence") -> tuple[Any, ...]:
    """Return the items, but not those of an iterator, which its first use empties, and of a set, which has no order."""
    if hasattr(value, "__next__") or isinstance(value, (dict, bytes, set, frozenset)):
        refuse(name, must, value, TypeError)
    try:
        return tuple(value)
    except UNCONVERTIBLE:
        refuse(name, must, value, TypeError)


# What a schedule returns.


def returned_rate(value: Any) -> float:
    """Return what a schedule returned as a float >= 0."""
    return rate("schedule(e)", value)


def validated(schedule: ScheduleLike) -> ScheduleLike:
    """Return the schedule as a function whose rates are validated."""
    return lambda e: rate("schedule(e)", schedule(e))


def peak_of(schedule: ScheduleLike, lr_start: float, curve: str) -> float:
    """Return the end of a warm-up, schedule(0), or raise ValueError if it cannot be reached from `lr_start`."""
    peak = returned_rate(schedule(0))
    if lr_start > peak:
        falling = f"falling? SequenceLR([(t_warmup, PolynomialLR({lr_start}, {peak}, t_warmup))], schedule)"
        refuse("lr_start", f"<= schedule(0), which is {peak}", _whole(lr_start), hint=falling)
    if lr_start == 0.0 and curve == "exponential":
        refuse("lr_start", "> 0 in an exponential warm-up", _whole(lr_start))
    return peak


def low_of(schedule: ScheduleLike, t_max: float, gamma: float, n_cycles: int | None) -> float:
    """Return the end of a cycle, schedule(t_max), or 0.0 where the formula of restarts does not need it."""
    return returned_rate(schedule(t_max)) if gamma < 1.0 or n_cycles is not None else 0.0


def timeline(pieces: Iterable[tuple[float, ScheduleLike]], then: ScheduleLike) -> Timeline:
    """Return the starts, the ends and the schedules of a sequence. Each end is less by the tolerance."""
    durations, schedules = zip(*pieces, (inf, then))
    ends = tuple(accumulate(durations))
    return (0, *ends[:-1]), tuple(end * ALMOST for end in ends), schedules


# The fields of a schedule.


def checked(**arguments: Any) -> dict[str, Any]:
    """Return the arguments converted, each by its name. Raise TypeError or ValueError that names the first bad one."""
    good = {name: CONVERTERS.get(name, _other)(name, value) for name, value in arguments.items()}
    if "lr_init" in good and "lr_min" in good:
        rates(arguments["lr_init"], arguments["lr_min"])
    return good


def _other(name: str, value: Any) -> Any:
    """Return the value of any other field: a list as a tuple, a number of NumPy, PyTorch or JAX as Python has it."""
    if type(value) in (list, tuple):
        return tuple(_other(name, each) for each in value)
    return value.tolist() if getattr(value, "shape", None) == () and hasattr(value, "tolist") else value


CONVERTERS: dict[str, Converter] = {
    "lr_init": rate, "lr_min": rate, "lr_start": rate,
    "t_max": time, "t_scale": time, "step_size": time,
    "t_warmup": span, "t_shift": span,
    "t_mult": multiple, "gamma": ratio, "power": exponent, "k_decay": exponent, "n_cycles": count,
    "milestones": ascending, "curve": one_of_curves,
    "schedule": function, "then": function, "schedules": functions, "pieces": pairs,
}  # fmt: skip

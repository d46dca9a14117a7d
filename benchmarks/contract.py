"""The laws that any schedule, a function from the epoch to the rate, can be held to; and who keeps them.

A law is a function of the schedule `f` and of the ends that its parameters name; it yields what breaks it. Ends that
are not known are not asked about: without `lr_init`, `lr_min` and `t_max` a schedule is held to the rest. `lr_half` is
the rate at half of t_max, for those that have a say in it. The laws are about functions: how an object compares, hashes
and prints is not asked.

    >>> from cosine_lr import CosineLR
    >>> for name, found in check(CosineLR(0.1, 0.001, t_max=10), lr_init=0.1, lr_min=0.001, t_max=10).items():
    ...     assert found is None, (name, found)
"""

from __future__ import annotations

import inspect
import math
import random
import re
import signal
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from fractions import Fraction
from importlib import import_module
from typing import Any, NamedTuple

from .peers import ONE_LINER, OURS, PEERS, Peer, Rate, Unaskable, one_liner, optimizer, quiet, timm_scheduler
from .tables import table

PATIENCE = 5.0  # seconds for one law


class Broken(NamedTuple):
    """What breaks a law: the epoch, what came (a rate or an exception), what had to come."""

    e: object
    got: object
    wanted: object

    def __str__(self) -> str:
        came = f"raises {_error(self.got)}" if isinstance(self.got, Exception) else f"= {_short(self.got)}"
        return f"f({_short(self.e)}) {came}, not {_short(self.wanted)}"


def _short(value: object) -> str:
    if isinstance(value, int) and abs(value) >= 10**7:
        digits = str(value)
        return digits.rstrip("0")[:-1] + f"10**{len(digits.lstrip('-')) - 1}" if digits.strip("-0") == "1" else digits
    return value if isinstance(value, str) and " " in value else " ".join(repr(value).split())


def _error(error: Exception) -> str:
    line = re.sub(" at 0x[0-9a-f]+", "", f"{type(error).__name__}: {str(error).strip()}".splitlines()[0])
    return line if len(line) <= 70 else line[:67] + "..."


Check = Callable[..., Iterator[Broken]]


class Law(NamedTuple):
    name: str
    sentence: str
    needs: tuple[str, ...]
    kind: str  # what it is about: "any" schedule, a "decay" that ends, "restarts"
    check: Check


LAWS: list[Law] = []


def law(kind: str) -> Callable[[Check], Check]:
    def enter(check: Check) -> Check:
        _, *needs = inspect.signature(check).parameters
        sentence = " ".join((check.__doc__ or "").split())
        LAWS.append(Law(check.__name__.replace("_", " "), sentence, tuple(needs), kind, check))
        return check

    return enter


# The laws. `f` answers with whatever the schedule returns.


@law("any")
def returns_a_float(f: Rate) -> Iterator[Broken]:
    """type(f(e)) is float."""
    for e, got in _raw_answers(f, [0, 1, 7]):
        if type(got) is not float:
            yield Broken(e, got, "a float")


@law("any")
def takes_any_number(f: Rate) -> Iterator[Broken]:
    """Every number type counts with its value, fractions of an epoch and 0-d arrays too."""
    for e in (True, 1.0, 2.5, Fraction(5, 2), *_numpy_numbers()):
        for _, got in _answers(f, [e]):
            yield from _differs(e, got, float(f(1 if e == 1 else 2.5)))


@law("any")
def is_pure(f: Rate) -> Iterator[Broken]:
    """The same epoch gives the same bits, in any order."""
    epochs = list(range(40))
    straight = dict(_answers(f, epochs))
    random.Random(0).shuffle(epochs)
    for e, got in _answers(f, epochs):
        yield from _differs(e, got, straight[e])


@law("any")
def holds_before_0(f: Rate) -> Iterator[Broken]:
    """For e < 0 as for e = 0."""
    for e, got in _answers(f, [-1, -0.5, -(10**6)]):
        yield from _differs(e, got, float(f(0)))


@law("any")
def never_stops_a_run(f: Rate) -> Iterator[Broken]:
    """No finite e raises or takes for ever, however large or negative."""
    for e, got in _answers(f, [10**7, 10**15, 2**63, 1e308, 10**400, -1e308]):
        if not 0.0 <= got < math.inf:
            yield Broken(e, got, "a rate")


@law("any")
def refuses_what_is_no_epoch(f: Rate) -> Iterator[Broken]:
    """NaN, infinities, text, complex numbers, dates, None and lists raise ValueError or TypeError, in arrays too."""
    for e in (math.nan, math.inf, -math.inf, "3", 3j, date(2026, 1, 3), None, [1, 2], *_numpy_no_numbers()):
        try:
            for _, got in _raw_answers(f, [e]):
                yield Broken(e, got, "a ValueError or TypeError")
        except (ValueError, TypeError):
            pass


@law("any")
def starts_at_lr_init(f: Rate, lr_init: float) -> Iterator[Broken]:
    """f(0) == lr_init, bit for bit."""
    for e, got in _answers(f, [0]):
        yield from _differs(e, got, lr_init)


@law("any")
def stays_in_range(f: Rate, lr_init: float, lr_min: float, t_max: float) -> Iterator[Broken]:
    """lr_min <= f(e) <= lr_init, always."""
    for e, got in _answers(f, _through(t_max, 3)):
        if not lr_min <= got <= lr_init:
            yield Broken(e, got, f"from {lr_min!r} to {lr_init!r}")


@law("decay")
def never_rises(f: Rate, t_max: float) -> Iterator[Broken]:
    """It does not rise on the way to t_max."""
    yield from _rises(f, _through(t_max, 1))


@law("decay")
def never_rises_in_between(f: Rate, t_max: float) -> Iterator[Broken]:
    """Nor between epochs that are 10^-9 of t_max apart."""
    for place in (0.001, 0.25, 0.4999, 0.75, 0.999):
        yield from _rises(f, [t_max * (place + k * 1e-9) for k in range(50)])


@law("decay")
def is_not_there_early(f: Rate, lr_min: float, t_max: float) -> Iterator[Broken]:
    """Down to 0, the last epochs before t_max still have a rate."""
    for e, got in _answers(f, _last(t_max)) if lr_min == 0.0 else ():
        if not got > 0.0:
            yield Broken(e, got, "above 0")


@law("decay")
def ends_at_lr_min(f: Rate, lr_min: float, t_max: float) -> Iterator[Broken]:
    """f(t_max) == lr_min, bit for bit."""
    for e, got in _answers(f, [t_max]):
        yield from _differs(e, got, lr_min)


@law("decay")
def forgives_a_rounding(f: Rate, lr_min: float, t_max: float) -> Iterator[Broken]:
    """An epoch that only a rounding keeps below t_max is on it: f is lr_min there, bit for bit."""
    for e, got in _answers(f, [math.nextafter(t_max, 0.0), t_max * (1.0 - 2.0**-45)]):
        yield from _differs(e, got, lr_min)


@law("decay")
def passes_its_half(f: Rate, lr_half: float, t_max: float) -> Iterator[Broken]:
    """f(t_max / 2) == lr_half, bit for bit: for a cosine or a line the mean of both ends, rounded once."""
    half = t_max // 2 if isinstance(t_max, int) and t_max % 2 == 0 else t_max / 2
    for e, got in _answers(f, [half]):
        yield from _differs(e, got, lr_half)


@law("decay")
def holds_past_the_end(f: Rate, lr_min: float, t_max: float) -> Iterator[Broken]:
    """Past t_max, lr_min for ever."""
    for e, got in _answers(f, [t_max + 1, t_max + 2, 2 * t_max, 3 * t_max + 7, 10**15]):
        yield from _differs(e, got, lr_min)


@law("restarts")
def restarts_at_its_peak(f: Rate, lr_init: float, lr_min: float, t_max: float, t_mult: float) -> Iterator[Broken]:
    """Every restart epoch up to 10^5 returns lr_init, the epoch before it is in the lower half."""
    yield from _at_restarts(f, lr_init, lr_min, [pair for pair in _restarts(t_max, t_mult) if pair[0] <= 10**5])


@law("restarts")
def restarts_far_out(f: Rate, lr_init: float, lr_min: float, t_max: float, t_mult: float) -> Iterator[Broken]:
    """The same up to 10^15."""
    yield from _at_restarts(f, lr_init, lr_min, [pair for pair in _restarts(t_max, t_mult) if pair[0] > 10**5])


@law("restarts")
def restarts_in_fractions(f: Rate, lr_init: float, lr_min: float, t_max: float, t_mult: float) -> Iterator[Broken]:
    """In fractions of a run it restarts on the same step as in steps: t_max=0.1 at 0.2, 0.3, 0.7."""
    fraction = Fraction(t_max).limit_denominator(10**6)
    if fraction.denominator > 1:  # a first cycle of so many steps, in a run of so many
        steps, run = 10 * fraction.numerator, 10 * fraction.denominator
        restarts = [pair for pair in _restarts(steps, t_mult) if pair[0] <= 10**5]
        yield from _at_restarts(f, lr_init, lr_min, restarts, run)


# What the laws share.


def _raw_answers(f: Rate, epochs: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield each epoch that can be asked for, with the answer."""
    for e in epochs:
        try:
            yield e, f(e)
        except Unaskable:
            pass


def _answers(f: Rate, epochs: Iterable[Any]) -> Iterator[tuple[Any, float]]:
    for e, got in _raw_answers(f, epochs):
        yield e, float(got)


def _numpy_numbers() -> list[Any]:
    try:
        numpy = import_module("numpy")
    except ImportError:
        return []
    halves = [make(2.5) for make in (numpy.float16, numpy.float32, numpy.float64, numpy.array)]
    return [numpy.int64(1), numpy.uint8(1), *halves]


def _numpy_no_numbers() -> list[Any]:
    try:
        numpy = import_module("numpy")
    except ImportError:
        return []
    return [numpy.array("3"), numpy.complex128(3j), numpy.timedelta64(3, "D")]


def _differs(e: object, got: float, wanted: float) -> Iterator[Broken]:
    if got != wanted or math.copysign(1.0, got) != math.copysign(1.0, wanted):
        yield Broken(e, got, wanted)


def _rises(f: Rate, epochs: Iterable[float]) -> Iterator[Broken]:
    last = math.inf
    for e, got in _answers(f, epochs):
        if not got <= last:
            yield Broken(e, got, f"at most {last!r}")
        last = got


def _through(t_max: float, times: int) -> list[float]:
    """Return epochs from 0 to `times` horizons, rising; whole ones if the horizon is."""
    parts = min(int(t_max), 100) if t_max >= 20 else 20
    if isinstance(t_max, int):
        return sorted({k * t_max // parts for k in range(times * parts + 1)})
    return [k * t_max / parts for k in range(times * parts + 1)]


def _last(t_max: float) -> list[float]:
    return [t_max - k for k in range(10, 0, -1) if t_max > k]


def _restarts(t_max: float, t_mult: float) -> list[tuple[int, int]]:
    """Return the whole epochs up to 10^15 at which it restarts, in exact arithmetic, and how long the cycle before each
    was. With fractions of an epoch there are none."""
    if not isinstance(t_max, int):
        return []
    if t_mult == 1:
        return [(t_max * i, t_max) for i in [*range(1, 201), *(10**k // t_max + 1 for k in range(4, 16))]]
    found, start, length = [], Fraction(0), Fraction(t_max)
    while start + length <= 10**15:
        start, length = start + length, length * Fraction(t_mult)
        if start.denominator == 1:
            found.append((int(start), int(length / Fraction(t_mult))))
    return found


def _at_restarts(
    f: Rate, lr_init: float, lr_min: float, restarts: list[tuple[int, int]], run: int = 0
) -> Iterator[Broken]:
    """Ask at the restarts and just before, in steps, or in fractions of a run of so many steps."""
    for start, length in restarts:
        before, at = ((start - 1) / run, start / run) if run else (start - 1, start)
        for e, got in _answers(f, [before] if length > 2 else []):
            if not got <= (lr_init + lr_min) / 2:
                yield Broken(e, got, "in the lower half")
        for e, got in _answers(f, [at]):
            yield from _differs(e, got, lr_init)


# Holding a schedule to them.


def check(f: Rate, laws: Sequence[Law] = LAWS, /, **ends: float) -> dict[str, Broken | None]:
    """Hold `f` to every law that needs no more than `ends`: what breaks it first, or None; laws that could ask nothing
    are left out. With `t_mult` among the ends it is held to what restarts keep, without to what a decay keeps."""
    kinds = ("any", "restarts" if "t_mult" in ends else "decay")
    found = {}
    for each in laws:
        if each.kind in kinds and set(each.needs) <= set(ends):
            try:
                found[each.name] = _first(each, f, ends)
            except Unaskable:
                pass
    return found


def _first(each: Law, f: Rate, ends: dict[str, float]) -> Broken | None:
    asked = []

    def noted(e: Any) -> Any:
        asked.append(e)
        try:
            return f(e)
        except Unaskable:
            asked.pop()
            raise

    try:
        with _patience(PATIENCE):
            broken = next(each.check(noted, **{name: ends[name] for name in each.needs}), None)
    except Unaskable:
        raise
    except Exception as error:
        broken = Broken(asked[-1], error, "a rate")
    if not asked:
        raise Unaskable
    return broken


@contextmanager
def _patience(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in the block after so many seconds, where the system can."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise TimeoutError(f"no answer in {seconds:g} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# The peers.


Ends = dict[str, float]


def _ends(*values: float) -> Ends:
    return dict(zip(("lr_init", "lr_min", "t_max", "t_mult"), values))


def _pool(n: int) -> list[Ends]:
    some = random.Random(0)
    rates = [some.uniform(1e-4, 1.0) for _ in range(n)]
    return [_ends(rate, rate * some.random(), some.choice([10, 30, 90])) for rate in rates]


DECAYS = [_ends(0.1, 0.001, 10), _ends(0.053, 0.00017, 10), _ends(3e-4, 0.0, 100_000)]
RESTARTS = [
    _ends(0.1, 0.001, 10, 3),
    _ends(0.1, 0.001, 10, 10),
    _ends(0.1, 0.001, 1, 3),
    _ends(0.1, 0.001, 10, 2),
    _ends(0.1, 0.001, 10, 1),
    _ends(0.1, 0.001, 16, 1.5),
    _ends(1.0, 0.0, 10, 1),
    _ends(0.1, 0.001, 0.1, 1),
    _ends(0.1, 0.001, 0.1, 2),
    _ends(0.1, 0.001, 80 / 1251, 1),
]


def hold(peer: Peer, quick: bool = False) -> dict[str, str]:
    """Return for each law that the peer can be asked about "yes", or its first counter-example."""
    if peer.shape == "restarts":
        cases = RESTARTS[:2] + RESTARTS[6:8] if quick else RESTARTS
    else:
        cases = DECAYS + _pool(3 if quick else 25)
    verdicts: dict[str, str] = {}
    for ends in cases:
        told = {name: peer.told(value) for name, value in ends.items()}
        laws = [each for each in LAWS if verdicts.get(each.name, "yes") == "yes"]
        if peer.walks:  # in order is the only way
            laws = [each for each in laws if each.check is not is_pure]
        try:
            f = peer.rate(*told.values())
        except Unaskable:
            continue
        if peer.shape in ("cosine", "line"):
            told["lr_half"] = peer.told(float((Fraction(told["lr_init"]) + Fraction(told["lr_min"])) / 2))
        for name, broken in check(f, laws, **told).items():
            arguments = ", ".join(f"{value!r}" for value in ends.values())
            verdicts[name] = "yes" if broken is None else f"({arguments}): {broken}"
    return verdicts


# What is known to be wrong: what to type (the last part is the result), and what would be right. `o` is a PyTorch SGD
# at 0.1, `again` one that has been at work before.
KNOWN: list[tuple[str, str, object]] = [
    ("", "one_liner(11, 0.1, 0.001, 10)", 0.001),
    ("", "one_liner(0, 0.053, 0.00017, 10) <= 0.053", True),
    *(
        ("torch", f"s = CosineAnnealingWarmRestarts(o, {t}, {m}, eta_min=.001); s.step({e}); s.get_last_lr()[0]", 0.1)
        for t, m, e in ((10, 3, 1210), (10, 10, 1110), (1, 3, 121))
    ),
    ("torch", "CosineAnnealingWarmRestarts(again, 10, 2, eta_min=.001, last_epoch=19).get_last_lr()[0]", 0.0505),
    ("torch", "s = CosineAnnealingLR(o, T_max=10); [s.step() for e in range(20)]; s.get_last_lr()[0]", 0.0),
    ("torch", "type(CosineAnnealingLR(o, T_max=-5)).__name__", "ValueError"),
    (
        "torch",
        "s = CosineAnnealingLR(o, T_max=20); s.load_state_dict(CosineAnnealingLR(o, T_max=10).state_dict()); s.T_max",
        20,
    ),
    (
        "torch",
        "w = LinearLR(again, .1, total_iters=5); s = SequentialLR(again, [w, CosineAnnealingLR(again, 10)], [5],"
        " last_epoch=7); s.get_last_lr()[0]",
        0.09045084971874738,
    ),
    ("torch", "s = OneCycleLR(o, .1, total_steps=10); [s.step() for e in range(11)]; s.get_last_lr()[0]", "a rate"),
    *(
        (
            "timm",
            f"s = CosineLRScheduler(o, {t}, lr_min=.001, cycle_mul={m}, cycle_limit=100); s.step({e});"
            " o.param_groups[0]['lr']",
            0.1,
        )
        for t, m, e in ((10, 3.0, 1210), (16, 1.5, 211), (10, 1.0, -1))
    ),
    ("keras", "float(CosineDecayRestarts(.1, 10, t_mul=2., alpha=.01)(81910))", 0.1),
    ("keras", "float(CosineDecay(3e-4, 100000)(99993))", 3.626e-12),
    (
        "transformers",
        "s = get_cosine_with_hard_restarts_schedule_with_warmup(o, 0, 220, num_cycles=22); [s.step() for e in"
        " range(150)]; s.get_last_lr()[0]",
        0.1,
    ),
    (
        "transformers",
        "s = get_cosine_schedule_with_warmup(o, 0, 100); [s.step() for e in range(120)]; s.get_last_lr()[0]",
        0.0,
    ),
    ("optax", "float(join_schedules([lambda e: .1, lambda e: .2, lambda e: .3], [5])(99))", 0.3),
    ("optax", "float(linear_schedule(0, 1e-3, 0)(5))", 1e-3),
]


def known(package: str, code: str) -> object:
    """Type `code` into a fresh interpreter, so to say: return its last part, or what it raised."""
    names: dict[str, Any] = {"one_liner": one_liner}
    if package in ("torch", "timm", "transformers"):
        names |= vars(import_module("torch.optim.lr_scheduler")) | {"o": optimizer(0.1), "again": optimizer(0.1)}
        names["o"].step()
        names["again"].param_groups[0]["initial_lr"] = 0.1
    if package == "timm":
        names |= vars(timm_scheduler("cosine_lr"))
    elif package == "keras":
        names |= vars(import_module("keras").optimizers.schedules)
    elif package in ("optax", "transformers"):
        wanted = re.findall(r"\b(?:get_cosine|join|linear)_\w+", code)
        names |= {name: getattr(import_module(package), name) for name in wanted}
    *before, last = code.split("; ")
    try:
        exec("\n".join(before), names)
        return eval(last, names)
    except Exception as error:
        return _error(error)


def report(versions: Collection[str] = (), quick: bool = False) -> str:
    """Return the tables: law by peer, what breaks them, and the cases that are known to be wrong."""
    peers = [*OURS, ONE_LINER, *(peer for peer in PEERS if peer.package in versions and peer.shape != "warm-up")]
    with quiet():
        verdicts = {peer.name: hold(peer, quick) for peer in peers}
        cases = [(name, code, known(name, code), right) for name, code, right in KNOWN if name in ("", *versions)]
    parts = ["## The contract"]
    for title, arguments, shapes in (
        ("A decay that ends", "(lr_init, lr_min, t_max)", ("cosine", "line")),
        ("Restarts", "(lr_init, lr_min, t_max, t_mult)", ("restarts",)),
    ):
        names = [peer.name for peer in peers if peer.shape in shapes]
        laws = [each for each in LAWS if any(each.name in verdicts[name] for name in names)]
        words = [[verdicts[name].get(each.name, "-") for each in laws] for name in names]
        short = [[name, *("no" if len(word) > 3 else word for word in row)] for name, row in zip(names, words)]
        broken = [
            [name, str(i), word] for name, row in zip(names, words) for i, word in enumerate(row, 1) if len(word) > 3
        ]
        parts += [
            f"### {title}",
            table(["", *map(str, range(1, len(laws) + 1))], short),
            "\n".join(f"{i}. {each.name}: {each.sentence}" for i, each in enumerate(laws, 1)),
            f"The first counter-examples, with {arguments}:" if broken else "Nothing breaks them.",
            *([table(["", "law", "counter-example"], broken)] if broken else []),
        ]
    rows = [[name or "the one-liner", f"`{code}`", _short(got), _short(right)] for name, code, got, right in cases]
    parts += ["### Known cases", table(["", "what to type", "result", "right"], rows)]
    return "\n\n".join(parts)


def load(path: str) -> Rate:
    """Return what `path`, "module:name", names.

    >>> load("math:sqrt")(9)
    3.0
    """
    module, _, name = path.partition(":")
    try:
        found: Any = import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError, ValueError) as error:
        raise ValueError(f"no schedule at {path!r}, which must be module:name ({error})") from None
    if isinstance(found, type) or not callable(found):
        raise ValueError(f"{path} must be a schedule, epoch in and rate out, got {found!r}")
    return found  # type: ignore[no-any-return]


def stranger(f: Rate, **ends: float) -> tuple[str, bool]:
    """Hold any callable to the laws; return what to print, and whether it keeps all that could be asked.

    >>> print(stranger(lambda e: 0.1)[0].splitlines()[0])
    yes  returns a float: type(f(e)) is float.
    """
    found = check(f, **ends)
    lines = []
    for each in LAWS:
        broken = found.get(each.name)
        if each.name in found:
            lines.append(f"no   {each.name}: {broken}" if broken else f"yes  {each.name}: {each.sentence}")
        elif each.kind == ("restarts" if "t_mult" in ends else "decay") or each.kind == "any":
            lacking = ", ".join(f"--{name.replace('_', '-')}" for name in each.needs if name not in ends)
            lines.append(f"-    {each.name}: " + (f"needs {lacking}" if lacking else "nothing to ask"))
    return "\n".join(lines), not any(found.values())

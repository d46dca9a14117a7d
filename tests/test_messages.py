"""Messages end with what may have been meant: in Python, in the notation, and so on the command line."""

import re
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

import cosine_lr
from cosine_lr import PolynomialLR, Schedule, SequenceLR, WarmupLR
from cosine_lr.checks import NOWHERE, OTHERS
from cosine_lr.checks import meant as meant_by
from tests.schedules import CLASSES, DECAY, HarmonicLR

c: Any = cosine_lr  # untyped here, to pass what no type checker would let pass
NAMED = {each.__name__: each for each in [*CLASSES.values(), HarmonicLR]}


def message(call: Callable[..., object], *arguments: object, **named: object) -> str:
    with pytest.raises((TypeError, ValueError)) as caught:
        call(*arguments, **named)
    return str(caught.value)


def hint(call: Callable[..., object], *arguments: object, **named: object) -> str:
    """What stands in the last brackets."""
    return re.sub(r".*?(?: \((.*)\))?$", r"\1", message(call, *arguments, **named).partition(", got ")[2])


SAID = {"": "", **NOWHERE}  # the answers that name nothing here
KEYWORDS = [  # a class, keywords that it does not have, and what may have been meant
    ("CosineLR", "T_max tmax decay_steps total_steps num_training_steps", "t_max"),
    ("CosineLR", "eta_min min_lr alpha end_value", "lr_min"),
    ("CosineLR", "eta_max max_lr init_lr lr initial_learning_rate", "lr_init"),
    ("CosineLR", "num_warmup_steps warmup_steps", "WarmupLR(schedule, lr_start, t_warmup)"),
    ("CosineLR", "e last_epoch", "LRIterator(schedule, e=...)"), ("CosineLR", "optimizer", "optimizer"),
    ("CosineLR", "verbose", "verbose"), ("CosineLR", "shape colour", ""),
    ("CosineRestartsLR", "T_0 first_cycle_steps", "t_max"), ("CosineRestartsLR", "T_mult tmult", "t_mult"),
    ("CosineRestartsLR", "num_cycles", "n_cycles"), ("PolynomialLR", "total_iters transition_steps", "t_max"),
    ("ExponentialLR", "decay_steps transition_steps", "t_scale"), ("ExponentialLR", "decay_rate gama", "gamma"),
    ("MultiStepLR", "boundaries milestone", "milestones"), ("StepLR", "step", "step_size"),
    ("WarmupLR", "num_warmup_steps warmup_steps warmup", "t_warmup"),
    ("WarmupLR", "start_lr", "lr_start"), ("WarmupLR", "shape", "curve"),
    ("HarmonicLR", "learning_rate", "lr_init"), ("HarmonicLR", "t_max", ""),  # one's own class
    ("HarmonicLR", "e", "LRIterator(schedule, e=...)"),
]  # fmt: skip
NAMES = [  # names in the notation, and what may have been meant
    ("CosinLR cosinelr Cosine cosine_lr CosineAnnealingLR CosineDecay cosine_decay_schedule", "CosineLR"),
    ("CosineAnnealingWarmRestarts CosineDecayRestarts CosineRestartLR", "CosineRestartsLR"),
    ("PolyLR PolynomialDecay", "PolynomialLR"), ("LinearLR", "PolynomialLR, or if it rises WarmupLR"),
    ("WarmUpLR", "WarmupLR"), ("SequentialLR", "SequenceLR"), ("MultistepLR", "MultiStepLR"),
    ("StepDecay", "StepLR"), ("ExpLR", "ExponentialLR"),
    ("get_cosine_schedule_with_warmup OneCycleLR", "WarmupLR(CosineLR(...), ...)"),
    ("ReduceLROnPlateau", "ReduceLROnPlateau"), ("LRIterator", "LRIterator"),
    ("HarmonikLR", "HarmonicLR"),  # one's own class
]  # fmt: skip


def answer(meant: str) -> str:
    return SAID.get(meant, f"did you mean {meant}?")


@pytest.mark.parametrize(("kind", "keywords", "meant"), KEYWORDS)
def test_a_keyword(kind: str, keywords: str, meant: str) -> None:
    for keyword in keywords.split():
        said = f"{kind} has no argument {keyword}" + (meant and f" ({answer(meant)})")
        assert message(NAMED[kind], **{keyword: 3, "colour": 3}) == said  # of several the first
        assert message(c.parse, f"WarmupLR({kind}({keyword}=3), 0, 5)", HarmonicLR) == said


@pytest.mark.parametrize(("names", "meant"), NAMES)
def test_a_class_in_the_notation(names: str, meant: str) -> None:
    for name in names.split():
        said = message(c.parse, f"WarmupLR({name}(0.1), 0.0, 5)", HarmonicLR)
        assert said.endswith(f", got {name!r} ({answer(meant)})")


@pytest.mark.parametrize("text", ["{}(0.1)", "WarmupLR({}(0.1), 0.0, 5)", "SequenceLR([(3, {}(1))], ConstantLR(1))"])
def test_a_class_of_ones_own_that_was_not_handed_in(text: str) -> None:
    for name in ("MyOwnLR", "HarmonicLR", "SmoothCosineLR"):
        assert hint(c.parse, text.format(name)) == f"your own class, in Python: parse(text, {name})"


def test_the_table_answers_with_names_of_this_package_to_names_of_others() -> None:
    arguments = {each.name for kind in CLASSES.values() for each in fields(kind)}
    known = {*cosine_lr.__all__, *arguments, "schedule", "e", "or", "if", "it", "rises"}
    assert {word for ours in OTHERS for word in re.findall(r"\w+", ours)} <= known
    replaced = {name for ours, theirs in OTHERS.items() if ours.isidentifier() for name in theirs.split()}
    assert {*replaced, *NOWHERE}.isdisjoint({*CLASSES, *NAMED} | arguments)


@pytest.mark.parametrize("kind", CLASSES.values())
def test_a_keyword_that_is_meant_is_one_of_the_class(kind: type[Schedule]) -> None:
    names = [each.name for each in fields(kind)]
    for word in " ".join(OTHERS.values()).split():
        said = re.fullmatch(r" \(did you mean (\w+)\?\)", meant_by(word, names))
        assert said is None or said[1] in names, word


@pytest.mark.parametrize("t_max", [0, -11, -0.5, 0.0])
@pytest.mark.parametrize("name", ["cosine_lr", "polynomial_lr", "cosine_restarts_lr"])
def test_a_time_that_is_not_above_0(name: str, t_max: float) -> None:
    said = f"t_max must be > 0, got {t_max} (is the warm-up as long as the run?)"
    assert message(getattr(c, name), 3, 0.1, 0.001, t_max) == said
    assert message(CLASSES[name], 0.1, 0.001, t_max) == said
    assert message(c.parse, f"{CLASSES[name].__name__}(0.1, 0.001, {t_max})") == said


RISING = "swapped? for a rising rate use WarmupLR(ConstantLR(peak), lr_start, t_warmup)"


@pytest.mark.parametrize("kind", [each for each in CLASSES.values() if "lr_min" in each.__annotations__])
def test_ends_that_are_swapped(kind: Any) -> None:
    rest = {"t_max": 10, "t_scale": 10, "step_size": 3, "milestones": [3], "gamma": 0.5}
    arguments = {name: value for name, value in rest.items() if name in kind.__annotations__}
    said = message(kind, lr_init=0.1, lr_min=0.2, **arguments)
    assert said == f"lr_min must be <= lr_init, which is 0.1, got 0.2 ({RISING})"


def test_the_hint_for_a_rising_rate_rises() -> None:
    pasted = RISING.partition(" use ")[2]
    rising = eval(pasted, vars(cosine_lr), {"peak": 0.2, "lr_start": 0.1, "t_warmup": 4})
    assert [rising(e) for e in (0, 2, 4)] == [0.1, pytest.approx(0.15, rel=1e-15), 0.2]


@pytest.mark.parametrize("lr_start", [5, 5.5])
def test_a_warm_up_that_falls(lr_start: float) -> None:
    """The line of the hint can be pasted: its names are those of the arguments."""
    said = f"lr_start must be <= schedule(0), which is 0.1, got {lr_start} (falling? SequenceLR("
    assert message(WarmupLR, DECAY, lr_start, 4).startswith(said)
    assert message(c.warmup_lr, 9, DECAY, lr_start, 4).startswith(said)
    pasted = hint(WarmupLR, DECAY, lr_start, 4).removeprefix("falling? ")
    falling = eval(pasted, vars(cosine_lr), {"schedule": DECAY, "t_warmup": 4})
    assert falling == SequenceLR([(4, PolynomialLR(lr_start, 0.1, 4))], DECAY)


def array_of(library: str, shape: tuple[int, ...] = (3,)) -> object:
    """An array of a library that is not installed here: as far as a message goes."""
    return type("Array", (), {"__module__": library, "shape": shape})()


@pytest.mark.parametrize(
    ("epochs", "call"),
    [
        *((several, "(numpy.asarray(e))") for several in ([0, 1], (0, 1), range(2))),
        *((array_of(f"{name}.core.series"), "(e.to_numpy())") for name in ("pandas", "polars")),
        *((array, "(e)") for array in (np.arange(3), np.arange(3.0), np.arange(3, dtype="u1"))),
        (array_of("torch"), ".on(torch)(e)"),
        (array_of("numpy"), ".on(numpy)(e)"),  # before 2.0
        (array_of("tensorflow.python.framework.ops"), ".on(tensorflow.experimental.numpy)(e)"),
        (array_of("keras.src.backend"), ".on(keras.ops)(e)"),
    ],
)
@pytest.mark.parametrize("ask", [DECAY, HarmonicLR(0.1), lambda e: c.cosine_lr(e, 0.1, 0.001, 10)])
def test_an_array_of_epochs(epochs: object, call: str, ask: Callable[[Any], object]) -> None:
    if call == "(e)" and isinstance(ask, Schedule):
        return  # it takes the array
    assert hint(ask, epochs) == f"an array? with a schedule, such as CosineLR(...), it is schedule{call}"


@pytest.mark.parametrize("rate", [array_of("jax._src.interpreters.ad", ()), np.array([0.1, 0.2])])
def test_a_rate_that_is_an_array_or_traced(rate: Any) -> None:
    said = "a schedule that starts at 1.0 it is peak * schedule(e)"
    assert hint(c.cosine_lr, 3, rate, 0.001, 10).endswith(said)
    assert hint(c.cosine_lr, 3, 0.1, rate, 10).endswith(said)
    assert hint(c.WarmupLR, DECAY, rate, 5).endswith(said)


@pytest.mark.parametrize("name", ["e", "lr_init", "t_max"])
def test_what_is_no_array_has_no_hint(name: str) -> None:
    times = np.timedelta64(3, "D"), np.datetime64("2020")
    for value in ("3", None, 1j, {}, {3}, object(), np.str_("3"), np.array(["a"]), *times):
        arguments = {"e": 3, "lr_init": 0.1, "lr_min": 0.001, "t_max": 10, name: value}
        assert message(c.cosine_lr, **arguments) == f"{name} must be one number, got {value!r}"


TIMES = np.array([10, 20], dtype=np.uint8)
NUMBER = "must be one number, got array([10, 20], dtype=uint8)"
TRACED = f"{NUMBER} (an array of times, or a traced one? with"
CALLABLE = "must be callable, epoch in and rate out, and no class, got 0.1 (a constant? ConstantLR(0.1))"
STATE = "state must be a dict with a whole number 'e' >= 0, got"
load: Any = cosine_lr.LRIterator(DECAY).load_state_dict


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: c.ConstantLR("x" * 78), f"TypeError: lr_init must be one number, got '{'x' * 78}'"),  # 80 characters
        (lambda: c.ConstantLR("x" * 79), f"TypeError: lr_init must be one number, got '{'x' * 76}..."),
        (lambda: c.StepLR(0.1, 0, 0.5), "ValueError: step_size must be > 0, got 0"),
        (lambda: c.ExponentialLR(0.1, gamma=1.5), f"ValueError: gamma must be in (0, 1], got 1.5 ({RISING})"),
        (lambda: c.ExponentialLR(0.1, gamma=-1), "ValueError: gamma must be in (0, 1], got -1"),
        (lambda: c.CosineLR(0.1, 0, TIMES), f"TypeError: t_max {TRACED} t_max=1.0 it is schedule(e / t_max))"),
        (
            lambda: c.ExponentialLR(1, 1, t_scale=TIMES),
            f"TypeError: t_scale {TRACED} t_scale=1.0 it is schedule(e / t_scale))",
        ),
        (lambda: c.StepLR(1, TIMES, 1), f"TypeError: step_size {TRACED} step_size=1.0 it is schedule(e / step_size))"),
        (lambda: c.CosineRestartsLR(0.1, 0.0, 10, t_mult=TIMES), f"TypeError: t_mult {NUMBER}"),
        (lambda: c.WarmupLR(0.1, 0.0, 5), f"TypeError: schedule {CALLABLE}"),
        (lambda: c.WarmupLR("0.1", 0.0, 5), f"TypeError: schedule {CALLABLE.partition('0.1')[0]}'0.1'"),
        (lambda: c.SequenceLR([(3, 0.1)], DECAY), f"TypeError: pieces[0][1] {CALLABLE}"),
        (
            lambda: c.SequenceLR([(DECAY, 3)], DECAY),
            f"TypeError: pieces[0] must be a pair (duration, schedule), got ({DECAY}, 3) (swapped?)",
        ),
        (lambda: load({"count": 3}), f"ValueError: {STATE} {{'count': 3}}"),
        (
            lambda: load({"T_max": 10, "last_epoch": 3}),
            f"ValueError: {STATE} {{'T_max': 10, 'last_epoch': 3}}"
            " (of another scheduler? use LRIterator(schedule, e=last_epoch))",
        ),
    ],
)
def test_other_mistakes(call: Callable[[], object], said: str) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert f"{caught.typename}: {caught.value}" == said

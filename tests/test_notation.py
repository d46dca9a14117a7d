"""The notation: what a person types, and text that means harm."""

import ast
import gc
import inspect
import re
import sys
import sysconfig
from dataclasses import KW_ONLY

import pytest
from hypothesis import given

from cosine_lr import ConstantLR, CosineLR, MultiStepLR, Schedule, SequenceLR, WarmupLR, notation, parse
from cosine_lr.notation import CLASSES as EVERY_NAME
from tests.commands import output
from tests.fuzz import a_text, texts
from tests.schedules import HarmonicLR


@pytest.mark.parametrize(
    ("text", "schedule"),
    [
        ("CosineLR(0.1,0.001,10)", CosineLR(0.1, 0.001, 10)),
        ("  CosineLR(lr_init=1e-1, lr_min=.001,\n t_max=1_0)  ", CosineLR(0.1, 0.001, 10)),
        ("CosineLR\r\n(0.1,\n0.001,\r10)", CosineLR(0.1, 0.001, 10)),
        ("CosineLR(1., 1_0.0_5E-1_0, 1e+0_1)", CosineLR(1.0, 10.05e-10, 10.0)),
        ("MultiStepLR(0.1, [-3, 30, 60.5], 0.1)", MultiStepLR(0.1, (-3, 30, 60.5), 0.1)),
        ("SequenceLR([], ConstantLR(True))", SequenceLR([], ConstantLR(1.0))),
        ("WarmupLR(ConstantLR(0.1), 0, 5, curve='cosine')", WarmupLR(ConstantLR(0.1), 0, 5, curve="cosine")),
    ],
)
def test_what_a_person_types(text: str, schedule: object) -> None:
    assert parse(text) == schedule


def test_the_form_of_a_repr_and_the_longest_text() -> None:
    text = "SequenceLR(((5, WarmupLR(CosineLR(0.1, 0.001, t_max=95), lr_start=0.01, t_warmup=5)),), ConstantLR(0.001))"
    assert repr(parse(text.ljust(10_000))) == text


MUST = "text must be a schedule such as CosineLR(0.1, 0.001, t_max=10), of numbers, strings and lists, "
MUST += "without arithmetic, got "
TWICE = "CosineLR(0.1, 0.001, t_max=10, t_max=100)"
LONG = "x" * 200


@pytest.mark.parametrize(
    ("text", "message"),
    [
        # The text from there on.
        ("CosineLR(0.1, 0.001, t_max=2*5)", f"{MUST}'*5)' (at character 29)"),  # a word that the notation does not have
        ("CosineLR(0.1, 1if 1else 2, 3)", f"{MUST}'1if 1else 2, 3)' (at character 15)"),
        ("\n CosineLR(0.1,\n 0.001 t_max=10)", f"{MUST}'0.001 t_max=10)' (at character 16)"),  # from the first word on
        (TWICE[:29], f"{MUST}{TWICE[8:29]!r} (at character 9: '(' was never closed)"),  # in Python's words
        ("CosineLR(0.1, 0.001, t_max=10))", f"{MUST}')' (at character 31)"),
        ("ConstantLR(0.1)\nConstantLR(0.2)", f"{MUST}'ConstantLR(0.2)' (at character 17)"),
        ("é(ConstantLR(1)", f"{MUST}'(ConstantLR(1)' (at character 2: '(' was never closed)"),
        ("", f"{MUST}'' (at character 1)"),
        ("[ConstantLR(0.1)]", f"{MUST}'[ConstantLR(0.1)]' (parse each text)"),
        # 80 characters of it.
        (f"{LONG}(1)", f"got {LONG[:80]!r} (your own class, in Python: parse(text, {LONG[:80]}))"),
        (f"ConstantLR({LONG})", f"{MUST}'{LONG[:76]}..."),
        ("*" * 200, f"{MUST}'{'*' * 76}... (at character 1)"),
        (
            "ConstantLR(01)",
            f"{MUST}'01)' (at character 12: leading zeros in decimal integer literals are not permitted)",
        ),
        # Others.
        ("ShiftLR(" * 230, "text must not nest schedules that deeply"),
        (f"WarmupLR({TWICE}, 0.0, 5)", f"text must be a call that names each argument once, got {TWICE!r}"),
        ("ConstantLR(0.1)".ljust(10_001), "text must have at most 10000 characters, got 10001"),
    ],
)
def test_what_is_wrong_with_a_text(text: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse(text)
    said = str(caught.value).removeprefix(f"text must be made of {', '.join(EVERY_NAME)}, ")
    assert re.sub(r": (invalid syntax|unmatched).*", ")", said) == message  # in words of Python's that may change


@pytest.mark.parametrize("value", [5, None, b"ConstantLR(1)", ["ConstantLR(1)"]])
def test_what_is_no_text(value: str) -> None:
    with pytest.raises(TypeError, match=f"^text must be a string, got {re.escape(repr(value))}$"):
        parse(value)


class Flagged(Schedule):
    """It has a field of each kind that the notation has words for."""

    lr_init: float
    words: object
    _: KW_ONLY
    flag: bool = False

    def rate(self, e: float, /) -> float:
        return self.lr_init


@pytest.mark.parametrize(
    ("text", "schedule"),
    [
        ("HarmonicLR(0.1)", HarmonicLR(0.1)),
        ("WarmupLR(HarmonicLR(lr_init=0.1), 0.0, 5)", WarmupLR(HarmonicLR(0.1), 0.0, 5)),
        ("SequenceLR([(5, HarmonicLR(0.1))], Flagged(1, []))", SequenceLR([(5, HarmonicLR(0.1))], Flagged(1, []))),
        ("Flagged(1, None, flag=True)", Flagged(1, None, flag=True)),
        ("Flagged(1, ('a', [-2, (3,)], HarmonicLR(2)))", Flagged(1, ("a", [-2, (3,)], HarmonicLR(2)))),
    ],
)
def test_classes_of_ones_own(text: str, schedule: Schedule) -> None:
    assert parse(text, HarmonicLR, Flagged) == schedule
    assert parse(repr(schedule), Flagged, HarmonicLR) == schedule
    missing = "Flagged" if "Flagged" in text else "HarmonicLR"
    with pytest.raises(ValueError, match=rf"\(your own class, in Python: parse\(text, {missing}\)\)$"):
        parse(text, *({HarmonicLR, Flagged} - {HarmonicLR if missing == "HarmonicLR" else Flagged}))


def test_what_a_class_raises_passes() -> None:
    class Broken(Schedule):
        def __post_init__(self) -> None:
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        parse("Broken()", Broken)
    with pytest.raises(TypeError, match="'t_max'"):
        parse("CosineLR(0.1, 0.001)")


@pytest.mark.parametrize("value", [len, int, HarmonicLR(0.1), "HarmonicLR"])
def test_only_subclasses_of_schedule_are_handed_in(value: object) -> None:
    start = f"classes[1] must be a subclass of cosine_lr.schedules.Schedule, got {value!r}"
    with pytest.raises(TypeError, match=f"^{re.escape(start)}"):
        parse("ConstantLR(0.1)", HarmonicLR, value)  # type: ignore[arg-type]


HOSTILE = [  # text that means harm, or that Python's own parser cannot take
    *("\0", "ConstantLR(0.1)\0", "\ud800", "'\\d'", "ConstantLR('\\N{')", "1if 1else 2", '"' + '\\"' * 4500, "#"),
    # Long numbers. To look for a number in every part of a text that is none took hours.
    *("9" * 9000, "9" * 9000 + "x", ".9" * 4500 + "x", "1" + "_1" * 4500 + "x", "1e" + "9" * 9000 + "x"),
    *("ConstantLR(" + "9" * 4000 + ")", "ConstantLR(0x" + "f" * 9000 + ")"),
    *("10**10**10", "ConstantLR(10**10**10)", "'a' * 10**10", "MultiStepLR(0.1, [" + "1," * 4000 + "None], 0.5)"),
    # Nesting.
    *("[" * 9999, "[" * 199 + "]" * 199, "(" * 90 + ")" * 90, "-" * 9998 + "1", "not " * 2499 + "1", "~" * 9998 + "1"),
    *("a" + ".a" * 4999, "a" + "[0]" * 3300, "a" + "()" * 4999, "1" + "+1" * 4999, "1" + "**1" * 3300, "f(" * 4999),
    *("lambda:" * 1400 + "1", "1if 1else " * 990 + "1", "f'" + "{" * 9000, "f'{f\"{1}\"}'"),
    *("WarmupLR(" * n + "ConstantLR(1)" + ",0,1)" * n for n in (99, 190)),
    "RestartLR(" * 99 + "ConstantLR(1)" + ",1,gamma=0.5)" * 99,
    "SequenceLR([(1," * 60 + "ConstantLR(1)" + ")],ConstantLR(1))" * 60,
    # More of Python than the notation has.
    *("ConstantLR(ConstantLR)", "ConstantLR(...)", "ConstantLR(*[0.1])", "ConstantLR((x for x in ()))"),
    *("ConstantLR(0.1); import os", "ConstantLR(0.1)\nConstantLR(0.2)", "ConstantLR(lr_init=0.1, lr_init=0.2)"),
    *("cosine_lr.ConstantLR(0.1)", "LRIterator()", "Schedule()", "().__class__.__base__.__subclasses__()"),
    *("ConstantLR(x:=0.1)", "ConstantLR(await x)", "ConstantLR(1j)", "ConstantLR(b'1')", "ConstantLR(not 0)", "{1: 2}"),
]


@pytest.mark.process
def test_hostile_text_is_refused_without_a_crash_or_a_hang() -> None:
    """In a process of its own: a crash of the interpreter would take the tests with it. A hang would stop them."""
    probe = """
import warnings
warnings.simplefilter("error")
from cosine_lr import parse
from tests.test_notation import HOSTILE
for text in HOSTILE:
    try:
        print("read", repr(parse(text))[:60])
    except (TypeError, ValueError) as error:
        assert "\\n" not in str(error) and len(str(error)) < 500, error
        print(type(error).__name__)
"""
    lines = output("-c", probe).splitlines()
    read = [line for line in lines if line.startswith("read")]
    assert len(lines) == len(HOSTILE)
    # The few that are notation after all: very large numbers count as the largest one, and nesting is allowed.
    assert {line.split("(")[0] for line in read} <= {f"read {name}" for name in EVERY_NAME}
    assert len(read) == 5


@given(texts)
def test_any_text_is_a_schedule_or_a_clear_error(text: str) -> None:
    a_text(text)


def nested(outer: str, n: int) -> str:
    before, after = outer.split("...")
    return before * n + "ConstantLR(1)" + after * n


WARMUP, SEQUENCE = "WarmupLR(..., 0, 1)", "SequenceLR([(1, ...)], ConstantLR(2))"


@pytest.mark.process
def test_nesting_up_to_200_brackets_is_read_and_deeper_is_a_clear_error() -> None:
    """Python's own parser goes no deeper."""
    for outer, n in (WARMUP, 198), (SEQUENCE, 65):
        schedule = parse(nested(outer, n))
        assert parse(repr(schedule)) == schedule
    for text in (nested(WARMUP, 230), nested(SEQUENCE, 70), "[" * 9999, "ConstantLR(" + "-" * 9000 + "1)"):
        with pytest.raises(ValueError, match="^text must not nest schedules that deeply$"):
            parse(text)


@pytest.mark.process
def test_nesting_beyond_what_the_stack_holds_is_a_clear_error() -> None:
    text = nested(WARMUP, 60)

    def answer_below(depth: int) -> str:
        if depth > 0:
            return answer_below(depth - 1)
        try:
            return repr(parse(text))
        except ValueError as error:
            return str(error)

    free = sys.getrecursionlimit() - len(inspect.stack(0))
    answers = {answer_below(free - frames) for frames in (60, 100, 150, 800)}
    assert answers == {repr(parse(text)), "text must not nest schedules that deeply"}


def test_the_last_attempt_to_parse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notation, "_ATTEMPTS", 0)
    assert parse("ConstantLR(0.1)")(0) == 0.1


def test_text_that_is_parsed_in_the_middle_of_a_parse() -> None:
    """A garbage collection may call Python code, which may parse: for CPython 3.11.0 to 3.11.7 a SystemError."""
    text = "WarmupLR(CosineLR(0.1, 0.001, t_max=95), lr_start=0.01, t_warmup=5)"
    schedule = parse(text)
    parsed = 0

    def collecting(phase: str, info: dict[str, int]) -> None:
        nonlocal parsed
        if parsed < 10:
            parsed += 1
            ast.parse("f(1)", mode="eval")

    threshold = gc.get_threshold()
    gc.callbacks.append(collecting)
    gc.set_threshold(5)
    try:
        assert parse(text) == schedule
        assert parsed > 0 or sysconfig.get_config_var("Py_GIL_DISABLED")  # collects at other times
    finally:
        gc.set_threshold(*threshold)
        gc.callbacks.remove(collecting)

# SPDX-FileCopyrightText: The cosine_lr authors
# SPDX-License-Identifier: MIT
"""Schedules as text: `parse` reads what `repr` writes, and what a person types."""

from __future__ import annotations

import ast
import warnings

from .functions import bad
from .iterators import LRIterator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CLASSES = {each.__name__: each for each in LRIterator.__subclasses__()}
_LONGEST = 10_000  # characters; a far longer text can crash Python's own parser


def parse(text: str) -> LRIterator:
    """Return the schedule that `text` describes: the inverse of `repr`.

    The text is a call of one of this package's classes; its arguments are numbers, strings, None, lists, tuples and
    further such calls, by position or by name. It is never evaluated: anything else is a ValueError that says what is
    allowed, and so is a text of over 10,000 characters. A number that a class refuses is refused in its own words.

    >>> schedule = parse("WarmupLR(CosineLR(0.1, 0.001, t_max=95), lr_start=0.01, t_warmup=5)")
    >>> schedule(5)
    0.1
    >>> parse(repr(schedule)) == schedule
    True
    >>> parse("CosineLR(0.1, 0.001, t_max=2 * 5)")
    Traceback (most recent call last):
    ValueError: text may hold schedules, numbers, strings, None, lists and tuples, got '2 * 5'
    """
    if not isinstance(text, str):
        raise bad("text", "a string", text, TypeError)
    if len(text) > _LONGEST:
        raise ValueError(f"text must have at most {_LONGEST} characters, got {len(text)}")
    text = text.strip()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the parser's remarks on odd literals
            body = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise _not_a_schedule(text) from None
    if not isinstance(body, ast.Call):
        raise _not_a_schedule(text)
    try:
        schedule: LRIterator = _value(body, text)
    except RecursionError:
        raise ValueError("text must not nest schedules that deeply") from None
    return schedule


def _not_a_schedule(text: str) -> ValueError:
    return ValueError(f"text must be a schedule such as CosineLR(0.1, 0.001, t_max=10), got {text[:80]!r}")


def _value(node: ast.expr, text: str) -> Any:
    match node:
        case ast.Constant(value=int() | float() | str() | None as value) if type(value) is not bool:
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)) if (
            type(value) is not bool
        ):
            return -value
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return tuple(_value(item, text) for item in items)
        case ast.Call(func=ast.Name(id=name)) if name not in CLASSES:
            raise ValueError(f"text must name a schedule, one of {', '.join(CLASSES)}, got {name[:80]!r}")
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords) if all(each.arg for each in keywords):
            named = {str(each.arg): _value(each.value, text) for each in keywords}
            return CLASSES[name](*(_value(arg, text) for arg in args), **named)
    segment = (ast.get_source_segment(text, node) or text)[:80]
    raise ValueError(f"text may hold schedules, numbers, strings, None, lists and tuples, got {segment!r}")

# SPDX-License-Identifier: MIT
"""Schedules as text: `parse` reads what `repr` writes, and what a person types."""

from __future__ import annotations

import ast
import re

from .checks import refuse
from .iterators import LRIterator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

CLASSES = {each.__name__: each for each in LRIterator.__subclasses__()}
_LONGEST = 10_000  # characters; a far longer text can crash Python's own parser

# The words of the notation. Python's own parser is shown no others: it would warn of some (`1if`, '\d'), and a warning
# can be neither given nor silenced without an effect on the rest of the process.
_ESCAPE = r"\\[\\'\"abfnrtvxuUN]"
_INSIDE = rf"[^{{0}}\\\n\0\ud800-\udfff]|{_ESCAPE}"
_STRING = "|".join(rf"(?<![\w'\"\\]){each}(?:{_INSIDE.format(each)})*{each}(?!['\"])" for each in "'\"")
_NUMBER = r"(?<!\w)(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9][0-9_]*)?(?!\w)"
_WORD = re.compile(rf"{_STRING}|{_NUMBER}|[^\W\d]\w*|[()\[\],=\-\s]")


def parse(text: str, *classes: type[LRIterator]) -> LRIterator:
    """Return the schedule that `text` describes: the inverse of `repr`.

    The text is a call of one of this package's classes, or of your own classes that are handed in: `parse(text, MyLR)`.
    Its arguments are numbers, strings, booleans, None, lists, tuples and further such calls, by position or by name.
    It is never evaluated. Anything else is a ValueError that says what is allowed, and so is a text of over 10,000
    characters, or of over 200 brackets inside one another. What a class refuses, it refuses in its own words.

    >>> schedule = parse("WarmupLR(CosineLR(0.1, 0.001, t_max=95), lr_start=0.01, t_warmup=5)")
    >>> schedule(5)
    0.1
    >>> parse(repr(schedule)) == schedule
    True
    >>> parse("CosineLR(0.1, 0.001, t_max=2*5)")
    Traceback (most recent call last):
    ValueError: text must be a schedule such as CosineLR(0.1, 0.001, t_max=10), of numbers, strings and lists, got '*5)'
    """
    if not isinstance(text, str):
        refuse("text", "a string", text, TypeError)
    if len(text) > _LONGEST:
        raise ValueError(f"text must have at most {_LONGEST} characters, got {len(text)}")
    known = CLASSES | {_own(f"classes[{i}]", each).__name__: each for i, each in enumerate(classes)}
    try:
        return _schedule(_tree(text.strip()), known)
    except RecursionError:
        raise ValueError("text must not nest schedules that deeply") from None


def _own(name: str, value: object) -> type[LRIterator]:
    if not (isinstance(value, type) and issubclass(value, LRIterator)):
        refuse(name, "a subclass of LRIterator", value, TypeError)
    return value


def _tree(text: str) -> ast.expr:
    """Return the syntax tree of a text that has only the words of the notation."""
    rest = _WORD.sub(lambda word: " " * len(word[0]), text)
    if rest.strip():
        _refuse(text[len(rest) - len(rest.lstrip()) :])
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, MemoryError) as error:
        if isinstance(error, MemoryError) or "too many nested" in error.msg:  # the parser's own limits
            raise RecursionError from None
        _refuse(text)


def _refuse(got: str) -> NoReturn:
    refuse("text", "a schedule such as CosineLR(0.1, 0.001, t_max=10), of numbers, strings and lists", got)


def _schedule(node: ast.expr, known: dict[str, type[LRIterator]]) -> LRIterator:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        _refuse(ast.unparse(node))
    name = node.func.id
    if name not in known:
        refuse("text", f"made of {', '.join(known)}", name, hint=f"your own class, in Python: parse(text, {name[:80]})")
    names = [each.arg for each in node.keywords]
    if len({*names}) < len(names):
        refuse("text", "a call that names each argument once", ast.unparse(node))
    named = {str(each.arg): _value(each.value, known) for each in node.keywords}
    return known[name](*(_value(each, known) for each in node.args), **named)


def _value(node: ast.expr, known: dict[str, type[LRIterator]]) -> Any:
    match node:
        case ast.Constant(value=int() | float() | str() | None as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
        case ast.List(elts=items):
            return [_value(each, known) for each in items]
        case ast.Tuple(elts=items):
            return tuple(_value(each, known) for each in items)
    return _schedule(node, known)

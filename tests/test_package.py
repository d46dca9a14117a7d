"""The package as a whole: names, symmetry, layers, types, and copies of it that run elsewhere."""

import ast
import doctest
import importlib
import inspect
import re
import shutil
import sys
import typing
from operator import attrgetter
from pathlib import Path

import numpy as np
import pytest

import cosine_lr
from cosine_lr import Schedule, arrays, formulas
from tests.commands import ROOT, output

PACKAGE = ROOT / "cosine_lr"
SOURCES = {path.stem: path.read_text("utf-8") for path in sorted(PACKAGE.glob("*.py"))}
FUNCTIONS = [name for name in cosine_lr.__all__ if name.endswith("_lr")]
CLASSES = [name for name in cosine_lr.__all__ if name.endswith("LR")]
# The layers, highest first: each imports from those to its right, never from its neighbours. But checks has names of
# formulas. `functions` and `schedules` are two faces.
DRAWN = [
    "__main__ -> plot, notation -> iterators -> schedules -> arrays -> checks -> formulas -> math",
    "functions -> checks -> formulas -> math",
]
OPTIONAL = [["arrays.py"], ["plot.py", "__main__.py"]]  # files that may be deleted, together


def class_of(function: str) -> str:
    return function.removesuffix("lr").replace("multistep", "multi_step").title().replace("_", "") + "LR"


def test_all_is_sorted_complete_and_nothing_else() -> None:
    assert cosine_lr.__all__ == sorted(cosine_lr.__all__)
    public = {name for name, value in vars(cosine_lr).items() if name[0] != "_" and not inspect.ismodule(value)}
    assert public == set(cosine_lr.__all__) == {*FUNCTIONS, *CLASSES, "LRIterator", "Schedule", "parse"}
    assert [class_of(function) for function in FUNCTIONS] == CLASSES


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_class_is_the_parameters_of_its_function_its_formula_and_the_name_of_its_function(function: str) -> None:
    """Its fields are the parameters minus `e`, with the same order, defaults and kinds."""
    class_ = getattr(cosine_lr, class_of(function))
    assert class_ in Schedule.__subclasses__()
    first, *parameters = inspect.signature(getattr(cosine_lr, function)).parameters.values()
    assert (first.name, first.default, first.annotation) == ("e", first.empty, "float")
    form = attrgetter("name", "default", "kind")
    assert [*map(form, inspect.signature(class_).parameters.values())] == [*map(form, parameters)]
    own = {name for name, value in vars(class_).items() if inspect.isfunction(value) and name[:2] != "__"}
    assert own == {"_define"} and class_.__doc__.count(f"`{function}`") == 1


def test_numbers_and_arrays_have_the_same_formulas_in_the_same_order() -> None:
    names = list(arrays.FORMULAS)
    for module in ("formulas", "arrays"):
        assert names == [name for name in defined(module) if name in names]
    assert [f"{name}_lr" for name in names] == [name for name in defined("functions") if name in FUNCTIONS]
    assert [class_of(f"{name}_lr") for name in names] == [name for name in defined("schedules") if name in CLASSES]
    for name, formula in arrays.FORMULAS.items():
        of_numbers = getattr(formulas, name)
        assert [*inspect.signature(formula).parameters] == [*inspect.signature(of_numbers).parameters], name


@pytest.mark.parametrize("name", [*cosine_lr.__all__, "Schedule.values", "LRIterator.load_state_dict"])
def test_every_public_name_has_a_docstring_with_a_doctest(name: str) -> None:
    tests = doctest.DocTestFinder(recurse=False).find(attrgetter(name)(cosine_lr), name)
    assert any(test.examples for test in tests)
    if name in FUNCTIONS:
        text = " ".join((inspect.getdoc(getattr(cosine_lr, name)) or "").split())
        assert re.match(r"Return .*:: LR_e = .*`e`.* in epochs or steps", text)


@pytest.mark.parametrize("module", [*map("cosine_lr.{}".format, SOURCES), "benchmarks.short", "benchmarks.tables"])
def test_doctests(module: str) -> None:
    result = doctest.testmod(importlib.import_module(module.removesuffix(".__init__")))
    assert result.failed == 0 and result.attempted > 0


def defined(module: str) -> list[str]:
    """The functions and classes of a module, in order."""
    return [node.name for node in ast.parse(SOURCES[module]).body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]


def imported(module: str) -> set[str]:
    """The modules that a module imports when it runs: what stands under TYPE_CHECKING does not."""
    found: set[str] = set()
    nodes: list[ast.AST] = [ast.parse(SOURCES[module])]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            prefix = "." * node.level + (node.module or "")
            found |= {prefix} if prefix != "." else {"." + each.name for each in node.names}
        elif not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            nodes += ast.iter_child_nodes(node)
    return found


def below(module: str) -> set[str]:
    """The modules of the package that a module may import."""
    if module == "__init__":  # it imports what it exports
        return {"functions", "iterators", "notation", "schedules"}
    line = next(line for line in DRAWN if module in line)
    return {*re.findall(r"\w+", line[line.index(module) :].partition(" -> ")[2])}


@pytest.mark.parametrize("module", SOURCES)
def test_nothing_points_up(module: str) -> None:
    own = {name[1:] for name in imported(module) if name.startswith(".")}
    assert own - ({"__version__"} if module == "__main__" else set()) <= below(module)
    others = {name.partition(".")[0] for name in imported(module) if not name.startswith(".")}
    assert others <= {*sys.stdlib_module_names, *(["matplotlib"] if module in ("plot", "__main__") else [])}


def test_the_page_for_contributors_draws_the_layers() -> None:
    text = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^ *((?:__main__|functions) -> .+)$", text) == DRAWN


def test_importing_the_package_loads_only_the_standard_library_and_no_arrays() -> None:
    probe = f"""
import sys; sys.path.insert(0, {str(ROOT)!r}); before = set(sys.modules)
import cosine_lr
cosine_lr.CosineLR(0.1, 0.001, t_max=10)(5)
loaded = set(sys.modules) - before
print(*sorted({{name.partition(".")[0] for name in loaded}} - sys.stdlib_module_names), "cosine_lr.arrays" in loaded)
"""
    assert output("-I", "-S", "-c", probe) == "cosine_lr False\n"


def copy_of(folder: Path, without: list[str]) -> Path:
    """Copy the package into a package of another name, and return where that can be imported from."""
    shutil.copytree(PACKAGE, folder / "borrowed" / "rates", ignore=shutil.ignore_patterns("__pycache__", *without))
    (folder / "borrowed" / "__init__.py").touch()
    return folder


@pytest.mark.parametrize("without", [[], *OPTIONAL, sum(OPTIONAL, [])], ids=", ".join)
def test_a_copy_under_another_name_without_the_files_that_may_be_deleted(without: list[str], tmp_path: Path) -> None:
    probe = f"""
import sys; sys.path.insert(0, {str(copy_of(tmp_path, without))!r})
import pickle
from borrowed.rates import *
schedule = parse("WarmupLR(CosineLR(0.1, 0.001, t_max=10), lr_start=0.01, t_warmup=5)")
print(schedule(10), schedule.values(11)[-1], next(LRIterator(schedule, e=10)), cosine_lr(5, 0.1, 0.001, 10))
assert pickle.loads(pickle.dumps(schedule)) == schedule
if {"__main__.py" not in without}:
    from borrowed.rates.__main__ import main
    main(["ConstantLR(0.1)", "-n", "1"])
assert "cosine_lr" not in sys.modules
"""
    rates, *table = output("-I", "-S", "-c", probe).splitlines()
    assert rates == "0.0505 0.0505 0.0505 0.0505"
    assert table == ([] if "__main__.py" in without else ["e\tConstantLR(0.1)", "0\t0.1"])
    assert (tmp_path / "borrowed" / "rates" / "LICENSE").exists()


def test_two_copies_take_each_others_schedules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As any function of the epoch: in combinators, and with arrays. `parse` builds those of its own copy alone."""
    monkeypatch.syspath_prepend(copy_of(tmp_path, []))
    other = importlib.import_module("borrowed.rates")
    schedule = cosine_lr.WarmupLR(other.CosineLR(0.1, 0.001, t_max=10), 0.01, 5)
    epochs = [0, 5, 15]
    assert list(map(schedule, epochs)) == schedule(np.array(epochs)).tolist() == [0.01, 0.1, 0.001]
    with pytest.raises(TypeError, match=r"must be a subclass of cosine_lr\.\S+Schedule, got <class 'borrowed\."):
        cosine_lr.parse("CosineLR(0.1, 0.001, t_max=10)", other.CosineLR)


def test_formulas_pasted_alone(tmp_path: Path) -> None:
    """They import `math` alone, have the syntax of Python 3.8 and check nothing: plain numbers, e >= 0."""
    assert imported("formulas") == {"__future__", "math"}
    ast.parse(SOURCES["formulas"], feature_version=(3, 8))
    shutil.copy(PACKAGE / "formulas.py", tmp_path / "pasted.py")
    probe = f"import doctest, sys; sys.path.insert(0, {str(tmp_path)!r}); import pasted; print(doctest.testmod(pasted))"
    assert re.fullmatch(r"TestResults\(failed=0, attempted=[1-9]\d*\)\n", output("-I", "-S", "-c", probe))


@pytest.mark.parametrize("module", SOURCES)
def test_every_file_names_its_licence(module: str) -> None:
    alone = ["# SPDX-FileCopyrightText: The cosine_lr authors"] * (module == "formulas")  # which may be pasted alone
    first = [*alone, "# SPDX-License-Identifier: MIT"]
    assert SOURCES[module].splitlines()[: len(first)] == first


def test_mypy_strict() -> None:
    output("-m", "mypy", PYTHONPATH="")


@pytest.mark.parametrize("name", [*FUNCTIONS, *CLASSES, "parse"])
def test_type_hints_can_be_had_at_run_time(name: str) -> None:
    """As pydantic and others want them."""
    value = getattr(cosine_lr, name)
    hints = typing.get_type_hints(value.__init__ if inspect.isclass(value) else value)
    assert set(hints) == {*inspect.signature(value).parameters, "return"}


def test_a_consumer_uses_every_public_name_and_runs() -> None:
    """CI type-checks it against the installed wheel, where a name without a type would be seen."""
    nodes = ast.walk(ast.parse((ROOT / "tests" / "consumer.py").read_text("utf-8")))
    assert {node.id for node in nodes if isinstance(node, ast.Name)} >= {*cosine_lr.__all__}
    assert output("-m", "tests.consumer") == "0.1000 0.0976 0.0905 cosine 99\n"

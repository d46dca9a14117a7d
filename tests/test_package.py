"""The package as a whole: names, symmetry, layers, types, and copies of it that run elsewhere."""

from __future__ import annotations

import ast
import dataclasses
import doctest
import importlib
import inspect
import os
import re
import shutil
import subprocess
import sys
import typing
from pathlib import Path

import pytest

import cosine_lr
from cosine_lr import checks, formulas

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "cosine_lr"
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py"))
FUNCTIONS = [name for name in cosine_lr.__all__ if name.endswith("_lr")]
CLASSES = [name for name in cosine_lr.__all__ if name.endswith("LR")]
# The layers, as the README draws them, highest first: each imports from those to its right, never from its neighbours.
LAYERS = [["__main__"], ["plot", "notation"], ["iterators"], ["formulas", "checks"], ["math"]]
FUNCTIONS_LAYERS = [["functions"], ["formulas", "checks"], ["math"]]  # `functions` and `iterators` are two faces


def class_of(function: str) -> str:
    words = {"multistep": "MultiStep"}
    return "".join(words.get(word, word.capitalize()) for word in function.removesuffix("_lr").split("_")) + "LR"


def run(*words: str | Path, **options: object) -> str:
    done = subprocess.run(
        [str(word) for word in words],
        capture_output=True,
        text=True,
        **{"env": os.environ | {"PYTHONPATH": ""}} | options,  # type: ignore[call-overload]
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout)


# Names and symmetry.


def test_all_is_sorted_complete_and_nothing_else() -> None:
    assert cosine_lr.__all__ == sorted(cosine_lr.__all__)
    public = {name for name, value in vars(cosine_lr).items() if name[0] != "_" and not inspect.ismodule(value)}
    assert public == set(cosine_lr.__all__)
    assert len(FUNCTIONS) == 13
    assert [class_of(function) for function in FUNCTIONS] == [
        name for name in map(class_of, FUNCTIONS) if name in CLASSES
    ]
    assert set(CLASSES) == set(map(class_of, FUNCTIONS))
    assert set(cosine_lr.__all__) == {*FUNCTIONS, *CLASSES, "LRIterator", "parse"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_class_has_the_parameters_of_its_function(function: str) -> None:
    """Each class's fields are its function's parameters minus `e`, same order, defaults and kinds."""
    class_ = getattr(cosine_lr, class_of(function))
    first, *parameters = inspect.signature(getattr(cosine_lr, function)).parameters.values()
    fields = dict(inspect.signature(class_).parameters)
    position = fields.pop("e")
    plain = [(each.name, each.kind, each.default) for each in parameters]
    assert [(each.name, each.kind, each.default) for each in fields.values()] == plain
    assert first.name == "e" and (position.kind, position.default) == (position.KEYWORD_ONLY, 0)
    assert [each.name for each in dataclasses.fields(class_)] == ["e", *(each.name for each in parameters)]
    assert issubclass(class_, cosine_lr.LRIterator) and class_.__doc__.count(f"`{function}`") == 1
    methods = {name for name in vars(class_) if inspect.isfunction(vars(class_)[name]) and name[:2] != "__"}
    assert methods - {"_prepare"} == {"rate"}  # the formula, and where needed what is worked out once
    # Keras calls schedule(epoch, rate) first and schedule(epoch) on a TypeError: exactly one, by position.
    (_, only) = inspect.signature(class_.__call__).parameters.values()
    assert only.name == "e" and only.kind is only.POSITIONAL_ONLY


def test_every_public_name_has_a_docstring_with_a_doctest() -> None:
    finder = doctest.DocTestFinder(recurse=False)
    for name in cosine_lr.__all__:
        value = getattr(cosine_lr, name)
        assert any(test.examples for test in finder.find(value, name)), f"{name} has no doctest"
    for method in ("values", "state_dict", "load_state_dict"):
        assert finder.find(getattr(cosine_lr.LRIterator, method), method)[0].examples


@pytest.mark.parametrize("module", MODULES)
def test_doctests(module: str) -> None:
    tested = importlib.import_module(f"cosine_lr.{module}" if module != "__init__" else "cosine_lr")
    result = doctest.testmod(tested)
    assert result.failed == 0 and result.attempted > 0


# Layers.


def imported(module: str) -> set[str]:
    """The modules that a module imports when it runs: what stands under TYPE_CHECKING does not."""
    found = set()
    tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    nodes: list[ast.AST] = [tree]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        nodes.extend(ast.iter_child_nodes(node))
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            prefix = "." * node.level + (node.module or "")
            found |= {prefix} if prefix != "." else {"." + each.name for each in node.names}
    return found


def below(module: str) -> set[str]:
    """The modules of the package that a module may import."""
    for layers in (LAYERS, FUNCTIONS_LAYERS):
        for i, layer in enumerate(layers):
            if module in layer:
                return {each for lower in layers[i + 1 :] for each in lower}
    return {"functions", "iterators", "notation"}  # __init__ imports what it exports


@pytest.mark.parametrize("module", MODULES)
def test_nothing_points_up(module: str) -> None:
    own = {name[1:] for name in imported(module) if name.startswith(".")}
    if module == "__main__":
        own.remove("__version__")  # of __init__
    assert own <= below(module)
    others = {name.partition(".")[0] for name in imported(module) if not name.startswith(".")}
    assert others <= {*sys.stdlib_module_names, *(["matplotlib"] if module in ("plot", "__main__") else [])}


@pytest.mark.parametrize("module", ["formulas", "checks"])
def test_formulas_and_checks_import_only_math(module: str) -> None:
    assert imported(module) == {"__future__", "math"}


def test_functions_imports_only_formulas_and_checks() -> None:
    """and what its annotations name"""
    assert imported("functions") == {"__future__", "collections.abc", ".formulas", ".checks"}


def test_formulas_and_checks_name_the_same_shapes() -> None:
    """They do not know each other; what one lets through, the other has a formula for."""
    assert set(checks.SHAPES) == set(formulas.SHAPES)


def test_the_readme_draws_the_layers() -> None:
    drawn = re.findall(r"^ *((?:__main__|functions) -> .+)$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert [[layer.split(", ") for layer in line.split(" -> ")] for line in drawn] == [LAYERS, FUNCTIONS_LAYERS]


def test_importing_the_package_loads_nothing_outside_the_standard_library() -> None:
    probe = (
        "import sys; before = set(sys.modules); import cosine_lr;"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names))"
    )
    assert run(sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {probe}").split() == [
        "cosine_lr"
    ]


# Vendoring.


def test_a_copy_of_the_folder_under_another_name(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "borrowed" / "rates", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "borrowed" / "__init__.py").touch()
    probe = f"""
import sys; sys.path.insert(0, {str(tmp_path)!r})
import borrowed.rates as rates, pickle
schedule = rates.parse("WarmupLR(CosineLR(0.1, 0.001, t_max=10), lr_start=0.01, t_warmup=5)")
assert pickle.loads(pickle.dumps(schedule)) == schedule and schedule(10) == 0.0505
from borrowed.rates.__main__ import main
main(["CosineLR(0.1, 0.001, t_max=10)"])
assert "cosine_lr" not in sys.modules
"""
    assert "0.0505" in run(sys.executable, "-I", "-S", "-c", probe)
    assert (tmp_path / "borrowed" / "rates" / "LICENSE").exists()


def interpreters() -> list[str]:
    """This Python, and each older one on the machine that the pasted file still promises to run on."""
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    older = [str(path) for minor in (8, 9) for path in sorted(versions.glob(f"3.{minor}.*/bin/python3"))]
    return [sys.executable, *older, *filter(None, map(shutil.which, ("pypy3",)))]


@pytest.mark.parametrize("python", interpreters(), ids=lambda path: Path(path).parts[-3])
def test_formulas_pasted_alone(python: str, tmp_path: Path) -> None:
    """They check nothing: plain numbers, e >= 0."""
    shutil.copy(PACKAGE / "formulas.py", tmp_path / "pasted.py")
    probe = f"""
import doctest, sys; sys.path.insert(0, {str(tmp_path)!r})
import pasted
result = doctest.testmod(pasted)
assert result.failed == 0 and result.attempted > 0
assert pasted.cosine(5, 0.1, 0.001, 10) == 0.0505 and pasted.cosine(11, 0.1, 0.001, 10) == 0.001
assert pasted.cosine_restarts(1210, 0.1, 0.001, 10, 3, 1.0, None) == 0.1
assert pasted.warmup(7, lambda e: pasted.cosine(e, 0.1, 0.001, 10), 0.1, 0.01, 2, "cosine") == 0.0505
assert pasted.sequence(7, [(2, abs)], lambda e: pasted.polynomial(e, 0.5, 0.0, 10)) == 0.25
"""
    run(python, "-I", "-S", "-c", probe)


@pytest.mark.parametrize("module", MODULES)
def test_every_file_names_its_licence(module: str) -> None:
    holder = ["# SPDX-FileCopyrightText: The cosine_lr authors"] if module == "formulas" else []  # it may be pasted alone
    first = [*holder, "# SPDX-License-Identifier: MIT"]
    assert (PACKAGE / f"{module}.py").read_text("utf-8").splitlines()[: len(first)] == first


# Types.


def test_mypy_strict() -> None:
    run(sys.executable, "-m", "mypy", cwd=ROOT)


@pytest.mark.parametrize("name", [*FUNCTIONS, *CLASSES, "parse"])
def test_type_hints_can_be_had_at_run_time(name: str) -> None:
    """As pydantic and others want them; those of functions that take a schedule once were a NameError."""
    value = getattr(cosine_lr, name)
    hints = typing.get_type_hints(value)
    if inspect.isfunction(value):
        assert set(hints) == {*inspect.signature(value).parameters, "return"}
    else:
        assert {each.name for each in dataclasses.fields(value)} <= set(hints)
        assert typing.get_type_hints(value.rate) == typing.get_type_hints(value.__call__) == {"e": float, "return": float}


def test_a_consumer_uses_every_public_name_and_runs() -> None:
    """CI type-checks it against the installed wheel, where a name without a type would be seen."""
    files = [ROOT / "tests" / "consumer.py", ROOT / "tests" / "examples.py"]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8")))]
    assert {*cosine_lr.__all__} <= {node.name for node in nodes if isinstance(node, ast.alias)}
    printed = run(sys.executable, "-m", "tests.consumer", cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert printed == "0.1000 0.0976 0.0905\n"

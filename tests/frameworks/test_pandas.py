"""NumPy and pandas: curves as arrays and as columns."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cosine_lr import CosineLR, PolynomialLR
from recipes import inline, recipe, run

COSINE = CosineLR(0.1, 0.001, t_max=99)
EPOCHS = [3, 0, 120]


def test_curves(folder: Path) -> None:
    """The file gives back the same floats."""
    names = run(recipe("NumPy and pandas"))
    expected = {"epoch": [*range(100)], "cosine": COSINE.values(100)}
    expected["line"] = PolynomialLR(0.1, 0.001, t_max=99).values(100)
    assert names["curves"].to_dict("list") == expected
    assert pd.read_csv("curves.csv", float_precision="round_trip").to_dict("list") == expected
    assert names["rates"].tolist() == pytest.approx(expected["cosine"], rel=1e-15)


def test_a_column_of_epochs() -> None:
    """Do not write a bare schedule: it fills the column with itself."""
    log = pd.DataFrame({"epoch": EPOCHS}, index=[7, 8, 9])
    run(recipe("NumPy and pandas", 1), log=log)
    assert log["learning_rate"].to_list() == pytest.approx([COSINE(e) for e in EPOCHS], rel=1e-15)
    run(inline("NumPy and pandas", 'log["learning_rate"] ='), log=log, schedule=COSINE)
    assert log["learning_rate"].to_list() == [COSINE] * 3

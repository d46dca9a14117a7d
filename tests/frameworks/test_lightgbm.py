"""LightGBM: each tree remembers the rate that it was shrunk by."""

from __future__ import annotations

from typing import Any

import lightgbm
import numpy as np
import pytest

from cosine_lr import CosineLR, PolynomialLR, WarmupLR
from recipes import changed, inline, recipe, run

X = np.arange(40.0).reshape(-1, 1)
Y = (X[:, 0] > 19) * 2.0 + 1.0
PARAMS = {"verbosity": -1, "num_threads": 1, "num_leaves": 2, "min_data_in_leaf": 1, "boost_from_average": False}


def data() -> lightgbm.Dataset:
    return lightgbm.Dataset(X, Y, params={"verbosity": -1}, free_raw_data=False)


def rates(booster: lightgbm.Booster) -> list[float]:
    return [tree["shrinkage"] for tree in booster.dump_model()["tree_info"]]


def approx(expected: list[float]) -> Any:
    return pytest.approx(expected, rel=1e-5)  # it prints six digits


def test_recipe_and_going_on() -> None:
    schedule = WarmupLR(CosineLR(0.1, 0.001, t_max=94), lr_start=0.01, t_warmup=5)
    first = run(changed(recipe("LightGBM"), ("100 - k", "10 - k")), booster=None, data=data(), params=PARAMS)["booster"]
    assert rates(first) == approx(schedule.values(10))
    both = run(recipe("LightGBM"), booster=first, data=data(), params=PARAMS)["booster"]
    assert rates(both) == approx(schedule.values(100))


@pytest.mark.parametrize("form", ["schedule)", "schedule.values"])
def test_short_forms(schedule: WarmupLR, form: str) -> None:
    code = inline("LightGBM", f"lightgbm.reset_parameter(learning_rate={form}")
    rate = eval(code, {"lightgbm": lightgbm, "schedule": schedule})
    assert rates(lightgbm.train(PARAMS, data(), 100, callbacks=[rate])) == approx(schedule.values(100))


def test_a_rate_of_0() -> None:
    """LightGBM refuses it; the recipe does not reach it."""
    schedule = PolynomialLR(0.1, 0.0, t_max=10)
    with pytest.raises(lightgbm.basic.LightGBMError, match="learning_rate"):
        lightgbm.train(PARAMS, data(), 11, callbacks=[lightgbm.reset_parameter(learning_rate=schedule)])
    to_zero = ("WarmupLR(CosineLR(0.1, 0.001, t_max=94), lr_start=0.01, t_warmup=5)", repr(schedule))
    code = changed(recipe("LightGBM"), to_zero, ("import CosineLR, WarmupLR", "import PolynomialLR"))
    booster = run(code, booster=None, params=PARAMS, data=data())["booster"]
    assert rates(booster) == approx([*schedule.values(10), *[1e-12] * 90])

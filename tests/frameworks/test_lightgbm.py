"""LightGBM: each tree remembers the rate that it was shrunk by."""

from __future__ import annotations

from typing import Any

import lightgbm
import numpy as np
import pytest

from cosine_lr import CosineLR, PolynomialLR, WarmupLR
from recipes import changed, recipe, run

X = np.arange(40.0).reshape(-1, 1)
Y = (X[:, 0] > 19) * 2.0 + 1.0
PARAMS = {"verbosity": -1, "num_threads": 1, "num_leaves": 2, "min_data_in_leaf": 1, "boost_from_average": False}
SCHEDULE = WarmupLR(CosineLR(0.1, 0.001, t_max=94), lr_start=0.01, t_warmup=5)
SHORT = ("data, 100", "data, 10")


def booster(code: str, **names: Any) -> lightgbm.Booster:
    data = lightgbm.Dataset(X, Y, params={"verbosity": -1}, free_raw_data=False)
    return run(code, data=data, params=PARAMS, **names)["booster"]


def assert_rates(booster: lightgbm.Booster, expected: list[float]) -> None:
    got = [tree["shrinkage"] for tree in booster.dump_model()["tree_info"]]
    assert got == pytest.approx(expected, rel=1e-5)  # it prints six digits


def test_a_fresh_run() -> None:
    assert_rates(booster(recipe("LightGBM")), SCHEDULE.values(100))


def test_going_on() -> None:
    first = booster(changed(recipe("LightGBM"), SHORT))
    assert_rates(booster(recipe("LightGBM", 1), booster=first), SCHEDULE.values(100))


def test_the_first_recipe_does_not_go_on() -> None:
    first = booster(changed(recipe("LightGBM"), SHORT))
    again = ("data, 100,", "data, 10, init_model=first,")
    assert_rates(booster(changed(recipe("LightGBM"), again), first=first), SCHEDULE.values(10) * 2)


def test_a_rate_of_0_is_refused() -> None:
    rate = lightgbm.reset_parameter(learning_rate=PolynomialLR(0.1, 0.0, t_max=10))
    with pytest.raises(lightgbm.basic.LightGBMError, match="learning_rate"):
        lightgbm.train(PARAMS, lightgbm.Dataset(X, Y), 11, callbacks=[rate])

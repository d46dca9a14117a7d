"""XGBoost: a tree with one leaf takes the rate's share of the error that is left, so the rate can be read from it."""

from __future__ import annotations

import json
import pickle
from typing import Any

import numpy as np
import pytest
import xgboost

from cosine_lr import CosineLR, WarmupLR
from recipes import changed, inline, recipe, run

DATA = xgboost.DMatrix(np.zeros((4, 1)), label=np.ones(4))
SCHEDULE = WarmupLR(CosineLR(0.1, 0.001, t_max=94), lr_start=0.01, t_warmup=5)
xgboost_train = xgboost.train


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """A first guess of 0, and no regularization."""

    def train(params: dict[str, Any], *args: Any, **kwargs: Any) -> xgboost.Booster:
        return xgboost_train({"base_score": 0.0, "lambda": 0.0, "nthread": 1} | params, *args, **kwargs)

    monkeypatch.setattr(xgboost, "train", train)


def assert_rates(booster: xgboost.Booster, expected: list[float]) -> None:
    """Single precision holds what is left of the error, 1 at first, to about 10^-6: the less is left, the coarser."""
    left = 1.0
    for tree, rate in zip(booster.get_dump(dump_format="json"), expected, strict=True):
        leaf = json.loads(tree)["leaf"]
        assert leaf / left == pytest.approx(rate, rel=1e-6 / left)
        left -= leaf


def test_a_fresh_run() -> None:
    assert_rates(run(recipe("XGBoost"), data=DATA)["booster"], SCHEDULE.values(100))


def test_the_interface_of_scikit_learn() -> None:
    """The model can be pickled, and trained once more."""
    plain = ("n_estimators", "base_score=0.0, reg_lambda=0.0, n_estimators")
    model = run(changed(recipe("XGBoost", 1), plain), x=np.zeros((4, 1)), y=np.ones(4))["model"]
    again = pickle.loads(pickle.dumps(model)).fit(np.zeros((4, 1)), np.ones(4))
    for each in (model, again):
        assert_rates(each.get_booster(), SCHEDULE.values(100))


def test_going_on() -> None:
    first = run(changed(recipe("XGBoost"), ("data, 100", "data, 10")), data=DATA)["booster"]
    assert_rates(run(recipe("XGBoost", 2), booster=first, data=DATA)["booster"], SCHEDULE.values(100))


def test_the_bare_schedule_is_one_tree_late() -> None:
    wrong = ("LearningRateScheduler(ShiftLR(schedule, 1))", inline("XGBoost", "LearningRateScheduler(schedule)"))
    booster = run(changed(recipe("XGBoost"), wrong, ('{"eta": schedule(0)}', "{}")), data=DATA)["booster"]
    assert_rates(booster, [0.3, *SCHEDULE.values(99)])


def test_the_first_recipe_does_not_go_on() -> None:
    """In every call XGBoost counts from 0 again."""
    first = run(changed(recipe("XGBoost"), ("data, 100", "data, 10")), data=DATA)["booster"]
    again = ("data, 100,", "data, 10, xgb_model=first,")
    both = run(changed(recipe("XGBoost"), again), data=DATA, first=first)["booster"]
    assert_rates(both, SCHEDULE.values(10) * 2)

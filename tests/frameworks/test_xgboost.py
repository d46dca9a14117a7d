"""XGBoost: a tree with one leaf takes the rate's share of the error that is left, so the rate can be read from it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import xgboost

from cosine_lr import CosineLR, WarmupLR
from recipes import changed, recipe, run

DATA = xgboost.DMatrix(np.zeros((4, 1)), label=np.ones(4))


SCHEDULE = WarmupLR(CosineLR(0.1, 0.001, t_max=94), lr_start=0.01, t_warmup=5)
xgboost_train = xgboost.train


def train(params: dict[str, Any], *args: Any, **kwargs: Any) -> xgboost.Booster:
    """`xgboost.train`, from a first guess of 0 and without regularization."""
    return xgboost_train({"base_score": 0.0, "lambda": 0.0, "nthread": 1} | params, *args, **kwargs)


def assert_rates(booster: xgboost.Booster, expected: list[float]) -> None:
    """Single precision holds what is left of the error, 1 at first, to about 10^-6: the less is left, the coarser."""
    left = 1.0
    for tree, rate in zip(booster.get_dump(dump_format="json"), expected, strict=True):
        leaf = json.loads(tree)["leaf"]
        assert leaf / left == pytest.approx(rate, rel=1e-6 / left)
        left -= leaf


def test_recipe_and_going_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xgboost, "train", train)
    first = run(changed(recipe("XGBoost"), ("100 - k", "10 - k")), booster=None, data=DATA)["booster"]
    assert_rates(first, SCHEDULE.values(10))
    both = run(recipe("XGBoost"), booster=first, data=DATA)["booster"]
    assert_rates(both, SCHEDULE.values(100))


def test_why_it_is_shifted(schedule: WarmupLR) -> None:
    """The callback sets the rate of the next tree."""
    callback = xgboost.callback.LearningRateScheduler(schedule)
    booster = train({"eta": 0.05}, DATA, 30, callbacks=[callback])
    assert_rates(booster, [0.05, *schedule.values(29)])

"""XGBoost: a tree with one leaf takes the rate's share of the error that is left, so the rate can be read from it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import xgboost

from cosine_lr import WarmupLR
from recipes import recipe, run

DATA = xgboost.DMatrix(np.zeros((4, 1)), label=np.ones(4))


def train(params: dict[str, Any], *args: Any, **kwargs: Any) -> xgboost.Booster:
    """`xgboost.train`, from a first guess of 0 and without regularization."""
    return xgboost.train({"base_score": 0.0, "lambda": 0.0, "nthread": 1} | params, *args, **kwargs)


class XGBoost:
    """The module, as a recipe sees it, with that `train`."""

    callback = xgboost.callback
    train = staticmethod(train)


def rates(booster: xgboost.Booster) -> list[float]:
    left, found = 1.0, []
    for tree in booster.get_dump(dump_format="json"):
        leaf = json.loads(tree)["leaf"]
        found.append(leaf / left)
        left -= leaf
    return found


def test_recipe_and_going_on(schedule: WarmupLR) -> None:
    names = {"xgboost": XGBoost, "schedule": schedule, "data": DATA}
    first = run(recipe("XGBoost").replace("100", "10"), booster=None, **names)["booster"]
    assert rates(first) == pytest.approx(schedule.values(10), rel=1e-5)
    both = run(recipe("XGBoost"), booster=first, **names)["booster"]
    assert rates(both) == pytest.approx(schedule.values(100), rel=1e-5)


def test_why_it_is_shifted(schedule: WarmupLR) -> None:
    """The callback sets the rate of the next tree."""
    callback = xgboost.callback.LearningRateScheduler(schedule)
    booster = train({"eta": 0.05}, DATA, 30, callbacks=[callback])
    assert rates(booster) == pytest.approx([0.05, *schedule.values(29)], rel=1e-5)

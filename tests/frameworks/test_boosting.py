"""XGBoost and LightGBM: each tree's rate, read from the tree."""

import json
import pickle
from typing import Any

import lightgbm
import numpy as np
import pytest
import xgboost

from cosine_lr import ShiftLR
from recipes import SCHEDULE, changed, inline, recipe, run

X = np.arange(40.0).reshape(-1, 1)
LEAF = {"base_score": 0.0, "lambda": 0.0, "nthread": 1}  # a first guess of 0, and no regularization
PARAMS = {"verbosity": -1, "num_threads": 1, "num_leaves": 2, "min_data_in_leaf": 1, "boost_from_average": False}
XGBOOST_DATA = xgboost.DMatrix(np.zeros((4, 1)), label=np.ones(4))
LIGHTGBM_DATA = lightgbm.Dataset(X, (X[:, 0] > 19) * 2.0 + 1.0, params={"verbosity": -1}, free_raw_data=False)
RATES = SCHEDULE.values(100)


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    train = xgboost.train
    monkeypatch.setattr(xgboost, "train", lambda params, *args, **kwargs: train(LEAF | params, *args, **kwargs))


def xgboost_rates(booster: xgboost.Booster) -> Any:
    """A tree with one leaf takes the rate's share of the error that is left.
    Single precision holds what is left of the error, 1 at first, to about 10^-6: the less is left, the coarser."""
    left, rates = 1.0, []
    for tree in booster.get_dump(dump_format="json"):
        leaf = json.loads(tree)["leaf"]
        rates.append(pytest.approx(leaf / left, rel=1e-6 / left))
        left -= leaf
    return rates


def lightgbm_rates(booster: lightgbm.Booster) -> Any:
    return pytest.approx([tree["shrinkage"] for tree in booster.dump_model()["tree_info"]], rel=1e-5)  # it has 6 digits


# The data, what reads the rates, the recipe, the one to go on, and the argument that takes a booster to go on with.
LIBRARIES = [
    (XGBOOST_DATA, xgboost_rates, recipe("XGBoost"), recipe("XGBoost", 2), "xgb_model"),
    (LIGHTGBM_DATA, lightgbm_rates, recipe("LightGBM"), recipe("LightGBM", 1), "init_model"),
]


@pytest.mark.parametrize("data, rates_of, fresh, going_on, model", LIBRARIES, ids=["XGBoost", "LightGBM"])
def test_a_fresh_run_and_going_on(data: Any, rates_of: Any, fresh: str, going_on: str, model: str) -> None:
    """Do not go on with the first recipe: in every call the libraries count from 0 again."""

    def booster(code: str, **names: Any) -> Any:
        return run(code, data=data, params=PARAMS, **names)["booster"]

    assert RATES == rates_of(booster(fresh))
    first, second = (booster(changed(fresh, ("data, 100", "data, 10"))) for _ in range(2))
    again = changed(fresh, ("data, 100,", f"data, 10, {model}=first,"))
    assert RATES[:10] * 2 == rates_of(booster(again, first=first))
    assert RATES == rates_of(booster(going_on, booster=second))


def xgboost_model(*changes: tuple[str, str]) -> Any:
    plain = ("XGBRegressor(", "XGBRegressor(base_score=0.0, reg_lambda=0.0, ")
    return run(changed(recipe("XGBoost", 1), *changes, plain), x=np.zeros((4, 1)), y=np.ones(4))["model"]


def test_xgboost_with_the_interface_of_scikit_learn() -> None:
    """The model can be pickled, and trained once more."""
    model = xgboost_model()
    again = pickle.loads(pickle.dumps(model)).fit(np.zeros((4, 1)), np.ones(4))
    for each in (model, again):
        assert RATES == xgboost_rates(each.get_booster())


def test_do_not_give_xgboost_no_number_for_the_first_tree() -> None:
    call = "XGBRegressor(n_estimators=100, learning_rate=schedule(0), callbacks=[following])"
    bare = xgboost_model((call, inline("XGBoost", "XGBRegressor(")))
    assert [0.3] * 20 == xgboost_rates(bare.get_booster()[:20])
    without = xgboost_model((inline("XGBoost", "learning_rate=schedule(0)") + ", ", ""))
    assert [0.3, *RATES[1:]] == xgboost_rates(without.get_booster())


def test_lightgbm_with_the_interface_of_scikit_learn() -> None:
    """It goes on, too. Do not give the callback to the constructor, which ignores it."""

    def booster(code: str, begin: int = 0, **names: Any) -> Any:
        rate = lightgbm.reset_parameter(learning_rate=ShiftLR(SCHEDULE, begin))
        names |= {"x": X, "y": LIGHTGBM_DATA.label, "params": PARAMS, "rate": rate, "lightgbm": lightgbm}
        return eval(changed(code, ("LGBMRegressor(", "LGBMRegressor(**params, ")), names).booster_

    code = inline("LightGBM", "lightgbm.LGBMRegressor(")
    assert RATES == lightgbm_rates(booster(code))
    first = booster(changed(code, ("100", "10")))
    going_on = changed(code, ("100", "90"), ("x, y", "x, y, " + inline("LightGBM", "init_model=")))
    assert RATES == lightgbm_rates(booster(going_on, 10, booster=first))
    wrong = inline("LightGBM", "LGBMRegressor(")
    assert [0.1] * 100 == lightgbm_rates(booster(f"lightgbm.{wrong}.fit(x, y)"))


def test_do_not_pass_xgboost_the_bare_schedule() -> None:
    """It is one tree late."""
    wrong = ("LearningRateScheduler(ShiftLR(schedule, 1))", inline("XGBoost", "LearningRateScheduler(schedule)"))
    code = changed(recipe("XGBoost"), wrong, ('{"eta": schedule(0)}', "{}"))
    assert [0.3, *RATES[:99]] == xgboost_rates(run(code, data=XGBOOST_DATA)["booster"])

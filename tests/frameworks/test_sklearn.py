"""scikit-learn: the rates that its models have trained with."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingRegressor
from sklearn.neural_network import _stochastic_optimizers

from recipes import SCHEDULE, changed, inline, recipe, run

X, Y = np.repeat([[-1.0], [1.0]], 20, axis=0), np.repeat([0, 1], 20)


def sgd_rates(*changes: tuple[str, str], regressor: bool = False) -> list[float]:
    """Run the recipe on one sample, whose gradient is 1; return how the intercept moved in each epoch."""
    rates: list[float] = []
    note = "classes=[0, 1]); rates.append(model.intercept_.item()); model.intercept_ *= 0.0"
    plain = ("SGDClassifier(", "SGDClassifier(penalty=None, ")
    code = changed(recipe("scikit-learn"), *changes, plain, ("classes=np.unique(y))", note))
    if regressor:
        code = code.replace("SGDClassifier", "SGDRegressor").replace("classes=[0, 1]", "")
    run(code, x=[[0.0]], y=[1], rates=rates)
    return rates


def test_sgd() -> None:
    """Do not leave out learning_rate="constant": the default ignores the rate."""
    assert sgd_rates() == SCHEDULE.values(100)
    assert run(recipe("scikit-learn"), x=X, y=Y)["model"].score(X, Y) == 1.0
    default, other = ('learning_rate="constant"', ""), ("0.1, 0.001", "0.2, 0.002")
    assert sgd_rates(default) == sgd_rates(default, other)
    assert sgd_rates(regressor=True) == SCHEDULE.values(100)
    root = [SCHEDULE(e) / (e + 1) ** 0.25 for e in range(100)]
    assert sgd_rates(default, regressor=True) == pytest.approx(root, rel=1e-12)


START, END = ("lr_start=0.01", "lr_start=0.0"), ("0.1, 0.001", "0.1, 0.0")


@pytest.mark.parametrize("which, to_0", [(0, START), (1, START), (1, END), (2, START), (2, END)])
def test_a_rate_of_0_is_refused(which: int, to_0: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="must be a float in the range"):
        run(changed(recipe("scikit-learn", which), to_0), x=X, y=Y)
    assert sgd_rates(END)[-1] == sgd_rates(END, regressor=True)[-1] == 0.0  # it checks the first one only


@pytest.mark.parametrize("which, method, weights", [(0, "partial_fit", "coef_"), (1, "fit", "coefs_")])
def test_seeds(which: int, method: str, weights: str) -> None:
    """Epochs that start with the same weights shuffle differently. Do not write an int: they end alike."""
    x = np.linspace(-1.0, 1.0, 600).reshape(-1, 1)

    def ends(seed: str) -> list[bytes]:
        once = ("range(100)", "range(1)"), ("Classifier(", f"Classifier({seed}, ")
        names = {"x": x, "y": x[:, 0] > 0.3, "np": np}
        model = run(changed(recipe("scikit-learn", which), *once), **names)["model"]
        copies = [copy.deepcopy(model).set_params(random_state=model.random_state) for _ in range(5)]
        return [pickle.dumps(getattr(getattr(each, method)(x, names["y"]), weights)) for each in copies]

    right = ends(inline("scikit-learn", "random_state=np"))
    assert len(set(right)) == 5 and right == ends(inline("scikit-learn", "random_state=np"))
    assert len(set(ends("random_state=0"))) == 1


def test_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """The weights go on from epoch to epoch: it learns. Do not use partial_fit: it keeps its first rate."""
    rates: list[float] = []
    optimizer = _stochastic_optimizers.SGDOptimizer
    original = optimizer._get_updates

    def noted(self: Any, gradients: Any) -> Any:
        moves = original(self, gradients)
        rates.append(-float(moves[-1][0] / gradients[-1][0]))
        return moves

    monkeypatch.setattr(optimizer, "_get_updates", noted)
    losses = run(recipe("scikit-learn", 1), x=X, y=Y)["model"].loss_curve_
    assert rates == pytest.approx(SCHEDULE.values(100), rel=1e-12)
    assert len(losses) == 100 and losses == sorted(losses, reverse=True)
    rates.clear()
    run(changed(recipe("scikit-learn", 1), (".fit(x, y)", ".partial_fit(x, y, classes=[0, 1])")), x=X, y=Y)
    assert rates == pytest.approx([SCHEDULE(0)] * 100, rel=1e-12)


def boosting_rates(code: str, kind: type) -> list[float]:
    """Return by what part of the error that was left each tree lowered it: its rate."""
    left = [0.5]
    fit = kind.fit  # type: ignore[attr-defined]

    class Measured(kind):  # type: ignore[misc,valid-type]
        def fit(self, x: Any, y: Any) -> Any:
            fit(self, x, y)
            left.append(float(np.abs(self.predict(x) - y).max()))
            return self

    names = {"x": X, "y": Y, kind.__name__: Measured}
    run(changed(code, (f"from sklearn.ensemble import {kind.__name__}\n", "")), **names)
    return [1 - after / before for before, after in zip(left, left[1:])]


def test_boosting() -> None:
    """Do not use GradientBoostingRegressor: it scales all trees by the last rate."""
    rates = boosting_rates(recipe("scikit-learn", 2), HistGradientBoostingRegressor)
    assert rates == pytest.approx(SCHEDULE.values(100), rel=1e-4)  # its leaves are float32
    code = recipe("scikit-learn", 2).replace("Hist", "").replace("max_iter", "n_estimators")
    rates = boosting_rates(changed(code, (", early_stopping=False", "")), GradientBoostingRegressor)
    assert rates[:3] == pytest.approx([0.01, 0.0457, 0.0818], rel=1e-2) and rates[-1] < 0

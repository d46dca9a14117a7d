"""scikit-learn: the rates that its models have trained with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingRegressor
from sklearn.neural_network import _stochastic_optimizers

from recipes import SCHEDULE, changed, recipe, run

X, Y = np.repeat([[-1.0], [1.0]], 20, axis=0), np.repeat([0, 1], 20)


def sgd_rates(*changes: tuple[str, str]) -> list[float]:
    """Run the recipe on one sample, whose gradient is 1; return how the intercept moved in each epoch."""
    rates: list[float] = []
    note = "classes=[0, 1]); rates.append(model.intercept_.item()); model.intercept_ *= 0.0"
    plain = ("SGDClassifier(", "SGDClassifier(penalty=None, ")
    code = changed(recipe("scikit-learn"), *changes, plain, ("classes=np.unique(y))", note))
    run(code, x=[[0.0]], y=[1], rates=rates)
    return rates


def test_sgd() -> None:
    """Do not leave out learning_rate="constant": the default ignores the rate."""
    assert sgd_rates() == SCHEDULE.values(100)
    assert run(recipe("scikit-learn"), x=X, y=Y)["model"].score(X, Y) == 1.0
    default, other = ('learning_rate="constant"', ""), ("0.1, 0.001", "0.2, 0.002")
    assert sgd_rates(default) == sgd_rates(default, other)


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

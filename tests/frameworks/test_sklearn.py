"""scikit-learn: the rates that its models have trained with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingRegressor
from sklearn.neural_network import _stochastic_optimizers
from sklearn.utils._param_validation import InvalidParameterError

from cosine_lr import CosineLR, WarmupLR
from recipes import changed, recipe, run

X, Y = np.repeat([[-1.0], [1.0]], 20, axis=0), np.repeat([0, 1], 20)
SCHEDULE = WarmupLR(CosineLR(0.1, 0.001, t_max=94), lr_start=0.01, t_warmup=5)


@pytest.fixture
def updates(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The rates of the updates of an MLPClassifier with plain SGD."""
    rates: list[float] = []
    optimizer = _stochastic_optimizers.SGDOptimizer
    original = optimizer._get_updates

    def noted(self: Any, gradients: Any) -> Any:
        moves = original(self, gradients)
        rates.append(-float(moves[-1][0] / gradients[-1][0]))
        return moves

    monkeypatch.setattr(optimizer, "_get_updates", noted)
    return rates


def sgd_rates(*changes: tuple[str, str]) -> list[float]:
    """Run the recipe on one sample, whose gradient is 1; return how the intercept moved in each epoch."""
    rates: list[float] = []
    note = "classes=[0, 1]); rates.append(model.intercept_.item()); model.intercept_ *= 0.0"
    plain = ("SGDClassifier(", "SGDClassifier(penalty=None, ")
    code = changed(recipe("scikit-learn"), *changes, plain, ("classes=np.unique(y))", note))
    run(code, x=[[0.0]], y=[1], rates=rates)
    return rates


def test_sgd() -> None:
    assert sgd_rates() == SCHEDULE.values(100)
    assert run(recipe("scikit-learn"), x=X, y=Y)["model"].score(X, Y) == 1.0


def test_sgd_with_its_default_ignores_the_rate() -> None:
    default, other = ('learning_rate="constant"', ""), ("0.1, 0.001", "0.2, 0.002")
    assert sgd_rates(default) == sgd_rates(default, other)
    assert sgd_rates(other) != sgd_rates()


def test_sgd_refuses_a_rate_of_0() -> None:
    with pytest.raises(InvalidParameterError, match=r"eta0.*must be a float in the range \(0"):
        run(changed(recipe("scikit-learn"), ("lr_start=0.01", "lr_start=0.0")), x=X, y=Y)


def test_a_network(updates: list[float]) -> None:
    """The weights go on from epoch to epoch: it learns."""
    losses = run(recipe("scikit-learn", 1), x=X, y=Y)["model"].loss_curve_
    assert updates == pytest.approx(SCHEDULE.values(100), rel=1e-12)
    assert len(losses) == 100 and losses == sorted(losses, reverse=True)


def test_a_network_with_partial_fit_keeps_its_first_rate(updates: list[float]) -> None:
    run(changed(recipe("scikit-learn", 1), (".fit(x, y)", ".partial_fit(x, y, classes=[0, 1])")), x=X, y=Y)
    assert updates == pytest.approx([SCHEDULE(0)] * 100, rel=1e-12)


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
    rates = boosting_rates(recipe("scikit-learn", 2), HistGradientBoostingRegressor)
    assert rates == pytest.approx(SCHEDULE.values(100), rel=1e-4)  # its leaves are float32


def test_gradient_boosting_scales_all_trees_by_the_last_rate() -> None:
    code = recipe("scikit-learn", 2).replace("Hist", "").replace("max_iter", "n_estimators")
    rates = boosting_rates(changed(code, (", early_stopping=False", "")), GradientBoostingRegressor)
    assert rates[:3] == pytest.approx([0.01, 0.0457, 0.0818], rel=1e-2) and rates[-1] < 0

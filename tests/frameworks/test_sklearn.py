"""scikit-learn: with no penalty, one sample moves the intercept by the rate times its error."""

from __future__ import annotations

import numpy as np
from pytest import approx
from sklearn.linear_model import SGDRegressor

from cosine_lr import WarmupLR
from recipes import row, run


def test_row(schedule: WarmupLR) -> None:
    model = SGDRegressor(learning_rate="constant", penalty=None)
    x, y = np.zeros((1, 1)), np.ones(1)
    intercept, used = 0.0, []
    for epoch in range(25):
        run(row("scikit-learn")[0], model=model, schedule=schedule, epoch=epoch, x=x, y=y)
        used.append((model.intercept_[0] - intercept) / (1.0 - intercept))
        intercept = model.intercept_[0]
    assert used == approx(schedule.values(25), rel=1e-12)

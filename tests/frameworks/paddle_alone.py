"""Paddle, for test_others.py to run in a process of its own."""

import paddle
from pytest import approx

from recipes import factor_of, row

STEPS = 25


def test_paddle() -> None:
    """The gradient is 1 and the weight is 0, so that an update leaves minus the rate in it."""
    factor = factor_of(100)
    scheduler = eval(row("Paddle")[0], {"paddle": paddle, "factor": factor})
    weight = paddle.create_parameter([1], "float64", default_initializer=paddle.nn.initializer.Constant(0.0))
    optimizer = paddle.optimizer.SGD(scheduler, parameters=[weight])
    used, rates = [], []
    for _ in range(STEPS):
        weight.set_value(paddle.zeros([1], "float64"))
        weight.sum().backward()
        used.append(optimizer.get_lr())
        optimizer.step()
        optimizer.clear_grad()
        rates.append(-weight.item())
        scheduler.step()
    assert used == [0.1 * each for each in factor.values(STEPS)]
    assert rates == approx(used, rel=1e-6)  # it hands the optimizer a float32

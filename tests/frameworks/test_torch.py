"""PyTorch: parameter groups, LambdaLR, checkpoints and compiled steps."""

from __future__ import annotations

import io
import pickle
from typing import Any

import pytest
import torch
from torch._dynamo.utils import counters
from torch.optim.lr_scheduler import LambdaLR

from cosine_lr import CosineLR, WarmupLR
from recipes import inline, recipe, run

torch.set_num_threads(1)
STEPS = 25


class Run:
    """A small regression: the model, its optimizer with momentum, and the training of one epoch."""

    def __init__(self, *lrs: float) -> None:
        torch.manual_seed(0)
        self.x = torch.randn(16, 3, dtype=torch.float64)
        self.y = self.x.sum(dim=1, keepdim=True)
        self.model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Linear(4, 1)).double()
        if len(lrs) == 2:
            groups = [{"params": part.parameters(), "lr": lr} for part, lr in zip(self.model, lrs)]
        else:
            groups = [{"params": self.model.parameters()}]
        self.optimizer = torch.optim.SGD(groups, lr=lrs[0], momentum=0.9)

    def epoch(self, *_: Any) -> None:
        self.optimizer.zero_grad()
        torch.nn.functional.mse_loss(self.model(self.x), self.y).backward()
        self.optimizer.step()

    def weights(self) -> list[Any]:
        return [parameter.tolist() for parameter in self.model.parameters()]


def saved(state: Any) -> Any:
    """Return the state as it comes back from a file."""
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


def test_recipe(schedule: WarmupLR, used: list[float]) -> None:
    this = Run(0.5)
    run(recipe("PyTorch"), schedule=schedule, optimizer=this.optimizer, model=this.model, train=this.epoch)
    assert used == schedule.values(100)


def test_the_weight_moves_by_the_rate(schedule: WarmupLR) -> None:
    """With a gradient of 1 an update takes the rate from a weight of 0, in double to the last bit."""
    weight = torch.nn.Parameter(torch.zeros((), dtype=torch.float64))
    optimizer = torch.optim.SGD([weight], lr=0.5)
    rates = []

    def train(model: None, optimizer: torch.optim.Optimizer) -> None:
        weight.data.zero_()
        weight.grad = torch.ones_like(weight)
        optimizer.step()
        rates.append(-weight.item())

    run(recipe("PyTorch"), schedule=schedule, optimizer=optimizer, model=None, train=train)
    assert rates == schedule.values(100)


def test_groups_with_peaks_of_their_own(factor: WarmupLR, used: list[tuple[float, float]]) -> None:
    this = Run(0.1, 0.01)
    names = {"factor": factor, "optimizer": this.optimizer}
    for epoch in range(STEPS):
        exec(inline("PyTorch", "for group"), names | {"epoch": epoch})
        this.epoch()
    assert used == [(0.1 * each, 0.01 * each) for each in factor.values(STEPS)]


EITHER_ORDER = pytest.mark.parametrize("order", [(0, 1), (1, 0)])
WITH_A_LONGER_ONE_TOO = pytest.mark.parametrize("t_max", [15, 40])


@EITHER_ORDER
@WITH_A_LONGER_ONE_TOO
def test_resume(schedule: WarmupLR, used: list[float], order: tuple[int, int], t_max: int) -> None:
    """A run that stops at epoch 10 goes on as if uninterrupted; with a longer t_max, on the longer curve at once."""
    longer = WarmupLR(CosineLR(0.1, 0.001, t_max=t_max), lr_start=0.01, t_warmup=5)
    rates = schedule.values(10) + longer.values(100)[10:]
    straight = Run(0.5)
    for straight.optimizer.param_groups[0]["lr"] in rates:
        straight.epoch()
    used.clear()

    first = Run(0.5)
    names = {"schedule": schedule, "optimizer": first.optimizer, "model": first.model, "train": first.epoch}
    checkpoint = saved(run(recipe("PyTorch").replace("100", "10"), **names)["checkpoint"])
    second = Run(0.5)
    second.model.load_state_dict(first.model.state_dict())
    names = {"schedule": longer, "optimizer": second.optimizer, "model": second.model, "train": second.epoch}
    for part in [("optimizer", "schedule")[i] for i in order]:
        names[part].load_state_dict(checkpoint[part])
    run(recipe("PyTorch"), **names)
    assert used == rates
    assert second.weights() == straight.weights()


def lambda_lr(optimizer: torch.optim.Optimizer, factor: WarmupLR, after: str = ")", **names: Any) -> LambdaLR:
    """Return the scheduler that the README has with `after` behind its first two arguments."""
    code = inline("PyTorch", "LambdaLR(optimizer, factor.__call__" + after)
    return eval(code, names | {"LambdaLR": LambdaLR, "optimizer": optimizer, "factor": factor})


def epochs(this: Run, scheduler: LambdaLR, n: int) -> None:
    for _ in range(n):
        this.epoch()
        scheduler.step()


@EITHER_ORDER
@WITH_A_LONGER_ONE_TOO
def test_lambda_lr_and_resume(factor: WarmupLR, used: list[Any], order: tuple[int, int], t_max: int) -> None:
    """The rate is base times factor, bit for bit. After a resume the first epoch has the rate that was saved."""
    longer = WarmupLR(CosineLR(1.0, 0.01, t_max=t_max), lr_start=0.1, t_warmup=5)
    first = Run(0.1, 0.01)
    scheduler = lambda_lr(first.optimizer, factor)
    epochs(first, scheduler, 10)
    states = saved([first.optimizer.state_dict(), scheduler.state_dict()])
    second = Run(0.1, 0.01)
    second.model.load_state_dict(first.model.state_dict())
    scheduler = lambda_lr(second.optimizer, longer)
    for i in order:
        (second.optimizer, scheduler)[i].load_state_dict(states[i])
    epochs(second, scheduler, 40)
    factors = factor.values(11) + longer.values(50)[11:]
    assert used == [(0.1 * each, 0.01 * each) for each in factors]

    straight = Run(0.1, 0.01)
    for each in factors:
        for group, base in zip(straight.optimizer.param_groups, (0.1, 0.01)):
            group["lr"] = base * each
        straight.epoch()
    assert second.weights() == straight.weights()


def test_lambda_lr_on_a_longer_curve_at_once(factor: WarmupLR, used: list[Any]) -> None:
    longer = WarmupLR(CosineLR(1.0, 0.01, t_max=40), lr_start=0.1, t_warmup=5)
    first = Run(0.1, 0.01)
    epochs(first, lambda_lr(first.optimizer, factor), 10)
    second = Run(0.1, 0.01)
    second.optimizer.load_state_dict(saved(first.optimizer.state_dict()))
    epochs(second, lambda_lr(second.optimizer, longer, ", last_epoch", k=10), 40)
    factors = factor.values(10) + longer.values(50)[10:]
    assert used == [(0.1 * each, 0.01 * each) for each in factors]


def test_trap_built_on_a_loaded_optimizer(factor: WarmupLR, used: list[Any]) -> None:
    """The first rate of the run is back for one epoch."""
    first = Run(0.1, 0.01)
    scheduler = lambda_lr(first.optimizer, factor)
    epochs(first, scheduler, 10)
    states = saved([first.optimizer.state_dict(), scheduler.state_dict()])
    used.clear()
    second = Run(0.1, 0.01)
    second.optimizer.load_state_dict(states[0])
    scheduler = lambda_lr(second.optimizer, factor)
    scheduler.load_state_dict(states[1])
    epochs(second, scheduler, 2)
    assert used == [(0.1 * each, 0.01 * each) for each in (factor(0), factor(11))]


def test_trap_bare_factor() -> None:
    """Without `.__call__` the fields of the factor are saved, and loaded back over the new ones."""
    states = []
    for call in (False, True):
        old, new = CosineLR(1.0, 0.01, t_max=15), CosineLR(1.0, 0.01, t_max=40)
        saver = LambdaLR(Run(0.1).optimizer, old.__call__ if call else old)
        loader = LambdaLR(Run(0.1).optimizer, new.__call__ if call else new)
        loader.load_state_dict(saved(saver.state_dict()))
        states.append(new.t_max)
    assert states == [15, 40]
    with pytest.raises(pickle.UnpicklingError):
        saved(LambdaLR(Run(0.1).optimizer, WarmupLR(CosineLR(1.0, 0.01, t_max=15), 0.1, 5)).state_dict())


@pytest.mark.parametrize("lr, graphs", [(torch.tensor(0.5), 1), (0.5, torch._dynamo.config.recompile_limit)])
def test_compiled_step(schedule: WarmupLR, lr: Any, graphs: int) -> None:
    """With a rate in a tensor the step is compiled once; with a float for every rate, until PyTorch gives up."""
    weight = torch.nn.Parameter(torch.zeros(()))
    optimizer = torch.optim.SGD([weight], lr=lr)
    (group,) = optimizer.param_groups
    torch._dynamo.reset()
    counters.clear()
    step = torch.compile(optimizer.step)
    rates = []
    for epoch in range(STEPS):
        if isinstance(lr, float):
            group["lr"] = schedule(epoch)
        else:
            exec(inline("PyTorch", 'group["lr"].fill_'), {"group": group, "schedule": schedule, "epoch": epoch})
        weight.data.zero_()
        weight.grad = torch.ones_like(weight)
        step()
        rates.append(-weight.item())
    assert rates == torch.tensor(schedule.values(STEPS)).tolist()
    assert counters["stats"]["unique_graphs"] == graphs

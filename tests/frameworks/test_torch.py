"""PyTorch: checkpoints, mixed precision, compiled steps and LambdaLR."""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from torch._dynamo.utils import counters
from torch.optim.lr_scheduler import LambdaLR

from cosine_lr import CosineLR, LRIterator, WarmupLR
from recipes import EITHER_PAGE, Killed, changed, inline, recipe, run

torch.set_num_threads(1)
EPOCHS = 100
SCHEDULE = WarmupLR(CosineLR(0.1, 0.001, t_max=94), lr_start=0.01, t_warmup=5)


class Run:
    """A small regression: the model, its optimizer with momentum, and the training of one epoch."""

    def __init__(self, *lrs: float) -> None:
        torch.manual_seed(0)
        self.x = 0.3 * torch.randn(16, 3, dtype=torch.float64)
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

    def weights(self) -> list[float]:
        weights = torch.nn.utils.parameters_to_vector(self.model.parameters())
        assert weights.isfinite().all()
        return weights.tolist()  # type: ignore[no-any-return]


def saved(state: Any) -> Any:
    """Return the state as it comes back from a file."""
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


YOURS = "...  # your epoch: batches, backward(), optimizer.step()"


@EITHER_PAGE
def test_recipe(page: Path, used: list[float]) -> None:
    names = run(recipe("PyTorch", page=page))
    assert names["schedule"] == SCHEDULE
    assert [group["lr"] for group in names["optimizer"].param_groups] == [0.001]

    run(changed(recipe("PyTorch", page=page), (YOURS, "optimizer.step()")))
    assert used == SCHEDULE.values(EPOCHS) and used[-1] == 0.001


def test_the_weight_moves_by_the_rate() -> None:
    """With a gradient of 1 an update takes the rate from a weight of 0, in double to the last bit."""
    rates = []

    def train(model: torch.nn.Module, optimizer: torch.optim.Optimizer) -> None:
        model.double()
        model.bias.data.zero_()
        model.bias.grad = torch.ones_like(model.bias)
        optimizer.step()
        rates.append(-model.bias.item())

    run(changed(recipe("PyTorch"), (YOURS, "train(model, optimizer)")), train=train)
    assert rates == SCHEDULE.values(EPOCHS)


EITHER_ORDER = pytest.mark.parametrize("order", [1, -1])
WITH_A_LONGER_ONE_TOO = pytest.mark.parametrize("t_max", [94, 194])


@EITHER_ORDER
@WITH_A_LONGER_ONE_TOO
def test_resume(
    used: list[float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: int, t_max: int
) -> None:
    """A run that is killed in epoch 10 goes on as if uninterrupted, along the curve that the code has now."""
    monkeypatch.chdir(tmp_path)
    longer = WarmupLR(CosineLR(0.1, 0.001, t_max=t_max), lr_start=0.01, t_warmup=5)
    rates = SCHEDULE.values(10) + longer.values(EPOCHS)[10:]
    straight = Run(0.5)
    for straight.optimizer.param_groups[0]["lr"] in rates:
        straight.epoch()
    used.clear()

    first, second = Run(0.5), Run(0.5)

    def killed(*_: Any) -> None:
        if len(used) == 10:
            raise Killed
        first.epoch()

    code = recipe("PyTorch: save and resume")
    with pytest.raises(Killed):
        run(code, model=first.model, optimizer=first.optimizer, train=killed)
    loading = 'torch.load("run.pt").items()'
    code = changed(code, ("t_max=94", f"t_max={t_max}"), (loading, f"list({loading})[::{order}]"))
    run(code, model=second.model, optimizer=second.optimizer, train=second.epoch)
    assert used == rates
    assert second.weights() == straight.weights()


def accumulated(overflows: set[int], *changes: tuple[str, str], epochs: int = 1, killed_at: int = -1) -> dict[str, Any]:
    """Run the recipe on 40 batches, ten updates per epoch; the scaled gradients of some batches are infinite."""
    seen = 0

    def loss_of(model: torch.nn.Module, batch: torch.Tensor) -> torch.Tensor:
        nonlocal seen
        if seen == killed_at:
            raise Killed
        seen += 1
        return model(batch).sum()  # type: ignore[no-any-return]

    model = torch.nn.Linear(1, 1, bias=False)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    loader = [torch.full((1, 1), 1e36 if i in overflows else 1.0) for i in range(40)]
    code = changed(recipe("PyTorch: gradient accumulation and mixed precision"), *changes)
    return run(code, model=model, optimizer=optimizer, loss_of=loss_of, loader=loader, epochs=epochs)


@pytest.mark.parametrize("epochs", [1, 3])
def test_gradient_accumulation(used: list[float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, epochs: int) -> None:
    monkeypatch.chdir(tmp_path)
    names = accumulated(set(), epochs=epochs)
    assert used == names["schedule"].values(10 * epochs) and used[-1] == 0.001
    assert names["scaler"].get_scale() == 2.0**16


@pytest.mark.parametrize("overflows", [{0}, {9, 10}, {5, 22, 39}])
def test_an_update_that_the_scaler_skips_takes_no_rate(
    used: list[float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, overflows: set[int]
) -> None:
    monkeypatch.chdir(tmp_path)
    names = accumulated(overflows)
    assert used == names["schedule"].values(10) and used[-1] == 0.001
    assert names["scaler"].get_scale() < 2.0**16  # it lowers the scale at each skipped update

    Path("run.pt").unlink()
    used.clear()
    accumulated(overflows, ("schedule(done)", "next(schedule)"))
    assert used != names["schedule"].values(10)


@pytest.mark.parametrize("killed_at", [0, 13, 20, 43])
def test_resume_with_a_scaler(
    used: list[float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed_at: int
) -> None:
    """The updates before the kill and those after it have the rates of a straight run; the scale goes on too."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Killed):
        accumulated({5}, killed_at=killed_at)
    lowered = int(killed_at >= 8)
    names = accumulated(set())
    assert used == names["schedule"].values(10)
    assert names["scaler"].get_scale() == 2.0 ** (16 - lowered)


def lambda_lr(optimizer: torch.optim.Optimizer, t_max: int = 94) -> LambdaLR:
    names = run(changed(recipe("PyTorch: LambdaLR"), ("t_max=94", f"t_max={t_max}")), optimizer=optimizer)
    assert names["factor"] == factor_of(t_max)
    return names["scheduler"]


def factor_of(t_max: int) -> WarmupLR:
    return WarmupLR(CosineLR(1.0, 0.01, t_max=t_max), lr_start=0.1, t_warmup=5)


def epochs(this: Run, scheduler: LambdaLR, n: int) -> None:
    for _ in range(n):
        this.epoch()
        scheduler.step()


@EITHER_ORDER
@WITH_A_LONGER_ONE_TOO
def test_lambda_lr_and_resume(used: list[Any], order: int, t_max: int) -> None:
    """The rate is base times factor, bit for bit. After a resume the first epoch has the rate that was saved."""
    first = Run(0.1, 0.01)
    scheduler = lambda_lr(first.optimizer)
    epochs(first, scheduler, 10)
    states = saved([first.optimizer.state_dict(), scheduler.state_dict()])
    second = Run(0.1, 0.01)
    second.model.load_state_dict(first.model.state_dict())
    scheduler = lambda_lr(second.optimizer, t_max)
    for part, state in list(zip((second.optimizer, scheduler), states))[::order]:
        part.load_state_dict(state)
    epochs(second, scheduler, 95)
    factors = factor_of(94).values(11) + factor_of(t_max).values(105)[11:]
    assert used == [(0.1 * each, 0.01 * each) for each in factors]

    straight = Run(0.1, 0.01)
    for each in factors:
        for group, base in zip(straight.optimizer.param_groups, (0.1, 0.01)):
            group["lr"] = base * each
        straight.epoch()
    assert second.weights() == straight.weights()


def test_lambda_lr_on_a_longer_curve_at_once(used: list[Any]) -> None:
    first = Run(0.1, 0.01)
    epochs(first, lambda_lr(first.optimizer), 10)
    state = saved(first.optimizer.state_dict())
    used.clear()
    second = Run(0.1, 0.01)
    second.optimizer.load_state_dict(state)
    build = inline("PyTorch: LambdaLR", "LambdaLR(optimizer, factor.__call__, last_epoch")
    names = {"LambdaLR": LambdaLR, "optimizer": second.optimizer, "factor": factor_of(194), "k": 10}
    epochs(second, eval(build, names), 40)
    assert used == [(0.1 * each, 0.01 * each) for each in factor_of(194).values(50)[10:]]


def test_trap_built_on_a_loaded_optimizer(used: list[Any]) -> None:
    """The first rate of the run is back for one epoch."""
    first = Run(0.1, 0.01)
    scheduler = lambda_lr(first.optimizer)
    epochs(first, scheduler, 10)
    states = saved([first.optimizer.state_dict(), scheduler.state_dict()])
    used.clear()
    second = Run(0.1, 0.01)
    second.optimizer.load_state_dict(states[0])
    scheduler = lambda_lr(second.optimizer)
    scheduler.load_state_dict(states[1])
    epochs(second, scheduler, 2)
    assert used == [(0.1 * each, 0.01 * each) for each in (factor_of(94)(0), factor_of(94)(11))]


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
        saved(LambdaLR(Run(0.1).optimizer, factor_of(15)).state_dict())


@pytest.mark.parametrize("bare", [CosineLR(1.0, 0.01, t_max=15), factor_of(15)])
def test_a_bare_factor_does_not_crash(bare: LRIterator, used: list[float]) -> None:
    """Where all is the same, it even goes on right."""
    first = Run(0.1)
    scheduler = LambdaLR(first.optimizer, bare)
    epochs(first, scheduler, 10)
    file = io.BytesIO()
    torch.save([first.optimizer.state_dict(), scheduler.state_dict()], file)
    file.seek(0)
    states = torch.load(file, weights_only=False)
    second = Run(0.1)
    scheduler = LambdaLR(second.optimizer, bare)
    for part, state in zip((second.optimizer, scheduler), states):
        part.load_state_dict(state)
    epochs(second, scheduler, 10)
    assert used == [0.1 * each for each in bare.values(20)]


@pytest.mark.parametrize("in_a_tensor", [True, False])
def test_compiled_step(in_a_tensor: bool) -> None:
    """With a rate in a tensor the step is compiled once; with a float for every rate, until PyTorch gives up."""
    torch._dynamo.reset()
    counters.clear()
    code = recipe("PyTorch: a compiled step")
    if not in_a_tensor:
        code = changed(code, ("torch.tensor(schedule(0))", "schedule(0)"), (".fill_(", " = ("))
    rates: list[float] = []
    note = ("\n    step()", "\n    weight.data.zero_(); step(); rates.append(-weight[0].item())")
    schedule = run(changed(code, note), rates=rates)["schedule"]
    assert rates == torch.tensor(schedule.values(EPOCHS)).tolist()
    assert counters["stats"]["unique_graphs"] == (1 if in_a_tensor else torch._dynamo.config.recompile_limit)

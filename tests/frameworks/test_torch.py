"""PyTorch: checkpoints, mixed precision, compiled steps and LambdaLR."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch._dynamo.utils import counters
from torch.optim.lr_scheduler import LambdaLR

from cosine_lr import (
    ConstantLR,
    CosineLR,
    LRIterator,
    PolynomialLR,
    ProductLR,
    RestartLR,
    Schedule,
    SequenceLR,
    ShiftLR,
    StaircaseLR,
    WarmupLR,
    parse,
)
from recipes import Killed, changed, inline, recipe, run
from regression import Regression

EPOCHS = 100
SCHEDULE = WarmupLR(CosineLR(0.1, 0.001, t_max=94), lr_start=0.01, t_warmup=5)
YOURS = "...  # your epoch: batches, backward(), optimizer.step()"


def saved(state: Any) -> Any:
    """Return the state as it comes back from a file, loaded as PyTorch does by default."""
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    return torch.load(file)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_recipe(used: list[float]) -> None:
    names = run(recipe("PyTorch"))
    assert names["schedule"] == SCHEDULE
    assert [group["lr"] for group in names["optimizer"].param_groups] == [0.001]

    for _ in range(2):  # a second run is as the first
        used.clear()
        run(changed(recipe("PyTorch"), (YOURS, "optimizer.step()")))
        assert used == SCHEDULE.values(EPOCHS) and used[-1] == 0.001


@pytest.mark.parametrize("t_max", [94, 194])
def test_resume(used: list[float], t_max: int) -> None:
    """A run that is killed in epoch 10 goes on as if uninterrupted, along the curve that the code has now."""
    longer = WarmupLR(CosineLR(0.1, 0.001, t_max=t_max), lr_start=0.01, t_warmup=5)
    rates = SCHEDULE.values(10) + longer.values(EPOCHS)[10:]
    straight = Regression(0.5)
    for straight.optimizer.param_groups[0]["lr"] in rates:
        straight.epoch()
    used.clear()

    first, second = Regression(0.5), Regression(0.5)

    def killed(*_: Any) -> None:
        if len(used) == 10:
            raise Killed
        first.epoch()

    code = recipe("PyTorch: save and resume")
    with pytest.raises(Killed):
        run(code, model=first.model, optimizer=first.optimizer, train=killed)
    code = changed(code, ("t_max=94", f"t_max={t_max}"))
    names = run(code, model=second.model, optimizer=second.optimizer, train=second.epoch)
    assert used == rates
    assert second.weights() == straight.weights()
    run(inline("PyTorch: save and resume", "schedule = parse"), **(names | {"parse": parse}))
    assert parse(names["text"]) == SCHEDULE


class OwnLR(Schedule):
    lr_init: float
    t_max: float

    def rate(self, e: float, /) -> float:
        return self.lr_init / (1 + e / self.t_max)


@pytest.mark.parametrize("schedule", [SCHEDULE, OwnLR(0.1, 10), LRIterator(SCHEDULE)], ids=repr)
def test_do_not_save_a_schedule_itself(schedule: Any) -> None:
    names = {"torch": torch, "states": {}, "epoch": 7, "schedule": schedule}
    run(inline("PyTorch: save and resume", "torch.save"), **names)
    with pytest.raises(pickle.UnpicklingError, match="Weights only load failed"):
        torch.load("run.pt")


# Parameter groups.

BODY, HEAD = CosineLR(1e-4, 1e-6, t_max=99), CosineLR(1e-3, 1e-5, t_max=99)


def rates(optimizer: Any) -> list[float]:
    return [group["lr"] for group in optimizer.param_groups]


def layers() -> dict[str, torch.nn.Module]:
    return {"body": torch.nn.Linear(3, 2), "head": torch.nn.Linear(2, 1)}


def test_two_groups() -> None:
    used: list[list[float]] = []
    run(recipe("PyTorch: parameter groups"), **layers(), train=lambda optimizer: used.append(rates(optimizer)))
    assert used == [*map(list, zip(BODY.values(100), HEAD.values(100)))]


def drop_the_first(optimizer: Any) -> None:
    del optimizer.param_groups[:-1]


def add_one_before(optimizer: Any) -> None:
    if len(optimizer.param_groups) == 2:
        optimizer.param_groups.insert(0, {"lr": 0.0})


@pytest.mark.parametrize("change", [drop_the_first, add_one_before])
def test_do_not_leave_out_strict(change: Callable[[Any], None]) -> None:
    """The last group ends with another's rate, or keeps the first one; with `strict=True` that is an error."""
    code = recipe("PyTorch: parameter groups")
    names = run(changed(code, (", strict=True", "")), **layers(), train=change)
    assert rates(names["optimizer"])[-1] in (BODY(99), HEAD(0))
    with pytest.raises(ValueError, match="zip"):
        run(code, **layers(), train=change)


def test_one_group_is_frozen_first() -> None:
    """With AdamW, whose weight decay goes with the rate, not a bit moves for 5 epochs, nor at the warm-up's 0."""
    parts, moved = layers(), []
    start = parts["body"].weight.clone()
    frozen = run(recipe("PyTorch: parameter groups", 1))["schedules"]
    assert frozen[0].values(11)[5:] == [0.0, 2e-5, 4e-5, 6e-5, 8e-5, 1e-4] and frozen[0](98) > frozen[0](99) == 1e-6

    def train(optimizer: Any) -> None:
        optimizer.zero_grad()
        parts["head"](parts["body"](torch.ones(4, 3))).square().mean().backward()
        optimizer.step()
        moved.append(not torch.equal(parts["body"].weight, start))

    code = changed(recipe("PyTorch: parameter groups"), ("for epoch", "schedules = frozen\nfor epoch"))
    run(code, **parts, train=train, frozen=frozen)
    assert moved == [False] * 6 + [True] * 94


# Gradient accumulation and mixed precision.


def code_of(which: int = 0) -> str:
    return recipe("PyTorch: gradient accumulation and mixed precision", which)


def mixed(code: str, overflows: set[int] = frozenset(), epochs: int = 1, killed_at: int = -1) -> dict[str, Any]:
    """Run the code on 40 batches, ten updates per epoch; the scaled gradients of some batches are infinite."""
    seen = 0

    def loss_of(model: torch.nn.Module, batch: torch.Tensor) -> torch.Tensor:
        nonlocal seen
        if seen == killed_at:
            raise Killed
        seen += 1
        return model(batch).float().sum()  # type: ignore[no-any-return]  # in float16 the scale itself is infinite

    model = torch.nn.Linear(1, 1, bias=False)
    model.weight.data.zero_()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    loader = [torch.full((1, 1), 1e36 if i in overflows else 3.0) for i in range(40)]
    return run(code, model=model, optimizer=optimizer, loss_of=loss_of, loader=loader, epochs=epochs)


@pytest.mark.parametrize("epochs", [1, 3])
@pytest.mark.parametrize("which", [0, 1])
def test_accumulation_and_clipping(used: list[float], which: int, epochs: int) -> None:
    """A gradient of 3 is clipped to 1, so that the weight moves by the rates."""
    names = mixed(code_of(which), epochs=epochs)
    assert used == names["schedule"].values(10 * epochs) and used[-1] == 0.001
    assert -names["model"].weight.item() == pytest.approx(sum(used), rel=1e-5)


@pytest.mark.parametrize("overflows", [{0}, {9, 10}, {5, 22, 39}])
def test_an_update_that_the_scaler_skips_takes_no_rate(used: list[float], overflows: set[int]) -> None:
    names = mixed(code_of(), overflows)
    assert used == names["schedule"].values(10) and used[-1] == 0.001
    assert -names["model"].weight.item() == pytest.approx(sum(used), rel=1e-5)
    assert names["scaler"].get_scale() < 2.0**16  # it lowers the scale at each skipped update


NEXT = [("while done", "from cosine_lr import LRIterator\nrates = LRIterator(schedule)\nwhile done")]
NEXT += [("schedule(done)", "next(rates)")]
STEP = [("while done", "scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, schedule)\nwhile done")]
STEP += [('group["lr"] = lr', "pass"), ("scaler.update()", "scaler.update(); scheduler.step()")]


@pytest.mark.parametrize("changes", [NEXT, STEP])
def test_do_not_move_on_at_a_skipped_update(used: list[float], changes: list[tuple[str, str]]) -> None:
    """The floor, of the tenth update, comes one update early."""
    mixed(changed(code_of(), *changes), {5})
    assert used[-1] == used[-2] == min(used)


@pytest.mark.parametrize("killed_at", [0, 13, 20, 43])
def test_resume_with_a_scaler(used: list[float], killed_at: int) -> None:
    """The updates before the kill and those after it have the rates of a straight run; the scale goes on too."""
    with pytest.raises(Killed):
        mixed(code_of(), {5}, killed_at=killed_at)
    lowered = int(killed_at >= 8)
    names = mixed(code_of())
    assert used == names["schedule"].values(10)
    assert names["scaler"].get_scale() == 2.0 ** (16 - lowered)


# A compiled step.

NOTED = ("\n    step()", "\n    weight.data.zero_(); step(); rates.append(-weight[0].item())")


@pytest.mark.parametrize("in_a_tensor", [True, False])
def test_compiled_step(in_a_tensor: bool) -> None:
    """With a rate in a tensor the step is compiled once; with a float for every rate, until PyTorch gives up."""
    torch._dynamo.reset()
    counters.clear()
    code = recipe("PyTorch: a compiled step")
    if not in_a_tensor:
        trap = inline("PyTorch: a compiled step", 'group["lr"] = ')
        code = changed(code, ("torch.tensor(schedule(0))", "0.1"), ('group["lr"].fill_(schedule(epoch))', trap))
    rates: list[float] = []
    schedule = run(changed(code, NOTED), rates=rates)["schedule"]
    assert rates == torch.tensor(schedule.values(EPOCHS)).tolist()
    assert counters["stats"]["unique_graphs"] == (1 if in_a_tensor else torch._dynamo.config.recompile_limit)


def test_a_rate_inside_a_compiled_step() -> None:
    torch._dynamo.reset()
    counters.clear()
    rates: list[float] = []
    run(changed(recipe("PyTorch: a compiled step", 1), NOTED), rates=rates)
    assert rates == pytest.approx(CosineLR(0.1, 0.001, t_max=99).values(EPOCHS), rel=16 * 2**-23)
    assert counters["stats"]["unique_graphs"] == 2  # two parts, each once


# LambdaLR.


def factor_of(t_max: int) -> WarmupLR:
    return WarmupLR(CosineLR(1.0, 0.01, t_max=t_max), lr_start=0.1, t_warmup=5)


def lambda_lr(optimizer: torch.optim.Optimizer, t_max: int = 94) -> LambdaLR:
    names = run(changed(recipe("PyTorch: LambdaLR"), ("t_max=94", f"t_max={t_max}")), optimizer=optimizer)
    assert names["factor"] == factor_of(t_max)
    return names["scheduler"]


def epochs(this: Regression, scheduler: LambdaLR, n: int) -> None:
    for _ in range(n):
        this.epoch()
        scheduler.step()


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("t_max", [94, 194])
def test_lambda_lr_and_resume(used: list[Any], order: int, t_max: int) -> None:
    """The rate is base times factor, bit for bit. After a resume the first epoch has the rate that was saved."""
    first = Regression(0.1, 0.01)
    scheduler = lambda_lr(first.optimizer)
    epochs(first, scheduler, 10)
    states = saved([first.optimizer.state_dict(), scheduler.state_dict()])
    second = Regression(0.1, 0.01)
    second.model.load_state_dict(first.model.state_dict())
    scheduler = lambda_lr(second.optimizer, t_max)
    for part, state in list(zip((second.optimizer, scheduler), states))[::order]:
        part.load_state_dict(state)
    epochs(second, scheduler, 95)
    factors = factor_of(94).values(11) + factor_of(t_max).values(105)[11:]
    assert used == [(0.1 * each, 0.01 * each) for each in factors]

    straight = Regression(0.1, 0.01)
    for each in factors:
        for group, base in zip(straight.optimizer.param_groups, (0.1, 0.01)):
            group["lr"] = base * each
        straight.epoch()
    assert second.weights() == straight.weights()


FACTORS: list[Callable[[int], Schedule]] = [
    factor_of,
    lambda t_max: CosineLR(1.0, 0.01, t_max=t_max),
    lambda t_max: OwnLR(1.0, t_max),
    lambda t_max: WarmupLR(OwnLR(1.0, t_max), lr_start=0.1, t_warmup=5, curve="exponential"),
    lambda t_max: ProductLR([factor_of(t_max), OwnLR(1.0, t_max)]),
    lambda t_max: SequenceLR([(3, ConstantLR(0.5)), (t_max, OwnLR(0.5, t_max))], ShiftLR(factor_of(t_max), 5)),
    lambda t_max: RestartLR(StaircaseLR(PolynomialLR(1.0, 0.0, t_max), 2), t_max=10, gamma=0.5),
    lambda t_max: WarmupLR(lambda e: 1.0 / (1 + e / t_max), lr_start=0.1, t_warmup=5),  # type: ignore[return-value]
]


@pytest.mark.parametrize("kind", FACTORS)
@pytest.mark.parametrize("t_max", [15, 40])
def test_lambda_lr_saves_nothing_of_a_schedule(kind: Callable[[int], Schedule], t_max: int) -> None:
    """So it can be loaded by default, and with another `t_max` the new schedule is neither old nor half old."""
    old, new = kind(15), kind(t_max)
    expected = kind(t_max).values(60)
    saver, loader = LambdaLR(Regression(0.1).optimizer, old), LambdaLR(Regression(0.1).optimizer, new)
    state = saved(saver.state_dict())
    assert state["lr_lambdas"] == [{}]
    loader.load_state_dict(state)
    assert loader.lr_lambdas[0] is new and new.values(60) == expected
    assert [getattr(new, name) for name in new.__dataclass_fields__] == [*new.__getstate__().values()]


def resumed() -> tuple[Regression, dict[str, Any]]:
    """Return a run whose optimizer is loaded after 10 epochs, and the state of the scheduler."""
    first, second = Regression(0.1, 0.01), Regression(0.1, 0.01)
    scheduler = lambda_lr(first.optimizer)
    epochs(first, scheduler, 10)
    second.optimizer.load_state_dict(saved(first.optimizer.state_dict()))
    return second, saved(scheduler.state_dict())


def test_lambda_lr_on_a_longer_curve_at_once(used: list[Any]) -> None:
    second, _ = resumed()
    build = inline("PyTorch: LambdaLR", "LambdaLR(optimizer, factor, last_epoch")
    names = {"LambdaLR": LambdaLR, "optimizer": second.optimizer, "factor": factor_of(194), "k": 10}
    epochs(second, eval(build, names), 40)
    assert used[10:] == [(0.1 * each, 0.01 * each) for each in factor_of(194).values(50)[10:]]


def test_do_not_build_it_on_a_loaded_optimizer(used: list[Any]) -> None:
    """The first rate of the run is back for one epoch."""
    second, state = resumed()
    scheduler = lambda_lr(second.optimizer)
    scheduler.load_state_dict(state)
    epochs(second, scheduler, 2)
    assert used[10:] == [(0.1 * each, 0.01 * each) for each in (factor_of(94)(0), factor_of(94)(11))]


def test_do_not_pass_rates_to_lambda_lr() -> None:
    optimizer = Regression(0.1).optimizer
    eval(inline("PyTorch: LambdaLR", "LambdaLR(optimizer, CosineLR"), globals() | {"optimizer": optimizer})
    assert optimizer.param_groups[0]["lr"] == 0.1 * 0.1

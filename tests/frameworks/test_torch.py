"""PyTorch: checkpoints, mixed precision, compiled steps and LambdaLR."""

import contextlib
import itertools
import pickle
from typing import Any

import numpy as np
import pytest
import torch
from torch._dynamo.utils import counters
from torch.optim.lr_scheduler import LambdaLR

from cosine_lr import CosineLR, LRIterator, Schedule, WarmupLR, parse
from recipes import MIGRATING, SCHEDULE, Killed, changed, factor_of, inline, recipe, run
from regression import Regression, weights_of

pytestmark = pytest.mark.usefixtures("folder")


def test_recipe(used: list[float]) -> None:
    """A second run is as the first."""
    assert [group["lr"] for group in run(recipe("PyTorch"))["optimizer"].param_groups] == [0.001]
    code = changed(recipe("PyTorch"), ("...  # your epoch: batches, backward(), optimizer.step()", "optimizer.step()"))
    for _ in range(2):
        run(code)
    assert used == 2 * SCHEDULE.values(100) and used[-1] == 0.001


def test_an_optimizer_takes_a_number() -> None:
    with pytest.raises(TypeError, match=inline("PyTorch", "'<=' not supported")):
        run("from torch.optim import AdamW; " + inline("PyTorch", "AdamW("), **vars(Regression(0.1)), schedule=SCHEDULE)


def test_resume(used: list[float]) -> None:
    """A run that is killed in epoch 10 goes on as if uninterrupted, along the curve that the code has now."""
    longer = WarmupLR(CosineLR(0.1, 0.001, t_max=194), lr_start=0.01, t_warmup=5)
    rates = SCHEDULE.values(10) + longer.values(100)[10:]
    straight, first, second = Regression(0.5), Regression(0.5), Regression(0.5)
    for straight.optimizer.param_groups[0]["lr"] in rates:
        straight.epoch()
    used.clear()

    def killed(*_: Any) -> None:
        if len(used) == 10:
            raise Killed
        first.epoch()

    code, names = recipe("PyTorch: save and resume"), {"seed": 0, "model": second.model, "optimizer": second.optimizer}
    with pytest.raises(Killed):
        run(code, seed=0, model=first.model, optimizer=first.optimizer, train=killed)
    code = changed(code, ("t_max=94", "t_max=194"))
    with pytest.raises(AssertionError, match="t_max=94"):
        run(code, **names)
    code = changed(code, ("    assert text == str(schedule), text\n", ""))
    names = run(code, **names, train=second.epoch)
    assert used == rates
    assert weights_of(second.model) == weights_of(straight.model)
    assert run(inline("PyTorch: save and resume", "schedule = parse"), **names, parse=parse)["schedule"] == SCHEDULE
    for seed, rates in ((0, []), (1, longer.values(100))):  # do not share one file
        used.clear()
        run(code, **names | {"seed": seed})
        assert used == rates


@pytest.mark.parametrize("schedule", [SCHEDULE, LRIterator(SCHEDULE)])
def test_do_not_save_a_schedule_itself(schedule: Any) -> None:
    names = {"torch": torch, "states": {}, "epoch": 7, "schedule": schedule, "path": "run.pt"}
    run(inline("PyTorch: save and resume", "torch.save"), **names)
    with pytest.raises(pickle.UnpicklingError, match="Weights only load failed"):
        torch.load("run.pt")


BODY, HEAD = CosineLR(1e-4, 1e-6, t_max=99), CosineLR(1e-3, 1e-5, t_max=99)


def layers() -> dict[str, torch.nn.Module]:
    return {"body": torch.nn.Linear(3, 2), "head": torch.nn.Linear(2, 1)}


def test_two_groups(used: list[Any]) -> None:
    names = run(recipe("PyTorch: parameter groups"), **layers(), train=lambda optimizer: optimizer.step())
    assert used == [*zip(BODY.values(100), HEAD.values(100))]
    texts = eval(inline("PyTorch: save and resume", "[str("), names)
    assert eval(inline("PyTorch: save and resume", "[parse("), {"parse": parse, "texts": texts}) == [BODY, HEAD]


@pytest.mark.parametrize("groups, wrong", [(lambda old: old[-1:], BODY(99)), (lambda old: [{}, *old][-3:], HEAD(0))])
def test_do_not_leave_out_strict(groups: Any, wrong: float) -> None:
    """The last group ends with another's rate, or keeps the first one; with `strict=True` that is an error."""

    def change(optimizer: Any) -> None:
        optimizer.param_groups = groups(optimizer.param_groups)

    code = recipe("PyTorch: parameter groups")
    names = run(changed(code, (", strict=True", "")), **layers(), train=change)
    assert names["optimizer"].param_groups[-1]["lr"] == wrong
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


FLOAT16 = recipe("PyTorch: gradient accumulation and mixed precision")
BFLOAT16 = recipe("PyTorch: gradient accumulation and mixed precision", 1)
EACH_EPOCH = "".join(recipe("How many updates", which) for which in (0, 1))


def mixed(code: str, overflows: set[int] = frozenset(), epochs: int = 1, killed_at: int = -1, seed: int = 0) -> Any:
    """Run the code on 40 batches, ten updates per epoch; the scaled gradients of some batches are infinite."""
    batches = itertools.count()

    def loss_of(model: torch.nn.Module, batch: torch.Tensor) -> torch.Tensor:
        if next(batches) == killed_at:
            raise Killed
        return model(batch).float().sum()  # type: ignore[no-any-return]  # in float16 the scale itself is infinite

    model = torch.nn.Linear(1, 1, bias=False)
    model.weight.data.zero_()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    loader = [torch.full((1, 1), 1e36 if i in overflows else 3.0) for i in range(40)]
    names = {"model": model, "optimizer": optimizer, "loss_of": loss_of, "loader": loader, "epochs": epochs}
    return run(code, **names, seed=seed, accumulate=16, warm=2)


@pytest.mark.parametrize("code, updates, gradient", [(FLOAT16, 7, 1), (BFLOAT16, 7, 1), (EACH_EPOCH, 9, 3)])
def test_accumulation_and_clipping(used: list[float], code: str, updates: int, gradient: int) -> None:
    """Updates of 16 batches, in epochs of 40. A gradient of 3 is clipped to 1: the weight moves by the rates."""
    names = mixed(code.replace("warm = 4,", "warm = 16,"), epochs=3)
    assert used == names["schedule"].values(updates) and used[-2] > used[-1] == 0.001
    assert -names["model"].weight.item() == pytest.approx(gradient * sum(used), rel=1e-5)


NEXT = [("while done", "from cosine_lr import LRIterator\nrates = LRIterator(schedule)\nwhile done")]
NEXT += [("schedule(done)", "next(rates)")]
STEP = [("while done", "scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, schedule)\nwhile done")]
STEP += [('group["lr"] = lr', "pass"), ("scaler.update()", "scaler.update(); scheduler.step()")]


@pytest.mark.parametrize("changes", [NEXT, STEP])
def test_do_not_move_on_at_a_skipped_update(used: list[float], changes: list[tuple[str, str]]) -> None:
    """The floor, of the tenth update, comes one update early."""
    mixed(changed(FLOAT16, *changes), {5})
    assert used[-1] == used[-2] == min(used)


def test_resume_with_a_scaler(used: list[float]) -> None:
    """Skipped updates take no rate, the updates before the kill and after it have those of a straight run, and the
    scale, which each skipped update has lowered, goes on too."""
    with pytest.raises(Killed):
        mixed(FLOAT16, {5, 22, 39}, killed_at=43)
    names = mixed(FLOAT16)
    assert used == names["schedule"].values(10) and used[-1] == 0.001
    assert -names["model"].weight.item() == pytest.approx(sum(used), rel=1e-5)
    assert names["scaler"].get_scale() == 2.0 ** (16 - 3)
    assert mixed(FLOAT16, seed=1)["done"] == 10 == len(used) - 10  # another run begins at 0


@pytest.mark.parametrize("divisor, last", [("len(some)", 1), ("accumulate", 3 / 4)])
def test_do_not_divide_by_accumulate(used: list[float], divisor: str, last: float) -> None:
    """7 batches are an update of 4 and one of 3; their gradient is 1."""
    model = torch.nn.Linear(1, 1, bias=False).double()
    names = {"model": model, "optimizer": torch.optim.SGD(model.parameters()), "loss_of": torch.nn.Module.__call__}
    model.weight.data.zero_()
    names |= {"epochs": 10, "accumulate": 4, "warm": 5, "loader": 7 * [torch.ones(1, dtype=torch.float64)]}
    assert used == run(changed(EACH_EPOCH, ("len(some)", divisor)), **names)["schedule"].values(20)
    assert -model.weight.item() == pytest.approx(sum(used[::2]) + last * sum(used[1::2]))


OWN = ('for group in optimizer.param_groups:\n    group["lr"] = torch.tensor(float(group["lr"]))\n', "")
NOTED = ("\n    step()", "\n    weight.data.zero_(); step(); seen.append(-weight[0].item()); log.append({})")
FLOAT = [OWN, ('group["lr"].fill_(schedule(epoch))', inline("PyTorch: a compiled step", 'group["lr"] = '))]
ADAMW = [*FLOAT, ("SGD([weight]", "AdamW([weight], betas=(0.0, 0.0)")]
GROUPS = [("rate = CosineLR(0.1, 0.001, t_max=99).on(torch)", inline("PyTorch: a compiled step", "rates ="))]
GROUPS += [("    for group in optimizer.param_groups:", "    " + inline("PyTorch: a compiled step", "for group, rate"))]
GROUPS += [("[weight]", '[{"params": [weight]}, {"params": [torch.nn.Parameter(torch.ones(1))]}]')]
GROUPS += [("torch.tensor(0)", inline("PyTorch: a compiled step", "count =")[8:]), ("range(100)", "range(done, 100)")]


@pytest.mark.parametrize("which, changes, n", [(0, [], 1), (0, FLOAT, 8), (0, ADAMW, 2), (1, [], 2), (1, GROUPS, 2)])
def test_compiled_step(which: int, changes: list[tuple[str, str]], n: int) -> None:
    """With a rate in a tensor each part of the step is compiled once; with a float, until PyTorch gives up."""
    torch._dynamo.reset()
    counters.clear()
    seen, log, names = [], [], {"schedules": [CosineLR(0.1, 0.001, t_max=99), HEAD], "done": 7}
    noted = (NOTED[0], NOTED[1].format(inline("What to log", "float(")))
    run(changed(recipe("PyTorch: a compiled step", which), noted, *changes), seen=seen, log=log, **names)
    rates = names["schedules"][0].values(100)[7 if changes == GROUPS else 0 :]
    assert log == pytest.approx(rates, rel=4e-7 if which else 6e-8)
    assert seen == pytest.approx(log) and counters["stats"]["unique_graphs"] == n


def sharing(lr: str = "torch.tensor(0.1)") -> torch.optim.Optimizer:
    """Return an optimizer of two groups with this one rate."""
    build = changed(inline("PyTorch: a compiled step", "torch.optim.SGD(groups"), ("torch.tensor(0.1)", lr))
    groups = [{"params": [torch.nn.Parameter(torch.ones(1))]} for _ in range(2)]
    return eval(build, {"torch": torch, "groups": groups})  # type: ignore[no-any-return]


@pytest.mark.parametrize("which, name, compiled", [(0, "schedule", "torch.compile"), (1, "rate", "@torch.compile")])
@pytest.mark.parametrize("lr", ["torch.tensor(0.1)", "0.1"])
def test_each_group_has_a_tensor_of_its_own(used: list[Any], which: int, name: str, compiled: str, lr: str) -> None:
    """After a checkpoint too. Do not let them share one, which has the last group's rate, or leave a float there."""
    optimizer = sharing()
    torch.save(sharing(lr).state_dict(), "run.pt")
    mine = ("torch.optim.SGD([weight])", 'OPTIMIZER; optimizer.load_state_dict(torch.load("run.pt"))')
    each = (GROUPS[1][0], GROUPS[1][1].replace("rate", name))
    code = changed(recipe("PyTorch: a compiled step", which), mine, each, (compiled, ""))
    names = {"OPTIMIZER": optimizer, "schedules": [BODY, HEAD], "rates": [BODY.on(torch), HEAD.on(torch)]}
    run(code, **names)
    assert np.array(used) == pytest.approx(np.transpose([BODY.values(100), HEAD.values(100)]), rel=1e-6)
    used.clear()
    with contextlib.nullcontext() if "tensor" in lr else pytest.raises(AttributeError, match="'float' object has no"):
        run(changed(code, OWN), **names)
        assert np.array(used) == pytest.approx(np.transpose([HEAD.values(100)] * 2), rel=1e-6)


@pytest.mark.parametrize("own, rates", [(OWN[0], (0.01, 0.05)), ("", (0.05, 0.05))])
def test_each_group_has_a_tensor_of_its_own_under_lambda_lr(own: str, rates: tuple[float, float]) -> None:
    optimizer = sharing()
    run(own, torch=torch, optimizer=optimizer)
    LambdaLR(optimizer, [CosineLR(0.1, 0.0, t_max=9), CosineLR(0.5, 0.0, t_max=9)])
    assert tuple(float(group["lr"]) for group in optimizer.param_groups) == pytest.approx(rates)


@pytest.mark.parametrize("own, breaks", [("RexLR(1, 9)", False), ("LogWarmupLR(1, 9)", True)])
def test_a_class_to_copy_in_compiled_code(own: str, breaks: bool) -> None:
    counters.clear()
    schedule = eval(own, run(recipe("Classes to copy", page=MIGRATING)))
    rate = torch.compile(schedule.on(torch), backend="aot_eager")
    assert [float(rate(torch.tensor(e))) for e in range(12)] == pytest.approx(schedule.values(12), rel=1e-6)
    assert bool(counters["graph_break"]) == breaks


def lambda_lr(optimizer: torch.optim.Optimizer) -> LambdaLR:
    names = run(recipe("PyTorch: LambdaLR"), optimizer=optimizer)
    assert names["factor"] == SHORT
    return names["scheduler"]


def stopped() -> tuple[Regression, dict[str, Any]]:
    """Return a new run with the weights of one that was stopped after 10 epochs, and the two states to load."""
    first, second = Regression(0.1, 0.01), Regression(0.1, 0.01)
    scheduler = lambda_lr(first.optimizer)
    first.epochs(10, scheduler)
    second.model.load_state_dict(first.model.state_dict())
    assert [*map(bool, scheduler.state_dict()["lr_lambdas"])] == [False, False]  # nothing of the schedule
    torch.save({"optimizer": first.optimizer.state_dict(), "scheduler": scheduler.state_dict()}, "run.pt")
    return second, torch.load("run.pt")


def both(factors: list[float]) -> list[tuple[float, float]]:
    return [(0.1 * each, 0.01 * each) for each in factors]


def factor_from(heading: str, name: str) -> Schedule:
    """Return the schedule of a recipe for a longer run as a factor, whose 10 first epochs are those of SHORT."""
    code = recipe(heading).replace("lr_start=0.01", "lr_start=0.1").replace("0.001", "0.01").replace("(0.1,", "(1.0,")
    return run(code.replace("k = 50", "k = 10").replace("warm = 100", "warm = 10"))[name]  # type: ignore[no-any-return]


SHORT, LONG = factor_of(100), factor_of(200)
BRANCH, AGAIN = factor_from("Extend a run", "branch"), factor_from("Rewarm a finished run", "again")


@pytest.mark.parametrize("factor, order", [(LONG, 1), (LONG, -1), (BRANCH, 1), (AGAIN, 1)])
def test_lambda_lr_and_resume(used: list[Any], factor: Schedule, order: int) -> None:
    """The rate is base times factor, bit for bit. After a resume the first epoch has the rate that was saved."""
    second, states = stopped()
    parts = {"optimizer": second.optimizer, "scheduler": LambdaLR(second.optimizer, [factor, factor])}
    for name in [*parts][::order]:
        parts[name].load_state_dict(states[name])
    second.epochs(95, parts["scheduler"])
    assert used == both(SHORT.values(11) + factor.values(105)[11:])
    assert (factor(10) == SHORT(10)) == (factor != LONG)  # the first epoch has the rate of the new curve, too
    straight = Regression(0.1, 0.01)
    for rates in used[:105]:
        for group, rate in zip(straight.optimizer.param_groups, rates):
            group["lr"] = rate
        straight.epoch()
    assert weights_of(second.model) == weights_of(straight.model)


def test_lambda_lr_on_a_longer_curve_at_once(used: list[Any]) -> None:
    second, states = stopped()
    second.optimizer.load_state_dict(states["optimizer"])
    build = inline("PyTorch: LambdaLR", "LambdaLR(optimizer, factor, last_epoch")
    names = {"LambdaLR": LambdaLR, "optimizer": second.optimizer, "factor": LONG, "k": 10}
    second.epochs(40, eval(build, names))
    assert used[10:] == both(LONG.values(50)[10:])


def test_do_not_build_it_on_a_loaded_optimizer(used: list[Any]) -> None:
    """The first rate of the run is back for one epoch."""
    second, states = stopped()
    second.optimizer.load_state_dict(states["optimizer"])
    scheduler = lambda_lr(second.optimizer)
    scheduler.load_state_dict(states["scheduler"])
    second.epochs(2, scheduler)
    assert used[10:] == both([SHORT(0), SHORT(11)])


def test_do_not_pass_rates_to_lambda_lr() -> None:
    optimizer = Regression(0.1).optimizer
    eval(inline("PyTorch: LambdaLR", "LambdaLR(optimizer, CosineLR"), globals() | {"optimizer": optimizer})
    assert optimizer.param_groups[0]["lr"] == 0.1 * 0.1

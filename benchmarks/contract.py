"""Who keeps the laws of `tests/contract.py`: this package and its peers, law by law, and what is known to be wrong."""

import random
import re
from collections.abc import Collection
from fractions import Fraction
from importlib import import_module
from typing import Any

from tests.contract import LAWS, Unaskable, check, error_line, is_pure, short

from .peers import ONE_LINER, OURS, PEERS, Peer, one_liner, optimizer, quiet, timm_scheduler
from .tables import section, table

DECAYS: list[tuple[float, ...]] = [(0.1, 0.001, 10), (0.053, 0.00017, 10), (3e-4, 0.0, 100_000)]
RESTARTS: list[tuple[float, ...]] = [
    (0.1, 0.001, 10, 3), (0.1, 0.001, 10, 10), (0.1, 0.001, 1, 3), (0.1, 0.001, 10, 2), (0.1, 0.001, 10, 1),
    (0.1, 0.001, 16, 1.5), (1.0, 0.0, 10, 1), (0.1, 0.001, 0.1, 1), (0.1, 0.001, 0.1, 2), (0.1, 0.001, 80 / 1251, 1),
]  # fmt: skip


def decays(n: int) -> list[tuple[float, ...]]:
    """Return the fixed decays and n at random, the same ones every time."""
    some = random.Random(0)
    rates = [some.uniform(1e-4, 1.0) for _ in range(n)]
    return DECAYS + [(rate, rate * some.random(), some.choice([10, 30, 90])) for rate in rates]


def hold(peer: Peer, quick: bool = False) -> dict[str, str]:
    """Return for each law that the peer can be asked about "yes", or its first counter-example."""
    restarts = RESTARTS[:2] + RESTARTS[6:8] if quick else RESTARTS
    verdicts: dict[str, str] = {}
    for ends in restarts if peer.shape == "restarts" else decays(3 if quick else 10):
        known = {name: peer.told(end) for name, end in zip(("lr_init", "lr_min", "t_max", "t_mult"), ends)}
        laws = [each for each in LAWS if verdicts.get(each.name, "yes") == "yes"]
        if peer.walks:  # in order is the only way
            laws = [each for each in laws if each.check is not is_pure]
        try:
            f = peer.rate(*known.values())
        except Unaskable:
            continue
        if peer.shape in ("cosine", "line"):
            known["lr_half"] = peer.told(float((Fraction(known["lr_init"]) + Fraction(known["lr_min"])) / 2))
        for name, broken in check(f, laws, **known).items():
            verdicts[name] = "yes" if broken is None else f"({', '.join(map(repr, ends))}): {broken}"
    return verdicts


# What is known to be wrong: what to type (the last part is the result), and what would be right. `o` is a PyTorch SGD
# at 0.1, `again` one that has been at work before.
KNOWN: list[tuple[str, str, object]] = [
    ("", "one_liner(11, 0.1, 0.001, 10)", 0.001),
    ("", "one_liner(0, 0.053, 0.00017, 10) <= 0.053", True),
    *(
        ("torch", f"s = CosineAnnealingWarmRestarts(o, {t}, {m}, eta_min=.001); s.step({e}); s.get_last_lr()[0]", 0.1)
        for t, m, e in ((10, 3, 1210), (10, 10, 1110), (1, 3, 121))
    ),
    ("torch", "CosineAnnealingWarmRestarts(again, 10, 2, eta_min=.001, last_epoch=19).get_last_lr()[0]", 0.0505),
    ("torch", "s = CosineAnnealingLR(o, T_max=10); [s.step() for e in range(20)]; s.get_last_lr()[0]", 0.0),
    ("torch", "type(CosineAnnealingLR(o, T_max=-5)).__name__", "ValueError"),
    ("torch", "s = CosineAnnealingLR(o, T_max=20); s.load_state_dict(CosineAnnealingLR(o, T_max=10).state_dict()); "
     "s.T_max", 20),
    ("torch", "w = LinearLR(again, .1, total_iters=5); s = SequentialLR(again, [w, CosineAnnealingLR(again, 10)], [5], "
     "last_epoch=7); s.get_last_lr()[0]", 0.09045084971874738),
    ("torch", "s = OneCycleLR(o, .1, total_steps=10); [s.step() for e in range(11)]; s.get_last_lr()[0]", "a rate"),
    *(
        ("timm", f"s = CosineLRScheduler(o, {t}, lr_min=.001, cycle_mul={m}, cycle_limit=100); s.step({e}); "
         "o.param_groups[0]['lr']", 0.1)
        for t, m, e in ((10, 3.0, 1210), (16, 1.5, 211), (10, 1.0, -1))
    ),
    ("keras", "float(CosineDecayRestarts(.1, 10, t_mul=2., alpha=.01)(81910))", 0.1),
    ("keras", "float(CosineDecay(3e-4, 100000)(99993))", 3.626e-12),
    ("transformers", "s = get_cosine_with_hard_restarts_schedule_with_warmup(o, 0, 220, num_cycles=22); "
     "[s.step() for e in range(150)]; s.get_last_lr()[0]", 0.1),
    ("transformers", "s = get_cosine_schedule_with_warmup(o, 0, 100); [s.step() for e in range(120)]; "
     "s.get_last_lr()[0]", 0.0),
    ("optax", "float(join_schedules([lambda e: .1, lambda e: .2, lambda e: .3], [5])(99))", 0.3),
    ("optax", "float(linear_schedule(0, 1e-3, 0)(5))", 1e-3),
]  # fmt: skip


def known(package: str, code: str) -> object:
    """Type `code` into a fresh interpreter, so to say: return its last part, or what it raised."""
    names: dict[str, Any] = {"one_liner": one_liner}
    if package in ("torch", "timm", "transformers"):
        names |= vars(import_module("torch.optim.lr_scheduler")) | {"o": optimizer(0.1), "again": optimizer(0.1)}
        names["o"].step()
        names["again"].param_groups[0]["initial_lr"] = 0.1
    if package == "timm":
        names |= vars(timm_scheduler())
    elif package == "keras":
        names |= vars(import_module("keras").optimizers.schedules)
    elif package in ("optax", "transformers"):
        wanted = re.findall(r"\b(?:get_cosine|join|linear)_\w+", code)
        names |= {name: getattr(import_module(package), name) for name in wanted}
    *before, last = code.split("; ")
    try:
        exec("\n".join(before), names)
        return eval(last, names)
    except Exception as error:
        return error_line(error)


def report(versions: Collection[str] = (), quick: bool = False) -> str:
    """Return the tables: law by peer, what breaks them, and the cases that are known to be wrong."""
    every = [*OURS, ONE_LINER, *(peer for peer in PEERS if peer.package in versions and peer.shape != "warm-up")]
    with quiet():
        verdicts = {peer.name: hold(peer, quick) for peer in every}
        cases = [(name, code, known(name, code), right) for name, code, right in KNOWN if name in ("", *versions)]
    parts = {}
    for title, arguments, shapes in (
        ("A decay that ends", "(lr_init, lr_min, t_max)", ("cosine", "line")),
        ("Restarts", "(lr_init, lr_min, t_max, t_mult)", ("restarts",)),
    ):
        names = [peer.name for peer in every if peer.shape in shapes]
        laws = [each for each in LAWS if any(each.name in verdicts[name] for name in names)]
        words = {name: [verdicts[name].get(each.name, "-") for each in laws] for name in names}
        marks = [[name, *("no" if len(word) > 3 else word for word in row)] for name, row in words.items()]
        broken = [[name, str(i), word] for name in names for i, word in enumerate(words[name], 1) if len(word) > 3]
        texts = [
            table(["", *map(str, range(1, len(laws) + 1))], marks),
            "\n".join(f"{i}. {each.name}: {each.sentence}" for i, each in enumerate(laws, 1)),
            f"The first counter-examples, with {arguments}:" if broken else "Nothing breaks them.",
        ]
        parts[title] = "\n\n".join(texts + [table(["", "law", "counter-example"], broken)] * bool(broken))
    rows = [[name or "the one-liner", f"`{code}`", short(got), short(right)] for name, code, got, right in cases]
    parts["Known cases"] = table(["", "what to type", "result", "right"], rows)
    return section("## The contract", parts)

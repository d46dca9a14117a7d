"""A training run that is killed again and again, and goes on each time from what is on the disk.

By hand, with 120 kills of forked processes and 6 of true interpreters, about a minute:

    PYTHONPATH=. python tests/frameworks/killed_run.py
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import torch
import torch._dynamo  # an optimizer imports it at its first step: here, once, for all forked trainees

from cosine_lr import parse
from lives import EVERY, SCHEDULE, STEPS, check, note, noted, replacing, wait

MANNERS = ("pickle", "state_dict", "integer")  # what is saved of the schedule: all, its state, or your own counter


def updates(optimizer: torch.optim.Optimizer) -> int:
    """Return how many updates the optimizer itself has counted, whatever the schedule thinks."""
    return int(next(iter(optimizer.state.values()))["step"]) if optimizer.state else 0


def train(folder: Path, manner: str, log: Path) -> None:
    """Train to the end, from the checkpoint in the folder if there is one."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Dropout(0.1), torch.nn.Linear(8, 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1.0)
    optimizer.register_step_pre_hook(lambda self, *_: note(log, updates(self), self.param_groups[0]["lr"]))
    schedule = parse(SCHEDULE)
    start = 0
    path = folder / "checkpoint"
    if path.exists():
        checkpoint = torch.load(path, weights_only=manner != "pickle")
        model.load_state_dict(checkpoint["model"])
        optimizer.load_state_dict(checkpoint["optimizer"])
        torch.set_rng_state(checkpoint["random"])
        if manner == "pickle":
            schedule = checkpoint["schedule"]
        elif manner == "state_dict":
            schedule.load_state_dict(checkpoint["schedule"])
        start = checkpoint["schedule"] if manner == "integer" else schedule.e
    for step in range(start, STEPS):
        optimizer.param_groups[0]["lr"] = schedule(step) if manner == "integer" else next(schedule)
        optimizer.zero_grad()
        x = torch.randn(8, 4)
        torch.nn.functional.mse_loss(model(x), x.sum(dim=1, keepdim=True)).backward()
        optimizer.step()
        if (step + 1) % EVERY == 0:
            checkpoint = {
                "model": model.state_dict(),
                "optimizer": optimizer.state_dict(),
                "random": torch.get_rng_state(),
                "schedule": {"pickle": schedule, "state_dict": schedule.state_dict(), "integer": step + 1}[manner],
            }
            with replacing(path) as file:
                torch.save(checkpoint, file)
    with replacing(folder / "weights") as file:
        file.write(torch.nn.utils.parameters_to_vector(model.parameters()).detach().numpy().tobytes())


def live(way: str, folder: Path, manner: str, log: Path, moment: tuple[int, float] | None) -> bool:
    """Train in a process of its own, killed some steps and seconds after its birth; return whether it was."""
    trainee = multiprocessing.get_context(way).Process(target=train, args=(folder, manner, log))
    trainee.start()
    if moment:
        wait(log, moment[0], trainee.is_alive)
        time.sleep(moment[1])
        trainee.kill()
    trainee.join()
    assert trainee.exitcode in (0, -signal.SIGKILL)
    return trainee.exitcode != 0


def run(way: str, manner: str, folder: Path, moments: Iterator[tuple[int, float]] = iter(())) -> Counter[str]:
    """Train to the end, however often that is cut short, and check every rate that was used."""
    folder.mkdir()
    figures = Counter(runs=1)
    logs = [folder / "life-0"]
    cut = set()
    while live(way, folder, manner, logs[-1], next(moments, None)):
        figures["kills"] += 1
        figures["resumes"] += (folder / "checkpoint").exists()
        cut |= {unfinished.stat().st_mtime_ns for unfinished in folder.glob("*.unfinished")}
        logs.append(folder / f"life-{len(logs)}")
    replayed = check([noted(log) for log in logs])
    return figures + Counter({"cut checkpoints": len(cut), "replayed steps": replayed})


def main(kills: int, fresh: int, seed: int) -> None:
    """Kill runs of each manner so often, and so many runs once whose two processes are interpreters of their own."""
    born = time.perf_counter()
    chance = random.Random(seed)
    plan = [("fork", manner, kills, range(3 * EVERY)) for manner in MANNERS]
    plan += [("spawn", MANNERS[i % len(MANNERS)], 1, range(EVERY, STEPS - EVERY)) for i in range(fresh)]
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        straight = Path(name, "straight")
        run("fork", "integer", straight)
        for i, (way, manner, wanted, steps) in enumerate(plan):
            began = time.perf_counter()
            figures: Counter[str] = Counter()
            while left := wanted - figures["kills"]:
                folder = Path(name, f"{i}-{figures['runs']}")
                moments = ((chance.choice(steps), chance.uniform(0, 0.005)) for _ in range(left))
                figures += run(way, manner, folder, moments)
                assert (folder / "weights").read_bytes() == (straight / "weights").read_bytes(), "other weights"
            report(f"{way} {manner}", figures, time.perf_counter() - began)
            total += figures
    report("all", total, time.perf_counter() - born)


def report(what: str, figures: Counter[str], seconds: float) -> None:
    print(f"{what}: {', '.join(f'{count} {name}' for name, count in figures.items())}, {seconds:.0f} s", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Kill training runs at random moments; check that they go on rightly.")
    parser.add_argument("--kills", type=int, default=40, help="of forked processes, for each manner of saving")
    parser.add_argument("--fresh", type=int, default=6, help="runs killed once, in interpreters of their own")
    parser.add_argument("--seed", type=int, default=0)
    main(**vars(parser.parse_args()))

"""These tests train with the real frameworks. One that is missing is a failure, never a skip."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# Before any framework is imported: one thread, the CPU, no network, few words. Keras reads its backend here.
os.environ |= {
    "CUDA_VISIBLE_DEVICES": "", "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3", "TF_NUM_INTEROP_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1",
}  # fmt: skip
os.environ.setdefault("KERAS_BACKEND", "tensorflow")


def pytest_configure(config: pytest.Config) -> None:
    # The frameworks warn of each other's and of their own ageing calls. Ours must still not warn.
    for line in ("ignore", "error:::cosine_lr"):
        config.addinivalue_line("filterwarnings", line)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own, where the recipes find and write their files."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def noted(key: str) -> Iterator[list[Any]]:
    """Yield what a PyTorch optimizer has under a key at every update: of its one group, or a tuple of its groups'."""
    from torch.optim.optimizer import register_optimizer_step_pre_hook

    seen: list[Any] = []

    def note(optimizer: Any, args: Any, kwargs: Any) -> None:
        numbers = tuple(float(group[key]) for group in optimizer.param_groups)
        seen.append(numbers if len(numbers) > 1 else numbers[0])

    handle = register_optimizer_step_pre_hook(note)
    yield seen
    handle.remove()


@pytest.fixture
def used() -> Iterator[list[Any]]:
    yield from noted("lr")


@pytest.fixture
def decays() -> Iterator[list[Any]]:
    yield from noted("weight_decay")

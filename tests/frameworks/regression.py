"""A small regression in PyTorch: the model, its optimizer, and the training of one epoch."""

from typing import Any

import torch

torch.set_num_threads(1)


def weights_of(model: torch.nn.Module) -> list[float]:
    weights = torch.nn.utils.parameters_to_vector(model.parameters())
    assert weights.isfinite().all()
    return weights.tolist()  # type: ignore[no-any-return]


class Regression:
    """Two layers, in two groups if two rates are given. `used` has the rate and the momentum of each epoch."""

    def __init__(self, *lrs: float) -> None:
        torch.manual_seed(0)
        self.x = 0.3 * torch.randn(16, 3, dtype=torch.float64)
        self.y = self.x.sum(dim=1, keepdim=True)
        self.model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Linear(4, 1)).double()
        layers = self.model if len(lrs) == 2 else [self.model]
        groups = [{"params": layer.parameters(), "lr": lr} for layer, lr in zip(layers, lrs, strict=True)]
        self.optimizer = torch.optim.SGD(groups, lr=lrs[0], momentum=0.9)
        self.used: list[tuple[float, float]] = []

    def epoch(self, *_: Any) -> None:
        group = self.optimizer.param_groups[0]
        self.used.append((group["lr"], group["momentum"]))
        self.optimizer.zero_grad()
        torch.nn.functional.mse_loss(self.model(self.x), self.y).backward()
        self.optimizer.step()

    def epochs(self, n: int, scheduler: Any) -> None:
        for _ in range(n):
            self.epoch()
            scheduler.step()

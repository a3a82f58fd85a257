"""The yardstick: a plain PyTorch loop over the same model, data, batch and optimizer.

Run as a program it prints its steps per second: python -m benchmarks.bare lstm 1500
"""

import sys
import time
from collections.abc import Callable
from types import MethodType

import numpy as np
import torch
from torch import nn

from explorer.catalog import building, choosing
from explorer.kernels import nets
from explorer.training.process import settle


def pytorchs(model: nn.Module) -> nn.Module:
    """The model with PyTorch's own recurrences in place of the compiled ones."""
    for part in model.modules():
        for ours, theirs in ((nets.RNN, nn.RNN), (nets.GRU, nn.GRU)):
            if isinstance(part, ours):
                part.forward = MethodType(theirs.forward, part)  # type: ignore[method-assign]
    return model


def stepper(model_name: str) -> Callable[[], None]:
    """One step of the way that a tutorial would train, on one thread."""
    settle()
    config = choosing.make_config("sine", model_name)
    torch.manual_seed(0)
    model, data = pytorchs(building.build_model(config)), building.make_data(config)
    x, y = torch.tensor(data.train.x), torch.tensor(data.train.y)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.005, weight_decay=0.0)
    generator = np.random.default_rng(0)
    size = config.training.batch_size

    def step() -> None:
        rows = torch.from_numpy(generator.integers(len(x), size=size))
        output = model(x[rows])[:, data.counted_from :]
        loss = torch.nn.functional.mse_loss(output, y[rows][:, data.counted_from :])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        loss.item()

    for _ in range(20):
        step()
    return step


def steps_per_second(model_name: str, steps: int) -> float:
    """Of so many steps."""
    step = stepper(model_name)
    began = time.perf_counter()
    for _ in range(steps):
        step()
    return steps / (time.perf_counter() - began)


if __name__ == "__main__":
    print(steps_per_second(sys.argv[1], int(sys.argv[2])))

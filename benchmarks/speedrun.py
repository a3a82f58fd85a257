"""How long a character Transformer takes to a held-out loss of 1.88, and what saves it.

python -m benchmarks.speedrun TEXT              nanoGPT's recipe against the preset
python -m benchmarks.speedrun TEXT each [SEEDS] the preset without each of its ideas
"""

import math
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from benchmarks.convergence import GOAL, LARGE
from benchmarks.report import Row, machine
from explorer.catalog import building, choosing
from explorer.config.run import RunConfig
from explorer.data import content, files
from explorer.data.base import Data
from explorer.data.windows import Windows
from explorer.training.objectives import evaluate
from explorer.training.trainer import Budget, Trainer

SHARE = 0.25
"""Of the recipe's time, that the preset may take."""

STEPS = 2000
SIZES: Mapping[str, Any] = {
    "data.window": 64,
    "model.layers": 4,
    "model.heads": 4,
    "model.hidden_size": 128,
    "training.batch_size": 12,
}
WITHOUT: Mapping[str, Mapping[str, Any]] = {
    "all of it": {},
    "normalised queries and keys": {"model.queries": "plain"},
    "projections from zero": {"model.outputs": "small"},
    "turned positions": {"model.positions": "learned"},
    "residual mixing": {"model.mixing": "none"},
    "Muon (AdamW at 0.003)": {
        "training.optimizer": "adamw",
        "training.learning_rate": 0.003,
    },
    "the rate of 0.02 (0.005)": {"training.learning_rate": 0.005},
    "the straight line to zero": {"training.schedule": "warmup"},
}
BESIDE: Mapping[str, Mapping[str, Any]] = {
    "RMSNorm": {"model.norm": "rms"},
    "squared ReLU": {"model.feed_forward_activation": "relu_squared"},
    "an output matrix of its own": {"model.way_out": "own"},
    "capped logits": {"model.logits": "capped"},
}
"""What the preset leaves out, and what it would be with it."""


class Reached(NamedTuple):
    """What a run came to, and how long its training alone took."""

    loss: float
    seconds: float
    steps: int


def config_of(path: Path, more: Mapping[str, Any], seed: int = 0) -> RunConfig:
    """A Transformer of this size on a text."""
    digest = content.put_text(files.read_text(path.read_bytes(), path.name))
    settings = {**SIZES, "data.digest": digest, **more}
    return choosing.make_config("own_text", "transformer", settings, seed)


def held_out(model: Any, data: Data) -> float:
    """The loss over about a thousand windows, evenly spread over the held-out text."""
    assert data.text is not None
    held = data.text.tokens[data.text.split :]
    starts = range(0, len(held) - 65, max(1, (len(held) - 65) // LARGE))
    rows = np.array([held[k : k + 65] for k in starts])
    return evaluate(model, data, Windows(rows[:, :-1], rows[:, 1:]))


def preset(path: Path, more: Mapping[str, Any], seed: int) -> Reached:
    """The preset, as a run trains, but for these settings."""
    torch.set_num_threads(1)
    taken = choosing.preset_settings("transformer", "speedrun")
    trainer = Trainer(config_of(path, {**taken, **more}, seed))
    began = time.perf_counter()
    trainer.advance(Budget())
    took = time.perf_counter() - began
    return Reached(held_out(trainer.model, trainer.data), took, trainer.step)


def recipe(path: Path, seed: int) -> Reached:
    """nanoGPT's recipe for a CPU, in a bare loop: AdamW at 0.001 with betas 0.9 and
    0.99 and decay 0.1, 100 steps of warm-up, then a cosine to 0.0001."""
    torch.set_num_threads(1)
    config = config_of(path, {"model.positions": "learned"}, seed)
    torch.manual_seed(seed)
    model, data = building.build_model(config), building.make_data(config)
    assert data.text is not None
    text = torch.tensor(np.array(data.text.tokens[: data.text.split]))
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=1e-3, betas=(0.9, 0.99), weight_decay=0.1, fused=True
    )
    began = time.perf_counter()
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = _rate(step)
        starts = torch.randint(len(text) - 64, (12,)).tolist()
        x = torch.stack([text[s : s + 64] for s in starts])
        y = torch.stack([text[s + 1 : s + 65] for s in starts])
        loss = nn.functional.cross_entropy(model(x).flatten(0, 1), y.flatten())
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    took = time.perf_counter() - began
    return Reached(held_out(model, data), took, STEPS)


def _rate(step: int) -> float:
    if step < 100:
        return 1e-3 * (step + 1) / 101
    through = (step - 100) / (STEPS - 100)
    return 1e-4 + 9e-4 * (1 + math.cos(math.pi * through)) / 2


def measure(path: Path) -> Row:
    """Both, one after the other, on one thread each."""
    theirs, ours = recipe(path, 0), preset(path, {}, 0)
    share = ours.seconds / theirs.seconds
    return Row(
        f"preset Speedrun on {path.name}, one thread, against nanoGPT's recipe there",
        f"loss {ours.loss:.3f} after {ours.steps} steps and {ours.seconds:.1f} s; "
        f"{theirs.loss:.3f} after {STEPS} and {theirs.seconds:.1f} s: {share:.2f}",
        f"<= {GOAL} in <= {SHARE} of its time",
        ours.loss <= GOAL and share <= SHARE,
    )


def each(path: Path, seeds: int) -> None:
    """A table of what every idea is worth, over some seeds."""
    print("| Speedrun | Loss by seed | Time of a step, ms |\n|---|---|---|")
    rows = [
        (f"without {name}" if more else name, more) for name, more in WITHOUT.items()
    ]
    rows += [(f"with {name}", more) for name, more in BESIDE.items()]
    for name, more in rows:
        found = [preset(path, more, seed) for seed in range(seeds)]
        losses = ", ".join(f"{one.loss:.3f}" for one in found)
        fastest = min(one.seconds / one.steps for one in found)
        print(f"| {name} | {losses} | {1000 * fastest:.1f} |", flush=True)


if __name__ == "__main__":
    print(machine())
    if sys.argv[2:3] == ["each"]:
        each(Path(sys.argv[1]), int(sys.argv[3]) if sys.argv[3:] else 3)
    else:
        print(measure(Path(sys.argv[1])).line())

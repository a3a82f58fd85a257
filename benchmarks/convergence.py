"""What training reaches: a character Transformer on a text of yours, and the defaults.

python -m benchmarks.convergence [TEXT]
"""

import sys
import time
from pathlib import Path

import torch

from benchmarks.report import Row
from explorer.catalog import choosing, specs
from explorer.data import content, files
from explorer.data.windows import Windows
from explorer.training.objectives import evaluate
from explorer.training.trainer import Budget, Trainer

GOAL = 1.88
LARGE = 1000
"""Held-out windows over which the character Transformer is judged."""


def character_transformer(path: Path) -> Row:
    """4 layers, 4 heads, width 128, block 64, batch 12, 2,000 steps."""
    torch.set_num_threads(1)
    digest = content.put_text(files.read_text(path.read_bytes(), path.name))
    settings = {
        "data.digest": digest,
        "data.window": 64,
        "model.layers": 4,
        "model.heads": 4,
        "model.hidden_size": 128,
        "model.positions": "learned",
        "training.steps": 2000,
        "training.batch_size": 12,
        "training.learning_rate": 0.003,
        "training.schedule": "warmup",
    }
    trainer = Trainer(choosing.make_config("own_text", "transformer", settings))
    began = time.perf_counter()
    progress = trainer.advance(Budget())
    took = time.perf_counter() - began
    assert trainer.data.text is not None
    held = trainer.data.text.tokens[trainer.data.text.split :]
    starts = range(0, len(held) - 65, max(1, (len(held) - 65) // LARGE))
    rows = torch.tensor([held[k : k + 65].tolist() for k in starts])
    part = Windows(rows[:, :-1].numpy(), rows[:, 1:].numpy())
    loss = evaluate(trainer.model, trainer.data, part)
    return Row(
        f"character Transformer 4x4x128 on {path.name}, 2,000 steps of batch 12",
        f"validation loss {loss:.3f} over {len(rows)} windows, first loss "
        f"{progress.curves.losses[0]:.2f}, {took:.0f} s",
        f"<= {GOAL}",
        loss <= GOAL,
    )


def defaults() -> list[Row]:
    """Every net that forecasts, at its defaults, on a sine and on a random walk."""
    torch.set_num_threads(1)
    rows = []
    known = specs.models().values()
    nets = [m.name for m in known if m.learning == "gradient" and "forecast" in m.tasks]
    for data, line in (("sine", "floor"), ("stock", "repeat last")):
        lines, holds = [], True
        for model in nets:
            trainer = Trainer(choosing.make_config(data, model))
            loss = trainer.advance(Budget()).validations[-1].loss
            made = trainer.data
            against = made.floor if data == "sine" else made.baselines[line]
            assert against is not None
            ratio = loss / against
            holds &= ratio <= 1.15 if data == "sine" else ratio >= 0.98
            lines.append(f"{model} {ratio:.2f}")
        goal = "<= 1.15" if data == "sine" else "none below by more than noise"
        what = f"{data} at default settings: validation loss / {line}"
        rows.append(Row(what, ", ".join(lines), goal, holds))
    return rows


if __name__ == "__main__":
    for row in defaults():
        print(row.line())
    if len(sys.argv) > 1:
        print(character_transformer(Path(sys.argv[1])).line())

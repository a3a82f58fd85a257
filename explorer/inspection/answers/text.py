"""Text that the model writes, the odds of its next token, and a coloured passage."""

from typing import Any

import torch

from explorer.data.base import Data
from explorer.inspection.answer import Answer, PredictionOptions, encode
from explorer.inspection.base import Subject, float_array, probe_window
from explorer.training.objectives import objective
from explorer.training.sampling import generate, next_logits, probabilities

LIKELIEST = 12
"""How many next tokens are shown."""


def look(
    subject: Subject, options: PredictionOptions
) -> tuple[dict[str, Any], dict[str, Any]]:
    """probabilities (k,) of the likeliest next tokens, losses (T,) of the passage."""
    model, data, steps = subject.model, subject.data, subject.data.steps
    context, left_out = encode(data, options.prompt)
    sample = generate(
        model,
        context,
        options.length,
        steps,
        options.temperature,
        options.top_k,
        seed=subject.config.seed,
    )
    chances = probabilities(
        next_logits(model, context, steps), max(options.temperature, 0.05), 0
    )
    likeliest = chances.topk(min(LIKELIEST, len(chances)))
    x, y = probe_window(data)
    with torch.no_grad():
        losses = objective(data).each(model(x), y)[0]  # (T,)
    names: Any = data.symbols
    arrays = {
        "probabilities": float_array(likeliest.values),
        "losses": float_array(losses),
    }
    notes = {
        "joiner": data.joiner,
        "pairs": data.pairs is not None,
        "prompt": [names[t] for t in context],
        "left_out": left_out,
        "sample": [names[t] for t in sample],
        "tokens": [names[int(t)] for t in likeliest.indices],
        "passage": [names[int(t)] for t in y[0]],
        "symbols": len(names),
    }
    return arrays, notes


def applies(data: Data) -> bool:
    """Whether what is said can be read on from: it is the next token read."""
    return data.shifted


ANSWER = Answer(
    ("next_token",), look, {"probabilities": ("token",), "losses": ("time",)}, applies
)

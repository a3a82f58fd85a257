"""A tune that the model writes, and the beginning of a held-out one, as notes."""

from typing import Any

import numpy as np
import torch

from explorer.data.base import Data, Floats, Heard
from explorer.inspection.answer import Answer, PredictionOptions
from explorer.inspection.answers import text
from explorer.inspection.base import Subject, float_array
from explorer.training.objectives import objective


def look(
    subject: Subject, options: PredictionOptions
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What written text has, and notes and bars of the tune and of the held-out one.

    wrote, held (n, 4): start and length in beats, MIDI pitch, place of the token.
    wrote_bars, held_bars (m,): where a bar ends, in beats.
    """
    data = subject.data
    assert data.play is not None  # `applies`
    first = [data.symbols[int(k)] for k in data.validation.x[0]]
    opening = data.joiner.join(first[: max(1, data.steps // 4)])
    chosen = {
        "prompt": options.prompt.strip() or opening,
        "length": min(options.length, data.steps),
    }
    arrays, notes = text.look(subject, options.model_copy(update=chosen))
    x, y = (torch.tensor(part[:1]) for part in data.validation)
    with torch.no_grad():
        losses = objective(data).each(subject.model(x), y)[0]  # (T,)
    arrays["losses"] = np.concatenate([[0.0], float_array(losses)]).astype(np.float32)
    notes["passage"] = [first[0], *(data.symbols[int(k)] for k in y[0])]
    for name, tokens in (
        ("wrote", [*notes["prompt"], *notes["sample"]]),
        ("held", notes["passage"]),
    ):
        heard = data.play(tokens)
        arrays[name] = rows(heard)
        arrays[f"{name}_bars"] = np.array(heard.bars, np.float32)
    return arrays, notes


def rows(heard: Heard) -> Floats:
    """Notes as (n, 4): start, beats, midi, place."""
    rows_of_notes = [(n.start, n.beats, n.midi, n.place) for n in heard.notes]
    return np.array(rows_of_notes, np.float32).reshape(-1, 4)


def applies(data: Data) -> bool:
    """Whether tokens sound."""
    return data.play is not None


AXES = {
    **text.ANSWER.axes,
    "wrote": ("note", "start, beats, pitch, place"),
    "held": ("note", "start, beats, pitch, place"),
    "wrote_bars": ("bar",),
    "held_bars": ("bar",),
}

ANSWER = Answer(("next_token",), look, AXES, applies)

"""A translation as the model writes it, beside the truth, and where it looked."""

from typing import Any

import torch
from torch import Tensor

from explorer.catalog import specs
from explorer.data.base import Data
from explorer.inspection.answer import Answer, PredictionOptions
from explorer.inspection.base import (
    Subject,
    captures_of,
    float_array,
    layer_of,
    probe_window,
)
from explorer.inspection.example import pieces_of_source
from explorer.models.captures import Recorder
from explorer.tasks import BEGIN, END, FILLED, IGNORED
from explorer.training.decoding import greedy


def look(
    subject: Subject, options: PredictionOptions
) -> tuple[dict[str, Any], dict[str, Any]]:
    """written (n,) of the n tokens that are written; where the model can look at its
    source of k tokens, cross (n, k): the last layer's mean over heads."""
    data, model = subject.data, subject.model
    source, truth, left_out = asked(data, options.prompt)
    S = data.source
    written = greedy(model, source, data.steps - S)[0]  # (L,)
    written = written[: count(written)]  # (n,)
    given = torch.cat([source[0], source.new_tensor([BEGIN]), written[:-1]])[None]
    recorder = Recorder()
    with torch.no_grad():
        chances = model(given, recorder)[0].softmax(-1)  # (n, V)
    arrays = {"written": float_array(chances.gather(1, written[:, None])[:, 0])}
    names, read = data.symbols, [t for t in source[0].tolist() if t != FILLED]
    notes: dict[str, Any] = {
        "joiner": data.joiner,
        "source": [names[t] for t in read],
        "written": [names[t] for t in written.tolist()],
        "truth": None if truth is None else [names[t] for t in truth],
        "left_out": left_out,
    }
    looks = [
        c
        for c in captures_of(specs.resolve(subject.config), "attention")
        if (c.part, c.keys) == ("target", "source")
    ]
    if looks:
        A = recorder.values()[looks[-1].name][0]  # (N, n, S)
        arrays["cross"] = float_array(A.mean(0)[:, : len(read)])
        notes |= {"layer": layer_of(looks[-1]), "heads": len(A)}
    return arrays, notes


def asked(data: Data, prompt: str) -> tuple[Tensor, list[int] | None, list[str]]:
    """A source (1, S), its true translation, and the pieces of a prompt left out.

    The middle held-out window; or, where a prompt has at least one known token, its
    first S of them, of which no truth is known.
    """
    index_of = {symbol: k for k, symbol in enumerate(data.symbols) if k > END}
    pieces = pieces_of_source(data, prompt)
    ids = [index_of[piece] for piece in pieces if piece in index_of][: data.source]
    left_out = sorted({piece for piece in pieces if piece not in index_of})
    if not ids:
        x, y = probe_window(data)
        return x[:, : data.source], [t for t in y[0].tolist() if t != IGNORED], left_out
    rest = [FILLED] * (data.source - len(ids))
    return torch.tensor([[*ids, *rest]]), None, left_out


def count(tokens: Tensor) -> int:
    """How many tokens (L,) are written, the end among them; all if there is none."""
    ends = (tokens == END).nonzero()
    return int(ends[0]) + 1 if len(ends) else len(tokens)


AXES = {"written": ("token",), "cross": ("token", "source token")}

ANSWER = Answer(("translate",), look, AXES)

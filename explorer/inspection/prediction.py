"""What the model says: a forecast beside the truth, or text it writes by itself."""

from typing import Any

import numpy as np
import torch

from explorer.config import N_, Settings, setting
from explorer.data.base import Data
from explorer.inspection.base import Subject, ViewSpec, float_array, probe_window
from explorer.runs.records import View
from explorer.training.forecasting import forecast
from explorer.training.objectives import objective
from explorer.training.sampling import generate, next_logits, probabilities

LIKELIEST = 12
"""How many next tokens are shown."""

MOST_PROMPT = 200


class PredictionOptions(Settings):
    """How text is drawn; a forecast needs none of it."""

    temperature: float = setting(
        0.8,
        N_("Low keeps to the likeliest tokens, high dares more; 0 never dares."),
        title=N_("Temperature"),
        ge=0.0,
        le=2.0,
        step=0.1,
    )
    top_k: int = setting(
        0,
        N_("Only the k likeliest tokens may be drawn; 0 lets all of them in."),
        title=N_("Top k"),
        ge=0,
        le=100,
    )
    prompt: str = setting(
        "",
        N_("The beginning that the model goes on from."),
        title=N_("Prompt"),
        pattern=rf"^[\s\S]{{0,{MOST_PROMPT}}}$",
    )
    length: int = setting(
        160, N_("How many tokens are drawn."), title=N_("Length"), ge=1, le=400
    )


def look(subject: Subject, options: PredictionOptions) -> View:
    """A forecast for a series; a sample, a coloured passage and odds for text."""
    if subject.data.task == "next_token":
        return _text(subject, options)
    return _series(subject)


def _series(subject: Subject) -> View:
    series = subject.data.series
    assert series is not None  # the task is forecast
    said = forecast(subject.model, subject.data)
    positions = series.positions[said.places]
    dates = bool(np.issubdtype(positions.dtype, np.datetime64))
    if dates:
        positions = positions.astype("datetime64[D]")
    return View(
        "prediction",
        subject.step,
        {
            "positions": positions.astype(np.int64 if dates else np.float64),
            "truth": said.truth,
            "one_step": said.one_step,
            "free": said.free,
        },
        {
            "task": "forecast",
            "dates": dates,
            "axis": series.axis,
            "label": series.label,
            "context": said.context,
        },
    )


def _text(subject: Subject, options: PredictionOptions) -> View:
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
    return View(
        "prediction",
        subject.step,
        {
            "probabilities": float_array(likeliest.values),
            "losses": float_array(losses),
        },
        {
            "task": "next_token",
            "joiner": data.text.joiner if data.text else "",
            "prompt": [names[t] for t in context],
            "left_out": left_out,
            "sample": [names[t] for t in sample],
            "tokens": [names[int(t)] for t in likeliest.indices],
            "passage": [names[int(t)] for t in y[0]],
            "symbols": len(names),
        },
    )


def encode(data: Data, prompt: str) -> tuple[list[int], list[str]]:
    """Token ids of a prompt, and the pieces of it that the vocabulary does not have.

    An empty prompt becomes the beginning of the probe window, so that there is always
    something to go on from.
    """
    known = {symbol: index for index, symbol in enumerate(data.symbols)}
    joiner = data.text.joiner if data.text else ""
    pieces = prompt.lower().split() if joiner else list(prompt)
    ids = [known[piece] for piece in pieces if piece in known]
    left_out = sorted({piece for piece in pieces if piece not in known})
    if not ids:
        x, _ = probe_window(data)
        ids = [int(token) for token in x[0, : max(1, data.steps // 4)]]
    return ids, left_out


AXES = {
    "positions": ("place",),
    "truth": ("place",),
    "one_step": ("place",),
    "free": ("place",),
    "probabilities": ("token",),
    "losses": ("time",),
}

VIEW = ViewSpec("prediction", PredictionOptions, look, axes=AXES)

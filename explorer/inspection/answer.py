"""What all answers share: their options, how one is declared, a prompt's tokens."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from explorer.config.settings import Settings, setting
from explorer.data.base import Data
from explorer.errors import N_
from explorer.inspection.base import Subject, probe_window
from explorer.inspection.example import example_field, tokens_of
from explorer.inspection.shown_series import series_field
from explorer.tasks import Task

MOST_PROMPT = 200


class PredictionOptions(Settings):
    """How an answer is drawn; many need none of it."""

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
        N_("What the model is given; empty takes a held-out example."),
        title=N_("Prompt"),
        pattern=rf"^[\s\S]{{0,{MOST_PROMPT}}}$",
    )
    window: int = example_field()
    series: str = series_field()
    length: int = setting(
        160, N_("How many tokens are drawn."), title=N_("Length"), ge=1, le=400
    )


def always(data: Data) -> bool:
    """An answer that every dataset of its tasks has."""
    return True


class Answer(NamedTuple):
    """How a task's answers are looked at; the plot of the same name draws them."""

    tasks: tuple[Task, ...]
    look: Callable[[Subject, PredictionOptions], tuple[dict[str, Any], dict[str, Any]]]
    """(subject, options) -> arrays and notes of the view."""
    axes: Mapping[str, tuple[str, ...]]
    """By array: what each of its axes counts."""
    applies: Callable[[Data], bool] = always


def encode(data: Data, prompt: str) -> tuple[list[int], list[str]]:
    """Token ids of a prompt, and the pieces of it that the vocabulary does not have.

    An empty prompt becomes the beginning of the probe window, so that there is always
    something to go on from.
    """
    ids, left_out = tokens_of(data, prompt)
    if not ids:
        x, _ = probe_window(data)
        ids = [int(token) for token in x[0, : max(1, data.steps // 4)]]
    return ids, left_out

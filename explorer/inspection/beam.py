"""The tree of a beam search: what the model thought of writing, and what it kept."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from explorer.config.settings import setting
from explorer.errors import N_
from explorer.inspection.base import Subject, ViewSpec
from explorer.inspection.example import ExampleOptions
from explorer.inspection.writing import source_of, spelled, translates
from explorer.runs.records import View
from explorer.training.decoding import Beam, beam


class BeamOptions(ExampleOptions):
    """How wide the search is, and what it prefers."""

    width: int = setting(
        3,
        N_("How many beginnings live on from each token to the next; 1 is greedy."),
        title=N_("Beam width"),
        ge=1,
        le=6,
        step=1,
    )
    ranking: Literal["sum", "mean"] = setting(
        "sum",
        N_(
            "Beginnings are ranked by the log-probability of all their tokens, or by "
            "its mean per token: a sum falls with every token and so prefers the short."
        ),
        title=N_("Ranked by"),
        choices={"sum": N_("the sum of log p"), "mean": N_("the mean log p per token")},
    )


def look(subject: Subject, options: BeamOptions) -> View:
    """By node (M,): parent, token, log_chance, total, score, kept, finished, and best,
    which is 1 on the best translation.

    Raises:
        ExplorerError: if the source is not sound.
    """
    data = subject.data
    source = source_of(data, options)
    length = data.steps - data.source
    mean = options.ranking == "mean"
    found = beam(subject.model, source.tokens, length, options.width, mean)
    greedy = beam(subject.model, source.tokens, length, 1, mean)
    nodes = found.nodes
    last, plain = nodes[found.best[-1]], greedy.nodes[greedy.best[-1]]
    return View(
        "beam",
        subject.step,
        _by_node(found),
        {
            "labels": [data.symbols[n.token] for n in nodes],
            "source": source.labels,
            "said": spelled(data, found.tokens),
            "greedy": spelled(data, greedy.tokens),
            "score": last.score,
            "greedy_score": plain.score,
            "truth": source.truth,
            "width": options.width,
            "steps": length,
        },
    )


def _by_node(found: Beam) -> dict[str, NDArray[Any]]:
    """Each (M,): what is known of every node."""
    arrays: dict[str, NDArray[Any]] = {
        name: np.array([getattr(node, name) for node in found.nodes], dtype)
        for name, dtype in DTYPES.items()
    }
    best = np.isin(np.arange(len(found.nodes)), found.best)
    return arrays | {"best": best.astype(np.uint8)}


DTYPES: dict[str, type] = {
    "parent": np.int64,
    "token": np.int64,
    "log_chance": np.float32,
    "total": np.float32,
    "score": np.float32,
    "kept": np.uint8,
    "finished": np.uint8,
}
"""What a view has of each node of a beam, and as what."""

VIEW = ViewSpec(
    "beam",
    BeamOptions,
    look,
    translates,
    axes=dict.fromkeys((*DTYPES, "best"), ("node",)),
)

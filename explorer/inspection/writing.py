"""How a translation is written: the next token's chances, and where the model looks.

The model writes greedily. Row t of its cross-attention says where it looked to write
the t-th token; for a line under the source, all layers and heads are averaged.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from explorer.catalog import specs
from explorer.catalog.specs import Resolved
from explorer.data.base import Data
from explorer.inspection.base import Subject, ViewSpec, captures_of, float_array
from explorer.inspection.example import (
    ExampleOptions,
    MarkedOptions,
    example_of,
    pieces_of_source,
    refuse_long,
    refuse_unknown,
)
from explorer.models.base import SequenceModel
from explorer.models.captures import Capture, Recorder
from explorer.runs.records import View
from explorer.tasks import BEGIN, END, FILLED, IGNORED
from explorer.training.decoding import greedy

LIKELIEST = 10
"""How many next tokens are shown."""

SPECIAL = (FILLED, BEGIN, END)


class WritingOptions(MarkedOptions):
    """Nothing to choose but the source, and how much of the answer is written."""


class Source(NamedTuple):
    """What is to be translated."""

    tokens: Tensor  # (1, S), filled up
    labels: list[str]  # of what is not filled
    truth: str | None  # the right answer, where it is known


class Written(NamedTuple):
    """What a model wrote, and how."""

    tokens: list[int]  # n of them, the end included
    chances: Tensor  # (n, V)
    recorded: dict[str, Tensor]  # what a recorder heard in that very pass


def look(subject: Subject, options: WritingOptions) -> View:
    """probabilities (k,) of the likeliest next tokens; attention (s,) over the source.

    Raises:
        ExplorerError: if the source is too long or not of the vocabulary's letters.
    """
    data = subject.data
    source = source_of(data, options)
    written = write(subject.model, data, source.tokens)
    t = place(options, written)
    likeliest = written.chances[t].topk(min(LIKELIEST, len(data.symbols)))
    arrays = {"probabilities": float_array(likeliest.values)}
    maps = cross_maps(specs.resolve(subject.config))
    if maps:
        rows = torch.cat([written.recorded[c.name][0, :, t] for c in maps])  # (N.., S)
        arrays["attention"] = float_array(rows.mean(0)[: len(source.labels)])
    names = data.symbols
    return View(
        "writing",
        subject.step,
        arrays,
        {
            "source": source.labels,
            "written": [names[token] for token in written.tokens],
            "end": names[END],
            "t": t,
            "tokens": [names[int(token)] for token in likeliest.indices],
            "truth": source.truth,
            "said": spelled(data, written.tokens),
            "joiner": data.joiner,
        },
    )


def source_of(data: Data, options: ExampleOptions) -> Source:
    """The source that the options name: a held-out one, or what was typed.

    Raises:
        ExplorerError: if there is no such example, or if what was typed is too long or
            not of the vocabulary's letters.
    """
    if options.text.strip():
        return _typed(data, options.text.strip())
    example = example_of(data, options)
    tokens = example.x[:, : data.source]
    kept = [data.symbols[t] for t in tokens[0].tolist() if t != FILLED]
    return Source(tokens, kept, spelled(data, example.y[0].tolist()))


def _typed(data: Data, text: str) -> Source:
    index_of = {s: k for k, s in enumerate(data.symbols) if k not in SPECIAL}
    pieces = pieces_of_source(data, text)
    missing = list(dict.fromkeys(p for p in pieces if p not in index_of))
    refuse_unknown(data, missing)
    refuse_long(len(pieces), data.source)
    ids = [index_of[piece] for piece in pieces]
    filled = ids + [FILLED] * (data.source - len(ids))
    return Source(torch.tensor([filled]), pieces, None)


def write(model: SequenceModel, data: Data, source: Tensor) -> Written:
    """What the model writes for a source (1, S), read again with a recorder."""
    written = greedy(model, source, data.steps - data.source)[0].tolist()
    tokens = written[: written.index(END) + 1] if END in written else written
    given = torch.tensor([[BEGIN, *tokens[:-1]]])
    recorder = Recorder()
    with torch.no_grad():
        logits = model(torch.cat([source, given], 1), recorder)[0]
    return Written(tokens, logits.softmax(-1), recorder.values())


def place(options: MarkedOptions, written: Written) -> int:
    """Which written token is looked at, counted from 0."""
    return min(max(options.mark, 0), len(written.tokens) - 1)


def spelled(data: Data, tokens: list[int]) -> str:
    """The text of a translation, up to its end."""
    kept = tokens[: tokens.index(END)] if END in tokens else tokens
    return data.joiner.join(data.symbols[t] for t in kept if t not in (IGNORED, FILLED))


def cross_maps(resolved: Resolved) -> list[Capture]:
    """The attention from what is written to the source."""
    every = captures_of(resolved, "attention")
    return [c for c in every if c.part == "target" and c.keys == "source"]


def translates(resolved: Resolved) -> bool:
    """Whether there is anything to write."""
    return specs.task_of(resolved.data, resolved.model) == "translate"


AXES = {"probabilities": ("token",), "attention": ("source token",)}

VIEW = ViewSpec("writing", WritingOptions, look, translates, axes=AXES)

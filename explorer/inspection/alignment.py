"""Where the model looks in the source for every token that it writes."""

import torch

from explorer.catalog import specs
from explorer.catalog.specs import Resolved
from explorer.config.settings import setting
from explorer.errors import N_, Words, unknown
from explorer.inspection.base import (
    Choices,
    Subject,
    ViewSpec,
    float_array,
    layer_of,
)
from explorer.inspection.example import MarkedOptions
from explorer.inspection.writing import cross_maps, place, source_of, write
from explorer.models.captures import Capture
from explorer.runs.records import View

ALL = "all"


class AlignmentOptions(MarkedOptions):
    """Which head."""

    map: str = setting(
        ALL,
        N_("One head of one layer, or all of them."),
        title=N_("Attention"),
        pattern=r"^[a-z0-9_.:]{1,60}$",
    )


def look(subject: Subject, options: AlignmentOptions) -> View:
    """attention (n, s), written by source tokens: of one head, or the mean of all.

    Raises:
        ExplorerError: if there is no such head, or the source is not sound.
    """
    data = subject.data
    heads = chosen_heads(specs.resolve(subject.config), options.map)
    source = source_of(data, options)
    written = write(subject.model, data, source.tokens)
    maps = torch.stack([written.recorded[c.name][0, head] for c, head in heads])
    return View(
        "alignment",
        subject.step,
        {"attention": float_array(maps.mean(0)[:, : len(source.labels)])},
        {
            "source": source.labels,
            "written": [data.symbols[token] for token in written.tokens],
            "t": place(options, written),
            "residual": float((maps.sum(-1) - 1).abs().max()),
        },
    )


def every_head(resolved: Resolved) -> dict[str, tuple[Capture, int]]:
    """By name, as in "layer_0.cross.attention:1": each head of the cross-attention."""
    count = getattr(resolved.model_settings, "heads", 1)
    return {
        f"{capture.name}:{head + 1}": (capture, head)
        for capture in cross_maps(resolved)
        for head in range(count)
    }


def chosen_heads(resolved: Resolved, name: str) -> list[tuple[Capture, int]]:
    """The head of that name, or all of them.

    Raises:
        ExplorerError: if there is none of that name.
    """
    heads = every_head(resolved)
    if name == ALL:
        return list(heads.values())
    if name not in heads:
        raise unknown(N_("attention head"), name, heads)
    return [heads[name]]


def choices(resolved: Resolved) -> dict[str, Choices]:
    """All heads, then each by its number."""
    each: Choices = [
        (
            name,
            Words(
                N_("layer %(layer)d, head %(head)d"),
                {"layer": layer_of(capture) + 1, "head": head + 1},
            ),
        )
        for name, (capture, head) in every_head(resolved).items()
    ]
    if len(each) == 1:
        return {"map": [(ALL, Words(N_("the only head")))]}
    return {"map": [(ALL, Words(N_("all heads"))), *each]}


def applies(resolved: Resolved) -> bool:
    """Whether what is written looks at the source."""
    return bool(cross_maps(resolved))


AXES = {"attention": ("written token", "source token")}

VIEW = ViewSpec("alignment", AlignmentOptions, look, applies, choices, AXES)

"""What would it write if it looked elsewhere? One row of attention, set by hand.

The change acts through the probe, on the line that computes the attention, while the
model writes: the row of one written token looks at chosen places of the source alone,
evenly. What was written before it stays as it is, and all that follows is written anew.
"""

import torch
from torch import Tensor

from explorer.catalog import specs
from explorer.catalog.specs import Resolved
from explorer.config.settings import setting
from explorer.errors import N_, ExplorerError
from explorer.inspection.alignment import (
    ALL,
    applies,
    chosen_heads,
    every_head,
)
from explorer.inspection.alignment import choices as heads_to_choose
from explorer.inspection.base import Choices, Subject, ViewSpec, float_array
from explorer.inspection.example import ExampleOptions
from explorer.inspection.writing import source_of, spelled, write
from explorer.models.captures import Capture
from explorer.runs.records import View
from explorer.training.changed import Changed
from explorer.training.changes import Change, units_of

LIKELIEST = 5
"""Tokens whose chances are shown, of each of the two."""


class AimOptions(ExampleOptions):
    """Which row of attention, and where it is made to look."""

    position: int = setting(
        1,
        N_("The written token whose look is changed, counted from 1."),
        title=N_("Written token"),
        ge=1,
        le=400,
        step=1,
    )
    at: str = setting(
        "1",
        N_("The source tokens that it looks at instead, counted from 1, as in 1, 3-4."),
        title=N_("Looks at source token"),
        pattern=r"^[0-9, -]{0,100}$",
    )
    map: str = setting(
        ALL,
        N_("Which head is turned: one of one layer, or all of them."),
        title=N_("Attention"),
        pattern=r"^[a-z0-9_.:]{1,60}$",
    )


def look(subject: Subject, options: AimOptions) -> View:
    """chances (2, k): of the likeliest tokens at the changed position, before and
    after; row (2, s): where it looked, and where it looks, the mean of all heads.

    Raises:
        ExplorerError: if there is no such head or source token, or the source is not
            sound.
    """
    data, resolved = subject.data, specs.resolve(subject.config)
    heads = chosen_heads(resolved, options.map)
    source = source_of(data, options)
    units_of(options.at or "1", len(source.labels))
    before = write(subject.model, data, source.tokens)
    t = _place(options.position, len(before.tokens))
    changes = [_turned(capture, head, t, options.at or "1") for capture, head in heads]
    after = write(Changed(subject.model, changes).eval(), data, source.tokens)
    both = before, after
    chances = torch.stack([w.chances[t] for w in both])  # (2, V)
    kept = _likeliest(chances)
    names = dict.fromkeys(c.name for c, _ in every_head(resolved).values())
    rows = [
        torch.cat([w.recorded[name][0, :, t] for name in names]).mean(0) for w in both
    ]
    return View(
        "aim",
        subject.step,
        {
            "chances": float_array(chances[:, kept]),
            "row": float_array(torch.stack(rows)[:, : len(source.labels)]),
        },
        {
            "source": source.labels,
            "at": sorted(units_of(options.at or "1", len(source.labels))),
            "t": t,
            "tokens": [data.symbols[token] for token in kept],
            "written": [[data.symbols[token] for token in w.tokens] for w in both],
            "said": [spelled(data, w.tokens) for w in both],
            "joiner": data.joiner,
        },
    )


def _turned(capture: Capture, head: int, t: int, at: str) -> Change:
    """The row of written token `t`, made to look at the source tokens `at`."""
    return Change(
        what="aim",
        capture=capture.name,
        head=head + 1,
        first=t + 1,
        last=t + 1,
        units=at,
    )


def _likeliest(chances: Tensor) -> list[int]:
    """The tokens with the highest of chances (2, V), of each of the two."""
    tops = [row.topk(min(LIKELIEST, len(row))).indices for row in chances]
    return list(dict.fromkeys(torch.cat(tops).tolist()))


def _place(position: int, count: int) -> int:
    """The written token, counted from 0.

    Raises:
        ExplorerError: if so many were not written.
    """
    if position > count:
        raise ExplorerError(
            N_(
                "The model writes %(count)d tokens here, its end included, but number "
                "%(came)d was to be changed. Choose one up to %(count)d."
            ),
            count=count,
            came=position,
        )
    return position - 1


def choices(resolved: Resolved) -> dict[str, Choices]:
    """As of the map of attention."""
    return heads_to_choose(resolved)


AXES = {
    "chances": ("original or changed", "token"),
    "row": ("original or changed", "source token"),
}

VIEW = ViewSpec("aim", AimOptions, look, applies, choices, AXES)

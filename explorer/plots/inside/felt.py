"""Where a change is felt: at which time steps of the example and, while a run learns
under it, in which of its numbers."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from explorer.errors import N_
from explorer.plots.panel import Scene
from explorer.plots.parts import Translate, finite, short
from explorer.runs import commands
from explorer.runs.records import Command, Validation, View

NOTICED = 0.01
"""Of the largest difference at any time step: less is not felt."""

HELD = N_(
    "Held since step %(step)s: it is felt in the training loss and in all that is "
    "measured on held-out windows. The pictures of its gates, states and answers show "
    "the model without it."
)
HELD_AND_MEASURED = N_(
    "Held since step %(step)s: it is felt in the training loss and in all that is "
    "measured on held-out windows, whose loss was %(before)s and is %(after)s now. The "
    "pictures of its gates, states and answers show the model without it."
)


class Felt(NamedTuple):
    """The time steps of an example whose loss a change moves, counted from 1."""

    steps: int
    first: int
    last: int
    most: int
    before: float  # the loss at `most`
    after: float


def felt_at(view: View) -> Felt | None:
    """Where an example's loss differs; None for nowhere, or without time steps."""
    each = view.arrays["each"]  # (2, T)
    before, after = finite(each[0]), finite(each[1])
    apart = np.nan_to_num(np.abs(after - before))
    if len(apart) == 1 or not apart.any():
        return None
    places = np.flatnonzero(apart > NOTICED * apart.max())
    most, start = int(apart.argmax()), 1 + int(view.notes["first"])
    first, last = int(places[0]), int(places[-1])
    losses = float(before[most]), float(after[most])
    return Felt(len(places), start + first, start + last, start + most, *losses)


def in_the_example(view: View, _: Translate) -> str:
    """At which time steps a change is felt, in one sentence; empty for an answer that
    has no time steps."""
    count = view.arrays["each"].shape[1]
    if count == 1:
        return ""
    if (felt := felt_at(view)) is None:
        return _("In this example it is felt at no time step.")
    message = _(
        "In this example it is felt at %(steps)d of %(all)d time steps, from "
        "%(first)d to %(last)d, and most at %(most)d: there the loss goes from "
        "%(before)s to %(after)s."
    )
    losses = {"before": short(felt.before), "after": short(felt.after)}
    return message % (felt._asdict() | losses | {"all": count})


def held_since(given: Sequence[Command]) -> int | None:
    """The step since which a run learns under a change; None if it does not."""
    since = None
    for command in given:
        if command.name == commands.RELEASE.name:
            since = None
        elif command.name == commands.HOLD.name and since is None:
            since = command.step
    return since


def in_the_run(scene: Scene, _: Translate) -> str:
    """Where a held change is felt, in one sentence; empty where none is held."""
    since = held_since(scene.commands)
    if since is None:
        return ""
    values = {"step": f"{since:,}"}
    before, after = _around(scene.validations, since)
    if before is None or after is None:
        return _(HELD) % values
    losses = {"before": short(before.loss), "after": short(after.loss)}
    return _(HELD_AND_MEASURED) % (values | losses)


def _around(
    measured: Sequence[Validation], since: int
) -> tuple[Validation | None, Validation | None]:
    """The last measurement before a step or at it, and the newest after it."""
    before = next((v for v in reversed(measured) if v.step <= since), None)
    after = measured[-1] if measured and measured[-1].step > since else None
    return before, after

"""Which state follows which? The transitions, as they stand now."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.errors import N_
from explorer.plots.chains.tables import table
from explorer.plots.panel import Content, Panel, Scene
from explorer.plots.parts import Translate, short
from explorer.plots.words import entry


def draw(scene: Scene, _: Translate) -> Content:
    """A row for every state that is left, a column for every one that is entered."""
    values, notes = scene.view.arrays["values"], scene.view.notes
    names = named(notes, _)
    titles = (_("next state"), _("state"))
    reading = _reading(values, names, notes["chances"], _)
    message = _("Heat map of %(count)d × %(count)d transitions. %(reading)s")
    return {
        "figure": table(values, names, names, titles, notes["chances"], _),
        "reading": reading,
        "alternative": message % {"count": len(names), "reading": reading},
    }


def _reading(values: np.ndarray, names: list[str], chances: bool, _: Translate) -> str:
    if chances:
        stay = np.diag(values)
        k = int(stay.argmax())
        message = _(
            "The state “%(name)s” lasts longest: after each of its steps it goes on "
            "with a chance of %(share).0f %%, so %(steps).1f steps on average."
        )
        steps = 1 / max(1e-6, 1 - float(stay[k]))
        return message % {
            "name": names[k],
            "share": 100 * float(stay[k]),
            "steps": steps,
        }
    row, column = divmod(int(values.argmax()), values.shape[1])
    message = _(
        "“%(to)s” after “%(from)s” scores highest, %(high)s; e to the difference of "
        "two scores is how much likelier the one is."
    )
    return message % {
        "from": names[row],
        "to": names[column],
        "high": short(float(values[row, column])),
    }


def named(notes: Mapping[str, Any], _: Translate) -> list[str]:
    """What states are called: by their labels, or by numbers with the label of each.

    >>> named({"names": ["fair", ""], "numbered": True}, str)
    ['1: fair', '2']
    """
    labels = [_(label) if label else "" for label in notes["names"]]
    if not notes["numbered"]:
        return labels
    return [
        entry(str(k), label, _) if label else str(k)
        for k, label in enumerate(labels, 1)
    ]


PANEL = Panel(
    "transitions",
    N_("Which state follows which?"),
    draw,
    views=("transitions",),
    about=N_(
        "A row is the state of one time step, a column that of the next, and a cell "
        "how likely the one leads to the other. An HMM's rows are chances that add up "
        "to 1; a CRF's cells are scores, of which only differences count. Behind the "
        "number of a hidden state stands the label that goes with it."
    ),
    pages={"inside": 200},
)

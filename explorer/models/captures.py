"""How the insides of every architecture are named, and read out while it runs."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, Protocol

import torch
from torch import Tensor

from explorer.errors import N_

Kind = Literal["gate", "candidate", "memory", "hidden", "attention", "probability"]
Part = Literal["whole", "source", "target"]
"""Which steps of x an axis counts: all, a translation's source, or its target."""


class Probe(Protocol):
    """Is given every named value on the line that computes it.

    What it returns is what the model goes on with, so a probe may also change a value.
    """

    def __call__(self, name: str, value: Tensor, /) -> Tensor: ...


def ignore(name: str, value: Tensor, /) -> Tensor:
    """The probe that looks at nothing: with it a model takes its fast path."""
    return value


def in_layer(probe: Probe, layer: int) -> Probe:
    """The probe as the cell of one layer sees it: "hidden" becomes "layer_0.hidden"."""
    return within(probe, f"layer_{layer}")


def within(probe: Probe, place: str) -> Probe:
    """The probe as a part sees it: "hidden" becomes "encoder.hidden"."""
    if probe is ignore:
        return ignore
    return lambda name, value: probe(f"{place}.{name}", value)


def reads_back(name: str) -> bool:
    """Whether a value is given from the last time step to the first.

    >>> reads_back("layer_0.backward.hidden"), reads_back("layer_0.hidden")
    (True, False)
    """
    return ".backward." in name


class Recorder:
    """The probe that keeps what it is given.

    A value named once per time step is stacked along a new axis 1, in the order of
    time; an attention named once per looking step is put together; a value named once
    per pass stays as it is.

    >>> look = Recorder()
    >>> for t in range(3):
    ...     _ = look("layer_0.hidden", torch.zeros(2, 7))
    >>> look.values()["layer_0.hidden"].shape
    torch.Size([2, 3, 7])
    """

    def __init__(self) -> None:
        self.recorded: dict[str, list[Tensor]] = {}

    def __call__(self, name: str, value: Tensor, /) -> Tensor:
        self.recorded.setdefault(name, []).append(value)
        return value

    def values(self) -> dict[str, Tensor]:
        """By name: (B, T, H) for steps, (B, N, T, T) for attention."""
        return {
            name: torch.stack(in_time(name, values), 1)
            if values[0].dim() == 2
            else torch.cat(values, -2)
            for name, values in self.recorded.items()
        }


def in_time(name: str, values: list[Tensor]) -> list[Tensor]:
    """What was recorded under a name, from the first time step to the last."""
    return values[::-1] if reads_back(name) else values


class Capture(NamedTuple):
    """One thing that can be read out of a model while it runs."""

    name: str  # as the probe is given it: "layer_0.forget_gate"
    kind: Kind
    title: str  # "Forget gate"
    axes: tuple[
        str, ...
    ]  # without the batch: ("time", "unit") or ("head", "query", "key")
    low: float  # ends of the colour range
    high: float
    centred: bool = False  # a signed value, drawn about zero
    part: Part = "whole"  # the steps of the time or query axis
    keys: Part = "whole"  # the steps of an attention's key axis
    colour: str = ""  # its part in the palette, such as "forget"; "" for the plain one
    ends: tuple[str, str] | None = None  # what low and high mean
    reading: str = ""  # the sentence about its values, see `gate`
    favourite: bool = False  # says more at first sight than what comes before it

    def notes(self) -> dict[str, Any]:
        """What a view notes of it, as plain values; its words are still English."""
        return {
            "capture": self.name,
            "kind": self.kind,
            "title": self.title,
            "low": self.low,
            "high": self.high,
            "centred": self.centred,
            "colour": self.colour,
            "ends": None if self.ends is None else list(self.ends),
            "reading": self.reading,
        }


def favourite(captures: Sequence[Capture]) -> Capture:
    """What one looks at first: a favourite, or else what comes first."""
    return next((c for c in captures if c.favourite), captures[0])


CaptureAxes = ("time", "unit")


def gate(
    layer: int,
    name: str,
    title: str,
    *,
    ends: tuple[str, str],
    reading: str,
    colour: str,
    favourite: bool = False,
) -> Capture:
    """A value between 0 and 1 per time step and unit.

    Args:
        layer, name, title: of the cell that it is in, as the probe is told it, and as a
            reader is.
        ends: what 0 and what 1 does, as in "0 forgets" and "1 keeps".
        reading: one sentence with %(mean).0f, the average in percent,
            %(shut).0f, the percentage of values below 0.1, and of a gate that keeps
            %(left)s, the percentage that is left after %(steps)d steps.
        colour: a name in `GATES` of plots/theme.py; any other has the plain scale.
        favourite: whether it says more at first sight than what comes before it.
    """
    return Capture(
        f"layer_{layer}.{name}",
        "gate",
        title,
        CaptureAxes,
        0.0,
        1.0,
        colour=colour,
        ends=ends,
        reading=reading,
        favourite=favourite,
    )


def forget_gate(layer: int, title: str = N_("Forget gate")) -> Capture:
    """The gate that keeps the memory where it is 1: the first thing to look at."""
    return gate(
        layer,
        "forget_gate",
        title,
        ends=(N_("0 forgets"), N_("1 keeps")),
        reading=N_(
            "The forget gate keeps %(mean).0f %% a step on average. After %(steps)d "
            "steps %(left)s %% is left on average over the units, some of which keep "
            "far more than others; %(shut).0f %% of its values are nearly shut (below "
            "0.1)."
        ),
        colour="forget",
        favourite=True,
    )


def output_gate(layer: int) -> Capture:
    """The gate that shows the memory where it is 1."""
    return gate(
        layer,
        "output_gate",
        N_("Output gate"),
        ends=(N_("0 hides"), N_("1 shows")),
        reading=N_(
            "The output gate shows %(mean).0f %% on average; "
            "%(shut).0f %% of its values are nearly shut (below 0.1)."
        ),
        colour="output",
    )


def signed(layer: int, name: str, kind: Kind, title: str, reach: float) -> Capture:
    """A value per time step and unit that is drawn from -reach to +reach."""
    return Capture(
        f"layer_{layer}.{name}", kind, title, CaptureAxes, -reach, reach, centred=True
    )

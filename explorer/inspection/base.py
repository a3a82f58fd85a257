"""How a view is asked for and found: a file of this folder that ends in `VIEW`.

A look never changes a run: it draws no random number of the run's, leaves no gradient
behind, and puts the model back into the mode it was in.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

import explorer.inspection
from explorer.catalog import specs
from explorer.catalog.specs import Resolved
from explorer.config.run import RunConfig
from explorer.config.settings import Settings, setting
from explorer.data.base import Data
from explorer.discovery import declared
from explorer.errors import N_, ExplorerError, Words, unknown
from explorer.models.base import SequenceModel
from explorer.models.captures import Capture, Kind, Part, favourite
from explorer.runs.records import View
from explorer.training.trainer import Trainer


class Subject(NamedTuple):
    """A model at one moment of its run."""

    config: RunConfig
    data: Data
    model: SequenceModel
    step: int
    pack: Callable[[], bytes]
    """The run's state at this moment, for views that train a copy a step further."""

    @classmethod
    def of(cls, trainer: Trainer) -> "Subject":
        """The moment at which a trainer stands; it moves on when the trainer does."""
        return cls(
            trainer.config, trainer.data, trainer.model, trainer.step, trainer.pack
        )


Choices = list[tuple[str, Words]]
"""What an option may be: (value, what it is)."""


def everywhere(resolved: Resolved) -> bool:
    """A view that every model has."""
    return True


def by_gradient(resolved: Resolved) -> bool:
    """A view of models that learn by the gradient of hidden states."""
    return resolved.model.learning != "expectation" and has("hidden")(resolved)


def by_rivalry(resolved: Resolved) -> bool:
    """A view of two nets that learn against each other."""
    return resolved.model.learning == "adversarial"


def stepwise(resolved: Resolved) -> bool:
    """A view of models that answer at every time step."""
    task = specs.task_of(resolved.data, resolved.model)
    return task in ("forecast", "next_token", "tag", "transcribe")


def no_choices(resolved: Resolved) -> Mapping[str, Choices]:
    """Options that mean the same for every model."""
    return {}


class ViewSpec(NamedTuple):
    """How a view enters the list."""

    name: str
    options: type[Settings]
    look: Callable[[Subject, Any], View]
    """(subject, options) -> the arrays that the view draws."""
    applies: Callable[[Resolved], bool] = everywhere
    """Whether a run's model and data have what it needs."""
    choices: Callable[[Resolved], Mapping[str, Choices]] = no_choices
    """By option: what it may be for this run, where that depends on the model; nothing
    where the option means nothing to it."""
    axes: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """By array: what each of its axes counts, as in ("time", "unit")."""
    learns: bool = False
    """Whether its first look learns what is kept for the later ones."""


class Request(NamedTuple):
    """One view with its options as canonical JSON; it can be a key."""

    view: str
    options: str = "{}"


@cache
def views() -> Mapping[str, ViewSpec]:
    """Every view by name."""
    found = declared(explorer.inspection, "VIEW").values()
    return {spec.name: spec for spec in found}


def views_of(resolved: Resolved) -> list[ViewSpec]:
    """The views that a run's model and data have."""
    return [spec for spec in views().values() if spec.applies(resolved)]


def look(subject: Subject, request: Request) -> View:
    """Read one view out of a model.

    Raises:
        ExplorerError: if the view or an option is unknown or out of bounds.
    """
    if request.view not in views():
        raise unknown(N_("view"), request.view, views())
    spec = views()[request.view]
    options = spec.options.read(json.loads(request.options), N_("option"))
    if not spec.applies(specs.resolve(subject.config)):
        raise ExplorerError(
            N_("The view '%(view)s' has nothing to show of %(model)s on %(data)s."),
            view=spec.name,
            model=subject.config.model,
            data=subject.config.data,
        )
    was_training = subject.model.training
    subject.model.eval()
    try:
        return spec.look(subject, options)
    finally:
        subject.model.train(was_training)


def probe_window(data: Data, count: int = 1) -> tuple[Tensor, Tensor]:
    """The fixed held-out windows that views look at: x (count, T[, I]), y alike."""
    part = data.validation
    middle = min(len(part.x) // 2, max(0, len(part.x) - count))
    rows = slice(middle, middle + count)
    return torch.tensor(part.x[rows]), torch.tensor(part.y[rows])


def steps_of(data: Data, part: Part) -> slice:
    """The places of a window's time steps that an axis counts."""
    ends = {
        "whole": (0, None),
        "source": (0, data.source),
        "target": (data.source, None),
    }
    return slice(*ends[part])


def step_labels(data: Data, x: Tensor, part: Part = "whole") -> list[str] | None:
    """What stands at each time step of a token window (T,), or of a part of it; None
    for a series."""
    if not data.symbols:
        return None
    return [data.symbols[int(token)] for token in x[steps_of(data, part)]]


def captures_of(resolved: Resolved, *kinds: str) -> list[Capture]:
    """What can be read out of a run's model, of these kinds or of all."""
    every = resolved.model.captures(resolved.model_settings)
    return [c for c in every if not kinds or c.kind in kinds]


def chosen_capture(
    resolved: Resolved,
    name: str,
    kinds: Sequence[Kind] = (),
    first: Sequence[Kind] = (),
) -> Capture:
    """The capture of that name; for no name, what one looks at first.

    Args:
        resolved, name: of a run's model.
        kinds: what may be chosen; all where empty.
        first: of which kind the favourite is, where the model has such a one.

    Raises:
        ExplorerError: if the model has none of that name.
    """
    by_name = {c.name: c for c in captures_of(resolved, *kinds)}
    if not name:
        preferred = [c for c in by_name.values() if c.kind in first]
        return favourite(preferred or list(by_name.values()))
    if name not in by_name:
        raise unknown(N_("capture"), name, by_name)
    return by_name[name]


def layer_of(capture: Capture) -> int:
    """The layer that a capture belongs to, counted from 0."""
    return int(capture.name.removeprefix("layer_").split(".")[0])


def layers_of(resolved: Resolved) -> list[list[Capture]]:
    """The hidden states of every layer of each part: one, or one of each direction."""
    found: dict[tuple[int, Part], list[Capture]] = {}
    for capture in captures_of(resolved, "hidden"):
        found.setdefault((layer_of(capture), capture.part), []).append(capture)
    return list(found.values())


def state_of(layer: Iterable[Capture], recorded: Mapping[str, Tensor]) -> Tensor:
    """A layer's state (..., H) as the next one is given it: directions side by side."""
    return torch.cat([recorded[capture.name] for capture in layer], -1)


def capture_choices(captures: Iterable[Capture]) -> Choices:
    """Captures by name, each as in "Forget gate, layer 1"."""
    return [
        (
            c.name,
            Words(
                N_("%(title)s, layer %(number)d"),
                {"title": Words(c.title), "number": layer_of(c) + 1},
            ),
        )
        for c in captures
    ]


def capture_field() -> Any:
    """The option that names one capture; empty leaves the choice to the view."""
    return setting(
        "",
        N_("The value to look at."),
        title=N_("Value"),
        pattern=r"^[a-z0-9_.]{0,60}$",
    )


def has(*kinds: str) -> Callable[[Resolved], bool]:
    """The views whose model has a capture of one of these kinds."""
    return lambda resolved: bool(captures_of(resolved, *kinds))


def float_array(values: Tensor) -> "np.ndarray[Any, np.dtype[np.float32]]":
    """A tensor as the numbers that a record keeps."""
    return np.ascontiguousarray(values.detach().float().numpy())

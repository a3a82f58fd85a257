"""How a picture of the insides is found and asked: a plot file that ends in `PANEL`."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

import explorer.plots
from explorer.config import RunConfig
from explorer.plots.parts import Figure, Translate
from explorer.plots.theme import GREY
from explorer.runs.records import Curves, View

EXACT_CELLS = 2**14
"""A heat map of at most so many cells is sent as it is; a larger one in percents."""

Content = dict[str, Any]
"""figure, reading, alternative; and where there is one: proof, text, drag, and last,
the step at which playing ends. A block of text that can be played has "play": notes
[[start, beats, midi, token], ...], beats per minute, and what its button says."""


class Scene(NamedTuple):
    """All that a picture may draw."""

    config: RunConfig
    view: View
    mark: int | None = None
    """The marked time step, counted from 0."""
    ghosts: tuple[View, ...] = ()
    """The same view at earlier moments, oldest first."""
    basis: View | None = None
    """The same view at a moment that stays, for axes that stay."""
    beside: tuple[RunConfig, View] | None = None
    """The same view of another run."""
    curves: Curves = Curves.empty()


class Button(NamedTuple):
    """What a person can do at a picture: pressing it sends `name` with `value`."""

    name: str
    value: str
    label: str
    help: str


class InsidePanel(NamedTuple):
    """How a picture enters the page."""

    view: str
    """The view that it draws; also its own name."""
    question: str
    about: str
    """What one is looking at, in three sentences."""
    draw: Callable[[Scene, Translate], Content]
    order: int = 100
    ghosts: int = 0
    """How many earlier moments it shows."""
    basis: bool = False
    beside: bool = False
    """Whether another run can be drawn beside it."""
    buttons: tuple[Button, ...] = ()
    """They stand after the view's options."""
    page: str = "inside"
    """The page that it stands on."""


class AnswerPanel(NamedTuple):
    """How a picture of a model's answers enters the page: a file's `ANSWER`."""

    question: str
    draw: Callable[[RunConfig, View, Translate], Content]
    controls: tuple[str, ...] = ()
    """The options of the view that can be chosen beside it."""


@cache
def _files() -> Mapping[str, ModuleType]:
    """Every plot file of this folder and the folders in it, by its own name."""
    every = pkgutil.walk_packages(explorer.plots.__path__, f"{__package__}.")
    modules = [importlib.import_module(m.name) for m in every if not m.ispkg]
    return {module.__name__.rpartition(".")[2]: module for module in modules}


@cache
def answers() -> Mapping[str, AnswerPanel]:
    """Every picture of answers by its file's name."""
    return {n: m.ANSWER for n, m in _files().items() if hasattr(m, "ANSWER")}


@cache
def panels() -> Mapping[str, InsidePanel]:
    """Every inside picture by name, in their order."""
    found = [m.PANEL for m in _files().values() if hasattr(m, "PANEL")]
    return {p.view: p for p in sorted(found, key=lambda p: p.order)}


def mark_time(figure: Figure, mark: int | None, *axes: str) -> Figure:
    """The figure with the marked time step on these axes ("x", "y"), counted from 1."""
    if mark is None:
        return figure
    line = {"type": "line", "line": {"color": GREY, "width": 2, "dash": "dot"}}
    shapes = list(figure["layout"].get("shapes", ()))
    for name in axes or ("x",):
        letter, other = name[0], "y" if name[0] == "x" else "x"
        shapes.append(
            line
            | {f"{letter}ref": name, f"{letter}0": mark + 1, f"{letter}1": mark + 1}
            | {f"{other}ref": "paper", f"{other}0": 0, f"{other}1": 1}
        )
    figure["layout"]["shapes"] = shapes
    return figure


def residual(name: str, value: float, limit: float, _: Translate) -> str:
    """What a view proves of itself: a number that must be small, and whether it is."""
    verdict = _("holds") if value <= limit else _("is violated")
    message = _("Check: %(name)s = %(value)s (at most %(limit)s): %(verdict)s.")
    return message % {
        "name": _(name),
        "value": f"{value:.2g}",
        "limit": f"{limit:g}",
        "verdict": verdict,
    }

"""How a picture is found and asked: a plot file that ends in `PANEL`.

A page is an ordered list of panels; any panel can stand on any page.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

import explorer.plots.answers
from explorer.config.run import RunConfig
from explorer.config.settings import Scalar, Settings
from explorer.discovery import declared
from explorer.plots.parts import Figure, Translate
from explorer.plots.theme import GREY
from explorer.runs.facts import Facts
from explorer.runs.records import (
    Awaited,
    Command,
    Curves,
    Lines,
    Simple,
    Validation,
    View,
)

EXACT_CELLS = 2**14
"""A heat map of at most so many cells is sent as it is; a larger one in percents."""

Content = dict[str, Any]
"""figure, reading, alternative; and where there is one: proof, text, drag, and last,
the step at which playing ends. A block of text that can be played has "play": notes
[[start, beats, midi, token], ...], beats per minute, what its
button says, and what is said where no sound comes."""


class NoSettings(Settings):
    """Nothing to choose."""


class Scene(NamedTuple):
    """All that a picture may draw."""

    facts: Facts
    views: Mapping[str, View] = MappingProxyType({})
    """By name: what the panel asked for."""
    chosen: Any = NoSettings()
    """The panel's own settings, an instance of its class."""
    mark: int | None = None
    """The marked time step, counted from 0."""
    ghosts: tuple[View, ...] = ()
    """The first view at earlier moments, oldest first."""
    basis: View | None = None
    """The first view at a moment that stays, for axes that stay."""
    beside: tuple[RunConfig, View] | None = None
    """The first view of another run."""
    curves: Curves = Curves.empty()
    validations: Sequence[Validation] = ()
    commands: Sequence[Command] = ()
    lines: Lines = Lines(None, "", {}, "")
    """What the loss is measured against."""
    parent: Curves | None = None
    """The curves of the run that this one was forked from."""
    end: int = 0
    """The step at which the run ends or has ended."""
    diverged: bool = False
    """Whether its loss ran away, and it was ended for that."""
    simple: Simple | None = None
    """What simple methods did on its data; None until that is known."""
    awaited: Awaited = ""
    """Whether they are being fitted, and of what."""

    @classmethod
    def of(cls, facts: Facts, view: View, **more: Any) -> "Scene":
        """The scene of one view."""
        return cls(facts, {view.name: view}, **more)

    @property
    def config(self) -> RunConfig:
        """The run's."""
        return self.facts.config

    @property
    def view(self) -> View:
        """The first view, or the only one."""
        return next(iter(self.views.values()))


class Button(NamedTuple):
    """What a person can do at a picture: pressing it sends `name` with `value`."""

    name: str
    value: str
    label: str
    help: str


Choices = Mapping[str, Iterable[tuple[str, str]]]
"""By option: what it may be, as (value, what it is)."""


def no_choices(facts: Facts) -> Choices:
    """Settings that mean the same for every run."""
    return {}


def no_beginnings(facts: Facts) -> Mapping[str, Scalar]:
    """Options that begin at their defaults."""
    return {}


class Panel(NamedTuple):
    """How a picture enters a page."""

    name: str
    question: str | Callable[[Facts], str]
    draw: Callable[[Scene, Translate], Content]
    views: tuple[str, ...] | Callable[[Any], tuple[str, ...]] = ()
    """The views that it draws: always, or by its own settings. Those that a run does
    not have are left out."""
    about: str = ""
    """What one is looking at, in three sentences."""
    pages: Mapping[str, int] = MappingProxyType({})
    """The pages on which it stands by itself, and its place there: low ones first."""
    applies: Callable[[Facts], bool] | None = None
    """Whether a run has it; None: where the run has all of its views."""
    settings: type[Settings] = NoSettings
    """Its own choices, beside the options of its views."""
    choices: Callable[[Facts], Choices] = no_choices
    """By setting of its own: what it may be for this run."""
    offers: Callable[[Facts], tuple[str, ...]] | None = None
    """The options of its views that can be chosen; None: all of them."""
    follows: Mapping[str, str] = MappingProxyType({})
    """By setting of its own: the option of another panel that it takes over, as in
    {"axis": "loss.axis"}; it has no control then."""
    begins: Callable[[Facts], Mapping[str, Scalar]] = no_beginnings
    """By option: where its control begins, if not at the default."""
    ghosts: int = 0
    """How many earlier moments it shows."""
    basis: bool = False
    beside: bool = False
    """Whether another run can be drawn beside it."""
    curves: bool = False
    """Whether it draws, beside its views, what every step of training adds to. A panel
    without a view always may."""
    buttons: tuple[Button, ...] = ()
    """They stand after the options."""

    def asks(self, facts: Facts) -> str:
        """Its question to this run."""
        return self.question if isinstance(self.question, str) else self.question(facts)

    def needs(self, facts: Facts, chosen: Any) -> tuple[str, ...]:
        """The views that it draws of this run, under these settings of its own."""
        views = self.views(chosen) if callable(self.views) else self.views
        return tuple(name for name in views if name in facts.views)

    def stands(self, facts: Facts) -> bool:
        """Whether this run has it."""
        if self.applies is not None:
            return self.applies(facts)
        return callable(self.views) or set(self.views) <= facts.views


class AnswerPanel(NamedTuple):
    """How the answers to a task are drawn, a file's `ANSWER`: the panel "prediction"
    asks and draws what the task's file says."""

    question: str
    draw: Callable[[Scene, Translate], Content]
    options: tuple[str, ...] = ()
    """The options of the view "prediction" that it heeds and people can choose."""


@cache
def answers() -> Mapping[str, AnswerPanel]:
    """Every picture of answers by its file's name."""
    return declared(explorer.plots.answers, "ANSWER")


@cache
def panels() -> Mapping[str, Panel]:
    """Every panel by name."""
    found = declared(explorer.plots, "PANEL").values()
    return {panel.name: panel for panel in found}


def names_on(page: str) -> tuple[str, ...]:
    """The panels that stand on a page by themselves, in their order."""
    here = [panel for panel in panels().values() if page in panel.pages]
    return tuple(p.name for p in sorted(here, key=lambda p: p.pages[page]))


def content_of(plot: Any, drawn: Any, _: Translate, **more: Any) -> Content:
    """What a plot of three functions makes of what it has extracted."""
    return {
        "figure": plot.figure(drawn, _, **more),
        "reading": plot.reading(drawn, _),
        "alternative": plot.alternative(drawn, _),
    }


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

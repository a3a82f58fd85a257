"""How far back does the error reach? Through the window, or its norm at every step."""

from typing import Literal

from explorer.config.settings import Settings, setting
from explorer.errors import N_
from explorer.plots.inside import gradients
from explorer.plots.panel import Choices, Content, Panel, Scene, content_of
from explorer.plots.parts import Translate
from explorer.plots.training import gradient_norm
from explorer.runs.facts import Facts
from explorer.runs.records import Clock


class GradientSettings(Settings):
    """Which chart is shown, and over what."""

    shown: Literal["time", "training"] = setting(
        "time",
        N_("The gradient's way back through the window, or its norm at every step."),
        title=N_("Shown"),
        choices={"time": N_("through the window"), "training": N_("over training")},
    )
    axis: Clock = "step"


def draw(scene: Scene, _: Translate) -> Content:
    """The way back where it was asked for and the model has one; else the norms."""
    config = scene.config
    if scene.views:
        back = gradients.extract(config.model, scene.view)
        return content_of(gradients, back, _)
    descends = scene.facts.learning != "expectation"
    norms = gradient_norm.extract(
        config.model,
        scene.curves,
        scene.commands,
        config.training.clip if descends else 0.0,
        scene.chosen.axis,
        config.training.steps,
        moved=not descends,
    )
    return content_of(gradient_norm, norms, _)


def question(facts: Facts) -> str:
    """By what the model learns from."""
    if "gradients" in facts.views:
        return N_("How far back does the error reach?")
    if facts.learning == "expectation":
        return N_("How far does each step move the parameters?")
    return N_("How long are the gradients?")


def choices(facts: Facts) -> Choices:
    """Hidden states without a gradient have no way back to show."""
    ways = [("time", N_("through the window")), ("training", N_("over training"))]
    return {"shown": ways if "gradients" in facts.views else ways[1:]}


PANEL = Panel(
    "backpropagation",
    question,
    draw,
    views=lambda chosen: ("gradients",) if chosen.shown == "time" else (),
    pages={"playground": 40},
    settings=GradientSettings,
    choices=choices,
    follows={"axis": "loss.axis"},
)

"""How low can the loss go? The loss, the gap to validation, or a measure."""

from typing import Literal

from explorer.config.settings import Settings, setting
from explorer.errors import N_
from explorer.plots.panel import Choices, Content, Panel, Scene, content_of
from explorer.plots.parts import Translate
from explorer.plots.training import loss, measures, overfitting
from explorer.plots.training.clock import CLOCKS, by_ratio
from explorer.runs.facts import Facts
from explorer.runs.records import Clock
from explorer.tasks import MEASURES


class ProgressSettings(Settings):
    """What the chart shows, and over what."""

    curve: str = setting(
        "loss",
        N_("What is drawn over the training."),
        title=N_("Shown"),
        pattern=r"^[a-z0-9_]{1,40}$",
    )
    scale: Literal["log", "linear"] = setting(
        "log",
        N_("On a logarithmic axis equal distances are equal ratios of the loss."),
        title=N_("Loss axis"),
        choices={"log": N_("logarithmic"), "linear": N_("linear")},
    )
    axis: Clock = setting(
        "step",
        N_("Whether steps or seconds of training run to the right."),
        title=N_("Time axis"),
        choices=CLOCKS,
    )
    spacing: Literal["linear", "log"] = setting(
        "linear",
        N_(
            "On a logarithmic axis of time a rule that is found a hundred times later "
            "than the training part is known still stands in one picture with it."
        ),
        title=N_("Spacing of time"),
        choices={"linear": N_("linear"), "log": N_("logarithmic")},
    )


def draw(scene: Scene, _: Translate) -> Content:
    """The chart, and below it the newest measures."""
    content = _chart(scene, _)
    if scene.chosen.spacing == "log":
        end = scene.end if scene.chosen.axis == "step" else None
        content["figure"] = by_ratio(content["figure"], end)
    if scene.validations and (newest := scene.validations[-1]).measures:
        content["proof"] = measures.line(newest, _)
    return content


def _chart(scene: Scene, _: Translate) -> Content:
    chosen, model = scene.chosen, scene.config.model
    if chosen.curve in scene.facts.measures:
        measured = measures.extract(
            model, scene.validations, chosen.curve, chosen.axis, scene.end
        )
        return content_of(measures, measured, _)
    if chosen.curve == "gap":
        gap = overfitting.extract(
            model,
            scene.curves,
            scene.validations,
            scene.lines,
            chosen.axis,
            scene.end,
            scene.diverged,
        )
        return content_of(overfitting, gap, _)
    drawn = loss.extract(
        model,
        scene.curves,
        scene.validations,
        scene.commands,
        scene.lines,
        chosen.axis,
        scene.end,
        scene.parent,
        scene.diverged,
    )
    return content_of(loss, drawn, _, y_log=chosen.scale == "log")


def question(facts: Facts) -> str:
    """Of two nets that learn against each other the loss says who is ahead."""
    if facts.learning == "adversarial":
        return N_("Who is winning?")
    return N_("How low can the loss go?")


def choices(facts: Facts) -> Choices:
    """The loss, the gap, and the run's measures."""
    each = [(name, MEASURES[name].title) for name in facts.measures]
    return {"curve": [("loss", N_("loss")), ("gap", N_("overfitting")), *each]}


PANEL = Panel(
    "loss",
    question,
    draw,
    pages={"playground": 10, "inside": 0, "translate": 100},
    settings=ProgressSettings,
    choices=choices,
)

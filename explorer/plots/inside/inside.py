"""What goes on inside? One gate, state or attention map over the held-out window."""

from typing import Any

from explorer.errors import N_
from explorer.plots.inside import attention, gates
from explorer.plots.inside.support import framed, share_in_words
from explorer.plots.panel import Content, Panel, Scene, content_of
from explorer.plots.parts import Translate
from explorer.plots.words import paragraph
from explorer.runs.facts import Facts


def draw(scene: Scene, _: Translate) -> Content:
    """A head's attention as a square map, anything else as units over time."""
    plot: Any = attention if scene.view.notes["kind"] == "attention" else gates
    content = content_of(plot, plot.extract(scene.view), _)
    if "support" in scene.view.arrays:
        framed(content["figure"], scene.view, 1)
        sentence = share_in_words(scene.view, _)
        content["reading"] = paragraph(content["reading"], sentence)
        content["alternative"] = paragraph(content["alternative"], sentence)
    return content


def question(facts: Facts) -> str:
    """What a model of these parts is to be asked."""
    if "attention" in facts.kinds:
        return N_("Where does it look?")
    if "gate" in facts.kinds:
        return N_("What does it keep?")
    return N_("What does it remember?")


PANEL = Panel(
    "inside",
    question,
    draw,
    views=("inside",),
    pages={"playground": 30},
    begins=lambda facts: {"capture": facts.favourite},
)

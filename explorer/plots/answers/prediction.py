"""What does it say? The answers to a task, as the task's own file draws them."""

from explorer.plots.panel import Content, Panel, Scene, answers
from explorer.plots.parts import Translate
from explorer.runs.facts import Facts


def draw(scene: Scene, _: Translate) -> Content:
    """The answers; the view says which file draws them."""
    return answers()[scene.view.notes["answer"]].draw(scene, _)


def offered(facts: Facts) -> tuple[str, ...]:
    """What can be chosen of a run's answers: no prompt can be typed for a model that
    reads numbers, which has a window named instead."""
    options = answers()[facts.answer].options
    if facts.tokens:
        return options
    return tuple("window" if name == "prompt" else name for name in options)


PANEL = Panel(
    "prediction",
    lambda facts: answers()[facts.answer].question,
    draw,
    views=("prediction",),
    pages={"playground": 20},
    offers=offered,
)

"""What does it say? The answers to a task, as the task's own file draws them."""

from explorer.plots.panel import Content, Panel, Scene, answers
from explorer.plots.parts import Translate


def draw(scene: Scene, _: Translate) -> Content:
    """The answers; the view says which file draws them."""
    return answers()[scene.view.notes["answer"]].draw(scene, _)


PANEL = Panel(
    "prediction",
    lambda facts: answers()[facts.answer].question,
    draw,
    views=("prediction",),
    pages={"playground": 20},
    offers=lambda facts: answers()[facts.answer].options,
)

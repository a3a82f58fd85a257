"""What does it make? Generated windows beside real ones, as lines or as images."""

from explorer.errors import N_
from explorer.plots.answers import generated, images
from explorer.plots.panel import Content, Panel, Scene
from explorer.plots.parts import Translate


def draw(scene: Scene, _: Translate) -> Content:
    """Images where the view has some."""
    if "images" in scene.view.arrays:
        return images.draw(scene, _)
    return generated.draw(scene, _)


PANEL = Panel(
    "windows",
    generated.QUESTION,
    draw,
    views=("windows",),
    about=N_(
        "Grey dotted lines, or the images on top, are windows of the held-out data; "
        "the others were made by the generator from random noise. No generated one "
        "should copy a real one; they should look as if they came from the same "
        "source, and differ from each other as much. The noise stays the same, so you "
        "can watch one window change."
    ),
    pages={"inside": 2},
)

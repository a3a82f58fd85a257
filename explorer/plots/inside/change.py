"""What if one thing were different? The original beside the changed model."""

import numpy as np

from explorer.errors import N_
from explorer.plots.inside import compared
from explorer.plots.inside.felt import in_the_example, in_the_run
from explorer.plots.panel import Button, Content, Panel, Scene
from explorer.plots.parts import Translate, short
from explorer.plots.ratio import in_ratio, percentage
from explorer.plots.words import paragraph
from explorer.runs import commands

HARDLY = 0.005
"""Of the loss: a change by less hardly matters."""


def draw(scene: Scene, _: Translate) -> Content:
    """Both models in one chart, what the change does, and of text both texts."""
    view = scene.view
    before, after = (float(value) for value in view.arrays["loss"])
    where = in_the_example(view, _), in_the_run(scene, _)
    words = paragraph(reading(before, after, _), *filter(None, where))
    content: Content = {
        "figure": compared.figure(scene, _),
        "reading": words,
        "alternative": words,
        "proof": "",
    }
    notes = view.notes
    if "written" in notes:
        prompt = [[word, "prompt", 0] for word in notes["prompt"]]
        content["text"] = {
            "blocks": [
                {
                    "caption": caption,
                    "tokens": [*prompt, *([word, "", 0] for word in words)],
                    "joiner": notes["joiner"],
                }
                for caption, words in zip(
                    (_("The model writes"), _("With the change it writes")),
                    notes["written"],
                    strict=True,
                )
            ]
        }
    return content


def reading(before: float, after: float, _: Translate) -> str:
    """What the change does to the held-out loss, in one sentence."""
    if not np.isfinite(after):
        return _("With the change the held-out loss is no longer a number.")
    numbers = {"before": short(before), "after": short(after)}
    if before <= 0 < after:
        message = _(
            "The held-out loss rises from %(before)s to %(after)s: the model needs "
            "what was changed."
        )
        return message % numbers
    ratio = after / before if before > 0 else 1.0
    if abs(ratio - 1) < HARDLY:
        message = _(
            "The change hardly matters: the held-out loss goes from %(before)s to "
            "%(after)s."
        )
        return message % numbers
    if ratio > 1:
        return in_ratio(
            ratio,
            _(
                "The held-out loss rises by %(percent)s %%, from %(before)s to "
                "%(after)s: the model needs what was changed."
            ),
            _(
                "The held-out loss becomes %(times)s times as high, from %(before)s to "
                "%(after)s: the model needs what was changed."
            ),
            **numbers,
        )
    message = _(
        "The held-out loss falls by %(percent)s %%, from %(before)s to %(after)s: "
        "the model does better with the change."
    )
    return message % (numbers | {"percent": percentage(1 - ratio)})


HOLD = Button(
    "hold",
    commands.HOLD.name,
    commands.HOLD.label,
    commands.HOLD.help,
)
RELEASE = Button(
    "hold",
    commands.RELEASE.name,
    commands.RELEASE.label,
    commands.RELEASE.help,
)

PANEL = Panel(
    "change",
    N_("What if one thing were different?"),
    draw,
    views=("change",),
    about=N_(
        "Here you change one thing inside the model: clamp a gate of chosen units to a "
        "value, freeze units, mute an attention head, or zero the input over chosen "
        "time steps. The held-out loss before and after says how much the model needs "
        "it, and the forecast or text is drawn anew beside the original. While a run "
        "trains, the change can also be held, so that it learns under it; that is "
        "recorded with the run."
    ),
    pages={"inside": 100},
    buttons=(HOLD, RELEASE),
)

"""A run's pictures as one page that a browser opens without a server."""

import html
import json
from collections.abc import Iterator
from typing import Any

from explorer.config.run import RunConfig
from explorer.errors import N_
from explorer.inspection import facts as inspection
from explorer.inspection.base import Request, Subject, look
from explorer.inspection.facts import facts_of
from explorer.plots.encode import to_json
from explorer.plots.panel import Content, Scene, panels
from explorer.plots.theme import template
from explorer.portable.layout import PLOTLY
from explorer.portable.record import Kept, is_own
from explorer.runs.records import Lines
from explorer.training.trainer import Trainer

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font-family: sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
.figure {{ height: 26rem }}
pre {{ white-space: pre-wrap }}
</style>
<h1>{title}</h1>
{sections}
<script src="../{plotly}"></script>
<script>
const template = {template}
const figures = {figures}
for (const [name, figure] of Object.entries(figures))
  Plotly.newPlot(name, figure.data, {{...figure.layout, template}},
    {{responsive: true, displaylogo: false, showSendToCloud: false}})
</script>
</html>
"""

SECTION = """<section>
<h2>{title}</h2>
<div class="figure" id="{name}" role="img" aria-label="{alternative}"></div>
<p>{reading}</p>
</section>"""

TITLES = {
    "loss": N_("How low did the loss go?"),
    "prediction": N_("What does it answer?"),
    "inside": N_("What goes on inside?"),
}


def figures_page(kept: Kept, trainer: Trainer | None, title: str) -> bytes:
    """The loss; and, unless the data is somebody's own, an answer and an inside view.

    Args:
        kept: the run.
        trainer: where the run stands; None where no state is kept.
        title: what it is.
    """
    drawn = _drawn(kept, trainer)
    shown = {name: content for name, content in drawn if content["figure"] is not None}
    sections = [
        SECTION.format(
            name=name,
            title=TITLES[name],
            alternative=html.escape(content["alternative"]),
            reading=html.escape(content["reading"]),
        )
        for name, content in shown.items()
    ]
    page = PAGE.format(
        title=html.escape(title),
        sections="\n".join(sections),
        plotly=PLOTLY,
        template=_script(template("light")),
        figures=_script({name: content["figure"] for name, content in shown.items()}),
    )
    return page.encode()


def lines(config: RunConfig) -> Lines:
    """What a run's loss is measured against; nothing that tells of own data."""
    found = inspection.lines(config)
    return Lines(None, "", {}, found.unit) if is_own(config) else found


def _script(value: Any) -> str:
    """JSON that cannot end the script in which it stands."""
    return to_json(value).decode().replace("<", "\\u003c")


def _drawn(kept: Kept, trainer: Trainer | None) -> Iterator[tuple[str, Content]]:
    """The pictures by the names of their panels."""
    config = kept.run.config
    facts, loss = facts_of(config), panels()["loss"]
    training = Scene(
        facts,
        chosen=loss.settings(),
        curves=kept.curves,
        validations=kept.validations,
        commands=kept.commands,
        lines=lines(config),
        end=config.training.steps,
        diverged=kept.run.status == "diverged",
    )
    yield "loss", loss.draw(training, str)
    if trainer is None or is_own(config):
        return
    for name in ("prediction", "inside"):
        panel = panels()[name]
        if panel.stands(facts):
            options = json.dumps(dict(panel.begins(facts)))
            view = look(Subject.of(trainer), Request(name, options))
            yield name, panel.draw(Scene.of(facts, view), str)

"""A run's pictures as one page that a browser opens without a server."""

import html
from typing import Any

from explorer import catalog
from explorer.config import N_, RunConfig
from explorer.inspection.base import Request, Subject, captures_of, look
from explorer.inspection.prediction import answered
from explorer.models.base import favourite
from explorer.plots.encode import to_json
from explorer.plots.inside import attention, gates
from explorer.plots.panel import answers
from explorer.plots.theme import template
from explorer.plots.training import loss
from explorer.portable.layout import PLOTLY
from explorer.portable.record import Kept, is_own
from explorer.runs.records import Lines
from explorer.tasks import TASKS
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

Content = dict[str, Any]


def figures_page(kept: Kept, trainer: Trainer | None, title: str) -> bytes:
    """The loss; and, unless the data is somebody's own, an answer and an inside view.

    Args:
        kept: the run.
        trainer: where the run stands; None where no state is kept.
        title: what it is.
    """
    drawn: dict[str, Content | None] = {"loss": _loss(kept)}
    if trainer is not None and not is_own(kept.run.config):
        subject = Subject.of(trainer)
        drawn |= {"prediction": _answer(subject), "inside": _inside(subject)}
    shown = {
        n: c for n, c in drawn.items() if c is not None and c["figure"] is not None
    }
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
    data = catalog.make_data(config)
    unit = data.loss_unit or TASKS[data.task].loss_unit
    if is_own(config):
        return Lines(None, "", {}, unit)
    return Lines(data.floor, data.floor_note, data.baselines, unit)


def _script(value: Any) -> str:
    """JSON that cannot end the script in which it stands."""
    return to_json(value).decode().replace("<", "\\u003c")


def _loss(kept: Kept) -> Content:
    config = kept.run.config
    drawn = loss.extract(
        config.model,
        kept.curves,
        kept.validations,
        kept.commands,
        lines(config),
        total_steps=config.training.steps,
    )
    return _content(loss, drawn)


def _answer(subject: Subject) -> Content | None:
    if not answered(catalog.resolve(subject.config)):
        return None
    view = look(subject, Request("prediction"))
    return answers()[view.notes["answer"]].draw(subject.config, view, str)


def _inside(subject: Subject) -> Content | None:
    if not (captures := captures_of(catalog.resolve(subject.config))):
        return None
    name = favourite(captures).name
    view = look(subject, Request("inside", f'{{"capture": "{name}"}}'))
    plot: Any = attention if view.notes["kind"] == "attention" else gates
    return _content(plot, plot.extract(view))


def _content(plot: Any, drawn: Any) -> Content:
    return {
        "figure": plot.figure(drawn),
        "reading": plot.reading(drawn),
        "alternative": plot.alternative(drawn),
    }

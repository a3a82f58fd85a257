"""Every panel of every kind of run: figures that Plotly accepts and people can read."""

import json
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import orjson
import plotly.graph_objects as go
import pytest

from explorer.catalog import choosing, specs
from explorer.data.base import Data
from explorer.engine.hub import Snapshot
from explorer.engine.jobs import Wanted
from explorer.inspection.base import Request, Subject, look
from explorer.inspection.facts import facts_of, lines
from explorer.plots.answers import forecast, tagged, text, transcribed
from explorer.plots.data import frequencies, preview
from explorer.plots.encode import to_json
from explorer.plots.inside import attention, gates, gradients
from explorer.plots.panel import Scene, names_on
from explorer.plots.theme import Mode, template
from explorer.plots.training import gradient_norm, loss, measures, overfitting
from explorer.runs.records import Command, Curves, Lines, Run, View
from explorer.tasks import TASKS
from explorer.training.trainer import Budget, Trainer
from explorer.ui.live.asked import asked, panels_of, wanted
from explorer.ui.live.controls import panel_controls
from explorer.ui.live.frames import frame
from explorer.ui.live.wishes import Wish
from tests.pairs import AS_ONE

MOST_BYTES = 300_000
NOTHING: Mapping[str, Any] = MappingProxyType({})
MODES: tuple[Mode, ...] = ("light", "dark")


def marked(message: str) -> str:
    return f"⟦{message}⟧"


class Moment:
    """A short real run on short windows, and the views of its end."""

    def __init__(
        self, model: str, data: str, steps: int, more: Mapping[str, Any] = NOTHING
    ) -> None:
        usual = {"training.steps": 12, "data.window": 24}
        known = specs.setting_names(data, model)
        settings = {n: v for n, v in usual.items() if n in known} | more
        config = choosing.make_config(data, model, settings)
        trainer = Trainer(config)
        progress = trainer.advance(Budget(steps=steps))
        self.wish = Wish(shown=",".join(names_on("playground")))
        self.subject = Subject.of(trainer)
        self.views = {w: self.look(w) for w in wanted(config, self.wish)}
        run = Run(
            "made",
            config,
            progress.status,
            trainer.step,
            trainer.seconds,
            1,
            created=None,  # type: ignore[arg-type]
        )
        steps_kept = tuple(c.step for c in progress.checkpoints)
        commands = (Command(2, "learning_rate", 0.01), Command(3, "pause"))
        self.snapshot = Snapshot(
            run, progress.curves, progress.validations, commands, steps_kept
        )

    def look(self, wanted: Wanted) -> View:
        return look(self.subject, Request(wanted.view, wanted.options))

    def panels(self, language: str = "en", **options: Any) -> dict[str, Any]:
        """Every panel; of an option's full name a dot is written as "__"."""
        named = {name.replace("__", "."): value for name, value in options.items()}
        update = {"language": language, "options": json.dumps(named)}
        chosen = self.wish.model_copy(update=update)
        asked = wanted(self.subject.config, chosen)
        views = {w: self.views.get(w) or self.look(w) for w in asked}
        sent = to_json(frame(self.snapshot, chosen, views))
        assert len(sent) < MOST_BYTES
        found: dict[str, Any] = orjson.loads(sent)["panels"]
        return found


@pytest.fixture(scope="module", params=AS_ONE, ids=lambda pair: "-".join(pair))
def moment(request: pytest.FixtureRequest) -> Moment:
    return Moment(*request.param, steps=5)


def wishes(data: Data) -> Iterator[dict[str, Any]]:
    for curve in ("gap", *TASKS[data.task].measures):
        yield {"loss__curve": curve, "language": "zh"}
        yield {"loss__curve": curve, "loss__axis": "second"}
    for language, gradient, axis, scale in (
        ("en", "time", "step", "log"),
        ("en", "training", "second", "linear"),
        ("zh", "time", "second", "linear"),
        ("zh", "training", "step", "log"),
    ):
        yield {
            "language": language,
            "backpropagation__shown": gradient,
            "loss__axis": axis,
            "loss__scale": scale,
        }


@pytest.mark.parametrize("mode", MODES)
def test_plotly_accepts_what_all_figures_look_like(mode: Mode) -> None:
    """Once here, for it is most of what there is to check of a figure."""
    figure = go.Figure({"layout": {"template": template(mode)}})
    assert small_letters(figure.to_plotly_json()) == []


def test_plotly_accepts_every_panel(moment: Moment) -> None:
    here = panels_of(moment.subject.config, names_on("playground"))
    for wish in wishes(moment.subject.data):
        panels = moment.panels(**wish)
        assert list(panels) == [panel.name for panel in here]
        for name, panel in panels.items():
            assert panel["reading"], name
            assert panel["alternative"], name
            given = panel["figure"]
            figure = go.Figure({"data": given["data"], "layout": given["layout"]})
            assert figure.layout.xaxis.title.text, name
            assert figure.layout.yaxis.title.text, name
            assert figure.layout.uirevision, name
            assert small_letters(figure.to_plotly_json()) == [], name


def small_letters(part: Any, key: str = "") -> list[Any]:
    """The font sizes below 13 pixels that a figure names."""
    if isinstance(part, dict):
        size = part.get("size") if key.endswith("font") else None
        found = [size] if isinstance(size, int | float) and size < 13 else []
        return found + [s for k, v in part.items() for s in small_letters(v, k)]
    if isinstance(part, list | tuple):
        return [size for each in part for size in small_letters(each, key)]
    return []


def test_what_a_reader_zoomed_into_stays_while_it_trains(moment: Moment) -> None:
    later = Moment(moment.subject.config.model, moment.subject.config.data, 9)
    now, then = moment.panels(), later.panels()
    for name in now:
        for axis in ("xaxis", "yaxis"):
            before = now[name]["figure"]["layout"].get(axis, {}).get("uirevision")
            after = then[name]["figure"]["layout"].get(axis, {}).get("uirevision")
            assert before == after, name
        layouts = [p[name]["figure"]["layout"]["uirevision"] for p in (now, then)]
        assert layouts[0] == layouts[1], name


def test_the_colours_of_a_value_never_depend_on_the_data(moment: Moment) -> None:
    """A heat map's range is the quantity's own; nothing is scaled to what came."""
    figure = moment.panels()["inside"]["figure"]
    heat = next(t for t in figure["data"] if t["type"] == "heatmap")
    colours = figure["layout"][heat["coloraxis"]]
    assert (colours["cmin"], colours["cmax"]) in {(0, 100), (-100, 100)}


def texts(figure: dict[str, Any]) -> list[str]:
    """Every word of a figure that stands on the screen, and is not data."""
    layout = figure["layout"]
    found = [
        axis["title"]["text"]
        for name, axis in layout.items()
        if name[1:5] == "axis" and "title" in axis
    ]
    return found


def test_every_word_of_a_figure_is_translated(moment: Moment) -> None:
    facts = facts_of(moment.subject.config)
    for each in asked(facts.config, moment.wish):
        panel = each.panel
        views = {w.view: moment.views[w] for w in each.wanted}
        training = {"curves": moment.snapshot.curves, "lines": lines(facts.config)}
        content = panel.draw(Scene(facts, views, each.chosen, **training), marked)
        for words in (*texts(content["figure"]), content["reading"]):
            assert "⟦" in words, (panel.name, words)
        assert "⟦" in content["alternative"]
        for control in panel_controls(panel, facts, marked):
            assert "⟦" in control["label"]


def test_chinese_sentences_stand_in_a_row_without_blanks(moment: Moment) -> None:
    for name, content in moment.panels("zh").items():
        for words in (content["reading"], content["alternative"]):
            assert not re.search("[，。！？：；] ", words), (name, words)


EMPTY = Curves.empty()
LINES = Lines(None, "", {}, "nats")
NOTHING: dict[str, tuple[Any, Any]] = {
    "loss": (loss, loss.extract("rnn", EMPTY, (), (), LINES)),
    "measures": (measures, measures.extract("rnn", (), "accuracy")),
    "overfitting": (overfitting, overfitting.extract("rnn", EMPTY, (), LINES)),
    "gradient_norm": (gradient_norm, gradient_norm.extract("rnn", EMPTY)),
    "forecast": (forecast, forecast.extract("rnn", None)),
    "text": (text, text.extract("rnn", None)),
    "tagged": (tagged, tagged.extract(None)),
    "transcribed": (transcribed, transcribed.extract(None)),
    "gates": (gates, gates.extract(None)),
    "attention": (attention, attention.extract(None)),
    "gradients": (gradients, gradients.extract("rnn", None)),
    "preview": (
        preview,
        preview.extract(np.empty(0), np.empty(0, np.float32), 0, "t", "y"),
    ),
    "frequencies": (frequencies, frequencies.extract(np.empty(0, int), (), 0)),
}


@pytest.mark.parametrize("name", NOTHING)
def test_before_there_is_anything_a_figure_is_empty_and_says_so(name: str) -> None:
    plot, drawn = NOTHING[name]
    given = orjson.loads(to_json(plot.figure(drawn)))
    go.Figure(given)
    assert plot.reading(drawn, marked).startswith("⟦")
    assert "⟦" in plot.alternative(drawn, marked)


def test_numbers_that_are_not_finite_become_gaps() -> None:
    broken = np.array([1.0, np.inf, np.nan, 2.0], np.float32)
    curves = Curves(
        broken, broken, np.ones(4, np.float32), np.arange(4.0), broken, broken
    )
    drawn = loss.extract("rnn", curves, (), (), LINES)
    assert drawn.diverged_at == 1.0
    assert np.isnan(drawn.y[[1, 2]]).all()
    assert drawn.y[[0, 3]].tolist() == [1.0, 2.0]
    go.Figure(orjson.loads(to_json(loss.figure(drawn))))
    assert "the run's message advises" in loss.reading(drawn)
    norms = gradient_norm.extract("rnn", curves, clip=1.0)
    go.Figure(orjson.loads(to_json(gradient_norm.figure(norms))))

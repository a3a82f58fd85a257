"""Every picture of the page Look inside, of every kind of run and in every option."""

import json
import re
from dataclasses import asdict
from typing import Any

import orjson
import plotly.graph_objects as go
import pytest

from explorer.catalog import choosing, specs
from explorer.engine.hub import Snapshot
from explorer.engine.jobs import Wanted
from explorer.errors import ExplorerError
from explorer.inspection.base import Request, Subject, look, views_of
from explorer.inspection.facts import facts_of
from explorer.plots.encode import to_json
from explorer.plots.panel import Scene, names_on, panels
from explorer.runs.records import Run, View
from explorer.training.trainer import Budget, Trainer
from explorer.ui.live.asked import asked, panels_of, wanted
from explorer.ui.live.elsewhere import earlier, needs_of
from explorer.ui.live.frames import frame
from explorer.ui.live.panels import Pictures, described
from explorer.ui.live.table import table
from explorer.ui.live.wishes import Wish, read_wish
from tests.pairs import AS_ONE

MOST_BYTES = 300_000
WORDLESS = re.compile(r"[^A-Za-z]*")


KINDS = {"float32", "float64", "int64", "uint8"}
"""What a browser is sent."""


def marked(message: str) -> str:
    return f"⟦{message}⟧"


class Looked:
    """A short run of two layers."""

    page = "inside"

    def __init__(self, model: str, data: str, **more: Any) -> None:
        usual = {"training.steps": 8, "model.layers": 2, "data.window": 24}
        known = specs.setting_names(data, model)
        settings = {n: v for n, v in usual.items() if n in known} | more
        self.config = choosing.make_config(data, model, settings)
        trainer = Trainer(self.config)
        progress = trainer.advance(Budget())
        self.subject = Subject.of(trainer)
        run = Run(
            "made",
            self.config,
            progress.status,
            trainer.step,
            trainer.seconds,
            1,
            created=None,  # type: ignore[arg-type]
        )
        steps = tuple(c.step for c in progress.checkpoints)
        self.snapshot = Snapshot(run, progress.curves, progress.validations, (), steps)
        self.pictures = Pictures()
        self.seen: dict[str, View] = {}

    def usual(self, name: str) -> View:
        """What a view shows when nothing is chosen."""
        if name not in self.seen:
            self.seen[name] = look(self.subject, Request(name))
        return self.seen[name]

    def wish(self, **more: Any) -> Wish:
        every = ",".join(names_on(self.page))
        return read_wish(json.dumps({"shown": every, **more}))

    def look(self, wanted: Wanted) -> View:
        try:
            return look(self.subject, Request(wanted.view, wanted.options))
        except ExplorerError as error:
            return View(wanted.view, 8, {}, {"error": asdict(error.words)})

    def frame(self, wish: Wish) -> tuple[Any, bytes]:
        return self.draw(wish, {w: self.look(w) for w in wanted(self.config, wish)})

    def draw(self, wish: Wish, seen: dict[Wanted, View]) -> tuple[Any, bytes]:
        others = {
            need: (self.config, seen[need.wanted])
            for each in asked(self.config, wish)
            for need in needs_of(each, self.snapshot, wish, 8).each()
        }
        told = frame(self.snapshot, wish, seen, others, 8, self.pictures)
        sent = to_json(told)
        return orjson.loads(sent)["panels"], sent


@pytest.fixture(scope="module", params=AS_ONE, ids=lambda pair: "-".join(pair))
def looked(request: pytest.FixtureRequest) -> Looked:
    return Looked(*request.param)


def check(panel: str, content: dict[str, Any]) -> None:
    assert len(json.dumps(content)) < MOST_BYTES, panel
    assert content["reading"], panel
    assert content["alternative"], panel
    given = content["figure"]
    go.Figure({"data": given["data"], "layout": given["layout"]})
    # A grid's axes share the titles of its edge; a lone axis has its own.
    axes = [v for k, v in given["layout"].items() if re.fullmatch(r"[xy]axis\d*", k)]
    titled = [a for a in axes if a.get("title", {}).get("text")]
    hidden = [a for a in axes if a.get("visible") is False]
    lone = len(axes) - len(hidden) <= 4
    assert not lone or len(titled) + len(hidden) >= 2, panel
    assert given["layout"]["uirevision"], panel


def test_every_view_has_something_to_send(looked: Looked) -> None:
    names = [spec.name for spec in views_of(specs.resolve(looked.config))]
    assert "prediction" in names
    for name in names:
        arrays = looked.usual(name).arrays
        assert arrays, name
        assert {values.dtype.name for values in arrays.values()} <= KINDS, name


def test_plotly_accepts_every_view(looked: Looked) -> None:
    known = {panel.name for panel in panels_of(looked.config, names_on("inside"))}
    for more in ({}, {"mark": 5, "example": 1}):
        drawn, _sent = looked.frame(looked.wish(**more))
        assert set(drawn) == known
        for panel in known:
            check(panel, drawn[panel])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "more"),
    [
        ("lstm", {"model.hidden_size": 256}),
        ("transformer", {"model.hidden_size": 64, "model.heads": 8}),
    ],
)
def test_long_windows_and_wide_layers_stay_small(
    model: str, more: dict[str, Any]
) -> None:
    settings = {"data.window": 256, "training.steps": 1, "training.batch_size": 1}
    looked = Looked(model, "fables", **settings, **more)
    drawn, _sent = looked.frame(looked.wish(mark=100))
    for panel, content in drawn.items():
        assert len(json.dumps(content)) < MOST_BYTES, panel


@pytest.mark.slow
def test_every_choice_of_every_control_draws(looked: Looked) -> None:
    for panel in described(looked.config, names_on("inside"), str):
        for control in panel["controls"]:
            if control["kind"] == "button":
                continue
            values = [value for value, _ in control.get("options", ())]
            values += [control[end] for end in ("min", "max") if control.get("step")]
            for value in values:
                options = {control["name"]: value}
                wish = looked.wish(options=options, shown=panel["name"])
                content = looked.frame(wish)[0][panel["name"]]
                # What a model does not have is said in a sentence.
                assert content["reading"], control
                if content["figure"] is not None:
                    check(panel["name"], content)


def test_every_word_is_translated(looked: Looked) -> None:
    facts = facts_of(looked.config)
    for panel in panels_of(looked.config, names_on("inside")):
        if not panel.views:
            continue
        (name,) = panel.needs(facts, panel.settings())
        view = looked.usual(name)
        more: dict[str, Any] = {"mark": 3, "ghosts": (view,), "basis": view}
        scene = Scene.of(facts, view, chosen=panel.settings(), **more)
        content = panel.draw(scene, marked)
        assert "⟦" in content["reading"]
        assert "⟦" in content["alternative"]
        for axis in content["figure"]["layout"].values():
            text = axis.get("title", {}).get("text") if isinstance(axis, dict) else None
            assert not text or "⟦" in text or WORDLESS.fullmatch(text), text
        for note in content["figure"]["layout"].get("annotations", ()):
            said = re.sub(r"<[^>]*>", "", note.get("text", ""))
            named = name == "health"  # its labels are parameters' own names
            assert "⟦" in said or named or WORDLESS.fullmatch(said), said


def test_every_array_says_what_its_axes_are(looked: Looked) -> None:
    for spec in views_of(specs.resolve(looked.config)):
        view = looked.usual(spec.name)
        for name, values in view.arrays.items():
            assert len(spec.axes[name]) == values.ndim, (spec.name, name)
            assert values.dtype.kind in "fiu"
        rows = table(view).splitlines()
        assert len(rows) == 1 + sum(values.size for values in view.arrays.values())


@pytest.mark.parametrize("name", [n for n, p in panels().items() if p.about])
def test_what_one_looks_at_is_told_in_three_sentences(name: str) -> None:
    about = panels()[name].about
    assert len(re.findall(r"[.](?: |$)", about)) == 3, about
    assert str(panels()[name].question).endswith("?")


def test_earlier_moments_are_few_and_stay() -> None:
    kept = sorted({0, *(2**k for k in range(11)), *range(50, 1500, 50)})
    for count in range(9):
        for now in (0, 3, 100, 1500):
            found = earlier([k for k in kept if k < now], count)
            assert len(found) <= count
            assert found == sorted(found)
            assert all(k & (k - 1) == 0 for k in found)

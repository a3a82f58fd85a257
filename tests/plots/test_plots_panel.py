"""A new picture is one plot file, and one more for a view that is not there yet."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import explorer.inspection
import explorer.plots.training
from explorer.engine.jobs import Wanted
from explorer.inspection import facts
from explorer.inspection.base import views
from explorer.plots import panel as plots
from explorer.plots.panel import names_on
from explorer.ui.live.asked import wanted
from explorer.ui.live.panels import described
from tests.plots.test_plots_inside import Looked

NEWEST = """
from typing import Literal

from explorer.config.settings import Settings, setting
from explorer.plots.panel import Panel


class NewestSettings(Settings):
    of: Literal["train", "valid"] = setting(
        "train",
        "Whose.",
        title="Of",
        choices={"train": "training", "valid": "held out"},
    )
    count: int = setting(5, "How many.", title="Steps", ge=1, le=9)


def draw(scene, _):
    train, valid = scene.curves.losses, [v.loss for v in scene.validations]
    each = train if scene.chosen.of == "train" else valid
    said = _("%d of %d") % (len(each[-scene.chosen.count :]), scene.end)
    return {"figure": {"data": [], "layout": {}}, "reading": said, "alternative": said}


PANEL = Panel(
    "newest",
    "Where does it stand?",
    draw,
    pages={"playground": 15},
    settings=NewestSettings,
)
"""

WIDTHS_VIEW = """
import numpy as np

from explorer.config.settings import setting
from explorer.inspection.base import ViewSpec
from explorer.inspection.example import MarkedOptions
from explorer.runs.records import View


class WidthOptions(MarkedOptions):
    power: int = setting(1, "To this power.", title="Power", ge=1, le=3)


def look(subject, options):
    width = subject.config.model_settings["hidden_size"] ** options.power
    return View("widths", subject.step, {"width": np.array([width, options.mark])})


VIEW = ViewSpec(
    "widths", WidthOptions, look, lambda resolved: resolved.model.name == "lstm"
)
"""

WIDTHS = """
from explorer.plots.panel import Button, Panel


def draw(scene, _):
    earlier = [view.step for view in scene.ghosts]
    said = f"{scene.view.arrays['width'].tolist()} {scene.mark} {earlier}"
    return {"figure": {"data": [], "layout": {}}, "reading": said, "alternative": said}


PANEL = Panel(
    "widths",
    "How wide is it?",
    draw,
    views=("widths",),
    about="One. Two. Three.",
    pages={"inside": 15, "playground": 99},
    ghosts=2,
    buttons=(Button("hold", "release", "Let go", "Help."),),
)
"""


def forget() -> None:
    """Have panels, views and facts found anew."""
    for found in (plots.panels, plots.answers, views, facts._facts):
        found.cache_clear()


@pytest.fixture
def add(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Adds a file to a folder of the program, by its name and text."""
    before = set(sys.modules)

    def put(package: ModuleType, name: str, text: str) -> None:
        folder = tmp_path / package.__name__
        folder.mkdir()
        (folder / f"{name}.py").write_text(text)
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
        forget()

    yield put
    monkeypatch.undo()
    for name in set(sys.modules) - before:
        if name.rpartition(".")[2] in ("newest", "widths"):
            del sys.modules[name]
    forget()


@pytest.fixture(scope="module")
def looked() -> Looked:
    return Looked("lstm", "sine")


def panel_of(looked: Looked, page: str, name: str) -> dict[str, Any]:
    each = described(looked.config, names_on(page), str)
    return next(panel for panel in each if panel["name"] == name)


def test_a_playground_panel_without_a_view_is_one_file(
    add: Any, looked: Looked
) -> None:
    add(explorer.plots.training, "newest", NEWEST)
    assert names_on("playground")[:3] == ("loss", "newest", "prediction")
    panel = panel_of(looked, "playground", "newest")
    assert panel["question"] == "Where does it stand?"
    assert [(c["name"], c["kind"], c["value"]) for c in panel["controls"]] == [
        ("newest.of", "select", "train"),
        ("newest.count", "number", 5),
    ]
    assert panel["controls"][0]["options"] == [
        ("train", "training"),
        ("valid", "held out"),
    ]
    assert wanted(looked.config, looked.wish(shown="newest")) == ()
    for options, said in (
        ({}, "5 of 8"),
        ({"newest.count": 3}, "3 of 8"),
        ({"newest.count": 0}, "count must be a whole number from 1 to 9, but got 0."),
        ({"newest.of": "valid", "newest.count": 1, "newest.x": 1}, "1 of 8"),
    ):
        drawn, _sent = looked.frame(looked.wish(shown="newest", options=options))
        assert list(drawn) == ["newest"]
        assert drawn["newest"]["reading"].startswith(said)


def test_a_view_and_its_panel_are_two_files(add: Any, looked: Looked) -> None:
    add(explorer.inspection, "widths", WIDTHS_VIEW)
    add(explorer.plots.training, "widths", WIDTHS)
    panel = panel_of(looked, "inside", "widths")
    assert panel["about"] == "One. Two. Three."
    assert [c["name"] for c in panel["controls"]] == ["widths.power", "hold"]
    assert (panel["controls"][0]["min"], panel["controls"][0]["max"]) == (1, 3)
    wish = looked.wish(shown="widths", mark=4, options={"widths.power": "2"})
    asked = Wanted("widths", '{"mark": 4, "power": 2}')
    assert wanted(looked.config, wish) == (asked,)
    size = int(looked.config.model_settings["hidden_size"])
    said = looked.frame(wish)[0]["widths"]["reading"]
    assert said.startswith(f"[{size**2}, 4] 4 [")
    assert said.count("8") >= 2  # both earlier moments, which look like the last here
    wrong = looked.wish(shown="widths", options={"widths.power": 7})
    assert "power must be" in looked.frame(wrong)[0]["widths"]["reading"]
    other = Looked("gru", "sine")
    names = [p["name"] for p in described(other.config, names_on("inside"), str)]
    assert "raster" in names
    assert "widths" not in names


def test_any_panel_can_stand_on_any_page(add: Any, looked: Looked) -> None:
    add(explorer.inspection, "widths", WIDTHS_VIEW)
    add(explorer.plots.training, "widths", WIDTHS)
    assert names_on("playground")[-1] == "widths"
    here = ["widths", "made_up", "loss", "trajectory", "backpropagation"]
    each = described(looked.config, here, str)
    shown = [panel["name"] for panel in each]
    assert shown == [name for name in here if name != "made_up"]
    drawn, _sent = looked.frame(looked.wish(shown=",".join(here)))
    assert list(drawn) == shown


def test_a_setting_taken_over_has_no_control_of_its_own(looked: Looked) -> None:
    panel = panel_of(looked, "playground", "backpropagation")
    assert [c["name"] for c in panel["controls"]] == ["backpropagation.shown"]
    options = {"loss.axis": "second", "backpropagation.shown": "training"}
    drawn, _sent = looked.frame(looked.wish(shown="backpropagation", options=options))
    axis = drawn["backpropagation"]["figure"]["layout"]["xaxis"]
    assert axis["title"]["text"] == "training time (seconds)"


def test_a_picture_of_views_alone_is_drawn_once(
    add: Any, looked: Looked, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawings = []

    def counted(name: str) -> None:
        panel = plots.panels()[name]

        def draw(scene: Any, _: Any) -> Any:
            drawings.append(name)
            return panel.draw(scene, _)

        every = {**plots.panels(), name: panel._replace(draw=draw)}
        monkeypatch.setattr("explorer.ui.live.asked.panels", lambda: every)

    for name, again in (("raster", 1), ("health", 2), ("loss", 2)):
        counted(name)
        wish = looked.wish(shown=name)
        views = {w: looked.look(w) for w in wanted(looked.config, wish)}
        for _again in range(2):
            looked.draw(wish, views)
        assert drawings.count(name) == again, name
        looked.draw(wish.model_copy(update={"mark": 3}), views)
        assert drawings.count(name) == again + 1, name

"""Every picture of the page Translate, of every model that translates."""

import re

import pytest

from explorer import catalog
from explorer.inspection.base import Request, look
from explorer.plots.panel import Scene
from explorer.ui.live import inside
from tests.plots.test_plots_inside import WORDLESS, Looked, check, marked

PAGE = "translate"


class Translating(Looked):
    page = PAGE


SETTINGS = [
    pytest.param((model.name, more), id=f"{model.name}-{name}")
    for model in catalog.fitting("dates")
    for name, more in [
        ("usual", {}),
        ("plain", {"model.attention": "none"}),
        ("heads", {"model.heads": 2}),
    ]
    if all(key.partition(".")[2] in model.settings.model_fields for key in more)
]


@pytest.fixture(scope="module", params=SETTINGS)
def looked(request: pytest.FixtureRequest) -> Looked:
    model, more = request.param
    return Translating(model, "dates", **more)


def test_plotly_accepts_every_view(looked: Looked) -> None:
    known = {panel.view for panel, _ in inside.panels_for(looked.config, PAGE)}
    assert {"writing", "beam"} <= known
    attends = looked.config.model_settings.get("attention", "additive") != "none"
    assert ({"alignment", "aim"} <= known) == attends
    for more in ({}, {"mark": 5}, {"example": 1}, {"text": "3 May 2021"}):
        drawn, _sent = looked.frame(looked.wish(**more))
        assert set(drawn) == {"loss", *known}
        for panel in known:
            check(panel, drawn[panel])


def test_letters_that_are_not_in_the_vocabulary_are_named(looked: Looked) -> None:
    drawn, _sent = looked.frame(looked.wish(text="3. Mai ²021"))
    for panel, _spec in inside.panels_for(looked.config, PAGE):
        assert "“²”" in drawn[panel.view]["reading"]
        assert drawn[panel.view]["figure"] is None


def test_every_choice_of_every_control_draws(looked: Looked) -> None:
    for described in inside.described(looked.config, str, PAGE)[1:]:
        for control in described["controls"]:
            values = [value for value, _ in control.get("options", ())]
            values += [control[end] for end in ("min", "max") if control.get("step")]
            for value in values:
                options = {control["name"]: value}
                wish = looked.wish(options=options, shown=described["name"])
                content = looked.frame(wish)[0][described["name"]]
                assert content["reading"], control
                if content["figure"] is not None:
                    check(described["name"], content)


def test_every_word_is_translated(looked: Looked) -> None:
    for panel, spec in inside.panels_for(looked.config, PAGE):
        view = look(looked.subject, Request(spec.name))
        content = panel.draw(Scene(looked.config, view, 3), marked)
        assert "⟦" in content["reading"]
        assert "⟦" in content["alternative"]
        for block in content.get("text", {}).get("blocks", ()):
            assert "⟦" in block["caption"]
        for axis in content["figure"]["layout"].values():
            text = axis.get("title", {}).get("text") if isinstance(axis, dict) else None
            assert not text or "⟦" in text or WORDLESS.fullmatch(text), text


def test_a_cell_of_the_map_chooses_what_the_controls_take(looked: Looked) -> None:
    drawn, _sent = looked.frame(looked.wish())
    if "alignment" not in drawn:
        pytest.skip("this model does not look at its source")
    picks = drawn["alignment"]["figure"]["data"][0]["meta"]["pick"]
    controls = {
        control["name"]: control["kind"]
        for described in inside.described(looked.config, str, PAGE)
        for control in described["controls"]
    }
    assert set(picks.values()) <= set(controls)
    assert controls["aim.at"] == "text"


def test_playing_ends_with_the_last_token(looked: Looked) -> None:
    drawn, _sent = looked.frame(looked.wish())
    count = re.match(r"Token 1 of (\d+)", drawn["writing"]["reading"])
    assert count is not None
    assert drawn["writing"]["last"] == int(count.group(1)) - 1

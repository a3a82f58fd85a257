"""Every picture of the page Translate, of every model that translates."""

import re

import pytest

from explorer.catalog import specs
from explorer.inspection.facts import facts_of
from explorer.plots.panel import Scene, names_on
from explorer.ui.live.asked import panels_of
from explorer.ui.live.panels import described
from tests.plots.test_plots_inside import WORDLESS, Looked, check, marked

PAGE = "translate"


class Translating(Looked):
    page = PAGE


SETTINGS = [
    pytest.param((model.name, more), id=f"{model.name}-{name}")
    for model in specs.fitting("dates")
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
    known = {panel.name for panel in panels_of(looked.config, names_on(PAGE))}
    assert {"writing", "beam"} <= known
    attends = looked.config.model_settings.get("attention", "additive") != "none"
    assert ({"alignment", "aim"} <= known) == attends
    for more in ({}, {"mark": 5}, {"example": 1}, {"text": "3 May 2021"}):
        drawn, _sent = looked.frame(looked.wish(**more))
        assert set(drawn) == known
        for panel in known - {"loss"}:
            check(panel, drawn[panel])


def test_letters_that_are_not_in_the_vocabulary_are_named(looked: Looked) -> None:
    drawn, _sent = looked.frame(looked.wish(text="3. Mai ²021"))
    assert len(drawn) > 2
    for name in set(drawn) - {"loss"}:
        assert "“²”" in drawn[name]["reading"]
        assert drawn[name]["figure"] is None


def test_every_choice_of_every_control_draws(looked: Looked) -> None:
    for panel in described(looked.config, names_on(PAGE), str):
        for control in panel["controls"]:
            values = [value for value, _ in control.get("options", ())]
            values += [control[end] for end in ("min", "max") if control.get("step")]
            for value in values:
                options = {control["name"]: value}
                wish = looked.wish(options=options, shown=panel["name"])
                content = looked.frame(wish)[0][panel["name"]]
                assert content["reading"], control
                if content["figure"] is not None:
                    check(panel["name"], content)


def test_every_word_is_translated(looked: Looked) -> None:
    facts = facts_of(looked.config)
    for panel in panels_of(looked.config, names_on(PAGE)):
        if not panel.views:
            continue
        view = looked.usual(panel.name)
        content = panel.draw(Scene.of(facts, view, mark=3), marked)
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
        for panel in described(looked.config, names_on(PAGE), str)
        for control in panel["controls"]
    }
    assert set(picks.values()) <= set(controls)
    assert controls["aim.at"] == "text"


def test_playing_ends_with_the_last_token(looked: Looked) -> None:
    drawn, _sent = looked.frame(looked.wish())
    count = re.match(r"Token 1 of (\d+)", drawn["writing"]["reading"])
    assert count is not None
    assert drawn["writing"]["last"] == int(count.group(1)) - 1

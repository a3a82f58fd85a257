"""The chart of a class: forty lines, of which a few have names."""

import numpy as np
import plotly.graph_objects as go
import pytest

from explorer.plots.runs.standings import LEADERS, alternative, extract, figure, reading
from explorer.plots.theme import GREY, colour_of, template
from explorer.runs.boards import Line, Standing, Trained
from explorer.runs.records import Lines

LINES = Lines(0.0101, "the noise", {"mean": 1.0}, "mean squared error")
NOBODY = Line(np.empty(0, np.float32), np.empty(0, np.float32))


def standing(seat: int, *losses: float, name: str = "") -> Standing:
    line = Line(
        np.arange(len(losses), dtype=np.float32) * 10, np.array(losses, np.float32)
    )
    best = min(losses, default=None)
    return Standing(name or f"S{seat}", seat, best, 10, None, False, line)


def forty() -> list[Standing]:
    return [standing(k, 1.0, 0.02 + 0.01 * k) for k in range(40)]


def test_every_line_has_the_colour_of_its_architecture() -> None:
    made = forty()
    made[1] = made[1]._replace(drawn=Trained("gru", 7, 2, 0.01))
    made[39] = made[39]._replace(drawn=Trained("lstm", 5, 1, 0.01))
    drawn = extract(made, 0.02, 500, LINES)
    assert [r.nickname for r in drawn.runners] == [f"S{k}" for k in range(40)]
    assert [r.leads for r in drawn.runners] == [True] * LEADERS + [False] * 35
    colours = {r.nickname: r.colour for r in drawn.runners}
    assert colours["S1"] == colour_of("gru")
    assert colours["S39"] == colour_of("lstm")
    assert colours["S2"] == GREY


def test_the_figure_draws_leaders_over_the_others_and_names_them() -> None:
    made = figure(extract(forty(), 0.02, 500, LINES))
    assert [t["name"] for t in made["data"][-2:]] == ["S1", "S0"]
    assert [t["line"]["width"] for t in made["data"][:35]] == [1.0] * 35
    texts = " ".join(a["text"] for a in made["layout"]["annotations"])
    assert all(f"S{k} 0.0" in texts for k in range(LEADERS))
    assert "S7" not in texts
    assert "goal 0.02" in texts
    assert "floor 0.0101" in texts
    assert len(made["layout"]["shapes"]) == 2
    assert made["layout"]["xaxis"]["range"] == [0, 500]
    go.Figure({**made, "layout": made["layout"] | {"template": template("dark")}})


@pytest.mark.parametrize(
    ("losses", "said"),
    [
        ((0.5, 0.502, 0.7), "S0, S1 are level at a validation loss of 0.5."),
        ((0.5,) * 9, "9 are level at a validation loss of 0.5."),
        ((0.5, 0.6), "S0 leads with a validation loss of 0.5."),
    ],
)
def test_who_is_level_leads_together(losses: tuple[float, ...], said: str) -> None:
    made = [standing(k, 1.0, loss) for k, loss in enumerate(losses)]
    assert reading(extract(made, None, 100, LINES)) == said


def test_what_is_drawn_lies_inside_the_axes() -> None:
    made = figure(extract(forty(), 0.005, 100, LINES))
    low, high = made["layout"]["yaxis"]["range"]
    assert low < np.log10(0.005)
    assert high > 0


def test_an_empty_class_has_titled_axes() -> None:
    for people in ([], [Standing("A", 0, None, 0, None, False, NOBODY)]):
        drawn = extract(people, None, 500, LINES._replace(floor=None))
        made = figure(drawn)
        assert made["data"] == []
        assert made["layout"]["xaxis"]["title"]["text"]
        assert made["layout"]["yaxis"]["title"]["text"].endswith("mean squared error")
        assert reading(drawn) == "Nobody has trained yet."


@pytest.mark.parametrize("losses", [(np.nan,), (1.0, np.nan, 0.5), (np.inf, 1.0)])
def test_losses_that_are_no_numbers_break_nothing(losses: tuple[float, ...]) -> None:
    made = standing(0, *losses)._replace(best=None)
    drawn = extract([made], 0.1, 100, LINES)
    made_figure = figure(drawn)
    assert np.isfinite(made_figure["layout"]["yaxis"]["range"]).all()
    assert alternative(drawn)


def test_a_nickname_is_text_and_not_markup() -> None:
    drawn = extract([standing(0, 1.0, 0.5, name="<b>x</b>")], None, 10, LINES)
    made = figure(drawn)
    words = [made["data"][0]["name"], made["data"][0]["hovertemplate"]]
    words += [a["text"] for a in made["layout"]["annotations"]]
    assert not any("<b>" in each for each in words)
    assert reading(drawn) == "<b>x</b> leads with a validation loss of 0.5."


def test_the_chart_in_words_names_everybody() -> None:
    said = alternative(extract(forty(), 0.02, 500, LINES))
    assert "S39: 0.41." in said
    assert "goal: 0.02." in said

"""The chart of a guess beside what came out."""

import math

import plotly.graph_objects as go
import pytest

from explorer.plots.encode import to_json
from explorer.plots.runs import guess
from explorer.ui.language import translator

pytestmark = pytest.mark.quick
FIGURES = {"first loss": 4.09, "nats": 4.03, "lost": math.nan}


def test_a_number_that_was_guessed_comes_first() -> None:
    drawn = guess.extract(FIGURES, 2.0)
    assert drawn.rows == (("your guess", 2.0), ("first loss", 4.09), ("nats", 4.03))
    figure = guess.figure(drawn)
    (dots,) = figure["data"]
    assert list(dots["x"]) == [2.0, 4.09, 4.03]
    assert dots["marker"]["color"][0] == guess.GUESS
    assert figure["layout"]["xaxis"].get("type") != "log"
    titles = [figure["layout"][f"{each}axis"]["title"]["text"] for each in "xy"]
    assert titles == ["value, in the unit of its row", "what was measured"]
    go.Figure(figure)
    assert guess.alternative(drawn).endswith("first loss: 4.09. nats: 4.03.")


def test_a_choice_leaves_the_figures_alone() -> None:
    drawn = guess.extract(FIGURES, None, translator("zh"))
    assert [name for name, _value in drawn.rows] == ["第一个损失", "纳特"]
    assert guess.GUESS not in guess.figure(drawn)["data"][0]["marker"]["color"]


def test_numbers_far_apart_stand_on_a_logarithmic_axis() -> None:
    figure = guess.figure(guess.extract({"a": 1e-6, "b": 0.08}, None))
    assert figure["layout"]["xaxis"]["type"] == "log"
    low, high = figure["layout"]["xaxis"]["range"]
    assert low < -6
    assert high > math.log10(0.08)


def test_nothing_measured_gives_an_empty_chart() -> None:
    drawn = guess.extract({}, None)
    assert to_json(guess.figure(drawn))
    assert guess.height(drawn) > 0

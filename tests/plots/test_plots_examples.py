"""Pictures of single examples: before training, and of their answers."""

from typing import Any

import numpy as np
import orjson
import plotly.graph_objects as go
import pytest

from explorer.catalog import building, choosing, specs
from explorer.data.base import Data
from explorer.data.windows import Windows
from explorer.errors import N_
from explorer.plots.answers import classes, pairs
from explorer.plots.data import examples
from explorer.plots.encode import to_json
from explorer.plots.training import loss
from explorer.runs.records import Curves, Lines, View
from explorer.tasks import IGNORED
from explorer.ui.data import preview

pytestmark = pytest.mark.quick

EVERY = [data.name for data in specs.datasets().values() if data.offered]


def marked(message: str) -> str:
    return f"⟦{message}⟧"


def as_plotly(figure: dict[str, Any]) -> go.Figure:
    given = orjson.loads(to_json(figure))
    return go.Figure({"data": given["data"], "layout": given["layout"]})


def view(confusion: list[list[int]], **arrays: Any) -> View:
    counts = np.array(confusion)
    size = len(counts)
    chances = np.full(size, 1 / size, np.float32)
    notes = {
        "labels": list("abcdefghijklm")[:size],
        "truth": 1,
        "left_out": [],
        "tokens": None,
        "joiner": " ",
    }
    return View(
        "prediction", 5, {"probabilities": chances, "confusion": counts} | arrays, notes
    )


@pytest.mark.parametrize("name", EVERY)
def test_every_dataset_has_a_preview(name: str) -> None:
    data = building.make_data(choosing.make_config(name))
    if data.series is None and data.text is None and data.symbols:
        lines = preview.written(data, str)
        assert len(lines) == preview.WRITTEN
        assert all(line.strip() for line in lines)
        return
    figure, said, alternative = preview.picture(data, marked)
    drawn = as_plotly(figure)
    assert drawn.data
    assert "⟦" in drawn.layout.xaxis.title.text
    assert "⟦" in drawn.layout.yaxis.title.text
    assert said.startswith("⟦")
    assert "⟦" in alternative


def test_rows_keep_to_their_place_and_larger_is_higher() -> None:
    x = np.arange(2 * 4 * 1, dtype=np.float32).reshape(2, 4, 1)
    drawn = examples.of_labels(x, np.array([0, 1]), ("low", "high"), N_("label"))
    first, second = (trace["y"] for trace in examples.figure(drawn)["data"])
    assert (np.diff(first) < 0).all()  # the axis grows downwards
    assert 0 < first.min() < first.max() < 1 < second.min() < second.max() < 2


def test_many_channels_are_a_map() -> None:
    window = np.random.default_rng(0).normal(size=(20, 9)).astype(np.float32)
    drawn = examples.of_channels(window, (), N_("what is given"))
    (heat,) = examples.figure(drawn)["data"]
    assert heat["type"] == "heatmap"
    np.testing.assert_array_equal(heat["z"], window.T)
    assert drawn.names == tuple("123456789")


def made(**more: Any) -> Data:
    x, y = more.pop("x"), more.pop("y")
    part = Windows(np.array(x), np.array(y))
    return Data(train=part, validation=part, baselines={}, **more)


def test_examples_of_every_kind_of_token_task_are_written_with_their_answer() -> None:
    symbols = ("_", "<", ">", "good", "bad", "day")
    labels = made(
        task="classify",
        x=[[0, 3, 5], [0, 0, 4]],
        y=[1, 0],
        symbols=symbols,
        labels=("no", "yes"),
        joiner=" ",
        padded=True,
    )
    assert preview.written(labels, str) == ["good day\n→ yes", "bad\n→ no"]
    tags = made(
        task="tag",
        x=[[3, 5, 0]],
        y=[[0, 1, IGNORED]],
        symbols=symbols,
        labels=("ADJ", "NOUN"),
        padded=True,
    )
    assert preview.written(tags, str) == ["good day\nADJ  NOUN"]
    turned = made(
        task="translate",
        x=[[4, 3, 0, 1, 3, 4]],
        y=[[3, 4, 2]],
        symbols=symbols,
        source=3,
        padded=True,
        joiner="-",
    )
    assert preview.written(turned, str) == ["bad-good\n→ good-bad"]


def test_long_lines_of_tags_are_broken_and_wide_letters_count_twice() -> None:
    said = examples.aligned(["天", "ab", "c"], ["X", "YYY", "Z"], width=6)
    assert said.split("\n") == ["天 ab", "X  YYY", "c", "Z"]


def test_precision_and_recall_of_a_confusion_matrix() -> None:
    drawn = classes.extract("lstm", view([[3, 1, 0], [2, 4, 0], [0, 0, 0]]))
    np.testing.assert_allclose(classes.precision(drawn), [3 / 5, 4 / 5, 0])
    np.testing.assert_allclose(classes.recall(drawn), [3 / 4, 4 / 6, 0])
    heat = next(t for t in classes.figure(drawn)["data"] if t["type"] == "heatmap")
    assert heat["text"][1] == ["2", "4", "0"]
    assert "truth b, answer a: 2" in heat["hovertext"][1][0]
    assert "precision of a 60 %" in heat["hovertext"][1][0]
    assert "recall of b 67 %" in heat["hovertext"][1][0]
    reading = classes.reading(drawn)
    assert "Of 10 held-out examples 7 are told right" in reading
    assert "most often “b” is taken for “a”" in reading


def test_a_perfect_confusion_matrix_says_so() -> None:
    drawn = classes.extract("lstm", view([[3, 0], [0, 4]]))
    assert classes.reading(drawn).endswith("All 7 held-out examples are told right.")


def test_many_labels_are_named_here_and_there_and_counted_under_the_pointer() -> None:
    few, many = (
        as_plotly(classes.figure(classes.extract("lstm", view(np.eye(n).tolist()))))
        for n in (12, 13)
    )
    assert few.data[1].texttemplate == "%{text}"
    assert many.data[1].texttemplate is None
    assert len(many.data[1].hovertext) == 13
    for each, most in ((few, 12), (many, 6)):
        assert 4 < len(each.layout.xaxis2.ticktext) <= most
        assert each.layout.yaxis2.ticktext == each.layout.xaxis2.ticktext


def test_a_series_stands_above_its_odds() -> None:
    line = np.arange(6, dtype=np.float32)[:, None]
    drawn = classes.extract("lstm", view([[1, 0], [0, 1]], input=line))
    given = as_plotly(classes.figure(drawn))
    assert given.layout.yaxis.domain[1] < given.layout.yaxis3.domain[0]
    assert given.layout.yaxis.ticktext == ("a", "✓ b")


def test_right_answers_lie_on_the_diagonal_and_wild_ones_at_its_edge() -> None:
    arrays = {"truth": np.array([0.0, 1.0, 2.0]), "said": np.array([0.0, 1.0, 90.0])}
    drawn = pairs.extract("gru", View("prediction", 1, arrays, {}))
    given = pairs.figure(drawn)
    (points,), layout = given["data"], given["layout"]
    np.testing.assert_array_equal(points["x"][:2], points["y"][:2])
    assert points["y"][2] == pytest.approx(layout["yaxis"]["range"][1])
    assert points["customdata"][2] == 90.0
    assert layout["xaxis"]["range"] == layout["yaxis"]["range"]
    assert "nearly all the same" not in pairs.reading(drawn)
    same = drawn._replace(predicted=np.full(3, 1.0, np.float32))
    assert "miss by 0.667 on average" in pairs.reading(same)
    assert "nearly all the same" in pairs.reading(same)


HIGHEST = 0.0
"""The power of ten of a loss of 1."""


def test_below_the_floor_there_is_room_for_each_line_of_its_note() -> None:
    losses = np.array([1.0, 0.3, 0.1], np.float32)
    ones, times = np.ones(3, np.float32), np.arange(3.0)
    curves = Curves(losses, losses, ones, times, losses, losses)

    def lowest(words: str) -> float:
        drawn = loss.extract("rnn", curves, (), (), Lines(0.1, words, {}, "loss"))
        low, high = loss.figure(drawn)["layout"]["yaxis"]["range"]
        assert high == pytest.approx(HIGHEST, abs=0.1)
        return float(low)

    none, one, two = map(lowest, ("", "the noise", "the noise of each series " * 2))
    # A line has some 14 pixels on the lowest chart, which is 125 pixels high.
    assert (none - one) / (HIGHEST - one) > 0.11
    assert two - none == pytest.approx(2 * (one - none))


def test_a_floor_of_zero_is_named_inside_a_logarithmic_axis() -> None:
    losses = np.array([1.0, 0.3, 0.0471, 0.0234], np.float32)
    ones, times = np.ones(4, np.float32), np.arange(4.0)
    curves = Curves(losses, losses, ones, times, losses, losses)
    lines = Lines(0.0, "none is left", {"always 1": 0.16}, "loss")
    drawn = loss.extract("rnn", curves, (), (), lines)
    layout = loss.figure(drawn)["layout"]
    low, high = layout["yaxis"]["range"]
    for words in layout["annotations"]:
        assert low <= words["y"] <= high, words["text"]
    (note,) = (a for a in layout["annotations"] if a["text"] == "none is left")
    assert note["yanchor"] == "bottom"


@pytest.mark.parametrize("y_log", [True, False])
def test_losses_of_zero_are_told_where_no_axis_can_show_them(y_log: bool) -> None:
    zeros, ones, times = np.zeros(4, np.float32), np.ones(4, np.float32), np.arange(4.0)
    curves = Curves(zeros, zeros, ones, times, zeros, zeros)
    drawn = loss.extract("rnn", curves, (), (), Lines(None, "", {}, "loss"))
    words = [
        a["text"] for a in loss.figure(drawn, y_log=y_log)["layout"]["annotations"]
    ]
    assert any("Every loss is 0" in text for text in words) == y_log


@pytest.mark.parametrize("plot", [classes, pairs])
def test_before_there_is_an_answer_a_figure_is_empty_and_says_so(plot: Any) -> None:
    drawn = plot.extract("rnn", None)
    as_plotly(plot.figure(drawn))
    assert plot.reading(drawn, marked).startswith("⟦")
    assert "⟦" in plot.alternative(drawn, marked)


def test_of_many_labels_the_likeliest_and_the_true_one_have_room() -> None:
    chances = np.arange(10, dtype=np.float32) / 45
    many = view(np.eye(10, dtype=int).tolist(), probabilities=chances)
    drawn = classes.extract("lstm", many)._replace(truth=1)
    assert classes.likeliest(drawn) == list(range(10))
    beside = drawn._replace(series=np.zeros((8, 8), np.float32))
    assert classes.likeliest(beside) == [1, 5, 6, 7, 8, 9]
    (bar,) = [t for t in classes.figure(beside)["data"] if t["type"] == "bar"]
    np.testing.assert_allclose(bar["x"], chances[[1, 5, 6, 7, 8, 9]])
    ticks = classes.figure(beside)["layout"]["yaxis"]["ticktext"]
    assert [tick.removeprefix("✓ ") for tick in ticks] == [
        drawn.labels[k] for k in (1, 5, 6, 7, 8, 9)
    ]
    assert ticks[0].startswith("✓ ")
    axis = classes.figure(beside)["layout"]["xaxis"]
    wide = 220 * (axis["domain"][1] - axis["domain"][0])  # pixels, beside a text
    assert wide * (1 - 1 / axis["range"][1]) >= 30  # of "100%" behind a full bar

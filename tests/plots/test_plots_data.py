"""What the page Data draws: extraction and figure apart."""

from typing import Any

import numpy as np
import orjson
import plotly.graph_objects as go
import pytest

from explorer.plots.data import (
    autocorrelation,
    balance,
    histogram,
    merges,
    preview,
    spectrogram,
    tune,
    window,
)
from explorer.plots.encode import to_json

NONE = np.empty(0, np.float32)
BANDS = np.array([100.0, 900.0])
EMPTY: dict[str, tuple[Any, Any]] = {
    "autocorrelation": (autocorrelation, autocorrelation.extract(np.ones(1), 1.0)),
    "histogram": (histogram, histogram.extract(NONE, "")),
    "balance": (balance, balance.extract((), ())),
    "window": (window, window.extract(np.empty((0, 1)), np.empty((0, 1)), 0)),
    "tune": (tune, tune.extract((), ())),
    "spectrogram": (
        spectrogram,
        spectrogram.extract(np.empty((0, 2)), BANDS, 0.1),
    ),
}
FULL: dict[str, tuple[Any, Any]] = {
    "autocorrelation": (
        autocorrelation,
        autocorrelation.extract(np.array([1, 0.8, 0.3, 0.05, 0.4], np.float32), 0.1),
    ),
    "histogram": (histogram, histogram.extract(np.array([1.0, 2, np.nan, 4]), "m")),
    "balance": (balance, balance.extract(("a", "b"), (0.25, 0.75))),
    "window": (
        window,
        window.extract(np.arange(5.0)[:, None], np.arange(1.0, 6)[:, None], 3),
    ),
    "spectrogram": (
        spectrogram,
        spectrogram.extract(np.array([[-9.0, -40], [-8, -5], [-7, -50]]), BANDS, 0.1),
    ),
    "tune": (
        tune,
        tune.extract(((0, 0, 1.5, 60), (1, 1.5, 2.5, 67)), (4.0,)),
    ),
}


def marked(message: str) -> str:
    return f"⟦{message}⟧"


@pytest.mark.parametrize(("plot", "drawn"), [*EMPTY.values(), *FULL.values()])
def test_plotly_takes_it_and_its_axes_have_titles(plot: Any, drawn: Any) -> None:
    figure = go.Figure(orjson.loads(to_json(plot.figure(drawn, marked))))
    assert "⟦" in figure.layout.xaxis.title.text
    assert "⟦" in figure.layout.yaxis.title.text
    assert "⟦" in plot.alternative(drawn, marked)
    if hasattr(plot, "reading"):
        assert "⟦" in plot.reading(drawn, marked)


def test_autocorrelation() -> None:
    plot, drawn = FULL["autocorrelation"]
    assert list(drawn.lags) == [1, 2, 3, 4]
    figure = plot.figure(drawn)
    assert figure["layout"]["shapes"][0]["y1"] == 0.1
    assert figure["layout"]["yaxis"]["range"] == [-1.05, 1.05]
    assert "up to 2 steps apart" in plot.reading(drawn)
    assert "some up to 4 steps" in plot.reading(drawn)
    noise = autocorrelation.extract(np.array([1, 0.01], np.float32), 0.1)
    assert "like noise" in plot.reading(noise)


def test_a_spectrogram() -> None:
    plot, drawn = FULL["spectrogram"]
    assert drawn.levels.shape == (2, 3)
    assert "0.3 seconds; most of the time the band about 100 Hz" in plot.reading(drawn)
    layout = plot.figure(drawn)["layout"]
    assert layout["yaxis"]["ticktext"] == ["100", "900"]
    assert layout["coloraxis"]["colorbar"]["title"]["text"] == "dB"
    frames = np.full((1001, 2), -50.0)
    frames[500] = -1
    long = spectrogram.extract(frames, BANDS, 0.1)
    assert long.levels.shape == (2, 334)
    assert long.levels.max() == -1
    assert long.step == pytest.approx(0.3)


def test_a_tune() -> None:
    plot, drawn = FULL["tune"]
    assert plot.reading(drawn) == "2 notes from c4 to g4 over 4 beats."
    figure = plot.figure(drawn)
    assert figure["layout"]["xaxis"]["range"] == [0, 4.0]
    assert figure["layout"]["yaxis"]["ticktext"] == ["c4", "g4"]
    assert len(figure["layout"]["shapes"]) == 1
    many = tuple((k, k, 1, 60) for k in range(500))
    long = tune.extract(many, (2.0, 450.0))
    assert plot.reading(long).startswith("500 notes over 500 beats; the first 400 are")
    assert list(long.bars) == [2.0]


def test_histogram() -> None:
    drawn = histogram.extract(np.array([0.0, 0, 0, 40, np.inf]), "m")
    assert drawn.counts.sum() == 4
    assert drawn.counts[0] == 3
    assert drawn.mean == 10
    assert drawn.width == 1
    assert histogram.extract(np.full(7, 1e-320), "m").counts.sum() == 7
    assert histogram.extract(np.full(7, 1e90), "m").counts.sum() == 7


def test_balance() -> None:
    plot, drawn = FULL["balance"]
    assert "right 75 %" in plot.reading(drawn)
    many = balance.extract([str(k) for k in range(20)], np.arange(20) / 190)
    assert many.labels == tuple(map(str, range(8, 20)))
    assert many.kinds == 20


def test_window() -> None:
    plot, drawn = FULL["window"]
    given, asked = plot.figure(drawn)["data"]
    assert list(given["x"]) == [1, 2, 3, 4, 5]
    assert list(asked["x"]) == [2, 3, 4, 5, 6]
    np.testing.assert_array_equal(asked["y"], [np.nan] * 3 + [4, 5])
    assert "reads 5 values" in plot.reading(drawn)
    assert "At 2 of these" in plot.reading(drawn)


def test_merges_in_their_order() -> None:
    pairs = (("t", "h"), ("th", "e"), (" ", "the"))
    tokens = np.array([3, 4, 3, 1])
    drawn = merges.extract(pairs, tokens, ("e", " ", "th", "the", " the", "t", "h"))
    assert drawn.counts == (0, 2, 1)
    assert drawn.per_token == (3 + 4 + 3 + 1) / 4
    assert merges.lines(drawn).splitlines() == [
        "1. t + h → th (0 ×)",
        "2. th + e → the (2 ×)",
        "3. ␣ + the → ␣the (1 ×)",
    ]
    assert "holds 2.75 characters" in merges.reading(drawn)
    none = merges.extract((), np.empty(0, np.int64), ())
    assert "every token is a character" in merges.reading(none)


def test_many_marks_are_small_and_leave_the_series_to_be_seen() -> None:
    x, values = np.arange(1000), np.zeros(1000, np.float32)
    sizes = [
        preview.figure(
            preview.extract(x, values, 800, "t", "v", [("missing", x[:count])])
        )["data"][1]["marker"]["size"]
        for count in (5, preview.FEW, preview.FEW + 1, 611)
    ]
    assert sizes == [8, 8, 3, 3]


def test_a_preview_marks_what_is_known_of_places() -> None:
    values = np.arange(1000.0)
    marks = [("spike", np.array([3, 900])), ("shift", np.array([], int))]
    drawn = preview.extract(np.arange(1000), values, 800, "t", "v", marks)
    (spikes,) = drawn.marks
    assert (spikes.name, spikes.positions.tolist()) == ("spike", [3, 900])
    assert spikes.values.tolist() == [3, 900]
    line, marked = preview.figure(drawn)["data"]
    assert line["mode"] == "lines"
    assert (marked["mode"], marked["name"]) == ("markers", "spike")
    for told in (preview.reading(drawn), preview.alternative(drawn)):
        assert told.endswith("Marked: spike (2).")
    alone = preview.extract(np.arange(1000), values, 800, "t", "v")
    assert "Marked" not in preview.reading(alone)
    assert len(preview.figure(alone)["data"]) == 1


def test_a_window_shows_all_that_goes_in() -> None:
    x = np.stack([np.arange(5.0), np.arange(5.0) * 2, np.ones(5)], 1)
    drawn = window.extract(x, x[:, :1], 2, True, ("sales", "plan", "mood"))
    given, plan, mood, _asked = window.figure(drawn)["data"]
    assert given["y"].tolist() == list(range(5))
    assert (plan["name"], plan["y"].tolist()) == ("plan", [0, 2, 4, 6, 8])
    assert mood["line"]["dash"] != plan["line"]["dash"]

"""Several runs on one loss chart: what is drawn of them, and what is said."""

import numpy as np
import plotly.graph_objects as go

from explorer.plots.runs import overlaid
from explorer.runs.records import Curves, Validation


def run(name: str, model: str, low: float, steps: int = 5):
    losses = np.linspace(1.0, low, steps, dtype=np.float32)
    curves = Curves(losses, *(np.zeros(steps, np.float32) for _ in range(5)))
    return name, model, curves, [Validation(0, 1.0, 0.0), Validation(steps, low, 1.0)]


def test_nothing_gives_titled_axes() -> None:
    drawn = overlaid.extract([], [])
    figure = overlaid.figure(drawn)
    assert figure["data"] == []
    assert figure["layout"]["xaxis"]["title"]["text"] == "training step"
    assert figure["layout"]["yaxis"]["title"]["text"] == "loss"
    go.Figure(figure)


def test_every_run_has_two_lines_and_a_label() -> None:
    runs = [run("a <b>", "lstm", 0.5), run("", "lstm", 0.25), run("c", "gru", 0.75)]
    drawn = overlaid.extract(runs, ["nats"] * 3)
    figure = overlaid.figure(drawn)
    go.Figure(figure)
    assert len(figure["data"]) == 6
    strong = figure["data"][1::2]
    assert [line["y"][-1] for line in strong] == [0.5, 0.25, 0.75]
    assert strong[0]["line"]["dash"] != strong[1]["line"]["dash"]
    assert strong[0]["line"]["dash"] == strong[2]["line"]["dash"]
    assert strong[0]["line"]["color"] == strong[1]["line"]["color"]
    assert "&lt;b&gt;" in figure["layout"]["annotations"][0]["text"]
    assert figure["layout"]["yaxis"]["title"]["text"] == "nats"
    assert "0.25, of run 2" in overlaid.reading(drawn)
    assert "3 runs" in overlaid.alternative(drawn)


def test_losses_of_two_kinds_are_not_ranked() -> None:
    runs = [run("a", "lstm", 0.5), run("b", "gru", 0.25)]
    drawn = overlaid.extract(runs, ["nats", "mean squared error"])
    assert "differently" in overlaid.reading(drawn)


def test_at_most_eight_are_drawn_and_infinite_losses_are_gaps() -> None:
    bad = run("bad", "rnn", 0.5)
    bad[2].losses[-1] = np.inf
    drawn = overlaid.extract([bad] * 9, ["nats"] * 9)
    assert len(drawn.lines) == overlaid.MOST_RUNS
    assert np.isnan(drawn.lines[0].y[-1])
    go.Figure(overlaid.figure(drawn))


def test_a_run_without_a_step_says_so() -> None:
    drawn = overlaid.extract([("a", "lstm", Curves.empty(), [])], ["nats"])
    assert overlaid.reading(drawn) == "Nothing has been validated yet."
    go.Figure(overlaid.figure(drawn))

"""The range of an axis of losses: what it holds, and what it leaves outside."""

import math

import numpy as np
import pytest

from explorer.plots.parts import Figure
from explorer.plots.training import loss
from explorer.plots.training.loss_axis import Span, loss_axis, loss_span
from explorer.runs.records import Curves, Lines


@pytest.mark.parametrize(
    ("curve", "steady", "floor", "y_log", "expected"),
    [
        ([], [], None, True, None),
        ([math.nan], [], None, False, None),
        ([1.0, 0.1], [], None, True, (-1.1, 0.1)),
        ([1.0, 0.1], [], None, False, (0.0, 10**0.1)),
        ([1.0, 0.1], [10.0], None, True, (-1.1, 1.1)),
        ([1.0, 0.1], [], 0.02, True, (-1.8, 0.1)),  # a floor within a decade
        ([1.0, 0.1], [], 0.001, True, (-1.1, 0.1)),  # one that lies far off
        ([1.0, 1e9, 0.1], [], None, True, (-1.1, 3.1)),  # three decades above the start
        ([0.0, -1.0], [], None, False, (-2.0, 1.0)),
    ],
)
def test_the_range_of_losses(
    curve: list[float],
    steady: list[float],
    floor: float | None,
    y_log: bool,
    expected: Span | None,
) -> None:
    found = loss_span([curve], steady, floor, y_log)
    assert found == (expected and pytest.approx(expected))


def test_a_wide_axis_labels_only_decades() -> None:
    assert "dtick" not in loss_axis("loss", (0.0, 0.5), True)
    assert loss_axis("loss", (0.0, 1.0), True)["dtick"] == "D2"
    assert loss_axis("loss", (0.0, 4.0), True)["dtick"] == 1
    assert "dtick" not in loss_axis("loss", (0.0, 4.0), False)


def test_losses_in_arrays_are_read_as_those_in_lists() -> None:
    curve = [math.nan, 1.0, 0.5, 0.02, math.inf]
    as_array = loss_span([np.array(curve, np.float32)], [0.7], 0.01, True)
    assert as_array == pytest.approx(loss_span([curve], [0.7], 0.01, True))
    assert loss_span([np.zeros(0), np.ones(3)], [], None, True) == (-0.1, 0.1)


def chart(steps: int) -> Figure:
    lines = Lines(0.02, "noise", {"mean": 1.0}, "mean squared error")
    losses = np.linspace(1, 0.5, steps, dtype=np.float32)
    drawn = loss.extract("lstm", Curves(*[losses] * 6), (), (), lines, total_steps=90)
    return loss.figure(drawn)


def test_what_stays_of_a_chart_is_the_same_object_at_each_moment() -> None:
    early, late = chart(40), chart(50)
    assert len(early["data"][0]["x"]) < len(late["data"][0]["x"])
    for part in ("xaxis", "yaxis", "yaxis2", "shapes", "margin"):
        assert late["layout"][part] is early["layout"][part]
    before, after = (each["layout"]["annotations"] for each in (early, late))
    stays = [word["text"] for word in after if any(word is old for old in before)]
    assert any("mean" in text for text in stays)
    assert any("noise" in text for text in stays)

"""The views of what a recurrence is a sum of, and of the poles that make it."""

import math
from typing import Any

import numpy as np
import pytest
import torch

from explorer.errors import ExplorerError
from explorer.inspection.base import Subject
from explorer.models.lru import LRU
from explorer.plots.inside import effective, poles
from explorer.runs.records import View
from tests.inspection.subjects import drawn, seen, subject_of


@pytest.mark.parametrize("model", ["gru", "lru", "linear_attention", "transformer"])
def test_what_is_shown_is_one_part_or_the_mean_of_all(model: str) -> None:
    subject = subject_of(model)
    whole = seen(subject, "effective")
    each = [
        seen(subject, "effective", part=str(k + 1)).arrays["weights"]
        for k in range(whole.notes["parts"])
    ]
    assert whole.notes["residual"] < 1e-5
    if model != "lru":  # of a wave one sees the real part alone
        mean = np.abs(each).mean(0)
        np.testing.assert_allclose(whole.arrays["weights"], mean, atol=1e-6)
    diagonals = [np.diagonal(whole.arrays["weights"], -k).mean() for k in range(3)]
    np.testing.assert_allclose(whole.arrays["by_distance"][:3], diagonals, atol=1e-6)
    assert "holds" in drawn(subject, whole)["proof"]


def test_of_a_wave_the_real_part_is_shown_below_zero_too() -> None:
    """A pole half a turn off writes every other step with the other sign."""
    turned = complex(math.cos(math.pi - 0.01), math.sin(math.pi - 0.01))
    subject = with_poles([0.9 * turned, 0.5j])
    weights = seen(subject, "effective", part="1").arrays["weights"]
    column = weights[:9, 0] / weights[0, 0]
    ways = [(0.9 * turned) ** k for k in range(9)]
    np.testing.assert_allclose(column, np.real(ways), atol=1e-5)


def test_a_layer_or_part_that_is_not_there_is_refused() -> None:
    subject = subject_of("min_gru")
    for options in ({"layer": "7"}, {"part": "99"}, {"part": "0"}):
        with pytest.raises(ExplorerError, match="Unknown"):
            seen(subject, "effective", **options)


def weighed(sizes: list[float], seen: bool = False) -> View:
    weights = np.zeros((len(sizes), len(sizes)), np.float32)
    arrays = {"weights": weights, "by_distance": np.array(sizes, np.float32)}
    notes = {"of": "Hidden state", "seen": seen, "layer": 0, "part": "all"}
    return View("effective", 1, arrays, notes)


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ([1.0, 0.0, 0.0], "on the time step itself"),
        (
            [0.4, 0.3, 0.3],
            "at most 1 steps back; on the farthest, 2 steps back, lies 75",
        ),
        ([0.0, 0.0, 0.0], "no weight"),
        ([1.0, 0.5, 1e-9], "2 steps back, lies less than 0.01 % of the most"),
    ],
)
def test_half_of_the_weight_is_said(sizes: list[float], said: str) -> None:
    assert said in effective.reading(weighed(sizes))


def test_a_square_names_no_more_tokens_than_have_room() -> None:
    view = weighed([1.0] * 48)
    view.notes["labels"] = [" the"] * 48
    layout = effective.figure(view)["layout"]
    for side in ("xaxis", "yaxis"):
        assert len(layout[side]["ticktext"]) == effective.MOST_TICKS


def with_poles(places: list[complex]) -> Subject:
    """An LRU whose first layer has these poles."""
    subject = subject_of("lru", model__hidden_size=len(places))
    model = subject.model
    assert isinstance(model, LRU)
    first: Any = model.layers[0]
    radius = torch.tensor([abs(p) for p in places])
    angle = torch.tensor([math.atan2(p.imag, p.real) for p in places])
    with torch.no_grad():
        first.decay.copy_(torch.log(-torch.log(radius)))
        first.turn.copy_(torch.log(angle))
    return subject


def test_poles_stand_where_they_were_put_and_are_told() -> None:
    places = [0.5j, 0.9 * complex(math.cos(0.5), math.sin(0.5))]
    view = seen(with_poles(places), "poles")
    found = view.arrays["poles"][0] @ [1, 1j]
    np.testing.assert_allclose(found, places, atol=1e-6)
    left = np.abs(places) ** view.arrays["steps"][0]
    np.testing.assert_allclose(left, 0.1, rtol=1e-4)
    told = poles.reading(view.arrays["poles"][:1].astype(np.float64))
    assert "lies at 0.900" in told
    assert "after 21.9 steps" in told
    assert "once in 12.6 steps" in told
    assert "0 of 2 lie beyond 0.9" in told


def test_grey_ways_lead_from_where_a_pole_was() -> None:
    now, before = (seen(with_poles([p, 0.8j]), "poles") for p in (0.5j, 0.25j))
    content = drawn(with_poles([0.5j, 0.8j]), now, ghosts=(before,))
    ways, *layers = content["figure"]["data"]
    assert len(layers) == len(now.arrays["poles"])
    assert ways["y"][:2] == pytest.approx([0.25, 0.5])
    assert np.isnan(ways["x"][2::3]).all()

"""Shapes: what each looks like without noise, and that all are equally frequent."""

import numpy as np
import pytest

from explorer.data.shapes import ShapesSettings, events, make, waves


def test_events_have_the_form_of_their_names() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(3), 200)
    values = events(rng, labels, 128)
    for label, row in zip(labels, values, strict=True):
        inside = np.flatnonzero(row)
        assert 16 <= inside[0] <= 33
        assert 31 <= inside[-1] - inside[0] <= 97
        moves = np.diff(row[inside[0] : inside[-1] + 1])
        sign = np.sign(np.sum(row)) * (0, 1, -1)[label]
        if sign == 0:
            np.testing.assert_allclose(moves, 0, atol=1e-12)
        else:
            assert (sign * moves > 0).all()
    heights = values[labels == 0].max(1)
    assert heights.mean() == pytest.approx(6, abs=0.3)
    assert heights.std() == pytest.approx(1, abs=0.2)


def test_waves_differ_in_form_and_not_in_power() -> None:
    values = waves(np.random.default_rng(0), np.repeat(np.arange(4), 400), 256)
    power = np.square(values).mean(1).reshape(4, 400).mean(1)
    np.testing.assert_allclose(power, 4.5, rtol=0.03)
    sine, square, triangle, sawtooth = np.split(values, 4)
    np.testing.assert_allclose(np.abs(square), np.sqrt(4.5))
    assert np.abs(sine).max() == pytest.approx(3.0, rel=1e-3)
    bends = [np.abs(np.diff(row, axis=1)) for row in (triangle, sawtooth)]
    # A triangle climbs as fast as it falls; a sawtooth falls in one step.
    assert np.median(bends[0].max(1) / np.median(bends[0], 1)) < 1.01
    assert np.median(bends[1].max(1) / np.median(bends[1], 1)) > 5


@pytest.mark.parametrize("family", ["events", "waves"])
def test_labels_are_equally_frequent(family: str) -> None:
    data = make(ShapesSettings(family=family), 2)
    for part in (data.train, data.validation):
        counts = np.bincount(part.y, minlength=len(data.labels))
        assert counts.max() - counts.min() <= 1
    assert data.baselines["uniform"] == pytest.approx(np.log(len(data.labels)))
    assert data.floor is None

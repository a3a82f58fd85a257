"""Series that are forecast together stand in the pictures of the data."""

import numpy as np

from explorer.data.river import RiverSettings, make
from explorer.plots.data import window
from explorer.ui.data.preview import picture


def test_the_picture_of_the_data_has_every_series() -> None:
    data = make(RiverSettings(length=390, window=20), 0)
    figure, _reading, _words = picture(data, str)
    lines = {trace["name"]: trace for trace in figure["data"]}
    assert len(lines) == 3
    for one in data.together:
        line = lines[one.label]
        np.testing.assert_allclose(line["y"], one.values, rtol=1e-6)
    shown = lines["Gauge 3 (cm)"]["line"]
    looks = [tuple(trace["line"].values()) for trace in lines.values()]
    assert len(set(looks)) == 3
    assert "dash" not in shown


def test_a_window_draws_what_is_asked_of_one_and_gives_all() -> None:
    data = make(RiverSettings(length=390, window=20), 0)
    x, y = data.train.x[5], data.train.y[5]
    drawn = window.extract(x, y, data.counted_from, True, data.channels, 2)
    np.testing.assert_array_equal(drawn.given, x[:, 2])
    np.testing.assert_array_equal(drawn.asked[10:], y[10:, 2])
    assert [name for name, _values in drawn.beside] == ["Gauge 1, upstream", "Gauge 2"]
    np.testing.assert_array_equal(drawn.beside[1][1], x[:, 1])
    assert "3 series" in window.reading(drawn)
    assert "series" not in window.reading(drawn._replace(together=1))

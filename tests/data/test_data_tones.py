"""Tones: what is heard, and the lines to measure against."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.data.tones import TonesSettings, filters, make, times
from explorer.errors import ExplorerError
from explorer.tasks import IGNORED
from explorer.training.transcribing import collapse


def test_even_guesses_count_the_alignments() -> None:
    """There are C(T + L - r, 2 L) of them, with r labels like the one before."""
    data = make(TonesSettings(), 3)
    steps, symbols = data.steps, data.outputs
    each = []
    for row in data.validation.y.tolist():
        labels = [k for k in row if k != IGNORED]
        twice = sum(a == b for a, b in itertools.pairwise(labels))
        ways = math.comb(steps + len(labels) - twice, 2 * len(labels))
        each.append((steps * math.log(symbols) - math.log(ways)) / len(labels))
    assert data.baselines["uniform"] == pytest.approx(float(np.mean(each)), rel=1e-9)
    assert data.baselines["no look"] < data.baselines["uniform"]


def test_without_noise_the_loudest_band_tells_every_tone() -> None:
    """An oracle that knows the filters reads every window without an error."""
    settings = TonesSettings(noise=0.0)
    data = make(settings, 0)
    centres = filters(settings)
    for x, y in zip(data.validation.x, data.validation.y, strict=True):
        likest = (x @ centres.T).argmax(1) + 1
        loud = np.where(x.max(1) > 0.01, likest, 0)
        assert collapse(loud.tolist()) == [k for k in y.tolist() if k != IGNORED]


@given(st.integers(0, 10**6), st.integers(2, 8), st.integers(24, 64))
def test_tones_lie_in_the_window_and_apart(seed, longest, window) -> None:
    settings = TonesSettings(longest=longest, window=window - window % 8)
    rng = np.random.default_rng(seed)
    lengths = rng.integers(2, longest + 1, 20)
    begins, ends = times(lengths, settings, rng)
    for begin, end, length in zip(begins, ends, lengths, strict=True):
        begin, end = begin[:length], end[:length]
        assert begin[0] >= 0
        assert end[-1] <= settings.window
        assert (end - begin >= 2).all()
        assert (begin[1:] > end[:-1]).all()


def test_a_window_too_short_for_the_tones_is_refused() -> None:
    with pytest.raises(ExplorerError, match=r"8 tones needs a window of at least 23"):
        make(TonesSettings(longest=8, window=16), 0)

"""Counts in words: their thousands are grouped, the same way everywhere."""

import re

import numpy as np
import pytest

from explorer.plots.data import frequencies, histogram, merges, preview, tune
from explorer.ui.language import messages

pytestmark = pytest.mark.quick

LARGE = ("total", "alarms", "cloud", "scored", "calibrated")
"""What some counts are called that reach the thousands."""


def long_series() -> preview.PreviewDrawn:
    values = np.arange(12_345.0)
    marks = [("outliers", np.arange(1_500))]
    return preview.extract(values, values, 10_000, "step", "value", marks)


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        (
            frequencies.reading(
                frequencies.extract(np.arange(16_817), ["a"] * 16_817, 16_000)
            ),
            ("16,817 tokens of 16,817 kinds",),
        ),
        (
            preview.reading(long_series()),
            ("12,345 values", "last 2,345 are held out", "outliers (1,500)"),
        ),
        (preview.alternative(long_series()), ("last 2,345 of 12,345 values",)),
        (
            histogram.alternative(histogram.extract(np.arange(4_321.0), "value")),
            ("4,321 values",),
        ),
        (
            tune.reading(tune.extract([(0, k, 1, 60) for k in range(2_048)], [])),
            ("2,048 notes",),
        ),
        (
            merges.reading(merges.MergesDrawn((("a", "b"),) * 1_024, (1,) * 1_024, 2)),
            ("1,024 merges",),
        ),
    ],
)
def test_thousands_are_grouped(sentence: str, said: tuple[str, ...]) -> None:
    assert all(each in sentence for each in said), sentence


def test_no_message_writes_a_large_count_as_bare_digits() -> None:
    bare = re.compile(rf"%\(({'|'.join(LARGE)})\)d|after %\(step\)d training steps")
    assert [text for text in messages("zh") if bare.search(text)] == []

"""Handwritten digits: how an image is read, and that digits are shared out evenly."""

import numpy as np
import pytest

from explorer.data.handwriting import (
    IMAGES,
    HandwritingSettings,
    images,
    make,
    parted,
    read,
)
from explorer.data.windows import MAX_VALIDATION_WINDOWS
from explorer.ui.data import preview


def test_an_image_is_read_in_three_ways() -> None:
    ink = np.arange(2 * 64.0).reshape(2, 8, 8)
    assert read(ink, "rows")[1, 3].tolist() == ink[1, 3].tolist()
    assert read(ink, "columns")[1, 3].tolist() == ink[1, :, 3].tolist()
    assert read(ink, "points")[1, :, 0].tolist() == ink[1].ravel().tolist()


@pytest.mark.parametrize("seed", [0, 1])
def test_every_image_is_in_one_part_and_every_digit_held_out(seed: int) -> None:
    data = make(HandwritingSettings(), seed)
    ink, digits = images()
    both = np.concatenate(
        [data.scaler.undo(part.x) for part in (data.train, data.validation)]
    )
    assert len(both) == 1700 + MAX_VALIDATION_WINDOWS < IMAGES == len(ink)
    known = {image.tobytes() for image in ink}
    whole = np.round(both).astype(ink.dtype)
    assert {image.tobytes() for image in whole} <= known
    assert len({image.tobytes() for image in whole}) == len(whole)
    counts = np.bincount(data.validation.y, minlength=10)
    assert counts.max() - counts.min() <= 1
    named = {image.tobytes(): digit for image, digit in zip(ink, digits, strict=True)}
    held = np.round(data.scaler.undo(data.validation.x)).astype(ink.dtype)
    assert [named[image.tobytes()] for image in held] == data.validation.y.tolist()


@pytest.mark.parametrize("reading", ["rows", "columns", "points"])
def test_the_page_shows_an_image_of_every_digit_upright(reading: str) -> None:
    data = make(HandwritingSettings(count=100, reading=reading), 0)
    figure, said, alternative = preview.picture(data, str)
    (heat,) = figure["data"]
    for digit in range(10):
        row, column = divmod(digit, 5)
        first = int(np.flatnonzero(data.train.y == digit)[0])
        places = np.ix_(*(np.arange(8) + 9 * place for place in (row, column)))
        whole = images()[0][parted(images()[1], np.random.default_rng(0))[0][first]]
        np.testing.assert_allclose(np.array(heat["z"])[places], whole / 16, atol=1e-6)
    assert figure["layout"]["yaxis"]["scaleanchor"] == "x"
    assert figure["layout"]["xaxis"]["ticktext"][3] == "3 / 8"
    assert "some of each label" in said
    assert "label: 0, 1" in alternative

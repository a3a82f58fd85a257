"""Images as windows: upright wherever they are drawn, and judged as what they are."""

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
import torch

from explorer.data.base import Data
from explorer.data.handwriting import images
from explorer.inspection.likeness import edges_about
from explorer.plots.images import GAP, Sheet, heat, in_rows
from explorer.plots.theme import INK
from explorer.training.generating import collapsed, kinds
from tests.inspection.subjects import drawn, seen, subject_of

READINGS = ("rows", "columns", "points")


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("view", ["windows", "prediction"])
def test_generated_images_stand_upright_below_real_ones(
    reading: str, view: str
) -> None:
    subject = subject_of("gan", "handwriting", data__reading=reading)
    found = seen(subject, view)
    real, fake = found.arrays["images"]
    assert real.shape == fake.shape == (12, 8, 8)
    known = {image.tobytes() for image in images()[0]}
    assert {image.round().astype(np.float64).tobytes() for image in real} <= known
    content = drawn(subject, found)
    layout = content["figure"]["layout"]
    assert layout["yaxis"]["scaleanchor"] == "x"
    assert layout["yaxis"]["scaleratio"] == 1
    assert layout["yaxis"]["ticktext"] == ["real", "generated"]
    (trace,) = content["figure"]["data"]
    assert trace["coloraxis"] == INK
    shown = np.array(trace["z"])
    assert shown.shape == (4 * 9 - 1, 6 * 9 - 1)
    np.testing.assert_allclose(shown[:8, 9:17], real[1] / 16, atol=1e-6)
    np.testing.assert_allclose(shown[27:35, 45:], fake[11] / 16, atol=1e-6)
    assert "12 real images of 8 rows of 8 points" in content["alternative"]
    assert "kinds in effect, real ones of" in content["reading"]


@pytest.mark.parametrize("reading", READINGS)
def test_an_image_to_be_told_stands_upright_too(reading: str) -> None:
    subject = subject_of("gru", "handwriting", data__reading=reading)
    content = drawn(subject, seen(subject, "prediction", window=5))
    (trace,) = [t for t in content["figure"]["data"] if t.get("coloraxis") == INK]
    held = subject.data.painted(subject.data.validation.x[5:6])[0]
    np.testing.assert_allclose(np.array(trace["z"]), held / 16, atol=1e-6)
    assert content["figure"]["layout"]["yaxis3"]["scaleanchor"] == "x3"


def test_lines_are_no_images() -> None:
    subject = subject_of("gan", "sine", data__window=16)
    found = seen(subject, "windows")
    assert set(found.arrays) == {"real", "fake"}
    assert "kinds" not in found.notes["measures"]
    assert "kinds" not in drawn(subject, found)["reading"]


def test_ink_is_of_the_data_and_gaps_are_empty() -> None:
    two = np.array([[[2.0, 4.0]], [[3.0, 9.0]], [[4.0, 2.0]]])  # (3, 1, 2)
    z = np.array(heat(Sheet(in_rows(two, 2), 2.0, 4.0))["z"])
    nothing = math.nan
    expected = [
        [0, 1, nothing, 0.5, 3.5],
        [nothing] * (4 + GAP),
        [1, 0, nothing, nothing, nothing],
    ]
    np.testing.assert_array_equal(z, np.array(expected, np.float32))


def test_a_level_of_ink_is_a_bin() -> None:
    levels = np.repeat(np.arange(17.0), 3)
    counts, _edges = np.histogram(levels, edges_about(levels))
    assert set(counts) == {0, 3}
    assert np.array_equal(counts[counts > 0], [3] * 17)
    anywhere = np.random.default_rng(0).normal(size=500)
    assert len(edges_about(anywhere)) == 41
    assert np.isfinite(edges_about(np.ones(9))).all()


def kinds_of(data: Data, *labels: int) -> torch.Tensor:
    """The first training windows of these kinds."""
    assert data.kinds is not None
    rows = [int(np.flatnonzero(data.kinds == label)[0]) for label in labels]
    return torch.from_numpy(data.train.x[rows])


def test_kinds_are_those_of_the_nearest_training_windows() -> None:
    data = subject_of("gan", "handwriting", steps=0).data
    assert kinds(data, kinds_of(data, 4, 4, 4)) == pytest.approx(1)
    assert kinds(data, kinds_of(data, 4, 7) + 0.01) == pytest.approx(2)
    entropy = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))
    uneven = kinds(data, kinds_of(data, 0, 0, 0, 1))
    assert uneven == pytest.approx(math.exp(entropy))


def test_one_kind_written_in_many_ways_is_a_collapse() -> None:
    """Its windows differ by more than half as much as real ones do."""
    data = subject_of("gan", "handwriting", steps=0).data
    real = torch.tensor(data.validation.x)
    ones: dict[str, Any] = {"diversity": 0.87, "kinds": 1.0}
    assert collapsed(data, real, ones)
    assert not collapsed(data, real, ones | {"kinds": 8.0})
    assert collapsed(data, real, {"diversity": 0.3, "kinds": 8.0})
    alike = dataclasses.replace(data, kinds=None)
    assert not collapsed(alike, real, {"diversity": 0.87})


@pytest.mark.parametrize("view", ["inside", "flow"])
def test_above_a_picture_stands_the_ink_of_each_row(view: str) -> None:
    subject = subject_of("gru", "handwriting")
    held = subject.data.painted(subject.data.validation.x)
    found = seen(subject, view).arrays["input"]
    np.testing.assert_allclose(found, held[len(held) // 2].mean(1), atol=1e-5)

"""Thinning, label placing, encoding and colours."""

import re
import tomllib
from base64 import b64decode
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from explorer.plots.encode import to_json
from explorer.plots.parts import KEPT_POINTS, finite, spread, thin
from explorer.plots.theme import (
    ARCHITECTURES,
    FONTS,
    GATES,
    GREY,
    GROUNDS,
    SMALL_FONT_SIZE,
    Mode,
    template,
)

pytestmark = pytest.mark.quick

ROOT = Path(__file__).parents[2]
SINGLE = st.floats(width=32)
MODES: tuple[Mode, ...] = ("light", "dark")


@given(arrays(np.float32, st.integers(0, 5000), elements=SINGLE))
def test_a_thinned_curve_keeps_its_ends_and_its_spikes(values: Any) -> None:
    kept = thin(values)
    assert len(kept) <= KEPT_POINTS
    assert (np.diff(kept) > 0).all()
    if len(values):
        assert kept[0] == 0
        assert kept[-1] == len(values) - 1
    known = values[np.isfinite(values)]
    if len(known):
        shown = values[kept][np.isfinite(values[kept])]
        assert shown.min() == known.min()
        assert shown.max() == known.max()


@given(st.integers(KEPT_POINTS, 20_000), st.integers(1, 400), st.integers(0, 2**32))
def test_the_drawn_past_holds_still_as_a_curve_grows(
    n: int, more: int, seed: int
) -> None:
    values = np.random.default_rng(seed).standard_normal(n + more).astype(np.float32)
    before, after = set(thin(values[:n]).tolist()), set(thin(values).tolist())
    past = {k for k in after if k < n - 256}
    # Buckets may merge in pairs, but nothing that was left out comes back.
    assert past <= before


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=12),
    st.floats(0.01, 0.2),
)
def test_labels_keep_their_order_and_their_distance(
    places: list[float], gap: float
) -> None:
    moved = spread(places, 0.0, 1.0, gap)
    step = min(gap, 1 / max(1, len(places) - 1))
    order = sorted(range(len(places)), key=lambda k: places[k])
    put = [moved[k] for k in order]
    assert all(b - a >= step - 1e-6 for a, b in pairwise(put))
    assert min(put) >= -1e-6
    assert max(put) <= 1 + 1e-6
    if len(places) == 1:
        assert moved == pytest.approx(places, abs=1e-6)


def read_back(figure: dict[str, Any]) -> Any:
    return go.Figure(orjson.loads(to_json(figure))).data[0]


@given(
    arrays(
        st.sampled_from([np.float32, np.uint8, np.int8, np.int64, np.bool_]),
        array_shapes(min_dims=2, max_dims=2, max_side=9),
    )
)
def test_arrays_reach_plotly_as_they_are(values: Any) -> None:
    sent = orjson.loads(to_json({"data": [{"type": "heatmap", "z": values}]}))
    packed = sent["data"][0]["z"]
    kinds = {"f4": "<f4", "u1": "|u1", "i1": "|i1", "i4": "<i4", "f8": "<f8"}
    found = np.frombuffer(b64decode(packed["bdata"]), kinds[packed["dtype"]])
    shape = tuple(map(int, packed["shape"].split(",")))
    expected = np.asarray(values, kinds[packed["dtype"]])
    np.testing.assert_array_equal(found.reshape(shape), expected)
    go.Figure(sent)


def test_dates_words_and_single_numbers_are_plain_json() -> None:
    days = np.array(["2026-01-05", "2026-01-06"], "datetime64[D]")
    sent = {
        "x": days,
        "t": np.array(["a"]),
        "n": np.float32(0.5),
        "none": np.empty(0),
        "b": np.bool_(True),
    }
    assert orjson.loads(to_json(sent)) == {
        "x": ["2026-01-05", "2026-01-06"],
        "t": ["a"],
        "n": 0.5,
        "none": [],
        "b": True,
    }
    with pytest.raises(TypeError):
        to_json({"x": object()})


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    ]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


def contrast(a: str, b: str) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", MODES)
def test_lines_and_words_stand_out_from_the_background(mode: Mode) -> None:
    ground = GROUNDS[mode]
    assert contrast(ground.text, ground.paper) >= 7
    assert contrast(ground.quiet_text, ground.paper) >= 4.5
    for name, colour in {**ARCHITECTURES, **GATES, "grey": GREY}.items():
        assert contrast(colour, ground.paper) >= 3, (mode, name)


@pytest.mark.parametrize("mode", MODES)
def test_a_line_behind_words_leaves_them_legible(mode: Mode) -> None:
    (scatter,) = template(mode)["data"]["scatter"]
    assert GROUNDS[mode].paper in scatter["textfont"]["shadow"]


def test_figures_and_pages_share_their_colours_and_fonts() -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
    assert theme["font"] == FONTS
    for mode in MODES:
        assert theme[mode]["backgroundColor"] == GROUNDS[mode].paper
        assert theme[mode]["textColor"] == GROUNDS[mode].text


def test_values_under_the_pointer_are_written_alike() -> None:
    """Four digits for a value; a share of all has as many as its place bears."""
    shares = {".0f", ".1f", ".2f", ".0%", ".1%"}
    for file in (ROOT / "explorer/plots").rglob("*.py"):
        written = re.findall(r"%\{+\w+:([^}]+)\}", file.read_text(encoding="utf-8"))
        assert set(written) <= {".4~g", *shares}, file.name


SMALL = {
    "a font of its own": re.compile(
        r'font"?[:=] ?(?:dict\()?\{?"?size"?[:=] ?(?:[0-9]|1[0-2])\b'
    ),
    "smaller than the smallest": re.compile(r'size": SMALL_FONT_SIZE *[-*/]'),
    "a power, drawn as a raised 10": re.compile(r'exponentformat.{1,6}"power"'),
    "an index": re.compile(r"<su[bp]>(?!<span style=)"),
}
"""Plotly draws what is raised or lowered at 70 %."""


def test_no_letter_of_a_chart_is_smaller_than_13_pixels() -> None:
    assert SMALL_FONT_SIZE >= 13
    found = [
        (path.name, kind)
        for path in (ROOT / "explorer" / "plots").rglob("*.py")
        for kind, pattern in SMALL.items()
        if pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_what_no_float_of_32_bits_holds_is_a_gap() -> None:
    drawn = finite(np.array([1.0, np.inf, 1e39, -1e300, np.nan]))
    assert drawn.dtype == np.float32
    np.testing.assert_array_equal(drawn, [1.0, *[np.nan] * 4])

"""What a heat map says of its values comes from the values, not from its colours."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.catalog import specs
from explorer.plots.inside import attention, gates
from explorer.plots.inside.values import left_after
from explorer.plots.panel import panels
from explorer.plots.theme import SIGNED
from explorer.runs.records import View
from explorer.ui.language import translator

EN, ZH = translator("en"), translator("zh")


def drawn(
    values: np.ndarray,
    reading: str = "",
    span: tuple[float, float, bool] = (-3.0, 3.0, True),
) -> gates.GatesDrawn:
    low, high, centred = span
    notes = {
        "title": "Memory",
        "low": low,
        "high": high,
        "centred": centred,
        "colour": "",
        "ends": None,
        "reading": reading,
    }
    return gates.extract(View("inside", 1, {"values": np.float32(values)}, notes))


WIDE = np.array([[-47.0, 0.5], [2.0, 45.0], [0.0, 0.0], [1.0, -1.0]])

SPOKEN = [
    (WIDE, (-3.0, 3.0, True), "from -47 to 45; 25 % lie beyond ±3", "25% 的值超出 ±3"),
    (WIDE / 100, (-3.0, 3.0, True), "from -0.47 to 0.45; 0 % lie at the ends", "-0.47"),
    ([[0.99, -0.97]], (-1.0, 1.0, True), "100 % lie at the ends", "0.95"),
    ([[0.2, 0.6]], (0.0, 1.0, False), "from 0.2 to 0.6, on average 0.4", "平均 0.4"),
    ([[0.2, 1.4]], (0.0, 1.0, False), "50 % lie outside of 0 to 1", "0 到 1 之外"),
    ([[np.nan, 5.64]], (-3.0, 3.0, True), "from 5.64 to 5.64", "5.64"),
    ([[np.nan]], (-3.0, 3.0, True), "nothing to see", "尚无"),
]


@pytest.mark.parametrize(("values", "span", "english", "chinese"), SPOKEN)
def test_the_sentence_about_values(
    values: np.ndarray, span: tuple[float, float, bool], english: str, chinese: str
) -> None:
    seen = drawn(np.array(values), span=span)
    assert english in gates.reading(seen, EN)
    assert chinese in gates.reading(seen, ZH)


@given(
    st.lists(
        st.floats(-60, 60, width=32).filter(lambda v: v == 0 or abs(v) > 1e-3),
        min_size=1,
        max_size=40,
    )
)
def test_true_ranges_are_told_whatever_the_colours_reach(values: list[float]) -> None:
    said = gates.reading(drawn(np.array([values])), EN)
    assert f"run from {min(values) + 0.0:.3g} to {max(values) + 0.0:.3g};" in said


def test_the_colour_bar_says_where_colours_are_clipped() -> None:
    for seen, ends in (
        (drawn(WIDE), ("≤ -3", "≥ 3")),
        (drawn(WIDE / 100), ("-3", "3")),
        (drawn(np.array([[0.0, 5.64]])), ("-3", "≥ 3")),
    ):
        figure = gates.figure(seen)
        bar = figure["layout"][SIGNED]
        assert (bar["cmin"], bar["cmax"]) == (-100, 100)
        ticks = bar["colorbar"]["ticktext"]
        assert (ticks[0], ticks[-1]) == ends


def test_pointing_at_a_clipped_cell_gives_its_value() -> None:
    heat = gates.figure(drawn(WIDE))["data"][0]
    np.testing.assert_allclose(heat["z"].T * 0.03, WIDE, atol=0.016)


@pytest.mark.parametrize(("steps", "expected"), [(1, 0.74), (10, 0.74**10)])
def test_what_an_even_gate_leaves_is_its_power(steps: int, expected: float) -> None:
    assert left_after(np.full((30, 4), 0.74), steps) == pytest.approx(expected)


def test_what_a_gate_leaves_is_followed_unit_by_unit() -> None:
    """One value after another, carried through every stretch by hand."""
    gate = np.random.default_rng(0).uniform(0.2, 1, (17, 5))
    left = []
    for start, unit in product(range(17 - 10 + 1), range(5)):
        kept = 1.0
        for t in range(10):
            kept = kept * gate[start + t, unit]
        left.append(kept)
    assert left_after(gate, 10) == pytest.approx(np.mean(left))
    uneven = np.tile([1.0, 0.5], (12, 1))
    assert left_after(uneven, 10) == pytest.approx((1 + 0.5**10) / 2)


KEEPING = [("lstm", "forget_gate", "5 步"), ("gru", "update_gate", "10 步")]


@pytest.mark.parametrize(("model", "name", "steps"), KEEPING)
def test_a_gate_that_keeps_says_what_is_left(model: str, name: str, steps: str) -> None:
    spec = specs.model_spec(model)
    (gate,) = (c for c in spec.captures(spec.settings()) if c.name.endswith(name))
    count = int(steps.split()[0])
    seen = drawn(np.full((count, 3), 0.74), gate.reading, (0.0, 1.0, False))
    said = gates.reading(seen, EN)
    assert "keeps 74 %" in said
    assert "a step on average" in said
    assert f"After {count} steps {100 * 0.74**count:.3g} % is left" in said
    assert f"{steps}之后各单元平均剩下 {100 * 0.74**count:.3g}%" in gates.reading(
        seen, ZH
    )


def test_nearly_shut_counts_what_is_below_a_tenth() -> None:
    spec = specs.model_spec("lstm")
    gate = spec.captures(spec.settings())[0]
    values = np.array([[0.0999, 0.1001, 0.096, 0.5]])
    seen = drawn(values, gate.reading, (0.0, 1.0, False))
    assert "50 % of its values are nearly shut" in gates.reading(seen, EN)


def test_saturated_units_are_said_to_react_weakly_by_their_true_slopes() -> None:
    """The slope left at the edge, as a share of the greatest, by differences."""
    about = panels()["raster"].about
    x, step = np.linspace(-12, 12, 240_001), 1e-4
    for bend, edge in ((lambda v: 1 / (1 + np.exp(-v)), 0.9), (np.tanh, 0.9)):
        slope = (bend(x + step) - bend(x - step)) / (2 * step)
        left = slope[bend(x) > edge].max() / slope.max()
        assert f"at most {100 * left:.0f} %" in about
    assert "reacts weakly" in about
    assert "反应微弱" in ZH(about)


@pytest.mark.parametrize(
    ("series", "named"),
    [
        ([0.25, np.nan, -1.5, 2.0], ["-1.5", "2"]),
        ([3.0, 3.0], ["3"]),
        ([np.nan], []),
    ],
)
def test_the_input_above_the_map_names_its_ends_alone(
    series: list[float], named: list[str]
) -> None:
    """Between them there is no room for a number more."""
    seen = drawn(WIDE)._replace(series=np.float32(series))
    strip = gates.figure(seen)["layout"]["yaxis2"]
    assert list(strip["ticktext"]) == named
    assert [f"{at:g}" for at in strip["tickvals"]] == named


def test_a_text_that_looks_at_itself_names_no_more_tokens_than_have_room() -> None:
    looks = np.zeros((24, 24), np.uint8)
    drawn = attention.AttentionDrawn("", 0, looks, ("a",) * 24, 1)
    written = drawn._replace(columns=("b",) * 24)
    for seen, most in ((drawn, 12), (written, 24)):
        layout = attention.figure(seen)["layout"]
        assert len(layout["yaxis"]["ticktext"]) == most
        assert len(layout["xaxis"]["ticktext"]) == most

"""Copy memory: the exact line of whoever has forgotten, and what a window holds."""

import math

import numpy as np
import pytest

from explorer.data.copy_memory import CopyMemorySettings, make


@pytest.mark.parametrize(
    ("blanks", "expected"), [(100, 0.17329), (500, 0.03999), (1000, 0.02039)]
)
def test_without_memory_the_loss_is_exactly_ten_ln_eight(
    blanks: int, expected: float
) -> None:
    data = make(CopyMemorySettings(blanks=blanks, count=100), 1)
    line = data.baselines["no memory"]
    assert line == pytest.approx(expected, abs=5e-6)
    assert line == pytest.approx(10 * math.log(8) / (blanks + 20), rel=1e-12)


def test_who_knows_all_but_the_symbols_has_exactly_that_loss() -> None:
    """Blank for sure up to the mark, then one of the eight symbols, evenly."""
    data = make(CopyMemorySettings(blanks=100), 2)
    said = np.zeros((*data.validation.y.shape, len(data.symbols)))
    said[:, :-10, data.symbols.index("·")] = 1.0
    said[:, -10:, :8] = 1 / 8
    chosen = np.take_along_axis(said, data.validation.y[..., None], 2)
    assert -np.log(chosen).mean() == pytest.approx(
        data.baselines["no memory"], rel=1e-12
    )


def test_a_window_asks_for_the_symbols_that_it_began_with() -> None:
    data = make(CopyMemorySettings(blanks=5, count=100), 3)
    x, y = data.train
    assert x.shape == y.shape == (100, 25)
    written = ["".join(data.symbols[k] for k in row) for row in (x[0], y[0])]
    assert written[0][10:] == "····?··········"
    assert written[1] == "·" * 15 + written[0][:10]
    np.testing.assert_array_equal(y[:, -10:], x[:, :10])
    assert data.floor == 0
    assert not data.shifted


def test_the_symbols_are_even_and_none_is_foreseen_by_the_one_before() -> None:
    kept = make(CopyMemorySettings(count=4000), 4).train.x[:, :10]
    counts = np.bincount(kept.ravel(), minlength=8)
    pairs = np.bincount((8 * kept[:, :-1] + kept[:, 1:]).ravel(), minlength=64)
    # Chi-squared of 8 and of 64 even kinds, at 0.1 %.
    assert ((counts - 5000) ** 2 / 5000).sum() < 24.4
    expected = 36000 / 64
    assert ((pairs - expected) ** 2 / expected).sum() < 103.5


def test_held_out_windows_are_new() -> None:
    data = make(CopyMemorySettings(), 5)
    known = {row.tobytes() for row in data.train.x}
    assert not known & {row.tobytes() for row in data.validation.x}

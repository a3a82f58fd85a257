"""Random digits: the floor is ln 10, and the digits are even and unconnected."""

import math

import numpy as np
import pytest

from explorer.data.digits import DigitsSettings, make


def test_the_floor_is_the_entropy_of_ten_even_digits() -> None:
    data = make(DigitsSettings(length=50000), 0)
    assert data.floor == pytest.approx(2.302585, abs=1e-6)
    assert data.text is not None
    counts = np.bincount(data.text.tokens, minlength=10)
    # Chi-squared of ten even digits, and of their hundred pairs, at 0.1 %.
    assert ((counts - 5000) ** 2 / 5000).sum() < 27.9
    pairs = np.bincount(
        10 * data.text.tokens[:-1] + data.text.tokens[1:], minlength=100
    )
    expected = 49999 / 100
    assert ((pairs - expected) ** 2 / expected).sum() < 148.2
    assert data.baselines["uniform"] == pytest.approx(math.log(10))
    assert data.baselines["unigram"] == pytest.approx(math.log(10), abs=0.01)


@pytest.mark.parametrize("digit", range(10))
def test_no_digit_is_a_better_guess_than_another(digit: int) -> None:
    """Check 8: whoever always says the same is right one time in ten."""
    right = make(DigitsSettings(length=50000), 1).train.y == digit
    counted = right[::32]  # windows that share no digit
    error = math.sqrt(0.1 * 0.9 / counted.size)
    assert counted.mean() == pytest.approx(0.1, abs=3.5 * error)

"""What is known of a dataset before anything learns from it."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.data.base import Floats, Ints

MOST_LAGS = 100
TESTED = 5000
"""Values that the tests of stationarity look at, the newest ones: they take longer than
linear time."""

DOUBT = 0.05


class SeriesNumbers(NamedTuple):
    """Of values in real units."""

    length: int
    missing: int
    mean: float
    deviation: float
    low: float
    high: float


class TextNumbers(NamedTuple):
    """Of tokens."""

    length: int
    kinds: int
    entropy: float  # bits per token, of how often each symbol comes
    most: float  # bits per token, if all came equally often


class Autocorrelation(NamedTuple):
    """How much a value tells of the one some steps later."""

    values: NDArray[np.float32]  # (k + 1,) -1..1 by lag, from lag 0 on
    band: float  # 95 % of the lags of white noise lie within it


Stationarity = Literal["steady", "wandering", "trend", "unsure", "unknown"]


def series_numbers(values: Floats) -> SeriesNumbers:
    """Count, gaps, mean, standard deviation, least and greatest of (n,) values."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return SeriesNumbers(len(values), len(values), *([float("nan")] * 4))
    return SeriesNumbers(
        len(values),
        len(values) - len(finite),
        float(finite.mean()),
        float(finite.std()),
        float(finite.min()),
        float(finite.max()),
    )


def text_numbers(tokens: Ints, kinds: int) -> TextNumbers:
    """H = -sum p log2 p over the tokens (n,), and its upper end log2 of their kinds."""
    counts = np.bincount(tokens, minlength=kinds)
    shares = counts[counts > 0] / max(1, counts.sum())
    entropy = float(-(shares * np.log2(shares)).sum()) + 0.0
    return TextNumbers(len(tokens), kinds, entropy, float(np.log2(max(1, kinds))))


def autocorrelation(values: Floats) -> Autocorrelation:
    """r_k of (n,) values at lags 0 .. `MOST_LAGS`, and the band 1.96 / sqrt(n).

    Gaps are filled with the last value; a constant has no autocorrelation but at lag 0.
    Box and Jenkins (1976), Time Series Analysis.
    """
    from statsmodels.tsa.stattools import acf  # type: ignore[import-untyped]

    whole = _whole(values)
    n = len(whole)
    if n < 3 or np.ptp(whole) == 0:
        return Autocorrelation(np.ones(1, np.float32), 1.0)
    lags = min(MOST_LAGS, n // 2)
    found = acf(whole, nlags=lags, fft=True)
    return Autocorrelation(found.astype(np.float32), float(1.96 / np.sqrt(n)))


def stationarity(values: Floats) -> Stationarity:
    """What two tests with opposite null hypotheses say of (n,) values together.

    The augmented Dickey-Fuller test (1979) doubts a random walk, the KPSS test
    (Kwiatkowski et al., 1992) doubts a steady level; https://doi.org/10.1016/0304-4076(92)90104-Y
    """
    import warnings

    from statsmodels.tools.sm_exceptions import (  # type: ignore[import-untyped]
        InterpolationWarning,
        SingularMatrixWarning,
    )
    from statsmodels.tsa.stattools import adfuller, kpss

    whole = _whole(values)[-TESTED:]
    if len(whole) < 50 or np.ptp(whole) == 0:
        return "unknown"
    scaled = (whole - whole.mean()) / whole.std()
    with warnings.catch_warnings():
        # That p lies beyond a table is no news here, nor that a sine has no noise.
        warnings.simplefilter("ignore", InterpolationWarning)
        warnings.simplefilter("ignore", SingularMatrixWarning)
        no_walk = (
            adfuller(
                scaled, maxlag=_lags(len(scaled)), autolag=None, result_object=True
            ).pvalue
            < DOUBT
        )
        no_level = kpss(scaled, nlags="auto", result_object=True).pvalue < DOUBT
    if no_walk:
        return "trend" if no_level else "steady"
    return "wandering" if no_level else "unsure"


def _lags(n: int) -> int:
    """Schwert's rule (1989)."""
    return int(12 * (n / 100) ** 0.25)


def _whole(values: Floats) -> Floats:
    """Without the places before the first value; later gaps hold the last one."""
    known = np.isfinite(values)
    if not known.any():
        return np.empty(0)
    first = int(known.argmax())
    newest = np.maximum.accumulate(np.where(known, np.arange(len(values)), 0))
    return np.asarray(values[newest][first:], np.float64)


class Share(NamedTuple):
    """How much of the answers a label has."""

    label: str
    share: float


def balance(answers: Ints, labels: tuple[str, ...]) -> tuple[Share, ...]:
    """The share of each label among answers >= 0, in the labels' order."""
    given = answers[answers >= 0]
    counts = np.bincount(given.ravel().astype(np.int64), minlength=len(labels))
    total = max(1, int(counts.sum()))
    return tuple(
        Share(label, float(count / total))
        for label, count in zip(labels, counts, strict=True)
    )

"""Losses of predictors that learn nothing but counts: the lines to measure against."""

import numpy as np

from explorer.data.base import Floats, Ints
from explorer.data.noise import counted_places
from explorer.data.windows import Windows
from explorer.errors import N_

NOTHING = 1e-12
"""A variance below this share of the greatest square is rounding."""


def series_baselines(
    validation: Windows, counted_from: int, mean: float = 0.0
) -> dict[str, float]:
    """Mean squared error of saying "the same again" and of always saying the mean.

    Args:
        validation: scaled windows.
        counted_from: first counted position.
        mean: the training part's mean, scaled (0 after standardising).
    """
    x, y = validation.x[:, counted_from:], validation.y[:, counted_from:]
    return {
        N_("repeat last"): float(np.mean((y - x) ** 2)),
        N_("mean"): float(np.mean((y - mean) ** 2)),
    }


def season_of(training_part: Floats) -> int | None:
    """The lag of the greatest peak of the autocorrelation, up to half the length; None
    where none stands out of white noise, 1.96 / sqrt(n). Only known pairs count."""
    n, known = len(training_part), np.isfinite(training_part)
    if n < 8 or not known.any():
        return None
    centred = np.where(known, training_part - np.nanmean(training_part), 0.0)
    pairs = np.maximum(_lagged(known.astype(np.float64)).round(), 1)
    r = _lagged(centred) / pairs * np.linspace(1, 0.5, n // 2)
    if r[0] <= NOTHING * np.nanmax(np.square(training_part)):
        return None
    r = r / r[0]
    peaks = 1 + np.flatnonzero((r[1:-1] > r[:-2]) & (r[1:-1] >= r[2:]))
    peaks = peaks[peaks > 1]
    if not len(peaks) or r[peaks].max() < 1.96 / np.sqrt(n):
        return None
    return int(peaks[r[peaks].argmax()])


def _lagged(values: Floats) -> Floats:
    """(n,) -> (n // 2,) sum over t of values_t values_(t + k), by lag k."""
    n = len(values)
    spectrum = np.abs(np.fft.rfft(values, 2 * n)) ** 2
    return np.asarray(np.fft.irfft(spectrum)[: n // 2])


def seasonal_baselines(
    series: Floats, split: int, steps: int, counted_from: int
) -> dict[str, float]:
    """The mean of `seasonal_baseline` over series (n, O) that are forecast together;
    nothing where one of them has no season."""
    every = [seasonal_baseline(v, split, steps, counted_from) for v in series.T]
    errors = [error for found in every for error in found.values()]
    return {N_("a season ago"): float(np.mean(errors))} if all(every) else {}


def seasonal_baseline(
    series: Floats, split: int, steps: int, counted_from: int
) -> dict[str, float]:
    """Mean squared error of saying what was said one season ago.

    The season comes from the training part; nothing is told where it has none, or where
    the guess is no better there than the mean.

    Args:
        series: (n,) scaled, NaN where nothing is known.
        split: first place of the validation part.
        steps: T.
        counted_from: first counted position of a window.
    """
    season = season_of(series[:split])
    if season is None:
        return {}
    error = np.full(len(series), np.nan)
    error[season:] = (series[season:] - series[:-season]) ** 2
    places = counted_places(len(series), split, steps, counted_from)
    learned, judged = error[:split], error[places]
    if not (np.isfinite(learned).any() and np.isfinite(judged).any()):
        return {}
    if np.nanmean(learned) >= np.nanvar(series[:split]):
        return {}
    return {N_("a season ago"): float(np.nanmean(judged))}


def token_baselines(
    training_part: Ints, validation: Windows, n_symbols: int, counted_from: int = 0
) -> dict[str, float]:
    """Cross-entropy in nats of uniform, unigram and bigram guesses.

    Args:
        training_part: (n,) what the guesses are counted in.
        validation: windows of tokens.
        n_symbols: V.
        counted_from: first counted position.
    """
    unigram = unigrams(training_part, n_symbols)
    bigram = bigrams(training_part[:-1], training_part[1:], unigram)
    before, after = (part[:, counted_from:].ravel() for part in validation)
    return guesses(unigram, bigram, before, after)


def guesses(
    unigram: Floats, bigram: Floats, before: Ints, after: Ints
) -> dict[str, float]:
    """Cross-entropy in nats of guessing each `after` (n,), given `before` (n,)."""
    return {
        N_("uniform"): float(np.log(len(unigram))),
        N_("unigram"): float(-np.mean(np.log(unigram[after]))),
        N_("bigram"): float(-np.mean(np.log(bigram[before, after]))),
    }


def unigrams(tokens: Ints, n_symbols: int) -> Floats:
    """How often each symbol occurs, add-one smoothed: (V,)."""
    counts = np.bincount(tokens, minlength=n_symbols) + 1.0
    return np.asarray(counts / (len(tokens) + n_symbols))


def bigrams(before: Ints, after: Ints, unigram: Floats) -> Floats:
    """How often a symbol follows another: (V, V), rows by `before`.

    Mixed with the unigrams by Witten and Bell's rule (1991): a symbol that was followed
    by k different ones over n times trusts its own counts by n / (n + k).
    """
    pairs = np.zeros((len(unigram), len(unigram)))
    np.add.at(pairs, (before, after), 1.0)
    total = pairs.sum(1, keepdims=True)  # (V, 1)
    kinds = np.maximum((pairs > 0).sum(1, keepdims=True), 1)  # (V, 1)
    return np.asarray((pairs + kinds * unigram) / (total + kinds))


def surprise(log_chances: Floats, y: Ints) -> float:
    """Mean -log p of labels, in nats.

    Args:
        log_chances: (..., C) of each label, or (C,) the same everywhere.
        y: (...) labels.
    """
    every = np.broadcast_to(log_chances, (*y.shape, log_chances.shape[-1]))
    return float(-np.take_along_axis(every, y[..., None], -1).mean())


def bag_of_words(
    train: Windows, held: Windows, n_symbols: int, n_labels: int
) -> dict[str, float]:
    """Cross-entropy in nats of naive Bayes, which counts the tokens of the training
    part, add-one smoothed, and knows no order; symbol 0 fills up and is none."""
    prior = np.bincount(train.y, minlength=n_labels) / len(train.y)
    uses = np.ones((n_labels, n_symbols))
    np.add.at(uses, (train.y[:, None], train.x), 1.0)
    uses = uses[:, 1:]
    words = np.concatenate(
        [np.zeros((n_labels, 1)), np.log(uses / uses.sum(1, keepdims=True))], 1
    )
    joint = np.log(prior) + words.T[held.x].sum(1)  # (N, C)
    posterior = joint - np.logaddexp.reduce(joint, 1, keepdims=True)
    return {N_("naive Bayes on words"): surprise(posterior, held.y)}

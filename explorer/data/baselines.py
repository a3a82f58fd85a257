"""Losses of predictors that learn nothing but counts: the lines to measure against."""

import numpy as np

from explorer.data.base import Floats, Ints, Windows
from explorer.errors import N_


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


def token_baselines(tokens: Ints, split: int, n_symbols: int) -> dict[str, float]:
    """Cross-entropy in nats of uniform, unigram and bigram guesses, held-out part."""
    train, held = tokens[:split], tokens[split:]
    unigram = unigrams(train, n_symbols)
    bigram = bigrams(train[:-1], train[1:], unigram)
    return guesses(unigram, bigram, held[:-1], held[1:])


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

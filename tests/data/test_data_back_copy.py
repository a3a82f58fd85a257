"""Pairs of letters and signals to copy: how windows are made, and their exact floor."""

import math

import numpy as np
import pytest

from explorer.data.back_copy import BackCopySettings, losses, make, table, windows

SMALL = BackCopySettings(letters=5, signals=2, share=0.2, count=4000, window=20)


def test_after_a_signal_stands_again_what_stood_before_it() -> None:
    data = make(SMALL, 3)
    signals = 0
    for x, y in zip(data.train.x.tolist(), data.train.y.tolist(), strict=True):
        told = [*x, y[-1]]
        assert told[0] == 7
        assert told[1] < 5
        assert max(told[1:]) < 7
        for t in range(2, len(told)):
            if told[t - 1] >= 5:
                signals += 1
                assert told[t] == told[t - 2] < 5
    # After a letter that was drawn, or copied, a signal comes with a chance of a fifth.
    chances = [0.0, 0.0]
    for _ in range(2, 20):
        chances.append(0.2 * (1 - chances[-1]))
    assert signals / len(data.train.x) == pytest.approx(sum(chances), abs=0.1)


def test_letters_follow_each_other_as_the_table_says() -> None:
    rng = np.random.default_rng(5)
    chances = table(SMALL, rng)
    np.testing.assert_allclose(chances.sum(1), 1.0, rtol=1e-12)
    tokens = windows(chances, 20_000, 12, rng)
    counts = np.zeros_like(chances)
    before, after = tokens[:, 1:-1], tokens[:, 2:]
    drawn = before < 5
    np.add.at(counts, (before[drawn], after[drawn]), 1)
    found = counts / counts.sum(1, keepdims=True)
    np.testing.assert_allclose(found, chances, atol=0.015)


def test_the_floor_is_what_each_step_costs_who_knows_the_table() -> None:
    data = make(SMALL, 3)
    chances = table(SMALL, np.random.default_rng(3))
    costs = []
    for x, y in zip(*(part.tolist() for part in data.validation), strict=True):
        costs.append(math.log(5))
        costs += [
            0.0 if now >= 5 else -math.log(chances[now][then])
            for now, then in zip(x[1:], y[1:], strict=True)
        ]
    assert data.floor == pytest.approx(sum(costs) / len(costs), rel=1e-12)
    held = np.concatenate([data.validation.x[:, :1], data.validation.y], 1)
    assert losses(held, chances).shape == data.validation.y.shape
    assert data.floor < data.baselines["bigram"] < data.baselines["unigram"]


def test_who_knows_pairs_alone_counts_them_within_windows() -> None:
    """The line is what the held-out pairs' own shares cost, but for what is not known
    of them before; a pair that lies across two windows has no share."""
    settings = BackCopySettings(letters=3, signals=1, share=0.3, window=60)
    data = make(settings, 1)
    counts = np.zeros((5, 5))
    for x, y in zip(data.validation.x, data.validation.y, strict=True):
        for now, then in zip(x.tolist(), y.tolist(), strict=True):
            counts[now, then] += 1
    chances = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    known = -(counts * np.log(np.where(counts > 0, chances, 1))).sum() / counts.sum()
    assert data.baselines["bigram"] == pytest.approx(known, abs=0.002)

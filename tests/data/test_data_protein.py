"""Protein-like sequences: the chain against brute force, segments, and the floor."""

from itertools import groupby, product

import numpy as np
import pytest

from explorer.data import protein
from explorer.data.base import Data
from explorer.data.hidden_markov import log_posterior
from explorer.data.protein import ProteinSettings, make

LEAST = {protein.HELIX: 5, protein.STRAND: 3, protein.COIL: 2}


def made(seed: int = 0, **values: object) -> Data:
    return make(ProteinSettings(**values), seed)


def test_the_chain_is_made_of_chances() -> None:
    model = protein.chain(1.0)
    for rows in (model.start, model.transitions, model.emissions):
        np.testing.assert_allclose(rows.sum(-1), 1, atol=1e-12)
    np.testing.assert_allclose(model.start @ model.transitions, model.start, atol=1e-12)
    assert model.emissions.shape == (14, 20)
    assert len(set(protein.LETTERS)) == 20


def test_the_posterior_of_a_label_is_the_sum_over_all_ways_through_the_chain() -> None:
    """Brute force over every sequence of states of a short window."""
    model, T = protein.chain(1.0), 4
    x = np.array([[3, 0, 17, 5]])
    each = protein.structures()
    chances = np.zeros((T, 3))
    for path in product(range(len(each)), repeat=T):
        chance = model.start[path[0]]
        for t, state in enumerate(path):
            chance *= model.emissions[state, x[0, t]]
            if t:
                chance *= model.transitions[path[t - 1], state]
        for t, state in enumerate(path):
            chances[t, each[state]] += chance
    expected = chances / chances.sum(1, keepdims=True)
    found = np.exp(protein.log_labels(log_posterior(model, x))[0])
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_no_segment_within_a_window_is_shorter_than_its_kind_may_be() -> None:
    lengths: dict[int, set[int]] = {kind: set() for kind in LEAST}
    for row in made(1, count=2000).train.y:
        runs = [(kind, len(list(run))) for kind, run in groupby(row)]
        for kind, length in runs[1:-1]:  # the first and the last may be cut off
            lengths[int(kind)].add(length)
    assert {kind: min(found) for kind, found in lengths.items()} == LEAST


def test_the_floor_is_what_the_knowing_reader_pays_and_others_pay_more() -> None:
    data = made(2)
    assert data.floor is not None
    assert data.floor < data.baselines["each letter alone"] - 0.1
    assert data.baselines["each letter alone"] < data.baselines["how often each"]
    # Who knows the chain pays, on average, the entropy of what remains to be known.
    many = made(3, count=2000).train.x
    log_chances = protein.log_labels(log_posterior(protein.chain(1.0), many))
    entropy = -(np.exp(log_chances) * log_chances).sum(-1).mean()
    assert data.floor == pytest.approx(entropy, rel=0.1)


def test_the_letters_alone_baseline_is_bayes_rule_on_the_chain() -> None:
    data, model = made(4, count=4000), protein.chain(1.0)
    joint = model.start[:, None] * model.emissions  # (K, V)
    each = np.stack([joint[protein.structures() == s].sum(0) for s in range(3)])
    posterior = np.log(each / each.sum(0))  # (C, V)
    x, y = data.validation
    expected = -posterior[y, x].mean()
    assert data.baselines["each letter alone"] == pytest.approx(expected, rel=0.01)


def test_the_clearer_the_letters_the_lower_the_floor() -> None:
    floors = [made(5, clarity=c).floor for c in (0.1, 0.5, 1.0, 2.0)]
    assert floors == sorted(floors, reverse=True)
    assert floors[0] > 0.9
    assert floors[-1] < 0.2


def test_it_says_that_it_is_synthetic() -> None:
    assert "synthetic" in protein.SPEC.title
    assert "synthetic" in protein.SPEC.summary

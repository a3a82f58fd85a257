"""The textbook's numbers, and brute force over every sequence of states."""

from itertools import product

import numpy as np
import pytest

from explorer.data.casino import (
    CasinoSettings,
    alone,
    casino,
    make,
    surprise,
)
from explorer.data.hidden_markov import (
    HiddenMarkov,
    backward,
    forward,
    log_likelihood,
    log_posterior,
    sample,
    stationary,
    viterbi,
)

HEALTHY, FEVER = 0, 1
LOADED = 1
TEXTBOOK = HiddenMarkov(
    np.array([0.6, 0.4]),
    np.array([[0.7, 0.3], [0.4, 0.6]]),
    np.array([[0.5, 0.4, 0.1], [0.1, 0.3, 0.6]]),
)
NORMAL_COLD_DIZZY = np.array([[0, 1, 2]])
K, V, N, T = 3, 5, 4, 6


def drawn(seed: int = 0) -> HiddenMarkov:
    rng = np.random.default_rng(seed)
    return HiddenMarkov(
        rng.dirichlet(np.ones(K)),
        rng.dirichlet(np.ones(K), K),
        rng.dirichlet(np.ones(V), K),
    )


def joint(model: HiddenMarkov, states: tuple[int, ...], x: np.ndarray) -> float:
    """P(these states and these symbols), by its definition."""
    chance = model.start[states[0]] * model.emissions[states[0], x[0]]
    for t in range(1, len(x)):
        chance *= model.transitions[states[t - 1], states[t]]
        chance *= model.emissions[states[t], x[t]]
    return float(chance)


def test_healthy_or_fever() -> None:
    best = viterbi(TEXTBOOK, NORMAL_COLD_DIZZY)
    assert best.states[0].tolist() == [HEALTHY, HEALTHY, FEVER]
    assert np.exp(best.log_chance[0]) == pytest.approx(0.01512, rel=1e-12)
    likelihood = np.exp(log_likelihood(TEXTBOOK, NORMAL_COLD_DIZZY)[0])
    assert likelihood == pytest.approx(0.03628, rel=1e-12)


def test_healthy_or_fever_step_by_step() -> None:
    """By hand: 0.3, 0.04; then (0.3 0.7 + 0.04 0.4) 0.4 = 0.0904, and so on."""
    a = np.exp(forward(TEXTBOOK, NORMAL_COLD_DIZZY)[0])
    hand = [[0.3, 0.04], [0.0904, 0.0342], [0.007696, 0.028584]]
    np.testing.assert_allclose(a, hand, rtol=1e-12)
    b = np.exp(backward(TEXTBOOK, NORMAL_COLD_DIZZY)[0])
    np.testing.assert_allclose(b, [[0.106, 0.112], [0.25, 0.4], [1, 1]], rtol=1e-12)
    np.testing.assert_allclose((a * b).sum(1), 0.03628, rtol=1e-12)
    scores = np.exp(viterbi(TEXTBOOK, NORMAL_COLD_DIZZY).scores[0])
    hand = [[0.3, 0.04], [0.084, 0.027], [0.00588, 0.01512]]
    np.testing.assert_allclose(scores, hand, rtol=1e-12)


@pytest.mark.parametrize("seed", [0, 1])
def test_everything_equals_brute_force(seed: int) -> None:
    model = drawn(seed)
    x = np.random.default_rng(seed + 10).integers(V, size=(N, T))
    best, posterior = viterbi(model, x), np.exp(log_posterior(model, x))
    for n in range(N):
        paths = list(product(range(K), repeat=T))
        chances = np.array([joint(model, path, x[n]) for path in paths])
        total = chances.sum()
        assert log_likelihood(model, x)[n] == pytest.approx(np.log(total), abs=1e-12)
        assert best.states[n].tolist() == list(paths[chances.argmax()])
        assert best.log_chance[n] == pytest.approx(np.log(chances.max()), abs=1e-12)
        for t in range(T):
            for k in range(K):
                here = sum(
                    c for c, path in zip(chances, paths, strict=True) if path[t] == k
                )
                assert posterior[n, t, k] == pytest.approx(here / total, abs=1e-12)


def test_long_windows_neither_round_to_nothing_nor_lose_their_sum() -> None:
    model, x = drawn(), np.random.default_rng(3).integers(V, size=(2, 3000))
    assert np.isfinite(log_likelihood(model, x)).all()
    np.testing.assert_allclose(np.exp(log_posterior(model, x)).sum(-1), 1.0)


def test_impossible_things_keep_a_chance_of_zero() -> None:
    model = HiddenMarkov(
        np.array([1.0, 0.0]), np.array([[0.0, 1.0], [1.0, 0.0]]), np.eye(2)
    )
    x = np.array([[0, 1, 0, 1]])
    np.testing.assert_array_equal(viterbi(model, x).states, x)
    np.testing.assert_array_equal(np.exp(log_posterior(model, x)[0]), np.eye(2)[x[0]])
    assert log_likelihood(model, x)[0] == 0.0
    assert log_likelihood(model, 1 - x)[0] == -np.inf


def test_samples_occur_as_often_as_they_should() -> None:
    model = drawn()
    x, states = sample(model, 4000, 30, np.random.default_rng(5))
    first = np.bincount(states[:, 0], minlength=K) / 4000
    np.testing.assert_allclose(first, model.start, atol=0.03)
    pairs = np.zeros((K, K))
    np.add.at(pairs, (states[:, :-1], states[:, 1:]), 1)
    moves = pairs / pairs.sum(1, keepdims=True)
    np.testing.assert_allclose(moves, model.transitions, atol=0.015)
    said = np.zeros((K, V))
    np.add.at(said, (states, x), 1)
    said /= said.sum(1, keepdims=True)
    np.testing.assert_allclose(said, model.emissions, atol=0.015)
    often = np.bincount(states[:, 20:].ravel(), minlength=K) / states[:, 20:].size
    np.testing.assert_allclose(often, stationary(model.transitions), atol=0.02)


def test_the_stationary_chances_stay() -> None:
    chances = stationary(drawn().transitions)
    np.testing.assert_allclose(chances @ drawn().transitions, chances, atol=1e-12)
    assert chances.sum() == pytest.approx(1.0)


def test_casino_numbers() -> None:
    model = casino(CasinoSettings())
    np.testing.assert_allclose(model.transitions, [[0.95, 0.05], [0.1, 0.9]])
    np.testing.assert_allclose(model.emissions[LOADED], [0.1] * 5 + [0.5])
    np.testing.assert_allclose(model.start, [2 / 3, 1 / 3])
    every = np.arange(6)[None]
    by_hand = 1 / 3 * 0.5 / (1 / 3 * 0.5 + 2 / 3 / 6)  # of a six
    assert np.exp(alone(model, every)[0, 5, LOADED]) == pytest.approx(by_hand)


def test_casino_floor_is_the_bayes_loss() -> None:
    """Slightly wrong numbers, on many windows, lose against the true ones."""
    settings = CasinoSettings(count=4000)
    data, model = make(settings, 0), casino(settings)
    assert data.floor < min(data.baselines.values()) - 0.1
    x, y = data.train
    right = surprise(log_posterior(model, x), y)
    for wrong in (CasinoSettings(six=0.6), CasinoSettings(to_loaded=0.1)):
        assert right < surprise(log_posterior(casino(wrong), x), y)


def test_casino_parts_share_no_window() -> None:
    data = make(CasinoSettings(), 0)
    rows = np.concatenate([data.train.x, data.validation.x])
    assert len(np.unique(rows, axis=0)) == len(rows)

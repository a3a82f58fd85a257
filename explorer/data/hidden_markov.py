r"""A hidden Markov model whose numbers are known: what can be known of its states.

With the start s_k, transitions A_jk = P(state k after j) and emissions B_kv = P(v | k)

    forward    a_1k = s_k B_kx_1          a_tk = B_kx_t sum_j a_(t-1)j A_jk
    backward   b_Tk = 1                   b_tj = sum_k A_jk B_kx_(t+1) b_(t+1)k
    posterior  P(state k at t | x) = a_tk b_tk / P(x),    P(x) = sum_k a_Tk
    Viterbi    v_tk = B_kx_t max_j v_(t-1)j A_jk,         P(best path) = max_k v_Tk

All of it is computed in logarithms: a product of hundreds of chances would round to 0.

Rabiner (1989), A tutorial on hidden Markov models.
https://doi.org/10.1109/5.18626
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Ids = NDArray[np.integer[Any]]


class HiddenMarkov(NamedTuple):
    """Chances of K states and V symbols; each row adds up to 1, and may hold zeros."""

    start: Values  # (K,)
    transitions: Values  # (K, K): row j is where state j goes
    emissions: Values  # (K, V): row k is what state k says

    @property
    def logs(self) -> tuple[Values, Values, Values]:
        """The logarithms of all three; of an impossible thing, -inf."""
        with np.errstate(divide="ignore"):
            return np.log(self.start), np.log(self.transitions), np.log(self.emissions)


def sample(
    model: HiddenMarkov, windows: int, steps: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Windows that each begin anew: symbols (N, T) and the states (N, T) behind."""
    start, transitions, emissions = (
        np.cumsum(rows, -1) / np.sum(rows, -1, keepdims=True)
        for rows in (model.start, model.transitions, model.emissions)
    )
    states = np.empty((windows, steps), np.int64)
    symbols = np.empty((windows, steps), np.int64)
    turns = rng.random((2, steps, windows))
    shares = np.broadcast_to(start, (windows, len(start)))
    for t in range(steps):
        states[:, t] = (turns[0, t, :, None] >= shares).sum(1)
        symbols[:, t] = (turns[1, t, :, None] >= emissions[states[:, t]]).sum(1)
        shares = transitions[states[:, t]]
    return symbols, states


def stationary(transitions: Values) -> Values:
    """How often each state occurs in an endless chain that can reach all of them.

    >>> stationary(np.array([[0.95, 0.05], [0.1, 0.9]])).round(4).tolist()
    [0.6667, 0.3333]
    """
    K = len(transitions)
    equations = np.vstack([transitions.T - np.eye(K), np.ones(K)])
    found = np.linalg.lstsq(equations, np.append(np.zeros(K), 1.0), rcond=None)[0]
    return np.asarray(found / found.sum(), np.float64)


def forward(model: HiddenMarkov, x: Ids) -> Values:
    """log P(x_1 .. x_t, state k at t): symbols (N, T) -> (N, T, K)."""
    start, transitions, emissions = model.logs
    seen = emissions.T[x]  # (N, T, K)
    a = np.empty_like(seen)
    a[:, 0] = start + seen[:, 0]
    for t in range(1, x.shape[1]):
        came = a[:, t - 1, :, None] + transitions  # (N, K, K)
        a[:, t] = seen[:, t] + np.logaddexp.reduce(came, 1)
    return a


def backward(model: HiddenMarkov, x: Ids) -> Values:
    """log P(x_(t+1) .. x_T | state j at t): symbols (N, T) -> (N, T, K)."""
    _, transitions, emissions = model.logs
    seen = emissions.T[x]  # (N, T, K)
    b = np.zeros_like(seen)
    for t in range(x.shape[1] - 2, -1, -1):
        goes = transitions + (seen[:, t + 1] + b[:, t + 1])[:, None, :]  # (N, K, K)
        b[:, t] = np.logaddexp.reduce(goes, 2)
    return b


def log_likelihood(model: HiddenMarkov, x: Ids) -> Values:
    """log P(x) in nats: symbols (N, T) -> (N,)."""
    return np.asarray(np.logaddexp.reduce(forward(model, x)[:, -1], 1))


def log_filtered(model: HiddenMarkov, x: Ids) -> Values:
    """log P(state k at t | x_1 .. x_t): symbols (N, T) -> (N, T, K)."""
    joint = forward(model, x)
    return np.asarray(joint - np.logaddexp.reduce(joint, 2, keepdims=True))


def log_posterior(model: HiddenMarkov, x: Ids) -> Values:
    """log P(state k at t | all of x): symbols (N, T) -> (N, T, K)."""
    joint = forward(model, x) + backward(model, x)
    return np.asarray(joint - np.logaddexp.reduce(joint, 2, keepdims=True))


class Path(NamedTuple):
    """The likeliest states of each window."""

    states: NDArray[np.int64]  # (N, T)
    log_chance: Values  # (N,) log P(these states and x)
    scores: Values  # (N, T, K) log of the best chance of ending in k at t


def viterbi(model: HiddenMarkov, x: Ids) -> Path:
    """The one likeliest sequence of states behind symbols (N, T).

    Viterbi (1967), Error bounds for convolutional codes.
    https://doi.org/10.1109/TIT.1967.1054010
    """
    start, transitions, emissions = model.logs
    seen = emissions.T[x]  # (N, T, K)
    scores, came = np.empty_like(seen), np.zeros(seen.shape, np.int64)
    scores[:, 0] = start + seen[:, 0]
    for t in range(1, x.shape[1]):
        ways = scores[:, t - 1, :, None] + transitions  # (N, K, K)
        came[:, t] = ways.argmax(1)
        scores[:, t] = seen[:, t] + ways.max(1)
    states = np.empty(x.shape, np.int64)
    states[:, -1] = scores[:, -1].argmax(1)
    rows = np.arange(len(x))
    for t in range(x.shape[1] - 1, 0, -1):
        states[:, t - 1] = came[rows, t, states[:, t]]
    return Path(states, scores[:, -1].max(1), scores)

"""What a transcription says, how far it is from the truth, and where each label lies.

An answer per time step is read by merging equal neighbours and dropping blanks, so that
--aa-ab- says aab.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from explorer.data.alignments import trellis
from explorer.training.objectives import BLANK


class Edit(NamedTuple):
    """One step from what was said to the truth; None where one has nothing."""

    predicted: int | None
    truth: int | None


def collapse(symbols: Sequence[int]) -> list[int]:
    """One symbol per time step -> the labels that they say.

    >>> collapse([0, 1, 1, 0, 1, 2, 0])
    [0, 0, 1]
    """
    return [symbol - 1 for symbol, _ in groupby(symbols) if symbol != BLANK]


def greedy(output: Tensor) -> list[list[int]]:
    """Logits (B, T, 1 + C) -> the labels that each step's likeliest symbols say."""
    return [collapse(row) for row in output.argmax(-1).tolist()]


def edits(predicted: Sequence[int], truth: Sequence[int]) -> int:
    """The fewest labels to put in, take out or replace (Levenshtein, 1966).

    >>> edits([1, 2, 3], [2, 3, 4])
    2
    """
    return _distances(predicted, truth)[-1][-1]


def edit_path(predicted: Sequence[int], truth: Sequence[int]) -> list[Edit]:
    """One shortest way from what was said to the truth, in order; equal labels stay.

    >>> [tuple(edit) for edit in edit_path([1, 2], [2, 3])]
    [(1, None), (2, 2), (None, 3)]
    """
    table = _distances(predicted, truth)
    i, j = len(predicted), len(truth)
    path: list[Edit] = []
    while i or j:
        here = table[i][j]
        if i and j and predicted[i - 1] == truth[j - 1]:
            i, j = i - 1, j - 1
            path.append(Edit(predicted[i], truth[j]))
        elif i and here == table[i - 1][j] + 1:
            i -= 1
            path.append(Edit(predicted[i], None))
        elif j and here == table[i][j - 1] + 1:
            j -= 1
            path.append(Edit(None, truth[j]))
        else:
            i, j = i - 1, j - 1
            path.append(Edit(predicted[i], truth[j]))
    return path[::-1]


def _distances(predicted: Sequence[int], truth: Sequence[int]) -> list[list[int]]:
    """Edits between the first i labels that were said and the first j true ones."""
    table = [list(range(len(truth) + 1))]
    for i, one in enumerate(predicted, 1):
        row = [i]
        for j, other in enumerate(truth, 1):
            replaced = table[-1][j - 1] + (one != other)
            row.append(min(replaced, table[-1][j] + 1, row[-1] + 1))
        table.append(row)
    return table


def align(output: Tensor, labels: Tensor) -> tuple[NDArray[np.int64], float]:
    """The likeliest alignment (Viterbi) of the true labels, one symbol per time step.

    Args:
        output: logits (T, 1 + C).
        labels: (L,), filled up with `IGNORED`; they must fit into T steps.

    Returns:
        symbols (T,), blank 0, and their log-probability in nats.
    """
    log_chances = output.double().log_softmax(-1).numpy()  # (T, 1 + C)
    extended, skips, ends = (part[0] for part in trellis(labels.numpy()[None]))
    scores = log_chances[:, extended]  # (T, S)
    S, T = len(extended), len(scores)
    best = np.full(S, -np.inf)
    best[:2] = scores[0, :2]
    came = np.zeros((T, S), np.int64)
    for t in range(1, T):
        ways = np.full((3, S), -np.inf)  # from here, from one and two places before
        ways[0], ways[1, 1:], ways[2, 2:] = best, best[:-1], best[:-2]
        ways[2, ~skips] = -np.inf
        came[t] = ways.argmax(0)
        best = scores[t] + ways.max(0)
    place = int(ends) if best[ends] >= best[ends - 1] else int(ends) - 1
    score, places = float(best[place]), np.zeros(T, np.int64)
    for t in range(T - 1, -1, -1):
        places[t] = place
        place -= int(came[t, place])
    return extended[places], score

"""CTC against every alignment written out, and edits against every edit tried."""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.catalog import choosing
from explorer.data.alignments import ctc_losses
from explorer.tasks import IGNORED
from explorer.training.measures import MEASURING
from explorer.training.objectives import Objective
from explorer.training.trainer import Trainer
from explorer.training.transcribing import align, collapse, edit_path, edits, greedy

CASES = [
    (5, 2, [0]),
    (5, 2, [1, 1]),
    (6, 2, [0, 1, 0]),
    (4, 3, [2, 2]),
    (3, 3, [0, 1, 2]),
    (3, 2, [1, 1]),
]


def every_alignment(chances: np.ndarray, labels: list[int]) -> list[float]:
    """The chance of every way (symbol per step) that is read as the labels."""
    steps, symbols = chances.shape
    return [
        math.prod(chances[t, s] for t, s in enumerate(way))
        for way in itertools.product(range(symbols), repeat=steps)
        if read(way) == labels
    ]


def read(way: tuple[int, ...]) -> list[int]:
    """Merged, blanks dropped: written once more, by looking at neighbours."""
    return [s - 1 for t, s in enumerate(way) if s and (t == 0 or way[t - 1] != s)]


def random_logits(steps: int, labels: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(steps, 1 + labels))


def softmax(logits: np.ndarray) -> np.ndarray:
    raised = np.exp(logits - logits.max(-1, keepdims=True))
    return raised / raised.sum(-1, keepdims=True)


@pytest.mark.parametrize(("steps", "n_labels", "labels"), CASES)
def test_the_loss_sums_every_alignment(steps, n_labels, labels) -> None:
    logits = random_logits(steps, n_labels)
    chances = softmax(logits)
    expected = -math.log(sum(every_alignment(chances, labels))) / len(labels)
    filled = np.array([[*labels, IGNORED, IGNORED]])
    ours = ctc_losses(np.log(chances)[None], filled)
    np.testing.assert_allclose(ours, [expected], rtol=1e-12)
    torchs = Objective("transcribe")(
        torch.tensor(logits)[None].double(), torch.tensor(filled)
    )
    assert float(torchs) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("steps", "n_labels", "labels"), CASES)
def test_the_alignment_is_the_best_of_all(steps, n_labels, labels) -> None:
    for seed in range(4):
        logits = random_logits(steps, n_labels, seed)
        path, score = align(torch.tensor(logits), torch.tensor([*labels, IGNORED]))
        chances = softmax(logits)
        assert score == pytest.approx(
            math.log(max(every_alignment(chances, labels))), rel=1e-12
        )
        assert collapse(path.tolist()) == labels
        told = math.prod(chances[t, s] for t, s in enumerate(path))
        assert math.log(told) == pytest.approx(score, rel=1e-12)


def test_losses_of_a_batch_are_those_of_each() -> None:
    rng = np.random.default_rng(5)
    said = np.log(softmax(rng.normal(size=(7, 11, 4))))
    labels = rng.integers(3, size=(7, 5))
    for row, length in enumerate(rng.integers(1, 6, 7)):
        labels[row, length:] = IGNORED
    together = ctc_losses(said, labels)
    with torch.no_grad():
        torchs = Objective("transcribe").each(torch.tensor(said), torch.tensor(labels))
    np.testing.assert_allclose(together, torchs.numpy(), rtol=1e-9)
    alone = [
        ctc_losses(said[k : k + 1], labels[k : k + 1][:, labels[k] >= 0])[0]
        for k in range(7)
    ]
    np.testing.assert_allclose(together, alone, rtol=1e-12)


ROWS = st.lists(st.integers(0, 2), max_size=4)


def fewest(said: list[int], truth: list[int]) -> int:
    """Breadth first through all that one edit makes of it."""
    seen, edge, count = {tuple(said)}, {tuple(said)}, 0
    while tuple(truth) not in edge:
        edge = {new for old in edge for new in one_edit(old)} - seen
        seen |= edge
        count += 1
    return count


def one_edit(row: tuple[int, ...]) -> set[tuple[int, ...]]:
    found = {row[:k] + row[k + 1 :] for k in range(len(row))}
    for new in range(3):
        found |= {(*row[:k], new, *row[k + 1 :]) for k in range(len(row))}
        if len(row) < 4:
            found |= {(*row[:k], new, *row[k:]) for k in range(len(row) + 1)}
    return found


@given(ROWS, ROWS)
def test_edits_are_the_fewest_there_are(message, truth) -> None:
    count = edits(message, truth)
    assert count == fewest(message, truth)
    path = edit_path(message, truth)
    assert [e.predicted for e in path if e.predicted is not None] == message
    assert [e.truth for e in path if e.truth is not None] == truth
    assert sum(e.predicted != e.truth for e in path) == count


def test_edits_of_textbook_words() -> None:
    assert edits([*map(ord, "kitten")], [*map(ord, "sitting")]) == 3
    assert edits([*map(ord, "intention")], [*map(ord, "execution")]) == 5


def test_labels_that_do_not_fit_have_no_chance() -> None:
    even = np.log(np.full((1, 4, 5), 0.2))
    assert np.isinf(ctc_losses(even, np.array([[3, 3, 3]]))).all()
    assert np.isfinite(ctc_losses(even, np.array([[3, 3, 2]]))).all()


def test_measures_by_hand() -> None:
    """Three windows: right; one label missed; one misheard and one too much."""
    ways = [[0, 1, 1, 0, 2], [0, 2, 2, 2, 0], [1, 0, 3, 0, 1]]
    output = torch.nn.functional.one_hot(torch.tensor(ways), 4).float()
    truths = torch.tensor([[0, 1, IGNORED], [1, 1, IGNORED], [0, 1, IGNORED]])
    trainer = Trainer(choosing.make_config("tones", "rnn"))
    assert greedy(output) == [[0, 1], [1], [0, 2, 0]]
    found = MEASURING["transcribe"](trainer.model, trainer.data, output, truths)
    assert found == {"label_error_rate": 3 / 6, "exact_match": pytest.approx(1 / 3)}

"""How translations are written and judged, against brute force and other counts."""

import itertools
import math
from collections import Counter

import numpy as np
import pytest
import torch

from explorer.catalog import building, choosing
from explorer.data.base import Data
from explorer.data.windows import Windows
from explorer.models.base import SequenceModel
from explorer.models.captures import ignore
from explorer.tasks import BEGIN, END, FILLED, IGNORED, MEASURES
from explorer.training.decoding import beam, greedy
from explorer.training.measures import bleu, judge

B, S, L, V = 3, 5, 4, 6


class Table(SequenceModel):
    """Logits by the two tokens before, drawn once: nothing else matters."""

    def __init__(self, seed: int, spread: float = 2.0) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.table = torch.randn(V, V, V, generator=generator) * spread
        self.passes = 0

    def forward(self, x, probe=ignore):
        self.passes += 1
        given = x[:, S:]
        before = torch.cat([x[:, :1], given[:, :-1]], 1)
        return self.table[before, given]


def source(seed: int = 0, rows: int = 1) -> torch.Tensor:
    return torch.randint(3, V, (rows, S), generator=torch.Generator().manual_seed(seed))


def every_translation():
    """All sequences of at most L tokens that end with END, or have L without it."""
    others = [t for t in range(V) if t != END]
    for n in range(L):
        for begun in itertools.product(others, repeat=n):
            yield [*begun, END]
    yield from map(list, itertools.product(others, repeat=L))


def chance(model: Table, x: torch.Tensor, tokens: list[int]) -> float:
    """Sum log p of a translation, token by token, in float64."""
    total, before, last = 0.0, int(x[0, 0]), BEGIN
    for token in tokens:
        total += float(model.table[before, last].double().log_softmax(-1)[token])
        before, last = last, token
    return total


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("normalised", [False, True])
def test_a_beam_wide_enough_finds_the_best_of_all(seed, normalised):
    model, x = Table(seed), source(seed)
    scores = {
        tuple(tokens): chance(model, x, tokens) / (len(tokens) if normalised else 1)
        for tokens in every_translation()
    }
    found = beam(model, x, L, V**L, normalised)
    best = max(scores, key=scores.get)
    assert tuple(found.tokens) == best
    assert found.nodes[found.best[-1]].score == pytest.approx(scores[best], abs=1e-9)


def test_a_narrow_beam_may_miss_the_best_and_a_sum_prefers_the_short():
    missed = shorter = 0
    for seed in range(40):
        model, x = Table(seed), source(seed)
        wide, narrow = beam(model, x, L, V**L), beam(model, x, L, 1)
        totals = [b.nodes[b.best[-1]].total for b in (wide, narrow)]
        assert totals[0] >= totals[1] - 1e-12
        missed += totals[0] > totals[1] + 1e-9
        mean = beam(model, x, L, V**L, normalised=True)
        assert len(wide.tokens) <= len(mean.tokens)
        shorter += len(wide.tokens) < len(mean.tokens)
    assert missed > 5
    assert shorter > 5


@pytest.mark.parametrize("seed", range(8))
def test_a_beam_of_one_is_greedy(seed):
    model, x = Table(seed), source(seed)
    plain = greedy(model, x, L)[0].tolist()
    found = beam(model, x, L, 1).tokens
    assert found == plain[: len(found)]
    assert all(token == FILLED for token in plain[len(found) :])


@pytest.mark.parametrize("width", [1, 2, 3])
@pytest.mark.parametrize("normalised", [False, True])
def test_the_tree_adds_up(width, normalised):
    model, x = Table(3), source(3)
    found = beam(model, x, L, width, normalised)
    depth: dict[int, int] = {-1: 0}
    for place, node in enumerate(found.nodes):
        assert node.id == place
        assert node.parent < node.id
        depth[node.id] = depth[node.parent] + 1
        before = found.nodes[node.parent].total if node.parent >= 0 else 0.0
        assert node.total == pytest.approx(before + node.log_chance)
        ranked = node.total / depth[node.id] if normalised else node.total
        assert node.score == pytest.approx(ranked)
        assert node.finished == (node.token == END)
        if node.parent >= 0:
            parent = found.nodes[node.parent]
            assert parent.kept
            assert not parent.finished
    for step in range(1, max(depth.values()) + 1):
        level = [n for n in found.nodes if depth[n.id] == step]
        kept = [n for n in level if n.kept]
        assert len(kept) == min(width, len(level))
        dropped = [n.score for n in level if not n.kept]
        assert min(n.score for n in kept) >= max(dropped, default=-math.inf)
    assert all(found.nodes[k].kept for k in found.best)


def test_greedy_stops_when_all_are_done_and_fills_up():
    model = Table(0)
    model.table[..., END] += 100
    written = greedy(model, source(rows=B), L)
    assert written.tolist() == [[END, *[FILLED] * (L - 1)]] * B
    assert model.passes == 1


def test_decoding_leaves_the_mode():
    model = Table(0).train()
    beam(model, source(), L, 2)
    greedy(model, source(), L)
    assert model.training


SYMBOLS = ("␀", "▷", "■", "a", "b", "c")


class Says(SequenceModel):
    """Writes what it was told, whatever comes."""

    def __init__(self, rows: list[list[int]]) -> None:
        super().__init__()
        self.rows = torch.tensor(rows)

    def forward(self, x, probe=ignore):
        steps = x.shape[1] - S
        return torch.nn.functional.one_hot(self.rows[:, :steps], V) * 9.0


def data_of(y: list[list[int]]) -> Data:
    x = np.full((len(y), S + L), 3)
    part = Windows(x, np.array(y))
    return Data("translate", part, part, {}, symbols=SYMBOLS, source=S, padded=True)


def test_measures_count_what_was_written():
    truth = [[3, 4, 5, END], [3, 4, END, IGNORED], [5, END, IGNORED, IGNORED]]
    said = [[3, 4, 5, END], [3, 5, END, 4], [5, 5, END, 3]]
    measures = judge(Says(said), data_of(truth)).measures
    assert measures["exact_match"] == pytest.approx(1 / 3)
    # of 4 + 3 + 2 tokens: all, two of three, one of two
    assert measures["token_accuracy"] == pytest.approx((4 + 2 + 1) / 9)
    assert measures["bleu"] == pytest.approx(
        by_hand(["abc", "ac", "cc"], ["abc", "ab", "c"])
    )


def by_hand(said: list[str], truth: list[str]) -> float:
    """BLEU of characters after Papineni et al., zero counts halved again and again."""
    precisions, smooth = [], 1.0
    for n in range(1, 5):
        right = total = 0
        for one, other in zip(said, truth, strict=True):
            grams = [
                Counter(text[k : k + n] for k in range(len(text) - n + 1))
                for text in (one, other)
            ]
            right += (grams[0] & grams[1]).total()
            total += grams[0].total()
        if total == 0:
            return 0.0
        if right == 0:
            smooth *= 2
        precisions.append(right / total if right else 1 / (smooth * total))
    lengths = [sum(map(len, texts)) for texts in (said, truth)]
    short = min(1.0, math.exp(1 - lengths[1] / lengths[0]))
    return 100 * short * math.exp(sum(map(math.log, precisions)) / 4)


@pytest.mark.parametrize(
    ("message", "truth"),
    [
        (["2021-03-03", "1999-12-31"], ["2021-03-03", "1999-12-31"]),
        (["2021-03-13", "1999-12-3"], ["2021-03-03", "1999-12-31"]),
        (["一千零二十四", "一百一十"], ["一千零二十四", "一百零一"]),
    ],
)
def test_bleu_compares_characters(message, truth):
    assert bleu(message, truth) == pytest.approx(by_hand(message, truth), abs=1e-9)
    assert (bleu(message, truth) == pytest.approx(100)) == (message == truth)
    assert MEASURES["bleu"].title == "BLEU (0–100)"  # not from 0 to 1


def test_judging_costs_little():
    """At most L passes over the held-out part."""
    config = choosing.make_config("dates", "seq2seq", {"model.hidden_size": 8})
    data, model = building.make_data(config), building.build_model(config)
    passes = []
    model.register_forward_hook(lambda *_: passes.append(1))
    measures = judge(model, data).measures
    assert set(measures) == {"exact_match", "token_accuracy", "bleu"}
    assert len(passes) <= 1 + data.steps - data.source

"""Byte pairs: learned from the training part, against a second way of doing it."""

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.catalog import building, choosing
from explorer.data import byte_pairs, content
from explorer.data.byte_pairs import BytePairs, Merge, chunks
from explorer.data.fables import FablesSettings, fables, make
from explorer.data.own_text import OwnTextSettings
from explorer.data.own_text import make as own
from explorer.data.tokens import UNKNOWN
from explorer.training.measures import judge
from explorer.training.trainer import Budget, Trainer


def by_the_book(text: str, most: int) -> list[Merge]:
    """Count all pairs anew before every merge (Sennrich et al., 2016)."""
    words = Counter(tuple(word) for word in chunks(text))
    found: list[Merge] = []
    for _ in range(most):
        pairs: Counter[Merge] = Counter()
        for word, times in words.items():
            for pair in pairwise(word):
                pairs[Merge(*pair)] += times
        best, times = pairs.most_common(1)[0]
        assert sum(n == times for n in pairs.values()) == 1, "a tie: take another text"
        found.append(best)
        words = Counter({joined(word, best): n for word, n in words.items()})
    return found


def joined(word: tuple[str, ...], pair: Merge) -> tuple[str, ...]:
    out: list[str] = []
    for symbol in word:
        if out and (out[-1], symbol) == pair:
            out[-1] = pair.joined
        else:
            out.append(symbol)
    return tuple(out)


def test_merges_are_those_of_the_book_in_their_order() -> None:
    text = fables("en")[:30_000]
    pairs = BytePairs.learned(text, text, 12)
    assert list(pairs.merges) == by_the_book(text, 12)
    again = BytePairs.learned(text, text, 12)
    assert again == pairs


def test_a_pair_that_comes_once_is_no_token() -> None:
    assert BytePairs.learned("abab xy", "abxy ", 9).merges == (Merge("a", "b"),)


def test_merges_are_learned_from_the_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(byte_pairs, "LEARNED", 9)
    text = "ab ab ab " + "cd " * 99
    merges = BytePairs.learned(text, text, 3).merges
    assert {merge.joined for merge in merges} == {"ab", " ab"}


@given(st.text())
def test_pairs_give_the_text_back(text: str) -> None:
    pairs = BytePairs(("a", "b"), (Merge("a", "b"),))
    assert "".join(chunks(text)) == text
    assert "".join(pairs.cut(text)) == text


def test_a_very_long_word_is_learned_in_parts() -> None:
    assert {len(part) for part in chunks("ab" * 500)} == {64, 40}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_held_out_part_teaches_no_merge_and_is_the_same_text(language: str) -> None:
    data = make(FablesSettings(language=language, tokens="pair"), 0)
    text, split = fables(language), data.text.split
    learned = text[: round(0.8 * len(text))]
    tokens = [data.symbols[k] for k in data.text.tokens]
    assert "".join(tokens[:split]) == learned
    assert "".join(tokens) == text
    assert data.pairs.merges == BytePairs.learned(learned, set(text), 200).merges
    assert len(data.pairs.merges) == 200
    assert len(data.symbols) == len({*text, *(m.joined for m in data.pairs.merges)})


def test_no_merges_are_characters() -> None:
    plain, none = (
        make(FablesSettings(**s), 0) for s in ({}, {"tokens": "pair", "merges": 0})
    )
    assert plain.symbols == none.symbols
    assert dict(plain.baselines) == dict(none.baselines)
    assert plain.bytes_per_token == none.bytes_per_token
    np.testing.assert_array_equal(plain.validation.x, none.validation.x)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("fables", {"data.language": "zh"}),
        ("fables", {"data.tokens": "word"}),
        ("fables", {"data.tokens": "pair", "data.merges": 50}),
        ("language", {"data.tokens": "word", "data.length": 2000}),
        ("language", {"data.tokens": "pair", "data.length": 2000}),
    ],
)
def test_bits_per_byte_are_all_nats_over_all_bytes(
    name: str, settings: dict[str, object]
) -> None:
    config = choosing.make_config(name, "rnn", settings)
    data = building.make_data(config)
    torch.manual_seed(0)
    model = building.build_model(config).eval()
    nats, size = 0.0, 0
    first = data.counted_from
    words = data.joiner == " "
    rows = np.linspace(0, len(data.text.tokens) - data.text.split - data.steps - 1, 64)
    for row, x, y in zip(rows.round().astype(int), *data.validation, strict=True):
        with torch.no_grad():
            chances = model(torch.tensor(x[None]))[0].double().log_softmax(-1)
        nats -= sum(float(chances[t, y[t]]) for t in range(first, data.steps))
        begin = data.text.split + row + 1
        if words:
            size += int(data.text.sizes[begin + first : begin + data.steps].sum())
        else:
            size += len("".join(data.symbols[k] for k in y[first:]).encode())
    found = judge(model, data).measures["bits_per_byte"]
    assert found == pytest.approx(nats / math.log(2) / size, rel=1e-5)


def test_a_word_stands_for_the_bytes_before_it_too() -> None:
    data = make(FablesSettings(tokens="word"), 0)
    assert data.text.sizes.sum() == len(fables("en").encode())
    assert data.text.sizes.min() >= 1
    spoken = make(FablesSettings(), 0)
    assert spoken.bytes_per_token == 1.0
    assert "bits_per_byte" in spoken.measures
    other = building.make_data(choosing.make_config("repeats"))
    assert "bits_per_byte" not in other.measures


def test_a_fold_counts_the_bytes_of_its_own_windows() -> None:
    config = choosing.make_config(
        "fables", settings={"data.tokens": "pair"}, fold="1/3"
    )
    data = building.make_data(config)
    size = sum(len(data.symbols[k].encode()) for k in data.validation.y.ravel())
    assert data.bytes_per_token == pytest.approx(size / data.validation.y.size)


def test_own_text_with_more_characters_than_symbols(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    rare = "".join(chr(0x4E00 + k) for k in range(2500))
    digest = content.put_text("the fox and the cat " * 300 + rare)
    data = own(OwnTextSettings(digest=digest, tokens="pair"), 0)
    assert data.symbols[0] == UNKNOWN
    assert len(data.symbols) == 2000
    assert data.text.sizes.sum() == len(("the fox and the cat " * 300 + rare).encode())


def test_a_reload_and_a_fork_keep_the_vocabulary() -> None:
    few = {"data.tokens": "pair", "data.merges": 30, "training.steps": 2}
    trainer = Trainer(choosing.make_config("fables", "rnn", few))
    trainer.advance(Budget())
    state = trainer.pack()
    building.forget_data()
    again = Trainer(trainer.config, state)
    assert again.data is not trainer.data
    assert again.data.symbols == trainer.data.symbols
    assert again.data.pairs == trainer.data.pairs

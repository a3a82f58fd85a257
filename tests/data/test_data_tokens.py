import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.catalog import building, choosing
from explorer.data import tokens
from explorer.data.fables import FablesSettings, fables, make
from explorer.data.tokens import Cut, cut, encode, next_token_data, vocabulary, words
from explorer.errors import ExplorerError


def test_words_are_lower_cased_and_parted_from_their_marks() -> None:
    expected = ["the", "fox's", "tail", ":", "12", "mice", "\n", "gone", "!"]
    assert words("The fox's  tail: 12 mice\nGone!") == expected


def test_chinese_has_no_words() -> None:
    with pytest.raises(ExplorerError, match=r"the character is the unit\. Choose"):
        words("小鹿要去河那边。")


def test_a_few_chinese_words_in_an_english_text_are_welcome() -> None:
    assert words("the word for a fox is 狐狸") == [
        *["the", "word", "for", "a", "fox", "is"],
        "狐狸",
    ]


@given(st.text())
def test_characters_give_the_text_back(text: str) -> None:
    pieces = cut(text, "character", 0, 0.2).pieces
    symbols = vocabulary(pieces, len(pieces) // 2, "character")
    assert "".join(symbols[i] for i in encode(pieces, symbols)) == text


def test_rare_words_are_counted_in_the_training_part_alone() -> None:
    pieces = ["a", "b", "a", "b", "c", "d", "d", "d"]
    assert vocabulary(pieces, 5, "word") == ("<unk>", "a", "b")
    np.testing.assert_array_equal(
        encode(pieces, ("<unk>", "a", "b")), [1, 2, 1, 2, 0, 0, 0, 0]
    )


def test_no_unknown_symbol_where_nothing_is_rare() -> None:
    assert vocabulary(["b", "a", "b", "a", "a"], 4, "word") == ("a", "b")


@pytest.mark.parametrize("extra", [0, 1, 7])
def test_at_most_so_many_symbols(monkeypatch: pytest.MonkeyPatch, extra: int) -> None:
    monkeypatch.setattr(tokens, "MAX_SYMBOLS", 11)
    pieces = [chr(200 + i) for i in range(11 + extra) for _ in range(30 - i)]
    symbols = vocabulary(pieces, len(pieces), "character")
    assert len(symbols) == 11
    assert (symbols[0] == "<unk>") == (extra > 0)
    assert encode(pieces, symbols)[0] == symbols.index(pieces[0])


def test_held_out_words_leave_the_training_part_unchanged() -> None:
    first = ["the", "fox", "sees", "the", "cat", "and", "the", "cat", "sees"] * 9
    sizes = np.ones(103)
    rest = (["fox", "runs"] * 11, ["cat", "owl"] * 11)
    a, b = (next_token_data(Cut([*first, *r], sizes, 81), "word", 11) for r in rest)
    assert a.text.split == b.text.split == 81
    assert a.symbols == b.symbols
    np.testing.assert_array_equal(a.train.x, b.train.x)
    assert not np.array_equal(a.validation.x, b.validation.x)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_fables_hold_every_character(language: str) -> None:
    data = make(FablesSettings(language=language), 0)
    assert data.symbols == tuple(sorted(set(fables(language))))
    assert "".join(data.symbols[i] for i in data.text.tokens) == fables(language)
    assert data.joiner == ""


def test_fables_in_words() -> None:
    data = make(FablesSettings(tokens="word"), 0)
    assert data.symbols[0] == "<unk>"
    assert {"the", "fox", ".", "\n"} <= set(data.symbols)
    assert data.joiner == " "
    assert np.mean(data.text.tokens == 0) < 0.2
    counts = np.bincount(data.text.tokens[: data.text.split])
    assert counts[1:].min() >= 2


def test_chinese_fables_in_words() -> None:
    with pytest.raises(ExplorerError, match="Choose tokens: character"):
        make(FablesSettings(language="zh", tokens="word"), 0)


@pytest.mark.parametrize(
    "name", ["fables", "digits", "language", "repeats", "melodies"]
)
def test_simple_guesses_are_judged_by_the_windows_that_models_are(name: str) -> None:
    data = building.make_data(choosing.make_config(name))
    assert data.text is not None
    learned = data.text.tokens[: data.text.split].tolist()
    counts = Counter(learned)
    total = len(learned) + len(data.symbols)
    losses = [
        -math.log((counts[token] + 1) / total)
        for window in data.validation.y
        for token in window[data.counted_from :].tolist()
    ]
    assert data.baselines["unigram"] == pytest.approx(sum(losses) / len(losses))


def test_letters_that_are_joined_unseen_are_one_word() -> None:
    """Persian's joint that parts letters in sight, and a vowel sign behind one."""
    assert words("می\u200cخواهم بروم") == ["می\u200cخواهم", "بروم"]
    assert words("क्\u200dष नदी") == ["क्\u200dष", "नदी"]

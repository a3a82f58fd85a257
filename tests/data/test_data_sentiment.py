"""Sentences: the label follows from the words' order, and not from the words."""

import math
import re

import numpy as np
import pytest
from sklearn.naive_bayes import MultinomialNB

from explorer.data import sentiment
from explorer.data.base import Data
from explorer.data.sentiment import SentimentSettings, make, speech

both = pytest.mark.parametrize("language", ["en", "zh"])
NOT = {"en": r"not|never|nobody|anything but", "zh": "不|没有人"}
SECOND_COUNTS = {
    "en": [r"^(?!although)(?P<other>.*)(?<!anything) but (?P<main>.*)$",
           r"^although (?P<other>.*) , (?P<main>.*)$"],
    "zh": ["^(?P<other>.*)，但是(?P<main>.*)$", "^虽然(?P<other>.*)，可(?P<main>.*)$"],
}  # fmt: skip
FIRST_COUNTS = {
    "en": r"^(?P<main>.*) , (although|even though) .*$",
    "zh": "^(?P<main>.*)，(虽然|尽管).*$",
}


def written(data: Data, row: np.ndarray) -> str:
    return data.joiner.join(data.symbols[k] for k in row if k)


def read(language: str, text: str) -> int:
    """The label, by a reader of its own: find the main clause, its word, its sign."""
    for form in (*SECOND_COUNTS[language], FIRST_COUNTS[language]):
        if found := re.match(form, text):
            text = found["main"]
            break
    words = [
        label
        for things in speech(language).things
        for label in (0, 1)
        for word in things.words[label]
        if word in (text.split() if language == "en" else text)
    ]
    assert len(words) == 1, text
    return words[0] ^ bool(re.search(NOT[language], text))


@both
def test_a_reader_who_knows_the_grammar_is_never_in_doubt(language: str) -> None:
    data = make(SentimentSettings(language=language, count=4000), 1)
    for part in (data.train, data.validation):
        said = [read(language, written(data, row)) for row in part.x]
        np.testing.assert_array_equal(said, part.y)
    assert data.floor == 0


@both
def test_held_out_sentences_are_new_and_none_of_them_is_there_twice(
    language: str,
) -> None:
    data = make(SentimentSettings(language=language), 2)
    train = {row.tobytes() for row in data.train.x}
    held = {row.tobytes() for row in data.validation.x}
    assert len(train) >= 1000
    assert len(held) == len(data.validation.x)
    assert not train & held
    assert 0.45 < data.train.y.mean() < 0.55


@both
def test_sentences_are_filled_up_in_front(language: str) -> None:
    data = make(SentimentSettings(language=language, contrast=1.0, count=4000), 3)
    filled = data.train.x == 0
    assert (filled[:, :-1] >= filled[:, 1:]).all()  # never after a word
    assert not filled[:, -1].any()
    assert filled.sum(1).min() <= 2  # the window is hardly longer than it must be
    assert data.symbols[0] not in set("".join(data.symbols[1:]))


@both
def test_naive_bayes_is_that_of_a_second_library(language: str) -> None:
    data = make(SentimentSettings(language=language), 4)
    V = len(data.symbols)

    def counts(x: np.ndarray) -> np.ndarray:
        return np.stack([np.bincount(row, minlength=V)[1:] for row in x])

    theirs = MultinomialNB(alpha=1.0).fit(counts(data.train.x), data.train.y)
    chances = theirs.predict_log_proba(counts(data.validation.x))
    expected = -chances[np.arange(len(chances)), data.validation.y].mean()
    assert data.baselines["naive Bayes on words"] == pytest.approx(expected, rel=1e-9)
    assert data.baselines["chance"] == pytest.approx(math.log(2))


@both
def test_words_tell_all_without_negation_and_contrast_and_little_with(
    language: str,
) -> None:
    plain = make(SentimentSettings(language=language, negation=0, contrast=0), 5)
    assert plain.baselines["naive Bayes on words"] < 0.1
    usual = make(SentimentSettings(language=language), 5)
    assert usual.baselines["naive Bayes on words"] > 0.5


@both
def test_the_usual_sentences_need_every_token_of_the_alphabet(language: str) -> None:
    data = make(SentimentSettings(language=language), 6)
    assert set(data.train.x.ravel()) == set(range(len(data.symbols)))
    assert sentiment.LABELS == data.labels == ("negative", "positive")

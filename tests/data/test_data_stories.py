"""Stories: the answer follows from what is told, and from the facts that are marked."""

import math
import re

import numpy as np
import pytest

from explorer.data import story_facts
from explorer.data.base import Data
from explorer.data.stories import StoriesSettings, make, speech

each_language = pytest.mark.parametrize("language", ["en", "zh"])
each_depth = pytest.mark.parametrize("supporting", [1, 2, 3])

VERBS = {
    "en": (
        r"^(?P<who>\w+) (?:enters|visits) the (?P<to>\w+)$",
        r"^(?P<to>\w+) (?:takes|lifts) the (?P<who>\w+)$",
        r"^the (?P<who>\w+) (?:lies|is) in the (?P<to>\w+)$",
        r"where is (?:the )?(?P<who>\w+) \?$",
    ),
    "zh": (
        r"^(?P<who>\w\w)(?:走进了|来到了)(?P<to>\w\w)$",
        r"^(?P<to>\w\w)(?:拿起了|带上了)(?P<who>\w\w)$",
        r"^(?P<who>\w\w)(?:放进了|就在)(?P<to>\w\w)里?$",
        r"(?P<who>\w\w)在哪里？$",
    ),
}


def small(**values: object) -> StoriesSettings:
    return StoriesSettings(**{"count": 300, **values})


def text_of(data: Data, row: np.ndarray) -> str:
    return data.joiner.join(data.symbols[k] for k in row)


def told(language: str, text: str) -> tuple[list[str], str]:
    """The facts of a story and what it asks for, as they are written."""
    *facts, question = re.split(r"\s*[.。]\s*", text)
    return facts, re.fullmatch(VERBS[language][3], question)["who"]


def reader(language: str, facts: list[str], asked: str) -> str | None:
    """The answer of who keeps where everything is while reading on; what carries what
    is asked only at the end."""
    into: dict[str, str] = {}
    for fact in facts:
        found = [re.fullmatch(verb, fact) for verb in VERBS[language][:3]]
        match = next(each for each in found if each)
        into[match["who"]] = match["to"]
    while asked in into:
        asked = into[asked]
    return asked if asked in speech(language).places else None


@each_language
@each_depth
def test_who_reads_the_words_alone_comes_to_the_same_answer(
    language: str, supporting: int
) -> None:
    data = make(small(language=language, supporting=supporting, told=5, persons=6), 1)
    for part in (data.train, data.validation):
        for row, y in zip(part.x, part.y, strict=True):
            text = text_of(data, row)
            assert reader(language, *told(language, text)) == data.labels[y], text
    assert data.floor == 0


@each_language
@each_depth
def test_the_marked_facts_tell_the_answer_and_none_of_them_can_be_missed(
    language: str, supporting: int
) -> None:
    data = make(small(language=language, supporting=supporting), 2)
    assert data.support.shape == data.validation.x.shape
    for row, marks, y in zip(
        data.validation.x, data.support, data.validation.y, strict=True
    ):
        asked = told(language, text_of(data, row))[1]
        *facts, rest = re.split(r"\s*[.。]\s*", text_of(data, row[marks]))
        assert len(facts) == supporting
        assert rest == ""  # the question is no fact
        assert reader(language, facts, asked) == data.labels[y]
        for missed in range(supporting):
            rest = facts[:missed] + facts[missed + 1 :]
            assert reader(language, rest, asked) is None


@each_language
def test_places_answer_equally_often_and_held_out_stories_are_new(
    language: str,
) -> None:
    data = make(StoriesSettings(language=language, places=4, count=2000), 3)
    assert np.bincount(data.train.y).tolist() == [500] * 4
    assert np.bincount(data.validation.y).tolist() == [16] * 4
    train = {row.tobytes() for row in data.train.x}
    assert not train & {row.tobytes() for row in data.validation.x}


@each_language
def test_all_stories_are_of_one_length_and_all_words_are_used(language: str) -> None:
    spoken = speech(language)
    names = (spoken.places, spoken.persons, spoken.vessels, spoken.things)
    for kind, forms in enumerate(spoken.facts):
        lengths = {
            len(spoken.tokens(form, what=what, where=where))
            for form in forms
            for what in names[kind + 1]
            for where in names[kind]
        }
        assert len(lengths) == 1
    data = make(StoriesSettings(language=language, supporting=3, count=1000), 3)
    assert np.unique(data.train.x).tolist() == list(range(len(data.symbols)))


def test_simple_guesses_by_hand() -> None:
    """Two stories; 0 and 1 are places, only facts of kind 0 name some."""
    kind = np.array([[0, 0, 0, 1], [0, 1, 0, 0]])
    where = np.array([[1, 0, 1, 5], [1, 5, 0, 0]])
    unused = np.zeros_like(kind)
    answer = np.array([1, 1])
    stories = story_facts.Stories(kind, unused, where, answer, answer, unused > 0)
    assert story_facts.counted(stories) == pytest.approx(
        (math.log(3 / 2) + math.log(3 / 1)) / 2, rel=1e-12
    )
    # the last place is right in the first alone: (1 + 1) / (2 + 2)
    assert story_facts.last_named(stories, stories, 3) == pytest.approx(
        (math.log(2) + math.log(4)) / 2, rel=1e-12
    )
    # learned from the first alone it is right for sure: (1 + 1) / (1 + 2)
    first = story_facts.Stories(*(part[:1] for part in stories))
    assert story_facts.last_named(first, stories, 3) == pytest.approx(
        (math.log(3 / 2) + math.log(6)) / 2, rel=1e-12
    )


def test_what_is_told_later_holds_and_what_is_not_told_is_not_answered() -> None:
    """A thing 0 in vessel 1, vessel 1 with person 2, and then with person 0."""
    kind = np.array([[2, 0, 1, 0, 1, 0]])
    what = np.array([[0, 2, 1, 0, 1, 2]])
    where = np.array([[1, 3, 2, 1, 0, 2]])
    answer, support = story_facts.followed(kind, what, where, np.array([0]), 3)
    assert answer.tolist() == [1]
    assert support.tolist() == [[True, False, False, True, True, False]]
    _, support = story_facts.followed(kind, what, where, np.array([1]), 3)
    assert support.sum() < 3

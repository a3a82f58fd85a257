"""Names in a sentence as tags of its tokens: B begins one, I goes on, O is outside.

    token  Anna   Smith  saw  Berlin
    tag    B-PER  I-PER  O    B-LOC      two entities: PER 0..1, LOC 3

In IOB2 every entity begins with B; in IOB1 only where it follows one of its own kind;
in IOBES (also written BILOU) E ends one and S is one of a single token. Which tokens
are one entity is told alike in all of them, by the rules of the evaluation of
CoNLL-2000, which seqeval has too. Ramshaw and Marcus (1995), https://aclanthology.org/W95-0107
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

OUTSIDE = "O"
TAG = re.compile(r"([BILMESU])(?:-(.+))?")
FIRST, LAST = "BSU", "ESLU"
"""How tags of an entity's first token begin, and of its last one."""


class Entity(NamedTuple):
    """Tokens that are one thing."""

    kind: str
    begin: int
    end: int  # its last token


def parted(tag: str) -> tuple[str, str]:
    """How a tag begins, and what it is of; nothing of a tag outside.

    >>> parted("B-PER"), parted("I"), parted("O")
    (('B', 'PER'), ('I', ''), ('', ''))
    """
    found = TAG.fullmatch(tag)
    return (found[1], found[2] or "") if found else ("", "")


def goes_on(before: str, tag: str) -> bool:
    """Whether a tag goes on with the entity of the tag before it.

    >>> goes_on("B-PER", "I-PER"), goes_on("I-PER", "B-PER"), goes_on("O", "I-PER")
    (True, False, False)
    """
    (left, kind), (right, other) = parted(before), parted(tag)
    same = bool(left and right) and kind == other
    return same and left not in LAST and right not in FIRST


def entities(tags: Sequence[str]) -> list[Entity]:
    """What is named in one sentence.

    >>> entities(["B-PER", "I-PER", "O", "I-LOC"])
    [Entity(kind='PER', begin=0, end=1), Entity(kind='LOC', begin=3, end=3)]
    """
    found: list[Entity] = []
    for place, tag in enumerate(tags):
        if place and goes_on(tags[place - 1], tag):
            found[-1] = found[-1]._replace(end=place)
        elif parted(tag)[0]:
            found.append(Entity(parted(tag)[1], place, place))
    return found


def are_entities(tags: Iterable[str]) -> bool:
    """Whether a file's tags say where something begins and goes on.

    >>> are_entities({"O", "B-PER"}), are_entities({"B", "M", "E", "S"})
    (True, True)
    >>> are_entities({"O", "S"}), are_entities({"NOUN", "B-PER"})
    (False, False)
    """
    different = set(tags) - {OUTSIDE}
    begins = {parted(tag)[0] for tag in different}
    if not different or "" in begins:
        return False
    return all("-" in tag for tag in different) or bool(begins & {*"BS"} - {"S"})


def scheme_of(sentences: Iterable[Sequence[str]]) -> str:
    """Which of the ways of writing entities a file has.

    >>> scheme_of([["B-PER", "I-PER"]]), scheme_of([["I-PER", "I-PER", "B-PER"]])
    ('IOB2', 'IOB1')
    """
    begins: set[str] = set()
    bare = False
    for tags in sentences:
        begins |= {parted(tag)[0] for tag in tags}
        starts = {parted(tags[entity.begin])[0] for entity in entities(tags)}
        bare = bare or "I" in starts
    if begins & {*"LU"}:
        return "BILOU"
    if "M" in begins:
        return "BMES"
    if begins & {*"ES"}:
        return "IOBES"
    return "IOB1" if bare else "IOB2"


class Found(NamedTuple):
    """How many entities there are, are predicted, and are predicted rightly."""

    true: int
    predicted: int
    right: int

    @property
    def f1(self) -> float:
        """2 right / (true + predicted), of all kinds together; NaN where there is none.

        >>> Found(2, 2, 1).f1
        0.5
        """
        total = self.true + self.predicted
        return 2 * self.right / total if total else float("nan")


def compared(
    truths: Iterable[Sequence[str]], answers: Iterable[Sequence[str]]
) -> Found:
    """The entities of sentences and of what was said of them: one is right where its
    kind, its first and its last token are."""
    trues = predicted = right = 0
    for truth, answer in zip(truths, answers, strict=True):
        true, answered = set(entities(truth)), set(entities(answer))
        trues, predicted = trues + len(true), predicted + len(answered)
        right += len(true & answered)
    return Found(trues, predicted, right)

r"""Byte-pair tokens: the pairs that come most often become tokens of their own.

Begin with characters. Join the two neighbours that follow each other most often into
one token, everywhere; count again; and so on, as often as there are merges. What is
frequent becomes short, what is rare is still spelled, so nothing is out of vocabulary.
No pair reaches across the end of a word, and a word keeps the space before it: joined
without anything between them, tokens give the text back.

Source: Gage (1994), A new algorithm for data compression; for tokens Sennrich et al.
(2016), https://aclanthology.org/P16-1162. Merges are learned and carried out by Hugging
Face's tokenizers, https://huggingface.co/docs/tokenizers.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from explorer.data.letters import LETTERS

CHUNK = re.compile(rf" ?{LETTERS}| ?\d+| ?[^\w\s]+|_+|\s")
"""A word, a number or marks, with the space before it; every character is in one."""

LONGEST = 64
"""Characters of a word that pairs are made within; what is longer is cut into such."""

LEARNED = 500_000
"""Characters that merges are learned from at most: more would tell little else."""


def chunks(text: str) -> list[str]:
    """The text in parts that no pair reaches across.

    >>> chunks("the fox's  12 mice")
    ['the', ' fox', "'", 's', ' ', ' 12', ' mice']
    """
    found = CHUNK.findall(text)
    if all(len(word) <= LONGEST for word in found):
        return found
    return [w[k : k + LONGEST] for w in found for k in range(0, len(w), LONGEST)]


class Merge(NamedTuple):
    """One step of learning: two tokens that became one."""

    left: str
    right: str

    @property
    def joined(self) -> str:
        """The new token."""
        return self.left + self.right


@dataclass(frozen=True)
class BytePairs:
    """How a text is cut: its characters, and what was merged, in order."""

    alphabet: tuple[str, ...]
    merges: tuple[Merge, ...]

    @classmethod
    def learned(cls, text: str, alphabet: Iterable[str], most: int) -> "BytePairs":
        """At most so many merges of pairs that come twice at least in the text."""
        from tokenizers import Tokenizer
        from tokenizers.models import BPE
        from tokenizers.trainers import BpeTrainer

        letters = set(alphabet)
        in_order = sorted(letters)
        if not most:
            return cls(tuple(in_order), ())
        trainer = BpeTrainer(
            vocab_size=len(in_order) + most,
            min_frequency=2,
            show_progress=False,
            initial_alphabet=in_order,
            limit_alphabet=len(in_order),
        )
        tokenizer = Tokenizer(BPE())
        words = (word for word in chunks(text[:LEARNED]) if letters.issuperset(word))
        tokenizer.train_from_iterator(words, trainer)
        found = json.loads(tokenizer.to_str())["model"]["merges"]
        return cls(tuple(in_order), tuple(Merge(*pair) for pair in found))

    @property
    def symbols(self) -> tuple[str, ...]:
        """Every token there may be, each once, sorted."""
        return tuple(sorted({*self.alphabet, *(m.joined for m in self.merges)}))

    def cut(self, text: str) -> list[str]:
        """The text in tokens; characters out of the alphabet stand by themselves.

        >>> BytePairs(("a", "b"), (Merge("a", "b"),)).cut("ab aab!")
        ['ab', ' ', 'a', 'ab', '!']
        """
        words = chunks(text)
        parts = {word: self._parts(word) for word in set(words)}
        return [piece for word in words for piece in parts[word]]

    def _parts(self, word: str) -> list[str]:
        found: list[str] = []
        for in_alphabet, run in groupby(word, self._letters.__contains__):
            if in_alphabet and self.merges:
                found += [t.value for t in self._model.tokenize("".join(run))]
            else:
                found += run
        return found

    @cached_property
    def _letters(self) -> frozenset[str]:
        return frozenset(self.alphabet)

    @cached_property
    def _model(self):  # type: ignore[no-untyped-def]
        from tokenizers.models import BPE

        places = {symbol: k for k, symbol in enumerate(self.symbols)}
        return BPE(vocab=places, merges=[(m.left, m.right) for m in self.merges])

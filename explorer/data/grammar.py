r"""Probabilistic context-free grammars: sampling, and their exact entropy.

A rule A -> r is taken with probability p_r. With M[A, B] the expected number of B in
one expansion of A, h[A] = -sum_r p_r ln p_r and w[A] the expected number of words
written at once, whole derivations have (Grenander, 1976; Chi, 1999,
https://aclanthology.org/J99-1004)

    entropy  H = h + M H        length  L = w + M L

so both come from one linear system, (I - M) H = h. In an unambiguous grammar a sentence
has one derivation, and H[S] / L[S] is the entropy per token of endless sentences.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np


class Rule(NamedTuple):
    """One way to expand a symbol; names that are no keys of the grammar are words."""

    chance: float
    right: tuple[str, ...]


Grammar = Mapping[str, tuple[Rule, ...]]


class Rates(NamedTuple):
    """What a sentence costs on average."""

    entropy: float  # nats per sentence
    length: float  # tokens per sentence

    @property
    def per_token(self) -> float:
        """Nats per token: the lowest cross-entropy that any model can expect."""
        return self.entropy / self.length


def rates(
    grammar: Grammar, start: str, size: Callable[[str], int] = lambda word: 1
) -> Rates:
    """Entropy and mean length of the sentences of an unambiguous grammar.

    Args:
        grammar: chances of a symbol's rules add up to 1; recursion must die out.
        start: the symbol that sentences come from.
        size: tokens per word: 1, or its number of characters.
    """
    place = {symbol: i for i, symbol in enumerate(grammar)}
    M = np.zeros((len(place), len(place)))
    own = np.zeros((len(place), 2))  # h and w of each symbol
    for symbol, rules in grammar.items():
        i = place[symbol]
        for rule in (rule for rule in rules if rule.chance > 0):
            own[i, 0] -= rule.chance * np.log(rule.chance)
            for name in rule.right:
                if name in place:
                    M[i, place[name]] += rule.chance
                else:
                    own[i, 1] += rule.chance * size(name)
    entropy, length = np.linalg.solve(np.eye(len(M)) - M, own)[place[start]]
    return Rates(float(entropy), float(length))


class Sentence(NamedTuple):
    """One derivation's words, and how surprising it was."""

    words: list[str]
    surprise: float  # -log p, nats


def sample(grammar: Grammar, start: str, rng: np.random.Generator) -> Sentence:
    """Derive one sentence, always expanding the leftmost symbol first."""
    words: list[str] = []
    surprise = 0.0
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in grammar:
            words.append(name)
            continue
        rule = _choose(grammar[name], rng.random())
        surprise -= float(np.log(rule.chance))
        waiting.extend(reversed(rule.right))
    return Sentence(words, surprise)


def _choose(rules: tuple[Rule, ...], draw: float) -> Rule:
    """The rule in whose share of 0..1 the draw falls; never one of chance 0."""
    possible = [rule for rule in rules if rule.chance > 0]
    for rule in possible:
        draw -= rule.chance
        if draw < 0:
            return rule
    return possible[-1]  # rounding: the chances add up to a hair under 1

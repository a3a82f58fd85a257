import heapq
import math

import numpy as np
import pytest

from explorer.data.grammar import Grammar, Rule, rates, sample
from explorer.data.language import (
    LanguageSettings,
    alphabet,
    grammar,
    make,
    pieces,
    sentence_rates,
    sentences,
)

NESTED = {"S": (Rule(0.3, ("a", "S", "b")), Rule(0.7, ("c",)))}
SINGULARS = ("dog", "cat", "bird", "fox")
PLURALS = ("dogs", "cats", "birds", "foxes")
ALONE = ("sleep", "sing", "run")
OF_OTHERS = ("see", "like", "chase")


def enumerated(rules: Grammar, start: str, count: int) -> dict[tuple[str, ...], float]:
    """The `count` likeliest derivations' sentences and chances, likeliest first."""
    waiting = [(0.0, 0, (), (start,))]
    found: dict[tuple[str, ...], float] = {}
    n = 0
    while waiting and len(found) < count:
        cost, _, words, rest = heapq.heappop(waiting)
        while rest and rest[0] not in rules:
            words, rest = (*words, rest[0]), rest[1:]
        if not rest:
            assert words not in found, f"two derivations of {words}"
            found[words] = math.exp(-cost)
            continue
        for chance, right in rules[rest[0]]:
            if chance > 0:
                n += 1
                item = (cost - math.log(chance), n, words, (*right, *rest[1:]))
                heapq.heappush(waiting, item)
    return found


def test_nested_grammar_by_hand() -> None:
    """A geometric number of pairs: H = H2(0.3) / 0.7, E[length] = 1 + 2 * 0.3 / 0.7."""
    h2 = -0.3 * math.log(0.3) - 0.7 * math.log(0.7)
    found = rates(NESTED, "S")
    assert found.entropy == pytest.approx(h2 / 0.7, rel=1e-12)
    assert found.length == pytest.approx(1 + 2 * 0.3 / 0.7, rel=1e-12)
    assert found.per_token == pytest.approx(found.entropy / found.length)


def test_word_sizes_count_tokens() -> None:
    found = rates(NESTED, "S", size=lambda word: {"a": 2, "b": 3, "c": 5}[word])
    assert found.length == pytest.approx(5 + 5 * 0.3 / 0.7)


def test_rules_of_no_chance_cost_nothing() -> None:
    rules = {"S": (Rule(0.0, ("S", "S")), Rule(1.0, ("a",)))}
    assert rates(rules, "S") == pytest.approx((0.0, 1.0))
    assert sample(rules, "S", np.random.default_rng(0)).words == ["a"]


@pytest.mark.parametrize("recursion", [0.0, 0.01])
def test_entropy_equals_brute_force_enumeration(recursion: float) -> None:
    """Also that no sentence has two derivations: `enumerated` would meet it twice."""
    found = enumerated(grammar(recursion), "S", 30_000)
    mass = sum(found.values())
    assert 0.9997 < mass <= 1 + 1e-9
    entropy = -sum(p * math.log(p) for p in found.values())
    length = sum(p * len(words) for words, p in found.items())
    exact = sentence_rates(recursion, "word")
    assert entropy == pytest.approx(exact.entropy, rel=1e-3)
    assert length == pytest.approx(exact.length, rel=1e-3)


@pytest.mark.parametrize("recursion", [0.3, 0.6])
@pytest.mark.parametrize("tokens", ["word", "character"])
def test_entropy_equals_monte_carlo(recursion: float, tokens: str) -> None:
    rng = np.random.default_rng(1)
    drawn = [sample(grammar(recursion), "S", rng) for _ in range(8000)]
    surprise = np.array([s.surprise for s in drawn])
    length = np.array([sum(len(pieces(w, tokens)) for w in s.words) for s in drawn])
    exact = sentence_rates(recursion, tokens)
    for values, expected in ((surprise, exact.entropy), (length, exact.length)):
        error = np.std(values) / np.sqrt(len(values))
        assert abs(np.mean(values) - expected) < 4 * error


@pytest.mark.parametrize("recursion", [0.0, 0.3, 0.8])
def test_chances_add_up_and_recursion_dies_out(recursion: float) -> None:
    rules = grammar(recursion)
    for symbol, options in rules.items():
        assert sum(rule.chance for rule in options) == pytest.approx(1), symbol
    assert sentence_rates(recursion, "word").length < 25


def checked_noun(words: list[str], i: int) -> tuple[int, bool, int]:
    """Read a noun phrase at `i`: where it ends, whether it is plural, how deep."""
    assert words[i] == "the"
    plural = words[i + 1] in PLURALS
    assert plural or words[i + 1] in SINGULARS
    if words[i + 2] != "that":
        return i + 2, plural, 0
    if words[i + 3] != "the":
        i, depth = checked_verb(words, i + 3, plural)
        return i, plural, depth + 1
    i, inner_plural, depth = checked_noun(words, i + 3)
    assert (words[i] if inner_plural else words[i][:-1]) in OF_OTHERS
    return i + 1, plural, depth + 1


def checked_verb(words: list[str], i: int, plural: bool) -> tuple[int, int]:
    """Read a verb phrase at `i`, of such a noun: where it ends, how deep it is."""
    stem = words[i] if plural else words[i][:-1]
    assert stem in ALONE + OF_OTHERS, f"{words[i]} does not agree: {' '.join(words)}"
    if stem in ALONE:
        return i + 1, 0
    i, _, depth = checked_noun(words, i + 1)
    return i, depth


def test_verbs_agree_with_their_nouns_across_relative_clauses() -> None:
    rng = np.random.default_rng(0)
    deepest = 0
    for _ in range(500):
        words = sample(grammar(0.5), "S", rng).words
        i, plural, depth = checked_noun(words, 0)
        i, _ = checked_verb(words, i, plural)
        assert words[i:] == ["."]
        deepest = max(deepest, depth)
    assert deepest >= 4


def test_character_text_reads_like_sentences() -> None:
    settings = LanguageSettings(tokens="character", length=400)
    text = "".join(sentences(settings, np.random.default_rng(0)).tokens)
    assert text.startswith(" the ")
    assert ". the " in text
    assert "  " not in text
    assert " ." not in text


def test_symbols_do_not_depend_on_the_sample() -> None:
    assert len(alphabet("word")) == 8 + 6 + 6 + len(["the", "that", "."])
    short = make(LanguageSettings(length=200, window=8, recursion=0.0), 0)
    assert short.symbols == alphabet("word")


def test_sampled_text_costs_the_floor_on_average() -> None:
    """-log p of sampled sentences over their tokens: the rate, on average."""
    rng = np.random.default_rng(5)
    drawn = [sample(grammar(0.3), "S", rng) for _ in range(20_000)]
    cost = sum(s.surprise for s in drawn) / sum(len(s.words) for s in drawn)
    floor = make(LanguageSettings(), 0).floor
    assert cost == pytest.approx(floor, rel=0.01)


def test_no_guesser_with_a_short_memory_reaches_the_floor() -> None:
    data = make(LanguageSettings(), 0)
    assert data.floor < 0.9 * data.baselines["bigram"]

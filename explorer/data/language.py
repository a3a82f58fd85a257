r"""An artificial language in which agreement reaches across relative clauses.

    S  -> NP_n VP_n .            n: singular or plural, drawn once per noun
    NP -> the N_n | the N_n RC_n
    RC -> that VP_n              "the dogs that chase the cat"
        | that NP_m Vt_m         "the dog that the cats that sleep chase"
    VP -> Vi_n | Vt_n NP_m

A verb must agree with its own noun, however many clauses lie between: exactly what a
memory is for (Linzen et al., 2016, https://aclanthology.org/Q16-1037). After each word
the next one alone tells which rule goes on (LL(1)), so a sentence has one derivation
and its entropy is exact.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from explorer.config.pace import Tuned
from explorer.config.settings import Settings, setting
from explorer.data.base import Data, Text
from explorer.data.baselines import token_baselines
from explorer.data.byte_pairs import BytePairs
from explorer.data.fields import validation_field, window_field
from explorer.data.grammar import Grammar, Rates, Rule, rates, sample
from explorer.data.spec import DataSpec
from explorer.data.tokens import (
    MAX_SYMBOLS,
    TokenKind,
    encode,
    merges_field,
    sizes_of,
    tokens_field,
)
from explorer.data.windows import MAX_VALIDATION_WINDOWS, part_at, split_point, windows
from explorer.errors import N_

SINGULAR, PLURAL = 0, 1
NOUNS = (("dog", "dogs"), ("cat", "cats"), ("bird", "birds"), ("fox", "foxes"))
ALONE = (("sleeps", "sleep"), ("sings", "sing"), ("runs", "run"))
ON_OTHERS = (("sees", "see"), ("likes", "like"), ("chases", "chase"))


class LanguageSettings(Settings):
    """How deep the sentences nest, and how they are cut."""

    recursion: float = setting(
        0.3,
        N_(
            "Chance that a noun takes a relative clause, which may hold nouns of its "
            "own: the higher, the further apart a verb and its subject stand."
        ),
        title=N_("Recursion"),
        ge=0.0,
        le=0.8,
        step=0.05,
    )
    tokens: TokenKind = tokens_field("word")
    merges: int = merges_field()
    length: int = setting(
        12000,
        N_("How many tokens there are to learn from and to be judged by."),
        title=N_("Length"),
        ge=200,
        le=50000,
        step=200,
        unit=N_("tokens"),
        more=True,
    )
    window: int = window_field(32)
    validation_share: float = validation_field()


def evenly(*rights: str) -> tuple[Rule, ...]:
    """Rules of equal chance; each right side is written with spaces."""
    return tuple(Rule(1 / len(rights), tuple(right.split())) for right in rights)


@cache
def grammar(recursion: float) -> Grammar:
    """The rules; the names of symbols are capitals, 0 is singular and 1 plural."""
    rules = {
        "S": evenly("NP0 VP0 .", "NP1 VP1 ."),
        "ANY": evenly("NP0", "NP1"),
        "RELATED": evenly("NP0 ON0", "NP1 ON1"),  # "(that) the cats chase"
    }
    for n in (SINGULAR, PLURAL):
        rules |= {
            f"NP{n}": (
                Rule(1 - recursion, ("the", f"N{n}")),
                Rule(recursion, ("the", f"N{n}", f"RC{n}")),
            ),
            f"RC{n}": evenly(f"that VP{n}", "that RELATED"),
            f"VP{n}": evenly(f"ALONE{n}", f"ON{n} ANY"),
            f"N{n}": evenly(*(noun[n] for noun in NOUNS)),
            f"ALONE{n}": evenly(*(verb[n] for verb in ALONE)),
            f"ON{n}": evenly(*(verb[n] for verb in ON_OTHERS)),
        }
    return rules


def written(word: str) -> str:
    """A word with the space before it, in a text of characters."""
    return word if word == "." else f" {word}"


def pieces(word: str, tokens: TokenKind, pairs: BytePairs | None = None) -> list[str]:
    """The tokens that a word is."""
    if tokens == "word":
        return [word]
    return list(written(word)) if pairs is None else pairs.cut(written(word))


def sentence_rates(
    recursion: float, tokens: TokenKind, pairs: BytePairs | None = None
) -> Rates:
    """Exact entropy and mean number of tokens of a sentence."""
    return rates(grammar(recursion), "S", lambda word: len(pieces(word, tokens, pairs)))


class Sentences(NamedTuple):
    """`length` tokens of sentence after sentence; the last one may be cut off."""

    tokens: list[str]
    pairs: BytePairs | None


def sentences(settings: LanguageSettings, rng: np.random.Generator) -> Sentences:
    """Sentences of the grammar. Byte pairs are learned from as many characters as the
    training part has tokens: these lie within it, since no token is shorter."""
    rules, pairs = grammar(settings.recursion), None
    drawn: list[str] = []
    if settings.tokens == "pair":
        learned, text = part_at(settings.length, settings.validation_share), ""
        while len(text) < learned:
            drawn += sample(rules, "S", rng).words
            text = "".join(map(written, drawn))
        letters = alphabet("character")
        room = min(settings.merges, MAX_SYMBOLS - len(letters))
        pairs = BytePairs.learned(text[:learned], letters, room)
    found = [p for word in drawn for p in pieces(word, settings.tokens, pairs)]
    while len(found) < settings.length:
        for word in sample(rules, "S", rng).words:
            found.extend(pieces(word, settings.tokens, pairs))
    return Sentences(found[: settings.length], pairs)


def alphabet(tokens: TokenKind) -> tuple[str, ...]:
    """Every symbol the language can produce, sorted, seen in training or not."""
    rules = grammar(0.5)
    lexicon = {w for r in rules.values() for rule in r for w in rule.right} - set(rules)
    return tuple(sorted({p for word in lexicon for p in pieces(word, tokens)}))


def make(settings: LanguageSettings, seed: int) -> Data:
    """Sampled sentences.

    The floor is the entropy rate: what a reader pays per token who knows the grammar
    and has read from the very beginning. A window that starts within a sentence hides
    part of that past, and conditioning on less never lowers an entropy, so the floor
    still bounds the expected loss from below. The loss counts the second half of a
    window, where most sentences have begun inside it and the bound is tight.

    Raises:
        ExplorerError: if the text is too short for the window.
    """
    tokens, window = settings.tokens, settings.window
    split = split_point(settings.length, settings.validation_share, window)
    found, pairs = sentences(settings, np.random.default_rng(seed))
    symbols = alphabet(tokens) if pairs is None else pairs.symbols
    sizes = sizes_of([written(p) for p in found] if tokens == "word" else found)
    ids = encode(found, symbols)
    validation = windows(ids[split:], window, MAX_VALIDATION_WINDOWS)
    judged = windows(sizes[split:], window, MAX_VALIDATION_WINDOWS).y
    counted_from = window // 2
    return Data(
        task="next_token",
        train=windows(ids[:split], window),
        validation=validation,
        baselines=token_baselines(ids[:split], validation, len(symbols), counted_from),
        floor=sentence_rates(settings.recursion, tokens, pairs).per_token,
        floor_note=N_("the entropy rate of the grammar"),
        counted_from=counted_from,
        text=Text(ids, split, sizes),
        joiner=" " if tokens == "word" else "",
        symbols=symbols,
        bytes_per_token=float(judged[:, counted_from:].mean()),
        pairs=pairs,
    )


SPEC = DataSpec(
    name="language",
    title=N_("Artificial language"),
    summary=N_(
        "Sentences from a small grammar, where a verb must agree with a noun that may "
        "stand many words back. How surprising they are is known exactly."
    ),
    settings=LanguageSettings,
    make=make,
    task="next_token",
    training={"learning_rate": 0.005},
    order=40,
    tuned={
        "lru": Tuned(0.0016, "cosine"),
        "min_lstm": Tuned(0.0023, "linear"),
        "selective": Tuned(0.022, "cosine"),
        "tcn": Tuned(0.001, "cosine"),
        "transformer": Tuned(0.008, "linear"),
    },
)

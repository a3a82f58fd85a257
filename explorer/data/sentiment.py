"""Sentences that praise or complain, and how words are turned into their opposite.

Every sentence says of one thing, or of two, that it is good or bad. "Not tasty" is a
complaint though its word is kind, and of "the soup was bland but the cook was polite"
and "the cook was polite, although the soup was bland" the main clause decides. So the
words alone tell little, and their order tells all: the label follows from it without a
doubt.

Sentences are as long as they are and filled up in front, so that a reader's last step
has read everything. Naive Bayes on words is the classic that knows no order (Maron,
1961, https://doi.org/10.1145/321075.321084).
"""

import math
import tomllib
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple, TypeVar

import numpy as np

from explorer.config.pace import Tuned
from explorer.config.settings import Settings, setting
from explorer.data.base import Data
from explorer.data.baselines import bag_of_words, surprise
from explorer.data.fields import count_field
from explorer.data.shipped import Language, language_field, shipped
from explorer.data.spec import DataSpec
from explorer.data.windows import MAX_VALIDATION_WINDOWS, Windows
from explorer.errors import N_

AnyOption = TypeVar("AnyOption")
FILLER = "·"
LABELS = (N_("negative"), N_("positive"))


class SentimentSettings(Settings):
    """In which language, and how much the order of words matters."""

    language: Language = language_field(
        N_("English is read word by word, Chinese character by character.")
    )
    negation: float = setting(
        0.2,
        N_("How often a clause says the opposite of its word, as in: not tasty."),
        title=N_("Negation"),
        ge=0.0,
        le=1.0,
        step=0.05,
    )
    contrast: float = setting(
        0.4,
        N_(
            "How often a second clause stands beside the main one, as in: although the "
            "cook was polite. It says the opposite, and does not count."
        ),
        title=N_("Contrast"),
        ge=0.0,
        le=1.0,
        step=0.05,
    )
    count: int = count_field(
        N_("How many sentences there are to learn from."), N_("Sentences"), 4000
    )


class Things(NamedTuple):
    """What can be spoken of, and in which words: complaints and praise."""

    names: Sequence[str]
    words: tuple[Sequence[str], Sequence[str]]  # by label


class Speech(NamedTuple):
    """How a language makes sentences; the pieces of a form are split at spaces."""

    joiner: str
    steps: int
    """Tokens of the longest sentence, T."""
    things: Sequence[Things]
    plain: Sequence[str]
    """A clause of %(name)s and %(word)s."""
    negated: Sequence[str]
    """The same, saying the opposite."""
    contrasts: Sequence[str]
    """A sentence of the clauses %(main)s, which counts, and %(other)s."""


@cache
def speech(language: Language) -> Speech:
    """How that language makes sentences, as its file in `assets/texts` says."""
    text = shipped(f"sentences_{language}.toml")
    read = tomllib.loads(text)
    things = [
        Things(each["names"], (each["complaints"], each["praise"]))
        for each in read.pop("things")
    ]
    return Speech(things=things, **read)


class Sentence(NamedTuple):
    """Its tokens, and what it says."""

    tokens: tuple[str, ...]
    label: int  # 0 complains, 1 praises


def pick(options: Sequence[AnyOption], rng: np.random.Generator) -> AnyOption:
    """Any of them, evenly."""
    return options[int(rng.random() * len(options))]


def clause(
    spoken: Speech, things: Things, label: int, negated: bool, rng: np.random.Generator
) -> str:
    """One clause that says `label` of one of the things."""
    words = things.words[1 - label if negated else label]
    form = pick(spoken.negated if negated else spoken.plain, rng)
    return form % {"name": pick(things.names, rng), "word": pick(words, rng)}


def sentence(settings: SentimentSettings, rng: np.random.Generator) -> Sentence:
    """A random sentence; either label is as likely."""
    spoken = speech(settings.language)
    label = int(rng.random() < 0.5)
    first = int(rng.random() * len(spoken.things))
    both = spoken.things[first], spoken.things[first - 1]
    main, other = (
        clause(spoken, things, mood, rng.random() < settings.negation, rng)
        for things, mood in zip(both, (label, 1 - label), strict=True)
    )
    if rng.random() < settings.contrast:
        main = pick(spoken.contrasts, rng) % {"main": main, "other": other}
    return Sentence(tuple(main.split() if spoken.joiner else main), label)


def alphabet(language: Language) -> tuple[str, ...]:
    """Every token of the language, sorted, after the one that fills up."""
    spoken = speech(language)
    pieces = [*spoken.plain, *spoken.negated, *spoken.contrasts]
    for name in ("name", "word", "main", "other"):
        pieces = [piece.replace(f"%({name})s", " ") for piece in pieces]
    for things in spoken.things:
        pieces += [*things.names, *things.words[0], *things.words[1]]
    text = " ".join(pieces)
    found = set(text.split()) if spoken.joiner else set(text) - {" "}
    return (FILLER, *sorted(found))


def sentences(settings: SentimentSettings, rng: np.random.Generator) -> list[Sentence]:
    """`count` random sentences, and after them different ones that are not among
    them."""
    held: dict[Sentence, None] = {}
    while len(held) < MAX_VALIDATION_WINDOWS:
        held[sentence(settings, rng)] = None
    found: list[Sentence] = []
    while len(found) < settings.count:
        words = sentence(settings, rng)
        if words not in held:
            found.append(words)
    return [*found, *held]


def make(settings: SentimentSettings, seed: int) -> Data:
    """Sentences x (N, T), filled up in front, and what each says, y (N,)."""
    texts = sentences(settings, np.random.default_rng(seed))
    spoken, symbols = speech(settings.language), alphabet(settings.language)
    place = {symbol: index for index, symbol in enumerate(symbols)}
    x = np.zeros((len(texts), spoken.steps), np.int64)
    for row, (tokens, _) in zip(x, texts, strict=True):
        row[-len(tokens) :] = [place[token] for token in tokens]
    y = np.array([label for _, label in texts], np.int64)
    split = settings.count
    train, held = Windows(x[:split], y[:split]), Windows(x[split:], y[split:])
    return Data(
        task="classify",
        train=train,
        validation=held,
        baselines=baselines(train, held, len(symbols)),
        floor=0.0,
        floor_note=N_("a reader who knows the grammar is never in doubt"),
        symbols=symbols,
        joiner=spoken.joiner,
        labels=LABELS,
        padded=True,
        streamed=False,
        hint=N_(
            "Words alone tell little here. A model far below the line 'naive Bayes on "
            "words' has understood 'not' and 'but'."
        ),
    )


def baselines(train: Windows, held: Windows, n_symbols: int) -> dict[str, float]:
    """Cross-entropy in nats per sentence of three guesses that know no order."""
    prior = np.bincount(train.y, minlength=len(LABELS)) / len(train.y)
    return {
        N_("chance"): math.log(len(LABELS)),
        N_("class prior"): surprise(np.log(prior), held.y),
        **bag_of_words(train, held, n_symbols, len(LABELS)),
    }


SPEC = DataSpec(
    name="sentiment",
    title=N_("Sentiment"),
    summary=N_(
        "Short sentences, in English or Chinese, that praise or complain. With 'not' "
        "and 'but' in them the words alone tell little: who reads them in order knows, "
        "and who only counts them does not."
    ),
    settings=SentimentSettings,
    make=make,
    task="classify",
    order=75,
    training={"steps": 1000, "learning_rate": 0.003},
    tuned={"transformer": Tuned(0.0029, "warmup")},
)

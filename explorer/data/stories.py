r"""Short stories of facts, each with a question that is answered with one word.

    a person goes to a place         who is asked for is where they went last
    a person takes a vessel          it then is where that person is
    a thing is put into a vessel     it then is where that vessel is

What a story says later holds. Asked for a person, the answer rests on one fact: their
last way. Asked for a vessel, it rests on two: who took it last, and where that person
went last; asked for a thing, on three. Which facts these are is known of every story.
Facts of different persons, vessels and things stand between them in any order, and
each place is the answer equally often, so that words alone tell little.

Weston et al. (2015) asked models so first, with other stories.
https://arxiv.org/abs/1502.05698
"""

import math
import tomllib
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.config.pace import Tuned
from explorer.config.settings import Settings, setting
from explorer.data.base import Data
from explorer.data.fields import count_field
from explorer.data.shipped import Language, language_field, shipped
from explorer.data.spec import DataSpec
from explorer.data.story_facts import Stories, counted, drawn, evened, last_named
from explorer.data.windows import MAX_VALIDATION_WINDOWS, Windows
from explorer.errors import N_


class StoriesSettings(Settings):
    """In which language, how long, and on how many facts an answer rests."""

    language: Language = language_field(
        N_("English is read word by word, Chinese character by character.")
    )
    supporting: int = setting(
        1,
        N_(
            "On how many facts an answer rests: where a person is, on one; where a "
            "basket is that a person carries, on two; where a coin in it is, on three."
        ),
        title=N_("Supporting facts"),
        ge=1,
        le=3,
    )
    told: int = setting(
        4,
        N_(
            "How many facts of each kind a story tells: so many times someone goes "
            "somewhere, takes something, puts something somewhere. Those that do not "
            "count distract."
        ),
        title=N_("Facts of each kind"),
        ge=2,
        le=6,
    )
    persons: int = setting(
        3, N_("How many persons there are."), title=N_("Persons"), ge=2, le=6
    )
    places: int = setting(
        4,
        N_("How many places there are: the more, the rarer a lucky guess."),
        title=N_("Places"),
        ge=2,
        le=6,
    )
    count: int = count_field(
        N_("How many stories there are to learn from."),
        N_("Stories"),
        10000,
        most=10000,
    )


class Speech(NamedTuple):
    """How a language tells stories; forms are split at spaces where a joiner is."""

    joiner: str
    persons: Sequence[str]
    places: Sequence[str]
    vessels: Sequence[str]
    things: Sequence[str]
    facts: Sequence[Sequence[str]]
    """By kind: forms of %(what)s and of %(where)s that is."""
    questions: Sequence[str]
    """By how many facts the answer takes: a question for %(what)s."""

    def tokens(self, form: str, **names: str) -> list[str]:
        """A form with these names in it, token by token."""
        text = form % names
        return text.split() if self.joiner else list(text)


@cache
def speech(language: Language) -> Speech:
    """How that language tells, as its file in `assets/texts` says."""
    text = shipped(f"stories_{language}.toml")
    return Speech(**tomllib.loads(text))


def make(settings: StoriesSettings, seed: int) -> Data:
    """Stories x (N, T) and the place that answers each, y (N,)."""
    rng = np.random.default_rng(seed)
    sizes = list(map(len, names(settings)))[: settings.supporting + 1]
    places = settings.places
    train, held = (
        evened(drawn(sizes, settings.told, count, rng), places, rng)
        for count in (settings.count, MAX_VALIDATION_WINDOWS)
    )
    symbols = alphabet(settings)
    x, _ = written(settings, train, symbols, rng)
    held_x, support = written(settings, held, symbols, rng)
    return Data(
        task="classify",
        train=Windows(x, train.answer),
        validation=Windows(held_x, held.answer),
        baselines={
            N_("uniform"): math.log(places),
            N_("places counted, persons forgotten"): counted(held),
            N_("the last place named"): last_named(train, held, places),
        },
        floor=0.0,
        floor_note=N_("who follows the facts is never in doubt"),
        symbols=symbols,
        joiner=speech(settings.language).joiner,
        labels=tuple(speech(settings.language).places[:places]),
        support=support,
        streamed=False,
        hint=N_(
            "At the line 'places counted, persons forgotten' a model knows which "
            "places a story names. Below it, it binds persons to places."
        ),
    )


def names(settings: StoriesSettings) -> tuple[Sequence[str], ...]:
    """Places, persons, vessels and things."""
    spoken = speech(settings.language)
    return (
        spoken.places[: settings.places],
        spoken.persons[: settings.persons],
        spoken.vessels,
        spoken.things,
    )


def sentences(settings: StoriesSettings) -> dict[tuple[int, int, int, int], list[str]]:
    """Every fact in tokens, by its kind, form, what and where."""
    spoken, every = speech(settings.language), names(settings)
    return {
        (kind, form, i, j): spoken.tokens(words, what=what, where=where)
        for kind in range(settings.supporting)
        for form, words in enumerate(spoken.facts[kind])
        for i, what in enumerate(every[kind + 1])
        for j, where in enumerate(every[kind])
    }


def questions(settings: StoriesSettings) -> list[list[str]]:
    """The question for each that can be asked for, in tokens."""
    spoken, depth = speech(settings.language), settings.supporting
    form = spoken.questions[depth - 1]
    return [spoken.tokens(form, what=what) for what in names(settings)[depth]]


def alphabet(settings: StoriesSettings) -> tuple[str, ...]:
    """Every token that a story may have, sorted."""
    every = [*sentences(settings).values(), *questions(settings)]
    return tuple(sorted({token for tokens in every for token in tokens}))


def written(
    settings: StoriesSettings,
    stories: Stories,
    symbols: Sequence[str],
    rng: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Stories in tokens, x (n, T), and which of these tell the answer, (n, T)."""
    place = {symbol: index for index, symbol in enumerate(symbols)}
    tokens_of = {
        fact: [place[t] for t in tokens] for fact, tokens in sentences(settings).items()
    }
    asked = [[place[t] for t in tokens] for tokens in questions(settings)]
    forms = rng.integers(
        len(speech(settings.language).facts[0]), size=stories.kind.shape
    )
    facts = np.stack([stories.kind, forms, stories.what, stories.where], 2)
    x, support = [], []
    for story, question, counts in zip(
        facts.tolist(), stories.asked, stories.support, strict=True
    ):
        parts = [*(tokens_of[tuple(fact)] for fact in story), asked[question]]
        x.append([token for part in parts for token in part])
        support.append(np.repeat([*counts, False], list(map(len, parts))))
    return np.array(x, np.int64), np.array(support)


SPEC = DataSpec(
    name="stories",
    title=N_("Stories of facts"),
    summary=N_(
        "Who went where, who took what, and then a question, in English or Chinese. "
        "The answer rests on one, two or three of the facts, and it is known on which."
    ),
    settings=StoriesSettings,
    make=make,
    task="classify",
    order=76,
    training={"steps": 3000, "learning_rate": 0.003},
    tuned={
        "gru": Tuned(0.02, "constant"),
        "min_gru": Tuned(0.0043, "constant"),
        "min_lstm": Tuned(0.0089, "linear"),
        "rnn": Tuned(0.0029, "linear"),
    },
)

"""Short tunes as words of pitch and length: phrases, keys, and how a tune comes home.

They are written as in LilyPond (https://lilypond.org): `fis'4.` is the F sharp above
middle C, a quarter and half of one long; `r` rests, `~` ties a note to the next one,
`|` ends a bar and `|.` a tune.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from explorer.config.pace import Tuned
from explorer.config.settings import Settings, setting
from explorer.data.base import Data, Heard, Note, Text
from explorer.data.baselines import token_baselines
from explorer.data.fields import validation_field, window_field
from explorer.data.shipped import shipped
from explorer.data.spec import DataSpec
from explorer.data.tokens import encode, vocabulary
from explorer.data.windows import MAX_VALIDATION_WINDOWS, split_point, windows
from explorer.errors import N_

COMMENT, BAR, END, TIE = "%", "|", "|.", "~"
WORD = re.compile(r"([a-gr])(is|es)?('*|,*)(\d+)(\.?)")
SEMITONES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
BENT = {"is": 1, "es": -1, "": 0}
BELOW_MIDDLE_C = 48
"""The MIDI pitch of c without a mark, an octave below c'."""
BEATS = 4
"""Of a whole note: a beat is a quarter."""
NAMES = ("c", "cis", "d", "dis", "e", "f", "fis", "g", "gis", "a", "bes", "b")
MOVES = (5, -5, 2, -2, 3, -3)
"""Semitones by which copies are moved: near keys first."""


def copies_field() -> Any:
    """The setting for how often the training part is heard again in another key."""
    return setting(
        3,
        N_(
            "How often every training tune is heard again in another key. With none, "
            "the tunes are soon known by heart; with some, what is the same in every "
            "key is easier to learn."
        ),
        title=N_("Copies in other keys"),
        ge=0,
        le=len(MOVES),
    )


class MelodiesSettings(Settings):
    """How much of the tunes is seen at once, and how much is kept away."""

    copies: int = copies_field()
    window: int = window_field(48)
    validation_share: float = validation_field()


@cache
def melodies() -> tuple[str, ...]:
    """Every word of every tune, one tune after the other."""
    lines = shipped("melodies.txt").splitlines()
    return tuple(
        word for line in lines if not line.startswith(COMMENT) for word in line.split()
    )


def heard(tokens: Sequence[str]) -> Heard:
    """How the words sound; one that is neither note nor bar line takes no time. A note
    that is tied to one of its pitch goes on as that one.

    >>> heard(["c'4", "|", "r2", "fis'8."]).notes[1]
    Note(place=3, start=3.0, beats=0.75, midi=66)
    >>> heard(["c'2", "~", "|", "c'4", "c'4"]).notes[0]
    Note(place=0, start=0.0, beats=3.0, midi=60)
    """
    notes: list[Note] = []
    bars, now, tied = [], 0.0, False
    for place, token in enumerate(tokens):
        if token in (BAR, END):
            bars.append(now)
        elif token == TIE:
            tied = True
        elif found := WORD.fullmatch(token):
            beats = BEATS / int(found[4]) * (1.5 if found[5] else 1)
            midi = _pitch(found)
            last = notes[-1] if tied and notes else None
            if midi is not None and last is not None and last.midi == midi:
                notes[-1] = last._replace(beats=last.beats + beats)
            elif midi is not None:
                notes.append(Note(place, now, beats, midi))
            now, tied = now + beats, False
    return Heard(tuple(notes), tuple(bars))


def spelled(midi: int | None) -> str:
    """A pitch as it is written, without its length; a rest is None.

    >>> spelled(60), spelled(47), spelled(78), spelled(None)
    ("c'", 'b,', "fis''", 'r')
    """
    if midi is None:
        return "r"
    up, place = divmod(midi - BELOW_MIDDLE_C, 12)
    return NAMES[place] + ("'" * up if up >= 0 else "," * -up)


def moved(token: str, semitones: int) -> str:
    """The word in another key.

    >>> moved("b'4", 5), moved("c8", -5), moved("|", 2)
    ("e''4", 'g,8', '|')
    """
    found = WORD.fullmatch(token)
    midi = _pitch(found) if found else None
    if found is None or midi is None:
        return token
    return f"{spelled(midi + semitones)}{found[4]}{found[5]}"


def _pitch(word: re.Match[str]) -> int | None:
    """The MIDI pitch of a word; None of a rest."""
    letter, bent, octave = word.groups()[:3]
    if letter not in SEMITONES:
        return None
    up = octave.count("'") - octave.count(",")
    return BELOW_MIDDLE_C + 12 * up + SEMITONES[letter] + BENT[bent or ""]


def make(settings: MelodiesSettings, seed: int) -> Data:
    """The tunes are what they are: the seed changes nothing. Whole tunes are held out.

    Raises:
        ExplorerError: if there are too few notes for the window.
    """
    pieces = melodies()
    split = split_point(len(pieces), settings.validation_share, settings.window)
    ends = np.flatnonzero(np.array(pieces) == END) + 1
    split = int(ends[np.abs(ends - split).argmin()])
    return music(pieces, split, settings.copies, settings.window)


def music(words: Sequence[str], split: int, copies: int, window: int) -> Data:
    """Words as a dataset that can be heard.

    Args:
        words: all of them, one tune after the other.
        split: where the held-out part begins.
        copies: how often the training part comes again in another key.
        window: T.

    Raises:
        ExplorerError: if a part is shorter than one window and its target.
    """
    train, held = tuple(words[:split]), tuple(words[split:])
    for semitones in MOVES[:copies]:
        train += tuple(moved(word, semitones) for word in words[:split])
    pieces, split = train + held, len(train)
    symbols = vocabulary(pieces, split, "character")  # each word is one symbol
    ids = encode(pieces, symbols)
    validation = windows(ids[split:], window, MAX_VALIDATION_WINDOWS)
    return Data(
        task="next_token",
        train=windows(ids[:split], window),
        validation=validation,
        baselines=token_baselines(ids[:split], validation, len(symbols)),
        text=Text(ids, split),
        symbols=symbols,
        joiner=" ",
        play=heard,
    )


SPEC = DataSpec(
    name="melodies",
    title=N_("Melodies"),
    summary=N_(
        "Short tunes, each word a pitch and its length. The model learns what makes a "
        "tune: bars that add up, a key, a phrase that comes back, and a close on its "
        "home note. What it makes up can be played."
    ),
    settings=MelodiesSettings,
    make=make,
    task="next_token",
    order=35,
    training={"steps": 1000, "learning_rate": 0.005},
    tuned={
        "lru": Tuned(0.00057, "constant"),
        "min_gru": Tuned(0.0016, "constant"),
        "min_lstm": Tuned(0.0022, "warmup"),
        "selective": Tuned(0.00093, "constant"),
    },
)

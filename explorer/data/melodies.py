"""Short tunes as words of pitch and length: phrases, keys, and how a tune comes home.

They are written as in LilyPond (https://lilypond.org): `fis'4.` is the F sharp above
middle C, a quarter and half of one long; `r` rests, `|` ends a bar and `|.` a tune.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from explorer.config.settings import Settings, setting
from explorer.data.base import Data, DataSpec, Heard, Note, Text
from explorer.data.baselines import token_baselines
from explorer.data.fields import validation_field, window_field
from explorer.data.tokens import encode, vocabulary
from explorer.data.windows import MAX_VALIDATION_WINDOWS, split_point, windows
from explorer.errors import N_

FILE = Path(__file__).parents[2] / "assets" / "texts" / "melodies.txt"
COMMENT, BAR, END = "%", "|", "|."
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


class MelodiesSettings(Settings):
    """How much of the tunes is seen at once, and how much is kept away."""

    copies: int = setting(
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
    window: int = window_field(48)
    validation_share: float = validation_field()


@cache
def melodies() -> tuple[str, ...]:
    """Every word of every tune, one tune after the other."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return tuple(
        word for line in lines if not line.startswith(COMMENT) for word in line.split()
    )


def heard(tokens: Sequence[str]) -> Heard:
    """How the words sound; one that is neither note nor bar line takes no time.

    >>> heard(["c'4", "|", "r2", "fis'8."]).notes[1]
    Note(place=3, start=3.0, beats=0.75, midi=66)
    """
    notes, bars, now = [], [], 0.0
    for place, token in enumerate(tokens):
        if token in (BAR, END):
            bars.append(now)
        elif found := WORD.fullmatch(token):
            letter, bent, octave, length, dot = found.groups()
            beats = BEATS / int(length) * (1.5 if dot else 1)
            if letter in SEMITONES:
                up = octave.count("'") - octave.count(",")
                midi = BELOW_MIDDLE_C + 12 * up
                midi += SEMITONES[letter] + BENT[bent or ""]
                notes.append(Note(place, now, beats, midi))
            now += beats
    return Heard(tuple(notes), tuple(bars))


def moved(token: str, semitones: int) -> str:
    """The word in another key.

    >>> moved("b'4", 5), moved("c8", -5), moved("|", 2)
    ("e''4", 'g,8', '|')
    """
    found = WORD.fullmatch(token)
    if found is None or found[1] not in SEMITONES:
        return token
    letter, bent, octave, length, dot = found.groups()
    pitch = SEMITONES[letter] + BENT[bent or ""] + semitones
    up = octave.count("'") - octave.count(",") + pitch // 12
    marks = "'" * up if up >= 0 else "," * -up
    return f"{NAMES[pitch % 12]}{marks}{length}{dot}"


def make(settings: MelodiesSettings, seed: int) -> Data:
    """The tunes are what they are: the seed changes nothing. Whole tunes are held out.

    Raises:
        ExplorerError: if there are too few notes for the window.
    """
    pieces = melodies()
    split = split_point(len(pieces), settings.validation_share, settings.window)
    ends = np.flatnonzero(np.array(pieces) == END) + 1
    split = int(ends[np.abs(ends - split).argmin()])
    train, held = pieces[:split], pieces[split:]
    for semitones in MOVES[: settings.copies]:
        train += tuple(moved(piece, semitones) for piece in pieces[:split])
    pieces, split = train + held, len(train)
    symbols = vocabulary(pieces, split, "character")  # each word is one symbol
    ids = encode(pieces, symbols)
    validation = windows(ids[split:], settings.window, MAX_VALIDATION_WINDOWS)
    return Data(
        task="next_token",
        train=windows(ids[:split], settings.window),
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
    training={"steps": 1000},
)

"""What is heard of recordings with texts, and kept of them.

Each is heard as in `explorer.data.mel` and kept as decibels below its own loudest
moment, so that nobody has to speak equally loud; what is quieter than `DEPTH` counts as
silence.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.data.alignments import least_steps
from explorer.data.content import Examples
from explorer.data.decoding import named
from explorer.data.mel import BANDS, HOP_SECONDS, Frames, frames
from explorer.data.sounds import SAME, read_wav
from explorer.data.zipped import Zipped
from explorer.errors import N_, ExplorerError

MOST_SECONDS = 8
"""Of one recording."""
MOST_FRAMES = 50_000
"""Of all together: 13 minutes."""
LONGEST = 100
"""Characters of a text."""
DEPTH = 80
"""Decibels below the loudest moment at which silence begins."""
TOGETHER = 2
"""Frames that usually become one step."""
SPACE = "␣"
"""How a space between words is written as a label."""


class Spoken(NamedTuple):
    """A recording and its text."""

    file: str
    text: str
    heard: NDArray[np.int64]  # (n, BANDS) dB below its loudest, 0 to DEPTH


def listened(
    zipped: Zipped, paths: Sequence[str], texts: Sequence[str]
) -> tuple[list[Spoken], Frames | None]:
    """All recordings, and the first of them with its bands."""
    found: list[Spoken] = []
    first, total = None, 0
    for path, text in zip(paths, texts, strict=True):
        sound = _frames(zipped.files[path], path)
        first = first or sound
        if not np.array_equal(first.centres, sound.centres):
            raise ExplorerError(
                N_(
                    "Recordings are heard in the same bands, which end at half of a "
                    "rate below 16,000 samples a second, but '%(file)s' has another "
                    "rate than '%(first)s'. Save all at one rate."
                ),
                file=named(path),
                first=named(paths[0]),
            )
        below = np.clip(sound.bands.max() - sound.bands, 0, DEPTH)
        found.append(Spoken(path, text, below.round().astype(np.int64)))
        _check_text(found[-1])
        total += len(below)
        if total > MOST_FRAMES:
            raise ExplorerError(
                N_(
                    "All recordings together may last %(most)d seconds, but those of "
                    "'%(file)s' last longer. Give a part of them."
                ),
                most=round(MOST_FRAMES * HOP_SECONDS),
                file=named(zipped.label),
            )
    return found, first


def _frames(raw: bytes, path: str) -> Frames:
    rate, samples = read_wav(raw, path)
    if len(samples) > MOST_SECONDS * rate:
        raise ExplorerError(
            N_(
                "A recording with a text may last %(most)d seconds, but '%(file)s' "
                "lasts %(came).1f. Cut it and its text into several."
            ),
            most=MOST_SECONDS,
            file=named(path),
            came=len(samples) / rate,
        )
    sound = frames(samples.mean(1, dtype=np.float32), rate)
    if np.ptp(sound.levels) < SAME:
        raise ExplorerError(
            N_(
                "A recording must change to be written down, but '%(file)s' stays "
                "within %(most)g dB. Give another, or leave its row out of the table."
            ),
            file=named(path),
            most=SAME,
        )
    return sound


def _check_text(spoken: Spoken) -> None:
    """See that a text is short, and its recording long enough for it."""
    if len(spoken.text) > LONGEST:
        raise ExplorerError(
            N_(
                "The text of a recording may have %(most)d characters, but that of "
                "'%(file)s' has %(came)d. Cut both into several."
            ),
            most=LONGEST,
            file=named(spoken.file),
            came=len(spoken.text),
        )
    least = TOGETHER * least_steps(spoken.text)
    if len(spoken.heard) < least - 1:
        raise ExplorerError(
            N_(
                "A recording lasts %(each).3f seconds for each character of its text, "
                "and for each two equal ones in a row, but '%(file)s' lasts %(came).2f "
                "where %(least).2f are needed. Mend its text, or leave its row out."
            ),
            each=TOGETHER * HOP_SECONDS,
            file=named(spoken.file),
            came=len(spoken.heard) * HOP_SECONDS,
            least=(least - 1) * HOP_SECONDS,
        )


def kept(spoken: Sequence[Spoken], first: Frames | None) -> Examples:
    """What is kept of recordings; `first` tells their bands."""
    return {
        "heard": [each.heard.ravel().tolist() for each in spoken],
        "texts": [each.text for each in spoken],
        "centres": first.centres.round(1).tolist() if first else [],
        "hop": first.hop if first else HOP_SECONDS,
    }


def heard_of(examples: Examples) -> list[NDArray[np.int64]]:
    """Each recording as `Spoken.heard`."""
    flat = [np.array(each, np.int64) for each in examples["heard"]]
    return [each.reshape(-1, BANDS) for each in flat]


def first_sound(examples: Examples) -> Frames:
    """The first recording."""
    centres = np.array(examples["centres"], np.float64)
    empty = np.empty(0)
    bands = Frames(empty, np.empty((0, BANDS)), centres, float(examples["hop"]))
    return as_frames(heard_of(examples)[0], bands)


def as_frames(heard: NDArray[np.int64], like: Frames) -> Frames:
    """A recording's frames, as `Spoken.heard`, in the bands of `like`."""
    bands = -heard.astype(np.float64)
    return like._replace(levels=bands.max(1), bands=bands)

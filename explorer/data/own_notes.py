"""A person's own tune, from the notes of a MIDI file."""

import numpy as np

from explorer.config.settings import Settings
from explorer.data import content
from explorer.data.base import Data
from explorer.data.fields import digest_field, validation_field, window_field
from explorer.data.melodies import BAR, copies_field, music
from explorer.data.melodies import SPEC as MELODIES
from explorer.data.spec import DataSpec
from explorer.data.windows import split_point
from explorer.errors import N_


class OwnNotesSettings(Settings):
    """Which tune, how much of it is seen at once, and in how many keys."""

    digest: str = digest_field(
        N_("The fingerprint of the uploaded notes; it is filled in for you.")
    )
    copies: int = copies_field()
    window: int = window_field(48)
    validation_share: float = validation_field()


def make(settings: OwnNotesSettings, seed: int) -> Data:
    """The tune is what it is: the seed changes nothing. Whole bars are held out.

    Raises:
        ExplorerError: if there is no such content, or it is too short for the window.
    """
    words: list[str] = content.get_examples("notes", settings.digest)["words"]
    n, steps = len(words), settings.window
    split = split_point(n, settings.validation_share, steps)
    ends = np.flatnonzero(np.array(words) == BAR) + 1
    fitting = ends[np.minimum(ends, n - ends) > steps]
    if len(fitting):
        split = int(fitting[np.abs(fitting - split).argmin()])
    return music(words, split, settings.copies, steps)


SPEC = DataSpec(
    name="own_notes",
    title=N_("Own notes"),
    summary=N_("A tune of yours, guessed note by note; what is made up can be played."),
    settings=OwnNotesSettings,
    make=make,
    task="next_token",
    order=95,
    offered=False,
    training=MELODIES.training,
)

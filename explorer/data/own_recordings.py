"""A person's own recordings, each with the text that is heard in it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.config.settings import Settings, setting
from explorer.data import content
from explorer.data.alignments import constant_guesses, least_steps
from explorer.data.base import Data, Scaler
from explorer.data.decoding import short
from explorer.data.fields import digest_field, examples_share_field
from explorer.data.held_out import by_chance
from explorer.data.spec import DataSpec
from explorer.data.spoken import DEPTH, SPACE, TOGETHER, heard_of
from explorer.data.tones import SPEC as TONES
from explorer.data.windows import Windows
from explorer.errors import N_, ExplorerError
from explorer.tasks import IGNORED


class OwnRecordingsSettings(Settings):
    """Which recordings, and how finely they are heard."""

    digest: str = digest_field(
        N_("The fingerprint of the uploaded recordings; it is filled in for you.")
    )
    together: int = setting(
        TOGETHER,
        N_(
            "So many frames of 16 ms become one time step, their mean. More of them "
            "make training faster, but each character takes a step at least."
        ),
        title=N_("Frames of a step"),
        ge=1,
        le=4,
    )
    validation_share: float = examples_share_field()


def make(settings: OwnRecordingsSettings, seed: int) -> Data:
    """Recordings x (N, T, I), filled up with silence, and their characters y (N, L);
    the seed chooses which are held out.

    Raises:
        ExplorerError: if there is no such content, it has too few recordings, or a text
            does not fit into the steps of its recording.
    """
    found = content.get_examples("recordings", settings.digest)
    texts: list[str] = found["texts"]
    heard = heard_of(found)
    levels = [-joined(each, settings.together) for each in heard]  # (n, I) dB
    for text, each in zip(texts, levels, strict=True):
        _check_fits(text, len(each))
    learned, held = by_chance(
        [each.tobytes() for each in heard],
        settings.validation_share,
        seed,
        N_("recordings"),
    )
    scaler = Scaler.fit(np.concatenate([levels[k] for k in learned]))
    x = scaler.apply(filled(levels))
    characters = sorted(set("".join(texts)))
    y = spelled(texts, characters)
    train, validation = (Windows(x[part], y[part]) for part in (learned, held))
    return Data(
        task="transcribe",
        train=train,
        validation=validation,
        baselines=constant_guesses(train.y, validation.y, len(characters), x.shape[1]),
        labels=tuple(SPACE if c == " " else c for c in characters),
        scaler=scaler,
        streamed=False,
        shifted=False,
    )


def joined(heard: NDArray[np.int64], together: int) -> NDArray[np.float64]:
    """Frames (n, I) as means of so many (ceil(n / together), I); the last may be of
    fewer."""
    starts = np.arange(0, len(heard), together)
    counts = np.diff(starts, append=len(heard))
    return np.asarray(np.add.reduceat(heard, starts) / counts[:, None])


def filled(levels: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Recordings (n, I) one above the other (N, T, I), with silence behind them."""
    steps = max(map(len, levels))
    x = np.full((len(levels), steps, levels[0].shape[1]), -float(DEPTH))
    for row, each in zip(x, levels, strict=True):
        row[: len(each)] = each
    return x


def spelled(texts: Sequence[str], characters: Sequence[str]) -> NDArray[np.int64]:
    """The characters of texts (N, L) as places among all of them."""
    place = {character: k for k, character in enumerate(characters)}
    y = np.full((len(texts), max(map(len, texts))), IGNORED, np.int64)
    for row, text in zip(y, texts, strict=True):
        row[: len(text)] = [place[character] for character in text]
    return y


def _check_fits(text: str, steps: int) -> None:
    if steps < (least := least_steps(text)):
        raise ExplorerError(
            N_(
                "A text takes a step for each character, and one more between two "
                "equal ones, but '%(text)s' takes %(least)d and its recording has "
                "%(came)d. Choose fewer frames of a step."
            ),
            text=short(text),
            least=least,
            came=steps,
        )


SPEC = DataSpec(
    name="own_recordings",
    title=N_("Own recordings"),
    summary=N_(
        "Recordings of yours, each with its text: what is said is written down "
        "character by character, though nobody tells when each one is heard (CTC)."
    ),
    settings=OwnRecordingsSettings,
    make=make,
    task="transcribe",
    order=97,
    offered=False,
    training=TONES.training,
)

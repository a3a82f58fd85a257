r"""A few tones, one after the other, heard through a bank of filters; nobody says when.

A tone n that begins at step a raises band b at step t by

    x_t(b) = A exp(-(t - a) / tau) exp(-(b - m_n)^2 / (2 w^2)),  a <= t < a + d

around its own place m_n of the bank. Strength A, decay tau, length d and the silences
are drawn for every tone; noise lies over all. What is to be said is the order of the
tones alone: which steps belong to which label a model must find out by itself.
"""

import numpy as np
from numpy.typing import NDArray

from explorer.config.settings import Settings, setting
from explorer.data.alignments import constant_guesses
from explorer.data.base import Data, Floats, Ints
from explorer.data.fields import count_field, window_field
from explorer.data.spec import DataSpec
from explorer.data.windows import MAX_VALIDATION_WINDOWS, Windows
from explorer.errors import N_, ExplorerError
from explorer.tasks import IGNORED

NAMES = ("do", "re", "mi", "fa", "sol", "la", "ti", "do′", "re′", "mi′", "fa′", "sol′")
FEWEST = 2
"""Tones of the shortest sequence."""
SHORTEST_TONE, SHORTEST_GAP = 2, 1
"""In steps; the gap keeps two equal tones apart."""
STRENGTH = (0.7, 1.3)
DECAY = (6.0, 20.0)
"""tau, in steps."""
WIDTH = 0.8
"""w, in bands."""


class TonesSettings(Settings):
    """How many tones, how many at once, and how clearly they are heard."""

    tones: int = setting(
        7,
        N_("How many different tones there are; each is a label."),
        title=N_("Tones"),
        ge=2,
        le=12,
        unit=N_("labels"),
    )
    longest: int = setting(
        6,
        N_("The most tones that follow each other in a window; the fewest are two."),
        title=N_("Longest sequence"),
        ge=2,
        le=8,
        unit=N_("labels"),
    )
    bands: int = setting(
        12,
        N_("Filters that listen, from low to high: the numbers of each time step."),
        title=N_("Bands"),
        ge=4,
        le=24,
    )
    noise: float = setting(
        0.2,
        N_("Standard deviation of the noise in every band; a tone begins at about 1."),
        title=N_("Noise"),
        ge=0.0,
        le=1.0,
        step=0.05,
    )
    count: int = count_field(
        N_("How many windows there are to learn from."), N_("Windows"), 2000
    )
    window: int = window_field(48)


def make(settings: TonesSettings, seed: int) -> Data:
    """Windows, each with tones and silences of its own.

    Raises:
        ExplorerError: if the longest sequence does not fit into a window.
    """
    least = settings.longest * (SHORTEST_TONE + SHORTEST_GAP) - SHORTEST_GAP
    if least > settings.window:
        raise ExplorerError(
            N_(
                "A sequence of %(longest)d tones needs a window of at least %(least)d "
                "steps, but it has %(came)d. Lengthen the window or shorten the "
                "longest sequence."
            ),
            longest=settings.longest,
            least=least,
            came=settings.window,
        )
    rng = np.random.default_rng(seed)
    total = settings.count + MAX_VALIDATION_WINDOWS
    lengths = rng.integers(FEWEST, settings.longest + 1, total)
    y = rng.integers(settings.tones, size=(total, settings.longest))
    y[np.arange(settings.longest) >= lengths[:, None]] = IGNORED
    x = heard(y, *times(lengths, settings, rng), settings, rng)
    train = Windows(x[: settings.count], y[: settings.count])
    held = Windows(x[settings.count :], y[settings.count :])
    return Data(
        task="transcribe",
        train=train,
        validation=held,
        baselines=constant_guesses(train.y, held.y, settings.tones, settings.window),
        labels=NAMES[: settings.tones],
        streamed=False,
        shifted=False,
    )


def times(
    lengths: Ints, settings: TonesSettings, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Begin and end (N, L) of every tone, in steps.

    What a window has beyond the shortest tones and gaps is shared out at random.
    """
    N, L = len(lengths), settings.longest
    there = np.arange(2 * L + 1) <= 2 * lengths[:, None]  # gap, tone, gap, ..., gap
    shares = np.where(there, rng.exponential(size=(N, 2 * L + 1)), 0.0)
    shares /= shares.sum(1, keepdims=True)
    least = SHORTEST_TONE + SHORTEST_GAP
    spare = settings.window + SHORTEST_GAP - least * lengths  # (N,)
    shared = np.floor(np.cumsum(shares, 1) * spare[:, None] + 1e-9).astype(int)
    slots = np.diff(shared, prepend=0)  # (N, 2 L + 1)
    slots[:, 1::2] += SHORTEST_TONE
    slots[:, 2::2] += SHORTEST_GAP
    ends = np.cumsum(slots, 1)
    return ends[:, 0:-1:2], ends[:, 1::2]


def heard(
    y: Ints,
    begins: Ints,
    ends: Ints,
    settings: TonesSettings,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """What the bank hears (N, T, I) of tones y (N, L) between `begins` and `ends`."""
    strength = rng.uniform(*STRENGTH, y.shape)
    decay = rng.uniform(*DECAY, y.shape)
    since = np.arange(settings.window) - begins[..., None]  # (N, L, T)
    sounds = (since >= 0) & (since < (ends - begins)[..., None])
    sounds &= (y != IGNORED)[..., None]
    envelope = np.exp(-since.clip(0) / decay[..., None])
    envelope = np.where(sounds, strength[..., None] * envelope, 0.0)
    x = np.einsum("nlt,nli->nti", envelope, filters(settings)[y.clip(0)], optimize=True)
    x += settings.noise * rng.standard_normal(x.shape)
    return np.asarray(x, np.float32)


def filters(settings: TonesSettings) -> Floats:
    """How strongly each band (C, I) answers to each tone."""
    places = (np.arange(settings.tones) + 0.5) * settings.bands / settings.tones - 0.5
    apart = np.arange(settings.bands) - places[:, None]
    return np.asarray(np.exp(-0.5 * (apart / WIDTH) ** 2))


SPEC = DataSpec(
    name="tones",
    title=N_("Tones"),
    summary=N_(
        "Short sequences of tones as a bank of filters hears them. The model must say "
        "which tones came, in their order, though nobody tells it when each one "
        "sounded: transcription with CTC, as in speech recognition."
    ),
    settings=TonesSettings,
    make=make,
    task="transcribe",
    order=140,
    training={"steps": 1500, "learning_rate": 0.01},
)

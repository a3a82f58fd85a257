"""Random digits: nothing can be learned, and whoever learns it anyway learns by heart.

Every digit is drawn evenly and by itself, so the entropy is ln 10 = 2.302585 nats per
digit and no reader guesses better than 10 %. A model with enough weights still lowers
its training loss, while the held-out loss rises: overfitting and nothing else.
"""

import math

import numpy as np

from explorer.config.settings import Settings, setting
from explorer.data.base import Data, Text
from explorer.data.baselines import token_baselines
from explorer.data.fields import validation_field, window_field
from explorer.data.spec import DataSpec
from explorer.data.windows import MAX_VALIDATION_WINDOWS, split_point, windows
from explorer.errors import N_

DIGITS = tuple("0123456789")


class DigitsSettings(Settings):
    """How many digits there are to learn by heart."""

    length: int = setting(
        1500,
        N_(
            "How many digits there are to learn from and to be judged by; the fewer, "
            "the sooner they are known by heart."
        ),
        title=N_("Length"),
        ge=200,
        le=50000,
        step=100,
        unit=N_("tokens"),
    )
    window: int = window_field(32)
    validation_share: float = validation_field()


def make(settings: DigitsSettings, seed: int) -> Data:
    """Digits drawn evenly; the floor is ln 10.

    Raises:
        ExplorerError: if the sequence is too short for the window.
    """
    split = split_point(settings.length, settings.validation_share, settings.window)
    ids = np.random.default_rng(seed).integers(len(DIGITS), size=settings.length)
    validation = windows(ids[split:], settings.window, MAX_VALIDATION_WINDOWS)
    return Data(
        task="next_token",
        train=windows(ids[:split], settings.window),
        validation=validation,
        baselines=token_baselines(ids[:split], validation, len(DIGITS)),
        floor=math.log(len(DIGITS)),
        floor_note=N_("ln 10: every digit is as likely as any other"),
        text=Text(ids, split),
        symbols=DIGITS,
        hint=N_(
            "There is nothing to learn here. A training loss below the floor is digits "
            "known by heart; watch the validation loss rise meanwhile."
        ),
    )


def noise_rate(settings: DigitsSettings) -> float:
    """Small: nothing of them can be foretold."""
    return 0.0005


SPEC = DataSpec(
    name="digits",
    title=N_("Random digits"),
    summary=N_(
        "Digits drawn evenly, one by one. No model can foresee them, so all that "
        "training can do is to learn them by heart: overfitting made visible."
    ),
    settings=DigitsSettings,
    make=make,
    noise_rate=noise_rate,
    task="next_token",
    order=60,
)

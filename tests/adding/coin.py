"""A coin that falls on one side more often: what is left to learn is how much more.

The entropy of a coin that shows heads with probability p is
-p ln p - (1 - p) ln(1 - p) nats per toss.
"""

import math

import numpy as np

from explorer.config.settings import Settings, setting
from explorer.data.base import Data, Text
from explorer.data.baselines import token_baselines
from explorer.data.fields import validation_field, window_field
from explorer.data.spec import DataSpec
from explorer.data.windows import split_point, windows
from explorer.errors import N_

LENGTH = 1000


class CoinSettings(Settings):
    """How the coin is bent."""

    heads: float = setting(
        0.7, N_("How often it shows heads."), title=N_("Heads"), ge=0.01, le=0.99
    )
    window: int = window_field(16)
    validation_share: float = validation_field()


def make(settings: CoinSettings, seed: int) -> Data:
    """Tosses, and the entropy of the coin as their floor."""
    p = settings.heads
    split = split_point(LENGTH, settings.validation_share, settings.window)
    ids = (np.random.default_rng(seed).random(LENGTH) < p).astype(np.int64)
    validation = windows(ids[split:], settings.window)
    return Data(
        task="next_token",
        train=windows(ids[:split], settings.window),
        validation=validation,
        baselines=token_baselines(ids[:split], validation, 2),
        floor=-p * math.log(p) - (1 - p) * math.log(1 - p),
        floor_note=N_("the entropy of the coin"),
        text=Text(ids, split),
        symbols=("T", "H"),
    )


SPEC = DataSpec(
    name="coin",
    title=N_("A bent coin"),
    summary=N_("Tosses of a coin that shows heads more often than tails."),
    settings=CoinSettings,
    make=make,
    task="next_token",
    order=65,
)

"""A person's own sound: how loud it is, frame by frame, as a series."""

import numpy as np

from explorer.config.settings import Settings, setting
from explorer.data import content
from explorer.data.base import Data, Scaler, Series
from explorer.data.baselines import seasonal_baseline, series_baselines
from explorer.data.fields import digest_field, validation_field, window_field
from explorer.data.mel import BANDS
from explorer.data.sounds import sound_of
from explorer.data.spec import DataSpec
from explorer.data.windows import MAX_VALIDATION_WINDOWS, split_point, windows
from explorer.errors import N_, ExplorerError


class OwnSoundSettings(Settings):
    """Which sound, and what of it is followed."""

    digest: str = digest_field(
        N_("The fingerprint of the uploaded sound; it is filled in for you.")
    )
    band: int = setting(
        0,
        N_(
            "Whose level is followed: 0 is all of the sound, 1 its lowest band, 24 its "
            "highest one."
        ),
        title=N_("Band"),
        ge=0,
        le=BANDS,
    )
    window: int = window_field(48)
    validation_share: float = validation_field()


def make(settings: OwnSoundSettings, seed: int) -> Data:
    """The sound is what it is: the seed changes nothing.

    Raises:
        ExplorerError: if there is no such content, it is too short for the window, or
            nothing is heard in the band.
    """
    sound = sound_of(content.get_examples("sound", settings.digest))
    band, steps = settings.band, settings.window
    values = sound.bands[:, band - 1] if band else sound.levels  # (n,) dB
    split = split_point(len(values), settings.validation_share, steps)
    if np.ptp(values[:split]) == 0:
        raise ExplorerError(
            N_(
                "A level must change to be foreseen, but that of band %(band)d stays "
                "the same. Choose another band, or 0 for all of the sound."
            ),
            band=band,
        )
    scaler = Scaler.fit(values[:split])
    scaled = scaler.apply(values)
    counted_from = steps // 2
    validation = windows(scaled[split:, None], steps, MAX_VALIDATION_WINDOWS)
    return Data(
        task="forecast",
        train=windows(scaled[:split, None], steps),
        validation=validation,
        baselines=series_baselines(validation, counted_from)
        | seasonal_baseline(scaled, split, steps, counted_from),
        counted_from=counted_from,
        series=Series(
            np.arange(len(values)) * sound.hop,
            values,
            scaled,
            split,
            N_("Time (s)"),
            N_("Level (dB)"),
        ),
        scaler=scaler,
    )


SPEC = DataSpec(
    name="own_sound",
    title=N_("Own sound"),
    summary=N_(
        "A sound of yours, its level foreseen frame by frame; what surprises the model "
        "shows on the page Look inside."
    ),
    settings=OwnSoundSettings,
    make=make,
    task="forecast",
    order=96,
    offered=False,
    resembled=True,
)

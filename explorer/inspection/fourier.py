"""Which waves round the clock a model's embedding of the hours is made of."""

import numpy as np
from numpy.typing import NDArray
from torch import nn

from explorer.catalog.specs import Resolved
from explorer.config.settings import Settings
from explorer.inspection.base import Subject, ViewSpec
from explorer.runs.records import View


class FourierOptions(Settings):
    """Nothing to choose."""


def applies(resolved: Resolved) -> bool:
    """Whether the data's symbols are hours, which a table gives the model."""
    return resolved.data.clock


def look(subject: Subject, options: FourierOptions) -> View:
    """shares (p // 2,): of the embedding's variance over the p hours, what waves with
    1, 2, ... turns round the clock hold; together 1."""
    table = subject.model.embedding
    assert isinstance(table, nn.Embedding)  # `applies`
    hours = table.weight[: subject.data.modulus].detach().double().numpy()  # (p, H)
    shares = wave_shares(hours).astype(np.float32)
    return View("fourier", subject.step, {"shares": shares}, {})


def wave_shares(hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """(p, H) -> (p // 2,), by Parseval's theorem; NaN where the hours are all alike.

    >>> wave_shares(np.cos(2 * np.pi * 2 * np.arange(7) / 7)[:, None]).round(9) + 0
    array([0., 1., 0.])
    """
    power = (np.abs(np.fft.rfft(hours, axis=0)) ** 2).sum(1)[1:]  # (p // 2,)
    if len(hours) % 2 == 0:
        power[-1] /= 2  # every other wave stands twice in the spectrum
    whole = power.sum()
    return np.asarray(power / whole if whole > 0 else power * np.nan)


VIEW = ViewSpec(
    "fourier", FourierOptions, look, applies, axes={"shares": ("frequency",)}
)

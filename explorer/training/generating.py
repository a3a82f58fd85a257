r"""How like real windows generated ones are: numbers that need no training.

value distance       Wasserstein-1 distance of all values, in standardised units
autocorrelation      mean over lags k of \|acf_real(k) - acf_generated(k)\|
diversity            mean distance between two generated windows / between two real ones
kinds                exp of the entropy of the labels of the nearest training windows,
                     where these have labels: how many kinds are made in effect

Two are undefined (NaN) where windows do not move, or are all alike: autocorrelation and
diversity.
"""

import math
from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.data.base import Data
from explorer.models.base import AdversarialModel
from explorer.training.ratios import ratio

COLLAPSED = 0.5
"""A diversity below this is called a mode collapse. Waves that differ in their phase
alone fall below it where the phases cover less than about a third of a turn. So is a
number of kinds below this share of that of real windows: those of one kind may still
differ much."""

Floats = NDArray[np.float64]


@torch.no_grad()
def made(model: AdversarialModel, count: int, steps: int, seed: int) -> Tensor:
    """The same windows (count, steps, I) for the same weights and seed."""
    was_training = model.training
    model.eval()
    random = torch.Generator().manual_seed(seed)
    windows = model.generate(model.draw(count, steps, random))
    model.train(was_training)
    return windows


def measured(
    data: Data, real: Tensor, fake: Tensor, real_logits: Tensor, fake_logits: Tensor
) -> dict[str, float]:
    """The measures of windows (N, T, I) and of the discriminator's logits (N, T, 1)."""
    a, b = real.double().numpy(), fake.double().numpy()
    found = {} if data.kinds is None else {"kinds": kinds(data, fake)}
    return found | {
        "real_score": float(torch.sigmoid(real_logits).mean()),
        "fake_score": float(torch.sigmoid(fake_logits).mean()),
        "value_distance": value_distance(a, b),
        "autocorrelation_distance": autocorrelation_distance(a, b),
        "diversity": math.sqrt(ratio(diversity(b) ** 2, diversity(a) ** 2)),
    }


def kinds(data: Data, windows: Tensor) -> float:
    """How many kinds windows (N, T, I) are of in effect: as many as evenly mixed ones
    of the same entropy."""
    assert data.kinds is not None
    known = torch.from_numpy(data.train.x).flatten(1)
    nearest = torch.cdist(windows.flatten(1), known).argmin(1).numpy()
    shares = np.bincount(data.kinds[nearest]) / len(nearest)
    there = shares[shares > 0]
    return float(np.exp(-(there * np.log(there)).sum()))


def collapsed(data: Data, real: Tensor, measures: Mapping[str, float]) -> bool:
    """Whether windows with these measures are too much alike, or of too few kinds."""
    few = data.kinds is not None and measures["kinds"] < COLLAPSED * kinds(data, real)
    return few or measures["diversity"] < COLLAPSED


def value_distance(real: Floats, fake: Floats) -> float:
    r"""Wasserstein-1 of the values, each input by itself, averaged over the inputs.

    Of as many values of either, it is the mean of \|a_k - b_k\| with both in order.
    """
    a, b = (np.sort(each.reshape(-1, each.shape[-1]), axis=0) for each in (real, fake))
    return float(np.abs(a - b).mean())


def autocorrelation(windows: Floats) -> Floats:
    """(N, T, I) -> (T // 2 + 1,) at lags 0, 1, ...; mean over windows and inputs, each
    input weighted by its variance, so that one that hardly moves hardly counts.

    The mean and the variance are those of all windows together, so that a window is
    not taken for a wave about its own middle. Constant windows have none: NaN.
    """
    centred = windows - windows.mean((0, 1))
    spread = (centred**2).mean()
    T = windows.shape[1]
    lagged = [(centred[:, : T - k] * centred[:, k:]).mean() for k in range(T // 2 + 1)]
    return np.array([ratio(float(covariance), float(spread)) for covariance in lagged])


def autocorrelation_distance(real: Floats, fake: Floats) -> float:
    """Mean absolute difference over the lags from 1."""
    return float(np.abs(autocorrelation(real) - autocorrelation(fake))[1:].mean())


def diversity(windows: Floats) -> float:
    """Mean Euclidean distance between two different windows of (N, T, I)."""
    flat = torch.from_numpy(windows.reshape(len(windows), -1))
    return float(torch.pdist(flat).mean()) if len(windows) > 1 else math.nan

r"""A small encoder-decoder that writes windows of a series back, and what it misses.

    code      c = V h_T,  h the states of a GRU that reads x_1 .. x_T
    decoder   xhat = what another GRU says that is given c at every step
    residual  r_t = x_t - the mean of all xhat_t, one of each window that holds t

The code is so short that it can tell of nothing but what windows usually are: what does
not belong is written back as what would. Unlike a forecast it sees the values after a
place as well. It learns from windows of the training part alone, for a fixed number of
steps, and is the same for every run on the same data and seed.

Malhotra et al. (2016), LSTM-based encoder-decoder for multi-sensor anomaly detection.
https://arxiv.org/abs/1607.00148
There the decoder writes backwards and is fed what it wrote; here it is given the code.
"""

from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from numpy.lib.stride_tricks import sliding_window_view
from torch import Tensor, nn

from explorer.data.base import Data, Floats
from explorer.models.base import Sizes
from explorer.models.gru import GRU, GRUSettings
from explorer.training.small_nets import learn

HIDDEN, CODE = 16, 4
"""H, and numbers of the code."""
WINDOW = 24
"""T."""
STEPS, BATCH, LEARNING_RATE = 200, 32, 0.02
AT_ONCE = 512
"""Windows that are written back at once."""


class EncoderDecoder(nn.Module):
    """Windows (B, T, 1) -> the same, as their codes tell them."""

    def __init__(self) -> None:
        super().__init__()
        settings = GRUSettings(hidden_size=HIDDEN)
        self.encoder = GRU(settings, Sizes(1, CODE, 0, WINDOW))
        self.decoder = GRU(settings, Sizes(CODE, 1, 0, WINDOW))

    def forward(self, x: Tensor) -> Tensor:
        """Write windows back."""
        code = self.encoder(x)[:, -1:]  # (B, 1, CODE)
        written: Tensor = self.decoder(code.expand(-1, x.shape[1], -1))
        return written


@lru_cache(maxsize=64)
def missed(data: Data, seed: int, begin: int, end: int) -> Floats | None:
    """Truth minus what is written back, as scaled; None where the training part is
    shorter than a window.

    Kept per dataset, which is made once and compared as the very object.

    Args:
        begin, end: the places of the series.

    Returns:
        (end - begin,) NaN where the value is not known.
    """
    series = data.series
    assert series is not None
    if series.split < WINDOW:
        return None
    values = _values(data)
    first, last = max(0, begin - WINDOW + 1), min(len(values), end + WINDOW - 1)
    written = rewritten(_net(data, seed), values[first:last])
    truth = np.where(np.isfinite(series.values), values, np.nan)
    return np.asarray((truth[first:last] - written)[begin - first : end - first])


@lru_cache(maxsize=32)
def _net(data: Data, seed: int) -> EncoderDecoder:
    assert data.series is not None
    return trained(_values(data)[: data.series.split], seed)


def _values(data: Data) -> Floats:
    """(n,) as scaled; no other column counts."""
    assert data.series is not None
    return data.series.asked


def forget() -> None:
    """Let go of all datasets, since some are deleted, and of what was learned."""
    missed.cache_clear()
    _net.cache_clear()


def trained(values: Floats, seed: int) -> EncoderDecoder:
    """An encoder-decoder of the windows of values (n,), after `STEPS` steps."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = EncoderDecoder()
    windows = sliding_window_view(values.astype(np.float32), WINDOW)
    random = np.random.default_rng(seed)

    def loss() -> Tensor:
        rows = random.integers(len(windows), size=BATCH)
        x = torch.from_numpy(windows[rows])[..., None]  # (B, T, 1)
        return F.mse_loss(net(x), x)

    learn(net, loss, STEPS, LEARNING_RATE)
    return net


@torch.no_grad()
def rewritten(net: nn.Module, values: Floats) -> Floats:
    """The mean of what every window of values (n,) makes of each of them (n,)."""
    windows = sliding_window_view(values.astype(np.float32), WINDOW)
    total, count = np.zeros(len(values)), np.zeros(len(values))
    for first in range(0, len(windows), AT_ONCE):
        part = windows[first : first + AT_ONCE]
        written = net(torch.from_numpy(part.copy())[..., None])[..., 0].double().numpy()
        places = first + np.arange(len(part))[:, None] + np.arange(WINDOW)
        np.add.at(total, places, written)
        np.add.at(count, places, 1)
    return np.asarray(total / count)

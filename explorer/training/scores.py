r"""Two scores of generated windows, by small networks that are trained afterwards.

discriminative  \|accuracy - 1/2\| of a net that learned to tell generated windows from
                real ones, on held-out windows of both kinds. 0: it cannot tell; 1/2:
                it always can.
predictive      mean absolute error, on real windows, of a net that learned from
                generated ones to say the next value (standardised units).

Yoon, Jarrett and van der Schaar (2019), Time-series generative adversarial networks.
https://papers.nips.cc/paper/8789-time-series-generative-adversarial-networks
The net is an LSTM here. Both scores are noisy, so each stands beside what real windows
reach in the place of generated ones.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.data.base import Data
from explorer.models.base import SequenceModel, Sizes
from explorer.models.lstm import LSTM, LSTMSettings
from explorer.training.objectives import tensors
from explorer.training.small_nets import learn

HIDDEN = 16
STEPS = 200
BATCH = 32
LEARNING_RATE = 0.02
MOST_WINDOWS = 1024
TRAINED_SHARE = 0.75


def real_windows(data: Data) -> Tensor:
    """At most `MOST_WINDOWS` training windows (N, T, I), evenly spread, in order."""
    x = data.train.x
    rows = np.linspace(0, len(x) - 1, min(len(x), MOST_WINDOWS)).round().astype(int)
    return torch.from_numpy(x[rows])


def discriminative(real: Tensor, fake: Tensor, seed: int) -> float:
    """How well windows (N, T, I) are told apart; the last quarters are the test."""
    cuts = [round(TRAINED_SHARE * len(part)) for part in (real, fake)]
    labels = torch.cat([torch.ones(BATCH, 1), torch.zeros(BATCH, 1)])

    def loss(net: SequenceModel, random: torch.Generator) -> Tensor:
        rows = [torch.randint(cut, (BATCH,), generator=random) for cut in cuts]
        logits = net(torch.cat([real[rows[0]], fake[rows[1]]]))[..., 0]  # (2 B, T)
        target = labels.expand_as(logits)
        return F.binary_cross_entropy_with_logits(logits, target)

    net = _trained(real.shape[2], 1, loss, seed)
    with torch.no_grad():
        verdicts = [
            net(part[cut:])[:, -1, 0] > 0
            for part, cut in zip((real, fake), cuts, strict=True)
        ]
    right = torch.stack([verdicts[0].float().mean(), 1 - verdicts[1].float().mean()])
    return abs(float(right.mean()) - 0.5)


def predictive(source: Tensor, real: Tensor, seed: int) -> float:
    """How far a net that learned from `source` misses the next values of `real`."""
    inputs = source.shape[2]

    def loss(net: SequenceModel, random: torch.Generator) -> Tensor:
        windows = source[torch.randint(len(source), (2 * BATCH,), generator=random)]
        return F.l1_loss(net(windows[:, :-1]), windows[:, 1:])

    net = _trained(inputs, inputs, loss, seed)
    with torch.no_grad():
        return float(F.l1_loss(net(real[:, :-1]), real[:, 1:]))


@lru_cache(maxsize=32)
def floors(data: Data, seed: int) -> tuple[float, float]:
    """What real windows reach: told from each other, and learned from.

    Kept per dataset, which is made once and compared as the very object.
    """
    windows, (held_out, _) = real_windows(data), tensors(data.validation)
    even, odd = windows[::2], windows[1::2]
    return (
        discriminative(even, odd, seed),
        predictive(windows, held_out, seed),
    )


def _trained(
    inputs: int,
    outputs: int,
    loss_of: Callable[[SequenceModel, torch.Generator], Tensor],
    seed: int,
) -> SequenceModel:
    """A small LSTM after `STEPS` steps."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = LSTM(LSTMSettings(hidden_size=HIDDEN), Sizes(inputs, outputs, 0, 1))
    random = torch.Generator().manual_seed(seed)
    learn(net, lambda: loss_of(net, random), STEPS, LEARNING_RATE)
    return net

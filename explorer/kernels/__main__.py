"""Compile ahead, so that no run waits for it: `python -m explorer.kernels`."""

import torch

from explorer.kernels.nets import GRU, RNN

for kind in (RNN, GRU):
    states, _last = kind(1, 1, batch_first=True)(torch.zeros(1, 1, 1))
    states.sum().backward()

"""Compile ahead, so that no run waits for it: `python -m explorer.kernels`."""

import torch

from explorer.kernels import layers
from explorer.kernels.nets import GRU, RNN

for kind in (RNN, GRU):
    states, _last = kind(1, 1, batch_first=True)(torch.zeros(1, 1, 1))
    states.sum().backward()

one, ones = torch.ones(1, requires_grad=True), torch.ones(1, 1, 1, requires_grad=True)
for states in (
    layers.gated_states(ones, ones),
    layers.turned_states(one, one, ones, ones),
    layers.selected_reads(ones, ones, ones, ones),
    layers.corrected_reads(ones[0], ones[0], ones, ones, ones),
    layers.stabilised_states(ones.expand(1, 1, 4), ones[0].expand(4, 1)),
):
    states.sum().backward()  # type: ignore[no-untyped-call]

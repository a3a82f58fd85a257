"""Small nets that learn beside a run, so that something can be measured by them."""

from collections.abc import Callable

from torch import Tensor, nn

from explorer.training.moves import Adam
from explorer.training.optimizers import Part

CLIP = 1.0
"""The longest that a gradient may be."""


def learn(
    net: nn.Module, loss_of: Callable[[], Tensor], steps: int, rate: float
) -> None:
    """Take steps of Adam down one loss after the other, the rate falling to zero."""
    part = Part(list(net.parameters()), Adam(decay=0.0, beside=False))
    gradient = part.flat.gradient
    for step in range(steps):
        gradient.zero_()
        loss_of().backward()  # type: ignore[no-untyped-call]
        gradient.mul_(CLIP / max(CLIP, part.flat.length()))
        part.step(rate * (1 - step / steps))

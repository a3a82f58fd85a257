"""Layers of one kind that stand on each other, and how each reads the one below."""

from collections.abc import Iterable

from torch import Tensor, nn

from explorer.models.captures import Probe, in_layer


def climb(
    layers: Iterable[nn.Module], x: Tensor, dropout: float, training: bool, probe: Probe
) -> Tensor:
    """x (B, T, I) through every layer (x, probe) -> (B, T, H); dropout between them."""
    for k, layer in enumerate(layers):
        if k > 0:
            x = nn.functional.dropout(x, dropout, training)
        x = layer(x, in_layer(probe, k))
    return x

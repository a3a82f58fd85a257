"""Where the tokens of a source are: it is filled up behind to its full length."""

import torch
from torch import Tensor

from explorer.tasks import FILLED


def last_token(source: Tensor) -> Tensor:
    """The place (B,) of the last token of a source (B, S); 0 of an empty one.

    >>> last_token(torch.tensor([[4, 5, 0], [4, 5, 6], [0, 0, 0]])).tolist()
    [1, 2, 0]
    """
    places = torch.arange(source.shape[1], device=source.device)
    return ((source != FILLED) * places).amax(1)


def turned(last: Tensor, steps: int) -> Tensor:
    """Places (B, S) in backward order up to the last one; what is filled stays.

    >>> turned(torch.tensor([1, 2]), 3).tolist()
    [[1, 0, 2], [2, 1, 0]]
    """
    places = torch.arange(steps, device=last.device)
    back = last[:, None] - places
    return torch.where(back >= 0, back, places)


def filled_places(source: Tensor) -> Tensor:
    """Where nothing is to be seen of a source (B, S): (B, 1, 1, S).

    >>> filled_places(torch.tensor([[4, 5, 0], [0, 0, 0]])).int().tolist()
    [[[[0, 0, 1]]], [[[0, 0, 0]]]]
    """
    filled = source != FILLED
    # an empty source has nothing else to look at
    return (~filled & filled.any(1, keepdim=True))[:, None, None]

"""How a translation is written: token after token, each given what stands before it."""

import torch
from torch import Tensor

from explorer.models.base import SequenceModel
from explorer.tasks import BEGIN, END, FILLED


@torch.no_grad()
def greedy(model: SequenceModel, source: Tensor, length: int) -> Tensor:
    """Always the likeliest token: source (B, S) -> tokens (B, length).

    A translation ends with `END`; what stands after it is `FILLED`.
    """
    was_training = model.training
    model.eval()
    given = source.new_full((len(source), 1), BEGIN)  # (B, 1)
    done = torch.zeros(len(source), dtype=torch.bool)
    for _ in range(length):
        logits = model(torch.cat([source, given], 1))[:, -1]  # (B, V)
        token = logits.argmax(-1).masked_fill(done, FILLED)
        done |= token == END
        given = torch.cat([given, token[:, None]], 1)
    model.train(was_training)
    return given[:, 1:]

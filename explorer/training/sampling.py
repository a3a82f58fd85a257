"""What a language model says: the next token's probabilities, and text drawn from them.

With logits z and temperature tau, p(v) = softmax(z / tau)(v), after all but the
`top_k` largest logits were dropped. tau -> 0 always takes the likeliest token.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from explorer.models.base import SequenceModel


def probabilities(logits: Tensor, temperature: float, top_k: int) -> Tensor:
    """The distribution that a token is drawn from: (V,) -> (V,).

    Args:
        logits: of the next token.
        temperature: 0 puts all weight on the largest logit.
        top_k: how many tokens stay in the game; 0 for all of them.
    """
    if temperature == 0:
        return torch.nn.functional.one_hot(logits.argmax(), len(logits)).to(logits)
    if 0 < top_k < len(logits):
        least = logits.topk(top_k).values[-1]
        logits = logits.masked_fill(logits < least, -torch.inf)
    return torch.softmax(logits / temperature, -1)


@torch.no_grad()
def next_logits(model: SequenceModel, context: Sequence[int], steps: int) -> Tensor:
    """The logits (V,) of what follows `context`, of which the last `steps` are read."""
    x = torch.tensor([list(context)[-steps:]])  # (1, T)
    return model(x)[0, -1]  # type: ignore[no-any-return]


@torch.no_grad()
def generate(
    model: SequenceModel,
    context: Sequence[int],
    length: int,
    steps: int,
    temperature: float = 1.0,
    top_k: int = 0,
    seed: int = 0,
) -> list[int]:
    """`length` token ids that follow `context` (at least one id).

    The same seed gives the same text.
    """
    was_training = model.training
    model.eval()
    generator = torch.Generator().manual_seed(seed)
    tokens = list(context)
    for _ in range(length):
        chances = probabilities(next_logits(model, tokens, steps), temperature, top_k)
        tokens.append(int(torch.multinomial(chances, 1, generator=generator)))
    model.train(was_training)
    return tokens[len(context) :]

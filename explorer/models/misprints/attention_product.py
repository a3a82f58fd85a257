r"""A Transformer whose attention is multiplied place by place, as it is often printed.

    A = softmax(Q K^T / sqrt(D))
    seen = A * V                    printed; right: A V, a matrix product

A (T, T) and V (T, D) have different shapes, so that only one reading can be computed:
step t keeps its own value, times its own weight. No step is given another one's value;
of the others it hears only what they leave to that weight, through the softmax.
"""

import math
from dataclasses import replace

import torch
from torch import Tensor

from explorer.errors import N_
from explorer.models import transformer
from explorer.models.base import SequenceModel, Sizes
from explorer.models.block import Block
from explorer.models.captures import Probe
from explorer.models.transformer import Transformer, TransformerSettings


class ProductTransformerSettings(TransformerSettings):
    """As of the right one."""


class ProductBlock(Block):
    """Each step is given its own value alone."""

    def attend(
        self,
        Q: Tensor,
        K: Tensor,
        V: Tensor,
        probe: Probe,
        filled: Tensor | None = None,
    ) -> Tensor:
        """(B, N, T, D); what is filled up is given to nobody else."""
        T, D = Q.shape[2:]
        scores = Q @ K.mT / math.sqrt(D)
        if self.causal:
            later = torch.ones(T, T, dtype=torch.bool, device=Q.device).triu(1)
            scores = scores.masked_fill(later, -torch.inf)
        A = probe("attention", scores.softmax(-1))  # (B, N, T, T)
        own = A.diagonal(dim1=-2, dim2=-1)  # (B, N, T)
        return own[..., None] * V


class ProductTransformer(Transformer):
    """x (B, T, I) or tokens (B, T) -> y (B, T, O)."""

    block = ProductBlock
    last_answer = SequenceModel.last_answer

    def __init__(self, settings: ProductTransformerSettings, sizes: Sizes) -> None:
        super().__init__(settings, sizes)


def equations(settings: ProductTransformerSettings, sizes: Sizes) -> str:
    right = transformer.equations(settings, sizes)
    for k in range(1, settings.heads + 1):
        right = right.replace(f"A_{{{k}}} V_{{{k}}}", rf"A_{{{k}}} \odot V_{{{k}}}")
    return right.replace("A_1 V_1", r"A_1 \odot V_1")


def diagram(settings: ProductTransformerSettings, sizes: Sizes) -> str:
    right = transformer.diagram(settings, sizes)
    return right.replace(") V, s ≤ t:", ") · V, s = t:").replace(") V:", ") · V:")


MISPRINT = replace(
    transformer.SPEC,
    name="attention_product",
    title=N_("Transformer, misprinted: attention times values"),
    summary=N_(
        "A Transformer as some articles print it, its attention multiplied place by "
        "place: no step is given another one's value."
    ),
    settings=ProductTransformerSettings,
    make=ProductTransformer,
    equations=equations,
    diagram=diagram,
)

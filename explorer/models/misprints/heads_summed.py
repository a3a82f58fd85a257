r"""A Transformer that sums its heads, as it is sometimes printed.

    h' = h + W_O (sum of A V over the heads)        printed; right: side by side

What the heads have found is mixed before W_O can tell one from another.
"""

from dataclasses import replace

from torch import Tensor, nn

from explorer.errors import N_
from explorer.models import notation, transformer
from explorer.models.base import SequenceModel, Sizes
from explorer.models.block import Block, all_heads
from explorer.models.captures import Probe
from explorer.models.positions import Positions
from explorer.models.style import Style
from explorer.models.transformer import Transformer, TransformerSettings


class SummedTransformerSettings(TransformerSettings):
    """As of the right one."""


class SummedBlock(Block):
    """W_O (H, D) reads the sum of all heads."""

    def __init__(
        self,
        hidden: int,
        heads: int,
        feed_forward: int,
        dropout: float,
        causal: bool,
        style: Style,
    ) -> None:
        super().__init__(hidden, heads, feed_forward, dropout, causal, style)
        self.attention_out = nn.Linear(hidden // heads, hidden, bias=False)

    def look(
        self, h: Tensor, positions: Positions, probe: Probe, filled: Tensor | None
    ) -> Tensor:
        """h (B, T, H) -> (B, T, H)."""
        Q, K, V = self.asked(h)  # (B, N, T, D) each
        seen = self.attend(positions.turn(Q), positions.turn(K), V, probe, filled)
        return h + self.drop(self.attention_out(seen.sum(1)))


class SummedTransformer(Transformer):
    """x (B, T, I) or tokens (B, T) -> y (B, T, O)."""

    block = SummedBlock
    last_answer = SequenceModel.last_answer

    def __init__(self, settings: SummedTransformerSettings, sizes: Sizes) -> None:
        super().__init__(settings, sizes)


def equations(settings: SummedTransformerSettings, sizes: Sizes) -> str:
    H, N = settings.hidden_size, settings.heads
    right = transformer.equations(settings, sizes)
    return right.replace(
        f"[{all_heads(N)}]", rf"\left(\textstyle\sum_{{i=1}}^{{{N}}} A_i V_i\right)"
    ).replace(
        rf"W_O^{{(k)}} &\in {notation.real(H, H)}",
        rf"W_O^{{(k)}} &\in {notation.real(H, H // N)}",
    )


def diagram(settings: SummedTransformerSettings, sizes: Sizes) -> str:
    D = settings.hidden_size // settings.heads
    return transformer.diagram(settings, sizes).replace(
        "seen --> project", f'seen --> summed["Σ: {D}"] --> project'
    )


MISPRINT = replace(
    transformer.SPEC,
    name="heads_summed",
    title=N_("Transformer, misprinted: heads summed"),
    summary=N_(
        "A Transformer as some articles print it: the heads are summed, where they "
        "should stand side by side."
    ),
    settings=SummedTransformerSettings,
    make=SummedTransformer,
    equations=equations,
    diagram=diagram,
)

r"""How a Transformer knows the order of its steps: ways behind one signature.

Attention by itself sees a bag, not a sequence. `enter` gives the residual stream its
positions, `turn` gives them to queries and keys; each way uses one of the two, and the
way that knows no order uses none.

Sinusoidal: Vaswani et al. (2017). https://arxiv.org/abs/1706.03762
Rotary: Su et al. (2021), RoFormer. https://arxiv.org/abs/2104.09864
"""

import math
from typing import Any, Literal

import torch
from torch import Tensor, nn

from explorer.config.settings import setting
from explorer.errors import N_, ExplorerError, Words
from explorer.models.notation import real

MAX_HIDDEN_SIZE = 512

PositionsName = Literal["sinusoidal", "learned", "rotary", "none"]


def positions_field(default: PositionsName) -> Any:
    """The setting for how a model knows the order of its steps."""
    return setting(
        default,
        N_(
            "How the model knows the order of the steps: a fixed wave added, a learned "
            "vector added (no longer sequences than trained on), or queries and keys "
            "turned by their position. With none, attention by itself knows of no "
            "order: it sees a bag of steps."
        ),
        title=N_("Positions"),
        more=True,
        choices={
            "sinusoidal": N_("sinusoidal"),
            "learned": N_("learned"),
            "rotary": N_("rotary"),
            "none": N_("none: a bag of steps"),
        },
    )


def check_heads(hidden: int, heads: int) -> None:
    """See that the heads can share the units out evenly.

    Raises:
        ExplorerError: if they cannot.
    """
    if hidden % heads:
        raise ExplorerError(
            N_(
                "Attention needs hidden_size divisible by heads, but got %(hidden)d "
                "and %(heads)d. Nearest: %(nearest)s."
            ),
            hidden=hidden,
            heads=heads,
            nearest=nearest_multiples(hidden, heads),
        )


def nearest_multiples(width: int, divisor: int) -> Words:
    """The allowed multiples of `divisor` around `width`, as an error names them.

    >>> print(nearest_multiples(30, 4))
    28 or 32
    """
    below = width // divisor * divisor
    near = [n for n in (below, below + divisor) if 1 <= n <= MAX_HIDDEN_SIZE]
    if len(near) == 1:
        return Words(str(near[0]))
    return Words(N_("%(low)d or %(high)d"), {"low": near[0], "high": near[1]})


def angles(steps: int, width: int) -> Tensor:
    """Position times frequency, t / 10000^(2j / width): (T, width / 2, rounded up)."""
    frequency = 10_000 ** -(torch.arange(0, width, 2) / width)
    return torch.arange(steps)[:, None] * frequency


class Sinusoidal(nn.Module):
    """Adds a fixed wave to each unit; what comes in is scaled by sqrt(H) to match it.

    Args:
        hidden: H.
        heads: N.
        steps: T; longer sequences work too.
    """

    added = " + p"

    def __init__(self, hidden: int, heads: int, steps: int) -> None:
        super().__init__()
        self.table: Tensor
        self.register_buffer("table", self.waves(steps, hidden), persistent=False)

    @staticmethod
    def waves(steps: int, hidden: int) -> Tensor:
        """(T, H): sine in the even units, cosine in the odd ones."""
        turned = angles(steps, hidden)
        return torch.stack([turned.sin(), turned.cos()], -1).flatten(1)[:, :hidden]

    def enter(self, h: Tensor) -> Tensor:
        T, H = h.shape[1:]
        table = self.table[:T] if len(self.table) >= T else self.waves(T, H).to(h)
        return h * math.sqrt(H) + table  # (B, T, H)

    def turn(self, q: Tensor) -> Tensor:
        return q

    @staticmethod
    def equations(given: str, hidden: int, heads: int, steps: int) -> list[str]:
        return [
            rf"h_t &= \sqrt{{{hidden}}}\,({given}) + p_t, \quad p_t \in {real(hidden)}",
            rf"p_{{t,2j}} &= \sin(t / 10000^{{2j/{hidden}}}), \quad "
            rf"p_{{t,2j+1}} = \cos(t / 10000^{{2j/{hidden}}})",
        ]


class Learned(nn.Module):
    """Adds a learned vector per position.

    Args:
        hidden: H.
        heads: N.
        steps: T; no longer sequence fits.
    """

    added = " + p"

    def __init__(self, hidden: int, heads: int, steps: int) -> None:
        super().__init__()
        self.table = nn.Embedding(steps, hidden)

    def enter(self, h: Tensor) -> Tensor:
        T, longest = h.shape[1], self.table.num_embeddings
        if longest < T:
            raise ExplorerError(
                N_(
                    "Learned positions reach %(longest)d steps, but got %(came)d. Give "
                    "the last %(longest)d steps, or choose sinusoidal or rotary "
                    "positions."
                ),
                longest=longest,
                came=T,
            )
        return h + self.table.weight[:T]  # (B, T, H)

    def turn(self, q: Tensor) -> Tensor:
        return q

    @staticmethod
    def equations(given: str, hidden: int, heads: int, steps: int) -> list[str]:
        return [rf"h_t &= {given} + p_t, \quad p \in {real(steps, hidden)}"]


class Rotary(nn.Module):
    """Turns queries and keys by position, so that their product sees only distance.

    Args:
        hidden: H.
        heads: N.
        steps: T; longer sequences work too.

    Raises:
        ExplorerError: if the width of a head is odd, so that its units do not pair up.
    """

    added = ""

    def __init__(self, hidden: int, heads: int, steps: int) -> None:
        super().__init__()
        D = hidden // heads
        if D % 2:
            raise ExplorerError(
                N_(
                    "Rotary positions need an even head width (hidden_size / heads), "
                    "but got %(hidden)d / %(heads)d = %(width)d. Nearest hidden_size: "
                    "%(nearest)s."
                ),
                hidden=hidden,
                heads=heads,
                width=D,
                nearest=nearest_multiples(hidden, 2 * heads),
            )
        self.table: Tensor
        self.register_buffer("table", self.turns(steps, D), persistent=False)

    @staticmethod
    def turns(steps: int, width: int) -> Tensor:
        """(2, T, D / 2): cosine and sine of the angle of each pair of units."""
        turned = angles(steps, width)
        return torch.stack([turned.cos(), turned.sin()])

    def enter(self, h: Tensor) -> Tensor:
        return h

    def turn(self, q: Tensor) -> Tensor:
        """(B, N, T, D) -> the same shape; unit j and unit j + D / 2 are a pair."""
        T, D = q.shape[2:]
        table = self.table if self.table.shape[1] >= T else self.turns(T, D).to(q)
        cos, sin = table[:, :T]  # 2 x (T, D / 2)
        a, b = q.chunk(2, dim=-1)  # 2 x (B, N, T, D / 2)
        return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)

    @staticmethod
    def equations(given: str, hidden: int, heads: int, steps: int) -> list[str]:
        D = hidden // heads
        turn = rf"\theta = t / 10000^{{2j/{D}}}, \quad 0 \leq j < {D // 2}"
        return [
            rf"h_t &= {given}",
            rf"(R q_t)_j &= q_{{t,j}} \cos\theta - q_{{t,j+{D // 2}}} \sin\theta, "
            rf"\quad {turn}",
            rf"(R q_t)_{{j+{D // 2}}} &= q_{{t,j}} \sin\theta + "
            rf"q_{{t,j+{D // 2}}} \cos\theta",
        ]


class NoPositions(nn.Module):
    """Leaves all as it is: the steps are a bag, in no order.

    A step that sees only earlier ones still knows how many there are.

    Args:
        hidden: H.
        heads: N.
        steps: T.
    """

    added = ""

    def __init__(self, hidden: int, heads: int, steps: int) -> None:
        super().__init__()

    def enter(self, h: Tensor) -> Tensor:
        return h

    def turn(self, q: Tensor) -> Tensor:
        return q

    @staticmethod
    def equations(given: str, hidden: int, heads: int, steps: int) -> list[str]:
        return [rf"h_t &= {given}"]


Positions = Sinusoidal | Learned | Rotary | NoPositions

POSITIONS: dict[str, type[Positions]] = {
    "sinusoidal": Sinusoidal,
    "learned": Learned,
    "rotary": Rotary,
    "none": NoPositions,
}

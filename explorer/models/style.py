r"""How a Transformer's blocks may differ from GPT-2's, one choice after the other.

    RMSNorm(h) = gamma * h / sqrt(mean h^2)     no mean is taken off, as LayerNorm does
    Q, K <- sqrt(D) Q / |Q|, sqrt(D) K / |K|    only their directions are compared
    relu(x)^2                                   in place of gelu(x)
    W_O = W_2 = 0                               at the start: no block says anything yet
    h <- a h + b h_0                            before each block, a = 1, b = 0 at first
    y <- 15 tanh(y / 15)                        no token is taken for quite impossible

Root mean square: Zhang and Sennrich (2019). https://arxiv.org/abs/1910.07467
Queries and keys: Henry et al. (2020). https://arxiv.org/abs/2010.04245
Squared ReLU: So et al. (2021), Primer. https://arxiv.org/abs/2109.08668
Zero at the start: Zhang et al. (2019), Fixup. https://arxiv.org/abs/1901.09321
Capped logits: Gemma Team (2024), Gemma 2. https://arxiv.org/abs/2408.00118
All of them together: Jordan et al. (2024), modded-nanogpt.
"""

from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor, nn

from explorer.config.settings import setting
from explorer.errors import N_
from explorer.models.notation import real, span

NormName = Literal["layer", "rms"]
QueriesName = Literal["plain", "normalised"]
ActivationName = Literal["gelu", "relu_squared"]
OutputsName = Literal["small", "zero"]
MixingName = Literal["none", "first"]
WayOutName = Literal["shared", "own"]
LogitsName = Literal["plain", "capped"]


class Style(NamedTuple):
    """What a block is made of."""

    norm: NormName = "layer"
    queries: QueriesName = "plain"
    activation: ActivationName = "gelu"


GPT_2 = Style()
EPSILON = 1e-5

CAP = 15.0
"""What capped logits stay within, on either side of 0."""


def norm_field() -> Any:
    """The setting for what brings the stream to one size before a block reads it."""
    return setting(
        "layer",
        N_(
            "What brings every step to one size before a block reads it: LayerNorm "
            "takes the mean off first, RMSNorm only divides by the root mean square."
        ),
        title=N_("Normalisation"),
        more=True,
        choices={"layer": N_("LayerNorm"), "rms": N_("RMSNorm")},
    )


def queries_field() -> Any:
    """The setting for whether the lengths of queries and keys count."""
    return setting(
        "plain",
        N_(
            "Queries and keys as they come, or each brought to one length, so that "
            "only their directions are compared: scores stay small, and larger "
            "learning rates do no harm."
        ),
        title=N_("Queries and keys"),
        more=True,
        choices={"plain": N_("as they come"), "normalised": N_("normalised")},
    )


def activation_field() -> Any:
    """The setting for the bend between the two matrices of a feed-forward net."""
    return setting(
        "gelu",
        N_("The bend between the two matrices of each block's feed-forward net."),
        title=N_("Activation"),
        more=True,
        choices={"gelu": N_("GELU"), "relu_squared": N_("ReLU squared")},
    )


def outputs_field() -> Any:
    """The setting for how the matrices begin that write to the stream."""
    return setting(
        "small",
        N_(
            "How the matrices begin that write what a block found into the stream: "
            "with small random numbers, or with zeros, so that every block starts as "
            "if it were not there."
        ),
        title=N_("Output projections at the start"),
        more=True,
        choices={"small": N_("small random numbers"), "zero": N_("zeros")},
    )


def mixing_field() -> Any:
    """The setting for whether each block is given what first came in once more."""
    return setting(
        "none",
        N_(
            "Whether each block reads the stream alone, or the stream and what first "
            "came in, in a ratio that it learns."
        ),
        title=N_("Residual mixing"),
        more=True,
        choices={"none": N_("the stream alone"), "first": N_("with what came in")},
    )


def way_out_field() -> Any:
    """The setting for the matrix by which tokens leave."""
    return setting(
        "shared",
        N_(
            "Whether tokens leave through the matrix by which they came in, or through "
            "one of their own: that has more to learn, and need not say with the same "
            "numbers what a token means and what comes next."
        ),
        title=N_("Output matrix"),
        more=True,
        choices={"shared": N_("shared with the embedding"), "own": N_("its own")},
    )


def logits_field() -> Any:
    """The setting for whether logits may grow without limit."""
    return setting(
        "plain",
        N_(
            "Whether the scores of the tokens to come may grow without limit, or are "
            "bent to stay within 15 of zero, so that no token is ever taken for quite "
            "certain or quite impossible."
        ),
        title=N_("Logits"),
        more=True,
        choices={"plain": N_("without limit"), "capped": N_("softcapped at 15")},
    )


def capped(y: Tensor) -> Tensor:
    """Logits within `CAP` of 0; small ones stay as they are."""
    return CAP * torch.tanh(y / CAP)


def norm_of(style: Style, hidden: int) -> nn.Module:
    """The norm over the last H of (..., H), with a gain of its own."""
    if style.norm == "rms":
        return nn.RMSNorm(hidden, eps=EPSILON)
    return nn.LayerNorm(hidden, eps=EPSILON, bias=False)


def bent(style: Style, x: Tensor) -> Tensor:
    """The activation of x, number by number."""
    if style.activation == "relu_squared":
        return nn.functional.relu(x).square()
    return nn.functional.gelu(x)


def directed(style: Style, q: Tensor) -> Tensor:
    """Queries or keys (..., D) as attention compares them."""
    if style.queries == "plain":
        return q
    return nn.functional.rms_norm(q, (q.shape[-1],), eps=EPSILON)


class Blend(nn.Module):
    """a h + b h_0, with a = 1 and b = 0 at the start."""

    def __init__(self) -> None:
        super().__init__()
        self.shares = nn.Parameter(Tensor([1.0, 0.0]))

    def forward(self, h: Tensor, first: Tensor) -> Tensor:
        """Both (B, T, H) -> (B, T, H)."""
        mixed: Tensor = self.shares[0] * h + self.shares[1] * first
        return mixed


NORM_SIGNS = {"layer": r"\operatorname{LN}", "rms": r"\operatorname{RMS}"}
NORM_NAMES = {"layer": "LayerNorm", "rms": "RMSNorm"}
BENDS = {"gelu": r"\operatorname{GELU}(%s)", "relu_squared": r"\max(0, %s)^2"}
BEND_NAMES = {"gelu": "GELU", "relu_squared": "ReLU²"}


def norms(style: Style, hidden: int, count: int) -> list[str]:
    """Their equation, and the shape of the gamma that each has for itself."""
    bottom = r"{\sqrt{\operatorname{var}(h_t) + 10^{-5}}}"
    top = r"{h_t - \overline{h_t}}"
    if style.norm == "rms":
        top, bottom = "{h_t}", r"{\sqrt{\overline{h_t^2} + 10^{-5}}}"
    return [
        rf"{NORM_SIGNS[style.norm]}(h)_t &= \gamma \odot \frac{top}{bottom}",
        rf"\gamma_j &\in {real(hidden)}, \quad {span('j', 1, count)}",
    ]

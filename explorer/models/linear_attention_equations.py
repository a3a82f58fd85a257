"""The equations and the diagram of linear attention, with the run's own shapes."""

from collections.abc import Mapping
from typing import NamedTuple

from explorer.models import notation, stream
from explorer.models.base import Sizes
from explorer.models.block import block_shapes, dropped
from explorer.models.positions import Sinusoidal
from explorer.models.style import GPT_2, norms


class Shape(NamedTuple):
    """What they depend on, beside what the data asks for."""

    hidden: int  # H
    heads: int  # N
    layers: int
    rule: str  # how a memory is written: a name in `RULES`
    dropout: float


RULES: Mapping[str, list[str]] = {
    "sum": [
        r"S_t &= S_{t-1} + v_t\, \phi(k_t)^\top, \quad z_t = z_{t-1} + \phi(k_t), "
        r"\quad \phi(a) = \operatorname{elu}(a) + 1",
        r"o_t &= S_t\, \phi(q_t) \,/\, (z_t^\top \phi(q_t))",
    ],
    "gated_delta": [
        r"\alpha_t,\, \beta_t &= \sigma(W_{a} n_t + b_{a}),\, "
        r"\sigma(W_{b} n_t + b_{b}), \quad \hat{k}_t = k_t / |k_t|, "
        r"\quad \hat{q}_t = q_t / |q_t|",
        r"S_t &= \alpha_t\, S_{t-1} (I - \beta_t\, \hat{k}_t \hat{k}_t^\top) "
        r"+ \beta_t\, v_t\, \hat{k}_t^\top",
        r"o_t &= S_t\, \hat{q}_t",
    ],
}
"""By the rule: how a head's memory is written and read, of one head i."""


def equations(shape: Shape, sizes: Sizes) -> str:
    H, N, L = shape.hidden, shape.heads, shape.layers
    drop, real, D = dropped(shape.dropout), notation.real, H // N
    given, given_shape = stream.given(sizes, H)
    every = notation.span("k", 1, L)
    gates = [
        rf"W_{{a}}^{{(k)}},\, W_{{b}}^{{(k)}} &\in {real(N, H)}, \quad {every}",
        rf"b_{{a}}^{{(k)}},\, b_{{b}}^{{(k)}} &\in {real(N)}, \quad {every}",
    ]
    return "\n\n".join(
        [
            notation.display(*Sinusoidal.equations(given, H, N, sizes.steps)),
            notation.repeated(
                L,
                rf"n &= \operatorname{{LN}}(h), \quad h \in {real(sizes.steps, H)}",
                r"q_t,\, k_t,\, v_t &= W_{Q,i} n_t,\, W_{K,i} n_t,\, W_{V,i} n_t "
                rf"\in {real(D)}, \quad i = 1, \dots, {N}",
                *RULES[shape.rule],
                r"h_t &\leftarrow h_t + " + drop % r"W_O\, [o_t]_{1, \dots, i}",
                r"h_t &\leftarrow h_t + "
                + drop % r"W_2 \operatorname{GELU}(W_1 \operatorname{LN}(h_t))",
            ),
            notation.display(stream.way_out(sizes, H, r"\operatorname{LN}(h_%s)")),
            notation.display(
                *block_shapes(H, N, 4, L),
                *(gates if shape.rule == "gated_delta" else ()),
                given_shape,
                *norms(GPT_2, H, 2 * L + 1),
            ),
        ]
    )


def diagram(shape: Shape, sizes: Sizes) -> str:
    H, N = shape.hidden, shape.heads
    D = H // N
    block = [
        f'enter["LayerNorm: {H}"] --> asked["q, k, v: {N} × {D}"]',
        f'asked --> kept["S: {N} × {D} × {D}"] --> read["S q: {N} × {D}"]',
        f'read --> project["W_O: {H}"] --> hidden["h + GELU: {H}"]',
        f"kept {notation.NEXT_STEP} kept",
    ]
    if shape.rule == "gated_delta":
        block += [
            f'enter --> forget["α = σ: {N}"] --> kept',
            f'enter --> write["β = σ: {N}"] --> kept',
        ]
    return stream.flowchart("linear attention", sizes, H, shape.layers, block)

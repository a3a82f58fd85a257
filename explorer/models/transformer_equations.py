"""The equations and the diagram of a Transformer, with the run's own shapes."""

from typing import NamedTuple

from explorer.models import notation
from explorer.models.base import Sizes
from explorer.models.block import all_heads, block_shapes, dropped
from explorer.models.positions import POSITIONS, PositionsName
from explorer.models.style import (
    BEND_NAMES,
    BENDS,
    CAP,
    NORM_NAMES,
    NORM_SIGNS,
    Style,
    norms,
)


class Shape(NamedTuple):
    """What they depend on, beside what the data asks for."""

    hidden: int  # H
    heads: int  # N
    layers: int
    feed_forward: int
    positions: PositionsName
    dropout: float
    style: Style
    mixed: bool
    """Whether each block is given what first came in once more."""
    tied: bool
    """Whether tokens leave through the matrix by which they came in."""
    capped: bool
    """Whether the logits of tokens are."""

    @property
    def LN(self) -> str:  # noqa: N802 - as the equations write it
        return NORM_SIGNS[self.style.norm]


def equations(shape: Shape, sizes: Sizes) -> str:
    H, N, L = shape.hidden, shape.heads, shape.layers
    display = notation.display
    given, given_shape = _given(sizes, H)
    answer, answer_shape = _answer(shape, sizes)
    blends = rf"a_k,\, b_k &\in {notation.real(1)}, \quad {notation.span('k', 1, L)}"
    return "\n\n".join(
        [
            display(
                *POSITIONS[shape.positions].equations(given, H, N, sizes.steps),
                *([r"h^{(0)} &= h"] if shape.mixed else []),
            ),
            notation.repeated(L, *_block(shape, sizes)),
            display(answer),
            display(
                *block_shapes(H, N, shape.feed_forward, L),
                *([blends] if shape.mixed else []),
                given_shape,
                *answer_shape,
                *norms(shape.style, H, 2 * L + 1),
            ),
        ]
    )


def _block(shape: Shape, sizes: Sizes) -> list[str]:
    """What one block does to the stream."""
    H, N, T = shape.hidden, shape.heads, sizes.steps
    D, LN, drop, real = H // N, shape.LN, dropped(shape.dropout), notation.real
    R = "R " if shape.positions == "rotary" else ""
    Q, K = (rf"({R}{x}_i)" if R else f"{x}_i" for x in "QK")
    bend = BENDS[shape.style.activation] % rf"{LN}(h) W_1^\top"
    return [
        *([r"h &\leftarrow a_k h + b_k h^{(0)}"] if shape.mixed else []),
        rf"n &= {LN}(h), \quad h \in {real(T, H)}",
        rf"Q_i,\, K_i,\, V_i &= n W_{{Q,i}}^\top,\, n W_{{K,i}}^\top,\, "
        rf"n W_{{V,i}}^\top \in {real(T, D)}, \quad i = 1, \dots, {N}",
        *(DIRECTIONS if shape.style.queries == "normalised" else []),
        rf"A_i &= \operatorname{{softmax}}\!\left(\frac{{{Q} {K}^\top}}"
        rf"{{\sqrt{{{D}}}}} + M\right) \in {real(T, T)}",
        *MASKS[sizes.causal, sizes.padded],
        r"h &\leftarrow h + " + drop % rf"[{all_heads(N)}]\, W_O^\top",
        r"h &\leftarrow h + " + drop % rf"{bend}\, W_2^\top",
    ]


DIRECTIONS = [
    r"Q_i,\, K_i &\leftarrow Q_i / \sqrt{\overline{Q_i^2} + 10^{-5}},\, "
    r"K_i / \sqrt{\overline{K_i^2} + 10^{-5}}"
]
"""Each query and key brought to one length: the means are over a step's D numbers."""


def _given(sizes: Sizes, H: int) -> tuple[str, str]:
    """How a step enters, and the shapes of what does that."""
    real = notation.real
    if sizes.symbols:
        return "E_{w_t}", rf"E &\in {real(sizes.symbols, H)}"
    shape = rf"W_x &\in {real(H, sizes.inputs)}, \quad b_x \in {real(H)}"
    return "W_x x_t + b_x", shape


def _answer(shape: Shape, sizes: Sizes) -> tuple[str, list[str]]:
    """How the answer leaves, and the shapes of what does only that."""
    T, H, LN = sizes.steps, shape.hidden, shape.LN
    outputs, real = sizes.outputs, notation.real
    own = [rf"V &\in {real(outputs, H)}, \quad d \in {real(outputs)}"]
    if sizes.task == "next_token":
        y = rf"{LN}(h) E^\top" if shape.tied else rf"{LN}(h) V^\top + d"
        if shape.capped:
            y = rf"{CAP:g} \tanh\left(\frac{{{y}}}{{{CAP:g}}}\right)"
        return rf"y &= {y} \in {real(T, outputs)}", [] if shape.tied else own
    read, answered = (
        (rf"\overline{{{LN}(h)}}", real(outputs))
        if sizes.task == "classify"
        else (rf"{LN}(h)", real(T, outputs))
    )
    return rf"y &= {read} V^\top + d \in {answered}", own


MASKS = {
    (True, False): [r"M_{ts} &= 0 \;\; (s \leq t), \quad -\infty \;\; (s > t)"],
    (False, False): [r"M_{ts} &= 0"],
    (False, True): [r"M_{ts} &= 0 \;\; (w_s \neq 0), \quad -\infty \;\; (w_s = 0)"],
}
"""By whether it is causal and padded: which steps s a step t may look at."""


def diagram(shape: Shape, sizes: Sizes) -> str:
    H, N = shape.hidden, shape.heads
    D, added = H // N, POSITIONS[shape.positions].added
    Q, K = ("R Q", "R K") if shape.positions == "rotary" else ("Q", "K")
    norm = f"{NORM_NAMES[shape.style.norm]}: {H}"
    if shape.style.queries == "normalised":
        Q, K = f"{Q}/|Q|", f"{K}/|K|"
    if sizes.symbols:
        source = f'token["w: {sizes.symbols}"] --> given["h = E[w]{added}: {H}"]'
    else:
        source = f'value["x: {sizes.inputs}"] --> given["h = W x + b{added}: {H}"]'
    tokens = sizes.task == "next_token"
    way_out = "E h" if tokens and shape.tied else "V h + d"
    if tokens and shape.capped:
        way_out = f"{CAP:g} tanh(({way_out}) / {CAP:g})"
    mean = 'mean["mean over t"] --> ' if sizes.task == "classify" else ""
    answer = f'{mean}answer["y = {way_out}: {sizes.outputs}"]'
    earlier = ", s ≤ t" if sizes.causal else ""
    wide = f"{BEND_NAMES[shape.style.activation]}: {H * shape.feed_forward}"
    entered = ["blend"] if shape.mixed else ["norm_1", "add_1"]
    lines = [
        source,
        f'subgraph block["× {shape.layers}"]',
        f'  norm_1["{norm}"] --> heads["{Q}, {K}, V: {N} × {D}"]',
        f'  heads --> seen["softmax(Q Kᵀ / √{D}) V{earlier}: {N} × {D}"]',
        f'  seen --> project["W_O: {H}"] --> add_1(("+"))',
        f'  add_1 --> norm_2["{norm}"]',
        f'  norm_2 --> wide["{wide}"]',
        f'  wide --> narrow["W_2: {H}"] --> add_2(("+"))',
        "  add_1 --> add_2",
        *([f'  blend["a h + b h₀: {H}"] --> norm_1'] if shape.mixed else []),
        *(["  blend --> add_1"] if shape.mixed else []),
        "end",
        *(f"given --> {first}" for first in entered),
        f'add_2 --> norm_3["{norm}"] --> {answer}',
    ]
    return "\n".join(["flowchart TB", *(f"  {line}" for line in lines)])

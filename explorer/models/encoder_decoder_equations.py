"""The equations and the diagram of an encoder-decoder, with the run's own shapes."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from explorer.models import notation
from explorer.models.base import Sizes
from explorer.models.block import all_heads, attention_shapes, block_shapes, dropped
from explorer.models.positions import POSITIONS, PositionsName
from explorer.models.style import GPT_2, norms


class Shape(NamedTuple):
    """What they depend on, beside what the data asks for."""

    hidden: int  # H
    heads: int  # N
    layers: int
    feed_forward: int
    positions: PositionsName
    dropout: float


def equations(shape: Shape, sizes: Sizes) -> str:
    H, N, layers = shape.hidden, shape.heads, shape.layers
    S, L, V = sizes.source, sizes.steps - sizes.source, sizes.outputs
    display, repeated, real = notation.display, notation.repeated, notation.real
    enter = POSITIONS[shape.positions].equations
    filled = r"M_{ts} = -\infty \;\; (w_s = 0)"
    later = r"M_{ts} = -\infty \;\; (s > t)"
    return "\n\n".join(
        [
            display(*enter("E_{w_t}", H, N, S)),
            repeated(
                layers,
                *_looked(shape, "h", _norm("h"), S, S, filled),
                _thought(shape, "h"),
            ),
            display(rf"m &= {_norm('h')} \in {real(S, H)}"),
            display(*map(_written, enter("E_{w_t}", H, N, L))),
            repeated(
                layers,
                *_under(OWN, _looked(shape, "g", _norm("g"), L, L, later)),
                *_under(CROSS, _looked(shape, "g", "m", L, S, filled)),
                *_under(OWN, [_thought(shape, "g")]),
            ),
            display(rf"y &= {_norm('g')} V^\top + d \in {real(L, V)}"),
            display(*_shapes(shape, sizes)),
        ]
    )


OWN, CROSS = r"\tilde", r"\hat"
"""Over the letters of the decoder's own matrices, and of those that look across."""


def _under(mark: str, lines: Iterable[str]) -> Iterator[str]:
    return (line.replace("W_", f"{mark}{{W}}_") for line in lines)


def _written(line: str) -> str:
    """How a step of the source enters, as a step of the target."""
    line = line.replace("h_t", "g_t").replace("p_", rf"{OWN}{{p}}_")
    return line.replace(r"p \in", rf"{OWN}{{p}} \in")


def _norm(h: str) -> str:
    return rf"\operatorname{{LN}}({h})"


def _looked(
    shape: Shape,
    asking: str,
    source: str,
    rows: int,
    columns: int,
    mask: str,
) -> tuple[str, ...]:
    """Attention of `asking` over `source`, and how it is added."""
    N, D = shape.heads, shape.hidden // shape.heads
    rotary = shape.positions == "rotary"
    Q, K = ("(R Q_i)", "(R K_i)") if rotary else ("Q_i", "K_i")
    square = notation.real(rows, columns)
    seen = dropped(shape.dropout) % rf"[{all_heads(N)}]\, W_O^\top"
    return (
        rf"Q_i &= {_norm(asking)} W_{{Q,i}}^\top,\; K_i = {source} W_{{K,i}}^\top,\; "
        rf"V_i = {source} W_{{V,i}}^\top",
        rf"A_i &= \operatorname{{softmax}}\!\left(\frac{{{Q} {K}^\top}}"
        rf"{{\sqrt{{{D}}}}} + M\right) \in {square}, \quad {mask}",
        rf"{asking} &\leftarrow {asking} + {seen}",
    )


def _thought(shape: Shape, h: str) -> str:
    inner = rf"\operatorname{{GELU}}({_norm(h)} W_1^\top)\, W_2^\top"
    return rf"{h} &\leftarrow {h} + " + dropped(shape.dropout) % inner


def _shapes(shape: Shape, sizes: Sizes) -> tuple[str, ...]:
    H, N, V, real = shape.hidden, shape.heads, sizes.outputs, notation.real
    L, R = shape.layers, shape.feed_forward
    return (
        rf"E &\in {real(sizes.symbols, H)}, \quad V \in {real(V, H)}, \quad "
        rf"d \in {real(V)}",
        *block_shapes(H, N, R, L),
        *block_shapes(H, N, R, L, OWN),
        *attention_shapes(H, H // N, N, L, rf"{CROSS}{{W}}"),
        *norms(GPT_2, H, 5 * L + 2),
    )


def diagram(shape: Shape, sizes: Sizes) -> str:
    H, N, layers = shape.hidden, shape.heads, shape.layers
    D, F, added = H // N, H * shape.feed_forward, POSITIONS[shape.positions].added
    Q, K = ("R Q", "R K") if shape.positions == "rotary" else ("Q", "K")
    seen = f"softmax({Q} {K}ᵀ / √{D}) V%s: {N} × {D}"
    lines = [
        f'source["w: {sizes.symbols}, {sizes.source} steps"] --> '
        f'read["h = E[w]{added}: {H}"]',
        f'subgraph encoder["× {layers}"]',
        f'  norm_1["LayerNorm: {H}"] --> look_1["{seen % ""}"]',
        f'  look_1 --> out_1["W_O: {H}"] --> add_1(("+"))',
        f'  add_1 --> think_1["LayerNorm, GELU: {F}, W_2: {H}"] --> add_2(("+"))',
        "  add_1 --> add_2",
        "end",
        "read --> norm_1",
        "read --> add_1",
        f'add_2 --> memory["m = LayerNorm: {H}"]',
        f'given["w: {sizes.symbols}, {sizes.steps - sizes.source} steps"] --> '
        f'write["g = E[w]{added}: {H}"]',
        f'subgraph decoder["× {layers} "]',
        f'  norm_2["LayerNorm: {H}"] --> look_2["{seen % ", s ≤ t"}"]',
        f'  look_2 --> out_2["W_O: {H}"] --> add_3(("+"))',
        f'  add_3 -- "{Q}" --> norm_3["LayerNorm: {H}"] --> '
        f'cross["{seen % ", s in source"}"]',
        f'  cross --> out_3["W_O: {H}"] --> add_4(("+"))',
        "  add_3 --> add_4",
        f'  add_4 --> think_2["LayerNorm, GELU: {F}, W_2: {H}"] --> add_5(("+"))',
        "  add_4 --> add_5",
        "end",
        "write --> norm_2",
        "write --> add_3",
        f'memory -- "{K}, V" --> cross',
        f'add_5 --> norm_4["LayerNorm: {H}"] --> '
        f'answer["y = V g + d: {sizes.outputs}"]',
    ]
    return "\n".join(["flowchart TB", *(f"  {line}" for line in lines)])

r"""The pieces that the models' equations and diagrams are put together from.

LaTeX inside Markdown, and mermaid flowcharts; letters and numbers, no prose, so that
they need no translation.
"""

import re
from collections.abc import Sequence

from explorer.models.base import Sizes
from explorer.models.forecast_heads import SIDE, Head

NEXT_STEP = '-. "t → t + 1" .->'
"""The edge of a diagram that leads into the next time step."""

STEP_BEFORE = '-. "t → t − 1" .->'
"""The edge of a diagram that leads into the time step before."""


def real(*shape: int) -> str:
    r"""The set of real arrays of a shape.

    >>> real(32, 1)
    '\\mathbb{R}^{32 \\times 1}'
    """
    size = r" \times ".join(map(str, shape))
    return rf"\mathbb{{R}}^{{{size}}}"


def display(*lines: str) -> str:
    """Lines of mathematics, aligned at their `&`, as one Markdown formula."""
    rows = " \\\\\n".join(lines)
    return f"$$\n\\begin{{aligned}}\n{rows}\n\\end{{aligned}}\n$$"


BLOCKS_OWN = re.compile(r"(W\}?_(?:\{[^{}]*\}|[A-Z0-9]))(?:\^(\\top))?")
"""A matrix of a block, with the sign that turns it."""


def repeated(times: int, *lines: str) -> str:
    """The same in a brace, once for each block k, with weights of its own."""
    rows = " \\\\\n".join(BLOCKS_OWN.sub(r"\1^{(k)\2}", line) for line in lines)
    return (
        f"$$\n\\left.\n\\begin{{aligned}}\n{rows}\n\\end{{aligned}}\n"
        rf"\right\}} \; {span('k', 1, times)}"
        "\n$$"
    )


def entry(sizes: Sizes, hidden: int) -> str:
    """The line that says what a recurrent network is given at time t."""
    if sizes.symbols:
        return (
            rf"x_t &= E_{{w_t}} \in {real(hidden)}, \quad "
            rf"E \in {real(sizes.symbols, hidden)}, \quad "
            rf"w_t \in \{{0, \dots, {sizes.symbols - 1}\}}"
        )
    return rf"x_t &\in {real(sizes.inputs)}, \quad t = 1, \dots, {sizes.steps}"


def span(letter: str, first: int, last: int) -> str:
    r"""What an index runs through.

    >>> span("k", 1, 1), span("k", 0, 1), span("k", 1, 4)
    ('k = 1', 'k = 0, 1', 'k = 1, \\dots, 4')
    """
    between = r", \dots" if last > first + 1 else ""
    return f"{letter} = {first}{between}" + (f", {last}" if last > first else "")


def stack(layers: int, dropout: float) -> list[str]:
    """The lines that say how recurrent layers stand on each other; none for one."""
    return stacked("x_t", "x_t", "h_t", layers, dropout)


def stacked(
    given: str, source: str, state: str, layers: int, dropout: float
) -> list[str]:
    """The same for other letters: a layer's input `given`, the first layer's `source`,
    and the `state` that a layer gives to the next."""
    if layers == 1:
        return []
    below = f"{state}^{{(k-1)}}"
    if dropout:
        below = rf"\operatorname{{dropout}}_{{{dropout:g}}}({below})"
    reach = span("k", 1, layers - 1)
    return [
        rf"{given}^{{(0)}} &= {source}, \quad {given}^{{(k)}} = {below}, \quad {reach}"
    ]


SUBSCRIPTED = re.compile(r"(?<![\\A-Za-z])([A-Za-z]_(?:\{[^{}]*\}|[a-z0-9]))")
ALONE = re.compile(r"(?<![\\A-Za-z])([WUb])(?=[ )])")


def in_layers(layers: int, *lines: str) -> list[str]:
    r"""A cell's lines as those of layer k; as they are where there is one layer.

    >>> in_layers(2, r"h_t &= \tanh(W x_t + b)")
    ['h_t^{(k)} &= \\tanh(W^{(k)} x_t^{(k)} + b^{(k)})']
    """
    if layers == 1:
        return list(lines)
    marked = (SUBSCRIPTED.sub(r"\1^{(k)}", line) for line in lines)
    return [ALONE.sub(r"\1^{(k)}", line) for line in marked]


ONE_WAY = ("",)
BOTH_WAYS = (r"\overrightarrow", r"\overleftarrow")
"""What is drawn over the letters of one net, or of two that read both ways."""


def named(letter: str, names: str, layer: str, marks: Sequence[str]) -> str:
    """A matrix or bias of every gate in `names` and of every net in `marks`."""
    index = f"_{{{names}}}" if names else ""
    letters = (f"{mark}{{{letter}}}" if mark else letter for mark in marks)
    return r",\, ".join(f"{one}{index}{layer}" for one in letters)


def shapes(
    names: str,
    width: int,
    hidden: int,
    layers: int,
    below: int | None = None,
    marks: Sequence[str] = ONE_WAY,
    apart: str = "",
) -> list[str]:
    """The lines with the shapes of all that a recurrent cell's step takes.

    Args:
        names: the letters of the gates, as in "r,z,n", which W, U and b have as an
            index; empty where there is one of each.
        width, hidden, layers: the run's own.
        below: how many numbers a layer gives to the next, where not `hidden`.
        marks: of each net that has weights of its own.
        apart: the gate whose two biases do not act as their sum.
    """
    lines = input_matrices(names, width, hidden, layers, below, marks)
    summed = ",".join(name for name in names.split(",") if name != apart)
    biases = in_every_layer("b", summed, real(hidden), layers, marks)
    return [
        *lines,
        in_every_layer("U", names, real(hidden, hidden), layers, marks),
        biases.replace(r"&\in", r"&= b_{ih} + b_{hh} \in"),
        *(
            in_every_layer(letter, apart, real(hidden), layers, marks)
            for letter in ("be" if apart else "")
        ),
    ]


def input_matrices(
    names: str,
    width: int,
    hidden: int,
    layers: int,
    below: int | None = None,
    marks: Sequence[str] = ONE_WAY,
) -> list[str]:
    """The lines of W, in the first layer and above; arguments as of `shapes`."""
    first = "^{(0)}" if layers > 1 else ""
    lines = [rf"{named('W', names, first, marks)} &\in {real(hidden, width)}"]
    if layers > 1:
        above = named("W", names, "^{(k)}", marks)
        reach = span("k", 1, layers - 1)
        lines.append(rf"{above} &\in {real(hidden, below or hidden)}, \quad {reach}")
    return lines


def input_shapes(names: str, width: int, hidden: int, layers: int) -> list[str]:
    """The shapes of W and b of gates that see the input alone."""
    biases = in_every_layer("b", names, real(hidden), layers, ONE_WAY)
    return [*input_matrices(names, width, hidden, layers), biases]


def in_every_layer(
    letter: str, names: str, shape: str, layers: int, marks: Sequence[str]
) -> str:
    """The line of a shape that is the same in all layers."""
    layer, reach = "", ""
    if layers > 1:
        layer, reach = "^{(k)}", rf", \quad {span('k', 0, layers - 1)}"
    return rf"{named(letter, names, layer, marks)} &\in {shape}{reach}"


def width_of(sizes: Sizes, hidden: int) -> int:
    """How many numbers the first layer is given at a step."""
    return hidden if sizes.symbols else sizes.inputs


def answer(sizes: Sizes, hidden: int, layers: int = 1) -> str:
    """The line that reads the answer out of the last layer's hidden state."""
    t = str(sizes.steps) if sizes.task == "classify" else "t"
    h = rf"h_{{{t}}}^{{({layers - 1})}}" if layers > 1 else rf"h_{{{t}}}"
    y = "y" if sizes.task == "classify" else "y_t"
    return (
        rf"{y} &= V {h} + d, \quad V \in {real(sizes.outputs, hidden)}, \quad "
        rf"d \in {real(sizes.outputs)}"
    )


def recurrent_diagram(
    title: str, sizes: Sizes, hidden: int, layers: int, cell: list[str]
) -> str:
    """A mermaid flowchart of a recurrent network.

    Args:
        title: the name of the cell, such as "LSTM".
        sizes, hidden, layers: the run's own.
        cell: the edges inside a layer. Two of its nodes must be there: `sum`, which
            the input goes into, and `hidden`, which the answer is read from. The names
            `token`, `given`, `layer` and `answer` are taken.
    """
    if sizes.symbols:
        source = f'token["w: {sizes.symbols}"] --> given["x = E[w]: {hidden}"]'
    else:
        source = f'given["x: {sizes.inputs}"]'
    lines = [
        source,
        f'subgraph layer["{layers} × {title}: H = {hidden}"]',
        *(f"  {line}" for line in cell),
        "end",
        "given --> sum",
        f'hidden --> answer["y = V h + d: {sizes.outputs}"]',
    ]
    return "\n".join(["flowchart LR", *(f"  {line}" for line in lines)])


def head_equations(head: Head) -> list[str]:
    """What a head makes of its numbers y_t, and what training lowers; nothing of one
    number."""
    if head == "gaussian":
        return [
            display(
                r"x_{t+1} &\sim \mathcal{N}(\mu_t, \sigma_t^2), \quad "
                r"\mu_t = y_{t,1}, \quad \ln \sigma_t^2 = y_{t,2}",
                r"-\ln p(x_{t+1}) &= \tfrac{1}{2} \left( \ln 2\pi + \ln \sigma_t^2 "
                r"+ (x_{t+1} - \mu_t)^2 / \sigma_t^2 \right)",
            )
        ]
    if head == "quantile":
        return [
            display(
                r"q_{0.5} &= y_{t,1}, \quad "
                r"q_{0.5 \pm 0.05 k} = q_{0.5 \pm 0.05 (k-1)} "
                rf"\pm \tfrac{{1}}{{{SIDE}}} \operatorname{{softplus}}(y_{{t,\pm k}}), "
                rf"\quad {span('k', 1, SIDE)}",
                r"\ell &= \operatorname{mean}_\tau \max\left(\tau (x_{t+1} - q_\tau), "
                r"(\tau - 1)(x_{t+1} - q_\tau)\right)",
            )
        ]
    return []

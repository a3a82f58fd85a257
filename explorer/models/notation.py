r"""The pieces that the models' equations and diagrams are put together from.

LaTeX inside Markdown, and mermaid flowcharts; letters and numbers, no prose, so that
they need no translation.
"""

from explorer.models.base import Sizes

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


def repeated(times: int, *lines: str) -> str:
    """The same in a brace with the number of times that they are applied."""
    rows = " \\\\\n".join(lines)
    return (
        f"$$\n\\left.\n\\begin{{aligned}}\n{rows}\n\\end{{aligned}}\n"
        rf"\right\}} \times {times}"
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


def stack(layers: int, dropout: float) -> list[str]:
    """The lines that say how recurrent layers stand on each other; none for one."""
    if layers == 1:
        return []
    below = r"h_t^{(k-1)}"
    if dropout:
        below = rf"\operatorname{{dropout}}_{{{dropout:g}}}(h_t^{{(k-1)}})"
    span = "k = " + ", ".join(map(str, range(1, layers)))
    return [rf"x_t^{{(0)}} &= x_t, \quad x_t^{{(k)}} = {below}, \quad {span}"]


def weights(
    names: str, sizes: Sizes, hidden: int, layers: int, below: int | None = None
) -> list[str]:
    """The lines with the shapes of W and U.

    Args:
        names: the letters of the gates, as in "r,z,n", which W and U have as an index;
            empty where there is one W and one U.
        sizes, hidden, layers: the run's own.
        below: how many numbers a layer gives to the next, where not `hidden`.
    """
    width = hidden if sizes.symbols else sizes.inputs
    W, U = (rf"{m}_{{{names}}}" if names else m for m in "WU")
    first = "^{(0)}" if layers > 1 else ""
    lines = [rf"{W}{first} &\in {real(hidden, width)}"]
    if layers > 1:
        given = real(hidden, below or hidden)
        lines.append(rf"{W}^{{(k)}} &\in {given}, \quad k \geq 1")
    return [*lines, rf"{U} &\in {real(hidden, hidden)}"]


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

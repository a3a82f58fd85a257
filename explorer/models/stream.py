"""A stream of H numbers per step, to which every block adds what it has found."""

from torch import nn

from explorer.models.base import Sizes
from explorer.models.notation import real, span


def entrance(sizes: Sizes, hidden: int) -> nn.Embedding | nn.Linear:
    """What makes H numbers of a token, or of the I numbers of a step."""
    if sizes.symbols:
        return nn.Embedding(sizes.symbols, hidden)
    return nn.Linear(sizes.inputs, hidden)


def given(sizes: Sizes, hidden: int) -> tuple[str, str]:
    """How a step enters the stream, and the shapes of what does that."""
    if sizes.symbols:
        return "E_{w_t}", rf"E &\in {real(sizes.symbols, hidden)}"
    shape = rf"W_x &\in {real(hidden, sizes.inputs)}, \quad b_x \in {real(hidden)}"
    return "W_x x_t + b_x", shape


def way_out(sizes: Sizes, hidden: int, state: str) -> str:
    """The line that reads the answer out of the stream.

    Args:
        state: what it is read from, as in "h_%s^{(2)}" with the time step left open.
    """
    t = f"{{{sizes.steps}}}" if sizes.task == "classify" else "t"
    y = "y" if sizes.task == "classify" else "y_t"
    return (
        rf"{y} &= V {state % t} + d, \quad "
        rf"V \in {real(sizes.outputs, hidden)}, \quad d \in {real(sizes.outputs)}"
    )


def between(layers: int, dropout: float) -> list[str]:
    """What a block is given where it is not just the stream: dropout hides some."""
    if layers == 1 or not dropout:
        return [rf"u_t^{{(k)}} &= h_t^{{(k-1)}}, \quad {span('k', 1, layers)}"]
    hidden = rf"\operatorname{{dropout}}_{{{dropout:g}}}(h_t^{{(k-1)}})"
    return [
        r"u_t^{(1)} &= h_t^{(0)}",
        rf"u_t^{{(k)}} &= {hidden}, \quad {span('k', 2, layers)}",
    ]


def flowchart(
    title: str, sizes: Sizes, hidden: int, layers: int, block: list[str]
) -> str:
    """A mermaid flowchart of blocks on a stream.

    Args:
        title: the name of the block, such as "LRU".
        sizes, hidden, layers: the run's own.
        block: the edges inside. Two of its nodes must be there: `enter`, which the
            stream goes into, and `hidden`, what it is afterwards. The names `token`,
            `value`, `given`, `layer` and `answer` are taken.
    """
    if sizes.symbols:
        source = f'token["w: {sizes.symbols}"] --> given["h = E[w]: {hidden}"]'
    else:
        source = f'value["x: {sizes.inputs}"] --> given["h = W x + b: {hidden}"]'
    lines = [
        source,
        f'subgraph layer["{layers} × {title}: H = {hidden}"]',
        *(f"  {line}" for line in block),
        "end",
        "given --> enter",
        "given --> hidden",
        f'hidden --> answer["y = V h + d: {sizes.outputs}"]',
    ]
    return "\n".join(["flowchart LR", *(f"  {line}" for line in lines)])

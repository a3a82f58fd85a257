r"""The bidirectional network: one reader from the front, one from the back.

    h> = cell(x, h> of the step before)     reads from the first step to the last
    h< = cell(x, h< of the step after)      reads from the last step to the first
    y  = V [h>, h<] + d                     side by side

Every step's answer has seen the whole sequence. So it can say what a step is, but not
what comes next: that it would have read already. The cell is an RNN's, LSTM's or GRU's,
with weights of its own in each direction.

Schuster and Paliwal (1997), Bidirectional recurrent neural networks.
https://doi.org/10.1109/78.650093
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from explorer.config.settings import Settings, setting
from explorer.errors import N_
from explorer.models import lstm, notation, rnn
from explorer.models.base import Line, ModelSpec, SequenceModel, Sizes, embed
from explorer.models.captures import (
    Capture,
    Probe,
    ignore,
    in_layer,
    reads_back,
    within,
)
from explorer.models.cells import CELLS, DESCRIPTIONS, CellName, State
from explorer.models.fields import dropout_field, hidden_size_field, layers_field

WAYS = ("forward", "backward")


class BidirectionalSettings(Settings):
    """What can be chosen of a bidirectional network."""

    hidden_size: int = hidden_size_field(
        N_(
            "How many numbers each of the two readers carries from step to step; an "
            "answer is made of both, twice as many."
        ),
    )
    layers: int = layers_field(
        N_("How many pairs of readers stand on each other, each reading both below."),
    )
    cell: CellName = setting(
        "lstm",
        N_("What each reader does at a step: as a plain RNN, an LSTM or a GRU."),
        title=N_("Cell"),
        choices={"rnn": N_("RNN"), "lstm": N_("LSTM"), "gru": N_("GRU")},
    )
    dropout: float = dropout_field()


class Bidirectional(SequenceModel):
    """x (B, T, I) or tokens (B, T) -> y (B, T, O), or (B, O) for the whole sequence."""

    activation: rnn.Activation = "tanh"

    def __init__(self, settings: BidirectionalSettings, sizes: Sizes) -> None:
        super().__init__()
        H = settings.hidden_size
        self.cell_name, self.cell = settings.cell, CELLS[settings.cell]
        self.embedding, width = embed(sizes, H)
        self.net = self.cell.net(  # type: ignore[call-arg]
            input_size=width,
            hidden_size=H,
            num_layers=settings.layers,
            batch_first=True,
            dropout=settings.dropout if settings.layers > 1 else 0.0,
            bidirectional=True,
        )
        if isinstance(self.net, nn.LSTM):
            lstm.open_forget_gates(self.net, 1.0)
        self.head = nn.Linear(2 * H, sizes.outputs)
        self.pooled = sizes.task == "classify"

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        x = self.embedding(x)  # (B, T, I or H)
        h = self.net(x)[0] if probe is ignore else self.written_out(x, probe)
        return self.readout(h)  # (B, T, O), or (B, O) for the whole sequence

    def readout(self, h: Tensor) -> Tensor:
        """Both readers' states (..., T, 2H) as answers (..., T, O) or (..., O)."""
        if self.pooled:
            forward, backward = h.chunk(2, -1)
            # where each of them has read everything
            h = torch.cat([forward[..., -1, :], backward[..., 0, :]], -1)
        return self.head(h)  # type: ignore[no-any-return]

    def weights(self, reader: int) -> tuple[Tensor, ...]:
        """W, U and the biases of a reader: layer k's forward 2k, its backward 2k + 1.

        Shapes as its cell has them.
        """
        return self.cell.weights(self.net.all_weights[reader])

    def written_out(self, x: Tensor, probe: Probe) -> Tensor:
        """What `self.net` computes, step by step: (B, T, I) -> (B, T, 2H)."""
        for k in range(self.net.num_layers):
            if k > 0:
                x = nn.functional.dropout(x, self.net.dropout, self.training)
            look = in_layer(probe, k)
            both = [self.read(x, 2 * k + d, way, look) for d, way in enumerate(WAYS)]
            # time first in memory, as in nn.LSTM: dropout then draws the same mask
            x = torch.cat(both, -1).transpose(0, 1)  # (B, T, 2H)
        return x

    def read(self, x: Tensor, reader: int, way: str, probe: Probe) -> Tensor:
        """One reader's states (T, B, H) over x (B, T, I), in the order of time."""
        weights = self.weights(reader)
        steps = x.unbind(1)
        zero = x.new_zeros(x.shape[0], self.net.hidden_size)
        state: State = (zero,) * self.cell.states
        hidden = []
        for x_t in steps if way == "forward" else reversed(steps):
            state = self.cell.following(x_t, state, weights, within(probe, way))
            hidden.append(state[0])
        return torch.stack(hidden if way == "forward" else hidden[::-1])


def lines(
    model: Bidirectional, reader: int, unit: int, x: Tensor, h: Tensor, c: Tensor
) -> list[Line]:
    """One step of one unit of a reader, in float64; h and c are those it comes from."""
    cell_lines = DESCRIPTIONS[model.cell_name].spec.lines
    assert cell_lines is not None  # every recurrent cell has them
    return cell_lines(model, reader, unit, x, h, c)


TITLES = {
    "input_gate": (N_("Input gate, forward"), N_("Input gate, backward")),
    "forget_gate": (N_("Forget gate, forward"), N_("Forget gate, backward")),
    "output_gate": (N_("Output gate, forward"), N_("Output gate, backward")),
    "reset_gate": (N_("Reset gate, forward"), N_("Reset gate, backward")),
    "update_gate": (N_("Update gate, forward"), N_("Update gate, backward")),
    "candidate": (N_("Candidate, forward"), N_("Candidate, backward")),
    "memory": (N_("Memory, forward"), N_("Memory, backward")),
    "hidden": (N_("Hidden state, forward"), N_("Hidden state, backward")),
}
"""By the cell's value: what it is called in each direction."""


def captures(settings: BidirectionalSettings) -> tuple[Capture, ...]:
    found = []
    for k in range(settings.layers):
        for capture in DESCRIPTIONS[settings.cell].captures(1):
            name = capture.name.removeprefix("layer_0.")
            for way, title in zip(WAYS, TITLES[name], strict=True):
                full = f"layer_{k}.{way}.{name}"
                found.append(capture._replace(name=full, title=title))
    return tuple(
        sorted(found, key=lambda c: (c.name.split(".")[0], reads_back(c.name)))
    )


FORWARD, BACKWARD = r"\overrightarrow{h}", r"\overleftarrow{h}"


def equations(settings: BidirectionalSettings, sizes: Sizes) -> str:
    H, L = settings.hidden_size, settings.layers
    cell = DESCRIPTIONS[settings.cell]
    step = (line.replace("t-1", "s") for line in cell.equations())
    width = notation.width_of(sizes, H)
    return "\n\n".join(
        [
            notation.display(
                notation.entry(sizes, H), *notation.stack(L, settings.dropout)
            ),
            notation.display(*_readers(settings, sizes)),
            notation.display(
                rf"{FORWARD}: \;\; s &= t - 1, \qquad {BACKWARD}: \;\; s = t + 1",
                *notation.in_layers(L, *step),
            ),
            notation.display(_answer(sizes, H, L)),
            notation.display(
                *cell.shapes(width, H, L, 2 * H, notation.BOTH_WAYS),
            ),
        ]
    )


def _readers(settings: BidirectionalSettings, sizes: Sizes) -> list[str]:
    """Both readers, where each begins, and what a step has of them."""
    name = rf"\operatorname{{{DESCRIPTIONS[settings.cell].title}}}"
    k = "^{(k)}" if settings.layers > 1 else ""
    zeros = [f"{FORWARD}_0{k} &= {BACKWARD}_{{{sizes.steps + 1}}}{k} = 0"]
    if CELLS[settings.cell].states == 2:
        starts = f"{FORWARD}_0{k}", f"{BACKWARD}_{{{sizes.steps + 1}}}{k}"
        ahead, back = (each.replace("{h}", "{c}") for each in starts)
        zeros.append(f"{ahead} &= {back} = 0")
    return [
        rf"{FORWARD}_t{k} &= {name}(x_t{k}, {FORWARD}_{{t-1}}{k})",
        rf"{BACKWARD}_t{k} &= {name}(x_t{k}, {BACKWARD}_{{t+1}}{k})",
        *zeros,
        rf"h_t{k} &= [{FORWARD}_t{k},\, {BACKWARD}_t{k}] \in "
        rf"{notation.real(2 * settings.hidden_size)}",
    ]


def _answer(sizes: Sizes, H: int, L: int) -> str:
    """The line that reads the answer out of both readers' states."""
    top = rf"^{{({L - 1})}}" if L > 1 else ""
    y, read = "y_t", f"h_t{top}"
    if sizes.task == "classify":
        last, first = f"{FORWARD}_{{{sizes.steps}}}{top}", f"{BACKWARD}_1{top}"
        y, read = "y", rf"[{last},\, {first}]"
    shapes = notation.real(sizes.outputs, 2 * H), notation.real(sizes.outputs)
    return rf"{y} &= V {read} + d, \quad V \in {shapes[0]}, \quad d \in {shapes[1]}"


def diagram(settings: BidirectionalSettings, sizes: Sizes) -> str:
    H, title = settings.hidden_size, DESCRIPTIONS[settings.cell].title
    if sizes.symbols:
        source = f'token["w: {sizes.symbols}"] --> given["x = E[w]: {H}"]'
    else:
        source = f'given["x: {sizes.inputs}"]'
    read = "[→h T, ←h 1]" if sizes.task == "classify" else "h"
    rows = [
        source,
        f'subgraph layer["{settings.layers} × {title} →, ←: H = {H}"]',
        f'  forward["→h = {title}: {H}"] --> both["h = [→h, ←h]: {2 * H}"]',
        f'  backward["←h = {title}: {H}"] --> both',
        f"  forward {notation.NEXT_STEP} forward",
        f"  backward {notation.STEP_BEFORE} backward",
        "end",
        "given --> forward",
        "given --> backward",
        f'both --> answer["y = V {read} + d: {sizes.outputs}"]',
    ]
    return "\n".join(["flowchart LR", *(f"  {row}" for row in rows)])


def cells(settings: BidirectionalSettings) -> dict[str, Callable[[Sizes], str]]:
    one = partial(DESCRIPTIONS[settings.cell].diagram, settings.hidden_size)
    return dict.fromkeys(WAYS, one)


SPEC = ModelSpec(
    name="bidirectional",
    title=N_("Bidirectional"),
    summary=N_(
        "Two recurrent readers, one from the front and one from the back, so that "
        "every answer has seen the whole sequence. For saying what something is, not "
        "what comes next."
    ),
    settings=BidirectionalSettings,
    make=Bidirectional,
    captures=captures,
    equations=equations,
    diagram=diagram,
    tasks=("classify", "tag", "transcribe"),
    order=50,
    lines=lines,
    cells=cells,
)

"""The recurrent cells as larger models use them: one step, its weights, its names."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from torch import Tensor, nn

from explorer.kernels import nets
from explorer.models import gru, lstm, notation, rnn
from explorer.models.base import ModelSpec, Sizes
from explorer.models.captures import Capture, Probe

CellName = Literal["rnn", "lstm", "gru"]
State = tuple[Tensor, ...]
"""h (B, H); of an LSTM h and c."""
Weights = tuple[Tensor, ...]
"""W, U and the biases that a cell keeps apart."""


class Cell(NamedTuple):
    """One kind of cell."""

    net: type[nn.RNNBase]
    states: int
    """2 where there is a memory beside the hidden state."""
    step: Callable[..., Any]
    """(x, *state, *weights, probe=...) -> the next state, or (h, c)."""
    biases: int
    """How many it keeps apart; elsewhere PyTorch's two act as their sum."""

    def weights(self, packed: Any) -> Weights:
        """What `step` takes, of one layer and direction of `nn.RNNBase.all_weights`."""
        W, U, b, e = packed
        return (W, U, b, e) if self.biases == 2 else (W, U, b + e)

    def following(
        self, x: Tensor, state: State, weights: Weights, probe: Probe
    ) -> State:
        """The state after x (B, I)."""
        found = self.step(x, *state, *weights, probe=probe)
        return found if isinstance(found, tuple) else (found,)


CELLS: Mapping[CellName, Cell] = {
    "rnn": Cell(nets.RNN, 1, rnn.cell, 1),
    "lstm": Cell(nn.LSTM, 2, lstm.cell, 1),
    "gru": Cell(nets.GRU, 1, gru.cell, 2),
}


class Description(NamedTuple):
    """How a kind of cell is described, and the file that it is the exhibit of."""

    title: str
    spec: ModelSpec
    names: str
    """The letters of its gates, as in W_i; empty where there are none."""
    equations: Callable[[], list[str]]
    apart: str = ""
    """The gate whose two biases do not act as their sum."""

    def shapes(
        self,
        width: int,
        hidden: int,
        layers: int,
        below: int | None = None,
        marks: Sequence[str] = notation.ONE_WAY,
    ) -> list[str]:
        """The shapes of all that a step takes; arguments as of `notation.shapes`."""
        return notation.shapes(
            self.names, width, hidden, layers, below, marks, self.apart
        )

    def diagram(self, hidden: int, sizes: Sizes) -> str:
        """The mermaid flowchart of one layer of it, so many units wide."""
        values = {"hidden_size": hidden, "layers": 1}
        settings = self.spec.settings.read(values, self.spec.name)
        return self.spec.diagram(settings, sizes)

    def captures(self, layers: int) -> tuple[Capture, ...]:
        """What can be read out of so many layers of it."""
        settings = self.spec.settings.read({"layers": layers}, self.spec.name)
        return self.spec.captures(settings)


DESCRIPTIONS: Mapping[CellName, Description] = {
    "rnn": Description("RNN", rnn.SPEC, "", rnn.step_equations),
    "lstm": Description("LSTM", lstm.SPEC, "i,f,o,g", lstm.step_equations),
    "gru": Description("GRU", gru.SPEC, "r,z,n", gru.step_equations, "n"),
}

r"""Sequence to sequence: one recurrent network reads the source, another writes.

    h_s  = Cell(E w_s, h_{s-1})                  the encoder, s = 1..S
    g_0  = tanh(B h_S + b)                       what it hands over (h and c of an LSTM)
    e_ts = v . tanh(W_a g_{t-1} + U_a h_s)       additive attention: how well s fits
    A_t  = softmax(e_t)
    g_t  = Cell([E w_t, sum_s A_ts h_s], g_{t-1})    the decoder, t = 1..L
    y_t  = V g_t + d

Without attention all that the decoder knows of the source is g_0, however long the
source was; with it, each written step looks at the source anew. An encoder of both
directions reads backwards too, and hands over what each direction had at its end.

Sutskever, Vinyals and Le (2014). https://arxiv.org/abs/1409.3215
Attention, and g_0: Bahdanau, Cho and Bengio (2015). https://arxiv.org/abs/1409.0473
Own words in training: Bengio et al. (2015), Scheduled sampling.
https://arxiv.org/abs/1506.03099
"""

from collections.abc import Callable
from functools import partial
from typing import Literal

import torch
from torch import Tensor, nn

from explorer.config.settings import Settings, setting
from explorer.errors import N_
from explorer.models.additive import Additive
from explorer.models.base import ModelSpec, SequenceModel, Sizes
from explorer.models.captures import (
    Capture,
    CaptureAxes,
    Probe,
    ignore,
    in_layer,
    within,
)
from explorer.models.cell_captures import PLACES, placed
from explorer.models.cells import CELLS, DESCRIPTIONS, CellName, State, Weights
from explorer.models.fields import dropout_field, hidden_size_field, layers_field
from explorer.models.seq2seq_equations import Written
from explorer.models.sources import last_token, turned


class Seq2SeqSettings(Settings):
    """What can be chosen of an encoder and a decoder."""

    hidden_size: int = hidden_size_field(
        N_(
            "How many numbers the encoder and the decoder carry from step to step. "
            "More can remember more, but learn and run more slowly."
        ),
        default=64,
    )
    layers: int = layers_field(
        N_("How many recurrent layers stand on each other, in encoder and decoder."),
    )
    cell: CellName = setting(
        "gru",
        N_("What carries the state from step to step."),
        title=N_("Cell"),
        choices={"lstm": N_("LSTM"), "gru": N_("GRU"), "rnn": N_("RNN")},
    )
    attention: Literal["additive", "none"] = setting(
        "additive",
        N_(
            "Whether each written step looks at the source anew, or has to do with "
            "what the encoder handed over at its end."
        ),
        title=N_("Attention"),
        choices={"additive": N_("additive"), "none": N_("none")},
    )
    directions: Literal["both", "one"] = setting(
        "both",
        N_("Whether a second encoder also reads the source backwards."),
        title=N_("Encoder reads"),
        choices={"both": N_("both ways"), "one": N_("forwards")},
    )
    teacher_forcing: float = setting(
        1.0,
        N_(
            "How often a training step is given the right word before it; else it is "
            "given the model's own likeliest word, as it will be when it writes alone."
        ),
        title=N_("Teacher forcing"),
        ge=0.0,
        le=1.0,
        step=0.05,
        more=True,
    )
    dropout: float = dropout_field()


class Seq2Seq(SequenceModel):
    """x (B, S + L) tokens -> logits (B, L, V), for any number L of target steps."""

    embedding: nn.Embedding

    def __init__(self, settings: Seq2SeqSettings, sizes: Sizes) -> None:
        super().__init__()
        H, both = settings.hidden_size, settings.directions == "both"
        self.cell = CELLS[settings.cell]
        self.source, self.hidden, self.layers = sizes.source, H, settings.layers
        self.forcing, self.dropout = settings.teacher_forcing, settings.dropout
        attends = settings.attention == "additive"
        K = 2 * H if both else H
        self.embedding = nn.Embedding(sizes.symbols, H)
        self.encoder = self.stack(H, K)
        self.backward_encoder = self.stack(H, K) if both else None
        self.bridge = nn.ModuleList(
            nn.Linear(K, self.cell.states * H) for _ in range(self.layers)
        )
        self.attention = Additive(H, K) if attends else None
        self.decoder = self.stack(H + K if attends else H, H)
        self.head = nn.Linear(H, sizes.outputs)

    def stack(self, entered: int, below: int) -> nn.ModuleList:
        """Layers of the cell; the first is given `entered`, the others `below`."""
        widths = [entered] + [below] * (self.layers - 1)
        return nn.ModuleList(
            self.cell.net(  # type: ignore[call-arg]
                input_size=width, hidden_size=self.hidden, batch_first=True
            )
            for width in widths
        )

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        S = self.source
        entered = self.embedding(x)  # (B, S + L, H)
        last = last_token(x[:, :S])
        h, states = self.encode(entered[:, :S], last, probe)
        forced = not self.training or self.forcing == 1
        if forced and self.attention is None:
            return self.readout(self.decode(entered[:, S:], states, probe))
        return self.write(entered[:, S:], h, states, last, probe)

    def encode(
        self, h: Tensor, last: Tensor, probe: Probe
    ) -> tuple[Tensor, list[State]]:
        """The source (B, S, K) as it was read, and each decoder layer's first state.

        Args:
            h: the embedded source (B, S, H).
            last: (B,), the place of the last token.
            probe: is given the encoder's values.
        """
        states = []
        turn = turned(last, h.shape[1])[..., None]  # (B, S, 1)
        ends = last[:, None, None].expand(-1, 1, self.hidden)
        nothing = (h.new_zeros(h.shape[0], self.hidden),) * self.cell.states
        for k in range(self.layers):
            h, look = self.drop(h, k), in_layer(probe, k)
            read = self.run(self.encoder[k], h, nothing, within(look, "encoder"))
            end = read.gather(1, ends)[:, 0]  # (B, H)
            if self.backward_encoder is not None:
                # a gather by `turn` puts the tokens in the other order, and back again
                x = h.gather(1, turn.expand_as(h))
                back = self.run(self.backward_encoder[k], x, nothing, ignore)
                back = back.gather(1, turn.expand_as(back))
                back = look("backward.hidden", back)  # all steps, in the text's order
                read, end = torch.cat([read, back], -1), torch.cat([end, back[:, 0]], 1)
            h = read
            states.append(tuple(self.bridge[k](end).tanh().chunk(self.cell.states, 1)))
        return h, states

    def decode(self, g: Tensor, states: list[State], probe: Probe) -> Tensor:
        """All target steps, layer by layer: (B, L, H) -> (B, L, H)."""
        for k, layer in enumerate(self.decoder):
            look = within(in_layer(probe, k), "decoder")
            g = self.run(layer, self.drop(g, k), states[k], look)
        return g

    def write(
        self, given: Tensor, h: Tensor, states: list[State], last: Tensor, probe: Probe
    ) -> Tensor:
        """All target steps, one after the other: logits (B, L, V).

        Args:
            given: the embedded target, beginning first (B, L, H).
            h, states, last: as of `encode`.
            probe: is given the decoder's values and the attention.
        """
        B, L, _ = given.shape
        places = torch.arange(h.shape[1], device=h.device)
        filled = places > last[:, None]  # (B, S)
        keys = h if self.attention is None else self.attention.key(h)
        looks = [in_layer(probe, k) for k in range(self.layers)]
        free = self.freely(B, L) if self.training and self.forcing < 1 else None
        weights = [self.weights_of(layer) for layer in self.decoder]
        states = list(states)
        answers: list[Tensor] = []
        for t in range(L):
            g = given[:, t]
            if free is not None and t > 0:
                own = self.embedding.weight[answers[-1].argmax(-1)]
                g = torch.where(free[:, t, None], own, g)
            if self.attention is not None:
                top = states[-1][0]
                cross = within(looks[-1], "cross")
                g = torch.cat([g, self.attention(top, h, keys, filled, cross)], -1)
            for k in range(self.layers):
                g, look = self.drop(g, k), within(looks[k], "decoder")
                states[k] = self.cell.following(g, states[k], weights[k], look)
                g = states[k][0]
            answers.append(self.readout(g))
        return torch.stack(answers, 1)

    def freely(self, windows: int, steps: int) -> Tensor:
        """Where the model's own word is given (B, L), drawn anew for each."""
        return torch.rand(windows, steps) >= self.forcing

    def run(self, layer: nn.Module, x: Tensor, state: State, probe: Probe) -> Tensor:
        """One layer over x (B, T, I), from a state on: (B, T, H)."""
        if probe is ignore:
            first = [s[None] for s in state]  # 1 layer
            h: Tensor = layer(x, tuple(first) if len(first) > 1 else first[0])[0]
            return h
        weights, steps = self.weights_of(layer), []
        for x_t in x.unbind(1):
            state = self.cell.following(x_t, state, weights, probe)
            steps.append(state[0])
        # time first in memory, as in nn.LSTM: dropout then draws the same mask
        return torch.stack(steps).transpose(0, 1)

    def weights_of(self, layer: nn.Module) -> Weights:
        """A layer's weights as its cell takes them."""
        assert isinstance(layer, nn.RNNBase)
        return self.cell.weights(layer.all_weights[0])

    def drop(self, x: Tensor, layer: int) -> Tensor:
        """Dropout between layers: the first is given all."""
        return nn.functional.dropout(x, self.dropout, self.training and layer > 0)


def captures(settings: Seq2SeqSettings) -> tuple[Capture, ...]:
    found = [
        placed(capture, place, part)
        for place, part in PLACES
        for capture in DESCRIPTIONS[settings.cell].captures(settings.layers)
    ]
    if settings.directions == "both":
        found += [
            Capture(
                f"layer_{k}.backward.hidden",
                "hidden",
                N_("Backward encoder: hidden state"),
                CaptureAxes,
                -1.0,
                1.0,
                True,
                "source",
            )
            for k in range(settings.layers)
        ]
    if settings.attention == "additive":
        found.append(
            Capture(
                f"layer_{settings.layers - 1}.cross.attention",
                "attention",
                N_("Cross-attention"),
                ("head", "query", "key"),
                0.0,
                1.0,
                part="target",
                keys="source",
            )
        )
    return tuple(found)


def equations(settings: Seq2SeqSettings, sizes: Sizes) -> str:
    return _written(settings, sizes).page()


def diagram(settings: Seq2SeqSettings, sizes: Sizes) -> str:
    return _written(settings, sizes).diagram()


def _written(settings: Seq2SeqSettings, sizes: Sizes) -> Written:
    return Written(
        settings.cell,
        settings.hidden_size,
        settings.layers,
        settings.dropout,
        settings.directions == "both",
        settings.attention == "additive",
        sizes,
    )


def cells(settings: Seq2SeqSettings) -> dict[str, Callable[[Sizes], str]]:
    one = partial(DESCRIPTIONS[settings.cell].diagram, settings.hidden_size)
    return {"encoder": one, "decoder": one}


SPEC = ModelSpec(
    name="seq2seq",
    title=N_("Encoder and decoder (seq2seq)"),
    summary=N_(
        "One recurrent network reads the source to its end, another writes the answer. "
        "With attention, each written word looks back at the words that were read."
    ),
    settings=Seq2SeqSettings,
    make=Seq2Seq,
    captures=captures,
    equations=equations,
    diagram=diagram,
    tasks=("translate",),
    cells=cells,
    order=60,
)

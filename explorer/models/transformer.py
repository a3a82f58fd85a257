r"""The Transformer: every step looks back at all steps before it, and weighs them.

    Q, K, V = W_Q n, W_K n, W_V n           for each head, of n = LayerNorm(h)
    A = softmax(Q K^T / sqrt(D))            with weight 0 on every later step
    h' = h + W_O [A V of every head]        heads side by side, then projected
    h" = h' + W_2 gelu(W_1 LayerNorm(h'))   one block; the next goes on from h"
    y = V LayerNorm(h")                     after the last block

Nothing is carried from step to step, so all steps are computed at once. Blocks have no
biases, and tokens share one matrix between the way in and the way out, as in GPT-2; the
ways to do otherwise stand in style.py.

Vaswani et al. (2017), Attention is all you need. https://arxiv.org/abs/1706.03762
Pre-norm: Xiong et al. (2020). https://arxiv.org/abs/2002.04745
Rotary positions: Su et al. (2021), RoFormer. https://arxiv.org/abs/2104.09864
"""

from typing import Any

from torch import Tensor, nn

from explorer.config.settings import Settings
from explorer.errors import N_
from explorer.models import transformer_equations as written
from explorer.models.base import ModelSpec, Preset, SequenceModel, Sizes
from explorer.models.block import Block, initialise
from explorer.models.captures import (
    Capture,
    Probe,
    Recorder,
    ignore,
    in_layer,
    signed,
)
from explorer.models.fields import (
    block_dropout_field,
    feed_forward_field,
    head_field,
    heads_field,
    hidden_size_field,
    layers_field,
)
from explorer.models.forecast_heads import Head
from explorer.models.mixing import Mixed
from explorer.models.positions import (
    MAX_HIDDEN_SIZE,
    POSITIONS,
    PositionsName,
    check_heads,
    positions_field,
)
from explorer.models.style import (
    ActivationName,
    Blend,
    LogitsName,
    MixingName,
    NormName,
    OutputsName,
    QueriesName,
    Style,
    WayOutName,
    activation_field,
    capped,
    logits_field,
    mixing_field,
    norm_field,
    norm_of,
    outputs_field,
    queries_field,
    way_out_field,
)


class TransformerSettings(Settings):
    """What can be chosen of a Transformer."""

    hidden_size: int = hidden_size_field(
        N_(
            "How many numbers describe each step. The heads share them out evenly; "
            "more can tell more apart, but learn and run more slowly."
        ),
        most=MAX_HIDDEN_SIZE,
    )
    layers: int = layers_field(
        N_(
            "How many blocks of attention and feed-forward stand on each other. "
            "Copying a pattern seen before takes at least two."
        ),
        default=2,
        most=6,
    )
    heads: int = heads_field(4)
    feed_forward: int = feed_forward_field()
    positions: PositionsName = positions_field("learned")
    norm: NormName = norm_field()
    queries: QueriesName = queries_field()
    feed_forward_activation: ActivationName = activation_field()
    outputs: OutputsName = outputs_field()
    mixing: MixingName = mixing_field()
    way_out: WayOutName = way_out_field()
    logits: LogitsName = logits_field()
    dropout: float = block_dropout_field()
    head: Head = head_field()


def style_of(settings: TransformerSettings) -> Style:
    """What its blocks are made of."""
    return Style(settings.norm, settings.queries, settings.feed_forward_activation)


class Transformer(SequenceModel):
    """x (B, T, I) or tokens (B, T) -> y (B, T, O).

    Raises:
        ExplorerError: if the heads do not divide the hidden size; if rotary positions
            meet an odd head width; if learned ones meet a longer sequence than T.
    """

    block: type[Block] = Block

    def __init__(self, settings: TransformerSettings, sizes: Sizes) -> None:
        super().__init__()
        H, N = settings.hidden_size, settings.heads
        check_heads(H, N)
        self.dropout = settings.dropout
        self.embedding: nn.Embedding | nn.Linear = (
            nn.Embedding(sizes.symbols, H)
            if sizes.symbols
            else nn.Linear(sizes.inputs, H)
        )
        self.positions = POSITIONS[settings.positions](H, N, sizes.steps)
        style = style_of(settings)
        made = (H, N, settings.feed_forward, settings.dropout, sizes.causal, style)
        self.blocks = nn.ModuleList(self.block(*made) for _ in range(settings.layers))
        self.blends = (
            nn.ModuleList(Blend() for _ in range(settings.layers))
            if settings.mixing == "first"
            else None
        )
        self.norm = norm_of(style, H)
        tokens = sizes.task == "next_token"
        # tokens leave through the matrix by which they entered
        self.tied = tokens and settings.way_out == "shared"
        self.capped = tokens and settings.logits == "capped"
        self.pooled = sizes.task == "classify"
        self.padded = sizes.padded
        self.head = nn.Identity() if self.tied else nn.Linear(H, sizes.outputs)
        initialise(self, settings.layers, settings.outputs)

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        h = self.stream(x, len(self.blocks), probe)
        return self.readout(h)  # (B, T, O), or (B, O) for the whole sequence

    def last_answer(self, x: Tensor) -> Tensor:
        """As in `SequenceModel`: the last block is asked for the last step alone."""
        below, first = len(self.blocks) - 1, self.positions.enter(self.embedding(x))
        h = self.given(below, self.stream(x, below), first)
        block: Any = self.blocks[below]
        return self.readout(block.last(h, self.positions, self.filled(x)))

    def stream(self, x: Tensor, blocks: int, probe: Probe = ignore) -> Tensor:
        """The residual stream (B, T, H) after so many blocks, as the next one or the
        way out is given it."""
        entered = self.positions.enter(self.embedding(x))  # (B, T, H)
        first = h = nn.functional.dropout(entered, self.dropout, self.training)
        filled = self.filled(x)
        for k in range(blocks):
            h = self.blocks[k](
                self.given(k, h, first), self.positions, in_layer(probe, k), filled
            )
        return h

    def given(self, block: int, h: Tensor, first: Tensor) -> Tensor:
        """What a block is given: the stream, with what first came in or without."""
        blend = self.blends[block] if self.blends is not None else None
        return h if blend is None else blend(h, first)

    def filled(self, x: Tensor) -> Tensor | None:
        """The places (B, 1, 1, T) that only fill a window up."""
        return (x == 0)[:, None, None] if self.padded else None

    def readout(self, h: Tensor) -> Tensor:
        """As in `SequenceModel`, after the last norm; tokens leave as they came in."""
        h = self.norm(h)
        if self.pooled:
            h = h.mean(-2)  # every step has seen the whole sequence
        if self.tied:
            h = nn.functional.linear(h, self.embedding.weight)  # (B, T, V)
        y: Tensor = self.head(h)
        return capped(y) if self.capped else y


def mixing(model: "Transformer", layer: int, x: Tensor) -> Mixed:
    """Attention itself, and what each head sees by it on the fast path."""
    look, place = Recorder(), f"layer_{layer}.attention"
    model(x, look)
    first = model.positions.enter(model.embedding(x))
    h = model.given(layer, model.stream(x, layer), first)
    block: Any = model.blocks[layer]
    turn = model.positions.turn
    Q, K, V = block.asked(h)
    seen = block.attend(turn(Q), turn(K), V, ignore, model.filled(x))
    weights, values, result = (v[0].double() for v in (look.values()[place], V, seen))
    return Mixed(weights, values, result, N_("What each head sees"), layer > 0)


def captures(settings: TransformerSettings) -> tuple[Capture, ...]:
    axes = ("head", "query", "key")
    return tuple(
        capture
        for k in range(settings.layers)
        for capture in (
            Capture(
                f"layer_{k}.attention", "attention", N_("Attention"), axes, 0.0, 1.0
            ),
            signed(k, "hidden", "hidden", N_("Residual stream"), 3.0),
        )
    )


def equations(settings: TransformerSettings, sizes: Sizes) -> str:
    return written.equations(_shape(settings), sizes)


def diagram(settings: TransformerSettings, sizes: Sizes) -> str:
    return written.diagram(_shape(settings), sizes)


def _shape(settings: TransformerSettings) -> written.Shape:
    return written.Shape(
        settings.hidden_size,
        settings.heads,
        settings.layers,
        settings.feed_forward,
        settings.positions,
        settings.dropout,
        style_of(settings),
        settings.mixing == "first",
        settings.way_out == "shared",
        settings.logits == "capped",
    )


SPEEDRUN = Preset(
    "speedrun",
    N_("Speedrun"),
    N_(
        "What makes a Transformer of characters learn in a sixth of the steps: queries "
        "and keys are normalised, projections begin at zero, positions are turned, "
        "every layer sees the tokens again, Muon moves the matrices at four times the "
        "usual rate, and the rate falls in a straight line to zero."
    ),
    {
        "model.layers": 3,
        "model.heads": 4,
        "model.hidden_size": 128,
        "model.positions": "rotary",
        "model.queries": "normalised",
        "model.outputs": "zero",
        "model.mixing": "first",
        "training.optimizer": "muon",
        "training.learning_rate": 0.02,
        "training.schedule": "linear",
        "training.batch_size": 12,
        "training.steps": 330,
    },
)

SPEC = ModelSpec(
    name="transformer",
    title=N_("Transformer"),
    summary=N_(
        "Every step looks back at all steps before it and takes what it needs. Nothing "
        "is carried along, so a distant step is as near as the last one."
    ),
    settings=TransformerSettings,
    make=Transformer,
    captures=captures,
    equations=equations,
    diagram=diagram,
    attends=True,
    rate=0.005,
    mixing=mixing,
    presets=(SPEEDRUN,),
    tasks=("forecast", "next_token", "classify", "tag"),
    order=40,
)

r"""The encoder-decoder Transformer: one half reads the source, the other writes.

    m = LayerNorm(Encoder(source))                every step looks at the whole source
    Q = W_Q LayerNorm(g);  K, V = W_K m, W_V m    cross-attention, for each head:
    A = softmax(Q K^T / sqrt(D))                  a written step looks at the source
    g' = g + W_O [A V of every head]
    y = V LayerNorm(g) + d                        after the decoder's last block

A block of the decoder looks back at what is written so far, then at the source, then
thinks. All steps of a known target are learned from at once; to translate, the decoder
is given its own words, one after the other.

Vaswani et al. (2017), Attention is all you need. https://arxiv.org/abs/1706.03762
Pre-norm: Xiong et al. (2020). https://arxiv.org/abs/2002.04745
"""

from torch import Tensor, nn

from explorer.config.settings import Settings
from explorer.errors import N_
from explorer.models import encoder_decoder_equations as written
from explorer.models.base import ModelSpec, SequenceModel, Sizes
from explorer.models.block import (
    Block,
    attend,
    initialise,
)
from explorer.models.captures import (
    Capture,
    CaptureAxes,
    Part,
    Probe,
    ignore,
    in_layer,
    within,
)
from explorer.models.fields import (
    block_dropout_field,
    feed_forward_field,
    heads_field,
    hidden_size_field,
    layers_field,
)
from explorer.models.positions import (
    MAX_HIDDEN_SIZE,
    POSITIONS,
    Positions,
    PositionsName,
    check_heads,
    positions_field,
)
from explorer.models.sources import filled_places


class EncoderDecoderSettings(Settings):
    """What can be chosen of an encoder-decoder Transformer."""

    hidden_size: int = hidden_size_field(
        N_(
            "How many numbers describe each step. The heads share them out evenly; "
            "more can tell more apart, but learn and run more slowly."
        ),
        default=64,
        most=MAX_HIDDEN_SIZE,
    )
    layers: int = layers_field(
        N_("How many blocks stand on each other, in the encoder and in the decoder."),
        most=6,
    )
    heads: int = heads_field(1)
    feed_forward: int = feed_forward_field()
    positions: PositionsName = positions_field("learned")
    dropout: float = block_dropout_field()


def block_of(settings: EncoderDecoderSettings, causal: bool) -> Block:
    return Block(
        settings.hidden_size,
        settings.heads,
        settings.feed_forward,
        settings.dropout,
        causal,
    )


class DecoderBlock(nn.Module):
    """A causal block that looks at the source between looking back and thinking."""

    def __init__(self, settings: EncoderDecoderSettings) -> None:
        super().__init__()
        H = settings.hidden_size
        self.block = block_of(settings, causal=True)
        self.cross_norm = nn.LayerNorm(H, bias=False)
        self.cross_query = nn.Linear(H, H, bias=False)  # W_Q
        self.cross_in = nn.Linear(H, 2 * H, bias=False)  # W_K, W_V
        self.cross_out = nn.Linear(H, H, bias=False)  # W_O

    def forward(
        self,
        g: Tensor,
        m: Tensor,
        positions: tuple[Positions, Positions],
        filled: Tensor,
        probe: Probe = ignore,
    ) -> Tensor:
        """g (B, L, H), m (B, S, H), positions of both -> (B, L, H)."""
        own = within(probe, "decoder")
        g = self.block.look(g, positions[0], own, None)
        g = self.cross(g, m, positions, filled, within(probe, "cross"))
        return own("hidden", self.block.think(g))

    def cross(
        self,
        g: Tensor,
        m: Tensor,
        positions: tuple[Positions, Positions],
        filled: Tensor,
        probe: Probe,
    ) -> Tensor:
        """What is written, g (B, L, H), takes what it needs of the source, m."""
        B, L, H = g.shape
        N = self.block.heads
        Q = self.cross_query(self.cross_norm(g)).view(B, L, N, -1).transpose(1, 2)
        both = self.cross_in(m).view(B, m.shape[1], 2, N, -1)
        K, V = both.permute(2, 0, 3, 1, 4)  # 2 x (B, N, S, D)
        Q, K = positions[0].turn(Q), positions[1].turn(K)
        dropout = self.block.dropout if self.training else 0.0
        seen = attend(Q, K, V, probe, dropout, filled=filled)  # (B, N, L, D)
        seen = seen.transpose(1, 2).reshape(B, L, H)
        return g + self.block.drop(self.cross_out(seen))


class EncoderDecoder(SequenceModel):
    """x (B, S + L) tokens -> logits (B, L, V), for any number L of target steps.

    Raises:
        ExplorerError: if the heads do not divide the hidden size; if rotary positions
            meet an odd head width; if learned ones meet a longer target.
    """

    def __init__(self, settings: EncoderDecoderSettings, sizes: Sizes) -> None:
        super().__init__()
        H, N, S = settings.hidden_size, settings.heads, sizes.source
        check_heads(H, N)
        self.source = S
        self.dropout = settings.dropout
        self.embedding = nn.Embedding(sizes.symbols, H)
        ways = POSITIONS[settings.positions]
        self.source_positions = ways(H, N, S)
        self.target_positions = ways(H, N, sizes.steps - S)
        self.encoder = nn.ModuleList(
            block_of(settings, causal=False) for _ in range(settings.layers)
        )
        self.encoder_norm = nn.LayerNorm(H, bias=False)
        self.decoder = nn.ModuleList(
            DecoderBlock(settings) for _ in range(settings.layers)
        )
        self.norm = nn.LayerNorm(H, bias=False)
        self.head = nn.Linear(H, sizes.outputs)
        initialise(self, settings.layers)

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        S = self.source
        entered = self.embedding(x)  # (B, S + L, H)
        filled = filled_places(x[:, :S])
        m = self.encode(entered[:, :S], filled, probe)  # (B, S, H)
        g = self.drop(self.target_positions.enter(entered[:, S:]))  # (B, L, H)
        positions = self.target_positions, self.source_positions
        for k, block in enumerate(self.decoder):
            g = block(g, m, positions, filled, in_layer(probe, k))
        return self.readout(g)  # (B, L, V)

    def encode(self, entered: Tensor, filled: Tensor, probe: Probe) -> Tensor:
        """The source as the decoder sees it: (B, S, H), from its embedding."""
        h = self.drop(self.source_positions.enter(entered))
        for k, block in enumerate(self.encoder):
            own = within(in_layer(probe, k), "encoder")
            h = block(h, self.source_positions, own, filled)
        return self.encoder_norm(h)  # type: ignore[no-any-return]

    def readout(self, h: Tensor) -> Tensor:
        """As in `SequenceModel`, after the decoder's last norm."""
        return self.head(self.norm(h))  # type: ignore[no-any-return]

    def drop(self, x: Tensor) -> Tensor:
        return nn.functional.dropout(x, self.dropout, self.training)


def captures(settings: EncoderDecoderSettings) -> tuple[Capture, ...]:
    return tuple(
        capture
        for k in range(settings.layers)
        for capture in (
            _map(k, "cross", N_("Cross-attention"), "target", "source"),
            _map(k, "decoder", N_("Decoder attention"), "target", "target"),
            _map(k, "encoder", N_("Encoder attention"), "source", "source"),
            _stream(k, "decoder", N_("Decoder's residual stream"), "target"),
            _stream(k, "encoder", N_("Encoder's residual stream"), "source"),
        )
    )


def _map(layer: int, place: str, title: str, part: Part, keys: Part) -> Capture:
    name, axes = f"layer_{layer}.{place}.attention", ("head", "query", "key")
    return Capture(name, "attention", title, axes, 0.0, 1.0, part=part, keys=keys)


def _stream(layer: int, place: str, title: str, part: Part) -> Capture:
    name = f"layer_{layer}.{place}.hidden"
    return Capture(name, "hidden", title, CaptureAxes, -3.0, 3.0, True, part)


def _shape(settings: EncoderDecoderSettings) -> written.Shape:
    return written.Shape(
        settings.hidden_size,
        settings.heads,
        settings.layers,
        settings.feed_forward,
        settings.positions,
        settings.dropout,
    )


def equations(settings: EncoderDecoderSettings, sizes: Sizes) -> str:
    return written.equations(_shape(settings), sizes)


def diagram(settings: EncoderDecoderSettings, sizes: Sizes) -> str:
    return written.diagram(_shape(settings), sizes)


SPEC = ModelSpec(
    name="encoder_decoder",
    title=N_("Encoder-decoder Transformer"),
    summary=N_(
        "One half reads the whole source, the other writes token by token, and at each "
        "of them looks at the place in the source that it needs."
    ),
    settings=EncoderDecoderSettings,
    make=EncoderDecoder,
    captures=captures,
    equations=equations,
    diagram=diagram,
    attends=True,
    rate=0.005,
    tasks=("translate",),
    order=70,
)

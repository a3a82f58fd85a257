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

import math

from torch import Tensor, nn

from explorer.config import Settings
from explorer.errors import N_
from explorer.models import notation
from explorer.models.base import (
    Capture,
    CaptureAxes,
    ModelSpec,
    Part,
    Probe,
    SequenceModel,
    Sizes,
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
from explorer.models.transformer import Block, TransformerSettings, attend
from explorer.tasks import FILLED


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

    def block(self) -> TransformerSettings:
        """The same choices, as a Transformer's block takes them."""
        return TransformerSettings(**vars(self))


class DecoderBlock(nn.Module):
    """A causal block that looks at the source between looking back and thinking."""

    def __init__(self, settings: EncoderDecoderSettings) -> None:
        super().__init__()
        H = settings.hidden_size
        self.block = Block(settings.block(), causal=True)
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
            Block(settings.block(), causal=False) for _ in range(settings.layers)
        )
        self.encoder_norm = nn.LayerNorm(H, bias=False)
        self.decoder = nn.ModuleList(
            DecoderBlock(settings) for _ in range(settings.layers)
        )
        self.norm = nn.LayerNorm(H, bias=False)
        self.head = nn.Linear(H, sizes.outputs)
        self.initialise(settings.layers)

    def initialise(self, layers: int) -> None:
        """As in GPT-2: normal 0.02, smaller for what is added to the stream."""
        for name, p in self.named_parameters():
            if name == "head.bias":
                nn.init.zeros_(p)
            elif name.endswith("_out.weight"):
                nn.init.normal_(p, std=0.02 / math.sqrt(2 * layers))
            elif "norm" not in name:
                nn.init.normal_(p, std=0.02)

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


def filled_places(source: Tensor) -> Tensor:
    """Where nothing is to be seen of a source (B, S): (B, 1, 1, S).

    >>> from torch import tensor
    >>> filled_places(tensor([[4, 5, 0], [0, 0, 0]])).int().tolist()
    [[[[0, 0, 1]]], [[[0, 0, 0]]]]
    """
    filled = source != FILLED
    # an empty source has nothing else to look at
    return (~filled & filled.any(1, keepdim=True))[:, None, None]


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


def equations(settings: EncoderDecoderSettings, sizes: Sizes) -> str:
    H, N, layers = settings.hidden_size, settings.heads, settings.layers
    S, p, V = sizes.source, settings.dropout, sizes.outputs
    D, L, F = H // N, sizes.steps - S, H * settings.feed_forward
    real, display, repeated = notation.real, notation.display, notation.repeated
    rotary = settings.positions == "rotary"
    Q, K = ("(R Q_i)", "(R K_i)") if rotary else ("Q_i", "K_i")
    drop = rf"\operatorname{{dropout}}_{{{p:g}}}(%s)" if p else "%s"
    heads = r"A_1 V_1" if N == 1 else rf"A_1 V_1, \dots, A_{{{N}}} V_{{{N}}}"
    enter = POSITIONS[settings.positions].equations

    def attention(
        asked: str, seen: str, rows: int, columns: int, mask: str
    ) -> tuple[str, str]:
        return (
            rf"Q_i &= {asked} W_{{Q,i}}^\top,\; K_i = {seen} W_{{K,i}}^\top,\; "
            rf"V_i = {seen} W_{{V,i}}^\top",
            rf"A_i &= \operatorname{{softmax}}\!\left(\frac{{{Q} {K}^\top}}"
            rf"{{\sqrt{{{D}}}}} + M\right) \in {real(rows, columns)}, \quad {mask}",
        )

    def added(h: str) -> str:
        return rf"{h} &\leftarrow {h} + " + drop % rf"[{heads}]\, W_O^\top"

    def thought(h: str) -> str:
        inner = rf"\operatorname{{GELU}}(\operatorname{{LN}}({h}) W_1^\top)\, W_2^\top"
        return rf"{h} &\leftarrow {h} + " + drop % inner

    filled = r"M_{ts} = -\infty \;\; (w_s = 0)"
    later = r"M_{ts} = -\infty \;\; (s > t)"
    n = r"\operatorname{LN}(%s)"
    return "\n\n".join(
        [
            display(*enter("E_{w_t}", H, N, S)),
            repeated(
                layers,
                *attention(n % "h", n % "h", S, S, filled),
                added("h"),
                thought("h"),
            ),
            display(rf"m &= \operatorname{{LN}}(h) \in {real(S, H)}"),
            display(
                *(line.replace("h_t", "g_t") for line in enter("E_{w_t}", H, N, L))
            ),
            repeated(
                layers,
                *attention(n % "g", n % "g", L, L, later),
                added("g"),
                *attention(n % "g", "m", L, S, filled),
                added("g"),
                thought("g"),
            ),
            display(rf"y &= \operatorname{{LN}}(g) V^\top + d \in {real(L, V)}"),
            display(
                rf"E &\in {real(sizes.symbols, H)}, \quad V \in {real(V, H)}, \quad "
                rf"d \in {real(V)}",
                rf"W_{{Q,i}},\, W_{{K,i}},\, W_{{V,i}} &\in {real(D, H)}, \quad "
                rf"i = 1, \dots, {N}, \quad W_O \in {real(H, H)}",
                rf"W_1 &\in {real(F, H)}, \quad W_2 \in {real(H, F)}",
                r"\operatorname{LN}(h)_t &= \gamma \odot \frac{h_t - \overline{h_t}}"
                r"{\sqrt{\operatorname{var}(h_t) + 10^{-5}}}, \quad "
                rf"\gamma \in {real(H)}",
            ),
        ]
    )


def diagram(settings: EncoderDecoderSettings, sizes: Sizes) -> str:
    H, N, layers = settings.hidden_size, settings.heads, settings.layers
    D, F, rotary = H // N, H * settings.feed_forward, settings.positions == "rotary"
    added, Q, K = ("", "R Q", "R K") if rotary else (" + p", "Q", "K")
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
    tasks=("translate",),
    order=70,
)

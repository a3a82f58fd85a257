r"""The Transformer: every step looks back at all steps before it, and weighs them.

    Q, K, V = W_Q n, W_K n, W_V n           for each head, of n = LayerNorm(h)
    A = softmax(Q K^T / sqrt(D))            with weight 0 on every later step
    h' = h + W_O [A V of every head]        heads side by side, then projected
    h" = h' + W_2 gelu(W_1 LayerNorm(h'))   one block; the next goes on from h"
    y = V LayerNorm(h")                     after the last block

Nothing is carried from step to step, so all steps are computed at once. Blocks have no
biases, and tokens share one matrix between the way in and the way out, as in GPT-2.

Vaswani et al. (2017), Attention is all you need. https://arxiv.org/abs/1706.03762
Pre-norm: Xiong et al. (2020). https://arxiv.org/abs/2002.04745
Rotary positions: Su et al. (2021), RoFormer. https://arxiv.org/abs/2104.09864
"""

from typing import Any

from torch import Tensor, nn

from explorer.config.settings import Settings
from explorer.errors import N_
from explorer.models import notation
from explorer.models.base import ModelSpec, SequenceModel, Sizes
from explorer.models.block import (
    Block,
    all_heads,
    block_shapes,
    dropped,
    initialise,
    layer_norms,
)
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
    heads_field,
    hidden_size_field,
    layers_field,
)
from explorer.models.mixing import Mixed
from explorer.models.positions import (
    MAX_HIDDEN_SIZE,
    POSITIONS,
    PositionsName,
    check_heads,
    positions_field,
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
    dropout: float = block_dropout_field()


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
        self.blocks = nn.ModuleList(
            self.block(H, N, settings.feed_forward, settings.dropout, sizes.causal)
            for _ in range(settings.layers)
        )
        self.norm = nn.LayerNorm(H, bias=False)
        # tokens leave through the matrix by which they entered
        self.tied = sizes.task == "next_token"
        self.pooled = sizes.task == "classify"
        self.padded = sizes.padded
        self.head = nn.Identity() if self.tied else nn.Linear(H, sizes.outputs)
        initialise(self, settings.layers)

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        entered = self.positions.enter(self.embedding(x))  # (B, T, H)
        h = nn.functional.dropout(entered, self.dropout, self.training)
        filled = (x == 0)[:, None, None] if self.padded else None  # (B, 1, 1, T)
        for k, block in enumerate(self.blocks):
            h = block(h, self.positions, in_layer(probe, k), filled)
        return self.readout(h)  # (B, T, O), or (B, O) for the whole sequence

    def readout(self, h: Tensor) -> Tensor:
        """As in `SequenceModel`, after the last norm; tokens leave as they came in."""
        h = self.norm(h)
        if self.pooled:
            h = h.mean(-2)  # every step has seen the whole sequence
        if self.tied:
            h = nn.functional.linear(h, self.embedding.weight)  # (B, T, V)
        return self.head(h)  # type: ignore[no-any-return]


def mixing(model: "Transformer", layer: int, x: Tensor) -> Mixed:
    """Attention itself, and what each head sees by it on the fast path."""
    look, place = Recorder(), f"layer_{layer}.attention"
    model(x, look)
    h = model.positions.enter(model.embedding(x))
    filled = (x == 0)[:, None, None] if model.padded else None
    for below in model.blocks[:layer]:
        h = below(h, model.positions, ignore, filled)
    block: Any = model.blocks[layer]
    turn = model.positions.turn
    Q, K, V = block.asked(h)
    seen = block.attend(turn(Q), turn(K), V, ignore, filled)
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
    H, N, L = settings.hidden_size, settings.heads, settings.layers
    D, T, p = H // N, sizes.steps, settings.dropout
    real, display = notation.real, notation.display
    drop = dropped(p)
    Q, K = ("(R Q_i)", "(R K_i)") if settings.positions == "rotary" else ("Q_i", "K_i")
    given, given_shape = _given(sizes, H)
    answer, answer_shape = _answer(sizes, H)
    return "\n\n".join(
        [
            display(*POSITIONS[settings.positions].equations(given, H, N, T)),
            notation.repeated(
                L,
                rf"n &= \operatorname{{LN}}(h), \quad h \in {real(T, H)}",
                rf"Q_i,\, K_i,\, V_i &= n W_{{Q,i}}^\top,\, n W_{{K,i}}^\top,\, "
                rf"n W_{{V,i}}^\top \in {real(T, D)}, \quad i = 1, \dots, {N}",
                rf"A_i &= \operatorname{{softmax}}\!\left(\frac{{{Q} {K}^\top}}"
                rf"{{\sqrt{{{D}}}}} + M\right) \in {real(T, T)}",
                *MASKS[sizes.causal, sizes.padded],
                r"h &\leftarrow h + " + drop % rf"[{all_heads(N)}]\, W_O^\top",
                r"h &\leftarrow h + "
                + drop
                % r"\operatorname{GELU}(\operatorname{LN}(h) W_1^\top)\, W_2^\top",
            ),
            display(answer),
            display(
                *block_shapes(H, N, settings.feed_forward, L),
                given_shape,
                *answer_shape,
                *layer_norms(H, 2 * L + 1),
            ),
        ]
    )


def _given(sizes: Sizes, H: int) -> tuple[str, str]:
    """How a step enters, and the shapes of what does that."""
    real = notation.real
    if sizes.symbols:
        return "E_{w_t}", rf"E &\in {real(sizes.symbols, H)}"
    shape = rf"W_x &\in {real(H, sizes.inputs)}, \quad b_x \in {real(H)}"
    return "W_x x_t + b_x", shape


def _answer(sizes: Sizes, H: int) -> tuple[str, list[str]]:
    """How the answer leaves, and the shapes of what does only that."""
    T, outputs, real = sizes.steps, sizes.outputs, notation.real
    if sizes.task == "next_token":
        return rf"y &= \operatorname{{LN}}(h) E^\top \in {real(T, outputs)}", []
    read, shape = (
        (r"\overline{\operatorname{LN}(h)}", real(outputs))
        if sizes.task == "classify"
        else (r"\operatorname{LN}(h)", real(T, outputs))
    )
    shapes = [rf"V &\in {real(outputs, H)}, \quad d \in {real(outputs)}"]
    return rf"y &= {read} V^\top + d \in {shape}", shapes


MASKS = {
    (True, False): [r"M_{ts} &= 0 \;\; (s \leq t), \quad -\infty \;\; (s > t)"],
    (False, False): [r"M_{ts} &= 0"],
    (False, True): [r"M_{ts} &= 0 \;\; (w_s \neq 0), \quad -\infty \;\; (w_s = 0)"],
}
"""By whether it is causal and padded: which steps s a step t may look at."""


def diagram(settings: TransformerSettings, sizes: Sizes) -> str:
    H, N = settings.hidden_size, settings.heads
    D, added = H // N, POSITIONS[settings.positions].added
    Q, K = ("R Q", "R K") if settings.positions == "rotary" else ("Q", "K")
    if sizes.symbols:
        source = f'token["w: {sizes.symbols}"] --> given["h = E[w]{added}: {H}"]'
    else:
        source = f'value["x: {sizes.inputs}"] --> given["h = W x + b{added}: {H}"]'
    way_out = "E h" if sizes.task == "next_token" else "V h + d"
    mean = 'mean["mean over t"] --> ' if sizes.task == "classify" else ""
    answer = f'{mean}answer["y = {way_out}: {sizes.outputs}"]'
    earlier = ", s ≤ t" if sizes.causal else ""
    lines = [
        source,
        f'subgraph block["× {settings.layers}"]',
        f'  norm_1["LayerNorm: {H}"] --> heads["{Q}, {K}, V: {N} × {D}"]',
        f'  heads --> seen["softmax(Q Kᵀ / √{D}) V{earlier}: {N} × {D}"]',
        f'  seen --> project["W_O: {H}"] --> add_1(("+"))',
        f'  add_1 --> norm_2["LayerNorm: {H}"]',
        f'  norm_2 --> wide["GELU: {H * settings.feed_forward}"]',
        f'  wide --> narrow["W_2: {H}"] --> add_2(("+"))',
        "  add_1 --> add_2",
        "end",
        "given --> norm_1",
        "given --> add_1",
        f'add_2 --> norm_3["LayerNorm: {H}"] --> {answer}',
    ]
    return "\n".join(["flowchart TB", *(f"  {line}" for line in lines)])


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
    mixing=mixing,
    tasks=("forecast", "next_token", "classify", "tag"),
    order=40,
)

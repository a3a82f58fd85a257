r"""A linear-chain conditional random field: labels that are chosen together.

    score(x, y) = a_(y_1) + sum_t e_t(y_t) + sum_t W_(y_(t-1) y_t) + z_(y_T)
    p(y | x)    = exp(score(x, y)) / Z(x),    Z(x) = sum over all y of exp(score(x, y))

The emissions e_t(label) come from indicators of what stands around step t, or from a
recurrent network that reads both ways; the transitions W know which label likes to
follow which. Z has as many terms as there are label sequences; the forward algorithm
adds them up in T steps.

It is trained on -log p(y | x) / T, the labels of a sequence together. What it answers
is the log-marginal log p(y_t = label | x) of every step, so that it can be compared
with a tagger that labels each step by itself.

Lafferty, McCallum and Pereira (2001), Conditional random fields, ICML.
Above a recurrent network: Huang, Xu and Yu (2015), https://arxiv.org/abs/1508.01991
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.config.settings import Settings, setting
from explorer.errors import N_
from explorer.models import notation
from explorer.models.base import ModelSpec, SequenceModel, Sizes
from explorer.models.captures import Capture, CaptureAxes, Probe, ignore
from explorer.models.cells import DESCRIPTIONS
from explorer.models.chain import best_path
from explorer.models.fields import hidden_size_field
from explorer.models.gru import GRU, GRUSettings
from explorer.models.lstm import LSTM, LSTMSettings
from explorer.models.rnn import RNN, RNNSettings
from explorer.tasks import IGNORED

Features = Literal["window", "rnn", "lstm", "gru"]


class CRFSettings(Settings):
    """What can be chosen of a conditional random field."""

    features: Features = setting(
        "window",
        N_(
            "What the emissions are made of: indicators of the inputs around each "
            "step, or the states of a recurrent network that reads both ways."
        ),
        title=N_("Emissions from"),
        choices={
            "window": N_("a window of inputs"),
            "rnn": N_("an RNN, both ways"),
            "lstm": N_("an LSTM, both ways"),
            "gru": N_("a GRU, both ways"),
        },
    )
    reach: int = setting(
        2,
        N_("How many steps before and after it a window of inputs takes in."),
        title=N_("Window reach"),
        ge=0,
        le=8,
        unit=N_("steps"),
    )
    hidden_size: int = hidden_size_field(
        N_("How many hidden units the recurrent network has in each direction."),
        default=16,
        most=256,
    )


class OneHot(nn.Module):
    """Tokens (B, T) -> indicators (B, T, V)."""

    def __init__(self, symbols: int) -> None:
        super().__init__()
        self.symbols = symbols

    def forward(self, x: Tensor) -> Tensor:
        return F.one_hot(x, self.symbols).to(torch.get_default_dtype())


class Window(nn.Module):
    """What stands around each step: (B, T, F) -> emissions (B, T, C)."""

    def __init__(self, settings: CRFSettings, sizes: Sizes) -> None:
        super().__init__()
        steps = 2 * settings.reach + 1
        self.weights = nn.Conv1d(
            sizes.inputs, sizes.outputs, steps, padding=settings.reach
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.weights(x.transpose(1, 2)).transpose(1, 2)  # type: ignore[no-any-return]


class BothWays(nn.Module):
    """Two recurrent taggers, one from each end; their answers are added."""

    def __init__(self, ahead: SequenceModel, back: SequenceModel) -> None:
        super().__init__()
        self.ahead, self.back = ahead, back

    def forward(self, x: Tensor) -> Tensor:
        return self.ahead(x) + self.back(x.flip(1)).flip(1)  # type: ignore[no-any-return]


def recurrent(
    kind: Callable[[Any, Sizes], SequenceModel], chosen: Callable[..., Any]
) -> "Making":
    """Both directions of an architecture, at one layer."""

    def make(settings: CRFSettings, sizes: Sizes) -> nn.Module:
        values = chosen(hidden_size=settings.hidden_size)
        return BothWays(kind(values, sizes), kind(values, sizes))

    return make


Making = Callable[[CRFSettings, Sizes], nn.Module]

EMISSIONS: Mapping[Features, Making] = {
    "window": Window,
    "rnn": recurrent(RNN, RNNSettings),
    "lstm": recurrent(LSTM, LSTMSettings),
    "gru": recurrent(GRU, GRUSettings),
}


class CRF(SequenceModel):
    """x (B, T, I) or tokens (B, T) -> log p(label | x) of every step (B, T, C)."""

    as_chances = False

    def __init__(self, settings: CRFSettings, sizes: Sizes) -> None:
        super().__init__()
        C, width = sizes.outputs, sizes.symbols or sizes.inputs
        self.embedding = OneHot(sizes.symbols) if sizes.symbols else nn.Identity()
        below = Sizes(width, C, 0, sizes.steps, "tag")
        self.emissions = EMISSIONS[settings.features](settings, below)
        self.first = nn.Parameter(0.1 * torch.randn(C))  # a (C,)
        self.transitions = nn.Parameter(0.1 * torch.randn(C, C))  # W (C, C)
        self.last = nn.Parameter(0.1 * torch.randn(C))  # z (C,)
        self.head = nn.Identity()

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        e = self.scores(x)
        a = self.forwards(e)
        together = a + self.backwards(e)
        chances = (together - together.logsumexp(-1, keepdim=True)).exp()
        chances = probe("layer_0.marginals", chances)  # (B, T, C)
        return chances.clamp(min=torch.finfo(chances.dtype).tiny).log()

    def loss(self, x: Tensor, y: Tensor) -> Tensor:
        """-log p(y | x) / T (B,); steps without a label may have any.

        Both sums are made in one pass: over all label sequences, and over those that
        have the given labels.
        """
        e = self.scores(x)
        right = y[..., None] == torch.arange(e.shape[-1])  # (B, T, C)
        given = e.masked_fill(~right & (y != IGNORED)[..., None], -torch.inf)
        every, these = self.log_partition(torch.cat([e, given])).chunk(2)
        return (every - these) / x.shape[1]

    def labels(self) -> Tensor:
        """The labels themselves (C,)."""
        return torch.arange(len(self.first))

    def likes(self, x: Tensor) -> Tensor:
        """Emissions e (B, T, C)."""
        return self.emissions(self.embedding(x).to(self.first))  # type: ignore[no-any-return]

    def scores(self, x: Tensor) -> Tensor:
        """Emissions e (B, T, C), with what the first and the last label bring."""
        e = self.likes(x)
        ends = torch.zeros_like(e)
        ends[:, 0] += self.first
        ends[:, -1] += self.last
        return e + ends

    def log_partition(self, e: Tensor) -> Tensor:
        """log Z (B,): scores (B, T, C), summed over every sequence of labels."""
        return self.forwards(e)[:, -1].logsumexp(-1)

    def forwards(self, e: Tensor) -> Tensor:
        """log a_tk: all label sequences up to step t that end in k, (B, T, C)."""
        a = [e[:, 0]]
        for e_t in e.unbind(1)[1:]:
            a.append(e_t + (a[-1][:, :, None] + self.transitions).logsumexp(1))
        return torch.stack(a, 1)

    def backwards(self, e: Tensor) -> Tensor:
        """log b_tj: all label sequences after step t that follow j, (B, T, C)."""
        b = [torch.zeros_like(e[:, 0])]
        for e_t in reversed(e.unbind(1)[1:]):
            b.append((self.transitions + (e_t + b[-1])[:, None, :]).logsumexp(2))
        return torch.stack(b[::-1], 1)

    @torch.no_grad()
    def decode(self, x: Tensor) -> Tensor:
        """The one likeliest sequence of labels of each window, (B, T)."""
        e = self.scores(x)
        return best_path(e[:, 0], self.transitions, e[:, 1:])


def captures(settings: CRFSettings) -> tuple[Capture, ...]:
    title = N_("Label probability")
    return (Capture("layer_0.marginals", "probability", title, CaptureAxes, 0.0, 1.0),)


def equations(settings: CRFSettings, sizes: Sizes) -> str:
    C, T = sizes.outputs, sizes.steps
    return "\n\n".join(
        [
            notation.display(*_emission(settings, sizes)),
            notation.display(
                r"\operatorname{score}(x, y) &= a_{y_1} + "
                rf"\textstyle\sum_{{t=1}}^{{{T}}} e_t(y_t) + "
                rf"\sum_{{t=2}}^{{{T}}} W_{{y_{{t-1}} y_t}} + z_{{y_{{{T}}}}}",
                r"p(y \mid x) &= e^{\operatorname{score}(x, y)} \,/\, Z(x)",
                rf"W &\in {notation.real(C, C)}, \quad a,\, z \in {notation.real(C)}",
            ),
            notation.display(
                r"\alpha_1(k) &= e^{a_k + e_1(k)}, \quad \alpha_t(k) = e^{e_t(k)} "
                r"\textstyle\sum_j \alpha_{t-1}(j)\, e^{W_{jk}}",
                rf"Z(x) &= \textstyle\sum_k \alpha_{{{T}}}(k)\, e^{{z_k}}",
                r"p(y_t = k \mid x) &= \alpha_t(k)\, \beta_t(k) \,/\, Z(x)",
            ),
            notation.display(
                rf"L &= -\tfrac{{1}}{{{T}}} \log p(y \mid x), \quad "
                r"\frac{\partial L}{\partial e_t(k)} = \tfrac{1}{"
                rf"{T}}} \left( p(y_t = k \mid x) - [y_t = k] \right)"
            ),
        ]
    )


def _emission(settings: CRFSettings, sizes: Sizes) -> list[str]:
    """The lines of what each step brings, and the shapes of what is learned for it."""
    C, width, real = sizes.outputs, sizes.symbols or sizes.inputs, notation.real
    if settings.features == "window":
        R = settings.reach
        given = r"u_{x_{t+r}}" if sizes.symbols else r"x_{t+r}"
        return [
            rf"e_t &= d + \textstyle\sum_{{r=-{R}}}^{{{R}}} V_r\, {given}",
            rf"V_r &\in {real(C, width)}, \quad {notation.span('r', -R, R)}",
            rf"d &\in {real(C)}",
        ]
    H, name = settings.hidden_size, rf"\operatorname{{{settings.features.upper()}}}"
    given = "u_{x_t}" if sizes.symbols else "x_t"
    right, left = (rf"{mark}{{h}}" for mark in notation.BOTH_WAYS)
    tops = [notation.named(letter, "", "", notation.BOTH_WAYS) for letter in "Vd"]
    shapes = DESCRIPTIONS[settings.features].shapes(
        width, H, 1, None, notation.BOTH_WAYS
    )
    return [
        rf"e_t &= \overrightarrow{{V}}\, {right}_t + \overrightarrow{{d}} + "
        rf"\overleftarrow{{V}}\, {left}_t + \overleftarrow{{d}}",
        rf"{right}_t &= {name}({given}, {right}_{{t-1}}), \quad "
        rf"{left}_t = {name}({given}, {left}_{{t+1}})",
        rf"{tops[0]} &\in {real(C, H)}",
        rf"{tops[1]} &\in {real(C)}",
        *shapes,
    ]


def diagram(settings: CRFSettings, sizes: Sizes) -> str:
    C, width = sizes.outputs, sizes.symbols or sizes.inputs
    below = f"window: ± {settings.reach}"
    if settings.features != "window":
        below = f"2 × {settings.features.upper()}: H = {settings.hidden_size}"
    times = ("t − 1", "t", "t + 1")
    lines = [f'x["x: {width}"] --> below["{below}"]']
    for k, time in enumerate(times):
        lines.append(f'below -- "e" --> label{k}(("y, {time}: 1 of {C}"))')
    lines += [f'label{k} --- |"W: {C} × {C}"| label{k + 1}' for k in range(2)]
    return "\n".join(["flowchart LR", *(f"  {line}" for line in lines)])


SPEC = ModelSpec(
    name="crf",
    title=N_("CRF"),
    summary=N_(
        "Labels that are chosen together: each is scored by what stands around it and "
        "by which label it follows, and the whole sequence is made likely."
    ),
    settings=CRFSettings,
    make=CRF,
    captures=captures,
    equations=equations,
    diagram=diagram,
    tasks=("tag",),
    order=100,
    training={"learning_rate": 0.02, "steps": 300},
    aim=N_("surprise −log p(y | x) / T (nats per step)"),
)

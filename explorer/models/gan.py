r"""Two recurrent networks against each other: one makes windows, the other judges them.

    z_t   ~ N(0, 1)                                 noise
    x^    = G(z)                                    generated window
    D(x)_t = sigma(logit_t)                         "real so far?", at every step
    L_D   = mean of -log D(x) - log(1 - D(G(z)))    discriminator
    L_G   = mean of -log D(G(z))                    generator, non-saturating

The means go over the windows of a batch and over their time steps. As long as D is sure
of itself, log(1 - D(G(z))) has hardly a slope and the generator would learn nothing:
so it climbs log D(G(z)) instead, which has the same goal. At best D can only guess,
D = 1/2, and the losses stand at L_D = 2 ln 2 and L_G = ln 2.

Some of the noise is drawn once and held through the window, for what is the same at all
its steps, such as the phase of a wave; the rest is drawn anew at every step.

Goodfellow et al. (2014), Generative adversarial networks.
https://arxiv.org/abs/1406.2661
Esteban, Hyland and Rätsch (2017), Real-valued time series with recurrent conditional
GANs. https://arxiv.org/abs/1706.02633
"""

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor

from explorer.config.settings import Settings, setting
from explorer.errors import N_
from explorer.models import gru, lstm, notation
from explorer.models.base import AdversarialModel, Line, ModelSpec, SequenceModel, Sizes
from explorer.models.captures import Capture, Probe, ignore
from explorer.models.fields import layers_field

Cell = Literal["lstm", "gru"]

NETS: dict[Cell, tuple[type[SequenceModel], type[Settings]]] = {
    "lstm": (lstm.LSTM, lstm.LSTMSettings),
    "gru": (gru.GRU, gru.GRUSettings),
}
"""What both nets can be: the very networks of these files, and their settings."""

SPECS: dict[Cell, ModelSpec] = {"lstm": lstm.SPEC, "gru": gru.SPEC}


class GANSettings(Settings):
    """What can be chosen of a sequence GAN."""

    cell: Cell = setting(
        "lstm",
        N_("Which recurrent network both the generator and the discriminator are."),
        title=N_("Cell"),
        choices={"lstm": N_("LSTM"), "gru": N_("GRU")},
    )
    hidden_size: int = setting(
        32,
        N_(
            "How many numbers the discriminator carries from step to step. A larger "
            "one sees finer faults, and soon more than the generator can mend."
        ),
        title=N_("Discriminator size"),
        ge=1,
        le=256,
        scale="log",
    )
    generator_size: int = setting(
        32,
        N_(
            "How many numbers the generator carries from step to step. A larger one "
            "can make richer windows, but learns more slowly."
        ),
        title=N_("Generator size"),
        ge=1,
        le=256,
        scale="log",
    )
    layers: int = layers_field(
        N_("How many recurrent layers stand on each other, in both nets."), most=3
    )
    noise_size: int = setting(
        4,
        N_(
            "How many random numbers the generator is given at each step. They alone "
            "make one window different from another."
        ),
        title=N_("Noise size"),
        ge=2,
        le=32,
    )
    discriminator_steps: int = setting(
        1,
        N_("How often the discriminator learns in each training step."),
        title=N_("Discriminator's turns per step"),
        ge=1,
        le=5,
    )
    generator_steps: int = setting(
        1,
        N_("How often the generator learns in each training step."),
        title=N_("Generator's turns per step"),
        ge=1,
        le=5,
    )
    discriminator_pace: float = setting(
        1.0,
        N_(
            "The discriminator's learning rate as a multiple of the generator's. Far "
            "too low, it is fooled by anything; far too high, it is never fooled."
        ),
        title=N_("Discriminator's pace"),
        ge=0.01,
        le=100.0,
        scale="log",
    )


def chosen(settings: GANSettings, hidden_size: int) -> Settings:
    """The settings of a net of that size."""
    values = {"hidden_size": hidden_size, "layers": settings.layers}
    return NETS[settings.cell][1](**values)


class GAN(AdversarialModel):
    """x (B, T, I) -> the discriminator's logits (B, T, 1); the probe looks into it."""

    def __init__(self, settings: GANSettings, sizes: Sizes) -> None:
        super().__init__()
        self.cell, self.noise_size = settings.cell, settings.noise_size
        self.turns = settings.discriminator_steps, settings.generator_steps
        self.pace = settings.discriminator_pace
        generating = sizes._replace(inputs=self.noise_size, outputs=sizes.inputs)
        self.generator = _built(settings, settings.generator_size, generating)
        self.discriminator = _built(settings, settings.hidden_size, sizes)

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        return self.discriminator(x, probe)  # type: ignore[no-any-return]

    def generate(self, noise: Tensor) -> Tensor:
        return self.generator(noise)  # type: ignore[no-any-return]

    def draw(self, count: int, steps: int, random: torch.Generator) -> Tensor:
        size = self.noise_size
        held = torch.randn(count, 1, size // 2, generator=random)
        fresh = torch.randn(count, steps, size - size // 2, generator=random)
        return torch.cat([held.expand(-1, steps, -1), fresh], -1)  # (B, T, Z)


def _built(settings: GANSettings, hidden_size: int, sizes: Sizes) -> SequenceModel:
    net: Callable[..., SequenceModel] = NETS[settings.cell][0]
    return net(chosen(settings, hidden_size), sizes)


def lines(
    model: GAN, layer: int, unit: int, x: Tensor, h: Tensor, c: Tensor
) -> list[Line]:
    """One step of one unit of the discriminator, in float64."""
    cell_lines = SPECS[model.cell].lines
    assert cell_lines is not None  # every recurrent cell has them
    return cell_lines(model.discriminator, layer, unit, x, h, c)


def captures(settings: GANSettings) -> tuple[Capture, ...]:
    """The discriminator's."""
    return SPECS[settings.cell].captures(chosen(settings, settings.hidden_size))


def equations(settings: GANSettings, sizes: Sizes) -> str:
    Z, held = settings.noise_size, settings.noise_size // 2
    its_settings = chosen(settings, settings.hidden_size)
    generating = sizes._replace(inputs=Z, outputs=sizes.inputs)
    its_generator = chosen(settings, settings.generator_size)
    return "\n\n".join(
        [
            notation.display(
                rf"z_t &\in {notation.real(Z)}, \quad z_t \sim \mathcal{{N}}(0, 1), "
                rf"\quad z_{{t,\, i \leq {held}}} = z_{{1,\, i \leq {held}}}",
                rf"\hat x &= G(z) \in {notation.real(sizes.steps, sizes.inputs)}, "
                rf"\quad D(x)_t = \sigma(y_t) \in {notation.real(sizes.outputs)}",
                r"L_D &= -\overline{\log D(x)_t} - \overline{\log(1 - D(\hat x)_t)}",
                r"L_G &= -\overline{\log D(\hat x)_t}",
            ),
            r"$$D: \quad x_t \mapsto y_t$$",
            SPECS[settings.cell].equations(its_settings, sizes),
            r"$$G: \quad x_t := z_t, \quad y_t =: \hat x_t$$",
            SPECS[settings.cell].equations(its_generator, generating),
        ]
    )


def diagram(settings: GANSettings, sizes: Sizes) -> str:
    name, L = settings.cell.upper(), settings.layers
    G, D = settings.generator_size, settings.hidden_size
    return "\n  ".join(
        [
            "flowchart LR",
            f'noise["z: {settings.noise_size}"] --> making',
            f'subgraph generator["G: {L} × {name}"]',
            f'  making["h: {G}"] --> made["x̂ = V h + d: {sizes.inputs}"]',
            f"  making {notation.NEXT_STEP} making",
            "end",
            f'real["x: {sizes.inputs}"] --> judging',
            "made --> judging",
            f'subgraph discriminator["D: {L} × {name}"]',
            f'  judging["h: {D}"] --> logit["y = V h + d: {sizes.outputs}"]',
            f"  judging {notation.NEXT_STEP} judging",
            "end",
            'logit --> chance["D = σ(y)"]',
            'chance --> rival["L_D = − log D(x) − log(1 − D(x̂))"]',
            'chance --> loss["L_G = − log D(x̂)"]',
        ]
    )


SPEC = ModelSpec(
    name="gan",
    title=N_("Sequence GAN"),
    summary=N_(
        "Two networks against each other: a generator makes windows from noise, a "
        "discriminator tells them from real ones, and each learns from the other."
    ),
    settings=GANSettings,
    make=GAN,
    captures=captures,
    equations=equations,
    diagram=diagram,
    tasks=("generate",),
    order=80,
    lines=lines,
    learning="adversarial",
    training={"steps": 2000, "learning_rate": 0.002, "batch_size": 128},
)

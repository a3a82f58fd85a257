r"""A sequence GAN with the signs of its discriminator's loss mixed, as often printed.

    L_D = mean of -log D(x) + log(1 - D(G(z)))      printed; right: both with a minus

So the discriminator is paid for taking what was generated for real.
"""

from dataclasses import replace

from explorer.errors import N_
from explorer.models import gan
from explorer.models.base import Sizes
from explorer.models.gan import GAN, GANSettings


class MixedGANSettings(GANSettings):
    """As of the right one."""


class MixedGAN(GAN):
    """x (B, T, I) -> the discriminator's logits (B, T, 1)."""

    sign_of_generated = -1.0

    def __init__(self, settings: MixedGANSettings, sizes: Sizes) -> None:
        super().__init__(settings, sizes)


def equations(settings: MixedGANSettings, sizes: Sizes) -> str:
    return gan.equations(settings, sizes).replace(
        r"- \overline{\log(1 - D(", r"+ \overline{\log(1 - D("
    )


def diagram(settings: MixedGANSettings, sizes: Sizes) -> str:
    return gan.diagram(settings, sizes).replace(
        "− log D(x) − log(1", "− log D(x) + log(1"
    )


MISPRINT = replace(
    gan.SPEC,
    name="gan_signs",
    title=N_("Sequence GAN, misprinted: signs mixed"),
    summary=N_(
        "A GAN as many articles print it: its discriminator is paid for taking what "
        "was generated for real."
    ),
    settings=MixedGANSettings,
    make=MixedGAN,
    equations=equations,
    diagram=diagram,
)

r"""How two nets learn against each other: first the discriminator, then the generator.

    L_D = mean of -log D(x) - log(1 - D(G(z)))
    L_G = mean of -log D(G(z))

over windows and time steps, with D = sigma(logit), so that -log D = softplus(-logit).
The loss of a run is L_G; L_D is kept beside it. The rate that is given is the
generator's. Adam's first moment forgets faster than usual here (beta_1 = 0.5), because
the other net moves the goal all the time (Radford et al., 2016,
https://arxiv.org/abs/1511.06434).
"""

import math
from collections.abc import Mapping
from typing import Literal, get_args

import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.config.run import RunConfig
from explorer.data.base import Data
from explorer.models.base import AdversarialModel, SequenceModel
from explorer.training.generating import made, measured
from explorer.training.measures import Judged
from explorer.training.objectives import tensors
from explorer.training.optimizers import Optimizers, descend

Side = Literal["both", "generator", "discriminator"]
SIDES: tuple[Side, ...] = get_args(Side)

FIRST_BETA = 0.5
"""The first moment forgets faster, where there is one: the other side moves too."""


def discriminator_loss(real: Tensor, fake: Tensor, sign: float = 1.0) -> Tensor:
    """Of the logits of real and of generated windows, each (B, T, 1).

    Any other sign of what generated windows add is a misprint.
    """
    return F.softplus(-real).mean() + sign * F.softplus(fake).mean()


def generator_loss(fake: Tensor) -> Tensor:
    """Non-saturating; of the logits (B, T, 1) of generated windows."""
    return F.softplus(-fake).mean()


class Adversarial:
    """Each side takes its turns on fresh windows and noise; both by one optimizer."""

    surprise: float = math.nan
    discriminator_loss: float = math.nan

    def __init__(self, model: SequenceModel, data: Data, config: RunConfig) -> None:
        assert isinstance(model, AdversarialModel)
        self.model, self.data, self.config = model, data, config
        self.acting: SequenceModel = model
        self.side: Side | None = "both"
        self.windows, _ = tensors(data.train)
        self.optimizers = {
            side: Optimizers(net, config.training, FIRST_BETA)
            for side, net in (
                ("discriminator", model.discriminator),
                ("generator", model.generator),
            )
        }
        self.random = torch.Generator()
        self.fake = self.loss = torch.zeros(())

    def look(self, step: int) -> float:
        """The generator's loss before the step.

        All that is random in the step comes from one seed that is drawn here.
        """
        self.random.manual_seed(int(torch.randint(2**62, ())))
        self.fake = self._fake()
        self.loss, judged = self._judge(self.fake)
        self.discriminator_loss = self.loss.item()
        sound = math.isfinite(self.discriminator_loss)
        return generator_loss(judged).item() if sound else math.nan

    def update(self, rate: float) -> float:
        """The turns of the side that learns; the norm of the last gradient."""
        norm, (first, second) = 0.0, self.model.turns
        if self.side != "generator":
            for turn in range(first):
                loss = self._judge(self._fake())[0] if turn else self.loss
                norm = self._descend("discriminator", loss, rate * self.model.pace)
        if self.side != "discriminator":
            for turn in range(second):
                fake = self._fake() if turn else self.fake
                loss = generator_loss(self.acting(fake))
                norm = self._descend("generator", loss, rate)
        return norm

    def judge(self) -> Judged:
        """The generator's loss on fixed noise, and the measures of its windows."""
        real, _ = tensors(self.data.validation)
        fake = made(self.model, len(real), real.shape[1], self.config.seed)
        with torch.no_grad():
            logits = self.acting(real), self.acting(fake)
        loss = float(generator_loss(logits[1]))
        return Judged(loss, measured(self.data, real, fake, *logits))

    def memory(self) -> dict[str, Tensor]:
        """Both optimizers'."""
        return {
            f"{name}.{key}": value
            for name, optimizers in self.optimizers.items()
            for key, value in optimizers.memory().items()
        }

    def remember(self, memory: Mapping[str, Tensor]) -> None:
        """Both optimizers'."""
        for name, optimizers in self.optimizers.items():
            own = {k: v for k, v in memory.items() if k.startswith(f"{name}.")}
            optimizers.remember({k.removeprefix(f"{name}."): v for k, v in own.items()})

    def _fake(self) -> Tensor:
        """A batch of generated windows (B, T, I), with the generator's graph."""
        count, steps = self.config.training.batch_size, self.data.steps
        return self.model.generate(self.model.draw(count, steps, self.random))

    def _judge(self, fake: Tensor) -> tuple[Tensor, Tensor]:
        """The discriminator's loss on real windows and these, and these's logits."""
        rows = torch.randint(len(self.windows), (len(fake),), generator=self.random)
        logits = self.acting(fake.detach())
        real, sign = self.acting(self.windows[rows]), self.model.sign_of_generated
        return discriminator_loss(real, logits, sign), logits

    def _descend(self, side: str, loss: Tensor, rate: float) -> float:
        return descend(loss, self.optimizers[side], rate, self.config.training)

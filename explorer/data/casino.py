r"""The dishonest casino: which rolls were made with the loaded die?

A casino rolls a fair die and now and then secretly changes to a loaded one, which shows
a six too often. Only the rolls are seen; each is to be labelled fair or loaded. One
roll says little, its neighbours say more: dice are kept for a while.

Durbin, Eddy, Krogh and Mitchison (1998), Biological sequence analysis, chapter 3.
https://doi.org/10.1017/CBO9780511790492
"""

import numpy as np

from explorer.config.settings import Settings, setting
from explorer.data.base import Data, Text
from explorer.data.baselines import surprise
from explorer.data.fields import count_field, window_field
from explorer.data.hidden_markov import (
    HiddenMarkov,
    Ids,
    Values,
    log_filtered,
    log_posterior,
    sample,
    stationary,
)
from explorer.data.spec import DataSpec
from explorer.data.windows import MAX_VALIDATION_WINDOWS, Windows
from explorer.errors import N_

FACES = tuple("123456")


class CasinoSettings(Settings):
    """How the casino cheats; the textbook's numbers are the defaults."""

    to_loaded: float = setting(
        0.05,
        N_("The chance, at each roll, of changing from the fair die to the loaded."),
        title=N_("Fair to loaded"),
        ge=0.01,
        le=0.5,
        step=0.01,
    )
    to_fair: float = setting(
        0.1,
        N_("The chance, at each roll, of changing from the loaded die to the fair."),
        title=N_("Loaded to fair"),
        ge=0.01,
        le=0.5,
        step=0.01,
    )
    six: float = setting(
        0.5,
        N_(
            "How often the loaded die shows a six; its other faces share the rest. "
            "The nearer to 1/6, the less there is to be found out."
        ),
        title=N_("Sixes of the loaded die"),
        ge=0.2,
        le=0.95,
        step=0.05,
    )
    count: int = count_field(
        N_("How many windows of rolls there are to learn from."), N_("Windows"), 500
    )
    window: int = window_field(64)


def casino(settings: CasinoSettings) -> HiddenMarkov:
    """The casino itself; a window begins in the middle of the evening."""
    transitions = np.array(
        [
            [1 - settings.to_loaded, settings.to_loaded],
            [settings.to_fair, 1 - settings.to_fair],
        ]
    )
    rest = (1 - settings.six) / (len(FACES) - 1)
    loaded = np.full(len(FACES), rest)
    loaded[-1] = settings.six
    fair = np.full(len(FACES), 1 / len(FACES))
    return HiddenMarkov(stationary(transitions), transitions, np.stack([fair, loaded]))


def make(settings: CasinoSettings, seed: int) -> Data:
    """Windows of rolls x (N, T) with the die behind each, y (N, T).

    The floor is the mean loss of the one who knows the casino's numbers and reads the
    whole window: -log P(die | window), by forward-backward on the held-out windows; of
    the one who sees the past alone, -log P(die | rolls so far), by the forward part.
    """
    model = casino(settings)
    rng = np.random.default_rng(seed)
    total = settings.count + MAX_VALIDATION_WINDOWS
    x, y = sample(model, total, settings.window, rng)
    train = Windows(x[: settings.count], y[: settings.count])
    held = Windows(x[settings.count :], y[settings.count :])
    return Data(
        task="tag",
        train=train,
        validation=held,
        baselines={
            N_("how often each die"): surprise(np.log(model.start), held.y),
            N_("each roll alone"): surprise(alone(model, held.x), held.y),
        },
        floor=surprise(log_posterior(model, held.x), held.y),
        floor_note=N_("forward-backward with the casino's own numbers"),
        past_floor=surprise(log_filtered(model, held.x), held.y),
        past_floor_note=N_(
            "the past alone, by the forward algorithm with the casino's own numbers"
        ),
        text=Text(x.reshape(-1), settings.count * settings.window),
        symbols=FACES,
        labels=(N_("fair"), N_("loaded")),
        streamed=False,
    )


def alone(model: HiddenMarkov, x: Ids) -> Values:
    """log P(state | this symbol) by Bayes' rule: symbols (N, T) -> (N, T, K)."""
    joint = np.log(model.start * model.emissions.T[x])  # (N, T, K)
    return np.asarray(joint - np.logaddexp.reduce(joint, -1, keepdims=True))


def noise_rate(settings: CasinoSettings) -> float:
    """Small: most of a roll is chance, whichever die it is."""
    return 0.001


SPEC = DataSpec(
    name="casino",
    title=N_("Dishonest casino"),
    summary=N_(
        "Rolls of a die that is secretly exchanged for a loaded one and back. Which "
        "rolls were loaded cannot be seen, only inferred: the textbook's hidden Markov "
        "model, with a floor that is known exactly."
    ),
    settings=CasinoSettings,
    make=make,
    noise_rate=noise_rate,
    task="tag",
    order=85,
)

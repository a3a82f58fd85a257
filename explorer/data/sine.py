r"""A noisy sine: the simplest series in which memory pays.

    x_t = A s(t / P) + e_t,    e_t ~ N(0, noise^2)

Whoever knows the wave s exactly still cannot foresee e_t, so no model's mean squared
error goes below noise^2. Coming close takes averaging over many past values, which is
what a hidden state is for: with n values seen, an unknown amplitude and phase alone
cost a factor of about 1 + 2/n. So the loss counts the second half of a window only.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np

from explorer.config.pace import Tuned
from explorer.config.settings import Settings, setting
from explorer.data.base import Data, Floats, Scaler, Series
from explorer.data.baselines import seasonal_baseline, series_baselines
from explorer.data.fields import validation_field, window_field
from explorer.data.noise import counted_places, matched
from explorer.data.spec import DataSpec
from explorer.data.windows import MAX_VALIDATION_WINDOWS, split_point, windows
from explorer.errors import N_

TURN = 2 * np.pi
GOLDEN = (1 + 5**0.5) / 2
GLIDE = 20  # periods in which a chirp glides up and down again
BEAT = 8  # periods from one loud passage of "am" to the next


class SineSettings(Settings):
    """Which wave, how regular, and how noisy."""

    shape: Literal["single", "mixture", "chirp", "am"] = setting(
        "single",
        N_("The form of the wave under the noise."),
        title=N_("Shape"),
        choices={
            "single": N_("one sine"),
            "mixture": N_("two sines of unrelated periods"),
            "chirp": N_("gliding frequency"),
            "am": N_("swelling and fading"),
        },
    )
    period: float = setting(
        25.0,
        N_("Steps from one crest to the next."),
        title=N_("Period"),
        ge=4.0,
        le=200.0,
        step=1.0,
        unit=N_("steps"),
    )
    amplitude: float = setting(
        1.0,
        N_("Height of the crests above the middle."),
        title=N_("Amplitude"),
        ge=0.1,
        le=10.0,
        step=0.1,
        more=True,
    )
    noise: float = setting(
        0.1,
        N_(
            "Standard deviation of what is added to each value and cannot be foreseen: "
            "it sets the floor that no model gets below."
        ),
        title=N_("Noise"),
        ge=0.0,
        le=2.0,
        step=0.05,
    )
    length: int = setting(
        2400,
        N_("How many values there are to learn from and to be judged by."),
        title=N_("Length"),
        ge=200,
        le=20000,
        step=100,
        unit=N_("steps"),
        more=True,
    )
    window: int = window_field(64)
    validation_share: float = validation_field()


def single(turns: Floats, phases: Floats) -> Floats:
    """One sine; `turns` is t / P."""
    return np.asarray(np.sin(TURN * (turns + phases[0])))


def mixture(turns: Floats, phases: Floats) -> Floats:
    """Two sines whose periods stand in the golden ratio, so that they never repeat."""
    second = np.sin(TURN * (GOLDEN * turns + phases[1]))
    return np.asarray(0.6 * single(turns, phases) + 0.4 * second)


def chirp(turns: Floats, phases: Floats) -> Floats:
    """The frequency glides from 1/P to 2/P and back, again and again.

    It returns, so that the validation part holds no frequency never heard in training.
    """
    glide = turns / GLIDE + phases[1]
    bend = GLIDE / TURN * 0.5 * np.sin(TURN * glide)
    return np.asarray(np.sin(TURN * (1.5 * turns - bend + phases[0])))


def am(turns: Floats, phases: Floats) -> Floats:
    """Amplitude modulation: loudness swings between 1/4 and 1."""
    loudness = (1 + 0.6 * np.sin(TURN * (turns / BEAT + phases[1]))) / 1.6
    return np.asarray(loudness * single(turns, phases))


SHAPES: dict[str, Callable[[Floats, Floats], Floats]] = {
    "single": single,
    "mixture": mixture,
    "chirp": chirp,
    "am": am,
}


def make(settings: SineSettings, seed: int) -> Data:
    """A wave at a random phase, with its noise.

    Raises:
        ExplorerError: if the series is too short for the window.
    """
    rng = np.random.default_rng(seed)
    n, steps = settings.length, settings.window
    split = split_point(n, settings.validation_share, steps)
    counted_from = steps // 2
    places = counted_places(n, split, steps, counted_from)

    wave = SHAPES[settings.shape](np.arange(n) / settings.period, rng.random(2))
    noise = matched(
        rng.normal(0, settings.noise, n), np.full(n, settings.noise**2), split, places
    )
    values = settings.amplitude * wave + noise  # (n,)

    scaler = Scaler.fit(values[:split])
    scaled = scaler.apply(values)
    validation = windows(scaled[split:, None], steps, MAX_VALIDATION_WINDOWS)
    return Data(
        task="forecast",
        train=windows(scaled[:split, None], steps),
        validation=validation,
        baselines=series_baselines(validation, counted_from)
        | seasonal_baseline(scaled, split, steps, counted_from),
        floor=settings.noise**2 / scaler.scale**2,
        floor_note=N_("the variance of the noise"),
        even_noise=settings.noise > 0,
        counted_from=counted_from,
        series=Series(
            np.arange(n),
            values,
            scaled,
            split,
            N_("Time (steps)"),
            N_("Value (arbitrary units)"),
        ),
        scaler=scaler,
    )


SPEC = DataSpec(
    name="sine",
    title=N_("Sine wave"),
    summary=N_(
        "A sine with noise on top. A model must average over what it has seen to tell "
        "the wave from the noise, and the noise sets a floor that nobody gets below."
    ),
    settings=SineSettings,
    make=make,
    task="forecast",
    order=10,
    resembled=True,
    tuned={"tcn": Tuned(0.0023, "cosine")},
)

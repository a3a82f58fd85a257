"""Where a newcomer's learning rate and its schedule start, by one rule."""

import math
from typing import NamedTuple

from explorer.config.training import Schedule
from explorer.errors import N_, Words


class Pace(NamedTuple):
    """A learning rate, its schedule, and why it is these."""

    learning_rate: float
    schedule: Schedule
    why: Words


class Tuned(NamedTuple):
    """What did best of random rates and schedules."""

    learning_rate: float
    schedule: Schedule


def usual_pace(
    attends: bool,
    width: int,
    usual_width: int,
    rate: float,
    own: float | None = None,
    schedule: Schedule = "cosine",
    noise: float | None = None,
    tuned: Tuned | None = None,
) -> Pace:
    """The pace of a net on some data.

    A net that reads by attention alone warms up, and beyond its usual width its rate
    falls with the root of the width; any other takes the rate as it is. Where a pair of
    data and net was measured to lose by that, what did best goes before it, but in
    noise.

    Args:
        attends: whether it reads by attention alone.
        width, usual_width: its hidden size, and its architecture's usual one.
        rate: its architecture's usual one.
        own: the rate that the data asks for, if it does; taken where it is smaller.
        schedule: the data's.
        noise: the rate for data that is little but noise, if this is.
        tuned: what did best on this data at the usual width, if that was measured.

    >>> usual_pace(True, 128, 32, 0.005)[:2]
    (0.0025, 'warmup')
    """
    own = own if own and own < rate else None
    why = _NOISE if noise else _OWN if own else _PLAIN
    rate = noise or own or rate
    if attends:
        schedule, why = "warmup", _ATTENTION
    if tuned and not noise:
        (rate, schedule), why = tuned, _TUNED
    share = math.sqrt(min(1.0, usual_width / width)) if attends else 1.0
    values = {"rate": f"{rate:g}", "width": f"{usual_width}"}
    return Pace(float(f"{rate * share:.2g}"), schedule, Words(why, values))


_ATTENTION = N_(
    "Why this rate: attention warms up over a tenth of the steps, to %(rate)s up to a "
    "hidden size of %(width)s, and beyond to less, by the root of the size."
)
_NOISE = N_(
    "Why this rate: this data is little but noise, and at %(rate)s a net learns less "
    "of it by heart."
)
_OWN = N_("Why this rate: %(rate)s suits this data, whatever the net's hidden size.")
_PLAIN = N_(
    "Why this rate: %(rate)s suits this architecture on most data, whatever its hidden "
    "size."
)
_TUNED = N_(
    "Why this rate: of twelve rates and schedules drawn at random, %(rate)s and this "
    "schedule served this architecture best on this data, at a hidden size of "
    "%(width)s."
)

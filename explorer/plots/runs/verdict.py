"""Who of a race is in front, and who has won it, in words."""

from collections.abc import Sequence
from typing import NamedTuple

from explorer.plots.parts import Translate, short
from explorer.plots.ratio import in_ratio
from explorer.plots.words import listed, paragraph
from explorer.runs.places import places

NOWHERE = "–"


class LowestLoss(NamedTuple):
    """One setting by its lowest validation loss."""

    name: str
    loss: float | None  # None where nothing was measured
    shown: str = ""  # as it is written, with its spread over seeds


def in_front(standings: Sequence[LowestLoss], _: Translate) -> str:
    """Who is in front while a race goes on, and how far."""
    ranking = sorted((s.loss, s.name) for s in standings if s.loss is not None)
    if not ranking:
        return _("Nobody has been measured yet.")
    best, leader = ranking[0]
    if len(ranking) == 1:
        message = _("%(leader)s stands at %(loss)s; nobody else has been measured yet.")
        return message % {"leader": leader, "loss": short(best)}
    level = [name for name, place in _placed(standings) if place == 1]
    if len(level) > 1:
        return _level(level, short(best), _)
    other, second = ranking[1]
    numbers = {"leader": leader, "loss": short(best), "second": second}
    return in_ratio(
        other / best if best > 0 else float("inf"),
        _(
            "%(leader)s is in front with a validation loss of %(loss)s; %(second)s "
            "follows with %(other)s, %(percent)s %% more."
        ),
        _(
            "%(leader)s is in front with a validation loss of %(loss)s; %(second)s "
            "follows with %(other)s, %(times)s times as much."
        ),
        other=short(other),
        **numbers,
    )


def outcome(standings: Sequence[LowestLoss], guess: int | None, _: Translate) -> str:
    """Who got lowest, and whether that was foreseen; empty where nobody was measured.

    Args:
        standings: of all settings.
        guess: which of them was guessed to get lowest.
    """
    placed = [(f"**{name}**", place) for name, place in _placed(standings)]
    winners = [name for name, place in placed if place == 1]
    if not winners:
        return ""
    best = min(
        (s for s in standings if s.loss is not None), key=lambda s: s.loss or 0.0
    )
    if len(winners) > 1:
        text = _level(winners, best.shown, _)
    else:
        message = _("%(name)s got lowest: a validation loss of %(loss)s.")
        text = message % {"name": winners[0], "loss": best.shown}
    if guess is None or guess >= len(placed):
        return text
    return paragraph(text, _guessed(*placed[guess], len(winners) > 1, _))


def _guessed(name: str, place: int | None, level: bool, _: Translate) -> str:
    """What became of the guess."""
    if place == 1:
        if level:
            return _("You guessed %(guess)s, which is one of them.") % {"guess": name}
        return _("That is what you guessed.")
    message = _("You guessed %(guess)s, which came in at place %(place)s.")
    return message % {"guess": name, "place": place or NOWHERE}


def _placed(standings: Sequence[LowestLoss]) -> list[tuple[str, int | None]]:
    found = places([s.loss for s in standings])
    return [(s.name, place) for s, place in zip(standings, found, strict=True)]


def _level(names: Sequence[str], loss: str, _: Translate) -> str:
    """Several that nobody can tell apart."""
    if len(names) == 2:
        message = _("%(leader)s and %(second)s are level at a loss of %(loss)s.")
        return message % {"leader": names[0], "second": names[1], "loss": loss}
    message = _("%(count)d settings are level at a loss of %(loss)s: %(names)s.")
    return message % {"count": len(names), "loss": loss, "names": listed(names, _)}

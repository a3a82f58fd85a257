"""What a loss means, in one sentence, when it is held against what is known."""

from collections.abc import Sequence

from explorer.errors import Words
from explorer.plots.parts import Translate, short
from explorer.plots.ratio import in_ratio, percentage
from explorer.plots.training.trend import Trend
from explorer.plots.words import paragraph
from explorer.runs.records import Awaited

REACHED = 0.005
"""Two losses that differ by less than this share stand at one place."""

NEAR = 0.15
"""Above the floor by no more than this: there is little left to learn."""

LITTLE = 0.05
"""Above the floor by no more than this: even a falling loss has hardly any way left."""

Guesses = Sequence[tuple[str, float]]
"""Predictors that need no training: name and loss of each."""


def above_floor(share: float, trend: Trend, _: Translate) -> str:
    """Where validation stands, `share` above the lowest loss that can be expected, and
    whether more training helps."""
    if share < REACHED:
        return _("Validation has reached the floor: no model can expect to go lower.")
    where = in_ratio(
        1 + share,
        _("Validation stands %(percent)s %% above the floor."),
        _("Validation stands %(times)s times as high as the floor."),
    )
    return paragraph(where, _of_more(share, trend, _))


def _of_more(share: float, trend: Trend, _: Translate) -> str:
    """What more training promises, by how the loss moves now."""
    if trend == "falls" and share <= LITTLE:
        return _("It is still falling, but no more than that is left to gain.")
    if trend == "falls":
        return _("It is still falling: more training helps.")
    if trend == "rises":
        return _("It is rising: more training does not help.")
    if trend == "level":
        if share <= NEAR:
            return _("It hardly falls any more: more training will not help much.")
        return _(
            "It hardly falls any more, though there is something left to learn: rather "
            "change the settings than train longer."
        )
    if share <= NEAR:
        return _("The measurements do not tell yet whether more training helps.")
    return _("There is still something to learn.")


def guess_beside(now: float, guesses: Guesses, _: Translate) -> str:
    """That the best simple guess is as low as validation; empty where it is not."""
    if not guesses:
        return ""
    name, best = min(guesses, key=lambda pair: pair[1])
    if best > now * (1 + REACHED):
        return ""
    message = (
        _("The simple guess %(name)s (%(best)s), which needs no training, is lower.")
        if best < now * (1 - REACHED)
        else _(
            "The simple guess %(name)s (%(best)s), which needs no training, is there "
            "too."
        )
    )
    return message % {"name": _(name), "best": short(best)}


def methods_beside(now: float, methods: Guesses, _: Translate) -> str:
    """Whether a method that was fitted to the training part and rolled over the same
    held-out windows does as well as the model; empty where there is none."""
    if not methods:
        return ""
    name, best = min(methods, key=lambda pair: pair[1])
    message = _(
        "No simple method is as low: the best, %(name)s, stands at %(best)s one step "
        "ahead over the same windows."
    )
    if best < now * (1 - REACHED):
        message = _(
            "A simple method wins: %(name)s stands at %(best)s, one step ahead over "
            "the same windows, and the model at %(now)s."
        )
    elif best <= now * (1 + REACHED):
        message = _(
            "A simple method is there too: %(name)s stands at %(best)s, one step ahead "
            "over the same windows."
        )
    return message % {"name": _(name), "best": short(best), "now": short(now)}


def methods_awaited(awaited: Awaited, trouble: Words | None, _: Translate) -> str:
    """That simple methods are being fitted, or why there are none; empty else."""
    if trouble is not None:
        return trouble.text(_)
    if not awaited:
        return ""
    if awaited == "together":
        return _(
            "Simple methods (the value a season ago, ETS and ARIMA of each series, VAR "
            "of all together) are being fitted to the training part; their lines "
            "follow."
        )
    return _(
        "Simple methods (the value a season ago, ETS, ARIMA) are being fitted to the "
        "training part; their lines follow."
    )


def other_floor(value: float, _: Translate) -> str:
    """The floor of those who read the whole window, beside that of the past alone."""
    message = _(
        "Its floor is that of one who sees the past alone; who reads the whole window "
        "can reach %(floor)s."
    )
    return message % {"floor": short(value)}


def against_guess(now: float, guesses: Guesses, _: Translate) -> str:
    """Where validation stands against the best predictor that needs no training."""
    name, best = min(guesses, key=lambda pair: pair[1])
    if now < best:
        message = _(
            "Validation is %(percent)s %% below the best simple guess (%(name)s)."
        )
        return message % {"percent": percentage(1 - now / best), "name": _(name)}
    message = _(
        "Validation has not beaten the best simple guess (%(name)s: %(best)s), "
        "which needs no training."
    )
    return message % {"name": _(name), "best": short(best)}


def by_heart(rise: float, _: Translate) -> str:
    """Validation has risen by this share from its lowest point, and training fell."""
    return in_ratio(
        1 + rise,
        _(
            "Validation has risen %(percent)s %% from its lowest point while the "
            "training loss fell: the model is learning its examples by heart."
        ),
        _(
            "Validation stands %(times)s times as high as at its lowest point while "
            "the training loss fell: the model is learning its examples by heart."
        ),
    )


def of_diverged(_: Translate) -> str:
    """A run whose loss ran away is not judged by where it came to."""
    return _(
        "The run diverged: its loss ran away, and more of these steps bring nothing. "
        "Go back to an earlier moment, or try what the run's message advises."
    )

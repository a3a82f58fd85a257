"""What a loss means, in one sentence, when it is held against what is known."""

from collections.abc import Sequence

from explorer.plots.parts import Translate, short


def above_floor(share: float, _: Translate) -> str:
    """Where validation stands, `share` above the lowest loss that can be expected."""
    percent = {"percent": 100 * share}
    if share < 0.005:
        return _("Validation has reached the floor: no model can expect to go lower.")
    if share <= 0.15:
        message = _(
            "Validation stands %(percent).0f %% above the floor; "
            "more training will not help much."
        )
        return message % percent
    if share < 9:
        message = _(
            "Validation stands %(percent).0f %% above the floor; "
            "there is still something to learn."
        )
        return message % percent
    message = _(
        "Validation stands %(times).0f times as high as the floor; "
        "there is still much to learn."
    )
    return message % {"times": 1 + share}


def against_guess(
    now: float, baselines: Sequence[tuple[str, float]], _: Translate
) -> str:
    """Where validation stands against the best predictor that needs no training."""
    name, best = min(baselines, key=lambda pair: pair[1])
    if now < best:
        message = _(
            "Validation is %(percent).0f %% below the best simple guess (%(name)s)."
        )
        return message % {"percent": 100 * (1 - now / best), "name": _(name)}
    message = _(
        "Validation has not beaten the best simple guess (%(name)s: %(best)s), "
        "which needs no training."
    )
    return message % {"name": _(name), "best": short(best)}

"""Does every label come as often? Its share of the answers."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.plots.bars import bars
from explorer.plots.parts import Figure, Translate
from explorer.plots.theme import GREY
from explorer.plots.words import in_percent, listed

MOST = 12


class BalanceDrawn(NamedTuple):
    """Exactly what the bars show."""

    shares: NDArray[np.float32]  # (k,) 0..1
    labels: tuple[str, ...]  # k
    kinds: int  # labels in all


def extract(labels: Sequence[str], shares: Sequence[float]) -> BalanceDrawn:
    """The commonest `MOST` labels, in the order of the labels."""
    values = np.asarray(shares, np.float32)
    kept = np.sort(np.argsort(-values, kind="stable")[:MOST])
    return BalanceDrawn(values[kept], tuple(labels[k] for k in kept), len(labels))


def figure(drawn: BalanceDrawn, _: Translate = str) -> Figure:
    """Bars in grey: data has no model's colour."""
    top = float(drawn.shares.max()) if len(drawn.shares) else 1.0
    return bars(
        drawn.shares,
        [_(label) for label in drawn.labels],
        colour=GREY,
        rows=max(1, len(drawn.labels)),
        reach=1.2 * max(top, 0.01),
        titles=(_("share of the answers (%)"), _("label")),
        _=_,
    )


def reading(drawn: BalanceDrawn, _: Translate = str) -> str:
    """What always saying the commonest label would reach."""
    if not len(drawn.shares):
        return _("There are no labels.")
    message = _(
        "%(count)d labels; whoever always says the commonest one is right %(best).0f "
        "%% of the time."
    )
    best = 100 * float(drawn.shares.max())
    return message % {"count": drawn.kinds, "best": best}


def alternative(drawn: BalanceDrawn, _: Translate = str) -> str:
    """The bars in words, for those who do not see them."""
    if not len(drawn.shares):
        return _("Bar chart of labels; nothing is drawn yet.")
    pairs = zip(drawn.labels, drawn.shares, strict=True)
    each = listed([f"{_(label)} {in_percent(share, _)}" for label, share in pairs], _)
    return _("Bar chart of the labels' shares: %(each)s.") % {"each": each}

"""Which pairs became tokens? Every merge in its order, and how often it is used."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.plots.parts import Translate, visible


class MergesDrawn(NamedTuple):
    """Exactly what the list says, in the order of learning."""

    pairs: tuple[tuple[str, str], ...]
    counts: tuple[int, ...]  # how often each new token stands in the training part
    per_token: float  # characters of a token of the training part, on average


def extract(
    merges: Sequence[tuple[str, str]],
    tokens: NDArray[np.integer],
    symbols: Sequence[str],
) -> MergesDrawn:
    """Read merges in order, and the training part's token ids (n,)."""
    counts = np.bincount(tokens, minlength=len(symbols))
    places = {symbol: k for k, symbol in enumerate(symbols)}
    used = tuple(int(counts[places[left + right]]) for left, right in merges)
    lengths = np.array([len(symbol) for symbol in symbols])
    per_token = float(lengths[tokens].mean()) if len(tokens) else 0.0
    return MergesDrawn(tuple((left, right) for left, right in merges), used, per_token)


def lines(drawn: MergesDrawn) -> str:
    """A line for each merge, as in "  1. h + e → he (612 ×)"."""
    width = len(str(len(drawn.pairs)))
    return "\n".join(
        f"{k:>{width}}. {visible(left)} + {visible(right)} → {visible(left + right)}"
        f" ({count:,} ×)"
        for k, ((left, right), count) in enumerate(
            zip(drawn.pairs, drawn.counts, strict=True), 1
        )
    )


def reading(drawn: MergesDrawn, _: Translate = str) -> str:
    """What the merges did, and what the numbers of a line mean."""
    if not drawn.pairs:
        return _("Nothing is merged: every token is a character.")
    message = _(
        "%(count)s merges, learned from the training part alone, the commonest pair "
        "first. A token now holds %(length).2f characters on average. In brackets: how "
        "often the new token is left in the training part; 0 where later merges took "
        "up all of it."
    )
    return message % {"count": f"{len(drawn.pairs):,}", "length": drawn.per_token}

"""What is the text made of? The commonest tokens of its training part."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.plots.bars import bars
from explorer.plots.parts import Figure, Translate, visible
from explorer.plots.theme import GREY
from explorer.plots.words import in_percent, listed

COMMONEST = 10
"""How many bars are drawn."""


class FrequenciesDrawn(NamedTuple):
    """Exactly what the bars show, the commonest first."""

    shares: NDArray[np.float32]  # (k,) 0..1, falling
    tokens: tuple[str, ...]  # k
    kinds: int  # different tokens in the vocabulary
    length: int  # tokens of the whole text


def extract(
    tokens: NDArray[np.integer], symbols: Sequence[str], split: int
) -> FrequenciesDrawn:
    """Count token ids (n,) before `split`, the first place of the validation part."""
    counts = np.bincount(tokens[:split], minlength=len(symbols))
    order = np.argsort(-counts, kind="stable")[:COMMONEST]
    order = order[counts[order] > 0]
    shares = (counts[order] / max(1, counts.sum())).astype(np.float32)
    names = tuple(symbols[k] for k in order)
    return FrequenciesDrawn(shares, names, len(symbols), len(tokens))


def figure(drawn: FrequenciesDrawn, _: Translate = str) -> Figure:
    """Bars in grey: data has no model's colour."""
    return bars(
        drawn.shares,
        drawn.tokens,
        colour=GREY,
        rows=max(1, len(drawn.tokens)),
        reach=1.15 * float(drawn.shares[0]) if len(drawn.shares) else 1.0,
        titles=(_("share of the text (%)"), _("token")),
        _=_,
    )


def reading(drawn: FrequenciesDrawn, _: Translate = str) -> str:
    """How many different tokens there are, and which is the commonest."""
    if not drawn.tokens:
        return _("The text is empty.")
    message = _(
        "%(length)s tokens of %(kinds)s kinds; the commonest, “%(token)s”, "
        "makes %(percent).0f %%."
    )
    return message % {
        "length": f"{drawn.length:,}",
        "kinds": f"{drawn.kinds:,}",
        "token": visible(drawn.tokens[0]),
        "percent": 100 * float(drawn.shares[0]),
    }


def alternative(drawn: FrequenciesDrawn, _: Translate = str) -> str:
    """The bars in words, for those who do not see them."""
    if not drawn.tokens:
        return _("Bar chart of the commonest tokens; nothing is drawn yet.")
    pairs = zip(drawn.tokens, drawn.shares, strict=True)
    each = listed(
        [f"{visible(token)} {in_percent(share, _)}" for token, share in pairs],
        _,
    )
    return _("Bar chart of the commonest tokens: %(each)s.") % {"each": each}

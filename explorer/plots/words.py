"""Numbers, lists and sentences as the reader's language writes them."""

import re
from collections.abc import Callable, Iterable

Translate = Callable[[str], str]
"""A message in English -> the same in the reader's language."""

LEAST_SHARE = 0.01
"""One that is shown as it is."""

_WIDE_ENDS = re.compile("(?<=[，。！？：；、）]) +")


def percent(number: str, _: Translate) -> str:
    """A number, or the place that Plotly fills with one, and its percent sign.

    >>> percent("50", str)
    '50 %'
    """
    return _("%(number)s %%") % {"number": number}


def in_percent(share: float, _: Translate) -> str:
    """A share of 1 in whole percents.

    >>> in_percent(0.756, str)
    '76 %'
    """
    return percent(f"{100 * share:.0f}", _)


def shares(values: Iterable[float], _: Translate) -> list[str]:
    """Shares of 1 in whole percents, small ones as less than one.

    >>> shares([0.756, 0.004], str)
    ['76 %', '<1 %']
    """
    return [
        percent(f"{100 * each:.0f}" if each >= LEAST_SHARE else "<1", _)
        for each in values
    ]


def listed(words: Iterable[str], _: Translate) -> str:
    """Words in a row, with the language's own comma between them.

    >>> listed(["rnn", "lstm"], str)
    'rnn, lstm'
    """
    return _(", ").join(words)


def entry(name: str, text: str, _: Translate) -> str:
    """A name and what is said of it, with the language's own colon between them.

    >>> entry("layer 1", "0.5", str)
    'layer 1: 0.5'
    """
    return _("%(kind)s: %(title)s") % {"kind": name, "title": text}


def clauses(words: Iterable[str], _: Translate) -> str:
    """Words that may have commas of their own in a row.

    >>> clauses(["rate 0.01", "size 8, 16"], str)
    'rate 0.01; size 8, 16'
    """
    return _("; ").join(words)


def paragraph(*sentences: str) -> str:
    """Sentences in a row: what ends in a full-width mark needs no space after it.

    >>> paragraph("It falls.", "Then it stays."), paragraph("下降。", "然后不变。")
    ('It falls. Then it stays.', '下降。然后不变。')
    """
    return _WIDE_ENDS.sub("", " ".join(sentences))

"""Columns of two words, one for yes and one for no, read as 1 and 0."""

from collections import Counter
from collections.abc import Sequence
from itertools import islice

import numpy as np

from explorer.data.number_cells import bare, is_empty
from explorer.data.numbers import FORMS, Numbers

PAIRS = (
    *(("true", "false"), ("yes", "no"), ("on", "off"), ("y", "n"), ("t", "f")),
    *((".true.", ".false."), (".t.", ".f."), ("ja", "nein"), ("wahr", "falsch")),
    *(("j", "n"), ("ein", "aus"), ("ja", "nee"), ("ja", "nej"), ("ja", "nei")),
    *(("oui", "non"), ("vrai", "faux"), ("o", "n"), ("sí", "no"), ("si", "no")),
    *(("sì", "no"), ("verdadero", "falso"), ("vero", "falso"), ("sim", "não")),
    *(("verdadeiro", "falso"), ("tak", "nie"), ("prawda", "fałsz"), ("ano", "ne")),
    *(("да", "нет"), ("истина", "ложь"), ("evet", "hayır"), ("kyllä", "ei")),
    *(("是", "否"), ("真", "假"), ("对", "错"), ("對", "錯"), ("开", "关")),
    *(("はい", "いいえ"), ("예", "아니요"), ("✓", "✗"), ("✔", "✘"), ("☑", "☐")),
)
"""Words for yes and for no, as spreadsheets, databases and people write them."""

KNOWN = frozenset(word for pair in PAIRS for word in pair)

FIRST_CELLS = 200
"""Enough to tell that a column holds other things."""


def read_truths(cells: Sequence[str]) -> Numbers | None:
    """Yes as 1 and no as 0, if most cells are one pair of words; else None.

    >>> read = read_truths(["Yes", "no", "", "YES", "maybe"])
    >>> read.values.tolist(), read.wrong.tolist(), read.truths
    ([1.0, 0.0, nan, 1.0, nan], [False, False, False, False, True], ('Yes', 'no'))
    >>> read_truths(["north", "south"]), read_truths(["t", "t"])
    (None, None)
    """
    first = islice((cell for cell in cells if not is_empty(cell)), FIRST_CELLS)
    if not any(bare(cell).lower() in KNOWN for cell in first):
        return None
    small = {text: bare(text).lower() for text in dict.fromkeys(cells)}
    there = Counter(small[text] for text in cells if not is_empty(text))
    one, zero = max(PAIRS, key=lambda pair: there[pair[0]] + there[pair[1]])
    if 2 * (there[one] + there[zero]) <= there.total():
        return None
    if len(one + zero) == 2 and one.isascii() and not (there[one] and there[zero]):
        return None  # a flag, such as f for forecast
    worth = {one: 1.0, zero: 0.0}
    values = np.array([worth.get(small[text], np.nan) for text in cells])
    wrong = [small[text] not in worth and not is_empty(text) for text in cells]
    shown = [next((t for t in small if small[t] == word), word) for word in worth]
    return Numbers(values, np.array(wrong, bool), FORMS[0], (), truths=tuple(shown))

"""Nicknames that a teacher looks at before a class sees them.

Such are rude ones, and those by which the app or the class calls people: "Student 2"
would be taken for the second one, whose name is not seen. The words are those of
`assets/nicknames`, one on a line. One that begins with "=" counts only as a word of its
own, for it also stands in harmless ones.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path

from explorer.runs.alike import latin, visible

FOLDER = Path(__file__).parents[2] / "assets" / "nicknames"
DISGUISES = str.maketrans("013457@$!", "oieastasi")


def doubtful(nickname: str) -> bool:
    """Whether a nickname has one of the words in it, also spelt with digits and signs.

    >>> [doubtful(name) for name in ("Bassett", "f.u.c.k", "Mr A55", "大傻逼", "李雷")]
    [False, True, True, True, False]
    >>> [doubtful(name) for name in ("f\u00fc\u0441k", "Student 2", "\u5b66\u751f 3")]
    [True, True, True]
    """
    plain = latin(_without_accents(visible(nickname))).translate(DISGUISES)
    parts = re.findall(r"[^\W_]+", plain)
    inside, alone = _words()
    whole = "".join(parts)
    return any(word in whole for word in inside) or not alone.isdisjoint(parts)


def _without_accents(words: str) -> str:
    parts = unicodedata.normalize("NFKD", words)
    return "".join(c for c in parts if not unicodedata.combining(c))


@cache
def _words() -> tuple[frozenset[str], frozenset[str]]:
    """Those that count anywhere, and those that count alone."""
    files = sorted(FOLDER.glob("*.txt"))
    lines = [w for f in files for w in f.read_text(encoding="utf-8").split()]
    alone = {line[1:] for line in lines if line.startswith("=")}
    return frozenset(w for w in lines if w[0] != "="), frozenset(alone)

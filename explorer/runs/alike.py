"""Names that the eye takes for one another, and signs that it does not see.

Source: Unicode Technical Standard 39 (https://www.unicode.org/reports/tr39/), of which
the letters that stand for Latin ones in everyday Cyrillic and Greek are here.
"""

import unicodedata

MARKS = 3
"""Accents and vowel signs that may stand on one letter; no script stacks more of them
in a name, and a heap of them reaches into other people's lines."""

_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""What counts as a letter or a sign, and shows nothing."""

_VARIANTS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
"""They ask for another form of the letter before, which few fonts have."""

_CYRILLIC = "аеорсухіјѕԁһкмтвнԛԝ", "aeopcyxijsdhkmtbhqw"
_GREEK = "αοριντκυχεβηζμ", "aopivtkyxebhzm"
_LATIN = str.maketrans(_CYRILLIC[0] + _GREEK[0], _CYRILLIC[1] + _GREEK[1])
_STROKES = str.maketrans("I1|0", "lllo")


def visible(words: str) -> str:
    """Words without what nobody sees, and with no heap of accents on a letter.

    >>> visible("A\u3164nn\ufe0fa"), visible("e" + "\u0301" * 9)
    ('Anna', '\u00e9\u0301\u0301\u0301')
    """
    kept: list[str] = []
    marks = 0
    for letter in unicodedata.normalize("NFC", words):
        if letter in _BLANK or any(ord(letter) in each for each in _VARIANTS):
            continue
        marks = marks + 1 if unicodedata.category(letter) in ("Mn", "Me") else 0
        if marks <= MARKS and letter.isprintable() | letter.isspace():
            kept.append(letter)
    return "".join(kept)


def latin(words: str) -> str:
    """Small letters, with Latin ones in place of those that look like them.

    >>> latin("\u0410nn\u0430"), latin("\uff21nna")
    ('anna', 'anna')
    """
    return unicodedata.normalize("NFKC", words).casefold().translate(_LATIN)


def alike(one: str, other: str) -> bool:
    """Whether two names are one to the eye, be they capital or small.

    >>> alike("Iris", "lris"), alike("LEO", "le0"), alike("Mila", "Miia")
    (True, True, False)
    """
    return latin(one) == latin(other) or _drawn(one) == _drawn(other)


def _drawn(words: str) -> str:
    """With one sign for all that is an upright stroke, and one for a ring."""
    plain = unicodedata.normalize("NFKC", words)
    return latin(plain.translate(_STROKES))

"""Which characters stand together in a word, in every script."""

import unicodedata

MARKS = "".join(
    c for k in range(0x300, 0x1F000) if unicodedata.category(c := chr(k))[0] == "M"
)
"""What is written around a letter and belongs to it: accents, vowel signs, viramas."""

JOINERS = "\u200c\u200d"
"""Stand unseen inside words of Persian and of India, and say how letters are joined."""

LETTERS = rf"[^\W\d_]+(?:[{MARKS}{JOINERS}]+[^\W\d_]*)*"
"""A run of letters, as a part of a regular expression."""
